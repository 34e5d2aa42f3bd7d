//! Other workers of the page, that a training may give a part of its work to.

use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::engine::{Hand, Hands, Reading};
use crate::error::Error;

/// One of them, by its number.
struct Worker {
    number: u32,
    /// Called with the number and the question's bytes; promises those of the answer.
    ask: Function,
}

/// So many of them.
pub(super) fn hands(count: u32, ask: &Function) -> Hands {
    let worker = |number| Rc::new(Worker { number, ask: ask.clone() }) as Rc<dyn Hand>;
    Hands::new((0..count).map(worker).collect())
}

impl Hand for Worker {
    fn ask(&self, asked: Vec<u8>) -> Reading<'static, Vec<u8>> {
        let bytes = Uint8Array::from(&asked[..]);
        // It begins with this call, not where somebody waits for it.
        let promised = self.ask.call2(&JsValue::NULL, &self.number.into(), &bytes);
        Box::pin(async move {
            let answer =
                async { JsFuture::from(promised?.dyn_into::<Promise>()?).await?.dyn_into::<Uint8Array>() };
            let gone = |_: JsValue| Error::data("a worker beside this one is gone", "Go on without it");
            Ok(answer.await.map_err(gone)?.to_vec())
        })
    }
}
