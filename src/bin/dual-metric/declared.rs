//! What a person declares of a rating file on the command line, as options of the reader.

use dual_metric::data::{
    Counts, Cure, Delimiter, Encoding, IdForm, Part, ReadOptions, Roles, Scale, preview,
};
use dual_metric::error::{Error, Result};

use crate::flags::{Flags, flags, lower};

/// The declarations as they were typed; what is `None` is recognised.
#[derive(Clone, Default)]
pub struct Declared {
    pub scale: Option<String>,
    pub columns: Option<String>,
    pub delimiter: Option<String>,
    pub header: Option<String>,
    pub missing: Option<String>,
    pub member: Option<String>,
    pub encoding: Option<String>,
    pub matrix: Option<String>,
    pub ids: Option<String>,
    pub counts: Option<String>,
    pub part: Option<String>,
    /// How its flags are written.
    pub flags: Flags,
}

impl Declared {
    /// What `first` declares, and these where it declares nothing.
    pub fn below(self, first: &Self) -> Self {
        let first = first.clone();
        Self {
            scale: first.scale.or(self.scale),
            columns: first.columns.or(self.columns),
            delimiter: first.delimiter.or(self.delimiter),
            header: first.header.or(self.header),
            missing: first.missing.or(self.missing),
            member: first.member.or(self.member),
            encoding: first.encoding.or(self.encoding),
            matrix: first.matrix.or(self.matrix),
            ids: first.ids.or(self.ids),
            counts: first.counts.or(self.counts),
            part: first.part.or(self.part),
            flags: first.flags,
        }
    }

    /// The options of the reader. Columns that are named are looked up in the file.
    pub fn options(&self, file: &str, bytes: &[u8]) -> Result<ReadOptions> {
        let mut options = ReadOptions {
            scale: self.scale.as_deref().map(|text| self.scale(text)).transpose()?,
            delimiter: self.delimiter.as_deref().map(|text| self.delimiter(text)).transpose()?,
            header: self.header.as_deref().map(|text| self.yes_or_no("header", text)).transpose()?,
            member: self.member.clone(),
            encoding: self.encoding.as_deref().map(|text| self.encoding(text)).transpose()?,
            matrix: self.matrix.as_deref().map(|text| self.yes_or_no("matrix", text)).transpose()?,
            missing: self.missing.as_deref().map(|text| self.missing(text)).transpose()?,
            ids: self.ids.as_deref().map(|text| self.ids(text)).transpose()?,
            counts: self.counts.as_deref().map(|text| self.counts(text)).transpose()?,
            ..ReadOptions::default()
        };
        if let Some(columns) = &self.columns {
            options.roles = Some(self.roles(columns, file, bytes, &options)?);
        }
        if let Some(part) = &self.part {
            options.part = Some(self.part(part, file, bytes, &options)?);
        }
        Ok(options)
    }

    fn ids(&self, text: &str) -> Result<Vec<IdForm>> {
        let form = |name: &str| {
            name.trim().parse().map_err(|error| match error {
                Error::Setting { what, .. } => self.refusal("ids", what),
                other => other,
            })
        };
        text.split(',').map(form).collect()
    }

    fn counts(&self, text: &str) -> Result<Counts> {
        Counts::ALL
            .into_iter()
            .find(|form| form.name() == text)
            .ok_or_else(|| self.refusal("counts", format!("{text:?} is neither log nor ranks")))
    }

    /// A refusal of the reader with the flags that do what it advises; `choices` are what the columns could be.
    pub fn advised(&self, error: Error, choices: &[Cure]) -> Error {
        let with_flags = |remedy: String| {
            if !choices.is_empty() {
                let choice = |choice: &Cure| {
                    format!("{}: {}", lower(&choice.label), flags(&self.flags, &choice.options))
                };
                let choices: Vec<String> = choices.iter().map(choice).collect();
                return format!("{remedy} ({})", choices.join("; "));
            }
            let flags: Vec<String> = [
                ("which of them", self.flags.with("member", "ratings.csv")),
                ("delimiter", self.flags.with("delimiter", "tab")),
                ("Separate the columns", self.flags.with("delimiter", "tab")),
                ("which column", self.flags.with("columns", "user=1,item=2,rating=3")),
                ("the scale", self.flags.with("scale", "1:5")),
            ]
            .into_iter()
            .filter(|(word, _)| remedy.contains(word))
            .map(|(_, flag)| flag)
            .collect();
            if flags.is_empty() { remedy } else { format!("{remedy} (for example {})", flags.join(", ")) }
        };
        match error {
            Error::File { file, what, remedy } => Error::File { file, what, remedy: with_flags(remedy) },
            Error::Line { file, line, what, remedy } => {
                Error::Line { file, line, what, remedy: with_flags(remedy) }
            }
            other => other,
        }
    }

    fn refusal(&self, flag: &str, what: String) -> Error {
        Error::setting(&self.flags.name(flag), what)
    }

    fn scale(&self, text: &str) -> Result<Scale> {
        let ends = text.split_once(':').and_then(|(lo, hi)| Some((lo.parse().ok()?, hi.parse().ok()?)));
        let Some((lo, hi)) = ends else {
            return Err(self.refusal("scale", format!("{text:?} is no scale; write it as 1:5 or -10:10")));
        };
        Scale::new(lo, hi)
    }

    fn delimiter(&self, text: &str) -> Result<Delimiter> {
        let delimiter = match text {
            "comma" | "," => Delimiter::Comma,
            "tab" | "\t" | "\\t" => Delimiter::Tab,
            "semicolon" | ";" => Delimiter::Semicolon,
            "double-colon" | "::" => Delimiter::DoubleColon,
            "pipe" | "|" => Delimiter::Pipe,
            "space" | " " => Delimiter::Space,
            _ => {
                let what = format!(
                    "{text:?} is no delimiter; there are comma, tab, semicolon, double-colon, pipe and space"
                );
                return Err(self.refusal("delimiter", what));
            }
        };
        Ok(delimiter)
    }

    fn encoding(&self, text: &str) -> Result<Encoding> {
        text.parse().map_err(|error| match error {
            Error::Setting { what, .. } => self.refusal("encoding", what),
            other => other,
        })
    }

    fn yes_or_no(&self, flag: &str, text: &str) -> Result<bool> {
        match text {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(self.refusal(flag, format!("{text:?} is neither yes nor no"))),
        }
    }

    fn missing(&self, text: &str) -> Result<Vec<f32>> {
        if text == "none" {
            return Ok(Vec::new());
        }
        let number = |value: &str| value.trim().parse().ok().filter(|value: &f32| value.is_finite());
        text.split(',').map(number).collect::<Option<_>>().ok_or_else(|| {
            self.refusal(
                "missing",
                format!("{text:?} is no list of numbers; write it as 99 or -1,0, or none"),
            )
        })
    }

    /// Roles such as `user=2,item=title,rating=4`.
    fn roles(&self, text: &str, file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Roles> {
        const ROLES: [&str; 4] = ["user", "item", "rating", "time"];
        let mut found = [None; 4];
        let mut names = None;
        for part in text.split(',') {
            let role = part.split_once('=').and_then(|(role, column)| {
                Some((ROLES.iter().position(|known| *known == role.trim())?, column.trim()))
            });
            let Some((role, column)) = role else {
                let what =
                    format!("{part:?} is no role of a column; write them as user=1,item=2,rating=3,time=4");
                return Err(self.refusal("columns", what));
            };
            found[role] = Some(match column.parse::<usize>() {
                Ok(number) if number > 0 => number - 1,
                _ => {
                    let names = match &mut names {
                        Some(names) => names,
                        none => none.insert(
                            preview(file, bytes, options).map_err(|error| self.advised(error, &[]))?.columns,
                        ),
                    };
                    self.named("columns", column, names, file)?
                }
            });
        }
        // A row without one of the others is refused; without a time it would be read, and nobody would know.
        if let Some(time) = found[3] {
            // A file without a preview is refused when it is read.
            let columns = preview(file, bytes, options).map_or(usize::MAX, |preview| preview.columns.len());
            if time >= columns {
                let what = format!("{file} has no column {}; it has {columns}", time.saturating_add(1));
                return Err(self.refusal("columns", what));
            }
        }
        match found {
            [Some(user), Some(item), Some(rating), time] => Ok(Roles { user, item, rating, time }),
            _ => {
                Err(self
                    .refusal("columns", "user, item and rating are needed: user=1,item=2,rating=3".into()))
            }
        }
    }

    /// A part such as `category=Book,Magazine`.
    fn part(&self, text: &str, file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Part> {
        let [column, values] = &pieces(text, '=')[..] else {
            let what = format!("{text:?} is no part of a file; write it as category=Book,Magazine");
            return Err(self.refusal("part", what));
        };
        let (name, values) = (plain(column), pieces(values, ',').iter().map(|value| plain(value)).collect());
        let column = match name.parse::<usize>() {
            Ok(number) if number > 0 => number - 1,
            _ => {
                let shown = preview(file, bytes, options).map_err(|error| self.advised(error, &[]))?;
                self.named("part", &name, &shown.columns, file)?
            }
        };
        Ok(Part { column, values })
    }

    fn named(&self, flag: &str, column: &str, names: &[String], file: &str) -> Result<usize> {
        let exact = names.iter().position(|name| name == column);
        let place = exact.or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(column)));
        place.ok_or_else(|| {
            let names = names.join(", ");
            self.refusal(flag, format!("{file} has no column {column:?}; its columns are {names}"))
        })
    }
}

/// The pieces of a text between marks that have no backslash before them; the backslashes stay.
pub fn pieces(text: &str, mark: char) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut is_escaped = false;
    for letter in text.chars() {
        match pieces.last_mut() {
            Some(last) if letter != mark || is_escaped => last.push(letter),
            _ => pieces.push(String::new()),
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    pieces
}

/// A piece without the backslashes that keep marks from parting it, and without blanks at its ends.
fn plain(piece: &str) -> String {
    let mut letters = piece.trim().chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    text
}

/// A value with a backslash before what would part it.
pub fn escaped(value: &str) -> String {
    value
        .chars()
        .flat_map(|c| matches!(c, ',' | '/' | '=' | '\\').then_some('\\').into_iter().chain([c]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{escaped, pieces, plain};

    #[test]
    fn a_mark_in_a_value_has_a_backslash_before_it() {
        assert_eq!(pieces("Book,DVD,Video", ','), ["Book", "DVD", "Video"]);
        assert_eq!(pieces(r"Rock\, Pop,AC\/DC", ','), [r"Rock\, Pop", r"AC\/DC"]);
        for value in ["Rock, Pop", "AC/DC", r"a\b", "x=1", ""] {
            let written = escaped(value);
            assert_eq!((pieces(&written, ',').len(), plain(&written).as_str()), (1, value));
        }
    }
}
