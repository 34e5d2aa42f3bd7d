// Keeps the training that is going on: a checkpoint every few seconds, when it pauses, when it ends and when the page is hidden, so
// that a worker that dies, a page that is reloaded and a computer that is closed cost seconds and not the work.

import { WorkerGone } from "../worker_client.js";
import { Shelf } from "./shelf.js";

/** @import { DataSource } from "../data_source.js" */
/** @import { KeptTraining } from "./shelf.js" */
/** @import { Settings, Store } from "../store.js" */
/** @import { WorkerClient } from "../worker_client.js" */

/** What a training goes on from. @typedef {{ settings: Settings, fraction: number, bytes: Uint8Array<ArrayBuffer> }} Latest */

/** From the beginning of a training to the first checkpoint, and at least so long from one to the next. */
const FIRST_MILLISECONDS = 2000;
const LEAST_MILLISECONDS = 5000;
/** Checkpoints take one part in so many of the time. */
const SHARE = 50;
/** A training that is younger than this is no loss that anybody is asked about. */
const YOUNG_MILLISECONDS = 10_000;
const WISH = "dual-metric-keep-files";

export class Keeper {
  #store;
  #worker;
  #source;
  #shelf = new Shelf();
  /** The training that is set up; each has one of its own. @type {{ settings: Settings } | null} */
  #subject = null;
  /** The last checkpoint of it. @type {Latest | null} */
  #latest = null;
  /** Whether the last checkpoint of it is on the disk. */
  #isOnDisk = false;
  #next = 0;
  #ranSince = 0;
  /** The checkpoint that is being taken. @type {Promise<void> | null} */
  #taking = null;
  #state = "idle";
  /** Why what is kept no longer outlives the page, where writing has failed. @type {string | null} */
  #failed = null;

  /**
   * @param {Store} store
   * @param {WorkerClient} worker
   * @param {DataSource} source
   */
  constructor(store, worker, source) {
    this.#store = store;
    this.#worker = worker;
    this.#source = source;
    store.subscribe(["train"], ({ train }) => this.#follow(train.state));
    addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.#state === "running") void this.take();
    });
    addEventListener("beforeunload", (event) => {
      if (this.#isAtRisk) event.preventDefault();
    });
  }

  /** Whether own files are kept, which the visitor decides. */
  get keepsFiles() {
    try {
      return localStorage.getItem(WISH) !== "no";
    } catch {
      return true;
    }
  }

  /** @param {boolean} wish */
  async setKeepsFiles(wish) {
    try {
      localStorage.setItem(WISH, wish ? "yes" : "no");
    } catch {
      // The choice lasts as long as the page.
    }
    if (!wish) await this.clear();
    else if (this.#latest) await this.take();
  }

  /** Why nothing outlives the page; null where it does. @returns {Promise<string | null>} */
  async why() {
    return this.#failed ?? this.#shelf.why();
  }

  size() {
    return this.#shelf.size();
  }

  /** What was kept on an earlier visit; null where nothing was, and where it cannot be read, which is said. */
  async offer() {
    try {
      return await this.#shelf.read();
    } catch (error) {
      this.#store.set({ notice: `What was kept of the last visit cannot be read (${textOf(error)}); it is left out.` });
      return null;
    }
  }

  /** The files and the checkpoint of what is offered. @param {KeptTraining} kept */
  async bring(kept) {
    return { opened: await this.#shelf.files(kept), bytes: await this.#shelf.checkpoint(kept) };
  }

  /** Deletes all that is kept; the training that is going on is kept again only once there is more of it. */
  async clear() {
    this.#isOnDisk = false;
    await this.#taking;
    await this.#shelf.clear();
    this.#store.set({ offer: null });
  }

  /** A training was set up. @param {Settings} settings @param {Latest | null} from what it goes on from */
  begun(settings, from) {
    this.#subject = { settings };
    this.#latest = from;
    this.#isOnDisk = false;
    this.#next = performance.now() + FIRST_MILLISECONDS;
  }

  /** What the training that is set up, or was when its worker died, goes on from; null where there is nothing yet. */
  get latest() {
    return this.#latest;
  }

  /** @param {string} state */
  #follow(state) {
    const before = this.#state;
    this.#state = state;
    const now = performance.now();
    if (state === "running" && before !== "running") [this.#ranSince, this.#next] = [now, now + FIRST_MILLISECONDS];
    const ended = before === "running" && (state === "paused" || state === "done");
    if (ended || (state === "running" && now > this.#next)) void this.take();
  }

  /** Asks the worker where it stands, and keeps it. */
  async take() {
    const before = this.#taking;
    // One that is under way may be of before the pause.
    if (before) await before;
    if (this.#taking) return;
    this.#taking = this.#take().finally(() => {
      this.#taking = null;
    });
    await this.#taking;
  }

  async #take() {
    const subject = this.#subject;
    if (!subject) return;
    const began = performance.now();
    this.#next = Infinity;
    try {
      const bytes = await this.#worker.request("checkpoint", {});
      if (!bytes || subject !== this.#subject) return;
      const { train } = this.#store.state;
      this.#latest = { settings: subject.settings, fraction: train.fraction, bytes: new Uint8Array(bytes) };
      await this.#write(this.#latest, train.state === "done");
    } catch (error) {
      // A worker that is gone has another in its place soon; what cannot be written down is begun again.
      if (!(error instanceof WorkerGone)) console.info(`no checkpoint: ${textOf(error)}`);
    } finally {
      const ended = performance.now();
      this.#next = ended + Math.max(LEAST_MILLISECONDS, SHARE * (ended - began));
    }
  }

  /** @param {Latest} latest @param {boolean} done */
  async #write({ settings, fraction, bytes }, done) {
    const { data, selection } = this.#store.state;
    const { sample, opened } = this.#source.standing;
    if (!data || (opened.length > 0 && !this.keepsFiles) || (await this.why())) return;
    const names = data.domains.map(({ name }) => name);
    try {
      await this.#shelf.write({ saved: Date.now(), names, sample, opened, settings, selection, fraction, done, bytes });
      this.#isOnDisk = true;
      this.#store.set({ offer: null });
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      this.#failed = isFull ? "There is no room left in this browser" : `The browser could not write it (${textOf(error)})`;
      this.#store.set({ notice: `${this.#failed}: the training is kept no longer, and ends with the page.` });
    }
  }

  /** Whether the work of more than a few seconds would be lost with the page. */
  get #isAtRisk() {
    const ran = performance.now() - this.#ranSince;
    return this.#state === "running" && !this.#isOnDisk && ran > YOUNG_MILLISECONDS;
  }
}

/** @param {unknown} error */
const textOf = (error) => (error instanceof Error ? error.message : String(error));
