//! What the numbers and lists of a model file may be. Whoever holds a value of one of these types need not look at it
//! again: reading makes none that is out of its range.
//!
//! The two bounds on a model's numbers keep every prediction of an MLP finite. At worst it has 519 inputs (two vectors of
//! 256 numbers and 7 given inputs) of 1.6e6 (a vector of 256 numbers of 1e5, turned by X into one direction) and four
//! hidden layers of 1,024 units. With weights of a thousand its output is
//! 1.6e6 · 519e3 · (1,024e3)⁴ < 1e36, and an `f32` holds 3e38. Trained weights are below ten, trained vectors and biases
//! below a few hundred. For networks that multiply vectors with one another `interaction` looks at all numbers together.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::data::{Number, Vocabulary};
use crate::dml::mapping::Mapping;
use crate::settings::MAX_DIMENSION;

/// A weight or a bias of a network's layer.
pub(super) type LayerNumber = Bounded<1_000>;

/// A number of a user's or an item's vector, a bias or a prior.
pub(super) type RowNumber = Bounded<100_000>;

/// A number from −`MAX` to `MAX`, neither infinite nor NaN.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Bounded<const MAX: u32>(f32);

impl<const MAX: u32> TryFrom<f64> for Bounded<MAX> {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        // NaN is not at most anything.
        if number.abs() <= f64::from(MAX) {
            Ok(Self(number as f32))
        } else {
            Err(format!("{number:?} stands where a number from -{MAX} to {MAX} belongs"))
        }
    }
}

impl<const MAX: u32> Bounded<MAX> {
    /// The number.
    pub(super) fn get(self) -> f32 {
        self.0
    }

    /// The numbers of a list.
    pub(super) fn plain(list: Vec<Self>) -> Vec<f32> {
        list.into_iter().map(Self::get).collect()
    }

    /// A list of numbers, if all are in the range.
    pub(super) fn list(numbers: &[f32]) -> Result<Vec<Self>, String> {
        numbers.iter().map(|&number| Self::try_from(f64::from(number))).collect()
    }
}

/// A share, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f32")]
pub(super) struct Share(f32);

impl TryFrom<f32> for Share {
    type Error = String;

    fn try_from(share: f32) -> Result<Self, String> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(format!("{share:?} stands where a share from 0 to 1 belongs"))
        }
    }
}

impl Share {
    /// The share.
    pub(super) fn get(self) -> f32 {
        self.0
    }
}

/// k, from 1 to [`MAX_DIMENSION`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "usize")]
pub(super) struct Dimension(usize);

impl TryFrom<usize> for Dimension {
    type Error = String;

    fn try_from(k: usize) -> Result<Self, String> {
        if (1..=MAX_DIMENSION).contains(&k) {
            Ok(Self(k))
        } else {
            Err(format!("{k} stands where a dimension from 1 to {MAX_DIMENSION} belongs"))
        }
    }
}

impl Dimension {
    /// k.
    pub(super) fn get(self) -> usize {
        self.0
    }
}

/// Ids by number, none empty and none twice.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>", bound = "N: Number")]
pub(super) struct Ids<N>(pub(super) Arc<Vocabulary<N>>);

impl<N: Number> TryFrom<Vec<String>> for Ids<N> {
    type Error = String;

    fn try_from(list: Vec<String>) -> Result<Self, String> {
        // A vocabulary counts bytes in 32 bits.
        if list.iter().map(String::len).sum::<usize>() > u32::MAX as usize {
            return Err("the ids are longer than 4 GiB".into());
        }
        let mut ids = Vocabulary::<N>::default();
        for (number, id) in list.iter().enumerate() {
            if id.is_empty() {
                return Err(format!("id {} of a list is empty", number + 1));
            }
            if ids.intern(id).number() as usize != number {
                return Err(format!("the id {id:?} is listed twice"));
            }
        }
        Ok(Self(ids.into()))
    }
}

impl<N: Number> Serialize for Ids<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.ids())
    }
}

/// An X that is orthogonal, in a file as k · k numbers, row by row.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub(super) struct Orthogonal(Mapping);

/// Largest ‖X Xᵀ − I‖ (Frobenius) that passes for orthogonal; training stays below a thousandth of it.
const ORTHOGONALITY: f64 = 1e-6;

impl TryFrom<Mapping> for Orthogonal {
    type Error = String;

    fn try_from(mapping: Mapping) -> Result<Self, String> {
        let error = mapping.orthogonality_error();
        if error <= ORTHOGONALITY {
            Ok(Self(mapping))
        } else {
            Err(format!("the map X is not orthogonal: X Xᵀ is off the identity by {error:.1e}"))
        }
    }
}

impl TryFrom<Vec<f64>> for Orthogonal {
    type Error = String;

    fn try_from(rows: Vec<f64>) -> Result<Self, String> {
        let k = rows.len().isqrt();
        if k == 0 || k > MAX_DIMENSION || k * k != rows.len() {
            return Err(format!(
                "the map X has {} numbers, which are no square of rows and columns",
                rows.len()
            ));
        }
        Mapping::from_rows(k, &rows).map_err(|error| error.to_string())?.try_into()
    }
}

impl From<Orthogonal> for Vec<f64> {
    fn from(Orthogonal(mapping): Orthogonal) -> Self {
        mapping.a_from_b().as_slice().to_vec()
    }
}

impl Orthogonal {
    /// X.
    pub(super) fn get(self) -> Mapping {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::UserId;

    fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_within_its_bound_or_refused() {
        assert_eq!(read::<Bounded<10>>("-10").unwrap().get(), -10.0);
        assert_eq!(read::<Bounded<10>>("0.1").unwrap().get(), 0.1);
        for text in ["10.1", "-11", "1e39", "-1e308", "1e400", "null", "NaN", "\"1\"", "[1]"] {
            assert!(read::<Bounded<10>>(text).is_err(), "{text}");
        }
        for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(Bounded::<10>::list(&[0.0, number]).is_err(), "{number}");
        }
        assert!(
            read::<Share>("1").is_ok() && read::<Share>("1.001").is_err() && read::<Share>("-1e-9").is_err()
        );
        assert!(Share::try_from(f32::NAN).is_err());
    }

    #[test]
    fn a_dimension_is_one_that_can_be_trained() {
        assert_eq!(read::<Dimension>("256").unwrap().get(), 256);
        for text in ["0", "257", "-1", "9223372036854775808", "18446744073709551616", "16.5", "null"] {
            assert!(read::<Dimension>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ids_differ_and_are_not_empty() {
        let ids: Ids<UserId> = read(r#"["x", "y", "x y"]"#).unwrap();
        assert_eq!((ids.0.len(), ids.0.get("x y")), (3, Some(UserId(2))));
        assert_eq!(serde_json::to_string(&ids).unwrap(), r#"["x","y","x y"]"#);
        assert!(read::<Ids<UserId>>(r#"["x", "y", "x"]"#).unwrap_err().contains("\"x\" is listed twice"));
        assert!(read::<Ids<UserId>>(r#"["x", ""]"#).unwrap_err().contains("id 2 of a list is empty"));
    }

    #[test]
    fn a_map_is_orthogonal() {
        // A quarter turn, (x, y) to (−y, x), by rows.
        let text = "[0.0,-1.0,1.0,0.0]";
        let map: Orthogonal = read(text).unwrap();
        assert_eq!(map.clone().get().to_b(&[3.0, 4.0]), [-4.0, 3.0]);
        assert_eq!(serde_json::to_string(&map).unwrap(), text);
        for text in ["[0, -1, 1, 0.00001]", "[0, 0, 0, 0]", "[2, 0, 0, 2]", "[1, 0, 0]", "[]", "[1e308]"] {
            assert!(read::<Orthogonal>(text).is_err(), "{text}");
        }
    }
}
