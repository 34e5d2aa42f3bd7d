// The worker that trains for a notebook's widget. It has all that it needs in one text, because a notebook gives no address to load
// more from; the compiled core comes with the first message.

import start, { Session } from "../../pkg/dual_metric.js";
import { serial } from "../library/serial.js";

/** @import { Methods } from "../border.d.ts" */
/** @import { Core } from "../library/session.js" */

/** @typedef {{ id: number, compiled: WebAssembly.Module }} Start answered by what `init` answers */
/** @typedef {{ [M in keyof Methods]: { id: number, method: M, args: Methods[M][0] } }[keyof Methods]} Ask */
/** @typedef {{ id: number, result: unknown } | { id: number, error: string }} Reply */
/**
 * What a worker sees of whoever started it; the library of types has no workers.
 * @typedef {{ postMessage(message: Reply): void, onmessage: ((message: MessageEvent<Start | Ask>) => void) | null }} Page
 */

const page = /** @type {Page} */ (/** @type {unknown} */ (self));
/** @type {Promise<Core>} */
let core = Promise.reject(new Error("the core was not started"));
core.catch(() => undefined);

/** @param {Start} message @returns {Promise<Core>} */
async function started({ compiled }) {
  await start({ module_or_path: compiled });
  return serial(/** @type {never} */ (new Session()));
}

page.onmessage = async ({ data: asked }) => {
  const { id } = asked;
  try {
    if ("compiled" in asked) core = started(asked);
    const { method, args } = "compiled" in asked ? { method: /** @type {const} */ ("init"), args: {} } : asked;
    page.postMessage({ id, result: await (await core).request(method, /** @type {never} */ (args)) });
  } catch (error) {
    page.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
