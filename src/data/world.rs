//! All domains and the links between them. Two files are the case of two domains and one link.

use super::{Domain, SameRows};

/// Joins two domains by the users that occur in both.
#[derive(Clone, Debug)]
pub struct Link {
    /// Index of the domain that X maps from.
    pub a: usize,
    /// Index of the domain that X maps to.
    pub b: usize,
    /// The overlap users as (user number in `a`, user number in `b`), in the order of `a`.
    pub overlap_users: Vec<(u32, u32)>,
    /// Ratings that stand in both domains: two samples of one file share many.
    pub same_rows: SameRows,
}

/// The domains and how they hang together (paper 4.3: a chain of links serves any number of domains).
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The domains.
    pub domains: Vec<Domain>,
    /// A chain: link j joins domain j and domain j + 1.
    pub links: Vec<Link>,
}

impl World {
    /// Links each domain with the next by equal user ids.
    pub fn new(domains: Vec<Domain>) -> Self {
        let links = domains
            .windows(2)
            .enumerate()
            .map(|(j, pair)| {
                let overlap_users = overlap(&pair[0], &pair[1]);
                let same_rows = SameRows::of(&pair[0], &pair[1], &overlap_users);
                Link { a: j, b: j + 1, overlap_users, same_rows }
            })
            .collect();
        Self { domains, links }
    }

    /// The largest share of same ratings in a link, 0 to 1: where it is more than a few percent, figures of what one
    /// domain gives the other mean nothing.
    pub fn same_rows_share(&self) -> f64 {
        self.links.iter().map(|link| link.same_rows.share).fold(0.0, f64::max)
    }
}

/// The users of both domains by equal id, in the order of `a`.
pub(super) fn overlap(a: &Domain, b: &Domain) -> Vec<(u32, u32)> {
    a.users.ids().zip(0..).filter_map(|(id, user)| Some((user, b.users.get(id)?))).collect()
}
