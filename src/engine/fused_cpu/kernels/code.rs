//! The code of a product: as [`Product`](super::super::product::Product), but with every length and distance a constant,
//! so that addresses need no arithmetic.

use super::assembler::{Code, F32, I32, Local, V128, Vector, module as assembled};

/// All that makes a product, but for where its numbers are.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Shape {
    pub(super) a_row: u32,
    pub(super) a_step: u32,
    pub(super) w_row: u32,
    pub(super) y_row: u32,
    pub(super) rows: u32,
    pub(super) depth: u32,
    pub(super) outputs: u32,
    pub(super) start: Start,
    pub(super) finish: Finish,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Start {
    Zero,
    Y,
    Bias,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Finish {
    Plain,
    Relu,
    BehindRelu,
}

impl Shape {
    /// A number that shapes seldom have in common.
    pub(super) fn hash(&self) -> usize {
        let lengths = [self.a_row, self.a_step, self.w_row, self.y_row, self.rows, self.depth, self.outputs];
        let kind = 3 * self.start as u32 + self.finish as u32;
        let hash = lengths.iter().fold(kind, |hash, length| (hash ^ length).wrapping_mul(0x9e37_79b1));
        (hash >> 16) as usize
    }
}

/// Vectors of outputs that are done together.
const VECTORS: u32 = 2;

const BYTES: u32 = 4;
const VECTOR_BYTES: u32 = 16;

/// Rows that are done together. With a + b · c in one instruction the sums are what the processor waits for, and six rows
/// are twelve of them; in two instructions six rows are more than V8 finds registers for.
fn together(relaxed: bool) -> u32 {
    if relaxed { 6 } else { 4 }
}

// Parameters.
const A: Local = Local(0);
const W: Local = Local(1);
const Y: Local = Local(2);
const BIAS: Local = Local(3);
const OUTPUTS: Local = Local(4);
const SCALE: Local = Local(5);
const PARAMETERS: [u8; 6] = [I32, I32, I32, I32, I32, F32];
// Where the rows, the block and the term of the sum begin that are being done, and what is left of each.
const ROW_A: Local = Local(6);
const ROW_Y: Local = Local(7);
const ROW_OUTPUTS: Local = Local(8);
const BLOCK_W: Local = Local(9);
const BLOCK_Y: Local = Local(10);
const BLOCK_BIAS: Local = Local(11);
const BLOCK_OUTPUTS: Local = Local(12);
const TERM_A: Local = Local(13);
const TERM_W: Local = Local(14);
const ROWS_LEFT: Local = Local(15);
const BLOCKS_LEFT: Local = Local(16);
const TERMS_LEFT: Local = Local(17);
const INTEGERS: u32 = 12;
/// The first vector.
const FACTOR: Local = Local(18);

fn weights(v: u32) -> Local {
    Local(FACTOR.0 + 1 + v)
}

fn sum(r: u32, v: u32) -> Local {
    Local(FACTOR.0 + 1 + VECTORS + r * VECTORS + v)
}

/// The module of a product, with relaxed SIMD or without.
pub(super) fn module(shape: &Shape, relaxed: bool) -> Vec<u8> {
    let mut kernel = Kernel { shape, relaxed, code: Code::default() };
    kernel.rows();
    let vectors = 1 + VECTORS + together(relaxed) * VECTORS;
    assembled(&PARAMETERS, &[(INTEGERS, I32), (vectors, V128)], kernel.code)
}

struct Kernel<'a> {
    shape: &'a Shape,
    relaxed: bool,
    code: Code,
}

impl Kernel<'_> {
    /// All rows: as many together as there can be, the rest four by four.
    fn rows(&mut self) {
        let Shape { rows, finish, .. } = *self.shape;
        self.copy(A, ROW_A);
        self.copy(Y, ROW_Y);
        if finish == Finish::BehindRelu {
            self.copy(OUTPUTS, ROW_OUTPUTS);
        }
        let most = together(self.relaxed);
        let mut strips = rows / most;
        while !(rows - strips * most).is_multiple_of(4) {
            strips -= 1;
        }
        self.strips(most, strips);
        self.strips(4, (rows - strips * most) / 4);
    }

    fn copy(&mut self, from: Local, to: Local) {
        self.code.get(from);
        self.code.set(to);
    }

    /// `n` times `rows` rows, and on to the next.
    fn strips(&mut self, rows: u32, n: u32) {
        if n == 0 {
            return;
        }
        let Shape { a_row, y_row, outputs, finish, start, .. } = *self.shape;
        self.repeat(ROWS_LEFT, n, |kernel| {
            kernel.copy(W, BLOCK_W);
            kernel.copy(ROW_Y, BLOCK_Y);
            kernel.copy(BIAS, BLOCK_BIAS);
            kernel.copy(ROW_OUTPUTS, BLOCK_OUTPUTS);
            kernel.repeat(BLOCKS_LEFT, outputs * BYTES / (VECTORS * VECTOR_BYTES), |kernel| {
                kernel.block(rows);
                kernel.code.advance(BLOCK_W, VECTORS * VECTOR_BYTES);
                kernel.code.advance(BLOCK_Y, VECTORS * VECTOR_BYTES);
                if start == Start::Bias {
                    kernel.code.advance(BLOCK_BIAS, VECTORS * VECTOR_BYTES);
                }
                if finish == Finish::BehindRelu {
                    kernel.code.advance(BLOCK_OUTPUTS, VECTORS * VECTOR_BYTES);
                }
            });
            kernel.code.advance(ROW_A, BYTES * rows * a_row);
            kernel.code.advance(ROW_Y, BYTES * rows * y_row);
            if finish == Finish::BehindRelu {
                kernel.code.advance(ROW_OUTPUTS, BYTES * rows * y_row);
            }
        });
    }

    /// Some rows by two vectors of outputs.
    fn block(&mut self, rows: u32) {
        let Shape { y_row, start, finish, .. } = *self.shape;
        let of_block = move |r: u32, v: u32| BYTES * r * y_row + v * VECTOR_BYTES;
        for v in 0..VECTORS {
            for r in 0..rows {
                match start {
                    Start::Zero => self.code.zeros(),
                    Start::Y => {
                        self.code.get(BLOCK_Y);
                        self.code.load(of_block(r, v));
                    }
                    Start::Bias => {
                        self.code.get(BLOCK_BIAS);
                        self.code.load(v * VECTOR_BYTES);
                    }
                }
                self.code.set(sum(r, v));
            }
        }
        self.sums(rows);
        for r in 0..rows {
            for v in 0..VECTORS {
                self.code.get(BLOCK_Y);
                self.code.get(sum(r, v));
                match finish {
                    Finish::Plain => {}
                    Finish::Relu => {
                        self.code.zeros();
                        self.code.vector(Vector::PseudoMaximum);
                    }
                    Finish::BehindRelu => {
                        self.code.get(SCALE);
                        self.code.vector(Vector::Splat);
                        self.code.vector(Vector::Multiply);
                        self.code.get(BLOCK_OUTPUTS);
                        self.code.load(of_block(r, v));
                        self.code.zeros();
                        self.code.vector(Vector::Greater);
                        self.code.vector(Vector::And);
                    }
                }
                self.code.store(of_block(r, v));
            }
        }
    }

    /// The sums over t. Without relaxed SIMD, four terms at a time where that comes out even: with it, there is time for
    /// the counting.
    fn sums(&mut self, rows: u32) {
        let Shape { a_row, a_step, w_row, depth, .. } = *self.shape;
        let terms = if !self.relaxed && depth.is_multiple_of(4) { 4 } else { 1 };
        self.copy(ROW_A, TERM_A);
        self.copy(BLOCK_W, TERM_W);
        self.repeat(TERMS_LEFT, depth / terms, |kernel| {
            for t in 0..terms {
                for v in 0..VECTORS {
                    kernel.code.get(TERM_W);
                    kernel.code.load(BYTES * t * w_row + v * VECTOR_BYTES);
                    kernel.code.set(weights(v));
                }
                for r in 0..rows {
                    kernel.code.get(TERM_A);
                    kernel.code.load_splat(BYTES * (t * a_step + r * a_row));
                    kernel.code.set(FACTOR);
                    for v in 0..VECTORS {
                        kernel.multiply_add(weights(v), sum(r, v));
                    }
                }
            }
            kernel.code.advance(TERM_A, BYTES * terms * a_step);
            kernel.code.advance(TERM_W, BYTES * terms * w_row);
        });
    }

    /// sum += factor · weights
    fn multiply_add(&mut self, weights: Local, sum: Local) {
        let code = &mut self.code;
        if self.relaxed {
            code.get(FACTOR);
            code.get(weights);
            code.get(sum);
            code.vector(Vector::RelaxedMultiplyAdd);
        } else {
            code.get(sum);
            code.get(FACTOR);
            code.get(weights);
            code.vector(Vector::Multiply);
            code.vector(Vector::Add);
        }
        code.set(sum);
    }

    fn repeat(&mut self, counter: Local, times: u32, body: impl FnOnce(&mut Self)) {
        let Self { shape, relaxed, .. } = *self;
        self.code.repeat(counter, times, |code| {
            let mut inner = Kernel { shape, relaxed, code: std::mem::take(code) };
            body(&mut inner);
            *code = inner.code;
        });
    }
}
