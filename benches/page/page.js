// The benchmark's page: a dedicated worker with an engine in it, and one function that asks it.

/** @typedef {Record<string, unknown>} Message a request or an answer, as in benches/net/request.rs */

const tensorflow = location.hash === "#tfjs";
const worker = new Worker(tensorflow ? "/page/tfjs_worker.js" : "/page/engine_worker.js", {
  type: tensorflow ? "classic" : "module",
});

/**
 * Asks the worker; one request at a time.
 * @param {Message} request
 * @returns {Promise<Message>}
 */
const ask = (request) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.postMessage(request);
  });

Object.assign(globalThis, { ask });
