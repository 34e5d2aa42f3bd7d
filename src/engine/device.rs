//! The devices that training runs on, and which engine serves them.

#[cfg(webgpu)]
use std::sync::Arc;

#[cfg(webgpu)]
use super::fused_gpu::{FusedGpu, Gpu};
use super::{DeviceKind, Engine, FusedCpu, TrainingGraph};
#[cfg(feature = "reference")]
use super::{ReferenceEngine, reference::Burn};
use crate::error::Result;

/// A device that an engine can be opened on.
#[derive(Clone, Debug)]
pub struct Device(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Cpu,
    #[cfg(webgpu)]
    WebGpu(Arc<Gpu>),
    #[cfg(feature = "reference")]
    Reference(Burn),
}

impl Device {
    /// The CPU of this machine.
    pub fn cpu() -> Self {
        Self(Kind::Cpu)
    }

    /// The CPU of this machine, with burn's operations and automatic differentiation instead of the fused step: what
    /// the fused engines are held against.
    #[cfg(feature = "reference")]
    pub fn cpu_reference() -> Self {
        Self(Kind::Reference(Burn::cpu()))
    }

    /// The browser's WebGPU device; natively this machine's fastest, through Vulkan, Metal or Direct3D 12.
    ///
    /// # Errors
    /// When there is no adapter, or no device opens on it.
    #[cfg(webgpu)]
    #[cfg_attr(
        target_arch = "wasm32",
        allow(clippy::arc_with_non_send_sync, reason = "natively a device may go to another thread")
    )]
    pub async fn webgpu() -> Result<Self> {
        Ok(Self(Kind::WebGpu(Arc::new(Gpu::open().await?))))
    }

    /// A WebGPU device of its own, with burn's operations and automatic differentiation instead of the fused step, for
    /// comparisons. It can be opened once in a wasm instance: keep what is returned.
    ///
    /// # Errors
    /// When the browser has no adapter, or the adapter lacks what burn needs.
    #[cfg(all(target_arch = "wasm32", feature = "reference"))]
    pub async fn webgpu_reference() -> Result<Self> {
        Ok(Self(Kind::Reference(Burn::webgpu().await?)))
    }

    /// Which of the two it is.
    pub fn kind(&self) -> DeviceKind {
        match &self.0 {
            Kind::Cpu => DeviceKind::Cpu,
            #[cfg(webgpu)]
            Kind::WebGpu(_) => DeviceKind::WebGpu,
            #[cfg(feature = "reference")]
            Kind::Reference(burn) => burn.kind,
        }
    }

    /// The WebGPU device.
    #[cfg(webgpu)]
    pub(super) fn gpu(&self) -> Option<&Arc<Gpu>> {
        if let Kind::WebGpu(gpu) = &self.0 { Some(gpu) } else { None }
    }

    /// Burn's device: on any but one of the reference's own, the CPU.
    #[cfg(feature = "reference")]
    pub(crate) fn burn(&self) -> Burn {
        if let Kind::Reference(burn) = &self.0 { burn.clone() } else { Burn::cpu() }
    }

    /// Whether work is queued rather than done at once, so that the host has to wait for it now and then.
    pub fn is_queued(&self) -> bool {
        self.kind() != DeviceKind::Cpu
    }
}

/// Opens the engine that serves a device, with a replica for each training graph: the fused step of WebGPU where it can
/// train the tables, else the CPU's. Networks that are no MLPs go to the reference.
///
/// # Errors
/// When the device refuses, or this program is built without the engine that a network needs.
pub fn open(tables: Vec<TrainingGraph>, device: &Device) -> Result<Box<dyn Engine>> {
    if tables.iter().any(|table| !table.networks.is_empty()) {
        #[cfg(feature = "reference")]
        return Ok(Box::new(ReferenceEngine::new(tables, device)));
        #[cfg(not(feature = "reference"))]
        return Err(crate::error::Error::setting(
            "network",
            "this program is built without burn, which all networks but mlp train with; use mlp, or the command \
             line",
        ));
    }
    Ok(match &device.0 {
        Kind::Cpu => Box::new(FusedCpu::new(tables)),
        #[cfg(webgpu)]
        Kind::WebGpu(_) => match FusedGpu::supports(&tables, device) {
            Ok(()) => Box::new(FusedGpu::new(tables, device)?),
            Err(_) => Box::new(FusedCpu::new(tables)),
        },
        #[cfg(feature = "reference")]
        Kind::Reference(_) => Box::new(ReferenceEngine::new(tables, device)),
    })
}
