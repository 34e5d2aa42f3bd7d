//! Top-n lists of many people: what is the same for everybody is worked out once.

use super::{DomainAdvice, RatedItem, top::highest};
use crate::data::{ItemId, UserId, World};
use crate::dml::{ColdStartUser, Dml, Person, Predictor};

/// A person as they enter a domain that they are not in, and the way there: from that of their domains from which the fewest
/// links lead there, of equally near ones the first. So the advice is the same whichever of their domains they are found in.
pub(super) fn entering(
    world: &World,
    model: &Dml,
    (domain, user): (usize, UserId),
    to: usize,
) -> Option<(ColdStartUser, Vec<usize>)> {
    let person = world.people.person(domain, user);
    let ways = world.people.domains(person).filter_map(|from| {
        let here = world.people.user(from, person).filter(|&here| model.rated(from, here))?;
        Some((model.walk(from, to)?, here))
    });
    let (way, here) = ways.min_by_key(|(way, _)| way.len())?;
    Some((model.cold_start_user(*way.first()?, here, to)?, way))
}

/// Makes top-n lists in one domain.
pub(super) struct ListMaker<'m> {
    world: &'m World,
    model: &'m Dml,
    domain: usize,
    predictor: Predictor<'m>,
    /// Every item's number.
    items: Vec<ItemId>,
    predictions: Vec<f32>,
}

impl<'m> ListMaker<'m> {
    /// For the domain of that number.
    pub(super) fn new(world: &'m World, model: &'m Dml, domain: usize) -> Self {
        Self {
            world,
            model,
            domain,
            predictor: Predictor::for_many(model, domain),
            items: world.domains[domain].items.all().collect(),
            predictions: Vec::new(),
        }
    }

    /// Top-n of what a user of the domain has not rated, and how the user is known there.
    pub(super) fn unseen(&mut self, user: UserId, n: usize) -> (Vec<RatedItem>, Person) {
        self.predictions.clear();
        self.predictor.predict(user, &self.items, &mut self.predictions);
        // What the person has rated falls behind everything; it is no candidate.
        for &item in self.world.domains[self.domain].ratings.row(user).0 {
            self.predictions[item.index()] = f32::NEG_INFINITY;
        }
        (self.top(n), self.model.person(self.domain, user))
    }

    /// Advice to a person who has never been in the domain: their vector goes through the map, and nothing else is
    /// known of them here.
    pub(super) fn of_cold_start_user(&mut self, cold_start_user: &ColdStartUser, n: usize) -> DomainAdvice {
        self.predictions.clear();
        self.predictor.predict_for_cold_start_user(cold_start_user, &self.items, &mut self.predictions);
        DomainAdvice { via_map: true, next: self.top(n), ..DomainAdvice::default() }
    }

    /// The n highest predictions, on the original scale.
    fn top(&self, n: usize) -> Vec<RatedItem> {
        let domain = &self.world.domains[self.domain];
        let scored = (0..).zip(self.predictions.iter().copied()).filter(|(_, p)| *p != f32::NEG_INFINITY);
        highest(n, scored)
            .into_iter()
            .map(|(item, prediction)| (ItemId(item), prediction))
            .map(|(item, prediction)| RatedItem {
                item,
                title: domain.item_title(item).to_string(),
                rating: self.model.domains[self.domain].scale.from_unit(prediction),
            })
            .collect()
    }
}

/// Makes top-n lists in every domain.
pub struct TopLists<'m> {
    world: &'m World,
    model: &'m Dml,
    makers: Vec<ListMaker<'m>>,
}

impl<'m> TopLists<'m> {
    /// For all domains of a world.
    pub fn new(world: &'m World, model: &'m Dml) -> Self {
        let makers = (0..world.domains.len()).map(|d| ListMaker::new(world, model, d)).collect();
        Self { world, model, makers }
    }

    /// The top-n of a user of `domain` in every domain, without the company: no rated items and no neighbours.
    pub fn of_user(&mut self, domain: usize, user: UserId, n: usize) -> Vec<DomainAdvice> {
        let mut advice = Vec::with_capacity(self.makers.len());
        for (d, maker) in self.makers.iter_mut().enumerate() {
            advice.push(match self.world.people.across(domain, user, d) {
                Some(here) => {
                    let (next, person) = maker.unseen(here, n);
                    let via_map = matches!(person, Person::ThroughMap(_));
                    DomainAdvice { user: Some(here), via_map, next, ..DomainAdvice::default() }
                }
                None => {
                    match entering(self.world, self.model, (domain, user), d).map(|(entering, _)| entering) {
                        Some(cold_start_user) => maker.of_cold_start_user(&cold_start_user, n),
                        None => DomainAdvice::default(),
                    }
                }
            });
        }
        advice
    }
}
