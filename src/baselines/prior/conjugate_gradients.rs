//! Ridge regression on sparse rows by conjugate gradients on the least squares problem itself (CGLS; Å. Björck,
//! *Numerical Methods for Least Squares Problems*, algorithm 7.4.1) with the diagonal as preconditioner: a product with
//! the rows and one with their transpose an iteration, and no matrix besides.

use crate::data::Features;

/// The gradient's norm at which β counts as found, as a share of its norm at β = 0. It leaves an error of less than
/// 1e-6 also where columns hang together so that the condition number is a million.
const TOLERANCE: f64 = 1e-9;

/// Most iterations of a solution. Columns that say much the same take dozens; more come from rounding alone.
const MOST_ITERATIONS: usize = 500;

/// min Σ w (y − x · β)² + λ ‖β‖², solved for one y after another, each from the solution of the last.
pub(super) struct LeastSquares {
    /// By row.
    weights: Vec<f64>,
    ridge: f64,
    /// 1 / (Σ w x² + λ) by column.
    preconditioner: Vec<f64>,
    beta: Vec<f64>,
    /// x · β by row.
    fitted: Vec<f64>,
    /// Iterations of the last solution.
    iterations: usize,
}

impl LeastSquares {
    /// A problem with a weight a row, which must be at least 0, and λ above 0; β = 0.
    pub(super) fn new(features: &Features, weights: &[f64], ridge: f64) -> Self {
        let mut diagonal = vec![ridge; features.width()];
        for (row, &weight) in (0..).zip(weights) {
            let (columns, values) = features.row(row);
            for (&column, &x) in columns.iter().zip(values) {
                diagonal[column as usize] += weight * f64::from(x) * f64::from(x);
            }
        }
        Self {
            weights: weights.to_vec(),
            ridge,
            preconditioner: diagonal.into_iter().map(|d| 1.0 / d).collect(),
            beta: vec![0.0; features.width()],
            fitted: vec![0.0; weights.len()],
            iterations: 0,
        }
    }

    /// x · β of every row, those of weight 0 too.
    pub(super) fn fitted(&self) -> impl Iterator<Item = f64> + '_ {
        self.fitted.iter().copied()
    }

    /// Solves for `targets`, one a row, with the features of [`LeastSquares::new`]. A target or feature that is no finite number leaves β as it was.
    pub(super) fn solve(&mut self, features: &Features, targets: &[f64]) {
        self.iterations = 0;
        let weighted = |(target, weight): (&f64, &f64)| target * weight;
        let at_zero = self.transposed(features, targets.iter().zip(&self.weights).map(weighted));
        let enough = TOLERANCE.powi(2) * self.preconditioned_square(&at_zero);
        let mut residuals: Vec<f64> = targets.iter().zip(&self.fitted).map(|(y, fit)| y - fit).collect();
        let mut gradient = self.gradient(features, &residuals);
        let mut square = self.preconditioned_square(&gradient);
        let mut direction = self.preconditioned(&gradient);
        let mut along = vec![0.0; residuals.len()];
        while square > enough && self.iterations < MOST_ITERATIONS {
            self.iterations += 1;
            times(features, &direction, &mut along);
            let curvature: f64 = along.iter().zip(&self.weights).map(|(x, w)| w * x * x).sum::<f64>()
                + self.ridge * direction.iter().map(|x| x * x).sum::<f64>();
            let step = square / curvature;
            if !step.is_finite() {
                break;
            }
            add(&mut self.beta, step, &direction);
            add(&mut self.fitted, step, &along);
            add(&mut residuals, -step, &along);
            gradient = self.gradient(features, &residuals);
            let next = self.preconditioned_square(&gradient);
            let (turn, steepest) = (next / square, self.preconditioned(&gradient));
            direction.iter_mut().zip(&steepest).for_each(|(d, s)| *d = s + turn * *d);
            square = next;
        }
    }

    /// Xᵀ W r − λ β
    fn gradient(&self, features: &Features, residuals: &[f64]) -> Vec<f64> {
        let mut gradient = self.transposed(features, residuals.iter().zip(&self.weights).map(|(r, w)| r * w));
        add(&mut gradient, -self.ridge, &self.beta);
        gradient
    }

    /// Xᵀ r
    fn transposed(&self, features: &Features, rows: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut product = vec![0.0; self.beta.len()];
        for (row, value) in (0..).zip(rows).filter(|(_, value)| *value != 0.0) {
            let (columns, values) = features.row(row);
            for (&i, &x) in columns.iter().zip(values) {
                product[i as usize] += value * f64::from(x);
            }
        }
        product
    }

    fn preconditioned(&self, gradient: &[f64]) -> Vec<f64> {
        gradient.iter().zip(&self.preconditioner).map(|(g, p)| g * p).collect()
    }

    fn preconditioned_square(&self, gradient: &[f64]) -> f64 {
        gradient.iter().zip(&self.preconditioner).map(|(g, p)| g * g * p).sum()
    }
}

/// X p
fn times(features: &Features, p: &[f64], along: &mut [f64]) {
    for (row, value) in (0..).zip(along) {
        let (columns, values) = features.row(row);
        *value = dot(columns, values, p);
    }
}

/// x · p in four sums side by side: one sum would wait for each addition.
fn dot(columns: &[u32], values: &[f32], p: &[f64]) -> f64 {
    let (column_fours, column_rest) = columns.as_chunks::<4>();
    let (value_fours, value_rest) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (columns, values) in column_fours.iter().zip(value_fours) {
        for ((sum, &column), &x) in sums.iter_mut().zip(columns).zip(values) {
            *sum += p[column as usize] * f64::from(x);
        }
    }
    let rest = column_rest.iter().zip(value_rest).map(|(&column, &x)| p[column as usize] * f64::from(x));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

/// to += factor · what
fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, x)| *to += factor * x);
}

#[cfg(test)]
mod tests {
    use super::LeastSquares;
    use crate::data::{Features, Field, FieldKind};
    use crate::rng::Generator;

    fn one_hot(rows: usize, fields: usize, categories: usize) -> Features {
        let mut chance = Generator::new(1, "one-hot");
        let columns =
            (0..rows * fields).map(|at| (at % fields * categories + chance.below(categories)) as u32);
        Features {
            fields: vec![Field {
                name: "x".into(),
                kind: FieldKind::OneHot,
                start: 0,
                width: fields * categories,
                labels: Vec::new(),
            }],
            columns: columns.collect(),
            row_starts: (0..=rows).map(|row| (row * fields) as u32).collect(),
            values: vec![1.0; rows * fields],
            titles: vec![],
        }
    }

    #[test]
    fn two_columns_give_the_solution_by_hand() {
        // Rows (1, 0), (0, 1), (1, 1) with weights 1, 1, 2, targets 1, 2, 4 and λ = 1: normal equations
        // [4 2; 2 4] β = [9, 10], so that β = [4/3, 11/6].
        let features = Features {
            fields: vec![Field {
                name: "x".into(),
                kind: FieldKind::Numeric,
                start: 0,
                width: 2,
                labels: Vec::new(),
            }],
            row_starts: vec![0, 1, 2, 4],
            columns: vec![0, 1, 0, 1],
            values: vec![1.0; 4],
            titles: vec![],
        };
        let mut problem = LeastSquares::new(&features, &[1.0, 1.0, 2.0], 1.0);
        problem.solve(&features, &[1.0, 2.0, 4.0]);
        let fitted: Vec<f64> = problem.fitted().collect();
        for (found, expected) in fitted.iter().zip([4.0 / 3.0, 11.0 / 6.0, 19.0 / 6.0]) {
            assert!((found - expected).abs() < 1e-9, "{fitted:?}");
        }
        assert!(problem.iterations <= 2, "two columns take two iterations at most");
    }

    #[test]
    fn the_next_solution_begins_where_the_last_ended() {
        let features = one_hot(4000, 5, 50);
        let mut chance = Generator::new(2, "targets");
        let targets: Vec<f64> = (0..4000).map(|_| f64::from(chance.normal())).collect();
        let mut problem = LeastSquares::new(&features, &[1.5; 4000], 3.0);
        problem.solve(&features, &targets);
        let first = problem.iterations;
        assert!((5..60).contains(&first), "{first}");
        let moved: Vec<f64> = targets.iter().map(|y| y + 1e-5 * f64::from(chance.normal())).collect();
        problem.solve(&features, &moved);
        assert!(problem.iterations < first * 2 / 3, "{} after {first}", problem.iterations);
        problem.solve(&features, &moved);
        assert_eq!(problem.iterations, 0);
    }
}
