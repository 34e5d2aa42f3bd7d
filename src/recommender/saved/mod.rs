//! What a trained model consists of, as it is kept: tensors by name and a few scalars. A model says so of itself
//! ([`Recommender::saved`](super::Recommender::saved)); its [`Entry`](super::Entry) makes it again of [`Parts`], which check
//! every number. Files are not the business of either: [`crate::model_file`] writes and reads them.

mod layers;
mod parts;
mod people;

use std::collections::BTreeMap;

use half::f16;
use serde::Serialize;
use serde_json::{Map, Value};

pub use layers::Layer;
pub use parts::{LARGEST, LARGEST_WEIGHT, Parts};

use crate::error::{Error, Result};

/// What is wrong with a saved model, in plain words, without the name of its file.
pub type Checked<T> = std::result::Result<T, String>;

/// The numbers of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Double precision.
    F64(Vec<f64>),
    /// Single precision.
    F32(Vec<f32>),
    /// Half precision.
    F16(Vec<f16>),
    /// Counts and numbers of users, items or people.
    U32(Vec<u32>),
    /// Small kinds, and 0 or 1 for no or yes.
    U8(Vec<u8>),
}

impl Numbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::F64(numbers) => numbers.len(),
            Self::F32(numbers) => numbers.len(),
            Self::F16(numbers) => numbers.len(),
            Self::U32(numbers) => numbers.len(),
            Self::U8(numbers) => numbers.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

macro_rules! numbers {
    ($($number:ty => $kind:ident,)*) => {
        $(impl From<Vec<$number>> for Numbers {
            fn from(numbers: Vec<$number>) -> Self {
                Self::$kind(numbers)
            }
        })*
    };
}

numbers! {
    f64 => F64,
    f32 => F32,
    f16 => F16,
    u32 => U32,
    u8 => U8,
}

/// Numbers and their shape, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Lengths from the outermost to the innermost.
    pub shape: Vec<usize>,
    /// As many as the product of the shape.
    pub numbers: Numbers,
}

/// What a trained model consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// By name; what is a domain's own begins with the domain's number and a point.
    pub tensors: BTreeMap<String, Tensor>,
    /// The rest, by name.
    pub scalars: Map<String, Value>,
}

impl Saved {
    /// Adds a tensor. The numbers must be as many as the shape says.
    pub fn put(&mut self, name: impl Into<String>, shape: &[usize], numbers: impl Into<Numbers>) {
        let numbers = numbers.into();
        debug_assert_eq!(shape.iter().product::<usize>(), numbers.len());
        self.tensors.insert(name.into(), Tensor { shape: shape.to_vec(), numbers });
    }

    /// Adds a list.
    pub fn put_list(&mut self, name: impl Into<String>, numbers: impl Into<Numbers>) {
        let numbers = numbers.into();
        let shape = [numbers.len()];
        self.put(name, &shape, numbers);
    }

    /// Adds rows of so many numbers.
    pub fn put_rows(&mut self, name: impl Into<String>, columns: usize, values: impl Into<Numbers>) {
        let values = values.into();
        let rows = values.len() / columns.max(1);
        self.put(name, &[rows, columns], values);
    }

    /// Adds a scalar: a whole number, a name, yes or no.
    ///
    /// # Errors
    /// When JSON cannot hold it.
    pub fn say(&mut self, name: impl Into<String>, value: impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value).map_err(|error| {
            Error::data(format!("a setting of the model cannot be saved: {error}"), "Train again")
        })?;
        self.scalars.insert(name.into(), value);
        Ok(())
    }

    /// Adds all of a part, whose names then begin with the part's and a point.
    pub fn put_part(&mut self, name: &str, part: Self) {
        self.tensors.extend(part.tensors.into_iter().map(|(own, tensor)| (format!("{name}.{own}"), tensor)));
        self.scalars.extend(part.scalars.into_iter().map(|(own, value)| (format!("{name}.{own}"), value)));
    }
}
