//! Adam for the map, as an alternative to the plain gradient step of Algorithm 1.

use super::{Mapping, Orthogonalisation, check_pairs};
use crate::error::Result;
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::StateWriter;

/// Adam for X: the moments of its k x k entries, kept between steps.
///
/// The gradient is first freed of its part that points out of the orthogonal matrices, G − X (Xᵀ G + Gᵀ X) /
/// 2. The plain step leaves that part to the orthogonalisation, but it does not vanish at the minimum, and
/// Adam, which scales every entry to the same size, would turn it into a wandering X.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingAdam {
    first: Vec<f64>,
    second: Vec<f64>,
    steps: usize,
}

impl MappingAdam {
    const BETA_1: f64 = 0.9;
    const BETA_2: f64 = 0.999;
    const EPSILON: f64 = 1e-8;

    /// No step made yet; the size comes with the first one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes it down.
    ///
    /// # Errors
    /// Never in practice.
    pub(crate) fn write(&self, name: &str, state: &mut StateWriter) -> Result<()> {
        state.doubles(&format!("{name}.first"), &self.first);
        state.doubles(&format!("{name}.second"), &self.second);
        state.say(&format!("{name}.steps"), self.steps)
    }

    /// What [`MappingAdam::write`] wrote of a map of k dimensions.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn read(name: &str, k: usize, parts: &mut Parts) -> Checked<Self> {
        let steps = parts.scalar(&format!("{name}.steps"))?;
        let size = [if steps == 0 { 0 } else { k * k }];
        let mut moments = |which: &str| parts.doubles(&format!("{name}.{which}"), &size);
        Ok(Self { first: moments("first")?, second: moments("second")?, steps })
    }

    /// As [`Mapping::gradient_step`], with Adam (β₁ 0.9, β₂ 0.999, ε 1e-8). Returns the mean loss per pair
    /// before the step (both halves).
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person.
    ///
    /// # Errors
    /// Shapes that do not fit, or a number that is not finite; X is then as before.
    pub fn step(
        &mut self,
        mapping: &mut Mapping,
        wa: &[f32],
        wb: &[f32],
        learning_rate: f32,
        orthogonalisation: Orthogonalisation,
    ) -> Result<f64> {
        let n = check_pairs(mapping.k(), wa, wb)?;
        if n == 0 {
            return Ok(0.0);
        }
        let x = &mapping.b_from_a;
        let gradient = mapping.gradient(wa, wb) / n as f64;
        let inward = x.transpose() * &gradient;
        let tangent = &gradient - x * (&inward + inward.transpose()) * 0.5;

        if self.first.len() != tangent.len() {
            *self = Self { first: vec![0.0; tangent.len()], second: vec![0.0; tangent.len()], steps: 0 };
        }
        self.steps += 1;
        let correction = |beta: f64| 1.0 - beta.powf(self.steps as f64);
        let (correction_1, correction_2) = (correction(Self::BETA_1), correction(Self::BETA_2));
        let mut moved = x.clone();
        for (((x, g), first), second) in
            moved.iter_mut().zip(&tangent).zip(&mut self.first).zip(&mut self.second)
        {
            *first += (1.0 - Self::BETA_1) * (g - *first);
            *second += (1.0 - Self::BETA_2) * (g * g - *second);
            let scale = (*second / correction_2).sqrt() + Self::EPSILON;
            *x -= f64::from(learning_rate) * (*first / correction_1) / scale;
        }
        mapping.finish_step(moved, wa, wb, self.steps, learning_rate, orthogonalisation)
    }
}
