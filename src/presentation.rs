//! A report in plain words, harm first. A sentence is said only where the interval of its figure excludes zero and the
//! group is large enough; "less" and "more" have the same right.

use crate::lab::{
    Alignment, Change, DomainReport, ENOUGH_PEOPLE, ENOUGH_RATINGS, LinkReport, Report, Source, TasteReport,
};

/// Below this distance of held-out pairs the map finds them; 1 is everybody's mean.
const FOUND: f64 = 0.9;

/// More domains than this are not named one by one.
const MOST_NAMES: usize = 3;

/// From this share of ratings that stand in both domains on nothing is claimed: what crosses may be the ratings themselves.
const MOST_SAME_ROWS: f64 = 0.05;

/// Plain words on a measurement, what matters most first. What crosses is told once all trainings that tell it are over.
pub fn verdict(report: &Report) -> Vec<String> {
    let domains = &report.domains;
    let mut words = Vec::new();
    if report.is_measured && domains.iter().all(|domain| domain.all.change.is_some()) {
        if report.same_rows_share > MOST_SAME_ROWS {
            words.push(copied(report.same_rows_share));
        } else {
            words.extend(domains.iter().filter_map(|domain| harm(domain, &others(domains, domain))));
            words.extend(domains.iter().filter_map(|domain| transfer_gain(domain, &others(domains, domain))));
            // A model without a map has no links that are reported on.
            let by = if report.links.is_empty() { Carrier::Taste } else { Carrier::Map };
            words.extend(
                domains.iter().filter_map(|domain| what_crosses(domain, &others(domains, domain), by)),
            );
        }
    }
    words.extend(report.taste.iter().map(|taste| kindness_and_taste(taste, domains)));
    match &report.links[..] {
        [_, _, ..] => words.extend(maps(&report.links)),
        _ => words.extend(report.alignment.map(map)),
    }
    let beside: Vec<String> = domains.iter().map(against_bias).collect();
    words.push(format!("Beside the bias model: {}.", beside.join("; ")));
    words.extend(domains.iter().filter_map(against_mean));
    words
}

/// The names of all domains but one.
fn others(domains: &[DomainReport], domain: &DomainReport) -> String {
    let others: Vec<&str> =
        domains.iter().filter(|other| !std::ptr::eq(*other, domain)).map(|other| &*other.name).collect();
    match &others[..] {
        [first @ .., last] if (1..MOST_NAMES).contains(&first.len()) => {
            format!("{} and {last}", first.join(", "))
        }
        [one] => (*one).into(),
        _ => "the other domains".into(),
    }
}

fn copied(share: f64) -> String {
    format!(
        "{:.0}\u{a0}% of the ratings stand in both files, so that nothing is claimed of what one gives the other.",
        100.0 * share
    )
}

/// Where linking costs.
fn harm(domain: &DomainReport, from: &str) -> Option<String> {
    let harms: Vec<String> = (domain.groups().iter())
        .filter_map(|(who, comparison)| Some(format!("{} for {who}", size(comparison.harm()?))))
        .collect();
    (!harms.is_empty())
        .then(|| format!("Linking {from} made {} worse: more error, by {}.", domain.name, harms.join(", ")))
}

/// What the true links give beyond a training alone and beyond shuffled links.
fn transfer_gain(domain: &DomainReport, from: &str) -> Option<String> {
    let groups = domain.groups();
    let gains: Vec<String> = (groups.iter())
        .filter_map(|(who, comparison)| Some(format!("{} for {who}", size(comparison.transfer_gain()?))))
        .collect();
    let name = &domain.name;
    if !gains.is_empty() {
        return Some(format!("From {from} to {name}: less error, by {}.", gains.join(", ")));
    }
    if groups.iter().all(|(_, comparison)| !comparison.is_enough) {
        return Some(format!(
            "From {from} to {name}: too few to tell; a claim takes {ENOUGH_PEOPLE} people and {ENOUGH_RATINGS} test ratings."
        ));
    }
    let harmed = groups.iter().any(|(_, comparison)| comparison.harm().is_some());
    (!harmed).then(|| format!("From {from} to {name}: nothing that stands out of the noise."))
}

/// What carries more than biases from one domain to the other.
#[derive(Clone, Copy)]
enum Carrier {
    /// The map of dual metric learning, and vectors.
    Map,
    /// Whatever a model without a map has: vectors of people, a network.
    Taste,
}

/// Which rung of the ladder is the last that holds for newcomers.
fn what_crosses(domain: &DomainReport, from: &str, by: Carrier) -> Option<String> {
    domain.cold.transfer_gain()?;
    let rung = |source: Source| domain.ladder.iter().find(|rung| rung.source == source)?.change;
    let (biases, vectors) = (rung(Source::Biases), rung(Source::Linked)?);
    let name = &domain.name;
    // Without biases of its own the model has one rung only, and the transfer_gain is all there is to say.
    let biases = biases?;
    let [both, takes, adds, alone, nor] = match by {
        Carrier::Map => [
            "through the map their taste",
            "The map and vectors take some of it back",
            "The map and vectors add",
            "goes through the map",
            "the map stands",
        ],
        Carrier::Taste => [
            "their taste",
            "Their taste takes some of it back",
            "Their taste adds",
            "is their taste",
            "their taste stands",
        ],
    };
    Some(match (biases.is_less(), vectors.is_less()) {
        (true, true) => format!(
            "What crosses to newcomers of {name}: how high they rate in {from}, {} less error, and {both}, {} less again.",
            size(biases),
            size(vectors)
        ),
        (true, false) if vectors.is_more() => format!(
            "What crosses to newcomers of {name} is one number, how high they rate in {from}: {} less error. {takes}: {} more error.",
            size(biases),
            size(vectors)
        ),
        (true, false) => format!(
            "What crosses to newcomers of {name} is one number, how high they rate in {from}: {} less error. {adds} nothing that stands out of the noise.",
            size(biases)
        ),
        (false, true) => format!(
            "What crosses to newcomers of {name} {alone}: {} less error than with the other domain's biases alone.",
            size(vectors)
        ),
        (false, false) => format!(
            "What crosses to newcomers of {name} cannot be told apart: neither how high they rate in {from} nor {nor} out of the noise by itself."
        ),
    })
}

/// What crosses along a link, by people whose link was hidden: a correlation counts where its interval is above zero, and that
/// of tastes under the map above what a map of shuffled links gives.
fn kindness_and_taste(taste: &TasteReport, domains: &[DomainReport]) -> String {
    let [from, to] = taste.domains.map(|d| domains.get(d).map_or("", |domain| &*domain.name));
    let Some(linked) = taste.linked.held_out else {
        return format!(
            "Between {from} and {to} too few pairs are hidden to tell whether kindness or taste crosses."
        );
    };
    let shuffled = taste.shuffled.and_then(|evidence| evidence.held_out);
    // Biases come from each side's own ratings and need no map, so that shuffled links leave their correlation as it is: it is
    // told beside them but held against 0 alone.
    let told = |value: f64, placebo: Option<f64>, needs_map: bool| {
        let (low, high) = fisher(value, linked.pairs);
        let beside = placebo.map_or(String::new(), |placebo| format!("; {placebo:.2} with shuffled links"));
        let crosses = low > 0.0 && (!needs_map || placebo.is_none_or(|placebo| low > placebo));
        (crosses, format!("{value:.2} ({low:.2} to {high:.2}{beside})"))
    };
    let (kindness, biases) = told(linked.biases, shuffled.map(|taste| taste.biases), false);
    let vectors = linked.vectors.map(|vectors| told(vectors, shuffled.and_then(|taste| taste.vectors), true));
    let (taste, vectors) = vectors.map_or((false, None), |(crosses, words)| (crosses, Some(words)));
    let what = match (kindness, taste) {
        (true, true) => "kindness and taste both cross",
        (true, false) => "kindness crosses, and taste cannot be seen to",
        (false, true) => "taste crosses, and kindness cannot be seen to",
        (false, false) => "neither kindness nor taste can be seen to cross",
    };
    let vectors = vectors.map_or(String::new(), |words| format!(", of their tastes under the map {words}"));
    format!(
        "Between {from} and {to} {what}: over {} hidden pairs the correlation of biases is {biases}{vectors}.",
        linked.pairs
    )
}

/// Fisher's 95 % interval of a correlation over n pairs.
fn fisher(correlation: f64, n: usize) -> (f64, f64) {
    let width = 1.96 / (n.max(4) as f64 - 3.0).sqrt();
    let middle = correlation.clamp(-0.9999, 0.9999).atanh();
    ((middle - width).tanh(), (middle + width).tanh())
}

fn map(alignment: Alignment) -> String {
    let figure = format!("{:.2}; 1 is no better than the average person", alignment.mapped);
    if alignment.mapped < FOUND {
        format!("The map finds people whose link it has not seen ({figure}).")
    } else {
        format!(
            "The map does not find people whose link it has not seen ({figure}): trust the errors, not the picture."
        )
    }
}

/// The maps of several links in one sentence.
fn maps(links: &[LinkReport]) -> Option<String> {
    let mut distances: Vec<f64> =
        links.iter().filter_map(|link| link.alignment).map(|alignment| alignment.mapped).collect();
    distances.sort_unstable_by(f64::total_cmp);
    let (nearest, farthest) = (distances.first()?, distances.last()?);
    let range = format!("{nearest:.2} to {farthest:.2}; 1 is no better than the average person");
    let (all, found) = (distances.len(), distances.iter().filter(|distance| **distance < FOUND).count());
    Some(match found {
        0 => format!(
            "No map finds people whose link it has not seen ({range}): trust the errors, not the picture."
        ),
        _ if found == all => format!("Every map finds people whose link it has not seen ({range})."),
        _ => format!("Of {all} maps {found} find people whose link they have not seen ({range})."),
    })
}

/// The model's error beside the bias model's.
fn against_bias(domain: &DomainReport) -> String {
    let (name, model, bias) = (&domain.name, domain.model.rmse, domain.bias.rmse);
    match domain.against_bias {
        Some(change) if domain.all.is_enough && change.is_less() => {
            format!("{name} {} less error", size(change))
        }
        Some(change) if domain.all.is_enough && change.is_more() => {
            format!("{name} {} more error, so that the method does not help here", size(change))
        }
        Some(_) => format!("{name} level ({model:.3} against {bias:.3})"),
        // What chance changes is not known yet, or was not asked for.
        None => format!("{name} {model:.3} against {bias:.3}"),
    }
}

/// Where not even the global mean is beaten.
fn against_mean(domain: &DomainReport) -> Option<String> {
    let change = domain.against_mean.filter(|_| domain.all.is_enough)?;
    let (name, model, mean) = (&domain.name, domain.model.rmse, domain.mean.rmse);
    let beats = if change.value < 0.0 { "is not clear of" } else { "does not even beat" };
    (!change.is_less())
        .then(|| format!("In {name} the model {beats} the global mean ({model:.3} against {mean:.3})."))
}

/// The size of a change with its interval, as positive shares: "1.6 % (0.9 to 2.3)".
fn size(change: Change) -> String {
    let mut ends = [change.low.abs(), change.high.abs()];
    ends.sort_unstable_by(f64::total_cmp);
    let digits = usize::from(change.value.abs() < 0.095);
    let [value, low, high] = [change.value.abs(), ends[0], ends[1]].map(|share| 100.0 * share);
    format!("{value:.digits$}\u{a0}% ({low:.digits$} to {high:.digits$})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dml::bayes::{Figure, Taste};
    use crate::lab::{Comparison, Evidence, Rung};
    use crate::metrics::Scores;

    fn change(value: f64, width: f64) -> Option<Change> {
        Some(Change { value, low: value - width, high: value + width })
    }

    /// A group whose error with transfer changes against the training alone and against the placebo.
    fn group(alone: f64, placebo: f64, width: f64) -> Comparison {
        Comparison {
            users: 100,
            ratings: 500,
            is_enough: true,
            change: change(alone, width),
            beyond_placebo: change(placebo, width),
            ..Comparison::default()
        }
    }

    fn domain(name: &str, all: Comparison, cold: Comparison) -> DomainReport {
        let scores = |rmse| Scores { rmse, ..Scores::default() };
        DomainReport {
            model: scores(0.19),
            bias: scores(0.2),
            mean: scores(0.25),
            against_bias: change(-0.05, 0.01),
            against_mean: change(-0.24, 0.01),
            all,
            cold,
            ..DomainReport::new(name, None)
        }
    }

    fn report(domains: Vec<DomainReport>) -> Report {
        Report { domains, is_measured: true, ..Report::default() }
    }

    #[test]
    fn harm_is_said_first_and_a_gain_is_the_change_from_the_better_control() {
        let nothing = group(0.001, -0.001, 0.002);
        let books = domain("books", nothing, group(-0.25, -0.2, 0.02));
        let films = domain("films", group(0.13, 0.12, 0.01), nothing);
        let words = verdict(&report(vec![books, films]));
        assert_eq!(
            words[0],
            "Linking books made films worse: more error, by 13\u{a0}% (12 to 14) for everybody."
        );
        assert_eq!(words[1], "From films to books: less error, by 20\u{a0}% (18 to 22) for newcomers.");
        assert_eq!(
            words[2],
            "Beside the bias model: books 5.0\u{a0}% (4.0 to 6.0) less error; films 5.0\u{a0}% (4.0 to 6.0) less error."
        );
        assert_eq!(words.len(), 3, "{words:?}");
    }

    #[test]
    fn a_change_that_the_placebo_has_too_is_no_gain() {
        let books = domain("books", group(0.0, 0.0, 0.01), group(-0.05, 0.0, 0.01));
        let films = domain("films", group(0.0, 0.0, 0.01), group(0.0, -0.05, 0.01));
        for words in verdict(&report(vec![books, films])).iter().take(2) {
            assert!(words.contains("nothing that stands out of the noise"), "{words}");
        }
    }

    #[test]
    fn nothing_is_claimed_where_the_same_ratings_stand_in_both_files() {
        let transfer_gain = domain("books", group(-0.2, -0.2, 0.01), group(-0.2, -0.2, 0.01));
        let words = |share| {
            verdict(&Report {
                same_rows_share: share,
                ..report(vec![transfer_gain.clone(), transfer_gain.clone()])
            })
        };
        assert!(words(0.05)[0].contains("less error"));
        assert!(words(0.06)[0].starts_with("6\u{a0}% of the ratings stand in both files"));
        assert!(!words(0.06).iter().any(|words| words.starts_with("From")));
    }

    #[test]
    fn nothing_is_claimed_of_a_handful() {
        let few = Comparison { is_enough: false, ..group(-0.3, -0.3, 0.01) };
        let words = verdict(&report(vec![domain("books", few, few), domain("films", few, few)]));
        assert!(words[0].contains("too few to tell"), "{words:?}");
        // Before everything is measured nothing is said of what crosses, and nothing claimed beside the bias model.
        let early = DomainReport { against_bias: None, against_mean: None, ..domain("books", few, few) };
        let words = verdict(&Report { is_measured: false, ..report(vec![early]) });
        assert_eq!(words, ["Beside the bias model: books 0.190 against 0.200."]);
    }

    #[test]
    fn the_last_rung_that_holds_is_named() {
        let rungs = |biases: f64, vectors: f64| {
            let mut books = domain("books", group(0.0, 0.0, 0.01), group(-0.1, -0.1, 0.01));
            let rung = |source, value| Rung { source, rmse: 0.2, change: change(value, 0.01) };
            books.ladder = vec![rung(Source::Biases, biases), rung(Source::Linked, vectors)];
            what_crosses(&books, "films", Carrier::Map).unwrap()
        };
        assert!(rungs(-0.05, -0.05).contains("through the map their taste"));
        assert!(rungs(-0.05, 0.0).contains("one number") && rungs(-0.05, 0.0).contains("add nothing"));
        assert!(rungs(-0.05, 0.05).contains("take some of it back"));
        assert!(rungs(0.0, -0.05).contains("goes through the map"));
        assert!(rungs(0.0, 0.0).contains("cannot be told apart"));
        let mut without_biases = domain("books", group(0.0, 0.0, 0.01), group(-0.1, -0.1, 0.01));
        without_biases.ladder = vec![Rung { source: Source::Linked, rmse: 0.2, change: change(-0.1, 0.01) }];
        assert_eq!(what_crosses(&without_biases, "films", Carrier::Map), None);
    }

    #[test]
    fn a_model_without_a_map_is_told_of_without_one() {
        let mut books = domain("books", group(0.0, 0.0, 0.01), group(-0.1, -0.1, 0.01));
        for (biases, vectors) in [(-0.05, -0.05), (-0.05, 0.0), (-0.05, 0.05), (0.0, -0.05), (0.0, 0.0)] {
            let rung = |source, value| Rung { source, rmse: 0.2, change: change(value, 0.01) };
            books.ladder = vec![rung(Source::Biases, biases), rung(Source::Linked, vectors)];
            let words = verdict(&report(vec![books.clone(), books.clone()])).concat();
            assert!(words.contains("aste") && !words.contains("map"), "{words}");
        }
    }

    #[test]
    fn the_maps_of_several_links_are_told_together() {
        let link = |mapped: f64| LinkReport {
            domains: [0, 1],
            overlap_users: 100,
            linked_users: 90,
            alignment: Some(Alignment { pairs: 10, mapped, identity: 2.0, random: 2.0 }),
            detours: Vec::new(),
        };
        let of = |distances: [f64; 2]| maps(&distances.map(link)).unwrap();
        assert_eq!(
            of([0.25, 0.5]),
            "Every map finds people whose link it has not seen (0.25 to 0.50; 1 is no better than the average person)."
        );
        assert!(of([1.2, 0.5]).starts_with("Of 2 maps 1 find people"));
        assert!(of([1.2, 0.9]).contains("trust the errors, not the picture"));
        assert_eq!(maps(&[LinkReport { alignment: None, ..link(1.0) }]), None);
    }

    #[test]
    fn many_other_domains_are_not_named_one_by_one() {
        let group = group(0.0, 0.0, 0.01);
        let domains: Vec<DomainReport> =
            ["a", "b", "c", "d", "e"].map(|name| domain(name, group, group)).into();
        let named: Vec<String> = (1..=5).map(|n| others(&domains[..n], &domains[0])).collect();
        assert_eq!(named[1..], ["b", "b and c", "b, c and d", "the other domains"]);
    }

    #[test]
    fn a_model_that_loses_is_told_beside_what_it_loses_to() {
        let mut books = domain("books", group(0.0, 0.0, 0.01), group(0.0, 0.0, 0.01));
        books.against_bias = change(0.1, 0.01);
        books.against_mean = change(0.005, 0.01);
        let words = verdict(&Report { is_measured: false, ..report(vec![books.clone()]) });
        assert!(words[0].contains("more error, so that the method does not help here"), "{words:?}");
        assert_eq!(words[1], "In books the model does not even beat the global mean (0.190 against 0.250).");
        books.against_mean = change(-0.005, 0.01);
        assert!(
            verdict(&Report { is_measured: false, ..report(vec![books.clone()]) })[1]
                .contains("is not clear of the global mean")
        );
        books.against_mean = change(-0.015, 0.01);
        assert_eq!(verdict(&Report { is_measured: false, ..report(vec![books.clone()]) }).len(), 1);
        // Of a handful of people neither more nor less is said.
        books.all.is_enough = false;
        for value in [0.1, -0.1] {
            books.against_bias = change(value, 0.01);
            let words = verdict(&Report { is_measured: false, ..report(vec![books.clone()]) });
            assert_eq!(words, ["Beside the bias model: books level (0.190 against 0.200)."]);
        }
    }

    /// A link whose hidden pairs have these correlations of biases and vectors, with the true links and with shuffled ones.
    fn taste(linked: (f64, Option<f64>), shuffled: Option<(f64, Option<f64>)>) -> TasteReport {
        let evidence = |(biases, vectors)| Evidence {
            rho: Figure { mean: 0.5, deviation: 0.1, r_hat: None, effective_draws: None },
            scale: None,
            correlation: None,
            held_out: Some(Taste { pairs: 100, biases, vectors }),
        };
        TasteReport { domains: [0, 1], linked: evidence(linked), shuffled: shuffled.map(evidence) }
    }

    #[test]
    fn kindness_and_taste_cross_where_hidden_pairs_go_together_beyond_shuffled_links() {
        let domains = [DomainReport::new("books", None), DomainReport::new("films", None)];
        let says = |taste: TasteReport| kindness_and_taste(&taste, &domains);
        // Over 100 pairs the interval of .6 is .46 to .71, that of .15 reaches below zero.
        let both = says(taste((0.6, Some(0.5)), Some((0.02, Some(0.0)))));
        assert!(
            both.starts_with("Between books and films kindness and taste both cross: over 100 hidden pairs"),
            "{both}"
        );
        assert!(both.contains("biases is 0.60 (0.46 to 0.71; 0.02 with shuffled links)"), "{both}");
        let one = says(taste((0.6, Some(0.15)), Some((0.02, Some(0.0)))));
        assert!(one.contains("kindness crosses, and taste cannot be seen to"), "{one}");
        // Biases need no links: their own ratings tell them on either side, whoever is linked.
        let kind = says(taste((0.6, Some(0.15)), Some((0.58, Some(0.0)))));
        assert!(kind.contains("kindness crosses, and taste cannot be seen to"), "{kind}");
        // What shuffled links give as well is no evidence of taste.
        let neither = says(taste((0.15, Some(0.5)), Some((0.02, Some(0.45)))));
        assert!(neither.contains("neither kindness nor taste can be seen to cross"), "{neither}");
        // Biases alone cross where people in both are few.
        assert!(says(taste((0.6, None), None)).contains("kindness crosses, and taste cannot"));
        let mut few = taste((0.6, None), None);
        few.linked.held_out = None;
        assert!(says(few).contains("too few pairs are hidden"));
    }
}
