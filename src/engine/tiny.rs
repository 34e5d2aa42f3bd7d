//! Numbers too small to matter become zero. Weights under decay, moments without a gradient and rows that nobody names
//! shrink for ever, and end as *denormal* numbers, below the smallest normal one, 2⁻¹²⁶ = 1.2e-38. Some processors
//! (Intel's) take a hundred times as long over these, and an epoch took four to six times as long. wasm cannot ask the
//! processor to take them for zero, so Adam's rule does: on the CPU, on WebGPU and for idle rows alike.
//!
//! A comparison and a selection do it, not the addition and subtraction of a constant: what is kept is kept to the last
//! bit, what is not is exactly zero and shrinks no more, and a number that is none stays one.

/// Weights nearer to zero than this are zero: 2⁻⁶³ = 1.1e-19, the smallest number whose square is normal, so that the
/// products of two weights (an embedding and a layer's) are. Nobody misses them: beside numbers above 4e-12 a sum has no
/// bit for them.
pub(crate) const WEIGHT: f32 = power_of_two(-63);

/// First moments nearer to zero than this are zero: 2⁻¹⁰⁰ = 7.9e-31. It lies so far below [`WEIGHT`] that the moment of a
/// decaying weight outlasts it; a weight whose moment went first would rest where it is. With ε = 1e-8, this one moves a
/// weight by a 1e-22th of the learning rate. Times a learning rate it is still normal.
pub(crate) const MOMENT: f32 = power_of_two(-100);

/// Second moments below this are zero: 2⁻¹¹⁶ = 1.2e-35. √v stands beside ε = 1e-8: this one is 3e-10 of it, for which
/// their sum has no bit. A thousandth of it, which Adam takes off in a step with β₂ = 0.999, is still normal.
pub(crate) const SQUARE: f32 = power_of_two(-116);

/// Gradients nearer to zero than this add nothing to second moments: the root of [`SQUARE`], 3.5e-18.
pub(crate) const ROOT: f32 = power_of_two(-58);

const fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((127 + exponent) as u32) << 23)
}

/// A weight, or 0 where it is too small.
#[inline(always)]
pub(crate) fn weight(w: f32) -> f32 {
    zero_below(WEIGHT, w)
}

/// A first moment, or 0 where it is too small.
#[inline(always)]
pub(crate) fn moment(m: f32) -> f32 {
    zero_below(MOMENT, m)
}

/// A second moment, or 0 where it is too small.
#[inline(always)]
pub(crate) fn square(v: f32) -> f32 {
    zero_below(SQUARE, v)
}

/// g² for the second moment, or 0 where it is too small. The small g goes first: already its square would be slow.
#[inline(always)]
pub(crate) fn squared(g: f32) -> f32 {
    let g = zero_below(ROOT, g);
    g * g
}

#[inline(always)]
fn zero_below(bound: f32, x: f32) -> f32 {
    if x.abs() < bound { 0.0 } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_where_products_stay_normal_and_sums_see_nothing() {
        assert_eq!(WEIGHT * WEIGHT, f32::MIN_POSITIVE);
        assert_eq!(4e-12 + WEIGHT, 4e-12_f32);
        assert_eq!(ROOT * ROOT, SQUARE);
        const { assert!((1.0 - 0.999_f32) * SQUARE >= f32::MIN_POSITIVE) };
        assert_eq!(1e-8 + SQUARE.sqrt(), 1e-8_f32);
        const { assert!(1e-6 * MOMENT >= f32::MIN_POSITIVE) };
        // The moment of the smallest weight under a decay of 1e-10.
        const { assert!(0.1 * 1e-10 * WEIGHT > MOMENT) };
    }

    #[test]
    fn what_is_kept_is_kept_to_the_last_bit() {
        let below = |x: f32| f32::from_bits(x.to_bits() - 1);
        for x in [WEIGHT, -WEIGHT, 0.1, -3.0e7, f32::MAX, f32::NEG_INFINITY] {
            assert_eq!((weight(x), moment(x)), (x, x));
        }
        assert_eq!([weight(below(WEIGHT)), weight(-below(WEIGHT))].map(f32::to_bits), [0, 0]);
        assert_eq!([moment(MOMENT), moment(-below(MOMENT))], [MOMENT, 0.0]);
        assert_eq!([square(SQUARE), square(below(SQUARE))], [SQUARE, 0.0]);
        assert_eq!([squared(-0.5), squared(-ROOT), squared(below(ROOT))], [0.25, SQUARE, 0.0]);
        for bound in [weight, moment, square, squared] {
            assert!(bound(f32::NAN).is_nan());
        }
    }
}
