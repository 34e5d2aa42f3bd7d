// Start, pause, go on and stop, how long it takes and how far it is.

import { byId } from "../dom.js";
import { duration } from "../format.js";
import { say } from "../said.js";
import { words } from "../words/words.js";

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
  store.subscribe(["plan", "standing", "done", "under_way", "failed", "language"], (state) => {
    const { plan, standing, done } = state;
    const isBusy = standing === "running" || standing === "pausing";
    const jobs = plan?.planned.jobs.length ?? 0;
    const focused = document.activeElement;
    // Whoever clicks does not look for the next button with the keys.
    const isByKeys = focused?.matches(":focus-visible") ?? false;
    play.disabled = !plan || isBusy || (jobs > 0 && done.size >= jobs && state.failed.size === 0);
    playText.textContent = standing === "paused" ? words.experiments.goOn : standing === "done" && state.failed.size > 0 ? words.experiments.tryAgain : words.experiments.start;
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
  store.subscribe(["note", "error", "plan_error", "failed", "language"], (state) => {
    const { note: told, error, plan_error, failed } = state;
    say(note, (error ?? plan_error)?.() ?? [told?.(), failuresOf(state)].filter(Boolean).join(" "));
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
    const now = `${store.state.standing} ${store.state.language}`;
    const isNew = now !== standing;
    standing = now;
    const wait = isNew ? 0 : last + STATUS_MILLISECONDS - performance.now();
    if (wait <= 0) draw();
    else if (!timer) timer = window.setTimeout(draw, wait);
  };
  store.subscribe(["plan", "plan_error", "looked_at", "standing", "done", "left", "pace", "measuring", "under_way", "workers", "language"], soon);
  main.subscribe(["data", "busy", "capabilities"], soon);
}

/**
 * @param {State} main
 * @param {LabState} state
 */
function statusOf({ capabilities, data, busy }, state) {
  const { plan, plan_error, looked_at, standing, done, under_way, workers } = state;
  const said = words.experiments;
  if (looked_at) return said.ofOtherData(done.size, looked_at.jobs, looked_at.domains);
  if (!plan) {
    if (plan_error) return "";
    return !capabilities || busy ? words.notices.starting : !data?.ready ? said.loadFirst : said.planning;
  }
  const jobs = plan.planned.jobs.length;
  const left = timeLeft(state);
  switch (standing) {
    case "running":
      return said.running(done.size, jobs, left);
    case "pausing":
      return said.pausing(done.size, jobs, under_way.size);
    case "paused":
      return said.paused(done.size, jobs, left, said.workers(workers));
    case "done":
      return state.failed.size > 0 ? said.doneBut(done.size, jobs, state.failed.size) : said.done(jobs);
    default:
      return `${said.jobs(jobs)}${estimate(state, left)}`;
  }
}

/** Before the start: how long, and how that is known. @param {LabState} state @param {string} left */
function estimate({ measuring, left: seconds, workers, plan, done }, left) {
  const models = new Set(plan?.planned.jobs.map(({ job }) => job.model)).size;
  const known = new Set(plan?.planned.jobs.filter(({ name }) => done.has(name)).map(({ job }) => job.model)).size;
  if (measuring) return words.experiments.timing(known, models);
  return seconds === null ? "" : words.experiments.estimate(left, words.experiments.workers(workers), known, models);
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
  return words.experiments.failed(name, failed.size - 1, why());
}
