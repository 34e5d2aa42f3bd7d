// A measurement as the page has it: a model that is set up and trained, and the map and the recommendations that follow it.

import { isMapless } from "./models.js";
import { ModuleMissing } from "./modules.js";
import { nextBefore } from "./run_before.js";
import { english, sayingOf } from "./said.js";
import { IDLE, NOTHING_LEARNT, SETTING_UP } from "./store.js";
import { deviceFor, digest } from "./training.js";
import { words } from "./words/words.js";
import { WorkerGone } from "./worker_client.js";

/** @import { Config, GivenRating, ListOrder, TrainState, TrainingEvent, DeviceChoice, Prepared } from "./border.d.ts" */
/** @import { Saying } from "./words/words.js" */
/** @import { Work } from "./kept/work.js" */
/** @import { Modules } from "./modules.js" */
/** @import { Selection, Settings, Store } from "./store.js" */
/** @import { WorkerClient } from "./worker_client.js" */

const MAP_MILLISECONDS = 700;
/** A chain moves all the time: about as often as the points take to get there. */
const SAMPLED_MAP_MILLISECONDS = 500;
const ADVICE_MILLISECONDS = 2500;
const TOP_N = 5;
/** People that are looked through for one who is in several domains. */
const SOME = 200;

export class Measurement {
  #store;
  #worker;
  #modules;
  #work;
  /** Whether a checkpoint that is heard of is of what was set up last. */
  #isSetUp = false;
  /** Counts wishes to set up; the last counts. */
  #wishes = 0;
  /** Counts what was set up; an answer about something earlier is dropped. */
  #preparation = 0;
  #prepareTimer = 0;
  /** @type {Promise<void> | null} */
  #pending = null;
  #refreshedAt = 0;
  #adviceAt = 0;
  /** For how many epochs was trained last; null: until done. @type {number | null} */
  #epochs = null;

  /**
   * @param {Store} store
   * @param {WorkerClient} worker
   * @param {Modules} modules
   * @param {Work} work
   */
  constructor(store, worker, modules, work) {
    this.#store = store;
    this.#worker = worker;
    this.#modules = modules;
    this.#work = work;
  }

  /** Whatever is being set up is for data that are about to change. */
  abandon() {
    this.#wishes++;
    this.#preparation++;
  }

  /** Sets up anew once the settings have rested for a moment. */
  prepareSoon() {
    clearTimeout(this.#prepareTimer);
    this.#prepareTimer = window.setTimeout(() => void this.prepare(), 250);
  }

  /** Trains until done, from where it stands or afresh. @param {number | null} [epochs] or for so many epochs */
  async play(epochs = null) {
    const { train, stale, prepared, data } = this.#store.state;
    if (!data?.ready || train.state === "running") return;
    clearTimeout(this.#prepareTimer);
    if (stale || !prepared || train.state === "done" || train.state === "failed") {
      if (!(await this.prepare())) return;
    }
    const { train: now, prepared: set } = this.#store.state;
    if (!set || now.state === "failed" || now.state === "running") return;
    // Of another model a visitor's place and the regions would be others.
    this.#store.set({ train: { ...now, state: "running", message: null }, visitor: [], regions: null });
    const ticket = this.#preparation;
    this.#epochs = epochs;
    try {
      const state = await this.#worker.request("train", { epochs });
      if (ticket !== this.#preparation) return; // started over meanwhile
      this.#store.set({ train: state });
      await this.#refresh();
      await this.#advise();
    } catch (error) {
      if (ticket === this.#preparation) this.#fail(error);
    }
  }

  /** Goes on with a training that was stopped for other data, and these are the same after all. @param {TrainState} stopped */
  resume(stopped) {
    this.#store.set({ train: stopped });
    if (stopped.state === "paused" && this.#epochs === null) void this.play();
  }

  async pause() {
    this.#store.set({ pausing: true });
    try {
      await this.#worker.request("pause", {});
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#store.set({ pausing: false });
    }
  }

  /** Ends the first run with the draws that there are; what is compared with it goes on. */
  async stop() {
    const { train, stale } = this.#store.state;
    if (stale) return;
    try {
      await this.#worker.request("stop", {});
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (train.state === "paused") await this.play();
  }

  /**
   * Sets up a model with the settings and data of now, untrained or from the last checkpoint.
   * @param {boolean} [goesOn] from the last checkpoint, where it fits
   * @returns {Promise<boolean>} false: nothing was done, because the module that it needs could not be loaded
   */
  async prepare(goesOn = false) {
    clearTimeout(this.#prepareTimer);
    const wish = ++this.#wishes;
    const { settings, data, capabilities } = this.#store.state;
    if (!data?.ready) return true;
    const config = /** @type {Config} */ ({ ...capabilities?.presets[settings.preset], ...settings.config });
    try {
      await this.#modules.ensure(config);
    } catch (error) {
      if (error instanceof ModuleMissing) {
        if (wish === this.#wishes) this.#store.set({ notice: error.say, busy: null });
        return false;
      }
      // Settings that are none are refused below, where what was set up makes way.
    }
    if (wish === this.#wishes) await this.#setUp(settings, config, goesOn);
    return true;
  }

  /** @param {Settings} settings @param {Config} config @param {boolean} goesOn */
  async #setUp(settings, config, goesOn) {
    const ticket = ++this.#preparation;
    this.#isSetUp = false;
    this.#store.set({ busy: SETTING_UP, stale: false, train: IDLE });
    try {
      const { map, resumed, ...prepared } = await this.#prepareFrom(settings, config, goesOn);
      const labels = await this.#worker.request("labels", {});
      if (ticket !== this.#preparation) return;
      this.#worker.wasOfUse();
      this.#store.set({
        before: nextBefore(this.#store.state, config),
        prepared: { ...prepared, config },
        map,
        labels,
        ...NOTHING_LEARNT,
        space: map?.space ?? null,
      });
      this.#isSetUp = true;
      this.#work.begin(resumed !== null);
      if (resumed) {
        const { patch } = digest(this.#store.state, resumed.events);
        const { state } = resumed;
        this.#store.set({ ...patch, train: state.state === "running" ? { ...state, state: "paused" } : state });
      }
      if (!this.#store.state.selection) await this.#selectSomebody();
      // What was brought back has parts with names, and items where they are wanted.
      if (resumed) await (this.#store.state.items ? this.#refresh() : this.#nameRegions());
      await this.#advise();
    } catch (error) {
      if (ticket === this.#preparation) {
        this.#store.set({ prepared: null });
        this.#fail(error);
      }
    } finally {
      if (ticket === this.#preparation) this.#store.set({ busy: null });
    }
  }

  /**
   * @param {Settings} settings
   * @param {Config} config
   * @param {boolean} goesOn
   * @returns {Promise<Prepared & { refused?: Saying }>}
   */
  async #prepareFrom(settings, config, goesOn) {
    const device = deviceFor(this.#store.state);
    const checkpoint = goesOn ? await this.#work.last() : null;
    try {
      return await this.#prepareOn(device, settings, config, checkpoint);
    } catch (error) {
      if (!checkpoint || error instanceof WorkerGone) throw error;
      const why = sayingOf(error);
      this.#store.set({ notice: () => words.notices.notGoneOnWith(why()) });
      return this.#prepareOn(device, settings, config, null);
    }
  }

  /**
   * Where the visitor left the choice to the page, the CPU takes over when WebGPU fails.
   * @param {DeviceChoice} device
   * @param {Settings} settings
   * @param {Config} config
   * @param {Blob | null} from a checkpoint
   * @returns {Promise<Prepared & { refused?: Saying }>} refused: why WebGPU did not start
   */
  async #prepareOn(device, settings, config, from) {
    const ask = async (/** @type {DeviceChoice} */ device, /** @type {number | null} */ space) => {
      const checkpoint = from && new Uint8Array(await from.arrayBuffer());
      return this.#worker.request("prepare", { config, device, space, checkpoint }, checkpoint ? [checkpoint.buffer] : []);
    };
    try {
      return await ask(device, this.#store.state.space);
    } catch (error) {
      if (device === "cpu" || settings.device !== "auto" || error instanceof WorkerGone) throw error;
      return { ...(await ask("cpu", null)), refused: sayingOf(error) };
    }
  }

  /** Shows the map in the space of another domain. @param {number} space */
  async showIn(space) {
    this.#store.set({ space });
    if (!this.#store.state.prepared) return;
    await this.#pending; // may still be one of the space before
    await this.#refresh();
  }

  /** Turns the map once by itself. */
  replay() {
    this.#store.set({ turns: this.#store.state.turns + 1, turn: null });
  }

  /** @param {Selection | null} selection */
  async select(selection) {
    this.#store.set({ selection: selection && { ...selection, asked: true }, advice: null });
    await this.#advise();
    // Somebody else's uncertainty.
    if (this.#store.state.prepared?.samples && this.#store.state.map) await this.#refresh();
  }

  /** Puts a visitor with these ratings on the map; of none, takes them away. @param {GivenRating[]} visitor */
  async placeVisitor(visitor) {
    const { visitor: before, map, prepared } = this.#store.state;
    if (visitor.length === 0 && before.length === 0) return;
    this.#store.set({ visitor });
    if (!prepared || !map) return;
    await this.#pending; // may still be one of before
    await this.#refresh();
  }

  /** What the lists go by. @param {ListOrder} order */
  async sortBy(order) {
    this.#store.set({ order });
    await this.#advise();
  }

  /** @param {string} query */
  async findUsers(query) {
    if (!this.#store.state.prepared) return [];
    return this.#worker.request("find_users", { query, limit: 8 });
  }

  /**
   * @param {TrainingEvent[]} events
   * @param {TrainState} train
   */
  hear(events, train) {
    const { patch, ended, kept } = digest(this.#store.state, events);
    const before = this.#store.state.train.message;
    this.#store.set({ ...patch, train });
    if (train.state !== "failed" && train.message && train.message !== before) {
      const { message } = train;
      this.#store.set({ notice: () => english(message) });
    }
    if (kept) void this.#advise();
    if (ended) void this.#finishMain();
    else if (train.runs[0] === 0 && performance.now() - this.#refreshedAt > this.#restMilliseconds) void this.#refresh();
  }

  /** @param {Blob} bytes of a checkpoint @param {number} fraction of the measurement that is done */
  keep(bytes, fraction) {
    if (this.#isSetUp) this.#work.keep(bytes, { fraction });
  }

  /** How long a map stands before it is asked for anew. */
  get #restMilliseconds() {
    return this.#store.state.prepared?.samples ? SAMPLED_MAP_MILLISECONDS : MAP_MILLISECONDS;
  }

  /** The model will not change any more: show its map, and let it turn. */
  async #finishMain() {
    await this.#pending; // may still be one of before the end
    await this.#refresh();
    this.replay();
    await this.#advise();
  }

  /** Shows what the model is like now: the map, where it has one, and now and then the recommendations. */
  async #refresh() {
    this.#pending ??= this.#askAnew().finally(() => {
      this.#pending = null;
      this.#refreshedAt = performance.now();
    });
    await this.#pending;
  }

  async #askAnew() {
    const ticket = this.#preparation;
    if (!isMapless(this.#store.state)) {
      try {
        const { space, selection, visitor, items } = this.#store.state;
        const person = selection && { domain: selection.domain, user: selection.user };
        const map = await this.#worker.request("map", { space, person, visitor, items });
        if (ticket === this.#preparation) this.#store.set({ map });
        await this.#nameRegions();
      } catch (error) {
        if (ticket === this.#preparation) this.#fail(error);
      }
    }
    if (performance.now() - this.#adviceAt > ADVICE_MILLISECONDS) await this.#advise();
  }

  /** Asks what the regions of the map are called, once its model does not change any more. */
  async #nameRegions() {
    const { map, train } = this.#store.state;
    if (!map?.trained || (train.state === "running" && train.runs[0] === 0)) return;
    const ticket = this.#preparation;
    const regions = await this.#worker.request("regions", {});
    if (ticket === this.#preparation && this.#store.state.map === map) this.#store.set({ regions });
  }

  /** Shows items on the map, or none. @param {boolean} items */
  async showItems(items) {
    this.#store.set({ items });
    if (!this.#store.state.map) return;
    await this.#pending; // may still be one of before
    await this.#refresh();
  }

  /** Asks for the ratings and recommendations of the selected person. */
  async #advise() {
    const { selection, prepared, order } = this.#store.state;
    if (!selection || !prepared) return;
    this.#adviceAt = performance.now();
    try {
      const advice = await this.#worker.request("recommend", {
        domain: selection.domain,
        user: selection.user,
        n: TOP_N,
        order,
      });
      const { selection: now, order: wanted } = this.#store.state;
      if (now === selection && wanted === order) this.#store.set({ advice });
    } catch (error) {
      if (!(error instanceof WorkerGone)) this.#store.set({ notice: sayingOf(error) });
    }
  }

  /** A page that shows nobody shows nothing: take the first person who is in several domains. */
  async #selectSomebody() {
    const { map, labels } = this.#store.state;
    if (!labels) return;
    if (!map) {
      const hits = await this.#worker.request("find_users", { query: "", limit: SOME });
      const { domain, user, label } = hits.find(({ domains }) => domains.length > 1) ?? hits[0];
      this.#store.set({ selection: { domain, user, label } });
      return;
    }
    const link = map.links.find(({ pairs }) => pairs.length > 0);
    if (!link) return;
    const [[domain], user] = [link.domains, link.pairs[0]];
    this.#store.set({ selection: { domain, user, label: labels[domain][user] } });
  }

  /** @param {unknown} error */
  #fail(error) {
    if (error instanceof WorkerGone) return;
    this.#store.set({ train: { ...this.#store.state.train, state: "failed", message: null }, failure: sayingOf(error) });
  }
}
