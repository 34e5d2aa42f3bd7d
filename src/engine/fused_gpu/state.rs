//! The buffers of the fused step. They are made once; those for the program and its scratch grow with the largest call.

use std::rc::Rc;
use std::sync::Arc;

use wgpu::BufferUsages as Usages;

use super::gpu::{Entry, Gpu, Kernel, STORAGE_BUFFERS, UNIFORM};
use super::layout::Layout;
use super::plan::Plan;
use super::plan_pass::PlanPass;
use super::program::Program;
use super::words::LANES;
use crate::engine::{Chunk, ParamId, TrainingGraph};

/// The most workgroups that work on a step of a replica.
pub(super) const REGIONS: u32 = 64;
/// Those that share out a step's update.
const UPDATE_GROUPS: u32 = 16;
/// Bytes of four numbers.
const VECTOR: u64 = 16;
/// Bytes between two places that a uniform can be bound at, on any device.
const UNIFORM_STRIDE: u64 = 256;
/// Bytes of a uniform.
const UNIFORM_BYTES: u64 = 16;

/// A part of what is on the device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Whether it is one of the last steps of rows, and not of the parameters.
    of_lasts: bool,
    at: u64,
    size: u64,
}

/// What is on the device.
pub(super) struct State {
    gpu: Arc<Gpu>,
    kernel: Arc<Kernel>,
    layout: Rc<Layout>,
    replicas: u32,
    pub(super) params: wgpu::Buffer,
    partials: wgpu::Buffer,
    scratch: wgpu::Buffer,
    pub(super) losses: wgpu::Buffer,
    data: wgpu::Buffer,
    program: wgpu::Buffer,
    /// The last step of each row, where the device keeps count.
    lasts: wgpu::Buffer,
    dispatches: wgpu::Buffer,
    bindings: wgpu::BindGroup,
    /// The losses as the host reads them.
    pub(super) read_losses: wgpu::Buffer,
    plan_pass: Option<PlanPass>,
}

impl State {
    /// Makes the buffers and writes first values and data.
    pub(super) fn new(
        gpu: Arc<Gpu>,
        kernel: Arc<Kernel>,
        layout: Rc<Layout>,
        tables: &[TrainingGraph],
        data: &[u32],
        plan_pass: Option<PlanPass>,
        lasts: u32,
    ) -> Self {
        let replicas = tables.len() as u32;
        let terms = tables.first().map_or(0, |table| table.terms.len());
        let losses = u64::from(replicas * REGIONS) * terms as u64 * u64::from(LANES) * 4;
        let device = &gpu.device;
        let state = Usages::STORAGE | Usages::COPY_SRC | Usages::COPY_DST;
        let times = |vectors: u32| u64::from(replicas) * u64::from(vectors) * VECTOR;
        let params = buffer(device, times(layout.stride()), state);
        let partials = buffer(device, times(layout.dense), Usages::STORAGE | Usages::COPY_DST);
        let scratch = buffer(device, 4096, Usages::STORAGE);
        let losses_buffer = buffer(device, losses, state);
        let data_buffer = buffer(device, data.len() as u64 * 4, Usages::STORAGE | Usages::COPY_DST);
        let program = buffer(device, 4096, Usages::STORAGE | Usages::COPY_DST);
        let dispatches = buffer(device, 16 * UNIFORM_STRIDE, Usages::UNIFORM | Usages::COPY_DST);
        let lasts = buffer(device, u64::from(replicas) * u64::from(lasts) * 4, state);
        let storage = [&params, &partials, &scratch, &losses_buffer, &data_buffer, &program, &lasts];
        let bindings = bind(device, &kernel, storage, &dispatches);
        let read_losses = buffer(device, losses, Usages::MAP_READ | Usages::COPY_DST);
        gpu.queue.write_buffer(&data_buffer, 0, bytemuck::cast_slice(data));
        let state = Self {
            gpu: gpu.clone(),
            kernel,
            layout,
            replicas,
            params,
            partials,
            scratch,
            losses: losses_buffer,
            data: data_buffer,
            program,
            lasts,
            dispatches,
            bindings,
            read_losses,
            plan_pass,
        };
        for (replica, table) in tables.iter().enumerate() {
            for (id, param) in table.params.iter().enumerate() {
                state.write(replica, id, param.columns, &param.values);
            }
        }
        state
    }

    /// First byte of a parameter.
    fn place(&self, replica: usize, id: ParamId) -> u64 {
        (replica as u64 * u64::from(self.layout.stride()) + u64::from(self.layout.places[id])) * VECTOR
    }

    /// Writes a parameter, row-major.
    pub(super) fn write(&self, replica: usize, id: ParamId, columns: usize, values: &[f32]) {
        self.write_part(replica, id, columns, values, 0);
    }

    /// Where a parameter (`part` 0) or a moment of it (1 or 2) lies.
    fn part(&self, replica: usize, id: ParamId, part: usize) -> u64 {
        let parts = [0, self.layout.weights, self.layout.weights + self.layout.trained];
        self.place(replica, id) + u64::from(parts[part]) * VECTOR
    }

    /// The same, or a moment of it.
    pub(super) fn write_part(
        &self,
        replica: usize,
        id: ParamId,
        columns: usize,
        values: &[f32],
        part: usize,
    ) {
        let at = self.part(replica, id, part);
        let stride = columns.next_multiple_of(4);
        if stride == columns {
            self.gpu.queue.write_buffer(&self.params, at, bytemuck::cast_slice(values));
            return;
        }
        let mut padded = vec![0.0_f32; values.len() / columns * stride];
        for (to, row) in padded.chunks_exact_mut(stride).zip(values.chunks_exact(columns)) {
            to[..columns].copy_from_slice(row);
        }
        self.gpu.queue.write_buffer(&self.params, at, bytemuck::cast_slice(&padded));
    }

    /// Where so many bytes of a parameter (or of a moment of it, `part` 1 or 2) lie.
    pub(super) fn piece(&self, replica: usize, id: ParamId, part: usize, size: u64) -> Piece {
        Piece { of_lasts: false, at: self.part(replica, id, part), size }
    }

    /// Where so many bytes of the last steps of a table's rows lie.
    pub(super) fn lasts_piece(&self, replica: usize, place: u32, size: u64) -> Piece {
        Piece { of_lasts: true, at: self.lasts_place(replica, place), size }
    }

    /// A copy of pieces, one behind the other, that can be read.
    pub(super) fn copy(&self, pieces: &[Piece]) -> wgpu::Buffer {
        let size = pieces.iter().map(|piece| piece.size).sum();
        let copy = buffer(&self.gpu.device, size, Usages::MAP_READ | Usages::COPY_DST);
        self.submit(|encoder| {
            let mut to = 0;
            for &Piece { of_lasts, at, size } in pieces {
                let from = if of_lasts { &self.lasts } else { &self.params };
                encoder.copy_buffer_to_buffer(from, at, &copy, to, size);
                to += size;
            }
        });
        copy
    }

    /// First byte of the last steps of a table's rows, which begin at a place of each replica.
    fn lasts_place(&self, replica: usize, place: u32) -> u64 {
        let stride = self.lasts.size() / 4 / u64::from(self.replicas.max(1));
        (replica as u64 * stride + u64::from(place)) * 4
    }

    /// Writes the last steps of a table's rows.
    pub(super) fn write_lasts(&self, replica: usize, place: u32, lasts: &[u32]) {
        let at = self.lasts_place(replica, place);
        self.gpu.queue.write_buffer(&self.lasts, at, bytemuck::cast_slice(lasts));
    }

    /// Sends one command buffer off.
    pub(super) fn submit(&self, record: impl FnOnce(&mut wgpu::CommandEncoder)) {
        let mut encoder = self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        record(&mut encoder);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Bytes of the losses of a replica.
    pub(super) fn losses_bytes(&self) -> u64 {
        self.losses.size() / u64::from(self.replicas.max(1))
    }

    /// Uploads a program and sends its dispatches off, each as its own command buffer; before them, the pass that works
    /// out what they name.
    pub(super) fn run(&mut self, program: &Program, plan: Option<(&Plan, &[Chunk])>) {
        let reserved = plan.map_or(0, |(plan, _)| plan.reserved);
        self.grow(program, reserved);
        let queue = &self.gpu.queue;
        queue.write_buffer(&self.program, 0, bytemuck::cast_slice(&program.words));
        let mut uniforms = vec![0_u32; program.dispatches.len() * UNIFORM_STRIDE as usize / 4];
        for (to, &start) in uniforms.chunks_exact_mut(UNIFORM_STRIDE as usize / 4).zip(&program.dispatches) {
            to[0] = start;
        }
        queue.write_buffer(&self.dispatches, 0, bytemuck::cast_slice(&uniforms));
        if let Some((plan, chunks)) = plan
            && let Some(mut pass) = self.plan_pass.take()
        {
            let buffers = [&self.data, &self.program];
            self.submit(|encoder| pass.record(&self.gpu, buffers, plan, chunks, encoder));
            self.plan_pass = Some(pass);
        }
        if program.regions > 1 {
            self.run_in_groups(program);
            return;
        }
        for number in 0..program.dispatches.len() as u32 {
            self.submit(|encoder| {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                pass.set_pipeline(self.kernel.entry(&self.gpu.device, Entry::Steps));
                pass.set_bind_group(0, &self.bindings, &[number * UNIFORM_STRIDE as u32]);
                pass.dispatch_workgroups(self.replicas, 1, 1);
            });
        }
    }

    /// A step is two dispatches: the tiles, then the update. As many steps a command buffer as its rows allow.
    fn run_in_groups(&self, program: &Program) {
        let device = &self.gpu.device;
        let (tiles, apply) =
            (self.kernel.entry(device, Entry::Tiles), self.kernel.entry(device, Entry::Apply));
        // One workgroup leaves its gradients there; several add to what they find.
        self.submit(|encoder| encoder.clear_buffer(&self.partials, 0, None));
        let all: Vec<u32> = (0..program.dispatches.len() as u32).collect();
        for steps in all.chunks(program.steps_per_submit) {
            self.submit(|encoder| {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                for number in steps {
                    pass.set_bind_group(0, &self.bindings, &[number * UNIFORM_STRIDE as u32]);
                    pass.set_pipeline(tiles);
                    pass.dispatch_workgroups(program.regions, self.replicas, 1);
                    pass.set_pipeline(apply);
                    pass.dispatch_workgroups(UPDATE_GROUPS, self.replicas, 1);
                }
            });
        }
    }

    /// Makes room for a program that is larger than all before, with the words that the device adds to it.
    fn grow(&mut self, program: &Program, reserved: u32) {
        let device = &self.gpu.device;
        let scratch = u64::from(program.scratch) * u64::from(self.replicas) * VECTOR;
        let partials = u64::from(program.regions * self.replicas) * u64::from(self.layout.dense) * VECTOR;
        let has_grown = [
            fit(device, &mut self.program, (program.words.len() as u64 + u64::from(reserved)) * 4),
            fit(device, &mut self.scratch, scratch),
            fit(device, &mut self.partials, partials),
            fit(device, &mut self.dispatches, program.dispatches.len() as u64 * UNIFORM_STRIDE),
        ];
        if has_grown.contains(&true) {
            if let Some(pass) = &mut self.plan_pass {
                pass.bind_anew();
            }
            let Self { params, partials, scratch, losses, data, program, lasts, .. } = &*self;
            let storage = [params, partials, scratch, losses, data, program, lasts];
            self.bindings = bind(device, &self.kernel, storage, &self.dispatches);
        }
    }
}

/// Makes a buffer anew if it has less than `size` bytes; whether it was.
pub(super) fn fit(device: &wgpu::Device, held: &mut wgpu::Buffer, size: u64) -> bool {
    let is_small = held.size() < size;
    if is_small {
        *held = buffer(device, size.next_power_of_two(), held.usage());
    }
    is_small
}

pub(super) fn buffer(device: &wgpu::Device, size: u64, usage: Usages) -> wgpu::Buffer {
    // A binding may not be empty.
    let size = size.max(16).next_multiple_of(16);
    device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
}

fn bind(
    device: &wgpu::Device,
    kernel: &Kernel,
    storage: [&wgpu::Buffer; STORAGE_BUFFERS as usize],
    dispatches: &wgpu::Buffer,
) -> wgpu::BindGroup {
    let mut entries: Vec<wgpu::BindGroupEntry> = (0..=STORAGE_BUFFERS)
        .filter(|&binding| binding != UNIFORM)
        .zip(storage)
        .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
        .collect();
    entries.push(wgpu::BindGroupEntry {
        binding: UNIFORM,
        resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: dispatches,
            offset: 0,
            size: std::num::NonZeroU64::new(UNIFORM_BYTES),
        }),
    });
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &kernel.bindings,
        entries: &entries,
    })
}
