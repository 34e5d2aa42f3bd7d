//! `dual-metric train`.

use std::time::Instant;

use dual_metric::error::{Error, Result};
use dual_metric::lab::{Run, Study, StudyEvent, TransferStudy};
use dual_metric::recommender::{Event, Stage};
use dual_metric::settings::Config;
use dual_metric::{model_file, peers};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::arguments::{Chosen, Train};
use crate::domains::domains;
use crate::files;
use crate::inputs::Inputs;
use crate::output;
use crate::result::{self, Reading};

/// Reads, trains, reports.
pub fn run(options: &Train) -> Result<()> {
    let mut config = config(options)?;
    // Nobody would see the model that is kept.
    config.train_on_everything &= options.out.is_some();
    let config = config.check()?;
    peers::find(&config.model)?;
    if let Some(folder) = &options.out {
        files::check_writable(folder)?;
    }
    let started = Instant::now();
    let device = options.device.open()?;
    let inputs = device.warming(config.has_codes(), || Inputs::read(domains(options)?))?;
    let mut study = pollster::block_on(Study::new(
        inputs.world.clone(),
        config,
        device,
        if options.no_transfer_study { TransferStudy::LeftOut } else { TransferStudy::Measured },
        Vec::new(),
    ))?;
    inputs.tell();
    let bar = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} / left {eta}  {msg}")
    {
        bar.set_style(style);
    }
    let mut epochs = 0;
    while !study.is_done() {
        let mut events = Vec::new();
        pollster::block_on(study.advance(&mut |event| events.push(event)))?;
        for event in events {
            if options.verbose
                && let StudyEvent::Training {
                    event: Event::Epoch { .. } | Event::Sweep { .. } | Event::Finished { .. },
                    ..
                } = event
            {
                output::note(json!(event));
            }
            let StudyEvent::Training { run, repeat, event } = event else { continue };
            match event {
                Event::Batch { stage, epoch, .. } => {
                    bar.set_message(step(run, repeat, stage, &format!("epoch {epoch}")));
                }
                Event::Sweep { sweep, sweeps, .. } => {
                    bar.set_message(step(
                        run,
                        repeat,
                        Stage::Sampling,
                        &format!("sweep {sweep} of {sweeps}"),
                    ));
                }
                Event::Finished { epochs: n, .. } if (run, repeat) == (Run::Main, 0) => epochs = n,
                _ => {}
            }
        }
        bar.set_position((study.fraction() * 1000.0) as u64);
    }
    bar.finish_and_clear();
    let Some(report) = study.report() else {
        return Err(Error::data("the training ended without figures", "Load files with more ratings"));
    };
    let seconds = started.elapsed().as_secs_f64();
    tell_clipped(&study);
    let files = files::described(&inputs.files)?;
    let reading = Reading { reads: &inputs.reads, warnings: &inputs.warnings, files, epochs, seconds };
    let result = result::json(&study, report, &reading)?;
    let saved = match &options.out {
        Some(folder) => model_file::write(&study.kept())
            .and_then(|model| files::write(&folder.join(model_file::NAME), model))
            .and_then(|()| files::write(&folder.join("metrics.json"), format!("{result:#}\n"))),
        None => Ok(()),
    };
    // Whether or not there is room for the model, what it took so long to measure is told.
    if options.json {
        output::line(result);
    } else {
        output::show(result::table(report, study.config().relevance_threshold));
    }
    saved
}

fn config(options: &Train) -> Result<Config> {
    let mut config = settings(&options.settings)?;
    if let Some(model) = &options.model {
        config.model.clone_from(model);
    }
    config.seed = options.seed.unwrap_or(config.seed);
    config.epochs = options.epochs.unwrap_or(config.epochs);
    config.repeats = options.repeats.unwrap_or(config.repeats);
    config.test_fraction = options.test_fraction.unwrap_or(config.test_fraction);
    Ok(config)
}

/// The settings of a file or a preset, with those that were set on the command line.
///
/// # Errors
/// When both a file and a preset are named, or something is not known or does not fit.
pub fn settings(chosen: &Chosen) -> Result<Config> {
    let mut config = match (&chosen.config, &chosen.preset) {
        (Some(path), None) => {
            let text = String::from_utf8_lossy(&files::bytes(path)?).into_owned();
            Config::from_json(text.trim_start_matches('\u{feff}')).map_err(|error| match error {
                Error::Setting { field, what } if field == "config" => Error::file(
                    &path.display().to_string(),
                    format!("it is no JSON object of settings ({what})"),
                    "Write one such as {\"seed\": 1, \"epochs\": 20}; `dual-metric settings` lists all",
                ),
                other => other,
            })?
        }
        (None, Some(preset)) => Config::preset(preset)?,
        (None, None) => Config::default(),
        (Some(_), Some(_)) => {
            return Err(Error::setting(
                "preset",
                "put it into the --config file as \"preset\", not beside it",
            ));
        }
    };
    for assignment in &chosen.set {
        let Some((field, value)) = assignment.split_once('=') else {
            return Err(Error::setting(assignment, "write it as --set key=value"));
        };
        config.set(field, value)?;
    }
    Ok(config)
}

/// Tells how many ratings lie beyond a scale that the training rows gave.
fn tell_clipped(study: &Study) {
    for (d, domain) in study.world().domains.iter().enumerate() {
        let (clipped, scale) = (study.split().clipped(d), study.split().scale(d));
        if clipped > 0 {
            output::note(format!(
                "note: {}: {clipped} of {} ratings are beyond {} to {}, the range of those that were trained on, and \
                 count as its ends",
                domain.name,
                domain.ratings.len(),
                scale.lo,
                scale.hi
            ));
        }
    }
}

fn step(run: Run, repeat: usize, stage: Stage, at: &str) -> String {
    let run = match run {
        Run::Main => "model",
        Run::WithoutTransfer => "without the other domain",
        Run::Shuffled => "with shuffled links",
        Run::Cold => "new people",
        Run::ColdWithoutTransfer => "new people, without the other domain",
        Run::ColdBiases => "new people, with biases alone",
        Run::ColdShuffled | Run::ColdShuffledAgain => "new people, with shuffled links",
        Run::Everything => "on everything",
    };
    let repeat = if repeat > 0 { format!("repeat {}, ", repeat + 1) } else { String::new() };
    format!("{repeat}{run}: {}, {at}", stage.name())
}
