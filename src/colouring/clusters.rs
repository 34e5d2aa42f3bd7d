//! Clusters of points in the plane: k-means by Lloyd's iterations from k-means++ seeds (Arthur and Vassilvitskii, 2007), with as many
//! clusters as the index of Caliński and Harabasz (1974) is highest for.

use crate::rng::Generator;

/// As few clusters and as many as are tried.
const COUNTS: std::ops::RangeInclusive<usize> = 3..=6;
/// Starts of each count, of which the one with the least distances is kept.
const STARTS: usize = 4;
/// Most iterations of a start.
const ITERATIONS: usize = 40;
/// Of more points evenly chosen ones find the centres.
const MOST_POINTS: usize = 8_000;
/// Of fewer points nothing can be said.
const LEAST_POINTS: usize = 60;

type Point = [f32; 2];

fn square([x, y]: Point, [a, b]: Point) -> f64 {
    f64::from(x - a).powi(2) + f64::from(y - b).powi(2)
}

/// Which centre is nearest, and the squared distance to it.
pub(super) fn nearest(centres: &[Point], point: Point) -> (usize, f64) {
    let distances = centres.iter().map(|&centre| square(centre, point)).enumerate();
    distances.min_by(|(_, x), (_, y)| x.total_cmp(y)).unwrap_or((0, 0.0))
}

/// Centres of the clusters of points, `[n, 2]`, row-major; none of too few points, and where all stand in one place.
pub(super) fn centres(points: &[f32], chance: &mut Generator) -> Vec<Point> {
    let count = points.len() / 2;
    let step = count.div_ceil(MOST_POINTS).max(1);
    let points: Vec<Point> = points.chunks_exact(2).step_by(step).map(|point| [point[0], point[1]]).collect();
    if count < LEAST_POINTS {
        return Vec::new();
    }
    let n = points.len() as f64;
    let all = squares_within(&points, &[mean(&points)]);
    let mut best = (f64::NEG_INFINITY, Vec::new());
    for k in COUNTS {
        let starts = (0..STARTS).map(|_| settled(&points, seeds(&points, k, chance)));
        let Some((within, centres)) = starts.min_by(|(x, _), (y, _)| x.total_cmp(y)) else { continue };
        let (between, k) = (all - within, k as f64);
        let index = (between / (k - 1.0)) / (within / (n - k));
        if index.is_finite() && index > best.0 {
            best = (index, centres);
        }
    }
    best.1
}

fn mean(points: &[Point]) -> Point {
    let sum = points.iter().fold([0.0_f64; 2], |[a, b], &[x, y]| [a + f64::from(x), b + f64::from(y)]);
    sum.map(|sum| (sum / points.len() as f64) as f32)
}

fn squares_within(points: &[Point], centres: &[Point]) -> f64 {
    points.iter().map(|&point| nearest(centres, point).1).sum()
}

/// Each further seed is a point, the likelier the further it lies from those before.
fn seeds(points: &[Point], k: usize, chance: &mut Generator) -> Vec<Point> {
    let mut seeds = vec![points[chance.below(points.len())]];
    while seeds.len() < k {
        let distances: Vec<f64> = points.iter().map(|&point| nearest(&seeds, point).1).collect();
        let mut left = f64::from(chance.unit()) * distances.iter().sum::<f64>();
        let next = distances.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        seeds.push(points[next.unwrap_or(0)]);
    }
    seeds
}

/// Lloyd's iterations: the sum of squared distances at the end, and the centres.
fn settled(points: &[Point], mut centres: Vec<Point>) -> (f64, Vec<Point>) {
    for _ in 0..ITERATIONS {
        let mut sums = vec![([0.0_f64; 2], 0.0_f64); centres.len()];
        for &point in points {
            let ([x, y], count) = &mut sums[nearest(&centres, point).0];
            (*x, *y, *count) = (*x + f64::from(point[0]), *y + f64::from(point[1]), *count + 1.0);
        }
        // A centre that nobody is nearest to stays where it is.
        let moved: Vec<Point> = (sums.iter().zip(&centres))
            .map(|(([x, y], n), &stays)| if *n > 0.0 { [(x / n) as f32, (y / n) as f32] } else { stays })
            .collect();
        if moved == centres {
            break;
        }
        centres = moved;
    }
    (squares_within(points, &centres), centres)
}
