//! Top-n lists of any model, with chances where it has them: what a person has not rated, in the domains whose files have
//! them, and where the model has something to say to them, in the others.

use serde::Deserialize;

use super::{DomainAdvice, RatedItem, top::highest};
use crate::data::{Domain, ItemId, Scale, UserId};
use crate::recommender::{Known, Outlook, Outlooks, Trained};

/// A high rating on the unit scale: 4 of 1 to 5.
const HIGH: f32 = 0.75 - 1e-4;

/// What a list goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ListOrder {
    /// The rating that is to be expected.
    #[default]
    Rating,
    /// The chance of a high one, where the model has chances: what is surely good comes before what is perhaps great.
    Chance,
}

/// Makes top-n lists of a model in every domain.
pub struct TopLists<'m> {
    trained: &'m Trained,
    /// By domain, where many people are asked for.
    outlooks: Option<Vec<Outlooks<'m>>>,
    order: ListOrder,
}

impl<'m> TopLists<'m> {
    /// For a person or two.
    pub fn new(trained: &'m Trained) -> Self {
        Self { trained, outlooks: None, order: ListOrder::default() }
    }

    /// For many people, one after the other: what is the same for all of them is worked out now.
    pub fn for_many(trained: &'m Trained) -> Self {
        let outlooks = (0..trained.world.domains.len()).map(|d| trained.model.outlooks(d)).collect();
        Self { outlooks: Some(outlooks), ..Self::new(trained) }
    }

    /// The same lists by another order.
    #[must_use]
    pub fn sorted_by(self, order: ListOrder) -> Self {
        Self { order, ..self }
    }

    /// The top-n of a user of `domain` in every domain, without what they have rated; empty where the model has nothing to
    /// say to them. Somebody whom a domain's file does not have enters it from that of their domains from which the
    /// shortest way leads there, of equally near ones the first: the lists are the same by whichever domain they are found.
    pub fn of_user(&mut self, domain: usize, user: UserId, n: usize) -> Vec<DomainAdvice> {
        let world = &self.trained.world;
        let person = world.people.person(domain, user);
        let advice = |d: usize| match world.people.user(d, person) {
            Some(here) => {
                let advice = self.unseen(d, Known { domain: d, user: here }, n)?;
                Some(DomainAdvice { user: Some(here), ..advice })
            }
            None => {
                let known = world
                    .people
                    .domains(person)
                    .filter_map(|from| Some(Known { domain: from, user: world.people.user(from, person)? }));
                known.filter_map(|known| self.unseen(d, known, n)).min_by_key(|advice| advice.way.len())
            }
        };
        (0..world.domains.len()).map(advice).map(Option::unwrap_or_default).collect()
    }

    /// What is to be expected of items.
    fn outlook(&mut self, known: Known, d: usize, items: &[ItemId]) -> Option<Outlook> {
        match &mut self.outlooks {
            Some(outlooks) => outlooks[d](known, items),
            None => self.trained.model.outlook(known, d, items),
        }
    }

    /// The n highest of what somebody has not rated in a domain, on the original scale.
    fn unseen(&mut self, d: usize, known: Known, n: usize) -> Option<DomainAdvice> {
        let (domain, scale) = (&self.trained.world.domains[d], self.trained.scales[d]);
        let mut has_rated = vec![false; domain.items.len()];
        if known.domain == d {
            domain.ratings.row(known.user).0.iter().for_each(|item| has_rated[item.index()] = true);
        }
        let items: Vec<ItemId> = domain.items.all().filter(|item| !has_rated[item.index()]).collect();
        let outlook = self.outlook(known, d, &items)?;
        Some(best(domain, scale, &items, &outlook, n, self.order))
    }
}

/// The n highest of items with what is to be expected of them, on the original scale.
pub(super) fn best(
    domain: &Domain,
    scale: Scale,
    items: &[ItemId],
    outlook: &Outlook,
    n: usize,
    order: ListOrder,
) -> DomainAdvice {
    let chances = outlook.chances.as_ref();
    let high = chances.and_then(|chances| chances.levels.iter().copied().find(|&level| level >= HIGH));
    let chance = |place: usize| Some(chances?.at_least(place, high?));
    let item = |place: usize| {
        let likely = chances.and_then(|chances| chances.likely(place));
        RatedItem {
            likely: likely.map(|ends| ends.map(|end| scale.from_unit(end))),
            chance: chance(place),
            ..RatedItem::new(domain, items[place], scale.from_unit(outlook.ratings[place]))
        }
    };
    let places = (0..).zip(&outlook.ratings).map(|(place, &rating)| match order {
        ListOrder::Rating => (place, rating),
        ListOrder::Chance => (place, chance(place as usize).unwrap_or(rating)),
    });
    let next = highest(n, places).into_iter().map(|(place, _)| item(place as usize));
    DomainAdvice {
        next: next.collect(),
        high: high.map(|high| scale.from_unit(high)),
        via_map: !outlook.way.is_empty(),
        way: outlook.way.clone(),
        ..DomainAdvice::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::data::{Rating, World};
    use crate::recommend::{Advice, for_user, sorted_for_user};
    use crate::recommender::{Chances, Recommender};

    /// Item n of a domain with the share n / 4 of the scale, for everybody.
    #[derive(Debug)]
    struct ByNumber;

    impl Recommender for ByNumber {
        fn predict(&self, _domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
            assert_eq!(users.len(), items.len());
            items.iter().map(|item| item.0 as f32 / 4.0).collect()
        }
    }

    /// Two domains of five items; u1 is in both.
    fn world() -> World {
        let domain = |name: &str, users: [&str; 2], rows: &[(u32, u32, f32)]| {
            let rating = |&(user, item, value)| Rating { user: UserId(user), item: ItemId(item), value };
            let rows: Vec<Rating> = rows.iter().map(rating).collect();
            let items = (0..5).map(|item| format!("{name} {item}")).collect();
            Domain::of_stars(name, users.into_iter().map(String::from).collect(), items, &rows)
        };
        World::new(vec![
            domain("books", ["u0", "u1"], &[(0, 0, 2.0), (1, 4, 5.0), (1, 0, 1.0)]),
            domain("films", ["u1", "u2"], &[(0, 3, 4.0), (1, 1, 1.0)]),
        ])
    }

    fn trained(model: impl Recommender, scales: [Scale; 2]) -> Trained {
        let (world, model) = (Arc::new(world()), Arc::new(model));
        Trained { world, name: "mean", settings: None, scales: scales.into(), ratings: vec![3, 2], model }
    }

    fn titles(items: &[RatedItem]) -> Vec<(&str, f32)> {
        items.iter().map(|item| (&*item.title, item.rating)).collect()
    }

    #[test]
    fn what_is_not_rated_comes_by_its_prediction_on_the_scale_of_the_domain() {
        let trained = trained(ByNumber, [Scale { lo: 1.0, hi: 5.0 }, Scale { lo: 0.0, hi: 10.0 }]);
        let advice = for_user(&trained, 0, UserId(1), 2).unwrap();
        assert_eq!(advice.label, "u1");
        assert_eq!(titles(&advice.domains[0].rated), [("books 4", 5.0), ("books 0", 1.0)]);
        assert_eq!(titles(&advice.domains[0].next), [("books 3", 4.0), ("books 2", 3.0)]);
        assert_eq!(titles(&advice.domains[1].next), [("films 4", 10.0), ("films 2", 5.0)]);
        assert!(advice.nearest.is_empty());
    }

    #[test]
    fn nothing_is_said_in_a_domain_whose_file_does_not_have_the_person() {
        let trained = trained(ByNumber, [Scale { lo: 1.0, hi: 5.0 }; 2]);
        for (domain, user, other) in [(0, 0, 1), (1, 1, 0)] {
            let advice: Advice = for_user(&trained, domain, UserId(user), 3).unwrap();
            assert_eq!(advice.domains[other], DomainAdvice::default());
            assert_eq!(advice.domains[domain].next.len(), 3);
        }
    }

    /// Item n of a domain is surely n / 8 of the scale, and item 4 perhaps all of it.
    #[derive(Debug)]
    struct Unsure;

    impl Recommender for Unsure {
        fn predict(&self, _domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
            vec![0.5; users.len()]
        }

        fn outlook(&self, _known: Known, _domain: usize, items: &[ItemId]) -> Option<Outlook> {
            let levels = vec![0.0, 0.5, 1.0];
            let of_level = items.iter().flat_map(|item| match item.0 {
                4 => [0.4, 0.0, 0.6],
                n => [0.0, 1.0 - n as f32 / 5.0, n as f32 / 5.0],
            });
            let of_level: Vec<f32> = of_level.collect();
            let ratings = of_level.chunks(3).map(|chances| 0.5 * chances[1] + chances[2]).collect();
            Some(Outlook { ratings, chances: Some(Chances { levels, of_level }), way: Vec::new() })
        }
    }

    #[test]
    fn lists_with_chances_go_by_the_rating_or_by_the_chance_of_a_high_one() {
        let trained = trained(Unsure, [Scale { lo: 1.0, hi: 5.0 }; 2]);
        let next =
            |order: ListOrder| sorted_for_user(&trained, 1, UserId(1), 2, order).unwrap().domains.remove(1);
        // By rating: items 3 (½ · 0.4 + 0.6) and 2 (½ · 0.6 + 0.4); by chance item 4 is as good as 3 and comes before 2.
        let by_rating = next(ListOrder::Rating);
        let rounded = by_rating.next.iter().map(|item| (&*item.title, (10.0 * item.rating).round()));
        assert_eq!(rounded.collect::<Vec<_>>(), [("films 3", 42.0), ("films 2", 38.0)]);
        assert_eq!(by_rating.high, Some(5.0));
        assert_eq!(by_rating.next[0].likely, Some([3.0, 5.0]));
        let by_chance = next(ListOrder::Chance);
        let mut titles: Vec<&str> = by_chance.next.iter().map(|item| &*item.title).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["films 3", "films 4"]);
        assert!(by_chance.next.iter().all(|item| (item.chance.unwrap() - 0.6).abs() < 1e-6));
        // Without chances there is one order.
        let trained = self::trained(ByNumber, [Scale { lo: 1.0, hi: 5.0 }; 2]);
        let sorted = |order: ListOrder| sorted_for_user(&trained, 0, UserId(1), 3, order).unwrap();
        assert_eq!(sorted(ListOrder::Rating), sorted(ListOrder::Chance));
    }
}
