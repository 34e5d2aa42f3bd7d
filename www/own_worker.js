// Starts the page's workers: those that compute and the one that draws the map.

/**
 * A worker of a module of the page. From a blob: address it inherits the page's Content-Security-Policy; from a plain address
 * it would not.
 * @param {URL} module
 * @param {string} name what the worker finds as its own name
 */
export function startWorker(module, name) {
  const text = new Blob([`import ${JSON.stringify(module.href)};`], { type: "text/javascript" });
  const blob = URL.createObjectURL(text);
  const worker = new Worker(blob, { type: "module", name });
  worker.addEventListener("message", () => URL.revokeObjectURL(blob), { once: true });
  return worker;
}
