//! The two kinds of device that training runs on.

/// A device that an engine can be opened on.
#[derive(Clone, Debug)]
pub struct Device {
    pub(super) burn: burn::tensor::Device,
    name: &'static str,
}

impl Device {
    /// The CPU of this machine.
    pub fn cpu() -> Self {
        Self { burn: burn::tensor::Device::flex(), name: "CPU" }
    }

    /// The browser's WebGPU device. It can be opened once in a wasm instance: keep what is returned.
    ///
    /// # Errors
    /// When the browser has no adapter, or the adapter lacks what burn needs.
    #[cfg(target_arch = "wasm32")]
    pub async fn webgpu() -> crate::error::Result<Self> {
        // In the page they have run by now; a test harness does not run a module's start function.
        super::constructors::run_once();
        match burn::tensor::Device::wgpu_options().init_async().await {
            Ok(burn) => Ok(Self { burn, name: "WebGPU" }),
            Err(error) => {
                Err(crate::error::Error::Device { device: "WebGPU device", what: error.to_string() })
            }
        }
    }

    /// `CPU` or `WebGPU`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether work is queued rather than done at once, so that the host has to wait for it now and then.
    pub fn is_queued(&self) -> bool {
        self.name == "WebGPU"
    }
}
