//! All domains and the links between them. Two files are the case of two domains and one link.

use std::sync::Arc;

use super::{Domain, People, SameRows, UserId};

/// Joins two domains by the users that occur in both.
#[derive(Clone, Debug)]
pub struct Link {
    /// Index of the domain that X maps from.
    pub a: usize,
    /// Index of the domain that X maps to.
    pub b: usize,
    /// The overlap users as (user number in `a`, user number in `b`), in the order of `a`.
    pub overlap_users: Vec<(UserId, UserId)>,
    /// Ratings that stand in both domains: two samples of one file share many.
    pub same_rows: SameRows,
}

/// The domains and how they hang together: a link joins any two that share people, and what joins no link is joined by a
/// walk along several (paper 4.3).
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The domains.
    pub domains: Vec<Domain>,
    /// Who is who over all domains.
    pub people: Arc<People>,
    /// By the first domain, then by the second; `a` is below `b`. Two domains alone have their link whoever they share.
    pub links: Vec<Link>,
}

impl World {
    /// Joins domains by equal user ids.
    ///
    /// # Examples
    /// ```
    /// use dual_metric::data::{ReadOptions, UserId, World, read_ratings};
    ///
    /// let books = "user,book,rating\nann,Emma,5\nbob,Emma,2\nann,Dune,4\n";
    /// let films = "user,film,rating\nzoe,Alien,1\nann,Alien,3\nzoe,Heat,5\n";
    /// let books = read_ratings("books.csv", books.as_bytes(), &ReadOptions::default())?.domain;
    /// let films = read_ratings("films.csv", films.as_bytes(), &ReadOptions::default())?.domain;
    /// let world = World::new(vec![books, films]);
    /// // Ann is user 0 of the books and user 1 of the films.
    /// assert_eq!(world.links[0].overlap_users, [(UserId(0), UserId(1))]);
    /// assert_eq!(world.people.len(), 3);
    /// # Ok::<(), dual_metric::error::Error>(())
    /// ```
    pub fn new(domains: Vec<Domain>) -> Self {
        let people = People::new(&domains);
        let mut links = Vec::new();
        for a in 0..domains.len() {
            for b in a + 1..domains.len() {
                let overlap_users = people.in_both(a, b);
                if overlap_users.is_empty() && domains.len() > 2 {
                    continue;
                }
                let same_rows = SameRows::of(&domains[a], &domains[b], &overlap_users);
                links.push(Link { a, b, overlap_users, same_rows });
            }
        }
        Self { domains, people: people.into(), links }
    }

    /// The largest share of same ratings in a link, 0 to 1: where it is more than a few percent, figures of what one
    /// domain gives the other mean nothing.
    pub fn same_rows_share(&self) -> f64 {
        self.links.iter().map(|link| link.same_rows.share).fold(0.0, f64::max)
    }
}
