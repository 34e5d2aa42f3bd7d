//! The engine over the kernel: what was counted on the host, and reading.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::columns::Columns;
use super::data::{self, Data};
use super::encode::{Encoder, Replica};
use super::gpu::Gpu;
use super::idle_rows;
use super::layout::{Layout, autoencoder};
use super::pace::Pace;
use super::plan::Plan;
use super::plan_pass::PlanPass;
use super::program::How;
use super::reading::{Copies, Found, Wanted};
use super::state::{REGIONS, State};
use super::words::LANES;
use crate::engine::saved::refused;
use crate::engine::{
    AUTOENCODER_BATCH, Chunk, Device, DeviceKind, Engine, Param, ParamId, ParamState, RATINGS_OF_A_CODED_ROW,
    Reading, Share, TrainingGraph,
};
use crate::error::{Error, Result};

/// From so many rows a step on, several workgroups work on it on hardware: where they are level on an H200. On a software
/// adapter starting a workgroup takes longer than a tile.
const ROWS_FOR_GROUPS: usize = 96;
/// Rows that one of several workgroups has at a time: fewer than fit into its memory, so that more of them have some.
const ROWS_OF_GROUP: u32 = 16;

/// Trains on WebGPU in one kernel.
pub struct FusedGpu {
    gpu: Arc<Gpu>,
    layout: Rc<Layout>,
    state: State,
    encoder: Encoder,
    replicas: Vec<Counts>,
    pace: Pace,
    /// What a row takes, in ratings: as such, rows are counted by the pace.
    ratings_of_row: usize,
    /// Rows of a call that its buffers have room for, in ratings.
    most_rows: usize,
    rows_for_groups: usize,
    /// Whether they do, once there was a step.
    shares_out: Option<bool>,
}

/// A replica as the host knows it.
struct Counts {
    /// Without values: they are on the device.
    table: TrainingGraph,
    /// Where its terms are described.
    terms: Vec<u32>,
    /// Steps of the optimiser by parameter.
    param_steps: Vec<u32>,
    /// The last of these that each row has been through, for parameters that have idle rows.
    last: Vec<Vec<u32>>,
    steps: usize,
    /// Rows by term since losses were read.
    rows: Vec<usize>,
}

impl Counts {
    fn encoded(&mut self) -> Replica<'_> {
        Replica { table: &self.table, terms: &self.terms, steps: &mut self.param_steps, last: &mut self.last }
    }
}

impl FusedGpu {
    /// Whether the kernel can train training graphs on a device.
    ///
    /// # Errors
    /// Why not, in plain words.
    pub fn supports(tables: &[TrainingGraph], device: &Device) -> std::result::Result<(), String> {
        let Some(gpu) = device.gpu() else { return Err("the device is no WebGPU device".into()) };
        let memory = gpu.memory()?;
        let layouts: std::result::Result<Vec<Layout>, String> =
            tables.iter().map(|table| Layout::new(table, memory)).collect();
        let layouts = layouts?;
        let params: u64 = layouts.iter().map(|layout| u64::from(layout.stride()) * 16).sum();
        // What the workgroups that share a step add up by themselves: as many as there may be for an autoencoder's batch, whose last
        // layer may be among it. Of networks it is less than their tables.
        let regions = |layout: &Layout| match layout.is_autoencoder {
            true => (AUTOENCODER_BATCH as u32 / layout.tile().min(ROWS_OF_GROUP)).clamp(2, REGIONS),
            false => 1,
        };
        let partials: u64 =
            layouts.iter().map(|layout| u64::from(regions(layout)) * u64::from(layout.dense) * 16).sum();
        let room = gpu.device.limits().max_storage_buffer_binding_size;
        // A buffer grows to the next power of two.
        let largest = params.max(partials.next_power_of_two()).max(data::bytes(tables, !gpu.is_software));
        match largest > room {
            true => Err("the device's buffers are too small for the data".into()),
            false => Ok(()),
        }
    }

    /// Has several workgroups work on a step from so many rows on. For checks; the device decides otherwise.
    pub fn share_out_from(&mut self, rows: usize) {
        self.rows_for_groups = rows;
    }

    /// Has the host work out which rows a step names. For checks; the device does otherwise, where it can.
    /// To be called before the first step.
    pub fn plan_on_host(&mut self) {
        if let Some(counts) = self.replicas.first() {
            self.encoder = Encoder::new(&counts.table, None);
        }
    }

    /// Whether the device does. For checks.
    pub fn plans(&self) -> bool {
        self.encoder.plan.is_some()
    }

    /// Puts first values and data of the training graphs on the device, a replica each.
    ///
    /// # Errors
    /// When the kernel can't train them, or the device has no room for them.
    pub fn new(tables: Vec<TrainingGraph>, device: &Device) -> Result<Self> {
        Self::with(tables, device, device.gpu().is_some_and(|gpu| gpu.is_software))
    }

    /// The same, with the kernel as it is on hardware. For checks on a software adapter.
    ///
    /// # Errors
    /// As of [`FusedGpu::new`].
    pub fn as_on_hardware(tables: Vec<TrainingGraph>, device: &Device) -> Result<Self> {
        Self::with(tables, device, false)
    }

    fn with(mut tables: Vec<TrainingGraph>, device: &Device, is_software: bool) -> Result<Self> {
        let refused = |what: String| Error::Device { device: DeviceKind::WebGpu, what };
        Self::supports(&tables, device).map_err(refused)?;
        let Some(gpu) = device.gpu().cloned() else { return Err(refused("it is not open".into())) };
        let Some(table) = tables.first() else { return Err(refused("there is nothing to train".into())) };
        let memory = gpu.memory().map_err(refused)?;
        let layout = Rc::new(Layout::new(table, memory).map_err(refused)?);
        let kernel = gpu.kernel(memory, layout.weights_in_memory, layout.is_autoencoder, is_software);
        // A key has half the bytes of a vector; half of the memory is enough.
        let block = memory;
        // A software adapter is no faster at it than the host, which is the same processor. Of an autoencoder the host knows.
        let mut plan = if is_software || layout.is_autoencoder { None } else { Plan::new(&tables, block) };
        let data = Data::new(&tables, &layout, REGIONS, plan.as_mut());
        let lasts = plan.as_ref().and_then(|plan| plan.missed.as_ref()).map_or(0, |missed| missed.stride);
        let state = gpu.watched(|| {
            let pass = plan.as_ref().map(|_| PlanPass::new(&gpu, block));
            State::new(gpu.clone(), kernel, layout.clone(), &tables, &data.words, pass, lasts)
        });
        let room = gpu.device.limits().max_storage_buffer_binding_size;
        // Of an autoencoder half of the room, as a call's rows may have more columns than others.
        let ratings_of_row = if layout.is_autoencoder { RATINGS_OF_A_CODED_ROW } else { 1 };
        let most_rows = match (&plan, autoencoder(table)) {
            (Some(plan), _) => (room / plan.bytes_per_row(table)) as usize,
            (None, Some(term)) => (room / 2 / Columns::bytes_per_row(term)) as usize * ratings_of_row,
            (None, None) => usize::MAX,
        };
        let encoder = Encoder::new(table, plan);
        for param in tables.iter_mut().flat_map(|table| &mut table.params) {
            param.values = Vec::new();
        }
        let replicas = tables.into_iter().zip(data.terms).map(|(table, terms)| Counts {
            param_steps: vec![0; table.params.len()],
            last: idle_rows::first_counts(&table),
            steps: 0,
            rows: vec![0; table.terms.len()],
            table,
            terms,
        });
        let replicas = replicas.collect();
        let rows_for_groups = if is_software { usize::MAX } else { ROWS_FOR_GROUPS / ratings_of_row };
        Ok(Self {
            gpu,
            layout,
            state,
            encoder,
            replicas,
            pace: Pace::default(),
            ratings_of_row,
            most_rows,
            rows_for_groups,
            shares_out: None,
        })
    }

    /// What a call costs the host: encodes chunks as [`Engine::run`] does, sends nothing, and returns how many bytes would be
    /// sent. For measurements; what is trained afterwards counts these steps.
    pub fn prepare(&mut self, chunks: &[Chunk]) -> u64 {
        self.encode(chunks, usize::MAX, false);
        let plan = self.encoder.plan.as_ref();
        let rows: usize = plan.map_or(0, |_| chunks.iter().map(Chunk::rows_len).sum());
        let words = self.encoder.program.words.len() + plan.map_or(0, |plan| plan.words.len()) + rows;
        4 * words as u64
    }

    /// Encodes and sends off; `rows` a command buffer.
    fn send(&mut self, chunks: &[Chunk], rows: usize, trial: bool) {
        self.encode(chunks, rows, trial);
        let plan = self.encoder.plan.as_ref().map(|plan| (plan, chunks));
        self.gpu.watched(|| self.state.run(&self.encoder.program, plan));
    }

    fn encode(&mut self, chunks: &[Chunk], rows: usize, trial: bool) {
        let rows_of = |shares: &[Share]| shares.iter().map(Share::len).sum::<usize>();
        // Gradients are added up in another order when several workgroups share out a step. So the first step decides
        // for good: how later ones are cut into calls depends on the time that they take, and may not show.
        let first = chunks.iter().filter(|chunk| !chunk.is_empty()).map(|chunk| rows_of(chunk.step(0))).max();
        let shares_out = first.is_some_and(|rows| rows >= self.rows_for_groups);
        let shares_out = if trial { shares_out } else { *self.shares_out.get_or_insert(shares_out) };
        let most = chunks.iter().flat_map(Chunk::steps).map(rows_of).max().unwrap_or(0);
        let tile = self.layout.tile().min(ROWS_OF_GROUP);
        let tiles = (most as u32).div_ceil(tile);
        let regions = if shares_out { tiles.clamp(2, REGIONS) } else { 1 };
        let how = How { rows, regions, tile, trial };
        let mut replicas: Vec<Replica> = self.replicas.iter_mut().map(Counts::encoded).collect();
        self.encoder.encode(&self.layout, &mut replicas, chunks, how);
    }

    /// Has the rows of a replica, or of one of its parameters, go through the steps that did not name them.
    fn catch_up(&mut self, replica: usize, only: Option<ParamId>) {
        let mut replicas: Vec<Replica> = self.replicas.iter_mut().map(Counts::encoded).collect();
        if let Some(program) = self.encoder.encode_idle(&self.layout, &mut replicas, replica, only) {
            self.gpu.watched(|| self.state.run(program, None));
        }
    }

    /// Copies parts of parameters off.
    fn copies(&self, wanted: impl Iterator<Item = (usize, ParamId, Range<usize>, bool)>) -> Copies {
        let wanted = wanted.map(|(replica, param, parts, has_last)| Wanted {
            replica,
            param,
            shape: self.shape(replica, param),
            parts,
            lasts: self.encoder.keeps(param).filter(|_| has_last),
        });
        Copies::new(&self.gpu, &self.state, wanted.collect())
    }

    /// `[rows, columns]` of a parameter.
    fn shape(&self, replica: usize, id: ParamId) -> [usize; 2] {
        let param = &self.replicas[replica].table.params[id];
        [param.rows, param.columns]
    }

    /// Parameters and moments as they are, to be put back.
    fn set_aside(&self) -> wgpu::Buffer {
        let params = &self.state.params;
        let copy = self.gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: params.size(),
            usage: wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.state.submit(|encoder| encoder.copy_buffer_to_buffer(params, 0, &copy, 0, params.size()));
        copy
    }

    /// Clears the first moments of a replica.
    fn clear_moments(&self, replica: usize) {
        let stride = u64::from(self.layout.stride());
        let at = (replica as u64 * stride + u64::from(self.layout.weights)) * 16;
        let size = u64::from(self.layout.trained) * 16;
        if size > 0 {
            self.state.submit(|encoder| encoder.clear_buffer(&self.state.params, at, Some(size)));
        }
    }
}

impl Engine for FusedGpu {
    fn device(&self) -> DeviceKind {
        DeviceKind::WebGpu
    }

    fn replicas(&self) -> usize {
        self.replicas.len()
    }

    fn run(&mut self, chunks: &[Chunk]) -> Result<()> {
        self.gpu.check()?;
        let mut sent = 0;
        for (replica, chunk) in self.replicas.iter_mut().zip(chunks) {
            replica.steps += chunk.len();
            for share in chunk.steps().flatten() {
                replica.rows[share.term] += share.len();
            }
            sent += chunk.rows_len();
        }
        if sent == 0 {
            return Ok(());
        }
        // A caller who keeps to the number gets one dispatch.
        let rows = self.pace.rows() / self.ratings_of_row;
        self.send(chunks, rows + rows / 4, false);
        self.pace.sent(sent * self.ratings_of_row);
        Ok(())
    }

    fn rows_per_call(&self) -> usize {
        self.pace.rows().min(self.most_rows).max(1)
    }

    fn gradients(&mut self, replica: usize, chunk: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>> {
        // The kernel leaves gradients where the first moments are; these are put back afterwards.
        self.catch_up(replica, None);
        let aside = self.set_aside();
        self.clear_moments(replica);
        let mut chunks = vec![Chunk::default(); replica + 1];
        for share in chunk.step(0) {
            chunks[replica].push(share.term, share.weight, share.key, chunk.rows(share).iter().copied());
        }
        chunks[replica].end_step();
        self.send(&chunks, usize::MAX, true);
        let involved = self.encoder.involved().to_vec();
        // Where first moments are otherwise.
        let gradients = involved.iter().enumerate().filter(|(_, involved)| **involved);
        let copies = self.copies(gradients.map(|(id, _)| (replica, id, 1..2, false)));
        self.state.submit(|encoder| {
            encoder.copy_buffer_to_buffer(&aside, 0, &self.state.params, 0, aside.size());
            let losses = self.state.losses_bytes();
            encoder.clear_buffer(&self.state.losses, replica as u64 * losses, Some(losses));
        });
        self.replicas[replica].rows.fill(0);
        let gpu = self.gpu.clone();
        Box::pin(async move {
            let mut found = copies.read(&gpu).await?.into_iter().flat_map(|found| found.parts);
            Ok(involved.into_iter().map(|involved| if involved { found.next() } else { None }).collect())
        })
    }

    fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>> {
        let size = self.state.losses.size();
        let per_replica = self.state.losses_bytes() as usize / 4;
        self.gpu.watched(|| {
            self.state.submit(|encoder| {
                encoder.copy_buffer_to_buffer(&self.state.losses, 0, &self.state.read_losses, 0, size);
                encoder.clear_buffer(&self.state.losses, 0, None);
            });
        });
        Box::pin(async move {
            let sums = self.gpu.read(&self.state.read_losses, size).await?;
            self.pace.done();
            let mut losses = Vec::with_capacity(self.replicas.len());
            for (replica, sums) in self.replicas.iter_mut().zip(sums.chunks_exact(per_replica)) {
                let terms = replica.rows.len();
                // By region, term and lane.
                let sum = |term: usize| {
                    let of_term = sums.chunks_exact(LANES as usize).skip(term).step_by(terms);
                    of_term.flatten().map(|&x| f64::from(x)).sum::<f64>()
                };
                let mean = |(term, rows): (usize, &mut usize)| {
                    let rows = std::mem::take(rows);
                    (rows > 0).then(|| (sum(term) / rows as f64) as f32)
                };
                losses.push(replica.rows.iter_mut().enumerate().map(mean).collect());
            }
            Ok(losses)
        })
    }

    fn all_weights(&self, wanted: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>> {
        let wanted = wanted.to_vec();
        let idle = |(replica, param): (usize, ParamId)| {
            self.encoder.idle().filter(|_| !self.replicas[replica].last[param].is_empty())
        };
        let copies = self.copies(wanted.iter().map(|&(replica, param)| {
            let rests = idle((replica, param)).is_some();
            (replica, param, if rests { 0..3 } else { 0..1 }, rests)
        }));
        Box::pin(async move {
            let found = copies.read(&self.gpu).await?;
            let values = wanted.into_iter().zip(found).map(|((replica, param), found)| {
                let Found { parts, last } = found;
                let mut parts = parts.into_iter();
                let mut values = parts.next().unwrap_or_default();
                // What rows have missed is made up for on what was read: there is no pass over the table on the device.
                if let (Some(idle), Some(mut m), Some(mut v)) =
                    (idle((replica, param)), parts.next(), parts.next())
                {
                    let counts = &self.replicas[replica];
                    let last = last.as_ref().unwrap_or(&counts.last[param]);
                    let now = counts.param_steps[param];
                    let columns = self.shape(replica, param)[1].max(1);
                    let of_rows =
                        values.chunks_mut(columns).zip(m.chunks_mut(columns)).zip(v.chunks_mut(columns));
                    for (((value, m), v), &last) in of_rows.zip(last) {
                        idle.catch_up(last, now, value, m, v);
                    }
                }
                values
            });
            Ok(values.collect())
        })
    }

    fn set_weights(&mut self, replica: usize, param: ParamId, values: &[f32]) {
        let [_, columns] = self.shape(replica, param);
        // The moments stay, as they are by now.
        self.catch_up(replica, Some(param));
        self.gpu.watched(|| self.state.write(replica, param, columns, values));
    }

    fn steps(&self, replica: usize) -> usize {
        self.replicas[replica].steps
    }

    fn state(&self, replica: usize) -> Reading<'_, Option<Vec<ParamState>>> {
        let counts = &self.replicas[replica];
        let params = counts.table.params.iter().enumerate();
        let copies = self.copies(params.map(|(id, param)| {
            let parts = if param.trainable { 0..3 } else { 0..1 };
            (replica, id, parts, true)
        }));
        Box::pin(async move {
            let found = copies.read(&self.gpu).await?;
            let states = found.into_iter().enumerate().map(|(id, Found { parts, last })| {
                let mut parts = parts.into_iter();
                let mut next = || parts.next().unwrap_or_default();
                ParamState {
                    values: next(),
                    moments: [next(), next()],
                    last: last.unwrap_or_else(|| counts.last[id].clone()),
                    steps: counts.param_steps[id],
                }
            });
            Ok(Some(states.collect()))
        })
    }

    fn restore(&mut self, replica: usize, params: Vec<ParamState>, steps: usize) -> Result<()> {
        let counts = &mut self.replicas[replica];
        if params.len() != counts.table.params.len() {
            return Err(refused("it has parameters of another network"));
        }
        for (id, state) in params.into_iter().enumerate() {
            let Param { rows, columns, trainable, .. } = counts.table.params[id];
            state.check([rows, columns], trainable, !counts.last[id].is_empty())?;
            let ParamState { values, moments: [first, second], last, steps } = state;
            self.gpu.watched(|| {
                for (part, numbers) in [values, first, second].iter().enumerate() {
                    if !numbers.is_empty() {
                        self.state.write_part(replica, id, columns, numbers, part);
                    }
                }
            });
            if let Some(place) = self.encoder.keeps(id) {
                self.gpu.watched(|| self.state.write_lasts(replica, place, &last));
            }
            (counts.last[id], counts.param_steps[id]) = (last, steps);
            if let Some(rows) = &mut self.encoder.idle {
                rows.idle.prepare(steps + 1);
            }
        }
        counts.steps = steps;
        Ok(())
    }
}
