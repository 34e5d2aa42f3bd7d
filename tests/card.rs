//! The fused step on this machine's card, through Vulkan, Metal or Direct3D 12. Without a card these tests are left out.

use crate::crashes;
use dual_metric::engine::Device;

pub(crate) async fn webgpu() -> Device {
    Device::webgpu().await.expect("has_card has opened it before")
}

/// Whether a device can be opened; says so if not.
pub(crate) fn has_card() -> bool {
    let opened = pollster::block_on(Device::webgpu());
    if let Err(error) = &opened {
        eprintln!("left out: {error}");
    }
    opened.is_ok()
}

#[test]
fn a_measurement_on_the_card_goes_on_through_what_is_read_back() {
    if !has_card() {
        return;
    }
    pollster::block_on(async { crashes::change_nothing(&webgpu().await).await });
}
