//! Who is one person over the domains, and which of their vectors are drawn together.

use super::given::Given;
use super::tree::Tree;

/// A person's place in a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) domain: usize,
    /// Row in the domain's table of people: a user, or behind the users somebody who stands between two domains.
    pub(super) row: u32,
    /// Place among the person's nodes of the one above it, and the branch to it; `None` at the root.
    pub(super) above: Option<(usize, usize)>,
}

/// A user who has no ratings where they are to be predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Newcomer {
    pub(super) user: u32,
    /// Domain and row of the nearest place that they are known in; `None` for somebody who is known nowhere.
    pub(super) known: Option<(usize, u32)>,
}

/// All people.
#[derive(Clone, Debug)]
pub(super) struct Everybody {
    pub(super) tree: Tree,
    /// The nodes of person p are `starts[p]..starts[p + 1]`; each stands behind the one above it.
    starts: Vec<u32>,
    nodes: Vec<Node>,
    /// Numbers of people, together whose nodes stand in the same domains.
    pub(super) groups: Vec<Vec<u32>>,
    /// By domain, rows of its table: users, and those in between.
    pub(super) rows: Vec<usize>,
    /// By domain and row, whether the vector's prior mean is at the same person's vector in the domain above.
    pub(super) is_below: Vec<Vec<bool>>,
    /// By domain, users without ratings.
    pub(super) newcomers: Vec<Vec<Newcomer>>,
}

impl Everybody {
    /// The people of a training; `counts` are the ratings of each user by domain.
    pub(super) fn new(given: &Given, counts: &[Vec<u32>]) -> Self {
        let domains = given.domains.len();
        let mut users_of: Vec<Vec<(usize, u32)>> = vec![Vec::new(); given.persons];
        for (d, people) in given.people.iter().enumerate() {
            for (user, &person) in people.iter().enumerate() {
                let users = &mut users_of[person as usize];
                // Shuffled links may join two users of one domain; the second is a person of their own.
                match users.iter().any(|place| place.0 == d) {
                    true => users_of.push(vec![(d, user as u32)]),
                    false => users.push((d, user as u32)),
                }
            }
        }
        let is_seen = |place: &(usize, u32)| counts[place.0][place.1 as usize] > 0;
        let links: Vec<(usize, usize, usize)> = (given.links.iter())
            .map(|&(a, b)| {
                let seen_in = |users: &[(usize, u32)], d: usize| users.iter().any(|p| p.0 == d && is_seen(p));
                (a, b, users_of.iter().filter(|users| seen_in(users, a) && seen_in(users, b)).count())
            })
            .collect();
        let mut all = Self {
            tree: Tree::new(domains, &links),
            starts: vec![0],
            nodes: Vec::new(),
            groups: Vec::new(),
            rows: given.domains.iter().map(|domain| domain.users).collect(),
            is_below: Vec::new(),
            newcomers: vec![Vec::new(); domains],
        };
        users_of.iter().for_each(|users| all.add(users, is_seen));
        all.is_below = all.rows.iter().map(|&rows| vec![false; rows]).collect();
        for node in all.nodes.iter().filter(|node| node.above.is_some()) {
            all.is_below[node.domain][node.row as usize] = true;
        }
        for person in 0..all.len() {
            let domains = |person: usize| all.of(person).iter().map(|node| node.domain);
            match all.groups.iter().position(|group| domains(group[0] as usize).eq(domains(person))) {
                Some(group) => all.groups[group].push(person as u32),
                None => all.groups.push(vec![person as u32]),
            }
        }
        all
    }

    /// Number of people who are drawn.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The nodes of a person.
    pub(super) fn of(&self, person: usize) -> &[Node] {
        &self.nodes[self.starts[person] as usize..self.starts[person + 1] as usize]
    }

    /// The rows of everybody who is drawn at both ends of a branch: above, below.
    pub(super) fn pairs(&self, branch: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.len()).flat_map(move |person| {
            let nodes = self.of(person);
            nodes.iter().filter_map(move |below| {
                let (above, _) = below.above.filter(|&(_, along)| along == branch)?;
                Some((nodes[above].row, below.row))
            })
        })
    }

    /// Adds a person with these users: a person of their own in each tree of domains that they have ratings in.
    fn add(&mut self, users: &[(usize, u32)], is_seen: impl Fn(&(usize, u32)) -> bool) {
        let (mut seen, unseen): (Vec<_>, Vec<_>) = users.iter().copied().partition(|place| is_seen(place));
        let first = self.nodes.len();
        while let Some(&(domain, _)) = seen.first() {
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                seen.into_iter().partition(|place| self.tree.way(domain, place.0).is_some());
            self.grow(&here, users);
            seen = elsewhere;
        }
        for (domain, user) in unseen {
            let drawn = &self.nodes[first..];
            let way =
                |node: &Node| Some((self.tree.way(node.domain, domain)?.len(), (node.domain, node.row)));
            // Whose vector here stands between two others has length 0: it is drawn itself.
            let nearest = drawn.iter().filter_map(way).min_by_key(|(length, _)| *length);
            self.newcomers[domain].push(Newcomer { user, known: nearest.map(|(_, place)| place) });
        }
    }

    /// Adds the nodes of somebody with ratings in these places; `users` are all of theirs.
    fn grow(&mut self, places: &[(usize, u32)], users: &[(usize, u32)]) {
        let first = self.nodes.len();
        let domains: Vec<usize> = places.iter().map(|place| place.0).collect();
        for domain in self.tree.joining(&domains) {
            let row = users.iter().find(|place| place.0 == domain).map_or_else(
                || {
                    self.rows[domain] += 1;
                    (self.rows[domain] - 1) as u32
                },
                |place| place.1,
            );
            let above = self.tree.above(domain).and_then(|(branch, parent)| {
                let place = self.nodes[first..].iter().position(|node| node.domain == parent)?;
                Some((place, branch))
            });
            self.nodes.push(Node { domain, row, above });
        }
        self.starts.push(self.nodes.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{sample, sample_of};
    use crate::settings::Config;
    use crate::split::{Crossing, Split, Training};

    /// Who has ratings in every domain of theirs.
    enum Users {
        All,
        Cold,
    }

    fn everybody(domains: usize, crossing: Crossing, users: Users) -> (Training, Everybody) {
        let world = if domains == 2 { sample(1).world } else { sample_of(1, domains).world };
        let config = Config::robust().check().unwrap();
        let split = Split::new(&world, &config).unwrap();
        let split = match users {
            Users::All => split,
            Users::Cold => split.with_cold(&world, &config),
        };
        let training = Training::new(Arc::new(world), Arc::new(split.with_crossing(crossing)));
        let counts: Vec<Vec<u32>> = (0..domains)
            .map(|d| {
                let mut counts = vec![0; training.users(d)];
                training.rows(d).users.iter().for_each(|user| counts[user.index()] += 1);
                counts
            })
            .collect();
        let rows = (0..domains).map(|d| vec![training.rows(d)]).collect();
        let people = Everybody::new(&Given::of(&training, rows, None), &counts);
        (training, people)
    }

    #[test]
    fn whoever_has_ratings_is_drawn_once_and_whoever_has_none_is_a_newcomer() {
        for (domains, crossing) in
            [(2, Crossing::All), (2, Crossing::Biases), (2, Crossing::Nothing), (3, Crossing::All)]
        {
            let (training, people) = everybody(domains, crossing, Users::Cold);
            for d in 0..domains {
                let mut rows: Vec<u32> = (0..people.len())
                    .flat_map(|p| people.of(p).iter().filter(|node| node.domain == d).map(|node| node.row))
                    .collect();
                rows.sort_unstable();
                let drawn = rows.len();
                rows.dedup();
                assert_eq!(rows.len(), drawn, "nobody is drawn twice");
                let users = rows.iter().filter(|&&row| (row as usize) < training.users(d)).count();
                let unknown =
                    people.newcomers[d].iter().filter(|n| n.known.is_none_or(|(at, _)| at != d)).count();
                assert_eq!(users + unknown, training.users(d));
                let mapped = people.newcomers[d].iter().filter(|n| n.known.is_some()).count();
                assert_eq!(mapped > 0, crossing != Crossing::Nothing);
            }
        }
    }

    #[test]
    fn linked_people_with_ratings_in_both_are_drawn_together() {
        let (training, people) = everybody(2, Crossing::All, Users::All);
        let [a, b] =
            [0, 1].map(|d| training.rows(d).users.into_iter().collect::<std::collections::HashSet<_>>());
        let pairs = training.linked_pairs(0).iter().filter(|p| a.contains(&p.a) && b.contains(&p.b)).count();
        assert!(pairs > 300);
        let together = (0..people.len()).filter(|&p| people.of(p).len() == 2).count();
        assert_eq!((together, people.tree.branches[0].people), (pairs, pairs));
        for p in 0..people.len() {
            let nodes = people.of(p);
            assert_eq!(nodes[0].above, None);
            nodes[1..].iter().for_each(|node| assert_eq!(node.above, Some((0, 0))));
        }
    }
}
