//! In a dedicated worker of a real browser, on WebGPU: the device that the page trains on.
#![cfg(target_arch = "wasm32")]

use burn::tensor::{Device, Tensor, TensorData};
use dual_metric::rng::Generator;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// # Shapes
/// `values` [n, n], twice; the product [n, n] comes back as plain numbers.
async fn squared(values: &[f32], n: usize, device: &Device) -> Vec<f32> {
    let matrix = Tensor::<2>::from_data(TensorData::new(values.to_vec(), [n, n]), device);
    let product =
        matrix.clone().matmul(matrix).into_data_async().await.expect("the device gives the product back");
    product.try_to_vec().expect("numbers")
}

#[wasm_bindgen_test]
async fn webgpu_multiplies_as_the_cpu_does() {
    let webgpu = Device::wgpu_options().init_async().await.expect("the browser has a WebGPU adapter");
    let n = 64;
    let values = Generator::new(7, "matrix").normals(n * n, 1.0);
    let (there, here) = (squared(&values, n, &webgpu).await, squared(&values, n, &Device::flex()).await);
    let worst = there.iter().zip(&here).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-3, "largest difference {worst}");
    assert!(here.iter().any(|value| value.abs() > 1.0));
}
