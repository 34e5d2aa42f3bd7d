// What is seen of experiments. Blocks subscribe to the fields that they draw; only experiments.js and its helpers write.

import { language } from "../language.js";
import { Watched } from "../watched.js";

/** @import { Config, OnBoard, Planned, Request, Showing } from "../border.d.ts" */
/** @import { Language } from "../language.js" */
/** @import { Saying } from "../words/words.js" */
/** @import { Kept } from "./records.js" */

/**
 * What the form asks for.
 * @typedef {object} Wish
 * @property {string[]} models
 * @property {number} folds
 * @property {number} seeds
 * @property {boolean} newcomers
 * @property {boolean} placebos
 * @property {string[]} points empty for all
 * @property {number} budget tries that each model gets where settings are searched for
 */

/**
 * A plan with all that it was made of.
 * @typedef {object} Plan
 * @property {string} id of its terms: the folder in which its results are kept
 * @property {Request} request
 * @property {Config} config
 * @property {string} data what tells the data from others
 * @property {string[]} domains what the data are called
 * @property {Planned} planned
 */

/** @typedef {{ fraction: number }} UnderWay a job that a worker is at */

/** @typedef {"idle" | "running" | "pausing" | "paused" | "done"} Standing */

/**
 * @typedef {object} LabState
 * @property {Language} language as in the page's own state
 * @property {string} name of the experiment that is chosen
 * @property {Wish | null} wish null before the core has told of its experiments
 * @property {Config | null} config the settings of a kept experiment that was opened; null for those of the first view
 * @property {Plan | null} plan of the wish; null while it is made and where it cannot be
 * @property {Saying | null} plan_error why there is none
 * @property {Kept | null} looked_at a kept experiment of other data, of which there is no plan
 * @property {Set<string>} done jobs whose results are there
 * @property {number | null} left seconds of one core for the others; null while nothing is known
 * @property {OnBoard["ready"]} ready where a job can wait for others, those whose turn it is; null where none waits
 * @property {{ trained: number, passed: number }} pace seconds of trainings in this run, and what passed in them; the latest
 *   jobs count most
 * @property {{ done: number, all: number } | null} measuring models of which a job was timed before the start; null when
 *   nobody is at it
 * @property {Standing} standing
 * @property {ReadonlyMap<string, UnderWay>} under_way
 * @property {ReadonlyMap<string, Saying>} failed jobs that cannot be done, and why
 * @property {Saying | null} note what there is to say of the run
 * @property {Saying | null} error why it stopped
 * @property {Showing | null} showing what the results say so far
 * @property {boolean} drawing whether that is being worked out anew
 * @property {number} width of a figure, in pixels
 * @property {Kept[]} kept
 * @property {Saying | null} unkept why results are lost with the page; null where they are kept
 * @property {number} workers
 */

/** @type {Pick<LabState, "plan" | "plan_error" | "looked_at" | "done" | "left" | "ready" | "pace" | "measuring" | "standing" | "under_way" | "failed" | "note" | "error" | "showing">} */
export const NO_PLAN = {
  plan: null,
  plan_error: null,
  looked_at: null,
  done: new Set(),
  left: null,
  ready: null,
  pace: { trained: 0, passed: 0 },
  measuring: null,
  standing: "idle",
  under_way: new Map(),
  failed: new Map(),
  note: null,
  error: null,
  showing: null,
};

/** All cores but the one that draws the page. */
const WORKERS = Math.max(1, (navigator.hardwareConcurrency || 2) - 1);

/** @extends {Watched<LabState>} */
export class LabStore extends Watched {
  constructor() {
    super({
      language,
      name: "",
      wish: null,
      config: null,
      ...NO_PLAN,
      drawing: false,
      width: 640,
      kept: [],
      unkept: null,
      workers: WORKERS,
    });
  }
}
