//! Features as prior means against the closed forms of Bayesian linear regression, and what they are worth for items that
//! nobody has rated.

use super::*;
use crate::data::read_features;
use crate::dml::bayes::regression::Regression;

const K: usize = 4;

/// Twelve rows with some of four tags.
fn features() -> Features {
    let tags = ["a|b", "b", "c|d", "a", "d", "b|c", "a|c|d", "c", "b|d", "a", "c|b", "d|a"];
    let ids: Vocabulary<ItemId> = (0..tags.len()).map(|n| format!("i{n}")).collect();
    let mut table = String::from("id,tags\n");
    tags.iter().enumerate().for_each(|(n, tags)| table.push_str(&format!("i{n},{tags}\n")));
    let read = read_features("tags.csv", table.as_bytes(), &ids).unwrap();
    assert_eq!((read.features.width(), read.features.rows()), (4, 12));
    read.features
}

/// The rows of the table with a constant behind them.
fn dense(features: &Features) -> DMatrix<f64> {
    let mut dense = DMatrix::zeros(features.rows(), features.width() + 1);
    for row in 0..features.rows() {
        let (columns, values) = features.row(row as u32);
        columns.iter().zip(values).for_each(|(&i, &x)| dense[(row, i as usize)] = f64::from(x));
        dense[(row, features.width())] = 1.0;
    }
    dense
}

/// Points of all rows but the last three, which depend on the first tag.
fn points(features: &Features) -> Vec<Point<K>> {
    let mut chance = Generator::new(9, "points with features");
    let with_tag = |row: usize| f32::from(u8::from(features.row(row as u32).0.contains(&0)));
    (0..9)
        .map(|row| Point {
            bias: with_tag(row) + 0.5 * chance.normal(),
            vector: std::array::from_fn(|i| 0.3 * i as f32 - with_tag(row) + 0.7 * chance.normal()),
        })
        .collect()
}

/// What is known of number k for a strength α: the inverse of FᵀF + diag(α … α, 1), the mean of B and m, and the least of
/// the loss.
fn closed_form(
    f: &DMatrix<f64>,
    points: &[Point<K>],
    k: usize,
    strength: f64,
) -> (DMatrix<f64>, DVector<f64>, f64) {
    // Biases have no constant.
    let width = f.ncols() - usize::from(k == 0);
    let f = f.view((0, 0), (points.len(), width)).into_owned();
    let x = DVector::from_fn(points.len(), |n, _| flat(&points[n])[k]);
    let mut system = f.transpose() * &f;
    (0..width).for_each(|i| system[(i, i)] += if i < 4 { strength } else { 1.0 });
    let inverse = system.try_inverse().unwrap();
    let beta = &inverse * f.transpose() * &x;
    let rest = x.norm_squared() - beta.dot(&(f.transpose() * &x));
    (inverse, beta, rest)
}

#[test]
fn prior_means_are_drawn_from_the_posterior_of_a_ridge_regression_whichever_way_it_is_solved() {
    let features = features();
    let (f, points) = (dense(&features), points(&features));
    let rows: Vec<(usize, &Point<K>)> = points.iter().enumerate().collect();
    let many = 20_000;
    for is_narrow in [true, false] {
        let mut regression = Regression::<K>::with_narrow(&features, is_narrow);
        let mut chance = Generator::new(10, "a regression");
        // Rows 0 and 11, the second of which has no point; biases and the second number of vectors.
        let mut draws = Draws::new(4);
        let mut precisions = [0.0; 2];
        for _ in 0..many {
            regression.strength = 1.5;
            let (precision, _) = regression.draw(&rows, &mut chance);
            precisions[0] += f64::from(precision.bias) / f64::from(many);
            precisions[1] += f64::from(precision.vector[1]) / f64::from(many);
            let [first, last] = [0, 11].map(|row| flat(regression.mean(row).unwrap()));
            draws.push(&[first[0], last[0], first[2], last[2]]);
        }
        for (n, k) in [0, 2].into_iter().enumerate() {
            let (inverse, beta, rest) = closed_form(&f, &points, k, 1.5);
            let (shape, rate) = (5.0_f64, (1.0 + rest) / 2.0);
            let allowed = 5.0 * shape.sqrt() / rate / f64::from(many).sqrt();
            assert!((precisions[n] - shape / rate).abs() < allowed, "{} {}", precisions[n], shape / rate);
            for (m, row) in [0, 11].into_iter().enumerate() {
                let x = f.row(row).columns(0, beta.len()).transpose();
                let (mean, variance) = (x.dot(&beta), x.dot(&(&inverse * &x)) * rate / (shape - 1.0));
                let (found, spread) = (draws.mean()[2 * n + m], draws.covariance()[(2 * n + m, 2 * n + m)]);
                assert!((found - mean).abs() < 5.0 * (variance / f64::from(many)).sqrt(), "{found} {mean}");
                assert!((spread / variance - 1.0).abs() < 0.12, "{spread} {variance}");
            }
        }
    }
}

#[test]
fn how_much_features_count_has_the_posterior_that_integration_on_a_grid_gives() {
    let features = features();
    let (f, points) = (dense(&features), points(&features));
    let rows: Vec<(usize, &Point<K>)> = points.iter().enumerate().collect();
    let (mut regression, mut chance) = (Regression::<K>::new(&features), Generator::new(11, "strength"));
    let (mut found, n) = ([0.0; 2], 60_000);
    for _ in 0..n {
        regression.draw(&rows, &mut chance);
        found[0] += regression.strength / f64::from(n);
        found[1] += regression.strength.ln() / f64::from(n);
    }
    // With B and Λ integrated out: α^p/2 |G|^-½ ((1 + rest)/2)^-5 for each number.
    let log_density = |log_strength: f64| {
        let strength = log_strength.exp();
        let of_number = |k: usize| {
            let (inverse, _, rest) = closed_form(&f, &points, k, strength);
            2.0 * log_strength + 0.5 * inverse.determinant().ln() - 5.0 * (1.0 + rest).ln()
        };
        // Gamma(2, rate 1), over ln α.
        2.0 * log_strength - strength + (0..=K).map(of_number).sum::<f64>()
    };
    let grid: Vec<f64> = (0..2000).map(|n| -6.0 + f64::from(n) / 200.0).collect();
    let weights: Vec<f64> = grid.iter().map(|&x| log_density(x).exp()).collect();
    let mean = |of: fn(f64) -> f64| {
        grid.iter().zip(&weights).map(|(&x, w)| w * of(x)).sum::<f64>() / weights.iter().sum::<f64>()
    };
    assert!((found[0] - mean(f64::exp)).abs() < 0.03, "{} {}", found[0], mean(f64::exp));
    assert!((found[1] - mean(|x| x)).abs() < 0.02, "{} {}", found[1], mean(|x| x));
}

#[test]
fn an_item_that_nobody_rated_is_expected_by_its_features() {
    // Thirty items of two kinds, of which everybody likes the first; the last item of each kind has no rating.
    let is_good = |item: usize| item.is_multiple_of(2);
    let mut chance = Generator::new(12, "kinds");
    let rows = (0..60).flat_map(|user| (0..28).map(move |item| (user, item))).collect::<Vec<_>>();
    let rated = rows.into_iter().map(|(user, item)| {
        let z = if is_good(item) { 0.8 } else { -0.8 } + 0.7 * chance.normal();
        (user, item, (z * 2.0 + 2.0).round().clamp(0.0, 4.0) / 4.0)
    });
    let part =
        |d: usize, rows| Part { users: (0..60).map(|n| format!("{n} in {d}")).collect(), items: 30, rows };
    let other = (0..60).map(|user| (user, user % 30, 0.25 * (user % 5) as f32)).collect();
    let parts = [part(0, rated.collect()), part(1, other)];
    let training = training_with(&parts, |ids| {
        let mut table = String::from("id,kind\n");
        (0..30).for_each(|n| table.push_str(&format!("0-{n},{}\n", if is_good(n) { "good" } else { "bad" })));
        vec![Some(read_features("kinds.csv", table.as_bytes(), &ids[0]).unwrap().features), None]
    });
    let mut chain = chain_of::<K>(&training, 3);
    let mut difference = 0.0;
    for sweep in 0..150 {
        chain.sweep();
        if sweep >= 50 {
            let draw = &chain.draw().domains[0];
            difference += (draw.item_biases[28] - draw.item_biases[29]) / 100.0;
        }
    }
    let seen: f32 = (0..28)
        .map(|item| if is_good(item) { 1.0 } else { -1.0 } * chain.domains[0].items[item].bias / 14.0)
        .sum();
    assert!(difference > 0.7 * seen && difference < 1.3 * seen, "{difference} {seen}");
}
