//! The transposed copy of a layer's weights, which the way back multiplies with. It is made anew after every step, four by
//! four numbers at a time.

/// `from`, rows of `stride`, into `to`, rows as long as `from` has rows. Both lengths are multiples of four.
pub(super) fn transpose(from: &[f32], stride: usize, to: &mut [f32]) {
    let rows = from.len() / stride.max(1);
    assert!(rows.is_multiple_of(4) && stride.is_multiple_of(4) && to.len() >= from.len());
    for row in (0..rows).step_by(4) {
        for column in (0..stride).step_by(4) {
            // SAFETY: the block lies within both, as has just been seen.
            unsafe {
                let from = from.as_ptr().add(row * stride + column);
                block(from, stride, to.as_mut_ptr().add(column * rows + row), rows);
            }
        }
    }
}

/// A block of four by four.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
unsafe fn block(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
    use core::arch::wasm32::{i32x4_shuffle, i64x2_shuffle, v128};
    // SAFETY: the caller's.
    unsafe {
        let row = |n: usize| from.add(n * from_row).cast::<v128>().read_unaligned();
        let [a, b, c, d] = [row(0), row(1), row(2), row(3)];
        // Pairs of rows, interleaved: a0 b0 a1 b1 and so on.
        let (ab_low, ab_high) = (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
        let (cd_low, cd_high) = (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
        let columns = [
            i64x2_shuffle::<0, 2>(ab_low, cd_low),
            i64x2_shuffle::<1, 3>(ab_low, cd_low),
            i64x2_shuffle::<0, 2>(ab_high, cd_high),
            i64x2_shuffle::<1, 3>(ab_high, cd_high),
        ];
        for (n, column) in columns.into_iter().enumerate() {
            to.add(n * to_row).cast::<v128>().write_unaligned(column);
        }
    }
}

/// A block of four by four: natively the compiler finds the instructions.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
unsafe fn block(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
    // SAFETY: the caller's.
    unsafe {
        let row = |n: usize| from.add(n * from_row).cast::<[f32; 4]>().read_unaligned();
        let rows = [row(0), row(1), row(2), row(3)];
        for n in 0..4 {
            to.add(n * to_row).cast::<[f32; 4]>().write_unaligned(rows.map(|row| row[n]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::transpose;

    #[test]
    fn rows_become_columns() {
        let from: Vec<f32> = (0..8 * 12).map(|n| n as f32).collect();
        let mut to = vec![0.0; 8 * 12];
        transpose(&from, 12, &mut to);
        for row in 0..8 {
            for column in 0..12 {
                assert_eq!(to[column * 8 + row], from[row * 12 + column]);
            }
        }
    }
}
