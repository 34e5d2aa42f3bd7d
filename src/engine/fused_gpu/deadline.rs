//! A bound on how long the device may take to answer.

/// What `answer` comes to once the device has done what it was sent, or `None` if that takes more than so many seconds.
#[cfg(target_arch = "wasm32")]
pub(super) async fn answered<T>(
    _: &wgpu::Device,
    seconds: u32,
    answer: impl Future<Output = T>,
) -> Option<T> {
    browser::within(seconds, answer).await
}

/// The same natively, where nothing happens unless the device is asked.
#[cfg(not(target_arch = "wasm32"))]
pub(super) async fn answered<T>(
    device: &wgpu::Device,
    seconds: u32,
    answer: impl Future<Output = T>,
) -> Option<T> {
    let timeout = Some(std::time::Duration::from_secs(seconds.into()));
    match device.poll(wgpu::PollType::Wait { submission_index: None, timeout }) {
        Ok(_) => Some(answer.await),
        Err(_) => None,
    }
}

/// A browser whose device is gone can leave a promise open for ever.
#[cfg(target_arch = "wasm32")]
mod browser {
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll};

    use js_sys::{Function, Promise};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;

    /// What is counted, in milliseconds. Not the whole time at once: a machine that slept meanwhile has then missed one tick,
    /// and the device the rest of them to answer.
    const TICK: i32 = 1000;

    // Window and worker have them alike.
    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = setTimeout)]
        fn set_timeout(then: &Function, milliseconds: i32) -> JsValue;
        #[wasm_bindgen(js_name = clearTimeout)]
        fn clear_timeout(timeout: &JsValue);
    }

    /// What `answer` comes to, or `None` if it has not come after so many seconds.
    pub(super) async fn within<T>(seconds: u32, answer: impl Future<Output = T>) -> Option<T> {
        let mut answer = pin!(answer);
        for _ in 0..seconds {
            let mut tick = Tick::new();
            let one = std::future::poll_fn(|context| match answer.as_mut().poll(context) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending => tick.poll(context).map(|()| None),
            });
            if let Some(answer) = one.await {
                return Some(answer);
            }
        }
        None
    }

    /// A timer that stops when nobody waits for it any more.
    struct Tick {
        over: JsFuture,
        end: Option<Function>,
        timeout: JsValue,
    }

    impl Tick {
        fn new() -> Self {
            let (mut end, mut timeout) = (None, JsValue::UNDEFINED);
            let promise = Promise::new(&mut |resolve, _| {
                timeout = set_timeout(&resolve, TICK);
                end = Some(resolve);
            });
            Self { over: promise.into(), end, timeout }
        }

        fn poll(&mut self, context: &mut Context) -> Poll<()> {
            Pin::new(&mut self.over).poll(context).map(|_| ())
        }
    }

    impl Drop for Tick {
        fn drop(&mut self) {
            clear_timeout(&self.timeout);
            // What waits for a promise is kept in memory until it comes.
            if let Some(end) = &self.end {
                let _: Result<JsValue, JsValue> = end.call0(&JsValue::UNDEFINED);
            }
        }
    }
}
