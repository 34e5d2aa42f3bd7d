//! The same ratings, order and first weights for programs that are not in Rust: raw little-endian files.

use std::io;
use std::path::Path;

use dual_metric::engine::{RatingRow, UpdatedRows};
use serde_json::json;

use crate::net::data::{Data, Size};
use crate::net::{SEED, table::table};

/// The two sizes that engines are compared on: MovieLens-1M's and MovieLens-100K's.
const SIZES: [(&str, Size); 2] = [
    ("ml-1m", Size { users: 6040, items: 3952, ratings: 1_000_000 }),
    ("ml-100k", Size { users: 943, items: 1682, ratings: 100_000 }),
];

/// Writes a folder for each size into `folder`.
///
/// # Errors
/// When a file can't be written.
pub fn export(folder: &Path) -> io::Result<()> {
    for (name, size) in SIZES {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        let data = Data::new(size);
        let table = table(&data, UpdatedRows::All, SEED);
        let shapes: Vec<[usize; 2]> = table.params.iter().map(|p| [p.rows, p.columns]).collect();
        let weights: Vec<f32> = table.params.iter().flat_map(|p| p.values.iter().copied()).collect();
        let numbers = |values: &[u32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let reals = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let ratings = &data.rows.ratings;
        let [users, items] = [|r: &RatingRow| r.user, |r: &RatingRow| r.item]
            .map(|field| ratings.iter().map(field).collect::<Vec<u32>>());
        let residuals: Vec<f32> = ratings.iter().map(|r| r.residual).collect();
        std::fs::write(folder.join("users.u32"), numbers(&users))?;
        std::fs::write(folder.join("items.u32"), numbers(&items))?;
        std::fs::write(folder.join("residuals.f32"), reals(&residuals))?;
        std::fs::write(folder.join("order.u32"), numbers(&data.order))?;
        std::fs::write(folder.join("weights.f32"), reals(&weights))?;
        let about = json!({
            "users": size.users,
            "items": size.items,
            "ratings": size.ratings,
            "training": data.training,
            "shapes": shapes,
            "adam": [table.adam.learning_rate, table.adam.beta_1, table.adam.beta_2, table.adam.epsilon],
            "bias_rmse": data.bias_rmse(),
        });
        std::fs::write(folder.join("net.json"), format!("{about:#}\n"))?;
    }
    Ok(())
}
