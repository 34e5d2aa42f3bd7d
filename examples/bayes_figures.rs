//! What the Bayesian model finds in two rating files, beside the global mean and the bias models on the same split, and what
//! the training's report leaves out: how many ratings its intervals cover, and whether taste crosses, beside shuffled links.
//!
//! ```sh
//! cargo run --release --example bayes_figures -- book.tsv music.tsv --seed 1
//! ```
//!
//! `--seed N`, `--sweeps N`, `--chains N`, `--k N`; `--features FILE` a table of both domains' items; `--test FILE FILE` the test
//! rows of somebody else's split; `--crossing nothing|biases`; `--shuffled`; `--without steps|noise|turn` a part of the model; `--cold-items SHARE` of the items without ratings.

use std::error::Error;
use std::sync::Arc;

use dual_metric::baselines;
use dual_metric::data::{Domain, ItemId, ReadOptions, UserId, World, read_features, read_ratings};
use dual_metric::dml::bayes::{self, Bayes, Figure};
use dual_metric::engine::Device;
use dual_metric::metrics::rmse;
use dual_metric::recommender::{Assignment, Entry, Event, Recommender, Stopping};
use dual_metric::rng::Generator;
use dual_metric::settings::{Config, ValidConfig};
use dual_metric::split::{Crossing, Rows, Split, Training};

/// What is asked for.
#[derive(Default)]
struct Asked {
    files: Vec<String>,
    tests: Vec<String>,
    features: Option<String>,
    crossing: Option<Crossing>,
    is_shuffled: bool,
    without: Option<Entry>,
    cold_items: Option<f32>,
    settings: Vec<(String, String)>,
}

impl Asked {
    fn new(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self::default();
        while let Some(argument) = arguments.next() {
            let mut next = || arguments.next().ok_or(format!("{argument} needs a value"));
            match &argument[..] {
                "--seed" => asked.settings.push(("seed".into(), next()?)),
                "--sweeps" => asked.settings.push(("sweeps".into(), next()?)),
                "--chains" => asked.settings.push(("chains".into(), next()?)),
                "--k" => asked.settings.push(("bayes_dimension".into(), next()?)),
                "--features" => asked.features = Some(next()?),
                "--test" => asked.tests = vec![next()?, next()?],
                "--crossing" => {
                    asked.crossing = Some(match &next()?[..] {
                        "nothing" => Crossing::Nothing,
                        "biases" => Crossing::Biases,
                        other => return Err(format!("--crossing: nothing or biases, not {other}")),
                    });
                }
                "--without" => {
                    asked.without = Some(match &next()?[..] {
                        "steps" => bayes::WITHOUT_STEPS,
                        "noise" => bayes::WITHOUT_NOISE,
                        "turn" => bayes::WITHOUT_TURN,
                        other => return Err(format!("--without: steps, noise or turn, not {other}")),
                    });
                }
                "--shuffled" => asked.is_shuffled = true,
                "--cold-items" => {
                    let share = next()?.parse();
                    asked.cold_items = Some(share.map_err(|_| "--cold-items: a share, such as 0.1")?);
                }
                _ => asked.files.push(argument),
            }
        }
        match asked.files.len() {
            2 => Ok(asked),
            _ => Err("name two rating files".into()),
        }
    }

    fn domain(&self, path: &str) -> Result<Domain, Box<dyn Error>> {
        let mut domain = read_ratings(path, &std::fs::read(path)?, &ReadOptions::default())?.domain;
        if let Some(path) = &self.features {
            let table = read_features(path, &std::fs::read(path)?, &domain.items)?;
            domain.item_features = Some(Arc::new(table.features));
        }
        Ok(domain)
    }
}

/// A model, trained.
fn train(
    entry: &Entry,
    training: &Training,
    config: &ValidConfig,
) -> Result<Arc<dyn Recommender>, Box<dyn Error>> {
    let assignment = Assignment {
        training: training.clone(),
        config: config.clone(),
        device: Device::cpu(),
        watched: Vec::new(),
        stopping: Stopping::Own,
    };
    let mut tell = |event, _| {
        if let Event::Finished { seconds, .. } = event {
            println!("{} trained in {seconds:.1} s", entry.name);
        }
    };
    Ok(pollster::block_on(entry.train(assignment, &mut tell))?.model())
}

/// The share of rows whose rating lies within the middle 80 % of its distribution: by the probability integral transform,
/// drawn within the step of the rating, since ratings are steps.
fn coverage(model: &Bayes, domain: usize, rows: &Rows, chance: &mut Generator) -> f64 {
    let values = model.levels(domain);
    let chances = model.distribution(domain, &rows.users, &rows.items);
    let inside = rows.targets.iter().zip(chances.chunks(values.len())).filter(|(target, chances)| {
        let distance = |value: &f32| (value - **target).abs();
        let level = (0..values.len()).min_by(|&i, &j| distance(&values[i]).total_cmp(&distance(&values[j])));
        let level = level.unwrap_or(0);
        let below: f32 = chances[..level].iter().sum();
        (0.1..0.9).contains(&(below + chance.unit() * chances[level]))
    });
    inside.count() as f64 / rows.targets.len().max(1) as f64
}

fn print(
    group: &str,
    models: &[(&str, Arc<dyn Recommender>)],
    domain: usize,
    rows: &Rows,
) -> Result<(), Box<dyn Error>> {
    print!("{group}, {} ratings:", rows.len());
    for (name, model) in models {
        print!("  {name} {:.4}", rmse(&model.predict(domain, &rows.users, &rows.items), &rows.targets)?);
        let model: &dyn std::any::Any = &**model;
        if let Some(bayes) = model.downcast_ref::<Bayes>() {
            print!(" covers {:.3}", coverage(bayes, domain, rows, &mut Generator::new(1, "coverage")));
        }
    }
    println!();
    Ok(())
}

/// Rows of which a test holds.
fn filtered(rows: &Rows, holds: impl Fn(UserId, ItemId) -> bool) -> Rows {
    let keep: Vec<usize> = (0..rows.len()).filter(|&n| holds(rows.users[n], rows.items[n])).collect();
    Rows {
        users: keep.iter().map(|&n| rows.users[n]).collect(),
        items: keep.iter().map(|&n| rows.items[n]).collect(),
        targets: keep.iter().map(|&n| rows.targets[n]).collect(),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = Asked::new(std::env::args().skip(1))?;
    // All rows that are not tested are trained on, by all models alike.
    let mut config = Config { patience: None, mix: false, ..Config::robust() };
    asked.settings.iter().try_for_each(|(name, value)| config.set(name, value))?;
    let config = config.check()?;
    let (mut domains, mut tested) = (Vec::new(), Vec::new());
    for (d, path) in asked.files.iter().enumerate() {
        let domain = asked.domain(path)?;
        match asked.tests.get(d) {
            Some(test) => {
                let both = domain.with_test_rows(&asked.domain(test)?);
                domains.push(both.domain);
                tested.push(both.tested);
            }
            None => {
                if let Some(share) = asked.cold_items {
                    // All ratings of these items are tested.
                    let mut chance = Generator::new(config.seed, "cold items");
                    let cold: Vec<bool> = (0..domain.items.len()).map(|_| chance.unit() < share).collect();
                    tested.push(domain.ratings.iter().map(|rating| cold[rating.item.index()]).collect());
                }
                domains.push(domain);
            }
        }
    }
    let world = Arc::new(World::new(domains));
    let entries = [
        &baselines::MEAN,
        &baselines::BIAS,
        &baselines::LINKED_BIAS,
        asked.without.as_ref().unwrap_or(&bayes::ENTRY),
    ];
    let plain = match tested.is_empty() {
        true => Split::new(&world, &config)?,
        false => Split::of_test_rows(&world, &config, &tested, 0.0)?,
    };
    let parts: &[bool] = if tested.is_empty() { &[false, true] } else { &[false] };
    for &is_cold in parts {
        let mut split = if is_cold { plain.with_cold(&world, &config) } else { plain.clone() };
        if asked.is_shuffled {
            split = split.with_shuffled_links(&world, &mut Generator::new(config.seed, "shuffled links"));
        }
        if let Some(crossing) = asked.crossing {
            split = split.with_crossing(crossing);
        }
        let training = Training::new(world.clone(), Arc::new(split.clone()));
        let mut models = Vec::new();
        for entry in entries {
            models.push((entry.name, train(entry, &training, &config)?));
        }
        for d in 0..2 {
            let name = &world.domains[d].name;
            if is_cold {
                print(&format!("{name}, newcomers"), &models, d, &split.cold(&world, d))?;
                continue;
            }
            let rows = split.test(&world, d);
            print(name, &models, d, &rows)?;
            let mut seen = [vec![false; training.users(d)], vec![false; training.items(d)]];
            let known = training.rows(d);
            known.users.iter().for_each(|user| seen[0][user.index()] = true);
            known.items.iter().for_each(|item| seen[1][item.index()] = true);
            let cold = filtered(&rows, |user, _| !seen[0][user.index()]);
            if !asked.tests.is_empty() {
                print(&format!("{name}, people without ratings"), &models, d, &cold)?;
            }
            let cold = filtered(&rows, |_, item| !seen[1][item.index()]);
            if !cold.is_empty() {
                print(&format!("{name}, items without ratings"), &models, d, &cold)?;
            }
        }
        let model: &dyn std::any::Any = &*models[3].1;
        if let (false, Some(bayes)) = (is_cold, model.downcast_ref::<Bayes>()) {
            for (branch, link) in bayes.links().iter().enumerate() {
                let told = |name: &str, figure: Option<Figure>| match figure {
                    Some(Figure { mean, deviation, r_hat, effective_draws }) => println!(
                        "{name} {mean:.3} ± {deviation:.3}, R-hat {:.2}, worth {:.0} draws",
                        r_hat.unwrap_or(f64::NAN),
                        effective_draws.unwrap_or(f64::NAN)
                    ),
                    None => println!("{name} –"),
                };
                told("rho", Some(link.rho));
                told("c", link.scale);
                told("c in units of both lengths", link.correlation);
                // The split's pairs stand by the first domain; a branch may hang the other way around.
                let pairs = split.held_out(&world, 0).into_iter();
                let pairs: Vec<(UserId, UserId)> =
                    pairs.map(|(a, b)| if link.from == 0 { (a, b) } else { (b, a) }).collect();
                println!("held-out pairs: {:?}", bayes.taste(branch, &pairs));
            }
        }
    }
    Ok(())
}
