// What the events of a training mean for the state, and which device it runs on.

/** @import { Capabilities, Config, DeviceChoice, TrainState, TrainingEvent } from "./border.d.ts" */
/** @import { State } from "./store.js" */

/**
 * @param {State} state
 * @param {TrainingEvent[]} events
 * @returns {{ patch: Partial<State>, ended: boolean, kept: boolean }} ended: whether the main run is through, so that the
 *   map rests; kept: whether the model that is kept is there, so that the recommendations are its own
 */
export function digest(state, events) {
  /** @type {Partial<State>} */
  const patch = {};
  let [ended, kept] = [false, false];
  for (const event of events) {
    if (event.type === "report") {
      patch.report = event.report;
      patch.verdict = event.verdict;
      patch.complete = event.complete;
    } else if (event.type === "finished" && event.run === "everything") {
      kept = true;
    } else if (event.run !== "main" || event.repeat > 0) {
      // The page shows the first main run; the others are heard of through the report.
    } else if (event.type === "started") {
      // For the first time, or again on the CPU after WebGPU was lost.
      patch.history = [];
      patch.sweeps = [];
      if (state.prepared) patch.prepared = { ...state.prepared, device: event.device };
    } else if (event.type === "epoch") {
      patch.history = [...(patch.history ?? state.history), event];
    } else if (event.type === "sweep") {
      const { sweep, sweeps, links } = event;
      patch.sweeps ??= [...state.sweeps];
      patch.sweeps.push({ sweep, sweeps, links });
    } else if (event.type === "finished") {
      patch.reason = event.reason;
      ended = true;
    }
  }
  return { patch, ended, kept };
}

/**
 * Where the training that goes on stands among those of the measurement.
 * @param {TrainState} train
 * @param {Partial<Config>} config what it was set up with
 * @returns {{ run: number, runs: number, repeat: number, repeats: number }} run and repeat count from 1; the model that
 *   is kept is none of the runs
 */
export function place({ runs: [done, all] }, { repeats = 1, train_on_everything: keeps = false }) {
  const runs = Math.max(1, Math.round((all - Number(keeps)) / repeats));
  return { run: (done % runs) + 1, runs, repeat: Math.min(repeats, Math.floor(done / runs) + 1), repeats };
}

/**
 * Auto is the faster of WebGPU and the CPU where there is a real adapter, and the CPU otherwise.
 * @param {{ settings: { device: DeviceChoice | "auto" }, capabilities: Capabilities | null }} state
 * @returns {DeviceChoice}
 */
export function deviceFor({ settings, capabilities }) {
  if (settings.device !== "auto") return settings.device;
  return capabilities?.webgpu.available && !capabilities.webgpu.fallback ? "fastest" : "cpu";
}
