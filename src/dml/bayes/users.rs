//! The conditional of a person: all their vectors in all domains at once, along the links between them. A domain below another
//! is summed out first, from the leaves up; then the vectors are drawn from the root down. With two domains, A above B, this
//! is u_A with u_B summed out, then u_B given u_A.

use super::domain::Domain;
use super::link::{Coupling, Link};
use super::normals::Normals;
use super::people::{Everybody, Node};
use super::small::{Factor, Information, Point};

/// What is kept of a node between the way up and the way down.
struct Solved<const K: usize> {
    factor: Factor<K>,
    /// U⁻ᵀ h.
    solved: Point<K>,
    /// U⁻ᵀ L W.
    towards: Coupling<K>,
}

/// Draws everybody.
pub(super) fn draw<const K: usize>(
    domains: &mut [Domain<K>],
    everybody: &Everybody,
    links: &[Link<K>],
    normals: &mut Normals,
) {
    let mut solved = Vec::with_capacity(domains.len());
    let mut messages = vec![Information::NONE; domains.len()];
    for person in 0..everybody.len() {
        let nodes = everybody.of(person);
        if let [node] = nodes {
            let domain = &mut domains[node.domain];
            let mut known = seen(domain, node);
            let prior = &domain.people_prior;
            known.prior(&prior.precision, prior.mean_of(node.row as usize));
            let factor = known.factor();
            domain.people[node.row as usize] =
                factor.draw(&factor.forward(&known.term()), normals.take(K + 1));
            continue;
        }
        solved.clear();
        messages[..nodes.len()].fill(Information::NONE);
        for (place, node) in nodes.iter().enumerate().rev() {
            let mut known = seen(&domains[node.domain], node);
            known.add(&messages[place]);
            let Some((above, branch)) = node.above else {
                let prior = &domains[node.domain].people_prior;
                known.prior(&prior.precision, prior.mean_of(node.row as usize));
                let factor = known.factor();
                let forward = factor.forward(&known.term());
                solved.push(Solved { factor, solved: forward, towards: Coupling::NONE });
                continue;
            };
            let (link, parent) = (&links[branch], &nodes[above]);
            let parent = domains[parent.domain].people_prior.mean_of(parent.row as usize);
            let precision = link.precision(&domains[node.domain].people_prior);
            let offset = link.offset(domains[node.domain].people_prior.mean_of(node.row as usize), parent);
            known.prior(&precision, &offset);
            let factor = known.factor();
            let forward = factor.forward(&known.term());
            let towards = link.coupling(&precision).solved_by(&factor);
            link.pass_up(&mut messages[above], &precision, &offset, &towards, &forward);
            solved.push(Solved { factor, solved: forward, towards });
        }
        for (place, node) in nodes.iter().enumerate() {
            let Solved { factor, solved, towards } = &solved[nodes.len() - 1 - place];
            let mut term = *solved;
            if let Some((above, _)) = node.above {
                let above = &nodes[above];
                towards.apply(&domains[above.domain].people[above.row as usize], &mut term);
            }
            domains[node.domain].people[node.row as usize] = factor.draw(&term, normals.take(K + 1));
        }
    }
}

/// What the ratings of a node say: all have the person's precision, so that it is multiplied once.
#[inline(always)]
fn seen<const K: usize>(domain: &Domain<K>, node: &Node) -> Information<K> {
    let mut known = Information::NONE;
    let user = node.row as usize;
    let Some(&noise) = domain.noise.get(user) else { return known };
    for row in domain.observed.of_user(user) {
        let item = &domain.items[domain.observed.items[row] as usize];
        known.observe(&item.vector, 1.0, domain.latent[row] - item.bias);
    }
    known.scale(noise);
    known
}
