// The library's session: files in, a training that tells what it does, figures and recommendations out. It drives the compiled
// core through whatever answers requests for it: a worker in a browser (browser.js), this thread in Node.js (node.js).

import { SAMPLE_SEED } from "../protocol.js";
import { deviceFor } from "../training.js";

/**
 * @import { Advice, Capabilities, Config, DataState, DeviceChoice, ExportKind, FileKind, InputFile, ListOrder, MapSnapshot, Methods,
 *   ModuleName, Prepared, ReadOptions, Report, SavedFile, Slot, Somebody, TrainState, TrainingEvent, Unread, UserHit } from "../border.d.ts"
 */

/**
 * What answers requests for the compiled core, one after the other.
 * @typedef {object} Core
 * @property {<M extends keyof Methods>(method: M, args: Methods[M][0], transfer?: Transferable[]) => Promise<Methods[M][1]>} request
 * @property {() => void} close ends it; whoever still waits is refused
 */

/**
 * How a training is set up.
 * @typedef {object} Setup
 * @property {"robust" | "paper"} [preset] what the settings start from; `robust` where nothing is said
 * @property {Partial<Config>} [settings] what differs from the preset; `session.capabilities.schema` describes each
 * @property {DeviceChoice | "auto"} [device] `auto`, where nothing is said: the faster of WebGPU and the CPU where there is a
 *   graphics card, else the CPU
 * @property {number | null} [space] number of the domain in whose space the map is shown
 * @property {Uint8Array | null} [checkpoint] what `session.checkpoint()` gave, to go on from; with the same data and settings
 */

/** How long the core trains before it looks up. */
const SLICE_MILLISECONDS = 50;
/** @type {TrainState} */
const IDLE = { state: "idle", fraction: 0, seconds_left: null, run: null, runs: [0, 0], epoch: 0, sweeps: null, trained: false, message: null };

/** A rating file whose columns can be shown, but that was not clear enough to read; the data are as they were. */
export class UnreadError extends Error {
  /** @param {Unread} unread how it was tried, with its first rows and what could be declared */
  constructor(unread) {
    super(unread.error);
    this.name = "UnreadError";
    this.unread = unread;
  }
}

/** Made by `open`. All numbers of domains, users and items count from 0; errors are on the unit scale. */
export class Session {
  #core;
  #module;
  #capabilities;
  /** @type {DataState | null} */
  #data = null;
  /** @type {Prepared | null} */
  #prepared = null;
  /** @type {TrainState} */
  #state = IDLE;
  /** @type {Report | null} */
  #report = null;
  /** @type {string[]} */
  #verdict = [];
  /** What has happened and nobody has been told yet. @type {TrainingEvent[]} */
  #events = [];
  /** By what people are called, the first who is. @type {Map<string, Somebody> | null} */
  #people = null;

  /**
   * @param {Core} core
   * @param {ModuleName} module that it was compiled as
   * @param {Capabilities} capabilities
   */
  constructor(core, module, capabilities) {
    this.#core = core;
    this.#module = module;
    this.#capabilities = capabilities;
  }

  /** The WebGPU adapter, every setting, the presets, every model and every experiment. */
  get capabilities() {
    return this.#capabilities;
  }

  /** What was read; null before anything was. */
  get data() {
    return this.#data;
  }

  /** What was set up last; null where data have changed since. */
  get prepared() {
    return this.#prepared;
  }

  /** How far the training is. */
  get state() {
    return this.#state;
  }

  /** Errors on ratings that were not trained on, beside the bias model and the global mean; null before the first run is through. */
  get report() {
    return this.#report;
  }

  /** The report in sentences. */
  get verdict() {
    return this.#verdict;
  }

  /**
   * Reads a file of a domain: its ratings (a person, an item and a rating a line), or a table that describes its people or items.
   * A new rating file takes the place of what the domain had.
   * @param {Slot} slot the domain; they are numbered in the order of these
   * @param {string | Uint8Array | Blob} source the file, or its text; gzip, zip and zstd are unpacked
   * @param {object} [how]
   * @param {FileKind} [how.kind] `ratings` where nothing is said
   * @param {string} [how.name] of the file, of which the domain is named too
   * @param {ReadOptions} [how.options] what is declared, where it should not be recognised
   * @returns {Promise<DataState>} what was understood, with warnings
   * @throws {UnreadError} where it is a rating file whose columns are not clear; else an `Error` with file, line and what to do
   */
  async read(slot, source, { kind = "ratings", name = nameOf(slot, source), options = {} } = {}) {
    const bytes = await bytesOf(source);
    const data = await this.#core.request("load", { slot, kind, name, bytes, options }, [bytes.buffer]);
    if (kind === "ratings" && data.unread?.slot === slot) throw new UnreadError(data.unread);
    return this.#changed(data);
  }

  /**
   * Loads the generated sample in place of all data: domains with a planted map, so that the truth is known.
   * @param {{ seed?: number, domains?: 2 | 3 }} [wanted]
   */
  async sample({ seed = SAMPLE_SEED, domains = 2 } = {}) {
    return this.#changed(await this.#core.request("load_sample", { seed, domains }));
  }

  /** Takes a file out; a domain's ratings take its tables along. @param {Slot} slot @param {FileKind} [kind] */
  async remove(slot, kind = "ratings") {
    return this.#changed(await this.#core.request("remove", { slot, kind }));
  }

  /** Takes all files out. */
  async clear() {
    return this.#changed(await this.#core.request("clear", {}));
  }

  /**
   * Sets up an untrained model on the data as they are, or one that goes on from a checkpoint.
   * @param {Setup} [setup]
   * @returns {Promise<Prepared>}
   * @throws {Error} when a setting or the data do not allow it
   */
  async prepare({ preset = "robust", settings = {}, device = "auto", space = null, checkpoint = null, ...others } = {}) {
    const [odd] = Object.keys(others);
    if (odd) throw new Error(`${odd}: a set-up has preset, settings, device, space and checkpoint; what a model is trained with belongs into settings`);
    const start = this.#capabilities.presets[preset];
    if (!start) throw new Error(`preset: there is no "${preset}"; there are robust, paper`);
    const config = { ...start, ...settings };
    if (this.#module === "first" && (await this.#core.request("module_for", { config })) === "full")
      throw new Error(`${config.model} trains with the second module for these settings: open({ module: "full" })`);
    const chosen = deviceFor({ settings: { device }, capabilities: this.#capabilities });
    const prepared = await this.#core.request("prepare", { config, device: chosen, space, checkpoint });
    this.#forget();
    this.#prepared = prepared;
    if (prepared.resumed) this.#hear(prepared.resumed);
    return prepared;
  }

  /**
   * Trains and tells what happens, until all is done, or for so many steps. It rests while nobody asks for the next event, so that
   * leaving the loop pauses the training; called again without a set-up, it goes on. A set-up begins anew.
   *
   * The model comes first (`run: "main"`) and with its end the first report; the trainings that it is compared with come after,
   * each with a report of its own, the last of which is complete.
   * @param {Setup & { steps?: number | null }} [wanted] steps: epochs, or sweeps of what is sampled
   * @returns {AsyncGenerator<TrainingEvent, TrainState, void>}
   * @throws {Error} when nothing can be set up, or the training fails
   */
  async *train({ steps = null, ...setup } = {}) {
    if (!this.#prepared || Object.keys(setup).length > 0) await this.prepare(setup);
    let left = steps;
    for (;;) {
      for (let event = this.#events.shift(); event; event = this.#events.shift()) yield event;
      if (left !== null && left <= 0) return this.#state;
      if (this.#state.state === "done") return this.#state;
      if (this.#state.state === "failed") throw new Error(this.#state.message ?? "the training failed");
      const step = await this.#core.request("advance", { milliseconds: SLICE_MILLISECONDS, epochs: left });
      this.#hear(step);
      if (left !== null) left -= step.events.filter(({ type }) => type === "epoch" || type === "sweep").length;
    }
  }

  /** Ends the first run with what there is, where its model is whole after every step. @returns {Promise<TrainState>} */
  async stop() {
    this.#state = await this.#core.request("stop", {});
    return this.#state;
  }

  /** The state of the measurement as bytes, for `prepare`; null before there is anything to go on from. */
  async checkpoint() {
    return this.#core.request("checkpoint", {});
  }

  /**
   * What to give a person in every domain: what they rated, what comes next, who is near.
   * @param {string | Somebody} person what they are called (title or id), or their number
   * @param {{ n?: number, order?: ListOrder }} [wanted] n: items a domain
   * @returns {Promise<Advice>} by domain, in the order of `data.domains`
   */
  async recommend(person, { n = 5, order = "rating" } = {}) {
    const { domain, user } = typeof person === "string" ? await this.#somebody(person) : person;
    return this.#core.request("recommend", { domain, user, n, order });
  }

  /** People whose id or title contains a text. @param {string} query @param {number} [limit] @returns {Promise<UserHit[]>} */
  async find(query, limit = 10) {
    return this.#core.request("find_users", { query, limit });
  }

  /**
   * The clouds of people as they are now; null where the model has no map.
   * @param {{ space?: number | null, person?: Somebody | null }} [wanted] person: whose uncertainty is wanted
   * @returns {Promise<MapSnapshot | null>}
   */
  async map({ space = null, person = null } = {}) {
    return this.#core.request("map", { space, person, visitor: [], items: false });
  }

  /**
   * A file to take away: the figures, recommendations for everybody, all vectors, or the model, which `dual-metric recommend` and
   * Python's safetensors read.
   * @param {ExportKind} kind
   * @param {InputFile[]} [files] that the data came from, for the figures
   * @returns {Promise<SavedFile>}
   */
  async export(kind, files = []) {
    return this.#core.request("export", { kind, files });
  }

  /**
   * Any other method of the core, as the page asks it. What it changes of the data or the training, this session does not hear of.
   * @template {keyof Methods} M
   * @param {M} method
   * @param {Methods[M][0]} args
   * @returns {Promise<Methods[M][1]>}
   */
  async request(method, args) {
    return this.#core.request(method, args);
  }

  /** Ends the core and frees its memory. */
  close() {
    this.#core.close();
  }

  /** @param {string} name @returns {Promise<Somebody>} */
  async #somebody(name) {
    this.#people ??= byName(await this.#core.request("labels", {}));
    const known = this.#people.get(name);
    if (known) return known;
    // Those with a title are found by their id too.
    const [hit, ...others] = await this.find(name, 4);
    if (!hit) throw new Error(`person: there is nobody whose id or title contains "${name}"`);
    if (others.length === 0) return hit;
    const labels = [hit, ...others].map(({ label }) => label).join(", ");
    throw new Error(`person: nobody is called "${name}", and it is a part of several: ${labels}. Give the whole name, or { domain, user }`);
  }

  /** @param {{ events: TrainingEvent[], state: TrainState }} step */
  #hear({ events, state }) {
    this.#state = state;
    for (const event of events) {
      if (event.type === "report") [this.#report, this.#verdict] = [event.report, event.verdict];
      this.#events.push(event);
    }
  }

  /** @param {DataState} data */
  #changed(data) {
    this.#data = data;
    this.#forget();
    return data;
  }

  /** What was set up and learnt is of other data or settings. */
  #forget() {
    this.#prepared = null;
    this.#state = IDLE;
    this.#report = null;
    this.#verdict = [];
    this.#events = [];
    this.#people = null;
  }
}

/** @param {string[][]} labels by domain and user @returns {Map<string, Somebody>} */
function byName(labels) {
  const people = new Map();
  for (const [domain, names] of labels.entries()) {
    for (const [user, name] of names.entries()) if (!people.has(name)) people.set(name, { domain, user });
  }
  return people;
}

/** @param {Slot} slot @param {string | Uint8Array | Blob} source */
const nameOf = (slot, source) => (typeof File === "function" && source instanceof File ? source.name : `${slot}.csv`);

/** A copy, which can be handed over. @param {string | Uint8Array | Blob} source @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function bytesOf(source) {
  if (typeof source === "string") return new TextEncoder().encode(source);
  return source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : new Uint8Array(source);
}
