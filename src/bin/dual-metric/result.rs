//! What `train` prints: one JSON object, or a table for people.

use dual_metric::error::Result;
use dual_metric::export;
use dual_metric::lab::{Change, Comparison, DomainReport, Report, Source, Study};
use dual_metric::metrics::Scores;
use dual_metric::presentation;
use serde_json::{Value, json};

use crate::files::ReadDomain;
use crate::told::Told;

/// How the data came in and how long it all took.
pub struct Reading<'r> {
    pub reads: &'r [ReadDomain],
    /// What to know of how the files were read.
    pub warnings: &'r [Told],
    /// Name, size and SHA-256 of each file.
    pub files: Vec<export::InputFile>,
    /// Epochs of the main run.
    pub epochs: usize,
    pub seconds: f64,
}

/// The one JSON object.
///
/// # Errors
/// When a number is not finite, which JSON cannot hold.
pub fn json(study: &Study, report: &Report, reading: &Reading) -> Result<Value> {
    let world = study.world();
    let domain = |d: usize| -> Result<Value> {
        let (data, figures) = (&world.domains[d], &report.domains[d]);
        let mut domain = json!({
            "name": data.name,
            "users": data.users.len(),
            "items": data.items.len(),
            "ratings": data.ratings.len(),
            "rejected_rows": reading.reads[d].report.rejected_rows,
            "scale": export::exact(&study.split().scale(d))?,
            "scale_kind": data.scale_kind,
            "clipped_ratings": study.split().clipped(d),
            "rmse_without_transfer": figures.all.without_transfer,
            "rmse_shuffled": figures.all.shuffled,
            "sparse_rmse": figures.sparse.with_transfer,
            "sparse_rmse_without_transfer": figures.sparse.without_transfer,
            "sparse_rmse_shuffled": figures.sparse.shuffled,
            "sparse_bias_rmse": figures.sparse.bias,
            "cold_rmse": figures.cold.with_transfer,
            "cold_rmse_without_transfer": figures.cold.without_transfer,
            "cold_rmse_shuffled": figures.cold.shuffled,
            "cold_bias_rmse": figures.cold.bias,
            "cold_crossed_bias_rmse": figures.crossed_bias_rmse,
            "against_bias": figures.against_bias,
            "against_mean": figures.against_mean,
            "groups": { "all": figures.all, "sparse": figures.sparse, "cold": figures.cold },
            "ladder": figures.ladder,
        });
        for (prefix, scores) in [("", figures.model), ("mean_", figures.mean), ("bias_", figures.bias)] {
            for (name, value) in named(&scores) {
                domain[format!("{prefix}{name}")] = value.into();
            }
        }
        Ok(domain)
    };
    let domains = (0..world.domains.len()).map(domain).collect::<Result<Vec<_>>>()?;
    let name = |d: usize| &world.domains[d].name;
    let links = world.links.iter().enumerate().map(|(number, link)| {
        let known = report.links.get(number);
        let ends = [link.a, link.b].map(name);
        let detours = known.map_or(&[][..], |known| &known.detours).iter();
        json!({
            "domains": ends,
            "overlap_users": link.overlap_users.len(),
            "linked_users": known.map(|known| known.linked_users),
            "alignment": known.map(|known| known.alignment),
            "detours": detours.map(|way| json!({ "by": name(way.by), "mapped": way.mapped })).collect::<Vec<_>>(),
        })
    });
    let mut result = json!({
        "program": export::program(),
        "model": study.config().model,
        "device": study.device(),
        "files": reading.files,
        "warnings": reading.warnings,
        "domains": domains,
        "links": links.collect::<Vec<_>>(),
        "overlap_users": world.links.first().map(|link| link.overlap_users.len()),
        "linked_users": report.linked_users,
        "orthogonality_error": report.orthogonality_error,
        "mapping_loss": report.mapping_loss,
        "closed_form_loss": report.closed_form_loss,
        "alignment": report.alignment,
        "taste": report.taste,
        "verdict": presentation::verdict(report),
        "kept": report.kept,
        "epochs": reading.epochs,
        "seconds": reading.seconds,
        "seed": study.config().seed,
        "seeds": report.seeds,
        "config": export::exact(study.config())?,
    });
    // Scripts find two domains by their letters too.
    if let [a, b] = &domains[..] {
        (result["a"], result["b"]) = (a.clone(), b.clone());
    }
    Ok(result)
}

fn named(scores: &Scores) -> [(&'static str, f64); 6] {
    [
        ("rmse", scores.rmse),
        ("mae", scores.mae),
        ("precision_at_5", scores.precision_at_5),
        ("recall_at_5", scores.recall_at_5),
        ("paper_precision_at_5", scores.paper_precision_at_5),
        ("paper_recall_at_5", scores.paper_recall_at_5),
    ]
}

/// The figures for people.
pub fn table(report: &Report, threshold: f32) -> String {
    let seeds: Vec<String> = report.seeds.iter().map(u64::to_string).collect();
    let mut text =
        format!("RMSE on the unit scale, (rating - lo) / (hi - lo); seed {}\n\n", seeds.join(", "));
    text += &row("", &["mean", "bias", "alone", "shuffled", "linked"].map(String::from), "change");
    for domain in &report.domains {
        let DomainReport { name, all, sparse, cold, .. } = domain;
        for (label, group) in
            [(name.as_str(), all), ("  fewer than 5 ratings", sparse), ("  new people", cold)]
        {
            text += &group_row(label, group);
        }
        for (label, scores) in [("  linked", domain.model), ("  bias", domain.bias), ("  mean", domain.mean)]
        {
            text += &format!(
                "{label:<24}MAE {:.4}, precision@5 {:.3}, recall@5 {:.3} (relevant: {threshold} and up)\n",
                scores.mae, scores.precision_at_5, scores.recall_at_5
            );
        }
        text += &ladder(domain);
    }
    text += "\n";
    for sentence in presentation::verdict(report) {
        text += &format!("{sentence}\n");
    }
    if let Some(kept) = report.kept {
        text += &format!(
            "The model that is written was then trained on all ratings and links: {} epochs, {:.1} s.\n",
            kept.epochs, kept.seconds
        );
    }
    text
}

fn row(label: &str, cells: &[String; 5], last: &str) -> String {
    let cells: String = cells.iter().map(|cell| format!("{cell:>10}")).collect();
    format!("{label:<24}{cells}  {last}\n")
}

fn group_row(label: &str, group: &Comparison) -> String {
    let cells =
        [group.mean, group.bias, group.without_transfer, group.shuffled, group.with_transfer].map(number);
    row(label, &cells, &change(group.change))
}

/// What crosses to newcomers, rung by rung.
fn ladder(domain: &DomainReport) -> String {
    let name = |source: Source| match source {
        Source::Bias => "item mean",
        Source::Alone => "network alone",
        Source::Biases => "and the other domain's bias",
        _ => "and the map and vectors",
    };
    let rungs: String = (domain.ladder.iter())
        .map(|rung| format!("    {:<30}{:.4}  {}\n", name(rung.source), rung.rmse, change(rung.change)))
        .collect();
    if domain.ladder.len() < 2 { String::new() } else { format!("  to new people crosses\n{rungs}") }
}

fn number(value: Option<f64>) -> String {
    value.map_or("-".into(), |value| format!("{value:.4}"))
}

/// A change with its 95 % interval in percent.
fn change(change: Option<Change>) -> String {
    change.map_or(String::new(), |Change { value, low, high }| {
        format!("{:+.1} % ({:+.1} to {:+.1})", 100.0 * value, 100.0 * low, 100.0 * high)
    })
}
