//! The one source of chance. Weights, splits, shuffles and dropout all draw from it on the host, so that the
//! same seed gives the same numbers whatever the device.

use rand::{Rng, RngExt, SeedableRng, seq::SliceRandom};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

/// A seeded generator (PCG, 128 bits of state), the same on every platform.
#[derive(Clone, Debug)]
pub struct Generator(Pcg64Mcg);

impl Generator {
    /// The generator of a seed for one purpose. Different purposes give independent streams, so that drawing
    /// more in one place (a longer split, say) changes no number in another.
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a: short, stable across versions and platforms, unlike the standard library's hasher.
        let stream = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Self(Pcg64Mcg::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stream))
    }

    /// `n` draws from the normal distribution N(0, `deviation`²).
    pub fn normals(&mut self, n: usize, deviation: f32) -> Vec<f32> {
        (0..n).map(|_| self.normal() * deviation).collect()
    }

    /// One draw from N(0, 1).
    pub fn normal(&mut self) -> f32 {
        StandardNormal.sample(&mut self.0)
    }

    /// `n` draws from the uniform distribution on [−`bound`, `bound`).
    pub fn uniforms(&mut self, n: usize, bound: f32) -> Vec<f32> {
        (0..n).map(|_| (self.unit() * 2.0 - 1.0) * bound).collect()
    }

    /// One draw from the uniform distribution on [0, 1).
    pub fn unit(&mut self) -> f32 {
        self.0.random()
    }

    /// One draw from 0..`n`; `n` must be positive.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    /// Shuffles in place (Fisher–Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        values.shuffle(&mut self.0);
    }

    /// `n` inverted-dropout factors: 0 with probability `rate`, otherwise 1 / (1 − `rate`).
    pub fn dropout(&mut self, n: usize, rate: f32) -> Vec<f32> {
        let keep = 1.0 / (1.0 - rate);
        // 16 bits of chance a factor are plenty, and drawing four at a time is four times as fast.
        let threshold = (rate * 65_536.0) as u64;
        let mut factors = Vec::with_capacity(n + 3);
        while factors.len() < n {
            let bits = self.0.next_u64();
            factors.extend((0..4).map(|i| if (bits >> (16 * i)) & 0xffff < threshold { 0.0 } else { keep }));
        }
        factors.truncate(n);
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_numbers_and_others_differ() {
        let draw = |seed, purpose| Generator::new(seed, purpose).normals(4, 1.0);
        assert_eq!(draw(1, "weights"), draw(1, "weights"));
        assert_ne!(draw(1, "weights"), draw(2, "weights"));
        assert_ne!(draw(1, "weights"), draw(1, "split"));
    }

    #[test]
    fn dropout_keeps_the_mean() {
        let factors = Generator::new(1, "dropout").dropout(100_001, 0.3);
        assert_eq!(factors.len(), 100_001);
        let mean = factors.iter().sum::<f32>() / factors.len() as f32;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
        assert!(factors.iter().all(|&f| f == 0.0 || (f - 1.0 / 0.7).abs() < 1e-6));
    }
}
