// Workers beside the one that trains, which take over chains of the Bayesian model. They are started when they are first asked
// for something, are asked in the core's own bytes, and end with the worker that started them.

import { Line } from "./worker_client.js";

/** As many chains as there can be, but the one that the training's worker samples itself. */
const MOST = 15;

export class Helpers {
  /** @type {Line[]} */
  #lines = [];

  /** How many there may be: one core is the training's own. */
  get count() {
    return Math.min(MOST, Math.max(0, (navigator.hardwareConcurrency || 1) - 1));
  }

  /**
   * What one of them answers. Where it has died, another is started in its place, which knows nothing of what it had: what it
   * is then asked for in vain is done by the worker that asks.
   * @param {number} number
   * @param {Uint8Array} bytes
   * @returns {Promise<Uint8Array>}
   */
  ask(number, bytes) {
    let line = this.#lines[number];
    if (!line?.isThere) {
      line = new Line("first", { events: () => undefined, died: () => undefined });
      this.#lines[number] = line;
    }
    const answer = line.request("help", { bytes }, [bytes.buffer]);
    answer.catch(() => undefined); // the core hears of it when it comes to this answer, which may be later
    return answer;
  }
}
