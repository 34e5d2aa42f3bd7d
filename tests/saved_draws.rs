//! What a saved sampler says beside what all its draws say, on the Douban pair (book, music). The data may not be shipped:
//! `scripts/test` runs this where it is.

use std::any::Any;
use std::sync::Arc;

use crate::real;
use dual_metric::data::{ReadOptions, World, read_ratings};
use dual_metric::dml::bayes::{self, Bayes};
use dual_metric::engine::Device;
use dual_metric::metrics::rmse;
use dual_metric::model_file;
use dual_metric::recommender::{Assignment, Recommender, Stopping, Trained};
use dual_metric::rng::Generator;
use dual_metric::settings::{Config, ValidConfig};
use dual_metric::split::{Rows, Split, Training};

/// Error, the share of ratings within the middle 80 % of their distribution, and its mean width on the unit scale.
#[derive(Debug)]
struct Figures {
    rmse: f64,
    covered: f64,
    width: f64,
}

/// By the probability integral transform, drawn within the step of the rating: ratings are steps. The width is that between
/// the ends of [`Chances::likely`](dual_metric::recommender::Chances::likely) before they are rounded to levels.
fn figures(model: &Bayes, domain: usize, rows: &Rows) -> Figures {
    let levels = model.levels(domain);
    let all = model.distribution(domain, &rows.users, &rows.items);
    let mut chance = Generator::new(1, "coverage");
    let (mut covered, mut width) = (0.0, 0.0);
    for (target, chances) in rows.targets.iter().zip(all.chunks(levels.len())) {
        let distance = |&level: &usize| (levels[level] - target).abs();
        let level = (0..levels.len()).min_by(|i, j| distance(i).total_cmp(&distance(j))).unwrap();
        let below: f32 = chances[..level].iter().sum();
        covered += f64::from(u8::from((0.1..0.9).contains(&(below + chance.unit() * chances[level]))));
        width += f64::from(end(levels, chances, 0.9) - end(levels, chances, 0.1));
    }
    let n = rows.len() as f64;
    let rmse = rmse(&model.predict(domain, &rows.users, &rows.items), &rows.targets).unwrap();
    Figures { rmse, covered: covered / n, width: width / n }
}

/// Where a share of a distribution lies below, each level's chance spread evenly up to the next.
fn end(levels: &[f32], chances: &[f32], share: f32) -> f32 {
    let mut below = 0.0;
    for (n, &chance) in chances.iter().enumerate() {
        if below + chance >= share {
            let next = levels.get(n + 1).copied().unwrap_or(1.25);
            return levels[n] + (share - below) / chance.max(1e-9) * (next - levels[n]);
        }
        below += chance;
    }
    1.25
}

/// The pair with a chain on it, and the model.
struct Sampled {
    world: Arc<World>,
    config: ValidConfig,
    split: Split,
    model: Bayes,
}

fn sampled(thinning: usize) -> Sampled {
    let domains = ["book.tsv", "music.tsv"].map(|name| {
        let bytes = real::file(&format!("douban/{name}"));
        read_ratings(name, &bytes, &ReadOptions::default()).unwrap().domain
    });
    let world = Arc::new(World::new(domains.into()));
    let config = Config { model: "bayes".into(), thinning, ..Config::robust() }.check().unwrap();
    let split = Split::new(&world, &config).unwrap().with_cold(&world, &config);
    let training = Training::new(world.clone(), Arc::new(split.clone()));
    let (watched, stopping) = (vec![Vec::new()], Stopping::Own);
    let given = Assignment { training, config: config.clone(), device: Device::cpu(), watched, stopping };
    let mut fit = pollster::block_on((bayes::ENTRY.begin)(given)).unwrap();
    while !fit.is_done() {
        pollster::block_on(fit.advance(&mut |_| ())).unwrap();
    }
    let model = fit.model();
    let any: &dyn Any = &*model;
    Sampled { model: any.downcast_ref::<Bayes>().unwrap().clone(), world, config, split }
}

impl Sampled {
    /// The length of the file of a model, and what is read back from it.
    fn saved(&self, model: &Bayes) -> (usize, Bayes) {
        let scales = (0..2).map(|d| self.split.scale(d)).collect();
        let (world, settings, ratings) = (self.world.clone(), Some(self.config.clone()), vec![0, 0]);
        let model: Arc<dyn Recommender> = Arc::new(model.clone());
        let trained = Trained { world, name: "bayes", settings, scales, ratings, model };
        let bytes = model_file::write(&trained).unwrap();
        let read = model_file::read(model_file::NAME, &bytes).unwrap().model;
        let any: &dyn Any = &*read;
        (bytes.len(), any.downcast_ref::<Bayes>().unwrap().clone())
    }

    /// The rows that are tested, by domain and group.
    fn rows(&self) -> Vec<(usize, &'static str, Rows)> {
        let of =
            |d| [(d, "test", self.split.test(&self.world, d)), (d, "cold", self.split.cold(&self.world, d))];
        (0..2).flat_map(of).collect()
    }
}

#[test]
#[ignore = "needs the Douban files; set DUAL_METRIC_DATA"]
fn a_saved_model_says_what_all_its_draws_say_and_one_of_fewer_draws_would_say_less() {
    let sampled = sampled(5);
    let all = &sampled.model;
    let mut tried: Vec<(String, Bayes)> =
        [5, 10, 20, 60].map(|n| (format!("{n} draws"), all.thinned(n))).into();
    for n in [5, 10, 20, 60] {
        let (bytes, read) = sampled.saved(&all.thinned(n));
        tried.push((format!("{n} draws in half precision, {bytes} bytes"), read));
    }
    for (d, group, rows) in sampled.rows() {
        let whole = figures(all, d, &rows);
        println!("domain {d} {group}, {} rows, {} draws: {whole:.5?}", rows.len(), all.draws());
        for (what, model) in &tried {
            println!("  {what}: {:.5?}", figures(model, d, &rows));
        }
        let kept = figures(&tried[7].1, d, &rows);
        assert!((kept.rmse - whole.rmse).abs() < 1e-5, "{kept:?} {whole:?}");
        assert!((kept.covered - whole.covered).abs() < 1e-3, "{kept:?} {whole:?}");
        assert!((kept.width / whole.width - 1.0).abs() < 1e-3, "{kept:?} {whole:?}");
        assert!(figures(&tried[6].1, d, &rows).rmse > whole.rmse, "{group}: twenty draws are as good");
    }
}

#[test]
#[ignore = "needs the Douban files; set DUAL_METRIC_DATA"]
fn of_more_draws_than_are_saved_those_that_are_say_nearly_the_same() {
    let sampled = sampled(2);
    let all = &sampled.model;
    let (bytes, read) = sampled.saved(all);
    assert_eq!((all.draws(), read.draws()), (138, 60));
    for (d, group, rows) in sampled.rows() {
        let (whole, kept) = (figures(all, d, &rows), figures(&read, d, &rows));
        println!("domain {d} {group}: 138 draws {whole:.5?}; 60 draws, {bytes} bytes: {kept:.5?}");
        // Two chains differ by as much (docs/bayes.md).
        assert!((kept.rmse - whole.rmse).abs() < 5e-4, "{kept:?} {whole:?}");
        assert!((kept.covered - whole.covered).abs() < 5e-3, "{kept:?} {whole:?}");
        assert!((kept.width / whole.width - 1.0).abs() < 1e-2, "{kept:?} {whole:?}");
    }
}
