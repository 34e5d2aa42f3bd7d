//! From a number or a name of every person to a few classes, each with a colour of its own.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The class of whoever nothing is known of.
pub const UNKNOWN: u8 = u8::MAX;
/// Steps of a number.
const FIFTHS: [&str; 5] = ["lowest fifth", "second fifth", "middle", "fourth fifth", "highest fifth"];
/// More names than this cannot be told apart by colour; the rarest share the last.
const MOST_NAMES: usize = 8;

/// Everybody's class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colouring {
    /// What the classes are called, by number.
    pub names: Vec<String>,
    /// Whether the classes are steps from low to high, and not names beside each other.
    pub is_steps: bool,
    /// By domain and user, the number of a class or [`UNKNOWN`].
    pub classes: Vec<Vec<u8>>,
}

/// Fifths of each domain by itself, because scales and habits differ between them. Equal numbers are in one fifth: the one
/// in which the middle of them lies.
pub(super) fn by_fifths(values: &[Vec<Option<f32>>]) -> Colouring {
    let names = FIFTHS.map(String::from).to_vec();
    Colouring { names, is_steps: true, classes: values.iter().map(|of| fifths(of)).collect() }
}

fn fifths(values: &[Option<f32>]) -> Vec<u8> {
    let mut sorted: Vec<f32> = values.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let fifth = |value: f32| {
        let below = sorted.partition_point(|other| other.total_cmp(&value).is_lt());
        let up_to = sorted.partition_point(|other| other.total_cmp(&value).is_le());
        // Twice the middle of them, so that it is a whole number.
        ((below + up_to) * FIFTHS.len() / (2 * sorted.len()).max(1)) as u8
    };
    values.iter().map(|value| value.map_or(UNKNOWN, fifth)).collect()
}

/// The most frequent names, the most frequent first; the others share the last class.
pub(super) fn by_name(names: &[Vec<Option<&str>>]) -> Colouring {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names.iter().flatten().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let mut by_count: Vec<(&str, usize)> = counts.into_iter().collect();
    by_count.sort_by_key(|&(name, count)| (Reverse(count), name));
    let all = by_count.len();
    if all > MOST_NAMES {
        by_count.truncate(MOST_NAMES - 1);
    }
    let class = |name: &str| {
        let at = by_count.iter().position(|(other, _)| *other == name);
        at.unwrap_or(by_count.len()) as u8
    };
    let classes =
        names.iter().map(|of| of.iter().map(|name| name.map_or(UNKNOWN, class)).collect()).collect();
    let mut names: Vec<String> = by_count.iter().map(|(name, _)| (*name).to_owned()).collect();
    if all > MOST_NAMES {
        names.push("others".into());
    }
    Colouring { names, is_steps: false, classes }
}
