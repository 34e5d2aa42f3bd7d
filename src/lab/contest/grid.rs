//! The settings that are tried where a contest tunes: the same few for every model, the best by validation rows alone.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::settings::{Config, ValidConfig};

/// Factors of the learning rate and of the penalty on embedding rows, in the order in which they are tried. The first
/// leaves both as they are.
const FACTORS: [(f64, f64); 9] = [
    (1.0, 1.0),
    (1.0 / 3.0, 1.0),
    (3.0, 1.0),
    (1.0, 1.0 / 3.0),
    (1.0, 3.0),
    (1.0 / 3.0, 1.0 / 3.0),
    (3.0, 3.0),
    (1.0 / 3.0, 3.0),
    (3.0, 1.0 / 3.0),
];

/// Most settings that can be tried.
pub const MOST_SETTINGS: usize = FACTORS.len();

/// A setting that is tried, and what is different in it by name.
pub(super) struct Try {
    pub(super) config: ValidConfig,
    pub(super) changed: Map<String, Value>,
}

/// The first so many settings around `config`.
///
/// # Errors
/// When so many are not in the grid, or one of them is out of a range.
pub(super) fn tries(config: &ValidConfig, number: usize) -> Result<Vec<Try>> {
    if !(1..=MOST_SETTINGS).contains(&number) {
        let what = format!("{number} settings can't be tried; use 1 (no tuning) to {MOST_SETTINGS}");
        return Err(Error::setting("tune", what));
    }
    FACTORS[..number].iter().map(|&factors| one(config, factors)).collect()
}

fn one(config: &ValidConfig, (rate, penalty): (f64, f64)) -> Result<Try> {
    let mut own = Config::clone(config);
    let mut changed = Map::new();
    for (name, value, factor) in
        [("learning_rate", &mut own.learning_rate, rate), ("row_l2", &mut own.row_l2, penalty)]
    {
        if factor != 1.0 {
            let number = four_digits(f64::from(*value) * factor);
            *value = number as f32;
            changed.insert(name.into(), number.into());
        }
    }
    Ok(Try { config: own.check()?, changed })
}

/// A number as it would be set by hand: 0.0003 and not 0.00029999999.
fn four_digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_try_is_the_setting_itself_and_every_other_differs() {
        let config = Config { learning_rate: 0.003, row_l2: 3.0, ..Config::robust() }.check().unwrap();
        let all = tries(&config, MOST_SETTINGS).unwrap();
        assert_eq!(all[0].config, config);
        assert!(all[0].changed.is_empty());
        for (n, one) in all.iter().enumerate() {
            assert!(all[..n].iter().all(|other| other.config != one.config), "{n}");
        }
        assert_eq!(Value::Object(all[2].changed.clone()).to_string(), r#"{"learning_rate":0.009}"#);
        assert_eq!(all[4].config.row_l2, 9.0);
    }

    #[test]
    fn no_try_and_too_many_are_refused() {
        let config = Config::robust().check().unwrap();
        for number in [0, MOST_SETTINGS + 1] {
            assert!(tries(&config, number).map(|_| ()).unwrap_err().to_string().contains("tune"));
        }
    }
}
