//! The conditional of a person: all their vectors in all domains at once, along the links between them. A domain below another
//! is summed out first, from the leaves up; then the vectors are drawn from the root down. With two domains, A above B, this
//! is u_A with u_B summed out, then u_B given u_A. People who stand in the same domains are solved side by side.

use pulp::{Simd, WithSimd};

use super::domain::Domain;
use super::lanes::{Lanes, MOST};
use super::link::{Coupling, Link};
use super::normals::Normals;
use super::people::{Everybody, Node};
use super::prefetch::{AHEAD, prefetch};
use super::small::{Factor, Information, Point};
use crate::engine::Isa;

/// What is kept of a node between the way up and the way down.
struct Solved<const K: usize, S: Simd> {
    factor: Factor<K, Lanes<S>>,
    /// U⁻ᵀ h.
    solved: Point<K, Lanes<S>>,
    /// U⁻ᵀ L W; of nothing at the root.
    towards: Option<Coupling<K, Lanes<S>>>,
}

/// Draws everybody.
pub(super) fn draw<const K: usize>(
    domains: &mut [Domain<K>],
    everybody: &Everybody,
    links: &[Link<K>],
    normals: &mut Normals,
) {
    Isa::detect().run(Draw { domains, everybody, links, normals });
}

struct Draw<'a, const K: usize> {
    domains: &'a mut [Domain<K>],
    everybody: &'a Everybody,
    links: &'a [Link<K>],
    normals: &'a mut Normals,
}

impl<const K: usize> WithSimd for Draw<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut solved = Vec::with_capacity(self.domains.len());
        let mut messages = vec![Information::none(Lanes::splat(simd, 0.0)); self.domains.len()];
        for group in &self.everybody.groups {
            for people in group.chunks(S::F32_LANES) {
                solved.clear();
                self.draw_together(simd, people, &mut solved, &mut messages);
            }
        }
    }
}

impl<const K: usize> Draw<'_, K> {
    /// Draws people whose nodes stand in the same domains, at most one a lane.
    #[inline(always)]
    fn draw_together<S: Simd>(
        &mut self,
        simd: S,
        people: &[u32],
        solved: &mut Vec<Solved<K, S>>,
        messages: &mut [Information<K, Lanes<S>>],
    ) {
        let everybody = self.everybody;
        let shape = everybody.of(people[0] as usize);
        if shape.len() > 1 {
            messages[..shape.len()].fill(Information::none(Lanes::splat(simd, 0.0)));
        }
        for (place, node) in shape.iter().enumerate().rev() {
            let mut known = self.seen(simd, people, place);
            if shape.len() > 1 {
                known.add(&messages[place]);
            }
            let prior = &self.domains[node.domain].people_prior;
            let Some((above, branch)) = node.above else {
                let row = |lane: usize| everybody.of(people[lane] as usize)[place].row as usize;
                known.prior(&prior.precision.splat(simd), &prior.means_of(simd, people.len(), row));
                let factor = known.factor();
                let forward = factor.forward(&known.term());
                solved.push(Solved { factor, solved: forward, towards: None });
                continue;
            };
            let (link, parent) = (&self.links[branch], &self.domains[shape[above].domain].people_prior);
            let precision = link.precision(prior);
            let offset = link.offset(&prior.mean, &parent.mean).splat(simd);
            known.prior(&precision.splat(simd), &offset);
            let factor = known.factor();
            let forward = factor.forward(&known.term());
            let mut towards = link.coupling(&precision).splat(simd);
            towards.solve(&factor);
            link.pass_up(&mut messages[above], &precision, &offset, &towards, &forward);
            solved.push(Solved { factor, solved: forward, towards: Some(towards) });
        }
        for (place, node) in shape.iter().enumerate() {
            let Solved { factor, solved, towards } = &solved[shape.len() - 1 - place];
            let mut term = *solved;
            if let (Some((above, _)), Some(towards)) = (node.above, towards) {
                let domain = &self.domains[shape[above].domain];
                let at = |lane: usize| everybody.of(people[lane] as usize)[above].row as usize;
                towards.apply(
                    &Point::side_by_side(simd, people.len(), |lane| &domain.people[at(lane)]),
                    &mut term,
                );
            }
            let chance = Point::load(simd, self.normals.take((K + 1) * S::F32_LANES));
            let domain = &mut self.domains[node.domain];
            factor.draw(&term, &chance).each(|lane, point| {
                if let Some(&person) = people.get(lane) {
                    domain.people[everybody.of(person as usize)[place].row as usize] = point;
                }
            });
        }
    }

    /// What the ratings of people say at one of their places.
    #[inline(always)]
    fn seen<S: Simd>(&self, simd: S, people: &[u32], place: usize) -> Information<K, Lanes<S>> {
        let (mut known, mut noise) = ([Information::NONE; MOST], [1.0; MOST]);
        for (lane, &person) in people.iter().enumerate() {
            let node = &self.everybody.of(person as usize)[place];
            let domain = &self.domains[node.domain];
            if let Some(&precision) = domain.noise.get(node.row as usize) {
                noise[lane] = precision;
                observe(simd, domain, node, &mut known[lane]);
            }
        }
        let mut together = Information::side_by_side(simd, &known);
        // All of a person's ratings have the same precision, so that it is multiplied once.
        together.scale(Lanes::of(simd, noise));
        together
    }
}

/// What the ratings of a user say, of precision 1.
#[inline(always)]
fn observe<const K: usize, S: Simd>(simd: S, domain: &Domain<K>, node: &Node, known: &mut Information<K>) {
    let rows = domain.observed.of_user(node.row as usize);
    let all_items = &domain.observed.items;
    let rows = all_items[rows.clone()].iter().zip(&domain.latent[rows.clone()]).zip(rows);
    known.observe::<false, S>(
        simd,
        rows.map(|((&item, &latent), row)| {
            if let Some(&item) = all_items.get(row + AHEAD) {
                prefetch(&domain.items, item as usize);
            }
            let item = &domain.items[item as usize];
            (&item.vector, 1.0, latent - item.bias)
        }),
    );
}
