// The files that the visitor opened, kept so that they can be read again, in another way or by a new worker: the core
// keeps no text. Each method asks the worker and gives back the state of the data, and where a file was read, whether it
// could be.

/** @import { DataState, FileKind, InputFile, ReadOptions, Slot } from "./protocol.js" */
/** @import { WorkerClient } from "./worker_client.js" */

/** @typedef {{ slot: Slot, kind: FileKind, file: File, options: ReadOptions }} Opened */

/**
 * @typedef {object} Reading
 * @property {DataState} data
 * @property {boolean} read whether the data are others now; false: the file could not be read and is kept aside
 */

/** The generated sample is the same for everybody; the seed of the page is that of the training. */
const SAMPLE_SEED = 7;
/** The core refuses more than this; the page does not even read it. */
const MOST_BYTES = 512 * 1024 * 1024;

export class DataSource {
  #worker;
  /** @type {Opened[]} */
  #opened = [];
  /** The file that could not be read; a new worker is not given it. @type {Opened | null} */
  #unread = null;

  /** @param {WorkerClient} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** @returns {Promise<DataState>} */
  async sample() {
    this.#opened = [];
    this.#unread = null;
    return this.#worker.request("load_sample", { seed: SAMPLE_SEED });
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   * @param {File} file
   * @returns {Promise<Reading>}
   */
  async open(slot, kind, file) {
    if (file.size > MOST_BYTES)
      throw new Error(`${file.name}: the file is larger than 512 MB. Cut it into a smaller one`);
    const opened = { slot, kind, file, options: {} };
    const data = await this.#load(opened);
    const read = kind !== "ratings" || data.unread?.slot !== slot;
    if (read) this.#remember(opened);
    else this.#unread = opened;
    return { data, read };
  }

  /**
   * Reads the rating file again, in another way: the one that could not be read, if there is one, else the one in its
   * place and what describes it.
   * @param {Slot} slot
   * @param {ReadOptions} options
   * @returns {Promise<Reading>}
   */
  async reread(slot, options) {
    const unread = this.#unread?.slot === slot ? this.#unread : null;
    const files = unread ? [unread] : this.#opened.filter((each) => each.slot === slot);
    /** @type {Partial<Record<FileKind, Uint8Array<ArrayBuffer>>>} */
    const bytes = {};
    for (const { kind, file } of files) bytes[kind] = await bytesOf(file);
    const buffers = Object.values(bytes).map(({ buffer }) => buffer);
    const data = await this.#worker.request("reread", { slot, options, bytes }, buffers);
    const read = data.unread?.slot !== slot;
    const opened = this.#opened.find((each) => each.slot === slot && each.kind === "ratings");
    if (read && unread) this.#remember({ ...unread, options });
    else if (read && opened) opened.options = options;
    // A table that fits the ratings no more was dropped.
    if (read && !data[slot]?.user_features) this.#forget(slot, "users");
    if (read && !data[slot]?.item_features) this.#forget(slot, "items");
    return { data, read };
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   * @param {boolean} generated whether it is the sample: one half of it makes no sense beside a file
   * @returns {Promise<DataState>}
   */
  async remove(slot, kind, generated) {
    this.#forget(slot, kind);
    if (generated && kind === "ratings") {
      const other = slot === "a" ? "b" : "a";
      this.#forget(other, kind);
      await this.#worker.request("remove", { slot: other, kind });
    }
    return this.#worker.request("remove", { slot, kind });
  }

  /** What the data come from; nothing for the sample, which is on no disk. @returns {Promise<InputFile[]>} */
  async files() {
    const described = this.#opened.map(async ({ slot, kind, file }) => ({
      domain: slot,
      kind,
      name: file.name,
      bytes: file.size,
      sha256: await sha256(file),
    }));
    return Promise.all(described);
  }

  /** For a new worker: whatever the last one had read. @returns {Promise<DataState>} */
  async again() {
    this.#unread = null;
    let data = this.#hasRatings() ? null : await this.#worker.request("load_sample", { seed: SAMPLE_SEED });
    const ratingsFirst = [...this.#opened].sort((x, y) => Number(y.kind === "ratings") - Number(x.kind === "ratings"));
    for (const opened of ratingsFirst) data = await this.#load(opened);
    if (!data) throw new Error("There is no data");
    return data;
  }

  /** @param {Opened} opened */
  async #load({ slot, kind, file, options }) {
    const bytes = await bytesOf(file);
    return this.#worker.request("load", { slot, kind, name: file.name, bytes, options }, [bytes.buffer]);
  }

  /** @param {Opened} opened a file that was read */
  #remember(opened) {
    const { slot, kind } = opened;
    // The first own ratings take the place of the whole sample.
    if (kind === "ratings" && !this.#hasRatings()) this.#opened = [];
    this.#forget(slot, kind);
    this.#opened.push(opened);
  }

  #hasRatings() {
    return this.#opened.some(({ kind }) => kind === "ratings");
  }

  /**
   * A domain's ratings take its tables along, and the file that was to replace them.
   * @param {Slot} slot
   * @param {FileKind} kind
   */
  #forget(slot, kind) {
    if (kind === "ratings" && this.#unread?.slot === slot) this.#unread = null;
    this.#opened = this.#opened.filter((each) => each.slot !== slot || (each.kind !== kind && kind !== "ratings"));
  }
}

/** @param {File} file */
async function bytesOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    const why = "the browser cannot read the file; it may have been changed, moved or deleted since it was opened";
    throw new Error(`${file.name}: ${why}. Open it again`);
  }
}

/**
 * In hexadecimal digits; null where the browser works out none, or the file is not what it was.
 * @param {File} file
 */
async function sha256(file) {
  // A page that is not served from this machine or over HTTPS has no subtle.
  if (!globalThis.crypto?.subtle) return null;
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return null;
  }
}
