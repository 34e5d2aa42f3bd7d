//! The devices that training runs on, and which engine serves them.

#[cfg(target_arch = "wasm32")]
use std::rc::Rc;

#[cfg(target_arch = "wasm32")]
use super::fused_gpu::{FusedGpu, Gpu};
use super::{Engine, FusedCpu, LayerTable, ReferenceEngine};
use crate::error::Result;

/// A device that an engine can be opened on.
#[derive(Clone, Debug)]
pub struct Device {
    pub(super) burn: burn::tensor::Device,
    kind: Kind,
    /// The browser's device under burn's.
    #[cfg(target_arch = "wasm32")]
    pub(super) gpu: Option<Rc<Gpu>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cpu,
    CpuReference,
    #[cfg(target_arch = "wasm32")]
    WebGpu,
    #[cfg(target_arch = "wasm32")]
    WebGpuReference,
}

impl Device {
    /// The CPU of this machine.
    pub fn cpu() -> Self {
        Self {
            burn: burn::tensor::Device::flex(),
            kind: Kind::Cpu,
            #[cfg(target_arch = "wasm32")]
            gpu: None,
        }
    }

    /// The CPU of this machine, with burn's operations and automatic differentiation instead of the fused step: what
    /// the fused engines are held against.
    pub fn cpu_reference() -> Self {
        Self { kind: Kind::CpuReference, ..Self::cpu() }
    }

    /// The browser's WebGPU device. It can be opened once in a wasm instance: keep what is returned.
    ///
    /// # Errors
    /// When the browser has no adapter, or the adapter lacks what burn needs.
    #[cfg(target_arch = "wasm32")]
    pub async fn webgpu() -> Result<Self> {
        // In the page they have run by now; a test harness does not run a module's start function.
        super::constructors::run_once();
        match burn::tensor::Device::wgpu_options().init_with_setup_async().await {
            Ok((burn, setup)) => Ok(Self { burn, kind: Kind::WebGpu, gpu: Some(Rc::new(Gpu::new(&setup))) }),
            Err(error) => {
                Err(crate::error::Error::Device { device: "WebGPU device", what: error.to_string() })
            }
        }
    }

    /// This WebGPU device with burn's operations and automatic differentiation instead of the fused step, for tests and
    /// comparisons. The CPU's stays as it is.
    #[cfg(target_arch = "wasm32")]
    pub fn reference(&self) -> Self {
        match self.kind {
            Kind::WebGpu => Self { kind: Kind::WebGpuReference, ..self.clone() },
            _ => self.clone(),
        }
    }

    /// `CPU` or `WebGPU`.
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Cpu | Kind::CpuReference => "CPU",
            #[cfg(target_arch = "wasm32")]
            Kind::WebGpu | Kind::WebGpuReference => "WebGPU",
        }
    }

    /// Whether work is queued rather than done at once, so that the host has to wait for it now and then.
    pub fn is_queued(&self) -> bool {
        !matches!(self.kind, Kind::Cpu | Kind::CpuReference)
    }
}

/// Opens the engine that serves a device, with a replica for each layer table: the fused step of WebGPU where it can
/// train the tables, else the CPU's.
///
/// # Errors
/// When the device refuses.
pub fn open(tables: Vec<LayerTable>, device: &Device) -> Result<Box<dyn Engine>> {
    Ok(match device.kind {
        Kind::Cpu => Box::new(FusedCpu::new(tables)),
        #[cfg(target_arch = "wasm32")]
        Kind::WebGpu => match FusedGpu::supports(&tables, device) {
            Ok(()) => Box::new(FusedGpu::new(tables, device)?),
            Err(_) => Box::new(FusedCpu::new(tables)),
        },
        _ => Box::new(ReferenceEngine::new(tables, device)),
    })
}
