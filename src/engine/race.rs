//! Which of two devices trains faster here: a short race on made-up ratings, for a person who has not chosen one.

use std::sync::Arc;

use web_time::Instant;

use super::{
    Adam, Chunk, Device, Engine, Gather, Head, Numbers, RatingRow, RatingRows, RatingTerm, SparseRows, Term,
    Tower, TrainingGraph, open,
};
use crate::error::Result;
use crate::rng::Generator;

/// Seconds that each device is given, without its start.
const SECONDS: f64 = 0.05;
/// Before that it runs until it gets no faster, because a card that has been idle raises its clock when there is work: so many
/// seconds at a time …
const SLICE: f64 = 0.02;
/// … until one gains less than this …
const GAIN: f64 = 0.1;
/// … or so many are done.
const MOST_SLICES: usize = 10;

/// Users, items and ratings of the race: what a table takes up in the cache should be like in earnest.
const USERS: usize = 4096;
const ITEMS: usize = 4096;
const RATINGS: usize = 65_536;

/// What is trained in the race.
#[derive(Clone, Debug)]
pub struct Workload {
    /// k.
    pub dimension: usize,
    /// Hidden layers of the recommendation network.
    pub hidden: Vec<usize>,
    /// Given inputs of the network.
    pub given: usize,
    /// Dropout of the network.
    pub dropout: f32,
    /// Rows a step.
    pub batch: usize,
    /// Trainings side by side, as many as will be.
    pub replicas: usize,
    /// What is known of users and of items beside the ratings.
    pub features: [Bag; 2],
}

/// The features of a side, as far as they cost time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bag {
    /// Columns of the table; 0 for none.
    pub columns: usize,
    /// Entries of a row that are not 0, on average.
    pub of_row: usize,
}

/// How a device did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// Ratings a second, once it runs, over all trainings side by side.
    pub ratings: f64,
    /// Seconds that a training takes to begin, its kernels compiled: an engine with its data, and the first step.
    pub start: f64,
}

impl Speed {
    /// Seconds that a training of so many ratings would take, counted once an epoch.
    pub fn seconds(&self, ratings: f64) -> f64 {
        self.start + ratings / self.ratings
    }
}

impl Workload {
    /// How fast a device trains this workload.
    ///
    /// # Errors
    /// When the device refuses or was lost.
    pub async fn speed(&self, device: &Device) -> Result<Speed> {
        let mut rng = Generator::new(1, "race");
        let table = self.table(&mut rng);
        let tables = || vec![table.clone(); self.replicas.max(1)];
        let ratings = self.speed_of(&mut *open(tables(), device)?, &mut rng).await?;
        // The first one compiled the kernels, which later ones find.
        let started = Instant::now();
        let mut engine = open(tables(), device)?;
        self.begin(&mut *engine, &mut rng).await?;
        Ok(Speed { ratings, start: started.elapsed().as_secs_f64() })
    }

    /// The first step of each training.
    async fn begin(&self, engine: &mut dyn Engine, rng: &mut Generator) -> Result<()> {
        let mut chunks = vec![Chunk::default(); engine.replicas()];
        chunks.iter_mut().for_each(|chunk| self.fill(chunk, 1, rng));
        engine.run(&chunks)?;
        engine.losses().await?;
        Ok(())
    }

    /// Ratings a second of an engine that trains [`Workload::table`].
    async fn speed_of(&self, engine: &mut dyn Engine, rng: &mut Generator) -> Result<f64> {
        // The first call compiles kernels and finds memory.
        self.begin(engine, rng).await?;
        let mut before = 0.0;
        for _ in 0..MOST_SLICES {
            let speed = self.run_for(SLICE, engine, rng).await?;
            if speed < (1.0 + GAIN) * before {
                break;
            }
            before = speed;
        }
        self.run_for(SECONDS, engine, rng).await
    }

    /// Ratings a second over so many seconds.
    async fn run_for(&self, least: f64, engine: &mut dyn Engine, rng: &mut Generator) -> Result<f64> {
        let mut chunks = vec![Chunk::default(); engine.replicas()];
        let (started, mut rows) = (Instant::now(), 0);
        loop {
            let each = engine.rows_per_call() / chunks.len();
            chunks.iter_mut().for_each(|chunk| self.fill(chunk, each.max(1), rng));
            engine.run(&chunks)?;
            engine.losses().await?;
            rows += chunks.iter().map(Chunk::rows_len).sum::<usize>();
            let seconds = started.elapsed().as_secs_f64();
            if seconds >= least {
                return Ok(rows as f64 / seconds);
            }
        }
    }

    fn fill(&self, chunk: &mut Chunk, rows: usize, rng: &mut Generator) {
        chunk.clear();
        while chunk.rows_len() < rows {
            let key = rng.bits();
            chunk.push(0, 1.0, key, (0..self.batch).map(|_| rng.below(RATINGS) as u32));
            chunk.end_step();
        }
    }

    fn table(&self, rng: &mut Generator) -> TrainingGraph {
        let k = self.dimension;
        let mut table = TrainingGraph::new(Adam::new(1e-3));
        let [user, item] = [(USERS, self.features[0]), (ITEMS, self.features[1])].map(|(rows, bag)| {
            let tower = (bag.columns > 0 && bag.of_row > 0).then(|| {
                let weights = table.param(bag.columns, k, rng.normals(bag.columns * k, 0.03));
                Tower { weights, features: Arc::new(bag.rows(rows, rng)), penalty: 0.0 }
            });
            let table = table.param(rows, k, rng.normals(rows * k, 0.03));
            Gather { table, tower, through: None, detach: false }
        });
        let widths: Vec<usize> =
            [2 * k + self.given].into_iter().chain(self.hidden.iter().copied()).chain([1]).collect();
        let layers = widths.windows(2).map(|w| table.dense(w[0], w[1], rng)).collect();
        table.heads.push(Head { layers, dot: true, given: self.given, dropout: self.dropout });
        let [users, items] =
            [USERS, ITEMS].map(|n| (0..RATINGS).map(|_| rng.below(n) as u32).collect::<Vec<_>>());
        let rows = RatingRows {
            ratings: RatingRow::from_columns(&users, &items, &rng.uniforms(RATINGS, 0.5)),
            own: Numbers::new(rng.uniforms(RATINGS * self.given, 0.5), self.given),
            ..RatingRows::default()
        };
        table.term(Term::Rating(RatingTerm { user, item, head: 0, row_l2: 0.0, rows: Arc::new(rows) }));
        table
    }
}

impl Bag {
    /// Made-up features of so many rows.
    fn rows(self, rows: usize, rng: &mut Generator) -> SparseRows {
        let mut made = SparseRows::new(self.columns);
        for _ in 0..rows {
            let columns: Vec<u32> = (0..self.of_row).map(|_| rng.below(self.columns) as u32).collect();
            made.push(&columns, &vec![1.0 / self.of_row as f32; self.of_row]);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pollster::block_on;

    use super::*;
    use crate::engine::{DeviceKind, ParamId, Reading, Share};
    use crate::error::Error;

    fn workload(dimension: usize, hidden: &[usize], batch: usize) -> Workload {
        Workload {
            dimension,
            hidden: hidden.to_vec(),
            given: 2,
            dropout: 0.1,
            batch,
            replicas: 1,
            features: [Bag::default(); 2],
        }
    }

    /// Takes its time and notes what it is told.
    #[derive(Default)]
    struct Listener {
        /// How long the first call takes, and each row of the others.
        first: Duration,
        row: Duration,
        /// The call that fails, counted from 1.
        fails: Option<usize>,
        /// Rows of each step by call.
        calls: Vec<Vec<usize>>,
        waits: usize,
    }

    impl Engine for Listener {
        fn device(&self) -> DeviceKind {
            DeviceKind::Cpu
        }

        fn replicas(&self) -> usize {
            1
        }

        fn run(&mut self, chunks: &[Chunk]) -> Result<()> {
            let steps = chunks[0].steps().map(|shares| shares.iter().map(Share::len).sum());
            self.calls.push(steps.collect());
            let rows = chunks[0].rows_len() as u32;
            std::thread::sleep(if self.calls.len() == 1 { self.first } else { self.row * rows });
            match self.fails == Some(self.calls.len()) {
                true => Err(Error::Device { device: DeviceKind::Cpu, what: "it was unplugged".into() }),
                false => Ok(()),
            }
        }

        fn rows_per_call(&self) -> usize {
            100
        }

        fn gradients(&mut self, _: usize, _: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>> {
            Box::pin(async { Ok(Vec::new()) })
        }

        fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>> {
            self.waits += 1;
            Box::pin(async { Ok(Vec::new()) })
        }

        fn all_weights(&self, wanted: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>> {
            let none = vec![Vec::new(); wanted.len()];
            Box::pin(async { Ok(none) })
        }

        fn set_weights(&mut self, _: usize, _: ParamId, _: &[f32]) {}

        fn steps(&self, _: usize) -> usize {
            self.calls.iter().map(Vec::len).sum()
        }
    }

    #[test]
    fn a_device_with_a_slow_start_is_worth_it_for_a_long_training_only() {
        let (fast, ready) = (Speed { ratings: 1e6, start: 0.5 }, Speed { ratings: 1e5, start: 0.0 });
        assert!(fast.seconds(1e4) > ready.seconds(1e4));
        assert!(fast.seconds(1e6) < ready.seconds(1e6));
        assert_eq!(fast.seconds(2e6), 2.5);
    }

    fn race(workload: &Workload, engine: &mut dyn Engine) -> Result<f64> {
        block_on(workload.speed_of(engine, &mut Generator::new(1, "race")))
    }

    #[test]
    fn the_speed_is_that_of_the_rows_after_the_start() {
        // Had the start counted, it would take up all of the time, and there would be no further call.
        let mut engine = Listener {
            first: Duration::from_secs_f64(4.0 * SECONDS),
            row: Duration::from_micros(10),
            ..Listener::default()
        };
        let speed = race(&workload(4, &[8], 32), &mut engine).unwrap();
        assert_eq!(engine.waits, engine.calls.len(), "each call is waited for");
        assert_eq!(engine.calls[0], [32], "one step to start with");
        assert!(engine.calls.len() > 2, "the device gets all of its time");
        for steps in &engine.calls[1..] {
            assert_eq!(steps[..], [32; 4], "as many steps as 100 rows fill");
        }
        let rows = ((engine.calls.len() - 1) * 128) as f64;
        assert!(speed <= rows / SECONDS, "{speed} ratings a second of {rows}");
        // Each row takes ten microseconds at the least.
        assert!(speed < 100_000.0 && speed > 0.0, "{speed} ratings a second");
    }

    #[test]
    fn a_device_that_fails_at_the_start_or_on_the_way_has_no_speed() {
        for call in [1, 2] {
            let mut engine = Listener { fails: Some(call), ..Listener::default() };
            let error = race(&workload(4, &[8], 32), &mut engine).unwrap_err();
            assert!(error.to_string().contains("it was unplugged"), "{error}");
            assert_eq!(engine.calls.len(), call, "nothing more is asked of it");
        }
    }

    #[test]
    fn the_network_is_the_one_that_is_to_be_trained() {
        let table = workload(6, &[12, 5], 64).table(&mut Generator::new(1, "race"));
        let shape = |id: ParamId| [table.params[id].rows, table.params[id].columns];
        let Term::Rating(term) = &table.terms[0] else { panic!("a workload is about ratings") };
        assert_eq!([shape(term.user.table), shape(term.item.table)], [[USERS, 6], [ITEMS, 6]]);
        assert_eq!(term.rows.len(), RATINGS);
        assert_eq!(term.rows.given(), 2);
        let Head { layers, dropout, given, .. } = &table.heads[term.head];
        let layers: Vec<_> = layers.iter().map(|layer| shape(layer.weights)).collect();
        assert_eq!(layers, [[2 * 6 + 2, 12], [12, 5], [5, 1]]);
        assert_eq!((*dropout, *given), (0.1, 2));
        assert!(term.user.tower.is_none() && term.item.tower.is_none());
    }

    #[test]
    fn people_and_items_have_as_many_features_as_they_will_have() {
        let features = [Bag::default(), Bag { columns: 30, of_row: 3 }];
        let workload = Workload { features, ..workload(6, &[12], 64) };
        let table = workload.table(&mut Generator::new(1, "race"));
        let Term::Rating(term) = &table.terms[0] else { panic!("a workload is about ratings") };
        assert!(term.user.tower.is_none());
        let tower = term.item.tower.as_ref().unwrap();
        assert_eq!((tower.features.len(), tower.features.width), (ITEMS, 30));
        assert_eq!(tower.features.row(7).0.len(), 3);
        let param = &table.params[tower.weights];
        assert_eq!((param.rows, param.columns, param.trainable), (30, 6, true));
        let speed = block_on(workload.speed(&Device::cpu())).unwrap();
        assert!(speed.ratings > 0.0 && speed.start > 0.0);
    }

    #[test]
    fn real_engines_train_in_the_race_and_more_work_a_row_makes_them_slower() {
        let (light, heavy) = (workload(4, &[8], 64), workload(64, &[256, 256], 64));
        let mut rng = Generator::new(1, "race");
        let table = light.table(&mut rng);
        let devices = [
            Device::cpu(),
            #[cfg(feature = "reference")]
            Device::cpu_reference(),
        ];
        for device in devices {
            let mut engine = open(vec![table.clone()], &device).unwrap();
            block_on(light.speed_of(&mut *engine, &mut rng)).unwrap();
            assert!(engine.steps(0) > 1);
            let weights = block_on(engine.weights(0, 0)).unwrap();
            assert!(weights.iter().zip(&table.params[0].values).any(|(now, before)| now != before));
        }
        // Some sixty times the work: no machine is so busy that it would not show.
        let [light, heavy] =
            [light, heavy].map(|workload| block_on(workload.speed(&Device::cpu())).unwrap().ratings);
        assert!(light > 2.0 * heavy, "{light} and {heavy} ratings a second");
    }
}
