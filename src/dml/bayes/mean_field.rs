//! The mean-field form of the model: what is near the posterior means after a few dozen rounds without chance, as a preview
//! within a second. Bias and vector of an item or a person are normal, jointly for their means and each number by itself for
//! the variances; latent ratings are truncated normals, precisions of ratings Gamma. Biases cross the links; vectors do not,
//! and have one fixed precision: with learnt ones mean-field prunes every factor.

use pulp::{Simd, WithSimd};

use super::domain::Domain;
use super::lanes::{Lanes, MOST};
use super::link::Link;
use super::noise::PRIOR as NOISE_PRIOR;
use super::people::Everybody;
use super::small::{Information, Point};
use super::tree::Branch;
use super::{cutpoints, latent};
use crate::engine::Isa;

/// λ of all vectors.
const PRECISION: f32 = 3.0;
/// Rounds at the start in which cutpoints take three steps instead of one.
const EARLY: usize = 10;

/// Variances beside the means that [`preview`] leaves in a domain.
#[derive(Clone, Debug)]
pub(super) struct Variances<const K: usize> {
    pub(super) people: Vec<Point<K>>,
    pub(super) items: Vec<Point<K>>,
    /// Of latent ratings, by row.
    latent: Vec<f32>,
}

/// What a person's bias is expected to be from elsewhere: precision, and precision times mean.
#[derive(Clone, Copy, Debug)]
struct BiasPrior {
    precision: f32,
    term: f32,
}

/// Brings domains to the means of the mean-field posterior, from wherever they stand, in so many rounds. Links keep what
/// was learnt of biases and let no vector cross.
pub(super) fn preview<const K: usize>(
    domains: &mut [Domain<K>],
    everybody: &Everybody,
    links: &mut [Link<K>],
    rounds: usize,
) -> Vec<Variances<K>> {
    let isa = Isa::detect();
    let prior = Point { bias: 1.0, vector: [1.0 / PRECISION; K] };
    let mut variances: Vec<Variances<K>> = (domains.iter())
        .map(|domain| Variances {
            people: vec![prior; domain.people.len()],
            items: vec![prior; domain.items.len()],
            latent: vec![0.0; domain.observed.len()],
        })
        .collect();
    for domain in &mut *domains {
        for prior in [&mut domain.people_prior, &mut domain.items_prior] {
            prior.mean = Point::ZERO;
            prior.precision.vector = [PRECISION; K];
        }
        let unseen = |domain: &Domain<K>, row: usize| {
            row >= domain.noise.len() || domain.observed.of_user(row).is_empty()
        };
        for row in 0..domain.people.len() {
            if unseen(domain, row) {
                domain.people[row] = Point::ZERO;
            }
        }
    }
    for link in &mut *links {
        (link.scale, link.lambda) = (0.0, PRECISION);
    }
    for round in 0..rounds {
        for (domain, variances) in domains.iter_mut().zip(&mut variances) {
            (0..if round < EARLY { 3 } else { 1 }).for_each(|_| cutpoints::step(domain));
            latent::expect(domain, &mut variances.latent);
            isa.run(Items { domain, variances });
        }
        for d in 0..domains.len() {
            let priors = bias_priors(domains, everybody, links, d);
            isa.run(People { domain: &mut domains[d], variances: &mut variances[d], priors: &priors });
        }
        for (domain, variances) in domains.iter_mut().zip(&variances) {
            isa.run(Noise { domain, variances });
            learn_biases(domain, variances);
        }
        learn_links(domains, &variances, everybody, links);
    }
    variances
}

/// Solves systems side by side: means and variances.
#[inline(always)]
fn solve<const K: usize, S: Simd>(
    known: &Information<K, Lanes<S>>,
) -> (Point<K, Lanes<S>>, Point<K, Lanes<S>>) {
    let factor = known.factor();
    let mean = factor.backward(&factor.forward(&known.term()));
    let mut variance = mean;
    let one = Lanes::splat(known.bias.simd, 1.0);
    variance.bias = one / known.bias;
    for i in 0..K {
        variance.vector[i] = one / known.vector[i][i];
    }
    (mean, variance)
}

/// Adds the variances of the other side to what its means say.
#[inline(always)]
fn add_squares<'a, const K: usize>(
    known: &mut Information<K>,
    rows: impl Iterator<Item = (&'a Point<K>, f32)>,
) {
    let mut sums = [0.0; K];
    for (variance, weight) in rows {
        for i in 0..K {
            sums[i] += weight * variance.vector[i];
        }
    }
    for i in 0..K {
        known.vector[i][i] += sums[i];
    }
}

struct Items<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    variances: &'a mut Variances<K>,
}

impl<const K: usize> WithSimd for Items<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { domain, variances } = self;
        let prior = (domain.items_prior.precision.splat(simd), domain.items_prior.mean.splat(simd));
        let (mut all, mut items, mut count) = ([Information::NONE; MOST], [0; MOST], 0);
        for item in 0..domain.items.len() {
            let places = domain.observed.of_item(item);
            if !places.is_empty() {
                let rows = domain.observed.item_rows[places.clone()].iter();
                let users = &domain.observed.item_users[places];
                let (people, noise, latent) = (&domain.people, &domain.noise, &domain.latent);
                all[count].observe::<true, S>(
                    simd,
                    rows.zip(users).map(|(&row, &user)| {
                        let person = &people[user as usize];
                        (&person.vector, noise[user as usize], latent[row as usize] - person.bias)
                    }),
                );
                let squares =
                    users.iter().map(|&user| (&variances.people[user as usize], noise[user as usize]));
                add_squares(&mut all[count], squares);
                items[count] = item;
                count += 1;
            }
            if count == S::F32_LANES || (count > 0 && item + 1 == domain.items.len()) {
                let mut known = Information::side_by_side(simd, &all);
                known.prior(&prior.0, &prior.1);
                let (mean, variance) = solve(&known);
                for (points, to) in [(&mean, &mut domain.items), (&variance, &mut variances.items)] {
                    points.each(|lane, point| {
                        if lane < count {
                            to[items[lane]] = point;
                        }
                    });
                }
                count = 0;
            }
        }
    }
}

struct People<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    variances: &'a mut Variances<K>,
    /// By row of the table of people.
    priors: &'a [BiasPrior],
}

impl<const K: usize> WithSimd for People<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { domain, variances, priors } = self;
        let mut first = 0;
        while first < domain.people.len() {
            let count = S::F32_LANES.min(domain.people.len() - first);
            let (mut all, mut noise) = ([Information::NONE; MOST], [1.0; MOST]);
            let (mut precisions, mut terms) = ([1.0; MOST], [0.0; MOST]);
            for lane in 0..count {
                let user = first + lane;
                (precisions[lane], terms[lane]) = (priors[user].precision, priors[user].term);
                let Some(&precision) = domain.noise.get(user) else { continue };
                noise[lane] = precision;
                let rows = domain.observed.of_user(user);
                let items = &domain.observed.items[rows.clone()];
                let points = &domain.items;
                all[lane].observe::<false, S>(
                    simd,
                    items.iter().zip(&domain.latent[rows]).map(|(&item, &latent)| {
                        let item = &points[item as usize];
                        (&item.vector, 1.0, latent - item.bias)
                    }),
                );
                add_squares(&mut all[lane], items.iter().map(|&item| (&variances.items[item as usize], 1.0)));
            }
            let mut known = Information::side_by_side(simd, &all);
            known.scale(Lanes::of(simd, noise));
            known.prior(&domain.people_prior.precision.splat(simd), &Point::ZERO.splat(simd));
            // The bias has a prior of each person's own.
            known.bias = known.bias + Lanes::of(simd, precisions)
                - Lanes::splat(simd, domain.people_prior.precision.bias);
            known.bias_term = known.bias_term + Lanes::of(simd, terms);
            let (mean, variance) = solve(&known);
            for (points, to) in [(&mean, &mut domain.people), (&variance, &mut variances.people)] {
                points.each(|lane, point| {
                    if lane < count {
                        to[first + lane] = point;
                    }
                });
            }
            first += count;
        }
    }
}

/// γ_u = (8 + n_u) / (8 + Σ E(z − f)²), and the new scores.
struct Noise<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    variances: &'a Variances<K>,
}

impl<const K: usize> WithSimd for Noise<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { domain, variances } = self;
        for user in 0..domain.noise.len() {
            let mut square = domain.score_user(simd, user);
            let (person, spread) = (&domain.people[user], &variances.people[user]);
            let rows = domain.observed.of_user(user);
            for (&item, latent) in
                domain.observed.items[rows.clone()].iter().zip(&variances.latent[rows.clone()])
            {
                let (item, item_spread) = (&domain.items[item as usize], &variances.items[item as usize]);
                let mut products = [0.0; K];
                for i in 0..K {
                    products[i] = person.vector[i] * person.vector[i] * item_spread.vector[i]
                        + spread.vector[i] * (item.vector[i] * item.vector[i] + item_spread.vector[i]);
                }
                let of_score = spread.bias + item_spread.bias + products.iter().sum::<f32>();
                square += f64::from(latent + of_score);
            }
            domain.noise[user] = ((NOISE_PRIOR + rows.len() as f64) / (NOISE_PRIOR + square)) as f32;
        }
    }
}

/// E(x²).
fn square<const K: usize>(points: &[Point<K>], variances: &[Point<K>], at: usize) -> f64 {
    f64::from(points[at].bias).powi(2) + f64::from(variances[at].bias)
}

/// The precisions of biases, from all who have ratings.
fn learn_biases<const K: usize>(domain: &mut Domain<K>, variances: &Variances<K>) {
    let learn = |points: &[Point<K>], variances: &[Point<K>], seen: &dyn Fn(usize) -> bool| {
        let rows = (0..points.len()).filter(|&at| seen(at));
        let (n, sum) = rows.fold((1.0, 1.0), |(n, sum), at| (n + 1.0, sum + square(points, variances, at)));
        (n / sum) as f32
    };
    let observed = &domain.observed;
    let users = domain.noise.len();
    let people =
        learn(&domain.people[..users], &variances.people, &|user| !observed.of_user(user).is_empty());
    let items = learn(&domain.items, &variances.items, &|item| !observed.of_item(item).is_empty());
    (domain.people_prior.precision.bias, domain.items_prior.precision.bias) = (people, items);
}

/// What is expected of the biases in a domain: from the domain above along the link, and back from those below.
fn bias_priors<const K: usize>(
    domains: &[Domain<K>],
    everybody: &Everybody,
    links: &[Link<K>],
    domain: usize,
) -> Vec<BiasPrior> {
    let own = BiasPrior { precision: domains[domain].people_prior.precision.bias, term: 0.0 };
    let mut priors = vec![own; domains[domain].people.len()];
    for person in 0..everybody.len() {
        let nodes = everybody.of(person);
        for node in nodes {
            let Some((above, branch)) = node.above else { continue };
            let (link, above) = (&links[branch], &nodes[above]);
            if node.domain == domain {
                let prior = &mut priors[node.row as usize];
                prior.precision += link.tau - own.precision;
                prior.term += link.tau * link.rho * domains[above.domain].people[above.row as usize].bias;
            } else if above.domain == domain {
                let prior = &mut priors[above.row as usize];
                prior.precision += link.rho * link.rho * link.tau;
                prior.term += link.rho * link.tau * domains[node.domain].people[node.row as usize].bias;
            }
        }
    }
    priors
}

/// ρ and τ, from everybody who is at both ends.
fn learn_links<const K: usize>(
    domains: &[Domain<K>],
    variances: &[Variances<K>],
    everybody: &Everybody,
    links: &mut [Link<K>],
) {
    for (branch, link) in links.iter_mut().enumerate() {
        let (mut n, mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0, 0.0);
        let Branch { parent, child, .. } = everybody.tree.branches[branch];
        for (above, below) in everybody.pairs(branch) {
            let (a, b) = (above as usize, below as usize);
            n += 1.0;
            aa += square(&domains[parent].people, &variances[parent].people, a);
            bb += square(&domains[child].people, &variances[child].people, b);
            ab += f64::from(domains[parent].people[a].bias) * f64::from(domains[child].people[b].bias);
        }
        let tau = f64::from(link.tau);
        let rho = (tau * ab + 0.5) / (tau * aa + 1.0);
        link.rho = rho as f32;
        link.tau = ((1.0 + n) / (0.1 + (bb - 2.0 * rho * ab + rho * rho * aa).max(0.0))) as f32;
    }
}
