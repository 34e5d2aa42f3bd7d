// The worker around the compiled core. The core's session must never be entered twice, so that every call goes
// through one queue; training is a loop of short calls, and requests are served between them.

/** @import { Methods, Reply, Request, TrainState, TrainingEvent } from "./protocol.js" */

/** @typedef {Record<string, (args: unknown) => unknown>} Core the compiled `Session` */

/** @type {{ postMessage(message: Reply, transfer?: Transferable[]): void,
 *   onmessage: ((message: MessageEvent<Request<keyof Methods>>) => void) | null }} */
const page = /** @type {any} */ (self);

/** How long the core may keep the thread at a time. */
const SLICE_MILLISECONDS = 24;
/** Events are sent on at most this often: the page draws no faster. */
const POST_MILLISECONDS = 90;

const ready = start();
/** @type {Promise<unknown>} */
let queue = ready;
let wanted = false;
/** @type {Promise<TrainState> | null} */
let training = null;
/** @type {TrainState} */
let last = { state: "idle", fraction: 0, seconds_left: null, run: null, runs: [0, 0], epoch: 0, message: null };

/** @returns {Promise<Core>} */
async function start() {
  const core = await import(new URL("../pkg/dual_metric.js", import.meta.url).href);
  await core.default();
  return new core.Session();
}

/**
 * Calls the core after all earlier calls have ended.
 * @param {string} method
 * @param {unknown} args
 * @returns {Promise<any>}
 */
function call(method, args) {
  const run = queue.then(async () => {
    const session = await ready;
    if (typeof session[method] !== "function") throw new Error(`The core has no ${method}`);
    return session[method](args);
  });
  queue = run.catch(() => undefined);
  return run;
}

/** Waits for a macrotask, so that messages from the page are heard; timers would wait for 4 ms each. */
function breathe() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}

/**
 * Trains until done, paused, failed or through with that many epochs.
 * @param {number | null} epochs
 * @returns {Promise<TrainState>}
 */
async function train(epochs) {
  /** @type {TrainingEvent[]} */
  let events = [];
  let posted = 0;
  let left = epochs;
  let running = true;
  while (running) {
    const step = await call("advance", { milliseconds: SLICE_MILLISECONDS, epochs: left });
    events.push(...step.events);
    last = step.state;
    if (left !== null) {
      left -= step.events.filter((/** @type {TrainingEvent} */ event) => event.type === "epoch").length;
    }
    running = wanted && last.state === "running" && (left === null || left > 0);
    if (!running && last.state === "running") last = { ...last, state: "paused" };
    if (!running || performance.now() - posted > POST_MILLISECONDS) {
      page.postMessage({ events: thinned(events), state: last });
      events = [];
      posted = performance.now();
    }
    await breathe();
  }
  return last;
}

/**
 * Of many progress reports in one message only the last says anything.
 * @param {TrainingEvent[]} events
 */
function thinned(events) {
  const latest = events.findLast((event) => event.type === "batch");
  return events.filter((event) => event.type !== "batch" || event === latest);
}

/**
 * @param {keyof Methods} method
 * @param {any} args
 */
async function answer(method, args) {
  if (method === "pause") {
    wanted = false;
    return training ? training : last;
  }
  if (method === "train") {
    wanted = true;
    training ??= train(args.epochs).finally(() => {
      training = null;
    });
    return training;
  }
  if (method === "prepare") {
    wanted = false;
    await training;
    last = { state: "idle", fraction: 0, seconds_left: null, run: null, runs: [0, 0], epoch: 0, message: null };
  }
  return call(method, args);
}

/**
 * The buffers of a reply that can be handed over instead of copied.
 * @param {unknown} result
 * @returns {Transferable[]}
 */
function transferable(result) {
  /** @type {Set<ArrayBuffer>} */
  const buffers = new Set();
  const collect = (/** @type {unknown} */ value) => {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteLength } = value;
      if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffers.add(buffer);
    } else if (value !== null && typeof value === "object") {
      Object.values(value).forEach(collect);
    }
  };
  collect(result);
  return [...buffers];
}

/** @param {unknown} error */
const textOf = (error) => (error instanceof Error ? error.message : String(error));

page.onmessage = async ({ data: { id, method, args } }) => {
  try {
    const result = await answer(method, args);
    page.postMessage({ id, result }, transferable(result));
  } catch (error) {
    // After a trap the instance is unusable: the page must replace this worker.
    if (error instanceof WebAssembly.RuntimeError) page.postMessage({ fatal: textOf(error) });
    else page.postMessage({ id, error: textOf(error) });
  }
};

ready.catch((error) => page.postMessage({ fatal: `The compiled core did not start: ${textOf(error)}` }));
