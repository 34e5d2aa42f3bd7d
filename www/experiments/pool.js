// Workers that do jobs, each with a module and the data of its own, one job at a time. One that dies is replaced, and its job
// is done by another; a job at which three have died has failed, and the others go on.

import { WorkerGone } from "../worker_client.js";

/** @import { JobDone, PlannedJob } from "../border.d.ts" */
/** @import { Line } from "../worker_client.js" */

/**
 * @typedef {object} PoolHearing
 * @property {(progress: (fraction: number) => void) => Promise<Line>} open starts a worker that is ready for jobs
 * @property {(job: PlannedJob, fraction: number) => void} progress also when it begins, with 0
 * @property {(job: PlannedJob, text: string, trained: number, passed: number) => Promise<void>} done with the seconds of its
 *   trainings, and those from its beginning to its end
 * @property {(job: PlannedJob, why: string) => void} failed for good
 * @property {(job: PlannedJob, why: string) => void} again its worker died; another does it
 */

/** Deaths of workers at one job. */
const MOST_DEATHS = 3;

export class Pool {
  #hearing;
  /** @type {PlannedJob[]} */
  #queue = [];
  #size = 0;
  /** Workers that are at a job. */
  #busy = 0;
  /** Those that are ready for one. @type {{ line: Line, at: { job: PlannedJob | null } }[]} */
  #ready = [];
  /** Those that are there. @type {Set<Line>} */
  #lines = new Set();
  /** @type {Map<string, number>} */
  #deaths = new Map();
  #halted = false;
  /** Whoever waits for the end. @type {{ resolve: () => void, reject: (error: unknown) => void } | null} */
  #waiting = null;

  /** @param {PoolHearing} hearing */
  constructor(hearing) {
    this.#hearing = hearing;
  }

  /**
   * Does jobs until all are done or have failed, or no more are given out.
   * @param {PlannedJob[]} jobs in their order
   * @param {number} size workers
   * @returns {Promise<void>}
   */
  async work(jobs, size) {
    if (jobs.length === 0) return;
    this.#queue = [...jobs];
    /** @type {Promise<void>} */
    const ended = new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.resize(size);
    await ended;
  }

  /** Gives out more jobs. @param {PlannedJob[]} jobs in their order */
  add(jobs) {
    if (this.#halted) return;
    this.#queue.push(...jobs);
    this.resize(this.#size);
  }

  /** @param {number} size workers from now on; those that are too many end after their job */
  resize(size) {
    this.#size = size;
    while (this.#busy < this.#size && this.#queue.length > 0) void this.#seat();
  }

  /** Gives out no more jobs. */
  pause() {
    this.#queue = [];
  }

  /** Ends all workers at once; what they were at is lost. */
  halt() {
    this.#halted = true;
    this.#queue = [];
    for (const line of this.#lines) line.end("The experiment was stopped");
    this.#lines.clear();
    this.#ready = [];
    this.#waiting?.resolve();
    this.#waiting = null;
  }

  /** A place for one worker. */
  async #seat() {
    this.#busy++;
    try {
      for (;;) {
        const job = this.#busy > this.#size ? undefined : this.#queue.shift();
        if (!job) break;
        await this.#do(job);
      }
    } catch (error) {
      this.#queue = [];
      this.#waiting?.reject(error);
      this.#waiting = null;
    } finally {
      this.#busy--;
      if (this.#busy === 0) {
        this.#waiting?.resolve();
        this.#waiting = null;
      }
    }
  }

  /** @param {PlannedJob} job */
  async #do(job) {
    this.#hearing.progress(job, 0);
    /** @type {JobDone} */
    let done;
    let began = performance.now();
    try {
      const place = this.#ready.pop() ?? (await this.#open());
      place.at.job = job;
      began = performance.now();
      try {
        done = await place.line.request("run_job", { job: job.job });
      } finally {
        place.at.job = null;
        if (place.line.isThere) this.#ready.push(place);
        else this.#lines.delete(place.line);
      }
    } catch (error) {
      if (this.#halted) return;
      if (error instanceof WorkerGone) this.#lost(job, error.message);
      else if (error instanceof NotReady) throw error.cause;
      else this.#hearing.failed(job, error instanceof Error ? error.message : String(error));
      return;
    }
    await this.#hearing.done(job, done.text, done.seconds, (performance.now() - began) / 1000);
  }

  async #open() {
    /** @type {{ job: PlannedJob | null }} */
    const at = { job: null };
    /** @type {Line} */
    let line;
    try {
      line = await this.#hearing.open((fraction) => at.job && this.#hearing.progress(at.job, fraction));
    } catch (error) {
      throw error instanceof WorkerGone ? error : new NotReady(error);
    }
    if (this.#halted) {
      line.end("The experiment was stopped");
      throw new WorkerGone("The experiment was stopped");
    }
    this.#lines.add(line);
    return { line, at };
  }

  /**
   * @param {PlannedJob} job at which a worker died
   * @param {string} why
   */
  #lost(job, why) {
    const deaths = (this.#deaths.get(job.name) ?? 0) + 1;
    this.#deaths.set(job.name, deaths);
    if (deaths >= MOST_DEATHS) {
      this.#hearing.failed(job, `${deaths} workers died at it, the last with: ${why}`);
    } else {
      this.#hearing.again(job, why);
      this.#queue.unshift(job);
    }
  }
}

/** A worker that lives, but cannot be made ready: no other can either. */
class NotReady extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super("no worker is ready");
    this.cause = cause;
  }
}
