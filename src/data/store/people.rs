//! One index of people over all domains, made once: who is who across files is decided by ids here and nowhere else.

use super::{Domain, UserId};

/// A person of a world, whichever domains they rated in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// Where somebody is in no domain.
const NOBODY: UserId = UserId(u32::MAX);

/// The people of all domains. Those of the first domain come first, in its order, then those whom each next one adds.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// By domain and user.
    persons: Vec<Vec<PersonId>>,
    /// By domain and person; shorter than the number of people where the last of them are not there.
    users: Vec<Vec<UserId>>,
    count: usize,
}

impl People {
    /// Joins the users of all domains by equal ids.
    pub(in crate::data) fn new(domains: &[Domain]) -> Self {
        let mut people = Self::default();
        for (d, domain) in domains.iter().enumerate() {
            let (mut persons, mut users) = (Vec::with_capacity(domain.users.len()), Vec::new());
            for (id, user) in domain.users.ids().zip(domain.users.all()) {
                let known = domains[..d]
                    .iter()
                    .zip(&people.persons)
                    .find_map(|(earlier, persons)| earlier.users.get(id).map(|there| persons[there.index()]));
                let person = known.unwrap_or_else(|| {
                    people.count += 1;
                    PersonId(people.count as u32 - 1)
                });
                if users.len() <= person.0 as usize {
                    users.resize(person.0 as usize + 1, NOBODY);
                }
                users[person.0 as usize] = user;
                persons.push(person);
            }
            people.persons.push(persons);
            people.users.push(users);
        }
        people
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = PersonId> + use<> {
        (0..self.count as u32).map(PersonId)
    }

    /// Who a user of a domain is.
    pub fn person(&self, domain: usize, user: UserId) -> PersonId {
        self.persons[domain][user.index()]
    }

    /// A person's user number in a domain; `None` where they are not in its file.
    pub fn user(&self, domain: usize, person: PersonId) -> Option<UserId> {
        self.users[domain].get(person.0 as usize).copied().filter(|&user| user != NOBODY)
    }

    /// The user of `to` who is the same person as a user of `from`.
    pub fn across(&self, from: usize, user: UserId, to: usize) -> Option<UserId> {
        self.user(to, self.person(from, user))
    }

    /// The domains that a person is in, lowest first.
    pub fn domains(&self, person: PersonId) -> impl Iterator<Item = usize> + '_ {
        (0..self.users.len()).filter(move |&domain| self.user(domain, person).is_some())
    }

    /// The people in two domains as (user of `a`, user of `b`), in the order of `a`.
    pub fn in_both(&self, a: usize, b: usize) -> Vec<(UserId, UserId)> {
        let users = UserId::first(self.persons[a].len()).map(|user| (user, self.across(a, user, b)));
        users.filter_map(|(user, other)| Some((user, other?))).collect()
    }
}

/// The users of two domains by equal id as (user of `a`, user of `b`), in the order of `a`: what [`People::in_both`] says
/// where there is no world yet.
pub(in crate::data) fn overlap(a: &Domain, b: &Domain) -> Vec<(UserId, UserId)> {
    a.users.ids().zip(a.users.all()).filter_map(|(id, user)| Some((user, b.users.get(id)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::{People, PersonId};
    use crate::data::{ReadOptions, UserId, read_ratings};

    #[test]
    fn people_are_joined_over_all_domains_and_numbered_in_the_order_of_their_first_file() {
        let domain = |users: &[&str]| {
            let rows: String = users.iter().map(|user| format!("{user},i,4\n")).collect();
            let text = format!("user,item,rating\n{rows}");
            read_ratings("f.csv", text.as_bytes(), &ReadOptions::default()).unwrap().domain
        };
        let people =
            People::new(&[domain(&["ann", "bob"]), domain(&["cy", "bob"]), domain(&["cy", "dan", "ann"])]);
        assert_eq!((people.len(), people.all().count()), (4, 4));
        let persons =
            |d: usize, n: u32| (0..n).map(|user| people.person(d, UserId(user)).0).collect::<Vec<_>>();
        assert_eq!((persons(0, 2), persons(1, 2), persons(2, 3)), (vec![0, 1], vec![2, 1], vec![2, 3, 0]));
        let in_both = |a, b| people.in_both(a, b).into_iter().map(|(x, y)| (x.0, y.0)).collect::<Vec<_>>();
        assert_eq!(in_both(0, 1), [(1, 1)]);
        assert_eq!(in_both(0, 2), [(0, 2)]);
        assert_eq!(in_both(2, 1), [(0, 0)]);
        assert_eq!(people.across(0, UserId(1), 2), None);
        assert_eq!(people.domains(PersonId(2)).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(people.user(0, PersonId(3)), None);
    }
}
