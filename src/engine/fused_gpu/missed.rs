//! What rows of tables have missed while no step named them, under dense Adam, where the device keeps count of it: it looks up
//! the last step of each row that the next step reads, and works out what momentum did to it since (idle.rs).

use super::words::NONE;
use crate::engine::idle::Idle;
use crate::engine::{ParamId, TrainingGraph, UpdatedRows};

/// Where the last steps of the rows are kept.
#[derive(Debug)]
pub(super) struct Missed {
    pub(super) idle: Idle,
    /// By parameter; `NONE` for one without idle rows.
    places: Vec<u32>,
    /// Rows of all tables.
    pub(super) stride: u32,
}

impl Missed {
    /// For training graphs of a shape; `None` under lazy Adam.
    pub(super) fn new(table: &TrainingGraph) -> Option<Self> {
        if table.adam.rows != UpdatedRows::All {
            return None;
        }
        let mut stride = 0;
        let place = |(param, is_table): (&crate::engine::Param, bool)| {
            if !is_table || !param.trainable {
                return NONE;
            }
            stride += param.rows as u32;
            stride - param.rows as u32
        };
        let places = table.params.iter().zip(table.gathered_tables()).map(place).collect();
        Some(Self { idle: Idle::new(table.adam, 0.0), places, stride })
    }

    /// Where the last steps of a parameter's rows begin, for one that has idle rows.
    pub(super) fn place(&self, id: ParamId) -> Option<u32> {
        Some(self.places[id]).filter(|&place| place != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Adam;

    #[test]
    fn lazy_rows_miss_nothing() {
        assert!(Missed::new(&TrainingGraph::new(Adam::new(1e-3))).is_none());
    }
}
