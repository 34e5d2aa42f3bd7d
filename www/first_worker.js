// The worker that computes, started before the page's other modules are there: what it needs first is most of what there is to
// load, it compiles that while it comes, and does at once what the page will ask it for first.

import { startWorker } from "./own_worker.js";
import { SAMPLE_SEED } from "./protocol.js";

/** @import { ModuleName } from "./border.d.ts" */
/** @import { Reply, Request } from "./protocol.js" */

/**
 * @typedef {object} Ears
 * @property {(reply: Reply) => void} hear
 * @property {(why: string) => void} fail
 */

/** What every visit begins with. @type {Request[]} */
const AHEAD = [
  { id: 1, method: "init", args: {} },
  { id: 2, method: "load_sample", args: { seed: SAMPLE_SEED, domains: 2 } },
];

/** A worker that computes; its name is a lock's, by which the page learns of its end. @param {ModuleName} module */
function start(module) {
  const life = `dual-metric worker ${Math.random().toString(36).slice(2)}${Date.now()}`;
  return startWorker(new URL(`./worker.js?module=${module}`, import.meta.url), life);
}

/** Makes a worker's messages heard. @param {Worker} worker @param {Ears} ears */
function listen(worker, { hear, fail }) {
  worker.onmessage = (/** @type {MessageEvent<Reply>} */ { data }) => hear(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message);
  };
}

/** The first one, until somebody takes it, and what it has told nobody yet. @type {{ worker: Worker, told: ((to: Ears) => void)[] } | null} */
let first = null;
/** Whether a worker was asked for: then none is started ahead any more. */
let isLate = false;

/** Starts the first one, unless the page was faster. Of the page alone: workers import this module too. */
export function startFirst() {
  if (isLate) return;
  /** @type {((to: Ears) => void)[]} */
  const told = [];
  const worker = start("first");
  listen(worker, { hear: (reply) => told.push(({ hear }) => hear(reply)), fail: (why) => told.push(({ fail }) => fail(why)) });
  for (const request of AHEAD) worker.postMessage(request);
  first = { worker, told };
}

/**
 * The worker that was started first, where it is of that module and nobody has it, or another one.
 * @param {ModuleName} module
 * @param {Ears} ears of whoever takes it; hears nothing before this has returned
 * @returns {{ worker: Worker, ahead: Request[] }} ahead: what it was asked for already
 */
export function takeWorker(module, ears) {
  isLate = true;
  const taken = module === "first" ? first : null;
  if (taken) first = null;
  const worker = taken?.worker ?? start(module);
  listen(worker, ears);
  // Before anything that it tells from now on, which comes as a task of its own.
  if (taken) queueMicrotask(() => taken.told.forEach((tell) => tell(ears)));
  return { worker, ahead: taken ? AHEAD : [] };
}
