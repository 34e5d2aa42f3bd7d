// Start, pause, go on and stop, how long it takes and how far it is.

import { byId } from "../dom.js";
import { count, counted, duration } from "../format.js";

/** @import { State, Store } from "../store.js" */
/** @import { Experiments } from "./experiments.js" */
/** @import { LabState, LabStore } from "./state.js" */

/** A status that changes more often than this only chatters. */
const STATUS_MILLISECONDS = 1000;

/**
 * @param {Store} main
 * @param {LabStore} store
 * @param {Experiments} experiments
 */
export function setUpRun(main, store, experiments) {
  const play = byId("lab-play", HTMLButtonElement);
  const playText = byId("lab-play-text", HTMLElement);
  const pause = byId("lab-pause", HTMLButtonElement);
  const stop = byId("lab-stop", HTMLButtonElement);
  const progress = byId("lab-progress", HTMLProgressElement);
  const status = byId("lab-status", HTMLElement);
  const finding = byId("lab-finding", HTMLElement);
  play.addEventListener("click", () => void experiments.play());
  pause.addEventListener("click", () => experiments.pause());
  stop.addEventListener("click", () => experiments.stop());
  store.subscribe(["plan", "standing", "done", "under_way", "failed"], (state) => {
    const { plan, standing, done } = state;
    const isBusy = standing === "running" || standing === "pausing";
    const jobs = plan?.planned.jobs.length ?? 0;
    const focused = document.activeElement;
    // Whoever clicks does not look for the next button with the keys.
    const isByKeys = focused?.matches(":focus-visible") ?? false;
    play.disabled = !plan || isBusy || (jobs > 0 && done.size >= jobs && state.failed.size === 0);
    playText.textContent = standing === "paused" ? "Go on" : standing === "done" && state.failed.size > 0 ? "Try again" : "Start";
    pause.disabled = standing !== "running";
    stop.disabled = !isBusy;
    progress.value = fraction(state);
    document.body.dataset.lab = standing;
    // What changes every second is not read aloud; how it stands is, and what was found.
    for (const text of [status, finding]) text.setAttribute("aria-live", isBusy ? "off" : "polite");
    const next = !play.disabled ? play : standing === "running" ? pause : status;
    const isLost = [play, pause, stop].some((button) => button === focused && button.disabled);
    if ((isLost && isByKeys) || (focused === status && next === play)) next.focus();
  });
  setUpStatus(main, store);
  const note = byId("lab-note", HTMLElement);
  store.subscribe(["note", "error", "plan_error", "failed"], (state) => {
    const { note: told, error, plan_error, failed } = state;
    note.textContent = error ?? plan_error ?? [told, failuresOf(state)].filter(Boolean).join(" ");
    note.classList.toggle("error", Boolean(error ?? plan_error) || failed.size > 0);
  });
}

/** How much of all jobs is done, those under way with their part. @param {LabState} state */
function fraction({ plan, done, under_way }) {
  const jobs = plan?.planned.jobs.length ?? 0;
  const parts = [...under_way.values()].reduce((sum, { fraction }) => sum + fraction, 0);
  return jobs === 0 ? 0 : Math.min(1, (done.size + parts) / jobs);
}

/** @param {Store} main @param {LabStore} store */
function setUpStatus(main, store) {
  const status = byId("lab-status", HTMLElement);
  let [last, timer, standing] = [0, 0, ""];
  const draw = () => {
    clearTimeout(timer);
    timer = 0;
    last = performance.now();
    const text = statusOf(main.state, store.state);
    if (status.textContent !== text) status.textContent = text;
  };
  const soon = () => {
    const isNew = store.state.standing !== standing;
    standing = store.state.standing;
    const wait = isNew ? 0 : last + STATUS_MILLISECONDS - performance.now();
    if (wait <= 0) draw();
    else if (!timer) timer = window.setTimeout(draw, wait);
  };
  store.subscribe(["plan", "plan_error", "looked_at", "standing", "done", "left", "pace", "measuring", "under_way", "workers"], soon);
  main.subscribe(["data", "busy", "capabilities"], soon);
}

/**
 * @param {State} main
 * @param {LabState} state
 */
function statusOf({ capabilities, data, busy }, state) {
  const { plan, plan_error, looked_at, standing, done, under_way, workers } = state;
  if (looked_at) {
    const names = looked_at.domains.join(" and ");
    return `${done.size} of ${counted(looked_at.jobs, "job", "jobs")}, made from other data (${names}). Load those under Train to go on.`;
  }
  if (!plan) {
    if (plan_error) return "";
    return !capabilities || busy ? "Starting" : !data?.ready ? "Load two rating files under Train first" : "Planning";
  }
  const jobs = counted(plan.planned.jobs.length, "job", "jobs");
  const left = timeLeft(state);
  switch (standing) {
    case "running":
      return `${count(done.size)} of ${jobs}${left ? `, about ${left} left` : ""}`;
    case "pausing":
      return `Pausing at ${count(done.size)} of ${jobs}: ${counted(under_way.size, "job under way ends", "jobs under way end")} first`;
    case "paused":
      return `${count(done.size)} of ${jobs} done${left ? `; about ${left} left with ${counted(workers, "worker", "workers")}` : ""}`;
    case "done":
      return state.failed.size > 0 ? `${count(done.size)} of ${jobs} done, ${count(state.failed.size)} failed` : `Done: ${jobs}`;
    default:
      return `${jobs}${estimate(state, left)}`;
  }
}

/** Before the start: how long, and how that is known. @param {LabState} state @param {string} left */
function estimate({ measuring, left: seconds, workers, plan, done }, left) {
  const models = new Set(plan?.planned.jobs.map(({ job }) => job.model)).size;
  const known = new Set(plan?.planned.jobs.filter(({ name }) => done.has(name)).map(({ job }) => job.model)).size;
  if (measuring) return `; timing the shortest job of each model, ${known} of ${models}`;
  if (seconds === null) return "";
  const from = known < models ? `${known} of ${models} models` : counted(models, "model", "models");
  return `, about ${left} with ${counted(workers, "worker", "workers")} (from the shortest job of ${from === "1 model" ? "the model" : from})`;
}

/** @param {LabState} state */
const timeLeft = ({ left, workers, plan, done, pace }) => {
  const jobs = (plan?.planned.jobs.length ?? 0) - done.size;
  // Workers beside each other, and whatever else the machine does, make a job longer than it was alone.
  const slower = pace.trained > 0 ? pace.passed / pace.trained : 1;
  return left === null ? "" : duration((left * slower) / Math.max(1, Math.min(workers, jobs)));
};

/** What failed, each reason once. @param {LabState} state */
function failuresOf({ failed }) {
  if (failed.size === 0) return "";
  const [[name, why]] = failed;
  const others = failed.size > 1 ? ` (and ${failed.size - 1} more)` : "";
  return `Failed: ${name}${others}: ${why}`;
}
