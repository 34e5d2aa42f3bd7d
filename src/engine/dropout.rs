//! Dropout masks as a function of a key, so that every engine, on every device, drops the same units without a mask
//! being stored or sent. The host draws a key for each share of a step.
//!
//! The hidden layers of a head are counted through in *slots*: a layer of w units has ⌈w/2⌉ of them, and slot s of a row
//! decides on unit s by the low half of 32 hashed bits and on unit s + ⌈w/2⌉ by the high half.

/// Rows of a share that masks tell apart; row 2²⁰ has the mask of row 0.
pub const ROW_BITS: u32 = 20;

/// 32 bits for a slot of a row under a key: a multiplicative hash with two rounds of mixing (constants of Chris
/// Wellons' `lowbias32`).
#[inline(always)]
pub fn bits(key: u32, slot: u32, row: u32) -> u32 {
    let mut x = ((slot << ROW_BITS) | row).wrapping_mul(0x9e37_79b1).wrapping_add(key);
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// Units whose half of the bits is below this are dropped.
#[inline(always)]
pub fn threshold(rate: f32) -> u32 {
    (rate * 65_536.0) as u32
}

/// Number of slots of a layer.
#[inline(always)]
pub fn slots(width: usize) -> usize {
    width.div_ceil(2)
}

/// The factor of one unit: 0 where it is dropped, else 1 / (1 − `rate`). `first_slot` is the sum of the slots of the
/// layers before.
pub fn factor(rate: f32, key: u32, first_slot: usize, width: usize, unit: usize, row: usize) -> f32 {
    let half = slots(width);
    let bits = bits(key, (first_slot + unit % half) as u32, row as u32 & ((1 << ROW_BITS) - 1));
    let bits = if unit < half { bits & 0xffff } else { bits >> 16 };
    if bits < threshold(rate) { 0.0 } else { 1.0 / (1.0 - rate) }
}

#[cfg(test)]
mod tests {
    use super::factor;

    #[test]
    fn units_rows_keys_and_layers_are_dropped_independently_at_the_rate() {
        let (rate, width, rows) = (0.3, 33, 2_000);
        let mask = |key: u32, first: usize| -> Vec<f32> {
            (0..rows * width).map(|n| factor(rate, key, first, width, n % width, n / width)).collect()
        };
        let one = mask(12, 0);
        let dropped = |mask: &[f32]| mask.iter().filter(|f| **f == 0.0).count() as f32 / mask.len() as f32;
        assert!((dropped(&one) - rate).abs() < 0.01, "{}", dropped(&one));
        assert!(one.iter().all(|&f| f == 0.0 || (f - 1.0 / 0.7).abs() < 1e-6));
        // Of two independent masks both drop a unit at rate².
        for other in [mask(13, 0), mask(12, 17), one[width..].to_vec(), one[1..].to_vec()] {
            let both = one.iter().zip(&other).filter(|(a, b)| **a == 0.0 && **b == 0.0).count() as f32;
            assert!((both / other.len() as f32 - rate * rate).abs() < 0.01, "{both}");
        }
    }

    #[test]
    fn a_mask_is_the_same_everywhere() {
        let mask: String =
            (0..32).map(|unit| if factor(0.5, 7, 0, 32, unit, 3) == 0.0 { '-' } else { '+' }).collect();
        assert_eq!(mask, "--+-+-+-+++----+----+-+----+----");
    }
}
