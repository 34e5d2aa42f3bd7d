//! The Bayesian model as a picture. Nothing says where the axes of a space are: from draw to draw all vectors of a domain
//! turn slowly together, X with them, so that a mean over a long chain would be a point in the middle. The last draws are
//! therefore first turned into the frame of the latest one, domain by domain (orthogonal Procrustes over its people), and
//! only then averaged; X is that of the latest draw. What people's places vary by in that frame is their uncertainty.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::draw::{DRAWN, DomainDraw, Draw};
use super::model::{Bayes, Shape};
use crate::data::UserId;
use crate::dml::mapping::Mapping;
use crate::dml::picture::{Picture, maps_along, shortest_way};
use crate::error::Result;
use crate::recommender::{Known, UserVectors};

/// People as deviations from their domain's mean, which X turns, as means over the last draws.
#[derive(Debug)]
pub(super) struct DrawnPicture<'m> {
    shape: &'m Shape,
    /// The latest last.
    draws: &'m [Arc<Draw>],
    /// By draw and domain.
    frames: Vec<Vec<Frame>>,
    /// By domain, `[users, k]`.
    points: Vec<Vec<f32>>,
    /// From, to, X.
    links: Vec<(usize, usize, Mapping)>,
}

/// Where a domain of a draw lies in the frame of the latest.
#[derive(Debug)]
struct Frame {
    /// The mean of people who are drawn, `[k]`.
    centre: Vec<f32>,
    turn: Mapping,
}

impl Bayes {
    /// People as points, and the maps that turn them; `None` where no vectors cross, so that there is no map.
    ///
    /// # Errors
    /// When a vector is not finite.
    pub fn picture(&self) -> Result<Option<Box<dyn Picture + '_>>> {
        let picture = self.drawn_picture()?.filter(|picture| !picture.links.is_empty());
        Ok(picture.map(|picture| Box::new(picture) as Box<dyn Picture>))
    }

    /// The same, where no vectors cross too; `None` without draws.
    pub(super) fn drawn_picture(&self) -> Result<Option<DrawnPicture<'_>>> {
        let Some(latest) = self.recent.last() else { return Ok(None) };
        let k = self.shape.k;
        let mut links = Vec::new();
        for link in latest.links.iter().filter(|link| !link.map.is_empty()) {
            let rows: Vec<f64> = link.map.iter().map(|&x| f64::from(x)).collect();
            links.push((link.from, link.to, Mapping::from_rows(k, &rows)?));
        }
        let mut picture = DrawnPicture {
            shape: &self.shape,
            draws: &self.recent,
            frames: Vec::new(),
            points: Vec::new(),
            links,
        };
        let latest: Vec<(Vec<f32>, Vec<f32>)> =
            (0..latest.domains.len()).map(|d| picture.deviations(latest, d)).collect();
        for draw in &self.recent {
            let mut frames = Vec::new();
            for (d, (_, towards)) in latest.iter().enumerate() {
                let (centre, deviations) = picture.deviations(draw, d);
                // Of those whose points follow from others' nothing new is learnt.
                let turn =
                    Mapping::procrustes(k, &picture.drawn(d, &deviations), &picture.drawn(d, towards))?;
                frames.push(Frame { centre, turn });
            }
            picture.frames.push(frames);
        }
        picture.points = (0..latest.len()).map(|d| picture.mean(d)).collect();
        Ok(Some(picture))
    }
}

impl DrawnPicture<'_> {
    /// The mean of a domain's drawn people, `[k]`, and the deviations of all from it, `[users, k]`.
    fn deviations(&self, draw: &Draw, d: usize) -> (Vec<f32>, Vec<f32>) {
        let k = self.shape.k;
        let DomainDraw { user_vectors, .. } = &draw.domains[d];
        let (mut centre, mut count) = (vec![0.0_f64; k], 0.0);
        for (vector, _) in
            user_vectors.chunks_exact(k).zip(&self.shape.spreads[d]).filter(|(_, s)| **s == DRAWN)
        {
            centre.iter_mut().zip(vector).for_each(|(sum, &x)| *sum += f64::from(x));
            count += 1.0;
        }
        let centre: Vec<f32> = centre.iter().map(|sum| (sum / f64::max(count, 1.0)) as f32).collect();
        let deviations = user_vectors.iter().zip(centre.iter().cycle()).map(|(x, c)| x - c).collect();
        (centre, deviations)
    }

    /// The rows of people who are drawn.
    fn drawn(&self, d: usize, rows: &[f32]) -> Vec<f32> {
        let rows = rows.chunks_exact(self.shape.k).zip(&self.shape.spreads[d]);
        rows.filter(|(_, spread)| **spread == DRAWN).flat_map(|(row, _)| row).copied().collect()
    }

    /// Everybody's mean over the draws in the frame of the latest, `[users, k]`.
    fn mean(&self, d: usize) -> Vec<f32> {
        let share = 1.0 / self.draws.len() as f32;
        let mut mean = vec![0.0; self.shape.spreads[d].len() * self.shape.k];
        for (draw, frames) in self.draws.iter().zip(&self.frames) {
            let (_, deviations) = self.deviations(draw, d);
            mean.iter_mut().zip(frames[d].turn.to_b(&deviations)).for_each(|(sum, x)| *sum += share * x);
        }
        mean
    }
}

impl DrawnPicture<'_> {
    /// The mean over the draws, in the frame of the latest, of somebody whom each draw has at a vector `[k]` of a domain; `None`
    /// where one of them has them nowhere.
    pub(super) fn mean_of(
        &self,
        domain: usize,
        vector: impl Fn(&Draw) -> Option<Vec<f32>>,
    ) -> Option<Vec<f32>> {
        let share = 1.0 / self.draws.len() as f32;
        let mut mean = vec![0.0; self.shape.k];
        for (draw, frames) in self.draws.iter().zip(&self.frames) {
            let Frame { centre, turn } = &frames[domain];
            let deviation: Vec<f32> = vector(draw)?.iter().zip(centre).map(|(x, c)| x - c).collect();
            mean.iter_mut().zip(turn.to_b(&deviation)).for_each(|(sum, x)| *sum += share * x);
        }
        Some(mean)
    }
}

impl Picture for DrawnPicture<'_> {
    fn dimension(&self) -> usize {
        self.shape.k
    }

    fn domains(&self) -> usize {
        self.points.len()
    }

    fn points(&self, domain: usize) -> &[f32] {
        &self.points[domain]
    }

    fn walk(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let links: Vec<(usize, usize)> = self.links.iter().map(|&(a, b, _)| (a, b)).collect();
        shortest_way(self.domains(), &links, from, to)
    }

    fn map_along(&self, way: &[usize]) -> Option<Mapping> {
        maps_along(way, |from, to| {
            self.links.iter().find_map(|(a, b, x)| match (*a, *b) {
                ends if ends == (from, to) => Some(x.clone()),
                ends if ends == (to, from) => Some(x.reversed()),
                _ => None,
            })
        })
    }

    /// Means over the draws in the frame of the latest; what ⟨ū, v⟩ is with the people's mean is the same for everybody.
    fn items(&self, domain: usize) -> Option<Vec<f32>> {
        let share = 1.0 / self.draws.len() as f32;
        let mut mean = vec![0.0; self.shape.seen[domain].len() * self.shape.k];
        for (draw, frames) in self.draws.iter().zip(&self.frames) {
            let turned = frames[domain].turn.to_b(&draw.domains[domain].item_vectors);
            mean.iter_mut().zip(turned).for_each(|(sum, x)| *sum += share * x);
        }
        Some(mean)
    }

    fn spread(&self, domain: usize, user: UserId) -> Vec<f32> {
        let (k, n) = (self.shape.k, self.draws.len());
        if n < 2 {
            return Vec::new();
        }
        let row = user.index() * k..(user.index() + 1) * k;
        let mean = &self.points[domain][row.clone()];
        let share = 1.0 / ((n - 1) as f32).sqrt();
        let mut spread = Vec::new();
        for (draw, frames) in self.draws.iter().zip(&self.frames) {
            let Frame { centre, turn } = &frames[domain];
            let vector = &draw.domains[domain].user_vectors[row.clone()];
            let deviation: Vec<f32> = vector.iter().zip(centre).map(|(x, c)| x - c).collect();
            spread.extend(turn.to_b(&deviation).iter().zip(mean).map(|(x, mean)| share * (x - mean)));
        }
        // Whoever has no ratings here lies somewhere around what is expected of them.
        let kind = self.shape.spreads[domain][user.index()];
        if let (Some(latest), true) = (self.draws.last(), kind != DRAWN) {
            let covariance = &latest.domains[domain].spreads[usize::from(kind)].vector;
            let covariance = DMatrix::from_fn(k, k, |i, j| f64::from(covariance[i * k + j]));
            if let Some(root) = covariance.cholesky() {
                spread.extend(root.l().iter().map(|&x| x as f32));
            }
        }
        spread
    }
}

/// Deviations from the mean of each domain's people: those of whoever is not rated in a domain are expected from elsewhere.
impl UserVectors for DrawnPicture<'_> {
    fn dimension(&self) -> usize {
        self.shape.k
    }

    fn of_domain(&self, domain: usize) -> &[f32] {
        &self.points[domain]
    }

    fn is_rated(&self, domain: usize, user: UserId) -> bool {
        self.shape.spreads[domain][user.index()] == DRAWN
    }

    fn of(&self, known: Known, domain: usize) -> Option<Vec<f32>> {
        let vector = self.of_user(known.domain, known.user);
        if known.domain == domain {
            return Some(vector.to_vec());
        }
        let map = self.map_along(&self.walk(known.domain, domain)?)?;
        self.is_rated(known.domain, known.user).then(|| map.to_b(vector))
    }
}
