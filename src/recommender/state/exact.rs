//! JSON whose numbers keep every bit. What serde_json reads of a decimal may be off by the last bit, and a report that a
//! measurement goes on from must not be; so that broken numbers stand beside the text, and in it the place of each.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use crate::error::{Error, Result};
use crate::recommender::saved::Checked;

/// What stands in the text in front of the place of a number.
const FLOAT: char = 'f';
/// What stands in front of a text.
const TEXT: char = 't';

/// A value as JSON without its broken numbers, and these in their order.
///
/// # Errors
/// When JSON cannot hold it.
pub fn exact(value: &impl Serialize) -> Result<(String, Vec<f64>)> {
    let refused = |error: serde_json::Error| {
        Error::data(
            format!("the state of the measurement cannot be written: {error}"),
            "Let it go on without",
        )
    };
    let mut value = serde_json::to_value(value).map_err(refused)?;
    let mut numbers = Vec::new();
    take_out(&mut value, &mut numbers);
    Ok((serde_json::to_string(&value).map_err(refused)?, numbers))
}

/// The value that [`exact`] took apart.
///
/// # Errors
/// When the text is no JSON, a number is missing, or the two make no such value.
pub fn of_exact<T: DeserializeOwned>(text: &str, numbers: &[f64]) -> Checked<T> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    put_back(&mut value, numbers)?;
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn take_out(value: &mut Value, numbers: &mut Vec<f64>) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let text = format!("{FLOAT}{}", numbers.len());
            numbers.extend(number.as_f64());
            *value = Value::String(text);
        }
        Value::String(text) => text.insert(0, TEXT),
        Value::Array(list) => list.iter_mut().for_each(|value| take_out(value, numbers)),
        Value::Object(fields) => fields.values_mut().for_each(|value| take_out(value, numbers)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn put_back(value: &mut Value, numbers: &[f64]) -> Checked<()> {
    match value {
        Value::String(text) => match text.strip_prefix(FLOAT) {
            Some(place) => {
                let number = place.parse().ok().and_then(|place: usize| numbers.get(place));
                let number = number.and_then(|&number| Number::from_f64(number));
                *value = Value::Number(number.ok_or_else(|| format!("there is no number {place}"))?);
            }
            None => *text = text.strip_prefix(TEXT).ok_or("a text is of no kind")?.to_owned(),
        },
        Value::Array(list) => list.iter_mut().try_for_each(|value| put_back(value, numbers))?,
        Value::Object(fields) => fields.values_mut().try_for_each(|value| put_back(value, numbers))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}
