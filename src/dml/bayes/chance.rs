//! The sampler's chance: uniforms and normals by the block, from eight generators side by side, which the compiler turns
//! into vector instructions. Seeded from the one source of chance.

use pulp::{Simd, WithSimd};

use super::lanes::{Lanes, MOST as LANES};
use super::normal::quantiles;
use crate::engine::Isa;
use crate::rng::Generator;

/// xoshiro128+ (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2021) in eight lanes.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    pub(super) state: [[u32; LANES]; 4],
    /// For single draws and those of other distributions.
    pub(super) scalar: Generator,
}

impl Chance {
    /// The chance of a seed for one purpose.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mut scalar = Generator::new(seed, purpose);
        let state = std::array::from_fn(|_| std::array::from_fn(|_| scalar.bits()));
        Self { state, scalar }
    }

    #[inline(always)]
    fn next(&mut self) -> [u32; LANES] {
        let [a, b, c, d] = &mut self.state;
        let mut drawn = [0; LANES];
        for lane in 0..LANES {
            drawn[lane] = a[lane].wrapping_add(d[lane]);
            let shifted = b[lane] << 9;
            c[lane] ^= a[lane];
            d[lane] ^= b[lane];
            b[lane] ^= c[lane];
            a[lane] ^= d[lane];
            c[lane] ^= shifted;
            d[lane] = d[lane].rotate_left(11);
        }
        drawn
    }

    /// Fills with draws from the uniform distribution on (0, 1), ends left out.
    #[inline(always)]
    pub(super) fn units(&mut self, out: &mut [f32]) {
        for block in out.chunks_mut(LANES) {
            let drawn = self.next();
            for (unit, bits) in block.iter_mut().zip(drawn) {
                *unit = ((bits >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0);
            }
        }
    }

    /// Fills with draws from N(0, 1), of at most 5.3 in size: Φ⁻¹ of uniforms.
    pub(super) fn normals(&mut self, out: &mut [f32]) {
        Isa::detect().run(Fill { chance: self, out });
    }
}

/// Fills with normals.
struct Fill<'a> {
    chance: &'a mut Chance,
    out: &'a mut [f32],
}

impl WithSimd for Fill<'_> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut units = [0.0; LANES];
        for block in self.out.chunks_mut(LANES) {
            self.chance.units(&mut units);
            for lanes in units.chunks_exact_mut(S::F32_LANES) {
                quantiles(Lanes::load(simd, lanes)).store(lanes);
            }
            match block.as_mut_array::<LANES>() {
                Some(block) => *block = units,
                None => block.copy_from_slice(&units[..block.len()]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn uniforms_and_normals_have_their_moments_and_lanes_differ() {
        let mut chance = Chance::new(1, "moments");
        let mut drawn = vec![0.0; 400_000];
        chance.units(&mut drawn);
        let moment = |drawn: &[f32], power: i32| {
            drawn.iter().map(|&x| f64::from(x).powi(power)).sum::<f64>() / drawn.len() as f64
        };
        assert!(drawn.iter().all(|&x| x > 0.0 && x < 1.0));
        for power in 1..=4 {
            assert!((moment(&drawn, power) - 1.0 / f64::from(power + 1)).abs() < 2e-3, "{power}");
        }
        chance.normals(&mut drawn);
        // Allowed are four deviations of the moment itself.
        for (power, expected, allowed) in
            [(1, 0.0, 0.0064), (2, 1.0, 0.009), (3, 0.0, 0.025), (4, 3.0, 0.062)]
        {
            assert!((moment(&drawn, power) - expected).abs() < allowed, "{power} {}", moment(&drawn, power));
        }
        // Neither neighbours in a block nor those of consecutive blocks go together.
        for distance in [1, 8] {
            let together = drawn.iter().zip(&drawn[distance..]).map(|(x, y)| f64::from(x * y)).sum::<f64>();
            assert!((together / drawn.len() as f64).abs() < 6e-3);
        }
    }
}
