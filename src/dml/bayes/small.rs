//! The k × k systems of the sampler: what is known of a bias and a vector, jointly normal, as precision and linear term, its
//! Cholesky factor, and draws from it. The bias is kept apart so that vectors fill vector registers.

/// Precision P and linear term h of (bias, vector): the density is ∝ exp(−½ xᵀPx + hᵀx). P is kept whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Information<const K: usize> {
    pub(super) bias: f32,
    /// Between the bias and the vector.
    pub(super) cross: [f32; K],
    pub(super) vector: [[f32; K]; K],
    pub(super) bias_term: f32,
    pub(super) vector_term: [f32; K],
}

/// A bias and a vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point<const K: usize> {
    pub(super) bias: f32,
    pub(super) vector: [f32; K],
}

impl<const K: usize> Point<K> {
    pub(super) const ZERO: Self = Self { bias: 0.0, vector: [0.0; K] };

    /// ⟨x, y⟩ over bias and vector.
    #[inline(always)]
    pub(super) fn dot(&self, other: &Self) -> f32 {
        let mut products = [0.0; K];
        for i in 0..K {
            products[i] = self.vector[i] * other.vector[i];
        }
        self.bias * other.bias + products.iter().sum::<f32>()
    }

    /// Adds another, so many times.
    #[inline(always)]
    pub(super) fn add(&mut self, other: &Self, times: f32) {
        self.bias += times * other.bias;
        for i in 0..K {
            self.vector[i] += times * other.vector[i];
        }
    }

    /// Both numbers less another's.
    pub(super) fn less(&self, other: &Self) -> Self {
        let mut difference = *self;
        difference.add(other, -1.0);
        difference
    }
}

/// U with P = UᵀU, its diagonal inverted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factor<const K: usize> {
    bias: f32,
    cross: [f32; K],
    /// Rows of U; what is left of the diagonal has no meaning.
    vector: [[f32; K]; K],
    diagonal: [f32; K],
}

impl<const K: usize> Information<K> {
    /// Nothing known.
    pub(super) const NONE: Self =
        Self { bias: 0.0, cross: [0.0; K], vector: [[0.0; K]; K], bias_term: 0.0, vector_term: [0.0; K] };

    /// Adds what an observation y = bias + ⟨other, vector⟩ of precision `weight` says; `residual` is y.
    #[inline(always)]
    pub(super) fn observe(&mut self, other: &[f32; K], weight: f32, residual: f32) {
        let pull = weight * residual;
        self.bias += weight;
        self.bias_term += pull;
        for i in 0..K {
            self.cross[i] += weight * other[i];
            self.vector_term[i] += pull * other[i];
            let scaled = weight * other[i];
            for j in 0..K {
                self.vector[i][j] += scaled * other[j];
            }
        }
    }

    /// Adds a diagonal precision around a mean.
    #[inline(always)]
    pub(super) fn prior(&mut self, precision: &Point<K>, mean: &Point<K>) {
        self.bias += precision.bias;
        self.bias_term += precision.bias * mean.bias;
        for i in 0..K {
            self.vector[i][i] += precision.vector[i];
            self.vector_term[i] += precision.vector[i] * mean.vector[i];
        }
    }

    /// All of it times a number.
    #[inline(always)]
    pub(super) fn scale(&mut self, by: f32) {
        self.bias *= by;
        self.bias_term *= by;
        for i in 0..K {
            self.cross[i] *= by;
            self.vector_term[i] *= by;
            for j in 0..K {
                self.vector[i][j] *= by;
            }
        }
    }

    /// Adds what is known from elsewhere.
    #[inline(always)]
    pub(super) fn add(&mut self, other: &Self) {
        self.bias += other.bias;
        self.bias_term += other.bias_term;
        for i in 0..K {
            self.cross[i] += other.cross[i];
            self.vector_term[i] += other.vector_term[i];
            for j in 0..K {
                self.vector[i][j] += other.vector[i][j];
            }
        }
    }

    /// Takes ttᵀ from the precision and adds `solved` times t to the term: a row of a variable that is summed out.
    #[inline(always)]
    pub(super) fn take_row(&mut self, t: &Point<K>, solved: f32) {
        self.bias -= t.bias * t.bias;
        self.bias_term += solved * t.bias;
        for i in 0..K {
            self.cross[i] -= t.bias * t.vector[i];
            self.vector_term[i] += solved * t.vector[i];
            for j in 0..K {
                self.vector[i][j] -= t.vector[i] * t.vector[j];
            }
        }
    }

    /// The linear term.
    pub(super) fn term(&self) -> Point<K> {
        Point { bias: self.bias_term, vector: self.vector_term }
    }

    /// The Cholesky factor of P.
    #[inline(always)]
    pub(super) fn factor(&self) -> Factor<K> {
        // Rounding alone could make a pivot vanish; priors keep the true ones away from zero.
        let inverse_root = |pivot: f32| 1.0 / pivot.max(1e-6).sqrt();
        let bias = inverse_root(self.bias);
        let mut rest = self.vector;
        let cross: [f32; K] = std::array::from_fn(|i| self.cross[i] * bias);
        for i in 0..K {
            for j in 0..K {
                rest[i][j] -= cross[i] * cross[j];
            }
        }
        let mut diagonal = [0.0; K];
        for p in 0..K {
            diagonal[p] = inverse_root(rest[p][p]);
            for j in 0..K {
                rest[p][j] *= diagonal[p];
            }
            let row = rest[p];
            for i in p + 1..K {
                for j in 0..K {
                    rest[i][j] -= row[i] * row[j];
                }
            }
        }
        Factor { bias, cross, vector: rest, diagonal }
    }
}

impl<const K: usize> Factor<K> {
    /// U⁻ᵀ h.
    #[inline(always)]
    pub(super) fn forward(&self, term: &Point<K>) -> Point<K> {
        let bias = term.bias * self.bias;
        let mut rest: [f32; K] = std::array::from_fn(|i| term.vector[i] - bias * self.cross[i]);
        for p in 0..K {
            let solved = rest[p] * self.diagonal[p];
            for j in p + 1..K {
                rest[j] -= solved * self.vector[p][j];
            }
            rest[p] = solved;
        }
        Point { bias, vector: rest }
    }

    /// U⁻ᵀ of a matrix given by its rows, the bias's first.
    #[inline(always)]
    pub(super) fn forward_rows(&self, bias: Point<K>, vector: [Point<K>; K]) -> (Point<K>, [Point<K>; K]) {
        let scaled =
            |row: &Point<K>, by: f32| Point { bias: by * row.bias, vector: row.vector.map(|x| by * x) };
        let bias = scaled(&bias, self.bias);
        let mut rest = vector;
        for p in 0..K {
            rest[p].add(&bias, -self.cross[p]);
        }
        for p in 0..K {
            let row = scaled(&rest[p], self.diagonal[p]);
            rest[p] = row;
            for j in p + 1..K {
                rest[j].add(&row, -self.vector[p][j]);
            }
        }
        (bias, rest)
    }

    /// U⁻¹ y.
    #[inline(always)]
    pub(super) fn backward(&self, y: &Point<K>) -> Point<K> {
        let mut x = y.vector;
        for p in (0..K).rev() {
            let mut sum = x[p];
            for j in p + 1..K {
                sum -= self.vector[p][j] * x[j];
            }
            x[p] = sum * self.diagonal[p];
        }
        let mut sum = y.bias;
        for j in 0..K {
            sum -= self.cross[j] * x[j];
        }
        Point { bias: sum * self.bias, vector: x }
    }

    /// A draw from N(P⁻¹h, P⁻¹), given U⁻ᵀh and K + 1 standard normals, the bias's first.
    #[inline(always)]
    pub(super) fn draw(&self, solved: &Point<K>, normals: &[f32]) -> Point<K> {
        self.backward(&Point {
            bias: solved.bias + normals[0],
            vector: std::array::from_fn(|i| solved.vector[i] + normals[1 + i]),
        })
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::*;
    use crate::rng::Generator;

    const K: usize = 8;

    fn dense(of: &Information<K>) -> (DMatrix<f64>, DVector<f64>) {
        let precision = DMatrix::from_fn(K + 1, K + 1, |i, j| {
            f64::from(match (i, j) {
                (0, 0) => of.bias,
                (0, i) | (i, 0) => of.cross[i - 1],
                (i, j) => of.vector[i - 1][j - 1],
            })
        });
        let term = DVector::from_fn(K + 1, |i, _| {
            f64::from(if i == 0 { of.bias_term } else { of.vector_term[i - 1] })
        });
        (precision, term)
    }

    fn observed() -> Information<K> {
        let mut chance = Generator::new(3, "small systems");
        let mut all = Information::NONE;
        for _ in 0..5 {
            let other = std::array::from_fn(|_| chance.normal());
            all.observe(&other, 0.5 + chance.unit(), chance.normal());
        }
        let mut mean = Point::ZERO;
        mean.vector.fill(0.3);
        all.prior(&Point { bias: 0.7, vector: [1.3; K] }, &mean);
        all
    }

    #[test]
    fn an_observation_adds_its_outer_product() {
        let mut found = Information::<4>::NONE;
        found.observe(&[1.0, 2.0, 0.0, -1.0], 0.5, 3.0);
        assert_eq!((found.bias, found.cross), (0.5, [0.5, 1.0, 0.0, -0.5]));
        assert_eq!(found.vector[1], [1.0, 2.0, 0.0, -1.0]);
        assert_eq!((found.bias_term, found.vector_term), (1.5, [1.5, 3.0, 0.0, -1.5]));
    }

    #[test]
    fn the_mean_and_the_covariance_of_draws_are_those_of_double_precision() {
        let information = observed();
        let (precision, term) = dense(&information);
        let factor = information.factor();
        let solved = factor.forward(&information.term());
        let mean = factor.draw(&solved, &[0.0; K + 1]);
        let expected = precision.clone().cholesky().unwrap().solve(&term);
        assert!((f64::from(mean.bias) - expected[0]).abs() < 1e-5);
        (0..K).for_each(|i| assert!((f64::from(mean.vector[i]) - expected[i + 1]).abs() < 1e-5));
        // Each unit normal moves the draw by a column of U⁻¹, and U⁻¹ U⁻ᵀ = P⁻¹.
        let columns = DMatrix::from_columns(&Vec::from_iter((0..=K).map(|n| {
            let mut normals = [0.0; K + 1];
            normals[n] = 1.0;
            let moved = factor.draw(&Point::ZERO, &normals);
            DVector::from_fn(K + 1, |i, _| f64::from(if i == 0 { moved.bias } else { moved.vector[i - 1] }))
        })));
        let covariance = &columns * columns.transpose();
        assert!((covariance - precision.try_inverse().unwrap()).abs().max() < 1e-5);
    }
}
