//! The matrix products of a tile of rows, which is where the time goes. All three of a layer (forward, gradient by the
//! input, gradient by the weights) are Σ_t a(r, t) · w(t, o): rows r by four, outputs o by two vectors, held in registers
//! while t runs.

use pulp::{Simd, WithSimd};

use super::loops::{behind_relu, positive};

/// Rows that are done together. Tiles are padded to a multiple of it.
pub(super) const ROWS: usize = 4;

/// y(r, o) = start + Σ_t a(r, t) · w(t, o) for r < `rows`, o < `outputs`, t < `depth`.
///
/// a(r, t) is `a[r * a_row + t * a_step]`, w(t, o) is `w[t * w_row + o]`, y(r, o) is `y[r * y_row + o]`.
/// `rows` is a multiple of [`ROWS`], `outputs` one of eight.
pub(super) struct Product<'a> {
    pub(super) a: &'a [f32],
    pub(super) a_row: usize,
    pub(super) a_step: usize,
    pub(super) w: &'a [f32],
    pub(super) w_row: usize,
    pub(super) y: &'a mut [f32],
    pub(super) y_row: usize,
    pub(super) rows: usize,
    pub(super) depth: usize,
    pub(super) outputs: usize,
    pub(super) start: Start<'a>,
    pub(super) finish: Finish<'a>,
}

/// What a product starts from.
#[derive(Clone, Copy)]
pub(super) enum Start<'a> {
    /// Zero.
    Zero,
    /// What is in y.
    Y,
    /// A bias for each output.
    Bias(&'a [f32]),
}

/// What becomes of a sum on its way to memory.
#[derive(Clone, Copy)]
pub(super) enum Finish<'a> {
    /// Nothing.
    Plain,
    /// max(sum, 0).
    Relu,
    /// A gradient behind ReLU and dropout: 0 where nothing came out, else times `scale`. `outputs` lie as y does.
    BehindRelu { outputs: &'a [f32], scale: f32 },
}

/// Multiplies.
#[inline(always)]
pub(super) fn multiply<S: Simd>(simd: S, product: Product) {
    product.check();
    #[cfg(target_arch = "wasm32")]
    let Some(product) = super::kernels::run(product) else { return };
    simd.vectorize(product);
}

impl Product<'_> {
    /// The kernel reads and writes without looking; this looks once.
    fn check(&self) {
        let last = |rows: usize, row: usize, steps: usize, step: usize| {
            if rows == 0 || steps == 0 { 0 } else { (rows - 1) * row + (steps - 1) * step + 1 }
        };
        assert!(self.rows.is_multiple_of(ROWS) && self.outputs.is_multiple_of(8));
        assert!(last(self.rows, self.a_row, self.depth, self.a_step) <= self.a.len());
        assert!(last(self.depth, self.w_row, self.outputs, 1) <= self.w.len());
        assert!(last(self.rows, self.y_row, self.outputs, 1) <= self.y.len());
        if let Start::Bias(bias) = self.start {
            assert!(self.outputs <= bias.len());
        }
        if let Finish::BehindRelu { outputs, .. } = self.finish {
            assert!(last(self.rows, self.y_row, self.outputs, 1) <= outputs.len());
        }
    }
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // The usual distances between rows are known to the compiler, which then needs no instruction for them.
        match (self.a_row, self.a_step) {
            (1, _) => blocks::<S, 1>(simd, self),
            (16, _) => blocks::<S, 16>(simd, self),
            (32, _) => blocks::<S, 32>(simd, self),
            (40, _) => blocks::<S, 40>(simd, self),
            _ => blocks::<S, 0>(simd, self),
        }
    }
}

/// All blocks; `A_ROW` is the distance between rows of a, or 0 where it has to be looked up.
#[inline(always)]
fn blocks<S: Simd, const A_ROW: usize>(simd: S, p: Product) {
    let y = p.y.as_mut_ptr();
    // The weights stay in the first-level cache while all rows pass.
    for row in (0..p.rows).step_by(ROWS) {
        let mut o = 0;
        // SAFETY: `check` has seen that all of it lies within the slices.
        unsafe {
            while o + 2 * S::F32_LANES <= p.outputs {
                block::<S, 2, A_ROW>(simd, &p, y, row, o);
                o += 2 * S::F32_LANES;
            }
            while o + S::F32_LANES <= p.outputs {
                block::<S, 1, A_ROW>(simd, &p, y, row, o);
                o += S::F32_LANES;
            }
            // Where vectors are wider than eight.
            while o < p.outputs {
                single(&p, y, row, o);
                o += 1;
            }
        }
    }
}

/// Four rows by `V` vectors of outputs.
#[inline(always)]
unsafe fn block<S: Simd, const V: usize, const A_ROW: usize>(
    simd: S,
    p: &Product,
    y: *mut f32,
    row: usize,
    o: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let y = y.add(row * p.y_row + o);
        let mut sums = [[simd.splat_f32s(0.0); V]; ROWS];
        match p.start {
            Start::Zero => {}
            Start::Y => {
                for (r, sums) in sums.iter_mut().enumerate() {
                    *sums = load::<S, V>(y.add(r * p.y_row));
                }
            }
            Start::Bias(bias) => sums = [load::<S, V>(bias.as_ptr().add(o)); ROWS],
        }
        let a_row = if A_ROW == 0 { p.a_row } else { A_ROW };
        let mut a = p.a.as_ptr().add(row * a_row);
        let mut w = p.w.as_ptr().add(o);
        for _ in 0..p.depth {
            let weights = load::<S, V>(w);
            for (r, sums) in sums.iter_mut().enumerate() {
                *sums = multiply_add(simd, *a.add(r * a_row), weights, *sums);
            }
            a = a.wrapping_add(p.a_step);
            w = w.wrapping_add(p.w_row);
        }
        for (r, sums) in sums.iter().enumerate() {
            for (v, sum) in sums.iter().enumerate() {
                let at = r * p.y_row + v * S::F32_LANES;
                let zero = simd.splat_f32s(0.0);
                let finished = match p.finish {
                    Finish::Plain => *sum,
                    // This way round a sum that is no number stays so and is noticed.
                    Finish::Relu => simd.select_f32s(simd.less_than_f32s(*sum, zero), zero, *sum),
                    Finish::BehindRelu { outputs, scale } => {
                        let [out] = load::<S, 1>(outputs.as_ptr().add(row * p.y_row + o + at));
                        let gradient = simd.mul_f32s(*sum, simd.splat_f32s(scale));
                        simd.select_f32s(simd.greater_than_f32s(out, zero), gradient, zero)
                    }
                };
                y.add(at).cast::<S::f32s>().write_unaligned(finished);
            }
        }
    }
}

/// `V` vectors from `at` on.
#[inline(always)]
unsafe fn load<S: Simd, const V: usize>(at: *const f32) -> [S::f32s; V] {
    // SAFETY: the caller's.
    std::array::from_fn(
        #[inline(always)]
        |v| unsafe { at.add(v * S::F32_LANES).cast::<S::f32s>().read_unaligned() },
    )
}

/// sums + x · weights
#[inline(always)]
fn multiply_add<S: Simd, const V: usize>(
    simd: S,
    x: f32,
    weights: [S::f32s; V],
    sums: [S::f32s; V],
) -> [S::f32s; V] {
    let (x, mut sums) = (simd.splat_f32s(x), sums);
    for v in 0..V {
        sums[v] = simd.mul_add_e_f32s(x, weights[v], sums[v]);
    }
    sums
}

/// Four rows by one output.
#[inline(always)]
unsafe fn single(p: &Product, y: *mut f32, row: usize, o: usize) {
    for r in row..row + ROWS {
        // SAFETY: the caller's.
        unsafe {
            let y = y.add(r * p.y_row + o);
            let mut sum = match p.start {
                Start::Zero => 0.0,
                Start::Y => *y,
                Start::Bias(bias) => *bias.get_unchecked(o),
            };
            for t in 0..p.depth {
                sum += p.a.get_unchecked(r * p.a_row + t * p.a_step) * p.w.get_unchecked(t * p.w_row + o);
            }
            *y = match p.finish {
                Finish::Plain => sum,
                Finish::Relu => positive(sum),
                Finish::BehindRelu { outputs, scale } => {
                    behind_relu(sum, *outputs.get_unchecked(r * p.y_row + o), scale)
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fused_cpu::isa::Isa;
    use crate::rng::Generator;

    #[test]
    fn products_of_all_kinds_are_those_of_plain_loops() {
        let mut rng = Generator::new(1, "product");
        for (rows, depth, outputs) in [(4, 1, 8), (8, 5, 16), (12, 40, 32), (64, 32, 24), (4, 3, 40)] {
            let (a, w) = (rng.uniforms(rows * depth, 1.0), rng.uniforms(depth * outputs, 1.0));
            let (bias, before) = (rng.uniforms(outputs, 1.0), rng.uniforms(rows * outputs, 1.0));
            let outs = rng.uniforms(rows * outputs, 1.0).into_iter().map(|x| x - 0.5).collect::<Vec<f32>>();
            for (transposed, start, finish) in [(false, 0, 0), (true, 1, 0), (false, 2, 1), (false, 0, 2)] {
                let mut y = before.clone();
                let (a_row, a_step) = if transposed { (1, rows) } else { (depth, 1) };
                let product = Product {
                    a: &a,
                    a_row,
                    a_step,
                    w: &w,
                    w_row: outputs,
                    y: &mut y,
                    y_row: outputs,
                    rows,
                    depth,
                    outputs,
                    start: [Start::Zero, Start::Y, Start::Bias(&bias)][start],
                    finish: [Finish::Plain, Finish::Relu, Finish::BehindRelu { outputs: &outs, scale: 1.25 }]
                        [finish],
                };
                product.check();
                Isa::detect().run(product);
                for (n, y) in y.iter().enumerate() {
                    let (r, o) = (n / outputs, n % outputs);
                    let begin = [0.0, before[n], bias[o]][start];
                    let sum: f32 = (0..depth).map(|t| a[r * a_row + t * a_step] * w[t * outputs + o]).sum();
                    let behind = if outs[n] > 0.0 { 1.25 * sum } else { 0.0 };
                    let expected = [begin + sum, (begin + sum).max(0.0), behind][finish];
                    assert!((y - expected).abs() < 1e-5, "{rows} {depth} {outputs} {start} {finish}");
                }
            }
        }
    }
}
