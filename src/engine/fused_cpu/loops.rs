//! The loops over rows of a tile that are not matrix products. They are plain loops that the compiler vectorises where
//! it knows how long a row is; the usual lengths are compiled by themselves.

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

/// ⟨a, b⟩ in eight partial sums.
#[inline(always)]
pub(super) fn dot<const W: usize>(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (known::<W>(a).as_chunks::<8>(), known::<W>(b).as_chunks::<8>());
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.0.iter().zip(b.0) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a.1.iter().zip(b.1).map(|(a, b)| a * b).sum();
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

/// to += factor · from
#[inline(always)]
pub(super) fn add_scaled<const W: usize>(to: &mut [f32], from: &[f32], factor: f32) {
    for (to, from) in known_mut::<W>(to).iter_mut().zip(known::<W>(from)) {
        *to += factor * from;
    }
}

/// to = from
#[inline(always)]
pub(super) fn copy<const W: usize>(to: &mut [f32], from: &[f32]) {
    for (to, from) in known_mut::<W>(to).iter_mut().zip(known::<W>(from)) {
        *to = *from;
    }
}

/// max(x, 0). Not `f32::max`, which is a call in wasm; and a number that is none stays one, so that it is noticed.
#[inline(always)]
fn positive(x: f32) -> f32 {
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

/// Gradients behind ReLU and dropout, in place: 0 where nothing came out, else times `scale`.
#[inline(always)]
pub(super) fn behind_relu(gradients: &mut [f32], outputs: &[f32], scale: f32) {
    for (g, &y) in gradients.iter_mut().zip(outputs) {
        *g = if y > 0.0 { *g * scale } else { 0.0 };
    }
}

/// bias += Σ rows
#[inline(always)]
pub(super) fn add_rows<const W: usize>(tile: &[f32], stride: usize, bias: &mut [f32]) {
    let stride = if W == 0 { stride } else { W };
    for row in tile.chunks_exact(stride) {
        add_scaled::<W>(bias, row, 1.0);
    }
}
