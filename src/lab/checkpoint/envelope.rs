//! What stands around the state of a measurement: `DMCKPT`, the version, hashes of settings and data, and a checksum over
//! everything.
//!
//! | bytes | what |
//! |---|---|
//! | 0 to 5 | `DMCKPT` |
//! | 6, 7 | version |
//! | 8 to 15 | checksum of all that follows |
//! | 16 to 23 | hash of the settings |
//! | 24 to 31 | hash of the data |
//! | 32 on | the state |
//!
//! Whole numbers are little-endian.

use super::hash;
use crate::recommender::saved::Checked;

const MAGIC: &[u8; 6] = b"DMCKPT";
/// Grows with every change of what is written, and of what a training makes of a seed.
const VERSION: u16 = 1;
/// Bytes in front of what the checksum is over.
const UNSUMMED: usize = 16;
/// Bytes in front of the state.
const HEAD: usize = 32;

/// What a checkpoint is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) settings: u64,
    pub(super) data: u64,
}

/// The head of a checkpoint, which its state follows.
pub(super) fn open(subject: Subject) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD);
    bytes.extend_from_slice(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(subject.settings.to_le_bytes());
    bytes.extend(subject.data.to_le_bytes());
    bytes
}

/// Puts the checksum in.
pub(super) fn close(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = hash::of_bytes(&bytes[UNSUMMED..]);
    bytes[UNSUMMED - 8..UNSUMMED].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// What a checkpoint is of, and its state.
///
/// # Errors
/// When the bytes are no checkpoint, one of another version, or not as they were written.
pub(super) fn read(bytes: &[u8]) -> Checked<(Subject, &[u8])> {
    let Some((head, state)) = bytes.split_first_chunk::<HEAD>() else {
        return Err("this is no checkpoint of dual-metric".into());
    };
    if !head.starts_with(MAGIC) {
        return Err("this is no checkpoint of dual-metric".into());
    }
    let version = u16::from_le_bytes([head[6], head[7]]);
    if version != VERSION {
        return Err(format!("this is a checkpoint of version {version}, and version {VERSION} is read here"));
    }
    let word = |at: usize| head[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    if word(8) != hash::of_bytes(&bytes[UNSUMMED..]) {
        return Err("the checkpoint is damaged: its checksum is another".into());
    }
    Ok((Subject { settings: word(16), data: word(24) }, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_is_read_and_nothing_else() {
        let subject = Subject { settings: 3, data: u64::MAX };
        let mut bytes = open(subject);
        bytes.extend(b"state");
        let bytes = close(bytes);
        assert_eq!(read(&bytes), Ok((subject, &b"state"[..])));
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err());
        }
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1;
            assert!(read(&other).is_err(), "{place}");
        }
        let mut newer = bytes;
        newer[6] = 9;
        assert!(read(&newer).unwrap_err().contains("version 9"));
    }
}
