// What the events of a training mean for the state, and which device it runs on.

/** @import { TrainingEvent } from "./protocol.js" */
/** @import { State } from "./store.js" */

/**
 * @param {State} state
 * @param {TrainingEvent[]} events
 * @returns {{ patch: Partial<State>, ended: boolean }} ended: whether the main run is through, so that the map rests
 */
export function digest(state, events) {
  /** @type {Partial<State>} */
  const patch = {};
  let ended = false;
  for (const event of events) {
    if (event.type === "started" && event.run === "main") {
      // For the first time, or again on the CPU after WebGPU was lost.
      patch.history = [];
      if (state.prepared) patch.prepared = { ...state.prepared, device: event.device.toLowerCase() };
    } else if (event.type === "epoch" && event.run === "main") {
      patch.history = [...(patch.history ?? state.history), event];
    } else if (event.type === "finished" && event.run === "main") {
      patch.reason = event.reason;
      ended = true;
    } else if (event.type === "report") {
      patch.report = event.report;
      patch.complete = event.complete;
    }
  }
  return { patch, ended };
}

/**
 * Auto is the faster of WebGPU and the CPU where there is a real adapter, and the CPU otherwise.
 * @param {State} state
 * @returns {"webgpu" | "cpu" | "fastest"}
 */
export function deviceFor({ settings, capabilities }) {
  if (settings.device !== "auto") return settings.device;
  return capabilities?.webgpu.available && !capabilities.webgpu.fallback ? "fastest" : "cpu";
}
