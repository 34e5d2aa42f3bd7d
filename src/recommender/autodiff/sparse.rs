//! Products of sparse and dense matrices on the host. Burn has none, and gathers and scatters of a whole graph's edges
//! would take ten times as long.

use super::host::{Table, add};
use crate::engine::SparseRows;

/// `rows · dense`: `[n, width]` times `[width, k]`.
pub(crate) fn product(rows: &SparseRows, dense: &Table) -> Table {
    let mut made = Table::zeros(rows.len(), dense.columns);
    for row in 0..rows.len() {
        let (columns, values) = rows.row(row);
        let sum = made.row_mut(row);
        for (&column, &value) in columns.iter().zip(values) {
            add(sum, value, dense.row(column as usize));
        }
    }
    made
}

/// The transpose, `[width, n]`.
pub(crate) fn transposed(rows: &SparseRows) -> SparseRows {
    let mut starts = vec![0_u32; rows.width + 1];
    rows.columns.iter().for_each(|&column| starts[column as usize + 1] += 1);
    for column in 0..rows.width {
        starts[column + 1] += starts[column];
    }
    let mut next = starts.clone();
    let (mut columns, mut values) = (vec![0; rows.columns.len()], vec![0.0; rows.values.len()]);
    for row in 0..rows.len() {
        let (own_columns, own_values) = rows.row(row);
        for (&column, &value) in own_columns.iter().zip(own_values) {
            let place = &mut next[column as usize];
            columns[*place as usize] = row as u32;
            values[*place as usize] = value;
            *place += 1;
        }
    }
    SparseRows { starts, columns, values, width: rows.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_transposes_are_those_by_hand() {
        // (1 0 2)   (1 2)   (11 14)
        // (0 3 0) · (3 4) = ( 9 12)
        //           (5 6)
        let mut rows = SparseRows::new(3);
        rows.push(&[0, 2], &[1.0, 2.0]);
        rows.push(&[1], &[3.0]);
        let dense = Table { values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], columns: 2 };
        assert_eq!(product(&rows, &dense).values, [11.0, 14.0, 9.0, 12.0]);
        let turned = transposed(&rows);
        assert_eq!((turned.len(), turned.width), (3, 2));
        assert_eq!(turned.row(0), (&[0][..], &[1.0][..]));
        assert_eq!(turned.row(1), (&[1][..], &[3.0][..]));
        assert_eq!(turned.row(2), (&[0][..], &[2.0][..]));
        // ⟨x, S y⟩ = ⟨Sᵀ x, y⟩.
        let x = Table { values: vec![0.5, -1.0, 2.0, 0.25], columns: 2 };
        let back = product(&turned, &x);
        let forth = product(&rows, &dense);
        assert!(
            (super::super::dot(&x.values, &forth.values) - super::super::dot(&back.values, &dense.values))
                .abs()
                < 1e-5
        );
    }
}
