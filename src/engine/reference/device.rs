//! The devices that burn calculates on.

/// A device of burn's.
#[derive(Clone, Debug)]
pub(crate) struct Burn {
    pub(crate) device: burn::tensor::Device,
    /// `CPU` or `WebGPU`.
    pub(crate) name: &'static str,
}

impl Burn {
    /// The CPU of this machine (flex).
    pub(in crate::engine) fn cpu() -> Self {
        Self { device: burn::tensor::Device::flex(), name: "CPU" }
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
            Ok(device) => Ok(Self { device, name: "WebGPU" }),
            Err(error) => {
                Err(crate::error::Error::Device { device: "WebGPU device", what: error.to_string() })
            }
        }
    }
}
