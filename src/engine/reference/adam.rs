//! Adam on burn's tensors: burn's own for parameters that are updated whole, and the same rule with resting rows for
//! tables under lazy Adam.

use burn::optim::{Adam as BurnAdam, AdamConfig, AdamState, Optimizer, decay::WeightDecayConfig};
use burn::tensor::{Tensor, TensorData};

use crate::engine::{Adam, UpdatedRows};

/// The optimiser of one parameter, with its moments.
pub(super) enum Optimiser {
    /// All rows.
    Whole { rule: Box<BurnAdam>, learning_rate: f64, moments: Box<Option<AdamState<2>>> },
    /// The rows that a step names.
    Rows(Box<RowsOptimiser>),
}

/// Adam whose rows rest while no step names them.
pub(super) struct RowsOptimiser {
    adam: Adam,
    weight_decay: f32,
    moments: Option<[Tensor<2>; 2]>,
    steps: i32,
}

impl Optimiser {
    pub(super) fn new(adam: Adam, weight_decay: f32, is_table: bool) -> Self {
        if is_table && adam.rows == UpdatedRows::Touched {
            return Self::Rows(Box::new(RowsOptimiser { adam, weight_decay, moments: None, steps: 0 }));
        }
        let rule = AdamConfig::new()
            .with_beta_1(adam.beta_1)
            .with_beta_2(adam.beta_2)
            .with_epsilon(adam.epsilon)
            .with_weight_decay((weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay)))
            .build();
        Self::Whole {
            rule: Box::new(rule),
            learning_rate: f64::from(adam.learning_rate),
            moments: Box::new(None),
        }
    }

    /// Whether [`Optimiser::step`] has to be told which rows are named.
    pub(super) fn wants_touched_rows(&self) -> bool {
        matches!(self, Self::Rows(_))
    }

    /// The parameter after a step. `touched` is 1 for each row that is named, else 0.
    pub(super) fn step(
        &mut self,
        param: Tensor<2>,
        gradient: Tensor<2>,
        touched: Option<&[f32]>,
    ) -> Tensor<2> {
        match self {
            Self::Whole { rule, learning_rate, moments } => {
                let (param, after) = rule.step(*learning_rate, param, gradient, moments.take());
                **moments = after;
                param
            }
            Self::Rows(rows) => rows.step(param, gradient, touched.unwrap_or_default()),
        }
    }
}

impl RowsOptimiser {
    fn step(&mut self, param: Tensor<2>, gradient: Tensor<2>, touched: &[f32]) -> Tensor<2> {
        self.steps += 1;
        let adam = self.adam;
        let mask: Tensor<2> =
            Tensor::from_data(TensorData::new(touched.to_vec(), [touched.len(), 1]), &param.device());
        let g = gradient + param.clone().mul_scalar(self.weight_decay);
        let [m, v] = self.moments.take().unwrap_or_else(|| [param.zeros_like(), param.zeros_like()]);
        let moved = |moment: Tensor<2>, target: Tensor<2>, beta: f32| {
            moment.clone() + (target - moment).mul_scalar(1.0 - beta) * mask.clone()
        };
        let m = moved(m, g.clone(), adam.beta_1);
        let v = moved(v, g.square(), adam.beta_2);
        let m_hat = m.clone().div_scalar(1.0 - adam.beta_1.powi(self.steps));
        let v_hat = v.clone().div_scalar(1.0 - adam.beta_2.powi(self.steps));
        self.moments = Some([m, v]);
        let step = m_hat / v_hat.sqrt().add_scalar(adam.epsilon);
        param - step.mul_scalar(adam.learning_rate) * mask
    }
}
