//! What holds for every file, tried on files by chance: any bytes, and tables that were damaged. What fails is made
//! small by proptest and printed; `scripts/fuzz` looks further, for files that reach new code.

use dual_metric::data;

mod columns;
mod damage;
mod ids;
mod invariants;
mod options;

use std::{cell::Cell, panic};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Tries `cases` values, the same ones in every run, so that a change that breaks something is told from a value that was
/// not tried before. `PROPERTY_TIMES` tries as many times more, `PROPERTY_SEED` others.
fn for_all<S: Strategy>(cases: u32, values: S, holds: impl Fn(S::Value)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let mut seed = [9; 32];
    seed[..4].copy_from_slice(&number("PROPERTY_SEED").unwrap_or(1).to_le_bytes());
    let config = Config { cases: cases * number("PROPERTY_TIMES").unwrap_or(1), ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let result = runner.run(&values, |value| {
        // A value that fails is made small, which wants an error and no panic.
        panic::catch_unwind(panic::AssertUnwindSafe(|| holds(value))).map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            TestCaseError::fail(
                text.or(panic.downcast_ref::<&str>().map(|&text| text.into())).unwrap_or_default(),
            )
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

fn options() -> impl Strategy<Value = data::ReadOptions> {
    // Most files are read without a word from the person.
    prop_oneof![Just([0; options::BYTES]), any::<[u8; options::BYTES]>()].prop_map(options::options_of)
}

#[test]
fn any_bytes_are_read_or_refused() {
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    for_all(4000, (bytes, options()), |(bytes, options)| {
        invariants::check(&bytes, &options);
    });
}

#[test]
fn texts_of_marks_and_digits_are_read_or_refused() {
    for_all(8000, (damage::text(), options()), |(text, options)| {
        invariants::check(text.as_bytes(), &options);
    });
}

#[test]
fn damaged_tables_add_up() {
    let (files, read) = (Cell::new(0), Cell::new(0));
    for_all(8000, (damage::file(), options()), |(file, options)| {
        files.set(files.get() + 1);
        read.set(read.get() + usize::from(invariants::check(&file, &options)));
    });
    // Files that are all refused would say little.
    assert!(read.get() * 4 > files.get(), "{} of {} files were read", read.get(), files.get());
}

#[test]
fn packed_files_and_broken_archives_are_read_or_refused() {
    let (flip, cut) = (any::<Option<(Index, u8)>>(), any::<Option<Index>>());
    for_all(2000, (damage::file(), flip, cut), |(file, flip, cut)| {
        invariants::check(&damage::packed(&file, flip, cut), &data::ReadOptions::default());
    });
}

#[test]
fn a_file_that_fails_is_made_small() {
    let failed = panic::catch_unwind(|| {
        for_all(1000, damage::file(), |file| assert!(!file.contains(&b'7'), "a seven in {file:?}"));
    });
    let message = failed.unwrap_err().downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(message.contains("a seven in [") && message.len() < 200, "{message}");
}
