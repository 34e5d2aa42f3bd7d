//! What the trained network predicts, worked out on the host from the engine's weights.

use dual_metric::engine::{Engine, TrainingGraph};
use dual_metric::error::Result;

use super::Data;

/// RMSE of the first replica on the held-out ratings.
///
/// # Errors
/// When the device was lost.
pub async fn rmse(engine: &dyn Engine, table: &TrainingGraph, data: &Data) -> Result<f64> {
    let mut params = Vec::with_capacity(table.params.len());
    for id in 0..table.params.len() {
        params.push(engine.weights(0, id).await?);
    }
    let k = table.params[0].columns;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    Ok(data.held_out_rmse(|user, item| {
        x.clear();
        x.extend_from_slice(&params[0][user * k..][..k]);
        x.extend_from_slice(&params[1][item * k..][..k]);
        let layers = &table.heads[0].layers;
        for (number, layer) in layers.iter().enumerate() {
            y.clear();
            y.extend_from_slice(&params[layer.bias]);
            let outputs = y.len();
            for (value, row) in x.iter().zip(params[layer.weights].chunks_exact(outputs)) {
                y.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
            }
            if number + 1 < layers.len() {
                y.iter_mut().for_each(|value| *value = value.max(0.0));
            }
            std::mem::swap(&mut x, &mut y);
        }
        x[0]
    }))
}
