//! How many steps a second the engines of this machine's CPU take, with burn for comparison.
//!
//! `cargo bench --bench engine` prints a line for each engine, rule and batch. `scripts/bench` drives it with
//! `--listen`: a request a line on standard input, an answer a line on standard output (`net/request.rs`); and has
//! it write ratings and weights for the other programs with `--export FOLDER`. `--host` says what a training on a card costs
//! the host; any device will do for that. `--autoencoder` has a step of an autoencoder on the CPU beside one on the card.

#[cfg(not(target_arch = "wasm32"))]
#[path = "net/export.rs"]
mod export;
#[cfg(not(target_arch = "wasm32"))]
mod net;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let done = match (arguments.next().as_deref(), arguments.next()) {
        (None, None) => native::overview(),
        (Some("--listen"), None) => native::listen(),
        (Some("--host"), None) => native::host(),
        (Some("--autoencoder"), None) => native::autoencoders(),
        (Some("--export"), Some(folder)) => export::export(folder.as_ref()).map_err(Into::into),
        _ => Err("usage: engine [--listen | --host | --autoencoder | --export FOLDER]".into()),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::io::Write;

    use dual_metric::engine::UpdatedRows;

    use crate::net::data::Size;
    use crate::net::host::{cost, order};
    use crate::net::request::{Reply, Request, Task};
    use crate::net::{Data, autoencoder, device, measure};

    type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

    /// Answers requests until standard input ends. The ratings of the last one are kept.
    pub fn listen() -> Outcome<()> {
        let mut data = None;
        for line in std::io::stdin().lines() {
            let answer = match reply(&line?, &mut data) {
                Ok(reply) => serde_json::to_string(&reply)?,
                Err(error) => serde_json::json!({ "error": error.to_string() }).to_string(),
            };
            println!("{answer}");
            std::io::stdout().flush()?;
        }
        Ok(())
    }

    fn reply(line: &str, data: &mut Option<Data>) -> Outcome<Reply> {
        answer(&serde_json::from_str(line)?, data)
    }

    fn answer(request: &Request, data: &mut Option<Data>) -> Outcome<Reply> {
        let kept = data.take().filter(|data| data.size == request.size());
        let data = data.insert(kept.unwrap_or_else(|| Data::new(request.size())));
        let device = pollster::block_on(device(&request.engine))?;
        Ok(pollster::block_on(measure(request, data, &device))?)
    }

    pub fn host() -> Outcome<()> {
        let device = pollster::block_on(device("webgpu"))?;
        let data = Data::new(Size { users: 6040, items: 3952, ratings: 1_000_000 });
        println!("The host's part of an epoch, MovieLens-1M's size: nanoseconds and bytes a rating");
        for batch in [64, 16_384] {
            let [shuffled, filled] = order(&data, batch);
            println!(
                "Before the rest, batch {batch:>6}: {shuffled:.1} ns to shuffle, {filled:.1} ns to put into calls"
            );
        }
        for rule in [UpdatedRows::Touched, UpdatedRows::All] {
            for sizes in [[64, 1], [1024, 1], [4096, 1], [16_384, 1], [64, 64]] {
                let [before, after] =
                    [false, true].map(|on_device| cost(&data, &device, rule, sizes, on_device));
                let (before, after) = (before?, after?);
                println!(
                    "{rule:?} rows, batch {:>6}, {:>2} replicas: the host looks up {:>5.1} ns {:>5.1} B, the device \
                     {:>5.1} ns {:>5.1} B",
                    sizes[0], sizes[1], before.nanoseconds, before.bytes, after.nanoseconds, after.bytes
                );
            }
        }
        Ok(())
    }

    pub fn autoencoders() -> Outcome<()> {
        let card = pollster::block_on(device("webgpu"));
        println!(
            "An autoencoder over ratings, 32-16-32, batch 64: microseconds a step of all trainings side by side"
        );
        for [columns, of_row] in [[5000, 10], [5000, 40], [3700, 165]] {
            for replicas in [1, 9] {
                let here = autoencoder::step(None, [columns, of_row], replicas)?;
                let there = match &card {
                    Ok(card) => {
                        format!("{:.0}", autoencoder::step(Some(card), [columns, of_row], replicas)?)
                    }
                    Err(error) => error.to_string(),
                };
                println!(
                    "{of_row:>4} of {columns} columns, {replicas:>2} trainings: CPU {here:>7.0}, WebGPU {there:>7}"
                );
            }
        }
        Ok(())
    }

    pub fn overview() -> Outcome<()> {
        let mut data = None;
        println!("MovieLens-1M's size, embeddings of 16, MLP 32-32-16-1, Adam; one replica");
        for (engine, rule) in [
            ("cpu", UpdatedRows::Touched),
            ("cpu", UpdatedRows::All),
            ("burn-flex", UpdatedRows::Touched),
            ("burn-flex", UpdatedRows::All),
        ] {
            for batch in [64, 256, 4096] {
                let request = Request {
                    task: Task::Speed,
                    engine: engine.into(),
                    rule,
                    users: 6040,
                    items: 3952,
                    ratings: 1_000_000,
                    batch,
                    replicas: 1,
                    seconds: 1.0,
                    steps: 0,
                };
                let Reply::Speed { steps, samples, seconds, .. } = answer(&request, &mut data)? else {
                    continue;
                };
                println!(
                    "{engine:>9}, {rule:?} rows, batch {batch:>4}: {:>8.1} µs a step, {:>9.0} ratings a second",
                    1e6 * seconds / steps as f64,
                    samples as f64 / seconds
                );
            }
        }
        Ok(())
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}
