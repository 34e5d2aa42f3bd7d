//! Dual metric learning in the list of models.

use super::Trainer;
use crate::recommender::{Capabilities, Entry, Fit};

/// The model of this program.
pub const ENTRY: Entry = Entry {
    name: "dml",
    description: "Dual metric learning: both domains and an orthogonal map between their people, in a dual loop",
    source: "Li and Tuzhilin, Dual Metric Learning for Effective and Efficient Cross-Domain Recommendations",
    capabilities: Capabilities { crosses: true, cold_users: true, features: true, has_map: true },
    begin: |assignment| {
        Box::pin(async move { Ok(Box::new(Trainer::new(assignment).await?) as Box<dyn Fit>) })
    },
};
