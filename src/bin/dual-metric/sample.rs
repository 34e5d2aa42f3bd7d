//! `dual-metric sample`.

use dual_metric::data;
use dual_metric::error::Result;

use crate::arguments::Sample;
use crate::files;
use crate::output;

/// Writes the generated sample's files.
pub fn run(options: &Sample) -> Result<()> {
    for (name, text) in data::files(&data::sample_of(options.seed, usize::from(options.domains))) {
        let path = options.out.join(name);
        files::write(&path, &text)?;
        output::line(path.display());
    }
    Ok(())
}
