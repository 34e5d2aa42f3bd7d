//! Parameters as the host reads them: what is wanted together is copied off in one command and read in one go, since whoever
//! waits for a reading waits for a way to the device and back.

use std::ops::Range;

use super::gpu::Gpu;
use super::layout::blocks;
use super::state::{Piece, State};
use crate::engine::ParamId;
use crate::error::Result;

/// Numbers of a vector.
const LANES: usize = 4;
/// Bytes that are read in one go, if there is more than one parameter in them: what is read is there twice for a moment.
const MOST_BYTES: u64 = 1 << 26;

/// What is to be read of a parameter.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) replica: usize,
    pub(super) param: ParamId,
    /// `[rows, columns]`.
    pub(super) shape: [usize; 2],
    /// 0 are its values, 1 and 2 its moments.
    pub(super) parts: Range<usize>,
    /// Where the device keeps the last steps of its rows, if these are to be read too.
    pub(super) lasts: Option<u32>,
}

/// What was read of a parameter.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// By part, row-major.
    pub(super) parts: Vec<Vec<f32>>,
    /// The last step that each row has been through, if it was wanted.
    pub(super) last: Option<Vec<u32>>,
}

/// Parameters that are copied off.
pub(super) struct Copies(Vec<(wgpu::Buffer, Vec<Wanted>)>);

impl Wanted {
    /// Bytes of a part, whose rows take whole vectors.
    fn part_bytes(&self) -> u64 {
        let [rows, columns] = self.shape;
        rows as u64 * u64::from(blocks(columns)) * 16
    }

    fn lasts_bytes(&self) -> u64 {
        self.lasts.map_or(0, |_| self.shape[0] as u64 * 4)
    }

    fn bytes(&self) -> u64 {
        self.parts.len() as u64 * self.part_bytes() + self.lasts_bytes()
    }

    fn pieces(&self, state: &State) -> impl Iterator<Item = Piece> {
        let size = self.part_bytes();
        let parts = self.parts.clone().map(move |part| state.piece(self.replica, self.param, part, size));
        let lasts = self.lasts.map(|place| state.lasts_piece(self.replica, place, self.lasts_bytes()));
        parts.chain(lasts)
    }

    /// Takes its numbers from the front of those that were read.
    fn take(&self, numbers: &mut &[f32]) -> Found {
        let mut next = |bytes: u64| {
            let (taken, rest) = numbers.split_at(numbers.len().min(bytes as usize / 4));
            *numbers = rest;
            taken
        };
        let columns = self.shape[1];
        let stride = columns.next_multiple_of(LANES);
        let mut part = || match next(self.part_bytes()) {
            whole if stride == columns => whole.to_vec(),
            padded => padded.chunks_exact(stride).flat_map(|row| &row[..columns]).copied().collect(),
        };
        let parts = self.parts.clone().map(|_| part()).collect();
        let last = self.lasts.map(|_| next(self.lasts_bytes()).iter().map(|x| x.to_bits()).collect());
        Found { parts, last }
    }
}

impl Copies {
    /// Copies parameters off as they will be when the device gets there; large ones in several buffers.
    pub(super) fn new(gpu: &Gpu, state: &State, wanted: Vec<Wanted>) -> Self {
        let mut groups: Vec<(u64, Vec<Wanted>)> = Vec::new();
        for one in wanted {
            let bytes = one.bytes();
            match groups.last_mut() {
                Some((held, group)) if *held + bytes <= MOST_BYTES => {
                    *held += bytes;
                    group.push(one);
                }
                _ => groups.push((bytes, vec![one])),
            }
        }
        let copied = |(_, group): (u64, Vec<Wanted>)| {
            let pieces: Vec<Piece> = group.iter().flat_map(|one| one.pieces(state)).collect();
            (gpu.watched(|| state.copy(&pieces)), group)
        };
        Self(groups.into_iter().map(copied).collect())
    }

    /// Waits for the device and lets the copies go; in the order in which they were wanted.
    ///
    /// # Errors
    /// When the device was lost.
    pub(super) async fn read(self, gpu: &Gpu) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        for (copy, wanted) in self.0 {
            let bytes = wanted.iter().map(Wanted::bytes).sum();
            let numbers = gpu.read(&copy, bytes).await?;
            copy.destroy();
            let mut rest = &numbers[..];
            found.extend(wanted.iter().map(|one| one.take(&mut rest)));
        }
        Ok(found)
    }
}
