//! Searches for the settings of some models on two rating files, tests the best of each beside the default, and writes what
//! was tried and what mattered as figures:
//!
//! ```sh
//! cargo run --release --example tune_settings -- books.csv films.csv 20 dml cmf
//! ```

use std::error::Error;
use std::sync::Arc;

use dual_metric::data::{ReadOptions, World, read_ratings};
use dual_metric::figure::Look;
use dual_metric::lab::tune::{Search, Step};
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
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    let mut search = Search::new(world, &Config::robust().check()?, &models, budget.parse()?)?;
    loop {
        match pollster::block_on(search.advance())? {
            Step::Tried { model, tries, value } => {
                let value = value.map_or("no number".into(), |value| format!("{value:.4}"));
                println!("{model}, try {tries}: {value}");
            }
            Step::Tested { model } => println!("{model} is tested"),
            Step::Done => break,
        }
        // What is needed to go on with it later.
        std::fs::write("tune.json", serde_json::to_string_pretty(search.state())?)?;
    }
    for own in &search.state().models {
        for figure in own.figures() {
            std::fs::write(format!("{}.svg", figure.name), figure.svg(&Look::column()))?;
            println!("\n{}", figure.finding);
        }
    }
    Ok(())
}
