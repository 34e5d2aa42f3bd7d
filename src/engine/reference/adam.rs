//! The optimisers on burn's tensors, of training graphs and of models that train without one: burn's own Adam for parameters
//! that are updated whole, the same rule with resting rows for tables under lazy Adam, and burn's Adagrad.

use burn::optim::{
    AdaGrad, AdaGradConfig, AdaGradState, Adam as BurnAdam, AdamConfig, AdamState, Optimizer,
    decay::WeightDecayConfig,
};
use burn::tensor::{Tensor, TensorData};

use crate::engine::{Adam, UpdatedRows};

/// The optimiser of one parameter, with its moments.
pub(crate) enum Optimiser {
    /// All rows.
    Whole { rule: Box<BurnAdam>, learning_rate: f64, moments: Box<Option<AdamState<2>>> },
    /// All rows, by Adagrad.
    AdaGrad { rule: Box<AdaGrad>, learning_rate: f64, moments: Box<Option<AdaGradState<2>>> },
    /// The rows that a step names.
    Rows(Box<RowsOptimiser>),
}

/// Adam whose rows rest while no step names them.
pub(crate) struct RowsOptimiser {
    adam: Adam,
    weight_decay: f32,
    moments: Option<[Tensor<2>; 2]>,
    steps: i32,
}

impl Optimiser {
    /// Adam. `weight_decay` is added to the gradient times the parameter; a table's rows rest under lazy Adam.
    pub(crate) fn new(adam: Adam, weight_decay: f32, is_table: bool) -> Self {
        if is_table && adam.rows == UpdatedRows::Touched {
            return Self::Rows(Box::new(RowsOptimiser { adam, weight_decay, moments: None, steps: 0 }));
        }
        let rule = AdamConfig::new()
            .with_beta_1(adam.beta_1)
            .with_beta_2(adam.beta_2)
            .with_epsilon(adam.epsilon)
            .with_weight_decay(decay(weight_decay))
            .build();
        Self::Whole {
            rule: Box::new(rule),
            learning_rate: f64::from(adam.learning_rate),
            moments: Box::new(None),
        }
    }

    /// Adagrad (Duchi, Hazan and Singer 2011) with its step size.
    pub(crate) fn ada_grad(learning_rate: f32, weight_decay: f32) -> Self {
        let rule = AdaGradConfig::new().with_epsilon(1e-8).with_weight_decay(decay(weight_decay)).build();
        Self::AdaGrad {
            rule: Box::new(rule),
            learning_rate: f64::from(learning_rate),
            moments: Box::new(None),
        }
    }

    /// Whether [`Optimiser::step`] has to be told which rows are named.
    pub(crate) fn wants_touched_rows(&self) -> bool {
        matches!(self, Self::Rows(_))
    }

    /// The parameter after a step. `touched` is 1 for each row that is named, else 0.
    pub(crate) fn step(
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
            Self::AdaGrad { rule, learning_rate, moments } => {
                let (param, after) = rule.step(*learning_rate, param, gradient, moments.take());
                **moments = after;
                param
            }
            Self::Rows(rows) => rows.step(param, gradient, touched.unwrap_or_default()),
        }
    }
}

fn decay(weight_decay: f32) -> Option<WeightDecayConfig> {
    (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay))
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
