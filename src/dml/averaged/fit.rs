//! The trainings behind an average. First both models on a part of what may be seen, to choose weights by the rest: the
//! validation rows, and the ratings of people who are made newcomers for it. Then both on all of it. Without validation rows
//! the weights are the usual ones, until those of a measured model take their place.

use std::sync::Arc;

use super::model::Averaged;
use super::weights::{Group, Sums, Weights};
use crate::data::UserId;
use crate::dml::bayes::{Bayes, Sampling};
use crate::dml::{Dml, Trainer};
use crate::engine::DeviceKind;
use crate::error::Result;
use crate::recommender::state::{RunState, StateWriter, refused};
use crate::recommender::{
    Assignment, Event, Fit, MappingState, Recommender, Stage, Stopping, Stopwatch, Work, graph,
};
use crate::rng::Generator;
use crate::split::{Rows, Training};

/// Share of the linked pairs that loses its ratings in either domain while weights are chosen.
const NEWCOMERS: f32 = 0.1;
/// The chain that weights are chosen by has so many times fewer sweeps: they depend little on its length.
const SHORTER: usize = 3;
/// Progress of the run when each of the four trainings is over. A chain takes longer than recipe R.
const ENDS: [f32; 4] = [0.1, 0.3, 0.4, 1.0];

/// The training that goes on.
pub(super) enum Part {
    /// Recipe R, to choose weights and its number of epochs.
    Tried(Box<Trainer>),
    /// The Bayesian model, to choose weights.
    TriedBayes(Box<Sampling>),
    /// Recipe R on everything.
    Dml(Box<Trainer>),
    /// The Bayesian model on everything.
    Bayes(Box<Sampling>),
    /// Nothing is left.
    Done,
}

/// What weights are chosen on.
pub(super) struct Trial {
    /// Recipe R, whose weights of mixing validation has chosen, once it is trained.
    pub(super) dml: Option<Arc<Dml>>,
    /// Without the newcomers' rows and the validation rows.
    training: Training,
    /// What neither model has seen, by domain: validation rows, then those of newcomers.
    unseen: Vec<[Rows; 2]>,
}

/// A training of the average.
pub(super) struct Averaging {
    pub(super) given: Assignment,
    pub(super) trial: Option<Trial>,
    pub(super) part: Part,
    /// Epochs of recipe R that were best.
    pub(super) epochs: usize,
    /// Both models and the weights as they stand.
    pub(super) model: Averaged,
    pub(super) mapping: Option<MappingState>,
    pub(super) watch: Stopwatch,
}

/// The training of the average, as its entry begins it.
pub(super) fn begin(given: Assignment) -> Work<'static, Box<dyn Fit>> {
    Box::pin(async move { Ok(Box::new(Averaging::new(given).await?) as Box<dyn Fit>) })
}

impl Averaging {
    async fn new(given: Assignment) -> Result<Self> {
        let training = &given.training;
        let counts = (0..training.domains()).map(|d| counts(training, d)).collect();
        let validation: Vec<Rows> = (0..training.domains()).map(|d| training.validation(d)).collect();
        let (trial, trainer) = if validation.iter().all(Rows::is_empty) {
            (None, Trainer::new(given.clone()).await?)
        } else {
            let mut rng = Generator::new(given.config.seed, "newcomers of the weights");
            let (inner, newcomers) = training.with_simulated_newcomers(NEWCOMERS, &mut rng);
            let unseen = (0..training.domains()).map(|d| inner.validation(d)).zip(newcomers);
            let unseen = unseen.map(|(validation, newcomers)| [validation, newcomers]).collect();
            let tried = Assignment { training: inner.clone(), ..given.clone() };
            let trial = Trial { dml: None, training: inner.without_validation_rows(), unseen };
            (Some(trial), Trainer::new(tried).await?)
        };
        let model = Averaged {
            dml: trainer.dml().clone(),
            bayes: None,
            weights: vec![Weights::default(); training.domains()],
            counts: Arc::new(counts),
        };
        let part =
            if trial.is_some() { Part::Tried(Box::new(trainer)) } else { Part::Dml(Box::new(trainer)) };
        Ok(Self { given, trial, part, epochs: 0, model, mapping: None, watch: Stopwatch::default() })
    }

    async fn step(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        if self.is_done() {
            return Ok(());
        }
        if self.watch.run() {
            let epochs = self.given.stopping.most_epochs(&self.given.config);
            emit(Event::Started {
                config: Box::new(self.given.config.clone()),
                device: self.device(),
                epochs,
            });
        }
        let mut happened = Vec::new();
        match &mut self.part {
            Part::Tried(trainer) | Part::Dml(trainer) => {
                trainer.advance(&mut |event| happened.push(event)).await?;
                self.model.dml = trainer.dml().clone();
                self.mapping = trainer.mapping_state();
            }
            Part::TriedBayes(sampling) | Part::Bayes(sampling) => {
                sampling.advance(&mut |event| happened.push(event)).await?;
                self.model.bayes = Some(Arc::new(sampling.bayes()));
            }
            Part::Done => {}
        }
        happened.into_iter().filter_map(|event| self.told(event)).for_each(&mut *emit);
        self.go_on().await?;
        if self.is_done() {
            let reason = format!("recipe R after {} epochs; {}", self.epochs, said(&self.model.weights));
            emit(Event::Finished { epochs: self.epochs, reason, seconds: self.watch.seconds() });
        }
        Ok(())
    }

    /// Begins the next training where one is over. One that cannot be begun leaves the last as it is, so that it can be gone on
    /// with elsewhere.
    async fn go_on(&mut self) -> Result<()> {
        match (&self.part, &mut self.trial) {
            (Part::Tried(trainer), Some(trial)) if trainer.is_done() => {
                self.epochs = trainer.kept_epoch();
                trial.dml = Some(trainer.dml().clone());
                self.part = self.tried_bayes()?;
            }
            (Part::TriedBayes(sampling), Some(trial)) if sampling.is_done() => {
                self.model.weights = chosen(&self.model.dml, &sampling.bayes(), trial);
                self.part = self.whole_dml().await?;
            }
            (Part::Dml(trainer), trial) if trainer.is_done() => {
                self.epochs = trainer.kept_epoch();
                if let Some(tried) = trial.as_ref().and_then(|trial| trial.dml.as_ref()) {
                    self.model.dml = Arc::new(trainer.dml().with_mixes_of(tried));
                }
                self.part = self.whole_bayes()?;
            }
            (Part::Bayes(sampling), _) if sampling.is_done() => self.part = Part::Done,
            _ => {}
        }
        Ok(())
    }

    /// What of a training's events is told: the progress of all, losses of the first and sweeps of the last.
    fn told(&self, event: Event) -> Option<Event> {
        let (fraction, seconds) = (self.fraction(), self.watch.seconds());
        match (&self.part, event) {
            (_, Event::Started { .. } | Event::Finished { .. }) | (Part::Done, _) => None,
            (Part::TriedBayes(_), _) => {
                Some(Event::Batch { stage: Stage::Weighing, epoch: self.epochs, fraction })
            }
            (_, Event::Batch { stage, epoch, .. }) => Some(Event::Batch { stage, epoch, fraction }),
            // The epochs of a second training would be told twice.
            (Part::Dml(_), Event::Epoch { epoch, .. }) if self.trial.is_some() => {
                Some(Event::Batch { stage: Stage::Training, epoch, fraction })
            }
            (_, Event::Epoch { epoch, domains, mapping, .. }) => {
                Some(Event::Epoch { epoch, domains, mapping, seconds })
            }
            (_, Event::Sweep { sweep, sweeps, links, .. }) => {
                Some(Event::Sweep { sweep, sweeps, links, fraction, seconds })
            }
        }
    }

    /// The chain that weights are chosen by, at its beginning.
    pub(super) fn tried_bayes(&self) -> Result<Part> {
        let training = self.trial.as_ref().map_or(&self.given.training, |trial| &trial.training).clone();
        let given = Assignment { training, ..self.given.clone() };
        let sweeps = self.given.config.sweeps / SHORTER;
        Ok(Part::TriedBayes(Box::new(Sampling::new(given)?.of_sweeps(sweeps))))
    }

    /// Recipe R on everything, for as long as was best, at its beginning.
    pub(super) async fn whole_dml(&self) -> Result<Part> {
        let training = self.given.training.with_validation_rows();
        let stopping = Stopping::Epochs(self.epochs);
        let given = Assignment { training, stopping, ..self.given.clone() };
        Ok(Part::Dml(Box::new(Trainer::new(given).await?)))
    }

    /// The chain on everything, at its beginning.
    pub(super) fn whole_bayes(&self) -> Result<Part> {
        let sweeps = self.given.config.sweeps;
        Ok(Part::Bayes(Box::new(Sampling::new(self.given.clone())?.of_sweeps(sweeps))))
    }
}

impl Part {
    /// The training that goes on.
    ///
    /// # Errors
    /// When none does.
    pub(super) fn training(&mut self) -> Result<&mut dyn Fit> {
        match self {
            Self::Tried(trainer) | Self::Dml(trainer) => Ok(&mut **trainer),
            Self::TriedBayes(sampling) | Self::Bayes(sampling) => Ok(&mut **sampling),
            Self::Done => Err(refused("the average is trained already")),
        }
    }
}

/// Ratings of each user of a domain that the models are trained on in the end.
fn counts(training: &Training, domain: usize) -> Vec<u32> {
    let rows = [training.rows(domain), training.validation(domain)];
    graph::counts(rows.iter().flat_map(|rows| UserId::numbers(&rows.users)).copied(), training.users(domain))
}

/// The weights that predict the unseen rows best.
fn chosen(dml: &Dml, bayes: &Bayes, trial: &Trial) -> Vec<Weights> {
    let domain = |(d, [validation, newcomers]): (usize, &[Rows; 2])| {
        let counts = counts(&trial.training, d);
        let mut sums = [Sums::default(); 3];
        for rows in [validation, newcomers] {
            let (recipe, bayes) =
                (dml.predict(d, &rows.users, &rows.items), bayes.predict(d, &rows.users, &rows.items));
            for (row, &user) in rows.users.iter().enumerate() {
                sums[Group::of(counts[user.index()]) as usize].add(
                    recipe[row],
                    bayes[row],
                    rows.targets[row],
                );
            }
        }
        Weights::fitted(&sums)
    };
    trial.unseen.iter().enumerate().map(domain).collect()
}

/// The weights in a few words.
fn said(weights: &[Weights]) -> String {
    let share = |weight: f32| format!("{:.0}\u{a0}%", 100.0 * weight);
    let domain = |w: &Weights| {
        format!("{} ({} of few ratings, {} of none)", share(w.warm), share(w.few), share(w.cold))
    };
    let all: Vec<String> = weights.iter().map(domain).collect();
    format!("the Bayesian model counts {}", all.join(", "))
}

impl Fit for Averaging {
    fn advance<'a>(&'a mut self, emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()> {
        Box::pin(self.step(emit))
    }

    fn model(&self) -> Arc<dyn Recommender> {
        Arc::new(self.model.clone())
    }

    fn device(&self) -> DeviceKind {
        match &self.part {
            Part::Tried(trainer) | Part::Dml(trainer) => trainer.device(),
            Part::TriedBayes(_) | Part::Bayes(_) | Part::Done => DeviceKind::Cpu,
        }
    }

    fn epoch(&self) -> usize {
        match &self.part {
            Part::Tried(trainer) | Part::Dml(trainer) => trainer.epoch(),
            Part::TriedBayes(_) | Part::Bayes(_) | Part::Done => self.epochs,
        }
    }

    fn kept_epoch(&self) -> usize {
        self.epochs
    }

    fn is_done(&self) -> bool {
        matches!(self.part, Part::Done)
    }

    fn fraction(&self) -> f32 {
        let (part, within) = match &self.part {
            Part::Tried(trainer) => (0, trainer.fraction()),
            Part::TriedBayes(sampling) => (1, sampling.fraction()),
            Part::Dml(trainer) => (2, trainer.fraction()),
            Part::Bayes(sampling) => (3, sampling.fraction()),
            Part::Done => return 1.0,
        };
        let from = if part == 0 { 0.0 } else { ENDS[part - 1] };
        from + within * (ENDS[part] - from)
    }

    fn sweeps(&self) -> Option<(usize, usize)> {
        match &self.part {
            Part::Bayes(sampling) => sampling.sweeps(),
            _ => None,
        }
    }

    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        Box::pin(self.write(state))
    }

    fn resume<'a>(&'a mut self, state: RunState<'a>) -> Work<'a, ()> {
        Box::pin(async move { self.restore(&state).await })
    }

    fn stop(&mut self) -> Option<Stopping> {
        match &mut self.part {
            // Recipe R is trained by then, and its epochs are all that others are told of.
            Part::Bayes(sampling) => sampling.stop().map(|_| Stopping::Own),
            _ => None,
        }
    }

    fn mapping_state(&self) -> Option<MappingState> {
        self.mapping
    }
}
