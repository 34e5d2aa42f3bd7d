//! A chain as it stands after a sweep, in full precision: what another chain of the same data goes on from. What follows from the
//! data alone is not written down: who is where, levels, the tree of domains, products of features.

use super::chain::Chain;
use super::chance::Chance;
use super::domain::Domain;
use super::link::Link;
use super::prior::Prior;
use super::small::Point;
use crate::error::Result;
use crate::recommender::saved::{Checked, LARGEST, Parts};
use crate::recommender::state::StateWriter;

/// Least and largest precision that passes.
const PRECISIONS: [f32; 2] = [1e-20, 1e20];
/// Largest size of a score or a latent rating.
const LARGEST_SCORE: f32 = 1e10;

impl<const K: usize> Chain<K> {
    /// Writes the chain down.
    ///
    /// # Errors
    /// When a generator cannot be written.
    pub(super) fn write(&self, state: &mut StateWriter) -> Result<()> {
        state.say("sweeps", self.sweeps)?;
        state.put_chance("scalar", &self.normals.chance.scalar)?;
        state.whole("lanes", self.normals.chance.state.as_flattened());
        state.floats("normals", &[self.normals.store.len()], [&self.normals.store[..]]);
        state.say("used", self.normals.used)?;
        for (d, (domain, lengths)) in self.domains.iter().zip(&self.lengths).enumerate() {
            state.part(&d.to_string(), |state| {
                state.put_chance("lengths", lengths)?;
                write_domain(domain, state);
                Ok(())
            })?;
        }
        for (j, link) in self.links.iter().enumerate() {
            let Link { vectors: _, turns: _, rho, scale, correlation, rotation, tau, lambda } = link;
            let numbers = [*rho, *scale, *correlation, *tau, *lambda];
            state.floats(&format!("link.{j}"), &[numbers.len()], [&numbers[..]]);
            state.floats(&format!("map.{j}"), &[K, K], [rotation.as_flattened()]);
        }
        Ok(())
    }

    /// Goes to where a chain was that [`Chain::write`] wrote down.
    ///
    /// # Errors
    /// When it was one of other data, or a number is out of its range.
    pub(super) fn restore(&mut self, parts: &mut Parts) -> Checked<()> {
        let normals = &mut self.normals;
        let mut chance = Chance { scalar: parts.chance("scalar")?, state: normals.chance.state };
        let lanes = chance.state.as_flattened_mut();
        let written = parts.counts("lanes", &[lanes.len()])?;
        lanes.copy_from_slice(&written);
        normals.chance = chance;
        normals.store = parts.rows("normals", &[normals.store.len()])?;
        normals.used = parts.size("used", 0, normals.store.len())?;
        for (d, (domain, lengths)) in self.domains.iter_mut().zip(&mut self.lengths).enumerate() {
            let mut own = parts.part(&d.to_string());
            *lengths = own.chance("lengths")?;
            restore_domain(domain, &mut own)?;
            own.end()?;
        }
        for (j, link) in self.links.iter_mut().enumerate() {
            let numbers = parts.numbers(&format!("link.{j}"), &[5], PRECISIONS[1])?;
            if let [rho, scale, correlation, tau, lambda] = numbers[..] {
                check_precisions(&[tau, lambda])?;
                (link.rho, link.scale, link.correlation, link.tau, link.lambda) =
                    (rho, scale, correlation, tau, lambda);
            }
            let rotation = parts.rows(&format!("map.{j}"), &[K, K])?;
            link.rotation.as_flattened_mut().copy_from_slice(&rotation);
        }
        self.sweeps = parts.scalar("sweeps")?;
        Ok(())
    }
}

fn write_domain<const K: usize>(domain: &Domain<K>, state: &mut StateWriter) {
    let Domain { observed: _, levels: _, cutpoints, scores, latent, people, noise, items, .. } = domain;
    let inner = &cutpoints[1..cutpoints.len() - 1];
    for (name, numbers) in [("cutpoints", inner), ("scores", scores), ("latent", latent), ("noise", noise)] {
        state.floats(name, &[numbers.len()], [numbers]);
    }
    put_points("people", people, state);
    put_points("items", items, state);
    for (name, prior) in [("people_prior", &domain.people_prior), ("items_prior", &domain.items_prior)] {
        put_points(name, &[prior.mean, prior.precision], state);
        if let Some(regression) = &prior.regression {
            state.doubles(&format!("{name}.strength"), &[regression.strength]);
            put_points(&format!("{name}.means"), &regression.means, state);
        }
    }
}

fn restore_domain<const K: usize>(domain: &mut Domain<K>, parts: &mut Parts) -> Checked<()> {
    let inner = domain.cutpoints.len() - 2;
    let cutpoints = parts.numbers("cutpoints", &[inner], LARGEST_SCORE)?;
    if !cutpoints.is_sorted() {
        return Err("cutpoints do not ascend".into());
    }
    domain.cutpoints[1..=inner].copy_from_slice(&cutpoints);
    domain.scores = parts.numbers("scores", &[domain.scores.len()], LARGEST_SCORE)?;
    domain.latent = parts.numbers("latent", &[domain.latent.len()], LARGEST_SCORE)?;
    domain.noise = parts.numbers("noise", &[domain.noise.len()], PRECISIONS[1])?;
    check_precisions(&domain.noise)?;
    take_points("people", &mut domain.people, parts, LARGEST)?;
    take_points("items", &mut domain.items, parts, LARGEST)?;
    for (name, prior) in
        [("people_prior", &mut domain.people_prior), ("items_prior", &mut domain.items_prior)]
    {
        restore_prior(name, prior, parts)?;
    }
    Ok(())
}

fn restore_prior<const K: usize>(name: &str, prior: &mut Prior<K>, parts: &mut Parts) -> Checked<()> {
    let mut both = [prior.mean, prior.precision];
    take_points(name, &mut both, parts, PRECISIONS[1])?;
    [prior.mean, prior.precision] = both;
    check_precisions(&[prior.precision.bias])?;
    check_precisions(&prior.precision.vector)?;
    if let Some(regression) = &mut prior.regression {
        regression.strength = parts.doubles(&format!("{name}.strength"), &[1])?[0];
        check_precisions(&[regression.strength as f32])?;
        take_points(&format!("{name}.means"), &mut regression.means, parts, LARGEST)?;
    }
    Ok(())
}

/// Biases with their vectors, one after the other.
fn put_points<const K: usize>(name: &str, points: &[Point<K>], state: &mut StateWriter) {
    let row = |point: &Point<K>| std::iter::once(point.bias).chain(point.vector);
    let numbers: Vec<f32> = points.iter().flat_map(row).collect();
    state.floats(name, &[points.len(), 1 + K], [&numbers[..]]);
}

fn take_points<const K: usize>(
    name: &str,
    points: &mut [Point<K>],
    parts: &mut Parts,
    most: f32,
) -> Checked<()> {
    let numbers = parts.numbers(name, &[points.len(), 1 + K], most)?;
    for (point, row) in points.iter_mut().zip(numbers.chunks_exact(1 + K)) {
        point.bias = row[0];
        point.vector.copy_from_slice(&row[1..]);
    }
    Ok(())
}

fn check_precisions(precisions: &[f32]) -> Checked<()> {
    let [least, most] = PRECISIONS;
    match precisions.iter().find(|precision| !(least..=most).contains(*precision)) {
        Some(precision) => Err(format!("{precision:?} is no precision")),
        None => Ok(()),
    }
}
