//! A dense layer over many rows at once. Its columns lie in panels of eight, so that a compiler makes vector
//! instructions of the loops, and four rows share each load of the weights.

use crate::dml::network::DenseLayer;
use crate::engine::tiny;

/// Columns of a panel: one or two registers on every machine with vector instructions.
const LANES: usize = 8;

/// Rows that go through a panel together: their sums and a row of weights fill the sixteen registers of the oldest
/// machines.
const ROWS: usize = 4;

/// The weights and the bias of a layer, padded with zeros to whole panels. Training leaves no denormal numbers, with which
/// a layer takes ten times as long on some processors; a model that comes from a file may have them, and here loses them.
#[derive(Clone, Debug)]
pub(super) struct Panels {
    inputs: usize,
    /// A row of eight weights by input, panel after panel: `[width / 8, inputs, 8]`.
    weights: Vec<[f32; LANES]>,
    bias: Vec<[f32; LANES]>,
}

impl Panels {
    /// Those rows of a layer's weights that `chosen` names, as a layer of `inputs` inputs: those beyond the chosen
    /// have no weight. Without `bias` the sums start from 0.
    pub(super) fn new(layer: &DenseLayer, chosen: &[usize], inputs: usize, bias: bool) -> Self {
        let outputs = layer.bias.len();
        let panel = |values: &[f32], start: usize| {
            let mut lanes = [0.0; LANES];
            lanes.iter_mut().zip(&values[start..]).for_each(|(lane, &value)| *lane = tiny::weight(value));
            lanes
        };
        let mut panels = Self { inputs, weights: Vec::new(), bias: Vec::new() };
        for start in (0..outputs).step_by(LANES) {
            panels.bias.push(if bias { panel(&layer.bias, start) } else { [0.0; LANES] });
            let rows = chosen.iter().map(|&row| &layer.weights[row * outputs..][..outputs]);
            panels.weights.extend(rows.map(|row| panel(row, start)));
            panels.weights.resize(panels.bias.len() * inputs, [0.0; LANES]);
        }
        panels
    }

    /// Outputs with the padding.
    pub(super) fn width(&self) -> usize {
        self.bias.len() * LANES
    }

    /// The layer without its activation.
    ///
    /// # Shapes
    /// `rows`: `[n, inputs]` → `out`: `[n, width]`, row-major, replaced.
    pub(super) fn apply(&self, rows: &[f32], out: &mut Vec<f32>) {
        let (inputs, width) = (self.inputs, self.width());
        out.resize(rows.len() / inputs.max(1) * width, 0.0);
        let blocks = rows.chunks_exact(ROWS * inputs);
        let last = blocks.remainder();
        let mut outs = out.chunks_exact_mut(ROWS * width);
        for (block, out) in blocks.zip(&mut outs) {
            self.block::<ROWS>(block, out);
        }
        for (row, out) in last.chunks_exact(inputs).zip(outs.into_remainder().chunks_exact_mut(width)) {
            self.block::<1>(row, out);
        }
    }

    fn block<const N: usize>(&self, rows: &[f32], out: &mut [f32]) {
        let (inputs, width) = (self.inputs, self.width());
        let rows: [&[f32]; N] = std::array::from_fn(|r| &rows[r * inputs..][..inputs]);
        for (p, (panel, &bias)) in self.weights.chunks_exact(inputs).zip(&self.bias).enumerate() {
            let mut sums = [bias; N];
            for (i, weights) in panel.iter().enumerate() {
                for (sums, row) in sums.iter_mut().zip(&rows) {
                    let x = row[i];
                    sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += x * w);
                }
            }
            for (r, sums) in sums.iter().enumerate() {
                out[r * width + p * LANES..][..LANES].copy_from_slice(sums);
            }
        }
    }
}

/// max(x, 0) of every number.
pub(super) fn relu(values: &mut [f32]) {
    // One instruction where `f32::max`, which looks for NaN in both places, takes three.
    values.iter_mut().for_each(|x| *x = if *x > 0.0 { *x } else { 0.0 });
}

/// ⟨x, y⟩, in eight sums so that it needs no order.
pub(super) fn dot(x: &[f32], y: &[f32]) -> f32 {
    let (xs, ys) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    let rest: f32 = xs.remainder().iter().zip(ys.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0; LANES];
    for (x, y) in xs.zip(ys) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (x, y))| *sum += x * y);
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

#[cfg(test)]
mod tests {
    use super::{DenseLayer, Panels, dot, relu};

    #[test]
    fn a_layer_of_nine_columns_by_hand() {
        // Column c of input i is 10 i + c; five rows, so that four go together and one alone.
        let weights: Vec<f32> = (0..27).map(|n| (n / 9 * 10 + n % 9) as f32).collect();
        let layer = DenseLayer { weights, bias: vec![0.5; 9] };
        let panels = Panels::new(&layer, &[0, 2], 3, true);
        assert_eq!(panels.width(), 16);
        let rows: Vec<f32> = (0..5).flat_map(|r| [r as f32, 1.0, 7.0]).collect();
        let mut out = Vec::new();
        panels.apply(&rows, &mut out);
        assert_eq!(out.len(), 5 * 16);
        for r in 0..5 {
            for c in 0..9 {
                // r · c + 1 · (20 + c) + 0.5; the third input has no weight.
                assert_eq!(out[r * 16 + c], (r * c + 20 + c) as f32 + 0.5);
            }
            assert_eq!(out[r * 16 + 9..][..7], [0.0; 7]);
        }
    }

    #[test]
    fn weights_that_are_too_small_are_none() {
        let layer = DenseLayer { weights: vec![1e-40, 2.0, -1e-25, 1e-18], bias: vec![1e-39, 3.0] };
        let panels = Panels::new(&layer, &[0, 1], 2, true);
        let numbers = panels.weights.iter().chain(&panels.bias).flatten().copied();
        assert_eq!(numbers.filter(|x| *x != 0.0).collect::<Vec<_>>(), [2.0, 1e-18, 3.0]);
    }

    #[test]
    fn sums_and_activations_by_hand() {
        let x: Vec<f32> = (1..=11).map(|n| n as f32).collect();
        assert_eq!(dot(&x, &x), 506.0);
        assert_eq!(dot(&[], &[]), 0.0);
        let mut values = [-1.0, 2.0, f32::NAN, -0.0];
        relu(&mut values);
        assert_eq!(values, [0.0, 2.0, 0.0, 0.0]);
    }
}
