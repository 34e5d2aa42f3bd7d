//! A group's parts of the figures by units of people: what tests over people are drawn from, small enough to be kept for
//! every job. In a domain of at most a thousand people a unit is a person; in a larger one it is a random share of them,
//! the same in every job, which changes nothing but the size.

use serde::{Deserialize, Serialize};

use crate::data::UserId;
#[cfg(test)]
use crate::metrics::Scores;
use crate::metrics::{Metric, PersonScores};
use crate::rng::Generator;

/// Most units of a domain.
const MOST_UNITS: usize = 1000;

/// Which unit each user of a domain belongs to.
pub(super) struct Units(Vec<u32>);

impl Units {
    /// The units of a domain with so many users.
    pub(super) fn new(users: usize) -> Self {
        let mut order: Vec<u32> = (0..users as u32).collect();
        if users <= MOST_UNITS {
            return Self(order);
        }
        Generator::new(0, "units of people").shuffle(&mut order);
        let mut units = vec![0; users];
        for (rank, user) in order.into_iter().enumerate() {
            units[user as usize] = (rank % MOST_UNITS) as u32;
        }
        Self(units)
    }

    fn of(&self, user: UserId) -> u32 {
        self.0.get(user.index()).copied().unwrap_or(0)
    }
}

/// Sums over the people of each unit, as columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSums {
    /// Which units, ascending.
    pub units: Vec<u32>,
    /// People with a test row.
    pub people: Vec<u32>,
    /// Their test rows.
    pub ratings: Vec<u32>,
    /// Those of them with a relevant test row.
    pub findable: Vec<u32>,
    /// Squared errors.
    pub squared: Vec<f32>,
    /// Absolute errors.
    pub absolute: Vec<f32>,
    /// Standard precision at 5.
    pub precision: Vec<f32>,
    /// Standard recall at 5.
    pub recall: Vec<f32>,
    /// Precision at 5 as behind the paper's tables.
    pub paper_precision: Vec<f32>,
    /// Recall at 5 as behind the paper's tables.
    pub paper_recall: Vec<f32>,
}

/// Sums of one unit in double precision: people, rows, people with a relevant row, then what is summed by metric.
type Sums = ([u32; 3], [f64; 6]);

impl UnitSums {
    /// The sums of people.
    pub(super) fn of_people(people: &[PersonScores], units: &Units) -> Self {
        let mut sums = std::collections::BTreeMap::<u32, Sums>::new();
        for person in people {
            let (counts, parts) = sums.entry(units.of(person.user)).or_default();
            let counted = [1, person.ratings as u32, u32::from(person.recall.is_some())];
            counts.iter_mut().zip(counted).for_each(|(sum, n)| *sum += n);
            let own = [
                person.squared,
                person.absolute,
                person.precision,
                person.recall.unwrap_or(0.0),
                person.paper_precision,
                person.paper_recall,
            ];
            parts.iter_mut().zip(own).for_each(|(sum, x)| *sum += x);
        }
        let count = |n: usize| sums.values().map(|(counts, _)| counts[n]).collect();
        let part = |n: usize| sums.values().map(|(_, parts)| parts[n] as f32).collect();
        Self {
            units: sums.keys().copied().collect(),
            people: count(0),
            ratings: count(1),
            findable: count(2),
            squared: part(0),
            absolute: part(1),
            precision: part(2),
            recall: part(3),
            paper_precision: part(4),
            paper_recall: part(5),
        }
    }

    /// What a metric is a mean of: by unit how many terms and their sum. RMSE is the root of that mean.
    pub(super) fn terms(&self, metric: Metric) -> (&[u32], &[f32]) {
        match metric {
            Metric::Rmse => (&self.ratings, &self.squared),
            Metric::Mae => (&self.ratings, &self.absolute),
            Metric::PrecisionAt5 => (&self.people, &self.precision),
            Metric::RecallAt5 => (&self.findable, &self.recall),
            Metric::PaperPrecisionAt5 => (&self.people, &self.paper_precision),
            Metric::PaperRecallAt5 => (&self.people, &self.paper_recall),
        }
    }

    /// Whether all columns have one length, the units ascend and every sum is a finite number.
    pub(super) fn is_whole(&self) -> bool {
        let n = self.units.len();
        let columns = || Metric::ALL.map(|metric| self.terms(metric));
        self.units.is_sorted_by(|x, y| x < y)
            && self.units.last().is_none_or(|&last| (last as usize) < MOST_UNITS)
            && [&self.people, &self.ratings, &self.findable].iter().all(|column| column.len() == n)
            && columns().iter().all(|(_, sums)| sums.len() == n && sums.iter().all(|sum| sum.is_finite()))
    }

    /// How many people and test rows there are in all.
    pub(super) fn totals(&self) -> (usize, usize) {
        let sum = |column: &[u32]| column.iter().map(|&n| n as usize).sum();
        (sum(&self.people), sum(&self.ratings))
    }

    /// The figures of the whole group, to the precision of the sums.
    #[cfg(test)]
    pub(super) fn scores(&self) -> Scores {
        let mean = |metric| {
            let (counts, sums) = self.terms(metric);
            let n: f64 = counts.iter().map(|&n| f64::from(n)).sum();
            sums.iter().map(|&sum| f64::from(sum)).sum::<f64>() / n.max(1.0)
        };
        Scores {
            rmse: mean(Metric::Rmse).sqrt(),
            mae: mean(Metric::Mae),
            precision_at_5: mean(Metric::PrecisionAt5),
            recall_at_5: mean(Metric::RecallAt5),
            paper_precision_at_5: mean(Metric::PaperPrecisionAt5),
            paper_recall_at_5: mean(Metric::PaperRecallAt5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{by_person, scores};

    #[test]
    fn the_sums_of_all_units_make_the_figures() {
        for people in [7_u32, 2500] {
            let mut rng = Generator::new(1, "rows");
            let users: Vec<u32> = (0..people).flat_map(|user| vec![user; 1 + user as usize % 7]).collect();
            let of = |rng: &mut Generator| (0..users.len()).map(|_| rng.unit()).collect::<Vec<f32>>();
            let (predictions, truths) = (of(&mut rng), of(&mut rng));
            let by_person = by_person(UserId::of_numbers(&users), &predictions, &truths, 0.8).unwrap();
            let sums = UnitSums::of_people(&by_person, &Units::new(people as usize));
            assert!(sums.is_whole());
            assert_eq!(sums.units.len(), MOST_UNITS.min(people as usize));
            assert_eq!(sums.totals(), (people as usize, users.len()));
            let (own, all) =
                (sums.scores(), scores(UserId::of_numbers(&users), &predictions, &truths, 0.8).unwrap());
            for metric in Metric::ALL {
                assert!((own.get(metric) - all.get(metric)).abs() < 1e-6, "{metric:?} of {people}");
            }
        }
    }

    #[test]
    fn units_are_of_one_size_and_always_the_same() {
        let units = Units::new(4321);
        assert_eq!(units.0, Units::new(4321).0);
        let mut sizes = vec![0; MOST_UNITS];
        units.0.iter().for_each(|&unit| sizes[unit as usize] += 1);
        assert!(sizes.iter().all(|size| [4, 5].contains(size)));
    }

    #[test]
    fn sums_that_misfit_are_told() {
        let whole = UnitSums::of_people(
            &by_person(&[0, 1].map(UserId), &[0.1, 0.2], &[0.5, 0.5], 0.5).unwrap(),
            &Units::new(2),
        );
        assert!(whole.is_whole());
        let broken = |change: fn(&mut UnitSums)| {
            let mut sums = whole.clone();
            change(&mut sums);
            !sums.is_whole()
        };
        assert!(broken(|sums| sums.recall.truncate(1)));
        assert!(broken(|sums| sums.units = vec![1, 0]));
        assert!(broken(|sums| sums.squared[0] = f32::INFINITY));
        assert!(broken(|sums| sums.units[1] = MOST_UNITS as u32));
    }
}
