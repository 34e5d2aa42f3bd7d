//! What WebGPU adapter the browser offers, asked before anything is built on it.

use wasm_bindgen::prelude::*;

use super::views::Adapter;

// wgpu says nothing of an adapter that is a stand-in for another; this does.
#[wasm_bindgen(inline_js = "
export async function describeAdapter() {
  const none = { available: false, fallback: false, description: '' };
  try {
    const adapter = await globalThis.navigator?.gpu?.requestAdapter();
    if (!adapter) return none;
    const { vendor = '', architecture = '', description = '', isFallbackAdapter = false } = adapter.info ?? {};
    const text = description || [vendor, architecture].filter(Boolean).join(' ');
    const software = isFallbackAdapter || adapter.isFallbackAdapter === true || /swiftshader|llvmpipe/i.test(text);
    return { available: true, fallback: software, description: text };
  } catch {
    return none;
  }
}")]
extern "C" {
    #[wasm_bindgen(js_name = describeAdapter)]
    async fn describe_adapter() -> JsValue;
}

impl Adapter {
    /// Asks the browser.
    pub(super) async fn ask() -> Self {
        serde_wasm_bindgen::from_value(describe_adapter().await).unwrap_or_default()
    }
}
