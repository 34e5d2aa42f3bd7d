//! What there is to take away besides the model: recommendations and embeddings as CSV, the tables of a contest and of
//! figures, and what `metrics.json` says of where its figures come from. A text cell that a spreadsheet would run as a formula
//! is disarmed by an apostrophe; numbers stay numbers.

pub mod contest;
mod figure;

pub use figure::{figure_csv, figure_latex, figure_markdown};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{ItemId, UserId, World};
use crate::error::{Error, Result};
use crate::recommend::{DomainAdvice, Group, ListOrder, TopLists, people_of};
use crate::recommender::{Known, Trained};

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

/// The top ten of every user in every domain: `user, domain, rank, item, title, predicted, via_map`, and of a model that has
/// chances also `likely_low, likely_high`, between which a rating lies with four chances in five, and `chance`, that of `high`
/// or more.
///
/// # Errors
/// When the table cannot be written.
pub fn recommendations_csv(trained: &Trained) -> Result<String> {
    let world = &trained.world;
    let mut lists = TopLists::for_many(trained);
    let mut table = ListTable::new(trained)?;
    for (d, domain) in world.domains.iter().enumerate() {
        for user in domain.users.all() {
            // A person of two files is written once, with the first.
            if world.people.domains(world.people.person(d, user)).next() != Some(d) {
                continue;
            }
            table.add(d, user, &lists.of_user(d, user, TOP))?;
        }
    }
    table.finish()
}

/// The same of one person alone, with so many items a domain, in the order of the lists on the page.
///
/// # Errors
/// When the table cannot be written.
pub fn person_csv(
    trained: &Trained,
    domain: usize,
    user: UserId,
    n: usize,
    order: ListOrder,
) -> Result<String> {
    let mut table = ListTable::new(trained)?;
    table.add(domain, user, &TopLists::new(trained).sorted_by(order).of_user(domain, user, n))?;
    table.finish()
}

/// A group of people and what it likes: `kind, domain, rank, id, title, group, everybody`. Of people, each of them once by the first
/// of their domains, there is no rank, nor are there means of deviations; items are in the order of how far beyond everybody's the
/// group's is.
///
/// # Errors
/// When there is no such user or the table cannot be written.
pub fn group_csv(world: &World, members: &[Vec<u32>], group: &Group) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["kind", "domain", "rank", "id", "title", "group", "everybody"]).map_err(refused)?;
    let mut add = |kind: &str, domain: &str, id: &str, title: &str, numbers: [String; 3]| {
        let [rank, group, everybody] = &numbers;
        let row = [kind, &disarmed(domain), rank, &disarmed(id), &disarmed(title), group, everybody];
        table.write_record(row).map_err(refused)
    };
    for person in people_of(world, members)? {
        let first = world.people.domains(person).next();
        let Some((d, user)) = first.and_then(|d| Some((d, world.people.user(d, person)?))) else { continue };
        let domain = &world.domains[d];
        let none = [const { String::new() }; 3];
        add("person", &domain.name, domain.users.id(user), domain.user_title(user), none)?;
    }
    for (domain, liked) in world.domains.iter().zip(&group.domains) {
        for (rank, item) in liked.beyond.iter().enumerate() {
            let deviation = |x: f32| format!("{x:.4}");
            let numbers = [(rank + 1).to_string(), deviation(item.group), deviation(item.everybody)];
            add("item", &domain.name, domain.items.id(item.item), &item.title, numbers)?;
        }
    }
    finish(table)
}

/// Lists of recommendations as they are written, a line an item.
struct ListTable<'t> {
    world: &'t World,
    has_chances: bool,
    table: csv::Writer<Vec<u8>>,
}

impl<'t> ListTable<'t> {
    fn new(trained: &'t Trained) -> Result<Self> {
        let has_chances = has_chances(trained);
        let mut table = csv::Writer::from_writer(Vec::new());
        let header = ["user", "domain", "rank", "item", "title", "predicted", "via_map"];
        let beside = ["likely_low", "likely_high", "high", "chance"];
        let beside = if has_chances { &beside[..] } else { &[] };
        table.write_record(header.iter().chain(beside)).map_err(refused)?;
        Ok(Self { world: &trained.world, has_chances, table })
    }

    /// What somebody is recommended in every domain.
    fn add(&mut self, domain: usize, user: UserId, lists: &[DomainAdvice]) -> Result<()> {
        let id = self.world.domains[domain].users.id(user);
        for (target, advice) in self.world.domains.iter().zip(lists) {
            for (rank, item) in advice.next.iter().enumerate() {
                let mut row = vec![
                    disarmed(id),
                    disarmed(&target.name),
                    (rank + 1).to_string(),
                    disarmed(target.items.id(item.item)),
                    disarmed(&item.title),
                    format!("{:.4}", item.rating),
                    advice.via_map.to_string(),
                ];
                if self.has_chances {
                    let ends = item.likely.map(|ends| ends.map(Some)).unwrap_or_default();
                    let numbers = ends.into_iter().chain([advice.high, item.chance]);
                    row.extend(numbers.map(|x| x.map_or_else(String::new, |x| format!("{x:.4}"))));
                }
                self.table.write_record(&row).map_err(refused)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<String> {
        finish(self.table)
    }
}

/// Whether the model says how likely each rating is: of anybody in any domain.
fn has_chances(trained: &Trained) -> bool {
    let domains = trained.world.domains.iter().enumerate();
    let mut asked = domains.filter(|(_, domain)| !domain.users.is_empty() && !domain.items.is_empty());
    asked.any(|(domain, _)| {
        let known = Known { domain, user: UserId(0) };
        trained.model.outlook(known, domain, &[ItemId(0)]).is_some_and(|outlook| outlook.chances.is_some())
    })
}

/// Every user's vector: `domain, user, e1 … ek`, and for users of a link's first domain also `m1 … mk`, what becomes of it in
/// the second. Those of a sampler are posterior means, as deviations from the mean of the domain's people.
///
/// # Errors
/// When the model has no vectors, or the table cannot be written.
pub fn embeddings_csv(trained: &Trained) -> Result<String> {
    let (world, name) = (&trained.world, trained.name);
    let Some(vectors) = trained.model.vectors()? else {
        return Err(Error::data(
            format!("{name} has no vectors of people to save"),
            "Save its recommendations",
        ));
    };
    let k = vectors.dimension();
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["domain".to_string(), "user".to_string()];
    header.extend((1..=k).map(|i| format!("e{i}")));
    header.extend((1..=k).map(|i| format!("m{i}")));
    table.write_record(&header).map_err(refused)?;
    for (d, domain) in world.domains.iter().enumerate() {
        let to = world.links.iter().find(|link| link.a == d).map(|link| link.b);
        for user in domain.users.all() {
            let mapped = to.and_then(|to| vectors.of(Known { domain: d, user }, to));
            let mut row = vec![disarmed(&domain.name), disarmed(domain.users.id(user))];
            row.extend(vectors.of_user(d, user).iter().map(f32::to_string));
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
