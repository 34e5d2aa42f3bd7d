//! The n best of many in one pass: a heap of n with the worst on top, which most candidates only have to be compared
//! with.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A number with a score. The greater one is the one to give up first: lower score, or as high and offered later.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    score: f32,
    number: u32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// The `n` highest of (number, score), the highest first; of equal scores the lower number first, so that the list
/// is the same every time.
pub(super) fn highest(n: usize, candidates: impl Iterator<Item = (u32, f32)>) -> Vec<(u32, f32)> {
    let mut heap: BinaryHeap<Candidate> = BinaryHeap::new();
    for (number, score) in candidates {
        let candidate = Candidate { score, number };
        if heap.len() < n {
            heap.push(candidate);
        } else if let Some(mut worst) = heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }
    heap.into_sorted_vec().into_iter().map(|c| (c.number, c.score)).collect()
}

#[cfg(test)]
mod tests {
    use super::highest;
    use crate::rng::Generator;

    #[test]
    fn the_highest_come_first_and_equal_ones_by_number() {
        let scores = [(0, 0.5), (1, 0.9), (2, 0.5), (3, 1.0), (4, 0.1)];
        assert_eq!(highest(3, scores.into_iter()), [(3, 1.0), (1, 0.9), (0, 0.5)]);
        assert_eq!(highest(0, scores.into_iter()), []);
        assert_eq!(highest(9, scores.into_iter()).len(), 5);
        assert_eq!(highest(9, scores.into_iter()).last(), Some(&(4, 0.1)));
    }

    #[test]
    fn it_is_the_start_of_a_stable_sort() {
        let mut chance = Generator::new(1, "top");
        for n in [1, 7, 50] {
            let scores: Vec<(u32, f32)> = (0..300).map(|i| (i, chance.below(40) as f32)).collect();
            let mut sorted = scores.clone();
            sorted.sort_by(|a, b| b.1.total_cmp(&a.1));
            assert_eq!(highest(n, scores.into_iter()), sorted[..n]);
        }
    }
}
