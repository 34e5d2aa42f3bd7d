// The page's end of the worker: requests with replies, events, a new worker when the old one has died, and one with another
// module in its place.

import { takeWorker } from "./first_worker.js";
import { ENDED, NOT_STARTED, REPLACED } from "./protocol.js";

/** @import { ModuleName, TrainState, TrainingEvent } from "./border.d.ts" */
/** @import { Answer, Methods, Reply, Request } from "./protocol.js" */

/**
 * @typedef {object} Hearing
 * @property {(events: TrainingEvent[], state: TrainState) => void} events
 * @property {(reason: string) => void} died the worker is gone; `restart` starts another
 * @property {(bytes: Blob, fraction: number) => void} [checkpoint] what the training can be gone on with, and
 *   how much of it is done
 * @property {(fraction: number) => void} [progress] of the job that it does
 * @property {(isSilent: boolean) => void} [silent] whether somebody waits for it and has heard nothing for a while
 */

/** So long may nothing be heard of a worker that somebody waits for before that is said. */
const SILENT_MILLISECONDS = 6000;
/** How often it is looked at. */
const LOOK_MILLISECONDS = 500;

/** An answer that will never come, because the worker died or was replaced. */
export class WorkerGone extends Error {}

/** One worker with its module. */
export class Line {
  #worker;
  /** @type {Map<number, { resolve: (result: Answer) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #next = 1;
  /** What it was asked for before anybody wanted it. @type {Map<string, { asked: string, answer: Promise<Answer> }>} method -> arguments */
  #ahead = new Map();
  /** Why it is gone. @type {string | null} */
  #gone = null;
  /** @type {Hearing} */
  #hearing;
  /** When it was last heard, or began to be waited for. */
  #heard = performance.now();

  /**
   * @param {ModuleName} module
   * @param {Hearing} hearing
   */
  constructor(module, hearing) {
    this.module = module;
    this.#hearing = hearing;
    const { worker, ahead } = takeWorker(module, { hear: (reply) => this.#hear(reply), fail: (why) => this.die(why || NOT_STARTED) });
    this.#worker = worker;
    for (const { id, method, args } of ahead) {
      const answer = this.#answer(id);
      answer.catch(() => undefined); // whoever asks for it hears of that
      this.#ahead.set(method, { asked: JSON.stringify(args), answer });
    }
    this.#next += ahead.length;
  }

  /** For how long nothing was heard of it, in milliseconds; 0 where nobody waits. */
  get silence() {
    return this.#waiting.size === 0 ? 0 : performance.now() - this.#heard;
  }

  /** Whether it has not died or been ended. */
  get isThere() {
    return this.#gone === null;
  }

  /**
   * @template {keyof Methods} M
   * @param {M} method
   * @param {Methods[M][0]} args
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Methods[M][1]>}
   */
  request(method, args, transfer = []) {
    if (this.#gone !== null) return Promise.reject(new WorkerGone(this.#gone));
    const known = this.#known(method, args);
    // The worker answers each request with what its method answers.
    if (known) return /** @type {Promise<Methods[M][1]>} */ (known);
    const id = this.#next++;
    if (this.#waiting.size === 0) this.#heard = performance.now();
    const answer = this.#answer(id);
    this.#worker.postMessage(/** @satisfies {Request<M>} */ ({ id, method, args }), transfer);
    return /** @type {Promise<Methods[M][1]>} */ (answer);
  }

  /**
   * The answer to what was asked ahead, once; after anything else that was asked it might be another one. Only a pause changes nothing.
   * @param {string} method
   * @param {object} args
   */
  #known(method, args) {
    const ahead = this.#ahead.get(method);
    if (ahead && ahead.asked === JSON.stringify(args)) {
      this.#ahead.delete(method);
      return ahead.answer;
    }
    if (method !== "pause") this.#ahead.clear();
    return null;
  }

  /** The answer to a request. @param {number} id @returns {Promise<Answer>} */
  #answer(id) {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Ends the worker; whoever waits is told why. @param {string} reason */
  end(reason) {
    if (this.#gone !== null) return;
    this.#gone = reason;
    this.#worker.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new WorkerGone(reason));
  }

  /** @param {Reply} reply */
  #hear(reply) {
    if (this.#gone !== null) return;
    this.#heard = performance.now();
    if ("holds" in reply) return void navigator.locks.request(reply.holds, () => this.die(ENDED));
    if ("fatal" in reply) return this.die(reply.fatal);
    if ("events" in reply) return this.#hearing.events(reply.events, reply.state);
    if ("checkpoint" in reply) return this.#hearing.checkpoint?.(reply.checkpoint, reply.fraction);
    if ("progress" in reply) return this.#hearing.progress?.(reply.progress);
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result);
  }

  /** Ends the worker and tells that it is of no use any more. @param {string} reason */
  die(reason) {
    if (this.#gone !== null) return;
    this.end(reason);
    this.#hearing.died(reason);
  }
}

/** The worker that the page talks to, whichever it is. */
export class WorkerClient {
  /** @type {Line} */
  #line;
  /** Deaths of workers since one was last of use. */
  #deaths = 0;
  /** What was last told of its silence. */
  #isSilent = false;
  /** @type {Hearing} */
  #hearing;

  /** @param {Hearing} hearing */
  constructor(hearing) {
    this.#hearing = hearing;
    this.#line = this.open("first");
    if (hearing.silent) setInterval(() => this.#listen(), LOOK_MILLISECONDS);
  }

  /** A step may be long or never end, which nobody can tell from outside: it is said, and the visitor decides. */
  #listen() {
    const isSilent = this.#line.silence > SILENT_MILLISECONDS;
    if (isSilent !== this.#isSilent) this.#hearing.silent?.((this.#isSilent = isSilent));
  }

  /** The module that the worker has loaded. */
  get module() {
    return this.#line.module;
  }

  get deaths() {
    return this.#deaths;
  }

  /** A worker that has done something may die, and another take its place. */
  wasOfUse() {
    this.#deaths = 0;
  }

  /** Whoever has waited for too long takes the worker for dead. @param {string} reason */
  giveUp(reason) {
    this.#line.die(reason);
  }

  /** Ends the worker and starts another with the same module. */
  restart() {
    this.#line.end(REPLACED);
    this.#line = this.open(this.module);
  }

  /**
   * Starts a worker beside the present one; its events and its death count once it is adopted.
   * @param {ModuleName} module
   * @returns {Line}
   */
  open(module) {
    /** @type {Line} */
    const line = new Line(module, {
      events: (events, state) => line === this.#line && this.#hearing.events(events, state),
      checkpoint: (bytes, fraction) => line === this.#line && this.#hearing.checkpoint?.(bytes, fraction),
      died: (reason) => {
        if (line !== this.#line) return;
        this.#deaths++;
        this.#hearing.died(reason);
      },
    });
    return line;
  }

  /** Puts another worker in the place of the present one, which ends. @param {Line} line */
  adopt(line) {
    const before = this.#line;
    this.#line = line;
    before.end(REPLACED);
  }

  /**
   * @template {keyof Methods} M
   * @param {M} method
   * @param {Methods[M][0]} args
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Methods[M][1]>}
   */
  request(method, args, transfer = []) {
    return this.#line.request(method, args, transfer);
  }
}
