// What the visitor does to the data: the sample, places, files and how they are read, names, and the way back. Whatever changes them
// stops the training and sets up a model for them.

import { showAddress } from "./address.js";
import { domainIn } from "./domains.js";
import { guarded } from "./guard.js";
import { english, sayingOf } from "./said.js";
import { save } from "./saving.js";
import { SLOTS } from "./shapes.js";
import { refusal } from "./share.js";
import { NOTHING_LEARNT } from "./store.js";
import { words } from "./words/words.js";
import { WorkerGone } from "./worker_client.js";

/** @import { Config, DataCure, DataState, FileKind, ReadOptions, Renamed, Slot, TrainState } from "./border.d.ts" */
/** @import { DataSource, Opened, Reading } from "./data_source.js" */
/** @import { Checkpoint, Work } from "./kept/work.js" */
/** @import { WorkRecord } from "./kept/record.js" */
/** @import { Measurement } from "./measurement.js" */
/** @import { RunBefore } from "./run_before.js" */
/** @import { Store } from "./store.js" */
/** @import { Saying } from "./words/words.js" */
/** @import { WorkerClient } from "./worker_client.js" */

/**
 * @typedef {object} Learnt
 * @property {Checkpoint} checkpoint
 * @property {string} config the settings that it was learnt with, as JSON
 * @property {boolean} isView whether the change was one of titles, so that what was learnt is learnt still
 */

export class DataChanges {
  #store;
  #worker;
  #source;
  #work;
  #measurement;
  #setConfig;
  /** Places that were added beside the first two. @type {Set<Slot>} */
  #added = new Set();
  /** What was learnt before the last change of the data, for whoever undoes it. @type {Learnt | null} */
  #learnt = null;
  /** Opens what was dropped while the page starts, in that order; null: it has started. @type {(() => Promise<unknown>)[] | null} */
  #dropped = [];

  /**
   * @param {Store} store
   * @param {WorkerClient} worker
   * @param {DataSource} source
   * @param {Work} work
   * @param {Measurement} measurement
   * @param {(patch: Partial<Config>) => void} setConfig
   */
  constructor(store, worker, source, work, measurement, setConfig) {
    this.#store = store;
    this.#worker = worker;
    this.#source = source;
    this.#work = work;
    this.#measurement = measurement;
    this.#setConfig = setConfig;
  }

  /** Loads the sample, with as many domains as are chosen. */
  async loadSample() {
    this.#added.clear();
    await this.makeSample(this.#store.state.sample);
    showAddress(this.#store);
  }

  /**
   * The first data: what was dropped while the page started, else the sample.
   * @param {number} domains of the sample
   */
  async begin(domains) {
    const dropped = this.#dropped ?? [];
    const isEarly = dropped.length > 0;
    try {
      if (isEarly) await this.#source.empty();
      else await this.makeSample(domains);
      // What is dropped meanwhile comes after.
      for (let open = dropped.shift(); open; open = dropped.shift()) await open();
    } finally {
      // Nor does anything wait for a worker that has ended.
      this.#dropped = null;
      this.#store.set({ dropped: [] });
    }
    const { data, data_error } = this.#store.state;
    if (!isEarly || data) return;
    // None of it was so much as read: a page without data has nothing to show.
    await this.makeSample(domains);
    this.#store.set({ data_error });
  }

  /**
   * Opens files that were dropped, once the page has started: whoever is faster than the core loses nothing.
   * @param {File[]} files
   * @param {Slot | null} slot where the only one was dropped; null: beside the places
   */
  async drop(files, slot) {
    const open = () => (slot ? this.openFile(slot, "ratings", files[0]) : this.place(files));
    if (!this.#dropped) {
      await open();
      return;
    }
    const names = files.map(({ name }) => name);
    this.#store.set({ dropped: [...this.#store.state.dropped, ...names] });
    this.#dropped.push(() => {
      this.#store.set({ dropped: this.#store.state.dropped.slice(names.length) });
      return open();
    });
  }

  /** @param {number} domains */
  async makeSample(domains) {
    await this.#change(() => words.notices.makingSample, null, () => changed(this.#source.sample(domains)));
  }

  /** How many domains the sample is to have; one that is loaded is made anew. @param {number} sample */
  async setSample(sample) {
    this.#store.set({ sample });
    if (this.#store.state.data?.generated) await this.loadSample();
  }

  /** Adds a place for one domain more. */
  addZone() {
    const free = this.#freeSlots()[0];
    if (!free) return;
    this.#added.add(free);
    this.#showZones();
    document.getElementById(`file-${free}`)?.focus();
  }

  /** Takes out a place, with what it holds. @param {Slot} slot */
  async removeZone(slot) {
    const { data } = this.#store.state;
    this.#added.delete(slot);
    if (domainIn(data, slot) || data?.unread?.slot === slot) await this.remove(slot, "ratings");
    else this.#showZones();
  }

  /** Places that are not shown yet. */
  #freeSlots() {
    return SLOTS.filter((slot) => !this.#store.state.zones.includes(slot));
  }

  /** The first two places are always there, so that there is something to drop a file on. */
  #showZones() {
    const { data } = this.#store.state;
    const isShown = (/** @type {Slot} */ slot) =>
      SLOTS.indexOf(slot) < 2 || this.#added.has(slot) || domainIn(data, slot) || data?.unread?.slot === slot;
    this.#store.set({ zones: SLOTS.filter(isShown) });
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   * @param {File} file
   * @param {{ address?: string, options?: ReadOptions }} [from]
   * @returns {Promise<boolean>} whether it was read
   */
  async openFile(slot, kind, file, from) {
    const change = () => this.#source.open(slot, kind, file, from);
    const isOther = await this.#change(() => words.notices.reading(file.name), slot, change, { isTable: kind !== "ratings", isWhole: true });
    if (isOther && kind !== "ratings" && this.#learnt?.isView === false) {
      this.#store.set({ notice: () => words.notices.learntWithout(file.name) });
    }
    return isOther;
  }

  /**
   * Files that were dropped beside the places. As many as there are domains replace them; fewer go to places that are
   * free, and one for which there is none waits until somebody says where it belongs.
   * @param {File[]} files
   */
  async place(files) {
    const { data, zones } = this.#store.state;
    const loaded = data?.generated ? [] : (data?.domains ?? []).map(({ slot }) => slot);
    const free = zones.filter((slot) => !loaded.includes(slot));
    if (files.length === 1 && free.length === 0) {
      this.#store.set({ homeless: files[0] });
      return;
    }
    const replaces = files.length > 1 && files.length >= loaded.length;
    const places = replaces ? SLOTS : SLOTS.filter((slot) => !loaded.includes(slot));
    const others = files.slice(places.length);
    if (others.length > 0) {
      const names = others.map(({ name }) => name);
      this.#store.set({ notice: () => words.notices.notOpened(SLOTS.length, names) });
    }
    for (const [n, file] of files.slice(0, places.length).entries()) await this.openFile(places[n], "ratings", file);
  }

  /** Opens the file that waits as one domain more. */
  async settleAnew() {
    const [free] = this.#freeSlots();
    if (free) await this.settle(free);
  }

  /** Opens the file that waits. @param {Slot | null} slot where it belongs; null: nowhere */
  async settle(slot) {
    const { homeless } = this.#store.state;
    this.#store.set({ homeless: null });
    if (homeless && slot) await this.openFile(slot, "ratings", homeless);
  }

  /**
   * Reads the rating file again, in another way.
   * @param {Slot} slot
   * @param {ReadOptions} options
   */
  async reread(slot, options) {
    const name = domainIn(this.#store.state.data, slot)?.name;
    const label = () => words.notices.readOtherwise(name ?? words.notices.theFile);
    // Whatever else is declared anew, a name that somebody gave stays.
    const { name: called } = domainIn(this.#store.state.data, slot)?.options ?? {};
    const change = called && !("name" in options) && this.#store.state.data?.unread?.slot !== slot ? { ...options, name: called } : options;
    await this.#change(() => words.notices.readingAgain, slot, () => this.#source.reread([{ slot, options: change }], label), { isWhole: true });
  }

  /**
   * Calls a domain by another name. What was learnt is learnt still, and a training goes on.
   * @param {Slot} slot
   * @param {string} name
   * @returns {Promise<boolean>} false where it was refused; why is said beside the data
   */
  async rename(slot, name) {
    const before = domainIn(this.#store.state.data, slot)?.name;
    if (before === undefined || before === name.trim()) return true;
    try {
      this.#showNames(await this.#source.rename(slot, name, (now) => () => words.sources.renamed(before, now)));
      return true;
    } catch (error) {
      if (!(error instanceof WorkerGone)) this.#store.set({ data_error: { slot, text: sayingOf(error) } });
      return false;
    }
  }

  /** Takes the names of a link. @param {[Slot, string][]} names @returns {Promise<Saying[]>} those that are none */
  async takeNames(names) {
    const { data } = this.#store.state;
    const others = names.filter(([slot, name]) => domainIn(data, slot) && domainIn(data, slot)?.options.name !== name);
    const refused = [];
    for (const [slot, name] of others) {
      try {
        this.#showNames(await this.#source.rename(slot, name));
      } catch (error) {
        refused.push(refusal(`name-${slot}`, name, sayingOf(error)));
      }
    }
    return refused;
  }

  /** What was wrong with a domain matters no more. @param {Slot} slot */
  closeDataError(slot) {
    if (this.#store.state.data_error?.slot === slot) this.#store.set({ data_error: null });
  }

  /** The same data and figures under other names. @param {Renamed} renamed */
  #showNames({ data, report, verdict }) {
    this.#store.set({ data, data_error: null, undo: this.#source.undoable, ...(report ? { report, verdict } : {}) });
    this.#work.rename();
    showAddress(this.#store);
  }

  /** The values of a column of a domain's file. @param {Slot} slot @param {number} column */
  columnValues(slot, column) {
    return guarded(this.#store, null, () => this.#source.values(slot, column));
  }

  /** Makes A and B of one file. @param {Slot} slot @param {number} column @param {string[][]} values of each */
  async split(slot, column, values) {
    const { data } = this.#store.state;
    const options = (data?.unread?.slot === slot ? data.unread.options : domainIn(data, slot)?.options) ?? {};
    if (await this.#change(() => words.sources.splitting, slot, () => this.#source.split(slot, options, column, values))) return;
    const { data_error } = this.#store.state;
    await this.readAgain(data, true);
    this.#store.set({ data_error });
  }

  /** Does what is offered beside a warning. @param {DataCure} cure */
  async cure({ label, changes }) {
    if (changes.length === 0) return;
    const slot = changes.length === 1 ? changes[0].slot : null;
    const said = () => english(label);
    await this.#change(said, slot, () => this.#source.reread(changes, said));
  }

  /** Brings back the data of before the last change of them. */
  async undo() {
    if (this.#source.lastCalled) {
      await guarded(this.#store, null, async () => this.#showNames(await this.#source.undoRename()));
      return;
    }
    const { settings, stale } = this.#store.state;
    const learnt = this.#learnt;
    const isSame = learnt !== null && !stale && learnt.config === JSON.stringify(settings.config);
    await this.#change(() => words.notices.bringingBack, null, () => this.#source.undo(), {
      isTable: learnt?.isView,
      from: isSame && !learnt.isView ? learnt.checkpoint : null,
    });
    this.#learnt = null;
  }

  /** Saves all rows of a rating file that were left out. @param {Slot} slot */
  async saveRejects(slot) {
    await guarded(this.#store, null, async () => save(await this.#source.rejects(slot)));
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   */
  async remove(slot, kind) {
    const name = domainIn(this.#store.state.data, slot)?.name;
    const change = () => changed(this.#source.remove(slot, kind, () => name ?? words.notices.aFile));
    await this.#change(() => words.notices.removing, slot, change, { isTable: kind !== "ratings" });
  }

  /**
   * Makes the data what an earlier visit kept of them.
   * @param {WorkRecord["origin"]} origin
   * @param {Opened[]} opened
   * @param {RunBefore | null} beside the run before that was kept with them
   */
  restore(origin, opened, beside) {
    this.#added.clear();
    return this.#change(() => words.notices.bringingBackKept, null, () => changed(this.#source.restore(origin, opened)), { isSame: true, goesOn: true, beside });
  }

  /** Reads again what was loaded last. @param {DataState | null} data @param {boolean} [goesOn] whether to go on from the last checkpoint */
  readAgain(data, goesOn = false) {
    return this.#change(() => words.notices.readingDataAgain, null, () => changed(this.#source.again(data)), { isSame: true, goesOn });
  }

  /**
   * Stops training, changes the data and sets up a model for it: anew, or with what was learnt where that holds still.
   * @param {Saying} busy
   * @param {Slot | null} slot
   * @param {() => Promise<Reading>} change
   * @param {object} [how]
   * @param {boolean} [how.isSame] whether the data become what was kept last
   * @param {boolean} [how.goesOn] whether to go on from the last checkpoint then
   * @param {boolean} [how.isWhole] whether a change that fails leaves the data as they were
   * @param {boolean} [how.isTable] whether it changes a table: one of titles alone leaves what was learnt as it is
   * @param {Checkpoint | null} [how.from] what to go on from
   * @param {RunBefore | null} [how.beside] the run before that was kept with them, where it is another than the page shows
   * @returns {Promise<boolean>} whether they were changed
   */
  async #change(busy, slot, change, { isSame = false, goesOn = false, isWhole = false, isTable = false, from = null, beside = this.#store.state.before } = {}) {
    const { data: before, train, pausing, selection, stale, settings } = this.#store.state;
    this.#measurement.abandon();
    this.#store.set({ busy, data_error: null });
    const wasTraining = train.state === "running" && !pausing && !stale;
    /** @type {TrainState | null} */
    let stopped = null;
    let isRefused = false;
    try {
      stopped = await this.#worker.request("pause", {});
      const checkpoint = isSame || stale ? null : await this.#work.copy();
      const { data, read } = await change();
      const isView = read && isTable && described(before) === described(data);
      if (read && !isSame) this.#learnt = checkpoint && { checkpoint, config: JSON.stringify(settings.config), isView };
      if (read) this.#showData(data, isSame ? beside : null);
      else this.#store.set({ data }); // what was loaded is as it was, and so is what was learnt from it
      isRefused = !read;
      this.#showZones();
      const start = isView ? checkpoint : from;
      if (read && !isSame) this.#work.changeData(start);
      if (isView) this.#store.set({ selection });
      if (read || !this.#store.state.prepared) await this.#measurement.prepare(goesOn || start !== null);
      if (isView) this.#renameSelection();
      if (isView && train.state === "running" && !pausing) void this.#measurement.play();
      return read;
    } catch (error) {
      if (!(error instanceof WorkerGone)) {
        this.#store.set({ data_error: { slot, text: sayingOf(error) } });
        isRefused = isWhole;
      }
      return false;
    } finally {
      if (isRefused && stopped && wasTraining && this.#store.state.prepared) this.#measurement.resume(stopped);
      const { addresses } = this.#source;
      const isElsewhere = JSON.stringify(addresses) !== JSON.stringify(this.#store.state.addresses);
      this.#store.set({ busy: null, undo: this.#source.undoable, addresses });
      if (isElsewhere) showAddress(this.#store);
    }
  }

  /** Whoever is looked at may have another title by now. */
  #renameSelection() {
    const { selection, labels } = this.#store.state;
    const label = selection && labels?.[selection.domain]?.[selection.user];
    if (label) this.#store.set({ selection: { ...selection, label } });
  }

  /** Other data: whatever was learnt from the data before is gone. @param {DataState} data @param {RunBefore | null} before on the same data */
  #showData(data, before) {
    this.#store.set({
      data,
      labels: null,
      prepared: null,
      before,
      ...NOTHING_LEARNT,
      map: null,
      space: null,
      selection: null,
    });
    const { sample } = this.#source.origin(data);
    if (sample > 0) this.#store.set({ sample });
    const { overlap_users } = this.#store.state.settings.config;
    if (data.ready && overlap_users && overlap_users > data.overlap_users) this.#setConfig({ overlap_users: null });
  }
}

/** What a training can see of the tables. @param {DataState | null} data */
const described = (data) =>
  JSON.stringify((data?.domains ?? []).map(({ user_features, item_features }) => [user_features, item_features].map((table) => (table?.fields.length ? [table.file, table.fields] : null))));

/** @param {Promise<DataState>} data @returns {Promise<Reading>} */
const changed = async (data) => ({ data: await data, read: true });
