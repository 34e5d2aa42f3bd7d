//! A small trained model, for tests of what is done with one.

use std::any::Any;
use std::sync::Arc;

use dual_metric::data::World;
use dual_metric::dml::Dml;
use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::recommender::Trained;
use dual_metric::settings::{Config, Network};

/// Dual metric learning on a world, measured: four dimensions, a hidden layer of five, two epochs.
#[allow(dead_code, reason = "not every test file is about this model")]
pub fn trained(world: World, network: Network) -> Trained {
    of(world, Config { network, ..Config::robust() })
}

/// Any model of the settings, as short.
pub fn of(world: World, config: Config) -> Trained {
    let config = Config {
        dimension: 4,
        recommender_hidden: vec![5],
        epochs: 2,
        sweeps: 60,
        burn_in: 10,
        train_on_everything: false,
        ..config
    };
    let config = config.check().unwrap();
    let mut study = pollster::block_on(Study::new(
        Arc::new(world),
        config,
        Device::cpu(),
        TransferStudy::LeftOut,
        vec![],
    ))
    .unwrap();
    pollster::block_on(study.finish(&mut |_| ())).unwrap();
    study.kept()
}

/// The model itself.
#[allow(dead_code, reason = "not every test file looks into it")]
pub fn dml(trained: &Trained) -> &Dml {
    let model: &dyn Any = &*trained.model;
    model.downcast_ref().unwrap()
}
