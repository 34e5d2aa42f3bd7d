// The view of experiments.

import { count, counted, listOf } from "../../format.js";

export const experiments = {
  start: "Start",
  goOn: "Go on",
  tryAgain: "Try again",
  /** @param {number} n */
  jobs: (n) => counted(n, "job", "jobs"),
  /** @param {number} n */
  workers: (n) => counted(n, "worker", "workers"),
  loadFirst: "Load two rating files under Train first",
  planning: "Planning",
  /** @param {number} done @param {number} jobs @param {string[]} names */
  ofOtherData: (done, jobs, names) => `${done} of ${counted(jobs, "job", "jobs")}, made from other data (${listOf(names)}). Load those under Train to go on.`,
  /** @param {number} done @param {number} jobs @param {string} left */
  running: (done, jobs, left) => `${count(done)} of ${counted(jobs, "job", "jobs")}${left ? `, about ${left} left` : ""}`,
  /** @param {number} done @param {number} jobs @param {number} underWay */
  pausing: (done, jobs, underWay) =>
    `Pausing at ${count(done)} of ${counted(jobs, "job", "jobs")}: ${counted(underWay, "job under way ends", "jobs under way end")} first`,
  /** @param {number} done @param {number} jobs @param {string} left @param {string} workers */
  paused: (done, jobs, left, workers) => `${count(done)} of ${counted(jobs, "job", "jobs")} done${left ? `; about ${left} left with ${workers}` : ""}`,
  /** @param {number} done @param {number} jobs @param {number} failed */
  doneBut: (done, jobs, failed) => `${count(done)} of ${counted(jobs, "job", "jobs")} done, ${count(failed)} failed`,
  /** @param {number} jobs */
  done: (jobs) => `Done: ${counted(jobs, "job", "jobs")}`,
  /** @param {number} known @param {number} models */
  timing: (known, models) => `; timing the shortest job of each model, ${known} of ${models}`,
  /** @param {string} left @param {string} workers @param {number} known @param {number} models */
  estimate(left, workers, known, models) {
    const from = known < models ? `${known} of ${models} models` : models === 1 ? "the model" : counted(models, "model", "models");
    return `, about ${left} with ${workers} (from the shortest job of ${from})`;
  },
  /** @param {string} job @param {number} others @param {string} why */
  failed: (job, others, why) => `Failed: ${job}${others > 0 ? ` (and ${others} more)` : ""}: ${why}`,

  withKeptSettings: "With the settings that it was begun with.",
  withSettings: "With the settings of the view Train.",
  always: "Always there, to compare with",
  needsSecondModule: "Needs the second module, which this page has not",
  loadsSecondModule: "Its workers load the second module",
  /** @param {number} n */
  models: (n) => counted(n, "model", "models"),
  noModels: "none but mean and bias",
  allPoints: "All",
  firstPoint: "Only the first",
  /** @param {number} all */
  ofPoints: (all) => `all ${all}`,
  /** @param {number} some @param {number} all */
  somePoints: (some, all) => `${some} of ${all}`,

  whyHere: "Why it is here",
  paper: "The paper",
  /** @param {string} source */
  paperAt: (source) => `The paper, ${source}`,
  tooLittleSaid: "These points say too little for a sentence: see the figure, or ask for more of them.",
  tooLittleDone: "Too little is done to say something.",
  nothingMeasured: "Nothing was measured yet.",
  /** @param {number} done @param {number} jobs */
  fromSome: (done, jobs) => `From ${count(done)} of ${counted(jobs, "job", "jobs")} so far`,
  /** @param {number} jobs */
  fromAll: (jobs) => `From all ${counted(jobs, "job", "jobs")}`,
  numbers: "The numbers behind it",
  /** @param {string} title */
  numbersBehind: (title) => `The numbers behind “${title}”`,
  save: "Save",
  /** @param {string} title @param {string} kind */
  saveAs: (title, kind) => `Save “${title}” as ${kind}`,
  /** @param {number} rows */
  moreRows: (rows) => `and ${rows} rows more, which the CSV has`,

  use: "Use these settings",
  /** @param {string} model */
  useOf: (model) => `Use these settings of ${model}`,
  /** @param {{ model: string, number: number, tries: number, budget: number, value: string, before: string | null }} best */
  found({ model, number, tries, budget, value, before }) {
    const of = tries < budget ? `${tries} of ${counted(budget, "try", "tries")} so far` : counted(budget, "try", "tries");
    return `${model}: number ${number} of ${of}, error ${value} on validation${before === null ? "" : `, ${before} with the settings before`}`;
  },
  sameSettings: "These are the settings of the view Train.",
  /** @param {string} changes */
  changes: (changes) => `Changes ${changes}.`,
  /** @param {string} name @param {string} value */
  change: (name, value) => `${name} to ${value}`,

  /** @param {string} model */
  jobsOf: (model) => `Jobs of ${model}`,
  /** @param {number} done @param {number} all */
  doneOf: (done, all) => `${count(done)} of ${count(all)}`,
  /** @param {number} n */
  nFailed: (n) => `${count(n)} failed`,
  noLinks: "no links",
  shuffledLinks: "shuffled links",
  newcomers: "newcomers",
  /** @param {number} n */
  fold: (n) => `fold ${n}`,
  /** @param {number} n */
  seed: (n) => `seed ${n}`,
  /** @param {string} job */
  progressOf: (job) => `Progress of ${job}`,

  /** @param {string} why */
  lost: (why) => `${why}: results are lost when the page is closed. Save what you need.`,
  nothingKept: "Nothing yet. What is begun is kept in this browser, result by result, and can be gone on with after a reload.",
  /** @param {string} title @param {string[]} domains */
  kept: (title, domains) => `${title}, ${listOf(domains)}`,
  remove: "Delete",
  /** @param {string} name */
  removeOf: (name) => `Delete ${name}`,
  /** @param {number} done @param {number} jobs @param {string} when */
  facts: (done, jobs, when) => `${count(done)} of ${count(jobs)} jobs, ${when}`,

  runsFirst: "The experiment runs: pause or stop it before its settings are changed",
  trainsFirst: "A training runs: pause or stop it before its settings are changed",
  /** @param {string} changes */
  settingsChanged: (changes) => `Settings of the view Train changed: ${changes}`,
  /** @param {string} name @param {string} other */
  isRunning: (name, other) => `${name} is running: pause or stop it before you choose ${other}`,
  dataChanged: "Data or settings were changed: the experiment was stopped. What is done is kept.",
  dataNotReady: "The data cannot be used yet: see Data under Train",
  planGone: "Its plan is gone; delete it",
  /** @param {number} results @param {string} why */
  unreadable: (results, why) => `${results === 1 ? "One result" : `${results} results`} could not be read (${why}) and will be worked out again`,
  /** @param {string[]} models */
  missingModule: (models) => `${models.join(", ")}: this needs the second module, which this page does not have. Leave it out`,
  /** @param {number} jobs */
  atOnce: (jobs) => `On WebGPU ${jobs} jobs are done at once.`,
  /** @param {string} job @param {string} why */
  again: (job, why) => `A worker died at ${job} (${why}). Another does that job again.`,
  otherTab: "This experiment runs in another tab of this browser. Pause it there first",
  /** @param {number} deaths @param {string} why */
  deaths: (deaths, why) => `${deaths} workers died at it, the last with: ${why}`,
  noResult: "it ended without a result",
  noPicture: "This browser could not make a picture of the drawing; save the SVG",
  noDrawing: "The drawing could not be read",
};
