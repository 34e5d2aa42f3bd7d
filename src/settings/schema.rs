//! What can be said of a setting: its name and words, what it may be, what the paper has. The list of all settings is
//! [`FIELDS`].

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Config;
use super::fields::FIELDS;
use crate::error::{Error, Result};

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in [`Config`], in files and on the command line.
    pub name: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// What a form calls it, in two to six words.
    pub label: &'static str,
    /// What it is or does, in one sentence.
    pub help: &'static str,
    /// The formula that it stands in.
    pub formula: Option<&'static str>,
    /// What it may be.
    pub kind: Kind,
    /// What the paper says of it; none where the paper has nothing like it.
    pub paper: Option<&'static str>,
    /// Where on the page it is set.
    pub place: Place,
}

/// Where on the page a setting is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the form of all settings.
    Form,
    /// Beside the button that starts the training, and not in the form.
    Panel,
    /// Nowhere: only files and the command line have it.
    CommandLine,
}

/// What a setting may be, and how its value is found where it has a range.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number.
    Whole {
        /// The smallest.
        lo: u64,
        /// The largest; none where there is no end.
        hi: Option<u64>,
        /// The value.
        get: fn(&Config) -> u64,
    },
    /// A whole number from `lo` up, or none.
    Optional {
        /// The smallest.
        lo: u64,
        /// What a smaller one does, after "0 …".
        below: &'static str,
        /// What none means.
        none: &'static str,
        /// The value.
        get: fn(&Config) -> Option<usize>,
    },
    /// A number.
    Number {
        /// Its range.
        range: Range,
        /// The value.
        get: fn(&Config) -> f32,
    },
    /// Widths of the hidden layers of a network, at least one.
    Layers {
        /// The most layers.
        most: usize,
        /// The largest width.
        widest: usize,
        /// The value.
        get: fn(&Config) -> &[usize],
    },
    /// One of some names.
    Choice(&'static [&'static str]),
    /// Yes or no.
    Truth,
    /// A text, and in words which.
    Text(&'static str),
}

/// A range of numbers; both ends belong to it.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The smallest. Double precision, so that 0.1 is written as 0.1; values are compared in single precision.
    pub lo: f64,
    /// The largest.
    pub hi: f64,
    /// Why there are no others, where it is not plain; the end of a sentence.
    pub because: Option<&'static str>,
}

impl Range {
    /// Refuses a value of `name` outside.
    pub(super) fn check(&self, name: &str, value: f32) -> Result<()> {
        // NaN is in no range.
        if (self.lo as f32..=self.hi as f32).contains(&value) {
            return Ok(());
        }
        let because = self.because.map(|why| format!(", because {why}")).unwrap_or_default();
        Err(Error::setting(
            name,
            format!("{value} is out of range; use {} to {}{because}", short(self.lo), short(self.hi)),
        ))
    }
}

impl Field {
    /// Refuses a value out of range. Types and names need no check: [`Config`] holds no others.
    pub(super) fn check(&self, config: &Config) -> Result<()> {
        match self.kind {
            Kind::Whole { lo, hi, get } => self.within(get(config), lo, hi.unwrap_or(u64::MAX)),
            Kind::Optional { lo, below, none, get } => match get(config) {
                Some(value) if (value as u64) < lo => Err(Error::setting(
                    self.name,
                    format!("{value} {below}; use {lo} or more, or null for {none}"),
                )),
                _ => Ok(()),
            },
            Kind::Number { range, get } => range.check(self.name, get(config)),
            Kind::Layers { most, widest, get } => {
                let layers = get(config);
                self.within(layers.len() as u64, 1, most as u64)?;
                layers.iter().try_for_each(|&width| self.within(width as u64, 1, widest as u64))
            }
            Kind::Choice(_) | Kind::Truth | Kind::Text(_) => Ok(()),
        }
    }

    fn within(&self, value: u64, lo: u64, hi: u64) -> Result<()> {
        if (lo..=hi).contains(&value) {
            return Ok(());
        }
        Err(Error::setting(self.name, format!("{value} is out of range; use {lo} to {hi}")))
    }

    /// Whether its value is a number with an end, or no number at all.
    pub(super) fn is_finite(&self, config: &Config) -> bool {
        match self.kind {
            Kind::Number { get, .. } => get(config).is_finite(),
            _ => true,
        }
    }

    /// What it may be, in words, as the end of "use …".
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Whole { lo, hi: Some(hi), .. } => format!("a whole number from {lo} to {hi}"),
            Kind::Whole { lo, hi: None, .. } => format!("a whole number from {lo} up"),
            Kind::Optional { lo, none, .. } => format!("a whole number from {lo} up, or null for {none}"),
            Kind::Number { range, .. } => format!("a number from {} to {}", short(range.lo), short(range.hi)),
            Kind::Layers { most, widest, .. } => {
                format!("1 to {most} whole numbers from 1 to {widest}, as [32,16]")
            }
            Kind::Choice(names) => names.join(", "),
            Kind::Truth => "true or false".into(),
            Kind::Text(which) => which.into(),
        }
    }
}

/// A number as people write it: 1e-6 for 0.000001.
fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 { format!("{value:e}") } else { value.to_string() }
}

/// A setting as the page and scripts get it; what a kind does not have is null.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Field"))]
pub struct FieldView {
    /// Its name in [`Config`].
    #[cfg_attr(test, ts(type = "keyof Config"))]
    name: &'static str,
    /// The heading that it stands under.
    group: &'static str,
    /// What a form calls it.
    label: &'static str,
    /// What it is or does, in one sentence.
    help: &'static str,
    /// The formula that it stands in.
    formula: Option<&'static str>,
    kind: KindName,
    /// Of numbers, as the core checks it; the second is null where there is no end.
    #[cfg_attr(test, ts(type = "[number, number | null] | null"))]
    range: Option<[Value; 2]>,
    /// Of layers: how many there may be.
    most: Option<usize>,
    /// Of an optional number: what null means.
    none: Option<&'static str>,
    /// Of a choice.
    options: Option<&'static [&'static str]>,
    /// What the paper says; null where it has nothing like it.
    paper: Option<&'static str>,
    /// Where it is set.
    place: Place,
}

/// The name of a [`Kind`].
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
enum KindName {
    Whole,
    /// A whole number or null.
    Optional,
    Number,
    /// A list of whole numbers.
    Layers,
    Choice,
    Truth,
    Text,
}

impl From<&Field> for FieldView {
    fn from(field: &Field) -> Self {
        let (kind, range) = match field.kind {
            Kind::Whole { lo, hi, .. } => (KindName::Whole, Some([json!(lo), json!(hi)])),
            Kind::Optional { lo, .. } => (KindName::Optional, Some([json!(lo), Value::Null])),
            Kind::Number { range, .. } => (KindName::Number, Some([json!(range.lo), json!(range.hi)])),
            Kind::Layers { widest, .. } => (KindName::Layers, Some([json!(1), json!(widest)])),
            Kind::Choice(_) => (KindName::Choice, None),
            Kind::Truth => (KindName::Truth, None),
            Kind::Text(_) => (KindName::Text, None),
        };
        Self {
            name: field.name,
            group: field.group,
            label: field.label,
            help: field.help,
            formula: field.formula,
            kind,
            range,
            most: if let Kind::Layers { most, .. } = field.kind { Some(most) } else { None },
            none: if let Kind::Optional { none, .. } = field.kind { Some(none) } else { None },
            options: if let Kind::Choice(names) = field.kind { Some(names) } else { None },
            paper: field.paper,
            place: field.place,
        }
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        FieldView::from(self).serialize(serializer)
    }
}

/// The field of a name.
///
/// # Errors
/// When there is none; the message names the nearest that there is.
pub(super) fn find(name: &str) -> Result<&'static Field> {
    if let Some(field) = FIELDS.iter().find(|field| field.name == name) {
        return Ok(field);
    }
    let nearest = FIELDS.iter().map(|field| (edits(field.name, name), field.name)).min();
    let advice = match nearest {
        // Further off it would be no guess.
        Some((edits, nearest)) if edits <= nearest.len().min(name.chars().count()) / 2 => {
            format!("did you mean {nearest}? All of them: dual-metric settings")
        }
        _ => "dual-metric settings lists them".into(),
    };
    Err(Error::setting(name, format!("there is no such setting; {advice}")))
}

/// How many letters have to be put in, left out or exchanged to make one text of the other (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
