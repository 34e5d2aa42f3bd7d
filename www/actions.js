// What the visitor can want. Each intent talks to the worker and puts what comes back into the store.

import { showAddress } from "./address.js";
import { keepLanguage, language, languageOf } from "./language.js";
import { Refusal, sayingOf } from "./said.js";
import { IDLE, STARTING } from "./store.js";
import { guarded } from "./guard.js";
import { Questions } from "./questions.js";
import { whyGone } from "./why_gone.js";
import { speak, words } from "./words/words.js";
import { WorkerClient } from "./worker_client.js";
import { DataChanges } from "./data_changes.js";
import { DataSource } from "./data_source.js";
import { Work } from "./kept/work.js";
import { fetchFile } from "./remote/fetching.js";
import { saveBlob } from "./saving.js";
import { OWN, experimentFromHash, inOneLine, isOfView, readLink, refusal } from "./share.js";
import { Measurement } from "./measurement.js";
import { OUT_OF_MEMORY, SILENT } from "./protocol.js";
import { Modules } from "./modules.js";

/** @import { Config, DataState, ExportKind, GivenRating, ListOrder, PlanExperiment } from "./border.d.ts" */
/** @import { Language } from "./language.js" */
/** @import { Saying } from "./words/words.js" */
/** @import { Progress } from "./remote/fetching.js" */
/** @import { Link } from "./share.js" */
/** @import { DeviceChoice, PresetName, Selection, Settings, Store } from "./store.js" */
/** @import { Line } from "./worker_client.js" */

/** Whoever asks for experiments and for none by name sees this one. */
const FIRST_EXPERIMENT = "overlap";
/** A worker that dies more often than this, again and again, is not replaced, nor its training begun again. */
const MOST_DEATHS = 2;

export class Actions {
  /** What can be asked of a model that has learnt. @type {Questions} */
  ask;
  /** What the visitor does to the data. @type {DataChanges} */
  data;
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
    this.data = new DataChanges(store, this.#worker, this.#source, this.#work, this.#measurement, (patch) => this.setConfig(patch));
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
      await this.data.begin(sample);
      const later = this.#offer(link);
      // Names are those of the sample, which makes way for files that were dropped meanwhile.
      const names = !later && this.#store.state.data?.generated ? await this.data.takeNames(link.names) : [];
      const others = later ? [] : [...names, ...(await this.#look(link))];
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
      if (!(await this.data.restore(record.origin, opened, beside))) {
        const { data_error, data } = this.#store.state;
        this.#store.set({ settings: before, notice: () => words.notices.notBroughtBack(data_error?.text() ?? words.notices.workerEnded) });
        await this.data.readAgain(data);
      }
      showAddress(this.#store);
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
      if (!(await this.data.openFile(slot, "ratings", files[n], { address, options })) && this.#store.state.data_error) return;
    }
    const refused = await this.data.takeNames(link.names);
    this.#mention(inOneLine([...refused, ...(await this.#look(link))]));
    showAddress(this.#store);
  }

  /** Leaves the files of a link where they are, and stops loading them. */
  leaveRemote() {
    this.#stopLoading?.abort(new Error("stopped"));
    this.#store.set({ remote: null });
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
    showAddress(this.#store);
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
    showAddress(this.#store);
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
    if (await this.#speak(wanted)) showAddress(this.#store);
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
    if (asked && (await this.#speak(asked))) showAddress(this.#store);
    if (capabilities && isLink) await this.#obey(readLink(hash, capabilities));
  }

  /** Takes what a link asks for that was followed while the page was open. @param {Link} link */
  async #obey(link) {
    const { train, data, sample, settings } = this.#store.state;
    const isOther = JSON.stringify(link.settings) !== JSON.stringify(settings);
    const isRefused = train.state === "running" && isOther;
    if (!isRefused) {
      if (isOther) this.#setSettings(link.settings);
      if (data?.generated && link.sample !== sample) await this.data.setSample(link.sample);
    }
    const refused = isRefused ? () => words.notices.linkWaits : null;
    const later = this.#offer(link);
    // Of own files a link knows no names.
    const isShared = this.#store.state.data?.generated || link.files.length > 0;
    const names = !later && isShared ? await this.data.takeNames(link.names) : [];
    const ignored = inOneLine([...link.ignored, ...names, ...(later ? [] : await this.#look(link))]);
    // What an earlier link was told is not said again.
    if (refused || ignored) this.#store.set({ notice: null });
    this.#mention(refused);
    this.#mention(ignored);
    showAddress(this.#store);
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
    if (experiment !== before) showAddress(this.#store);
  }

  /** Shows the first view, or an experiment. @param {string | null} experiment */
  showView(experiment) {
    if (this.#store.state.experiment === experiment) return;
    this.#store.set({ experiment });
    showAddress(this.#store, "pushState");
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

  /** @param {Settings} settings */
  #setSettings(settings) {
    const { history, sweeps, train, data } = this.#store.state;
    this.#store.set({ settings, stale: true });
    showAddress(this.#store);
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
      await this.data.readAgain(data, isKept);
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
