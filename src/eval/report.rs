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
    /// Mean squared distance of the linked pairs under the first link's X.
    pub mapping_loss: f64,
    /// The same under the closed form (orthogonal Procrustes).
    pub closed_form_loss: f64,
    /// Overlap users that the first link's map was learnt from.
    pub linked_users: usize,
    /// What the other domain gives, in plain words.
    pub verdict: Vec<String>,
}

/// Differences smaller than this, on the unit scale, are within what another seed changes.
const NOISE: f64 = 0.001;

/// Of fewer test ratings nothing is claimed; the table shows them all the same.
const ENOUGH: usize = 200;

/// Plain words on a measurement, what matters most first.
pub(super) fn verdict(
    domains: &[DomainReport],
    alignment: Option<Alignment>,
    transfer_measured: bool,
) -> Vec<String> {
    let mut words = Vec::new();
    if transfer_measured {
        for (d, domain) in domains.iter().enumerate() {
            let others: Vec<&str> =
                domains.iter().enumerate().filter(|(o, _)| *o != d).map(|(_, other)| &*other.name).collect();
            words.push(gift(domain, &others.join(" and ")));
        }
    }
    words.extend(alignment.map(|alignment| {
        let figure = format!("{:.2}; 1 is no better than the average person", alignment.mapped);
        if alignment.mapped < 0.9 {
            format!("The map finds people whose link it has not seen ({figure}).")
        } else {
            format!("The map does not find people whose link it has not seen ({figure}): trust the errors, not the picture.")
        }
    }));
    let beside: Vec<String> = domains.iter().map(against_bias).collect();
    words.push(format!("Beside the bias model: {}.", beside.join("; ")));
    words
}

/// The model's error beside the bias model's.
fn against_bias(domain: &DomainReport) -> String {
    let (name, model, bias) = (&domain.name, domain.model.rmse, domain.bias.rmse);
    if bias - model > NOISE / 2.0 {
        format!("{name} {} less error", percent(1.0 - model / bias))
    } else if model - bias > NOISE / 2.0 {
        format!("{name} more error ({model:.3} against {bias:.3}), so that the method does not help here")
    } else {
        format!("{name} level ({model:.3} against {bias:.3})")
    }
}

/// What the other domains give one domain.
fn gift(domain: &DomainReport, from: &str) -> String {
    let groups =
        [("everybody", domain.all), ("people with few ratings", domain.sparse), ("newcomers", domain.cold)];
    let gains: Vec<String> = groups
        .iter()
        .filter_map(|(who, comparison)| {
            let saved = comparison.without_transfer? - comparison.with_transfer?;
            (saved > NOISE && comparison.ratings >= ENOUGH)
                .then(|| format!("{} for {who}", percent(comparison.gain().unwrap_or(0.0))))
        })
        .collect();
    let name = &domain.name;
    if groups.iter().all(|(_, comparison)| comparison.ratings < ENOUGH) {
        format!("From {from} to {name}: too few test ratings to tell.")
    } else if gains.is_empty() {
        format!("From {from} to {name}: nothing that can be measured.")
    } else {
        format!("From {from} to {name}: less error, by {}.", gains.join(", "))
    }
}

/// A share in percent, kept on one line with its sign.
fn percent(share: f64) -> String {
    let digits = usize::from(share.abs() < 0.095);
    format!("{:.digits$}\u{a0}%", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(name: &str, rmse: f64, all: (f64, f64), cold: (f64, f64)) -> DomainReport {
        let scores = |rmse| Scores {
            rmse,
            mae: 0.1,
            precision_at_5: 0.5,
            recall_at_5: 0.5,
            paper_precision_at_5: 0.5,
            paper_recall_at_5: 0.5,
        };
        let comparison = |(with, without)| Comparison {
            with_transfer: Some(with),
            without_transfer: Some(without),
            ratings: 500,
            ..Comparison::default()
        };
        DomainReport {
            name: name.into(),
            test_ratings: 10,
            model: scores(rmse),
            mean: scores(0.25),
            bias: scores(0.2),
            all: comparison(all),
            sparse: Comparison::default(),
            cold: comparison(cold),
            floor_rmse: None,
        }
    }

    #[test]
    fn nothing_is_claimed_of_a_handful_of_ratings() {
        let mut report = domain("books", 0.19, (0.19, 0.19), (0.15, 0.2));
        report.cold.ratings = 30;
        assert!(gift(&report, "films").contains("nothing"));
        report.all.ratings = 30;
        assert!(gift(&report, "films").contains("too few"));
    }

    #[test]
    fn a_transfer_that_gives_nothing_and_a_model_that_does_not_help_are_said_in_plain_words() {
        let domains = [
            domain("books", 0.19, (0.19, 0.19), (0.15, 0.2)),
            domain("films", 0.22, (0.22, 0.2201), (0.3, 0.2)),
        ];
        let alignment = Some(Alignment { pairs: 9, mapped: 2.0, identity: 2.0, random: 2.0 });
        let words = verdict(&domains, alignment, true);
        assert_eq!(words[0], "From films to books: less error, by 25\u{a0}% for newcomers.");
        assert_eq!(words[1], "From books to films: nothing that can be measured.");
        assert!(words[2].contains("does not find"), "{}", words[2]);
        let beside =
            "Beside the bias model: books 5.0\u{a0}% less error; films more error (0.220 against 0.200)";
        assert!(words[3].starts_with(beside), "{}", words[3]);
        assert_eq!(verdict(&domains, None, false).len(), 1);
    }
}
