//! What a training on a card costs the host: nanoseconds and bytes a rating for an epoch of a million, with the host and with
//! the device looking up what the ratings name, and before either the order of the ratings.

use dual_metric::engine::{Chunk, Device, FusedGpu, TrainingGraph, UpdatedRows};
use dual_metric::error::Result;
use dual_metric::rng::Generator;
use web_time::Instant;

use super::{Data, SEED, table::table};

/// Rows of a call, over all replicas: what a card does in some milliseconds.
const ROWS_OF_CALL: usize = 65_536;
/// Of how many runs the fastest counts.
const RUNS: usize = 3;

/// What an epoch costs.
pub struct Cost {
    /// Nanoseconds a rating.
    pub nanoseconds: f64,
    /// Bytes a rating.
    pub bytes: f64,
}

/// An epoch of so many replicas, each of its share of the ratings.
///
/// # Errors
/// When the device refuses.
pub fn cost(
    data: &Data,
    device: &Device,
    rule: UpdatedRows,
    [batch, replicas]: [usize; 2],
    on_device: bool,
) -> Result<Cost> {
    let tables: Vec<TrainingGraph> = (0..replicas).map(|n| table(data, rule, SEED + n as u64)).collect();
    // As on a card, on whichever device this is: only the host is looked at.
    let mut engine = FusedGpu::as_on_hardware(tables, device)?;
    if !on_device {
        engine.plan_on_host();
    }
    let steps = (ROWS_OF_CALL / batch / replicas).max(1);
    let mut best = f64::INFINITY;
    let (mut rows, mut bytes) = (0, 0);
    for _ in 0..RUNS {
        (rows, bytes) = (0, 0);
        let mut seconds = 0.0;
        let mut order = data.order.chunks_exact(batch).cycle();
        while rows < data.training {
            let mut chunks = vec![Chunk::default(); replicas];
            for chunk in &mut chunks {
                for _ in 0..steps {
                    chunk.push(0, 1.0, 0, order.next().unwrap_or_default().iter().copied());
                    chunk.end_step();
                }
            }
            let start = Instant::now();
            bytes += engine.prepare(&chunks);
            seconds += start.elapsed().as_secs_f64();
            rows += steps * batch * replicas;
        }
        best = best.min(seconds);
    }
    Ok(Cost { nanoseconds: 1e9 * best / rows as f64, bytes: bytes as f64 / rows as f64 })
}

/// What the order of an epoch's ratings costs, in nanoseconds a rating: they are shuffled, and put into the chunks of calls.
pub fn order(data: &Data, batch: usize) -> [f64; 2] {
    let mut chance = Generator::new(SEED, "order");
    let mut order: Vec<u32> = data.order.iter().copied().take(data.training).collect();
    let mut best = [f64::INFINITY; 2];
    for _ in 0..RUNS {
        let start = Instant::now();
        chance.shuffle(&mut order);
        let shuffled = start.elapsed().as_secs_f64();
        let (mut chunk, start) = (Chunk::default(), Instant::now());
        for call in order.chunks(ROWS_OF_CALL) {
            chunk.clear();
            for rows in call.chunks(batch) {
                chunk.push(0, 1.0, 0, rows.iter().copied());
                chunk.end_step();
            }
            std::hint::black_box(&chunk);
        }
        let filled = start.elapsed().as_secs_f64();
        best = [best[0].min(shuffled), best[1].min(filled)];
    }
    best.map(|seconds| 1e9 * seconds / order.len() as f64)
}
