//! What every model in the list has to keep, whoever wrote it.

use std::sync::Arc;

use dual_metric::baselines::Baselines;
use dual_metric::baselines::bias::Shrinkage;
use dual_metric::data::{ItemId, Rating, Ratings, UserId, World, sample};
use dual_metric::engine::Device;
use dual_metric::metrics::rmse;
use dual_metric::model_file;
use dual_metric::peers::{MODELS, find, trains_here};
use dual_metric::recommender::{Assignment, Entry, Event, Known, Outlook, Recommender, Stopping, Trained};
use dual_metric::settings::{Config, ValidConfig};
use dual_metric::split::{Crossing, Split, Training};

/// All that this build can train.
fn models() -> impl Iterator<Item = &'static Entry> {
    MODELS.iter().copied().filter(|entry| trains_here(entry))
}

/// Short trainings: the contract is no contest.
fn settings(entry: &Entry) -> ValidConfig {
    Config { model: entry.name.into(), epochs: 3, sweeps: 60, burn_in: 10, ..Config::robust() }
        .check()
        .unwrap()
}

/// A model that is trained on a split, and what it reported.
fn trained(entry: &Entry, world: &Arc<World>, split: Split) -> (Arc<dyn Recommender>, Vec<Event>) {
    trained_until(entry, world, split, Stopping::Own)
}

fn trained_until(
    entry: &Entry,
    world: &Arc<World>,
    split: Split,
    stopping: Stopping,
) -> (Arc<dyn Recommender>, Vec<Event>) {
    let watched = vec![Vec::new(); world.links.len()];
    let training = Training::new(world.clone(), Arc::new(split));
    let (config, device) = (settings(entry), Device::cpu());
    let assignment = Assignment { training, config, device, watched, stopping };
    let mut fit = pollster::block_on((entry.begin)(assignment)).unwrap();
    let mut events = Vec::new();
    while !fit.is_done() {
        assert!((0.0..=1.0).contains(&fit.fraction()));
        pollster::block_on(fit.advance(&mut |event| events.push(event))).unwrap();
    }
    assert_eq!(fit.fraction(), 1.0, "{}", entry.name);
    assert!(fit.kept_epoch() <= fit.epoch());
    assert_eq!(fit.mapping_state().is_some(), entry.capabilities.has_map, "{}", entry.name);
    (fit.model(), events)
}

fn split(entry: &Entry, world: &World) -> Split {
    Split::new(world, &settings(entry)).unwrap()
}

/// Predictions for the test rows of both domains.
fn predictions(model: &dyn Recommender, world: &World, split: &Split) -> Vec<Vec<f32>> {
    let of = |d: usize| {
        let rows = split.test(world, d);
        model.predict(d, &rows.users, &rows.items)
    };
    (0..world.domains.len()).map(of).collect()
}

/// Predictions for the people who are cold in both domains.
fn cold_predictions(model: &dyn Recommender, world: &World, split: &Split) -> Vec<Vec<f32>> {
    let of = |d: usize| {
        let rows = split.cold(world, d);
        model.predict(d, &rows.users, &rows.items)
    };
    (0..world.domains.len()).map(of).collect()
}

/// The world with all test ratings turned upside down.
fn with_false_tests(world: &World, split: &Split) -> World {
    let tested: Vec<std::collections::HashSet<(UserId, ItemId)>> = (0..world.domains.len())
        .map(|d| {
            let test = split.test(world, d);
            test.users.into_iter().zip(test.items).collect()
        })
        .collect();
    turned(world, |d, user, item| tested[d].contains(&(user, item)))
}

/// The world with those ratings turned upside down that `is_turned` takes, by domain, user and item.
fn turned(world: &World, is_turned: impl Fn(usize, UserId, ItemId) -> bool) -> World {
    let mut domains = world.domains.clone();
    for (d, domain) in domains.iter_mut().enumerate() {
        let turned = domain.ratings.iter().map(|row| {
            let value = domain.scale.lo + domain.scale.hi - row.value;
            if is_turned(d, row.user, row.item) { Rating { value, ..row } } else { row }
        });
        let rows: Vec<Rating> = turned.collect();
        domain.ratings = Ratings::new(domain.users.len(), domain.items.len(), &rows).into();
    }
    World::new(domains)
}

#[test]
fn names_are_unique_and_found_and_others_are_refused_with_the_list() {
    for (n, entry) in MODELS.iter().enumerate() {
        assert_eq!(find(entry.name).unwrap().name, entry.name);
        assert!(MODELS[..n].iter().all(|other| other.name != entry.name), "{}", entry.name);
        assert!(!entry.description.is_empty() && !entry.source.is_empty(), "{}", entry.name);
    }
    assert_eq!(Config::robust().model, MODELS[0].name);
    let message = find("oracle").map(|entry| entry.name).unwrap_err().to_string();
    assert!(message.contains("\"oracle\"") && message.contains(MODELS[1].name), "{message}");
}

#[test]
fn the_same_seed_gives_the_same_finite_predictions_on_the_scale() {
    let world = Arc::new(sample(5).world);
    for entry in models() {
        let split = split(entry, &world);
        let (first, events) = trained(entry, &world, split.clone());
        let (again, _) = trained(entry, &world, split.clone());
        let all = predictions(&*first, &world, &split);
        assert_eq!(all, predictions(&*again, &world, &split), "{}", entry.name);
        assert!(all.iter().flatten().all(|p| (0.0..=1.0).contains(p)), "{}", entry.name);
        assert!(matches!(events.first(), Some(Event::Started { .. })), "{}", entry.name);
        assert!(matches!(events.last(), Some(Event::Finished { .. })), "{}", entry.name);
    }
}

#[test]
fn no_test_rating_is_ever_read() {
    let world = Arc::new(sample(5).world);
    for entry in models() {
        let split = split(entry, &world);
        let other = Arc::new(with_false_tests(&world, &split));
        assert_ne!(split.test(&world, 0).targets, split.test(&other, 0).targets);
        let (model, _) = trained(entry, &world, split.clone());
        let (blind, _) = trained(entry, &other, self::split(entry, &other));
        assert_eq!(
            predictions(&*model, &world, &split),
            predictions(&*blind, &world, &split),
            "{} has looked at a test rating",
            entry.name
        );
    }
}

#[test]
fn every_model_but_the_mean_is_better_than_the_mean() {
    let world = Arc::new(sample(5).world);
    for entry in models().filter(|entry| entry.name != "mean") {
        let split = split(entry, &world);
        let training = Training::new(world.clone(), Arc::new(split.clone()));
        let (model, _) = trained(entry, &world, split.clone());
        for (d, predictions) in predictions(&*model, &world, &split).iter().enumerate() {
            let rows = split.test(&world, d);
            let baselines =
                Baselines::fit(&training.rows(d), training.users(d), training.items(d), Shrinkage::default());
            let [mean, own] =
                [&baselines.mean_predictions(&rows), predictions].map(|p| rmse(p, &rows.targets).unwrap());
            assert!(own < mean, "{} in domain {d}: {own} is not below {mean}", entry.name);
        }
    }
}

#[test]
fn what_is_said_to_cross_crosses_and_nothing_else_does() {
    let world = Arc::new(sample(5).world);
    for entry in models() {
        let warm = split(entry, &world);
        let split = warm.with_cold(&world, &settings(entry));
        let (linked, _) = trained(entry, &world, split.clone());
        let (alone, _) = trained(entry, &world, split.with_crossing(Crossing::Nothing));
        let (linked, alone) =
            (cold_predictions(&*linked, &world, &split), cold_predictions(&*alone, &world, &split));
        assert!(linked.iter().all(|domain| !domain.is_empty()));
        assert_eq!(linked != alone, entry.capabilities.crosses, "{}", entry.name);
    }
}

#[test]
fn where_nothing_may_cross_the_other_domains_ratings_make_no_difference() {
    let world = Arc::new(sample(5).world);
    let other = Arc::new(turned(&world, |d, _, _| d == 1));
    for entry in models() {
        // Of a fixed length: one validation error over both domains may decide when a training ends.
        let [one, other] = [&world, &other].map(|world| {
            let split = split(entry, world).with_crossing(Crossing::Nothing);
            let (model, _) = trained_until(entry, world, split.clone(), Stopping::Epochs(2));
            predictions(&*model, world, &split)
        });
        assert!(one[0] == other[0], "{}: something crosses", entry.name);
        assert!(one[1] != other[1], "{}", entry.name);
    }
}

#[test]
fn cold_people_are_told_apart_by_those_who_say_so() {
    let world = Arc::new(sample(5).world);
    for entry in models() {
        let split = split(entry, &world).with_cold(&world, &settings(entry));
        let (model, _) = trained(entry, &world, split.clone());
        let rows = split.cold(&world, 0);
        let mut people = rows.users.clone();
        people.dedup();
        let same_item = vec![rows.items[0]; people.len()];
        let said = model.predict(0, &people, &same_item);
        let differ = said.iter().any(|&p| p != said[0]);
        assert_eq!(differ, entry.capabilities.cold_users, "{}", entry.name);
    }
}

#[test]
fn features_are_used_by_those_who_say_so() {
    let with = Arc::new(sample(5).world);
    let mut without = (*with).clone();
    for domain in &mut without.domains {
        (domain.user_features, domain.item_features) = (None, None);
    }
    let without = Arc::new(without);
    for entry in models() {
        let split = split(entry, &with);
        let (model, _) = trained(entry, &with, split.clone());
        let (plain, _) = trained(entry, &without, self::split(entry, &without));
        let differ = predictions(&*model, &with, &split) != predictions(&*plain, &without, &split);
        assert_eq!(differ, entry.capabilities.features, "{}", entry.name);
    }
}

/// A trained model with its data.
fn kept(entry: &'static Entry, world: &Arc<World>, split: &Split, model: Arc<dyn Recommender>) -> Trained {
    let domains = 0..world.domains.len();
    let training = Training::new(world.clone(), Arc::new(split.clone()));
    Trained {
        world: world.clone(),
        name: entry.name,
        settings: Some(settings(entry)),
        scales: domains.clone().map(|d| split.scale(d)).collect(),
        ratings: domains.map(|d| training.rows(d).len()).collect(),
        model,
    }
}

/// All that a model says: predictions for tested and for cold people, and outlooks of people of every domain in every domain,
/// with ratings, chances and ways.
fn all_said(trained: &Trained, split: &Split) -> (Vec<f32>, Vec<Vec<usize>>) {
    let (world, model) = (&*trained.world, &*trained.model);
    let predicted = [predictions(model, world, split), cold_predictions(model, world, split)];
    let mut numbers: Vec<f32> = predicted.concat().concat();
    let mut ways = Vec::new();
    for d in 0..world.domains.len() {
        let items: Vec<ItemId> = world.domains[d].items.all().step_by(9).collect();
        let mut outlooks = model.outlooks(d);
        for from in 0..world.domains.len() {
            for user in world.domains[from].users.all().step_by(40) {
                let known = Known { domain: from, user };
                let outlook = model.outlook(known, d, &items);
                assert_eq!(outlook, outlooks(known, &items), "{}: many are told what one is", trained.name);
                let Some(Outlook { ratings, chances, way }) = outlook else { continue };
                numbers.extend(ratings);
                numbers.extend(chances.into_iter().flat_map(|chances| chances.of_level));
                ways.push(way);
            }
        }
    }
    (numbers, ways)
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// Of a sampler sixty draws are saved, all that there are here, in half precision: what that changes at the most.
const ROUNDED: f32 = 0.002;

#[test]
fn every_model_says_the_same_after_it_was_saved() {
    let world = Arc::new(sample(6).world);
    for entry in models() {
        let split = split(entry, &world).with_cold(&world, &settings(entry));
        let trained = kept(entry, &world, &split, trained(entry, &world, split.clone()).0);
        let bytes = model_file::write(&trained).unwrap();
        let read = model_file::read(model_file::NAME, &bytes).unwrap();
        assert_eq!((read.name, &read.scales, &read.ratings), (entry.name, &trained.scales, &trained.ratings));
        assert_eq!(read.settings.as_deref(), Some(&*settings(entry)));
        let ((before, ways), (after, ways_after)) = (all_said(&trained, &split), all_said(&read, &split));
        assert_eq!(ways, ways_after, "{}", entry.name);
        let off = before.iter().zip(&after).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        println!("{}: {} bytes, {} numbers, at most {off} off", entry.name, bytes.len(), before.len());
        match ["bayes", "averaged"].contains(&entry.name) {
            true => assert!(before.len() == after.len() && off < ROUNDED, "{}: {off}", entry.name),
            false => assert_eq!(bits(&before), bits(&after), "{}", entry.name),
        }
        // What was read is saved as what it is.
        let again = model_file::write(&read).unwrap();
        assert!(again == bytes, "{}", entry.name);
    }
}

#[test]
fn nothing_is_saved_of_a_training_that_has_learnt_nothing() {
    let world = Arc::new(sample(6).world);
    let entry = find("bias").unwrap();
    let split = split(entry, &world);
    let training = Training::new(world.clone(), Arc::new(split.clone()));
    let (watched, stopping) = (vec![Vec::new(); world.links.len()], Stopping::Own);
    let assignment =
        Assignment { training, config: settings(entry), device: Device::cpu(), watched, stopping };
    let fit = pollster::block_on((entry.begin)(assignment)).unwrap();
    let message = model_file::write(&kept(entry, &world, &split, fit.model())).unwrap_err().to_string();
    assert_eq!(message, "nothing is learnt yet that could be saved. Let the training go on");
}

/// The table of models in docs/models.md is the list of the whole program.
#[cfg(feature = "reference")]
#[test]
fn the_documentation_lists_every_model() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/models.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let sign = |can: bool| if can { "yes" } else { "no" };
    let expected: Vec<String> = MODELS
        .iter()
        .map(|entry| {
            let can = entry.capabilities;
            format!(
                "| `{}` | {} | {} | {} | {} | {} |",
                entry.name,
                entry.description,
                sign(can.crosses),
                sign(can.cold_users),
                sign(can.features),
                entry.source
            )
        })
        .collect();
    assert_eq!(rows, expected);
}
