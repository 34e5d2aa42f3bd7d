//! Searches for the settings of some models on two rating files, tests the best of each beside the default, and writes what
//! was tried and what mattered as figures; `dual-metric lab --experiment tune` does the same, and goes on after an interruption:
//!
//! ```sh
//! cargo run --release --example tune_settings -- books.csv films.csv 20 dml cmf
//! ```

use std::error::Error;
use std::sync::Arc;

use dual_metric::data::{ReadOptions, World, read_ratings};
use dual_metric::figure::Look;
use dual_metric::lab::contest::{Contest, Manifest, TUNE};
use dual_metric::lab::experiments::shown;
use dual_metric::lab::tune::{ready, search_jobs};
use dual_metric::settings::Config;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, second, budget, models @ ..] = arguments.as_slice() else {
        return Err("name two rating files, a number of tries and the models".into());
    };
    let mut domains = Vec::new();
    for path in [first, second] {
        domains.push(read_ratings(path, &std::fs::read(path)?, &ReadOptions::default())?.domain);
    }
    let world = Arc::new(World::new(domains));
    let config = Config::robust().check()?;
    let contest =
        Contest::new(world, None, 5, &config, 1, "two files".into(), "an example")?.of_experiment(TUNE);
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    let jobs = search_jobs(&models, &[config.seed], budget.parse()?)?;
    let manifest = Manifest { terms: contest.terms().clone(), jobs };
    // The results are all that has to be kept to go on with it later.
    let mut results = Vec::new();
    while let Some(job) = ready(&manifest, &results)?.first() {
        let outcome = pollster::block_on(contest.run(job, &mut |_| ()))?;
        println!("{job}: {:.1} s", outcome.result.training.seconds);
        results.push(outcome.result);
    }
    let found = shown(&manifest, &results)?;
    for figure in &found.figures {
        std::fs::write(format!("{}.svg", figure.name), figure.svg(&Look::column()))?;
    }
    for own in &found.found {
        std::fs::write(own.file(), serde_json::to_string_pretty(&own.settings)?)?;
    }
    println!("{}", found.finding);
    Ok(())
}
