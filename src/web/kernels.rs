//! Loads the matrix products that the CPU engine writes for the shapes of a training.

use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

/// Compiles a module beside this instance and puts its function into the function table (see
/// [`KernelLoader`](crate::engine::KernelLoader)).
pub(super) fn load(module: &[u8]) -> Option<u32> {
    try_load(module).ok()
}

fn try_load(module: &[u8]) -> Result<u32, JsValue> {
    let module = WebAssembly::Module::new(&Uint8Array::from(module))?;
    let (imports, environment) = (Object::new(), Object::new());
    Reflect::set(&environment, &"memory".into(), &wasm_bindgen::memory())?;
    Reflect::set(&imports, &"env".into(), &environment)?;
    let instance = WebAssembly::Instance::new(&module, &imports)?;
    let function: Function = Reflect::get(&instance.exports(), &"f".into())?.dyn_into()?;
    let table: WebAssembly::Table = wasm_bindgen::function_table().dyn_into()?;
    let number = table.grow(1)?;
    table.set_raw(number, &function)?;
    Ok(number)
}
