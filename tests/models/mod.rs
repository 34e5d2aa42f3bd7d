//! A small trained model, for tests of what is done with one.

use std::sync::Arc;

use dual_metric::data::World;
use dual_metric::dml::Dml;
use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::settings::{Config, Network};

/// A model of a world: four dimensions, a hidden layer of five, two epochs.
pub fn trained(world: World, network: Network) -> (Arc<World>, Dml) {
    let config = Config { dimension: 4, recommender_hidden: vec![5], epochs: 2, network, ..Config::robust() };
    let config = config.check().unwrap();
    let world = Arc::new(world);
    let mut study =
        pollster::block_on(Study::new(world.clone(), config, Device::cpu(), TransferStudy::LeftOut, vec![]))
            .unwrap();
    pollster::block_on(study.finish(&mut |_| ())).unwrap();
    (world, study.dml().unwrap().clone())
}
