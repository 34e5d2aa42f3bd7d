// The library in a browser: the compiled core runs in a worker, the page's own, on WebGPU or the CPU.

import { Line } from "../worker_client.js";
import { Session } from "./session.js";

/** @import { ModuleName } from "../border.d.ts" */

export { Session, UnreadError } from "./session.js";

/**
 * Starts a worker with a core of its own and opens a session with it.
 * @param {object} [how]
 * @param {ModuleName} [how.module] `first`, where nothing is said, has all but the models that train with burn; `full` has them too
 * @returns {Promise<Session>}
 */
export async function open({ module = "first" } = {}) {
  // Whoever waits for an answer is told why there is none.
  const line = new Line(module, { events: () => undefined, died: () => undefined });
  const core = {
    /** @type {import("./session.js").Core["request"]} */
    request: (method, args, transfer) => line.request(method, args, transfer),
    close: () => line.end("the session is closed"),
  };
  return new Session(core, module, await core.request("init", {}));
}
