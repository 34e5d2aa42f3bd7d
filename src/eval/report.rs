//! What a person reads after training: errors beside baselines, and what the other domain gives.

use serde::Serialize;

use super::metrics::Scores;

/// RMSE on the unit scale of one group of people, with the transfer, without it, and by the bias model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// People in the group who have test ratings.
    pub users: usize,
    /// Their test ratings.
    pub ratings: usize,
    /// With the overlap users linked.
    pub with_transfer: Option<f64>,
    /// Trained with no overlap user linked.
    pub without_transfer: Option<f64>,
    /// The bias model of the domain alone.
    pub bias: Option<f64>,
}

impl Comparison {
    /// By how much the transfer lowers the error, as a share of the error without it; negative where it harms.
    pub fn gain(&self) -> Option<f64> {
        let (with, without) = (self.with_transfer?, self.without_transfer?);
        (without > 0.0).then(|| 1.0 - with / without)
    }
}

/// One domain's figures, all on the unit scale (rating − lo) / (hi − lo).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DomainReport {
    /// Name of the domain.
    pub name: String,
    /// Ratings that were tested on.
    pub test_ratings: usize,
    /// The model's scores on all test rows.
    pub model: Scores,
    /// The global mean's.
    pub mean: Scores,
    /// The bias model's.
    pub bias: Scores,
    /// All people.
    pub all: Comparison,
    /// People with fewer than five training ratings.
    pub sparse: Comparison,
    /// People who lost all ratings of this domain before training.
    pub cold: Comparison,
    /// The generated sample only: the error of a predictor that knows the truth.
    pub floor_rmse: Option<f64>,
}

/// Alignment of held-out overlap pairs, Σ‖X u_A − u_B‖² / Σ‖ū_B − u_B‖²; predicting the mean embedding gives 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Alignment {
    /// Held-out pairs with training ratings in both domains.
    pub pairs: usize,
    /// Under X.
    pub mapped: f64,
    /// Under the identity.
    pub identity: f64,
    /// Under random orthogonal matrices, the mean of ten.
    pub random: f64,
}

/// All figures of a measurement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// By domain; the page calls the first two a and b.
    pub domains: Vec<DomainReport>,
    /// Of the first link; `None` without held-out pairs.
    pub alignment: Option<Alignment>,
    /// ‖X Xᵀ − I‖ (Frobenius) of the first link.
    pub orthogonality_error: f64,
    /// Overlap users that the first link's map was learnt from.
    pub linked_users: usize,
    /// What the other domain gives, in plain words.
    pub verdict: Vec<String>,
}

/// Differences smaller than this, on the unit scale, are noise between seeds (model.md).
const NOISE: f64 = 0.001;

/// Plain words on a finished measurement.
pub(super) fn verdict(
    domains: &[DomainReport],
    alignment: Option<Alignment>,
    transfer_measured: bool,
) -> Vec<String> {
    let mut words = Vec::new();
    for domain in domains {
        let (model, bias) = (domain.model.rmse, domain.bias.rmse);
        let name = &domain.name;
        words.push(if bias - model > NOISE / 2.0 {
            format!("{name}: the error is {:.1} % below the bias model's.", 100.0 * (1.0 - model / bias))
        } else if model - bias > NOISE / 2.0 {
            format!("{name}: the model does not beat the bias model here ({model:.3} against {bias:.3}).")
        } else {
            format!("{name}: the model is level with the bias model ({model:.3} against {bias:.3}).")
        });
    }
    if transfer_measured {
        for (d, domain) in domains.iter().enumerate() {
            let others: Vec<&str> =
                domains.iter().enumerate().filter(|(o, _)| *o != d).map(|(_, other)| &*other.name).collect();
            words.push(gift(domain, &others.join(" and ")));
        }
    }
    if let Some(alignment) = alignment {
        words.push(if alignment.mapped < 0.9 {
            format!(
                "People whose link was hidden from the map land near themselves: {:.2}, where 1 is no better than \
                 the average person.",
                alignment.mapped
            )
        } else {
            format!(
                "The map does not place people whose link it has not seen ({:.2}, where 1 is no better than the \
                 average person): trust the errors, not the picture.",
                alignment.mapped
            )
        });
    }
    words
}

/// What the other domains give one domain.
fn gift(domain: &DomainReport, from: &str) -> String {
    let say = |what: &str, comparison: &Comparison| {
        let (with, without) = (comparison.with_transfer?, comparison.without_transfer?);
        (without - with > NOISE)
            .then(|| format!("{:.1} % less error for {what}", 100.0 * comparison.gain().unwrap_or(0.0)))
    };
    let gains: Vec<String> = [
        say("everybody", &domain.all),
        say("people with fewer than five ratings", &domain.sparse),
        say("people new to it", &domain.cold),
    ]
    .into_iter()
    .flatten()
    .collect();
    if gains.is_empty() {
        format!("{from} gives {} nothing that can be measured.", domain.name)
    } else {
        format!("{from} gives {}: {}.", domain.name, gains.join(", "))
    }
}
