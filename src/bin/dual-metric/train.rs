//! `dual-metric train`.

use std::sync::Arc;
use std::time::Instant;

use dual_metric::data::{World, overlap_report};
use dual_metric::dml;
use dual_metric::engine::Device;
use dual_metric::error::{Error, Result};
use dual_metric::lab::{Run, Study, StudyEvent};
use dual_metric::model_file;
use dual_metric::recommender::{Event, Stage};
use dual_metric::settings::Config;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::arguments::{DeviceName, Train};
use crate::declared::Declared;
use crate::files::{self, DomainFiles};
use crate::result::{self, Reading};
use crate::told::{self, Told};

/// Reads, trains, reports.
pub fn run(options: &Train) -> Result<()> {
    let mut config = config(options)?;
    // Nobody would see the model that is kept.
    config.train_on_everything &= options.out.is_some();
    let config = config.check()?;
    if options.out.is_some() && config.model != dml::ENTRY.name {
        let what = format!("only models of {} are saved, and this is {}", dml::ENTRY.name, config.model);
        return Err(Error::setting("--out", what));
    }
    if let Some(folder) = &options.out {
        files::check_writable(folder)?;
    }
    let started = Instant::now();
    let inputs = [
        DomainFiles {
            ratings: &options.a,
            users: options.a_users.as_deref(),
            items: options.a_items.as_deref(),
            declared: Declared {
                flag: "--a-",
                scale: options.a_scale.as_deref(),
                columns: options.a_columns.as_deref(),
                delimiter: options.a_delimiter.as_deref(),
                header: options.a_header.as_deref(),
                missing: options.a_missing.as_deref(),
                member: options.a_member.as_deref(),
                encoding: options.a_encoding.as_deref(),
                matrix: options.a_matrix.as_deref(),
                ids: options.a_ids.as_deref(),
                counts: options.a_counts.as_deref(),
            },
        },
        DomainFiles {
            ratings: &options.b,
            users: options.b_users.as_deref(),
            items: options.b_items.as_deref(),
            declared: Declared {
                flag: "--b-",
                scale: options.b_scale.as_deref(),
                columns: options.b_columns.as_deref(),
                delimiter: options.b_delimiter.as_deref(),
                header: options.b_header.as_deref(),
                missing: options.b_missing.as_deref(),
                member: options.b_member.as_deref(),
                encoding: options.b_encoding.as_deref(),
                matrix: options.b_matrix.as_deref(),
                ids: options.b_ids.as_deref(),
                counts: options.b_counts.as_deref(),
            },
        },
    ];
    let (a, b) = (files::read_domain(&inputs[0])?, files::read_domain(&inputs[1])?);
    let overlap = overlap_report(&a.domain, &b.domain);
    if overlap.is_one_file {
        let (a, b) = (options.a.display(), options.b.display());
        let remedy = "Give the files of two different domains as --a and --b";
        return Err(Error::data(format!("{a} and {b} hold the same ratings"), remedy));
    }
    let mut warnings: Vec<Told> = Vec::new();
    for (read, files) in [&a, &b].into_iter().zip(&inputs) {
        let (report, flag) = (&read.report, files.declared.flag);
        eprintln!("{}", told::recognised(report));
        if let Some(note) = &report.preview.scale_note {
            eprintln!("note: {}: {note}; {flag}scale declares another", report.preview.file);
        }
        warnings.extend(told::of_file(report, flag));
    }
    warnings.extend(told::of_pair(&overlap, [(&a, "--a-"), (&b, "--b-")]));
    warnings.iter().for_each(|warning| eprintln!("{}", warning.line()));
    let reads = [a.report, b.report];
    let device = match options.device {
        DeviceName::Cpu => Device::cpu(),
    };
    let world = Arc::new(World::new(vec![a.domain, b.domain]));
    let mut study =
        pollster::block_on(Study::new(world, config, device, !options.no_transfer_study, Vec::new()))?;
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
        Reading { reports: &reads, warnings: &warnings, files: files::described(&inputs)?, epochs, seconds };
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
