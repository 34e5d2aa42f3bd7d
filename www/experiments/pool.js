// Workers that do jobs, each with a module and the data of its own, one job at a time. One of them may have a graphics card,
// on which jobs that have company are done many at a time. A worker that dies is replaced, and its jobs are done by another; a
// job at which three have died has failed, and the others go on.

import { REPLACED } from "../protocol.js";
import { english, sayingOf } from "../said.js";
import { whyGone } from "../why_gone.js";
import { words } from "../words/words.js";
import { WorkerGone } from "../worker_client.js";

/** @import { JobEnded, OpenedExperiment, PlannedJob } from "../border.d.ts" */
/** @import { Saying } from "../words/words.js" */
/** @import { Line } from "../worker_client.js" */

/**
 * @typedef {object} PoolHearing
 * @property {(progress: (fraction: number) => void, onCard: boolean) => Promise<{ line: Line, opened: OpenedExperiment }>} open
 *   starts a worker that is ready for jobs, with a card if there is one and it is wanted
 * @property {(job: PlannedJob, fraction: number) => void} progress also when it begins, with 0
 * @property {(job: PlannedJob, text: string, trained: number, passed: number) => Promise<void>} done with the seconds of its
 *   trainings, and those from its beginning to its end
 * @property {(job: PlannedJob, why: Saying) => void} failed for good
 * @property {(job: PlannedJob, why: Saying) => void} again its worker died; another does it
 */

/**
 * A worker that is ready.
 * @typedef {object} Place
 * @property {Line} line
 * @property {number} atOnce jobs that it does side by side; 1 without a card
 * @property {{ jobs: PlannedJob[] }} at
 */

/** Deaths of workers at one job. */
const MOST_DEATHS = 3;

export class Pool {
  #hearing;
  /** @type {PlannedJob[]} */
  #queue = [];
  /** Those for the card, while there may be one. @type {PlannedJob[]} */
  #company = [];
  #hasCard;
  /** Whether a worker is at those. */
  #isAtCompany = false;
  #size = 0;
  /** Workers that are at a job. */
  #busy = 0;
  /** Those that are ready for one. @type {Place[]} */
  #ready = [];
  /** Those that are there. @type {Set<Line>} */
  #lines = new Set();
  /** @type {Map<string, number>} */
  #deaths = new Map();
  #halted = false;
  /** Whoever waits for the end. @type {{ resolve: () => void, reject: (error: unknown) => void } | null} */
  #waiting = null;

  /**
   * @param {PoolHearing} hearing
   * @param {boolean} hasCard whether a worker can be asked for a card
   */
  constructor(hearing, hasCard) {
    this.#hearing = hearing;
    this.#hasCard = hasCard;
  }

  /**
   * Does jobs until all are done or have failed, or no more are given out.
   * @param {PlannedJob[]} jobs in their order
   * @param {number} size workers
   * @returns {Promise<void>}
   */
  async work(jobs, size) {
    if (jobs.length === 0) return;
    this.#take(jobs);
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
    this.#take(jobs);
    this.resize(this.#size);
  }

  /** @param {PlannedJob[]} jobs */
  #take(jobs) {
    for (const job of jobs) (this.#hasCard && job.has_company ? this.#company : this.#queue).push(job);
  }

  /** There is no card, or none any more. */
  #loseCard() {
    this.#hasCard = false;
    this.#queue.push(...this.#company.splice(0));
  }

  /** @param {number} size workers from now on; those that are too many end after their job */
  resize(size) {
    this.#size = size;
    while (this.#busy < this.#size && this.#isWanted) void this.#seat();
  }

  /** Whether there is something for one more worker. */
  get #isWanted() {
    return this.#queue.length > 0 || (this.#company.length > 0 && !this.#isAtCompany);
  }

  /** Gives out no more jobs. */
  pause() {
    this.#queue = [];
    this.#company = [];
  }

  /** Ends all workers at once; what they were at is lost. */
  halt() {
    this.#halted = true;
    this.pause();
    for (const line of this.#lines) line.end(REPLACED);
    this.#lines.clear();
    this.#ready = [];
    this.#waiting?.resolve();
    this.#waiting = null;
  }

  /** A place for one worker. */
  async #seat() {
    this.#busy++;
    try {
      while (this.#busy <= this.#size && this.#isWanted) {
        if (this.#company.length > 0 && !this.#isAtCompany) await this.#doCompany();
        else await this.#do(this.#queue.splice(0, 1), null);
      }
    } catch (error) {
      this.pause();
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

  /** Jobs that have company, as many at a time as the card likes. */
  async #doCompany() {
    this.#isAtCompany = true;
    try {
      const place = await this.#openFor(this.#company.slice(0, 1), true);
      if (place && place.atOnce > 1) {
        await this.#do(this.#company.splice(0, place.atOnce), place);
      } else if (place) {
        this.#loseCard();
        this.#ready.push(place);
      }
    } finally {
      this.#isAtCompany = false;
    }
    // What came back or was left is for whoever is free.
    this.resize(this.#size);
  }

  /**
   * @param {PlannedJob[]} jobs
   * @param {Place | null} own the worker that does them; null for any
   */
  async #do(jobs, own) {
    for (const job of jobs) this.#hearing.progress(job, 0);
    const place = own ?? (await this.#openFor(jobs, false));
    if (!place) return;
    place.at.jobs = jobs;
    const began = performance.now();
    /** @type {JobEnded[]} */
    let ended;
    try {
      ended = await this.#ended(place, jobs);
    } catch (error) {
      if (this.#halted) return;
      if (error instanceof WorkerGone) this.#lost(jobs, error.message);
      else for (const job of jobs) this.#hearing.failed(job, sayingOf(error));
      return;
    } finally {
      place.at.jobs = [];
      if (place.line.isThere) this.#ready.push(place);
      else this.#lines.delete(place.line);
    }
    const passed = (performance.now() - began) / 1000 / jobs.length;
    for (const [n, { done, failed }] of ended.entries()) {
      if (done) await this.#hearing.done(jobs[n], done.text, done.seconds, passed);
      else this.#hearing.failed(jobs[n], () => (failed ? english(failed) : words.experiments.noResult));
    }
  }

  /** @param {Place} place @param {PlannedJob[]} jobs @returns {Promise<JobEnded[]>} */
  async #ended(place, jobs) {
    if (place.atOnce === 1 || !jobs[0].has_company) {
      return [{ done: await place.line.request("run_job", { job: jobs[0].job }), failed: null }];
    }
    const { jobs: ended, device } = await place.line.request("run_jobs", { jobs: jobs.map(({ job }) => job) });
    if (device === "cpu") {
      place.atOnce = 1;
      this.#loseCard();
    }
    return ended;
  }

  /**
   * A worker for jobs: one that is ready, or a new one; null where there was none, which the jobs have been told of.
   * @param {PlannedJob[]} jobs
   * @param {boolean} onCard
   */
  async #openFor(jobs, onCard) {
    const fit = this.#ready.findIndex(({ atOnce }) => atOnce > 1 === onCard);
    const any = onCard ? fit : Math.max(fit, this.#ready.length - 1);
    if (any >= 0) return this.#ready.splice(any, 1)[0];
    try {
      return await this.#open(onCard);
    } catch (error) {
      if (this.#halted) return null;
      if (error instanceof WorkerGone) {
        if (onCard) this.#company.splice(0, jobs.length);
        this.#lost(jobs, error.message);
        return null;
      }
      throw error;
    }
  }

  /** @param {boolean} onCard @returns {Promise<Place>} */
  async #open(onCard) {
    /** @type {{ jobs: PlannedJob[] }} */
    const at = { jobs: [] };
    const { line, opened } = await this.#hearing.open((fraction) => {
      for (const job of at.jobs) this.#hearing.progress(job, fraction);
    }, onCard);
    if (this.#halted) {
      line.end(REPLACED);
      throw new WorkerGone(REPLACED);
    }
    this.#lines.add(line);
    return { line, atOnce: opened.at_once, at };
  }

  /**
   * @param {PlannedJob[]} jobs at which a worker died
   * @param {string} why
   */
  #lost(jobs, why) {
    /** @type {PlannedJob[]} */
    const again = [];
    for (const job of jobs) {
      const deaths = (this.#deaths.get(job.name) ?? 0) + 1;
      this.#deaths.set(job.name, deaths);
      if (deaths >= MOST_DEATHS) {
        this.#hearing.failed(job, () => words.experiments.deaths(deaths, whyGone(why)));
      } else {
        this.#hearing.again(job, () => whyGone(why));
        again.push(job);
      }
    }
    const place = this.#hasCard && again.some((job) => job.has_company) ? this.#company : this.#queue;
    place.unshift(...again);
  }
}
