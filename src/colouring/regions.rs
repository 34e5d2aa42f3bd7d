//! Regions of the map: clusters of people where they are drawn, and what each is called, which is what its people have most
//! beyond chance. Where nothing is beyond chance, a region has no name.

use std::collections::BTreeSet;

use super::clusters::{centres, nearest};
use super::telling::{Telling, of_fields, of_items};
use crate::data::World;
use crate::rng::Generator;
use crate::split::Rows;

/// Facts that are told of a region at the most.
const TOLD: usize = 3;

/// A region of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Where its middle is, in the plane.
    pub centre: [f32; 2],
    /// By domain, how many of its people stand there.
    pub people: Vec<usize>,
    /// What it is called; `None` where nothing stands out of chance, or what does names another region better.
    pub name: Option<String>,
    /// What stands out, the furthest beyond chance first; the name is of one of them.
    pub tellings: Vec<Telling>,
}

/// All regions of a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regions {
    /// By number, at most six; none of very few people.
    pub list: Vec<Region>,
    /// By domain and user, the number of their region.
    pub of: Vec<Vec<u8>>,
}

/// The regions of people who stand at `places`, by domain `[users, 2]`, row-major. They are called by what tables say of their
/// people, and of what these rate in `rows`, by domain and in the order of users; without tables by items. `rows` are to be
/// ratings that nobody's place comes from: what follows from a place by itself is no news of it. Equal seeds give equal regions.
pub fn regions(world: &World, places: &[Vec<f32>], rows: &[Rows], seed: u64) -> Regions {
    let centres = centres(&places.concat(), &mut Generator::new(seed, "regions"));
    if centres.is_empty() {
        return Regions::default();
    }
    let of: Vec<Vec<u8>> = (places.iter())
        .map(|places| places.chunks_exact(2).map(|at| nearest(&centres, [at[0], at[1]]).0 as u8).collect())
        .collect();
    let mut found = of_fields(world, &of, rows, centres.len());
    if found.is_empty() {
        found = of_items(world, &of, rows, centres.len());
    }
    let mut list: Vec<Region> = (centres.iter().enumerate())
        .map(|(n, &centre)| Region {
            centre,
            people: of
                .iter()
                .map(|of| of.iter().filter(|&&region| usize::from(region) == n).count())
                .collect(),
            name: None,
            tellings: Vec::new(),
        })
        .collect();
    found.sort_by(|(_, x), (_, y)| y.z.total_cmp(&x.z));
    let mut taken = BTreeSet::new();
    for (n, telling) in found {
        let Region { name, tellings, .. } = &mut list[n];
        let is_new = !tellings.iter().any(|told| told.name == telling.name);
        if name.is_none() && taken.insert(telling.name.clone()) {
            *name = Some(telling.name.clone());
        }
        if is_new && tellings.len() < TOLD {
            tellings.push(telling);
        }
    }
    Regions { list, of }
}
