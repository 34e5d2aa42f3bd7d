//! What is telling of the people of a region: a number of each, summed over them, and how far that is from what chance would
//! give. Chance is that the region's people were drawn from all: the mean and variance of such a sum are those of a draw without
//! replacement, so that somebody with many ratings counts as one person.

use serde::Serialize;

use super::fields::{find, item_fields, names_in_users, user_fields};
use crate::data::{Domain, ItemId, UserId, World};
use crate::split::Rows;

/// The chance of a single false fact in all that are tried.
const CHANCE: f64 = 0.01;
/// People of a region who have to have something to do with a fact, and all such people.
const LEAST_HERE: u32 = 8;
const LEAST: u32 = 20;
/// How the rare categories of a field are called together: no name of anything.
const OTHERS: &str = "others";

/// What a fact is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TellingKind {
    /// More of the people are of a category: shares of people.
    People,
    /// More of their ratings are of items of a category: shares of ratings.
    Often,
    /// Items of a category are rated higher, against their other ratings and everybody's of the items, on the original scale.
    High,
    /// An item is, in the same sense.
    Item,
}

/// A fact that stands out of chance.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Telling {
    /// What it is of.
    pub kind: TellingKind,
    /// Whose people or items, by number.
    pub domain: usize,
    /// The category, or the item's title.
    pub name: String,
    /// How it is in the region.
    pub here: f32,
    /// How it is with everybody.
    pub everywhere: f32,
    /// Standard deviations beyond what chance would give.
    pub z: f32,
}

/// Sums over the people of each region, by column.
struct Tally {
    regions: usize,
    /// `[columns, regions]`: of the numbers, of what they are means over, and how many people have some.
    sums: Vec<f64>,
    weights: Vec<f64>,
    people: Vec<u32>,
    /// By column, of the squares.
    squares: Vec<f64>,
    /// By region, everybody who could have some.
    sizes: Vec<u32>,
}

impl Tally {
    fn new(columns: usize, regions: usize) -> Self {
        let cells = columns * regions;
        Self {
            regions,
            sums: vec![0.0; cells],
            weights: vec![0.0; cells],
            people: vec![0; cells],
            squares: vec![0.0; columns],
            sizes: vec![0; regions],
        }
    }

    /// Adds a person's number of a column, and what it is a mean over.
    fn add(&mut self, region: u8, column: usize, value: f64, weight: f64) {
        let cell = column * self.regions + usize::from(region);
        self.sums[cell] += value;
        self.weights[cell] += weight;
        self.people[cell] += u32::from(weight > 0.0);
        self.squares[column] += value * value;
    }

    /// By column and region: the mean there, everywhere, and z; nothing where too few people have to do with it.
    fn found(&self) -> impl Iterator<Item = (usize, usize, [f64; 3])> + '_ {
        let n = self.sizes.iter().map(|&m| f64::from(m)).sum::<f64>();
        (0..self.sums.len()).filter_map(move |cell| {
            let (column, region) = (cell / self.regions, cell % self.regions);
            let row = column * self.regions..(column + 1) * self.regions;
            let everybody = self.people[row.clone()].iter().sum::<u32>();
            if self.people[cell] < LEAST_HERE || everybody < LEAST {
                return None;
            }
            let total = self.sums[row.clone()].iter().sum::<f64>();
            let m = f64::from(self.sizes[region]);
            let variance = (self.squares[column] - total * total / n) / n;
            let deviation = (m * (n - m) / (n - 1.0) * variance).sqrt();
            let z = (self.sums[cell] - m * total / n) / deviation;
            let here = self.sums[cell] / self.weights[cell];
            let everywhere = total / self.weights[row].iter().sum::<f64>();
            z.is_finite().then_some((column, region, [here, everywhere, z]))
        })
    }
}

/// Facts under trial, with the regions that they are of.
#[derive(Default)]
struct Trial {
    tried: usize,
    found: Vec<(usize, Telling)>,
}

impl Trial {
    fn add(
        &mut self,
        tally: &Tally,
        kind: TellingKind,
        domain: usize,
        scale: f32,
        name: impl Fn(usize) -> String,
    ) {
        for (column, region, [here, everywhere, z]) in tally.found() {
            self.tried += 1;
            // Kept so far where it would count if it were tried alone.
            if z > 0.0 && tail(z) < CHANCE {
                let name = name(column);
                let telling = Telling {
                    kind,
                    domain,
                    name,
                    here: here as f32 * scale,
                    everywhere: everywhere as f32 * scale,
                    z: z as f32,
                };
                self.found.push((region, telling));
            }
        }
    }

    /// Those that stand out of all that were tried (Bonferroni).
    fn telling(self) -> Vec<(usize, Telling)> {
        let most = CHANCE / self.tried.max(1) as f64;
        let stands_out = |(_, fact): &(usize, Telling)| fact.name != OTHERS && tail(f64::from(fact.z)) < most;
        self.found.into_iter().filter(stands_out).collect()
    }
}

/// The chance that a standard normal number is larger.
fn tail(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// What stands out of the fields of people, and of those of the items that they rate.
pub(super) fn of_fields(
    world: &World,
    regions: &[Vec<u8>],
    rows: &[Rows],
    count: usize,
) -> Vec<(usize, Telling)> {
    let mut trial = Trial::default();
    for field in user_fields(world) {
        for (d, names) in names_in_users(world, &field).iter().enumerate() {
            let mut labels: Vec<&str> = names.iter().flatten().copied().collect();
            labels.sort_unstable();
            labels.dedup();
            let mut tally = Tally::new(labels.len(), count);
            for (name, &region) in names.iter().zip(&regions[d]) {
                let Some(name) = name else { continue };
                tally.sizes[usize::from(region)] += 1;
                if let Ok(column) = labels.binary_search(name) {
                    tally.add(region, column, 1.0, 1.0);
                }
            }
            // A share is of everybody, not of those who have it.
            for column in 0..labels.len() {
                for region in 0..count {
                    tally.weights[column * count + region] = f64::from(tally.sizes[region]);
                }
            }
            trial.add(&tally, TellingKind::People, d, 1.0, |column| labels[column].to_string());
        }
    }
    for field in item_fields(world) {
        for (d, domain) in world.domains.iter().enumerate() {
            let Some((features, field)) = find(domain.item_features.as_deref(), &field) else { continue };
            let labels = &field.labels;
            let columns_of = |item: ItemId| {
                let (columns, _) = features.row(item.0);
                let own = columns.iter().filter_map(|&column| (column as usize).checked_sub(field.start));
                own.filter(|&column| column < labels.len())
            };
            let mut shares = vec![0.0; labels.len()];
            rows[d].items.iter().for_each(|&item| columns_of(item).for_each(|column| shares[column] += 1.0));
            shares.iter_mut().for_each(|share| *share /= rows[d].len().max(1) as f64);
            let (mut often, mut high) = (Tally::new(labels.len(), count), Tally::new(labels.len(), count));
            each_person(domain, &rows[d], |user, rated| {
                let region = regions[d][user.index()];
                let mut own = vec![(0.0, 0.0); labels.len()];
                for &(item, beyond) in rated {
                    for column in columns_of(item) {
                        own[column] = (own[column].0 + 1.0, own[column].1 + beyond);
                    }
                }
                let all = rated.len() as f64;
                for (column, (rated, beyond)) in own.into_iter().enumerate() {
                    often.add(region, column, rated - all * shares[column], all);
                    high.add(region, column, beyond, rated);
                }
                often.sizes[usize::from(region)] += 1;
                high.sizes[usize::from(region)] += 1;
            });
            let name = |column: usize| labels[column].to_string();
            let width = domain.scale.hi - domain.scale.lo;
            trial.add(&high, TellingKind::High, d, width, name);
            let before = trial.found.len();
            trial.add(&often, TellingKind::Often, d, 1.0, name);
            // From what is beyond the share to the share itself.
            for (_, fact) in &mut trial.found[before..] {
                let share = labels.iter().position(|label| **label == *fact.name).map_or(0.0, |c| shares[c]);
                (fact.here, fact.everywhere) = (fact.here + share as f32, fact.everywhere + share as f32);
            }
        }
    }
    trial.telling()
}

/// What stands out of items.
pub(super) fn of_items(
    world: &World,
    regions: &[Vec<u8>],
    rows: &[Rows],
    count: usize,
) -> Vec<(usize, Telling)> {
    let mut trial = Trial::default();
    for (d, domain) in world.domains.iter().enumerate() {
        let mut tally = Tally::new(domain.items.len(), count);
        each_person(domain, &rows[d], |user, rated| {
            let region = regions[d][user.index()];
            rated.iter().for_each(|&(item, beyond)| tally.add(region, item.index(), beyond, 1.0));
            tally.sizes[usize::from(region)] += 1;
        });
        let name = |item: usize| domain.item_title(ItemId(item as u32)).to_string();
        trial.add(&tally, TellingKind::Item, d, domain.scale.hi - domain.scale.lo, name);
    }
    trial.telling()
}

/// Goes through everybody with more than one row: their items, and how far each rating is above the item's mean, against how far
/// that person's are on average.
fn each_person(domain: &Domain, rows: &Rows, mut person: impl FnMut(UserId, &[(ItemId, f64)])) {
    let mut means = vec![(0.0_f64, 0.0_f64); domain.items.len()];
    for rating in domain.ratings.iter() {
        let (sum, n) = &mut means[rating.item.index()];
        (*sum, *n) = (*sum + f64::from(domain.scale.to_unit(rating.value)), *n + 1.0);
    }
    let mean = |item: ItemId| means[item.index()].0 / means[item.index()].1.max(1.0);
    let mut start = 0;
    for own in rows.users.chunk_by(|u, v| u == v) {
        let of = start..start + own.len();
        start = of.end;
        if own.len() < 2 {
            continue;
        }
        let above: Vec<(ItemId, f64)> = (rows.items[of.clone()].iter().zip(&rows.targets[of]))
            .map(|(&item, &target)| (item, f64::from(target) - mean(item)))
            .collect();
        let usual = above.iter().map(|(_, above)| above).sum::<f64>() / above.len() as f64;
        let beyond: Vec<(ItemId, f64)> =
            above.into_iter().map(|(item, above)| (item, above - usual)).collect();
        person(own[0], &beyond);
    }
}
