//! The batches of an epoch, and the loop over them as a [`Learner`].

use std::sync::Arc;

use burn::tensor::Tensor;
use web_time::Instant;

use super::Parameters;
use crate::engine::{Device, DeviceKind};
use crate::error::Result;
use crate::recommender::graph::{counts, row_shares};
use crate::recommender::{Assignment, Fit, Learner, Recommender, Slice, Work, by_epochs};
use crate::rng::Generator;
use crate::settings::ValidConfig;
use crate::split::Training;

/// Seconds after which a slice ends.
const SLICE: f64 = 0.1;

/// Something that a model has a loss for, row by row: the ratings of a domain, say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// Number of rows.
    pub(crate) rows: usize,
    /// Rows of a step, at the most.
    pub(crate) batch: usize,
}

impl Term {
    /// Batches of an epoch.
    fn steps(&self) -> usize {
        self.rows.div_ceil(self.batch.max(1))
    }
}

/// A model whose steps are made of burn's operations.
pub(crate) trait Steps {
    /// What an epoch goes over. The first terms are the domains' ratings, in order; the losses of others are not reported.
    fn terms(&self) -> Vec<Term>;

    /// The parameters that the steps move.
    fn parameters(&self) -> &Parameters;

    /// A step on the chosen rows of a term; its mean loss, `[1]` and without a graph.
    ///
    /// # Errors
    /// When the device was lost.
    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>>;

    /// The model as its weights stand.
    ///
    /// # Errors
    /// When the device was lost.
    fn model(&self) -> Work<'_, Arc<dyn Recommender>>;
}

/// The order of an epoch's batches: each term's rows are shuffled and cut, and terms take turns by chance. A term's own
/// order has nothing to do with the others, so that nothing crosses between domains by way of chance.
pub(crate) struct Batches {
    /// Whose turn it is.
    turns: Generator,
    /// The order of each term's rows.
    chances: Vec<Generator>,
    terms: Vec<Term>,
    orders: Vec<Vec<u32>>,
    /// Term of each batch of the epoch.
    queue: Vec<usize>,
    /// Batches of the epoch that are done, in all and by term.
    next: usize,
    done: Vec<usize>,
}

impl Batches {
    /// No epoch is begun.
    pub(crate) fn new(terms: Vec<Term>, seed: u64) -> Self {
        let orders = terms.iter().map(|term| (0..term.rows as u32).collect()).collect();
        let chance = |term: usize| Generator::new(seed, &format!("rows of term {term} of a peer"));
        Self {
            turns: Generator::new(seed, "turns of a peer's terms"),
            chances: (0..terms.len()).map(chance).collect(),
            done: vec![0; terms.len()],
            terms,
            orders,
            queue: Vec::new(),
            next: 0,
        }
    }

    /// The next batch as its term and rows; where an epoch is over, the first of the next one.
    pub(crate) fn next(&mut self) -> Option<(usize, &[u32])> {
        if self.next == self.queue.len() {
            self.queue.clear();
            self.next = 0;
            self.done.fill(0);
            for (t, (order, chance)) in self.orders.iter_mut().zip(&mut self.chances).enumerate() {
                chance.shuffle(order);
                self.queue.extend(std::iter::repeat_n(t, self.terms[t].steps()));
            }
            self.turns.shuffle(&mut self.queue);
        }
        let &term = self.queue.get(self.next)?;
        self.next += 1;
        let n = self.done[term];
        self.done[term] += 1;
        // Batches of about one size: a small last one would weigh its rows more than the others.
        let Term { rows, .. } = self.terms[term];
        let edge = |n: usize| n * rows / self.terms[term].steps().max(1);
        Some((term, &self.orders[term][edge(n)..edge(n + 1)]))
    }

    /// How much of the epoch is done, 0 to 1; 1 after its last batch.
    pub(crate) fn done(&self) -> f32 {
        self.next as f32 / self.queue.len().max(1) as f32
    }
}

/// 1 / n of each row of a table that n ratings name, `[count]`; 0 where none does. A rating's penalty on a vector times this
/// makes one penalty of each vector, however many ratings there are: the setting `row_l2`.
pub(crate) fn shares<'a>(count: usize, named: impl Iterator<Item = &'a u32>) -> Vec<f32> {
    row_shares(&counts(named.copied(), count))
}

/// The training of a model whose steps `untrained` sets up, as an [`Entry`](crate::recommender::Entry) begins it.
pub(crate) fn begin<S: Steps + 'static>(
    assignment: Assignment,
    untrained: fn(&Training, &ValidConfig, &Device) -> S,
) -> Work<'static, Box<dyn Fit>> {
    by_epochs(assignment, move |training, config, device| async move {
        let steps = untrained(&training, &config, &device);
        let batches = Batches::new(steps.terms(), config.seed);
        let sums = vec![(0.0, 0); training.domains()];
        Ok(Box::new(ByBatches { steps, batches, sums }) as Box<dyn Learner>)
    })
}

struct ByBatches<S> {
    steps: S,
    batches: Batches,
    /// Sum of the rows' losses and number of rows in this epoch, by domain.
    sums: Vec<(f64, usize)>,
}

impl<S: Steps> ByBatches<S> {
    async fn slice(&mut self) -> Result<Slice> {
        let started = Instant::now();
        let mut losses = Vec::new();
        while let Some((term, rows)) = self.batches.next() {
            losses.push((term, rows.len(), self.steps.step(term, rows).await?));
            if self.batches.done() >= 1.0 || started.elapsed().as_secs_f64() >= SLICE {
                break;
            }
        }
        for (term, rows, loss) in losses {
            let mean = self.steps.parameters().read("a loss", loss).await?[0];
            if let Some((sum, count)) = self.sums.get_mut(term) {
                *sum += f64::from(mean) * rows as f64;
                *count += rows;
            }
        }
        if self.batches.done() < 1.0 {
            return Ok(Slice::Part(self.batches.done()));
        }
        let mean = |(sum, count): &mut (f64, usize)| {
            let mean = (*sum / (*count).max(1) as f64) as f32;
            (*sum, *count) = (0.0, 0);
            mean
        };
        Ok(Slice::Epoch(self.sums.iter_mut().map(mean).collect()))
    }
}

impl<S: Steps> Learner for ByBatches<S> {
    fn device(&self) -> DeviceKind {
        self.steps.parameters().device()
    }

    fn advance(&mut self) -> Work<'_, Slice> {
        Box::pin(self.slice())
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        self.steps.model()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_a_row_make_one_of_all_its_ratings() {
        assert_eq!(shares(4, [2, 0, 2, 2, 2].iter()), [1.0, 0.0, 0.25, 0.0]);
    }

    #[test]
    fn an_epoch_goes_over_every_row_of_every_term_once_in_batches_of_about_one_size() {
        let terms = vec![Term { rows: 10, batch: 4 }, Term { rows: 3, batch: 4 }, Term { rows: 0, batch: 4 }];
        let mut batches = Batches::new(terms, 1);
        let mut orders = Vec::new();
        for _ in 0..3 {
            let mut rows = vec![Vec::new(); 3];
            let mut steps = 0;
            loop {
                let (term, own) = batches.next().unwrap();
                assert!((3..=4).contains(&own.len()));
                rows[term].extend_from_slice(own);
                steps += 1;
                if batches.done() >= 1.0 {
                    break;
                }
            }
            assert_eq!(steps, 4);
            orders.push(rows[0].clone());
            rows.iter_mut().for_each(|rows| rows.sort_unstable());
            assert_eq!(rows, [(0..10).collect::<Vec<u32>>(), vec![0, 1, 2], vec![]]);
        }
        assert_ne!(orders[0], orders[1]);
    }
}
