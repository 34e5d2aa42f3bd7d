//! What predictions are made of on the host: tables, towers and products of plain numbers.

use crate::recommender::saved::{Checked, Parts, Saved};

/// A matrix of plain numbers, row-major.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// `[rows × columns]`.
    pub(crate) values: Vec<f32>,
    /// Numbers a row.
    pub(crate) columns: usize,
}

impl Table {
    /// Zeros.
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self { values: vec![0.0; rows * columns], columns }
    }

    /// Adds it.
    pub(crate) fn save(&self, name: &str, saved: &mut Saved) {
        saved.put_rows(name, self.columns, self.values.clone());
    }

    /// A table of so many rows and columns.
    pub(crate) fn load(parts: &mut Parts, name: &str, rows: usize, columns: usize) -> Checked<Self> {
        Ok(Self { values: parts.rows(name, &[rows, columns])?, columns })
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns.max(1)
    }

    /// A row.
    pub(crate) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..][..self.columns]
    }

    /// A row to write to.
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..][..self.columns]
    }

    /// `sum + x · self`, `[columns]` for `x` of as many numbers as there are rows.
    pub(crate) fn added(&self, mut sum: Vec<f32>, x: &[f32]) -> Vec<f32> {
        for (row, &x) in x.iter().enumerate() {
            add(&mut sum, x, self.row(row));
        }
        sum
    }

    /// The mean of chosen rows; zeros of none.
    pub(crate) fn mean_of(&self, rows: impl Iterator<Item = usize>) -> Vec<f32> {
        let (mut sum, mut count) = (vec![0.0; self.columns], 0.0_f32);
        for row in rows {
            add(&mut sum, 1.0, self.row(row));
            count += 1.0;
        }
        sum.iter_mut().for_each(|x| *x /= count.max(1.0));
        sum
    }
}

/// ⟨a, b⟩.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `sum += factor · x`.
pub(super) fn add(sum: &mut [f32], factor: f32, x: &[f32]) {
    sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += factor * x);
}

/// A tower on the host: weights `[inputs, outputs]` and bias of each layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostTower {
    pub(crate) layers: Vec<(Table, Vec<f32>)>,
}

impl HostTower {
    /// Adds the layers.
    pub(crate) fn save(&self, name: &str, saved: &mut Saved) {
        saved.put_layers(name, self.layers.iter().map(|(weights, bias)| (&weights.values[..], &bias[..])));
    }

    /// A tower of so many inputs, the units of each hidden layer, and one output.
    pub(crate) fn load(parts: &mut Parts, name: &str, widths: &[usize]) -> Checked<Self> {
        let layers = parts.layers(name, widths[0])?;
        let found: Vec<usize> = layers.iter().map(|(_, bias)| bias.len()).collect();
        if found != widths[1..] {
            return Err(format!("{name} has layers of {found:?} units instead of {:?}", &widths[1..]));
        }
        let layer = |(values, bias): (Vec<f32>, Vec<f32>)| (Table { values, columns: bias.len() }, bias);
        Ok(Self { layers: layers.into_iter().map(layer).collect() })
    }

    /// What the tower makes of an input.
    pub(crate) fn apply(&self, x: &[f32]) -> Vec<f32> {
        (0..self.layers.len()).fold(x.to_vec(), |x, layer| {
            let x = self.dense(layer, &x);
            if layer + 1 < self.layers.len() { relu(x) } else { x }
        })
    }

    /// What it makes of a sparse input.
    pub(crate) fn apply_sparse(&self, columns: &[u32], values: &[f32]) -> Vec<f32> {
        let Some((weights, bias)) = self.layers.first() else { return Vec::new() };
        let mut first = bias.clone();
        for (&column, &value) in columns.iter().zip(values) {
            add(&mut first, value, weights.row(column as usize));
        }
        (1..self.layers.len()).fold(first, |x, layer| self.dense(layer, &relu(x)))
    }

    /// One layer without its ReLU.
    pub(crate) fn dense(&self, layer: usize, x: &[f32]) -> Vec<f32> {
        let (weights, bias) = &self.layers[layer];
        weights.added(bias.clone(), x)
    }
}

/// max(x, 0) of each number.
pub(crate) fn relu(mut x: Vec<f32>) -> Vec<f32> {
    x.iter_mut().for_each(|x| *x = x.max(0.0));
    x
}
