//! The search on functions whose lowest value is known, beside random search; and what is kept of it.

use super::space::{Parameter, Point, Space};
use super::tuner::Tuner;
use crate::rng::Generator;

/// Branin's function on [−5, 10] × [0, 15]: lowest, 0.397887, at three places.
fn branin(x: &[f64]) -> f64 {
    use std::f64::consts::PI;
    let bent = x[1] - 5.1 / (4.0 * PI * PI) * x[0] * x[0] + 5.0 / PI * x[0] - 6.0;
    bent * bent + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x[0].cos() + 10.0
}

/// Hartmann's function in three dimensions on the unit cube: lowest, −3.86278, at (0.114614, 0.555649, 0.852547).
fn hartmann(x: &[f64]) -> f64 {
    const ALPHA: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const A: [[f64; 3]; 4] = [[3.0, 10.0, 30.0], [0.1, 10.0, 35.0], [3.0, 10.0, 30.0], [0.1, 10.0, 35.0]];
    const P: [[f64; 3]; 4] = [
        [0.3689, 0.1170, 0.2673],
        [0.4699, 0.4387, 0.7470],
        [0.1091, 0.8732, 0.5547],
        [0.0381, 0.5743, 0.8828],
    ];
    let term = |n: usize| ALPHA[n] * (-(0..3).map(|j| A[n][j] * (x[j] - P[n][j]).powi(2)).sum::<f64>()).exp();
    -(0..4).map(term).sum::<f64>()
}

/// A mixed problem: a step size by ratios, a whole number, a choice. Lowest, 0, at 0.01, 24 and the second name.
fn mixed(x: &[f64]) -> f64 {
    let off = (x[0] / 0.01).log10();
    let choice = [0.5, 0.0, 0.8][x[2] as usize];
    off * off + ((x[1] - 24.0) / 20.0).powi(2) + choice
}

struct Problem {
    name: &'static str,
    space: Space,
    function: fn(&[f64]) -> f64,
    /// What counts as found.
    found: f64,
}

fn problems() -> [Problem; 3] {
    let space = |parameters| Space::new(parameters).unwrap();
    let unit = |name| Parameter::number(name, 0.0, 1.0, false);
    let plane = vec![Parameter::number("x", -5.0, 10.0, false), Parameter::number("y", 0.0, 15.0, false)];
    let kinds = vec![
        Parameter::number("rate", 1e-5, 1.0, true),
        Parameter::whole("width", 1, 64, false),
        Parameter::choice("kind", &["a", "b", "c"]),
    ];
    [
        Problem { name: "Branin", space: space(plane), function: branin, found: 0.397_887 + 0.1 },
        Problem {
            name: "Hartmann-3",
            space: space(vec![unit("x"), unit("y"), unit("z")]),
            function: hartmann,
            found: -3.862_78 + 0.1,
        },
        Problem { name: "mixed", space: space(kinds), function: mixed, found: 0.05 },
    ]
}

/// Tries until a value is found that counts, at most so many.
fn tries(problem: &Problem, most: usize, mut next: impl FnMut(&[(Point, f64)]) -> Point) -> usize {
    let mut told = Vec::new();
    for n in 1..=most {
        let point = next(&told);
        let value = (problem.function)(&point.0);
        if value <= problem.found {
            return n;
        }
        told.push((point, value));
    }
    most
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values[values.len() / 2]
}

#[test]
fn functions_are_lowest_where_they_are_said_to_be() {
    for x in [[-std::f64::consts::PI, 12.275], [std::f64::consts::PI, 2.275], [9.424_78, 2.475]] {
        assert!((branin(&x) - 0.397_887).abs() < 1e-5);
    }
    assert!((hartmann(&[0.114_614, 0.555_649, 0.852_547]) + 3.862_78).abs() < 1e-5);
}

#[test]
fn the_lowest_value_is_found_in_far_fewer_tries_than_by_chance() {
    for problem in problems() {
        let own = |seed| {
            let mut tuner = Tuner::new(problem.space.clone(), seed);
            tries(&problem, 60, |told| {
                if let Some((point, value)) = told.last() {
                    tuner.tell(point, *value);
                }
                tuner.ask()
            })
        };
        let chance = |seed| {
            let mut generator = Generator::new(seed, "random search");
            let n = problem.space.parameters().len();
            tries(&problem, 2000, |_| {
                problem.space.at(&(0..n).map(|_| f64::from(generator.unit())).collect::<Vec<_>>())
            })
        };
        // As it is done on data: the design at once, then batches of which nothing is told before all are asked for.
        let batches = |seed| {
            let mut tuner = Tuner::new(problem.space.clone(), seed);
            let mut asked: std::collections::VecDeque<Point> =
                (0..tuner.design()).map(|_| tuner.ask()).collect();
            let mut waiting: Vec<Point> = Vec::new();
            tries(&problem, 60, |_| {
                if asked.is_empty() {
                    for point in waiting.drain(..) {
                        tuner.tell(&point, (problem.function)(&point.0));
                    }
                    asked.extend((0..super::BATCH).map(|_| tuner.ask()));
                }
                let next = asked.pop_front().unwrap();
                waiting.push(next.clone());
                next
            })
        };
        let own = median((1..=20).map(own).collect());
        let batches = median((1..=20).map(batches).collect());
        let chance = median((1..=20).map(chance).collect());
        println!(
            "{}: median of 20 seeds {own} tries, in batches {batches}, random search {chance}",
            problem.name
        );
        assert!(own <= 30 && 3 * own <= chance, "{}: {own} and {chance}", problem.name);
        assert!(batches <= 40 && 2 * batches <= chance, "{}: {batches} and {chance}", problem.name);
    }
}

/// A search of so many tries of the mixed problem.
fn searched(n: usize) -> Tuner {
    let problem = &problems()[2];
    let first = Point(vec![1.0, 1.0, 0.0]);
    let mut tuner = Tuner::new(problem.space.clone(), 7).starting_at(first);
    for _ in 0..n {
        let point = tuner.ask();
        tuner.tell(&point, mixed(&point.0));
    }
    tuner
}

#[test]
fn one_that_was_read_back_goes_on_as_it_would_have() {
    let mut tuner = searched(10);
    let text = serde_json::to_string(&tuner).unwrap();
    let mut again: Tuner = serde_json::from_str(&text).unwrap();
    assert_eq!(again, tuner);
    for _ in 0..4 {
        let (point, same) = (tuner.ask(), again.ask());
        assert_eq!(point, same);
        tuner.tell(&point, mixed(&point.0));
        again.tell(&same, mixed(&same.0));
    }
    assert_eq!(searched(14).tries()[..10], tuner.tries()[..10]);
    assert_ne!(Tuner::new(tuner.space().clone(), 8).ask(), Tuner::new(tuner.space().clone(), 7).ask());
}

#[test]
fn the_settings_that_one_has_come_first_and_the_best_so_far_never_rises() {
    let tuner = searched(12);
    assert_eq!(tuner.tries()[0].point, Point(vec![1.0, 1.0, 0.0]));
    let best = tuner.best_so_far();
    assert_eq!(best.len(), 12);
    assert!(best.windows(2).all(|two| two[1] <= two[0]));
    assert_eq!(best.last().unwrap(), &tuner.best().unwrap().value);
}

#[test]
fn several_can_be_asked_for_at_once_and_are_different() {
    let mut tuner = searched(9);
    let points: Vec<Point> = (0..4).map(|_| tuner.ask()).collect();
    for (n, point) in points.iter().enumerate() {
        assert!(!points[..n].contains(point), "{points:?}");
        assert!(tuner.tries().iter().all(|own| own.point != *point));
    }
    for point in points.iter().rev() {
        tuner.tell(point, mixed(&point.0));
    }
    assert_eq!(tuner.tries().len(), 13);
    assert!(serde_json::to_string(&tuner).unwrap().contains("\"pending\":[]"));
}

#[test]
fn trainings_that_come_to_no_number_are_avoided_and_stop_nothing() {
    let space = Space::new(vec![Parameter::number("rate", 0.0, 1.0, false)]).unwrap();
    let mut tuner = Tuner::new(space, 3);
    for _ in 0..20 {
        let point = tuner.ask();
        // Above 0.6 nothing is finite, and it falls until there.
        tuner.tell(&point, if point.0[0] > 0.6 { f64::NAN } else { 1.0 - point.0[0] });
    }
    assert!(tuner.best().unwrap().value.unwrap() < 0.45);
    let failed = tuner.tries().iter().filter(|own| own.value.is_none()).count();
    assert!(failed < 10, "{failed} of 20");
}

#[test]
fn a_small_space_is_tried_out_before_anything_comes_again() {
    let space =
        Space::new(vec![Parameter::whole("a", 1, 3, false), Parameter::choice("b", &["x", "y"])]).unwrap();
    let mut tuner = Tuner::new(space, 1);
    let mut points = Vec::new();
    for n in 0..8 {
        let point = tuner.ask();
        assert_eq!(points.contains(&point), n >= 6, "{point:?}");
        tuner.tell(&point, point.0[0]);
        points.push(point);
    }
}

#[test]
fn what_matters_is_told_from_what_does_not() {
    let space = Space::new(vec![
        Parameter::number("much", 0.0, 1.0, false),
        Parameter::number("little", 0.0, 1.0, false),
        Parameter::choice("nothing", &["a", "b"]),
    ])
    .unwrap();
    let mut tuner = Tuner::new(space.clone(), 5);
    // Main effects of variance 4/12 · 9 and 9/12 · 1: shares 0.9 and 0.1 of a sum without what both make together.
    let mut generator = Generator::new(5, "design");
    for _ in 0..40 {
        let point = space.at(&[(); 3].map(|()| f64::from(generator.unit())));
        tuner.tell(&point, 3.0 * point.0[0] + point.0[1]);
    }
    let effects = tuner.effects().unwrap();
    let shares: Vec<f64> = effects.iter().map(|effect| effect.share).collect();
    assert!(
        (shares[0] - 0.9).abs() < 0.05 && (shares[1] - 0.1).abs() < 0.05 && shares[2] < 0.01,
        "{shares:?}"
    );
    let places = &effects[0].places;
    assert_eq!((places[0].at, places.last().unwrap().at), (0.0, 1.0));
    // 3 x + the mean of the other, 0.5.
    for place in places {
        let expected = 3.0 * place.at + 0.5;
        assert!((place.mean - expected).abs() < 0.1, "{place:?}");
        assert!(place.low <= place.mean && place.mean <= place.high);
    }
    assert_eq!(effects[2].places.len(), 2);
    assert!(Tuner::new(space, 1).effects().is_none());
}

#[test]
fn its_figures_say_what_was_tried_and_what_mattered() {
    let tuner = searched(14);
    let mut numbered: std::collections::BTreeMap<usize, super::Try> =
        (1..).zip(tuner.tries().iter().cloned()).collect();
    numbered.get_mut(&5).unwrap().value = None;
    let panel = super::tries_panel("mixed", &numbered, "RMSE", Some(2.0));
    let points: Vec<usize> = panel.series.iter().map(|series| series.points.len()).collect();
    assert_eq!(points, [13, 13, 1], "a try without a number has no place");
    assert_eq!(panel.series[1].points[4].x, 6.0);
    assert!(panel.series[0].points.windows(2).all(|two| two[1].y <= two[0].y));
    let effects = super::effects_figure(&tuner, "RMSE", 2).unwrap();
    assert_eq!(effects.panels.len(), 2, "those that matter most");
    let share = |n: usize| effects.panels[n].title.split(' ').next().unwrap().parse::<f64>().unwrap();
    assert!(share(0) >= share(1), "{:?}", effects.panels[0].title);
    assert!(effects.svg(&crate::figure::Look::column()).contains("What mattered"));
    let table = effects.table();
    let names: std::collections::BTreeSet<String> = table
        .rows
        .iter()
        .filter_map(
            |row| if let crate::figure::Cell::Text(name) = &row[0] { Some(name.clone()) } else { None },
        )
        .collect();
    assert_eq!(names.len(), 3, "the table has all: {names:?}");
}
