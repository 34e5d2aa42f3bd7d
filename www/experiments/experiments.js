// What the visitor can want of experiments: to choose, plan, start, pause, go on and stop them, to look at what is kept, and to
// take figures away. Jobs go to a pool of workers, results into a folder and onto the board, whose figures come back.

import { titleOf } from "../from_core.js";
import { Refusal, english, sayingOf } from "../said.js";
import { save, saveBlob } from "../saving.js";
import { deviceFor } from "../training.js";
import { words } from "../words/words.js";
import { Line } from "../worker_client.js";
import { Board } from "./board.js";
import { inWords } from "./found.js";
import { NO_PLAN } from "./state.js";
import { pngOf } from "./picture.js";
import { Pool } from "./pool.js";
import { REPLACED } from "../protocol.js";
import { Records } from "./records.js";
import { foldsOf, requestOf, usual, wishOf } from "./wishes.js";

/** @import { Actions } from "../actions.js" */
/** @import { Config, FigureFile, FoundSettings, OnBoard, PlannedJob } from "../border.d.ts" */
/** @import { Store } from "../store.js" */
/** @import { Kept } from "./records.js" */
/** @import { LabState, LabStore, Plan, Wish } from "./state.js" */

/** A form that changes is planned once it has rested for so long. */
const PLAN_MILLISECONDS = 200;
/** And timed after so long. */
const MEASURE_MILLISECONDS = 700;
/** Timing before the start ends after so long, whatever is known by then. */
const MEASURE_AT_MOST_MILLISECONDS = 15_000;
/** What an earlier job counts for in the pace, beside the one after it. */
const PACE_KEPT = 0.9;
/** Figures are worked out anew at most so often. */
const DRAW_MILLISECONDS = 1200;

export class Experiments {
  #main;
  #actions;
  #store;
  #records = new Records();
  #board = new Board();
  /** The workers, and for which plan and module they are ready. @type {{ key: string, pool: Pool } | null} */
  #pool = null;
  /** Results of jobs that were timed before the start, by plan and job. @type {Map<string, Map<string, string>>} */
  #timed = new Map();
  /** Counts plans; what comes of an earlier one is dropped. */
  #ticket = 0;
  /** Set while a change of the form waits to be planned. */
  #planTimer = 0;
  /** The latest planning; it ends without an error. @type {Promise<void>} */
  #planning = Promise.resolve();
  #measureTimer = 0;
  /** @type {Promise<void> | null} */
  #drawing = null;
  #isDue = false;
  /** Jobs that were given out in this run. @type {Set<string>} */
  #given = new Set();
  /** What the settings of the first view were when they were planned with. */
  #planned = "";

  /**
   * @param {Store} main
   * @param {Actions} actions
   * @param {LabStore} store
   */
  constructor(main, actions, store) {
    this.#main = main;
    this.#actions = actions;
    this.#store = store;
  }

  /** Hears what is kept, and from now on what the first view does. */
  async start() {
    this.#store.set({ unkept: await this.#records.why() });
    await this.#list();
    this.#main.subscribe(["experiment", "capabilities"], () => this.#choose());
    this.#main.subscribe(["data", "settings", "busy"], () => this.#follow());
    this.#store.subscribe(["workers"], ({ workers, standing }) => {
      if (standing === "running") this.#pool?.pool.resize(workers);
    });
    this.#store.subscribe(["width"], () => void this.#draw());
  }

  /** @param {Partial<Wish>} patch what the form asks for */
  setWish(patch) {
    const { wish } = this.#store.state;
    if (!wish || this.#isLocked) return;
    this.#store.set({ wish: { ...wish, ...patch } });
    this.#planSoon();
  }

  /** @param {number} workers */
  setWorkers(workers) {
    this.#store.set({ workers });
  }

  /** @param {number} width of a figure */
  setWidth(width) {
    if (Math.abs(width - this.#store.state.width) > 4) this.#store.set({ width });
  }

  /** Looks at a kept experiment, and plans it as it was asked for where its data are loaded. @param {Kept} kept */
  async open(kept) {
    if (this.#isLocked) return;
    this.#store.set({ ...NO_PLAN, name: kept.request.experiment, wish: wishOf(kept), config: kept.config });
    this.#actions.showView(kept.request.experiment);
    await null; // whoever hears of the view has then asked for a plan, which this one takes the place of
    await this.#plan(kept);
  }

  /** @param {Kept} kept */
  async remove(kept) {
    const { plan, looked_at } = this.#store.state;
    const isOpen = plan?.id === kept.id || looked_at?.id === kept.id;
    if (isOpen && this.#isLocked) return;
    await this.#records.remove(kept.id);
    this.#timed.delete(kept.id);
    await this.#list();
    if (isOpen) await this.#plan();
  }

  /** Does all jobs that are left. */
  async play() {
    // Whoever has just changed a number and starts at once means what the form says now.
    await this.#planning;
    while (this.#planTimer) await this.#plan();
    const { plan, standing, workers } = this.#store.state;
    if (!plan || standing === "running" || standing === "pausing") return;
    clearTimeout(this.#measureTimer);
    const missing = this.#missing(plan);
    if (missing) {
      this.#store.set({ error: missing });
      return;
    }
    this.#store.set({ standing: "running", failed: new Map(), note: null, error: null });
    try {
      // A timing that is under way ends as a job of the run.
      await this.#measured();
      if (this.#store.state.plan !== plan) return;
      await alone(plan.id, async () => {
        await this.#records.begin(plan);
        for (const [name, text] of this.#timed.get(plan.id) ?? []) await this.#records.add(plan.id, { name, text });
        this.#timed.delete(plan.id);
        await this.#list();
        const left = plan.planned.jobs.filter(({ name }) => !this.#store.state.done.has(name));
        const pool = this.#poolFor(plan, left);
        this.#given.clear();
        const turn = this.#store.state.ready ? this.#turn(plan) : left;
        await pool.work(turn, workers);
      });
    } catch (error) {
      this.#store.set({ error: sayingOf(error) });
    }
    if (this.#store.state.plan !== plan) return;
    this.#settle(plan);
    await this.#list();
    await this.#draw();
  }

  /**
   * Puts found settings into the first view, where what differs is changed and said.
   * @param {FoundSettings} found
   */
  use(found) {
    const changes = this.changesOf(found);
    if (changes.length === 0) return;
    if (this.#isLocked || this.#isOccupied) {
      const isOwn = this.#isLocked;
      this.#main.set({ notice: () => (isOwn ? words.experiments.runsFirst : words.experiments.trainsFirst) });
      return;
    }
    this.#actions.setConfig(Object.fromEntries(changes));
    this.#main.set({ notice: () => words.experiments.settingsChanged(inWords(changes)) });
    this.#actions.showView(null);
  }

  /**
   * What settings that were found are other than those of the first view, by name with their values.
   * @param {FoundSettings} found
   * @returns {[string, unknown][]}
   */
  changesOf({ model, tuned }) {
    const own = this.#settings();
    if (!own) return [];
    const wanted = Object.entries({ model, ...tuned });
    return wanted.filter(([name, value]) => /** @type {Record<string, unknown>} */ (own)[name] !== value);
  }

  /** Gives out no more jobs; those under way end first. */
  pause() {
    if (this.#store.state.standing !== "running") return;
    this.#store.set({ standing: "pausing" });
    this.#pool?.pool.pause();
  }

  /** Ends the workers at once; the jobs that they were at are done again when it goes on. */
  stop() {
    this.#endWorkers();
  }

  /**
   * Saves a file of what is shown.
   * @param {FigureFile} kind
   * @param {number} figure
   */
  async save(kind, figure) {
    await this.#guard(async () => save(await this.#board.file(kind, figure)));
  }

  /** Saves a drawing as a picture, twice as fine as a screen. @param {number} figure */
  async savePng(figure) {
    await this.#guard(async () => {
      const { name, text } = await this.#board.file("svg", figure);
      saveBlob(name.replace(/\.svg$/, ".png"), await pngOf(text ?? "", 2));
    });
  }

  /** Whether jobs are given out or under way. */
  get #isLocked() {
    const { standing } = this.#store.state;
    return standing === "running" || standing === "pausing";
  }

  /** The experiment of the address, with what it is usually asked. */
  #choose() {
    const { experiment, capabilities } = this.#main.state;
    if (experiment === null || !capabilities) return;
    const { name, standing } = this.#store.state;
    if (name === experiment && this.#store.state.wish) {
      // Nobody was looking; what changed meanwhile is planned now.
      if (!this.#isLocked && standing !== "paused") this.#planSoon();
      return;
    }
    const chosen = capabilities.experiments.find((each) => each.name === experiment);
    if (!chosen) return;
    if (this.#isLocked) {
      this.#main.set({ notice: () => words.experiments.isRunning(titleOf(name), titleOf(experiment)) });
      this.#actions.showView(name);
      return;
    }
    this.#endWorkers();
    this.#store.set({ ...NO_PLAN, name: experiment, wish: usual(chosen, capabilities.models.map((model) => model.name)), config: null });
    void this.#restore();
  }

  /** Goes on with what is kept of the chosen experiment on these data with these settings, where there is something. */
  async #restore() {
    const { name } = this.#store.state;
    const ready = await this.#loaded();
    if (ready && this.#store.state.name === name) {
      const config = JSON.stringify(ready.config);
      const same = this.#store.state.kept.find(
        ({ request, data, config: own }) => request.experiment === name && data === ready.data && JSON.stringify(own) === config,
      );
      if (same) this.#store.set({ wish: wishOf(same) });
    }
    await this.#plan();
  }

  /** What the first view has changed. */
  #follow() {
    const { experiment, settings, data, busy } = this.#main.state;
    const now = JSON.stringify([settings.config, settings.preset, data?.ready, data?.domains.map(({ slot, name, ratings, options }) => [slot, name, ratings, options])]);
    if (busy || now === this.#planned) return;
    const isFirst = this.#planned === "";
    this.#planned = now;
    if (this.#isLocked) {
      this.#endWorkers();
      this.#main.set({ notice: () => words.experiments.dataChanged });
    }
    this.#store.set({ config: null });
    if (experiment === null) {
      // Planned anew when somebody looks.
      this.#endWorkers();
      if (this.#store.state.plan) this.#store.set(NO_PLAN);
    } else if (isFirst) void this.#restore();
    else this.#planSoon();
  }

  /** The settings and the data of the first view; null before they are there. */
  async #loaded() {
    const { data } = this.#main.state;
    const own = this.#settings();
    if (!own || !data?.ready) return null;
    const mark = await this.#actions.markData(data);
    return { config: this.#store.state.config ?? own, data: mark, domains: data.domains.map(({ name }) => name) };
  }

  /** All settings of the first view; null before the core has told of its presets. @returns {Config | null} */
  #settings() {
    const { capabilities, settings } = this.#main.state;
    return capabilities && /** @type {Config} */ ({ ...capabilities.presets[settings.preset], ...settings.config });
  }

  /** Whether the first view trains. */
  get #isOccupied() {
    return this.#main.state.train.state === "running";
  }

  #planSoon() {
    clearTimeout(this.#planTimer);
    this.#planTimer = window.setTimeout(() => void this.#plan(), PLAN_MILLISECONDS);
  }

  /**
   * Plans what the form asks for, and shows what is kept of it.
   * @param {Kept | null} [kept] what was opened, to look at where its data are not those that are loaded
   */
  #plan(kept = null) {
    clearTimeout(this.#planTimer);
    this.#planTimer = 0;
    this.#planning = this.#replan(kept);
    return this.#planning;
  }

  /** @param {Kept | null} kept */
  async #replan(kept) {
    clearTimeout(this.#measureTimer);
    const ticket = ++this.#ticket;
    const { wish, name } = this.#store.state;
    if (!wish) return;
    try {
      const ready = await this.#loaded();
      if (ticket !== this.#ticket) return;
      if (kept && ready?.data !== kept.data) return await this.#lookAt(kept, ticket);
      if (!ready) {
        const { data } = this.#main.state;
        this.#store.set({ ...NO_PLAN, plan_error: data ? () => words.experiments.dataNotReady : null });
        return;
      }
      const { config, data, domains } = ready;
      const request = requestOf(name, wish, config.seed);
      const planned = await this.#actions.planExperiment({ request, config, data });
      const id = `${name}-${await shortHash(planned.terms)}`;
      if (ticket !== this.#ticket) return;
      const plan = { id, request, config, data, domains, planned };
      const on = await this.#board.open(planned.manifest, () => this.#resultsOf(plan));
      if (ticket !== this.#ticket) return;
      // Workers that are ready for the same terms stay.
      if (this.#pool && !this.#pool.key.startsWith(id)) this.#endWorkers();
      this.#store.set({ ...NO_PLAN, plan });
      await this.#hear(plan, on);
      this.#settle(plan);
      // What was timed beforehand is shown once somebody has started.
      if (on.done.length > 0 && this.#store.state.standing !== "idle") await this.#draw();
      this.#measureSoon(plan);
    } catch (error) {
      if (ticket === this.#ticket) this.#store.set({ ...NO_PLAN, plan_error: sayingOf(error) });
    }
  }

  /** Shows a kept experiment whose data are not loaded. @param {Kept} kept @param {number} ticket */
  async #lookAt(kept, ticket) {
    const manifest = await this.#records.manifest(kept.id);
    if (manifest === null) throw new Refusal(() => words.experiments.planGone);
    const on = await this.#board.open(manifest, () => this.#records.results(kept.id));
    if (ticket !== this.#ticket) return;
    this.#store.set({ ...NO_PLAN, looked_at: kept, done: new Set(on.done), left: on.seconds_left });
    await this.#draw();
  }

  /** Results of a plan: those that are kept and those of jobs that were timed. @param {Plan} plan */
  async #resultsOf({ id, planned }) {
    const wanted = new Set(planned.jobs.map(({ name }) => name));
    const timed = [...(this.#timed.get(id) ?? [])].map(([name, text]) => ({ name, text }));
    return [...(await this.#records.results(id, wanted)), ...timed.filter(({ name }) => wanted.has(name))];
  }

  /** What the board says of results. @param {Plan} plan @param {OnBoard} on */
  async #hear(plan, { done, refused, seconds_left, ready }) {
    if (this.#store.state.plan !== plan) return;
    this.#store.set({ done: new Set(done), left: seconds_left, ready });
    for (const { name } of refused) await this.#records.forget(plan.id, name);
    if (refused.length > 0) {
      this.#store.set({ note: () => words.experiments.unreadable(refused.length, english(refused[0].why)) });
    }
  }

  /**
   * Jobs whose turn it is and that nobody is at, as they are to be done: of a search for settings the tries that those
   * before them have led to. What is tried is the same however many workers there are.
   * @param {Plan} plan
   * @returns {PlannedJob[]}
   */
  #turn({ planned }) {
    const known = new Map(planned.jobs.map((job) => [job.name, job]));
    const turn = (this.#store.state.ready ?? []).filter(({ name }) => !this.#given.has(name));
    for (const { name } of turn) this.#given.add(name);
    return turn.map(({ name, job }) => ({ module: "first", has_company: false, ...known.get(name), name, job }));
  }

  /** Where a run stands whose workers rest. @param {Plan} plan */
  #settle(plan) {
    const { done, failed } = this.#store.state;
    const isOver = plan.planned.jobs.every(({ name }) => done.has(name) || failed.has(name));
    const isBegun = this.#store.state.kept.some(({ id }) => id === plan.id);
    this.#store.set({ standing: isOver ? "done" : isBegun ? "paused" : "idle", under_way: new Map() });
    if (isOver) this.#endWorkers();
  }

  /** Times the lightest job of each model, so that it can be said beforehand how long all will take. @param {Plan} plan */
  #measureSoon(plan) {
    clearTimeout(this.#measureTimer);
    const jobs = this.#unmeasured(plan);
    if (jobs.length === 0 || this.#main.state.experiment === null) return;
    this.#measureTimer = window.setTimeout(() => void this.#measure(plan, jobs), MEASURE_MILLISECONDS);
  }

  /** Why a plan cannot be done here; null where it can. @param {Plan} plan */
  #missing({ planned }) {
    if (this.#main.state.full !== null) return null;
    const models = new Set(planned.jobs.filter(({ module }) => module === "full").map(({ job }) => job.model));
    if (models.size === 0) return null;
    return () => words.experiments.missingModule([...models]);
  }

  /** The lightest job of each model of which none is done. @param {Plan} plan @returns {PlannedJob[]} */
  #unmeasured({ planned }) {
    const { done } = this.#store.state;
    const known = new Set(planned.jobs.filter(({ name }) => done.has(name)).map(({ job }) => job.model));
    // Whoever needs the second module is not timed: loading it is part of the start.
    const jobs = this.#store.state.ready ? planned.jobs.filter(({ job }) => job.point?.search && "default" in job.point.search) : planned.jobs;
    return jobs.filter(({ job, module }) => module === "first" && !known.has(job.model) && known.add(job.model));
  }

  /** @type {Promise<void> | null} */
  #measuring = null;

  /** Ends a timing, once the job that it is at has ended. */
  async #measured() {
    if (!this.#measuring) return;
    this.#pool?.pool.pause();
    await this.#measuring;
  }

  /** @param {Plan} plan @param {PlannedJob[]} jobs */
  async #measure(plan, jobs) {
    if (this.#store.state.plan !== plan || this.#isLocked || this.#measuring) return;
    const all = new Set(plan.planned.jobs.map(({ job }) => job.model)).size;
    this.#store.set({ measuring: { done: all - jobs.length, all } });
    const pool = this.#poolFor(plan, jobs);
    const enough = window.setTimeout(() => pool.pause(), MEASURE_AT_MOST_MILLISECONDS);
    this.#measuring = pool.work(jobs, 1).catch((error) => {
      if (this.#store.state.plan === plan) this.#store.set({ error: sayingOf(error) });
    });
    await this.#measuring;
    this.#measuring = null;
    clearTimeout(enough);
    if (this.#store.state.plan === plan) this.#store.set({ measuring: null, under_way: new Map() });
  }

  /**
   * Workers that are ready for jobs of a plan: those that are there already, or others.
   * @param {Plan} plan
   * @param {PlannedJob[]} jobs
   */
  #poolFor(plan, jobs) {
    const module = jobs.some((job) => job.module === "full") ? "full" : "first";
    const device = deviceFor(this.#main.state);
    const key = `${plan.id} ${module} ${device}`;
    if (this.#pool?.key === key) return this.#pool.pool;
    this.#endWorkers();
    const hearing = /** @satisfies {import("./pool.js").PoolHearing} */ ({
      open: async (progress, onCard) => {
        const line = new Line(module, { events: () => {}, died: () => {}, progress });
        try {
          await this.#actions.handData(line);
          const { request, config, data } = plan;
          const opened = await line.request("open_experiment", {
            experiment: request.experiment,
            folds: foldsOf(request),
            data,
            config,
            device: onCard ? device : "cpu",
            workers: this.#store.state.workers,
          });
          const { at_once, note } = opened;
          if (onCard && opened.device === "webgpu") this.#note(plan, { note: () => words.experiments.atOnce(at_once) });
          else if (onCard) this.#note(plan, { note: note === null ? null : () => english(note) });
          return { line, opened };
        } catch (error) {
          line.end(REPLACED);
          throw error;
        }
      },
      progress: (job, fraction) => this.#note(plan, { under_way: with_(this.#store.state.under_way, job.name, { fraction }) }),
      done: (job, text, trained, passed) => {
        this.#hurry(trained, passed);
        return this.#done(plan, job, text);
      },
      failed: (job, why) => {
        const { under_way, failed } = this.#store.state;
        this.#note(plan, { under_way: without(under_way, job.name), failed: with_(failed, job.name, why), note: null });
      },
      again: (job, why) => {
        const note = () => words.experiments.again(job.name, why());
        this.#note(plan, { under_way: without(this.#store.state.under_way, job.name), note });
      },
    });
    const pool = new Pool(hearing, device !== "cpu");
    this.#pool = { key, pool };
    return pool;
  }

  /** @param {Plan} plan @param {Partial<LabState>} patch of the state, if the plan is still that of the state */
  #note(plan, patch) {
    if (this.#store.state.plan?.id === plan.id) this.#store.set(patch);
  }

  /**
   * How fast one is in truth, beside the seconds that trainings alone took: the latest jobs count most.
   * @param {number} trained seconds of a job's trainings
   * @param {number} passed from its beginning to its end
   */
  #hurry(trained, passed) {
    const { pace } = this.#store.state;
    const [all, of] = [PACE_KEPT * pace.passed + passed, PACE_KEPT * pace.trained + trained];
    this.#store.set({ pace: { passed: all, trained: of } });
  }

  /** @param {Plan} plan @param {PlannedJob} job @param {string} text its result */
  async #done(plan, { name, job }, text) {
    const isTimed = !this.#isLocked;
    if (isTimed) this.#timed.set(plan.id, new Map([...(this.#timed.get(plan.id) ?? []), [name, text]]));
    else await this.#records.add(plan.id, { name, text });
    this.#store.set({ unkept: await this.#records.why() });
    const { plan: now, measuring } = this.#store.state;
    if (now?.id !== plan.id) return;
    this.#note(plan, { under_way: without(this.#store.state.under_way, name) });
    await this.#hear(now, await this.#board.add([{ name, text }]));
    if (this.#store.state.standing === "running" && this.#store.state.ready) this.#pool?.pool.add(this.#turn(now));
    if (measuring && job) this.#note(plan, { measuring: { ...measuring, done: measuring.done + 1 } });
    if (!isTimed) void this.#draw();
  }

  /** Works the figures out anew, soon; at the end of it at the latest all results that are there now are in them. */
  #draw() {
    this.#isDue = true;
    this.#drawing ??= this.#redraw().finally(() => {
      this.#drawing = null;
    });
    return this.#drawing;
  }

  async #redraw() {
    while (this.#isDue) {
      this.#isDue = false;
      const { done, width } = this.#store.state;
      if (done.size === 0) return;
      const ticket = this.#ticket;
      this.#store.set({ drawing: true });
      try {
        const showing = await this.#board.show(width);
        if (ticket === this.#ticket) this.#store.set({ showing });
      } catch (error) {
        if (ticket === this.#ticket) this.#store.set({ error: sayingOf(error) });
      } finally {
        this.#store.set({ drawing: false });
      }
      if (this.#isLocked) await new Promise((resolve) => setTimeout(resolve, DRAW_MILLISECONDS));
    }
  }

  #endWorkers() {
    this.#pool?.pool.halt();
    this.#pool = null;
  }

  async #list() {
    this.#store.set({ kept: await this.#records.list() });
  }

  /** @param {() => Promise<void>} work */
  async #guard(work) {
    try {
      await work();
    } catch (error) {
      this.#main.set({ notice: sayingOf(error) });
    }
  }
}

/**
 * Does what no other tab of this browser does at the same time.
 * @param {string} id
 * @param {() => Promise<void>} work
 */
async function alone(id, work) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`dual-metric ${id}`, { ifAvailable: true }, async (lock) => {
    if (!lock) throw new Refusal(() => words.experiments.otherTab);
    await work();
  });
}

/** @template V @param {ReadonlyMap<string, V>} map @param {string} key @param {V} value */
const with_ = (map, key, value) => new Map(map).set(key, value);

/** @template V @param {ReadonlyMap<string, V>} map @param {string} key */
function without(map, key) {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** The first digits of the SHA-256 of a text. @param {string} text */
async function shortHash(text) {
  // A page that is not served from this machine or over HTTPS has no subtle, and no folder to tell apart either.
  if (!globalThis.crypto?.subtle) return String(text.length);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].slice(0, 8).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
