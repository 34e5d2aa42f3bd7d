//! The devices that training runs on, and which engine serves them.

use std::rc::Rc;
#[cfg(webgpu)]
use std::sync::Arc;

#[cfg(webgpu)]
use super::Term;
#[cfg(webgpu)]
use super::fused_gpu::{FusedGpu, Gpu};
use super::{DeviceKind, Engine, FusedCpu, Hands, TrainingGraph, together::Table};
#[cfg(feature = "reference")]
use super::{ReferenceEngine, reference::Burn};
use crate::error::Result;

/// A device that an engine can be opened on, and who helps it.
#[derive(Clone, Debug)]
pub struct Device {
    pub(super) kind: Kind,
    hands: Hands,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Cpu,
    #[cfg(webgpu)]
    WebGpu(Arc<Gpu>),
    #[cfg(feature = "reference")]
    Reference(Burn),
    /// A place beside other trainings.
    Seat(Rc<Table>),
}

impl Device {
    pub(super) fn of(kind: Kind) -> Self {
        Self { kind, hands: Hands::default() }
    }

    /// The same with these workers beside it.
    #[must_use]
    pub fn with_hands(self, hands: Hands) -> Self {
        Self { hands, ..self }
    }

    /// The workers beside it.
    pub fn hands(&self) -> &Hands {
        &self.hands
    }

    /// The CPU of this machine.
    pub fn cpu() -> Self {
        Self::of(Kind::Cpu)
    }

    /// The CPU of this machine, with burn's operations and automatic differentiation instead of the fused step: what
    /// the fused engines are held against.
    #[cfg(feature = "reference")]
    pub fn cpu_reference() -> Self {
        Self::of(Kind::Reference(Burn::cpu()))
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
        Ok(Self::of(Kind::WebGpu(Arc::new(Gpu::open().await?))))
    }

    /// A WebGPU device of its own, with burn's operations and automatic differentiation instead of the fused step, for
    /// comparisons. It can be opened once in a wasm instance: keep what is returned.
    ///
    /// # Errors
    /// When the browser has no adapter, or the adapter lacks what burn needs.
    #[cfg(all(target_arch = "wasm32", feature = "reference"))]
    pub async fn webgpu_reference() -> Result<Self> {
        Ok(Self::of(Kind::Reference(Burn::webgpu().await?)))
    }

    /// Does something else while a WebGPU device compiles what most trainings need, and what `autoencoders` do if there are to
    /// be some: the first of them need not wait for it then. A browser goes on with it by itself afterwards.
    pub fn warming<T>(&self, autoencoders: bool, meanwhile: impl FnOnce() -> T) -> T {
        #[cfg(all(webgpu, not(target_arch = "wasm32")))]
        if let Some(gpu) = self.gpu() {
            return std::thread::scope(|scope| {
                scope.spawn(|| gpu.warm(autoencoders));
                meanwhile()
            });
        }
        #[cfg(all(webgpu, target_arch = "wasm32"))]
        if let Some(gpu) = self.gpu() {
            gpu.warm(autoencoders);
        }
        meanwhile()
    }

    /// Which of the two it is.
    pub fn kind(&self) -> DeviceKind {
        match &self.kind {
            Kind::Cpu => DeviceKind::Cpu,
            #[cfg(webgpu)]
            Kind::WebGpu(_) => DeviceKind::WebGpu,
            #[cfg(feature = "reference")]
            Kind::Reference(burn) => burn.kind,
            Kind::Seat(table) => table.device().kind(),
        }
    }

    /// The WebGPU device.
    #[cfg(webgpu)]
    pub(super) fn gpu(&self) -> Option<&Arc<Gpu>> {
        match &self.kind {
            Kind::WebGpu(gpu) => Some(gpu),
            Kind::Seat(table) => table.device().gpu(),
            Kind::Cpu => None,
            #[cfg(feature = "reference")]
            Kind::Reference(_) => None,
        }
    }

    /// Burn's device: on any but one of the reference's own, the CPU.
    #[cfg(feature = "reference")]
    pub(crate) fn burn(&self) -> Burn {
        match &self.kind {
            Kind::Reference(burn) => burn.clone(),
            Kind::Seat(table) => table.device().burn(),
            _ => Burn::cpu(),
        }
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
pub fn open(mut tables: Vec<TrainingGraph>, device: &Device) -> Result<Box<dyn Engine>> {
    if let Kind::Seat(table) = &device.kind {
        // What nobody else on the device could train beside it is trained as if it were alone.
        if tables.len() == 1
            && shares(&tables[0], table.device())
            && let Some(graph) = tables.pop()
        {
            return Ok(table.engine(graph));
        }
        return open(tables, table.device());
    }
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
    Ok(match &device.kind {
        Kind::Cpu => Box::new(FusedCpu::new(tables)),
        #[cfg(webgpu)]
        Kind::WebGpu(gpu) => match suits(gpu, &tables, device) {
            true => Box::new(FusedGpu::new(tables, device)?),
            false => Box::new(FusedCpu::new(tables)),
        },
        #[cfg(feature = "reference")]
        Kind::Reference(_) => Box::new(ReferenceEngine::new(tables, device)),
        Kind::Seat(table) => return open(tables, table.device()),
    })
}

/// Whether a WebGPU device is to train graphs. A software adapter is this machine's processor: an epoch of autoencoders takes a
/// hundred times as long on it as by the step that is made for the processor.
#[cfg(webgpu)]
fn suits(gpu: &Gpu, graphs: &[TrainingGraph], device: &Device) -> bool {
    let has_autoencoder =
        graphs.iter().flat_map(|graph| &graph.terms).any(|term| matches!(term, Term::Autoencoder(_)));
    !(gpu.is_software && has_autoencoder) && FusedGpu::supports(graphs, device).is_ok()
}

/// Whether a graph can be a replica beside others on a device: those of the fused steps, whose terms the device's own has.
fn shares(graph: &TrainingGraph, device: &Device) -> bool {
    graph.networks.is_empty() && has_room(std::slice::from_ref(graph), device)
}

/// Whether an engine of so many replicas can be opened on a device, without another in its place.
pub(super) fn has_room(graphs: &[TrainingGraph], device: &Device) -> bool {
    match &device.kind {
        #[cfg(webgpu)]
        Kind::WebGpu(gpu) => suits(gpu, graphs, device),
        #[cfg(feature = "reference")]
        Kind::Reference(_) => false,
        _ => true,
    }
}
