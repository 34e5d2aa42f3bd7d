//! By how much one error is smaller than another, with an interval. One definition of noise for everything that is
//! claimed: which people happened to be tested, and what chance changes in a training.

use serde::{Deserialize, Serialize};

use super::errors::{DRAWS, Draws, PersonErrors, Source};
use crate::rng::Generator;

/// Fewer people than this get figures and no claim.
pub const ENOUGH_PEOPLE: usize = 30;
/// Fewer test ratings than this get figures and no claim.
pub const ENOUGH_RATINGS: usize = 200;

/// The change from one RMSE to another as a share of the first, with a 95 % interval. Negative: less error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Change {
    /// The change itself.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Change {
    /// Whether the error is smaller beyond noise.
    pub fn is_less(&self) -> bool {
        self.high < 0.0
    }

    /// Whether the error is larger beyond noise.
    pub fn is_more(&self) -> bool {
        self.low > 0.0
    }

    /// The change whose logarithm is `value`, with the middle 95 % of the logarithms in draws, one or more.
    pub(super) fn of_logs(value: f64, drawn: &mut [f64]) -> Self {
        drawn.sort_unstable_by(f64::total_cmp);
        let last = drawn.len().saturating_sub(1);
        let quantile =
            |share: f64| drawn.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN);
        Self { value: value.exp_m1(), low: quantile(0.025).exp_m1(), high: quantile(0.975).exp_m1() }
    }
}

/// One group of people over all repeats of a measurement.
pub struct Sample<'e> {
    repeats: Vec<&'e PersonErrors>,
    draws: Vec<Draws>,
    /// By draw: which repeats are drawn, and how far chance has moved each of two trainings, in deviations.
    picks: Vec<Vec<(usize, f64)>>,
    /// What chance changes in ln RMSE from one training to another on the same rows, as a standard deviation; `None`
    /// while nobody knows.
    noise: Option<f64>,
}

impl<'e> Sample<'e> {
    /// Draws people, and repeats where there are several. `noise` is the standard deviation of ln RMSE between two
    /// trainings that differ by chance alone; without it there are no intervals.
    pub fn new(repeats: Vec<&'e PersonErrors>, noise: Option<f64>, seed: u64) -> Self {
        let mut rng = Generator::new(seed, "bootstrap");
        let draws = match noise {
            Some(_) => repeats.iter().map(|errors| errors.draw(DRAWS, &mut rng)).collect(),
            // Nobody asks for them, and they take a while.
            None => Vec::new(),
        };
        let n = repeats.len();
        let picks = (0..DRAWS)
            .map(|_| {
                (0..n).map(|own| (if n > 1 { rng.below(n) } else { own }, f64::from(rng.normal()))).collect()
            })
            .collect();
        Self { repeats, draws, picks, noise }
    }

    /// Whether the group is large enough for a claim.
    pub fn is_enough(&self) -> bool {
        let mean = |of: fn(&PersonErrors) -> usize| {
            self.repeats.iter().map(|errors| of(errors)).sum::<usize>() / self.repeats.len().max(1)
        };
        mean(PersonErrors::people) >= ENOUGH_PEOPLE && mean(PersonErrors::ratings) >= ENOUGH_RATINGS
    }

    /// Mean RMSE of a source over the repeats; `None` while one of them lacks it.
    pub fn rmse(&self, source: Source) -> Option<f64> {
        let all: Option<Vec<f64>> = self.repeats.iter().map(|errors| errors.rmse(source)).collect();
        let all = all.filter(|all| !all.is_empty())?;
        Some(all.iter().sum::<f64>() / all.len() as f64)
    }

    /// The change of the error from source `from` to source `to`. `None` while one of them is missing, or what chance
    /// changes.
    pub fn change(&self, from: Source, to: Source) -> Option<Change> {
        let noise = self.noise?;
        let logs: Option<Vec<f64>> = (self.repeats.iter())
            .map(|errors| Some((errors.rmse(to)? / errors.rmse(from)?).ln()).filter(|log| log.is_finite()))
            .collect();
        let logs = logs.filter(|logs| !logs.is_empty())?;
        let value = logs.iter().sum::<f64>() / logs.len() as f64;
        // A baseline is not trained by chance: with it only one of the two has any.
        let trained = [from, to].iter().filter(|source| is_trained(**source)).count();
        let noise = noise * (trained as f64 / 2.0).sqrt();
        let mut drawn = Vec::with_capacity(DRAWS);
        for (n, picks) in self.picks.iter().enumerate() {
            let mut sum = 0.0;
            for (place, &(repeat, z)) in picks.iter().enumerate() {
                // A repeat that is drawn twice has other people the second time.
                let draw = (n + place * DRAWS / picks.len()) % DRAWS;
                sum += self.draws[repeat].log_ratio(draw, to, from)? + noise * z;
            }
            drawn.push(sum / picks.len() as f64);
        }
        Some(Change::of_logs(value, &mut drawn))
    }
}

fn is_trained(source: Source) -> bool {
    !matches!(source, Source::Mean | Source::Bias | Source::CrossedBias)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId};
    use crate::split::Rows;

    /// People with one row each; the linked model's error is `ratio` times that of the model alone, person by person.
    fn errors(people: u32, ratio: f32, seed: u64) -> PersonErrors {
        let n = people as usize;
        let rows =
            Rows { users: UserId::first(n).collect(), items: vec![ItemId(0); n], targets: vec![0.0; n] };
        let mut rng = Generator::new(seed, "errors");
        let alone: Vec<f32> = (0..n).map(|_| 0.1 + 0.3 * rng.unit()).collect();
        let linked: Vec<f32> = alone.iter().map(|error| ratio * error).collect();
        let mut errors = PersonErrors::new(&rows);
        errors.record(Source::Alone, &alone, &rows);
        errors.record(Source::Linked, &linked, &rows);
        errors.record(Source::Bias, &vec![0.25; n], &rows);
        errors
    }

    #[test]
    fn draws_are_paired_so_that_a_change_alike_for_everybody_has_no_spread() {
        let errors = errors(300, 0.9, 1);
        let change = Sample::new(vec![&errors], Some(0.0), 1).change(Source::Alone, Source::Linked).unwrap();
        for end in [change.value, change.low, change.high] {
            assert!((end + 0.1).abs() < 1e-6, "{change:?}");
        }
        assert!(change.is_less() && !change.is_more());
        let unknown = Sample::new(vec![&errors], None, 1);
        assert_eq!(unknown.change(Source::Alone, Source::Linked), None, "nobody knows what chance changes");
        assert!(unknown.rmse(Source::Linked).is_some());
    }

    #[test]
    fn what_chance_changes_in_a_training_widens_the_interval() {
        let errors = errors(300, 0.9, 1);
        // ln 0.9 ± 1.96 · 0.02, and with a baseline, of which chance has no part, 0.02 / √2 beside the people's.
        let sample = Sample::new(vec![&errors], Some(0.02), 1);
        let change = sample.change(Source::Alone, Source::Linked).unwrap();
        assert!((change.low - (0.9 * (-0.0392_f64).exp() - 1.0)).abs() < 0.005, "{change:?}");
        assert!((change.high - (0.9 * 0.0392_f64.exp() - 1.0)).abs() < 0.005, "{change:?}");
        let width = |noise: f64, from| {
            let change = Sample::new(vec![&errors], Some(noise), 1).change(from, Source::Linked).unwrap();
            change.high - change.low
        };
        let (with, without) = (width(0.02, Source::Bias), width(0.0, Source::Bias));
        let added = 2.0 * 1.96 * 0.02 / 2.0_f64.sqrt() * 0.95;
        assert!(
            (with * with - without * without - added * added).abs() < 0.25 * added * added,
            "{with} {without}"
        );
    }

    #[test]
    fn repeats_narrow_the_interval_by_the_root_of_their_number_and_are_averaged() {
        let all: Vec<PersonErrors> = (1..=4).map(|seed| errors(300, 0.9, seed)).collect();
        let width = |repeats: Vec<&PersonErrors>| {
            let change = Sample::new(repeats, Some(0.02), 1).change(Source::Alone, Source::Linked).unwrap();
            assert!((change.value + 0.1).abs() < 1e-6);
            change.high - change.low
        };
        let (one, four) = (width(vec![&all[0]]), width(all.iter().collect()));
        assert!((one / four - 2.0).abs() < 0.3, "{one} {four}");
        let missing = PersonErrors::default();
        assert!(
            Sample::new(vec![&all[0], &missing], Some(0.0), 1)
                .change(Source::Alone, Source::Linked)
                .is_none()
        );
    }

    #[test]
    fn a_claim_takes_thirty_people_and_two_hundred_ratings() {
        let is_enough = |people: usize, rows_each: usize| {
            let users: Vec<UserId> =
                UserId::first(people).flat_map(|u| std::iter::repeat_n(u, rows_each)).collect();
            let n = users.len();
            let errors = PersonErrors::new(&Rows { users, items: vec![ItemId(0); n], targets: vec![0.0; n] });
            Sample::new(vec![&errors], Some(0.0), 1).is_enough()
        };
        assert!(is_enough(30, 7) && !is_enough(29, 70) && !is_enough(30, 6));
    }
}
