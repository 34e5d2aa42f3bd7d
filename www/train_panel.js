// Block 2: start, pause, start over, and the few settings that matter.

import { byId } from "./dom.js";
import { count, counted, duration } from "./format.js";
import { setUpSettings } from "./settings_dialog.js";
import { changedFields } from "./share.js";

/** @import { RunName } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { DeviceChoice, PresetName, State, Store } from "./store.js" */

/** What each run is for, while it goes on. @type {Record<RunName, string>} */
const RUNS = {
  main: "",
  without_transfer: "Measuring 1 of 3: the same without transfer",
  cold: "Measuring 2 of 3: newcomers, with transfer",
  cold_without_transfer: "Measuring 3 of 3: newcomers, without",
};
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
  const reset = byId("reset", HTMLButtonElement);
  const progress = byId("progress", HTMLProgressElement);
  const settings = byId("settings", HTMLButtonElement);
  play.addEventListener("click", () => void actions.play());
  pause.addEventListener("click", () => void actions.pause());
  oneEpoch.addEventListener("click", () => void actions.play(1));
  reset.addEventListener("click", () => void actions.prepare());
  settings.addEventListener("click", setUpSettings(store, actions));

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
      reset.disabled = !data?.ready || busy !== null || (train.state === "idle" && prepared !== null);
      progress.value = train.fraction;
      progress.classList.toggle("running", running);
    },
  );
  store.subscribe(["settings", "capabilities", "train"], ({ settings: now, capabilities }) => {
    const changed = capabilities
      ? changedFields(now, capabilities.presets).filter((field) => !["epochs", "overlap_users"].includes(field))
      : [];
    settings.textContent = changed.length > 0 ? `Settings (${changed.length})` : "Settings";
  });
}

/**
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpFields(store, actions) {
  const seed = byId("seed", HTMLInputElement);
  const epochs = byId("epochs", HTMLInputElement);
  const device = byId("device", HTMLSelectElement);
  const overlap = byId("overlap-users", HTMLInputElement);
  const shown = byId("overlap-shown", HTMLOutputElement);
  const presets = /** @type {PresetName[]} */ (["robust", "paper"]).map((name) =>
    byId(`preset-${name}`, HTMLInputElement),
  );

  seed.addEventListener("change", () => actions.setConfig({ seed: wholeNumber(seed) }));
  epochs.addEventListener("change", () => actions.setConfig({ epochs: wholeNumber(epochs) }));
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
    // A field that is being typed into is left alone.
    if (document.activeElement !== seed) seed.value = String(config.seed ?? 1);
    if (document.activeElement !== epochs) epochs.value = String(config.epochs ?? 100);
    device.value = chosen;
    for (const radio of presets) radio.checked = radio.value === preset;
    overlap.max = String(Math.max(all, 1));
    overlap.value = String(config.overlap_users ?? all);
    overlap.disabled = locked || all === 0;
    if (all === 0) shown.textContent = "–";
    else showOverlap();
    for (const field of [seed, epochs, device, ...presets]) field.disabled = locked;
    const webgpu = device.options[1];
    webgpu.disabled = capabilities !== null && !capabilities.webgpu.available;
    webgpu.textContent = webgpu.disabled ? "WebGPU (not here)" : "WebGPU";
  });
}

/** @param {HTMLInputElement} field */
function wholeNumber(field) {
  const value = Math.round(Number(field.value));
  const [lo, hi] = [Number(field.min), Number(field.max)];
  return Math.min(hi, Math.max(lo, Number.isFinite(value) ? value : lo));
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
  store.subscribe(["train", "pausing", "busy", "data", "stale", "prepared", "history", "capabilities"], (state) => {
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
function statusText({ train, pausing, busy, data, stale, prepared, reason, history, settings, capabilities }) {
  if (train.state === "failed") return train.message ?? "Training failed.";
  if (pausing) return "Pausing after this step …";
  if (train.state === "running") {
    const left = train.seconds_left === null ? "" : `, about ${duration(train.seconds_left)} left`;
    const what = train.run && RUNS[train.run] ? RUNS[train.run] : `Epoch ${train.epoch + 1}`;
    return `${what}${left}`;
  }
  if (busy) return `${busy} …`;
  if (!data?.ready) return "Waiting for two files that share people";
  if (stale && history.length > 0) return "Settings changed: Train starts afresh with them";
  if (train.state === "paused")
    return history.length > 0 ? `Paused after ${counted(history.length, "epoch", "epochs")}` : "Paused";
  if (train.state === "done") return `Done${reason ? `: ${reason}` : ` after ${history.length} epochs`}`;
  if (prepared?.note) return prepared.note;
  if (settings.device === "auto" && prepared?.device === "cpu") {
    return capabilities?.webgpu.fallback
      ? "Ready, on the CPU: WebGPU here is only emulated"
      : "Ready, on the CPU: no WebGPU here";
  }
  return prepared ? "Ready" : "";
}
