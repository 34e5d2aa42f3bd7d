//! Small vectors and a random rotation: the planted map X* of the generated sample.

use crate::rng::Generator;

/// Dimension of the true tastes.
pub(super) const DIMENSION: usize = 6;

pub(super) type Vector = [f64; DIMENSION];
pub(super) type Matrix = [Vector; DIMENSION];

/// A random rotation: Gram–Schmidt on normal rows.
pub(super) fn rotation(chance: &mut Generator) -> Matrix {
    let mut rows: Matrix = [[0.0; DIMENSION]; DIMENSION];
    for i in 0..DIMENSION {
        let mut row = normals(chance);
        // Twice is enough for orthogonality to the last bit but a few.
        for _ in 0..2 {
            for done in &rows[..i] {
                let along = dot(done, &row);
                row = std::array::from_fn(|k| row[k] - along * done[k]);
            }
        }
        let length = dot(&row, &row).sqrt();
        rows[i] = row.map(|x| x / length);
    }
    if determinant(rows) < 0.0 {
        rows[0] = rows[0].map(|x| -x);
    }
    rows
}

/// By elimination; the rows are orthonormal, so that no pivot is zero but by an accident that is swapped away.
fn determinant(mut rows: Matrix) -> f64 {
    let mut product = 1.0;
    for column in 0..DIMENSION {
        let best =
            (column..DIMENSION).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()));
        let pivot = best.unwrap_or(column);
        if pivot != column {
            rows.swap(pivot, column);
            product = -product;
        }
        product *= rows[column][column];
        for row in column + 1..DIMENSION {
            let factor = rows[row][column] / rows[column][column];
            rows[row] = std::array::from_fn(|k| rows[row][k] - factor * rows[column][k]);
        }
    }
    product
}

/// A vector from N(0, I).
pub(super) fn normals(chance: &mut Generator) -> Vector {
    std::array::from_fn(|_| f64::from(chance.normal()))
}

/// The inner product.
pub(super) fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::{DIMENSION, determinant, dot, rotation};
    use crate::rng::Generator;

    #[test]
    fn rotations_are_orthogonal_and_keep_the_orientation() {
        for seed in 0..20 {
            let x = rotation(&mut Generator::new(seed, "test"));
            for i in 0..DIMENSION {
                for j in 0..DIMENSION {
                    let expected = f64::from(u8::from(i == j));
                    assert!((dot(&x[i], &x[j]) - expected).abs() < 1e-14);
                }
            }
            assert!((determinant(x) - 1.0).abs() < 1e-13);
        }
    }
}
