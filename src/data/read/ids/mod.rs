//! How ids are written, and how they can be written alike. Two files that name the same people often write them
//! differently: a data frame makes 1187.0 of 1187, a spreadsheet drops zeros or puts an apostrophe in front.

mod apply;
mod composed;
mod encoding;
mod gain;

use std::{borrow::Cow, str::FromStr};

use serde::{Deserialize, Serialize};

pub use apply::{Rewritten, rewrite_users};
pub use gain::IdGain;
pub(super) use gain::{gain, is_rounded, twins};

use crate::error::{Error, Result};

/// A way to write ids alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum IdForm {
    /// Letters that were UTF-8 and were read as Latin-1 or Windows-1252 (`ChloÃ©`) as what they were.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Without blanks at the ends and characters that are not seen; blanks inside are one space.
    #[serde(rename = "trim")]
    Trim,
    /// Letters with accents as one character (Unicode normal form C), and wide letters and digits as the usual ones.
    #[serde(rename = "compose")]
    Compose,
    /// Without what spreadsheets put around numbers that are to stay text: `'0123` and `="0123"`.
    #[serde(rename = "strip-apostrophe")]
    StripApostrophe,
    /// Whole numbers without a fraction: `1187.0` is `1187`.
    #[serde(rename = "strip-.0")]
    StripPointZero,
    /// Numbers without the letters before them: `user_12` is `12`.
    #[serde(rename = "strip-prefix")]
    StripPrefix,
    /// Without zeros at the start.
    #[serde(rename = "strip-leading-zeros")]
    StripLeadingZeros,
    /// In lower case.
    #[serde(rename = "lower")]
    Lower,
    /// Letters and digits alone; decimal numbers stay as they are.
    #[serde(rename = "strip-punctuation")]
    StripPunctuation,
}

impl IdForm {
    /// All of them, in the order in which they are applied.
    pub const ALL: [Self; 9] = [
        Self::Utf8,
        Self::Trim,
        Self::Compose,
        Self::StripApostrophe,
        Self::StripPointZero,
        Self::StripPrefix,
        Self::StripLeadingZeros,
        Self::Lower,
        Self::StripPunctuation,
    ];

    /// Its name, as [`IdForm::from_str`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Trim => "trim",
            Self::Compose => "compose",
            Self::StripApostrophe => "strip-apostrophe",
            Self::StripPointZero => "strip-.0",
            Self::StripPrefix => "strip-prefix",
            Self::StripLeadingZeros => "strip-leading-zeros",
            Self::Lower => "lower",
            Self::StripPunctuation => "strip-punctuation",
        }
    }

    /// What is done to ids, to follow "if".
    fn words(self) -> &'static str {
        match self {
            Self::Utf8 => "ids that were read in another encoding than UTF-8 (such as Ã©) were read in it",
            Self::Trim => "blanks around ids and invisible characters in them were left out",
            Self::Compose => {
                "letters with accents were written as one Unicode character, and wide letters as usual"
            }
            Self::StripApostrophe => {
                "the apostrophe (or =\"\") that a spreadsheet put around ids was left out"
            }
            Self::StripPointZero => ".0 at the end of ids was left out",
            Self::StripPrefix => "the letters in front of numbers were left out",
            Self::StripLeadingZeros => "zeros at the start of ids were left out",
            Self::Lower => "upper and lower case were the same",
            Self::StripPunctuation => "blanks and punctuation in ids were left out",
        }
    }

    /// An id in this form.
    pub fn of(self, id: &str) -> Cow<'_, str> {
        match self {
            Self::Utf8 => encoding::decoded(id).map_or(id.into(), Cow::Owned),
            Self::Trim => trimmed(id),
            Self::Compose => match composed::has_parts(id) {
                true => composed::composed(id).into(),
                false => id.into(),
            },
            Self::StripApostrophe => without_apostrophe(id).into(),
            Self::StripPointZero => without_fraction(id),
            Self::StripPrefix => prefix(id).map_or(id, |prefix| &id[prefix.len()..]).into(),
            Self::StripLeadingZeros => {
                let rest = id.trim_start_matches('0');
                // An id of zeros keeps one.
                if rest.is_empty() {
                    id.get(id.len().saturating_sub(1)..).unwrap_or(id).into()
                } else {
                    rest.into()
                }
            }
            Self::Lower if id.chars().any(char::is_uppercase) => id.to_lowercase().into(),
            Self::Lower => id.into(),
            Self::StripPunctuation if id.chars().all(char::is_alphanumeric) || is_decimal(id) => id.into(),
            Self::StripPunctuation => id.chars().filter(|c| c.is_alphanumeric()).collect::<String>().into(),
        }
    }
}

impl FromStr for IdForm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|form| form.name()).collect();
            Error::setting("ids", format!("{name:?} is no way to write ids; there are {}", names.join(", ")))
        })
    }
}

/// An id in several forms, one after the other in the order of [`IdForm::ALL`]; the id itself where nothing is left.
pub(super) fn in_forms(id: &str, forms: &[IdForm]) -> String {
    let mut text = Cow::Borrowed(id);
    for form in IdForm::ALL.into_iter().filter(|form| forms.contains(form)) {
        if let Cow::Owned(new) = owned_if_changed(form, &text) {
            text = Cow::Owned(new);
        }
    }
    if text.is_empty() { id.to_owned() } else { text.into_owned() }
}

fn owned_if_changed(form: IdForm, id: &str) -> Cow<'static, str> {
    let new = form.of(id);
    if new == id { Cow::Borrowed("") } else { Cow::Owned(new.into_owned()) }
}

fn trimmed(id: &str) -> Cow<'_, str> {
    let unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
            || (c.is_control() && !c.is_whitespace())
    };
    let plain = |c: char| !unseen(c) && (c == ' ' || !c.is_whitespace());
    if id.chars().all(plain) && !id.contains("  ") && id.trim().len() == id.len() {
        return id.into();
    }
    let seen: String = id.chars().filter(|&c| !unseen(c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

fn without_apostrophe(id: &str) -> &str {
    let inner = |open: &str| id.strip_prefix(open).and_then(|rest| rest.strip_suffix('"'));
    inner("=\"").or_else(|| inner("\"")).or_else(|| id.strip_prefix(['\'', '\u{2019}'])).unwrap_or(id)
}

fn without_fraction(id: &str) -> Cow<'_, str> {
    if let Some((whole, zeros)) = id.split_once('.')
        && is_number(whole)
        && is_zeros(zeros)
    {
        return whole.into();
    }
    match exponent(id) {
        Some((digits, power)) if digits.len() > power && is_zeros_or_nothing(&digits[power + 1..]) => {
            digits[..=power].to_owned().into()
        }
        _ => id.into(),
    }
}

/// The digits of a number with one digit before its point and a positive exponent, and the exponent: 1.187E+03.
fn exponent(id: &str) -> Option<(String, usize)> {
    let (number, power) = id.split_once(['E', 'e'])?;
    let (whole, fraction) = number.split_once(['.', ','])?;
    let power = power.strip_prefix('+').filter(|power| is_number(power))?.parse().ok()?;
    (whole.len() == 1 && is_number(whole) && is_number(fraction))
        .then(|| (format!("{whole}{fraction}"), power))
}

fn is_zeros(text: &str) -> bool {
    !text.is_empty() && is_zeros_or_nothing(text)
}

fn is_zeros_or_nothing(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// What stands before the digits of an id that ends in them and has no other.
fn prefix(id: &str) -> Option<&str> {
    let start = id.find(|c: char| c.is_ascii_digit())?;
    let (prefix, digits) = id.split_at(start);
    (start > 0 && is_number(digits)).then_some(prefix)
}

fn is_decimal(id: &str) -> bool {
    id.split_once('.').is_some_and(|(whole, fraction)| is_number(whole) && is_number(fraction))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{IdForm, in_forms};

    #[test]
    fn each_form_writes_ids_in_its_way_and_leaves_others_as_they_are() {
        let cases = [
            (IdForm::Trim, " Ann\u{a0} Lee\u{200b}", "Ann Lee"),
            (IdForm::Trim, "Ann Lee", "Ann Lee"),
            (IdForm::Compose, "Chloe\u{301}", "Chlo\u{e9}"),
            (IdForm::StripApostrophe, "'0123", "0123"),
            (IdForm::StripApostrophe, "=\"0123\"", "0123"),
            (IdForm::StripApostrophe, "O'Neil", "O'Neil"),
            (IdForm::StripPointZero, "1187.0", "1187"),
            (IdForm::StripPointZero, "1187.05", "1187.05"),
            (IdForm::StripPointZero, "v1.0", "v1.0"),
            (IdForm::StripPointZero, "1.18700E+03", "1187"),
            (IdForm::StripPointZero, "4.68772E+17", "4.68772E+17"),
            (IdForm::Compose, "１２ａ", "12a"),
            (IdForm::Utf8, "ChloÃ©", "Chloé"),
            (IdForm::Utf8, "Â„x“", "Â„x“"),
            (IdForm::StripPrefix, "user_12", "12"),
            (IdForm::StripPrefix, "https://x.org/u/12", "12"),
            (IdForm::StripPrefix, "b2u12", "b2u12"),
            (IdForm::StripPrefix, "-12", "12"),
            (IdForm::StripLeadingZeros, "00120", "120"),
            (IdForm::StripLeadingZeros, "000", "0"),
            (IdForm::StripLeadingZeros, "", ""),
            (IdForm::Lower, "ANN", "ann"),
            (IdForm::StripPunctuation, "U-12 a", "U12a"),
            (IdForm::StripPunctuation, "1.0", "1.0"),
        ];
        for (form, id, expected) in cases {
            assert_eq!(form.of(id), expected, "{form:?} of {id:?}");
        }
        assert_eq!(in_forms(" '007.0", &IdForm::ALL), "7");
        assert_eq!(in_forms("--", &IdForm::ALL), "--");
    }

    #[test]
    fn forms_are_known_by_their_names() {
        for form in IdForm::ALL {
            assert_eq!(form.name().parse::<IdForm>().ok(), Some(form));
            assert_eq!(serde_json::to_value(form).unwrap(), form.name());
        }
        let message = "upper".parse::<IdForm>().unwrap_err().to_string();
        assert!(message.contains("\"upper\"") && message.contains("lower"), "{message}");
    }
}
