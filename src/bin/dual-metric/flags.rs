//! Options of the reader as the flags that declare them.

use dual_metric::data::{Encoding, ReadOptions};
use serde_json::json;

use crate::declared::escaped;

/// How the flags of a file are written.
#[derive(Clone, Debug)]
pub enum Flags {
    /// Each begins with this: `--a-scale 1:5`, `--scale 1:5`.
    Prefix(&'static str),
    /// Each value begins with the name of the domain: `--scale books:1:5`.
    Of(String),
}

impl Default for Flags {
    fn default() -> Self {
        Self::Prefix("--")
    }
}

impl Flags {
    /// A flag with its value.
    pub fn with(&self, name: &str, value: &str) -> String {
        match self {
            Self::Prefix(prefix) => format!("{prefix}{name} {value}"),
            Self::Of(domain) => format!("--{name} {domain}:{value}"),
        }
    }

    /// What a flag is called in a refusal.
    pub fn name(&self, name: &str) -> String {
        match self {
            Self::Prefix(prefix) => format!("{prefix}{name}"),
            Self::Of(domain) => format!("--{name} {domain}:"),
        }
    }
}

/// The flags that declare `options`.
pub fn flags(written: &Flags, options: &ReadOptions) -> String {
    let word = |value: serde_json::Value| value.as_str().map(String::from);
    let listed = |values: Vec<String>| if values.is_empty() { "none".into() } else { values.join(",") };
    let columns = options.roles.map(|roles| {
        let mut columns = vec![("user", roles.user), ("item", roles.item), ("rating", roles.rating)];
        columns.extend(roles.time.map(|time| ("time", time)));
        let columns = columns.iter().map(|(role, column)| format!("{role}={}", column.saturating_add(1)));
        listed(columns.collect())
    });
    let ids = options.ids.as_ref().map(|forms| listed(forms.iter().map(|form| form.name().into()).collect()));
    let missing = options.missing.as_ref().map(|all| listed(all.iter().map(f32::to_string).collect()));
    let part = options.part.as_ref().map(|part| {
        let values: Vec<String> = part.values.iter().map(|value| escaped(value)).collect();
        format!("{}={}", part.column.saturating_add(1), values.join(","))
    });
    let yes_or_no = |is_so: bool| String::from(if is_so { "yes" } else { "no" });
    let declared = [
        ("columns", columns),
        ("delimiter", options.delimiter.and_then(|delimiter| word(json!(delimiter)))),
        ("header", options.header.map(yes_or_no)),
        ("scale", options.scale.map(|scale| format!("{}:{}", scale.lo, scale.hi))),
        ("missing", missing),
        ("ids", ids),
        ("counts", options.counts.map(|counts| counts.name().into())),
        ("member", options.member.clone()),
        ("encoding", options.encoding.map(Encoding::name)),
        ("matrix", options.matrix.map(yes_or_no)),
        ("part", part),
    ];
    let flags = declared.into_iter().filter_map(|(name, value)| Some(written.with(name, &value?)));
    flags.collect::<Vec<_>>().join(" ")
}

/// A label inside a sentence.
pub fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use dual_metric::data::{Counts, Delimiter, IdForm, Part, ReadOptions, Roles, Scale};

    use super::{Flags, flags};

    #[test]
    fn options_are_written_as_the_flags_that_declare_them() {
        let options = ReadOptions {
            delimiter: Some(Delimiter::DoubleColon),
            header: Some(false),
            roles: Some(Roles { user: 1, item: 0, rating: 2, time: None }),
            scale: Some(Scale { lo: -10.0, hi: 10.0 }),
            missing: Some(vec![-1.0, 0.5]),
            ids: Some(vec![IdForm::StripPointZero, IdForm::Lower]),
            counts: Some(Counts::Log),
            member: Some("ratings.csv".into()),
            encoding: "GBK".parse().ok(),
            matrix: Some(false),
            part: Some(Part { column: 3, values: vec!["Book".into(), "CD, LP".into()] }),
            name: None,
        };
        assert_eq!(
            flags(&Flags::Prefix("--a-"), &options),
            "--a-columns user=2,item=1,rating=3 --a-delimiter double-colon --a-header no --a-scale -10:10 \
             --a-missing -1,0.5 --a-ids strip-.0,lower --a-counts log \
             --a-member ratings.csv --a-encoding gbk --a-matrix no --a-part 4=Book,CD\\, LP"
        );
        let keep = ReadOptions { missing: Some(Vec::new()), ..ReadOptions::default() };
        assert_eq!(flags(&Flags::Prefix("--"), &keep), "--missing none");
        assert_eq!(flags(&Flags::Of("books".into()), &keep), "--missing books:none");
    }
}
