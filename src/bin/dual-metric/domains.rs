//! The domains that `train` and `lab` are given, with what is said of each: two as `--a` and `--b`, or any number by names.

use std::path::PathBuf;

use dual_metric::error::{Error, Result};

use crate::arguments::{OfDomains, Train};
use crate::declared::{Declared, pieces};
use crate::files::DomainFiles;
use crate::flags::Flags;

/// Most domains of one training.
const MOST_DOMAINS: usize = 8;

/// The domains in the order in which they are given.
///
/// # Errors
/// When there are fewer than two or too many, a name stands twice, or something is said of a name that no domain has.
pub fn domains(options: &Train) -> Result<Vec<DomainFiles>> {
    let found = match options.domain.is_empty() {
        true => by_letters(options)?,
        false => by_names(&options.domain, &options.of_domains)?,
    };
    enough(found)
}

/// The domains of a contest, some of them with test rows as `tests` name them.
///
/// # Errors
/// As [`domains`].
pub fn contest_domains(domain: &[String], said: &OfDomains, tests: &[String]) -> Result<Vec<DomainFiles>> {
    let mut found = enough(by_names(domain, said)?)?;
    for text in tests {
        let (files, file) = of_domain(&mut found, "--test", text, '=')?;
        files.test = Some(file.into());
    }
    Ok(found)
}

fn enough(found: Vec<DomainFiles>) -> Result<Vec<DomainFiles>> {
    match found.len() {
        2..=MOST_DOMAINS => Ok(found),
        n => {
            let what = format!("{n} domains are given; there can be 2 to {MOST_DOMAINS}");
            Err(Error::setting("--domain", what))
        }
    }
}

fn by_letters(options: &Train) -> Result<Vec<DomainFiles>> {
    let mut found = two(options)?;
    if let (Some(text), [a, b]) = (&options.split_by, &mut found[..]) {
        split(text, a, b)?;
    }
    Ok(found)
}

/// Makes two parts of the file of A by the values of a column.
fn split(text: &str, a: &mut DomainFiles, b: &mut DomainFiles) -> Result<()> {
    let refusal = |what: String| Error::setting("--split-by", what);
    let halves = pieces(text, '=');
    let sides = halves.get(1).map(|values| pieces(values, '/')).unwrap_or_default();
    let ([column, _], [of_a, of_b]) = (&halves[..], &sides[..]) else {
        return Err(refusal(format!("{text:?} does not split a file; write it as category=Book/DVD,Video")));
    };
    for (side, values) in [("A", of_a), ("B", of_b)] {
        if values.trim().is_empty() {
            return Err(refusal(format!(
                "no value is given for {side}; write it as category=Book/DVD,Video"
            )));
        }
    }
    let values_of_b = pieces(of_b, ',');
    if let Some(twice) =
        pieces(of_a, ',').iter().find(|value| values_of_b.iter().any(|other| other.trim() == value.trim()))
    {
        return Err(refusal(format!(
            "{:?} is given for A and for B; a value goes to one of them",
            twice.trim()
        )));
    }
    b.declared = a.declared.clone().below(&b.declared);
    (a.declared.part, b.declared.part) = (Some(format!("{column}={of_a}")), Some(format!("{column}={of_b}")));
    Ok(())
}

fn two(options: &Train) -> Result<Vec<DomainFiles>> {
    let needed = |path: &Option<PathBuf>, flag: &str| {
        path.clone()
            .ok_or_else(|| Error::setting(flag, "give --a FILE and --b FILE, or --domain NAME=FILE for each"))
    };
    Ok(vec![
        DomainFiles {
            name: None,
            label: "a".into(),
            ratings: needed(&options.a, "--a")?,
            test: None,
            users: options.a_users.clone(),
            items: options.a_items.clone(),
            declared: Declared {
                scale: options.a_scale.clone(),
                columns: options.a_columns.clone(),
                delimiter: options.a_delimiter.clone(),
                header: options.a_header.clone(),
                missing: options.a_missing.clone(),
                member: options.a_member.clone(),
                encoding: options.a_encoding.clone(),
                matrix: options.a_matrix.clone(),
                ids: options.a_ids.clone(),
                counts: options.a_counts.clone(),
                part: options.a_part.clone(),
                flags: Flags::Prefix("--a-"),
            },
        },
        DomainFiles {
            name: None,
            label: "b".into(),
            ratings: needed(if options.split_by.is_some() { &options.a } else { &options.b }, "--b")?,
            test: None,
            users: options.b_users.clone(),
            items: options.b_items.clone(),
            declared: Declared {
                scale: options.b_scale.clone(),
                columns: options.b_columns.clone(),
                delimiter: options.b_delimiter.clone(),
                header: options.b_header.clone(),
                missing: options.b_missing.clone(),
                member: options.b_member.clone(),
                encoding: options.b_encoding.clone(),
                matrix: options.b_matrix.clone(),
                ids: options.b_ids.clone(),
                counts: options.b_counts.clone(),
                part: options.b_part.clone(),
                flags: Flags::Prefix("--b-"),
            },
        },
    ])
}

/// Where a feature table is kept.
type Table = fn(&mut DomainFiles) -> &mut Option<PathBuf>;

/// Where a declaration is kept.
type Field = fn(&mut Declared) -> &mut Option<String>;

fn by_names(domain: &[String], said: &OfDomains) -> Result<Vec<DomainFiles>> {
    let mut found: Vec<DomainFiles> = Vec::new();
    for text in domain {
        let Some((name, file)) =
            text.split_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty())
        else {
            return Err(Error::setting(
                "--domain",
                format!("{text:?} is no domain; write it as books=ratings.csv"),
            ));
        };
        if name.contains(':') {
            return Err(Error::setting(
                "--domain",
                format!("{name:?} has a colon, which ends the name in other flags"),
            ));
        }
        if found.iter().any(|known| known.label == name) {
            return Err(Error::setting("--domain", format!("there are two domains called {name:?}")));
        }
        found.push(DomainFiles {
            name: Some(name.into()),
            label: name.into(),
            ratings: file.into(),
            test: None,
            users: None,
            items: None,
            declared: Declared { flags: Flags::Of(name.into()), ..Declared::default() },
        });
    }
    let tables: [(&str, &[String], Table); 2] = [
        ("--users", &said.users, |files| &mut files.users),
        ("--items", &said.items, |files| &mut files.items),
    ];
    for (flag, texts, table) in tables {
        for text in texts {
            let (files, file) = of_domain(&mut found, flag, text, '=')?;
            *table(files) = Some(file.into());
        }
    }
    let fields: [(&str, &[String], Field); 11] = [
        ("--scale", &said.scale, |declared| &mut declared.scale),
        ("--columns", &said.columns, |declared| &mut declared.columns),
        ("--delimiter", &said.delimiter, |declared| &mut declared.delimiter),
        ("--header", &said.header, |declared| &mut declared.header),
        ("--missing", &said.missing, |declared| &mut declared.missing),
        ("--member", &said.member, |declared| &mut declared.member),
        ("--encoding", &said.encoding, |declared| &mut declared.encoding),
        ("--matrix", &said.matrix, |declared| &mut declared.matrix),
        ("--ids", &said.ids, |declared| &mut declared.ids),
        ("--counts", &said.counts, |declared| &mut declared.counts),
        ("--part", &said.part, |declared| &mut declared.part),
    ];
    for (flag, texts, field) in fields {
        for text in texts {
            let (files, value) = of_domain(&mut found, flag, text, ':')?;
            *field(&mut files.declared) = Some(value.into());
        }
    }
    Ok(found)
}

/// The domain that a text speaks of, and what it says.
fn of_domain<'d, 't>(
    domains: &'d mut [DomainFiles],
    flag: &str,
    text: &'t str,
    mark: char,
) -> Result<(&'d mut DomainFiles, &'t str)> {
    let names: Vec<String> = domains.iter().map(|known| known.label.clone()).collect();
    let found = text
        .split_once(mark)
        .and_then(|(name, value)| Some((domains.iter_mut().find(|known| known.label == name)?, value)));
    found.ok_or_else(|| {
        let what = format!(
            "{text:?} does not begin with the name of a domain and {mark}; there are {}",
            names.join(", ")
        );
        Error::setting(flag, what)
    })
}
