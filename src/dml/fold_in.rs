//! Somebody by their ratings, as recipe R has them: biases by the equations of their fit, and the vector that makes the training's
//! loss of these ratings least, Σ (r̂ − r)² + λ‖u − c‖², with items, networks and maps held fixed. Of a visitor c = 0, as in the
//! training. Of a person of the training c is where their trained vector is that least point already: it stands for what else
//! drew on it (features, the pair loss, a training that stopped early), so that with all ratings the model's own prediction comes out.
//! Rows see biases and counts without themselves, as in training.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::inputs::Known;
use super::model::{ColdStartUser, Dml};
use super::predictor::{Predictor, Rater};
use crate::baselines::bias::{Biases, FoldedBias, Shrinkage, folded};
use crate::data::ItemId;
use crate::recommender::{FoldedIn, Outlook, Profile, ProfileRating};
use crate::settings::{Embeddings, ValidConfig};

/// Most Gauss-Newton steps.
const MOST_STEPS: usize = 40;
/// A step whose largest number is below this is the last.
const STILL: f64 = 1e-7;
/// Most halvings of a step that makes the loss greater.
const HALVINGS: usize = 12;
/// The least λ: less ratings than numbers say nothing of some directions.
const LEAST_PENALTY: f64 = 1e-3;

/// A person under a model.
pub(super) struct FoldedPerson<'m> {
    model: &'m Dml,
    profile: &'m Profile,
    penalty: f64,
    has_biases: bool,
    /// By domain, with all ratings.
    whole: Vec<FoldedBias>,
    /// The same; `None` where there are none.
    sides: Vec<Option<Side>>,
}

/// A person's vector in one domain.
struct Side {
    vector: DVector<f64>,
    centre: DVector<f64>,
    /// Whether the training made the vector.
    is_trained: bool,
    /// Errors and slopes of the ratings' predictions at the vector, in the order of the profile, with the places there.
    slopes: Vec<(usize, f64, DVector<f64>)>,
    factor: Cholesky<f64, Dyn>,
}

impl Dml {
    /// Somebody with these ratings; `None` where vectors are codes of autoencoders, which are not kept, where the network is not the
    /// plain one, or where nobody says with which settings it was trained.
    pub(super) fn folded_in<'m>(
        &'m self,
        profile: &'m Profile,
        settings: Option<&ValidConfig>,
    ) -> Option<FoldedPerson<'m>> {
        let settings = settings?;
        let is_plain = self.domains.iter().all(|domain| domain.interaction.is_none());
        if settings.embeddings != Embeddings::Learnt || !is_plain {
            return None;
        }
        let mut person = FoldedPerson {
            model: self,
            profile,
            penalty: f64::from(settings.row_l2).max(LEAST_PENALTY),
            has_biases: settings.bias,
            whole: Vec::new(),
            sides: Vec::new(),
        };
        person.whole = person.biases(&[]);
        person.sides = (0..self.domains.len()).map(|d| person.side(d)).collect::<Option<Vec<_>>>()?;
        Some(person)
    }
}

impl FoldedPerson<'_> {
    /// The biases without some ratings, by domain.
    fn biases(&self, without: &[usize]) -> Vec<FoldedBias> {
        let count = |d: usize| self.profile.of_domain(d, without).count() as u32;
        if !self.has_biases {
            let bare = |d| FoldedBias { count: count(d), ..FoldedBias::default() };
            return (0..self.model.domains.len()).map(bare).collect();
        }
        let biases: Vec<&Biases> = self.model.domains.iter().map(|domain| &*domain.biases).collect();
        let links: Vec<(usize, usize)> = self.model.links.iter().map(|link| (link.a, link.b)).collect();
        folded(&biases, &links, self.profile, without)
    }

    /// The person in a domain with all ratings; the inner `None` where they have none there.
    fn side(&self, d: usize) -> Option<Option<Side>> {
        let bias = self.whole[d];
        if bias.count == 0 {
            return Some(None);
        }
        let k = self.model.dimension;
        let user = self.profile.users.get(d).copied().flatten();
        let trained = user.filter(|&user| self.model.rated(d, user)).map(|user| {
            DVector::from_iterator(k, self.model.user_embedding(d, user).iter().map(|&x| f64::from(x)))
        });
        let Some(vector) = trained else {
            let centre = DVector::zeros(k);
            let vector = self.least(d, bias, &[], &centre, centre.clone())?;
            return Some(Some(self.side_at(d, bias, vector, centre, false)?));
        };
        let slopes = self.slopes(d, bias, &[], &vector);
        let mut centre = vector.clone();
        slopes.iter().for_each(|(_, error, slope)| centre.axpy(error / self.penalty, slope, 1.0));
        Some(Some(self.side_at(d, bias, vector, centre, true)?))
    }

    fn side_at(
        &self,
        d: usize,
        bias: FoldedBias,
        vector: DVector<f64>,
        centre: DVector<f64>,
        is_trained: bool,
    ) -> Option<Side> {
        let slopes = self.slopes(d, bias, &[], &vector);
        let factor = self.curvature(&slopes)?;
        Some(Side { vector, centre, is_trained, slopes, factor })
    }

    /// λ I + Σ g gᵀ, factored.
    fn curvature(&self, slopes: &[(usize, f64, DVector<f64>)]) -> Option<Cholesky<f64, Dyn>> {
        let k = self.model.dimension;
        let mut curvature = DMatrix::identity(k, k) * self.penalty;
        slopes.iter().for_each(|(_, _, slope)| curvature.ger(1.0, slope, slope, 1.0));
        Cholesky::new(curvature)
    }

    /// Error and slope of the prediction of each rating of a domain at a vector, as the training has the row.
    fn slopes(
        &self,
        d: usize,
        bias: FoldedBias,
        without: &[usize],
        vector: &DVector<f64>,
    ) -> Vec<(usize, f64, DVector<f64>)> {
        let side = &self.model.domains[d];
        let biases = &side.biases;
        let user: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let is_trained = self.profile.users.get(d).copied().flatten().is_some();
        let row = |(place, rating): (usize, &ProfileRating)| {
            let i = rating.item.index();
            let (n, m) = (bias.count as f32, biases.item_counts[i] as f32);
            let Shrinkage { users, items } = biases.shrinkage;
            let leave = |b: f32, n: f32, shrinkage: f32, other: f32| match self.has_biases {
                true => {
                    ((n + shrinkage) * b - (rating.rating - biases.mean - other))
                        / (n + shrinkage - 1.0).max(1.0)
                }
                false => 0.0,
            };
            let known = Known {
                user_bias: leave(bias.bias, n, users, biases.items[i]),
                // A visitor's rating was never in the item's bias.
                item_bias: match is_trained {
                    true => leave(biases.items[i], m, items, self.whole[d].bias),
                    false => biases.items[i],
                },
                user_count: bias.count - 1,
                item_count: biases.item_counts[i].saturating_sub(u32::from(is_trained)),
            };
            let mut given = Vec::new();
            side.given.push(&mut given, known, bias.other, [bias.prior, biases.item_priors[i]]);
            let item = self.model.item_embedding(d, rating.item);
            let (output, slope) = side.recommender.forward_with_slope(&user, item, &given);
            let predicted = biases.mean + known.user_bias + known.item_bias + output;
            (
                place,
                f64::from(predicted - rating.rating),
                DVector::from_iterator(slope.len(), slope.into_iter().map(f64::from)),
            )
        };
        self.profile.of_domain(d, without).map(row).collect()
    }

    /// The vector that makes the loss least, by damped Gauss-Newton steps from a point.
    fn least(
        &self,
        d: usize,
        bias: FoldedBias,
        without: &[usize],
        centre: &DVector<f64>,
        start: DVector<f64>,
    ) -> Option<DVector<f64>> {
        let loss = |slopes: &[(usize, f64, DVector<f64>)], at: &DVector<f64>| {
            slopes.iter().map(|(_, error, _)| error * error).sum::<f64>()
                + self.penalty * (at - centre).norm_squared()
        };
        let mut at = start;
        let mut slopes = self.slopes(d, bias, without, &at);
        for _ in 0..MOST_STEPS {
            let mut down = (centre - &at) * self.penalty;
            slopes.iter().for_each(|(_, error, slope)| down.axpy(-error, slope, 1.0));
            let mut step = self.curvature(&slopes)?.solve(&down);
            let before = loss(&slopes, &at);
            let mut next = &at + &step;
            let mut there = self.slopes(d, bias, without, &next);
            for _ in 0..HALVINGS {
                if loss(&there, &next) <= before {
                    break;
                }
                step *= 0.5;
                next = &at + &step;
                there = self.slopes(d, bias, without, &next);
            }
            (at, slopes) = (next, there);
            if step.amax() < STILL {
                break;
            }
        }
        Some(at)
    }

    /// The vector in a domain without some ratings; `None` where none are left there.
    fn vector_without(&self, d: usize, bias: FoldedBias, without: &[usize]) -> Option<Vec<f32>> {
        let side = self.sides[d].as_ref().filter(|_| bias.count > 0)?;
        let single = |vector: &DVector<f64>| vector.iter().map(|&x| x as f32).collect();
        if without.is_empty() {
            return Some(single(&side.vector));
        }
        // The loss has several lowest points: a visitor is looked for from where they were with all ratings too.
        let start = match side.is_trained {
            true => &side.vector + self.first_step(d, bias, without)?,
            false => side.centre.clone(),
        };
        Some(single(&self.least(d, bias, without, &side.centre, start)?))
    }

    /// Where the vector goes to first order: what the ratings that are taken out pulled is let go, and the others' errors move
    /// with the bias.
    fn first_step(&self, d: usize, bias: FoldedBias, without: &[usize]) -> Option<DVector<f64>> {
        let side = self.sides[d].as_ref()?;
        let moved = f64::from(bias.bias - self.whole[d].bias);
        let mut pull = DVector::zeros(side.vector.len());
        for (place, error, slope) in &side.slopes {
            match without.contains(place) {
                true => pull.axpy(*error, slope, 1.0),
                false => pull.axpy(-moved, slope, 1.0),
            }
        }
        let mut step = side.factor.solve(&pull);
        if let [one] = without
            && let Some((_, _, slope)) = side.slopes.iter().find(|(place, ..)| place == one)
        {
            // One row less in the curvature: Sherman and Morrison.
            let towards = side.factor.solve(slope);
            let share = slope.dot(&step) / (1.0 - slope.dot(&towards)).max(1e-3);
            step.axpy(share, &towards, 1.0);
        }
        Some(step)
    }

    /// What the model predicts in a domain for somebody with these biases and vectors, by domain.
    fn predicted(
        &self,
        d: usize,
        biases: &[FoldedBias],
        vector: impl Fn(usize) -> Option<Vec<f32>>,
        items: &[ItemId],
    ) -> Option<Outlook> {
        let (model, side) = (self.model, &self.model.domains[d]);
        let mut predictor = Predictor::new(model, d);
        let mut ratings = Vec::with_capacity(items.len());
        let is_in_file = self.profile.users.get(d).copied().flatten().is_some();
        // The first linked domain with ratings, as the model looks for it.
        let linked = model.links.iter().find_map(|link| {
            let from = match d {
                d if d == link.a => link.b,
                d if d == link.b => link.a,
                _ => return None,
            };
            (biases[from].count > 0).then_some((from, link))
        });
        let mapped = || {
            let (from, link) = linked?;
            let vector = vector(from)?;
            Some((from, if d == link.b { link.mapping.to_b(&vector) } else { link.mapping.to_a(&vector) }))
        };
        let FoldedBias { prior, other, .. } = biases[d];
        if let Some(own) = vector(d) {
            predictor.rate(&Rater::user(&own, biases[d]), items, &mut ratings);
            if side.mix > 0.0
                && let Some((_, vector)) = mapped()
            {
                let mut through_map = Vec::with_capacity(items.len());
                predictor.rate(&Rater::cold_user(&vector, prior, other), items, &mut through_map);
                for (own, mapped) in ratings.iter_mut().zip(&through_map) {
                    *own = (*own + side.mix * (mapped - *own)).clamp(0.0, 1.0);
                }
            }
            return Some(Outlook { ratings, ..Outlook::default() });
        }
        if is_in_file && let Some((from, vector)) = mapped() {
            predictor.rate(&Rater::cold_user(&vector, prior, other), items, &mut ratings);
            return Some(Outlook { ratings, chances: None, way: vec![from, d] });
        }
        // As whoever the domain's file does not have, from the nearest domain with ratings.
        let ways = (0..model.domains.len()).filter(|&from| biases[from].count > 0);
        let way = ways.filter_map(|from| model.walk(from, d)).min_by_key(Vec::len)?;
        let from = *way.first()?;
        let start = ColdStartUser { vector: vector(from)?, prior: biases[from].bias, other_bias: 0.0 };
        let guest = model.led_along(&way, start)?;
        predictor.predict_for_cold_start_user(&guest, items, &mut ratings);
        Some(Outlook { ratings, chances: None, way })
    }
}

impl FoldedIn for FoldedPerson<'_> {
    fn outlook(&self, without: &[usize], domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let biases = self.biases(without);
        self.predicted(domain, &biases, |d| self.vector_without(d, biases[d], without), items)
    }

    fn first_order(&self, domain: usize, items: &[ItemId]) -> Option<Vec<f32>> {
        let all = self.outlook(&[], domain, items)?.ratings;
        let mut changes = Vec::with_capacity(all.len() * self.profile.ratings.len());
        for (place, rating) in self.profile.ratings.iter().enumerate() {
            let biases = self.biases(&[place]);
            let vector = |d: usize| {
                let side = self.sides[d].as_ref().filter(|_| biases[d].count > 0)?;
                let step = match rating.domain == d {
                    true => self.first_step(d, biases[d], &[place])?,
                    false => DVector::zeros(side.vector.len()),
                };
                Some(side.vector.iter().zip(step.iter()).map(|(x, y)| (x + y) as f32).collect::<Vec<f32>>())
            };
            match self.predicted(domain, &biases, vector, items) {
                Some(left) => changes.extend(left.ratings.iter().zip(&all).map(|(left, all)| left - all)),
                // Without it nothing follows here: it decides everything.
                None => changes.extend(all.iter().map(|_| f32::NEG_INFINITY)),
            }
        }
        Some(changes)
    }

    fn vector(&self, domain: usize) -> Option<Vec<f32>> {
        let own =
            |d: usize| self.sides[d].as_ref().map(|side| side.vector.iter().map(|&x| x as f32).collect());
        if let Some(own) = own(domain) {
            return Some(own);
        }
        let model = self.model;
        let ways = (0..model.domains.len()).filter(|&from| self.sides[from].is_some());
        let way = ways.filter_map(|from| model.walk(from, domain)).min_by_key(Vec::len)?;
        Some(model.map_along(&way)?.to_b(&own(*way.first()?)?))
    }
}
