// What the visitor can want. Each intent talks to the worker and puts what comes back into the store.

import { domainIn } from "./domains.js";
import { SLOTS } from "./shapes.js";
import { keepLanguage, language, languageOf } from "./language.js";
import { Refusal, english, sayingOf } from "./said.js";
import { IDLE, NOTHING_LEARNT, STARTING } from "./store.js";
import { guarded } from "./guard.js";
import { Questions } from "./questions.js";
import { whyGone } from "./why_gone.js";
import { speak, words } from "./words/words.js";
import { WorkerClient, WorkerGone } from "./worker_client.js";
import { DataSource } from "./data_source.js";
import { Work } from "./kept/work.js";
import { fetchFile } from "./remote/fetching.js";
import { save, saveBlob } from "./saving.js";
import { OWN, experimentFromHash, hashOf, inOneLine, isOfView, readLink, refusal } from "./share.js";
import { Measurement } from "./measurement.js";
import { OUT_OF_MEMORY, SILENT } from "./protocol.js";
import { Modules } from "./modules.js";

/** @import { Config, DataCure, DataState, ExportKind, FileKind, GivenRating, ListOrder, PlanExperiment, ReadOptions, Renamed, Slot } from "./border.d.ts" */
/** @import { Reading } from "./data_source.js" */
/** @import { Checkpoint } from "./kept/work.js" */
/** @import { Language } from "./language.js" */
/** @import { Saying } from "./words/words.js" */
/** @import { Progress } from "./remote/fetching.js" */
/** @import { RunBefore } from "./run_before.js" */
/** @import { Link } from "./share.js" */
/** @import { DeviceChoice, PresetName, Selection, Settings, Store } from "./store.js" */
/** @import { Line } from "./worker_client.js" */

/** Whoever asks for experiments and for none by name sees this one. */
const FIRST_EXPERIMENT = "overlap";
/** A worker that dies more often than this, again and again, is not replaced, nor its training begun again. */
const MOST_DEATHS = 2;

/**
 * @typedef {object} Learnt
 * @property {Checkpoint} checkpoint
 * @property {string} config the settings that it was learnt with, as JSON
 * @property {boolean} isView whether the change was one of titles, so that what was learnt is learnt still
 */

export class Actions {
  /** What can be asked of a model that has learnt. @type {Questions} */
  ask;
  /** @type {Store} */
  #store;
  /** @type {WorkerClient} */
  #worker;
  /** @type {DataSource} */
  #source;
  /** @type {Modules} */
  #modules;
  /** @type {Measurement} */
  #measurement;
  /** @type {Work} */
  #work;
  /** Places that were added beside the first two. @type {Set<Slot>} */
  #added = new Set();
  /** What was learnt before the last change of the data, for whoever undoes it. @type {Learnt | null} */
  #learnt = null;
  /** Stops what is being fetched. @type {AbortController | null} */
  #stopLoading = null;
  /** Trainings that were begun again by themselves since the visitor began one. */
  #begunAgain = 0;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.#worker = new WorkerClient({
      events: (events, state) => this.#measurement.hear(events, state),
      checkpoint: (bytes, fraction) => this.#measurement.keep(bytes, fraction),
      died: (reason) => void this.#recover(reason),
      silent: (silent) => this.#store.set({ silent }),
    });
    this.ask = new Questions(store, this.#worker);
    this.#source = new DataSource(this.#worker);
    this.#modules = new Modules(store, this.#worker, this.#source);
    this.#work = new Work({
      about: () => this.#about(),
      kept: (outlives) => this.#store.set({ outlives }),
      failed: (why) => this.#store.set({ notice: () => words.notices.notKept(why()) }),
    });
    this.#measurement = new Measurement(store, this.#worker, this.#modules, this.#work);
  }

  /** What is kept with a checkpoint of what is set up now. */
  #about() {
    const { data, settings, before } = this.#store.state;
    return {
      names: (data?.domains ?? []).map(({ name }) => name),
      origin: this.#source.origin(data),
      opened: this.#source.opened,
      settings,
      before,
    };
  }

  /** Starts the core and shows the sample at once, and what an earlier visit left. */
  async start() {
    void this.#lookBack();
    await this.#guard(STARTING, async () => {
      const capabilities = await this.#worker.request("init", {});
      const link = readLink(location.hash, capabilities);
      const { sample, settings } = link;
      globalThis.history.replaceState(OWN, "");
      this.#store.set({ capabilities, sample, settings });
      this.#followView();
      void this.#modules.askForSize();
      await this.#makeSample(sample);
      const later = this.#offer(link);
      const others = later ? [] : [...(await this.#takeNames(link.names)), ...(await this.#look(link))];
      this.#mention(inOneLine([...link.ignored, ...others]));
    });
  }

  /** Offers what an earlier visit left. */
  async #lookBack() {
    try {
      const { offer, broken } = await this.#work.find();
      this.#store.set({ offer });
      if (broken > 0) this.#mention(() => words.notices.brokenLeftOut);
    } catch (error) {
      const why = sayingOf(error);
      this.#mention(() => words.notices.unreadable(why()));
    }
  }

  /** Says something beside what is said already: at the start a link and an earlier visit may both have something. @param {Saying | null} text */
  #mention(text) {
    const { notice } = this.#store.state;
    if (text) this.#store.set({ notice: notice ? () => `${notice()} ${text()}` : text });
  }

  /** Brings back what an earlier visit left, and trains on from there. */
  async goOn() {
    const { offer, capabilities, settings: before } = this.#store.state;
    if (!offer || !capabilities) return;
    this.#store.set({ offer: null });
    this.leaveRemote();
    await this.#guard(() => words.notices.bringingBackKept, async () => {
      const taken = await this.#work.take(offer.id);
      if (!taken) throw new Refusal(() => words.notices.openElsewhere);
      const { record, opened } = taken;
      const base = capabilities.presets[record.settings.preset];
      // A setting that there is no more is left out.
      const known = (/** @type {Partial<Config>} */ config) => ({ ...base, ...Object.fromEntries(Object.entries(config).filter(([field]) => field in base)) });
      this.#store.set({ settings: { ...record.settings, config: known(record.settings.config) } });
      const beside = taken.before && { ...taken.before, config: known(taken.before.config) };
      this.#added.clear();
      const restore = () => changed(this.#source.restore(record.origin, opened));
      if (!(await this.#changeData(() => words.notices.bringingBackKept, null, restore, { isSame: true, goesOn: true, beside }))) {
        const { data_error, data } = this.#store.state;
        this.#store.set({ settings: before, notice: () => words.notices.notBroughtBack(data_error?.text() ?? words.notices.workerEnded) });
        await this.#changeData(() => words.notices.readingDataAgain, null, () => changed(this.#source.again(data)), { isSame: true });
      }
      this.#showAddress();
    });
    const { prepared, train } = this.#store.state;
    if (prepared && train.state === "paused") await this.play();
  }

  /** Deletes what an earlier visit left. */
  async startAfresh() {
    const { offer } = this.#store.state;
    this.#store.set({ offer: null });
    if (offer) await this.#guard(null, () => this.#work.remove(offer.id));
  }

  /** What is kept here, for the dialog about it. */
  async kept() {
    const [bytes, why] = await Promise.all([this.#work.size(), this.#work.why()]);
    return { bytes, why, keepsFiles: this.#work.keepsFiles };
  }

  /** @param {boolean} keepsFiles */
  async setKeepsFiles(keepsFiles) {
    await this.#guard(null, () => this.#work.setKeepsFiles(keepsFiles));
  }

  /** Deletes all that is kept of this tab and of earlier visits. @returns {Promise<number>} bytes that other tabs have */
  async deleteKept() {
    this.#store.set({ offer: null });
    return this.#work.removeAll();
  }

  /** Loads the sample, with as many domains as are chosen. */
  async loadSample() {
    this.#added.clear();
    await this.#makeSample(this.#store.state.sample);
    this.#showAddress();
  }

  /** @param {number} domains */
  async #makeSample(domains) {
    await this.#changeData(() => words.notices.makingSample, null, () => changed(this.#source.sample(domains)));
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
   */
  async openFile(slot, kind, file) {
    await this.#open(slot, kind, file);
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   * @param {File} file
   * @param {{ address?: string, options?: ReadOptions }} [from]
   * @returns {Promise<boolean>} whether it was read
   */
  async #open(slot, kind, file, from) {
    const change = () => this.#source.open(slot, kind, file, from);
    const isOther = await this.#changeData(() => words.notices.reading(file.name), slot, change, { isTable: kind !== "ratings" });
    if (isOther && kind !== "ratings" && this.#learnt?.isView === false) {
      this.#store.set({ notice: () => words.notices.learntWithout(file.name) });
    }
    return isOther;
  }

  /** What a link asks for beside its settings: files of other sites first, once the visitor wants them. @param {Link} link */
  #offer(link) {
    const { addresses } = this.#store.state;
    const others = link.files.filter(({ slot, address }) => addresses[slot] !== address);
    if (others.length > 0) {
      this.leaveRemote();
      this.#store.set({ remote: { files: link.files, link, progress: null } });
    }
    return others.length > 0;
  }

  /** Has the files of a link fetched, all before the first is opened, and shows what else the link asks for. */
  async loadRemote() {
    const { remote } = this.#store.state;
    if (!remote || remote.progress) return;
    const stop = (this.#stopLoading = new AbortController());
    /** @type {File[]} */
    const files = [];
    try {
      for (const { address } of remote.files) {
        const tell = (/** @type {Progress} */ progress) => stop.signal.aborted || this.#store.set({ remote: { ...remote, progress: { address, ...progress } } });
        tell({ received: 0, total: null });
        files.push(await fetchFile(address, tell, stop.signal));
      }
    } catch (error) {
      const why = sayingOf(error);
      if (!stop.signal.aborted) this.#store.set({ remote: null, notice: () => words.sources.notLoaded(why()) });
      return;
    }
    this.#store.set({ remote: null });
    const { link } = remote;
    for (const [n, { slot, address, options }] of remote.files.entries()) {
      // One that waits until somebody says how to read it holds up no other.
      if (!(await this.#open(slot, "ratings", files[n], { address, options })) && this.#store.state.data_error) return;
    }
    const refused = await this.#takeNames(link.names);
    this.#mention(inOneLine([...refused, ...(await this.#look(link))]));
    this.#showAddress();
  }

  /** Leaves the files of a link where they are, and stops loading them. */
  leaveRemote() {
    this.#stopLoading?.abort(new Error("stopped"));
    this.#store.set({ remote: null });
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
    await this.#changeData(() => words.notices.readingAgain, slot, () => this.#source.reread([{ slot, options: change }], label));
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
  async #takeNames(names) {
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
    this.#showAddress();
  }

  /** The values of a column of a domain's file. @param {Slot} slot @param {number} column */
  columnValues(slot, column) {
    return this.#guard(null, () => this.#source.values(slot, column));
  }

  /** Makes A and B of one file. @param {Slot} slot @param {number} column @param {string[][]} values of each */
  async split(slot, column, values) {
    const { data } = this.#store.state;
    const options = (data?.unread?.slot === slot ? data.unread.options : domainIn(data, slot)?.options) ?? {};
    if (await this.#changeData(() => words.sources.splitting, slot, () => this.#source.split(slot, options, column, values))) return;
    const { data_error } = this.#store.state;
    await this.#changeData(() => words.notices.readingDataAgain, null, () => changed(this.#source.again(data)), { isSame: true, goesOn: true });
    this.#store.set({ data_error });
  }

  /** Does what is offered beside a warning. @param {DataCure} cure */
  async cure({ label, changes }) {
    if (changes.length === 0) return;
    const slot = changes.length === 1 ? changes[0].slot : null;
    const said = () => english(label);
    await this.#changeData(said, slot, () => this.#source.reread(changes, said));
  }

  /** Brings back the data of before the last change of them. */
  async undo() {
    if (this.#source.lastCalled) {
      await this.#guard(null, async () => this.#showNames(await this.#source.undoRename()));
      return;
    }
    const { settings, stale } = this.#store.state;
    const learnt = this.#learnt;
    const isSame = learnt !== null && !stale && learnt.config === JSON.stringify(settings.config);
    await this.#changeData(() => words.notices.bringingBack, null, () => this.#source.undo(), {
      isTable: learnt?.isView,
      from: isSame && !learnt.isView ? learnt.checkpoint : null,
    });
    this.#learnt = null;
  }

  /** Saves all rows of a rating file that were left out. @param {Slot} slot */
  async saveRejects(slot) {
    await this.#guard(null, async () => save(await this.#source.rejects(slot)));
  }

  /**
   * @param {Slot} slot
   * @param {FileKind} kind
   */
  async remove(slot, kind) {
    const name = domainIn(this.#store.state.data, slot)?.name;
    const change = () => changed(this.#source.remove(slot, kind, () => name ?? words.notices.aFile));
    await this.#changeData(() => words.notices.removing, slot, change, { isTable: kind !== "ratings" });
  }

  /** @param {DeviceChoice} device */
  setDevice(device) {
    this.#setSettings({ ...this.#store.state.settings, device });
  }

  /** @param {PresetName} preset */
  setPreset(preset) {
    const { settings, capabilities } = this.#store.state;
    if (!capabilities) return;
    const { seed, overlap_users, model } = settings.config;
    const config = { ...capabilities.presets[preset], seed, overlap_users };
    // A model that was chosen stays; one that came with the recipe goes with it.
    if (model !== capabilities.presets[settings.preset].model) Object.assign(config, { model });
    this.#setSettings({ ...settings, preset, config });
  }

  /** @param {Partial<Config>} patch fields to change */
  setConfig(patch) {
    const { settings } = this.#store.state;
    this.#setSettings({ ...settings, config: { ...settings.config, ...patch } });
  }

  /** Trains until done, from where it stands or afresh. @param {number | null} [epochs] or for so many epochs */
  play(epochs = null) {
    this.#begunAgain = 0;
    // Who begins something else has answered; what was left stays for the next visit.
    this.#store.set({ offer: null });
    return this.#measurement.play(epochs);
  }

  pause() {
    return this.#measurement.pause();
  }

  /** Ends the first run with the draws that there are. */
  stop() {
    return this.#measurement.stop();
  }

  /** Sets up an untrained model with the settings and data of now. */
  prepare() {
    return this.#measurement.prepare();
  }

  /** Shows the map in the space of another domain. @param {number} space */
  showIn(space) {
    return this.#measurement.showIn(space);
  }

  /** Turns the map once by itself. */
  replay() {
    this.#measurement.replay();
  }

  /** @param {Selection | null} selection */
  async select(selection) {
    const looked = this.#measurement.select(selection);
    this.#showAddress();
    await looked;
  }

  /** Takes the run before away from beside the present one. */
  closeBefore() {
    this.#store.set({ before: null });
    this.#work.closeBefore();
  }

  /** Leaves the map turned so far. @param {number} turn 0 before, 1 after */
  setTurn(turn) {
    this.#store.set({ turn });
    this.#showAddress();
  }

  /** What the lists of what is next go by. @param {ListOrder} order */
  sortBy(order) {
    return this.#measurement.sortBy(order);
  }

  /** Puts a visitor with these ratings on the map; of none, takes them away. @param {GivenRating[]} ratings */
  placeVisitor(ratings) {
    return this.#measurement.placeVisitor(ratings);
  }

  /** Shows items on the map, or none. @param {boolean} items */
  showItems(items) {
    return this.#measurement.showItems(items);
  }

  /** @param {string} query */
  findUsers(query) {
    return this.#measurement.findUsers(query);
  }

  /** @param {ExportKind} kind */
  async export(kind) {
    await this.#guard(null, async () => {
      const files = kind === "metrics" ? await this.#source.files() : [];
      const { name, content } = await this.#worker.request("save", { kind, files });
      saveBlob(name, content);
    });
  }

  /** Whoever has waited long enough for the worker takes another. */
  replaceWorker() {
    this.#worker.giveUp(SILENT);
  }

  /** Has the page speak another language, from now on and at the next visit. @param {Language} wanted */
  async setLanguage(wanted) {
    keepLanguage(wanted);
    if (await this.#speak(wanted)) this.#showAddress();
  }

  /** @param {Language} wanted */
  async #speak(wanted) {
    const spoken = await this.#guard(null, () => speak(wanted));
    if (spoken) this.#store.set({ language });
    return spoken;
  }

  closeNotice() {
    this.#store.set({ notice: null });
  }

  /** Shows the view that the address asks for and, where a link was followed, all else that it asks for. */
  async followAddress() {
    const { capabilities } = this.#store.state;
    const hash = location.hash; // the view puts its own name there
    const isLink = globalThis.history.state !== OWN && !isOfView(hash);
    const asked = globalThis.history.state === OWN ? null : languageOf(hash);
    this.#followView();
    globalThis.history.replaceState(OWN, ""); // it is told of twice
    if (asked && (await this.#speak(asked))) this.#showAddress();
    if (capabilities && isLink) await this.#obey(readLink(hash, capabilities));
  }

  /** Takes what a link asks for that was followed while the page was open. @param {Link} link */
  async #obey(link) {
    const { train, data, sample, settings } = this.#store.state;
    const isOther = JSON.stringify(link.settings) !== JSON.stringify(settings);
    const isRefused = train.state === "running" && isOther;
    if (!isRefused) {
      if (isOther) this.#setSettings(link.settings);
      if (data?.generated && link.sample !== sample) await this.setSample(link.sample);
    }
    const refused = isRefused ? () => words.notices.linkWaits : null;
    const later = this.#offer(link);
    // Of own files a link knows no names.
    const isShared = this.#store.state.data?.generated || link.files.length > 0;
    const names = !later && isShared ? await this.#takeNames(link.names) : [];
    const ignored = inOneLine([...link.ignored, ...names, ...(later ? [] : await this.#look(link))]);
    // What an earlier link was told is not said again.
    if (refused || ignored) this.#store.set({ notice: null });
    this.#mention(refused);
    this.#mention(ignored);
    this.#showAddress();
  }

  /**
   * Looks at the person and the turn of a link.
   * @param {Link} link
   * @returns {Promise<Saying[]>} what of it there is not
   */
  async #look({ person, turn }) {
    const { data, labels } = this.#store.state;
    if (turn !== null) this.setTurn(turn);
    if (!person) return [];
    const domain = data?.domains.findIndex(({ slot }) => slot === person.slot) ?? -1;
    const label = labels?.[domain]?.[person.user];
    if (label === undefined) return [refusal("person", `${person.slot}-${person.user}`, () => words.train.nobodyThere)];
    await this.select({ domain, user: person.user, label });
    return [];
  }

  /** Shows the view that the address asks for; one for an experiment that there is not says so. */
  #followView() {
    const { capabilities, experiment: before } = this.#store.state;
    let experiment = experimentFromHash(location.hash);
    const names = (capabilities?.experiments ?? []).map(({ name }) => name);
    if (experiment !== null && capabilities && !names.includes(experiment)) {
      if (experiment !== "") {
        const wanted = experiment;
        this.#store.set({ notice: () => words.notices.noExperiment(wanted, names) });
      }
      experiment = before || FIRST_EXPERIMENT;
    }
    this.#store.set({ experiment });
    if (experiment !== before) this.#showAddress();
  }

  /** Shows the first view, or an experiment. @param {string | null} experiment */
  showView(experiment) {
    if (this.#store.state.experiment === experiment) return;
    this.#store.set({ experiment });
    this.#showAddress("pushState");
  }

  /** A text that tells the data from others. @param {DataState} data */
  markData(data) {
    return this.#source.mark(data);
  }

  /** Has another worker read the data that the page's worker has. @param {Line} line */
  async handData(line) {
    const { data } = this.#store.state;
    if (!data) throw new Refusal(() => words.notices.noData);
    await this.#source.handOver(line, data);
  }

  /** The jobs of an experiment on the data as they are. @param {PlanExperiment} args */
  planExperiment(args) {
    return this.#worker.request("plan_experiment", args);
  }

  /**
   * Stops training, changes the data and sets up a model for it: anew, or with what was learnt where that holds still.
   * @param {Saying} busy
   * @param {Slot | null} slot
   * @param {() => Promise<Reading>} change
   * @param {object} [how]
   * @param {boolean} [how.isSame] whether the data become what was kept last
   * @param {boolean} [how.goesOn] whether to go on from the last checkpoint then
   * @param {boolean} [how.isTable] whether it changes a table: one of titles alone leaves what was learnt as it is
   * @param {Checkpoint | null} [how.from] what to go on from
   * @param {RunBefore | null} [how.beside] the run before that was kept with them, where it is another than the page shows
   * @returns {Promise<boolean>} whether they were changed
   */
  async #changeData(busy, slot, change, { isSame = false, goesOn = false, isTable = false, from = null, beside = this.#store.state.before } = {}) {
    const { data: before, train, pausing, selection, stale, settings } = this.#store.state;
    this.#measurement.abandon();
    this.#store.set({ busy, data_error: null });
    try {
      await this.#worker.request("pause", {});
      const checkpoint = isSame || stale ? null : await this.#work.copy();
      const { data, read } = await change();
      const isView = read && isTable && described(before) === described(data);
      if (read && !isSame) this.#learnt = checkpoint && { checkpoint, config: JSON.stringify(settings.config), isView };
      if (read) this.#showData(data, isSame ? beside : null);
      else this.#store.set({ data }); // what was loaded is as it was, and so is what was learnt from it
      this.#showZones();
      const start = isView ? checkpoint : from;
      if (read && !isSame) this.#work.changeData(start);
      if (isView) this.#store.set({ selection });
      if (read || !this.#store.state.prepared) await this.#measurement.prepare(goesOn || start !== null);
      if (isView) this.#renameSelection();
      if (isView && train.state === "running" && !pausing) void this.#measurement.play();
      return read;
    } catch (error) {
      if (!(error instanceof WorkerGone)) this.#store.set({ data_error: { slot, text: sayingOf(error) } });
      return false;
    } finally {
      const { addresses } = this.#source;
      const isElsewhere = JSON.stringify(addresses) !== JSON.stringify(this.#store.state.addresses);
      this.#store.set({ busy: null, undo: this.#source.undoable, addresses });
      if (isElsewhere) this.#showAddress();
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
    if (data.ready && overlap_users && overlap_users > data.overlap_users) this.setConfig({ overlap_users: null });
  }

  /**
   * Puts what is set into the address, for a link to it.
   * @param {"replaceState" | "pushState"} [how] whether one can go back to the address before
   */
  #showAddress(how = "replaceState") {
    if (this.#store.state.capabilities) globalThis.history[how](OWN, "", hashOf(this.#store.state));
  }

  /** @param {Settings} settings */
  #setSettings(settings) {
    const { history, sweeps, train, data } = this.#store.state;
    this.#store.set({ settings, stale: true });
    this.#showAddress();
    const untouched = history.length === 0 && sweeps.length === 0 && train.state !== "running";
    if (!untouched || !data?.ready) return;
    this.#measurement.prepareSoon();
  }

  /**
   * A dead worker is replaced and the data are read again. A training that was under way goes on by itself, from the last
   * checkpoint or from its beginning, with the same numbers. After a failure of the GPU the CPU takes over.
   * @param {string} reason
   */
  async #recover(reason) {
    const { settings, prepared, capabilities, train, pausing, data, stale } = this.#store.state;
    if (this.#worker.deaths > MOST_DEATHS || !capabilities) {
      this.#store.set({
        busy: null,
        prepared: null,
        silent: false,
        notice: () => words.notices.reload(whyGone(reason)),
        train: { ...IDLE, state: "failed" },
        failure: () => words.notices.cannotGoOn,
      });
      return;
    }
    const gpu = prepared?.device === "webgpu";
    if (gpu) this.#store.set({ settings: { ...settings, device: "cpu" } });
    const isTraining = train.state === "running" && !pausing;
    // What has filled the memory would fill it again.
    const goesOn = isTraining && reason !== OUT_OF_MEMORY && this.#begunAgain < MOST_DEATHS;
    if (goesOn) this.#begunAgain++;
    const isKept = !stale && (await this.#work.last()) !== null;
    const told = { onCpu: gpu, goesOn, isKept, wasTraining: train.state !== "idle", outOfMemory: reason === OUT_OF_MEMORY };
    const notice = () => words.notices.stopped({ why: whyGone(reason), ...told });
    this.#store.set({ train: IDLE, prepared: null, silent: false, notice });
    this.#worker.restart();
    await this.#guard(() => words.notices.startingAgain, async () => {
      await this.#worker.request("init", {});
      await this.#changeData(() => words.notices.readingDataAgain, null, () => changed(this.#source.again(data)), { isSame: true, goesOn: isKept });
    });
    if (goesOn && this.#store.state.prepared) await this.#measurement.play();
  }

  /**
   * @template T
   * @param {Saying | null} busy
   * @param {() => Promise<T>} work
   */
  #guard(busy, work) {
    return guarded(this.#store, busy, work);
  }
}

/** What a training can see of the tables. @param {DataState | null} data */
const described = (data) =>
  JSON.stringify((data?.domains ?? []).map(({ user_features, item_features }) => [user_features, item_features].map((table) => (table?.fields.length ? [table.file, table.fields] : null))));

/** @param {Promise<DataState>} data @returns {Promise<Reading>} */
const changed = async (data) => ({ data: await data, read: true });
