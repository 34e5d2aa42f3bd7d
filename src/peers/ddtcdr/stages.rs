//! The training of DDTCDR: first the autoencoders of the sides that have a feature table, then networks and maps.

use std::sync::Arc;

use super::{Codes, Plan, plan};
use crate::data::{ItemId, UserId};
use crate::dml::autoencoder::{Autoencoder, Input};
use crate::engine::{Device, DeviceKind};
use crate::error::Result;
use crate::recommender::graph::GraphLearner;
use crate::recommender::{Learner, Recommender, Slice, Work};
use crate::settings::ValidConfig;
use crate::split::Training;

/// The learner of both stages.
pub(super) struct Stages {
    training: Training,
    config: ValidConfig,
    device: Device,
    /// Autoencoders by domain, of users and of items.
    coders: Vec<(usize, bool, Autoencoder)>,
    /// Networks and maps, once all codes are there.
    networks: Option<GraphLearner<Plan>>,
}

impl Stages {
    /// Nothing is trained yet.
    ///
    /// # Errors
    /// When the device refuses.
    pub(super) fn new(training: Training, config: ValidConfig, device: Device) -> Result<Self> {
        let mut coders = Vec::new();
        for d in 0..training.domains() {
            let sides = [("users", training.user_features(d)), ("items", training.item_features(d))];
            for (side, features) in sides {
                let Some(features) = features else { continue };
                let (input, purpose) = (Input::from_features(features), format!("autoencoder {d} {side}"));
                coders.push((d, side == "users", Autoencoder::new(input, &config, &device, &purpose)?));
            }
        }
        let mut stages = Self { training, config, device, coders, networks: None };
        if stages.coders.is_empty() {
            stages.begin_networks(vec![Codes::default(); stages.training.domains()])?;
        }
        Ok(stages)
    }

    fn begin_networks(&mut self, codes: Vec<Codes>) -> Result<()> {
        let (layout, plan) = plan(&self.config, &self.training, codes);
        self.networks = Some(GraphLearner::new(layout, plan, &self.config, &self.device)?);
        Ok(())
    }

    async fn step(&mut self) -> Result<Slice> {
        if let Some(networks) = &mut self.networks {
            return networks.advance().await;
        }
        if let Some((.., coder)) = self.coders.iter_mut().find(|coder| !coder.2.is_done()) {
            coder.advance().await?;
        } else {
            let mut codes = vec![Codes::default(); self.training.domains()];
            for (d, is_of_users, coder) in std::mem::take(&mut self.coders) {
                let vectors = Some(coder.codes(self.config.unit_ball).await?.vectors);
                let domain = &mut codes[d];
                *(if is_of_users { &mut domain.users } else { &mut domain.items }) = vectors;
            }
            self.begin_networks(codes)?;
        }
        Ok(Slice::Part(0.0))
    }
}

impl Learner for Stages {
    fn device(&self) -> DeviceKind {
        self.networks.as_ref().map_or(self.device.kind(), Learner::device)
    }

    fn advance(&mut self) -> Work<'_, Slice> {
        Box::pin(self.step())
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        match &self.networks {
            Some(networks) => networks.model(),
            None => {
                let means = (0..self.training.domains()).map(|d| self.training.rows(d).mean());
                let means = Arc::new(Means(means.collect()));
                Box::pin(async move { Ok(means as Arc<dyn Recommender>) })
            }
        }
    }
}

/// What is predicted before there are codes: the mean rating of each domain.
#[derive(Debug)]
struct Means(Vec<f32>);

impl Recommender for Means {
    fn predict(&self, domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
        vec![self.0[domain]; users.len()]
    }
}
