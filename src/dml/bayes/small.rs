//! The k × k systems of the sampler: what is known of a bias and a vector, jointly normal, as precision and linear term, its
//! Cholesky factor, and draws from it. The bias is kept apart so that vectors fill vector registers.

use pulp::Simd;

use super::lanes::{Lanes, MOST, Number};

/// Precision P and linear term h of (bias, vector): the density is ∝ exp(−½ xᵀPx + hᵀx). `T` is a number, or one of each of
/// several systems side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Information<const K: usize, T = f32> {
    pub(super) bias: T,
    /// Between the bias and the vector.
    pub(super) cross: [T; K],
    /// Symmetric: what is below the diagonal has no meaning.
    pub(super) vector: [[T; K]; K],
    pub(super) bias_term: T,
    pub(super) vector_term: [T; K],
}

/// A bias and a vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point<const K: usize, T = f32> {
    pub(super) bias: T,
    pub(super) vector: [T; K],
}

impl<const K: usize> Point<K> {
    pub(super) const ZERO: Self = Self { bias: 0.0, vector: [0.0; K] };

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

    /// In all lanes.
    #[inline(always)]
    pub(super) fn splat<S: Simd>(&self, simd: S) -> Point<K, Lanes<S>> {
        let mut new = Point::none(Lanes::splat(simd, self.bias));
        new.bias = Lanes::splat(simd, self.bias);
        for i in 0..K {
            new.vector[i] = Lanes::splat(simd, self.vector[i]);
        }
        new
    }
}

impl<const K: usize, T: Number> Point<K, T> {
    /// 0, in as many lanes as a number has. (Not by `map`: calls of closures that are not inlined are compiled for the
    /// least of processors.)
    #[inline(always)]
    pub(super) fn none(like: T) -> Self {
        let zero = like.like(0.0);
        Self { bias: zero, vector: [zero; K] }
    }

    /// ⟨x, y⟩ over bias and vector.
    #[inline(always)]
    pub(super) fn dot(&self, other: &Self) -> T {
        let mut sum = self.bias * other.bias;
        for i in 0..K {
            sum = self.vector[i].times_plus(other.vector[i], sum);
        }
        sum
    }

    #[inline(always)]
    fn take(&mut self, other: &Self, times: T) {
        self.bias = self.bias.less(other.bias, times);
        for i in 0..K {
            self.vector[i] = self.vector[i].less(other.vector[i], times);
        }
    }

    #[inline(always)]
    fn scale(&mut self, by: T) {
        self.bias = self.bias * by;
        for i in 0..K {
            self.vector[i] = self.vector[i] * by;
        }
    }
}

impl<const K: usize, S: Simd> Point<K, Lanes<S>> {
    /// Lanes apart: calls with the number and the point of each.
    #[inline(always)]
    pub(super) fn each(&self, mut then: impl FnMut(usize, Point<K>)) {
        let (mut biases, mut vectors) = ([0.0; MOST], [[0.0; MOST]; K]);
        self.bias.store(&mut biases);
        for i in 0..K {
            self.vector[i].store(&mut vectors[i]);
        }
        for lane in 0..S::F32_LANES {
            let mut vector = [0.0; K];
            for i in 0..K {
                vector[i] = vectors[i][lane];
            }
            then(lane, Point { bias: biases[lane], vector });
        }
    }

    /// One point a lane, the first ones of as many as `count`; nothing in the lanes behind.
    #[inline(always)]
    pub(super) fn side_by_side<'a>(simd: S, count: usize, point: impl Fn(usize) -> &'a Point<K>) -> Self {
        let (mut biases, mut vectors) = ([0.0; MOST], [[0.0; MOST]; K]);
        for lane in 0..count.min(S::F32_LANES) {
            let point = point(lane);
            biases[lane] = point.bias;
            for i in 0..K {
                vectors[i][lane] = point.vector[i];
            }
        }
        let mut new = Self::none(Lanes::of(simd, biases));
        new.bias = Lanes::of(simd, biases);
        for i in 0..K {
            new.vector[i] = Lanes::of(simd, vectors[i]);
        }
        new
    }

    /// K + 1 numbers for each lane.
    #[inline(always)]
    pub(super) fn load(simd: S, from: &[f32]) -> Self {
        let mut new = Self::none(Lanes::load(simd, from));
        new.bias = Lanes::load(simd, from);
        for i in 0..K {
            new.vector[i] = Lanes::load(simd, &from[(1 + i) * S::F32_LANES..]);
        }
        new
    }
}

/// U with P = UᵀU, its diagonal inverted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factor<const K: usize, T = f32> {
    bias: T,
    cross: [T; K],
    /// Rows of U; what is on or below the diagonal has no meaning.
    vector: [[T; K]; K],
    diagonal: [T; K],
}

impl<const K: usize> Information<K> {
    /// Nothing known.
    pub(super) const NONE: Self =
        Self { bias: 0.0, cross: [0.0; K], vector: [[0.0; K]; K], bias_term: 0.0, vector_term: [0.0; K] };

    /// Becomes what observations y = bias + ⟨other, vector⟩ say, each given as (other, weight, y), its precision the
    /// weight. Without `WEIGHTED` all weights count as 1.
    #[inline(always)]
    pub(super) fn observe<'a, const WEIGHTED: bool, S: Simd>(
        &mut self,
        simd: S,
        rows: impl Iterator<Item = (&'a [f32; K], f32, f32)> + Clone,
    ) {
        let mut block = 0;
        while block * S::F32_LANES < K {
            // Rows of the upper half that reach into these columns, as many at a time as registers hold.
            let last = K.min((block + 1) * S::F32_LANES);
            let mut row = 0;
            while row < last {
                let few = last - row <= 4;
                let rows = rows.clone();
                match (row == 0, few) {
                    (true, true) => self.observe_block::<WEIGHTED, true, 4, S>(simd, rows, block, row),
                    (true, false) => self.observe_block::<WEIGHTED, true, 8, S>(simd, rows, block, row),
                    (false, true) => self.observe_block::<WEIGHTED, false, 4, S>(simd, rows, block, row),
                    (false, false) => self.observe_block::<WEIGHTED, false, 8, S>(simd, rows, block, row),
                }
                row += if few { 4 } else { 8 };
            }
            block += 1;
        }
    }

    /// `ROWS` rows of P from a row on, one register of their columns; with the `FIRST` of them the linear term as well.
    #[inline(always)]
    fn observe_block<'a, const WEIGHTED: bool, const FIRST: bool, const ROWS: usize, S: Simd>(
        &mut self,
        simd: S,
        rows: impl Iterator<Item = (&'a [f32; K], f32, f32)>,
        block: usize,
        first_row: usize,
    ) {
        let zero = Lanes::splat(simd, 0.0);
        let (mut sums, mut cross, mut term) = ([zero; ROWS], zero, zero);
        let (mut bias, mut bias_term) = (0.0, 0.0);
        for (other, weight, residual) in rows {
            let columns = columns(simd, other, block);
            let weighted = if WEIGHTED { columns * Lanes::splat(simd, weight) } else { columns };
            if FIRST {
                cross = cross + weighted;
                term = weighted.times_plus(Lanes::splat(simd, residual), term);
                if block == 0 {
                    bias += if WEIGHTED { weight } else { 1.0 };
                    bias_term += if WEIGHTED { weight * residual } else { residual };
                }
            }
            for i in 0..ROWS {
                sums[i] = weighted.times_plus(Lanes::splat(simd, other[first_row + i]), sums[i]);
            }
        }
        let start = block * S::F32_LANES;
        let end = K.min(start + S::F32_LANES);
        let write = |from: Lanes<S>, to: &mut [f32; K]| {
            if K - start >= S::F32_LANES {
                from.store(&mut to[start..end]);
            } else {
                simd.partial_store_f32s(&mut to[start..end], from.x);
            }
        };
        if FIRST {
            write(cross, &mut self.cross);
            write(term, &mut self.vector_term);
            if block == 0 {
                (self.bias, self.bias_term) = (bias, bias_term);
            }
        }
        for i in 0..ROWS {
            write(sums[i], &mut self.vector[first_row + i]);
        }
    }
}

/// A register of columns of a vector, filled up with zeros where it is shorter.
#[inline(always)]
pub(super) fn columns<const K: usize, S: Simd>(simd: S, vector: &[f32; K], block: usize) -> Lanes<S> {
    let start = block * S::F32_LANES;
    if K - start >= S::F32_LANES {
        Lanes::load(simd, &vector[start..])
    } else {
        Lanes { simd, x: simd.partial_load_f32s(&vector[start..]) }
    }
}

impl<const K: usize, S: Simd> Information<K, Lanes<S>> {
    /// One system a lane; as many must be given as there can be.
    #[inline(always)]
    pub(super) fn side_by_side(simd: S, all: &[Information<K>; MOST]) -> Self {
        let [a, b, c, d, e, f, g, h] = all;
        macro_rules! lanes {
            ($($number:tt)+) => {
                Lanes::of(
                    simd,
                    [
                        a.$($number)+, b.$($number)+, c.$($number)+, d.$($number)+,
                        e.$($number)+, f.$($number)+, g.$($number)+, h.$($number)+,
                    ],
                )
            };
        }
        let zero = Lanes::splat(simd, 0.0);
        let mut new = Self {
            bias: lanes!(bias),
            cross: [zero; K],
            vector: [[zero; K]; K],
            bias_term: lanes!(bias_term),
            vector_term: [zero; K],
        };
        for i in 0..K {
            new.cross[i] = lanes!(cross[i]);
            new.vector_term[i] = lanes!(vector_term[i]);
            for j in i..K {
                new.vector[i][j] = lanes!(vector[i][j]);
            }
        }
        new
    }
}

impl<const K: usize, T: Number> Information<K, T> {
    /// Nothing known, in as many lanes as a number has.
    #[inline(always)]
    pub(super) fn none(like: T) -> Self {
        let zero = like.like(0.0);
        Self { bias: zero, cross: [zero; K], vector: [[zero; K]; K], bias_term: zero, vector_term: [zero; K] }
    }

    /// Adds a diagonal precision around a mean.
    #[inline(always)]
    pub(super) fn prior(&mut self, precision: &Point<K, T>, mean: &Point<K, T>) {
        self.bias = self.bias + precision.bias;
        self.bias_term = precision.bias.times_plus(mean.bias, self.bias_term);
        for i in 0..K {
            self.vector[i][i] = self.vector[i][i] + precision.vector[i];
            self.vector_term[i] = precision.vector[i].times_plus(mean.vector[i], self.vector_term[i]);
        }
    }

    /// All of it times a number.
    #[inline(always)]
    pub(super) fn scale(&mut self, by: T) {
        self.bias = self.bias * by;
        self.bias_term = self.bias_term * by;
        for i in 0..K {
            self.cross[i] = self.cross[i] * by;
            self.vector_term[i] = self.vector_term[i] * by;
            for j in i..K {
                self.vector[i][j] = self.vector[i][j] * by;
            }
        }
    }

    /// Adds what is known from elsewhere.
    #[inline(always)]
    pub(super) fn add(&mut self, other: &Self) {
        self.bias = self.bias + other.bias;
        self.bias_term = self.bias_term + other.bias_term;
        for i in 0..K {
            self.cross[i] = self.cross[i] + other.cross[i];
            self.vector_term[i] = self.vector_term[i] + other.vector_term[i];
            for j in i..K {
                self.vector[i][j] = self.vector[i][j] + other.vector[i][j];
            }
        }
    }

    /// Takes ttᵀ from the precision and adds `solved` times t to the term: a row of a variable that is summed out.
    #[inline(always)]
    pub(super) fn take_row(&mut self, t: &Point<K, T>, solved: T) {
        self.bias = self.bias.less(t.bias, t.bias);
        self.bias_term = solved.times_plus(t.bias, self.bias_term);
        for i in 0..K {
            self.cross[i] = self.cross[i].less(t.bias, t.vector[i]);
            self.vector_term[i] = solved.times_plus(t.vector[i], self.vector_term[i]);
            for j in i..K {
                self.vector[i][j] = self.vector[i][j].less(t.vector[i], t.vector[j]);
            }
        }
    }

    /// The linear term.
    #[inline(always)]
    pub(super) fn term(&self) -> Point<K, T> {
        Point { bias: self.bias_term, vector: self.vector_term }
    }

    /// The Cholesky factor of P.
    #[inline(always)]
    pub(super) fn factor(&self) -> Factor<K, T> {
        let bias = self.bias.inverse_root();
        let mut rest = self.vector;
        let mut cross = self.cross;
        for i in 0..K {
            cross[i] = cross[i] * bias;
        }
        for i in 0..K {
            for j in i..K {
                rest[i][j] = rest[i][j].less(cross[i], cross[j]);
            }
        }
        let mut diagonal = cross;
        for p in 0..K {
            diagonal[p] = rest[p][p].inverse_root();
            for j in p + 1..K {
                rest[p][j] = rest[p][j] * diagonal[p];
            }
            for i in p + 1..K {
                let by = rest[p][i];
                for j in i..K {
                    rest[i][j] = rest[i][j].less(by, rest[p][j]);
                }
            }
        }
        Factor { bias, cross, vector: rest, diagonal }
    }
}

impl<const K: usize, T: Number> Factor<K, T> {
    /// U⁻ᵀ h.
    #[inline(always)]
    pub(super) fn forward(&self, term: &Point<K, T>) -> Point<K, T> {
        let bias = term.bias * self.bias;
        let mut rest = term.vector;
        for i in 0..K {
            rest[i] = rest[i].less(bias, self.cross[i]);
        }
        for p in 0..K {
            let solved = rest[p] * self.diagonal[p];
            for j in p + 1..K {
                rest[j] = rest[j].less(solved, self.vector[p][j]);
            }
            rest[p] = solved;
        }
        Point { bias, vector: rest }
    }

    /// Makes a matrix, given by its rows, the bias's first, U⁻ᵀ times it.
    #[inline(always)]
    pub(super) fn forward_rows(&self, bias: &mut Point<K, T>, vector: &mut [Point<K, T>; K]) {
        bias.scale(self.bias);
        for p in 0..K {
            let (done, rest) = vector.split_at_mut(p);
            let row = &mut rest[0];
            // Row by row, so that what is taken from one stays in registers.
            row.take(bias, self.cross[p]);
            for i in 0..p {
                row.take(&done[i], self.vector[i][p]);
            }
            row.scale(self.diagonal[p]);
        }
    }

    /// U⁻¹ y.
    #[inline(always)]
    pub(super) fn backward(&self, y: &Point<K, T>) -> Point<K, T> {
        let mut x = y.vector;
        for p in (0..K).rev() {
            let mut sum = x[p];
            for j in p + 1..K {
                sum = sum.less(self.vector[p][j], x[j]);
            }
            x[p] = sum * self.diagonal[p];
        }
        let mut sum = y.bias;
        for j in 0..K {
            sum = sum.less(self.cross[j], x[j]);
        }
        Point { bias: sum * self.bias, vector: x }
    }

    /// A draw from N(P⁻¹h, P⁻¹), given U⁻ᵀh and standard normals.
    #[inline(always)]
    pub(super) fn draw(&self, solved: &Point<K, T>, normals: &Point<K, T>) -> Point<K, T> {
        let mut y = *solved;
        y.bias = y.bias + normals.bias;
        for i in 0..K {
            y.vector[i] = y.vector[i] + normals.vector[i];
        }
        self.backward(&y)
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};
    use pulp::{Scalar, WithSimd};

    use super::*;
    use crate::engine::Isa;
    use crate::rng::Generator;

    const K: usize = 8;

    fn dense(of: &Information<K>) -> (DMatrix<f64>, DVector<f64>) {
        let precision = DMatrix::from_fn(K + 1, K + 1, |i, j| {
            f64::from(match (i, j) {
                (0, 0) => of.bias,
                (0, i) | (i, 0) => of.cross[i - 1],
                (i, j) => of.vector[i.min(j) - 1][i.max(j) - 1],
            })
        });
        let term = DVector::from_fn(K + 1, |i, _| {
            f64::from(if i == 0 { of.bias_term } else { of.vector_term[i - 1] })
        });
        (precision, term)
    }

    fn observed() -> Information<K> {
        let mut chance = Generator::new(3, "small systems");
        let rows: Vec<([f32; K], f32, f32)> = (0..5)
            .map(|_| (std::array::from_fn(|_| chance.normal()), 0.5 + chance.unit(), chance.normal()))
            .collect();
        let mut all = told::<true, K>(&rows);
        let mut mean = Point::ZERO;
        mean.vector.fill(0.3);
        all.prior(&Point { bias: 0.7, vector: [1.3; K] }, &mean);
        all
    }

    /// What rows say, by the instructions of this machine.
    fn told<const WEIGHTED: bool, const K: usize>(rows: &[([f32; K], f32, f32)]) -> Information<K> {
        struct Told<'a, const W: bool, const K: usize>(&'a [([f32; K], f32, f32)]);
        impl<const W: bool, const K: usize> WithSimd for Told<'_, W, K> {
            type Output = Information<K>;
            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> Information<K> {
                let mut known = Information::NONE;
                known.observe::<W, S>(simd, self.0.iter().map(|(other, weight, y)| (other, *weight, *y)));
                known
            }
        }
        let found = Isa::detect().run(Told::<WEIGHTED, K>(rows));
        let scalar = Told::<WEIGHTED, K>(rows).with_simd(Scalar::new());
        assert!((found.bias - scalar.bias).abs() < 1e-4 && (found.bias_term - scalar.bias_term).abs() < 1e-4);
        found
    }

    #[test]
    fn observations_add_their_outer_products_whatever_the_lanes() {
        let found = told::<true, 4>(&[([1.0, 2.0, 0.0, -1.0], 0.5, 3.0)]);
        assert_eq!((found.bias, found.cross), (0.5, [0.5, 1.0, 0.0, -0.5]));
        assert_eq!(found.vector[1][1..], [2.0, 0.0, -1.0]);
        assert_eq!((found.bias_term, found.vector_term), (1.5, [1.5, 3.0, 0.0, -1.5]));
        check::<4>();
        check::<8>();
        check::<16>();
        check::<32>();
    }

    /// Against sums in double precision.
    fn check<const K: usize>() {
        let mut chance = Generator::new(5, "observations");
        let rows: Vec<([f32; K], f32, f32)> = (0..23)
            .map(|_| (std::array::from_fn(|_| chance.normal()), 0.5 + chance.unit(), chance.normal()))
            .collect();
        for weighted in [true, false] {
            let found = if weighted { told::<true, K>(&rows) } else { told::<false, K>(&rows) };
            let sum = |of: &dyn Fn(&[f32; K], f32) -> f32| {
                (rows.iter())
                    .map(|(x, w, y)| if weighted { f64::from(w * of(x, *y)) } else { f64::from(of(x, *y)) })
                    .sum::<f64>()
            };
            let holds = |found: f32, expected: f64| assert!((f64::from(found) - expected).abs() < 1e-4);
            holds(found.bias, sum(&|_, _| 1.0));
            holds(found.bias_term, sum(&|_, y| y));
            for i in 0..K {
                holds(found.cross[i], sum(&|x, _| x[i]));
                holds(found.vector_term[i], sum(&|x, y| x[i] * y));
                (i..K).for_each(|j| holds(found.vector[i][j], sum(&|x, _| x[i] * x[j])));
            }
        }
    }

    #[test]
    fn systems_side_by_side_are_solved_as_each_alone() {
        struct Solve<'a>(&'a [Information<K>; MOST], &'a [Point<K>; MOST]);
        impl WithSimd for Solve<'_> {
            type Output = Vec<Point<K>>;
            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> Vec<Point<K>> {
                let together = Information::side_by_side(simd, self.0);
                let normals = Point::side_by_side(simd, S::F32_LANES, |lane| &self.1[lane]);
                let factor = together.factor();
                let mut drawn = Vec::new();
                factor.draw(&factor.forward(&together.term()), &normals).each(|lane, point| {
                    assert_eq!(lane, drawn.len());
                    drawn.push(point);
                });
                drawn
            }
        }
        let mut all = [observed(); MOST];
        let mut normals = [Point::ZERO; MOST];
        for lane in 0..MOST {
            all[lane].prior(
                &Point { bias: 0.1, vector: [lane as f32; K] },
                &Point { bias: 1.0, vector: [0.5; K] },
            );
            normals[lane].vector[lane] = 1.0;
        }
        for (lane, drawn) in Isa::detect().run(Solve(&all, &normals)).into_iter().enumerate() {
            let factor = all[lane].factor();
            let alone = factor.draw(&factor.forward(&all[lane].term()), &normals[lane]);
            assert!(drawn.less(&alone).dot(&drawn.less(&alone)) < 1e-10, "{drawn:?} {alone:?}");
        }
    }

    #[test]
    fn the_mean_and_the_covariance_of_draws_are_those_of_double_precision() {
        let information = observed();
        let (precision, term) = dense(&information);
        let factor = information.factor();
        let solved = factor.forward(&information.term());
        let mean = factor.draw(&solved, &Point::ZERO);
        let expected = precision.clone().cholesky().unwrap().solve(&term);
        assert!((f64::from(mean.bias) - expected[0]).abs() < 1e-5);
        (0..K).for_each(|i| assert!((f64::from(mean.vector[i]) - expected[i + 1]).abs() < 1e-5));
        // Each unit normal moves the draw by a column of U⁻¹, and U⁻¹ U⁻ᵀ = P⁻¹.
        let columns = DMatrix::from_columns(&Vec::from_iter((0..=K).map(|n| {
            let mut normals = Point::ZERO;
            *normals.vector.iter_mut().chain([&mut normals.bias]).nth(n).unwrap() = 1.0;
            let moved = factor.draw(&Point::ZERO, &normals);
            DVector::from_fn(K + 1, |i, _| f64::from(if i == 0 { moved.bias } else { moved.vector[i - 1] }))
        })));
        let covariance = &columns * columns.transpose();
        assert!((covariance - precision.try_inverse().unwrap()).abs().max() < 1e-5);
    }
}
