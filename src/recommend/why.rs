//! Why something is recommended: the ratings of the person whose removal lowers the prediction most, found by taking them out and
//! folding the person in again. No model is trained anew, and nobody else changes.

use serde::Serialize;

use crate::data::{ItemId, UserId, World};
use crate::recommender::{FoldedIn, Outlook, Profile, ProfileRating, Trained};

/// Reasons that are given of an item at the most.
pub const MOST_REASONS: usize = 2;
/// Of so many ratings each is taken out for an exact answer; of more only those that count most to first order, among which the
/// greatest need not be.
const FEW: usize = 150;
/// Ratings by item that are taken out then.
const CANDIDATES: usize = 16;
/// The least fall of a prediction, as a share of the scale, that is told of: less is lost in rounding.
const LEAST: f32 = 0.001_25;

/// A rating, and what the prediction would lose without it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reason {
    /// The domain of the rated item.
    pub domain: usize,
    /// The rated item's number.
    #[cfg_attr(test, ts(as = "u32"))]
    pub item: ItemId,
    /// Its title, or id.
    pub title: String,
    /// How they rated it, on the original scale.
    pub rating: f32,
    /// By how much the recommended item's rating falls without this one, on that item's original scale; above 0.
    pub lowers: f32,
}

/// Why one item is recommended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Because {
    /// The item's number in its domain.
    #[cfg_attr(test, ts(as = "u32"))]
    pub item: ItemId,
    /// The greatest fall first; none where no single rating lowers it noticeably.
    pub reasons: Vec<Reason>,
    /// By how much it falls without all of these at once, on the original scale; 0 without reasons.
    pub together: f32,
}

/// The reasons for a person's recommendations.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Why {
    /// By domain and item, in the order in which they were asked about.
    pub domains: Vec<Vec<Because>>,
    /// Why there are none, in a sentence; `None` where they were looked for.
    pub silent: Option<String>,
}

impl Why {
    fn silent(domains: usize, sentence: &str) -> Self {
        Self { domains: vec![Vec::new(); domains], silent: Some(sentence.into()) }
    }
}

/// Why items, by domain, are recommended to a user of a domain.
pub fn why(trained: &Trained, domain: usize, user: UserId, items: &[Vec<ItemId>]) -> Why {
    let mut search = Search::new(trained.clone(), domain, user, items.to_vec());
    search.go_on(&mut || false).unwrap_or_default()
}

/// [`why`] a little at a time, for whoever has something else to do as well. The person is folded in once more each time.
pub struct Search {
    trained: Trained,
    profile: Profile,
    items: Vec<Vec<ItemId>>,
    found: Found,
}

impl Search {
    /// Nothing is looked for yet.
    pub fn new(trained: Trained, domain: usize, user: UserId, items: Vec<Vec<ItemId>>) -> Self {
        let profile = profile_of(&trained, domain, user);
        Self { trained, profile, items, found: Found::default() }
    }

    /// Takes out ratings, one at least, until `is_enough` says that it is; all reasons once they are found.
    pub fn go_on(&mut self, is_enough: &mut dyn FnMut() -> bool) -> Option<Why> {
        let Self { trained, profile, items, found } = self;
        let domains = trained.world.domains.len();
        if !trained.knows_all() {
            let sentence = "Reasons are given once the model has been trained on all ratings.";
            return Some(Why::silent(domains, sentence));
        }
        let Some(person) = trained.model.fold_in(profile, trained.settings.as_ref()) else {
            let sentence = "This model does not say which ratings a recommendation comes from.";
            return Some(Why::silent(domains, sentence));
        };
        found.go_on(trained, profile, &*person, items, is_enough)
    }
}

/// All ratings of a person, in every domain that they are in.
pub fn profile_of(trained: &Trained, domain: usize, user: UserId) -> Profile {
    let world: &World = &trained.world;
    let person = world.people.person(domain, user);
    let users: Vec<Option<UserId>> = (0..world.domains.len()).map(|d| world.people.user(d, person)).collect();
    let of_domain = |(d, user): (usize, &Option<UserId>)| {
        let row = user.map(|user| world.domains[d].ratings.row(user));
        row.map_or_else(Vec::new, |(items, values)| {
            let rating = |(&item, &value): (&ItemId, &f32)| ProfileRating {
                domain: d,
                item,
                rating: trained.scales[d].to_unit(value),
            };
            items.iter().zip(values).map(rating).collect()
        })
    };
    Profile { ratings: users.iter().enumerate().flat_map(of_domain).collect(), users }
}

/// The reasons for items, by domain, of somebody who was folded in.
pub(super) fn reasons(
    trained: &Trained,
    profile: &Profile,
    person: &dyn FoldedIn,
    items: &[Vec<ItemId>],
) -> Why {
    Found::default().go_on(trained, profile, person, items, &mut || false).unwrap_or_default()
}

/// What is found so far.
#[derive(Default)]
struct Found {
    /// Of the first domains.
    domains: Vec<Vec<Because>>,
    /// Of the next one.
    changes: Option<Changes>,
}

impl Found {
    fn go_on(
        &mut self,
        trained: &Trained,
        profile: &Profile,
        person: &dyn FoldedIn,
        items: &[Vec<ItemId>],
        is_enough: &mut dyn FnMut() -> bool,
    ) -> Option<Why> {
        while let Some(items) = items.get(self.domains.len()) {
            let d = self.domains.len();
            if self.changes.is_none() {
                self.changes = Changes::begin(profile, person, d, items);
            }
            // Nothing is said of a domain in which nothing is predicted.
            let Some(changes) = &mut self.changes else {
                self.domains.push(Vec::new());
                continue;
            };
            if !changes.go_on(person, d, items, is_enough) {
                return None;
            }
            let Changes { all, by_item, .. } = self.changes.take()?;
            let each = items.iter().zip(all).zip(by_item);
            let because = each
                .map(|((&item, all), changes)| because(trained, profile, person, (d, item, all), changes));
            self.domains.push(because.collect());
        }
        Some(Why { domains: std::mem::take(&mut self.domains), silent: None })
    }
}

/// How the predictions of a domain's items change when single ratings are taken out.
struct Changes {
    /// The predictions with all ratings.
    all: Vec<f32>,
    /// Places of the ratings that are still to be taken out, the last first.
    left: Vec<usize>,
    /// By item, the places with the changes.
    by_item: Vec<Vec<(usize, f32)>>,
}

impl Changes {
    /// `None` where nothing is predicted.
    fn begin(profile: &Profile, person: &dyn FoldedIn, d: usize, items: &[ItemId]) -> Option<Self> {
        let Outlook { ratings: all, .. } = person.outlook(&[], d, items)?;
        let n = profile.ratings.len();
        let mut is_candidate = vec![n <= FEW; n];
        // Of no items nothing need be taken out.
        if items.is_empty() {
            is_candidate.fill(false);
        } else if n > FEW {
            match person.first_order(d, items) {
                Some(first) => (0..items.len()).for_each(|i| {
                    let mut places: Vec<usize> = (0..n).collect();
                    places
                        .sort_by(|&x, &y| first[x * items.len() + i].total_cmp(&first[y * items.len() + i]));
                    places.iter().take(CANDIDATES).for_each(|&place| is_candidate[place] = true);
                }),
                None => is_candidate.fill(true),
            }
        }
        let left = (0..n).rev().filter(|&place| is_candidate[place]).collect();
        Some(Self { all, left, by_item: vec![Vec::new(); items.len()] })
    }

    /// Whether all are taken out.
    fn go_on(
        &mut self,
        person: &dyn FoldedIn,
        d: usize,
        items: &[ItemId],
        is_enough: &mut dyn FnMut() -> bool,
    ) -> bool {
        while let Some(place) = self.left.pop() {
            // Where nothing follows any more without it there is no number to fall to.
            if let Some(left) = person.outlook(&[place], d, items) {
                for ((changes, left), all) in self.by_item.iter_mut().zip(&left.ratings).zip(&self.all) {
                    changes.push((place, left - all));
                }
            }
            if is_enough() {
                break;
            }
        }
        self.left.is_empty()
    }
}

/// The reasons among the changes that single ratings make of an item's prediction with all of them.
fn because(
    trained: &Trained,
    profile: &Profile,
    person: &dyn FoldedIn,
    (d, item, all): (usize, ItemId, f32),
    mut changes: Vec<(usize, f32)>,
) -> Because {
    changes.retain(|(_, change)| *change <= -LEAST);
    changes.sort_by(|x, y| x.1.total_cmp(&y.1));
    changes.truncate(MOST_REASONS);
    let width = trained.scales[d].hi - trained.scales[d].lo;
    let places: Vec<usize> = changes.iter().map(|(place, _)| *place).collect();
    let alone = changes.first().map_or(0.0, |(_, change)| -change);
    let together = match places.len() {
        0 | 1 => alone,
        _ => person.outlook(&places, d, &[item]).map_or(alone, |left| all - left.ratings[0]),
    };
    let reason = |(place, change): (usize, f32)| {
        let rated = &profile.ratings[place];
        Reason {
            domain: rated.domain,
            item: rated.item,
            title: trained.world.domains[rated.domain].item_title(rated.item).to_owned(),
            rating: trained.scales[rated.domain].from_unit(rated.rating),
            lowers: -change * width,
        }
    };
    Because { item, reasons: changes.into_iter().map(reason).collect(), together: together * width }
}
