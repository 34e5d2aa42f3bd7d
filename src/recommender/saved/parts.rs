//! The reading side of what is saved: tensors are taken by name, and only of the shape, kind and range that are asked for.
//! Nothing is laid out by a number of the file before the file is found to hold as much.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Checked, Numbers, Saved, Tensor};
use crate::data::{Scale, World};
use crate::rng::Generator;

/// Size that no number of a vector, a bias or a mean may pass. Trained ones stay below a few hundred; sums of products of a
/// few hundred numbers of this size, and what five layers of [`LARGEST_WEIGHT`] make of them, are still numbers.
pub const LARGEST: f32 = 1e5;

/// Size that no weight of a network's layer may pass.
pub const LARGEST_WEIGHT: f32 = 1e3;

/// The parts of a model in a file that may come from anywhere, and the data that it belongs to.
#[derive(Debug)]
pub struct Parts<'w> {
    world: &'w World,
    scales: &'w [Scale],
    tensors: BTreeMap<String, Tensor>,
    scalars: Map<String, Value>,
}

impl<'w> Parts<'w> {
    /// Parts of a model of this world; `scales` are those that its predictions from 0 to 1 stand for, one a domain.
    pub fn new(world: &'w World, scales: &'w [Scale], saved: Saved) -> Self {
        Self { world, scales, tensors: saved.tensors, scalars: saved.scalars }
    }

    /// The data.
    pub fn world(&self) -> &'w World {
        self.world
    }

    /// How many domains there are.
    pub fn domains(&self) -> usize {
        self.world.domains.len()
    }

    /// Users of a domain.
    pub fn users(&self, domain: usize) -> usize {
        self.world.domains[domain].users.len()
    }

    /// Items of a domain.
    pub fn items(&self, domain: usize) -> usize {
        self.world.domains[domain].items.len()
    }

    /// The scale of a domain that predictions stand for.
    pub fn scale(&self, domain: usize) -> Scale {
        self.scales[domain]
    }

    /// One after the other what is made of each domain's parts.
    ///
    /// # Errors
    /// The first one's.
    pub fn by_domain<T>(&mut self, mut of: impl FnMut(&mut Self, usize) -> Checked<T>) -> Checked<Vec<T>> {
        (0..self.domains()).map(|d| of(self, d)).collect()
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The length of a tensor of so many dimensions along one of them, which is at most `most`: where a size is known from
    /// the tensor alone.
    ///
    /// # Errors
    /// When there is no such tensor, or it is of other dimensions or longer.
    pub fn length(&self, name: &str, dimensions: usize, along: usize, most: usize) -> Checked<usize> {
        let tensor = self.tensors.get(name).ok_or_else(|| format!("it has no tensor {name}"))?;
        match tensor.shape.get(along) {
            Some(&length) if tensor.shape.len() == dimensions && length <= most => Ok(length),
            Some(&length) if tensor.shape.len() == dimensions => {
                Err(format!("{name} is {length} long, which is more than {most}"))
            }
            _ => Err(format!("{name} has {} dimensions instead of {dimensions}", tensor.shape.len())),
        }
    }

    /// Numbers in single or half precision, none larger than `most` in size.
    ///
    /// # Errors
    /// When there are none of the name and shape, or one is larger or no number.
    pub fn numbers(&mut self, name: &str, shape: &[usize], most: f32) -> Checked<Vec<f32>> {
        let numbers = match self.take(name, shape)? {
            Numbers::F32(numbers) => numbers,
            Numbers::F16(numbers) => numbers.into_iter().map(f32::from).collect(),
            Numbers::F64(_) | Numbers::U32(_) | Numbers::U8(_) => return Err(of_another_kind(name)),
        };
        match numbers.iter().find(|number| number.is_nan() || number.abs() > most) {
            Some(number) => {
                Err(format!("{name}: {number:?} stands where a number from -{most} to {most} belongs"))
            }
            None => Ok(numbers),
        }
    }

    /// Vectors, biases or means: numbers of at most [`LARGEST`].
    ///
    /// # Errors
    /// As [`Parts::numbers`].
    pub fn rows(&mut self, name: &str, shape: &[usize]) -> Checked<Vec<f32>> {
        self.numbers(name, shape, LARGEST)
    }

    /// One number of at most [`LARGEST`].
    ///
    /// # Errors
    /// As [`Parts::numbers`].
    pub fn number(&mut self, name: &str) -> Checked<f32> {
        Ok(self.rows(name, &[1])?[0])
    }

    /// Numbers in double precision, finite.
    ///
    /// # Errors
    /// As [`Parts::numbers`].
    pub fn doubles(&mut self, name: &str, shape: &[usize]) -> Checked<Vec<f64>> {
        let Numbers::F64(numbers) = self.take(name, shape)? else { return Err(of_another_kind(name)) };
        match numbers.iter().find(|number| !number.is_finite()) {
            Some(number) => Err(format!("{name}: {number:?} is not finite")),
            None => Ok(numbers),
        }
    }

    /// Whole numbers below a bound.
    ///
    /// # Errors
    /// When there are none of the name and shape, or one is not below the bound.
    pub fn indices(&mut self, name: &str, shape: &[usize], below: usize) -> Checked<Vec<u32>> {
        let Numbers::U32(numbers) = self.take(name, shape)? else { return Err(of_another_kind(name)) };
        match numbers.iter().find(|&&number| number as usize >= below) {
            Some(number) => Err(format!("{name}: {number} stands where a number below {below} belongs")),
            None => Ok(numbers),
        }
    }

    /// Counts of anything.
    ///
    /// # Errors
    /// When there are none of the name and shape.
    pub fn counts(&mut self, name: &str, shape: &[usize]) -> Checked<Vec<u32>> {
        self.indices(name, shape, usize::MAX)
    }

    /// Small whole numbers below a bound.
    ///
    /// # Errors
    /// When there are none of the name and shape, or one is not below the bound.
    pub fn kinds(&mut self, name: &str, shape: &[usize], below: usize) -> Checked<Vec<u8>> {
        let Numbers::U8(numbers) = self.take(name, shape)? else { return Err(of_another_kind(name)) };
        match numbers.iter().find(|&&number| usize::from(number) >= below) {
            Some(number) => Err(format!("{name}: {number} stands where a number below {below} belongs")),
            None => Ok(numbers),
        }
    }

    /// Yes or no.
    ///
    /// # Errors
    /// As [`Parts::kinds`], for other numbers than 0 and 1.
    pub fn flags(&mut self, name: &str, shape: &[usize]) -> Checked<Vec<bool>> {
        Ok(self.kinds(name, shape, 2)?.into_iter().map(|flag| flag == 1).collect())
    }

    /// A scalar.
    ///
    /// # Errors
    /// When there is none of the name, or it is of another kind.
    pub fn scalar<T: DeserializeOwned>(&mut self, name: &str) -> Checked<T> {
        let value = self.scalars.remove(name).ok_or_else(|| format!("it says nothing of {name}"))?;
        serde_json::from_value(value).map_err(|error| format!("{name}: {error}"))
    }

    /// A generator where it stood.
    ///
    /// # Errors
    /// As [`Parts::scalar`].
    pub fn chance(&mut self, name: &str) -> Checked<Generator> {
        Generator::at(&self.scalar::<String>(name)?).ok_or_else(|| format!("{name} is no generator"))
    }

    /// A whole number from `least` to `most`.
    ///
    /// # Errors
    /// As [`Parts::scalar`], and when it is out of its range.
    pub fn size(&mut self, name: &str, least: usize, most: usize) -> Checked<usize> {
        let size: usize = self.scalar(name)?;
        match (least..=most).contains(&size) {
            true => Ok(size),
            false => Err(format!("{name}: {size} stands where a number from {least} to {most} belongs")),
        }
    }

    /// Whether anything of a part is there.
    pub fn has_part(&self, name: &str) -> bool {
        let is_of_it = |own: &String| own.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.tensors.keys().any(is_of_it) || self.scalars.keys().any(is_of_it)
    }

    /// Takes all out whose names begin with that of a part and a point.
    #[must_use]
    pub fn part(&mut self, name: &str) -> Self {
        let own = |whole: &str| Some(whole.strip_prefix(name)?.strip_prefix('.')?.to_owned());
        let (mut tensors, mut scalars) = (BTreeMap::new(), Map::new());
        for (whole, tensor) in std::mem::take(&mut self.tensors) {
            match own(&whole) {
                Some(name) => tensors.insert(name, tensor),
                None => self.tensors.insert(whole, tensor),
            };
        }
        for (whole, value) in std::mem::take(&mut self.scalars) {
            match own(&whole) {
                Some(name) => scalars.insert(name, value),
                None => self.scalars.insert(whole, value),
            };
        }
        Self { world: self.world, scales: self.scales, tensors, scalars }
    }

    /// All tensors that are left.
    pub fn tensors(self) -> BTreeMap<String, Tensor> {
        self.tensors
    }

    /// That nothing is left.
    ///
    /// # Errors
    /// When something is there that was not asked for.
    pub fn end(self) -> Checked<()> {
        match self.tensors.keys().chain(self.scalars.keys()).next() {
            Some(name) => Err(format!("it has {name}, which this model does not know")),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Checked<Numbers> {
        let Tensor { shape: found, numbers } =
            self.tensors.remove(name).ok_or_else(|| format!("it has no tensor {name}"))?;
        match found == shape {
            true => Ok(numbers),
            false => Err(format!("{name} is {} instead of {}", told(&found), told(shape))),
        }
    }
}

fn told(shape: &[usize]) -> String {
    let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("[{}]", lengths.join(", "))
}

fn of_another_kind(name: &str) -> String {
    format!("{name} holds numbers of another kind")
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;

    fn parts<'w>(world: &'w World, saved: Saved) -> Parts<'w> {
        Parts::new(world, &[], saved)
    }

    fn some() -> Saved {
        let mut saved = Saved::default();
        saved.put("rows", &[2, 3], vec![0.5_f32, -1.0, 2.0, 3.0, 4.0, -5.0]);
        saved.put_list("halves", vec![f16::from_f32(0.25), f16::from_f32(-2.0)]);
        saved.put_list("people", vec![0_u32, 7]);
        saved.put_list("flags", vec![0_u8, 1]);
        saved.put_list("map", vec![1.0_f64 / 3.0]);
        saved.say("size", 4).unwrap();
        saved
    }

    #[test]
    fn what_was_put_is_taken_once_and_nothing_is_left() {
        let world = World::default();
        let mut parts = parts(&world, some());
        assert_eq!(parts.length("rows", 2, 1, 9), Ok(3));
        assert_eq!(parts.rows("rows", &[2, 3]).unwrap()[5], -5.0);
        assert_eq!(parts.rows("halves", &[2]).unwrap(), [0.25, -2.0]);
        assert_eq!(parts.indices("people", &[2], 8).unwrap(), [0, 7]);
        assert_eq!(parts.flags("flags", &[2]).unwrap(), [false, true]);
        assert_eq!(parts.doubles("map", &[1]).unwrap(), [1.0 / 3.0]);
        assert_eq!(parts.rows("rows", &[2, 3]), Err("it has no tensor rows".into()));
        assert_eq!(parts.size("size", 1, 4), Ok(4));
        parts.end().unwrap();
    }

    #[test]
    fn other_shapes_kinds_and_ranges_are_refused() {
        let world = World::default();
        let new = || parts(&world, some());
        assert_eq!(new().rows("rows", &[3, 2]), Err("rows is [2, 3] instead of [3, 2]".into()));
        assert_eq!(new().rows("people", &[2]), Err("people holds numbers of another kind".into()));
        assert_eq!(
            new().indices("people", &[2], 7).unwrap_err(),
            "people: 7 stands where a number below 7 belongs"
        );
        assert!(
            new().numbers("rows", &[2, 3], 4.5).unwrap_err().contains("-5.0 stands where a number from -4.5")
        );
        assert!(new().length("rows", 2, 1, 2).unwrap_err().contains("3 long"));
        assert!(new().length("rows", 3, 1, 9).unwrap_err().contains("2 dimensions instead of 3"));
        assert!(new().size("size", 5, 9).unwrap_err().contains("4 stands where a number from 5 to 9"));
        assert!(new().scalar::<bool>("size").unwrap_err().contains("size"));
        assert!(new().end().unwrap_err().contains("which this model does not know"));
        for number in [f32::NAN, f32::INFINITY, 1.1e5] {
            let mut saved = Saved::default();
            saved.put_list("x", vec![0.0, number]);
            assert!(parts(&world, saved).rows("x", &[2]).is_err(), "{number}");
        }
    }

    #[test]
    fn a_part_is_what_begins_with_its_name() {
        let world = World::default();
        let mut whole = some();
        whole.put_part("inner", some());
        let mut parts = parts(&world, whole);
        assert!(parts.has_part("inner") && !parts.has_part("inn"));
        let mut inner = parts.part("inner");
        assert!(inner.rows("rows", &[2, 3]).is_ok() && parts.rows("rows", &[2, 3]).is_ok());
        assert!(inner.scalar::<u32>("size").is_ok() && !parts.has_part("inner"));
    }
}
