//! The loops over rows of a tile that are not matrix products. The usual lengths of a row are compiled by themselves. (In
//! vectors by hand: the compiler leaves most of these loops as they are, because two slices may be the same memory.)

use pulp::Simd;

use crate::engine::dropout;

/// Calls `$function::<W>(arguments)` for a row length that is compiled by itself, else `$function::<0>`, which asks the
/// slices.
macro_rules! for_width {
    ($width:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $width {
            8 => $function::<8>($($argument),*),
            16 => $function::<16>($($argument),*),
            32 => $function::<32>($($argument),*),
            40 => $function::<40>($($argument),*),
            64 => $function::<64>($($argument),*),
            _ => $function::<0>($($argument),*),
        }
    };
}
pub(super) use for_width;

/// The first `W` numbers, or all where W is 0.
#[inline(always)]
fn known<const W: usize>(row: &[f32]) -> &[f32] {
    if W == 0 { row } else { &row[..W] }
}

#[inline(always)]
fn known_mut<const W: usize>(row: &mut [f32]) -> &mut [f32] {
    if W == 0 { row } else { &mut row[..W] }
}

/// A row as vectors. Rows inside the engine are whole vectors long.
#[inline(always)]
fn vectors<S: Simd>(_: S, row: &[f32]) -> &[S::f32s] {
    S::as_simd_f32s(row).0
}

#[inline(always)]
fn vectors_mut<S: Simd>(_: S, row: &mut [f32]) -> &mut [S::f32s] {
    S::as_mut_simd_f32s(row).0
}

/// ⟨a, b⟩ in two vectors of partial sums.
#[inline(always)]
pub(super) fn dot<const W: usize>(simd: impl Simd, a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (vectors(simd, known::<W>(a)), vectors(simd, known::<W>(b)));
    let mut sums = [simd.splat_f32s(0.0); 2];
    for (a, b) in a.chunks(2).zip(b.chunks(2)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum = simd.mul_add_e_f32s(*a, *b, *sum);
        }
    }
    simd.reduce_sum_f32s(simd.add_f32s(sums[0], sums[1]))
}

/// to += factor · from
#[inline(always)]
pub(super) fn add_scaled<const W: usize>(simd: impl Simd, to: &mut [f32], from: &[f32], factor: f32) {
    let factor = simd.splat_f32s(factor);
    let from = vectors(simd, known::<W>(from));
    for (to, from) in vectors_mut(simd, known_mut::<W>(to)).iter_mut().zip(from) {
        *to = simd.mul_add_e_f32s(factor, *from, *to);
    }
}

/// to = from
#[inline(always)]
pub(super) fn copy<const W: usize>(simd: impl Simd, to: &mut [f32], from: &[f32]) {
    let from = vectors(simd, known::<W>(from));
    for (to, from) in vectors_mut(simd, known_mut::<W>(to)).iter_mut().zip(from) {
        *to = *from;
    }
}

/// to = from for a few numbers, which are no whole vectors: a call to copy memory takes longer than that.
#[inline(always)]
pub(super) fn copy_few(to: &mut [f32], from: &[f32]) {
    match (to, from) {
        ([], []) => {}
        ([to], [from]) => *to = *from,
        ([t0, t1], [f0, f1]) => (*t0, *t1) = (*f0, *f1),
        ([t0, t1, t2], [f0, f1, f2]) => (*t0, *t1, *t2) = (*f0, *f1, *f2),
        (to, from) => to.copy_from_slice(from),
    }
}

/// to = factor · from
#[inline(always)]
pub(super) fn scale<const W: usize>(simd: impl Simd, to: &mut [f32], from: &[f32], factor: f32) {
    let factor = simd.splat_f32s(factor);
    let from = vectors(simd, known::<W>(from));
    for (to, from) in vectors_mut(simd, known_mut::<W>(to)).iter_mut().zip(from) {
        *to = simd.mul_f32s(factor, *from);
    }
}

/// to = factor · from where `outputs` are above 0, else 0: a gradient behind ReLU.
#[inline(always)]
pub(super) fn scale_behind_relu<const W: usize>(
    simd: impl Simd,
    to: &mut [f32],
    from: &[f32],
    factor: f32,
    outputs: &[f32],
) {
    let (factor, zero) = (simd.splat_f32s(factor), simd.splat_f32s(0.0));
    let (from, outputs) = (vectors(simd, known::<W>(from)), vectors(simd, known::<W>(outputs)));
    for ((to, from), out) in vectors_mut(simd, known_mut::<W>(to)).iter_mut().zip(from).zip(outputs) {
        *to = simd.select_f32s(simd.greater_than_f32s(*out, zero), simd.mul_f32s(factor, *from), zero);
    }
}

/// max(x, 0). Not `f32::max`, which is a call in wasm; and a number that is none stays one, so that it is noticed.
#[inline(always)]
pub(super) fn positive(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

/// ReLU in place.
#[inline(always)]
pub(super) fn relu(tile: &mut [f32]) {
    tile.iter_mut().for_each(|x| *x = positive(*x));
}

/// Which units of a layer a step drops.
#[derive(Clone, Copy)]
pub(super) struct Dropout {
    pub(super) rate: f32,
    pub(super) key: u32,
    /// Slots of the layers before.
    pub(super) first_slot: usize,
    /// Number of the tile's first row within the share.
    pub(super) first_row: usize,
    /// Real units of a row; the rest is padding.
    pub(super) width: usize,
}

impl Dropout {
    /// 1 / (1 − rate).
    #[inline(always)]
    pub(super) fn scale(rate: f32) -> f32 {
        1.0 / (1.0 - rate)
    }
}

/// ReLU and dropout of rows of `stride`, in place (see [`dropout`]). `W` is the stride where there is no padding.
#[inline(always)]
pub(super) fn relu_and_drop<const W: usize>(tile: &mut [f32], stride: usize, drop: Dropout) {
    let (stride, width) = if W == 0 { (stride, drop.width) } else { (W, W) };
    let half = dropout::slots(width);
    let (threshold, scale) = (dropout::threshold(drop.rate), Dropout::scale(drop.rate));
    for (row, units) in tile.chunks_exact_mut(stride).enumerate() {
        let row = (drop.first_row + row) as u32 & ((1 << dropout::ROW_BITS) - 1);
        let (low, high) = units[..width].split_at_mut(half);
        for (slot, (low, high)) in low.iter_mut().zip(high.iter_mut()).enumerate() {
            let bits = dropout::bits(drop.key, (drop.first_slot + slot) as u32, row);
            *low = kept(*low, bits & 0xffff, threshold, scale);
            *high = kept(*high, bits >> 16, threshold, scale);
        }
        if high.len() < low.len() {
            let bits = dropout::bits(drop.key, (drop.first_slot + half - 1) as u32, row);
            low[half - 1] = kept(low[half - 1], bits & 0xffff, threshold, scale);
        }
    }
}

#[inline(always)]
fn kept(x: f32, bits: u32, threshold: u32, scale: f32) -> f32 {
    if bits < threshold { 0.0 } else { positive(x) * scale }
}

/// A gradient behind ReLU and dropout: 0 where nothing came out, else times `scale`.
#[inline(always)]
pub(super) fn behind_relu(gradient: f32, output: f32, scale: f32) -> f32 {
    if output > 0.0 { gradient * scale } else { 0.0 }
}

/// bias += Σ rows
#[inline(always)]
pub(super) fn add_rows<const W: usize>(simd: impl Simd, tile: &[f32], stride: usize, bias: &mut [f32]) {
    let stride = if W == 0 { stride } else { W };
    add_weighted::<W>(simd, tile.chunks_exact(stride).map(|row| (row, 1.0)), bias);
}

/// sums += Σ factor · row, a few vectors of columns at a time, whose sums stay in registers.
#[inline(always)]
pub(super) fn add_weighted<'a, const W: usize>(
    simd: impl Simd,
    rows: impl Iterator<Item = (&'a [f32], f32)> + Clone,
    sums: &mut [f32],
) {
    const TOGETHER: usize = 4;
    let sums = vectors_mut(simd, known_mut::<W>(sums));
    let mut start = 0;
    while start < sums.len() {
        let (mut four, n) = ([simd.splat_f32s(0.0); TOGETHER], TOGETHER.min(sums.len() - start));
        if n == TOGETHER {
            for (row, factor) in rows.clone() {
                let factor = simd.splat_f32s(factor);
                let row = &vectors(simd, known::<W>(row))[start..start + TOGETHER];
                for (sum, x) in four.iter_mut().zip(row) {
                    *sum = simd.mul_add_e_f32s(factor, *x, *sum);
                }
            }
        } else {
            for (row, factor) in rows.clone() {
                let factor = simd.splat_f32s(factor);
                for (sum, x) in four.iter_mut().zip(&vectors(simd, known::<W>(row))[start..start + n]) {
                    *sum = simd.mul_add_e_f32s(factor, *x, *sum);
                }
            }
        }
        for (sum, more) in sums[start..].iter_mut().zip(&four[..n]) {
            *sum = simd.add_f32s(*sum, *more);
        }
        start += TOGETHER;
    }
}
