//! The pass before a call's steps that works out what they name (plan.wgsl).

use std::sync::Arc;

use wgpu::BufferUsages as Usages;

use super::gpu::{Gpu, Planner};
use super::plan::Plan;
use super::state::{buffer, fit};
use crate::engine::Chunk;

/// Workgroups of a dispatch in one direction, on any device.
const MOST_GROUPS: u32 = 32_768;
/// Bytes of a key.
const KEY: u64 = 8;

/// What is on the device for it.
pub(super) struct PlanPass {
    kernel: Arc<Planner>,
    plans: wgpu::Buffer,
    sorted: wgpu::Buffer,
    bindings: Option<wgpu::BindGroup>,
}

impl PlanPass {
    /// For workgroups whose memory holds `block` keys.
    pub(super) fn new(gpu: &Gpu, block: u32) -> Self {
        Self {
            kernel: gpu.planner(block),
            plans: buffer(&gpu.device, 4096, Usages::STORAGE | Usages::COPY_DST),
            sorted: buffer(&gpu.device, 4096, Usages::STORAGE),
            bindings: None,
        }
    }

    /// The buffers that are bound for the steps were made anew.
    pub(super) fn bind_anew(&mut self) {
        self.bindings = None;
    }

    /// Uploads a plan with the rows of all chunks, and records the pass.
    pub(super) fn record(
        &mut self,
        gpu: &Gpu,
        [data, program]: [&wgpu::Buffer; 2],
        plan: &Plan,
        chunks: &[Chunk],
        encoder: &mut wgpu::CommandEncoder,
    ) {
        let rows: usize = chunks.iter().map(Chunk::rows_len).sum();
        let bytes = (plan.words.len() + rows) as u64 * 4;
        let has_grown = [
            fit(&gpu.device, &mut self.plans, bytes),
            fit(&gpu.device, &mut self.sorted, u64::from(plan.keys) * KEY),
        ];
        if has_grown.contains(&true) {
            self.bindings = None;
        }
        gpu.queue.write_buffer(&self.plans, 0, bytemuck::cast_slice(&plan.words));
        let mut at = plan.words.len() as u64 * 4;
        for chunk in chunks {
            gpu.queue.write_buffer(&self.plans, at, bytemuck::cast_slice(chunk.all_rows()));
            at += chunk.rows_len() as u64 * 4;
        }
        let buffers = [data, &self.plans, program, &self.sorted];
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let bindings = self.bindings.get_or_insert_with(|| {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &self.kernel.bindings,
                entries: &entries,
            })
        });
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&self.kernel.pipeline);
        pass.set_bind_group(0, &*bindings, &[]);
        let groups = [plan.units.min(MOST_GROUPS), plan.units.div_ceil(MOST_GROUPS)];
        pass.dispatch_workgroups(groups[0], groups[1], 1);
        if plan.missed.is_some() {
            pass.set_pipeline(&self.kernel.missed);
            pass.dispatch_workgroups(groups[0], groups[1], 1);
        }
    }
}
