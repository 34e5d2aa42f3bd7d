//! Numbers side by side: one per lane of a vector register, with the signs of arithmetic, so that a formula is written once
//! for a single number and for as many as the processor takes at a time.

use std::ops::{Add, Div, Mul, Neg, Sub};

use pulp::Simd;

/// The most lanes of a register that these files are compiled for.
pub(super) const MOST: usize = 8;

/// What the small systems are made of: a number or several side by side.
pub(super) trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + std::fmt::Debug
{
    /// A constant, as many times as `self` has lanes.
    fn like(self, constant: f32) -> Self;
    /// self · by + plus.
    fn times_plus(self, by: Self, plus: Self) -> Self;
    /// self − x · y.
    fn less(self, x: Self, y: Self) -> Self;
    /// 1/√self, of no less than 1e-6: rounding alone could make a pivot vanish; priors keep the true ones away from 0.
    fn inverse_root(self) -> Self;
}

impl Number for f32 {
    #[inline(always)]
    fn like(self, constant: f32) -> Self {
        constant
    }

    #[inline(always)]
    fn times_plus(self, by: Self, plus: Self) -> Self {
        self * by + plus
    }

    #[inline(always)]
    fn less(self, x: Self, y: Self) -> Self {
        self - x * y
    }

    #[inline(always)]
    fn inverse_root(self) -> Self {
        1.0 / self.max(1e-6).sqrt()
    }
}

/// As many numbers as a register of `S` has lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes<S: Simd> {
    pub(super) simd: S,
    pub(super) x: S::f32s,
}

impl<S: Simd> Lanes<S> {
    /// One number in all lanes.
    #[inline(always)]
    pub(super) fn splat(simd: S, x: f32) -> Self {
        Self { simd, x: simd.splat_f32s(x) }
    }

    /// The first numbers of a slice that has at least one for each lane.
    #[inline(always)]
    pub(super) fn load(simd: S, from: &[f32]) -> Self {
        Self { simd, x: S::as_simd_f32s(from).0[0] }
    }

    /// The first numbers of an array, as [`Self::load`], for loops that make them one by one.
    #[inline(always)]
    pub(super) fn of(simd: S, from: [f32; MOST]) -> Self {
        Self::load(simd, &from)
    }

    /// Writes a number for each lane.
    #[inline(always)]
    pub(super) fn store(self, to: &mut [f32]) {
        S::as_mut_simd_f32s(to).0[0] = self.x;
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Self {
        Self { simd: self.simd, x: self.simd.sqrt_f32s(self.x) }
    }

    #[inline(always)]
    pub(super) fn abs(self) -> Self {
        Self { simd: self.simd, x: self.simd.abs_f32s(self.x) }
    }

    /// The greater one of each lane; `other` where `self` is no number.
    #[inline(always)]
    pub(super) fn at_least(self, other: Self) -> Self {
        self.greater(other).choose(self, other)
    }

    /// The smaller one of each lane; `other` where `self` is no number.
    #[inline(always)]
    pub(super) fn at_most(self, other: Self) -> Self {
        other.greater(self).choose(self, other)
    }

    /// Where this is greater than another.
    #[inline(always)]
    pub(super) fn greater(self, other: Self) -> Mask<S> {
        Mask { simd: self.simd, mask: self.simd.greater_than_f32s(self.x, other.x) }
    }

    /// Where both are the same.
    #[inline(always)]
    pub(super) fn equals(self, other: Self) -> Mask<S> {
        Mask { simd: self.simd, mask: self.simd.equal_f32s(self.x, other.x) }
    }

    /// The bits of the numbers.
    #[inline(always)]
    pub(super) fn bits(self) -> S::u32s {
        self.simd.transmute_u32s_f32s(self.x)
    }

    /// The numbers of these bits.
    #[inline(always)]
    pub(super) fn from_bits(simd: S, bits: S::u32s) -> Self {
        Self { simd, x: simd.transmute_f32s_u32s(bits) }
    }

    /// c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ, even and odd powers side by side, so that less waits for what is before it.
    #[inline(always)]
    pub(super) fn polynomial<const N: usize>(self, coefficients: [f32; N]) -> Self {
        let square = self * self;
        let mut sums = [self.like(coefficients[0]), self.like(coefficients[1])];
        for i in 2..N {
            sums[i % 2] = sums[i % 2].times_plus(square, self.like(coefficients[i]));
        }
        let (odd, even) = if N.is_multiple_of(2) { (sums[0], sums[1]) } else { (sums[1], sums[0]) };
        odd.times_plus(self, even)
    }

    /// The sum over the lanes.
    #[inline(always)]
    pub(super) fn sum(self) -> f32 {
        self.simd.reduce_sum_f32s(self.x)
    }
}

impl<S: Simd> Number for Lanes<S> {
    #[inline(always)]
    fn like(self, constant: f32) -> Self {
        Self::splat(self.simd, constant)
    }

    #[inline(always)]
    fn times_plus(self, by: Self, plus: Self) -> Self {
        Self { simd: self.simd, x: self.simd.mul_add_e_f32s(self.x, by.x, plus.x) }
    }

    #[inline(always)]
    fn less(self, x: Self, y: Self) -> Self {
        Self { simd: self.simd, x: self.simd.negate_mul_add_e_f32s(x.x, y.x, self.x) }
    }

    #[inline(always)]
    fn inverse_root(self) -> Self {
        self.like(1.0) / self.at_least(self.like(1e-6)).sqrt()
    }
}

macro_rules! sign {
    ($sign:ident, $method:ident, $instruction:ident) => {
        impl<S: Simd> $sign for Lanes<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self { simd: self.simd, x: self.simd.$instruction(self.x, other.x) }
            }
        }
    };
}
sign!(Add, add, add_f32s);
sign!(Sub, sub, sub_f32s);
sign!(Mul, mul, mul_f32s);
sign!(Div, div, div_f32s);

impl<S: Simd> Neg for Lanes<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self { simd: self.simd, x: self.simd.neg_f32s(self.x) }
    }
}

/// Yes or no for each lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mask<S: Simd> {
    simd: S,
    mask: S::m32s,
}

impl<S: Simd> Mask<S> {
    /// `yes` where it holds, else `no`.
    #[inline(always)]
    pub(super) fn choose(self, yes: Lanes<S>, no: Lanes<S>) -> Lanes<S> {
        Lanes { simd: self.simd, x: self.simd.select_f32s(self.mask, yes.x, no.x) }
    }

    /// Whether it holds in any lane.
    #[inline(always)]
    pub(super) fn any(self) -> bool {
        self.simd.first_true_m32s(self.mask) < S::F32_LANES
    }
}

#[cfg(test)]
mod tests {
    use pulp::{Scalar, WithSimd};

    use super::*;
    use crate::engine::Isa;

    /// Each operation on lanes, lane by lane.
    struct Check;

    impl WithSimd for Check {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let x: [f32; MOST] = std::array::from_fn(|i| 0.75 * i as f32 - 2.0);
            let y: [f32; MOST] = std::array::from_fn(|i| 3.0 - i as f32 * i as f32 * 0.5);
            let (lanes_x, lanes_y) = (Lanes::of(simd, x), Lanes::of(simd, y));
            let holds = |found: Lanes<S>, expected: &dyn Fn(f32, f32) -> f32| {
                let mut out = [0.0; MOST];
                found.store(&mut out);
                for i in 0..S::F32_LANES {
                    let expected = expected(x[i], y[i]);
                    assert!((out[i] - expected).abs() <= 1e-6 * expected.abs(), "{} {expected}", out[i]);
                }
            };
            holds(lanes_x.times_plus(lanes_y, lanes_x), &|x, y| x * y + x);
            holds(lanes_x.less(lanes_y, lanes_y), &|x, y| x - y * y);
            holds(lanes_x.at_least(lanes_y), &f32::max);
            holds(lanes_x.at_most(lanes_y), &f32::min);
            holds(lanes_x.abs().inverse_root(), &|x, _| 1.0 / x.abs().max(1e-6).sqrt());
            holds(lanes_x.greater(lanes_y).choose(lanes_x, -lanes_y), &|x, y| if x > y { x } else { -y });
            holds(lanes_x.polynomial([2.0, -1.0, 0.5]), &|x, _| 2.0 * x * x - x + 0.5);
            let sum: f32 = x[..S::F32_LANES].iter().sum();
            assert!((lanes_x.sum() - sum).abs() < 1e-5);
            let last = Lanes::splat(simd, x[S::F32_LANES - 1]);
            assert!(lanes_x.equals(last).any() && !lanes_x.greater(last).any());
        }
    }

    #[test]
    fn lanes_calculate_like_single_numbers() {
        Isa::detect().run(Check);
        Check.with_simd(Scalar::new());
    }
}
