// The work of this tab, kept so that a reload, a crash or a dead worker costs none of it: the visitor's files with how they
// were read, the settings, and the last checkpoint. Each tab has a folder of its own in the browser's storage and a lock on
// it as long as it lives; a folder without one was left by a tab that is gone, and is what a later visit offers to go on with.
// What may not or cannot be kept there stays in memory, for the worker that takes over from one that died.

import { openFolder } from "../folder.js";
import { Refusal, sayingOf } from "../said.js";
import { words } from "../words/words.js";
import * as before from "./before.js";
import { parsed, written } from "./record.js";

/** @import { Saying } from "../words/words.js" */
/** @import { Opened } from "../data_source.js" */
/** @import { Folder } from "../folder.js" */
/** @import { RunBefore } from "../run_before.js" */
/** @import { Reached, WorkRecord } from "./record.js" */

/**
 * @typedef {Pick<WorkRecord, "names" | "origin" | "settings"> & { opened: Opened[], before: RunBefore | null }} About what a checkpoint belongs to
 *
 * @typedef {{ bytes: Blob, reached: Reached }} Checkpoint
 *
 * @typedef {{ id: string, record: WorkRecord }} Offer work that was left behind
 *
 * @typedef {object} WorkHearing
 * @property {() => About} about what there is at present
 * @property {(isKept: boolean) => void} kept whether what is trained outlives the page
 * @property {(why: Saying) => void} failed why it does not, once
 */

const ROOT = "kept";
const RECORD = "record.json";
const CHECKPOINT = "checkpoint";
const BEFORE = "before.json";
/** More that was left behind is deleted, the oldest first. */
const MOST_LEFT = 3;
/** A page that is reloaded lets go of its locks a moment later than the next one starts. */
const PATIENCE_MILLISECONDS = 500;
const PREFERENCE = "dual-metric-keep-files";

export class Work {
  /** @type {Promise<Folder>} */
  #folder = openFolder(ROOT);
  #hearing;
  /** This tab's folder; null before anything is kept. @type {string | null} */
  #id = null;
  /** Lets go of the folder. */
  #release = () => {};
  /** What files are called in the folder. @type {WeakMap<File, string>} */
  #stored = new WeakMap();
  /** Ends with the change of the folder that was asked for last. @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** @type {About | null} */
  #about = null;
  /** How far the last checkpoint of the present measurement is. @type {Reached | null} */
  #reached = null;
  /** That checkpoint, where it is not on the disk, or not yet. @type {Blob | null} */
  #bytes = null;
  /** The run before that is on the disk. @type {RunBefore | null} */
  #before = null;
  /** Whether the visitor deleted what there was of the present measurement. */
  #isDeleted = false;
  #hasFailed = false;
  /** Folders that a page before this one may still hold. */
  #isFirstLook = true;

  /** @param {WorkHearing} hearing */
  constructor(hearing) {
    this.#hearing = hearing;
  }

  /** Whether the visitor's own files may be kept. */
  get keepsFiles() {
    try {
      return localStorage.getItem(PREFERENCE) !== "no";
    } catch {
      return true;
    }
  }

  /** Why nothing outlives the page; null where it does. @returns {Promise<Saying | null>} */
  async why() {
    return (await this.#folder).why ?? (navigator.locks ? null : () => words.notices.unkept.noLocks);
  }

  /** How much is kept, in bytes; of other tabs too. */
  async size() {
    await this.#queue;
    return (await this.#folder).size([]);
  }

  /**
   * The latest work that was left behind.
   * @returns {Promise<{ offer: Offer | null, broken: number }>} broken: what could not be read, and is gone now
   */
  async find() {
    if ((await this.why()) !== null) return { offer: null, broken: 0 };
    const folder = await this.#folder;
    /** @type {Offer[]} */
    const left = [];
    let broken = 0;
    for (const id of await folder.names([])) {
      if (id === this.#id) continue;
      const release = await lock(id, this.#isFirstLook ? PATIENCE_MILLISECONDS : 0);
      if (!release) continue;
      const text = await folder.read([id, RECORD]).catch(() => "");
      const record = text === null ? null : parsed(text);
      if (record) left.push({ id, record });
      else await folder.remove([id]);
      // A tab that ended before it had written its record left nothing to speak of.
      if (!record && text !== null) broken++;
      release();
    }
    this.#isFirstLook = false;
    left.sort((x, y) => y.record.saved - x.record.saved);
    for (const { id } of left.slice(MOST_LEFT)) await this.remove(id);
    return { offer: left[0] ?? null, broken };
  }

  /**
   * Makes work that was left behind this tab's own.
   * @param {string} id
   * @returns {Promise<{ record: WorkRecord, opened: Opened[], before: RunBefore | null } | null>} null where another tab has it or it is gone
   */
  async take(id) {
    const release = await lock(id, 0);
    if (!release) return null;
    const folder = await this.#folder;
    const record = parsed((await folder.read([id, RECORD])) ?? "");
    if (!record) {
      release();
      return null;
    }
    await this.#queue;
    this.#release();
    [this.#id, this.#release, this.#stored, this.#bytes] = [id, release, new WeakMap(), null];
    /** @type {Opened[]} */
    const opened = [];
    for (const { slot, kind, name, changed, options, stored, address } of record.files) {
      const content = await folder.file([id, stored]);
      if (!content) throw new Refusal(() => words.notices.unkept.fileGone(name));
      const file = new File([content], name, { lastModified: changed });
      this.#stored.set(file, stored);
      opened.push({ slot, kind, file, options, ...(address ? { address } : {}) });
    }
    this.#before = before.parsed((await folder.read([id, BEFORE])) ?? "");
    const wanted = [RECORD, CHECKPOINT, ...(this.#before ? [BEFORE] : []), ...record.files.map(({ stored }) => stored)];
    for (const name of await folder.names([id])) if (!wanted.includes(name)) await folder.remove([id, name]);
    this.#reached = record.reached;
    return { record, opened, before: this.#before };
  }

  /** Deletes work that was left behind; what a living tab has stays. @param {string} id */
  async remove(id) {
    const release = await lock(id, 0);
    if (!release) return;
    await (await this.#folder).remove([id]);
    release();
  }

  /** Deletes everything but what other tabs are at. @returns {Promise<number>} bytes that other tabs have */
  async removeAll() {
    await this.#hold();
    this.#isDeleted = true;
    await this.#do(async (folder) => {
      await this.#drop(folder);
      for (const id of await folder.names([])) await this.remove(id);
    });
    this.#tell();
    return this.size();
  }

  /** @param {boolean} keepsFiles */
  async setKeepsFiles(keepsFiles) {
    try {
      localStorage.setItem(PREFERENCE, keepsFiles ? "yes" : "no");
    } catch {
      // Then it is asked for anew at the next visit.
    }
    const about = this.#about;
    if (!about || about.opened.length === 0) return;
    if (!keepsFiles) await this.#hold();
    await this.#do((folder) => (keepsFiles ? this.#write(folder, about) : this.#drop(folder)));
    this.#tell();
  }

  /**
   * The data are others. Nothing is learnt from them yet, unless there is a checkpoint that fits them.
   * @param {Checkpoint | null} checkpoint
   */
  changeData(checkpoint) {
    this.begin();
    if (checkpoint) ({ bytes: this.#bytes, reached: this.#reached } = checkpoint);
    const about = this.#about;
    if (!about) return;
    void this.#do((folder) => ((checkpoint || about.opened.length > 0) && this.#may(about) ? this.#write(folder, about) : this.#drop(folder)));
  }

  /**
   * A measurement was set up. Of the one before, what is on the disk stays until there is more of this one.
   * @param {boolean} [goesOn] whether from the last checkpoint
   */
  begin(goesOn = false) {
    this.#about = this.#hearing.about();
    if (!goesOn) [this.#reached, this.#bytes, this.#isDeleted] = [null, null, false];
    this.#tell();
  }

  /** The data have other names, and nothing else has changed. */
  rename() {
    const about = (this.#about = this.#hearing.about());
    // What waits to be written was about the old names.
    if ((this.#id !== null || this.#bytes !== null) && this.#may(about)) void this.#do((folder) => this.#write(folder, about));
  }

  /** The run before was closed, and nothing else has changed. */
  closeBefore() {
    if (this.#about) this.#about.before = null;
    void this.#do((folder) => this.#dropBefore(folder));
  }

  /**
   * @param {Blob} bytes
   * @param {Reached} reached
   */
  keep(bytes, reached) {
    const about = this.#about;
    if (!about) return;
    const isWaiting = this.#bytes !== null && this.#may(about) && !this.#hasFailed;
    [this.#bytes, this.#reached] = [bytes, reached];
    // Whoever writes next takes the latest.
    if (this.#may(about) && !isWaiting) void this.#do((folder) => this.#write(folder, about));
  }

  /** The last checkpoint of the present measurement. @returns {Promise<Blob | null>} */
  async last() {
    if (this.#reached === null) return null;
    return this.#bytes ?? (this.#id === null ? null : (await this.#folder).file([this.#id, CHECKPOINT]));
  }

  /** The last checkpoint of the present measurement, to be gone back to later. @returns {Promise<Checkpoint | null>} */
  async copy() {
    const [last, reached] = [await this.last(), this.#reached];
    // What is on the disk is written over.
    return last && reached && { bytes: last === this.#bytes ? last : new Blob([await last.arrayBuffer()]), reached };
  }

  /** @param {About} about */
  #may(about) {
    return !this.#isDeleted && (about.opened.length === 0 || this.keepsFiles);
  }

  /** Takes the checkpoint into memory, because it is about to go from the disk. */
  async #hold() {
    await this.#queue;
    const last = await this.last();
    if (last) this.#bytes = new Blob([await last.arrayBuffer()]);
  }

  /**
   * @param {Folder} folder
   * @param {About} about
   */
  async #write(folder, about) {
    if ((await this.why()) !== null || this.#about !== about) return;
    this.#id ??= await this.#found();
    const id = this.#id;
    const files = [];
    for (const { slot, kind, file, options, address } of about.opened) {
      let stored = this.#stored.get(file);
      if (!stored) {
        stored = `file-${unique()}`;
        await folder.write([id, stored], file);
        this.#stored.set(file, stored);
      }
      files.push({ slot, kind, name: file.name, changed: file.lastModified, options, stored, ...(address ? { address } : {}) });
    }
    const [bytes, reached] = [this.#bytes, this.#reached];
    if (bytes) await folder.write([id, CHECKPOINT], bytes);
    if (this.#before !== about.before) await this.#dropBefore(folder);
    const { names, origin, settings } = about;
    await folder.write([id, RECORD], written({ saved: Date.now(), names, origin, files, settings, reached }));
    if (!reached) await folder.remove([id, CHECKPOINT]);
    await this.#writeBefore(folder, id, about.before);
    if (this.#bytes === bytes) this.#bytes = null;
    else if (this.#about === about) await this.#write(folder, about);
    this.#hasFailed = false;
    this.#tell();
  }

  /**
   * After all else, and where there is no room for it without it: the work is worth more.
   * @param {Folder} folder
   * @param {string} id
   * @param {RunBefore | null} run
   */
  async #writeBefore(folder, id, run) {
    if (run === null || run === this.#before) return;
    try {
      await folder.write([id, BEFORE], before.written(run));
      this.#before = run;
    } catch {
      await folder.remove([id, BEFORE]).catch(() => {});
    }
  }

  /** @param {Folder} folder */
  async #dropBefore(folder) {
    this.#before = null;
    if (this.#id !== null) await folder.remove([this.#id, BEFORE]);
  }

  /** Deletes this tab's folder. @param {Folder} folder */
  async #drop(folder) {
    const id = this.#id;
    if (id === null) return;
    [this.#id, this.#stored, this.#before] = [null, new WeakMap(), null];
    await folder.remove([id]);
    this.#release();
    this.#release = () => {};
  }

  /** A folder of this tab's own. */
  async #found() {
    const id = unique();
    const release = await lock(id, 0);
    if (!release) throw new Refusal(() => words.notices.unkept.noLock);
    this.#release = release;
    return id;
  }

  /** @param {(folder: Folder) => Promise<void>} work */
  #do(work) {
    const run = this.#queue.then(async () => {
      try {
        await work(await this.#folder);
      } catch (error) {
        if (!this.#hasFailed) this.#hearing.failed(sayingOf(error));
        this.#hasFailed = true;
        this.#tell();
      }
    });
    this.#queue = run;
    return run;
  }

  #tell() {
    this.#hearing.kept(this.#reached !== null && this.#bytes === null && this.#id !== null && !this.#hasFailed);
  }
}

const unique = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

/**
 * Takes the lock of a folder for as long as the page lives.
 * @param {string} id
 * @param {number} milliseconds to wait for it
 * @returns {Promise<(() => void) | null>} lets go of it; null where another tab has it
 */
function lock(id, milliseconds) {
  return new Promise((resolve) => {
    /** @param {Lock | null} lock */
    const held = (lock) => {
      if (!lock) return resolve(null);
      /** @type {Promise<void>} */
      const end = new Promise((release) => resolve(release));
      return end;
    };
    const name = `dual-metric kept ${id}`;
    const options = milliseconds > 0 ? { signal: AbortSignal.timeout(milliseconds) } : { ifAvailable: true };
    navigator.locks.request(name, options, held).catch(() => resolve(null));
  });
}
