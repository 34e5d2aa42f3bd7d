//! How much the Bayesian model counts in the average, by domain and group of people: least squares on ratings that neither
//! model has seen, drawn to two thirds where those are few.

/// The Bayesian model's weight before anything is known: what was best on the pairs that the method was tried on.
const USUAL: f64 = 2.0 / 3.0;
/// How many ratings of usual disagreement that is worth.
const PRIOR_RATINGS: f64 = 50.0;
/// Ratings from which on a person is well known.
const WARM_FROM: u32 = 5;

/// People told apart by how much is known of them in a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Five training ratings or more.
    Warm,
    /// One to four.
    Few,
    /// None.
    Cold,
}

impl Group {
    /// The group of somebody with so many training ratings.
    pub fn of(ratings: u32) -> Self {
        match ratings {
            0 => Self::Cold,
            1..WARM_FROM => Self::Few,
            _ => Self::Warm,
        }
    }
}

/// The Bayesian model's weight by group, 0 to 1; the rest is recipe R's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Of people with five ratings or more.
    pub warm: f32,
    /// With fewer.
    pub few: f32,
    /// With none.
    pub cold: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { warm: USUAL as f32, few: USUAL as f32, cold: USUAL as f32 }
    }
}

impl Weights {
    /// The weight of a group.
    pub fn of(&self, group: Group) -> f32 {
        match group {
            Group::Warm => self.warm,
            Group::Few => self.few,
            Group::Cold => self.cold,
        }
    }

    /// The weights from the sums of each group, in the order of [`Group`].
    pub(super) fn fitted(sums: &[Sums; 3]) -> Self {
        let [warm, few, cold] = sums.each_ref().map(Sums::weight);
        Self { warm, few, cold }
    }
}

/// What least squares need of a group's ratings.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    n: f64,
    /// Σ (bayes − r)².
    square: f64,
    /// Σ (bayes − r)(target − r).
    product: f64,
}

impl Sums {
    /// Adds a rating with what both models say of it.
    pub(super) fn add(&mut self, recipe: f32, bayes: f32, target: f32) {
        let (difference, missing) = (f64::from(bayes - recipe), f64::from(target - recipe));
        self.n += 1.0;
        self.square += difference * difference;
        self.product += difference * missing;
    }

    /// The w that makes Σ (target − (1 − w) r − w bayes)² least, with [`PRIOR_RATINGS`] more that would choose the usual one.
    fn weight(&self) -> f32 {
        if self.n == 0.0 || self.square == 0.0 {
            return USUAL as f32;
        }
        let prior = PRIOR_RATINGS * self.square / self.n;
        ((self.product + prior * USUAL) / (self.square + prior)).clamp(0.0, 1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_least_squares_drawn_to_two_thirds() {
        // R says 0, the Bayesian model 1, the truth is 0.2: w = 0.2 alone; with 50 of 150 at 2/3: 0.2 · 2/3 + 2/3 · 1/3.
        let mut sums = Sums::default();
        (0..100).for_each(|_| sums.add(0.0, 1.0, 0.2));
        assert!((sums.weight() - (0.2 * 2.0 + 2.0 / 3.0) / 3.0).abs() < 1e-6);
        // Never outside 0 to 1, and two thirds where nothing is known or both say the same.
        let mut beyond = Sums::default();
        (0..10_000).for_each(|_| beyond.add(0.0, 0.1, 0.9));
        assert_eq!(beyond.weight(), 1.0);
        let mut same = Sums::default();
        same.add(0.5, 0.5, 0.9);
        let usual = Weights::default();
        assert_eq!(Weights::fitted(&[Sums::default(), same, beyond]), Weights { cold: 1.0, ..usual });
    }

    #[test]
    fn groups_follow_the_ratings() {
        assert_eq!([0, 1, 4, 5].map(Group::of), [Group::Cold, Group::Few, Group::Few, Group::Warm]);
    }
}
