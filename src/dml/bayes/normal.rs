//! The normal distribution as the sampler needs it: Φ, Φ⁻¹ and draws from an interval of it, without branches where rows
//! pass by the thousand. Errors are held by the tests against double precision, in the tails too.

use pulp::{Scalar, Simd};

use super::lanes::{Lanes, Mask, Number};

/// Beyond so many deviations an interval's mass is below what single precision can hold.
const FAR: f32 = 11.0;
const LOG2_E: f32 = std::f32::consts::LOG2_E;

/// Φ(−y) for y ≥ 0 and e^(−y²/2) beside it. Relative error below 5e-7 up to 2, 5e-6 up to 12. Mills' ratio as a polynomial
/// in 1/(1 + 0.3 y), fitted by us for the least relative error.
#[inline(always)]
pub(super) fn tail<S: Simd>(y: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let t = y.like(1.0) / y.times_plus(y.like(0.3), y.like(1.0));
    let ratio = t.polynomial([
        0.035_674_546,
        -0.157_202_08,
        0.206_351_68,
        -0.053_681_88,
        0.128_560_66,
        0.099_913_8,
        0.120_753_91,
        0.119_629_3,
    ]);
    let bell = exp(y * y * y.like(-0.5));
    (ratio * t * bell, bell)
}

/// Φ(x), the standard normal distribution function. Relative error below 5e-6 down to x = −12, absolute error below 2e-7.
#[inline(always)]
pub(super) fn cdf(x: f32) -> f32 {
    let (tail, _) = tail(single(x.abs()));
    if x > 0.0 { 1.0 - tail.x } else { tail.x }
}

/// φ(0), by which e^(−x²/2) becomes the standard normal density.
pub(super) const PEAK: f32 = 0.398_942_3;

/// Φ⁻¹(p) for p in (0, ½], 0 above it. Absolute error below 2e-6 down to −5 and 5e-6 down to −13: a rational function of
/// √(−2 ln 2p), fitted by us.
#[inline(always)]
fn lower_quantile<S: Simd>(p: Lanes<S>) -> Lanes<S> {
    let square = (ln(p + p) * p.like(-2.0)).at_least(p.like(0.0));
    let s = square.sqrt();
    let above = s.polynomial([0.028_178_27, 0.357_338_6, 0.744_612_6, 0.807_594_36, 0.626_536_4]);
    let below = s.polynomial([0.028_172_962, 0.358_066_8, 0.854_462_86, 1.452_038_5, 1.286_094_3, 1.0]);
    -(square * above / below)
}

/// Φ⁻¹(p) for p in (0, 1). Absolute error as of [`lower_quantile`] for p up to ½, more above ¾, where p itself is coarse.
#[inline(always)]
pub(super) fn quantiles<S: Simd>(p: Lanes<S>) -> Lanes<S> {
    let half = p.like(0.5);
    let upper = p.greater(half);
    let x = lower_quantile(upper.choose(p.like(1.0) - p, p));
    upper.choose(-x, x)
}

/// [`quantiles`] of one number.
#[inline(always)]
pub(super) fn quantile(p: f32) -> f32 {
    quantiles(single(p)).x
}

/// Intervals (lo, hi), either end may be infinite, seen from the half of the line where Φ is small and therefore precise.
pub(super) struct Interval<S: Simd> {
    flipped: Mask<S>,
    /// Ends on that half: lo and hi, or −hi and −lo.
    a: Lanes<S>,
    b: Lanes<S>,
}

/// What lies in an interval.
pub(super) struct Mass<S: Simd> {
    /// Φ(a).
    from: Lanes<S>,
    /// Φ(b) − Φ(a).
    pub(super) mass: Lanes<S>,
    /// e^(−x²/2) at hi and lo.
    pub(super) bells: [Lanes<S>; 2],
}

impl<S: Simd> Interval<S> {
    #[inline(always)]
    pub(super) fn new(lo: Lanes<S>, hi: Lanes<S>) -> Self {
        let flipped = (lo + hi).greater(lo.like(0.0));
        Self { flipped, a: flipped.choose(-hi, lo), b: flipped.choose(-lo, hi) }
    }

    /// Two values of Φ say all of an interval: draws from it, and how the chance of it changes.
    #[inline(always)]
    pub(super) fn mass(&self) -> Mass<S> {
        let ((from, bell_a), (tail_b, bell_b)) = (tail(self.a.abs()), tail(self.b.abs()));
        let to = self.b.greater(from.like(0.0)).choose(from.like(1.0) - tail_b, tail_b);
        let bells = [self.flipped.choose(bell_a, bell_b), self.flipped.choose(bell_b, bell_a)];
        Mass { from, mass: to - from, bells }
    }

    /// A draw of N(0, 1) within: where Φ is `share`, which was made from `unit`, uniform in (0, 1).
    #[inline(always)]
    pub(super) fn draw(&self, share: Lanes<S>, unit: Lanes<S>) -> Lanes<S> {
        let (a, b) = (self.a, self.b);
        let mut drawn = quantiles(share.at_most(a.like(1.0 - 6e-8)));
        let far = a.like(-FAR).greater(b);
        if far.any() {
            drawn = far.choose(beyond(a, b, unit), drawn);
        }
        let within = drawn.at_least(a).at_most(b);
        self.flipped.choose(-within, within)
    }
}

impl<S: Simd> Mass<S> {
    /// Φ of the draw that `unit` stands for.
    #[inline(always)]
    pub(super) fn share(&self, unit: Lanes<S>) -> Lanes<S> {
        unit.times_plus(self.mass, self.from)
    }
}

/// A draw within (a, b) far below 0, where the density rises like e^(|b| z).
#[inline(always)]
fn beyond<S: Simd>(a: Lanes<S>, b: Lanes<S>, unit: Lanes<S>) -> Lanes<S> {
    let one = a.like(1.0);
    let rate = -b;
    let mass = one - exp(b * (b - a).at_most(a.like(1e3)));
    b + ln(one.less(unit, mass)) / rate
}

/// eˣ, relative error below 3e-7, 0 below −87: a power of two by its bits, the rest by a polynomial.
#[inline(always)]
pub(super) fn exp<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let simd = x.simd;
    // The sum has no room for a fraction, and its last bits are the whole number that is nearest.
    let shift = x.like(12_582_912.0);
    let bounded = x.at_least(x.like(-87.0)).at_most(x.like(88.0));
    let shifted = bounded.times_plus(x.like(LOG2_E), shift);
    let n = shifted - shift;
    // ln 2 in two parts, so that nothing of x is lost.
    let r = n.times_plus(x.like(2.121_944_4e-4), bounded.less(n, x.like(0.693_359_4)));
    let e = r.polynomial([
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_65,
        0.5,
        1.0,
        1.0,
    ]);
    // 2ⁿ: n + 127 where a number has its exponent.
    let exponent = simd.add_u32s(shifted.bits(), simd.splat_u32s(127_u32.wrapping_sub(0x4b40_0000)));
    let power = Lanes::from_bits(simd, simd.wrapping_dyn_shl_u32s(exponent, simd.splat_u32s(23)));
    x.like(-87.0).greater(x).choose(x.like(0.0), e * power)
}

/// ln x for x > 0, absolute error below 3e-7 of max(1, |ln x|): the exponent by its bits, the mantissa by a polynomial.
#[inline(always)]
pub(super) fn ln<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let simd = x.simd;
    let bits = x.at_least(x.like(f32::MIN_POSITIVE)).bits();
    // A mantissa in [√½, √2), and the exponent of two that is left, with 2²³ + 127 added to make a number of it.
    let shifted = simd.add_u32s(bits, simd.splat_u32s((127 << 23) - 0x3f35_04f3));
    let whole = simd.wrapping_dyn_shr_u32s(shifted, simd.splat_u32s(23));
    let n = Lanes::from_bits(simd, simd.or_u32s(whole, simd.splat_u32s(0x4b00_0000)))
        - x.like(8_388_608.0 + 127.0);
    let mantissa = simd.and_u32s(shifted, simd.splat_u32s(0x007f_ffff));
    let m = Lanes::from_bits(simd, simd.add_u32s(mantissa, simd.splat_u32s(0x3f35_04f3))) - x.like(1.0);
    let z = m * m;
    let p = m.polynomial([
        7.037_683_6e-2,
        -0.115_146_1,
        0.116_769_99,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_58,
        0.200_007_14,
        -0.249_999_94,
        0.333_333_3,
    ]);
    let y = n.times_plus(x.like(-2.121_944_4e-4), m * z * p).less(z, x.like(0.5));
    n.times_plus(x.like(0.693_359_4), m + y)
}

/// A single draw from N(0, 1) within (lo, hi), given `unit`, uniform in (0, 1).
pub(super) fn truncated(lo: f32, hi: f32, unit: f32) -> f32 {
    let (interval, unit) = (Interval::new(single(lo), single(hi)), single(unit));
    interval.draw(interval.mass().share(unit), unit).x
}

/// A single number as a lane of its own.
fn single(x: f32) -> Lanes<Scalar> {
    Lanes::splat(Scalar::new(), x)
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};

    use super::*;

    fn grid(lo: f64, hi: f64, n: usize) -> impl Iterator<Item = f64> {
        (0..=n).map(move |i| lo + (hi - lo) * i as f64 / n as f64)
    }

    #[test]
    fn exponentials_and_logarithms_are_those_of_double_precision() {
        for x in grid(-86.0, 88.0, 20_000) {
            let x = x as f32;
            let expected = f64::from(x).exp();
            assert!((f64::from(exp(single(x)).x) / expected - 1.0).abs() < 3e-7, "{x}");
        }
        assert_eq!(exp(single(-200.0)).x, 0.0);
        for x in grid(-87.0, 88.0, 20_000) {
            let x = x.exp() as f32;
            let expected = f64::from(x).ln();
            assert!((f64::from(ln(single(x)).x) - expected).abs() < 3e-7 * expected.abs().max(1.0), "{x}");
        }
    }

    #[test]
    fn the_distribution_function_holds_in_the_tails() {
        let normal = Normal::standard();
        for x in grid(-12.0, 6.0, 20_000) {
            let x = x as f32;
            let expected = normal.cdf(f64::from(x));
            let error = (f64::from(cdf(x)) - expected).abs();
            assert!(error < 2e-7 && (x > 0.0 || error < 5e-6 * expected), "{x} {error}");
        }
        assert_eq!((cdf(f32::NEG_INFINITY), cdf(f32::INFINITY)), (0.0, 1.0));
    }

    #[test]
    fn the_quantile_is_its_inverse() {
        let normal = Normal::standard();
        for x in grid(-11.0, 4.0, 20_000) {
            let p = normal.cdf(x) as f32;
            let expected = normal.inverse_cdf(f64::from(p));
            let allowed = if x < -5.0 {
                5e-6
            } else if x < 0.0 {
                2e-6
            } else if x < 0.7 {
                1e-5
            } else {
                1e-3
            };
            assert!((f64::from(quantile(p)) - expected).abs() < allowed, "{x} {p} {}", quantile(p));
        }
    }

    #[test]
    fn draws_from_an_interval_have_its_mean_and_stay_in_it() {
        let normal = Normal::standard();
        let inf = f64::INFINITY;
        for (lo, hi) in [
            (-inf, inf),
            (-inf, 0.3),
            (0.3, inf),
            (-0.2, 0.4),
            (2.0, 2.5),
            (5.0, inf),
            (-inf, -8.0),
            (9.0, 9.5),
        ] {
            let n = 200_000;
            let mut sum = 0.0;
            for i in 0..n {
                let drawn = truncated(lo as f32, hi as f32, (i as f32 + 0.5) / n as f32);
                assert!((lo as f32..=hi as f32).contains(&drawn), "{lo} {hi} {drawn}");
                sum += f64::from(drawn);
            }
            let phi = |x: f64| {
                if x.is_finite() { (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt() } else { 0.0 }
            };
            // The side whose tail is small, so that the reference itself is precise.
            let mass =
                if lo > 0.0 { normal.cdf(-lo) - normal.cdf(-hi) } else { normal.cdf(hi) - normal.cdf(lo) };
            let expected = (phi(lo) - phi(hi)) / mass;
            assert!(
                (sum / f64::from(n) - expected).abs() < 2e-4,
                "{lo} {hi}: {} {expected}",
                sum / f64::from(n)
            );
        }
        // Where nothing of the mass is left in single precision: the mean of the tail beyond 20 is 20 + 1/20 − 2/20³.
        let mean =
            (0..10_000).map(|i| truncated(20.0, f32::INFINITY, (i as f32 + 0.5) / 1e4)).sum::<f32>() / 1e4;
        assert!((mean - 20.0497).abs() < 1e-3, "{mean}");
        let narrow = truncated(20.0, 20.01, 0.5);
        assert!((20.0..20.01).contains(&narrow), "{narrow}");
    }
}
