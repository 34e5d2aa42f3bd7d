//! The devices that burn calculates on.

use crate::engine::DeviceKind;

/// A device of burn's.
#[derive(Clone, Debug)]
pub(crate) struct Burn {
    pub(crate) device: burn::tensor::Device,
    /// What it calculates on.
    pub(crate) kind: DeviceKind,
}

impl Burn {
    /// The CPU of this machine (flex).
    pub(in crate::engine) fn cpu() -> Self {
        Self { device: burn::tensor::Device::flex(), kind: DeviceKind::Cpu }
    }

    /// A WebGPU device; it can be opened once in a wasm instance.
    ///
    /// # Errors
    /// When the browser has no adapter, or the adapter lacks what burn needs.
    #[cfg(target_arch = "wasm32")]
    pub(in crate::engine) async fn webgpu() -> crate::error::Result<Self> {
        // In the page they have run by now; a test harness does not run a module's start function.
        super::constructors::run_once();
        match burn::tensor::Device::wgpu_options().init_async().await {
            Ok(device) => Ok(Self { device, kind: DeviceKind::WebGpu }),
            Err(error) => {
                Err(crate::error::Error::Device { device: DeviceKind::WebGpu, what: error.to_string() })
            }
        }
    }
}
