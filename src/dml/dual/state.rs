//! What the dual loop goes on from: the engine's parameters with their moments, the maps, the generator and what convergence
//! remembers, as they are between two epochs. Rows and their order follow from the data and the generator.

use std::sync::Arc;

use super::Dual;
use crate::data::Scale;
use crate::dml::mapping::{Mapping, MappingAdam};
use crate::dml::model::Dml;
use crate::error::Result;
use crate::recommender::Recommender;
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::state::{RunState, StateWriter, put_engine, refused, restore_engine};
use crate::rng::Generator;

/// Largest ‖X Xᵀ − I‖ (Frobenius) of a map in training.
const ORTHOGONALITY: f64 = 1e-3;

/// What is not the engine's.
struct Found {
    epoch: usize,
    chance: Generator,
    mappings: Vec<Mapping>,
    mapping_adam: Vec<MappingAdam>,
}

impl Dual {
    /// Writes it down between two epochs; false in the midst of one, and where the engine cannot be gone on with.
    ///
    /// # Errors
    /// When the device was lost.
    pub(in crate::dml) async fn write(&self, state: &mut StateWriter) -> Result<bool> {
        let is_between = self.epoch > 0 && self.pass == 0 && self.next_step == 0;
        if !is_between || !put_engine(&*self.engine, state).await? {
            return Ok(false);
        }
        state.say("epoch", self.epoch)?;
        state.put_chance("chance", &self.chance_before)?;
        let mut maps = Saved::default();
        for (link, mapping) in self.mappings.iter().enumerate() {
            mapping.save(&format!("map.{link}"), &mut maps);
        }
        state.put_saved(maps);
        for (link, adam) in self.mapping_adam.iter().enumerate() {
            adam.write(&format!("map_adam.{link}"), state)?;
        }
        self.convergence.write(state, Recommender::write_whole)?;
        Ok(true)
    }

    /// Goes to where another loop on the same data was.
    ///
    /// # Errors
    /// When it was on other data, or the device was lost.
    pub(in crate::dml) async fn restore(&mut self, state: &RunState<'_>) -> Result<()> {
        let training = &self.training;
        let scales: Vec<Scale> = (0..training.domains()).map(|d| training.scale(d)).collect();
        restore_engine(&mut *self.engine, state, &scales)?;
        let found = state.parts(&scales).and_then(|parts| self.found(parts)).map_err(refused)?;
        let Found { epoch, chance, mappings, mapping_adam } = found;
        (self.epoch, self.chance) = (epoch, chance);
        (self.mappings, self.mapping_adam) = (mappings, mapping_adam);
        let load = |name: &str| {
            let mut parts = state.within(name)?.parts(&scales)?;
            let model = Dml::load(&mut parts)?;
            parts.end()?;
            Ok(Arc::new(model))
        };
        self.convergence.restore(state, self.epoch, load).map_err(refused)?;
        self.model = Arc::new(self.assembly().model(&self.mappings, &self.pairs).await?);
        self.kept_epoch = self.epoch;
        (self.pass, self.is_ordered) = (0, false);
        self.begin_pass();
        Ok(())
    }

    fn found(&self, mut parts: Parts) -> Checked<Found> {
        let k = self.config.dimension;
        let links = self.mappings.len();
        let map = |link| Mapping::load(&mut parts, &format!("map.{link}"), k, ORTHOGONALITY);
        let mappings = (0..links).map(map).collect::<Checked<_>>()?;
        let adam = |link| MappingAdam::read(&format!("map_adam.{link}"), k, &mut parts);
        let mapping_adam = (0..links).map(adam).collect::<Checked<_>>()?;
        Ok(Found { epoch: parts.scalar("epoch")?, chance: parts.chance("chance")?, mappings, mapping_adam })
    }
}
