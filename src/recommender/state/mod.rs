//! What a training can go on from, in full precision: tensors by name and scalars, one after the other in one run of bytes.
//! [`StateWriter`] takes them as they stand in a model, so that nothing is laid out twice; [`StateBytes`] finds them again in
//! bytes that may come from anywhere and hands them out as a [`Saved`](super::saved::Saved), whose reader checks every number.

mod engine;
mod exact;
mod read;
mod run;
mod write;

pub use engine::{put_engine, restore_engine};
pub use exact::{exact, of_exact};
pub use read::StateBytes;
pub use run::RunState;
pub use write::StateWriter;

use crate::error::Error;

/// The error of a state that cannot be gone on from.
pub fn refused(what: impl Into<String>) -> Error {
    Error::file("checkpoint", what, "Train from the beginning")
}

#[cfg(test)]
mod tests {
    use half::f16;
    use serde_json::json;

    use super::*;
    use crate::recommender::saved::Saved;

    fn some() -> Saved {
        let mut saved = Saved::default();
        saved.put("a", &[2, 1], vec![1.0_f32 / 3.0, f32::NAN]);
        saved.put_list("b", vec![0_u8, 255, 7]);
        saved.put_list("c", vec![std::f64::consts::PI, f64::MIN_POSITIVE]);
        saved.put_list("d", vec![f16::from_f32(0.1)]);
        saved.put("e", &[0, 9], Vec::<u32>::new());
        saved.say("title", "\"Ö\"\n").unwrap();
        saved
    }

    fn written() -> Vec<u8> {
        let mut state = StateWriter::new(Vec::new());
        state.put_saved(some());
        state
            .part("inner", |state| {
                state.floats("g", &[3], [&[1.5_f32][..], &[2.5, -0.0]]);
                state.say("n", 7)
            })
            .unwrap();
        let mut inner = state.begin();
        inner.put_saved(some());
        state.end("body", inner).unwrap();
        let mut nothing = state.begin();
        nothing.kinds("gone", &[1, 2, 3]);
        state.give_up(nothing);
        state.finish().unwrap()
    }

    /// Bits, because not everything equals itself.
    fn bits(saved: &Saved) -> String {
        format!("{saved:?}")
    }

    #[test]
    fn what_is_written_is_found_again_bit_for_bit() {
        let bytes = written();
        let state = StateBytes::new(&bytes).unwrap();
        let inner = StateBytes::new(state.bytes("body").unwrap()).unwrap();
        assert_eq!(bits(&inner.saved().unwrap()), bits(&some()));
        let mut all = state.saved().unwrap();
        assert!(!all.tensors.contains_key("body"), "a run of bytes is no tensor");
        let g = all.tensors.remove("inner.g").unwrap();
        assert_eq!((g.shape, g.numbers), (vec![3], vec![1.5_f32, 2.5, -0.0].into()));
        assert_eq!(all.scalars.remove("inner.n"), Some(json!(7)));
        assert_eq!(bits(&all), bits(&some()));
    }

    #[test]
    fn bytes_that_are_cut_or_changed_are_refused_or_read_as_something_else_and_never_end_the_program() {
        let bytes = written();
        let read = |bytes: &[u8]| StateBytes::new(bytes).and_then(|state| state.saved());
        let accepted = (0..bytes.len()).filter(|&length| read(&bytes[..length]).is_ok()).count();
        assert_eq!(accepted, 1, "the state within it has an end of its own");
        let mut chance = crate::rng::Generator::new(1, "broken states");
        for _ in 0..20_000 {
            let mut broken = bytes.clone();
            for _ in 0..=chance.below(3) {
                let place = chance.below(broken.len());
                broken[place] = chance.bits() as u8;
            }
            if let Ok(state) = StateBytes::new(&broken) {
                let _ = (state.saved(), state.bytes("body").map(<[u8]>::len));
            }
        }
    }

    #[test]
    fn numbers_in_json_are_kept_to_the_last_bit() {
        let value = json!({ "a": [0.1, 5e-324, 1.0, -0.0, 1.7976931348623157e308], "n": 3, "none": null, "text": "1" });
        let (text, numbers) = exact(&value).unwrap();
        let again: serde_json::Value = of_exact(&text, &numbers).unwrap();
        let floats = |value: &serde_json::Value| -> Vec<u64> {
            value["a"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap().to_bits()).collect()
        };
        assert_eq!(floats(&again), floats(&value));
        assert_eq!((&again["n"], &again["none"], &again["text"]), (&json!(3), &json!(null), &json!("1")));
        assert!(of_exact::<serde_json::Value>(&text, &numbers[1..]).is_err());
        // What looks like a number that was taken out is a text like any other.
        let odd = json!({ "f64": 0, "x": { "f64": 1 } });
        let (text, numbers) = exact(&odd).unwrap();
        assert_eq!(of_exact::<serde_json::Value>(&text, &numbers).unwrap(), odd);
    }
}
