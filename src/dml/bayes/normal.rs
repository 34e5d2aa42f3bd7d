//! The normal distribution as the sampler needs it: Φ, Φ⁻¹ and draws from an interval of it, without branches where rows
//! pass by the thousand. Errors are held by the tests against double precision, in the tails too.

/// Beyond so many deviations an interval's mass is below what single precision can hold.
const FAR: f32 = 11.0;

/// Φ(x), the standard normal distribution function. Relative error below 2e-5 down to x = −12, absolute error below 2e-7.
/// Chebyshev fit of erfc by Press and others, Numerical Recipes (erfcc).
#[inline(always)]
pub(super) fn cdf(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    let inner = polynomial(
        t,
        [
            0.170_872_77,
            -0.822_152_23,
            1.488_515_9,
            -1.135_204,
            0.278_868_07,
            -0.186_288_06,
            0.096_784_18,
            0.374_091_96,
            1.000_023_7,
            -1.265_512_2,
        ],
    );
    let tail = 0.5 * t * exp(inner - z * z);
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// φ(x), the standard normal density.
#[inline(always)]
pub(super) fn density(x: f32) -> f32 {
    0.398_942_3 * exp(-0.5 * x * x)
}

/// Φ⁻¹(p) for p in (0, 1). Absolute error below 1e-5 for p up to ½, more above ¾, where p itself is coarse. Rational
/// approximation by Acklam (2003), central and tail.
#[inline(always)]
pub(super) fn quantile(p: f32) -> f32 {
    let low = p.min(1.0 - p).max(f32::MIN_POSITIVE);
    let q = low - 0.5;
    let r = q * q;
    let central =
        q * polynomial(r, [-39.696_83, 220.946_1, -275.928_5, 138.357_75, -30.664_798, 2.506_628_2])
            / polynomial(r, [-54.476_1, 161.585_83, -155.698_98, 66.801_31, -13.280_681, 1.0]);
    let s = (-2.0 * ln(low)).max(0.0).sqrt();
    let tail =
        polynomial(s, [-0.007_784_894, -0.322_396_46, -2.400_758_3, -2.549_732_5, 4.374_664, 2.938_164])
            / polynomial(s, [0.007_784_696, 0.322_467_13, 2.445_134_1, 3.754_408_7, 1.0]);
    let lower = if low < 0.024_25 { tail } else { central };
    if p > 0.5 { -lower } else { lower }
}

/// A draw from N(0, 1) within (lo, hi), given `unit`, uniform in (0, 1). Either end may be infinite.
#[inline(always)]
pub(super) fn truncated(lo: f32, hi: f32, unit: f32) -> f32 {
    // The half of the line where Φ is small is the one where it is precise.
    let flipped = lo + hi > 0.0;
    let (a, b) = if flipped { (-hi, -lo) } else { (lo, hi) };
    let drawn = if b < -FAR {
        // So far out the density falls like exp(−|b| (b − z)).
        let rate = -b;
        let mass = 1.0 - exp(-rate * (b - a).min(1e3));
        b + ln(1.0 - unit * mass) / rate
    } else {
        let (from, to) = (cdf(a), cdf(b));
        quantile((from + unit * (to - from)).min(1.0 - 6e-8))
    };
    let within = drawn.clamp(a, b);
    if flipped { -within } else { within }
}

/// c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    coefficients.into_iter().fold(0.0, |sum, c| sum * x + c)
}

/// eˣ, relative error below 3e-7, 0 below −87: a power of two by its bits, the rest by a polynomial.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let bounded = x.clamp(-87.0, 88.0);
    let n = (bounded * std::f32::consts::LOG2_E).round_ties_even();
    // ln 2 in two parts, so that nothing of x is lost.
    let r = bounded - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let e = polynomial(r, [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5]);
    let value = (e * r * r + r + 1.0) * f32::from_bits(((n as i32 + 127) << 23) as u32);
    if x < -87.0 { 0.0 } else { value }
}

/// ln x for x > 0, absolute error below 3e-7 of max(1, |ln x|): the exponent by its bits, the mantissa by a polynomial.
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    let bits = x.max(f32::MIN_POSITIVE).to_bits();
    // A mantissa in [√½, √2).
    let shifted = bits.wrapping_sub(0x3f35_04f3);
    let n = ((shifted as i32) >> 23) as f32;
    let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3)) - 1.0;
    let z = m * m;
    let p = polynomial(
        m,
        [
            7.037_683_6e-2,
            -0.115_146_1,
            0.116_769_99,
            -0.124_201_41,
            0.142_493_23,
            -0.166_680_58,
            0.200_007_14,
            -0.249_999_94,
            0.333_333_3,
        ],
    );
    let y = m * z * p + n * -2.121_944_4e-4 - 0.5 * z;
    m + y + n * 0.693_359_4
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
            assert!((f64::from(exp(x)) / expected - 1.0).abs() < 3e-7, "{x}");
        }
        assert_eq!(exp(-200.0), 0.0);
        for x in grid(-87.0, 88.0, 20_000) {
            let x = x.exp() as f32;
            let expected = f64::from(x).ln();
            assert!((f64::from(ln(x)) - expected).abs() < 3e-7 * expected.abs().max(1.0), "{x}");
        }
    }

    #[test]
    fn the_distribution_function_holds_in_the_tails() {
        let normal = Normal::standard();
        for x in grid(-12.0, 6.0, 20_000) {
            let x = x as f32;
            let expected = normal.cdf(f64::from(x));
            let error = (f64::from(cdf(x)) - expected).abs();
            assert!(error < 2e-7 && (x > 0.0 || error < 2e-5 * expected), "{x} {error}");
        }
        assert_eq!((cdf(f32::NEG_INFINITY), cdf(f32::INFINITY)), (0.0, 1.0));
    }

    #[test]
    fn the_quantile_is_its_inverse() {
        let normal = Normal::standard();
        for x in grid(-11.0, 4.0, 20_000) {
            let p = normal.cdf(x) as f32;
            let expected = normal.inverse_cdf(f64::from(p));
            let allowed = if x < 0.7 { 1e-5 } else { 1e-3 };
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
