//! The settings that are tried where a contest tunes: as many for every model that has something to tune, the best by
//! validation rows alone.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::peers;
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
/// Those of a model that reads one of the two, so that it gets as many tries: three times more and less, then between and
/// beyond, in equal ratios.
const ALONE: [f64; 9] =
    [1.0, 1.0 / 3.0, 3.0, 0.577_350_269, 1.732_050_808, 1.0 / 9.0, 9.0, 5.196_152_423, 0.192_450_09];

const RATE: &str = "learning_rate";
const PENALTY: &str = "row_l2";

/// Most settings that can be tried.
pub const MOST_SETTINGS: usize = FACTORS.len();

/// A setting that is tried, and what is different in it by name.
pub(super) struct Try {
    pub(super) config: ValidConfig,
    pub(super) changed: Map<String, Value>,
}

/// The first so many settings around `config`, changed in what its model reads; one alone for a model that reads neither.
///
/// # Errors
/// When so many are not in the grid, or one of them is out of a range.
pub(super) fn tries(config: &ValidConfig, number: usize) -> Result<Vec<Try>> {
    if !(1..=MOST_SETTINGS).contains(&number) {
        let what = format!("{number} settings can't be tried; use 1 (no tuning) to {MOST_SETTINGS}");
        return Err(Error::setting("tune", what));
    }
    let entry = peers::find(&config.model)?;
    let [rate, penalty] = [RATE, PENALTY].map(|name| entry.reads.contains(&name));
    let factors: Vec<(f64, f64)> = match (rate, penalty) {
        (true, true) => FACTORS[..number].to_vec(),
        (true, false) => ALONE[..number].iter().map(|&factor| (factor, 1.0)).collect(),
        (false, true) => ALONE[..number].iter().map(|&factor| (1.0, factor)).collect(),
        // Every try would be the same.
        (false, false) => vec![(1.0, 1.0)],
    };
    factors.into_iter().map(|factors| one(config, factors)).collect()
}

fn one(config: &ValidConfig, (rate, penalty): (f64, f64)) -> Result<Try> {
    let mut own = Config::clone(config);
    let mut changed = Map::new();
    for (name, value, factor) in [(RATE, &mut own.learning_rate, rate), (PENALTY, &mut own.row_l2, penalty)] {
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
    fn no_model_gets_two_tries_that_are_the_same_to_it() {
        let of = |model: &str| {
            let config = Config { model: model.into(), ..Config::robust() }.check().unwrap();
            tries(&config, MOST_SETTINGS).unwrap()
        };
        for model in ["cmf", "ncf", "emcdr-mlp", "ddtcdr"] {
            let all = of(model);
            let mut rates: Vec<f32> = all.iter().map(|one| one.config.learning_rate).collect();
            assert!(all.iter().all(|one| one.config.row_l2 == all[0].config.row_l2), "{model}");
            rates.sort_by(f32::total_cmp);
            rates.dedup();
            assert_eq!(rates.len(), MOST_SETTINGS, "{model}");
            // Neighbours are √3 apart.
            assert!(rates.windows(2).all(|two| (two[1] / two[0] - 1.732).abs() < 0.01), "{rates:?}");
        }
        assert_eq!(of("cccfnet").iter().filter(|one| one.changed.contains_key(PENALTY)).count(), 6);
        for model in ["mean", "bias", "bayes", "dual-mf"] {
            assert_eq!(of(model).len(), 1, "{model}");
        }
    }

    #[test]
    fn no_try_and_too_many_are_refused() {
        let config = Config::robust().check().unwrap();
        for number in [0, MOST_SETTINGS + 1] {
            assert!(tries(&config, number).map(|_| ()).unwrap_err().to_string().contains("tune"));
        }
    }
}
