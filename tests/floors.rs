//! The house keeps its floors: a file uses only what lies below the floor that it stands on (ARCHITECTURE.md).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors from the lowest to the highest; those of one line stand beside each other and use none of one another.
const FLOORS: [&[&str]; 14] = [
    &["error", "rng"],
    &["settings", "figure"],
    &["data"],
    &["split"],
    &["metrics"],
    &["engine"],
    &["recommender"],
    &["baselines"],
    &["dml"],
    &["peers"],
    &["lab"],
    &["recommend", "projection", "colouring", "model_file", "presentation"],
    &["export"],
    &["web"],
];

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|names| names.contains(&name))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.extend(path.extension().is_some_and(|ending| ending == "rs").then_some(path)),
        }
    }
}

/// The floors that a text names, its tests and comments left out: they may look anywhere.
fn named(text: &str) -> BTreeSet<&str> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut names = BTreeSet::new();
    let mut list = false;
    for line in lines {
        let mut rest = line;
        while let Some(at) = rest.find("crate::") {
            rest = &rest[at + "crate::".len()..];
            list = rest.starts_with('{');
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            names.extend((end > 0).then(|| &rest[..end]));
        }
        // A list of the form `use crate::{…}` names floors too.
        if list {
            names.extend(
                rest.split(['{', ',', '}', ';', ' ']).map(|part| part.split("::").next().unwrap_or("")),
            );
            list = !line.contains(';');
        }
    }
    names
}

#[test]
fn no_floor_uses_a_higher_one_or_its_neighbour() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &mut all);
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for path in &all {
        let inside = path.strip_prefix(&root).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let own = first.strip_suffix(".rs").unwrap_or(first);
        if ["lib", "bin"].contains(&own) {
            continue;
        }
        let Some(height) = floor(own) else {
            wrong.push(format!("{} stands on no floor of the list", inside.display()));
            continue;
        };
        seen.insert(own.to_owned());
        // A file of tests of its own has no floor to keep.
        if inside.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        for name in named(&text) {
            let is_below = name == own || floor(name).is_none_or(|other| other < height);
            if !is_below {
                wrong.push(format!("{} uses {name}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<String> =
        FLOORS.iter().flat_map(|names| names.iter()).map(|&name| name.into()).collect();
    assert_eq!(seen, listed, "the list names every folder and nothing else");
}

/// The rooms of `data` from the lowest to the highest: what is kept knows nothing of files.
#[test]
fn the_rooms_of_data_keep_their_order_too() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data");
    for (room, higher) in [("store", &["read", "synthetic"][..]), ("read", &["synthetic"])] {
        let mut all = Vec::new();
        files(&data.join(room), &mut all);
        assert!(all.len() > 5, "{room}");
        for path in all {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for name in higher {
                let uses = [format!("super::{name}::"), format!("data::{name}::")];
                assert!(!uses.iter().any(|text| code.contains(text)), "{} uses {name}", path.display());
            }
        }
    }
}

#[test]
fn the_names_in_a_text_are_those_that_its_code_uses() {
    let text = "use crate::data::{Domain, World};\nuse crate::{error::Error,\n    rng};\n// crate::web\nfn f() { crate::lab::g() }\n\
                #[cfg(test)]\nmod tests { use crate::web; }";
    let names = named(text);
    for name in ["data", "error", "rng", "lab"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    assert!(!names.contains("web"), "{names:?}");
}

/// A file that belongs to no program is not run, and nobody misses it.
#[test]
fn every_file_of_tests_is_a_part_of_a_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let native = include_str!("native.rs");
    let mut found = 0;
    for entry in fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_rust = if path.is_dir() {
            path.join("mod.rs").exists()
        } else {
            path.extension() == Some("rs".as_ref())
        };
        assert!(!path.join("main.rs").exists(), "{name} is a program of its own");
        if is_rust {
            found += 1;
            let is_program = manifest.contains(&format!("[[test]]\nname = \"{name}\"\n"));
            assert!(
                is_program || native.lines().any(|line| line == format!("mod {name};")),
                "{name} is in no program"
            );
        }
    }
    assert!(found > 35);
}
