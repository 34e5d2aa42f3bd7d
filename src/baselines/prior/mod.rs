//! What features say of a bias before the first rating: a ridge regression of residual means on the encoded
//! features (docs/method.md, recipe R, 6). Narrow tables are solved through their normal equations, factored once;
//! wide ones by conjugate gradients, whose cost follows the entries of the table and not its columns.

mod conjugate_gradients;

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::data::Features;
use conjugate_gradients::LeastSquares;

/// Ridge factor λ.
const RIDGE: f64 = 3.0;

/// Widest table whose normal equations are formed: beyond it they would take more than 8 MB.
const WIDEST_FACTORED: usize = 1024;

/// Entries of the table that all conjugate gradient iterations of a fit of biases go through, as a multiple of the
/// entries that it has: 15 alternations of about 10 iterations with two products each.
const ITERATIVE_WORK: usize = 300;

/// The ridge regression of one side's features, whose weights depend on counts alone.
pub(super) struct Ridge {
    /// Weight of each row: 2n / (n + 2).
    weights: Vec<f64>,
    solver: Solver,
}

enum Solver {
    /// Σ w x xᵀ + λ I = L Lᵀ; `None` where features that are no numbers leave nothing to factor.
    Factored(Option<Cholesky<f64, Dyn>>),
    /// Begins where the last fit ended.
    Iterative(LeastSquares),
}

impl Ridge {
    /// The regression of rows with `counts` ratings, on those that have any.
    pub(super) fn new(features: &Features, counts: &[u32]) -> Self {
        Self::with_solver(features, counts, is_cheaper_factored(features))
    }

    fn with_solver(features: &Features, counts: &[u32], is_factored: bool) -> Self {
        let weights: Vec<f64> = counts.iter().map(|&n| 2.0 * f64::from(n) / (f64::from(n) + 2.0)).collect();
        let solver = match is_factored {
            true => Solver::Factored(Cholesky::new(normal_matrix(features, &weights))),
            false => Solver::Iterative(LeastSquares::new(features, &weights, RIDGE)),
        };
        Self { weights, solver }
    }

    /// The prior of every row from sums of residuals: x · β with β fitted on the residual means. The features and counts
    /// must be those of [`Ridge::new`].
    pub(super) fn fit(&mut self, features: &Features, sums: &[f32], counts: &[u32]) -> Vec<f32> {
        match &mut self.solver {
            Solver::Factored(None) => vec![0.0; sums.len()],
            Solver::Factored(Some(factored)) => {
                let mut beta = right_side(features, &self.weights, sums, counts);
                factored.solve_mut(&mut beta);
                let prior = |row| {
                    let (columns, values) = features.row(row);
                    columns.iter().zip(values).map(|(&i, &x)| beta[i as usize] * f64::from(x)).sum::<f64>()
                };
                (0..sums.len() as u32).map(|row| prior(row) as f32).collect()
            }
            Solver::Iterative(least_squares) => {
                let means = sums.iter().zip(counts).map(|(&sum, &n)| f64::from(sum) / f64::from(n.max(1)));
                least_squares.solve(features, &means.collect::<Vec<_>>());
                least_squares.fitted().map(|prior| prior as f32).collect()
            }
        }
    }
}

/// Whether forming and factoring the normal equations is less work than iterating.
fn is_cheaper_factored(features: &Features) -> bool {
    features.width() <= WIDEST_FACTORED && factored_work(features) < iterative_work(features)
}

/// What a fit of biases takes for the regression on a table, about a nanosecond each.
pub(super) fn work(features: &Features) -> usize {
    if is_cheaper_factored(features) { factored_work(features) } else { iterative_work(features) }
}

/// A factorisation does about six products in the time of one on sparse entries.
fn factored_work(features: &Features) -> usize {
    let forming: usize = (0..features.rows() as u32).map(|row| features.row(row).0.len().pow(2)).sum();
    forming + features.width().pow(3) / 6
}

fn iterative_work(features: &Features) -> usize {
    ITERATIVE_WORK * (0..features.rows() as u32).map(|row| features.row(row).0.len()).sum::<usize>()
}

/// Σ w x xᵀ + λ I
fn normal_matrix(features: &Features, weights: &[f64]) -> DMatrix<f64> {
    let width = features.width();
    let mut normal = DMatrix::<f64>::identity(width, width) * RIDGE;
    for (row, &weight) in (0..).zip(weights).filter(|(_, weight)| **weight > 0.0) {
        let (columns, values) = features.row(row);
        for (&i, &x) in columns.iter().zip(values) {
            for (&j, &y) in columns.iter().zip(values) {
                normal[(i as usize, j as usize)] += weight * f64::from(x) * f64::from(y);
            }
        }
    }
    normal
}

/// Σ w x · (residual mean)
fn right_side(features: &Features, weights: &[f64], sums: &[f32], counts: &[u32]) -> DVector<f64> {
    let mut right = DVector::<f64>::zeros(features.width());
    for (row, ((&sum, &n), weight)) in
        (0..).zip(sums.iter().zip(counts).zip(weights)).filter(|(_, ((_, n), _))| **n > 0)
    {
        let (columns, values) = features.row(row);
        let residual = weight * f64::from(sum) / f64::from(n);
        for (&i, &x) in columns.iter().zip(values) {
            right[i as usize] += residual * f64::from(x);
        }
    }
    right
}

#[cfg(test)]
mod tests {
    use super::{Ridge, is_cheaper_factored};
    use crate::data::{Features, Field, FieldKind};
    use crate::rng::Generator;

    fn features(rows: &[Vec<(u32, f32)>], width: usize) -> Features {
        let mut features = Features {
            fields: vec![Field {
                name: "x".into(),
                kind: FieldKind::Numeric,
                start: 0,
                width,
                labels: Vec::new(),
            }],
            row_starts: vec![0],
            ..Features::default()
        };
        for row in rows {
            features.columns.extend(row.iter().map(|entry| entry.0));
            features.values.extend(row.iter().map(|entry| entry.1));
            features.row_starts.push(features.columns.len() as u32);
        }
        features
    }

    /// `fields` fields of `categories` categories each, one of them a row.
    fn one_hot(rows: usize, fields: u32, categories: usize, chance: &mut Generator) -> Vec<Vec<(u32, f32)>> {
        let mut row = || {
            let category = |field| (field * categories as u32 + chance.below(categories) as u32, 1.0);
            (0..fields).map(category).collect()
        };
        (0..rows).map(|_| row()).collect()
    }

    fn chance_counts_and_sums(rows: usize, chance: &mut Generator) -> (Vec<u32>, Vec<f32>) {
        let counts: Vec<u32> = (0..rows).map(|_| [0, 1, 2, 5, 90][chance.below(5)]).collect();
        let sums = counts.iter().map(|&n| n as f32 * 0.3 * chance.normal()).collect();
        (counts, sums)
    }

    /// Priors by conjugate gradients are those of the factored normal equations to 1e-6 of the largest, for a first
    /// right side and for a second that follows it.
    fn assert_solvers_agree(rows: &[Vec<(u32, f32)>], width: usize, chance: &mut Generator) {
        let features = features(rows, width);
        let (counts, sums) = chance_counts_and_sums(rows.len(), chance);
        let moved: Vec<f32> = sums.iter().map(|sum| 0.9 * sum + 0.01).collect();
        let mut factored = Ridge::with_solver(&features, &counts, true);
        let mut iterative = Ridge::with_solver(&features, &counts, false);
        for sums in [&sums, &moved] {
            let (expected, found) =
                (factored.fit(&features, sums, &counts), iterative.fit(&features, sums, &counts));
            let largest = expected.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
            assert!(largest > 0.01);
            for (x, y) in expected.iter().zip(&found) {
                assert!((x - y).abs() <= 1e-6 * largest, "{x} {y}, the largest {largest}");
            }
        }
    }

    #[test]
    fn one_column_gives_the_closed_form_of_ridge_regression() {
        // Rows x = 1, 2 with n = 2, 6 ratings and residual sums 1, 3: w = 1, 1.5; residual means 0.5, 0.5.
        // β = Σ w x y / (Σ w x² + 3) = (0.5 + 1.5) / (1 + 6 + 3) = 0.2. The third row has no rating and x = 5.
        let features = features(&[vec![(0, 1.0)], vec![(0, 2.0)], vec![(0, 5.0)]], 1);
        let counts = [2, 6, 0];
        for is_factored in [true, false] {
            let mut ridge = Ridge::with_solver(&features, &counts, is_factored);
            let priors = ridge.fit(&features, &[1.0, 3.0, 0.0], &counts);
            for (prior, expected) in priors.iter().zip([0.2, 0.4, 1.0]) {
                assert!((prior - expected).abs() < 1e-6, "{priors:?}");
            }
        }
    }

    #[test]
    fn conjugate_gradients_find_the_closed_form_on_random_sparse_features() {
        let mut chance = Generator::new(1, "sparse features");
        for (rows, width) in [(300, 40), (40, 90)] {
            let row = |chance: &mut Generator| {
                let entry = |column| (chance.unit() < 0.2).then(|| (column, chance.normal()));
                (0..width as u32).filter_map(entry).collect()
            };
            let table: Vec<Vec<(u32, f32)>> = (0..rows).map(|_| row(&mut chance)).collect();
            assert_solvers_agree(&table, width, &mut chance);
        }
        let table = one_hot(2000, 6, 80, &mut chance);
        assert_solvers_agree(&table, 480, &mut chance);
    }

    #[test]
    fn columns_that_say_the_same_are_no_obstacle() {
        // Every field's columns add up to 1; the second field repeats the first; a numeric column is 1,000 everywhere,
        // and another is nearly that.
        let mut chance = Generator::new(2, "collinear features");
        let mut table = one_hot(3000, 1, 30, &mut chance);
        for row in &mut table {
            let category = row[0].0;
            row.extend([(30 + category, 1.0), (60, 1000.0), (61, 1000.0 + 0.01 * chance.normal())]);
        }
        assert_solvers_agree(&table, 62, &mut chance);
    }

    #[test]
    fn narrow_tables_are_factored_and_wide_ones_are_not() {
        let mut chance = Generator::new(3, "tables");
        for (rows, fields, categories, expected) in
            [(5000, 2, 15, true), (20_000, 20, 10, true), (5000, 20, 200, false), (200, 20, 40, false)]
        {
            let table =
                features(&one_hot(rows, fields, categories, &mut chance), fields as usize * categories);
            assert_eq!(is_cheaper_factored(&table), expected, "{rows} rows, {fields} x {categories}");
        }
    }
}
