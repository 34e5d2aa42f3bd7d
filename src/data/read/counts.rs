//! Counts (plays, clicks, hours) as something to rate by: most are small and a few are huge, and as plain numbers those
//! few would drown all others.

use serde::{Deserialize, Serialize};

use super::{Ratings, Scale, ScaleKind};

/// What counts are turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Counts {
    /// The natural logarithm of 1 + the count.
    Log,
    /// The share of the person's own counts that are smaller, those that are equal taken by half: from 0 to 1.
    Ranks,
}

impl Counts {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Log, Self::Ranks];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Ranks => "ranks",
        }
    }

    /// The counts of a domain in this form, and the scale that they are on then; `scale` is that of the counts, from 0
    /// or more.
    pub(super) fn of(self, ratings: &Ratings, scale: Scale) -> (Ratings, Scale, ScaleKind) {
        match self {
            Self::Log => {
                let log = |counts: &mut [f32]| counts.iter_mut().for_each(|count| *count = count.ln_1p());
                let (lo, hi) = (scale.lo.ln_1p(), scale.hi.ln_1p());
                // Huge counts that are nearly equal have one logarithm.
                let scale = Scale { lo, hi: if lo < hi { hi } else { lo + 1.0 } };
                (ratings.with_values(log), scale, ScaleKind::Observed)
            }
            Self::Ranks => (ratings.with_values(to_ranks), Scale { lo: 0.0, hi: 1.0 }, ScaleKind::Declared),
        }
    }
}

/// Mid-ranks as shares of one person's counts.
fn to_ranks(counts: &mut [f32]) {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let n = sorted.len() as f32;
    for count in counts {
        let smaller = sorted.partition_point(|other| other < count);
        let up_to = sorted.partition_point(|other| other <= count);
        *count = (smaller + up_to) as f32 / 2.0 / n;
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, to_ranks};
    use crate::data::read::{Rating, Ratings, Scale};
    use crate::data::{ItemId, UserId};

    #[test]
    fn ranks_are_a_persons_own_and_equal_counts_share_theirs() {
        let mut counts = [100.0, 1.0, 1.0, 7.0];
        to_ranks(&mut counts);
        // The two ones fill places 0 to 2 of 4, the seven 2 to 3, the hundred 3 to 4.
        assert_eq!(counts, [0.875, 0.25, 0.25, 0.625]);
        let mut alone = [3.0];
        to_ranks(&mut alone);
        assert_eq!(alone, [0.5]);
    }

    #[test]
    fn logarithms_keep_zero_and_take_the_scale_along() {
        let rows = [(0, 0, 0.0), (0, 1, 1.0), (1, 0, 999.0)];
        let rows = rows.map(|(user, item, value)| Rating { user: UserId(user), item: ItemId(item), value });
        let (counts, scale) = (Ratings::new(2, 2, &rows), Scale { lo: 0.0, hi: 999.0 });
        let (ratings, logs, _) = Counts::Log.of(&counts, scale);
        let values: Vec<f32> = ratings.iter().map(|row| row.value).collect();
        assert_eq!(values, [0.0, 2_f32.ln(), 999_f32.ln_1p()]);
        assert_eq!((logs.lo, logs.hi), (0.0, 999_f32.ln_1p()));
        let (ratings, ranks, _) = Counts::Ranks.of(&counts, scale);
        let values: Vec<f32> = ratings.iter().map(|row| row.value).collect();
        assert_eq!((values, ranks), (vec![0.25, 0.75, 0.5], Scale { lo: 0.0, hi: 1.0 }));
    }
}
