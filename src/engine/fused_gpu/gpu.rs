//! The WebGPU device, the browser's or this machine's, with what the fused step keeps on it: compiled kernels and the first
//! error.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Poll, Waker};

use super::deadline::answered;
use super::kernel::{self, Variant};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};

/// Threads of a workgroup on hardware: enough to hide the memory's latency.
const THREADS: u32 = 256;
/// On a software adapter: as many as it works on at once, in the lanes of a vector. More of them would take turns, and a
/// barrier costs a turn of each.
const SOFTWARE_THREADS: u32 = 4;

/// Seconds after which a device that has not answered counts as lost: a browser ends what takes its card 10 seconds.
const PATIENCE: u32 = 30;
/// A software adapter takes seconds to compile a kernel, and shares the processor with everybody.
const SOFTWARE_PATIENCE: u32 = 120;

/// Storage buffers of the kernel.
pub(super) const STORAGE_BUFFERS: u32 = 7;
/// The uniform's binding, among them.
pub(super) const UNIFORM: u32 = 6;

/// Where adapters are looked for.
#[cfg(target_arch = "wasm32")]
const BACKENDS: wgpu::Backends = wgpu::Backends::BROWSER_WEBGPU;
#[cfg(not(target_arch = "wasm32"))]
const BACKENDS: wgpu::Backends =
    wgpu::Backends::VULKAN.union(wgpu::Backends::METAL).union(wgpu::Backends::DX12);

/// The first error of a device: what comes after it follows from it.
#[derive(Debug, Default)]
struct FirstError(Mutex<Option<String>>);

impl FirstError {
    fn keep(&self, what: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(what);
    }

    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A WebGPU device.
#[derive(Debug)]
pub(in crate::engine) struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(in crate::engine) is_software: bool,
    kernels: Mutex<Vec<(Variant, Arc<Kernel>)>>,
    planner: OnceLock<Arc<Planner>>,
    error: Arc<FirstError>,
}

/// A kernel. Its entries are compiled when they are first used.
#[derive(Debug)]
pub(super) struct Kernel {
    pub(super) bindings: wgpu::BindGroupLayout,
    module: wgpu::ShaderModule,
    layout: wgpu::PipelineLayout,
    entries: [OnceLock<wgpu::ComputePipeline>; 3],
}

/// The kernel that works out what steps name (plan.wgsl).
#[derive(Debug)]
pub(super) struct Planner {
    pub(super) bindings: wgpu::BindGroupLayout,
    pub(super) pipeline: wgpu::ComputePipeline,
    /// What comes after it under dense Adam.
    pub(super) missed: wgpu::ComputePipeline,
}

/// What a kernel can do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// One workgroup does steps.
    Steps,
    /// Several share out the tiles of a step …
    Tiles,
    /// … and then its update.
    Apply,
}

impl Kernel {
    /// The compiled entry.
    pub(super) fn entry(&self, device: &wgpu::Device, entry: Entry) -> &wgpu::ComputePipeline {
        let name = ["steps", "tiles", "apply"][entry as usize];
        self.entries[entry as usize].get_or_init(|| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(name),
                layout: Some(&self.layout),
                module: &self.module,
                entry_point: Some(name),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
        })
    }
}

impl Gpu {
    /// Opens the fastest adapter, with all that it allows.
    ///
    /// # Errors
    /// When there is none, or no device opens on it.
    pub(in crate::engine) async fn open() -> Result<Self> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: BACKENDS,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let adapter = instance
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..wgpu::RequestAdapterOptions::default()
            })
            .await
            .map_err(|error| lost(error.to_string()))?;
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                required_limits: adapter.limits(),
                ..wgpu::DeviceDescriptor::default()
            })
            .await
            .map_err(|error| lost(error.to_string()))?;
        let info = adapter.get_info();
        let words = format!("{} {} {}", info.name, info.driver, info.driver_info).to_lowercase();
        let is_software = info.device_type == wgpu::DeviceType::Cpu
            || ["swiftshader", "llvmpipe"].iter().any(|name| words.contains(name));
        // Mesa 22.3's llvmpipe loses steps where a call has several dispatches: parity tests fail on it and pass on a card and
        // on SwiftShader.
        #[cfg(not(target_arch = "wasm32"))]
        if words.contains("llvmpipe") {
            return Err(lost(format!("{} is a program and no graphics card", info.name)));
        }
        Ok(Self {
            device,
            queue,
            is_software,
            kernels: Mutex::default(),
            planner: OnceLock::new(),
            error: Arc::default(),
        })
    }

    /// Vectors of workgroup memory that kernels are made for, where the device has enough for any.
    ///
    /// # Errors
    /// What is missing, in plain words.
    pub(super) fn memory(&self) -> std::result::Result<u32, String> {
        let limits = self.device.limits();
        if limits.max_storage_buffers_per_shader_stage < STORAGE_BUFFERS {
            return Err(format!("the device allows a shader fewer than {STORAGE_BUFFERS} buffers"));
        }
        if limits.max_compute_invocations_per_workgroup < THREADS
            || limits.max_compute_workgroup_size_x < THREADS
        {
            return Err(format!("the device allows fewer than {THREADS} threads a workgroup"));
        }
        match limits.max_compute_workgroup_storage_size {
            32_768.. => Ok(2048),
            16_384.. => Ok(1024),
            _ => Err("the device has less than 16 KiB of workgroup memory".into()),
        }
    }

    /// The kernel of a variant, for a software adapter or for hardware.
    pub(super) fn kernel(
        &self,
        memory: u32,
        weights_in_memory: bool,
        is_autoencoder: bool,
        is_software: bool,
    ) -> Arc<Kernel> {
        let threads = if is_software { SOFTWARE_THREADS } else { THREADS };
        let variant = Variant { threads, memory, weights_in_memory, is_autoencoder, is_wide: is_software };
        let mut kernels = self.kernels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, kernel)) = kernels.iter().find(|(of, _)| *of == variant) {
            return kernel.clone();
        }
        let kernel = Arc::new(self.watched(|| compile(&self.device, variant)));
        kernels.push((variant, kernel.clone()));
        kernel
    }

    /// The kernel that plans.
    pub(super) fn planner(&self, block: u32) -> Arc<Planner> {
        self.planner.get_or_init(|| Arc::new(self.watched(|| compile_planner(&self.device, block)))).clone()
    }

    /// Compiles what most trainings need: that of tables with networks of the usual widths, and on hardware of steps that several
    /// workgroups share; where there are `autoencoders`, theirs first. Natively it is there afterwards; a browser goes on with it
    /// by itself.
    pub(in crate::engine) fn warm(&self, autoencoders: bool) {
        let Ok(memory) = self.memory() else { return };
        let entries: &[Entry] =
            if self.is_software { &[Entry::Steps] } else { &[Entry::Tiles, Entry::Apply] };
        // They come before the recommenders, and not on a software adapter.
        for is_autoencoder in [true, false] {
            if is_autoencoder && (!autoencoders || self.is_software) {
                continue;
            }
            let kernel = self.kernel(memory, true, is_autoencoder, self.is_software);
            for entry in entries {
                self.watched(|| kernel.entry(&self.device, *entry));
            }
        }
        if !self.is_software {
            self.planner(memory);
        }
    }

    /// Does something on the device; an error that it causes is kept for [`Gpu::check`].
    pub(super) fn watched<T>(&self, what: impl FnOnce() -> T) -> T {
        let scopes = [wgpu::ErrorFilter::Validation, wgpu::ErrorFilter::OutOfMemory]
            .map(|filter| self.device.push_error_scope(filter));
        let done = what();
        // The last scope ends first.
        for scope in scopes.into_iter().rev() {
            let (error, first) = (scope.pop(), self.error.clone());
            let told = async move {
                if let Some(error) = error.await {
                    first.keep(error.to_string());
                }
            };
            #[cfg(target_arch = "wasm32")]
            wasm_bindgen_futures::spawn_local(told);
            // Natively it is known by now.
            #[cfg(not(target_arch = "wasm32"))]
            pollster::block_on(told);
        }
        done
    }

    /// # Errors
    /// The first error that the device had.
    pub(super) fn check(&self) -> Result<()> {
        self.error.get().map_or(Ok(()), |what| Err(lost(what)))
    }

    /// Waits until a buffer can be read and hands its numbers over.
    ///
    /// # Errors
    /// When the device was lost, had an error before, or does not answer in time.
    pub(super) async fn read(&self, buffer: &wgpu::Buffer, bytes: u64) -> Result<Vec<f32>> {
        let mapping = Arc::new(Mutex::new((None, None::<Waker>)));
        let told = mapping.clone();
        buffer.map_async(wgpu::MapMode::Read, ..bytes, move |result| {
            if let Ok(mut state) = told.lock() {
                state.0 = Some(result);
                if let Some(waker) = state.1.take() {
                    waker.wake();
                }
            }
        });
        let mapped = std::future::poll_fn(|context| match mapping.lock() {
            Ok(mut state) => match state.0.take() {
                Some(result) => Poll::Ready(result.map_err(|error| error.to_string())),
                None => {
                    state.1 = Some(context.waker().clone());
                    Poll::Pending
                }
            },
            Err(error) => Poll::Ready(Err(error.to_string())),
        });
        let patience = if self.is_software { SOFTWARE_PATIENCE } else { PATIENCE };
        let Some(mapped) = answered(&self.device, patience, mapped).await else {
            let what = format!("it has not answered for {patience} seconds");
            self.error.keep(what.clone());
            return Err(lost(what));
        };
        self.check()?;
        mapped.map_err(lost)?;
        let numbers = match buffer.get_mapped_range(..bytes) {
            Ok(view) => view.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
            Err(error) => return Err(lost(error.to_string())),
        };
        buffer.unmap();
        Ok(numbers)
    }
}

fn lost(what: String) -> Error {
    Error::Device { device: DeviceKind::WebGpu, what }
}

fn compile(device: &wgpu::Device, variant: Variant) -> Kernel {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("fused step"),
        source: wgpu::ShaderSource::Wgsl(kernel::text(variant).into()),
    });
    let entries: Vec<_> = (0..=STORAGE_BUFFERS)
        .map(|binding| match binding {
            UNIFORM => entry(UNIFORM, wgpu::BufferBindingType::Uniform, true),
            _ => storage(binding, binding == 4 || binding == 5),
        })
        .collect();
    let (bindings, layout) = layouts(device, &entries);
    Kernel { bindings, module, layout, entries: Default::default() }
}

fn compile_planner(device: &wgpu::Device, block: u32) -> Planner {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("plan"),
        source: wgpu::ShaderSource::Wgsl(kernel::plan_text(THREADS, block).into()),
    });
    let (bindings, layout) =
        layouts(device, &[storage(0, true), storage(1, true), storage(2, false), storage(3, false)]);
    let [pipeline, missed] = ["plan", "miss"].map(|name| {
        device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: Some(&layout),
            module: &module,
            entry_point: Some(name),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        })
    });
    Planner { bindings, pipeline, missed }
}

fn storage(binding: u32, read_only: bool) -> wgpu::BindGroupLayoutEntry {
    entry(binding, wgpu::BufferBindingType::Storage { read_only }, false)
}

fn entry(binding: u32, ty: wgpu::BufferBindingType, has_dynamic_offset: bool) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
        count: None,
    }
}

fn layouts(
    device: &wgpu::Device,
    entries: &[wgpu::BindGroupLayoutEntry],
) -> (wgpu::BindGroupLayout, wgpu::PipelineLayout) {
    let bindings = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries });
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(&bindings)],
        immediate_size: 0,
    });
    (bindings, layout)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Entry, Gpu};

    /// A network of the usual widths has its weights copied (see the layout), and finds all that it needs.
    #[test]
    fn what_is_warmed_up_is_what_trainings_take() {
        let Ok(gpu) = pollster::block_on(Gpu::open()) else {
            eprintln!("left out: there is no card");
            return;
        };
        gpu.warm(true);
        let memory = gpu.memory().unwrap();
        let kernel = gpu.kernel(memory, true, false, gpu.is_software);
        let compiled = |entry: Entry| kernel.entries[entry as usize].get().is_some();
        assert_eq!(compiled(Entry::Steps), gpu.is_software);
        assert_eq!([Entry::Tiles, Entry::Apply].map(compiled), [!gpu.is_software; 2]);
        assert_eq!(gpu.planner.get().is_some(), !gpu.is_software);
        // Autoencoders have a kernel of their own, where they are trained on the device.
        assert_eq!(gpu.kernels.lock().unwrap().len(), if gpu.is_software { 1 } else { 2 });
        gpu.check().unwrap();
    }
}
