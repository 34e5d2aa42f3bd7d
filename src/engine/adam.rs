//! Adam's rule on slices (Kingma and Ba 2015, algorithm 1), with the two bias corrections folded into two factors.

use super::Adam;
use super::tiny;

/// The rule of the step that was asked for last: all parameters that are trained in every step have the same.
pub(super) struct Rules {
    adam: Adam,
    last: (u32, Rule),
}

impl Rules {
    /// Nothing is known yet.
    pub(super) fn new(adam: Adam) -> Self {
        Self { adam, last: (1, Rule::new(&adam, 0.0, 1)) }
    }

    /// [`Rule::new`].
    #[inline(always)]
    pub(super) fn of(&mut self, weight_decay: f32, step: u32) -> Rule {
        if self.last.0 != step {
            self.last = (step, Rule::new(&self.adam, 0.0, step));
        }
        Rule { weight_decay, ..self.last.1 }
    }
}

/// The numbers of one step of one parameter.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    beta_1: f32,
    beta_2: f32,
    epsilon: f32,
    weight_decay: f32,
    /// Learning rate / (1 − β₁ᵗ).
    pub(super) rate: f32,
    /// 1 / √(1 − β₂ᵗ).
    pub(super) correction: f32,
}

impl Rule {
    /// The rule of a parameter's `step`-th step, counted from 1.
    pub(super) fn new(adam: &Adam, weight_decay: f32, step: u32) -> Self {
        let power = |beta: f32| f64::from(beta).powi(step.min(i32::MAX as u32) as i32);
        Self {
            beta_1: adam.beta_1,
            beta_2: adam.beta_2,
            epsilon: adam.epsilon,
            weight_decay,
            rate: (f64::from(adam.learning_rate) / (1.0 - power(adam.beta_1))) as f32,
            correction: (1.0 / (1.0 - power(adam.beta_2)).sqrt()) as f32,
        }
    }

    /// One number: the value and both moments after the gradient `g`. What has become too small is zero: a number that
    /// only ever shrinks would end where processors are slow (see [`tiny`]).
    #[inline(always)]
    fn apply(&self, value: &mut f32, m: &mut f32, v: &mut f32, g: f32) {
        let g = g + self.weight_decay * *value;
        *m = tiny::moment(*m + (1.0 - self.beta_1) * (g - *m));
        *v = tiny::square(*v + (1.0 - self.beta_2) * (tiny::squared(g) - *v));
        *value = tiny::weight(*value - self.rate * *m / (v.sqrt() * self.correction + self.epsilon));
    }

    /// Slices of one length; the gradient is zero afterwards.
    #[inline(always)]
    pub(super) fn apply_and_clear(&self, values: &mut [f32], m: &mut [f32], v: &mut [f32], g: &mut [f32]) {
        for (((value, m), v), g) in values.iter_mut().zip(m).zip(v).zip(g) {
            self.apply(value, m, v, *g);
            *g = 0.0;
        }
    }

    /// Slices of one length.
    #[inline(always)]
    pub(super) fn apply_all(&self, values: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32]) {
        for (((value, m), v), &g) in values.iter_mut().zip(m).zip(v).zip(g) {
            self.apply(value, m, v, g);
        }
    }
}
