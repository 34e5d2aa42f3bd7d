//! What Adam does with a row while no step names it: its gradient is 0, its moments fade, and it goes on moving by what
//! momentum it has. All of that is known beforehand, so that it is made up for in one go when the row is named again:
//! Adam as published, at a cost that does not grow with the table.
//!
//! After n idle steps from step s on, m became m β₁ⁿ, v became v β₂ⁿ, and the value moved by
//! −Σⱼ rate(s+j) m β₁ʲ / (√v √β₂ʲ correction(s+j) + ε), j = 1 … n. With 1/(a + ε) = 1/a − ε/a² + O(ε²/a³) that is
//! −m (S₁/√v − ε S₂/v), where S₁ and S₂ are sums of known numbers: the same for all of the row.

use super::adam::Rule;
use crate::engine::Adam;

/// Momentum is gone after so many steps: β₁ʲ is below 1e-8 for β₁ = 0.9.
const MEMORY: usize = 176;

/// Up to so many idle steps are done one by one, which is as fast.
const FEW: u32 = 3;

/// Below this √v, ε counts for too much to be left to two terms of a series.
const LEAST_ROOT: f32 = 2e-6;

/// The idle steps of one table.
pub(super) struct Idle {
    adam: Adam,
    weight_decay: f32,
    /// rate / correction and rate / correction² by step, from step 1, up to where they no longer change.
    factors: [Vec<f32>; 2],
    /// (β₁/√β₂)ʲ and (β₁/β₂)ʲ from j = 1.
    powers: [Vec<f32>; 2],
}

impl Idle {
    pub(super) fn new(adam: Adam, weight_decay: f32) -> Self {
        let (beta_1, beta_2) = (f64::from(adam.beta_1), f64::from(adam.beta_2));
        let powers = [beta_1 / beta_2.sqrt(), beta_1 / beta_2]
            .map(|base| (1..=MEMORY as i32).map(|j| base.powi(j) as f32).collect());
        Self { adam, weight_decay, factors: [Vec::new(), Vec::new()], powers }
    }

    /// Whether the series can be used: without decay, and with a memory that fades in time.
    fn has_series(&self) -> bool {
        self.weight_decay == 0.0 && self.powers.iter().all(|powers| powers.last().is_some_and(|p| *p < 1e-6))
    }

    /// Has the factors ready up to a step.
    pub(super) fn prepare(&mut self, step: u32) {
        let [one, two] = &mut self.factors;
        let settled = |one: &[f32]| one.len() > MEMORY && one[one.len() - 1] == one[one.len() - 2];
        while one.len() < step as usize && !settled(one) {
            let rule = Rule::new(&self.adam, 0.0, one.len() as u32 + 1);
            one.push(rule.rate / rule.correction);
            two.push(rule.rate / (rule.correction * rule.correction));
        }
    }

    /// Makes up for the idle steps after step `last` up to and with step `now` on a row.
    pub(super) fn catch_up(&self, last: u32, now: u32, value: &mut [f32], m: &mut [f32], v: &mut [f32]) {
        let steps = now - last;
        if steps == 0 {
            return;
        }
        let needs_steps = |v: &f32| *v > 0.0 && *v < LEAST_ROOT * LEAST_ROOT;
        if steps <= FEW || !self.has_series() || v.iter().any(needs_steps) {
            return self.step_by_step(last, now, value, m, v);
        }
        let [s_1, s_2] = [0, 1].map(|n| self.sum(n, last, steps));
        let fade = |beta: f32| beta.powi(steps as i32);
        let (fade_m, fade_v) = (fade(self.adam.beta_1), fade(self.adam.beta_2));
        let epsilon = self.adam.epsilon;
        for ((value, m), v) in value.iter_mut().zip(m).zip(v) {
            // A number that never had a gradient does not move; 1 stands in for its root.
            let root = if *v > 0.0 { v.sqrt() } else { 1.0 };
            *value -= *m / root * (s_1 - epsilon * s_2 / root);
            *m *= fade_m;
            *v *= fade_v;
        }
    }

    /// S₁ or S₂.
    fn sum(&self, n: usize, last: u32, steps: u32) -> f32 {
        let (factors, powers) = (&self.factors[n], &self.powers[n][..MEMORY.min(steps as usize)]);
        let Some(&settled) = factors.last() else { return 0.0 };
        let known = factors.get(last as usize..).unwrap_or(&[]);
        let known = &known[..known.len().min(powers.len())];
        let sum: f32 = super::loops::dot::<0>(known, &powers[..known.len()]);
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
        for (last, now) in [(1, 2), (1, 9), (3, 40), (20, 120), (700, 1_900), (60_000, 60_080)] {
            idle.prepare(now);
            let start = rng.normals(16, 0.1);
            let gradient = rng.normals(16, 1e-3);
            // Moments as they are after a named step that followed others like it.
            let m: Vec<f32> = gradient.iter().map(|g| 0.3 * g).collect();
            let mut v: Vec<f32> = gradient.iter().map(|g| 0.01 * g * g).collect();
            (v[0], v[1]) = (0.0, 1e-20);
            let m: Vec<f32> = [&[0.0, 1e-11], &m[2..]].concat();
            let run = |by_series: bool| {
                let (mut value, mut m, mut v) = (start.clone(), m.clone(), v.clone());
                match by_series {
                    true => (value.chunks_mut(2).zip(m.chunks_mut(2)).zip(v.chunks_mut(2)))
                        .for_each(|((value, m), v)| idle.catch_up(last, now, value, m, v)),
                    false => idle.step_by_step(last, now, &mut value, &mut m, &mut v),
                }
                (value, m, v)
            };
            let (series, steps) = (run(true), run(false));
            let moved = start.iter().zip(&steps.0).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            for (n, (a, b)) in series.0.iter().zip(&steps.0).enumerate() {
                assert!((a - b).abs() < 1e-3 * moved + 2e-8, "{last} {now} {n}: {a} {b}");
            }
            for (a, b) in series.1.iter().zip(&steps.1).chain(series.2.iter().zip(&steps.2)) {
                assert!((a - b).abs() <= 1e-3 * b.abs() + 1e-30, "{last} {now}: {a} {b}");
            }
        }
    }
}
