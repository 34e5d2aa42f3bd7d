//! The one source of chance. Weights, splits, shuffles and dropout all draw from it on the host, so that the
//! same seed gives the same numbers whatever the device.

use rand::{Rng, RngExt, SeedableRng, seq::SliceRandom};
use rand_distr::{Distribution, Gamma, StandardNormal};
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

    /// Where the generator stands, as a text; `None` where it cannot be written, which does not happen.
    pub fn state(&self) -> Option<String> {
        serde_json::to_string(&self.0).ok()
    }

    /// The generator that stands where [`Generator::state`] said; `None` of another text.
    pub fn at(state: &str) -> Option<Self> {
        serde_json::from_str(state).ok().map(Self)
    }

    /// `n` draws from the normal distribution N(0, `deviation`²).
    pub fn normals(&mut self, n: usize, deviation: f32) -> Vec<f32> {
        (0..n).map(|_| self.normal() * deviation).collect()
    }

    /// One draw from N(0, 1).
    pub fn normal(&mut self) -> f32 {
        StandardNormal.sample(&mut self.0)
    }

    /// One draw from the gamma distribution of this shape, above 0, and rate 1.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        Gamma::new(shape, 1.0).map_or(shape, |gamma| gamma.sample(&mut self.0))
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

    /// 32 random bits, for example the key of a dropout mask.
    pub fn bits(&mut self) -> u32 {
        self.0.next_u32()
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
    fn a_generator_goes_on_from_where_it_stood() {
        let mut generator = Generator::new(3, "interrupted");
        generator.normals(7, 1.0);
        let mut again = Generator::at(&generator.state().unwrap()).unwrap();
        assert_eq!(again.normals(9, 1.0), generator.normals(9, 1.0));
        assert!(Generator::at("{}").is_none() && Generator::at("").is_none());
    }
}
