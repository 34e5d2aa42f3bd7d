//! The biases that a training needs, an alternation at a time: those of each domain alone, then, where domains are
//! linked, those with what crosses. Wide feature tables of many rows take seconds, and a person may want to stop.

use std::sync::Arc;

use super::alternation::{Alternation, unfitted};
use super::linked::{Link, Transfer};
use super::{BiasInput, Biases, Shrinkage};
use crate::baselines::prior;
use crate::split::{Rows, Training};

/// Nanoseconds, about, from which on a fit is a matter of slices.
const LONG: usize = 100_000_000;

/// The fits of a training's biases. What was fitted before on the same rows is taken from there, and one domain's rows
/// are held at a time.
pub struct Fitting {
    training: Training,
    feature_prior: bool,
    links: Vec<Link>,
    is_linked: bool,
    /// Fits that are done: of each domain alone, then of each with what crosses.
    done: usize,
    running: Option<Running>,
    linked: Vec<Arc<Biases>>,
}

struct Running {
    rows: Rows,
    /// What crosses, in the second fit of a domain.
    transfer: Option<Transfer>,
    alternation: Alternation,
}

impl Fitting {
    /// Nothing is fitted yet. With `feature_prior` there are priors from features.
    pub fn new(training: &Training, feature_prior: bool) -> Self {
        let links: Vec<Link> = (training.links().into_iter().enumerate())
            .map(|(link, (a, b))| (a, b, training.linked_pairs(link)))
            .collect();
        Self {
            training: training.clone(),
            feature_prior,
            is_linked: links.iter().any(|(_, _, pairs)| !pairs.is_empty()),
            links,
            done: 0,
            running: None,
            linked: Vec::new(),
        }
    }

    /// Whether what is not fitted yet takes so long that somebody may want to stop it.
    pub fn takes_long(&self) -> bool {
        let training = &self.training;
        let work = |d: usize| {
            let features = training.user_features(d).into_iter().chain(training.item_features(d));
            let is_known = known_alone(training, d, self.feature_prior).is_some();
            features.map(prior::work).sum::<usize>() * (usize::from(!is_known) + usize::from(self.is_linked))
        };
        self.feature_prior && (0..training.domains()).map(work).sum::<usize>() > LONG
    }

    /// The mean and the counts of each domain, all biases 0: what there is before.
    pub fn unfitted(&self) -> Vec<Arc<Biases>> {
        (0..self.training.domains())
            .map(|d| {
                Arc::new(unfitted(&input(&self.training, d, &self.training.rows(d), self.feature_prior)))
            })
            .collect()
    }

    /// Whether all is fitted.
    pub fn is_done(&self) -> bool {
        self.done >= self.fits()
    }

    /// Progress, 0 to 1.
    pub fn fraction(&self) -> f32 {
        let running = self.running.as_ref().map_or(0.0, |running| running.alternation.fraction());
        (self.done as f32 + running) / self.fits() as f32
    }

    fn fits(&self) -> usize {
        self.training.domains() * if self.is_linked { 2 } else { 1 }
    }

    /// One alternation. Does nothing once all is fitted.
    pub fn advance(&mut self) {
        let domains = self.training.domains();
        if self.is_done() {
            return;
        }
        let d = self.done % domains;
        if self.done < domains && known_alone(&self.training, d, self.feature_prior).is_some() {
            self.done += 1;
            return;
        }
        let mut running = self.running.take().unwrap_or_else(|| self.begin(d));
        running.alternation.advance(&input(&self.training, d, &running.rows, self.feature_prior));
        if !running.alternation.is_done() {
            self.running = Some(running);
            return;
        }
        let biases = running.alternation.into_biases();
        match running.transfer {
            None => {
                let name = prior_name(&self.training, d, self.feature_prior);
                self.training.keep(d, name, biases);
            }
            Some(transfer) => self.linked.push(Arc::new(transfer.beside(biases))),
        }
        self.done += 1;
    }

    fn begin(&self, d: usize) -> Running {
        let rows = self.training.rows(d);
        let input = input(&self.training, d, &rows, self.feature_prior);
        let transfer = (self.done >= self.training.domains()).then(|| {
            let alone = self.alone();
            Transfer::new(d, &alone.iter().map(Arc::as_ref).collect::<Vec<_>>(), &self.links)
        });
        let priors = transfer.as_ref().map_or_else(|| vec![0.0; input.users], |t| t.priors.clone());
        let alternation = Alternation::new(&input, priors);
        Running { rows, transfer, alternation }
    }

    fn alone(&self) -> Vec<Arc<Biases>> {
        let domains = 0..self.training.domains();
        domains.map(|d| alone(&self.training, d, self.feature_prior)).collect()
    }

    /// The biases by domain, after what is left to do.
    pub fn finish(mut self) -> Vec<Arc<Biases>> {
        while !self.is_done() {
            self.advance();
        }
        self.biases()
    }

    /// The biases by domain, once all is fitted.
    pub(crate) fn biases(&self) -> Vec<Arc<Biases>> {
        if self.is_linked { self.linked.clone() } else { self.alone() }
    }
}

/// The biases of a domain on its own, with priors from its features where `feature_prior` asks for them. They are fitted
/// once for all trainings on the same rows.
pub fn alone(training: &Training, domain: usize, feature_prior: bool) -> Arc<Biases> {
    known_alone(training, domain, feature_prior).unwrap_or_else(|| {
        let biases = Biases::alone(&input(training, domain, &training.rows(domain), feature_prior));
        training.keep(domain, prior_name(training, domain, feature_prior), biases)
    })
}

/// The same if they have been fitted.
fn known_alone(training: &Training, domain: usize, feature_prior: bool) -> Option<Arc<Biases>> {
    training.kept(domain, prior_name(training, domain, feature_prior))
}

/// Without features the prior changes nothing, so that both kinds are the same biases.
fn prior_name(training: &Training, domain: usize, feature_prior: bool) -> &'static str {
    let has_features = training.user_features(domain).is_some() || training.item_features(domain).is_some();
    if feature_prior && has_features { "from features" } else { "zero" }
}

fn input<'a>(training: &'a Training, d: usize, rows: &'a Rows, feature_prior: bool) -> BiasInput<'a> {
    BiasInput {
        rows,
        users: training.users(d),
        items: training.items(d),
        user_features: training.user_features(d).filter(|_| feature_prior),
        item_features: training.item_features(d).filter(|_| feature_prior),
        shrinkage: Shrinkage::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::bias::fit_linked;
    use crate::data::sample;
    use crate::settings::Config;
    use crate::split::{Crossing, Split};

    #[test]
    fn biases_of_a_training_are_those_of_its_rows_and_links_and_are_fitted_once() {
        let world = Arc::new(sample(3).world);
        let config = Config::robust().check().unwrap();
        let split = Split::new(&world, &config).unwrap();
        let training = Training::new(world.clone(), Arc::new(split.clone()));
        let unlinked = Training::new(world.clone(), Arc::new(split.with_crossing(Crossing::Nothing)));
        for feature_prior in [false, true] {
            let rows = [training.rows(0), training.rows(1)];
            let inputs = [0, 1].map(|d| BiasInput {
                rows: &rows[d],
                users: training.users(d),
                items: training.items(d),
                user_features: training.user_features(d).filter(|_| feature_prior),
                item_features: training.item_features(d).filter(|_| feature_prior),
                shrinkage: Shrinkage::default(),
            });
            let links = vec![(0, 1, training.linked_pairs(0))];
            let shared = |biases: Vec<Biases>| biases.into_iter().map(Arc::new).collect::<Vec<_>>();
            assert_eq!(Fitting::new(&training, feature_prior).finish(), shared(fit_linked(&inputs, &links)));
            assert_eq!(Fitting::new(&unlinked, feature_prior).finish(), shared(fit_linked(&inputs, &[])));
            let alone = [&training, &unlinked].map(|t| alone(t, 0, feature_prior));
            assert!(Arc::ptr_eq(&alone[0], &alone[1]), "the same rows have been fitted twice");
        }
        let cold = Training::new(world.clone(), Arc::new(split.with_cold(&world, &config)));
        assert_ne!(alone(&cold, 0, false), alone(&training, 0, false));
    }
}
