//! The settings of models searched on data: every model gets the same budget of tries, each try is measured on rows that are
//! neither trained on nor tested, and at the end the best is tested beside the settings that one had.
//!
//! One part of a cross-validation is tested and set aside before anything else. Of the rest, one part more is what tries are
//! measured on; the rows that tell a training when to stop are others again, so that no try is chosen by what it was stopped
//! by. The test trains on all but the tested part.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::pictures::{effects_figure, tries_figure};
use super::settings::{point_of, settings_space, with_point};
use super::tuner::Tuner;
use crate::baselines;
use crate::data::{Domain, Rating, Ratings, World};
use crate::engine::Device;
use crate::error::{Error, Result};
use crate::figure::{Figure, shown};
use crate::lab::Change;
use crate::lab::errors::{self, PersonErrors};
use crate::metrics::rmse;
use crate::peers;
use crate::recommender::{Assignment, Stopping};
use crate::rng::Generator;
use crate::settings::{Config, ValidConfig};
use crate::split::{Fold, Rows, Split, Training};

/// Parts of the ratings, of which one is tested, and of what is left, of which one measures tries.
const PARTS: usize = 5;
/// Trainings with seeds of their own that a test is the mean over.
const SEEDS: u64 = 3;
/// Draws of people for intervals.
const DRAWS: usize = 2000;
/// What is measured, in words.
const MEASURE: &str = "RMSE on validation";

/// One domain of a test, on the unit scale; means over [`Self::seeds`] trainings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TunedDomain {
    /// Its name.
    pub name: String,
    /// Test ratings.
    pub ratings: usize,
    /// RMSE of the global mean.
    pub mean: f64,
    /// RMSE of the bias model.
    pub bias: f64,
    /// RMSE under the settings that one had.
    pub before: f64,
    /// RMSE under the best settings.
    pub after: f64,
    /// The change from the one to the other as a share, with the ends of its 95 % interval over people.
    pub change: [f64; 3],
    /// Trainings with seeds of their own.
    #[cfg_attr(test, ts(type = "number"))]
    pub seeds: u64,
}

/// What there is of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TunedModel {
    /// Its name.
    pub model: String,
    /// Its search.
    pub tuner: Tuner,
    /// Its test by domain; `None` before all tries are done.
    pub test: Option<Vec<TunedDomain>>,
}

impl TunedModel {
    /// The value of the settings that one had: the first try's.
    pub fn before(&self) -> Option<f64> {
        self.tuner.tries().first().and_then(|own| own.value)
    }

    /// What was tried, with what the test says of it below, and what mattered as soon as there are values for it.
    pub fn figures(&self) -> Vec<Figure> {
        let mut tries = tries_figure(&self.tuner, MEASURE, None, self.before());
        tries.title = format!("What was tried of {}", self.model);
        tries.name = format!("tune-tries-{}", self.model);
        if let Some(finding) = self.finding() {
            tries.finding = finding;
        }
        let effects = effects_figure(&self.tuner, MEASURE, None).map(|mut figure| {
            figure.title = format!("What mattered to {}", self.model);
            figure.name = format!("tune-effects-{}", self.model);
            figure
        });
        [Some(tries), effects].into_iter().flatten().collect()
    }

    /// Whether the best settings are better than those that one had, on validation and on test rows, in a sentence; `None`
    /// before the test.
    pub fn finding(&self) -> Option<String> {
        let (best, before, test) = (self.tuner.best()?, self.before()?, self.test.as_ref()?);
        let value = best.value?;
        let percent = |change: f64| format!("{:+.1}\u{a0}%", 100.0 * change).replace('-', "−");
        let validation = if value < before {
            format!(
                "lower the error on validation from {} to {} ({})",
                shown(before),
                shown(value),
                percent(value / before - 1.0)
            )
        } else {
            format!("are no better on validation than the default settings ({})", shown(before))
        };
        let domains = test.iter().map(|domain| {
            let [change, low, high] = domain.change;
            let verdict = if high < 0.0 {
                "less beyond chance over people"
            } else if low > 0.0 {
                "more beyond chance over people"
            } else {
                "no difference beyond chance over people"
            };
            format!(
                "{} changes from {} to {} ({}, {} to {}: {verdict}; bias model {}, global mean {})",
                domain.name,
                shown(domain.before),
                shown(domain.after),
                percent(change),
                percent(low),
                percent(high),
                shown(domain.bias),
                shown(domain.mean)
            )
        });
        let domains: Vec<String> = domains.collect();
        Some(format!(
            "Of {} settings of {} the best {validation}; on test rows the error of {}.",
            self.tuner.tries().len(),
            self.model,
            domains.join(", that of ")
        ))
    }
}

/// A search of several models, as far as it is: all that has to be kept to go on with it later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SearchState {
    /// Tries that each model gets, the default settings among them.
    pub budget: usize,
    /// The models in their order.
    pub models: Vec<TunedModel>,
}

/// What a step has done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A try of a model is measured.
    Tried {
        /// Which model.
        model: String,
        /// Its tries so far.
        tries: usize,
        /// The value of this one; `None` where it came to no number.
        value: Option<f64>,
    },
    /// A model is tested.
    Tested {
        /// Which model.
        model: String,
    },
    /// There is nothing left to do.
    Done,
}

/// A search on data.
pub struct Search {
    world: Arc<World>,
    config: ValidConfig,
    /// The split that is tested at the end.
    outer: Split,
    /// The ratings that are not tested, and their split into what is trained on and what tries are measured on.
    inner_world: Arc<World>,
    inner: Split,
    state: SearchState,
}

impl Search {
    /// A search that begins: for each model the settings of `config` first, then `budget` − 1 others.
    ///
    /// # Errors
    /// When a model is not known or has nothing to tune, there are fewer than two tries, or too few ratings.
    pub fn new(world: Arc<World>, config: &ValidConfig, models: &[&str], budget: usize) -> Result<Self> {
        if budget < 2 {
            return Err(Error::setting("budget", format!("{budget} tries are no search; use 2 or more")));
        }
        let begun = |&model: &&str| {
            let space = settings_space(model)?;
            let default = point_of(&space, config)?;
            let tuner = Tuner::new(space, config.seed).starting_at(default);
            Ok(TunedModel { model: model.into(), tuner, test: None })
        };
        let models = models.iter().map(begun).collect::<Result<Vec<_>>>()?;
        Self::resumed(world, config, SearchState { budget, models })
    }

    /// A search that goes on from where it was, on the same data and settings.
    ///
    /// # Errors
    /// When there are too few ratings.
    pub fn resumed(world: Arc<World>, config: &ValidConfig, state: SearchState) -> Result<Self> {
        // No links are held out: no map is measured here.
        let config = Config { held_out_overlap: 0.0, ..Config::clone(config) }.check()?;
        let fold = Fold { number: 0, of: PARTS, seed: config.seed };
        let stopping = if config.uses_validation() { config.validation_fraction } else { 0.0 };
        let outer = Split::of_fold(&world, &config, fold, stopping)?;
        let inner_world = Arc::new(without_tests(&world, &outer));
        let inner = Split::of_fold(&inner_world, &config, fold, stopping)?;
        Ok(Self { world, config, outer, inner_world, inner, state })
    }

    /// All that has to be kept of it.
    pub fn state(&self) -> &SearchState {
        &self.state
    }

    /// Progress, 0 to 1, by trainings.
    pub fn fraction(&self) -> f32 {
        let each = (self.state.budget as u64 + 2 * SEEDS) as f32;
        let of = |own: &TunedModel| {
            own.tuner.tries().len() as f32 + if own.test.is_some() { 2.0 * SEEDS as f32 } else { 0.0 }
        };
        let done: f32 = self.state.models.iter().map(of).sum();
        done / (each * self.state.models.len().max(1) as f32)
    }

    /// Does the next try or test.
    ///
    /// # Errors
    /// When a setting does not fit, or the data cannot be trained on. A training that comes to no number is a try without
    /// value.
    pub async fn advance(&mut self) -> Result<Step> {
        let budget = self.state.budget;
        let open =
            self.state.models.iter().position(|own| own.tuner.tries().len() < budget || own.test.is_none());
        let Some(n) = open else { return Ok(Step::Done) };
        let model = self.state.models[n].model.clone();
        if self.state.models[n].tuner.tries().len() < budget {
            // A copy, so that a training that is broken off leaves no point without value.
            let mut tuner = self.state.models[n].tuner.clone();
            let point = tuner.ask();
            let config = with_point(tuner.space(), &point, &self.config)?;
            let value = match self.measured(&model, config).await {
                Err(Error::NotFinite { .. }) => f64::NAN,
                other => other?,
            };
            tuner.tell(&point, value);
            let (tries, value) = (tuner.tries().len(), tuner.tries().last().and_then(|own| own.value));
            self.state.models[n].tuner = tuner;
            return Ok(Step::Tried { model, tries, value });
        }
        let best = self.state.models[n].tuner.best().map(|own| own.point.clone());
        let best = best.ok_or_else(|| {
            Error::data(
                format!("no setting of {model} came to a number"),
                "Tune another model, or on other data",
            )
        })?;
        let after = with_point(self.state.models[n].tuner.space(), &best, &self.config)?;
        let test = self.tested(&model, after).await?;
        self.state.models[n].test = Some(test);
        Ok(Step::Tested { model })
    }

    /// The mean over the domains of the RMSE on the rows that tries are measured on.
    async fn measured(&self, model: &str, config: Config) -> Result<f64> {
        let predicted = predictions(&self.inner_world, &self.inner, model, config).await?;
        let mut errors = Vec::new();
        for (d, predicted) in predicted.iter().enumerate() {
            errors.push(rmse(predicted, &self.inner.test(&self.inner_world, d).targets)?);
        }
        Ok(errors.iter().sum::<f64>() / errors.len() as f64)
    }

    /// The settings that one had and the best on the test rows, with the baselines.
    async fn tested(&self, model: &str, after: Config) -> Result<Vec<TunedDomain>> {
        let rows: Vec<Rows> =
            (0..self.world.domains.len()).map(|d| self.outer.test(&self.world, d)).collect();
        // By domain and settings, by person the sum of squared errors over all seeds.
        let mut sums: Vec<[Vec<f64>; 2]> = rows.iter().map(|_| [Vec::new(), Vec::new()]).collect();
        for (place, config) in [Config::clone(&self.config), after].into_iter().enumerate() {
            for seed in 0..SEEDS {
                let config = Config { seed: self.config.seed + seed, ..config.clone() };
                let predicted = predictions(&self.world, &self.outer, model, config).await?;
                for (d, predicted) in predicted.iter().enumerate() {
                    let own = errors::squared(predicted, &rows[d]);
                    let all = &mut sums[d][place];
                    all.resize(own.len(), 0.0);
                    all.iter_mut().zip(own).for_each(|(sum, own)| *sum += own / SEEDS as f64);
                }
            }
        }
        let [mean, bias] = [baselines::MEAN.name, baselines::BIAS.name];
        let mean = predictions(&self.world, &self.outer, mean, Config::clone(&self.config)).await?;
        let bias = predictions(&self.world, &self.outer, bias, Config::clone(&self.config)).await?;
        let domain = |(d, sums): (usize, [Vec<f64>; 2])| {
            let rows = &rows[d];
            let errors = PersonErrors::of_sums(errors::counts(rows), sums.into());
            let number = |place: usize| errors.rmse(place).unwrap_or(f64::NAN);
            let (before, after) = (number(0), number(1));
            let draws = errors.draw(DRAWS, &mut Generator::new(self.config.seed, "tune people"));
            let mut drawn: Vec<f64> =
                (0..DRAWS).filter_map(|draw| draws.log_ratio(draw, 1_usize, 0_usize)).collect();
            let change = Change::of_logs(libm::log(after / before), &mut drawn);
            Ok(TunedDomain {
                name: self.world.domains[d].name.clone(),
                ratings: rows.len(),
                mean: rmse(&mean[d], &rows.targets)?,
                bias: rmse(&bias[d], &rows.targets)?,
                before,
                after,
                change: [change.value, change.low, change.high],
                seeds: SEEDS,
            })
        };
        sums.into_iter().enumerate().map(domain).collect()
    }
}

/// The domains without the ratings that a split tests; people, items and features stay.
fn without_tests(world: &World, split: &Split) -> World {
    let domains = world.domains.iter().enumerate().map(|(d, domain)| {
        let tested = split.test(world, d);
        let tested: std::collections::BTreeSet<_> = tested.users.into_iter().zip(tested.items).collect();
        let rows: Vec<Rating> =
            domain.ratings.iter().filter(|row| !tested.contains(&(row.user, row.item))).collect();
        Domain {
            ratings: Ratings::new(domain.users.len(), domain.items.len(), &rows).into(),
            ..domain.clone()
        }
    });
    World::new(domains.collect())
}

/// What a model that is trained on a split predicts for its test rows, by domain.
async fn predictions(
    world: &Arc<World>,
    split: &Split,
    model: &str,
    config: Config,
) -> Result<Vec<Vec<f32>>> {
    let entry = peers::find(model)?;
    let config = Config { model: model.into(), ..config }.check()?;
    let training = Training::new(world.clone(), Arc::new(split.clone()));
    let watched = vec![Vec::new(); world.links.len()];
    let assignment = Assignment { training, config, device: Device::cpu(), watched, stopping: Stopping::Own };
    let model = entry.train(assignment, &mut |_, _| ()).await?.model();
    let of = |d: usize| {
        let rows = split.test(world, d);
        model.predict(d, &rows.users, &rows.items)
    };
    Ok((0..world.domains.len()).map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::sample;

    fn config() -> ValidConfig {
        Config { epochs: 3, ..Config::robust() }.check().unwrap()
    }

    fn finished(mut search: Search) -> SearchState {
        while pollster::block_on(search.advance()).unwrap() != Step::Done {}
        assert_eq!(search.fraction(), 1.0);
        search.state().clone()
    }

    #[test]
    fn every_model_gets_its_budget_and_is_tested_beside_the_baselines() {
        let world = Arc::new(sample(5).world);
        let state = finished(Search::new(world.clone(), &config(), &["cmf", "dml"], 4).unwrap());
        assert_eq!(state.models.len(), 2);
        for own in &state.models {
            assert_eq!(own.tuner.tries().len(), 4);
            let default = point_of(own.tuner.space(), &config()).unwrap();
            assert_eq!(own.tuner.tries()[0].point, default, "the settings that one had come first");
            let test = own.test.as_ref().unwrap();
            assert_eq!(test.len(), world.domains.len());
            for domain in test {
                assert!(domain.bias < domain.mean && domain.after > 0.0 && domain.ratings > 0);
                let [change, low, high] = domain.change;
                assert!(low <= change && change <= high);
                assert!((change - (domain.after / domain.before - 1.0)).abs() < 1e-9);
            }
            let figures = own.figures();
            assert!(
                figures[0].finding.contains("on test rows the error of")
                    && figures[0].finding.contains("bias model")
            );
        }
    }

    #[test]
    fn one_that_was_read_back_goes_on_as_it_would_have() {
        let world = Arc::new(sample(5).world);
        let mut search = Search::new(world.clone(), &config(), &["cmf"], 4).unwrap();
        (0..2).for_each(|_| assert!(pollster::block_on(search.advance()).is_ok()));
        let text = serde_json::to_string(search.state()).unwrap();
        let again = Search::resumed(world, &config(), serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(finished(again), finished(search));
    }

    #[test]
    fn no_try_reads_a_test_row() {
        let world = sample(5).world;
        let split = {
            let fold = Fold { number: 0, of: PARTS, seed: config().seed };
            let config = Config { held_out_overlap: 0.0, ..Config::clone(&config()) }.check().unwrap();
            Split::of_fold(&world, &config, fold, config.validation_fraction).unwrap()
        };
        // All test ratings upside down.
        let domains = world.domains.iter().enumerate().map(|(d, domain)| {
            let tested = split.test(&world, d);
            let tested: std::collections::BTreeSet<_> = tested.users.into_iter().zip(tested.items).collect();
            let turned = domain.ratings.iter().map(|row| {
                let other = domain.scale.lo + domain.scale.hi - row.value;
                Rating {
                    value: if tested.contains(&(row.user, row.item)) { other } else { row.value },
                    ..row
                }
            });
            let rows: Vec<Rating> = turned.collect();
            Domain {
                ratings: Ratings::new(domain.users.len(), domain.items.len(), &rows).into(),
                ..domain.clone()
            }
        });
        let other = World::new(domains.collect());
        let [own, turned] = [world, other].map(|world| {
            finished(Search::new(Arc::new(world), &config(), &["cmf"], 3).unwrap()).models.remove(0)
        });
        assert_eq!(own.tuner, turned.tuner);
        assert_ne!(own.test, turned.test, "the test does");
    }

    #[test]
    fn what_is_no_search_is_refused() {
        let world = Arc::new(sample(5).world);
        let message = |models: &[&str], budget| {
            Search::new(world.clone(), &config(), models, budget).map(|_| ()).unwrap_err().to_string()
        };
        assert!(message(&["cmf"], 1).contains("use 2 or more"));
        assert!(message(&["bias"], 4).contains("no setting that is tuned"));
    }
}
