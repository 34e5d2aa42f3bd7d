// What goes wrong in something that the visitor wants is said in the notice, and handled there.

import { sayingOf } from "./said.js";
import { WorkerGone } from "./worker_client.js";

/** @import { Store } from "./store.js" */
/** @import { Saying } from "./words/words.js" */

/**
 * Runs something that may fail, and says so.
 * @template T
 * @param {Store} store
 * @param {Saying | null} busy what is said meanwhile
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>} null where it failed
 */
export async function guarded(store, busy, work) {
  if (busy) store.set({ busy });
  try {
    return await work();
  } catch (error) {
    // Whoever lost the worker says so.
    if (!(error instanceof WorkerGone)) store.set({ notice: sayingOf(error) });
    return null;
  } finally {
    if (busy) store.set({ busy: null });
  }
}
