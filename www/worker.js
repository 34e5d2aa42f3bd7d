// The worker around the compiled core. The core's session must never be entered twice, so that every call goes
// through one queue; training is a loop of short calls, and requests are served between them.

import { Helpers } from "./helpers.js";
import { NOT_COMPILED, OUT_OF_MEMORY } from "./protocol.js";

/** @import { Methods as CoreMethods, TrainState, TrainingEvent } from "./border.d.ts" */
/** @import { Answer, Methods, Reply, Request } from "./protocol.js" */

/**
 * The compiled `Session`.
 * @typedef {{ [M in keyof CoreMethods]: (args: CoreMethods[M][0], told?: (fraction: number) => void) =>
 *   CoreMethods[M][1] | Promise<CoreMethods[M][1]> }} Core told: of a job, how much of it is done
 */
/**
 * What a worker sees of its page; the library of types that the page is checked with has no workers.
 * @typedef {{ postMessage(message: Reply, transfer?: Transferable[]): void,
 *   onmessage: ((message: MessageEvent<Request>) => void) | null }} Page
 */

const page = /** @type {Page} */ (/** @type {unknown} */ (self));

/** How long the core may keep the thread at a time. */
const SLICE_MILLISECONDS = 24;
/** Events are sent on at most this often: the page draws no faster. */
const POST_MILLISECONDS = 90;
/** Of a training the first checkpoint is made after so long, so that there is soon something to lose nothing of. */
const FIRST_CHECKPOINT_MILLISECONDS = 1000;
/** The others are at least so far apart, */
const CHECKPOINT_MILLISECONDS = 5000;
/** and so far that they take no more than this share of the time. */
const CHECKPOINT_SHARE = 0.02;

/** An allocation that fails ends the core without a word; where there is not so much more, that was it. */
const SPARE_PAGES = 1024;

/** The core's. @type {WebAssembly.Memory | null} */
let memory = null;

announce();
const ready = start();
/** Ends with the call that was made last. @type {Promise<unknown>} */
let queue = ready;
let wanted = false;
/** @type {Promise<TrainState> | null} */
let training = null;
/** @type {TrainState} */
const IDLE = { state: "idle", fraction: 0, seconds_left: null, run: null, runs: [0, 0], epoch: 0, sweeps: null, trained: false, message: null };
let last = IDLE;

/**
 * Holds a lock as long as the worker lives, so that the page learns of its end whatever ends it, and never takes a long step
 * for one.
 */
function announce() {
  const { name } = self;
  if (!name || !navigator.locks) return;
  void navigator.locks.request(name, () => {
    page.postMessage({ holds: name });
    return new Promise(() => undefined);
  });
}

/** @returns {Promise<Core>} */
async function start() {
  const isFull = new URL(import.meta.url).searchParams.get("module") === "full";
  const core = await import(new URL(isFull ? "../pkg/full/dual_metric.js" : "../pkg/dual_metric.js", import.meta.url).href);
  ({ memory } = await core.default());
  const session = new core.Session();
  const helpers = new Helpers();
  session.employ(helpers.count, (/** @type {number} */ number, /** @type {Uint8Array} */ bytes) => helpers.ask(number, bytes));
  return session;
}

/**
 * Calls the core after all earlier calls have ended.
 * @template {keyof CoreMethods} M
 * @param {M} method
 * @param {CoreMethods[M][0]} args
 * @param {(fraction: number) => void} [told]
 * @returns {Promise<CoreMethods[M][1]>}
 */
function call(method, args, told) {
  const run = queue.then(async () => (await ready)[method](args, told));
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

/** What has happened in the training and was not told of yet. @type {TrainingEvent[]} */
let events = [];
let posted = 0;

/** Tells what has happened. */
function tell() {
  page.postMessage({ events: thinned(events), state: last });
  events = [];
  posted = performance.now();
}

/**
 * Trains until done, paused, failed or through with that many epochs, or sweeps of what is sampled.
 * @param {number | null} epochs
 * @returns {Promise<TrainState>}
 */
async function train(epochs) {
  let left = epochs;
  let running = true;
  let [began, rest] = [performance.now(), FIRST_CHECKPOINT_MILLISECONDS];
  while (running) {
    const step = await call("advance", { milliseconds: SLICE_MILLISECONDS, epochs: left });
    events.push(...step.events);
    last = step.state;
    if (left !== null) {
      left -= step.events.filter(({ type }) => type === "epoch" || type === "sweep").length;
    }
    running = wanted && last.state === "running" && (left === null || left > 0);
    if (!running && last.state === "running") last = { ...last, state: "paused" };
    if (!running || performance.now() - posted > POST_MILLISECONDS) tell();
    if (!running || performance.now() - began > rest) {
      const cost = await keep();
      began = performance.now();
      rest = Math.max(CHECKPOINT_MILLISECONDS, cost / CHECKPOINT_SHARE);
    }
    await breathe();
  }
  return last;
}

/** Sends the page a checkpoint, where there is one. @returns {Promise<number>} the milliseconds that it took */
async function keep() {
  const began = performance.now();
  if (last.state === "failed") return 0;
  const { fraction } = last;
  try {
    const checkpoint = await call("checkpoint", {});
    // As a Blob, so that the page handles no bytes and stays free.
    if (checkpoint) page.postMessage({ checkpoint: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (checkpoint)]), fraction });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    // Of a device that was lost the next step tells.
  }
  return performance.now() - began;
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
 * @param {Request} request
 * @returns {Promise<Answer>}
 */
async function answer(request) {
  switch (request.method) {
    case "pause":
      wanted = false;
      return training ? training : last;
    case "train":
      // One that pauses writes itself down first.
      if (!wanted && training) await training;
      wanted = true;
      training ??= train(request.args.epochs).finally(() => {
        training = null;
      });
      return training;
    case "prepare":
      wanted = false;
      await training;
      last = IDLE;
      return prepare(request.args);
    case "save":
      return asFile(await call("export", request.args));
    case "run_job":
    case "run_jobs":
      // A job keeps the thread until it is done; what is posted meanwhile arrives all the same.
      return call(request.method, request.args, (progress) => page.postMessage({ progress }));
    default:
      return passOn(request);
  }
}

/** @param {CoreMethods["prepare"][0]} args */
async function prepare(args) {
  const prepared = await call("prepare", args);
  if (prepared.resumed) last = prepared.resumed.state;
  if (last.state === "running") last = { ...last, state: "paused" };
  return prepared;
}

/** @param {CoreMethods["export"][1]} file @returns {Methods["save"][1]} */
const asFile = ({ name, mime, text, bytes }) =>
  ({ name, content: new Blob([bytes ? /** @type {Uint8Array<ArrayBuffer>} */ (bytes) : (text ?? "")], { type: mime }) });

/**
 * @template {Exclude<keyof Methods, "pause" | "train" | "save">} M
 * @param {Request<M>} request
 */
async function passOn({ method, args }) {
  const result = await call(method, args);
  // What has happened before has the old names, and must not come after the new ones.
  if (method === "rename" && events.length > 0) tell();
  return result;
}

/**
 * The buffers of a reply that can be handed over instead of copied.
 * @param {Answer} result
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

/** @param {WebAssembly.RuntimeError} error */
function whyItTrapped(error) {
  try {
    memory?.grow(SPARE_PAGES);
    return textOf(error);
  } catch {
    return OUT_OF_MEMORY;
  }
}

/** @param {unknown} error */
const textOf = (error) => (error instanceof Error ? error.message : String(error));

page.onmessage = async ({ data: request }) => {
  const { id } = request;
  try {
    const result = await answer(request);
    page.postMessage({ id, result }, transferable(result));
  } catch (error) {
    // After a trap the instance is unusable: the page must replace this worker.
    if (error instanceof WebAssembly.RuntimeError) page.postMessage({ fatal: whyItTrapped(error) });
    else page.postMessage({ id, error: textOf(error) });
  }
};

// A trap in the midst of what the core waits for reaches nobody who has asked.
self.addEventListener("error", (event) => {
  if (!(event.error instanceof WebAssembly.RuntimeError)) return;
  event.preventDefault();
  page.postMessage({ fatal: whyItTrapped(event.error) });
});

ready.catch((error) => page.postMessage({ fatal: `${NOT_COMPILED}${textOf(error)}` }));
