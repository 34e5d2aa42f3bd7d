// Asks for the compiled module before anybody needs it, and starts the worker that compiles it: it is most of what there is to load,
// and the page's own modules are many. The worker finds it on its way or in the browser's cache.

const MODULE = new URL("../pkg/dual_metric_bg.wasm", import.meta.url);

// The document's head has asked for it; taken by nobody it would be warned of, and given up it is an error to some browsers.
fetch(MODULE)
  .then((reply) => reply.arrayBuffer())
  .catch(() => undefined); // the worker will say so
// Where a worker computes while the page is still being loaded, WebKit 2.50 ends the page one time in three: there main.js starts it.
// It is the browser that has no idle callbacks.
if ("requestIdleCallback" in globalThis) {
  import("./first_worker.js")
    .then(({ startFirst }) => startFirst())
    .catch(() => undefined); // main.js starts it then
}
// Nor does the other language wait until all other modules are there.
import("./language.js")
  .then(({ firstLanguage }) => (firstLanguage() === "de" ? import("./words/de.js") : null))
  .catch(() => undefined); // main.js asks again
