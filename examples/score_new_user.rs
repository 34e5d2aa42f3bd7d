//! Trains on the generated sample and recommends films to somebody who has rated books and never a film: their vector
//! goes through the map X into the space of the films.
//!
//! ```sh
//! cargo run --release --example score_new_user
//! ```

use std::error::Error;
use std::sync::Arc;

use dual_metric::data::{UserId, sample};
use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::settings::Config;
use dual_metric::{model_file, recommend};

const BOOKS: usize = 0;
const FILMS: usize = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let world = Arc::new(sample(1).world);

    // One training to measure, without those that tell what crosses, and one on everything: the model that is kept.
    let config = Config::robust().check()?;
    let mut study =
        pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, Vec::new()))?;
    pollster::block_on(study.finish(&mut |_| {}))?;

    // The file of a model has the data that recommendations need. `dual-metric train --out` writes it too.
    let bytes = model_file::write(&study.kept())?;
    let trained = model_file::read(model_file::NAME, &bytes)?;

    let world = &trained.world;
    let newcomer = UserId::first(world.domains[BOOKS].users.len())
        .find(|&user| world.people.across(BOOKS, user, FILMS).is_none())
        .ok_or("everybody has rated films")?;

    let advice = recommend::for_user(&trained, BOOKS, newcomer, 5)?;
    println!("{} has rated among others", advice.label);
    for book in advice.domains[BOOKS].rated.iter().take(3) {
        println!("  {:.1}  {}", book.rating, book.title);
    }
    println!("and might like these films:");
    for film in &advice.domains[FILMS].next {
        println!("  {:.1}  {}", film.rating, film.title);
    }
    Ok(())
}
