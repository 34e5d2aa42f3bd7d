//! The parameters of an engine in a state.

use super::{RunState, StateWriter, refused};
use crate::data::Scale;
use crate::engine::{Engine, ParamState};
use crate::error::Result;
use crate::recommender::saved::{Checked, Parts};

/// Writes down the first replica of an engine; false where it cannot be gone on with.
///
/// # Errors
/// When the device was lost.
pub async fn put_engine(engine: &dyn Engine, state: &mut StateWriter) -> Result<bool> {
    let Some(params) = engine.state(0).await? else { return Ok(false) };
    state.say("engine.params", params.len())?;
    state.say("engine.steps", engine.steps(0))?;
    state.whole("engine.param_steps", &params.iter().map(|param| param.steps).collect::<Vec<u32>>());
    for (id, ParamState { values, moments: [first, second], last, .. }) in params.iter().enumerate() {
        for (name, numbers) in [("values", values), ("first", first), ("second", second)] {
            state.floats(&format!("engine.{id}.{name}"), &[numbers.len()], [&numbers[..]]);
        }
        state.whole(&format!("engine.{id}.last"), last);
    }
    Ok(true)
}

/// Puts an engine of the same graph where [`put_engine`] found it.
///
/// # Errors
/// When it was of another graph.
pub fn restore_engine(engine: &mut dyn Engine, state: &RunState, scales: &[Scale]) -> Result<()> {
    let found = |mut parts: Parts| -> Checked<(Vec<ParamState>, usize)> {
        let mut own = parts.part("engine");
        let steps = own.scalar("steps")?;
        let count = own.length("param_steps", 1, 0, usize::MAX)?;
        let counts = own.counts("param_steps", &[count])?;
        let mut params = Vec::with_capacity(count);
        for (id, steps) in counts.into_iter().enumerate() {
            let mut numbers = |name: &str| {
                let name = format!("{id}.{name}");
                let n = own.length(&name, 1, 0, usize::MAX)?;
                own.numbers(&name, &[n], f32::MAX)
            };
            let (values, moments) = (numbers("values")?, [numbers("first")?, numbers("second")?]);
            let name = format!("{id}.last");
            let n = own.length(&name, 1, 0, usize::MAX)?;
            params.push(ParamState { values, moments, last: own.counts(&name, &[n])?, steps });
        }
        Ok((params, steps))
    };
    let (params, steps) = state.parts(scales).and_then(found).map_err(refused)?;
    engine.restore(0, params, steps)
}
