//! The devices of the page's worker: which one a training gets, and what a person is told of it. A wasm instance gets each
//! of its WebGPU devices only once, so that they are kept; one that was lost is lost for good.

use std::sync::Arc;

use super::arguments::DeviceChoice;
use super::views::Adapter;
use crate::data::{Domain, Features, World};
use crate::dml::DenseFeatures;
use crate::engine::{Bag, Device, Speed, Workload};
use crate::error::{Error, Result};
use crate::peers::needs_burn;
use crate::settings::Config;

/// What the page says where a lost device leaves the CPU.
pub(super) const LOST: &str =
    "Training on the CPU: the WebGPU device was lost; reload the page to use it again.";

/// What a device is chosen for.
#[derive(Clone, Copy)]
pub(super) struct Trainings {
    /// Trainings that are done side by side.
    pub(super) at_once: usize,
    /// Workers that would do them on the CPU, each on a core of its own.
    pub(super) workers: usize,
}

impl Trainings {
    /// One training after the other.
    pub(super) const ONE: Self = Self { at_once: 1, workers: 1 };
}

/// What was opened so far.
#[derive(Default)]
pub(super) struct Devices {
    adapter: Option<Adapter>,
    /// With the fused steps.
    webgpu: Option<Device>,
    /// With burn's operations, for what has no fused step.
    burn: Option<Device>,
    is_lost: bool,
}

impl Devices {
    /// The browser's adapter.
    pub(super) async fn adapter(&mut self) -> Adapter {
        match &self.adapter {
            Some(adapter) => adapter.clone(),
            None => {
                let adapter = Adapter::ask().await;
                self.adapter = Some(adapter.clone());
                adapter
            }
        }
    }

    /// Opens a graphics card and has it compile what trainings need, while the page is at other things. What is wrong with it is said
    /// by whoever chooses it.
    pub(super) async fn warm(&mut self) {
        let adapter = self.adapter().await;
        if adapter.available && !adapter.fallback {
            self.webgpu(false).await.0.warming(false, || ());
        }
    }

    /// The device for trainings, or the CPU; and what there is to say of it.
    pub(super) async fn choose(
        &mut self,
        choice: DeviceChoice,
        config: &Config,
        world: &World,
        trainings: Trainings,
    ) -> (Device, Option<String>) {
        match choice {
            DeviceChoice::Cpu => (Device::cpu(), None),
            DeviceChoice::Webgpu => self.webgpu(needs_burn(config)).await,
            // Nothing races with burn's operations: what they take differs from model to model.
            DeviceChoice::Fastest if needs_burn(config) => {
                let note = "Ready, on the CPU: WebGPU is used for this model when it is chosen by name.";
                (Device::cpu(), Some(note.into()))
            }
            DeviceChoice::Fastest => self.fastest(config, world, trainings).await,
        }
    }

    /// Takes down that a WebGPU device is gone.
    pub(super) fn lose(&mut self, error: &Error) {
        self.is_lost = true;
        // The page gets a line; whoever looks into it finds the driver's words in the console.
        web_sys::console::warn_1(&error.to_string().into());
    }

    /// Whether an error of a device means that it is gone, and that another has to take over: then it is for good.
    pub(super) fn loses(&mut self, device: &Device, error: &Error) -> bool {
        let is_lost = device.is_queued() && matches!(error, Error::Device { .. });
        if is_lost {
            self.lose(error);
        }
        is_lost
    }

    /// A WebGPU device, with burn's operations or with the fused steps; or the CPU and why.
    async fn webgpu(&mut self, with_burn: bool) -> (Device, Option<String>) {
        if self.is_lost {
            return (Device::cpu(), Some(LOST.into()));
        }
        let opened = if with_burn { &self.burn } else { &self.webgpu };
        if let Some(device) = opened {
            return (device.clone(), None);
        }
        if !self.adapter().await.available {
            let why = "this browser offers no WebGPU adapter that can be used";
            return (Device::cpu(), Some(format!("Training on the CPU: {why}.")));
        }
        match open(with_burn).await {
            Ok(device) => {
                let place = if with_burn { &mut self.burn } else { &mut self.webgpu };
                *place = Some(device.clone());
                (device, None)
            }
            Err(error) => {
                web_sys::console::warn_1(&error.to_string().into());
                (Device::cpu(), Some(format!("Training on the CPU: {error}.")))
            }
        }
    }

    /// The device that wins a short race on a network like the one to be trained, and what was measured.
    async fn fastest(
        &mut self,
        config: &Config,
        world: &World,
        trainings: Trainings,
    ) -> (Device, Option<String>) {
        let (gpu, note) = self.webgpu(false).await;
        if !gpu.is_queued() {
            return (gpu, note);
        }
        let has_features = |domain: &Domain| domain.user_features.is_some() || domain.item_features.is_some();
        let workload = Workload {
            dimension: config.dimension,
            hidden: config.recommender_hidden.clone(),
            given: DenseFeatures::of(config, world.domains.iter().any(has_features)).len(),
            dropout: config.dropout,
            batch: config.batch,
            replicas: trainings.at_once,
            features: [
                bag(world, |domain| &domain.user_features),
                bag(world, |domain| &domain.item_features),
            ],
        };
        let cpu = Device::cpu();
        let speeds = (workload.speed(&cpu).await, workload.speed(&gpu).await);
        if let (_, Err(error)) = &speeds {
            self.loses(&gpu, error);
        }
        let workers = trainings.workers.max(1) as f64;
        let speeds = (speeds.0.map(|on_cpu| Speed { ratings: on_cpu.ratings * workers, ..on_cpu }), speeds.1);
        let ratings: usize = world.domains.iter().map(|domain| domain.ratings.len()).sum();
        let all = (ratings * config.epochs * trainings.at_once.max(1)) as f64;
        match speeds {
            (Ok(on_cpu), Ok(on_gpu)) => {
                let is_gpu = on_gpu.seconds(all) < on_cpu.seconds(all);
                let (device, names) =
                    if is_gpu { (gpu, ["WebGPU", "the CPU"]) } else { (cpu, ["the CPU", "WebGPU"]) };
                let [first, second] = if is_gpu { [on_gpu, on_cpu] } else { [on_cpu, on_gpu] };
                let note = format!(
                    "Ready, on {}: {}; {} {}.",
                    names[0],
                    measured(first),
                    names[1],
                    measured(second)
                );
                (device, Some(note))
            }
            (_, Err(error)) => (cpu, Some(format!("Training on the CPU: {error}."))),
            (Err(_), Ok(_)) => (gpu, None),
        }
    }
}

/// What was measured of a device, in words.
fn measured(speed: Speed) -> String {
    let thousands = (speed.ratings / 1000.0).round();
    format!("{thousands} thousand ratings a second after {:.2} s to begin", speed.start)
}

/// The features of one side of all domains, as far as they cost time: the largest table and the most entries a row.
fn bag(world: &World, of: impl Fn(&Domain) -> &Option<Arc<Features>>) -> Bag {
    let tables = world.domains.iter().filter_map(|domain| of(domain).as_ref());
    tables.fold(Bag::default(), |most, table| Bag {
        columns: most.columns.max(table.width()),
        of_row: most.of_row.max(table.entries().div_ceil(table.rows().max(1))),
    })
}

/// Opens a device. Without burn there is none with its operations, and what needs them is refused when it is set up.
async fn open(with_burn: bool) -> Result<Device> {
    #[cfg(feature = "reference")]
    if with_burn {
        return Device::webgpu_reference().await;
    }
    let _ = with_burn;
    Device::webgpu().await
}
