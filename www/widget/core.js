// The widget's end of its worker, and the compiled core, which the kernel has and all widgets of a notebook share.

/** @import { Capabilities, Methods } from "../border.d.ts" */
/** @import { Core } from "../library/session.js" */
/** @import { Reply } from "./core_worker.js" */

/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;

/**
 * The compiled core, asked for once.
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} ask for it, compressed by gzip
 */
export function compiledOnce(ask) {
  compiled ??= ask().then((bytes) => {
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compileStreaming(new Response(plain, { headers: { "Content-Type": "application/wasm" } }));
  });
  // Whoever comes after a failure asks again.
  compiled.catch(() => (compiled = null));
  return compiled;
}

/**
 * Starts a worker.
 * @param {WebAssembly.Module} module
 * @returns {Promise<{ core: Core, capabilities: Capabilities }>}
 */
export async function startCore(module) {
  const text = URL.createObjectURL(new Blob([CORE_WORKER], { type: "text/javascript" }));
  const worker = new Worker(text, { type: "module", name: "dual-metric" });
  /** @type {Map<number, { resolve: (result: never) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let next = 1;
  /** Why nothing is answered any more. @type {Error | null} */
  let gone = null;
  /** @param {string} why */
  const end = (why) => {
    if (gone) return;
    gone = new Error(why);
    worker.terminate();
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  worker.onmessage = (/** @type {MessageEvent<Reply>} */ { data: reply }) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(/** @type {never} */ (reply.result));
  };
  worker.onerror = (event) => end(event.message || "the worker could not be started");
  /** @param {Record<string, unknown>} message @param {Transferable[]} [transfer] @returns {Promise<any>} */
  const ask = (message, transfer = []) =>
    gone
      ? Promise.reject(gone)
      : new Promise((resolve, reject) => {
          const id = next++;
          waiting.set(id, { resolve, reject });
          worker.postMessage({ id, ...message }, transfer);
        });
  /** @type {Core} */
  const core = {
    request: (method, args, transfer) => ask({ method, args }, transfer),
    close: () => end("the session is closed"),
  };
  /** @type {Methods["init"][1]} */
  const capabilities = await ask({ compiled: module }).finally(() => URL.revokeObjectURL(text));
  return { core, capabilities };
}
