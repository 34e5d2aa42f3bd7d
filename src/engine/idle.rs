//! What Adam does with a row while no step names it: its gradient is 0, its moments fade, and it goes on moving by what
//! momentum it has. All of that is known beforehand, so that it is made up for in one go when the row is named again:
//! Adam as published, at a cost that does not grow with the table.
//!
//! After n idle steps from step s on, m became m β₁ⁿ, v became v β₂ⁿ, and the value moved by −m Σⱼ wⱼ / (√v qⱼ + ε),
//! with wⱼ = rate(s+j) β₁ʲ, qⱼ = correction(s+j) √β₂ʲ and j = 1 … n. The weights wⱼ fade within tens of steps, in which qⱼ
//! hardly changes. With W = Σ wⱼ, and the mean q̄ and the variance Q of qⱼ under these weights, the sum is
//! W / (√v q̄ + ε) · (1 + v Q / (√v q̄ + ε)²) up to the third moment of qⱼ / q̄: one formula for all of a row. (Of a single
//! step it is the rule itself. The first steps, in which qⱼ changes fast, are made up for a few at a time.)
//!
//! Σⱼ wⱼ qⱼᵏ up to n is what it is without an end, less β₁ⁿ √β₂ⁿᵏ times the same from step s + n on. So a table of these
//! sums by s is all that has to be kept.

use super::Adam;
use super::adam::Rule;
use super::tiny;

/// Momentum is gone after so many steps: β₁ʲ is below 2e-6 for β₁ = 0.9.
const MEMORY: usize = 128;

/// Up to this step the correction changes too fast for one formula.
const FIRST: u32 = 64;

/// By how many steps the table of sums grows.
const BLOCK: usize = 1024;

/// The idle steps of a table.
#[derive(Debug)]
pub(super) struct Idle {
    adam: Adam,
    weight_decay: f32,
    /// By step s: Σⱼ wⱼ qⱼᵏ over all j from 1 on, for k = 0, 1, 2; up to where they no longer change.
    sums: Vec<[f64; 3]>,
    /// (β₁ √β₂ᵏ)ʲ by j.
    powers: Vec<[f64; 3]>,
    /// From this step on, the corrections are 1.
    settled: usize,
}

/// Idle steps that one formula makes up for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    /// W.
    pub(super) weight: f32,
    /// q̄.
    pub(super) mean: f32,
    /// Q.
    pub(super) variance: f32,
    /// β₁ⁿ and β₂ⁿ.
    pub(super) fades: [f32; 2],
}

impl Idle {
    pub(super) fn new(adam: Adam, weight_decay: f32) -> Self {
        let (beta_1, beta_2) = (f64::from(adam.beta_1), f64::from(adam.beta_2));
        let bases = [beta_1, beta_1 * beta_2.sqrt(), beta_1 * beta_2];
        let powers = (0..=MEMORY as i32).map(|j| bases.map(|base| base.powi(j))).collect();
        // 1 − βᵗ is 1 as a float from there on.
        let settled = (1e-8_f64.ln() / beta_1.max(beta_2).ln()).ceil() as usize;
        Self { adam, weight_decay, sums: Vec::new(), powers, settled }
    }

    /// Whether the formula holds: without decay, and with a memory that fades in time.
    pub(super) fn has_formula(&self) -> bool {
        self.weight_decay == 0.0 && self.powers[MEMORY][0] < 1e-5
    }

    /// Has the sums ready up to a step.
    pub(super) fn prepare(&mut self, step: u32) {
        while self.has_formula() && self.sums.len() <= (step as usize).min(self.settled) {
            let (start, end) = (self.sums.len(), self.sums.len() + BLOCK);
            let mut after = [0.0; 3];
            self.sums.resize(end, after);
            // Backwards, from so far on that what follows there does not count.
            for step in (start..end + MEMORY).rev() {
                let Rule { rate, correction, .. } = Rule::new(&self.adam, 0.0, step as u32 + 1);
                let (rate, correction) = (f64::from(rate), f64::from(correction));
                let factors = [rate, rate * correction, rate * correction * correction];
                for ((after, base), factor) in after.iter_mut().zip(self.powers[1]).zip(factors) {
                    *after = base * (factor + *after);
                }
                if step < end {
                    self.sums[step] = after;
                }
            }
        }
    }

    /// The sums by step, ready for as many steps as there may be, and the powers, for a device that works with them itself.
    #[cfg_attr(not(webgpu), allow(dead_code, reason = "there is no other device"))]
    pub(super) fn tables(&mut self) -> [Vec<[f64; 3]>; 2] {
        self.prepare(self.settled as u32);
        [self.sums.clone(), self.powers.clone()]
    }

    /// The steps after `last` up to and with `now`, where the formula holds.
    pub(super) fn pieces(&self, last: u32, now: u32) -> impl Iterator<Item = Piece> {
        // A row that no step named yet has no momentum.
        let mut at = if last == 0 { now } else { last };
        std::iter::from_fn(move || {
            (at < now).then(|| {
                let end = if at < FIRST { now.min(at + (at / 2).max(1)) } else { now };
                self.piece(std::mem::replace(&mut at, end), end)
            })
        })
    }

    fn piece(&self, last: u32, now: u32) -> Piece {
        let steps = now - last;
        let powers = self.powers.get(steps as usize).unwrap_or(&[0.0; 3]);
        let (whole, rest) = (self.sums_from(last), self.sums_from(now));
        let [w, wq, wqq] = [0, 1, 2].map(|k| whole[k] - powers[k] * rest[k]);
        // Nothing moves without a learning rate.
        let (mean, variance) = if w > 0.0 { (wq / w, wqq / w - (wq / w).powi(2)) } else { (1.0, 0.0) };
        let fade = |beta: f32| beta.powi(steps as i32);
        Piece {
            weight: w as f32,
            mean: mean as f32,
            variance: variance.max(0.0) as f32,
            // After thousands of steps they are themselves too small.
            fades: [tiny::moment(fade(self.adam.beta_1)), tiny::square(fade(self.adam.beta_2))],
        }
    }

    fn sums_from(&self, step: u32) -> [f64; 3] {
        self.sums.get(step as usize).or(self.sums.last()).copied().unwrap_or_default()
    }

    /// Makes up for the idle steps after step `last` up to and with step `now` on a row.
    #[inline(always)]
    pub(super) fn catch_up(&self, last: u32, now: u32, value: &mut [f32], m: &mut [f32], v: &mut [f32]) {
        if !self.has_formula() {
            return self.step_by_step(last, now, value, m, v);
        }
        for Piece { weight, mean, variance, fades } in self.pieces(last, now) {
            for ((value, m), v) in value.iter_mut().zip(&mut *m).zip(&mut *v) {
                let one_over = 1.0 / (v.sqrt() * mean + self.adam.epsilon);
                *value = tiny::weight(
                    *value - *m * weight * one_over * (1.0 + *v * variance * one_over * one_over),
                );
                *m = tiny::moment(*m * fades[0]);
                *v = tiny::square(*v * fades[1]);
            }
        }
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
        let gaps =
            [(1, 2), (1, 9), (3, 1_000), (20, 120), (64, 90), (700, 720), (700, 1_900), (60_000, 60_080)];
        for (last, now) in gaps {
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

    #[test]
    fn a_row_that_was_never_named_costs_nothing() {
        let mut idle = Idle::new(Adam::new(1e-3), 0.0);
        idle.prepare(100_000);
        assert_eq!(idle.pieces(0, 100_000).count(), 0);
        assert_eq!(idle.pieces(100, 100).count(), 0);
        assert_eq!(idle.pieces(100, 100_000).count(), 1);
        assert!(idle.pieces(1, 100_000).count() < 20);
    }

    #[test]
    fn without_a_learning_rate_nothing_moves() {
        let mut idle = Idle::new(Adam::new(0.0), 0.0);
        idle.prepare(200);
        let (mut value, mut m, mut v) = ([0.5], [1.0], [1.0]);
        idle.catch_up(100, 200, &mut value, &mut m, &mut v);
        assert_eq!(value, [0.5]);
    }
}
