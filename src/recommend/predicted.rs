//! Advice from any model, by its predictions alone. Without a map there are no vectors to compare people by, and nothing is
//! said to a person in a domain whose file does not have them: a model predicts for the users of a domain.

use super::{Advice, DomainAdvice, RatedItem, rated, top::highest};
use crate::data::{ItemId, Scale, UserId, World};
use crate::recommender::Recommender;

/// Makes top-n lists of a model in every domain.
pub struct PredictedLists<'m> {
    world: &'m World,
    model: &'m dyn Recommender,
    /// By domain: what its predictions from 0 to 1 stand for.
    scales: Vec<Scale>,
}

impl<'m> PredictedLists<'m> {
    /// For all domains of a world; `scales` are those that the model's ratings were made numbers from 0 to 1 by, a scale a
    /// domain.
    pub fn new(world: &'m World, model: &'m dyn Recommender, scales: Vec<Scale>) -> Self {
        Self { world, model, scales }
    }

    /// The top-n of a user of `domain` in every domain whose file has them, without what they have rated; empty in the
    /// others.
    pub fn of_user(&self, domain: usize, user: UserId, n: usize) -> Vec<DomainAdvice> {
        let advice = |d: usize| {
            let here = self.world.people.across(domain, user, d)?;
            Some(DomainAdvice { user: Some(here), next: self.unseen(d, here, n), ..DomainAdvice::default() })
        };
        (0..self.world.domains.len()).map(|d| advice(d).unwrap_or_default()).collect()
    }

    /// The same with what the user rated highest, as [`super::for_user`] has it of a model with a map.
    pub fn advice(&self, domain: usize, user: UserId, n: usize) -> Advice {
        let mut domains = self.of_user(domain, user, n);
        for (d, advice) in domains.iter_mut().enumerate() {
            advice.rated = advice.user.map_or_else(Vec::new, |here| rated(&self.world.domains[d], here));
        }
        let label = self.world.domains[domain].user_title(user).to_string();
        Advice { label, domains, nearest: Vec::new() }
    }

    /// The n highest predictions of what a user has not rated, on the original scale.
    fn unseen(&self, d: usize, user: UserId, n: usize) -> Vec<RatedItem> {
        let domain = &self.world.domains[d];
        let mut has_rated = vec![false; domain.items.len()];
        for &item in domain.ratings.row(user).0 {
            has_rated[item.index()] = true;
        }
        let items: Vec<ItemId> = domain.items.all().filter(|item| !has_rated[item.index()]).collect();
        let predictions = self.model.predict(d, &vec![user; items.len()], &items);
        highest(n, ItemId::numbers(&items).iter().copied().zip(predictions))
            .into_iter()
            .map(|(item, prediction)| (ItemId(item), prediction))
            .map(|(item, prediction)| RatedItem {
                item,
                title: domain.item_title(item).to_string(),
                rating: self.scales[d].from_unit(prediction),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Domain, Rating};

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

    fn titles(items: &[RatedItem]) -> Vec<(&str, f32)> {
        items.iter().map(|item| (&*item.title, item.rating)).collect()
    }

    #[test]
    fn what_is_not_rated_comes_by_its_prediction_on_the_scale_of_the_domain() {
        let world = world();
        let scales = vec![Scale { lo: 1.0, hi: 5.0 }, Scale { lo: 0.0, hi: 10.0 }];
        let advice = PredictedLists::new(&world, &ByNumber, scales).advice(0, UserId(1), 2);
        assert_eq!(advice.label, "u1");
        assert_eq!(titles(&advice.domains[0].rated), [("books 4", 5.0), ("books 0", 1.0)]);
        assert_eq!(titles(&advice.domains[0].next), [("books 3", 4.0), ("books 2", 3.0)]);
        assert_eq!(titles(&advice.domains[1].next), [("films 4", 10.0), ("films 2", 5.0)]);
        assert!(advice.nearest.is_empty());
    }

    #[test]
    fn nothing_is_said_in_a_domain_whose_file_does_not_have_the_person() {
        let world = world();
        let scales = vec![Scale { lo: 1.0, hi: 5.0 }; 2];
        let lists = PredictedLists::new(&world, &ByNumber, scales);
        for (domain, user, other) in [(0, 0, 1), (1, 1, 0)] {
            let advice = lists.advice(domain, UserId(user), 3);
            assert_eq!(advice.domains[other], DomainAdvice::default());
            assert_eq!(advice.domains[domain].next.len(), 3);
        }
    }
}
