//! The one error type: everything that a person can cause, each with the place and what to do about it.

use serde::{Deserialize, Serialize};

/// Result of the crate's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;

/// What training runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceKind {
    /// The processor.
    #[serde(rename = "CPU")]
    Cpu,
    /// A graphics card, in the browser or natively.
    #[serde(rename = "WebGPU")]
    WebGpu,
}

impl DeviceKind {
    /// What a message calls it, after "the".
    fn words(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::WebGpu => "WebGPU device",
        }
    }
}

impl std::fmt::Display for DeviceKind {
    /// `CPU` or `WebGPU`.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Self::Cpu => "CPU",
            Self::WebGpu => "WebGPU",
        })
    }
}

/// Everything that can go wrong and that a person can act on.
///
/// The texts are one line, plain words, in the order *where, what, what to do*, because the page and the
/// command line print them as they are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line of a file cannot be used and the file cannot be read without it.
    #[error("{file}, line {line}: {what}. {remedy}")]
    Line {
        /// File name as the person knows it.
        file: String,
        /// Line number, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
        /// What the person can do.
        remedy: String,
    },
    /// A file as a whole cannot be used.
    #[error("{file}: {what}. {remedy}")]
    File {
        /// File name as the person knows it.
        file: String,
        /// What is wrong with it.
        what: String,
        /// What the person can do.
        remedy: String,
    },
    /// A setting is out of its range or contradicts another.
    #[error("setting {field}: {what}")]
    Setting {
        /// Name of the field in [`crate::settings::Config`].
        field: String,
        /// What is wrong and which values are allowed.
        what: String,
    },
    /// The data sets cannot be trained on as they are (too few ratings, nothing to test).
    #[error("{what}. {remedy}")]
    Data {
        /// What is missing.
        what: String,
        /// What the person can do.
        remedy: String,
    },
    /// A user, item or domain that the model does not know.
    #[error("{kind} {id:?} is not in {place}")]
    Unknown {
        /// `user`, `item` or `domain`.
        kind: &'static str,
        /// The id as it was asked for.
        id: String,
        /// Where it was looked for.
        place: String,
    },
    /// A loss, gradient or embedding stopped being a number.
    #[error("{what} is not a finite number after {steps} steps; lower the learning rate ({learning_rate})")]
    NotFinite {
        /// The quantity.
        what: String,
        /// Steps of the optimiser so far.
        steps: usize,
        /// The learning rate in use.
        learning_rate: f32,
    },
    /// The device refused or was lost.
    #[error("the {} stopped: {what}. Train again on the CPU, or reload the page", device.words())]
    Device {
        /// Which one.
        device: DeviceKind,
        /// What the driver said.
        what: String,
    },
}

/// A text in one line: line breaks and other control characters become blanks, tabs stay. Cells, ids and names of files
/// in a message may hold them.
pub(crate) fn one_line(text: &str) -> String {
    let breaks = |c: char| (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ")
}

impl Error {
    /// An [`Error::File`] from its three parts.
    pub fn file(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::File { file: one_line(file), what: one_line(&what.into()), remedy: remedy.into() }
    }

    /// An [`Error::Line`] from its four parts.
    pub fn line(file: &str, line: u64, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Line { file: one_line(file), line, what: one_line(&what.into()), remedy: remedy.into() }
    }

    /// An [`Error::Setting`] from the field's name and what is wrong with it.
    pub fn setting(field: &str, what: impl Into<String>) -> Self {
        Self::Setting { field: field.into(), what: one_line(&what.into()) }
    }

    /// An [`Error::Data`] from its two parts.
    pub fn data(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Data { what: what.into(), remedy: remedy.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_message_is_one_line_whatever_it_shows() {
        let shown = |error: Error| error.to_string();
        let what = "the rating \"4\r\n\u{1b}[31m\" is odd";
        assert_eq!(
            shown(Error::file("a\nb", what, "Mend it")),
            "a b: the rating \"4   [31m\" is odd. Mend it"
        );
        assert!(!shown(Error::line("f", 3, what, "Mend it")).contains(['\n', '\r', '\u{1b}']));
        assert!(!shown(Error::setting("columns", "no column \"\u{2028}\"")).contains('\u{2028}'));
    }
}
