//! `dual-metric train`.

use std::sync::Arc;
use std::time::Instant;

use dual_metric::data::{World, overlap_report};
use dual_metric::dml;
use dual_metric::engine::Device;
use dual_metric::error::{Error, Result};
use dual_metric::lab::{Run, Study, StudyEvent};
use dual_metric::recommender::{Event, Stage};
use dual_metric::settings::{Config, Network};
use dual_metric::{model_file, peers};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::arguments::{DeviceName, Train};
use crate::domains::domains;
use crate::files;
use crate::result::{self, Reading};
use crate::told::{self, Told};

/// Reads, trains, reports.
pub fn run(options: &Train) -> Result<()> {
    let mut config = config(options)?;
    // Nobody would see the model that is kept.
    config.train_on_everything &= options.out.is_some();
    let config = config.check()?;
    peers::find(&config.model)?;
    if options.out.is_some() && config.model != dml::ENTRY.name {
        let what = format!("only models of {} are saved, and this is {}", dml::ENTRY.name, config.model);
        return Err(Error::setting("--out", what));
    }
    if options.out.is_some() && config.network != Network::Mlp {
        return Err(Error::setting("--out", "only models with network = mlp are saved"));
    }
    if let Some(folder) = &options.out {
        files::check_writable(folder)?;
    }
    let started = Instant::now();
    let inputs = domains(options)?;
    let reads = inputs.iter().map(files::read_domain).collect::<Result<Vec<_>>>()?;
    // Told once nothing is refused any more, so that a refusal stands alone.
    let (mut lines, mut warnings): (Vec<String>, Vec<Told>) = Default::default();
    for (read, files) in reads.iter().zip(&inputs) {
        let (report, flags) = (&read.report, &files.declared.flags);
        lines.push(told::recognised(report));
        if let Some(note) = &report.preview.scale_note {
            let (file, flag) = (&report.preview.file, flags.with("scale", "LO:HI"));
            lines.push(format!("note: {file}: {note}; {flag} declares another"));
        }
        warnings.extend(told::of_file(report, flags));
    }
    for (n, (a, files_a)) in reads.iter().zip(&inputs).enumerate() {
        for (b, files_b) in reads.iter().zip(&inputs).skip(n + 1) {
            let overlap = overlap_report(&a.domain, &b.domain);
            if overlap.is_one_file {
                let (a, b) = (files_a.ratings.display(), files_b.ratings.display());
                let remedy = "Give the files of different domains";
                return Err(Error::data(format!("{a} and {b} hold the same ratings"), remedy));
            }
            warnings.extend(told::of_pair(
                &overlap,
                [(a, &files_a.declared.flags), (b, &files_b.declared.flags)],
            ));
        }
    }
    lines.extend(warnings.iter().map(Told::line));
    let world = Arc::new(World::new(reads.iter().map(|read| read.domain.clone()).collect()));
    if world.links.is_empty() {
        let remedy = "Give files that share people, or write their ids alike";
        return Err(Error::data("no two of the files share anybody", remedy));
    }
    let device = match options.device {
        DeviceName::Cpu => Device::cpu(),
    };
    let mut study =
        pollster::block_on(Study::new(world, config, device, !options.no_transfer_study, Vec::new()))?;
    lines.iter().for_each(|line| eprintln!("{line}"));
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
                && let StudyEvent::Training { event: Event::Epoch { .. } | Event::Finished { .. }, .. } =
                    event
            {
                eprintln!("{}", json!(event));
            }
            let StudyEvent::Training { run, repeat, event } = event else { continue };
            match event {
                Event::Batch { stage, epoch, .. } => bar.set_message(step(run, repeat, stage, epoch)),
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
    let reading =
        Reading { reads: &reads, warnings: &warnings, files: files::described(&inputs)?, epochs, seconds };
    let result = result::json(&study, report, &reading)?;
    if let Some(folder) = &options.out {
        files::write(&folder.join("metrics.json"), &format!("{result:#}\n"))?;
        // Checked before the training.
        if let Some(model) = study.kept_dml() {
            files::write(&folder.join("model.json"), &model_file::write(study.world(), model)?)?;
        }
    }
    if options.json {
        println!("{result}");
    } else {
        print!("{}", result::table(report, study.config().relevance_threshold));
    }
    Ok(())
}

fn config(options: &Train) -> Result<Config> {
    let mut config = match (&options.config, &options.preset) {
        (Some(path), None) => {
            let text = String::from_utf8_lossy(&files::bytes(path)?).into_owned();
            Config::from_json(&text)?
        }
        (None, Some(preset)) => Config::preset(preset)?,
        (None, None) => Config::robust(),
        (Some(_), Some(_)) => {
            return Err(Error::setting(
                "preset",
                "put it into the --config file as \"preset\", not beside it",
            ));
        }
    };
    for assignment in &options.set {
        let Some((field, value)) = assignment.split_once('=') else {
            return Err(Error::setting(assignment, "write it as --set key=value"));
        };
        config.set(field, value)?;
    }
    if let Some(model) = &options.model {
        config.model.clone_from(model);
    }
    config.seed = options.seed.unwrap_or(config.seed);
    config.epochs = options.epochs.unwrap_or(config.epochs);
    config.repeats = options.repeats.unwrap_or(config.repeats);
    config.test_fraction = options.test_fraction.unwrap_or(config.test_fraction);
    Ok(config)
}

/// Tells how many ratings lie beyond a scale that the training rows gave.
fn tell_clipped(study: &Study) {
    for (d, domain) in study.world().domains.iter().enumerate() {
        let (clipped, scale) = (study.split().clipped(d), study.split().scale(d));
        if clipped > 0 {
            eprintln!(
                "note: {}: {clipped} of {} ratings are beyond {} to {}, the range of those that were trained on, and \
                 count as its ends",
                domain.name,
                domain.ratings.len(),
                scale.lo,
                scale.hi
            );
        }
    }
}

fn step(run: Run, repeat: usize, stage: Stage, epoch: usize) -> String {
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
    format!("{repeat}{run}: {}, epoch {epoch}", stage.name())
}
