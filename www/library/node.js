// The library in Node.js: the compiled core runs in this thread, on the CPU, a slice at a time, so that timers and sockets are
// served in between.

import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { serial } from "./serial.js";
import { Session } from "./session.js";

/** @import { ModuleName } from "../border.d.ts" */
/** @import { Core } from "./session.js" */

export { Session, UnreadError } from "./session.js";

/**
 * Opens a session. All sessions of a module share its memory.
 * @param {object} [how]
 * @param {ModuleName} [how.module] `first`, where nothing is said, has all but the models that train with burn; `full` has them too
 * @returns {Promise<Session>}
 */
export async function open({ module = "first" } = {}) {
  const folder = new URL(module === "full" ? "../../pkg/full/" : "../../pkg/", import.meta.url);
  const compiled = await import(new URL("dual_metric.js", folder).href);
  await compiled.default({ module_or_path: await readFile(new URL("dual_metric_bg.wasm", folder)) });
  const core = breathing(serial(new compiled.Session()));
  return new Session(core, module, await core.request("init", {}));
}

/** Lets everything else that waits for this thread have its turn after each slice. @param {Core} core @returns {Core} */
function breathing(core) {
  return {
    close: () => core.close(),
    async request(method, args) {
      const reply = await core.request(method, args);
      if (method === "advance") await setImmediate();
      return reply;
    },
  };
}
