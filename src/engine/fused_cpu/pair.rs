//! A pair share: the overlap users' two vectors should meet under X (Eqs. 3 and 4).

use std::sync::Arc;

use pulp::Simd;

use super::aligned::{Aligned, zeros};
use super::gather::{Params, Side};
use super::isa::vectorised;
use super::network::TILE;

/// A pair term with the numbers of its parameters inside.
pub(super) struct Pair {
    pub(super) from: Side,
    pub(super) to: Side,
    pub(super) pairs: Arc<Vec<(u32, u32)>>,
    /// Padded dimension.
    k: usize,
    /// Vectors of both sides, `[TILE, k]`; then the gradients by them.
    from_vectors: Aligned,
    to_vectors: Aligned,
    from_named: Vec<u32>,
    to_named: Vec<u32>,
}

impl Pair {
    pub(super) fn new(from: Side, to: Side, pairs: Arc<Vec<(u32, u32)>>, k: usize) -> Self {
        let tile = || zeros(TILE * k);
        let named = || Vec::with_capacity(TILE);
        let (from_vectors, to_vectors) = (tile(), tile());
        Self { from, to, pairs, k, from_vectors, to_vectors, from_named: named(), to_named: named() }
    }

    /// Adds a share's gradients to the parameters'. Returns the sum of its squared distances.
    pub(super) fn run<S: Simd>(&mut self, simd: S, params: &mut Params, chosen: &[u32], weight: f32) -> f64 {
        let k = self.k;
        let factor = 2.0 * weight / chosen.len() as f32;
        let wanted = (self.from.activate(params), self.to.activate(params));
        let mut sum = 0.0;
        for chosen in chosen.chunks(TILE) {
            self.from_named.clear();
            self.to_named.clear();
            for &pair in chosen {
                let (from, to) = self.pairs[pair as usize];
                self.from_named.push(from);
                self.to_named.push(to);
            }
            self.from.gather(simd, params, &self.from_named, &mut self.from_vectors, k);
            self.to.gather(simd, params, &self.to_named, &mut self.to_vectors, k);
            let n = chosen.len() * k;
            let (from, to) = (&mut self.from_vectors[..n], &mut self.to_vectors[..n]);
            sum += vectorised!(simd, {
                let mut sum = 0.0;
                for (from, to) in from.chunks_exact_mut(k).zip(to.chunks_exact_mut(k)) {
                    let mut row = 0.0;
                    for (from, to) in from.iter_mut().zip(to) {
                        let distance = *from - *to;
                        row += distance * distance;
                        *from = factor * distance;
                        *to = -*from;
                    }
                    sum += f64::from(row);
                }
                sum
            });
            if wanted.0 {
                self.from.scatter(simd, params, &self.from_named, &self.from_vectors, k, None);
            }
            if wanted.1 {
                self.to.scatter(simd, params, &self.to_named, &self.to_vectors, k, None);
            }
        }
        sum
    }
}
