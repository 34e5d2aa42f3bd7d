//! What all jobs of a contest have in common. Results of other terms are not put into one table.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How ratings are split into those that are trained on and those that are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Splitting {
    /// Cross-validation with so many folds.
    Folds(usize),
    /// The test rows are given.
    Given,
}

/// What all jobs of a contest have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Name and version of the program.
    pub program: String,
    /// Name of the experiment.
    #[serde(default = "peers", skip_serializing_if = "is_peers")]
    pub experiment: String,
    /// SHA-256 over all files and how they were read, in hexadecimal digits.
    pub data: String,
    /// Names of the domains in their order.
    pub domains: Vec<String>,
    /// How test rows are chosen.
    pub splitting: Splitting,
    /// Settings that are tried for every model and fold.
    pub tune: usize,
    /// All settings but the model and the seed, by name.
    pub settings: Map<String, Value>,
}

impl Terms {
    /// What another contest's terms differ in, in words; `None` where they are the same.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let pair = |what: &str, a: &dyn std::fmt::Display, b: &dyn std::fmt::Display| {
            Some(format!("{what}: {a} here, {b} there"))
        };
        if self.program != other.program {
            return pair("another version of the program", &self.program, &other.program);
        }
        if self.experiment != other.experiment {
            return pair("another experiment", &self.experiment, &other.experiment);
        }
        // Of the same data names are a view: somebody has changed one.
        let is_named_otherwise = self.domains != other.domains && self.data != other.data;
        if self.domains.len() != other.domains.len() || is_named_otherwise {
            return pair("other domains", &self.domains.join(", "), &other.domains.join(", "));
        }
        if self.data != other.data {
            return pair("other data, or read otherwise", &short(&self.data), &short(&other.data));
        }
        if self.splitting != other.splitting {
            return pair("another split", &self.splitting, &other.splitting);
        }
        if self.tune != other.tune {
            return pair("another tuning budget", &self.tune, &other.tune);
        }
        let names = self.settings.keys().chain(other.settings.keys());
        let value = |settings: &Map<String, Value>, name: &str| {
            settings.get(name).map_or("nothing".into(), Value::to_string)
        };
        names.into_iter().find_map(|name| {
            let (a, b) = (value(&self.settings, name), value(&other.settings, name));
            if a == b { None } else { pair(&format!("another {name}"), &a, &b) }
        })
    }

    /// The first digits of the hash of the data.
    pub fn short_data(&self) -> &str {
        short(&self.data)
    }
}

/// What a contest of models is called, also where nothing is said: the first contests had no name.
fn peers() -> String {
    super::PEERS.into()
}

fn is_peers(name: &str) -> bool {
    name == super::PEERS
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

impl std::fmt::Display for Splitting {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Folds(folds) => write!(f, "{folds} folds"),
            Self::Given => write!(f, "given test rows"),
        }
    }
}

#[cfg(test)]
pub(in crate::lab) mod tests {
    use super::*;

    pub fn terms() -> Terms {
        Terms {
            program: "dual-metric 1".into(),
            experiment: "peers".into(),
            data: "0123456789abcdef".into(),
            domains: vec!["books".into(), "films".into()],
            splitting: Splitting::Folds(5),
            tune: 1,
            settings: Map::from_iter([("epochs".into(), 100.into()), ("batch".into(), 64.into())]),
        }
    }

    #[test]
    fn what_differs_is_named_with_both_values() {
        let own = terms();
        assert_eq!(own.difference(&terms()), None);
        let differs = |change: fn(&mut Terms)| {
            let mut other = terms();
            change(&mut other);
            own.difference(&other).unwrap()
        };
        assert_eq!(
            differs(|t| t.data = "fedcba9876543210".into()),
            "other data, or read otherwise: 0123456789ab here, fedcba987654 there"
        );
        let renamed = Terms { domains: vec!["novels".into(), "films".into()], ..terms() };
        assert_eq!(own.difference(&renamed), None, "the same data under another name");
        assert!(differs(|t| drop(t.domains.pop())).starts_with("other domains"));
        assert_eq!(
            differs(|t| t.splitting = Splitting::Given),
            "another split: 5 folds here, given test rows there"
        );
        assert_eq!(differs(|t| t.tune = 3), "another tuning budget: 1 here, 3 there");
        assert_eq!(
            differs(|t| drop(t.settings.insert("batch".into(), 128.into()))),
            "another batch: 64 here, 128 there"
        );
        assert_eq!(
            differs(|t| drop(t.settings.insert("new".into(), 1.into()))),
            "another new: nothing here, 1 there"
        );
        assert_eq!(
            differs(|t| t.experiment = "overlap".into()),
            "another experiment: peers here, overlap there"
        );
        let text = serde_json::to_string(&own).unwrap();
        assert!(!text.contains("peers"), "as the first contests are written: {text}");
        assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), own);
        assert!(differs(|t| t.program = "dual-metric 2".into()).contains("version"));
        assert!(differs(|t| drop(t.domains.pop())).contains("other domains: books, films here, books there"));
    }
}
