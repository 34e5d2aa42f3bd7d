//! People over all domains as far as a model may know that they are the same: what models with one vector a person train
//! on. Hidden links join nobody.

use super::{Crossing, Rows, Training};

/// Numbers of people across domains, `0 .. len`: linked users of different domains have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedPeople {
    /// Person of each user, by domain.
    pub of: Vec<Vec<u32>>,
    /// Number of people.
    pub len: usize,
    /// In how many domains each person is.
    pub domains: Vec<u8>,
}

impl JoinedPeople {
    /// The people of a training; where no vectors cross, each user is a person of their own.
    pub fn new(training: &Training) -> Self {
        match training.crossing() {
            Crossing::All => Self::linked(training),
            Crossing::Biases | Crossing::Nothing => Self::along(training, &[]),
        }
    }

    /// Whoever is linked is one person, whatever of them crosses.
    pub fn linked(training: &Training) -> Self {
        Self::along(training, &training.links())
    }

    fn along(training: &Training, links: &[(usize, usize)]) -> Self {
        let starts: Vec<usize> =
            (0..=training.domains()).map(|d| (0..d).map(|d| training.users(d)).sum()).collect();
        let mut parents: Vec<u32> = (0..starts[training.domains()] as u32).collect();
        for (link, &(a, b)) in links.iter().enumerate() {
            for pair in training.linked_pairs(link) {
                let ends = [starts[a] + pair.a.index(), starts[b] + pair.b.index()];
                let [x, y] = ends.map(|user| root(&mut parents, user as u32));
                // The earlier user stands for both, so that numbers follow the order of the files.
                parents[x.max(y) as usize] = x.min(y);
            }
        }
        let (mut numbers, mut domains) = (vec![u32::MAX; parents.len()], Vec::new());
        let mut of = Vec::with_capacity(training.domains());
        for d in 0..training.domains() {
            let people = (starts[d]..starts[d + 1]).map(|user| {
                let root = root(&mut parents, user as u32) as usize;
                if numbers[root] == u32::MAX {
                    numbers[root] = domains.len() as u32;
                    domains.push(0_u8);
                }
                domains[numbers[root] as usize] += 1;
                numbers[root]
            });
            of.push(people.collect());
        }
        Self { of, len: domains.len(), domains }
    }

    /// The person of each row of a domain.
    pub fn of_rows(&self, domain: usize, rows: &Rows) -> Vec<u32> {
        rows.users.iter().map(|&user| self.of[domain][user.index()]).collect()
    }

    /// Whether a person is known in more than one domain.
    pub fn is_shared(&self, person: u32) -> bool {
        self.domains[person as usize] > 1
    }
}

/// The earliest user of the same person; paths are halved on the way.
fn root(parents: &mut [u32], mut user: u32) -> u32 {
    while parents[user as usize] != user {
        let above = parents[parents[user as usize] as usize];
        parents[user as usize] = above;
        user = above;
    }
    user
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{UserId, sample, sample_of};
    use crate::settings::Config;
    use crate::split::Split;

    fn training(domains: usize, crossing: Crossing) -> Training {
        let world = if domains == 2 { sample(1).world } else { sample_of(1, domains).world };
        let config = Config::robust().check().unwrap();
        let split = Split::new(&world, &config).unwrap().with_crossing(crossing);
        Training::new(Arc::new(world), Arc::new(split))
    }

    #[test]
    fn linked_users_are_one_person_and_nobody_else_is() {
        for domains in [2, 3] {
            let training = training(domains, Crossing::All);
            let people = JoinedPeople::new(&training);
            let mut linked = std::collections::HashSet::new();
            for (link, (a, b)) in training.links().into_iter().enumerate() {
                for pair in training.linked_pairs(link) {
                    assert_eq!(people.of[a][pair.a.index()], people.of[b][pair.b.index()]);
                    linked.insert((a, pair.a));
                    linked.insert((b, pair.b));
                }
            }
            let users: usize = (0..domains).map(|d| training.users(d)).sum();
            assert!(people.len < users);
            for d in 0..domains {
                for (user, &person) in people.of[d].iter().enumerate() {
                    assert!((person as usize) < people.len);
                    assert_eq!(
                        people.is_shared(person),
                        linked.contains(&(d, UserId(user as u32))),
                        "{d} {user}"
                    );
                }
                let mut own = people.of[d].clone();
                own.sort_unstable();
                own.dedup();
                assert_eq!(own.len(), training.users(d), "nobody is twice in a domain");
            }
            assert!(people.of[0].iter().enumerate().all(|(n, &person)| n == person as usize));
        }
    }

    #[test]
    fn where_no_vectors_cross_each_user_is_a_person() {
        for crossing in [Crossing::Nothing, Crossing::Biases] {
            let training = training(2, crossing);
            let people = JoinedPeople::new(&training);
            assert_eq!(people.len, training.users(0) + training.users(1));
            assert!((0..people.len as u32).all(|person| !people.is_shared(person)));
        }
    }
}
