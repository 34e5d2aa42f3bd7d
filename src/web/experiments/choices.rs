//! The points of an experiment as people choose them: by place on the axis where places are numbers, by name else.

use std::collections::BTreeMap;

use super::PointChoice;
use crate::data::grouped;
use crate::lab::contest::{Job, Point};

/// Each place on the axis once, in their order, whichever curves have it.
pub(super) fn choices(jobs: &[Job]) -> Vec<PointChoice> {
    let mut places = BTreeMap::<usize, Vec<&Point>>::new();
    // A search finds its points by itself.
    for Job { point, .. } in jobs.iter().filter(|job| job.point.search.is_none()) {
        let own = places.entry(point.x).or_default();
        if !own.contains(&point) {
            own.push(point);
        }
    }
    places.into_iter().flat_map(|(x, points)| of_place(x, &points)).collect()
}

fn of_place(x: usize, points: &[&Point]) -> Vec<PointChoice> {
    let number = x.to_string();
    if points.iter().all(|point| !point.arm.is_empty() || point.name.ends_with(&number)) {
        return vec![PointChoice { label: grouped(x), text: number }];
    }
    let by_name = |point: &&Point| PointChoice { text: point.name.clone(), label: point.name.clone() };
    points.iter().filter(|point| !point.name.is_empty()).map(by_name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::contest::{Form, Users};

    fn shown(points: &[(&str, usize)]) -> Vec<(String, String)> {
        let job = |&(name, x): &(&str, usize)| Job {
            seed: 1,
            fold: 0,
            point: Point {
                arm: name.strip_suffix("-low").map(Into::into).unwrap_or_default(),
                ..Point::at(name, x)
            },
            users: Users::All,
            model: "dml".into(),
            form: Form::Linked,
        };
        let jobs: Vec<Job> = points.iter().map(job).collect();
        choices(&jobs).into_iter().map(|PointChoice { text, label }| (text, label)).collect()
    }

    #[test]
    fn curves_share_a_place_and_a_name_stands_where_the_place_is_no_number() {
        let points = [("kept-0", 0), ("gone-0", 0), ("kept-2048", 2048), ("gone-2048", 2048), ("all", 2411)];
        let expected = [("0", "0"), ("2048", "2,048"), ("all", "all")];
        assert_eq!(shown(&points), expected.map(|(text, label)| (text.into(), label.into())));
        assert_eq!(
            shown(&[("k4-low", 4)]),
            [("4".into(), "4".into())],
            "curves are told apart by more than the place"
        );
        let expected = [("mlp", "mlp"), ("cnn", "cnn")];
        assert_eq!(
            shown(&[("cnn", 1), ("mlp", 0)]),
            expected.map(|(text, label)| (text.into(), label.into()))
        );
        assert_eq!(shown(&[("", 0)]), [], "where there is one point there is nothing to choose");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(grouped(100), "100");
    }
}
