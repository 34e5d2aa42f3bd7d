// Asks for the compiled module before anybody needs it: it is most of what there is to load, and the worker, which compiles it,
// starts only when the page's own modules are there. The worker then finds it on its way or in the browser's cache.

const MODULE = new URL("../pkg/dual_metric_bg.wasm", import.meta.url);

// A service worker has it already.
if (!navigator.serviceWorker?.controller) {
  // What is painted first goes first over a slow line.
  fetch(MODULE, { priority: "low" })
    .then((reply) => reply.arrayBuffer())
    .catch(() => undefined); // the worker will say so
}
// Nor does the other language wait until all other modules are there.
import("./language.js")
  .then(({ firstLanguage }) => (firstLanguage() === "de" ? import("./words/de.js") : null))
  .catch(() => undefined); // main.js asks again
