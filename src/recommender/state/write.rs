//! The writing side of a state: numbers go straight to their place in the bytes, and a table of contents follows them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::recommender::saved::{Numbers, Saved, Tensor};
use crate::rng::Generator;

/// Bytes of the length of the contents, which stands last.
pub(super) const WORD: usize = 8;

/// What an entry of the contents holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    F64,
    F32,
    F16,
    U32,
    U8,
    /// A run of bytes of any form.
    Bytes,
}

/// Where a tensor lies: bytes from the first of the state, and its shape.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) shape: Vec<usize>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The table of contents.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Contents {
    pub(super) places: std::collections::BTreeMap<String, Place>,
    pub(super) scalars: Map<String, Value>,
}

/// Writes the parts of a state one after the other.
pub struct StateWriter {
    bytes: Vec<u8>,
    start: usize,
    contents: Contents,
    prefix: String,
}

impl StateWriter {
    /// A state that begins behind `bytes`, which may be none.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { start: bytes.len(), bytes, contents: Contents::default(), prefix: String::new() }
    }

    /// Adds single-precision numbers in pieces; they must be as many as the shape says.
    pub fn floats<'p>(&mut self, name: &str, shape: &[usize], pieces: impl IntoIterator<Item = &'p [f32]>) {
        let start = self.bytes.len();
        for piece in pieces {
            self.bytes.extend_from_slice(bytemuck::cast_slice(piece));
        }
        debug_assert_eq!((self.bytes.len() - start) / 4, shape.iter().product::<usize>());
        self.enter(name, Kind::F32, shape, start);
    }

    /// Adds whole numbers.
    pub fn whole(&mut self, name: &str, numbers: &[u32]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytemuck::cast_slice(numbers));
        self.enter(name, Kind::U32, &[numbers.len()], start);
    }

    /// Adds small kinds, or 0 and 1 for no and yes.
    pub fn kinds(&mut self, name: &str, kinds: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(kinds);
        self.enter(name, Kind::U8, &[kinds.len()], start);
    }

    /// Adds double-precision numbers.
    pub fn doubles(&mut self, name: &str, numbers: &[f64]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytemuck::cast_slice(numbers));
        self.enter(name, Kind::F64, &[numbers.len()], start);
    }

    /// Adds all of a saved model.
    pub fn put_saved(&mut self, saved: Saved) {
        for (name, Tensor { shape, numbers }) in saved.tensors {
            let start = self.bytes.len();
            let kind = match numbers {
                Numbers::F64(numbers) => {
                    self.bytes.extend_from_slice(bytemuck::cast_slice(&numbers));
                    Kind::F64
                }
                Numbers::F32(numbers) => {
                    self.bytes.extend_from_slice(bytemuck::cast_slice(&numbers));
                    Kind::F32
                }
                Numbers::F16(numbers) => {
                    self.bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
                    Kind::F16
                }
                Numbers::U32(numbers) => {
                    self.bytes.extend_from_slice(bytemuck::cast_slice(&numbers));
                    Kind::U32
                }
                Numbers::U8(numbers) => {
                    self.bytes.extend_from_slice(&numbers);
                    Kind::U8
                }
            };
            self.enter(&name, kind, &shape, start);
        }
        for (name, value) in saved.scalars {
            self.contents.scalars.insert(format!("{}{name}", self.prefix), value);
        }
    }

    /// Adds a run of bytes that `write` appends.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn put_bytes(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        let start = self.bytes.len();
        write(&mut self.bytes)?;
        self.enter(name, Kind::Bytes, &[], start);
        Ok(())
    }

    /// A state within this one, which comes back by [`StateWriter::end`] or [`StateWriter::give_up`].
    #[must_use]
    pub fn begin(&mut self) -> Self {
        Self::new(std::mem::take(&mut self.bytes))
    }

    /// Adds a state that was begun, as a run of bytes.
    ///
    /// # Errors
    /// When its contents cannot be written as JSON.
    pub fn end(&mut self, name: &str, inner: Self) -> Result<()> {
        let start = inner.start;
        self.bytes = inner.finish()?;
        self.enter(name, Kind::Bytes, &[], start);
        Ok(())
    }

    /// Leaves a state out that was begun.
    pub fn give_up(&mut self, inner: Self) {
        self.bytes = inner.bytes;
        self.bytes.truncate(inner.start);
    }

    /// Adds a scalar: a whole number, a name, yes or no. What is broken is for [`StateWriter::doubles`], or [`exact`](super::exact()).
    ///
    /// # Errors
    /// When JSON cannot hold it.
    pub fn say(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value).map_err(|error| refused(&error))?;
        self.contents.scalars.insert(format!("{}{name}", self.prefix), value);
        Ok(())
    }

    /// Adds any value; every bit of its numbers is kept. [`StateBytes::value`](super::StateBytes::value) reads it.
    ///
    /// # Errors
    /// When JSON cannot hold it.
    pub fn put_value(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let (text, numbers) = super::exact(value)?;
        self.put_bytes(&format!("{name}.text"), |bytes| {
            bytes.extend(text.into_bytes());
            Ok(())
        })?;
        self.put_bytes(&format!("{name}.numbers"), |bytes| {
            bytes.extend_from_slice(bytemuck::cast_slice(&numbers));
            Ok(())
        })
    }

    /// Adds where a generator stands.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn put_chance(&mut self, name: &str, chance: &Generator) -> Result<()> {
        let refused = || Error::data("a generator cannot be written down", "Let the training go on without");
        self.say(name, chance.state().ok_or_else(refused)?)
    }

    /// Adds a part, whose names begin with the part's and a point.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn part<T>(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let length = self.prefix.len();
        self.prefix.push_str(name);
        self.prefix.push('.');
        let written = write(self);
        self.prefix.truncate(length);
        written
    }

    /// Bytes that were written so far.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, with those that it began behind.
    ///
    /// # Errors
    /// When the contents cannot be written as JSON.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        let contents = serde_json::to_vec(&self.contents).map_err(|error| refused(&error))?;
        self.bytes.extend_from_slice(&contents);
        self.bytes.extend((contents.len() as u64).to_le_bytes());
        Ok(self.bytes)
    }

    fn enter(&mut self, name: &str, kind: Kind, shape: &[usize], start: usize) {
        let place = Place {
            kind,
            shape: shape.to_vec(),
            start: start - self.start,
            end: self.bytes.len() - self.start,
        };
        self.contents.places.insert(format!("{}{name}", self.prefix), place);
    }
}

fn refused(error: &serde_json::Error) -> Error {
    Error::data(format!("the state of the training cannot be written: {error}"), "Let it go on without")
}

// Numbers are written as they lie in memory.
const _: () = assert!(cfg!(target_endian = "little"), "states are written on little-endian machines alone");
