//! The reading side of a state: every place is held against the length of the bytes before anything is laid out by it.

use half::f16;
use serde::de::DeserializeOwned;

use super::write::{Contents, Kind, Place, WORD};
use crate::recommender::saved::{Checked, Numbers, Saved, Tensor};

/// The parts of a state in bytes.
pub struct StateBytes<'b> {
    data: &'b [u8],
    contents: Contents,
}

impl<'b> StateBytes<'b> {
    /// Finds the parts; they are not copied.
    ///
    /// # Errors
    /// When the bytes are no state, or a part does not lie within them.
    pub fn new(bytes: &'b [u8]) -> Checked<Self> {
        let broken = || "it is not whole".to_owned();
        let (rest, length) = bytes.split_last_chunk::<WORD>().ok_or_else(broken)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| broken())?;
        let start = rest.len().checked_sub(length).ok_or_else(broken)?;
        let (data, contents) = rest.split_at(start);
        let contents: Contents = serde_json::from_slice(contents).map_err(|error| error.to_string())?;
        for (name, Place { kind, shape, start, end }) in &contents.places {
            let width = match kind {
                Kind::F64 => 8,
                Kind::F32 | Kind::U32 => 4,
                Kind::F16 => 2,
                Kind::U8 => 1,
                Kind::Bytes => 0,
            };
            let length = data.get(*start..*end).ok_or_else(|| format!("{name} is not in it"))?.len();
            let count = shape.iter().try_fold(width, |count: usize, &n| count.checked_mul(n));
            if *kind != Kind::Bytes && count != Some(length) {
                return Err(format!("{name} has {length} bytes and another shape"));
            }
        }
        Ok(Self { data, contents })
    }

    /// A run of bytes.
    ///
    /// # Errors
    /// When there is none of the name.
    pub fn bytes(&self, name: &str) -> Checked<&'b [u8]> {
        let place = self.contents.places.get(name).filter(|place| place.kind == Kind::Bytes);
        let Some(Place { start, end, .. }) = place else { return Err(format!("it has no {name}")) };
        self.data.get(*start..*end).ok_or_else(|| format!("{name} is not in it"))
    }

    /// Whether there is such a run of bytes.
    pub fn has_bytes(&self, name: &str) -> bool {
        self.contents.places.get(name).is_some_and(|place| place.kind == Kind::Bytes)
    }

    /// A value that was put with [`StateWriter::put_value`](super::StateWriter::put_value).
    ///
    /// # Errors
    /// When there is none of the name, or it is of another kind.
    pub fn value<T: DeserializeOwned>(&self, name: &str) -> Checked<T> {
        let text =
            std::str::from_utf8(self.bytes(&format!("{name}.text"))?).map_err(|error| error.to_string())?;
        let numbers = numbers(self.bytes(&format!("{name}.numbers"))?, f64::from_le_bytes);
        super::of_exact(text, &numbers).map_err(|what| format!("{name}: {what}"))
    }

    /// A scalar.
    ///
    /// # Errors
    /// When there is none of the name, or it is of another kind.
    pub fn scalar<T: DeserializeOwned>(&self, name: &str) -> Checked<T> {
        let value = self.contents.scalars.get(name).ok_or_else(|| format!("it says nothing of {name}"))?;
        serde_json::from_value(value.clone()).map_err(|error| format!("{name}: {error}"))
    }

    /// All tensors and scalars, without runs of bytes.
    ///
    /// # Errors
    /// When one is not in the bytes.
    pub fn saved(&self) -> Checked<Saved> {
        let mut saved = Saved { scalars: self.contents.scalars.clone(), ..Saved::default() };
        for (name, Place { kind, shape, start, end }) in &self.contents.places {
            let own = self.data.get(*start..*end).ok_or_else(|| format!("{name} is not in it"))?;
            let numbers = match kind {
                Kind::F64 => Numbers::F64(numbers(own, f64::from_le_bytes)),
                Kind::F32 => Numbers::F32(numbers(own, f32::from_le_bytes)),
                Kind::F16 => Numbers::F16(numbers(own, f16::from_le_bytes)),
                Kind::U32 => Numbers::U32(numbers(own, u32::from_le_bytes)),
                Kind::U8 => Numbers::U8(own.to_vec()),
                Kind::Bytes => continue,
            };
            saved.tensors.insert(name.clone(), Tensor { shape: shape.clone(), numbers });
        }
        Ok(saved)
    }
}

fn numbers<T, const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|chunk| number(*chunk)).collect()
}
