//! Somebody by their ratings, under each kept draw: the mode of a person's biases and vectors in all domains, given that draw's
//! items, cutpoints, links and priors, and the curvature there (Laplace). The chain draws the same density by Gibbs sampling;
//! here nothing is drawn, so that leaving a rating out changes what that rating says and nothing else.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::draw::{DRAWN, DomainDraw, Draw, Spread, UNKNOWN, USUAL_NOISE, expected_from};
use super::model::Bayes;
use crate::data::ItemId;
use crate::dml::picture::shortest_way;
use crate::recommender::{Chances, FoldedIn, Outlook, Profile, ProfileRating};

/// Most Newton steps; a handful is usual.
const MOST_STEPS: usize = 60;
/// A step whose largest number is below this is the last.
const STILL: f64 = 1e-9;
/// Most halvings of a step that does not rise.
const HALVINGS: usize = 20;
const ROOT_OF_TAU: f64 = 2.506_628_274_631_000_5;

/// A person under all draws.
pub(super) struct FoldedPerson<'m> {
    model: &'m Bayes,
    profile: &'m Profile,
    /// By draw, with all ratings.
    states: Vec<State>,
}

/// A person under one draw: normal around the mode.
struct State {
    /// The domains that their ratings join, each behind the one above it.
    nodes: Vec<usize>,
    /// Bias and vector at each node, `[nodes, 1 + k]`.
    mode: DVector<f64>,
    covariance: DMatrix<f64>,
    intervals: Vec<Interval>,
}

/// A rating as the density has it: the interval of its level around the score of its item.
struct Interval {
    /// Its place in the profile.
    place: usize,
    /// Where the person's numbers at the item's domain begin in a [`State`].
    start: usize,
    /// 1 and the item's vector.
    form: Vec<f64>,
    /// Between which scores, less the item's bias, the level lies.
    ends: [f64; 2],
    /// √γ.
    steadiness: f64,
}

/// Where a person stands in a domain under a draw, as a linear form of a [`State`].
struct Seat {
    /// `[1 + k, nodes · (1 + k)]`.
    reach: DMatrix<f64>,
    /// Bias and vector.
    mean: Vec<f32>,
    spread: Spread,
    /// Between the bias and the vector.
    cross: Vec<f32>,
    noise: f32,
}

/// ln(Φ(b) − Φ(a)) of a score within its interval, its slope by the score, and its curvature with the sign turned.
fn ordinal([low, high]: [f64; 2], steadiness: f64, score: f64) -> (f64, f64, f64) {
    let (mut a, mut b) = ((low - score) * steadiness, (high - score) * steadiness);
    // Seen from the half of the line where Φ is small and therefore precise.
    let sign = if a + b > 0.0 { -1.0 } else { 1.0 };
    if sign < 0.0 {
        (a, b) = (-b, -a);
    }
    let below = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let bell = |x: f64| if x.is_finite() { (-0.5 * x * x).exp() / ROOT_OF_TAU } else { 0.0 };
    let mass = below(b) - below(a);
    if mass < 1e-280 {
        // So far off the density falls like that of the nearer end.
        return (-0.5 * b * b, sign * b * steadiness, steadiness * steadiness);
    }
    let (at_a, at_b) = (bell(a) / mass, bell(b) / mass);
    let moved = |x: f64, density: f64| if x.is_finite() { x * density } else { 0.0 };
    let slope = at_a - at_b;
    let curvature = slope * slope - moved(a, at_a) + moved(b, at_b);
    (mass.ln(), sign * slope * steadiness, curvature.max(0.0) * steadiness * steadiness)
}

impl Bayes {
    /// Somebody with these ratings; `None` before the first draw, and of a file that does not say what is expected of people.
    pub(super) fn folded_in<'m>(&'m self, profile: &'m Profile) -> Option<FoldedPerson<'m>> {
        let knows_priors =
            |draw: &Draw| draw.domains.iter().all(|domain| domain.prior_mean.len() == 1 + self.shape.k);
        if self.draws.is_empty() || !self.draws.iter().all(|draw| knows_priors(draw)) {
            return None;
        }
        let mut person = FoldedPerson { model: self, profile, states: Vec::new() };
        person.states = self
            .draws
            .iter()
            .map(|draw| person.solved(draw, &person.nodes(draw, &[]), &[], None))
            .collect::<Option<_>>()?;
        Some(person)
    }
}

impl FoldedPerson<'_> {
    fn k(&self) -> usize {
        self.model.shape.k
    }

    /// The domains with ratings and those between them, each behind the one above it: the smallest part of the tree.
    fn nodes(&self, draw: &Draw, without: &[usize]) -> Vec<usize> {
        let domains = draw.domains.len();
        let mut above: Vec<Option<usize>> = vec![None; domains];
        draw.links.iter().for_each(|link| above[link.to] = Some(link.from));
        let way_up = |domain: usize| {
            let mut way = vec![domain];
            while let Some(parent) = above[way[way.len() - 1]].filter(|_| way.len() <= domains) {
                way.push(parent);
            }
            way
        };
        let seen: Vec<usize> =
            (0..domains).filter(|&d| self.profile.of_domain(d, without).next().is_some()).collect();
        // How many of the domains with ratings lie at or below each.
        let mut at_or_below = vec![0; domains];
        seen.iter().flat_map(|&d| way_up(d)).for_each(|d| at_or_below[d] += 1);
        let mut nodes: Vec<(usize, usize)> = (0..domains)
            .filter(|&d| {
                let way = way_up(d);
                let all = at_or_below[way[way.len() - 1]];
                let branches = (0..domains).filter(|&c| above[c] == Some(d) && at_or_below[c] > 0).count();
                at_or_below[d] > 0 && (seen.contains(&d) || branches > 1 || at_or_below[d] < all)
            })
            .map(|d| (way_up(d).len(), d))
            .collect();
        nodes.sort_unstable();
        nodes.into_iter().map(|(_, d)| d).collect()
    }

    /// What is expected of the person at some nodes before any rating: precision, and precision times mean.
    fn prior(&self, draw: &Draw, nodes: &[usize]) -> Option<(DMatrix<f64>, DVector<f64>)> {
        let (k, width) = (self.k(), 1 + self.k());
        let size = nodes.len() * width;
        let (mut precision, mut term) = (DMatrix::zeros(size, size), DVector::zeros(size));
        let double = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
        let precisions = |spread: &Spread| -> Vec<f64> {
            let variances = (0..k).map(|i| spread.vector[i * k + i]);
            std::iter::once(spread.bias).chain(variances).map(|x| 1.0 / f64::from(x)).collect()
        };
        for (place, &d) in nodes.iter().enumerate() {
            let (domain, at) = (&draw.domains[d], place * width);
            let above = draw.links.iter().find(|link| link.to == d).map(|link| link.from);
            let above = above.and_then(|from| Some((nodes.iter().position(|&node| node == from)?, from)));
            let Some((parent, from)) = above else {
                let own = self.profile.users.get(d).copied().flatten();
                let own = own.and_then(|user| domain.prior_means.get(user.index() * width..)?.get(..width));
                let mean = double(own.unwrap_or(&domain.prior_mean));
                let spread = precisions(&domain.spreads[usize::from(UNKNOWN)]);
                for i in 0..width {
                    precision[(at + i, at + i)] += spread[i];
                    term[at + i] += spread[i] * mean[i];
                }
                continue;
            };
            let (entry, up) = (domain.entries.get(from)?.as_ref()?, parent * width);
            let spread = precisions(&domain.spreads[usize::from(expected_from(from))]);
            // W: biases and vectors apart.
            let map = DMatrix::from_fn(width, width, |i, j| match (i, j) {
                (0, 0) => f64::from(entry.bias),
                (0, _) | (_, 0) => 0.0,
                (i, j) => f64::from(entry.map[(i - 1) * k + j - 1]),
            });
            let there = DVector::from_vec(double(&draw.domains[from].prior_mean));
            let offset = DVector::from_vec(double(&domain.prior_mean)) - &map * there;
            let weighed = DMatrix::from_fn(width, width, |i, j| spread[i] * map[(i, j)]);
            let square = map.transpose() * &weighed;
            let pull = weighed.transpose() * &offset;
            for i in 0..width {
                precision[(at + i, at + i)] += spread[i];
                term[at + i] += spread[i] * offset[i];
                term[up + i] -= pull[i];
                for j in 0..width {
                    precision[(at + i, up + j)] -= weighed[(i, j)];
                    precision[(up + j, at + i)] -= weighed[(i, j)];
                    precision[(up + i, up + j)] += square[(i, j)];
                }
            }
        }
        Some((precision, term))
    }

    /// 1/γ: the person's own under the draw, or the usual one of whoever has no ratings there in the training.
    fn noise(&self, domain: &DomainDraw, d: usize) -> f32 {
        let user = self.profile.users.get(d).copied().flatten();
        let drawn = user.filter(|user| self.model.shape.spreads[d].get(user.index()) == Some(&DRAWN));
        drawn.map_or(USUAL_NOISE, |user| domain.noise[user.index()])
    }

    fn intervals(&self, draw: &Draw, nodes: &[usize], without: &[usize]) -> Vec<Interval> {
        let k = self.k();
        let of_node = |(place, &d): (usize, &usize)| {
            let (domain, levels) = (&draw.domains[d], &self.model.shape.levels[d]);
            let steadiness = f64::from(self.noise(domain, d)).sqrt().recip();
            let interval = move |(place_of_rating, rating): (usize, &ProfileRating)| {
                let (item, level) = (rating.item.index(), usize::from(levels.level(rating.rating)));
                let bias = f64::from(domain.item_biases[item]);
                let cut = |n: usize| f64::from(domain.cutpoints[n]) - bias;
                let low = level.checked_sub(1).map_or(f64::NEG_INFINITY, cut);
                let high = if level < domain.cutpoints.len() { cut(level) } else { f64::INFINITY };
                let vector = domain.item_vectors[item * k..][..k].iter().map(|&x| f64::from(x));
                let form = std::iter::once(1.0).chain(vector).collect();
                let start = place * (1 + k);
                Interval { place: place_of_rating, start, form, ends: [low, high], steadiness }
            };
            self.profile.of_domain(d, without).map(interval).collect::<Vec<_>>()
        };
        nodes.iter().enumerate().flat_map(of_node).collect()
    }

    /// The mode under a draw without some ratings, by Newton's method: the density has one, since its logarithm is concave.
    fn solved(
        &self,
        draw: &Draw,
        nodes: &[usize],
        without: &[usize],
        start: Option<DVector<f64>>,
    ) -> Option<State> {
        let (precision, term) = self.prior(draw, nodes)?;
        let intervals = self.intervals(draw, nodes, without);
        let start = match start.filter(|start| start.len() == term.len()) {
            Some(start) => start,
            None => Cholesky::new(precision.clone())?.solve(&term),
        };
        let mut at = Height::of(start, &precision, &term, &intervals);
        let mut factor = Cholesky::new(at.curvature.clone())?;
        for _ in 0..MOST_STEPS {
            let mut step = factor.solve(&at.slope);
            let mut next = Height::of(&at.point + &step, &precision, &term, &intervals);
            for _ in 0..HALVINGS {
                if next.value >= at.value - 1e-9 {
                    break;
                }
                step *= 0.5;
                next = Height::of(&at.point + &step, &precision, &term, &intervals);
            }
            at = next;
            factor = Cholesky::new(at.curvature.clone())?;
            if step.amax() < STILL {
                break;
            }
        }
        Some(State { nodes: nodes.to_vec(), mode: at.point, covariance: factor.inverse(), intervals })
    }

    /// The person under a draw without some ratings.
    fn state_without(&self, draw: &Draw, full: &State, without: &[usize]) -> Option<State> {
        let nodes = self.nodes(draw, without);
        let start = (nodes == full.nodes).then(|| {
            let mut start = full.mode.clone();
            without.iter().for_each(|&place| start += full.first_step(place));
            start
        });
        self.solved(draw, &nodes, without, start)
    }

    /// Where somebody stands in a domain under a draw; `None` where no links lead there from their nodes.
    fn seat(&self, draw: &Draw, state: &State, d: usize) -> Option<Seat> {
        let (k, width) = (self.k(), 1 + self.k());
        let domain = &draw.domains[d];
        let mut reach = DMatrix::zeros(width, state.mode.len());
        let mut offset = DVector::zeros(width);
        let mut own = Spread::none(k);
        if let Some(place) = state.nodes.iter().position(|&node| node == d) {
            (0..width).for_each(|i| reach[(i, place * width + i)] = 1.0);
        } else {
            let links: Vec<(usize, usize)> = draw.links.iter().map(|link| (link.from, link.to)).collect();
            let steps =
                |&from: &usize| Some((shortest_way(draw.domains.len(), &links, from, d)?.len(), from));
            let (_, from) = state.nodes.iter().filter_map(steps).min()?;
            let place = state.nodes.iter().position(|&node| node == from)?;
            let entry = domain.entries.get(from)?.as_ref()?;
            reach[(0, place * width)] = f64::from(entry.bias);
            for i in 0..k {
                for j in 0..k {
                    reach[(1 + i, place * width + 1 + j)] = f64::from(entry.map[i * k + j]);
                }
            }
            own = domain.spreads[usize::from(expected_from(from))].clone();
            let mean = |d: usize| draw.domains[d].prior_mean.iter().map(|&x| f64::from(x));
            let there = DVector::from_iterator(width, mean(from));
            offset = DVector::from_iterator(width, mean(d)) - reach.columns(place * width, width) * there;
        }
        let mean = &reach * &state.mode + offset;
        let covariance = &reach * &state.covariance * reach.transpose();
        own.bias += covariance[(0, 0)] as f32;
        for i in 0..k {
            for j in 0..k {
                own.vector[i * k + j] += covariance[(1 + i, 1 + j)] as f32;
            }
        }
        Some(Seat {
            mean: mean.iter().map(|&x| x as f32).collect(),
            cross: (0..k).map(|i| covariance[(0, 1 + i)] as f32).collect(),
            spread: own,
            noise: self.noise(domain, d),
            reach,
        })
    }

    /// f and s of somebody's ratings of items.
    fn scores(&self, domain: &DomainDraw, d: usize, seat: &Seat, items: &[ItemId]) -> Vec<(f32, f32)> {
        let k = self.k();
        let score = |&item: &ItemId| {
            let v = &domain.item_vectors[item.index() * k..][..k];
            let f = seat.mean[0]
                + domain.item_biases[item.index()]
                + seat.mean[1..].iter().zip(v).map(|(x, y)| x * y).sum::<f32>();
            let cross: f32 = seat.cross.iter().zip(v).map(|(x, y)| x * y).sum();
            let mut variance = seat.noise + seat.spread.through(v) + 2.0 * cross;
            if !self.model.shape.seen[d][item.index()] {
                variance +=
                    domain.unseen_items.through(&seat.mean[1..]) + seat.spread.with(&domain.unseen_items);
            }
            (f, variance.max(seat.noise).sqrt())
        };
        items.iter().map(score).collect()
    }

    /// The domains from the nearest one with ratings to another; empty where it has some itself.
    fn way(&self, without: &[usize], d: usize) -> Option<Vec<usize>> {
        let has_ratings = |d: usize| self.profile.of_domain(d, without).next().is_some();
        if has_ratings(d) {
            return Some(Vec::new());
        }
        let domains = self.model.shape.levels.len();
        let ways =
            (0..domains).filter(|&from| has_ratings(from)).filter_map(|from| self.model.stations(from, d));
        ways.min_by_key(Vec::len)
    }
}

impl FoldedIn for FoldedPerson<'_> {
    fn outlook(&self, without: &[usize], domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let way = self.way(without, domain)?;
        let levels = self.model.levels(domain).to_vec();
        let mut above = vec![0.0; items.len() * (levels.len() - 1)];
        for (draw, full) in self.model.draws.iter().zip(&self.states) {
            let left = if without.is_empty() { None } else { Some(self.state_without(draw, full, without)?) };
            let seat = self.seat(draw, left.as_ref().unwrap_or(full), domain)?;
            let here = &draw.domains[domain];
            for (row, score) in self.scores(here, domain, &seat, items).into_iter().enumerate() {
                here.add_chances(score, row, &mut above);
            }
        }
        let of_level = self.model.of_levels(&above, items.len(), levels.len());
        let ratings = Bayes::expected(&levels, &of_level);
        Some(Outlook { ratings, chances: Some(Chances { levels, of_level }), way })
    }

    fn first_order(&self, domain: usize, items: &[ItemId]) -> Option<Vec<f32>> {
        let (k, n) = (self.k(), self.profile.ratings.len());
        let mut changes = vec![0.0; n * items.len()];
        let levels = &self.model.levels(domain);
        for (draw, full) in self.model.draws.iter().zip(&self.states) {
            let seat = self.seat(draw, full, domain)?;
            let here = &draw.domains[domain];
            // How fast each expected rating rises with its score.
            let rises = self.scores(here, domain, &seat, items).into_iter().map(|(f, s)| {
                let steps = here.cutpoints.iter().zip(levels.windows(2));
                let rise = |(cut, pair): (&f32, &[f32])| {
                    let x = f64::from((f - cut) / s);
                    f64::from(pair[1] - pair[0]) * (-0.5 * x * x).exp() / (ROOT_OF_TAU * f64::from(s))
                };
                steps.map(rise).sum::<f64>()
            });
            let rises: Vec<f64> = rises.collect();
            for place in 0..n {
                let moved = &seat.reach * full.first_step(place);
                for ((&item, rise), change) in
                    items.iter().zip(&rises).zip(&mut changes[place * items.len()..])
                {
                    let v = &here.item_vectors[item.index() * k..][..k];
                    let score = moved[0]
                        + v.iter().enumerate().map(|(i, &x)| f64::from(x) * moved[1 + i]).sum::<f64>();
                    *change += (rise * score) as f32;
                }
            }
        }
        let share = 1.0 / self.model.draws.len() as f32;
        changes.iter_mut().for_each(|change| *change *= share);
        Some(changes)
    }

    /// As the picture has everybody: the mean over the last draws, each turned into the frame of the latest.
    fn vector(&self, domain: usize) -> Option<Vec<f32>> {
        let picture = self.model.drawn_picture().ok()??;
        picture.mean_of(domain, |draw| {
            let state = self.solved(draw, &self.nodes(draw, &[]), &[], None)?;
            Some(self.seat(draw, &state, domain)?.mean.split_off(1))
        })
    }
}

/// The logarithm of the density at a point, up to a constant.
struct Height {
    point: DVector<f64>,
    value: f64,
    slope: DVector<f64>,
    /// With the sign turned.
    curvature: DMatrix<f64>,
}

impl Height {
    fn of(
        point: DVector<f64>,
        precision: &DMatrix<f64>,
        term: &DVector<f64>,
        intervals: &[Interval],
    ) -> Self {
        let pull = precision * &point;
        let mut value = term.dot(&point) - 0.5 * pull.dot(&point);
        let (mut slope, mut curvature) = (term - pull, precision.clone());
        for row in intervals {
            let (height, up, bend) = ordinal(row.ends, row.steadiness, row.score(&point));
            value += height;
            for (i, &x) in row.form.iter().enumerate() {
                slope[row.start + i] += up * x;
                for (j, &y) in row.form.iter().enumerate().take(i + 1) {
                    curvature[(row.start + i, row.start + j)] += bend * x * y;
                }
            }
        }
        // Below the diagonal is what a factor is made of.
        Self { point, value, slope, curvature }
    }
}

impl State {
    /// Where the mode goes to first order when one rating is taken out: −C v g / (1 − w vᵀCv).
    fn first_step(&self, place: usize) -> DVector<f64> {
        let Some(row) = self.intervals.iter().find(|row| row.place == place) else {
            return DVector::zeros(self.mode.len());
        };
        let form = DVector::from_column_slice(&row.form);
        let towards = self.covariance.columns(row.start, form.len()) * &form;
        let (_, slope, curvature) = ordinal(row.ends, row.steadiness, row.score(&self.mode));
        let leverage = towards.rows(row.start, form.len()).dot(&form);
        towards * (-slope / (1.0 - curvature * leverage).max(1e-3))
    }
}

impl Interval {
    /// ⟨(1, v), (b_u, u)⟩, the score less the item's bias.
    fn score(&self, point: &DVector<f64>) -> f64 {
        self.form.iter().zip(point.rows(self.start, self.form.len()).iter()).map(|(x, y)| x * y).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slope_and_curvature_of_a_rating_are_those_of_small_differences_in_the_tails_too() {
        let infinite = f64::INFINITY;
        for ends in [[-infinite, -0.4], [-0.4, 0.3], [0.3, infinite]] {
            for steadiness in [0.5, 1.0, 2.0] {
                for score in [-9.0, -2.0, -0.1, 0.0, 0.2, 3.0, 9.0] {
                    let (_, slope, curvature) = ordinal(ends, steadiness, score);
                    let height = |by: f64| ordinal(ends, steadiness, score + by);
                    let step = 1e-4;
                    let by_heights = (height(step).0 - height(-step).0) / (2.0 * step);
                    let by_slopes = -(height(step).1 - height(-step).1) / (2.0 * step);
                    assert!((slope - by_heights).abs() < 1e-5 * (1.0 + slope.abs()), "{ends:?} {score}");
                    assert!((curvature - by_slopes).abs() < 1e-4 * (1.0 + curvature), "{ends:?} {score}");
                }
            }
        }
        // Where no mass is left, it falls like the tail of the nearer end.
        let (_, slope, curvature) = ordinal([50.0, infinite], 1.0, 0.0);
        assert!((slope - 50.0).abs() < 0.1 && (curvature - 1.0).abs() < 0.1, "{slope} {curvature}");
        let (_, slope, _) = ordinal([-infinite, -50.0], 1.0, 0.0);
        assert!((slope + 50.0).abs() < 0.1, "{slope}");
    }
}
