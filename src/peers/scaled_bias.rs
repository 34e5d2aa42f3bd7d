//! The bias model with one more parameter: r̂ = μ + s (b_u + b_i), with s by least squares on the validation rows of the
//! domain. Shrinkage towards the mean is right for biases on average; s corrects what it leaves (Copas, Regression,
//! Prediction and Shrinkage, 1983). Without validation rows s = 1, which is the bias model.

use std::sync::Arc;

use crate::baselines::bias::{Biases, alone};
use crate::data::{ItemId, UserId};
use crate::error::Result;
use crate::recommender::saved::{Checked, Saved};
use crate::recommender::{Assignment, Capabilities, Entry, Recommender, at_once};

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "scaled-bias",
    description: "The bias model whose biases are scaled by what predicts the validation rows best",
    source: "Copas, Regression, Prediction and Shrinkage (1983)",
    capabilities: Capabilities::NONE,
    reads: &[],
    begin: |assignment| {
        at_once(assignment, |given| {
            Ok(Arc::new(ScaledBias((0..given.training.domains()).map(|d| fitted(given, d)).collect())))
        })
    },
    load: |parts| {
        let scales = parts.rows("scales", &[parts.domains()])?;
        let of = |(d, s)| Ok((Arc::new(Biases::load_terms(parts, d)?), s));
        Ok(Arc::new(ScaledBias(scales.into_iter().enumerate().map(of).collect::<Checked<_>>()?)))
    },
};

/// Biases and s, by domain.
#[derive(Debug)]
struct ScaledBias(Vec<(Arc<Biases>, f32)>);

fn fitted(given: &Assignment, domain: usize) -> (Arc<Biases>, f32) {
    let (biases, rows) = (alone(&given.training, domain, false), given.training.validation(domain));
    let (mut xx, mut xy) = (0.0, 0.0);
    for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        let both = f64::from(biases.users[user.index()] + biases.items[item.index()]);
        xx += both * both;
        xy += both * f64::from(target - biases.mean);
    }
    (biases, if xx > 0.0 { (xy / xx) as f32 } else { 1.0 })
}

impl Recommender for ScaledBias {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let (biases, s) = &self.0[domain];
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            (biases.mean + s * (biases.users[user.index()] + biases.items[item.index()])).clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        saved.put_list("scales", self.0.iter().map(|(_, s)| *s).collect::<Vec<f32>>());
        self.0.iter().enumerate().for_each(|(d, (biases, _))| biases.save_terms(d, &mut saved));
        Ok(saved)
    }
}
