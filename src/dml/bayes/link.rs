//! A link: u_B ~ N(m_B + c·X(u_A − m_A), λ⁻¹) and b_B ~ N(ρ b_A, τ⁻¹) for whoever is in both domains. X is the paper's
//! orthogonal map (section 3.2); here it is the prior mean of a taste instead of a loss beside the recommenders.

use pulp::Simd;

use super::lanes::{Lanes, Number};
use super::normal::truncated;
use super::orthogonal;
use super::prior::Prior;
use super::small::{Factor, Information, Point};
use crate::rng::Generator;

/// The state of a link.
#[derive(Clone, Debug)]
pub(super) struct Link<const K: usize> {
    /// Whether vectors cross, or biases alone: then c = 0 and vectors have their domain's own prior.
    pub(super) vectors: bool,
    /// Whether X is drawn; else it stays I.
    pub(super) turns: bool,
    /// ρ, how much of a bias is expected on the other side.
    pub(super) rho: f32,
    /// c, how much of a vector.
    pub(super) scale: f32,
    /// c times the length of the parent's deviations over that of the child's: the same at each length of both spaces.
    pub(super) correlation: f32,
    /// X.
    pub(super) rotation: [[f32; K]; K],
    /// τ, the precision of biases around what is expected.
    pub(super) tau: f32,
    /// λ, that of vectors.
    pub(super) lambda: f32,
}

/// A linear map of (bias, vector) that leaves the two apart before it is solved by a factor and mixes them after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coupling<const K: usize, T = f32> {
    /// What the bias becomes: of the bias, of the vector.
    bias: Point<K, T>,
    /// What each number of the vector becomes.
    vector: [Point<K, T>; K],
}

impl<const K: usize> Coupling<K> {
    /// In all lanes.
    #[inline(always)]
    pub(super) fn splat<S: Simd>(&self, simd: S) -> Coupling<K, Lanes<S>> {
        let bias = self.bias.splat(simd);
        let mut vector = [bias; K];
        for i in 0..K {
            vector[i] = self.vector[i].splat(simd);
        }
        Coupling { bias, vector }
    }
}

impl<const K: usize, T: Number> Coupling<K, T> {
    /// Becomes U⁻ᵀ of all columns.
    #[inline(always)]
    pub(super) fn solve(&mut self, factor: &Factor<K, T>) {
        factor.forward_rows(&mut self.bias, &mut self.vector);
    }

    /// Adds the map's value at a point.
    #[inline(always)]
    pub(super) fn apply(&self, point: &Point<K, T>, to: &mut Point<K, T>) {
        to.bias = to.bias + self.bias.dot(point);
        for i in 0..K {
            to.vector[i] = to.vector[i] + self.vector[i].dot(point);
        }
    }
}

impl<const K: usize> Link<K> {
    /// Before the first sweep: half of everything is expected, along the same axes.
    pub(super) fn start(vectors: bool) -> Self {
        let rotation = std::array::from_fn(|i| std::array::from_fn(|j| f32::from(u8::from(i == j))));
        let scale = if vectors { 0.5 } else { 0.0 };
        Self { vectors, turns: true, rho: 0.5, scale, correlation: scale, rotation, tau: 1.0, lambda: 1.0 }
    }

    /// L: the precision of a child around what is expected.
    pub(super) fn precision(&self, child: &Prior<K>) -> Point<K> {
        let vector = if self.vectors { [self.lambda; K] } else { child.precision.vector };
        Point { bias: self.tau, vector }
    }

    /// W x: what is expected of a child for a parent's deviation.
    pub(super) fn expected(&self, parent: &Point<K>) -> Point<K> {
        let vector = std::array::from_fn(|i| {
            self.scale * (0..K).map(|j| self.rotation[i][j] * parent.vector[j]).sum::<f32>()
        });
        Point { bias: self.rho * parent.bias, vector }
    }

    /// Wᵀ y.
    #[inline(always)]
    fn expected_back<T: Number>(&self, child: &Point<K, T>) -> Point<K, T> {
        let constant = |x: f32| child.bias.like(x);
        let mut back = Point::none(child.bias);
        back.bias = child.bias * constant(self.rho);
        for i in 0..K {
            for j in 0..K {
                let weight = constant(self.scale * self.rotation[i][j]);
                back.vector[j] = weight.times_plus(child.vector[i], back.vector[j]);
            }
        }
        back
    }

    /// m_B − W m_A.
    pub(super) fn offset(&self, child: &Point<K>, parent: &Point<K>) -> Point<K> {
        let expected = self.expected(parent);
        let vector = std::array::from_fn(|i| child.vector[i] - expected.vector[i]);
        Point { bias: child.bias - expected.bias, vector }
    }

    /// L W.
    pub(super) fn coupling(&self, precision: &Point<K>) -> Coupling<K> {
        let mut bias = Point::ZERO;
        bias.bias = precision.bias * self.rho;
        let vector = std::array::from_fn(|i| Point {
            bias: 0.0,
            vector: self.rotation[i].map(|x| precision.vector[i] * self.scale * x),
        });
        Coupling { bias, vector }
    }

    /// Adds what a child, summed out, says of its parent: precision WᵀLW − TᵀT and term Tᵀy − WᵀLx, where T = U⁻ᵀLW
    /// is `towards`, y = U⁻ᵀh `solved` and x `offset`.
    #[inline(always)]
    pub(super) fn pass_up<T: Number>(
        &self,
        parent: &mut Information<K, T>,
        precision: &Point<K>,
        offset: &Point<K, T>,
        towards: &Coupling<K, T>,
        solved: &Point<K, T>,
    ) {
        let constant = |x: f32| solved.bias.like(x);
        let mut weighed = *offset;
        weighed.bias = weighed.bias * constant(precision.bias);
        for i in 0..K {
            weighed.vector[i] = weighed.vector[i] * constant(precision.vector[i]);
        }
        let pull = self.expected_back(&weighed);
        parent.bias = parent.bias + constant(self.rho * self.rho * precision.bias);
        parent.bias_term = parent.bias_term - pull.bias;
        // X is orthogonal and λ one number, so that WᵀLW is diagonal.
        let square = self.scale * self.scale * self.lambda;
        for i in 0..K {
            parent.vector[i][i] = parent.vector[i][i] + constant(square);
            parent.vector_term[i] = parent.vector_term[i] - pull.vector[i];
        }
        parent.take_row(&towards.bias, solved.bias);
        for i in 0..K {
            parent.take_row(&towards.vector[i], solved.vector[i]);
        }
    }

    /// Draws ρ, τ, X, c and λ in turn from pairs of deviations from the means (parent, child). A priori ρ ~ N(½, 1),
    /// τ ~ Gamma(½, rate 1/20), X is any orthogonal matrix, c ~ N(½, 1) above 0, λ ~ Gamma(½, rate ½).
    pub(super) fn draw(&mut self, pairs: impl Iterator<Item = (Point<K>, Point<K>)>, chance: &mut Generator) {
        let (mut n, mut aa, mut ab, mut bb) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        let (mut square_a, mut square_b, mut moments) = (0.0_f64, 0.0_f64, [[0.0_f64; K]; K]);
        for (a, b) in pairs {
            n += 1.0;
            aa += f64::from(a.bias).powi(2);
            ab += f64::from(a.bias) * f64::from(b.bias);
            bb += f64::from(b.bias).powi(2);
            for i in 0..K {
                square_a += f64::from(a.vector[i]).powi(2);
                square_b += f64::from(b.vector[i]).powi(2);
                for j in 0..K {
                    moments[i][j] += f64::from(b.vector[i]) * f64::from(a.vector[j]);
                }
            }
        }
        let tau = f64::from(self.tau);
        let precision = tau * aa + 1.0;
        let rho = (tau * ab + 0.5) / precision + f64::from(chance.normal()) / precision.sqrt();
        self.rho = rho as f32;
        let square = (bb - 2.0 * rho * ab + rho * rho * aa).max(0.0);
        self.tau = (chance.gamma(f64::midpoint(1.0, n)) / f64::midpoint(0.1, square)) as f32;
        if !self.vectors {
            return;
        }
        let lambda = f64::from(self.lambda);
        let mut rotation = self.rotation.map(|row| row.map(f64::from));
        if self.turns {
            orthogonal::draw(&mut rotation, &moments, lambda * f64::from(self.scale), chance);
        }
        self.rotation = rotation.map(|row| row.map(|x| x as f32));
        let together: f64 = (0..K).map(|i| (0..K).map(|j| rotation[i][j] * moments[i][j]).sum::<f64>()).sum();
        let precision = lambda * square_a + 1.0;
        // c > 0: a normal cut off at 0, since X may be turned around but a length may not.
        let (mean, deviation) = ((lambda * together + 0.5) / precision, precision.sqrt().recip());
        let unit = chance.unit().clamp(1e-7, 1.0 - 1e-7);
        let beyond = f64::from(truncated((-mean / deviation) as f32, f32::INFINITY, unit));
        let scale = (mean + deviation * beyond).max(0.0);
        self.scale = scale as f32;
        self.correlation = (scale * (square_a / square_b.max(f64::MIN_POSITIVE)).sqrt()) as f32;
        let square = (square_b - 2.0 * scale * together + scale * scale * square_a).max(0.0);
        self.lambda = (chance.gamma(f64::midpoint(1.0, n * K as f64)) / f64::midpoint(1.0, square)) as f32;
    }
}
