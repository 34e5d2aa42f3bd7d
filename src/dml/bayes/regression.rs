//! What features say of a bias and a vector before the first rating: prior means F B + m, a ridge regression inside the
//! sampler. B_k ~ N(0, 1/(αΛ_k)) for each number k, m_k ~ N(0, 1/Λ_k), α ~ Gamma(2, rate 1); α, Λ, B and m are drawn with everything
//! else, so that the data say how much features count. Simm and others, Macau: Scalable Bayesian Multi-relational
//! Factorization with Side Information (MLSP 2017). Narrow tables are factored each sweep, wide ones solved by conjugate gradients on
//! normal draws, whose cost follows the entries of the table.

use nalgebra::{DMatrix, DVector};

use super::small::Point;
use crate::data::Features;
use crate::rng::Generator;

/// Widest table that is factored: beyond it a factorisation would take longer than the rest of a sweep.
const WIDEST_FACTORED: usize = 256;
/// Shape and rate of the prior of α.
const STRENGTH: (f64, f64) = (2.0, 1.0);
/// The residual's length at which conjugate gradients end, as a share of the right side's.
const TOLERANCE: f64 = 1e-6;
/// Most iterations of conjugate gradients.
const MOST_ITERATIONS: usize = 200;

/// The regression of one side of a domain.
#[derive(Clone, Debug)]
pub(super) struct Regression<const K: usize> {
    features: Features,
    /// α.
    pub(super) strength: f64,
    /// FᵀF of the rows that have ratings, the constant column last; `None` for wide tables, and before the first draw.
    squares: Option<DMatrix<f64>>,
    is_narrow: bool,
    /// F B + m by row.
    pub(super) means: Vec<Point<K>>,
}

/// What is drawn for all numbers of a point together: column by column, the bias's first, `[columns + 1, k + 1]`.
type Columns = Vec<DVector<f64>>;

impl<const K: usize> Regression<K> {
    /// Before the first draw: features say nothing.
    pub(super) fn new(features: &Features) -> Self {
        Self {
            features: features.clone(),
            strength: STRENGTH.0 / STRENGTH.1,
            squares: None,
            is_narrow: features.width() <= WIDEST_FACTORED,
            means: vec![Point::ZERO; features.rows()],
        }
    }

    /// The same with the other way of solving: for tests.
    #[cfg(test)]
    pub(super) fn with_narrow(features: &Features, is_narrow: bool) -> Self {
        Self { is_narrow, ..Self::new(features) }
    }

    /// The prior mean of a row; `None` for rows that the table ends before.
    pub(super) fn mean(&self, row: usize) -> Option<&Point<K>> {
        self.means.get(row)
    }

    /// The same for points whose vectors are `times` as long; α stays, as B's spread is measured in Λ's units.
    pub(super) fn rescale(&mut self, times: f32) {
        self.means.iter_mut().flat_map(|mean| &mut mean.vector).for_each(|x| *x *= times);
    }

    /// Draws Λ, B and m from the points of rows with ratings, then α; for the bias there is no m: the cutpoints take it. Returns Λ
    /// and the mean of F B + m over these rows, which is what is expected of somebody of whom no features are known.
    pub(super) fn draw(
        &mut self,
        points: &[(usize, &Point<K>)],
        chance: &mut Generator,
    ) -> (Point<K>, Point<K>) {
        let number =
            |point: &Point<K>, k: usize| f64::from(if k == 0 { point.bias } else { point.vector[k - 1] });
        let right: Columns =
            (0..=K).map(|k| self.transposed(points.iter().map(|(row, x)| (*row, number(x, k))))).collect();
        let squares: Vec<f64> =
            (0..=K).map(|k| points.iter().map(|(_, x)| number(x, k).powi(2)).sum()).collect();
        // B with m below it, for Λ = 1: its mean, and a draw around 0.
        let (mut found, around) = match self.is_narrow {
            true => self.factored(points, right, &squares, chance),
            false => self.iterated(points, right, &squares, chance),
        };
        let n = points.len() as f64;
        let (mut precisions, mut length) = (vec![0.0; K + 1], 0.0);
        let width = self.features.width();
        for k in 0..=K {
            let (beta, rest) = &mut found[k];
            precisions[k] = chance.gamma(f64::midpoint(1.0, n)) / f64::midpoint(1.0, rest.max(0.0));
            beta.axpy(precisions[k].sqrt().recip(), &around[k], 1.0);
            length += precisions[k] * beta.rows(0, width).norm_squared();
        }
        let count = (width * (K + 1)) as f64;
        self.strength = chance.gamma(STRENGTH.0 + count / 2.0) / (STRENGTH.1 + length / 2.0);
        let numbers = |of: &dyn Fn(usize) -> f64| Point {
            bias: of(0) as f32,
            vector: std::array::from_fn(|i| of(i + 1) as f32),
        };
        for row in 0..self.means.len() {
            let (columns, values) = self.features.row(row as u32);
            self.means[row] = numbers(&|k| {
                let beta = &found[k].0;
                let product = |(&column, &x): (&u32, &f32)| beta[column as usize] * f64::from(x);
                beta[width] + columns.iter().zip(values).map(product).sum::<f64>()
            });
        }
        let known = || points.iter().filter_map(|(row, _)| self.means.get(*row));
        let mean = |number: &dyn Fn(&Point<K>) -> f32| {
            known().map(|mean| f64::from(number(mean))).sum::<f64>() / known().count().max(1) as f64
        };
        let common = numbers(&|k| if k == 0 { mean(&|x| x.bias) } else { mean(&|x| x.vector[k - 1]) });
        (numbers(&|k| precisions[k]), common)
    }

    /// By the Cholesky factor of FᵀF + diag(α … α, 1). The constant stands last, so that the factor without it, for
    /// biases, is a part of it.
    fn factored(
        &mut self,
        points: &[(usize, &Point<K>)],
        right: Columns,
        squares: &[f64],
        chance: &mut Generator,
    ) -> (Vec<(DVector<f64>, f64)>, Columns) {
        let width = self.features.width();
        let mut system = self.squares.get_or_insert_with(|| products(&self.features, points)).clone();
        (0..width).for_each(|i| system[(i, i)] += self.strength);
        system[(width, width)] += 1.0;
        let factor = system.cholesky().map(nalgebra::Cholesky::unpack);
        let solved = right.into_iter().zip(squares).enumerate().map(|(k, (right, square))| {
            let size = if k == 0 { width } else { width + 1 };
            let mut beta = DVector::zeros(width + 1);
            let mut around = DVector::zeros(width + 1);
            let Some(factor) = &factor else { return ((beta, *square), around) };
            let lower = factor.view((0, 0), (size, size));
            let mut half = right.rows(0, size).into_owned();
            lower.solve_lower_triangular_mut(&mut half);
            let rest = square - half.norm_squared();
            lower.tr_solve_lower_triangular_mut(&mut half);
            beta.rows_mut(0, size).copy_from(&half);
            let mut drawn = DVector::from_fn(size, |_, _| f64::from(chance.normal()));
            lower.tr_solve_lower_triangular_mut(&mut drawn);
            around.rows_mut(0, size).copy_from(&drawn);
            ((beta, rest), around)
        });
        solved.unzip()
    }

    /// By conjugate gradients. A draw around 0 is the solution for Fᵀe + A^½e', e and e' standard normal: its covariance is
    /// A⁻¹(FᵀF + A)A⁻¹ of the whole matrix A, and so its inverse.
    fn iterated(
        &self,
        points: &[(usize, &Point<K>)],
        right: Columns,
        squares: &[f64],
        chance: &mut Generator,
    ) -> (Vec<(DVector<f64>, f64)>, Columns) {
        let width = self.features.width();
        let solved = right.into_iter().zip(squares).enumerate().map(|(k, (right, square))| {
            let beta = self.solve(points, &right, k == 0);
            // The least of the regression's loss, also where the solution is not quite exact.
            let applied = self.applied(points, &beta);
            let rest = square - 2.0 * beta.dot(&right) + beta.dot(&applied);
            let noise: Vec<f64> = points.iter().map(|_| f64::from(chance.normal())).collect();
            let mut drawn = self.transposed(points.iter().map(|(row, _)| *row).zip(noise));
            for i in 0..=width {
                let ridge = if i < width { self.strength } else { 1.0 };
                drawn[i] += ridge.sqrt() * f64::from(chance.normal());
            }
            ((beta, rest), self.solve(points, &drawn, k == 0))
        });
        solved.unzip()
    }

    /// x with (FᵀF + diag(α … α, 1)) x = `right`; without the constant where that `is_bias`.
    fn solve(&self, points: &[(usize, &Point<K>)], right: &DVector<f64>, is_bias: bool) -> DVector<f64> {
        let width = self.features.width();
        let without_constant = |mut x: DVector<f64>| {
            if is_bias {
                x[width] = 0.0;
            }
            x
        };
        let mut diagonal = DVector::from_element(width + 1, self.strength);
        diagonal[width] = 1.0 + points.len() as f64;
        for &(row, _) in points {
            let (columns, values) = self.features.row(row as u32);
            columns.iter().zip(values).for_each(|(&i, &x)| diagonal[i as usize] += f64::from(x * x));
        }
        let mut residual = without_constant(right.clone());
        let mut solution = DVector::zeros(width + 1);
        let mut direction = residual.component_div(&diagonal);
        let mut square = residual.dot(&direction);
        let enough = TOLERANCE.powi(2) * square;
        for _ in 0..MOST_ITERATIONS {
            if square <= enough {
                break;
            }
            let applied = without_constant(self.applied(points, &direction));
            let step = square / direction.dot(&applied);
            if !step.is_finite() {
                break;
            }
            solution.axpy(step, &direction, 1.0);
            residual.axpy(-step, &applied, 1.0);
            let steepest = residual.component_div(&diagonal);
            let next = residual.dot(&steepest);
            direction = steepest + direction * (next / square);
            square = next;
        }
        solution
    }

    /// (FᵀF + diag(α … α, 1)) x.
    fn applied(&self, points: &[(usize, &Point<K>)], x: &DVector<f64>) -> DVector<f64> {
        let width = self.features.width();
        let along = points.iter().map(|&(row, _)| {
            let (columns, values) = self.features.row(row as u32);
            let product = |(&column, &value): (&u32, &f32)| x[column as usize] * f64::from(value);
            (row, x[width] + columns.iter().zip(values).map(product).sum::<f64>())
        });
        let mut applied = self.transposed(along);
        (0..width).for_each(|i| applied[i] += self.strength * x[i]);
        applied[width] += x[width];
        applied
    }

    /// Fᵀ y of rows with their y.
    fn transposed(&self, rows: impl Iterator<Item = (usize, f64)>) -> DVector<f64> {
        let width = self.features.width();
        let mut product = DVector::zeros(width + 1);
        for (row, y) in rows {
            let (columns, values) = self.features.row(row as u32);
            columns.iter().zip(values).for_each(|(&i, &x)| product[i as usize] += y * f64::from(x));
            product[width] += y;
        }
        product
    }
}

/// FᵀF with a constant column behind the others.
fn products<P>(features: &Features, points: &[(usize, P)]) -> DMatrix<f64> {
    let width = features.width();
    let mut squares = DMatrix::zeros(width + 1, width + 1);
    for (row, _) in points {
        let (columns, values) = features.row(*row as u32);
        let entries = || {
            columns
                .iter()
                .map(|&i| i as usize)
                .zip(values.iter().map(|&x| f64::from(x)))
                .chain([(width, 1.0)])
        };
        for (i, x) in entries() {
            entries().for_each(|(j, y)| squares[(i, j)] += x * y);
        }
    }
    squares
}
