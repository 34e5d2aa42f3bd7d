//! What is asked about people: who there is, what suits them and why, and whoever is typed in.

use wasm_bindgen::prelude::*;
use web_time::Instant;

use super::Session;
use crate::data::{ItemId, UserId};
use crate::web::arguments::{AdviseVisitor, AskWhy, FindUsers, OfferItems, RecommendTo, SavePerson};
use crate::web::js::{answer, arguments, refusal};
use crate::web::views::{SavedFile, UserHit};
use crate::{export, recommend};

/// Somebody by domain and number, and items by domain.
pub(super) type Asked = (usize, UserId, Vec<Vec<ItemId>>);

/// Searches for reasons that can be gone on with.
const MOST_SEARCHES: usize = 16;

#[wasm_bindgen]
impl Session {
    /// Users whose id or title contains a text; those who begin with it first.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn find_users(&self, args: JsValue) -> Result<JsValue, JsError> {
        let FindUsers { query, limit } = arguments(args)?;
        let world = self.study()?.world();
        let query = query.to_lowercase();
        let mut hits: Vec<(bool, usize, UserId)> = Vec::new();
        for (d, domain) in world.domains.iter().enumerate() {
            for user in domain.users.all() {
                let id = domain.users.id(user);
                // A person of several files is one hit.
                if world.people.domains(world.people.person(d, user)).next() != Some(d) {
                    continue;
                }
                let (id, title) = (id.to_lowercase(), domain.user_title(user).to_lowercase());
                if id.contains(&query) || title.contains(&query) {
                    hits.push((!(id.starts_with(&query) || title.starts_with(&query)), d, user));
                }
            }
        }
        hits.sort_by_key(|&(later, ..)| later);
        let hits = hits.into_iter().take(limit).map(|(_, domain, user)| UserHit {
            domain,
            user: user.0,
            label: world.domains[domain].user_title(user).to_owned(),
            domains: world.people.domains(world.people.person(domain, user)).collect(),
        });
        answer::<FindUsers>(&hits.collect())
    }

    /// Advice to a person in all domains.
    ///
    /// # Errors
    /// When nothing was prepared or there is no such user.
    pub fn recommend(&self, args: JsValue) -> Result<JsValue, JsError> {
        let RecommendTo { domain, user, n, order } = arguments(args)?;
        let study = self.study()?;
        self.known(domain, user)?;
        let advice = recommend::sorted_for_user(&study.kept(), domain, UserId(user), n, order);
        answer::<RecommendTo>(&advice.map_err(refusal)?)
    }

    /// Why items are recommended to a person; null where that is not found in the time that there is: asked again it goes on from
    /// there.
    ///
    /// # Errors
    /// When nothing was prepared or there is no such user or item.
    pub fn why(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let AskWhy { domain, user, items, milliseconds } = arguments(args)?;
        let began = Instant::now();
        let study = self.study()?;
        self.known(domain, user)?;
        let domains = &study.world().domains;
        let is_known = |(d, items): (usize, &Vec<u32>)| {
            domains
                .get(d)
                .is_some_and(|domain| items.iter().all(|&item| (item as usize) < domain.items.len()))
        };
        if !items.iter().enumerate().all(is_known) {
            return Err(JsError::new("there is no such item"));
        }
        let items: Vec<Vec<ItemId>> =
            items.into_iter().map(|items| items.into_iter().map(ItemId).collect()).collect();
        let asked = (domain, UserId(user), items);
        let known = self.searches.iter().position(|search| search.0 == asked);
        let mut search = match known {
            Some(place) => self.searches.remove(place).1,
            None => recommend::Search::new(study.kept(), domain, UserId(user), asked.2.clone()),
        };
        let most = milliseconds.unwrap_or(f64::INFINITY);
        let why = search.go_on(&mut || began.elapsed().as_secs_f64() * 1000.0 >= most);
        if why.is_none() {
            // Whoever asks no more leaves one behind.
            self.searches.truncate(MOST_SEARCHES - 1);
            self.searches.insert(0, (asked, search));
        }
        answer::<AskWhy>(&why)
    }

    /// Items that a visitor can rate.
    ///
    /// # Errors
    /// When nothing was prepared or there is no such domain.
    pub fn offer_items(&self, args: JsValue) -> Result<JsValue, JsError> {
        let OfferItems { domain, text, n } = arguments(args)?;
        let domain = self.study()?.world().domains.get(domain);
        let domain = domain.ok_or_else(|| JsError::new("there is no such domain"))?;
        answer::<OfferItems>(&recommend::offered(domain, &text, n))
    }

    /// Lists for a visitor, from ratings that are added to nothing.
    ///
    /// # Errors
    /// When nothing was prepared, or a rating is none.
    pub fn advise_visitor(&self, args: JsValue) -> Result<JsValue, JsError> {
        let AdviseVisitor { ratings, n, order } = arguments(args)?;
        let advice = recommend::for_visitor(&self.study()?.kept(), &ratings, n, order);
        answer::<AdviseVisitor>(&advice.map_err(refusal)?)
    }

    /// The lists of one person as a file to take away.
    ///
    /// # Errors
    /// When nothing was prepared or there is no such user.
    pub fn save_person(&self, args: JsValue) -> Result<JsValue, JsError> {
        let SavePerson { domain, user, n, order } = arguments(args)?;
        let study = self.study()?;
        self.known(domain, user)?;
        let text = export::person_csv(&study.kept(), domain, UserId(user), n, order).map_err(refusal)?;
        answer::<SavePerson>(&SavedFile::of_text("person.csv", "text/csv", text))
    }
}
