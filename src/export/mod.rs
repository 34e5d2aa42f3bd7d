//! What there is to take away besides the model: recommendations and embeddings as CSV, the tables of a contest and of
//! figures, and what `metrics.json` says of where its figures come from. A text cell that a spreadsheet would run as a formula
//! is disarmed by an apostrophe; numbers stay numbers.

pub mod contest;
mod figure;

pub use figure::{figure_csv, figure_latex, figure_markdown};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{UserId, World};
use crate::dml::Dml;
use crate::error::{Error, Result};
use crate::recommend::{DomainAdvice, TopLists};

/// Items that are written for each user and domain.
const TOP: usize = 10;

/// A file that figures were taken on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InputFile {
    /// Its domain, by the letter of its place.
    pub domain: String,
    /// `ratings`, `test`, `users` or `items`.
    pub kind: String,
    /// File name, without the folder.
    pub name: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits; `None` where the browser works out none.
    pub sha256: Option<String>,
}

/// Name and version of this program.
pub fn program() -> &'static str {
    concat!("dual-metric ", env!("CARGO_PKG_VERSION"))
}

/// A structure as JSON whose numbers read as they were set: 0.001 and not the nearest number in double precision to
/// the nearest in single precision.
///
/// # Errors
/// When a number is not finite, which JSON cannot hold.
pub fn exact<T: Serialize>(value: &T) -> Result<Value> {
    let refused = |error: serde_json::Error| Error::file("export", error.to_string(), "Export again");
    serde_json::from_str(&serde_json::to_string(value).map_err(refused)?).map_err(refused)
}

/// The top ten of every user in every domain: `user, domain, rank, item, title, predicted, via_map`.
///
/// # Errors
/// When the table cannot be written.
pub fn recommendations_csv(world: &World, model: &Dml) -> Result<String> {
    let mut lists = TopLists::new(world, model);
    lists_csv(world, |domain, user, n| lists.of_user(domain, user, n))
}

/// The same table of lists that `of_user` makes: the top-n of a user of a domain in every domain.
///
/// # Errors
/// When the table cannot be written.
pub fn lists_csv(
    world: &World,
    mut of_user: impl FnMut(usize, UserId, usize) -> Vec<DomainAdvice>,
) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table
        .write_record(["user", "domain", "rank", "item", "title", "predicted", "via_map"])
        .map_err(refused)?;
    for (d, domain) in world.domains.iter().enumerate() {
        for user in domain.users.all() {
            // A person of two files is written once, with the first.
            if world.people.domains(world.people.person(d, user)).next() != Some(d) {
                continue;
            }
            let advice = of_user(d, user, TOP);
            for (there, next) in advice.iter().enumerate() {
                for (rank, item) in next.next.iter().enumerate() {
                    let target = &world.domains[there];
                    table
                        .write_record([
                            disarmed(domain.users.id(user)),
                            disarmed(&target.name),
                            (rank + 1).to_string(),
                            disarmed(target.items.id(item.item)),
                            disarmed(&item.title),
                            format!("{:.4}", item.rating),
                            next.via_map.to_string(),
                        ])
                        .map_err(refused)?;
                }
            }
        }
    }
    finish(table)
}

/// Every user's vector: `domain, user, e1 … ek`, and for users of a link's first domain also the mapped vector
/// `m1 … mk`.
///
/// # Errors
/// When the table cannot be written.
pub fn embeddings_csv(world: &World, model: &Dml) -> Result<String> {
    let k = model.dimension;
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["domain".to_string(), "user".to_string()];
    header.extend((1..=k).map(|i| format!("e{i}")));
    header.extend((1..=k).map(|i| format!("m{i}")));
    table.write_record(&header).map_err(refused)?;
    for (d, domain) in world.domains.iter().enumerate() {
        for user in domain.users.all() {
            let vector = model.user_embedding(d, user);
            let mapped = model.links.iter().find(|l| l.a == d).map(|l| l.mapping.to_b(vector));
            let mut row = vec![disarmed(&domain.name), disarmed(domain.users.id(user))];
            row.extend(vector.iter().map(f32::to_string));
            match mapped {
                Some(mapped) => row.extend(mapped.iter().map(f32::to_string)),
                None => row.extend((0..k).map(|_| String::new())),
            }
            table.write_record(&row).map_err(refused)?;
        }
    }
    finish(table)
}

/// What a spreadsheet takes for the beginning of a formula (OWASP, *CSV Injection*), in full width too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text cell that no spreadsheet takes for a formula.
fn disarmed(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_string() }
}

fn finish(table: csv::Writer<Vec<u8>>) -> Result<String> {
    let bytes = table.into_inner().map_err(|error| refused(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| Error::file("export", error.to_string(), "Export again"))
}

fn refused(error: csv::Error) -> Error {
    Error::file("export", error.to_string(), "Export again")
}
