//! The average on the sample, with chains that are short and a recipe that is not trained long.

use std::sync::Arc;

use super::{Averaged, ENTRY};
use crate::data::{ItemId, UserId, World, sample};
use crate::engine::Device;
use crate::recommender::{Assignment, Event, Known, Recommender, Stopping};
use crate::settings::Config;
use crate::split::{Split, Training};

fn trained(
    stopping: Stopping,
    split: impl Fn(&World, &Config) -> Split,
) -> (Arc<World>, Averaged, Vec<Event>) {
    let world = Arc::new(sample(1).world);
    let config = Config { sweeps: 60, burn_in: 10, epochs: 4, ..Config::robust() };
    let split = split(&world, &config);
    let training = Training::new(world.clone(), Arc::new(split));
    let config = config.check().unwrap();
    let given = Assignment { training, config, device: Device::cpu(), watched: vec![Vec::new()], stopping };
    let mut events = Vec::new();
    let model = pollster::block_on(async {
        let mut fit = (ENTRY.begin)(given).await.unwrap();
        let mut last = 0.0;
        while !fit.is_done() {
            fit.advance(&mut |event| events.push(event)).await.unwrap();
            assert!((last..=1.0).contains(&fit.fraction()), "{last} {}", fit.fraction());
            last = fit.fraction();
        }
        fit.model()
    });
    let any: &dyn std::any::Any = &*model;
    (world, any.downcast_ref::<Averaged>().unwrap().clone(), events)
}

fn measured() -> (Arc<World>, Averaged, Vec<Event>) {
    trained(Stopping::Own, |world, config| Split::new(world, &config.clone().check().unwrap()).unwrap())
}

#[test]
fn an_average_is_told_as_one_training_and_lies_between_its_parts() {
    let (world, model, events) = measured();
    let counted = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
    assert_eq!(counted(|event| matches!(event, Event::Started { .. })), 1);
    assert_eq!(counted(|event| matches!(event, Event::Finished { .. })), 1);
    // Epochs of the first training of recipe R, sweeps of the last chain.
    assert!((1..=4).contains(&counted(|event| matches!(event, Event::Epoch { .. }))));
    assert_eq!(counted(|event| matches!(event, Event::Sweep { .. })), 60);
    let Some(Event::Finished { reason, .. }) = events.last() else { panic!("it is over") };
    assert!(reason.contains("the Bayesian model counts"), "{reason}");
    let items: Vec<ItemId> = world.domains[0].items.all().take(20).collect();
    let bayes = model.bayes.as_deref().unwrap();
    for user in UserId::first(5) {
        let users = vec![user; items.len()];
        let [mean, recipe, bayes] =
            [&model as &dyn Recommender, &*model.dml, bayes].map(|m| m.predict(0, &users, &items));
        for ((mean, recipe), bayes) in mean.iter().zip(recipe).zip(bayes) {
            assert!((recipe.min(bayes) - 1e-6..=recipe.max(bayes) + 1e-6).contains(mean));
        }
    }
    for weights in &model.weights {
        assert!(
            [weights.warm, weights.few, weights.cold].iter().all(|w| (0.0..=1.0).contains(w)),
            "{weights:?}"
        );
    }
}

#[test]
fn somebody_whom_the_other_file_does_not_have_is_told_what_to_expect_along_the_link() {
    let (world, model, _) = measured();
    let is_alone = |user: &UserId| world.people.across(0, *user, 1).is_none();
    let alone = world.domains[0].users.all().find(is_alone).unwrap();
    let items: Vec<ItemId> = world.domains[1].items.all().take(30).collect();
    let known = Known { domain: 0, user: alone };
    for model in [&model as &dyn Recommender, model.bayes.as_deref().unwrap()] {
        let outlook = model.outlook(known, 1, &items).unwrap();
        assert_eq!((outlook.ratings.len(), &outlook.way[..]), (30, &[0, 1][..]));
        assert!(outlook.ratings.iter().all(|rating| (0.0..=1.0).contains(rating)));
        let chances = outlook.chances.unwrap();
        for item in 0..30 {
            assert!((chances.of(item).iter().sum::<f32>() - 1.0).abs() < 1e-4);
            let [low, high] = chances.likely(item).unwrap();
            assert!(low <= high);
        }
    }
    // In their own domain the outlook is what is predicted.
    let (here, users) = (model.outlook(known, 0, &items).unwrap(), vec![alone; 30]);
    for (found, expected) in here.ratings.iter().zip(model.predict(0, &users, &items)) {
        assert!((found - expected).abs() < 1e-4, "{found} {expected}");
    }
    assert!(here.way.is_empty());
}

#[test]
fn without_validation_rows_both_are_trained_once_and_weights_come_from_a_measured_model() {
    let (_, measured, _) = measured();
    let (_, model, events) = trained(Stopping::Epochs(2), |world, _| Split::everything(world));
    let epochs = events.iter().filter(|event| matches!(event, Event::Epoch { .. })).count();
    assert_eq!(epochs, 2);
    assert_eq!(model.weights, vec![super::Weights::default(); 2]);
    let kept = model.with_choices_of(&measured).unwrap();
    let any: &dyn std::any::Any = &*kept;
    assert_eq!(any.downcast_ref::<Averaged>().unwrap().weights, measured.weights);
    assert!(model.with_choices_of(&*measured.dml).is_none());
}
