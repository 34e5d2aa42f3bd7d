// Block 2: start, pause, start over, and the few settings that matter.

import { byId, el } from "./dom.js";
import { count, counted, duration, fixed, setting } from "./format.js";
import { allowedBy, answer, inWords, parsed } from "./number_field.js";
import { setUpSettings } from "./settings_dialog.js";
import { changedFields } from "./share.js";
import { abilities, isMapless, modelCalled } from "./models.js";
import { sizeText } from "./modules.js";
import { place } from "./training.js";

/** @import { Config, Field, ModuleName, Run } from "./border.d.ts" */
/** @import { Allowed } from "./number_field.js" */
/** @import { Actions } from "./actions.js" */
/** @import { DeviceChoice, PresetName, State, Store } from "./store.js" */

/** What each training of the measurement is. @type {Record<Run, string>} */
const RUNS = {
  main: "the model",
  without_transfer: "alone",
  shuffled: "shuffled links",
  cold: "newcomers",
  cold_without_transfer: "newcomers alone",
  cold_biases: "newcomers, biases only",
  cold_shuffled: "newcomers, shuffled links",
  cold_shuffled_again: "newcomers, shuffled again",
  everything: "",
};
/** @type {Record<"seed" | "epochs", string>} */
const NUMBERS = { seed: "Seed", epochs: "Epochs" };
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
    ["train", "pausing", "data", "busy", "stale", "prepared"],
    ({ train, pausing, data, busy, stale, prepared }) => {
      const running = train.state === "running";
      const able = data?.ready === true && busy === null && !running;
      play.disabled = !able;
      playText.textContent =
        train.state === "paused" && !stale ? "Continue" : train.state === "done" ? "Train again" : "Train";
      pause.disabled = !running || pausing;
      oneEpoch.disabled = !able || train.state === "done";
      const step = prepared?.samples ? "One sweep" : "One epoch";
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
  store.subscribe(["settings", "capabilities", "train"], ({ settings: now, capabilities }) => {
    const changed = capabilities
      ? changedFields(now, capabilities.presets).filter((field) => !["model", "epochs", "overlap_users"].includes(field))
      : [];
    settings.textContent = changed.length > 0 ? `Settings (${changed.length})` : "Settings";
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
  store.subscribe(["capabilities", "full", "settings"], (state) => {
    const { capabilities, full, settings } = state;
    const models = capabilities?.models ?? [];
    const chosen = settings.config.model ?? "dml";
    const options = (/** @type {ModuleName} */ module) =>
      models
        .filter((model) => model.module === module)
        .map(({ name, description, source }) =>
          el("option", { value: name, textContent: `${name}: ${description}`, title: source }),
        );
    const second = el("optgroup", { label: `With the second module${sizeText(full)}` }, ...options("full"));
    // An address may ask for what is no model; the core says so.
    const unknown = modelCalled(state, chosen) ? [] : [el("option", { value: chosen, textContent: chosen })];
    list.replaceChildren(...options("first"), ...(models.length > 0 ? [second] : []), ...unknown);
    list.value = chosen;
    const model = modelCalled(state, chosen);
    list.title = model ? `${model.description}. ${abilities(model)} ${model.source}` : "";
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

/**
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpFields(store, actions) {
  const numbers = /** @type {(keyof typeof NUMBERS)[]} */ (Object.keys(NUMBERS)).map((name) => ({
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

  for (const { name, field } of numbers) {
    field.addEventListener("change", () => {
      const { capabilities, settings } = store.state;
      if (!capabilities) return;
      const allowed = allowedIn(capabilities.schema, name);
      const value = parsed(field.value, allowed);
      const now = settings.config[name];
      answer(field, message, value === undefined ? `${NUMBERS[name]} stays ${now}. Use ${inWords(allowed)}.` : null);
      if (value !== undefined && value !== now) actions.setConfig(/** @type {Partial<Config>} */ ({ [name]: value }));
    });
  }
  device.addEventListener("change", () => actions.setDevice(/** @type {DeviceChoice} */ (device.value)));
  for (const preset of presets) {
    preset.addEventListener("change", () => actions.setPreset(/** @type {PresetName} */ (preset.value)));
  }
  const showOverlap = () => {
    const all = Number(overlap.max);
    shown.textContent =
      Number(overlap.value) === all ? `all ${count(all)}` : `${count(Number(overlap.value))} of ${count(all)}`;
    overlap.style.setProperty("--share", String(all > 0 ? Number(overlap.value) / all : 1));
  };
  overlap.addEventListener("input", showOverlap);
  overlap.addEventListener("change", () => {
    const all = Number(overlap.value) === Number(overlap.max);
    actions.setConfig({ overlap_users: all ? null : Number(overlap.value) });
  });

  store.subscribe(["settings", "data", "train", "capabilities", "busy"], (state) => {
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
    webgpu.textContent = webgpu.disabled ? "WebGPU (not here)" : "WebGPU";
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
    status.textContent = statusText(store.state);
    status.classList.toggle("error", store.state.train.state === "failed");
  };
  store.subscribe(["train", "pausing", "busy", "data", "stale", "prepared", "history", "sweeps", "capabilities"], (state) => {
    clearTimeout(timer);
    // Figures may wait; that something was started or stopped may not.
    const wait = situation(state) === told ? changed + STATUS_MILLISECONDS - performance.now() : 0;
    if (wait > 0) timer = window.setTimeout(draw, wait);
    else draw();
  });
}

/** @param {State} state */
const situation = ({ train, pausing, busy, stale }) =>
  [train.state, pausing, train.state === "running" ? "" : busy, stale].join();

/** @param {State} state */
function statusText(state) {
  const { train, pausing, busy, data, stale, prepared, reason, history, report, settings, capabilities } = state;
  if (train.state === "failed") return train.message ?? "Training failed.";
  if (pausing && train.state === "running") return "Pausing after this step …";
  if (train.state === "running") {
    const left = train.seconds_left === null ? "" : `, about ${duration(train.seconds_left)} left`;
    return `${runText(state)}${left}`;
  }
  if (busy) return `${busy} …`;
  if (!data?.ready) return "Waiting for two files or more that share people";
  if (stale && (history.length > 0 || state.sweeps.length > 0)) return "Settings changed: Train starts afresh with them";
  if (train.state === "paused")
    return train.runs[0] > 0
      ? `Paused. ${runText(state)}`
      : train.sweeps && train.sweeps[0] > 0
        ? `Paused after sweep ${train.sweeps[0]} of ${train.sweeps[1]}`
      : history.length > 0
        ? `Paused after ${counted(history.length, "epoch", "epochs")}`
        : "Paused";
  if (train.state === "done") {
    const epochs = history.length > 0 ? [counted(history.length, "epoch", "epochs")] : [];
    const sweeps = state.sweeps.length > 0 ? [counted(state.sweeps.length, "sweep", "sweeps")] : [];
    const done = [...epochs, ...sweeps].join(" and ");
    const how = done && !reason?.startsWith("stopped") ? `Done after ${done}` : `Done: ${reason ?? ""}`;
    return report?.kept ? `${how}. ${keptText(report.kept, state)}` : `Done: ${reason ?? done}`;
  }
  if (prepared?.note) return prepared.note;
  if (!prepared) return "";
  const isByItself = settings.device === "auto" && prepared.device === "cpu";
  const where = isByItself ? `, on the CPU: no ${capabilities?.webgpu.fallback ? "real " : ""}WebGPU here` : "";
  return isMapless(state) ? `Ready${where}.` : `Ready${where}. Train, and watch the map.`;
}

/** What is trained now, of how much. @param {State} state */
function runText({ train, settings: { config } }) {
  const { run, runs, repeat, repeats } = place(train, config);
  const round = repeats > 1 ? `, repeat ${repeat} of ${repeats}` : "";
  const step = train.sweeps
    ? `, sweep ${train.sweeps[0]} of ${train.sweeps[1]}`
    : train.runs[0] === 0 && train.run !== "everything"
      ? `, epoch ${train.epoch + 1}`
      : "";
  if (train.run === "everything") return `Training the model that is kept, on all ratings${step}`;
  return `Measuring ${run} of ${runs}: ${RUNS[train.run ?? "main"]}${round}${step}`;
}

/** @param {{ epochs: number, seconds: number }} kept @param {State} state */
const keptText = ({ epochs, seconds }, { prepared }) =>
  `Kept model: ${prepared?.samples ? counted(epochs, "sweep", "sweeps") : counted(epochs, "epoch", "epochs")} on everything, ${seconds < 10 ? fixed(seconds, 1) : count(seconds)} s`;
