//! The container of a model file: safetensors, which Python and others open too. It is read by the format's own crate, which
//! holds every offset against the length of the file; it is written here, in one order, so that equal models are equal files.

use std::collections::BTreeMap;

use half::f16;
use safetensors::Dtype;
use safetensors::tensor::SafeTensors;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::recommender::saved::{Checked, Numbers, Tensor};

/// Texts by name, and tensors by name.
pub(super) type Contents = (BTreeMap<String, String>, BTreeMap<String, Tensor>);

/// Where texts stand in the header.
const TEXTS: &str = "__metadata__";
/// Bytes of the header's length, and what the header is filled up to a multiple of.
const WORD: usize = 8;

/// Whether bytes begin as a container does: with the length of a header in the file, and the header.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<WORD>().map(|length| u64::from_le_bytes(*length));
    length.is_some_and(|length| length < bytes.len() as u64) && bytes.get(WORD) == Some(&b'{')
}

/// The bytes of a file.
///
/// # Errors
/// When the texts cannot be written as JSON.
pub(super) fn pack(texts: &BTreeMap<String, String>, tensors: &BTreeMap<String, Tensor>) -> Checked<Vec<u8>> {
    let mut ordered: Vec<(&String, &Tensor)> = tensors.iter().collect();
    // The widest first, so that every number lies at a multiple of its width.
    ordered.sort_by_key(|(_, tensor)| std::cmp::Reverse(width(&tensor.numbers)));
    let mut header = Map::new();
    header.insert(TEXTS.into(), value(texts)?);
    let mut end = 0;
    for (name, Tensor { shape, numbers }) in &ordered {
        let start = end;
        end += numbers.len() * width(numbers);
        let entry = json!({ "dtype": kind(numbers), "shape": shape, "data_offsets": [start, end] });
        header.insert((*name).clone(), entry);
    }
    let mut header = serde_json::to_vec(&header).map_err(|error| error.to_string())?;
    header.resize(header.len().next_multiple_of(WORD), b' ');
    let mut bytes = Vec::with_capacity(WORD + header.len() + end);
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header);
    for (_, tensor) in ordered {
        match &tensor.numbers {
            Numbers::F64(numbers) => bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes())),
            Numbers::F32(numbers) => bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes())),
            Numbers::F16(numbers) => bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes())),
            Numbers::U32(numbers) => bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes())),
            Numbers::U8(numbers) => bytes.extend(numbers),
        }
    }
    Ok(bytes)
}

/// Texts and tensors of the bytes of a file; together they are no larger than the file.
///
/// # Errors
/// When the bytes are no such file, or hold numbers of a kind that no model has.
pub(super) fn unpack(bytes: &[u8]) -> Checked<Contents> {
    let (length, header) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
    let data = bytes.get(WORD + length..).unwrap_or_default();
    let texts = header.metadata().iter().flatten().map(|(name, text)| (name.clone(), text.clone())).collect();
    let mut tensors = BTreeMap::new();
    for (name, info) in header.tensors() {
        let (start, end) = info.data_offsets;
        let own = data.get(start..end).ok_or_else(|| format!("{name} is not in the file"))?;
        let numbers = match info.dtype {
            Dtype::F64 => Numbers::F64(numbers(own, f64::from_le_bytes)),
            Dtype::F32 => Numbers::F32(numbers(own, f32::from_le_bytes)),
            Dtype::F16 => Numbers::F16(numbers(own, f16::from_le_bytes)),
            Dtype::U32 => Numbers::U32(numbers(own, u32::from_le_bytes)),
            Dtype::U8 => Numbers::U8(own.to_vec()),
            other => return Err(format!("{name} holds numbers of the kind {other}, which no model has")),
        };
        tensors.insert(name, Tensor { shape: info.shape.clone(), numbers });
    }
    Ok((texts, tensors))
}

fn value(value: impl Serialize) -> Checked<Value> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn numbers<T, const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|chunk| number(*chunk)).collect()
}

fn width(numbers: &Numbers) -> usize {
    match numbers {
        Numbers::F64(_) => 8,
        Numbers::F32(_) | Numbers::U32(_) => 4,
        Numbers::F16(_) => 2,
        Numbers::U8(_) => 1,
    }
}

fn kind(numbers: &Numbers) -> &'static str {
    match numbers {
        Numbers::F64(_) => "F64",
        Numbers::F32(_) => "F32",
        Numbers::F16(_) => "F16",
        Numbers::U32(_) => "U32",
        Numbers::U8(_) => "U8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recommender::saved::Saved;

    fn some() -> Contents {
        let mut saved = Saved::default();
        saved.put("a", &[2, 1], vec![1.0_f32 / 3.0, f32::MIN_POSITIVE]);
        saved.put_list("b", vec![0_u8, 255, 7]);
        saved.put_list("c", vec![std::f64::consts::PI]);
        saved.put_list("d", vec![f16::from_f32(0.1)]);
        saved.put("e", &[0, 9], Vec::<u32>::new());
        (BTreeMap::from([("title".into(), "\"Ö\"\n".into())]), saved.tensors)
    }

    #[test]
    fn what_is_packed_is_unpacked_bit_for_bit_and_lies_at_multiples_of_its_width() {
        let (texts, tensors) = some();
        let bytes = pack(&texts, &tensors).unwrap();
        assert!(is_one(&bytes));
        assert_eq!(unpack(&bytes).unwrap(), (texts, tensors));
        // 8 bytes of π come first, then two numbers of 4, one of 2 and three of 1.
        assert_eq!(bytes.len() % WORD, (8 + 8 + 2 + 3) % WORD);
        assert_eq!(bytes[bytes.len() - 21..][..8], std::f64::consts::PI.to_le_bytes());
        assert_eq!(bytes[bytes.len() - 3..], [0, 255, 7]);
    }

    #[test]
    fn equal_contents_are_equal_bytes() {
        let pack_some = || pack(&some().0, &some().1).unwrap();
        assert_eq!(pack_some(), pack_some());
    }

    #[test]
    fn a_file_that_is_cut_or_longer_than_it_says_is_refused() {
        let bytes = pack(&some().0, &some().1).unwrap();
        for length in 0..bytes.len() {
            assert!(unpack(&bytes[..length]).is_err(), "{length}");
        }
        assert!(unpack(&[&bytes[..], &[0]].concat()).is_err());
        // A header that claims a number of another kind.
        let text = String::from_utf8_lossy(&bytes).replace("\"U8\"", "\"I8\"");
        assert!(!is_one(b"{\"format\": 1}") && unpack(text.as_bytes()).is_err());
    }
}
