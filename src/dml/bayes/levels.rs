//! The steps of a rating scale: a rating is seen as the interval of an ordered scale, not as a number. Scales of more than
//! twenty steps are made coarser for the likelihood.

/// Most levels of the likelihood.
pub(super) const MOST: usize = 20;

/// The levels of a domain's scale on the unit scale, ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Levels {
    /// v_j, what a rating of the level stands for.
    pub(super) values: Vec<f32>,
    /// Where a rating begins to belong to the next level, one fewer than values.
    bounds: Vec<f32>,
    /// Ratings of each level.
    pub(super) counts: Vec<usize>,
}

impl Levels {
    /// The distinct values of the targets where those are at most [`MOST`]; else as many groups of neighbouring values,
    /// each of about as many ratings, that stand for their mean.
    pub(super) fn of(targets: &[f32]) -> Self {
        let mut sorted = targets.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let distinct = sorted.chunk_by(|x, y| x == y).count();
        let groups: Vec<&[f32]> = match distinct <= MOST {
            true => sorted.chunk_by(|x, y| x == y).collect(),
            false => quantised(&sorted),
        };
        let mean = |group: &[f32]| group.iter().map(|&x| f64::from(x)).sum::<f64>() / group.len() as f64;
        let bounds = groups.windows(2).map(|pair| match pair {
            [left, right] => f32::midpoint(left[left.len() - 1], right[0]),
            _ => f32::INFINITY,
        });
        Self {
            bounds: bounds.collect(),
            values: groups.iter().map(|group| mean(group) as f32).collect(),
            counts: groups.iter().map(|group| group.len()).collect(),
        }
    }

    /// The level of a rating, the nearest for one that never occurred.
    pub(super) fn level(&self, target: f32) -> u8 {
        self.bounds.partition_point(|&bound| bound <= target) as u8
    }

    /// Number of levels.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// v₀ + Σ_j (v_j − v_{j−1}) · `above`(j), the expected rating where `above`(j) is the chance of level j or more, from 1.
    #[inline(always)]
    pub(super) fn expected(&self, above: impl Fn(usize) -> f32) -> f32 {
        let first = self.values.first().copied().unwrap_or(0.5);
        (1..self.len()).fold(first, |sum, j| sum + (self.values[j] - self.values[j - 1]) * above(j))
    }
}

/// At most [`MOST`] groups of about as many ratings each; equal ratings stay together.
fn quantised(sorted: &[f32]) -> Vec<&[f32]> {
    let mut groups = Vec::with_capacity(MOST);
    let mut rest = sorted;
    for left in (1..=MOST).rev() {
        let Some(&last) = rest.get((rest.len() / left).max(1) - 1) else { break };
        let end = rest.partition_point(|&x| x <= last);
        let (group, others) = rest.split_at(end);
        groups.push(group);
        rest = others;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_of_few_steps_keeps_them() {
        let levels = Levels::of(&[0.5, 0.0, 1.0, 0.5, 0.25]);
        assert_eq!(levels.values, [0.0, 0.25, 0.5, 1.0]);
        assert_eq!(levels.counts, [1, 1, 2, 1]);
        assert_eq!([0.0, 0.1, 0.2, 0.5, 0.7, 0.8, 1.0].map(|x| levels.level(x)), [0, 0, 1, 2, 2, 3, 3]);
        // 0 + ¼ · 0.8 + ¼ · 0.4 + ½ · 0.1.
        assert!((levels.expected(|j| [0.8, 0.4, 0.1][j - 1]) - 0.35).abs() < 1e-6);
    }

    #[test]
    fn a_fine_scale_becomes_twenty_groups_of_neighbours() {
        let targets: Vec<f32> = (0..1000).map(|i| (i as f32 / 999.0).powi(3)).collect();
        let levels = Levels::of(&targets);
        assert_eq!(levels.len(), MOST);
        assert!(levels.counts.iter().all(|&n| n == 50));
        assert!(levels.values.is_sorted());
        for (i, &target) in targets.iter().enumerate() {
            assert_eq!(usize::from(levels.level(target)), i / 50);
        }
        // One value in most rows takes one group and leaves the others their share.
        let mut many = vec![0.5; 900];
        many.extend((0..100).map(|i| i as f32 / 100.0));
        let levels = Levels::of(&many);
        assert!(levels.len() <= MOST && levels.len() > 10, "{}", levels.len());
        assert_eq!(levels.counts.iter().sum::<usize>(), 1000);
    }
}
