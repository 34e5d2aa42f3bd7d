//! Standard output and standard error, for people and for other programs. Whoever reads them may leave before the end (`| head`),
//! and a disk that they go to may be full: neither is a reason to panic, as the standard library's macros do.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process;

/// Prints a line.
pub fn line(text: impl Display) {
    show(format!("{text}\n"));
}

/// A line on standard error: what is going on, a warning, a refusal. Where it can't be written, the work goes on without.
pub fn note(text: impl Display) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Prints text that has its own ends of lines. Where nobody reads it any more, the program goes on without; where it can't be
/// written, it ends with exit code 2 and a line about it.
pub fn show(text: impl Display) {
    let mut output = io::stdout().lock();
    let written = output.write_all(text.to_string().as_bytes()).and_then(|()| output.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        note(format!("standard output can't be written: {error}"));
        process::exit(2);
    }
}
