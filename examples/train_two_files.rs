//! Reads two rating files, trains on both and prints the errors beside the baselines, and what each domain gives the
//! other:
//!
//! ```sh
//! cargo run --release --example train_two_files -- books.csv films.csv
//! ```

use std::error::Error;
use std::sync::Arc;

use dual_metric::data::{ReadOptions, World, read_ratings};
use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::presentation::verdict;
use dual_metric::settings::Config;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.len() != 2 {
        return Err("name two rating files".into());
    }

    // Columns, delimiter and scale are recognised; `ReadOptions` declares what should not be guessed.
    let mut domains = Vec::new();
    for path in &paths {
        let read = read_ratings(path, &std::fs::read(path)?, &ReadOptions::default())?;
        println!("{}", read.report.understood);
        read.report.warnings.iter().for_each(|warning| println!("  {}", warning.text));
        domains.push(read.domain);
    }
    // People with the same id in both files are linked.
    let world = Arc::new(World::new(domains));

    // The training itself, and beside it those that tell what crosses; the model that would be kept is not needed.
    let config = Config { seed: 1, train_on_everything: false, ..Config::robust() }.check()?;
    let mut study =
        pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::Measured, Vec::new()))?;
    pollster::block_on(study.finish(&mut |_| {}))?;

    let report = study.report().ok_or("there are no figures")?;
    println!("\nRMSE on the unit scale, (rating - lo) / (hi - lo), on ratings that were not trained on:");
    for domain in &report.domains {
        println!(
            "  {:<20} global mean {:.4}   bias model {:.4}   this model {:.4}",
            domain.name, domain.mean.rmse, domain.bias.rmse, domain.model.rmse
        );
    }
    println!();
    verdict(report).iter().for_each(|sentence| println!("{sentence}"));
    Ok(())
}
