// The files that the visitor opened, kept so that they can be read again, in another way or by a new worker: the core
// keeps no text. Each method asks the worker and gives back the state of the data, and where a file was read, whether it
// could be. Every change of the data can be undone.

import { domainIn } from "./domains.js";
import { Refusal } from "./said.js";
import { SAMPLE_SEED } from "./protocol.js";
import { words } from "./words/words.js";

/** @import { DataState, FileKind, InputFile, ReadOptions, Renamed, Slot } from "./border.d.ts" */
/** @import { Saying } from "./words/words.js" */
/** @import { Origin } from "./kept/record.js" */
/** @import { Line, WorkerClient } from "./worker_client.js" */

/** @typedef {{ slot: Slot, kind: FileKind, file: File, options: ReadOptions, address?: string }} Opened address: where it was fetched from */
/**
 * @typedef {Partial<Record<Slot, string>>} Names
 * @typedef {{ slot: Slot, name: string | null }} Called what a domain was called by somebody; null: by its file
 * @typedef {{ label: Saying, sample: number, removed: Slot[], opened: Opened[], names: Names, called: Called | null }} Before what
 *   there was before a change of that name; called: where it changed the name of a domain and nothing else
 */

/**
 * @typedef {object} Reading
 * @property {DataState} data
 * @property {boolean} read whether the data are others now; false: the file could not be read and is kept aside
 */

/** The core refuses more than this; the page does not even read it. */
export const MOST_BYTES = 512 * 1024 * 1024;
/** Changes that can be undone; their files are not kept in memory. */
const MOST_CHANGES = 100;

/** SHA-256 of files that were asked for before: a form that changes asks again. @type {WeakMap<File, Promise<string | null>>} */
const hashes = new WeakMap();

export class DataSource {
  #worker;
  /** @type {Opened[]} */
  #opened = [];
  /** The file that could not be read; a new worker is not given it. @type {Opened | null} */
  #unread = null;
  /** Domains of the sample, 0 where other files are loaded. */
  #sample = 0;
  /** Domains of the sample that were taken out. @type {Slot[]} */
  #removed = [];
  /** What domains of the sample are called by somebody. @type {Names} */
  #names = {};
  /** What there was before each change, the last change at the end. @type {Before[]} */
  #history = [];

  /** @param {WorkerClient} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** What the last change was that can be undone, in words. */
  get undoable() {
    return this.#history.at(-1)?.label ?? null;
  }

  /** The files that are read. */
  get opened() {
    return [...this.#opened];
  }

  /** The addresses that rating files were fetched from, by place. @returns {Partial<Record<Slot, string>>} */
  get addresses() {
    return Object.fromEntries(this.#opened.flatMap(({ slot, kind, address }) => (kind === "ratings" && address ? [[slot, address]] : [])));
  }

  /** What else the data are made of. @param {DataState | null} data @returns {Origin} */
  origin(data) {
    const made = this.#sample > 0 ? (data?.domains ?? []) : [];
    return { sample: this.#sample, removed: [...this.#removed], readings: made.map(({ slot, options }) => ({ slot, options })) };
  }

  /**
   * Reads what an earlier visit had read, in place of all that there is.
   * @param {Origin} origin
   * @param {Opened[]} opened
   * @returns {Promise<DataState>}
   */
  async restore(origin, opened) {
    const before = this.#now(() => "");
    const { sample, removed, readings } = origin;
    await this.#worker.request("clear", {});
    this.#unread = null;
    [this.#sample, this.#removed, this.#opened] = [sample, removed, opened];
    this.#names = Object.fromEntries(readings.flatMap(({ slot, options: { name } }) => (sample > 0 && name ? [[slot, name]] : [])));
    try {
      const data = await this.#readInto(this.#worker, readings);
      this.#history = [];
      return data;
    } catch (error) {
      // Whoever hears of it has what there was read again.
      this.#goBackTo(before);
      throw error;
    }
  }

  /** Has the worker hold nothing: it may have made the sample before the page asked for it. @returns {Promise<DataState>} */
  empty() {
    return this.#worker.request("clear", {});
  }

  /**
   * @param {number} domains
   * @returns {Promise<DataState>}
   */
  async sample(domains) {
    const before = this.#now(() => words.notices.sampleLoaded);
    const data = await this.#worker.request("load_sample", { seed: SAMPLE_SEED, domains });
    this.#opened = [];
    this.#unread = null;
    [this.#sample, this.#removed, this.#names] = [domains, [], {}];
    this.#changed(before);
    return data;
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   * @param {File} file
   * @param {{ address?: string, options?: ReadOptions }} [from] where it comes from, and how it is to be read
   * @returns {Promise<Reading>}
   */
  async open(slot, kind, file, { options = {}, ...from } = {}) {
    if (file.size > MOST_BYTES)
      throw new Refusal(() => words.notices.tooLarge(file.name));
    const before = this.#now(() => words.notices.opened(file.name));
    const opened = { slot, kind, file, options, ...from };
    const data = await this.#load(opened);
    const read = kind !== "ratings" || data.unread?.slot !== slot;
    if (read) {
      this.#remember(opened);
      this.#changed(before);
    } else {
      this.#unread = opened;
    }
    return { data, read };
  }

  /**
   * Reads rating files again, each in another way, as one change: the one that could not be read, if there is one, else
   * the one in its place and what describes it.
   * @param {{ slot: Slot, options: ReadOptions }[]} changes one or two
   * @param {Saying} label what the change is, in words
   * @returns {Promise<Reading>}
   */
  async reread(changes, label) {
    const before = this.#now(label);
    /** @type {Reading | null} */
    let reading = null;
    let isChanged = false;
    try {
      for (const { slot, options } of changes) {
        reading = await this.#reread(slot, options);
        if (!reading.read) break;
        isChanged = true;
      }
    } finally {
      // Of two files the second may fail; the first is read anew all the same. The sample does not keep how it is read.
      if (isChanged && this.#sample === 0) this.#changed(before);
    }
    if (!reading) throw new Refusal(() => words.notices.nothingToRead);
    return { ...reading, read: isChanged };
  }

  /**
   * @param {Slot} slot
   * @param {ReadOptions} options
   * @returns {Promise<Reading>}
   */
  async #reread(slot, options) {
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
    // Replaced and not changed, because what there was before holds the old one.
    else if (read && opened) this.#opened[this.#opened.indexOf(opened)] = { ...opened, options };
    // A table that fits the ratings no more was dropped.
    if (read && !domainIn(data, slot)?.user_features) this.#forget(slot, "users");
    if (read && !domainIn(data, slot)?.item_features) this.#forget(slot, "items");
    return { data, read };
  }

  /** The file of ratings of a place, the one that could not be read first. @param {Slot} slot */
  #ratingsIn(slot) {
    return this.#unread?.slot === slot ? this.#unread : (this.#opened.find((each) => each.slot === slot && each.kind === "ratings") ?? null);
  }

  /** The values of a column of a domain's rating file. @param {Slot} slot @param {number} column */
  async values(slot, column) {
    const opened = this.#ratingsIn(slot);
    if (!opened) throw new Refusal(() => words.sources.noFile);
    const bytes = await bytesOf(opened.file);
    return this.#worker.request("values", { slot, column, bytes }, [bytes.buffer]);
  }

  /**
   * Makes A and B of one file by the values of a column, as one change. Tables that described the whole describe both.
   * @param {Slot} slot where the file is
   * @param {ReadOptions} options how it is read
   * @param {number} column
   * @param {string[][]} values of A and of B
   * @returns {Promise<Reading>}
   */
  async split(slot, options, column, values) {
    const opened = this.#ratingsIn(slot);
    if (!opened) throw new Refusal(() => words.sources.noFile);
    const before = this.#now(() => words.sources.wasSplit(opened.file.name));
    const tables = this.#opened.filter((each) => each.slot === slot && each.kind !== "ratings");
    const sides = /** @type {Slot[]} */ (["a", "b"]);
    const { name: _, ...rest } = options;
    try {
      /** @type {DataState | null} */
      let data = null;
      for (const [n, side] of sides.entries()) {
        const half = { ...opened, slot: side, options: { ...rest, part: { column, values: values[n] } } };
        data = await this.#load(half);
        if (data.unread?.slot === side) throw new Error(data.unread.error);
        this.#remember(half);
      }
      for (const table of tables) {
        for (const side of sides) {
          // One that does not fit a half is left out of it.
          const fits = await this.#load({ ...table, slot: side }).catch(() => null);
          if (fits) [data] = [fits, this.#remember({ ...table, slot: side })];
        }
      }
      if (!sides.includes(slot)) {
        data = await this.#worker.request("remove", { slot, kind: "ratings" });
        this.#forget(slot, "ratings");
      }
      if (!data) throw new Refusal(() => words.sources.noFile);
      this.#changed(before);
      return { data, read: true };
    } catch (error) {
      // Of a half that cannot be read the other is taken back too; whoever hears of it has what there was read again.
      this.#goBackTo(before);
      await this.#worker.request("clear", {});
      throw error;
    }
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   * @param {Saying} called what the domain is called
   * @returns {Promise<DataState>}
   */
  async remove(slot, kind, called) {
    const name = this.#opened.find((each) => each.slot === slot && each.kind === kind)?.file.name;
    const before = this.#now(() => words.notices.removed(name ?? called()));
    const data = await this.#worker.request("remove", { slot, kind });
    const isOfSample = this.#sample > 0 && kind === "ratings";
    this.#forget(slot, kind);
    if (isOfSample) this.#removed = [...this.#removed, slot];
    // Of a sample without domains there is nothing left that a file could make way for.
    if (isOfSample && data.domains.length === 0) [this.#sample, this.#removed] = [0, []];
    this.#changed(before);
    return data;
  }

  /**
   * Calls a domain by another name; nothing is read anew.
   * @param {Slot} slot
   * @param {string | null} name null: what its file calls it
   * @param {(now: string) => Saying} [label] what the change is, in words; without it cannot be undone
   * @returns {Promise<Renamed>}
   */
  async rename(slot, name, label) {
    const called = { slot, name: this.#nameIn(slot) };
    const before = { ...this.#now(() => ""), called };
    const renamed = await this.#worker.request("rename", { slot, name });
    const domain = domainIn(renamed.data, slot);
    this.#call(slot, domain?.options.name ?? null);
    if (label) this.#changed({ ...before, label: label(domain?.name ?? "") });
    return renamed;
  }

  /** What the last change has renamed, where that is all that it did. */
  get lastCalled() {
    return this.#history.at(-1)?.called ?? null;
  }

  /** Gives back the name that the last change took. @returns {Promise<Renamed>} */
  async undoRename() {
    const { lastCalled } = this;
    if (!lastCalled) throw new Refusal(() => words.notices.nothingToUndo);
    const renamed = await this.rename(lastCalled.slot, lastCalled.name);
    this.#history.pop();
    return renamed;
  }

  /** @param {Slot} slot */
  #nameIn(slot) {
    const opened = this.#opened.find((each) => each.slot === slot && each.kind === "ratings");
    return (this.#sample > 0 ? this.#names[slot] : opened?.options.name) ?? null;
  }

  /** @param {Slot} slot @param {string | null} name */
  #call(slot, name) {
    if (this.#sample > 0) {
      const { [slot]: _, ...others } = this.#names;
      this.#names = name === null ? others : { ...others, [slot]: name };
    }
    // Replaced and not changed, because what there was before holds the old one.
    this.#opened = this.#opened.map((each) => (each.slot === slot && each.kind === "ratings" ? { ...each, options: called(each.options, name) } : each));
  }

  /**
   * Brings back what there was before the last change.
   * @returns {Promise<Reading>}
   */
  async undo() {
    const before = this.#history.at(-1);
    if (!before) throw new Refusal(() => words.notices.nothingToUndo);
    // A file that is gone from the disk must not cost what is loaded now.
    for (const { file } of before.opened) await bytesOf(file.slice(0, 1), file.name);
    this.#history.pop();
    this.#goBackTo(before);
    this.#unread = null;
    await this.#worker.request("clear", {});
    return { data: await this.#readInto(this.#worker, []), read: true };
  }

  /**
   * All rows of a domain's rating file that were left out, as a table to save.
   * @param {Slot} slot
   */
  async rejects(slot) {
    const opened = this.#opened.find((each) => each.slot === slot && each.kind === "ratings");
    if (!opened) throw new Refusal(() => words.notices.nothingLeftOut);
    const bytes = await bytesOf(opened.file);
    return this.#worker.request("rejects", { slot, bytes }, [bytes.buffer]);
  }

  /** What the data come from; nothing for the sample, which is on no disk. @returns {Promise<InputFile[]>} */
  async files() {
    const described = this.#opened.map(async ({ slot, kind, file }) => ({
      domain: slot,
      kind,
      name: file.name,
      bytes: file.size,
      sha256: await hashOf(file),
    }));
    return Promise.all(described);
  }

  /**
   * A text that tells these data, and how they were read, from others; the same for the same files wherever they lie.
   * @param {DataState} data
   */
  async mark(data) {
    const options = data.domains.map(({ slot, options }) => [slot, called(options, null)]);
    const files = await this.files();
    const described = this.#opened.map(({ slot, kind, file, options }, n) => [
      slot, kind, called(options, null), files[n].sha256 ?? [file.name, file.size, file.lastModified],
    ]);
    const sample = this.#removed.length > 0 ? [this.#sample, this.#removed] : this.#sample;
    const text = JSON.stringify([sample, SAMPLE_SEED, options, described.sort()]);
    return (await sha256(new Blob([text]))) ?? text;
  }

  /** For a new worker: whatever the last one had read. @param {DataState | null} before @returns {Promise<DataState>} */
  async again(before) {
    this.#unread = null;
    return this.#readInto(this.#worker, this.origin(before).readings);
  }

  /**
   * Has another worker read all that this one holds, as it stands, and the file that waits until somebody says how to read it.
   * @param {Line} line
   * @param {DataState} before what this one holds
   * @returns {Promise<DataState>}
   */
  async handOver(line, before) {
    const data = await this.#readInto(line, this.origin(before).readings);
    if (!this.#unread || !before.unread) return data;
    return this.#load({ ...this.#unread, options: before.unread.options }, line);
  }

  /**
   * @param {Line | WorkerClient} worker one that has read nothing
   * @param {Origin["readings"]} readings how the sample's files are read
   * @returns {Promise<DataState>}
   */
  async #readInto(worker, readings) {
    /** @type {DataState | null} */
    let data = null;
    if (this.#sample > 0) data = await worker.request("load_sample", { seed: SAMPLE_SEED, domains: this.#sample });
    else if (this.#opened.length === 0) data = await worker.request("clear", {});
    for (const slot of this.#sample > 0 ? this.#removed : []) data = await worker.request("remove", { slot, kind: "ratings" });
    for (const [slot, name] of this.#sample > 0 ? /** @type {[Slot, string][]} */ (Object.entries(this.#names)) : [])
      ({ data } = await worker.request("rename", { slot, name }));
    for (const { slot, options } of this.#sample > 0 ? readings : []) {
      const made = domainIn(data, slot);
      if (made && JSON.stringify(made.options) !== JSON.stringify(options))
        data = await worker.request("reread", { slot, options, bytes: {} });
    }
    const ratingsFirst = [...this.#opened].sort((x, y) => Number(y.kind === "ratings") - Number(x.kind === "ratings"));
    for (const opened of ratingsFirst) data = await this.#load(opened, worker);
    if (!data) throw new Refusal(() => words.notices.noData);
    return data;
  }

  /** @param {Opened} opened @param {Line | WorkerClient} [worker] */
  async #load({ slot, kind, file, options }, worker = this.#worker) {
    const bytes = await bytesOf(file);
    return worker.request("load", { slot, kind, name: file.name, bytes, options }, [bytes.buffer]);
  }

  /** @param {Opened} opened a file that was read */
  #remember(opened) {
    const { slot, kind } = opened;
    // The first own ratings take the place of the whole sample.
    if (kind === "ratings" && this.#sample > 0) {
      this.#opened = [];
      [this.#sample, this.#removed, this.#names] = [0, [], {}];
    }
    this.#forget(slot, kind);
    this.#opened.push(opened);
  }

  /** Takes for loaded what was so before; the worker is still to be told. @param {Before} before */
  #goBackTo({ sample, removed, opened, names }) {
    [this.#sample, this.#removed, this.#opened, this.#names] = [sample, removed, opened, names];
  }

  /** @param {Saying} label @returns {Before} */
  #now(label) {
    const [removed, opened, names] = [[...this.#removed], [...this.#opened], { ...this.#names }];
    return { label, sample: this.#sample, removed, opened, names, called: null };
  }

  /** @param {Before} before */
  #changed(before) {
    // Before the page's first data there is nothing to go back to.
    if (before.sample > 0 || before.opened.length > 0 || this.#history.length > 0) this.#history.push(before);
    if (this.#history.length > MOST_CHANGES) this.#history.shift();
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

/**
 * How a file is read, under another name.
 * @param {ReadOptions} options
 * @param {string | null} name
 * @returns {ReadOptions}
 */
function called({ name: _, ...options }, name) {
  return name === null ? options : { ...options, name };
}

/**
 * @param {Blob} file
 * @param {string} [name] of the file, where only a part of it is read
 */
async function bytesOf(file, name = file instanceof File ? file.name : "") {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Refusal(() => words.notices.fileUnreadable(name));
  }
}

/** @param {File} file */
function hashOf(file) {
  const known = hashes.get(file) ?? sha256(file);
  hashes.set(file, known);
  return known;
}

/**
 * In hexadecimal digits; null where the browser works out none, or the file is not what it was.
 * @param {Blob} file
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
