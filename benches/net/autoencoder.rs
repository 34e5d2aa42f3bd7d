//! How long a step of an autoencoder over ratings takes: on the CPU, and on a card where there is one, for trainings alone
//! and side by side.

use std::sync::Arc;

use dual_metric::engine::{
    Adam, AutoencoderTerm, Chunk, Dense, Device, Engine, FusedCpu, FusedGpu, Reconstruction, SparseRows,
    Term, TrainingGraph,
};
use dual_metric::error::Result;
use dual_metric::rng::Generator;
use web_time::Instant;

use super::SEED;

/// Rows of a step, and widths of the first hidden layer and of the codes: the paper's.
const BATCH: usize = 64;
const WIDTHS: [usize; 2] = [32, 16];
/// Rows that there are.
const ROWS: usize = 4096;
/// Steps of a call.
const CALL: usize = 16;
/// Seconds that are counted, after a call that compiles and finds memory.
const SECONDS: f64 = 1.0;

/// Microseconds a step of so many trainings side by side, over rows of which `of_row` of so many columns are there.
///
/// # Errors
/// When the device refuses.
pub fn step(device: Option<&Device>, [columns, of_row]: [usize; 2], replicas: usize) -> Result<f64> {
    let mut rng = Generator::new(SEED, "autoencoder");
    let tables: Vec<TrainingGraph> = (0..replicas).map(|_| table(columns, of_row, &mut rng)).collect();
    let mut engine: Box<dyn Engine> = match device {
        Some(device) => Box::new(FusedGpu::new(tables, device)?),
        None => Box::new(FusedCpu::new(tables)),
    };
    let mut call = || {
        let mut chunks = vec![Chunk::default(); replicas];
        for chunk in &mut chunks {
            for _ in 0..CALL {
                chunk.push(0, 1.0, 0, (0..BATCH).map(|_| rng.below(ROWS) as u32));
                chunk.end_step();
            }
        }
        engine.run(&chunks)?;
        pollster::block_on(engine.losses())
    };
    call()?;
    let (start, mut steps) = (Instant::now(), 0);
    while start.elapsed().as_secs_f64() < SECONDS {
        call()?;
        steps += CALL;
    }
    Ok(1e6 * start.elapsed().as_secs_f64() / steps as f64)
}

fn table(columns: usize, of_row: usize, rng: &mut Generator) -> TrainingGraph {
    let [hidden, codes] = WIDTHS;
    let mut table = TrainingGraph::new(Adam::new(1e-3));
    let input = table.dense(columns, hidden, rng);
    let encoder = vec![table.dense(hidden, codes, rng)];
    let decoder = vec![table.dense(codes, hidden, rng)];
    let weights = table.param(columns, hidden, rng.normals(columns * hidden, 0.1));
    let output = Dense { weights, bias: table.param(columns, 1, vec![0.0; columns]) };
    let mut rows = SparseRows::new(columns);
    for _ in 0..ROWS {
        // Columns that are equally far apart, from a random one on: none comes twice.
        let (first, apart) = (rng.below(columns), columns / of_row);
        let named: Vec<u32> = (0..of_row).map(|n| ((first + n * apart) % columns) as u32).collect();
        rows.push(&named, &rng.normals(of_row, 1.0));
    }
    let (reconstruction, rows) = (Reconstruction::Observed, Arc::new(rows));
    table.term(Term::Autoencoder(AutoencoderTerm { input, encoder, decoder, output, reconstruction, rows }));
    table
}
