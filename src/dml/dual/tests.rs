//! A small dual loop for the tests of its parts.

use std::sync::Arc;

use super::{Dml, Dual};
use crate::baselines::bias::Fitting;
use crate::data::{Domain, ItemId, Rating, UserId, World};
use crate::engine::{Backlog, Device};
use crate::error::{Error, Result};
use crate::recommender::Stopping;
use crate::rng::Generator;
use crate::settings::{Config, MappingUpdate};
use crate::split::{Split, Training};

/// Two domains of 30 people, 20 of them in both.
fn world() -> World {
    let mut rng = Generator::new(3, "criterion world");
    let domain = |first: usize| {
        let mut rows = Vec::new();
        for user in 0..30 {
            for item in 0..12 {
                if rng.unit() < 0.6 {
                    rows.push(Rating {
                        user: UserId(user),
                        item: ItemId(item),
                        value: rng.unit() * 4.0 + 1.0,
                    });
                }
            }
        }
        let users = (first..first + 30).map(|n| format!("u{n}")).collect();
        let items = (0..12).map(|n| format!("i{n}")).collect();
        Domain::of_stars(&format!("from {first}"), users, items, &rows)
    };
    World::new([0, 10].map(domain).into())
}

/// An untrained loop on that data, without codes.
pub(super) fn dual(config: Config) -> Dual {
    let config = config.check().unwrap();
    let world = Arc::new(world());
    let training = Training::new(world.clone(), Arc::new(Split::new(&world, &config).unwrap()));
    let mut biases = Fitting::new(&training, false).finish();
    if !config.bias {
        biases.iter_mut().for_each(|biases| Arc::make_mut(biases).set_to_zero());
    }
    let (device, watched) = (Device::cpu(), [Vec::new()]);
    let dual = Dual::new(&config, &training, &device, &biases, &[], &watched, Stopping::Own);
    pollster::block_on(dual).unwrap()
}

#[test]
fn a_loop_that_runs_away_keeps_the_model_of_its_last_epoch_that_was_one() {
    let mut dual = dual(Config { epochs: 9, ..Config::robust() });
    let epoch = |dual: &mut Dual| -> Result<()> {
        let before = dual.epoch();
        while dual.epoch() == before {
            pollster::block_on(dual.advance())?;
        }
        Ok(())
    };
    epoch(&mut dual).unwrap();
    let good = dual.model().clone();
    let table = dual.plan.domains[0].users.table;
    let n = pollster::block_on(dual.engine.weights(0, table)).unwrap().len();
    dual.engine.set_weights(0, table, &vec![f32::NAN; n]);
    let error = epoch(&mut dual).unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }), "{error}");
    assert!(Arc::ptr_eq(dual.model(), &good) && good.is_finite());
    assert_eq!((dual.epoch(), dual.kept_epoch()), (1, 1));
    // Of a network that no step uses no loss is told, and the model is looked at itself.
    let mut dml = Dml::clone(&good);
    dml.domains[1].recommender.layers[0].bias[0] = f32::INFINITY;
    assert!(!dml.is_finite());
}

#[test]
fn rows_that_are_shuffled_beside_the_device_come_in_the_same_order() {
    let joint = Config { batch: 16, ..Config::robust() };
    let gradient = Config { mapping_update: MappingUpdate::Gradient, ..joint.clone() };
    // By pass, whether nothing draws between its steps and the next order.
    let cases: [(Config, &[bool]); 3] =
        [(joint, &[true]), (gradient, &[false]), (Config::paper(), &[false, true])];
    for (config, meanwhile) in cases {
        let [mut afterwards, mut beside] = [(); 2].map(|()| dual(config.clone()));
        beside.backlog = Backlog::queued();
        while beside.epoch() < 3 {
            assert_eq!(beside.orders, afterwards.orders);
            assert!(!beside.is_ordered, "an order is made once");
            pollster::block_on(beside.advance()).unwrap();
            pollster::block_on(afterwards.advance()).unwrap();
            assert_eq!(beside.chance.state(), afterwards.chance.state());
            assert_eq!(beside.chance_before.state(), afterwards.chance_before.state());
        }
        assert_eq!(beside.passes.len(), meanwhile.len());
        for (pass, &meanwhile) in meanwhile.iter().enumerate() {
            beside.pass = pass;
            pollster::block_on(beside.order_meanwhile());
            assert_eq!(std::mem::take(&mut beside.is_ordered), meanwhile, "{:?}", beside.passes[pass]);
        }
    }
}
