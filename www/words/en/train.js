// Block 2 and the settings: the training, what can be set, and links to both.

import { count, counted, duration, fixed, plainNumber } from "../../format.js";

/** @import { Run } from "../../border.d.ts" */
/** @import { PresetName } from "../../store.js" */

export const train = {
  train: "Train",
  goOn: "Continue",
  again: "Train again",
  oneEpoch: "One epoch",
  oneSweep: "One sweep",
  settings: "Settings",
  /** @param {number} changed */
  settingsChanged: (changed) => `Settings (${changed})`,
  /** Behind a setting that is not as its recipe has it. */
  changed: "changed",
  /** @param {string} size */
  withSecondModule: (size) => `With the second module${size}`,
  /** How much there is to load, after a name. @param {string} bytes @param {string} compressed */
  size: (bytes, compressed) => ` (${bytes}, ${compressed} where the server compresses)`,
  noWebgpu: "WebGPU (not here)",
  /** @param {number} all */
  allOf: (all) => `all ${count(all)}`,
  /** @param {number} some @param {number} all */
  someOf: (some, all) => `${count(some)} of ${count(all)}`,
  notSetUp: "not set up",
  /** What each training of the measurement is. @type {Record<Run, string>} */
  runs: {
    main: "the model",
    without_transfer: "alone",
    shuffled: "shuffled links",
    cold: "newcomers",
    cold_without_transfer: "newcomers alone",
    cold_biases: "newcomers, biases only",
    cold_shuffled: "newcomers, shuffled links",
    cold_shuffled_again: "newcomers, shuffled again",
    everything: "",
  },
  /** @param {number} n */
  epochs: (n) => counted(n, "epoch", "epochs"),
  /** @param {number} n */
  sweeps: (n) => counted(n, "sweep", "sweeps"),

  failed: "Training failed.",
  pausing: "Pausing after this step …",
  /** @param {number} seconds */
  left: (seconds) => `, about ${duration(seconds)} left`,
  waiting: "Waiting for two files or more that share people",
  unfit: "Can't be trained on as they are: see what is said at the files",
  stale: "Settings changed: Train starts afresh with them",
  paused: "Paused",
  /** @param {string} at */
  pausedAt: (at) => `Paused. ${at}`,
  /** @param {number} sweep @param {number} sweeps */
  pausedAfterSweep: (sweep, sweeps) => `Paused after sweep ${sweep} of ${sweeps}`,
  /** @param {number} epochs */
  pausedAfterEpochs: (epochs) => `Paused after ${counted(epochs, "epoch", "epochs")}`,
  /** Epochs and sweeps that are done. @param {string[]} done */
  after: (done) => done.join(" and "),
  /** @param {string} done */
  doneAfter: (done) => `Done after ${done}`,
  /** @param {string} why */
  done: (why) => `Done: ${why}`,
  ready: "Ready.",
  /** @param {boolean} fallback whether there is one that is none of a card */
  readyOnCpu: (fallback) => `Ready, on the CPU: no ${fallback ? "real " : ""}WebGPU here.`,
  watch: "Train, and watch the map.",
  /** @param {string} why */
  webgpuRefused: (why) => `Ready, on the CPU: WebGPU did not start (${why})`,
  /** @param {number} repeat @param {number} repeats */
  repeat: (repeat, repeats) => `, repeat ${repeat} of ${repeats}`,
  /** @param {number} sweep @param {number} sweeps */
  atSweep: (sweep, sweeps) => `, sweep ${sweep} of ${sweeps}`,
  /** @param {number} epoch */
  atEpoch: (epoch) => `, epoch ${epoch}`,
  /** @param {string} step */
  trainingKept: (step) => `Training the model that is kept, on all ratings${step}`,
  /** @param {number} run @param {number} runs @param {string} what @param {string} rest */
  measuring: (run, runs, what, rest) => `Measuring ${run} of ${runs}: ${what}${rest}`,
  /** @param {string} steps @param {number} seconds */
  kept: (steps, seconds) => `Kept model: ${steps} on everything, ${seconds < 10 ? fixed(seconds, 1) : count(seconds)}\u202fs`,

  /** What a model can do. @param {boolean} crosses @param {boolean} toNewcomers @param {boolean} features */
  abilities(crosses, toNewcomers, features) {
    const reach = !crosses
      ? "Knows each domain by itself: nothing crosses"
      : toNewcomers
        ? "What people like crosses, to newcomers too"
        : "Something crosses between the domains";
    return `${reach}; ${features ? "uses feature tables" : "uses no feature tables"}.`;
  },
  noMap:
    "No two of the domains share 30 people with ratings in both. From fewer a map cannot be learnt: what crosses is kindness, how high somebody rates, and there are no clouds to turn. Figures and recommendations are as for any model.",
  /** @param {string} name */
  mapInside: (name) => `The map of ${name} works inside it and is not drawn. Its figures and recommendations are as for any model.`,
  /** @param {string} name */
  noClouds: (name) =>
    `${name} learns no map between the people of the domains, so that there are no clouds to turn. Its figures and recommendations are as for any model.`,

  /** @param {string} size */
  loadingSecondModule: (size) => `Loading the second module${size}`,
  /** @param {string} network */
  theNetwork: (network) => `the network ${network}`,
  /** @param {string} encoder */
  theEncoder: (encoder) => `the encoder ${encoder}`,
  /** @param {string} what @param {string} why */
  secondModuleMissing: (what, why) =>
    `The second module, with which ${what} trains, could not be loaded (${why}). Files, settings and what was learnt are as they were: connect and press Train again, or choose another.`,

  backToPreset: "Back to the preset",
  locked: "Locked while it trains",
  /** @type {Record<PresetName, string>} */
  presets: { robust: "robust", paper: "paper" },
  /** @param {string} preset */
  fromPreset: (preset) => `From the preset “${preset}”; changes are marked`,
  /** @param {string} value */
  inPaper: (value) => `Paper: ${value}`,
  yes: "yes",
  no: "no",
  empty: "empty",
  /** @param {string} value @param {string} allowed */
  stays: (value, allowed) => `Stays ${value}. Use ${allowed}.`,
  /** @param {string} field @param {string} value @param {string} allowed */
  fieldStays: (field, value, allowed) => `${field} stays ${value}. Use ${allowed}.`,
  /**
   * What may be typed, as the end of "Use …".
   * @param {{ lo: number, hi: number, whole: boolean, most: number | undefined, none: string | undefined }} allowed
   */
  allowed({ lo, hi, whole, most, none }) {
    const [one, many] = whole ? ["a whole number", "whole numbers"] : ["a number", "numbers"];
    const kind = most === undefined ? one : `1 to ${most} ${many}`;
    const ends = hi === Infinity ? ` from ${plainNumber(lo)} up` : ` from ${plainNumber(lo)} to ${plainNumber(hi)}`;
    return `${kind}${ends}${none === undefined ? "" : `, or nothing for ${none}`}`;
  },

  /** What is left out of a link. @param {string[]} parts */
  leftOut: (parts) => `This was left out of the link: ${parts.join("; ")}. The rest of it is shown.`,
  /** @param {readonly string[]} values */
  useOneOf: (values) => `use ${values.join(" or ")}`,
  usePerson: "use the letter of a domain and a number, as in a-12",
  useShare: "use a number from 0 to 1",
  unknownKey: "nothing is called that",
  noSuchModel: "there is no such model",
  /** @param {string} label */
  useTruth: (label) => `${label}: use true or false`,
  /** @param {string} label @param {string[]} options */
  useOption: (label, options) => `${label}: use ${options.join(", ")}`,
  /** @param {string} label @param {string} allowed */
  useAllowed: (label, allowed) => `${label}: use ${allowed}`,
  nobodyThere: "these data have nobody there",

  report: {
    generated: "generated sample data",
    /** @param {string} name @param {number} ratings @param {number} people @param {number} items @param {string} origin */
    domain: (name, ratings, people, items, origin) =>
      `${name}: ${count(ratings)} ratings, ${count(people)} people, ${count(items)} items (${origin})`,
    /** @param {number[]} seeds */
    seeds: (seeds) => (seeds.length > 1 ? `seeds ${seeds.join(", ")}` : `seed ${seeds[0]}`),
    /** @param {string} preset */
    recipe: (preset) => `recipe “${preset}”`,
    settings: "Settings",
    data: "Data",
    /** @param {string} when @param {boolean} isDone */
    printed: (when, isDone) => `Printed ${when}${isDone ? "" : "; the training is not at its end"}.`,
    /** @param {string} model @param {string} how */
    model: (model, how) => `Model ${model}. ${how}.`,
  },
};
