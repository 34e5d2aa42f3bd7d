//! Real data, which may not be shipped with the program. Tests that need it are ignored with a reason; run where it is
//! not, they fail and say so.

use std::path::{Path, PathBuf};

/// The folder of the real data: `DUAL_METRIC_DATA`, else `../shared/data` beside the checkout.
fn folder() -> PathBuf {
    std::env::var_os("DUAL_METRIC_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from)
}

/// One of its files, for example `douban/book.tsv`.
pub fn file(path: &str) -> Vec<u8> {
    let path = folder().join(path);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; set DUAL_METRIC_DATA to the folder of the real data", path.display())
    })
}
