// What happens in a notebook's widget, whoever looks at it: the tables are fetched from the kernel, trained on, and what comes of it
// is put into the widget's traits.

import { textOf } from "../format.js";
import { Session } from "../library/session.js";
import { compiledOnce, startCore } from "./core.js";
import { figureRows, recommendationRows } from "./rows.js";

/** @import { Advice, Config, MapSnapshot, Slot, Somebody } from "../border.d.ts" */

/**
 * The widget's model, as anywidget hands it over.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, heard: (...parts: any[]) => void) => void} on
 * @property {(event: string, heard: (...parts: any[]) => void) => void} off
 * @property {(content: unknown) => void} send
 */

/** @type {readonly Slot[]} */
export const SLOTS = ["a", "b"];
/** What is seen and told changes at most this often. */
const LOOK_MILLISECONDS = 400;
/** Which columns of the tables are what: nothing is to be guessed of them. */
const DECLARED = { delimiter: /** @type {const} */ ("comma"), header: true, roles: { user: 0, item: 1, rating: 2, time: null } };

export class Run {
  #model;
  /** @type {Session | null} */
  #session = null;
  /** @type {Set<() => void>} */
  #lookers = new Set();
  #isTraining = false;
  #isClosed = false;
  /** Counts what is asked of a person, so that an answer that is out of date is dropped. */
  #ask = 0;
  /** The clouds as they are now. @type {MapSnapshot | null} */
  map = null;
  /** Whom `person` means. @type {Somebody | null} */
  somebody = null;
  /** What people are called, by domain. @type {string[][]} */
  labels = [];

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    model.on("change:training", this.#trainingChanged);
    model.on("change:person", this.#personChanged);
    model.on("change:n", this.#personChanged);
  }

  /** Calls back whenever something has changed. @param {() => void} changed @returns {() => void} to stop that */
  follow(changed) {
    this.#lookers.add(changed);
    changed();
    return () => this.#lookers.delete(changed);
  }

  get state() {
    return this.#session?.state ?? null;
  }

  /** Reads the tables and begins. */
  async open() {
    try {
      const [module, tables] = await Promise.all([
        compiledOnce(async () => (await this.#fetch("core"))[0]),
        this.#fetch("tables"),
      ]);
      const { core, capabilities } = await startCore(module);
      if (this.#isClosed) return core.close();
      const session = new Session(core, "first", capabilities);
      const names = this.#model.get("names");
      for (const [n, table] of tables.entries())
        await session.read(SLOTS[n], table, { name: `${names[n]}.csv`, options: DECLARED });
      const [preset, settings] = [this.#model.get("preset"), this.#model.get("settings")];
      const config = { .../** @type {Record<string, Config>} */ (capabilities.presets)[preset], ...settings };
      if ((await session.request("module_for", { config })) === "full")
        throw new Error(`settings: ${config.model} trains with burn for these settings, which the widget is without; choose another model, network or encoder`);
      await session.prepare({ preset, settings });
      this.labels = await session.request("labels", {});
      this.#session = session;
      const told = (session.data?.warnings ?? []).map(({ slots, text }) => `${slots.map((slot) => names[SLOTS.indexOf(slot)]).join(" and ")}: ${text}`);
      this.#put({ warnings: told, error: "" });
      await this.#look();
      await this.#recommend();
      if (this.#model.get("training")) await this.#train();
    } catch (error) {
      this.#failed(error);
    }
  }

  close() {
    this.#isClosed = true;
    this.#model.off("change:training", this.#trainingChanged);
    this.#model.off("change:person", this.#personChanged);
    this.#model.off("change:n", this.#personChanged);
    this.#session?.close();
  }

  /** What the kernel has. @param {"core" | "tables"} asked @returns {Promise<Uint8Array<ArrayBuffer>[]>} */
  #fetch(asked) {
    return new Promise((resolve) => {
      /** @param {Record<string, unknown>} content @param {DataView<ArrayBuffer>[]} buffers */
      const heard = (content, buffers) => {
        if (!(asked in content)) return;
        this.#model.off("msg:custom", heard);
        resolve(buffers.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)));
      };
      this.#model.on("msg:custom", heard);
      this.#model.send({ ask: asked });
    });
  }

  #trainingChanged = () => {
    if (this.#model.get("training")) void this.#train().catch((error) => this.#failed(error));
    else this.#changed();
  };

  #personChanged = () => void this.#recommend().catch((error) => this.#failed(error));

  async #train() {
    const session = this.#session;
    if (!session || this.#isTraining) return;
    this.#isTraining = true;
    try {
      let looked = 0;
      for await (const event of session.train()) {
        if (this.#isClosed || !this.#model.get("training")) break;
        if (event.type === "report") this.#put({ figures: figureRows(event.report), report: event.report, verdict: event.verdict });
        if (event.type !== "report" && performance.now() - looked < LOOK_MILLISECONDS) continue;
        await this.#look();
        looked = performance.now();
      }
    } finally {
      this.#isTraining = false;
    }
    if (this.#isClosed) return;
    this.#put({ training: false });
    await this.#look();
    await this.#recommend();
  }

  /** Takes the clouds as they are, and tells how far it is. */
  async #look() {
    const session = this.#session;
    if (!session) return;
    this.map = await session.map();
    const rests = session.state.state === "running" && !this.#model.get("training");
    this.#put({ state: rests ? { ...session.state, state: "paused" } : session.state });
    this.#changed();
  }

  async #recommend() {
    const session = this.#session;
    if (!session) return;
    const ask = ++this.#ask;
    const person = this.#model.get("person");
    /** @type {Advice | null} */
    let advice = null;
    let error = "";
    this.somebody = null;
    if (person !== "") {
      try {
        advice = await session.recommend(person, { n: this.#model.get("n") });
        this.somebody = somebodyOf(advice);
      } catch (problem) {
        error = textOf(problem);
      }
    }
    if (ask !== this.#ask) return;
    const isKnown = advice && session.state.trained;
    this.#put({ recommendations: isKnown && advice ? recommendationRows(advice, this.#model.get("names")) : [], error });
    this.#changed();
  }

  /** @param {Record<string, unknown>} traits */
  #put(traits) {
    for (const [name, value] of Object.entries(traits)) this.#model.set(name, value);
    this.#model.save_changes();
  }

  /** @param {unknown} error */
  #failed(error) {
    if (this.#isClosed) return;
    this.#put({ error: textOf(error), training: false, ...(this.#session ? { state: this.#session.state } : {}) });
    this.#changed();
  }

  #changed() {
    for (const look of this.#lookers) look();
  }
}

/** Where somebody is on the map. @param {Advice} advice @returns {Somebody | null} */
function somebodyOf({ domains }) {
  const domain = domains.findIndex(({ user }) => user !== null);
  return domain < 0 ? null : { domain, user: Number(domains[domain].user) };
}
