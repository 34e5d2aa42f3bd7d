// The page's end of the worker: requests with replies, events, and a new worker when the old one has died.

/** @import { TrainState, TrainingEvent } from "./border.d.ts" */
/** @import { Answer, Methods, Reply, Request } from "./protocol.js" */

/**
 * @typedef {object} Hearing
 * @property {(events: TrainingEvent[], state: TrainState) => void} events
 * @property {(reason: string) => void} died the worker is gone; `restart` starts another
 */

/** An answer that will never come, because the worker died or was replaced. */
export class WorkerGone extends Error {}

export class WorkerClient {
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, { resolve: (result: Answer) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #next = 1;
  /** Deaths of workers since one was last of use. */
  #deaths = 0;
  /** @type {Hearing} */
  #hearing;

  /** @param {Hearing} hearing */
  constructor(hearing) {
    this.#hearing = hearing;
    this.restart();
  }

  get deaths() {
    return this.#deaths;
  }

  /** A worker that has done something may die, and another take its place. */
  wasOfUse() {
    this.#deaths = 0;
  }

  /** Ends the worker, if there is one, and starts another. */
  restart() {
    this.#end("The worker was replaced");
    // A worker from a blob: address inherits the page's Content-Security-Policy; one from a plain address does not.
    const address = new URL("./worker.js", import.meta.url).href;
    const text = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
    const blob = URL.createObjectURL(text);
    const worker = new Worker(blob, { type: "module" });
    worker.onmessage = (/** @type {MessageEvent<Reply>} */ { data }) => {
      URL.revokeObjectURL(blob);
      this.#hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#died(event.message || "the worker could not be started");
    };
    this.#worker = worker;
  }

  /**
   * @template {keyof Methods} M
   * @param {M} method
   * @param {Methods[M][0]} args
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Methods[M][1]>}
   */
  request(method, args, transfer = []) {
    const id = this.#next++;
    const worker = this.#worker;
    if (!worker) return Promise.reject(new WorkerGone("There is no worker"));
    return new Promise((resolve, reject) => {
      // The worker answers each request with what its method answers.
      const answered = /** @type {(result: Answer) => void} */ (/** @type {(result: never) => void} */ (resolve));
      this.#waiting.set(id, { resolve: answered, reject });
      worker.postMessage(/** @satisfies {Request<M>} */ ({ id, method, args }), transfer);
    });
  }

  /** @param {Reply} reply */
  #hear(reply) {
    if ("fatal" in reply) return this.#died(reply.fatal);
    if ("events" in reply) return this.#hearing.events(reply.events, reply.state);
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result);
  }

  /** @param {string} reason */
  #died(reason) {
    if (!this.#worker) return;
    this.#deaths++;
    this.#end(reason);
    this.#hearing.died(reason);
  }

  /** @param {string} reason */
  #end(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new WorkerGone(reason));
  }
}
