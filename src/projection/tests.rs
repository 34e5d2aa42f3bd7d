//! Turns against matrices, pictures against planes worked out by hand.

use super::*;
use crate::rng::Generator;

fn generator(purpose: &str) -> Generator {
    Generator::new(7, purpose)
}

fn largest_difference(x: &[f32], y: &[f32]) -> f32 {
    assert_eq!(x.len(), y.len());
    x.iter().zip(y).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

fn mapping(x: &DMatrix<f64>) -> Mapping {
    Mapping::from_rows(x.nrows(), x.transpose().as_slice()).unwrap()
}

/// The picture of two domains, the first of which turns.
fn of_two(k: usize, a: &[f32], b: &[f32], x: &Mapping, align_to: Option<&[f32]>) -> Result<MapProjection> {
    let clouds = [Placed { users: a, mapping: Some(x) }, Placed { users: b, mapping: None }];
    MapProjection::new(k, &clouds, align_to)
}

/// Where the users of a cloud stand at time `t`, as the page computes it: `[users, 2]`, row-major.
fn positions(cloud: &Cloud, t: f32) -> Vec<f32> {
    // Turning the projection back is turning every user forth, once instead of for each.
    let mut turned = cloud.projection.clone();
    for axis in turned.chunks_exact_mut(cloud.width) {
        for plane in &cloud.planes {
            let (sine, cosine) = (t * plane.angle).sin_cos();
            let (x, y) = (axis[plane.i], axis[plane.j]);
            (axis[plane.i], axis[plane.j]) = (cosine * x + sine * y, cosine * y - sine * x);
        }
    }
    let (horizontal, vertical) = turned.split_at(cloud.width);
    let dot = |axis: &[f32], user: &[f32]| axis.iter().zip(user).map(|(x, u)| x * u).sum::<f32>();
    let users = cloud.points.chunks_exact(cloud.width);
    users.flat_map(|user| [dot(horizontal, user), dot(vertical, user)]).collect()
}

/// P · u for every user, from the axes.
fn on_axes(picture: &MapProjection, users: &[f32]) -> Vec<f32> {
    let k = picture.axes.len() / 2;
    let dot = |axis: &[f32], user: &[f32]| axis.iter().zip(user).map(|(x, u)| x * u).sum::<f32>();
    users.chunks(k).flat_map(|u| [dot(&picture.axes[..k], u), dot(&picture.axes[k..], u)]).collect()
}

/// R(t) of the planes, dense.
fn rotation(planes: &[Plane], k1: usize, t: f64) -> DMatrix<f64> {
    let mut r = DMatrix::identity(k1, k1);
    for plane in planes {
        let (sine, cosine) = (t * f64::from(plane.angle)).sin_cos();
        (r[(plane.i, plane.i)], r[(plane.j, plane.j)]) = (cosine, cosine);
        (r[(plane.i, plane.j)], r[(plane.j, plane.i)]) = (-sine, sine);
    }
    r
}

/// Everything that a turn must do for a given X.
fn check_turn(x: &DMatrix<f64>, name: &str) -> Turn {
    let (k, k1) = (x.nrows(), x.nrows() + 1);
    let turn = Turn::to(x);
    let q = &turn.basis;
    assert_eq!(q.shape(), (k1, k1), "{name}");
    assert!(
        (q.transpose() * q - DMatrix::identity(k1, k1)).norm() < 1e-12,
        "{name}: the basis is orthogonal"
    );
    let whole = q * rotation(&turn.planes, k1, 1.0) * q.transpose();
    let off = (whole.view((0, 0), (k, k)) - x).norm();
    assert!(off < 2e-6, "{name}: t = 1 is X, off by {off}");
    let off = (q * rotation(&turn.planes, k1, 0.0) * q.transpose() - DMatrix::identity(k1, k1)).norm();
    assert!(off < 1e-12, "{name}: t = 0 is I");
    let mut used = vec![false; k1];
    for plane in &turn.planes {
        assert!(plane.angle > 0.0 && plane.angle <= std::f32::consts::PI, "{name}: {plane:?}");
        for i in [plane.i, plane.j] {
            assert!(!std::mem::replace(&mut used[i], true), "{name}: coordinate {i} turns once");
        }
    }
    turn
}

fn cyclic(k: usize) -> DMatrix<f64> {
    DMatrix::from_fn(k, k, |i, j| if i == (j + 1) % k { 1.0 } else { 0.0 })
}

#[test]
fn random_maps_of_all_sizes_turn_from_i_to_x() {
    let mut generator = generator("turn");
    for k in [1, 2, 3, 16, 33, 64] {
        for round in 0..4 {
            check_turn(Mapping::random(k, &mut generator).b_from_a(), &format!("k {k}, {round}"));
        }
    }
}

/// The reason why turns are taken apart by eigenvectors of their symmetric part. Where this fails, the library has
/// been mended.
#[test]
fn nalgebras_schur_form_still_does_not_come_to_an_end_for_cycles() {
    let ends = |k: usize| nalgebra::linalg::Schur::try_new(cyclic(k), f64::EPSILON, 10_000).is_some();
    assert!(ends(4), "10,000 rounds are enough for a cycle of four");
    for k in [6, 8, 16] {
        assert!(
            !ends(k),
            "nalgebra finds the Schur form of a cycle of {k}: see whether `Turn::to` (src/projection/turn.rs) can be read off it, \
             and if the tests of this file pass, drop our own"
        );
    }
}

#[test]
fn maps_with_equal_and_nearly_equal_angles_turn_too() {
    let mut generator = generator("special");
    for k in [2, 3, 8, 16, 33] {
        let eye: DMatrix<f64> = DMatrix::identity(k, k);
        assert!(check_turn(&eye, "identity").planes.is_empty());
        let turn = check_turn(&-&eye, "minus identity");
        assert_eq!(turn.planes.len(), k.div_ceil(2));
        // Cycles, for which nalgebra's Schur form does not end.
        check_turn(&cyclic(k), "cycle");
        check_turn(&cyclic(k).transpose(), "cycle back");
        // A reflection across a random direction is one half turn through the extra dimension.
        let v = Mapping::random(k, &mut generator).b_from_a().column(0).into_owned();
        let turn = check_turn(&(&eye - &v * v.transpose() * 2.0), "reflection");
        assert_eq!(turn.planes.len(), 1);
        assert!((turn.planes[0].angle - std::f32::consts::PI).abs() < 1e-6);
        // The same angle in every plane, in random coordinates, and angles apart by rounding, tiny or
        // near π.
        let g = Mapping::random(k, &mut generator);
        let g = g.b_from_a();
        for angle in [1.0, std::f64::consts::FRAC_PI_2, 1e-3, 1e-7, 1e-9, 3.0, std::f64::consts::PI - 1e-6] {
            for step in [0.0, 1e-15, 1e-12, 1e-8, 1e-4] {
                let mut d: DMatrix<f64> = eye.clone();
                for i in (0..k - 1).step_by(2) {
                    let (sine, cosine) = (angle + step * i as f64).sin_cos();
                    (d[(i, i)], d[(i + 1, i + 1)]) = (cosine, cosine);
                    (d[(i, i + 1)], d[(i + 1, i)]) = (-sine, sine);
                }
                check_turn(&(g * d * g.transpose()), &format!("k {k}, angle {angle}, step {step}"));
            }
        }
        // One step of rounding away from the identity.
        let nearly = &eye + DMatrix::from_fn(k, k, |_, _| f64::from(generator.normal()) * 1e-7);
        let nearly = mapping(&nearly).orthogonalised(Orthogonalisation::Polar);
        check_turn(nearly.b_from_a(), "nearly the identity");
    }
}

#[test]
fn positions_start_at_the_users_and_end_at_their_images() {
    let mut generator = generator("positions");
    for k in [1, 2, 3, 16, 33, 64] {
        let (a, b) = (generator.normals(20 * k, 0.3), generator.normals(30 * k, 0.3));
        let x = Mapping::random(k, &mut generator);
        let picture = of_two(k, &a, &b, &x, None).unwrap();
        assert_eq!(
            (picture.clouds[0].width, picture.clouds[0].points.len(), picture.clouds[1].points.len()),
            (k + 1, 20 * (k + 1), 60)
        );
        assert_eq!((picture.clouds[0].projection.len(), picture.axes.len()), (2 * (k + 1), 2 * k));
        assert!(largest_difference(&positions(&picture.clouds[0], 0.0), &on_axes(&picture, &a)) < 2e-6);
        assert!(
            largest_difference(&positions(&picture.clouds[0], 1.0), &on_axes(&picture, &x.to_b(&a))) < 4e-6
        );
        assert!(largest_difference(&picture.clouds[1].points, &on_axes(&picture, &b)) < 2e-6);

        // The page's rule, literally, and lengths that stay.
        let t = 0.37_f32;
        for (user, at) in
            picture.clouds[0].points.chunks(k + 1).zip(positions(&picture.clouds[0], t).chunks(2))
        {
            let mut turned = user.to_vec();
            for plane in &picture.clouds[0].planes {
                let (s, c) = (plane.angle * t).sin_cos();
                let (xi, xj) = (turned[plane.i], turned[plane.j]);
                (turned[plane.i], turned[plane.j]) = (c * xi - s * xj, s * xi + c * xj);
            }
            let dot = |axis: &[f32]| axis.iter().zip(&turned).map(|(p, x)| p * x).sum::<f32>();
            let (first, second) = picture.clouds[0].projection.split_at(k + 1);
            assert!(largest_difference(&[dot(first), dot(second)], at) < 2e-6);
            let length = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
            assert!((length(&turned) - length(user)).abs() < 1e-5);
        }
    }
}

#[test]
fn a_quarter_turn_by_hand() {
    // (1, 0) goes to (0, 1), half way it is at (√½, √½); u_B varies along the second axis.
    let x = Mapping::from_rows(2, &[0.0, -1.0, 1.0, 0.0]).unwrap();
    let picture = of_two(2, &[1.0, 0.0], &[0.0, -3.0, 0.0, 3.0], &x, None).unwrap();
    assert!(largest_difference(&picture.axes, &[0.0, 1.0, 1.0, 0.0]) < 1e-7);
    assert_eq!(picture.clouds[0].planes.len(), 1);
    assert!((picture.clouds[0].planes[0].angle - std::f32::consts::FRAC_PI_2).abs() < 1e-7);
    assert!(largest_difference(&positions(&picture.clouds[0], 0.0), &[0.0, 1.0]) < 1e-6);
    assert!(
        largest_difference(&positions(&picture.clouds[0], 0.5), &[0.5_f32.sqrt(), 0.5_f32.sqrt()]) < 1e-6
    );
    assert!(largest_difference(&positions(&picture.clouds[0], 1.0), &[1.0, 0.0]) < 1e-6);
    assert!(largest_difference(&picture.clouds[1].points, &[-3.0, 0.0, 3.0, 0.0]) < 1e-6);
    assert_eq!(picture.explained, 1.0);
}

#[test]
fn the_axes_are_those_of_largest_variance_and_both_clouds_weigh_the_same() {
    let mut generator = generator("axes");
    let k = 6;
    // A varies along 4 (and 1 000 users), B along 2 (10 users, more), the rest is faint; both far off
    // centre.
    let cloud = |n: usize, axis: usize, size: f32, generator: &mut Generator| -> Vec<f32> {
        let deviation = |i: usize| if i % k == axis { size } else { 0.01 };
        (0..n * k).map(|i| generator.normal() * deviation(i) + 5.0).collect()
    };
    let (a, b) = (cloud(1_000, 4, 1.0, &mut generator), cloud(10, 2, 2.0, &mut generator));
    let picture = of_two(k, &a, &b, &Mapping::identity(k), None).unwrap();
    assert!(picture.axes[2] > 0.99 && picture.axes[k + 4] > 0.99, "{:?}", picture.axes);
    assert!(picture.explained > 0.99 && picture.explained <= 1.0);
    // A cloud that is turned by X is seen where X takes it.
    let picture = of_two(k, &a, &[], &mapping(&cyclic(k)), None).unwrap();
    assert!(picture.axes[5] > 0.99, "{:?}", picture.axes);
    // Against the definition: the covariance of the mapped users, row by row.
    let x = Mapping::random(k, &mut generator);
    let images = x.to_b(&a);
    let at = [(images, 1_000.0), (b.clone(), 10.0)];
    let (mut centre, mut expected) = (DVector::<f64>::zeros(k), DMatrix::<f64>::zeros(k, k));
    for (users, n) in &at {
        users.chunks(k).for_each(|u| centre += DVector::from_fn(k, |i, _| f64::from(u[i])) / (2.0 * n));
    }
    for (users, n) in &at {
        for u in users.chunks(k) {
            let from = DVector::from_fn(k, |i, _| f64::from(u[i])) - &centre;
            expected += &from * from.transpose() / (2.0 * n);
        }
    }
    let placed = [(&a[..], Some(x.b_from_a())), (&b[..], None)];
    assert!((covariance(k, &placed) - expected).norm() < 1e-5);
}

#[test]
fn alignment_keeps_the_picture_from_spinning_and_flipping() {
    let mut generator = generator("align");
    let k = 8;
    let (a, b) = (generator.normals(50 * k, 0.3), generator.normals(50 * k, 0.3));
    let x = Mapping::random(k, &mut generator);
    let first = of_two(k, &a, &b, &x, None).unwrap();
    // Flipped, swapped or turned axes are brought back.
    let (sine, cosine) = 2.0_f32.sin_cos();
    let (one, two) = first.axes.split_at(k);
    for (c1, c2) in [([-1.0, 0.0], [0.0, 1.0]), ([0.0, 1.0], [1.0, 0.0]), ([cosine, -sine], [sine, cosine])] {
        let mix = |c: [f32; 2]| one.iter().zip(two).map(move |(x, y)| c[0] * x + c[1] * y);
        let before: Vec<f32> = mix(c1).chain(mix(c2)).collect();
        let next = of_two(k, &a, &b, &x, Some(&before)).unwrap();
        assert!(largest_difference(&next.axes, &before) < 1e-5);
        assert_eq!(next.explained, first.explained);
        assert!(largest_difference(&positions(&next.clouds[0], 1.0), &on_axes(&next, &x.to_b(&a))) < 4e-6);
    }
    // What does not fit or says nothing is left aside.
    for before in [vec![1.0; 3], vec![0.0; 2 * k], vec![f32::NAN; 2 * k]] {
        assert_eq!(of_two(k, &a, &b, &x, Some(&before)).unwrap(), first);
    }
    // Without it the largest component of each axis is positive.
    for axis in first.axes.chunks(k) {
        let largest = axis.iter().fold(0.0_f32, |best, &x| if x.abs() > best.abs() { x } else { best });
        assert!(largest > 0.0);
    }
}

#[test]
fn clouds_without_spread_are_drawn_all_the_same() {
    let mut generator = generator("degenerate");
    let k = 4;
    let some = generator.normals(3 * k, 1.0);
    let one = generator.normals(k, 1.0);
    let zeros = vec![0.0; 5 * k];
    for x in [Mapping::identity(k), Mapping::random(k, &mut generator)] {
        for (a, b) in [(&[][..], &[][..]), (&zeros, &zeros), (&one, &[]), (&[], &one), (&some, &zeros)] {
            let picture = of_two(k, a, b, &x, None).unwrap();
            let [turning, still] = &picture.clouds[..] else { panic!("two clouds") };
            let numbers = [&turning.projection, &turning.points, &still.points, &picture.axes];
            assert!(numbers.iter().all(|n| n.iter().all(|x| x.is_finite())));
            assert_eq!(picture.explained > 0.0, a.len() == 3 * k);
            let axes = DMatrix::from_row_slice(2, k, &picture.axes);
            assert!((&axes * axes.transpose() - DMatrix::<f32>::identity(2, 2)).norm() < 1e-6);
            assert!(
                largest_difference(&positions(&picture.clouds[0], 1.0), &on_axes(&picture, &x.to_b(a)))
                    < 1e-5
            );
        }
    }
    assert_eq!(of_two(1, &[0.5], &[0.1], &Mapping::identity(1), None).unwrap().axes, [1.0, 0.0]);
}

#[test]
fn what_is_not_finite_or_does_not_fit_is_an_error() {
    let x = Mapping::identity(2);
    assert!(of_two(2, &[f32::NAN, 0.0], &[], &x, None).is_err());
    assert!(of_two(2, &[], &[0.0, f32::INFINITY], &x, None).is_err());
    assert!(of_two(2, &[0.0; 3], &[], &x, None).is_err());
    assert!(of_two(3, &[0.0; 3], &[], &x, None).is_err());
    assert!(of_two(0, &[], &[], &Mapping::identity(0), None).is_err());
    // Not orthogonal: the nearest orthogonal map is shown.
    let doubled = Mapping::from_rows(2, &[0.0, -2.0, 2.0, 0.0]).unwrap();
    let picture = of_two(2, &[1.0, 0.0], &[0.0, -3.0, 0.0, 3.0], &doubled, None).unwrap();
    assert!(largest_difference(&positions(&picture.clouds[0], 1.0), &[1.0, 0.0]) < 1e-6);
}

#[test]
fn three_clouds_meet_in_the_space_of_one_of_them() {
    let mut generator = generator("three");
    let k = 5;
    let users = generator.normals(40 * k, 0.3);
    let (x, y) = (Mapping::random(k, &mut generator), Mapping::random(k, &mut generator));
    // The same people in three spaces: x leads from the first to the second, y on to the third.
    let (second, third) = (x.to_b(&users), y.to_b(&x.to_b(&users)));
    let back = y.reversed();
    let clouds = [
        Placed { users: &users, mapping: Some(&x) },
        Placed { users: &second, mapping: None },
        Placed { users: &third, mapping: Some(&back) },
    ];
    let picture = MapProjection::new(k, &clouds, None).unwrap();
    let widths: Vec<usize> = picture.clouds.iter().map(|cloud| cloud.width).collect();
    assert_eq!(widths, [k + 1, 2, k + 1]);
    let after: Vec<Vec<f32>> = picture.clouds.iter().map(|cloud| positions(cloud, 1.0)).collect();
    assert!(
        largest_difference(&after[0], &after[1]) < 4e-6 && largest_difference(&after[2], &after[1]) < 4e-6
    );
    // Before the map each stands where it was learnt.
    for (cloud, own) in picture.clouds.iter().zip([&users, &second, &third]) {
        assert!(largest_difference(&positions(cloud, 0.0), &on_axes(&picture, own)) < 4e-6);
    }
}
