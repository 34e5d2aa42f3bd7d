//! How many more people two files would share if their ids were written alike, and in which forms.

use std::collections::HashSet;

use serde::Serialize;

use super::{IdForm, in_forms};
use crate::data::{UserId, Vocabulary};

/// Forms that make more ids alike than are: they are asked for where nothing else helps.
const ROUGH: [IdForm; 2] = [IdForm::StripPunctuation, IdForm::StripPrefix];

/// Ids that match in another form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IdGain {
    /// The fewest forms that do it, in the order in which they are applied.
    pub forms: Vec<IdForm>,
    /// Users who would be in both besides those who are.
    pub users: usize,
}

impl IdGain {
    /// What would have to be done, to follow "if".
    pub(in crate::data) fn words(&self) -> String {
        self.forms.iter().map(|form| form.words()).collect::<Vec<_>>().join(" and ")
    }
}

/// The forms in which more ids match, if any do. Only ids that stand in one file alone are looked at: nobody who is
/// in both already becomes somebody else.
pub(in crate::data) fn gain(a: &Vocabulary<UserId>, b: &Vocabulary<UserId>) -> IdGain {
    let only = |mine: &Vocabulary<UserId>, other: &Vocabulary<UserId>| -> Vec<String> {
        mine.ids().filter(|id| other.get(id).is_none()).map(String::from).collect()
    };
    let (a, b) = (only(a, b), only(b, a));
    if a.is_empty() || b.is_empty() {
        return IdGain::default();
    }
    let matters = |known: &[IdForm], form: IdForm| {
        a.iter().chain(&b).any(|id| {
            let id = in_forms(id, known);
            form.of(&id) != id
        })
    };
    // A form may matter only after others: zeros stand behind an apostrophe or a prefix.
    let mut forms = Vec::new();
    for form in IdForm::ALL.into_iter().filter(|form| !ROUGH.contains(form)) {
        let without_prefix: Vec<IdForm> = forms.iter().copied().chain([IdForm::StripPrefix]).collect();
        if matters(&forms, form) || matters(&without_prefix, form) {
            forms.push(form);
        }
    }
    // Other letters in the other file (`u12` and `b12`) name other things.
    let prefix_is_clear = match (one_prefix(&a), one_prefix(&b)) {
        (Some(x), Some(y)) => x == y || x.is_empty() || y.is_empty(),
        _ => false,
    };
    let is_clear = |form| form != IdForm::StripPrefix || prefix_is_clear;
    let rough: Vec<IdForm> =
        ROUGH.into_iter().filter(|&form| matters(&forms, form) && is_clear(form)).collect();
    let mut users = matches(&a, &b, &forms);
    for form in rough {
        if users == 0 {
            let more: Vec<IdForm> = forms.iter().copied().chain([form]).collect();
            users = matches(&a, &b, &more);
            if users > 0 {
                forms = more;
            }
        }
    }
    forms.sort_unstable();
    if users == 0 {
        return IdGain::default();
    }
    for form in forms.clone() {
        let fewer: Vec<IdForm> = forms.iter().copied().filter(|&other| other != form).collect();
        if matches(&a, &b, &fewer) >= users {
            forms = fewer;
        }
    }
    IdGain { forms, users }
}

/// How many ids of one file are others of it in another form, as after files with 1187 and 1187.0 were put together.
pub(in crate::data) fn twins(ids: &Vocabulary<UserId>) -> IdGain {
    let mut forms = Marks::of(ids).forms();
    let merged = |forms: &[IdForm]| {
        let distinct: HashSet<String> = ids.ids().map(|id| in_forms(id, forms)).collect();
        ids.len() - distinct.len()
    };
    let users = if forms.is_empty() { 0 } else { merged(&forms) };
    if users == 0 {
        return IdGain::default();
    }
    for form in forms.clone() {
        let fewer: Vec<IdForm> = forms.iter().copied().filter(|&other| other != form).collect();
        if merged(&fewer) >= users {
            forms = fewer;
        }
    }
    IdGain { forms, users }
}

/// What stands somewhere in the ids: without it a form cannot make two of them the same. Looked for because writing
/// millions of ids in all forms would take as long as reading them.
#[derive(Default)]
struct Marks {
    zero: bool,
    fraction: bool,
    quote: bool,
    blank: bool,
    beyond_ascii: bool,
    capital: bool,
    small: bool,
}

impl Marks {
    fn of(ids: &Vocabulary<UserId>) -> Self {
        let mut marks = Self::default();
        for id in ids.ids() {
            let bytes = id.as_bytes();
            match bytes.first() {
                Some(b'0') => marks.zero = true,
                Some(b'\'' | b'"' | b'=') => marks.quote = true,
                _ => {}
            }
            for &byte in bytes {
                match byte {
                    b'A'..=b'Z' => marks.capital = true,
                    b'a'..=b'z' => marks.small = true,
                    b'.' | b',' => marks.fraction = true,
                    0..=b' ' | 0x7f => marks.blank = true,
                    0x80.. => marks.beyond_ascii = true,
                    _ => {}
                }
            }
        }
        marks
    }

    /// The forms that can make two ids the same, in their order.
    fn forms(&self) -> Vec<IdForm> {
        let can = |form: &IdForm| match form {
            IdForm::Utf8 | IdForm::Compose => self.beyond_ascii,
            IdForm::Trim => self.blank || self.beyond_ascii,
            IdForm::StripApostrophe => self.quote,
            IdForm::StripPointZero => self.fraction,
            IdForm::StripLeadingZeros => self.zero || self.quote,
            IdForm::Lower => (self.capital && self.small) || self.beyond_ascii,
            IdForm::StripPrefix | IdForm::StripPunctuation => false,
        };
        IdForm::ALL.into_iter().filter(can).collect()
    }
}

/// The letters before the digits of all ids, nothing where they have none; `None` where they differ.
fn one_prefix(ids: &[String]) -> Option<&str> {
    let mut prefixes = ids.iter().map(|id| super::prefix(id).unwrap_or(""));
    let first = prefixes.next()?;
    prefixes.all(|prefix| prefix == first).then_some(first)
}

/// How many different ids of `a` and `b` are the same in `forms`.
fn matches(a: &[String], b: &[String], forms: &[IdForm]) -> usize {
    let mut theirs: HashSet<String> = b.iter().map(|id| in_forms(id, forms)).collect();
    a.iter().filter(|id| theirs.remove(&in_forms(id, forms))).count()
}

/// A number with an exponent and too few digits for it: 4.68772E+17. All digits may be there: 1.187000000E+03.
pub(in crate::data) fn is_rounded(id: &str) -> bool {
    super::exponent(id).is_some_and(|(digits, power)| power >= digits.len())
}

#[cfg(test)]
mod tests {
    use super::{IdForm, gain, is_rounded, twins};
    use crate::data::{UserId, Vocabulary};

    fn forms(a: &[&str], b: &[&str]) -> (Vec<IdForm>, usize) {
        let gain = gain(&a.iter().collect(), &b.iter().collect());
        (gain.forms, gain.users)
    }

    #[test]
    fn the_fewest_forms_that_match_ids_are_found() {
        assert_eq!(forms(&["1.0", "2.0"], &["1", "2", "3"]), (vec![IdForm::StripPointZero], 2));
        // 10 is no form of 1.0.
        assert_eq!(forms(&["1.0", "2.0"], &["10", "20"]), (vec![], 0));
        assert_eq!(forms(&["0123", "7"], &["123", "7"]), (vec![IdForm::StripLeadingZeros], 1));
        let both = vec![IdForm::StripApostrophe, IdForm::StripLeadingZeros];
        assert_eq!(forms(&["'001", "'002"], &["1", "2"]), (both, 2));
        assert_eq!(forms(&["Ann", "Bob"], &["ann", "bob"]), (vec![IdForm::Lower], 2));
        assert_eq!(forms(&["u-1", "u-2"], &["u1", "u2"]), (vec![IdForm::StripPunctuation], 2));
        assert_eq!(forms(&["Chloe\u{301}"], &["Chlo\u{e9}"]), (vec![IdForm::Compose], 1));
        assert_eq!(forms(&["user_1", "user_2"], &["1", "2"]), (vec![IdForm::StripPrefix], 2));
        let zeros = vec![IdForm::StripPrefix, IdForm::StripLeadingZeros];
        assert_eq!(forms(&["u01", "u02"], &["u1", "u2"]), (zeros, 2));
        assert_eq!(forms(&["u1", "b1"], &["1", "2"]), (vec![], 0));
        assert_eq!(forms(&["u1", "u2"], &["v1", "v2"]), (vec![], 0));
        assert_eq!(forms(&["ZoÃ«", "Ann"], &["Zoë", "Ann"]), (vec![IdForm::Utf8], 1));
        assert_eq!(forms(&["１２"], &["12"]), (vec![IdForm::Compose], 1));
        assert_eq!(forms(&["x", "y"], &["z"]), (vec![], 0));
    }

    #[test]
    fn ids_of_one_file_in_two_forms_are_found() {
        let twins = |ids: &[&str]| {
            let gain = twins(&ids.iter().collect());
            (gain.forms, gain.users)
        };
        assert_eq!(twins(&["1187.0", "1187", "1188", "1189.0"]), (vec![IdForm::StripPointZero], 1));
        assert_eq!(twins(&["U1", "u1", "u2"]), (vec![IdForm::Lower], 1));
        assert_eq!(twins(&["1", "2", "10"]), (vec![], 0));
        assert_eq!(twins(&["A1", "A2", "b-1", "b1"]), (vec![], 0));
    }

    #[test]
    fn nobody_who_is_in_both_becomes_somebody_else() {
        assert_eq!(forms(&["7", "007"], &["7"]), (vec![], 0));
        assert_eq!(forms(&["7", "07", "007"], &["0007"]), (vec![IdForm::StripLeadingZeros], 1));
    }

    #[test]
    fn ids_that_a_spreadsheet_rounded_are_counted() {
        let ids: Vocabulary<UserId> =
            ["4.68772E+17", "4,37E+09", "468772", "E+17", "1e5", "1.1870e+03"].iter().collect();
        assert_eq!(ids.ids().filter(|id| is_rounded(id)).count(), 2);
    }
}
