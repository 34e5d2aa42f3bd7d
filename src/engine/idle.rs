//! What Adam does with a row while no step names it: its gradient is 0, its moments fade, and it goes on moving by what
//! momentum it has. All of that is known beforehand, so that it is made up for in one go when the row is named again:
//! Adam as published, at a cost that does not grow with the table.
//!
//! After n idle steps from step s on, m became m β₁ⁿ, v became v β₂ⁿ, and the value moved by −m Σⱼ wⱼ / (√v qⱼ + ε),
//! with wⱼ = rate(s+j) β₁ʲ, qⱼ = correction(s+j) √β₂ʲ and j = 1 … n. The weights wⱼ fade within tens of steps, in which qⱼ
//! hardly changes. With W = Σ wⱼ, and the mean q̄ and the variance Q of qⱼ under these weights, the sum is
//! W / (√v q̄ + ε) · (1 + v Q / (√v q̄ + ε)²) up to the third moment of qⱼ / q̄: one formula for all of a row.

use super::adam::Rule;
use crate::engine::Adam;

/// Momentum is gone after so many steps: β₁ʲ is below 2e-6 for β₁ = 0.9.
const MEMORY: usize = 128;

/// Up to so many idle steps are done one by one, which is as fast.
const FEW: u32 = 2;

/// In the first steps the correction changes too fast for the formula.
const FIRST: u32 = 64;

/// The idle steps of one table.
pub(super) struct Idle {
    adam: Adam,
    weight_decay: f32,
    /// rate, rate · correction and rate · correction² by step, from step 1, up to where they no longer change.
    factors: [Vec<f32>; 3],
    /// β₁ʲ, (β₁ √β₂)ʲ and (β₁ β₂)ʲ from j = 1.
    powers: [Vec<f32>; 3],
}

impl Idle {
    pub(super) fn new(adam: Adam, weight_decay: f32) -> Self {
        let (beta_1, beta_2) = (f64::from(adam.beta_1), f64::from(adam.beta_2));
        let powers = [beta_1, beta_1 * beta_2.sqrt(), beta_1 * beta_2]
            .map(|base| (1..=MEMORY as i32).map(|j| base.powi(j) as f32).collect());
        Self { adam, weight_decay, factors: Default::default(), powers }
    }

    /// Whether the formula holds: without decay, and with a memory that fades in time.
    fn has_formula(&self) -> bool {
        self.weight_decay == 0.0 && self.powers[0].last().is_some_and(|p| *p < 1e-5)
    }

    /// Has the factors ready up to a step.
    pub(super) fn prepare(&mut self, step: u32) {
        let settled = |rates: &[f32], n: usize| n > MEMORY && rates[n - 1] == rates[n - MEMORY];
        while self.factors[0].len() < step as usize {
            let n = self.factors[0].len();
            if settled(&self.factors[0], n) && settled(&self.factors[1], n) {
                return;
            }
            let Rule { rate, correction, .. } = Rule::new(&self.adam, 0.0, n as u32 + 1);
            for (factors, factor) in self.factors.iter_mut().zip([1.0, correction, correction * correction]) {
                factors.push(rate * factor);
            }
        }
    }

    /// Makes up for the idle steps after step `last` up to and with step `now` on a row.
    pub(super) fn catch_up(&self, last: u32, now: u32, value: &mut [f32], m: &mut [f32], v: &mut [f32]) {
        let steps = now - last;
        if steps == 0 {
            return;
        }
        if steps <= FEW || last < FIRST || !self.has_formula() {
            return self.step_by_step(last, now, value, m, v);
        }
        let [w, wq, wqq] = [0, 1, 2].map(|n| self.sum(n, last, steps));
        let mean = wq / w;
        let variance = (wqq / w - mean * mean).max(0.0);
        let fade = |beta: f32| beta.powi(steps as i32);
        let (fade_m, fade_v) = (fade(self.adam.beta_1), fade(self.adam.beta_2));
        let epsilon = self.adam.epsilon;
        for ((value, m), v) in value.iter_mut().zip(m).zip(v) {
            let one_over = 1.0 / (v.sqrt() * mean + epsilon);
            *value -= *m * w * one_over * (1.0 + *v * variance * one_over * one_over);
            *m *= fade_m;
            *v *= fade_v;
        }
    }

    /// W, Σ wⱼ qⱼ or Σ wⱼ qⱼ².
    fn sum(&self, n: usize, last: u32, steps: u32) -> f32 {
        let (factors, powers) = (&self.factors[n], &self.powers[n][..MEMORY.min(steps as usize)]);
        let Some(&settled) = factors.last() else { return 0.0 };
        let known = factors.get(last as usize..).unwrap_or(&[]);
        let known = &known[..known.len().min(powers.len())];
        let sum: f32 = super::fused_cpu::loops::dot::<0>(known, &powers[..known.len()]);
        sum + settled * powers[known.len()..].iter().sum::<f32>()
    }

    fn step_by_step(&self, last: u32, now: u32, value: &mut [f32], m: &mut [f32], v: &mut [f32]) {
        for step in last + 1..=now {
            let rule = Rule::new(&self.adam, self.weight_decay, step);
            for ((value, m), v) in value.chunks_mut(8).zip(m.chunks_mut(8)).zip(v.chunks_mut(8)) {
                rule.apply_all(value, m, v, &[0.0; 8][..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    #[test]
    fn idle_steps_in_one_go_are_those_one_by_one() {
        let mut rng = Generator::new(1, "idle");
        let mut idle = Idle::new(Adam::new(1e-3), 0.0);
        for (last, now) in [(1, 2), (1, 9), (20, 120), (64, 90), (700, 720), (700, 1_900), (60_000, 60_080)] {
            idle.prepare(now);
            let start = rng.normals(16, 0.1);
            // Moments as they are after a named step that followed others like it; some are so small that ε counts, one
            // never had a gradient.
            let mut gradient = rng.normals(16, 1e-3);
            (gradient[0], gradient[1], gradient[2], gradient[3]) = (0.0, 1e-10, 1e-7, 1e-6);
            let m: Vec<f32> = gradient.iter().map(|g| 0.3 * g).collect();
            let v: Vec<f32> = gradient.iter().map(|g| 0.01 * g * g).collect();
            let run = |in_one_go: bool| {
                let (mut value, mut m, mut v) = (start.clone(), m.clone(), v.clone());
                match in_one_go {
                    true => idle.catch_up(last, now, &mut value, &mut m, &mut v),
                    false => idle.step_by_step(last, now, &mut value, &mut m, &mut v),
                }
                (value, m, v)
            };
            let (once, steps) = (run(true), run(false));
            let moved = start.iter().zip(&steps.0).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            for (n, (a, b)) in once.0.iter().zip(&steps.0).enumerate() {
                assert!((a - b).abs() < 1e-3 * moved + 5e-8, "{last} {now} {n}: {a} {b} of {moved}");
            }
            for (a, b) in once.1.iter().zip(&steps.1).chain(once.2.iter().zip(&steps.2)) {
                assert!((a - b).abs() <= 1e-3 * b.abs() + 1e-30, "{last} {now}: {a} {b}");
            }
        }
    }
}
