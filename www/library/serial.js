// A compiled session in this thread, which must never be entered twice: one call after the other.

/** @import { Core } from "./session.js" */

/**
 * @param {import("../worker.js").Core & { free(): void }} session
 * @returns {Core}
 */
export function serial(session) {
  /** Ends with the call that was made last. @type {Promise<unknown>} */
  let queue = Promise.resolve();
  /** Why nothing is answered any more. @type {Error | null} */
  let gone = null;
  return {
    request(method, args) {
      const run = queue.then(async () => {
        if (gone) throw gone;
        try {
          return await session[method](/** @type {never} */ (args));
        } catch (error) {
          const text = error instanceof Error ? error.message : String(error);
          // After a trap the instance is unusable.
          if (error instanceof WebAssembly.RuntimeError) throw (gone = new Error(`the compiled core has ended: ${text}`));
          // Where in the compiled code it was made tells nobody anything.
          throw new Error(text);
        }
      });
      queue = run.catch(() => undefined);
      return run;
    },
    close() {
      if (gone) return;
      gone = new Error("the session is closed");
      // A call that has begun is in its memory.
      void queue.then(() => session.free());
    },
  };
}
