//! The engines in the browser, for the benchmark's page. A module of its own, so that nothing of this is in the
//! product's.
#![cfg(target_arch = "wasm32")]

#[path = "../net/mod.rs"]
mod net;

use std::cell::RefCell;

use dual_metric::engine::Device;
use dual_metric::error::Result;
use net::Data;
use net::request::{Reply, Request};
use wasm_bindgen::prelude::*;

// The crates' constructors need no care here: the library's own start function is part of this module too, and runs
// them once when the module is loaded.

/// What is kept between measurements: the last ratings, and the last device with its name, because a WebGPU device
/// can be opened once only.
#[derive(Default)]
struct Kept {
    data: Option<Data>,
    device: Option<(String, Device)>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// Measures what the request (JSON) asks for; the answer is JSON too.
#[wasm_bindgen]
pub async fn measure(request: String) -> std::result::Result<String, JsError> {
    let request: Request = serde_json::from_str(&request)?;
    // Taken out meanwhile: a borrow must not live across a wait.
    let mut kept = KEPT.take();
    let reply = answer(&request, &mut kept).await;
    KEPT.set(kept);
    Ok(serde_json::to_string(&reply?)?)
}

async fn answer(request: &Request, kept: &mut Kept) -> Result<Reply> {
    let data = kept.data.take().filter(|data| data.size == request.size());
    let data = kept.data.insert(data.unwrap_or_else(|| Data::new(request.size())));
    let device = match kept.device.take().filter(|(name, _)| *name == request.engine) {
        Some((_, device)) => device,
        None => net::device(&request.engine).await?,
    };
    kept.device = Some((request.engine.clone(), device.clone()));
    net::measure(request, data, &device).await
}
