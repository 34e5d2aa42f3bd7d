//! A chain: the state of all domains and links, and a sweep over all conditionals in their order.

use super::chance::Chance;
use super::domain::Domain;
use super::draw::{DRAWN, DomainDraw, Draw, Entry, LinkDraw, Spread, UNKNOWN, expected_from};
use super::given::{Given, LeftOut};
use super::levels::Levels;
use super::link::Link;
use super::mean_field::{self, Variances};
use super::normals::Normals;
use super::people::Everybody;
use super::prior::Prior;
use super::rows::Observed;
use super::small::Point;
use super::tree::Branch;
use super::{cutpoints, gaussian, items, latent, noise, scale, users};
use crate::recommender::LinkState;
use crate::rng::Generator;
use crate::split::Rows;

/// People with ratings in both domains below which biases alone cross: vectors of fewer say nothing of a map.
const ENOUGH_PEOPLE: usize = 30;
/// Sweeps at the start in which cutpoints take [`EARLY_STEPS`] steps instead of one.
const EARLY: usize = 10;
const EARLY_STEPS: usize = 3;

/// A Gibbs sampler over all domains.
#[derive(Clone, Debug)]
pub(super) struct Chain<const K: usize> {
    pub(super) everybody: Everybody,
    pub(super) domains: Vec<Domain<K>>,
    pub(super) links: Vec<Link<K>>,
    /// Of each domain its own: how many numbers a slice takes depends on the domain's ratings, which must not change what
    /// another's are given.
    pub(super) lengths: Vec<Generator>,
    pub(super) normals: Normals,
    pub(super) sweeps: usize,
    pub(super) left_out: Option<LeftOut>,
}

impl<const K: usize> Chain<K> {
    /// A chain before its first sweep; `number` tells the chains of one seed apart.
    pub(super) fn new(given: &Given, seed: u64, number: usize) -> Self {
        let mut chance = Chance::new(seed, &format!("bayesian chain {number}"));
        let observed: Vec<(Observed, Levels)> = (given.domains.iter())
            .map(|domain| {
                let parts = &domain.rows;
                let targets: Vec<f32> = parts.iter().flat_map(|rows| rows.targets.iter().copied()).collect();
                let levels = Levels::of(&targets);
                let parts: Vec<&Rows> = parts.iter().collect();
                (Observed::new(&parts, domain.users, domain.items, &levels), levels)
            })
            .collect();
        let counts: Vec<Vec<u32>> = (observed.iter())
            .map(|(rows, _)| rows.user_starts.windows(2).map(|ends| ends[1] - ends[0]).collect())
            .collect();
        let everybody = Everybody::new(given, &counts);
        let domains = (observed.into_iter().zip(&everybody.rows).zip(&given.domains))
            .map(|(((rows, levels), &people), domain)| {
                let people_prior = Prior::start(domain.user_features.as_ref());
                let items_prior = Prior::start(domain.item_features.as_ref());
                Domain::new(rows, levels, people, people_prior, items_prior, &mut chance)
            })
            .collect();
        let lengths = (0..given.domains.len())
            .map(|d| Generator::new(seed, &format!("lengths of domain {d} in bayesian chain {number}")))
            .collect();
        let links = (everybody.tree.branches.iter())
            .map(|branch| Link::start(given.vectors && branch.people >= ENOUGH_PEOPLE))
            .map(|link| Link { turns: given.left_out != Some(LeftOut::Turn), ..link })
            .collect();
        let left_out = given.left_out;
        Self { left_out, everybody, domains, links, lengths, normals: Normals::new(chance), sweeps: 0 }
    }

    /// Sweeps that are done.
    pub(super) fn sweeps(&self) -> usize {
        self.sweeps
    }

    /// Draws everything once.
    pub(super) fn sweep(&mut self) {
        for domain in &mut self.domains {
            if self.left_out == Some(LeftOut::Steps) {
                gaussian::draw(domain, &mut self.normals.chance.scalar);
            } else if self.sweeps < EARLY {
                (0..EARLY_STEPS).for_each(|_| cutpoints::step(domain));
                latent::draw(domain, &mut self.normals.chance);
            } else {
                latent::draw_and_step(domain, &mut self.normals.chance);
            }
        }
        self.draw_points();
        let chance = &mut self.normals.chance.scalar;
        for (domain, is_below) in self.domains.iter_mut().zip(&self.everybody.is_below) {
            draw_priors(domain, is_below, chance);
        }
        self.draw_links();
        self.draw_scales();
        self.sweeps += 1;
    }

    /// Goes to the means of the mean-field posterior, a preview of what sweeps find; vectors do not cross the links yet.
    pub(super) fn settle(&mut self, rounds: usize) -> Vec<Variances<K>> {
        mean_field::preview(&mut self.domains, &self.everybody, &mut self.links, rounds)
    }

    /// Draws items, people and noise.
    pub(super) fn draw_points(&mut self) {
        for domain in &mut self.domains {
            items::draw(domain, &mut self.normals);
        }
        users::draw(&mut self.domains, &self.everybody, &self.links, &mut self.normals);
        let chance = &mut self.normals.chance.scalar;
        for domain in &mut self.domains {
            noise::draw(domain, chance);
            if self.left_out == Some(LeftOut::Noise) {
                domain.noise.fill(1.0);
            }
        }
    }

    /// Draws the links.
    pub(super) fn draw_links(&mut self) {
        let chance = &mut self.normals.chance.scalar;
        for branch in 0..self.links.len() {
            draw_link(&self.everybody, &self.domains, branch, &mut self.links[branch], chance);
        }
    }

    /// Draws the length of the vectors of each domain.
    pub(super) fn draw_scales(&mut self) {
        for (number, (domain, chance)) in self.domains.iter_mut().zip(&mut self.lengths).enumerate() {
            scale::draw(number, domain, &mut self.links, &self.everybody.tree.branches, chance);
        }
    }

    /// The states of the links.
    pub(super) fn link_states(&self) -> Vec<LinkState> {
        let state = |(link, branch): (&Link<K>, &Branch)| LinkState {
            from: branch.parent,
            to: branch.child,
            rho: link.rho,
            scale: link.scale,
            correlation: link.correlation,
            tau: link.tau,
            lambda: link.lambda,
        };
        self.links.iter().zip(&self.everybody.tree.branches).map(state).collect()
    }

    /// What predictions need of the state.
    pub(super) fn draw(&self) -> Draw {
        let domains = (0..self.domains.len()).map(|d| self.domain_draw(d)).collect();
        let link = |(link, branch): (&Link<K>, &Branch)| LinkDraw {
            from: branch.parent,
            to: branch.child,
            map: if link.vectors { link.rotation.as_flattened().to_vec() } else { Vec::new() },
        };
        Draw { domains, links: self.links.iter().zip(&self.everybody.tree.branches).map(link).collect() }
    }

    fn domain_draw(&self, d: usize) -> DomainDraw {
        let domain = &self.domains[d];
        let users = domain.noise.len();
        let mut people = domain.people[..users].to_vec();
        // In the order of their kinds.
        let mut spreads = vec![Spread::none(K), Spread::of_prior(&domain.people_prior)];
        let ways: Vec<Option<Way<K>>> = (0..self.domains.len()).map(|at| self.way(at, d)).collect();
        let has_features = !domain.people_prior.is_common();
        let downwards: Vec<Option<Way<K>>> = (0..self.domains.len())
            .map(
                |at| if has_features && self.everybody.tree.is_above(d, at) { self.way(d, at) } else { None },
            )
            .collect();
        for newcomer in &self.everybody.newcomers[d] {
            let user = newcomer.user as usize;
            people[user] = match newcomer.known {
                None => *domain.people_prior.mean_of(user),
                Some((at, row)) if at == d => domain.people[row as usize],
                Some((at, row)) => {
                    let known = &self.domains[at];
                    let mut deviation = known.people[row as usize].less(&known.people_prior.mean);
                    let mut mean = domain.people_prior.mean;
                    // Above everything that is known of somebody their features speak first.
                    if let Some(down) = &downwards[at] {
                        let own = domain.people_prior.mean_of(user).less(&mean);
                        deviation = deviation.less(&down.expected(&own, &Point::ZERO));
                        mean.add(&own, 1.0);
                    }
                    ways[at].as_ref().map_or(mean, |way| way.expected(&deviation, &mean))
                }
            };
        }
        spreads.extend(ways.iter().map(|way| way.as_ref().map_or_else(|| Spread::none(K), Way::spread)));
        let mut items = domain.items.clone();
        for (item, point) in items.iter_mut().enumerate() {
            if domain.observed.of_item(item).is_empty() {
                *point = *domain.items_prior.mean_of(item);
            }
        }
        let row = |point: &Point<K>| std::iter::once(point.bias).chain(point.vector);
        let prior = &domain.people_prior;
        DomainDraw {
            prior_mean: row(&prior.mean).collect(),
            prior_means: match prior.is_common() {
                true => Vec::new(),
                false => (0..users).flat_map(|user| row(prior.mean_of(user))).collect(),
            },
            cutpoints: domain.cutpoints[1..domain.cutpoints.len() - 1].to_vec(),
            noise: domain.noise.iter().map(|precision| 1.0 / precision).collect(),
            user_biases: people.iter().map(|point| point.bias).collect(),
            user_vectors: people.iter().flat_map(|point| point.vector).collect(),
            item_biases: items.iter().map(|point| point.bias).collect(),
            item_vectors: items.iter().flat_map(|point| point.vector).collect(),
            spreads,
            unseen_items: Spread::of_prior(&domain.items_prior),
            entries: (ways.iter().enumerate())
                .map(|(at, way)| Some(self.entry(at, d, way.as_ref().filter(|_| at != d)?)))
                .collect(),
        }
    }

    fn entry(&self, from: usize, to: usize, way: &Way<K>) -> Entry {
        let mean = |d: usize| self.domains[d].people_prior.mean.vector.to_vec();
        Entry {
            bias: way.bias,
            map: way.map.as_flattened().to_vec(),
            from_mean: mean(from),
            to_mean: mean(to),
        }
    }

    /// What is expected in a domain of somebody who is known in another; `None` where no links lead there.
    fn way(&self, from: usize, to: usize) -> Option<Way<K>> {
        let mut way = Way::start();
        let mut at = from;
        for step in self.everybody.tree.way(from, to)? {
            let (branch, link) = (self.everybody.tree.branches[step.branch], &self.links[step.branch]);
            if step.down {
                way.descend(link, &link.precision(&self.domains[branch.child].people_prior));
                at = branch.child;
            } else {
                let child = link.precision(&self.domains[at].people_prior);
                way.ascend(link, &child, &self.domains[branch.parent].people_prior.precision);
                at = branch.parent;
            }
        }
        Some(way)
    }

    /// Which of the draws' spreads each user has, by domain.
    pub(super) fn spread_of_users(&self) -> Vec<Vec<u8>> {
        let of_domain = |d: usize| {
            let mut spreads = vec![DRAWN; self.domains[d].noise.len()];
            for newcomer in &self.everybody.newcomers[d] {
                spreads[newcomer.user as usize] = match newcomer.known {
                    None => UNKNOWN,
                    Some((at, _)) if at == d => DRAWN,
                    Some((at, _)) => expected_from(at),
                };
            }
            spreads
        };
        (0..self.domains.len()).map(of_domain).collect()
    }

    /// Whether each item has ratings, by domain.
    pub(super) fn seen_items(&self) -> Vec<Vec<bool>> {
        let seen = |domain: &Domain<K>| {
            (0..domain.items.len()).map(|item| !domain.observed.of_item(item).is_empty()).collect()
        };
        self.domains.iter().map(seen).collect()
    }
}

/// The priors of a domain's people and items, from those who have ratings. What features say is learnt from people whom
/// nothing else is expected of: of those below a link the other domain's vector says it already, and a regression that saw
/// them would take from the link what it carries.
fn draw_priors<const K: usize>(domain: &mut Domain<K>, is_below: &[bool], chance: &mut Generator) {
    let observed = &domain.observed;
    let is_common = domain.people_prior.is_common();
    let seen = |(user, point)| {
        (!observed.of_user(user).is_empty() && (is_common || !is_below[user])).then_some((user, point))
    };
    let users = domain.people[..domain.noise.len()].iter().enumerate().filter_map(seen);
    domain.people_prior.draw(users, chance);
    let seen = |(item, point)| (!observed.of_item(item).is_empty()).then_some((item, point));
    let items = domain.items.iter().enumerate().filter_map(seen);
    domain.items_prior.draw(items, chance);
}

/// A link, from everybody who is drawn at both of its ends.
fn draw_link<const K: usize>(
    everybody: &Everybody,
    domains: &[Domain<K>],
    branch: usize,
    link: &mut Link<K>,
    chance: &mut Generator,
) {
    let ends = everybody.tree.branches[branch];
    let deviation = |domain: usize, row: u32| {
        let domain = &domains[domain];
        domain.people[row as usize].less(&domain.people_prior.mean)
    };
    let pairs = everybody.pairs(branch);
    link.draw(
        pairs.map(|(above, below)| (deviation(ends.parent, above), deviation(ends.child, below))),
        chance,
    );
}

/// The linear map and the spread that a way along links comes to. Biases and vectors go apart.
#[derive(Clone, Debug)]
struct Way<const K: usize> {
    bias: f32,
    bias_variance: f32,
    map: [[f32; K]; K],
    covariance: [[f32; K]; K],
}

impl<const K: usize> Way<K> {
    /// The way to where one is.
    fn start() -> Self {
        let map = std::array::from_fn(|i| std::array::from_fn(|j| f32::from(u8::from(i == j))));
        Self { bias: 1.0, bias_variance: 0.0, map, covariance: [[0.0; K]; K] }
    }

    /// From a parent to its child: mean W a, variance L⁻¹.
    fn descend(&mut self, link: &Link<K>, precision: &Point<K>) {
        let step = link.rotation.map(|row| row.map(|x| link.scale * x));
        self.go(link.rho, &step, 1.0 / precision.bias, precision.vector.map(|p| 1.0 / p));
    }

    /// From a child to its parent: variance C = (Λ + WᵀLW)⁻¹, mean C WᵀL b.
    fn ascend(&mut self, link: &Link<K>, child: &Point<K>, parent: &Point<K>) {
        // WᵀLW is diagonal: X is orthogonal and λ one number, or c = 0.
        let variance: [f32; K] =
            std::array::from_fn(|i| 1.0 / (parent.vector[i] + link.scale * link.scale * link.lambda));
        let bias_variance = 1.0 / (parent.bias + link.rho * link.rho * child.bias);
        let step = std::array::from_fn(|i| {
            std::array::from_fn(|j| variance[i] * link.scale * link.rotation[j][i] * child.vector[j])
        });
        self.go(bias_variance * link.rho * child.bias, &step, bias_variance, variance);
    }

    fn go(&mut self, bias: f32, step: &[[f32; K]; K], bias_variance: f32, variance: [f32; K]) {
        let product = |x: &[[f32; K]; K], y: &[[f32; K]; K]| -> [[f32; K]; K] {
            std::array::from_fn(|i| std::array::from_fn(|j| (0..K).map(|n| x[i][n] * y[n][j]).sum()))
        };
        let transposed = std::array::from_fn(|i| std::array::from_fn(|j| step[j][i]));
        self.map = product(step, &self.map);
        self.covariance = product(&product(step, &self.covariance), &transposed);
        (0..K).for_each(|i| self.covariance[i][i] += variance[i]);
        self.bias *= bias;
        self.bias_variance = bias * bias * self.bias_variance + bias_variance;
    }

    /// What is expected for a deviation where the way begins, around the mean where it ends.
    fn expected(&self, deviation: &Point<K>, mean: &Point<K>) -> Point<K> {
        let mut expected = *mean;
        expected.bias += self.bias * deviation.bias;
        for i in 0..K {
            expected.vector[i] += (0..K).map(|j| self.map[i][j] * deviation.vector[j]).sum::<f32>();
        }
        expected
    }

    fn spread(&self) -> Spread {
        Spread { bias: self.bias_variance, vector: self.covariance.as_flattened().to_vec() }
    }
}
