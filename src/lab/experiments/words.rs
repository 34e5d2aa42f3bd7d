//! Numbers in sentences. A change is told with its interval, and as none where the draws of people say so; where they say that
//! there is one and the trainings do not, it is unsure, and what that means is said once, behind the finding.

use super::sheet::Contrast;

/// What a change is called that people agree on and trainings do not.
const UNSURE: &str = ", unsure)";
/// How a change begins; of several the same is said once.
const VERBS: [&str; 3] = ["falls by ", "rises by ", "shows no change "];

/// A change as a verb with its interval, as `falls by 1.2 % (0.4 to 2.0)`; where it is none, with the number.
pub(super) fn change(contrast: &Contrast) -> String {
    let percent = |share: f64| 100.0 * share;
    let change = contrast.change;
    let (value, low, high) = (percent(change.value), percent(change.low), percent(change.high));
    let signed = format!("{value:+.2} %, {low:+.2} to {high:+.2}");
    if !contrast.is_enough {
        return format!("is that of too few people to say anything ({signed})");
    }
    if contrast.p_people >= 0.05 {
        return format!("shows no change ({signed})");
    }
    let (verb, size, from, to) =
        if value < 0.0 { ("falls", -value, -high, -low) } else { ("rises", value, low, high) };
    let size = format!("{verb} by {size:.2} % ({from:.2} to {to:.2}");
    match contrast.p_runs {
        Some(p) if p < 0.05 => size + ")",
        Some(_) => size + UNSURE,
        None => size + ", one split)",
    }
}

/// Texts as a list: `a`, `a and b`, `a, b and c`.
pub(super) fn list<T: AsRef<str>>(texts: &[T]) -> String {
    match texts {
        [] => String::new(),
        [only] => only.as_ref().into(),
        [all @ .., last] => {
            let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", all.join(", "), last.as_ref())
        }
    }
}

/// A finding with what its words mean, where they need it; `runs` are the folds and seeds that it is over.
pub(super) fn explained(finding: String, runs: usize) -> String {
    if finding.contains(UNSURE) {
        let trainings = if runs == 1 { "the one training".into() } else { format!("the {runs} trainings") };
        return format!("{finding} (Unsure: so for other people, but not over {trainings}.)");
    }
    finding
}

/// One change a domain: `falls by … in books and … in films`; empty without any.
pub(super) fn by_domain<'c>(contrasts: impl IntoIterator<Item = &'c Contrast>) -> String {
    let mut last = "";
    let mut texts = Vec::new();
    for own in contrasts {
        let change = change(own);
        let verb = VERBS.into_iter().find(|verb| change.starts_with(verb)).unwrap_or("");
        let text = if verb == last { &change[verb.len()..] } else { &change };
        texts.push(format!("{text} in {}", own.domain));
        last = verb;
    }
    list(&texts)
}

/// How far changes go and how many of them are sure: `changes by -1.20 to +0.30 %, for sure in 1 of 4 comparisons`.
pub(super) fn moved(contrasts: &[&Contrast]) -> String {
    let values = contrasts.iter().map(|own| 100.0 * own.change.value);
    let (least, most) =
        (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
    let sure = contrasts.iter().filter(|own| own.is_sure()).count();
    format!("changes by {least:+.2} to {most:+.2} %, for sure in {sure} of {} comparisons", contrasts.len())
}

/// A part of several trainings: `all 4 trainings`, `3 of 4 trainings`.
pub(super) fn of_all(part: usize, all: usize) -> String {
    if part == all { format!("all {all} trainings") } else { format!("{part} of {all} trainings") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Change;
    use crate::lab::contest::{Form, Point};
    use crate::lab::experiments::Side;

    fn contrast(value: f64, p_people: f64, p_runs: Option<f64>) -> Contrast {
        let side = Side { model: "dml".into(), form: Form::Linked, point: Point::default() };
        Contrast {
            domain: "books".into(),
            group: "all".into(),
            from: side.clone(),
            to: side,
            runs: 2,
            is_enough: true,
            change: Change { value, low: value - 0.008, high: value + 0.008 },
            paired: None,
            p_runs,
            p_people,
        }
    }

    #[test]
    fn a_change_is_called_one_where_both_tests_say_so() {
        assert_eq!(change(&contrast(-0.012, 0.001, Some(0.01))), "falls by 1.20 % (0.40 to 2.00)");
        assert_eq!(change(&contrast(0.012, 0.001, Some(0.01))), "rises by 1.20 % (0.40 to 2.00)");
        let unsure = change(&contrast(-0.012, 0.001, Some(0.2)));
        assert_eq!(unsure, "falls by 1.20 % (0.40 to 2.00, unsure)");
        assert!(change(&contrast(-0.012, 0.001, None)).ends_with(", one split)"));
        let none = change(&contrast(-0.002, 0.6, Some(0.01)));
        assert_eq!(none, "shows no change (-0.20 %, -1.00 to +0.60)");
        let few = Contrast { is_enough: false, ..contrast(-0.5, 0.001, Some(0.01)) };
        assert!(change(&few).contains("too few"));
        assert!(!few.is_gain() && contrast(-0.012, 0.001, Some(0.01)).is_gain());
        assert!(!contrast(-0.012, 0.001, None).is_gain(), "one split proves nothing");
    }

    #[test]
    fn what_domains_have_in_common_and_what_words_mean_is_said_once() {
        let films = Contrast { domain: "films".into(), ..contrast(-0.022, 0.001, Some(0.2)) };
        let songs = Contrast { domain: "songs".into(), ..contrast(0.03, 0.001, Some(0.01)) };
        let text = by_domain(&[contrast(-0.012, 0.001, Some(0.01)), films, songs]);
        assert_eq!(
            text,
            "falls by 1.20 % (0.40 to 2.00) in books, 2.20 % (1.40 to 3.00, unsure) in films and rises by 3.00 % \
             (2.20 to 3.80) in songs"
        );
        assert!(explained(text, 5).ends_with("(Unsure: so for other people, but not over the 5 trainings.)"));
        assert_eq!(explained("It stays.".into(), 5), "It stays.");
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a"]), "a");
    }
}
