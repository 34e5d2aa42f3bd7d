// Asks for the compiled module before anybody needs it, and starts the worker that compiles it: it is most of what there is to load,
// and the page's own modules are many. The worker finds it on its way or in the browser's cache.

const MODULE = new URL("../pkg/dual_metric_bg.wasm", import.meta.url);

// A service worker has it already; the document's head has asked for it, and who does not take it is warned.
const isKept = Boolean(navigator.serviceWorker?.controller);
fetch(MODULE)
  .then(async (reply) => void (await (isKept ? reply.body?.cancel() : reply.arrayBuffer())))
  .catch(() => undefined); // the worker will say so
import("./first_worker.js")
  .then(({ startFirst }) => startFirst())
  .catch(() => undefined); // main.js starts it then
// Nor does the other language wait until all other modules are there.
import("./language.js")
  .then(({ firstLanguage }) => (firstLanguage() === "de" ? import("./words/de.js") : null))
  .catch(() => undefined); // main.js asks again
