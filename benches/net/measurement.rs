//! The three measurements, driven like the dual loop drives an engine: chunks of as many rows as the engine likes, and
//! a wait now and then where the device queues.

use dual_metric::engine::{self, Chunk, Device, Engine, TrainingGraph};
use dual_metric::error::{Error, Result};
use web_time::Instant;

use super::request::{Reply, Request, Task};
use super::{Data, SEED, prediction, table::table};

/// The most calls between two waits for a queued device, as in the dual loop.
const CALLS_BETWEEN_WAITS: usize = 16;
/// Share of the asked-for time that is spent on warming up.
const WARM_UP: f64 = 0.25;
/// How often an epoch looks whether the target is reached.
const LOOKS_AN_EPOCH: usize = 8;
/// How near to the bias model is near enough.
const TARGET: f64 = 1.01;

/// Does what is asked.
///
/// # Errors
/// When there are fewer ratings than a batch, or the device refuses or was lost.
pub async fn measure(request: &Request, data: &Data, device: &Device) -> Result<Reply> {
    if request.batch == 0 || request.replicas == 0 || data.training < request.batch {
        return Err(Error::setting("batch", "a step needs as many ratings as a batch has, and a replica"));
    }
    match request.task {
        Task::Speed => {
            let mut training = Training::new(request, data, device)?;
            training.run_for(request.seconds * WARM_UP).await?;
            let start = Instant::now();
            let (steps, loss) = training.run_for(request.seconds).await?;
            let samples = steps * request.batch * request.replicas;
            Ok(Reply::Speed { steps, samples, seconds: start.elapsed().as_secs_f64(), loss })
        }
        Task::Losses => losses(request, data, device).await,
        Task::Target => target(request, data, device).await,
    }
}

async fn losses(request: &Request, data: &Data, device: &Device) -> Result<Reply> {
    let mut training = Training::new(request, data, device)?;
    let start = Instant::now();
    let mut losses = Vec::with_capacity(request.steps);
    while losses.len() < request.steps && start.elapsed().as_secs_f64() < request.seconds {
        training.call(1)?;
        losses.push(training.wait().await?);
    }
    Ok(Reply::Losses { losses })
}

async fn target(request: &Request, data: &Data, device: &Device) -> Result<Reply> {
    let first = table(data, request.rule, SEED);
    let mut training = Training::new(request, data, device)?;
    let bias_rmse = data.bias_rmse();
    let stretch = (data.training / request.batch / LOOKS_AN_EPOCH).max(1);
    let (mut steps, mut seconds, mut rmse) = (0, 0.0, f64::INFINITY);
    while seconds < request.seconds && rmse > TARGET * bias_rmse {
        let start = Instant::now();
        steps += training.run_steps(stretch, request.seconds - seconds).await?;
        seconds += start.elapsed().as_secs_f64();
        rmse = prediction::rmse(&*training.engine, &first, data).await?;
    }
    let epochs = (steps * request.batch) as f64 / data.training as f64;
    Ok(Reply::Target { seconds, epochs, rmse, bias_rmse, reached: rmse <= TARGET * bias_rmse })
}

/// An engine and where it is in the order of batches.
struct Training<'a> {
    engine: Box<dyn Engine>,
    order: &'a [u32],
    batch: usize,
    /// Whole batches an epoch.
    batches: usize,
    next: usize,
    chunks: Vec<Chunk>,
    waits: bool,
}

impl<'a> Training<'a> {
    fn new(request: &Request, data: &'a Data, device: &Device) -> Result<Self> {
        let replicas = request.replicas;
        let tables: Vec<TrainingGraph> =
            (0..replicas).map(|replica| table(data, request.rule, SEED + replica as u64)).collect();
        Ok(Self {
            engine: engine::open(tables, device)?,
            order: &data.order,
            batch: request.batch,
            batches: data.training / request.batch,
            next: 0,
            chunks: vec![Chunk::default(); replicas],
            waits: device.is_queued(),
        })
    }

    /// One call of the engine: as many steps as it likes, but no more than `most`. Returns how many.
    fn call(&mut self, most: usize) -> Result<usize> {
        let steps = (self.engine.rows_per_call() / (self.batch * self.chunks.len())).clamp(1, most);
        self.chunks.iter_mut().for_each(Chunk::clear);
        for _ in 0..steps {
            let rows = &self.order[self.next * self.batch..][..self.batch];
            for chunk in &mut self.chunks {
                chunk.push(0, 1.0, 0, rows.iter().copied());
                chunk.end_step();
            }
            self.next = (self.next + 1) % self.batches;
        }
        self.engine.run(&self.chunks)?;
        Ok(steps)
    }

    /// Waits for the device; the first replica's mean loss since the last wait.
    async fn wait(&mut self) -> Result<f32> {
        let losses = self.engine.losses().await?;
        Ok(losses.first().and_then(|terms| terms.first().copied().flatten()).unwrap_or(f32::NAN))
    }

    /// Goes on for at least so many seconds and waits. Returns the steps and the mean loss since the last wait.
    async fn run_for(&mut self, seconds: f64) -> Result<(usize, f32)> {
        let start = Instant::now();
        let mut steps = 0;
        // A queue takes calls at once, however slow it is; so the first call tells how many to let it have.
        let mut calls = 1;
        loop {
            for _ in 0..calls {
                steps += self.call(usize::MAX)?;
            }
            let elapsed = start.elapsed().as_secs_f64();
            if !self.waits && elapsed < seconds {
                continue;
            }
            let loss = self.wait().await?;
            let elapsed = start.elapsed().as_secs_f64().max(elapsed);
            if elapsed >= seconds {
                return Ok((steps, loss));
            }
            let affordable = (seconds - elapsed) / (elapsed / calls as f64).max(1e-9);
            calls = (affordable as usize).clamp(1, CALLS_BETWEEN_WAITS);
        }
    }

    /// Takes so many steps, or as many as there is time for, and waits. Returns how many.
    async fn run_steps(&mut self, wanted: usize, seconds: f64) -> Result<usize> {
        let start = Instant::now();
        let (mut done, mut calls) = (0, 0);
        while done < wanted && start.elapsed().as_secs_f64() < seconds {
            done += self.call(wanted - done)?;
            calls += 1;
            if self.waits && calls % CALLS_BETWEEN_WAITS == 0 {
                self.wait().await?;
            }
        }
        self.wait().await?;
        Ok(done)
    }
}
