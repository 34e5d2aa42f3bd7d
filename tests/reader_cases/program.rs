//! The program as a person calls it on made files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder of a test's own, and what is run on its files.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reader_cases").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dual-metric")).args(arguments).output().unwrap()
}

/// What a short training says on standard error, and its JSON.
pub fn trained(arguments: &[&str]) -> (String, Value) {
    let usual = ["train", "--epochs", "1", "--no-transfer-study", "--set", "dimension=4", "--json"];
    let output = run(&[&usual[..], arguments].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    (told, serde_json::from_slice(&output.stdout).unwrap())
}

/// The JSON of `inspect`.
pub fn inspected(arguments: &[&str]) -> Value {
    let output = run(&[&["inspect", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A refusal: one line, nothing on standard output, and exit code 2.
pub fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
    assert_eq!(told.trim_end().lines().count(), 1, "{told}");
    told
}
