//! Ratings on no usual scale: the training rows say what 0 and 1 are, and no other row does.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crate::{models, worlds};
use dual_metric::data::{ItemId, Rating, Ratings, Scale, ScaleKind, UserId, World};
use dual_metric::settings::{Config, Network, ValidConfig};
use dual_metric::split::{Rows, Split, Training};
use dual_metric::{model_file, recommend};

/// The small world with numbers of plays in A: 1 to 5 stars are 300 to 80,000 of them, no two alike.
fn plays(change: impl Fn(Rating) -> f32) -> World {
    let mut domains = worlds::small_world().domains;
    let a = &mut domains[0];
    let rows: Vec<Rating> = (a.ratings.iter())
        .map(|r| Rating {
            value: (r.value * 1.4 + 4.0).exp().round() + (r.user.0 * 25 + r.item.0) as f32,
            ..r
        })
        .map(|r| Rating { value: change(r), ..r })
        .collect();
    let (lo, hi) = range(rows.iter().map(|r| r.value));
    a.ratings = Ratings::new(40, 25, &rows).into();
    (a.scale, a.scale_kind) = (Scale { lo, hi }, ScaleKind::Observed);
    World::new(domains)
}

fn range(values: impl Iterator<Item = f32> + Clone) -> (f32, f32) {
    (values.clone().fold(f32::INFINITY, f32::min), values.fold(f32::NEG_INFINITY, f32::max))
}

/// A's ratings as they are in the file, of some rows.
fn raw(world: &World, rows: &Rows) -> Vec<f32> {
    let all: HashMap<(UserId, ItemId), f32> =
        world.domains[0].ratings.iter().map(|r| ((r.user, r.item), r.value)).collect();
    rows.users.iter().zip(&rows.items).map(|(&user, &item)| all[&(user, item)]).collect()
}

fn config(seed: u64) -> ValidConfig {
    Config { seed, ..Config::robust() }.check().unwrap()
}

#[test]
fn the_scale_is_the_range_of_the_training_rows_and_what_is_beyond_counts_as_its_ends() {
    let world = Arc::new(plays(|r| r.value));
    let mut clipped = 0;
    for seed in 1..60 {
        let plain = Split::new(&world, &config(seed)).unwrap();
        for split in [plain.with_cold(&world, &config(seed)), plain].map(Arc::new) {
            let training = Training::new(world.clone(), split.clone());
            let trained = training.rows(0);
            let (lo, hi) = range(raw(&world, &trained).into_iter());
            assert_eq!(split.scale(0), Scale { lo, hi });
            assert_eq!(range(trained.targets.iter().copied()), (0.0, 1.0));
            let all = &world.domains[0].ratings;
            assert_eq!(split.clipped(0), all.iter().filter(|r| r.value < lo || r.value > hi).count());
            for rows in [training.validation(0), split.test(&world, 0), split.cold(&world, 0)] {
                for (raw, target) in raw(&world, &rows).into_iter().zip(rows.targets) {
                    assert_eq!(target, ((raw.clamp(lo, hi) - lo) / (hi - lo)).clamp(0.0, 1.0));
                }
            }
            clipped += split.clipped(0);
            // B's stars have a scale of their own.
            assert_eq!((split.scale(1), split.clipped(1)), (Scale { lo: 1.0, hi: 5.0 }, 0));
        }
    }
    assert!(clipped > 0, "no split put an extreme into the test");
}

#[test]
fn the_extremes_of_other_rows_change_nothing_of_what_is_trained_on() {
    let world = plays(|r| r.value);
    let split = Split::new(&world, &config(3)).unwrap();
    let test = split.test(&world, 0);
    let spared: Vec<(UserId, ItemId)> = test.users.iter().copied().zip(test.items.iter().copied()).collect();
    let other = plays(|r| if spared.contains(&(r.user, r.item)) { 1e6 + r.value } else { r.value });
    assert!(other.domains[0].scale.hi > 1e6);
    let other_split = Split::new(&other, &config(3)).unwrap();
    let rows = |world: World, split: Split| Training::new(Arc::new(world), Arc::new(split)).rows(0);
    assert_eq!(other_split.scale(0), split.scale(0));
    assert_eq!(other_split.clipped(0), spared.len());
    assert!(other_split.test(&other, 0).targets.iter().all(|&target| target == 1.0));
    assert_eq!(rows(other, other_split), rows(world, split));
}

#[test]
fn what_is_recommended_is_on_the_scale_of_the_training_rows_and_its_model_reads_back() {
    let trained = models::trained(plays(|r| r.value), Network::Mlp);
    let (world, scale) = (&trained.world, trained.scales[0]);
    assert_eq!(scale, Split::new(world, &config(1)).unwrap().scale(0));
    let again = model_file::read(model_file::NAME, &model_file::write(&trained).unwrap()).unwrap();
    assert_eq!((again.world.domains[0].scale, again.scales[0]), (world.domains[0].scale, scale));
    for user in 0..40 {
        let next = recommend::for_user(&trained, 0, UserId(user), 10).unwrap().domains.swap_remove(0).next;
        assert!(
            !next.is_empty() && next.iter().all(|item| scale.contains(item.rating)),
            "{next:?} {scale:?}"
        );
        assert_eq!(recommend::for_user(&again, 0, UserId(user), 10).unwrap().domains[0].next, next);
    }
}

#[test]
fn the_program_says_what_it_took_as_the_scale_and_how_many_ratings_are_beyond_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("observed_scale");
    std::fs::create_dir_all(&folder).unwrap();
    let world = plays(|r| r.value);
    let [a, b] = [0, 1].map(|d| {
        let domain = &world.domains[d];
        let rows = domain.ratings.iter().map(|r| (domain.users.id(r.user), domain.items.id(r.item), r.value));
        let rows: String = rows.map(|(user, item, value)| format!("{user},{item},{value}\n")).collect();
        let text = format!("user,item,rating\n{rows}");
        let path = folder.join(format!("{}.csv", domain.name));
        std::fs::write(&path, text).unwrap();
        path
    });
    let mut clipped = 0;
    for seed in 5..12 {
        let output = Command::new(env!("CARGO_BIN_EXE_dual-metric"))
            .args([
                "train",
                "--json",
                "--no-transfer-study",
                "--epochs",
                "1",
                "--seed",
                &seed.to_string(),
                "--a",
            ])
            .arg(&a)
            .arg("--b")
            .arg(&b)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(
            told.contains("note: a.csv: no usual scale holds ratings from") && !told.contains("note: b.csv")
        );
        let split = Split::new(&world, &config(seed)).unwrap();
        let (scale, beyond) = (split.scale(0), split.clipped(0));
        assert_eq!(result["a"]["scale"], serde_json::json!({ "lo": scale.lo, "hi": scale.hi }));
        assert_eq!(result["a"]["scale_kind"], "observed");
        assert_eq!(result["a"]["clipped_ratings"], beyond);
        assert_eq!(told.contains(&format!("note: a: {beyond} of ")), beyond > 0, "{told}");
        assert_eq!(
            (&result["b"]["scale_kind"], &result["b"]["clipped_ratings"]),
            (&"usual".into(), &0.into())
        );
        clipped += beyond;
    }
    assert!(clipped > 0, "no split put an extreme into the test");
}
