//! The generated sample must hold a signal that can be learnt: a small factorisation beats the bias model, and
//! tastes learnt apart in the two domains line up through one orthogonal matrix.

use dual_metric::data::{ItemId, UserId};
use dual_metric::{
    data::{
        Domain, Rating, Sample, ScaleKind, overlap_report, read_features, read_ratings, sample, sample::files,
    },
    rng::Generator,
};

/// Dense square matrices, row-major, just large enough for the tests.
mod square {
    /// The inverse, by Gauss–Jordan elimination with pivots.
    pub fn inverse(mut m: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let n = m.len();
        let mut inverse: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for column in 0..n {
            let pivot =
                (column..n).max_by(|&a, &b| m[a][column].abs().total_cmp(&m[b][column].abs())).unwrap();
            m.swap(pivot, column);
            inverse.swap(pivot, column);
            let scale = m[column][column];
            for k in 0..n {
                m[column][k] /= scale;
                inverse[column][k] /= scale;
            }
            for row in (0..n).filter(|&row| row != column) {
                let factor = m[row][column];
                for k in 0..n {
                    m[row][k] -= factor * m[column][k];
                    inverse[row][k] -= factor * inverse[column][k];
                }
            }
        }
        inverse
    }

    pub fn times(m: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
        m.iter().map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
    }

    /// The orthogonal matrix nearest to `m`, by Newton's iteration.
    pub fn nearest_orthogonal(mut m: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let n = m.len();
        for _ in 0..60 {
            let inverse = inverse(m.clone());
            m = (0..n).map(|i| (0..n).map(|j| (m[i][j] + inverse[j][i]) / 2.0).collect()).collect();
        }
        m
    }
}

/// Global mean, biases and factors, learnt by alternating least squares.
struct Factorisation {
    mean: f64,
    biases: [Vec<f64>; 2],
    factors: [Vec<Vec<f64>>; 2],
}

impl Factorisation {
    fn fit(domain: &Domain, rows: &[Rating], k: usize, weight: f64) -> Self {
        let counts = [domain.users.len(), domain.items.len()];
        let mean = rows.iter().map(|r| f64::from(r.value)).sum::<f64>() / rows.len() as f64;
        let mut chance = Generator::new(7, "factors");
        let mut draw =
            |n: usize| (0..n).map(|_| (0..k).map(|_| f64::from(chance.normal()) * 0.3).collect()).collect();
        let factors = [draw(counts[0]), draw(counts[1])];
        let mut model = Self { mean, biases: counts.map(|n| vec![0.0; n]), factors };
        let mut own: [Vec<Vec<Rating>>; 2] = counts.map(|n| vec![Vec::new(); n]);
        for &row in rows {
            own[0][row.user.index()].push(row);
            own[1][row.item.index()].push(row);
        }
        for _ in 0..30 {
            for side in [0, 1] {
                for (index, rows) in own[side].iter().enumerate() {
                    let other = |r: &Rating| if side == 0 { r.item.index() } else { r.user.index() };
                    let rest: f64 = rows
                        .iter()
                        .map(|r| f64::from(r.value) - model.predict(r) + model.biases[side][index])
                        .sum();
                    model.biases[side][index] = rest / (rows.len() as f64 + 3.0);
                    if k == 0 {
                        continue;
                    }
                    let mut gram: Vec<Vec<f64>> =
                        (0..k).map(|i| (0..k).map(|j| if i == j { weight } else { 0.0 }).collect()).collect();
                    let mut right = vec![0.0; k];
                    for r in rows {
                        let v = &model.factors[1 - side][other(r)];
                        let target = f64::from(r.value) - model.base(r);
                        for i in 0..k {
                            right[i] += target * v[i];
                            for j in 0..k {
                                gram[i][j] += v[i] * v[j];
                            }
                        }
                    }
                    model.factors[side][index] = square::times(&square::inverse(gram), &right);
                }
            }
        }
        model
    }

    fn base(&self, r: &Rating) -> f64 {
        self.mean + self.biases[0][r.user.index()] + self.biases[1][r.item.index()]
    }

    fn predict(&self, r: &Rating) -> f64 {
        let (u, v) = (&self.factors[0][r.user.index()], &self.factors[1][r.item.index()]);
        self.base(r) + u.iter().zip(v).map(|(a, b)| a * b).sum::<f64>()
    }

    /// On the unit scale.
    fn rmse(&self, domain: &Domain, rows: &[Rating]) -> f64 {
        let unit = |x: f64| domain.scale.to_unit(x.clamp(1.0, 5.0) as f32);
        let squared =
            rows.iter().map(|r| f64::from(unit(self.predict(r)) - domain.scale.to_unit(r.value)).powi(2));
        (squared.sum::<f64>() / rows.len() as f64).sqrt()
    }
}

fn split(domain: &Domain) -> (Vec<Rating>, Vec<Rating>) {
    let mut rows: Vec<Rating> = domain.ratings.iter().collect();
    Generator::new(3, "test split").shuffle(&mut rows);
    let test = rows.split_off(rows.len() * 9 / 10);
    (rows, test)
}

/// Sum of squares of X·a − b over the held-out fifth of the pairs, relative to that of the mean of b, where X is
/// the Procrustes solution of the other pairs.
fn alignment(sample: &Sample, a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let mut pairs = sample.world.links[0].overlap_users.clone();
    Generator::new(5, "pairs").shuffle(&mut pairs);
    let (learn, test) = pairs.split_at(pairs.len() * 4 / 5);
    let k = a[0].len();
    let mut cross = vec![vec![0.0; k]; k];
    let mut mean = vec![0.0; k];
    for &(user, other) in learn {
        for i in 0..k {
            mean[i] += b[other.index()][i] / learn.len() as f64;
            for j in 0..k {
                cross[i][j] += b[other.index()][i] * a[user.index()][j];
            }
        }
    }
    let x = square::nearest_orthogonal(cross);
    let distance = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(u, v)| (u - v) * (u - v)).sum::<f64>();
    let (mut mapped, mut centred) = (0.0, 0.0);
    for &(user, other) in test {
        mapped += distance(&square::times(&x, &a[user.index()]), &b[other.index()]);
        centred += distance(&mean, &b[other.index()]);
    }
    mapped / centred
}

#[test]
fn factorisation_beats_the_bias_model_and_tastes_line_up_through_one_rotation() {
    for seed in [1, 2] {
        let sample = sample(seed);
        let mut learnt = Vec::new();
        for (domain, &floor) in sample.world.domains.iter().zip(&sample.floor_rmse) {
            let (train, test) = split(domain);
            let bias = Factorisation::fit(domain, &train, 0, 0.0).rmse(domain, &test);
            let model = Factorisation::fit(domain, &train, 16, 7.0);
            let (fitted, tested) = (model.rmse(domain, &train), model.rmse(domain, &test));
            println!(
                "seed {seed} {}: {} ratings, floor {floor:.4}, factors {tested:.4} (training {fitted:.4}), bias {bias:.4}",
                domain.name,
                domain.ratings.len()
            );
            assert!(floor < tested && tested < 0.6 * bias, "{floor} < {tested} < {bias}");
            learnt.push((model, Factorisation::fit(domain, &train, sample.dimension, 2.0)));
        }
        let (a, b) = (&learnt[0], &learnt[1]);
        let wide = alignment(&sample, &a.0.factors[0], &b.0.factors[0]);
        let narrow = alignment(&sample, &a.1.factors[0], &b.1.factors[0]);
        println!(
            "seed {seed}: alignment of held-out pairs {wide:.3} with 16 factors, {narrow:.3} with {}",
            sample.dimension
        );
        assert!(wide < 0.4 && narrow < 0.4, "{wide} {narrow}");
    }
}

#[test]
fn the_files_of_the_sample_give_the_same_world() {
    let sample = sample(1);
    let files = files(&sample);
    assert_eq!(files.len(), 6);
    for (domain, files) in sample.world.domains.iter().zip(files.chunks(3)) {
        let read = read_ratings(&files[0].0, files[0].1.as_bytes(), &Default::default()).unwrap();
        assert_eq!((read.report.rejected_rows, read.report.duplicates), (0, 0));
        assert_eq!(read.domain.name, domain.name);
        assert_eq!((read.domain.scale, read.domain.scale_kind), (domain.scale, ScaleKind::Usual));
        assert_eq!(read.report.preview.scale_note, None);
        assert!(read.domain.users.ids().eq(domain.users.ids()));
        assert!(read.domain.items.ids().eq(domain.items.ids()));
        assert!(read.domain.ratings.iter().eq(domain.ratings.iter()));
        let items = read_features(&files[1].0, files[1].1.as_bytes(), &domain.items).unwrap();
        let users = read_features(&files[2].0, files[2].1.as_bytes(), &domain.users).unwrap();
        for (again, features) in [(items, &domain.item_features), (users, &domain.user_features)] {
            let features = features.as_ref().unwrap();
            println!("{:?}", again.report);
            assert_eq!((again.report.matched, again.report.rejected_rows), (features.rows(), 0));
            assert_eq!(again.features.fields, features.fields);
            for row in 0..features.rows() as u32 {
                assert_eq!(again.features.row(row), features.row(row));
                assert_eq!(again.features.title(row), features.title(row));
            }
        }
    }
}

#[test]
fn the_sample_has_the_shape_that_the_page_needs_and_follows_its_seed() {
    let one = sample(1);
    let d = one.dimension;
    assert_eq!(one.maps[0].len(), d * d);
    assert_eq!(one.world.links[0].overlap_users.len(), 450);
    for (domain, users) in one.world.domains.iter().zip([900, 800]) {
        assert_eq!((domain.users.len(), domain.items.len()), (users, 300));
        let per_user: Vec<usize> =
            (0..users as u32).map(|user| domain.ratings.of_user(UserId(user)).len()).collect();
        let sparse = per_user.iter().filter(|&&n| n < 5).count();
        assert!((20..100).contains(&sparse), "{sparse} users with fewer than five ratings");
        assert!((35.0..60.0).contains(&(domain.ratings.len() as f64 / users as f64)));
        assert!(domain.ratings.iter().all(|r| domain.scale.contains(r.value) && r.value * 2.0 % 1.0 == 0.0));
        let titles: std::collections::HashSet<&str> =
            (0..300).map(|item| domain.item_title(ItemId(item))).collect();
        assert_eq!(titles.len(), 300);
        assert!(domain.user_features.is_some());
    }
    let report = overlap_report(&one.world.domains[0], &one.world.domains[1]);
    assert!(
        report.warning.is_none() && report.mean_correlation.is_some_and(|r| (0.3..0.8).contains(&r)),
        "{report:?}"
    );
    assert_eq!(files(&one), files(&sample(1)));
    assert_ne!(files(&one), files(&sample(2)));
}
