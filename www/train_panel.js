// Block 2: start, pause, start over, and the few settings that matter.

import { byId, el } from "./dom.js";
import { setting } from "./format.js";
import { descriptionOf } from "./from_core.js";
import { english, say } from "./said.js";
import { words } from "./words/words.js";
import { allowedBy, answer, inWords, parsed } from "./number_field.js";
import { setUpSettings } from "./settings_dialog.js";
import { changedFields } from "./share.js";
import { abilities, isMapless, modelCalled } from "./models.js";
import { sizeText } from "./modules.js";
import { place } from "./training.js";

/** @import { Config, Field, ModuleName } from "./border.d.ts" */
/** @import { Allowed } from "./number_field.js" */
/** @import { Actions } from "./actions.js" */
/** @import { DeviceChoice, PresetName, State, Store } from "./store.js" */

/** Fields of the panel for numbers. */
const NUMBERS = /** @type {const} */ (["seed", "epochs"]);
/** The core takes seeds of 64 bits, which a number of JavaScript cannot hold. */
const LARGEST = 4294967295;
/** A status that changes more often than this only chatters. */
const STATUS_MILLISECONDS = 1000;

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpTrain(store, actions) {
  const play = byId("play", HTMLButtonElement);
  const playText = byId("play-text", HTMLElement);
  const pause = byId("pause", HTMLButtonElement);
  const oneEpoch = byId("one-epoch", HTMLButtonElement);
  const stop = byId("stop", HTMLButtonElement);
  const reset = byId("reset", HTMLButtonElement);
  const progress = byId("progress", HTMLProgressElement);
  const settings = byId("settings", HTMLButtonElement);
  play.addEventListener("click", () => void actions.play());
  pause.addEventListener("click", () => void actions.pause());
  oneEpoch.addEventListener("click", () => void actions.play(1));
  stop.addEventListener("click", () => void actions.stop());
  reset.addEventListener("click", () => void actions.prepare());
  settings.addEventListener("click", setUpSettings(store, actions));

  setUpModel(store, actions);
  setUpFields(store, actions);
  setUpStatus(store);
  store.subscribe(
    ["train", "pausing", "data", "busy", "stale", "prepared", "language"],
    ({ train, pausing, data, busy, stale, prepared }) => {
      const running = train.state === "running";
      const able = data?.ready === true && busy === null && !running;
      play.disabled = !able;
      playText.textContent =
        train.state === "paused" && !stale ? words.train.goOn : train.state === "done" ? words.train.again : words.train.train;
      pause.disabled = !running || pausing;
      oneEpoch.disabled = !able || train.state === "done";
      const step = prepared?.samples ? words.train.oneSweep : words.train.oneEpoch;
      oneEpoch.title = step;
      oneEpoch.setAttribute("aria-label", step);
      // Only a chain is whole after every step; what the first run is compared with is to be no longer.
      const sampling = train.runs[0] === 0 && train.sweeps !== null && train.sweeps[0] > 0;
      stop.hidden = !sampling || !["running", "paused"].includes(train.state);
      oneEpoch.hidden = !stop.hidden;
      stop.disabled = stale;
      reset.disabled = !data?.ready || busy !== null || (train.state === "idle" && prepared !== null);
      progress.value = train.fraction;
      progress.classList.toggle("running", running);
    },
  );
  store.subscribe(["settings", "capabilities", "train", "language"], ({ settings: now, capabilities }) => {
    const changed = capabilities
      ? changedFields(now, capabilities.presets).filter((field) => !["model", "epochs", "overlap_users"].includes(field))
      : [];
    settings.textContent = changed.length > 0 ? words.train.settingsChanged(changed.length) : words.train.settings;
  });
}

/**
 * The list of models, those of the second module apart.
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpModel(store, actions) {
  const list = byId("model", HTMLSelectElement);
  list.addEventListener("change", () => actions.setConfig({ model: list.value }));
  store.subscribe(["capabilities", "full", "settings", "language"], (state) => {
    const { capabilities, full, settings } = state;
    const models = capabilities?.models ?? [];
    const chosen = settings.config.model ?? "dml";
    const options = (/** @type {ModuleName} */ module) =>
      models
        .filter((model) => model.module === module)
        .map((model) => el("option", { value: model.name, textContent: `${model.name}: ${descriptionOf(model)}`, title: model.source }));
    const second = el("optgroup", { label: words.train.withSecondModule(sizeText(full)) }, ...options("full"));
    // An address may ask for what is no model; the core says so.
    const unknown = modelCalled(state, chosen) ? [] : [el("option", { value: chosen, textContent: chosen })];
    list.replaceChildren(...options("first"), ...(models.length > 0 ? [second] : []), ...unknown);
    list.value = chosen;
    const model = modelCalled(state, chosen);
    list.title = model ? `${descriptionOf(model)}. ${abilities(model)} ${model.source}` : "";
  });
  store.subscribe(["train", "capabilities"], ({ train, capabilities }) => {
    list.disabled = train.state === "running" || !capabilities;
  });
}

/**
 * What may be typed into a field of the panel.
 * @param {Field[]} schema
 * @param {string} name
 * @returns {Allowed}
 */
function allowedIn(schema, name) {
  const field = schema.find((each) => each.name === name);
  if (!field) throw new Error(`the core has no setting ${name}`);
  const { range, ...others } = allowedBy(field);
  return { ...others, range: [range[0], Math.min(range[1], LARGEST)] };
}

/** What is said of a number that is none for a field. @param {(typeof NUMBERS)[number]} name @param {string} now @param {Field[]} schema */
const refused = (name, now, schema) =>
  words.train.fieldStays(name === "seed" ? words.page.seed.text : words.page.epochsLabel.text, now, inWords(allowedIn(schema, name)));

/**
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpFields(store, actions) {
  const numbers = NUMBERS.map((name) => ({
    name,
    field: byId(name, HTMLInputElement),
  }));
  const message = byId("field-message", HTMLElement);
  const device = byId("device", HTMLSelectElement);
  const overlap = byId("overlap-users", HTMLInputElement);
  const shown = byId("overlap-shown", HTMLOutputElement);
  const presets = /** @type {PresetName[]} */ (["robust", "paper"]).map((name) =>
    byId(`preset-${name}`, HTMLInputElement),
  );

  /** What settings were when their fields refused something. @type {Map<string, unknown>} */
  const stayed = new Map();
  for (const { name, field } of numbers) {
    field.addEventListener("change", () => {
      const { capabilities, settings } = store.state;
      if (!capabilities) return;
      const allowed = allowedIn(capabilities.schema, name);
      const value = parsed(field.value, allowed);
      const now = settings.config[name];
      stayed.set(name, now);
      answer(field, message, value === undefined ? () => refused(name, String(now), capabilities.schema) : null);
      if (value !== undefined && value !== now) actions.setConfig(/** @type {Partial<Config>} */ ({ [name]: value }));
    });
  }
  device.addEventListener("change", () => actions.setDevice(/** @type {DeviceChoice} */ (device.value)));
  for (const preset of presets) {
    preset.addEventListener("change", () => actions.setPreset(/** @type {PresetName} */ (preset.value)));
  }
  const showOverlap = () => {
    const all = Number(overlap.max);
    const used = Number(overlap.value);
    shown.textContent = used === all ? words.train.allOf(all) : words.train.someOf(used, all);
    overlap.style.setProperty("--share", String(all > 0 ? Number(overlap.value) / all : 1));
  };
  overlap.addEventListener("input", showOverlap);
  overlap.addEventListener("change", () => {
    const all = Number(overlap.value) === Number(overlap.max);
    actions.setConfig({ overlap_users: all ? null : Number(overlap.value) });
  });

  store.subscribe(["settings", "data", "train", "capabilities", "busy", "language"], (state) => {
    const {
      settings: { config, device: chosen, preset },
      data,
      train,
      capabilities,
    } = state;
    const locked = train.state === "running" || !capabilities;
    const all = data?.overlap_users ?? 0;
    for (const { name, field } of numbers) {
      field.disabled = locked;
      if (capabilities) [field.min, field.max] = allowedIn(capabilities.schema, name).range.map(String);
      // What was typed wrongly makes way for another value that was set elsewhere, of which its message knows nothing.
      if (field.hasAttribute("aria-invalid") && stayed.get(name) !== config[name]) answer(field, message, null);
      // A field that is being typed into is left alone, and so is what was typed wrongly.
      const free = document.activeElement !== field && !field.hasAttribute("aria-invalid");
      if (free && name in config) field.value = String(setting(Number(config[name])));
    }
    device.value = chosen;
    for (const radio of presets) radio.checked = radio.value === preset;
    overlap.max = String(Math.max(all, 1));
    overlap.value = String(config.overlap_users ?? all);
    overlap.disabled = locked || all === 0;
    if (all === 0) shown.textContent = "–";
    else showOverlap();
    for (const field of [device, ...presets]) field.disabled = locked;
    const webgpu = device.options[1];
    webgpu.disabled = capabilities !== null && !capabilities.webgpu.available;
    webgpu.textContent = webgpu.disabled ? words.train.noWebgpu : "WebGPU";
  });
}

/** The status line: at most one change a second while it trains. @param {Store} store */
function setUpStatus(store) {
  const status = byId("status", HTMLElement);
  let changed = 0;
  let timer = 0;
  let told = "";
  const draw = () => {
    changed = performance.now();
    told = situation(store.state);
    say(status, statusText(store.state));
    status.classList.toggle("error", store.state.train.state === "failed");
  };
  store.subscribe(["train", "pausing", "busy", "data", "stale", "prepared", "history", "sweeps", "capabilities", "language"], (state) => {
    clearTimeout(timer);
    // Figures may wait; that something was started or stopped may not.
    const wait = situation(state) === told ? changed + STATUS_MILLISECONDS - performance.now() : 0;
    if (wait > 0) timer = window.setTimeout(draw, wait);
    else draw();
  });
}

/** @param {State} state */
const situation = ({ train, pausing, busy, stale, language }) =>
  [train.state, pausing, train.state === "running" ? "" : busy?.(), stale, language].join();

/** @param {State} state */
function statusText(state) {
  const { train, pausing, busy, data, stale, prepared, reason, history, report, settings, capabilities, failure } = state;
  const said = words.train;
  if (train.state === "failed") return train.message === null ? (failure?.() ?? said.failed) : english(train.message);
  if (pausing && train.state === "running") return said.pausing;
  if (train.state === "running") return `${runText(state)}${train.seconds_left === null ? "" : said.left(train.seconds_left)}`;
  if (busy) return `${busy()} …`;
  if (!data?.ready) return data && data.domains.length > 1 ? said.unfit : said.waiting;
  if (stale && (history.length > 0 || state.sweeps.length > 0)) return said.stale;
  if (train.state === "paused") {
    if (train.runs[0] > 0) return said.pausedAt(runText(state));
    if (train.sweeps && train.sweeps[0] > 0) return said.pausedAfterSweep(train.sweeps[0], train.sweeps[1]);
    return history.length > 0 ? said.pausedAfterEpochs(history.length) : said.paused;
  }
  if (train.state === "done") {
    const epochs = history.length > 0 ? [said.epochs(history.length)] : [];
    const sweeps = state.sweeps.length > 0 ? [said.sweeps(state.sweeps.length)] : [];
    const done = said.after([...epochs, ...sweeps]);
    const why = english(reason ?? "");
    if (!report?.kept) return said.done(reason === null ? done : why);
    const how = done && !reason?.startsWith("stopped") ? said.doneAfter(done) : said.done(why);
    return `${how}. ${keptText(report.kept, state)}`;
  }
  if (prepared?.refused) return said.webgpuRefused(prepared.refused());
  if (prepared?.note) return english(prepared.note);
  if (!prepared) return "";
  const isByItself = settings.device === "auto" && prepared.device === "cpu";
  const where = isByItself ? said.readyOnCpu(capabilities?.webgpu.fallback === true) : said.ready;
  return isMapless(state) ? where : `${where} ${said.watch}`;
}

/** What is trained now, of how much. @param {State} state */
function runText({ train, settings: { config } }) {
  const { run, runs, repeat, repeats } = place(train, config);
  const said = words.train;
  const round = repeats > 1 ? said.repeat(repeat, repeats) : "";
  const step = train.sweeps
    ? said.atSweep(train.sweeps[0], train.sweeps[1])
    : train.runs[0] === 0 && train.run !== "everything"
      ? said.atEpoch(train.epoch + 1)
      : "";
  if (train.run === "everything") return said.trainingKept(step);
  return said.measuring(run, runs, said.runs[train.run ?? "main"], `${round}${step}`);
}

/** @param {{ epochs: number, seconds: number }} kept @param {State} state */
const keptText = ({ epochs, seconds }, { prepared }) =>
  words.train.kept(prepared?.samples ? words.train.sweeps(epochs) : words.train.epochs(epochs), seconds);
