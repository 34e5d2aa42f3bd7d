//! `dual-metric train`.

use std::sync::Arc;
use std::time::Instant;

use dual_metric::checkpoint;
use dual_metric::config::Config;
use dual_metric::data::{ReadReport, World, overlap_report};
use dual_metric::engine::Device;
use dual_metric::error::{Error, Result};
use dual_metric::eval::{DomainReport, Report, Study};
use dual_metric::event::{Event, Run};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::arguments::{DeviceName, Train};
use crate::files::{self, DomainFiles};

/// Reads, trains, reports.
pub fn run(options: &Train) -> Result<()> {
    let config = config(options)?.check()?;
    let started = Instant::now();
    let (a, report_a) = files::read_domain(&DomainFiles {
        ratings: &options.a,
        users: options.a_users.as_deref(),
        items: options.a_items.as_deref(),
        scale: options.a_scale.as_deref(),
    })?;
    let (b, report_b) = files::read_domain(&DomainFiles {
        ratings: &options.b,
        users: options.b_users.as_deref(),
        items: options.b_items.as_deref(),
        scale: options.b_scale.as_deref(),
    })?;
    let reads = [report_a, report_b];
    for read in &reads {
        tell_rejects(read);
        if let Some(note) = &read.preview.scale_note {
            eprintln!("note: {}: {note}; --a-scale and --b-scale declare another", read.preview.file);
        }
    }
    let overlap = overlap_report(&a, &b);
    if let Some(warning) = &overlap.warning {
        eprintln!("warning: {warning}");
    }
    let device = match options.device {
        DeviceName::Cpu => Device::cpu(),
    };
    let world = Arc::new(World::new(vec![a, b]));
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
            if options.verbose && matches!(event, Event::Epoch { .. } | Event::Finished { .. }) {
                eprintln!("{}", json!(event));
            }
            match event {
                Event::Batch { run, stage, epoch, .. } => bar.set_message(step(run, stage, epoch)),
                Event::Finished { run: Run::Main, epochs: n, .. } => epochs = n,
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
    let result = result(&study, report, &reads, epochs, seconds);
    if let Some(folder) = &options.out {
        files::write(&folder.join("metrics.json"), &format!("{result:#}\n"))?;
        files::write(&folder.join("model.json"), &checkpoint::write(study.world(), study.model())?)?;
    }
    if options.json {
        println!("{result}");
    } else {
        print!("{}", table(report, study.config().relevance_threshold));
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
    config.seed = options.seed.unwrap_or(config.seed);
    config.epochs = options.epochs.unwrap_or(config.epochs);
    config.test_fraction = options.test_fraction.unwrap_or(config.test_fraction);
    Ok(config)
}

fn tell_rejects(read: &ReadReport) {
    if let Some(first) = read.rejects.first() {
        eprintln!(
            "warning: {}: {} rows left out; the first, line {}: {}",
            read.preview.file, read.rejected_rows, first.line, first.reason
        );
    }
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

fn step(run: Run, stage: &'static str, epoch: usize) -> String {
    let run = match run {
        Run::Main => "model",
        Run::WithoutTransfer => "without the other domain",
        Run::Cold => "new people",
        Run::ColdWithoutTransfer => "new people, without the other domain",
    };
    format!("{run}: {stage}, epoch {epoch}")
}

/// The one JSON object.
fn result(study: &Study, report: &Report, reads: &[ReadReport; 2], epochs: usize, seconds: f64) -> Value {
    let world = study.world();
    let domain = |d: usize| {
        let (data, figures) = (&world.domains[d], &report.domains[d]);
        json!({
            "name": data.name,
            "users": data.users.len(),
            "items": data.items.len(),
            "ratings": data.ratings.len(),
            "rejected_rows": reads[d].rejected_rows,
            "scale": study.split().scale(d),
            "scale_kind": data.scale_kind,
            "clipped_ratings": study.split().clipped(d),
            "rmse": figures.model.rmse,
            "mae": figures.model.mae,
            "precision_at_5": figures.model.precision_at_5,
            "recall_at_5": figures.model.recall_at_5,
            "paper_precision_at_5": figures.model.paper_precision_at_5,
            "paper_recall_at_5": figures.model.paper_recall_at_5,
            "mean_rmse": figures.mean.rmse,
            "bias_rmse": figures.bias.rmse,
            "rmse_without_transfer": figures.all.without_transfer,
            "sparse_rmse": figures.sparse.with_transfer,
            "sparse_rmse_without_transfer": figures.sparse.without_transfer,
            "sparse_bias_rmse": figures.sparse.bias,
            "cold_rmse": figures.cold.with_transfer,
            "cold_rmse_without_transfer": figures.cold.without_transfer,
            "cold_bias_rmse": figures.cold.bias,
        })
    };
    json!({
        "a": domain(0),
        "b": domain(1),
        "overlap_users": world.links[0].overlap_users.len(),
        "linked_users": report.linked_users,
        "orthogonality_error": report.orthogonality_error,
        "mapping_loss": report.mapping_loss,
        "closed_form_loss": report.closed_form_loss,
        "alignment": report.alignment,
        "verdict": report.verdict,
        "epochs": epochs,
        "seconds": seconds,
        "seed": study.config().seed,
        "config": study.config(),
    })
}

/// The figures for people.
fn table(report: &Report, threshold: f32) -> String {
    let mut text = String::from("RMSE on the unit scale, (rating - lo) / (hi - lo)\n\n");
    let number = |value: Option<f64>| value.map_or("-".to_string(), |v| format!("{v:.4}"));
    text += &format!("{:<24}{:>10}{:>10}{:>10}{:>12}\n", "", "model", "bias", "mean", "no transfer");
    for domain in &report.domains {
        let DomainReport { name, model, mean, all, sparse, cold, .. } = domain;
        for (label, group, mean) in [
            (name.clone(), all, number(Some(mean.rmse))),
            ("  fewer than 5 ratings".into(), sparse, "-".into()),
            ("  new people".into(), cold, "-".into()),
        ] {
            text += &format!(
                "{label:<24}{:>10}{:>10}{mean:>10}{:>12}\n",
                number(group.with_transfer),
                number(group.bias),
                number(group.without_transfer)
            );
        }
        text += &format!(
            "  MAE {:.4}, precision@5 {:.3}, recall@5 {:.3} (relevant: {threshold} and up)\n",
            model.mae, model.precision_at_5, model.recall_at_5
        );
    }
    text += "\n";
    for sentence in &report.verdict {
        text += &format!("{sentence}\n");
    }
    text
}
