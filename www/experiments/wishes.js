// What is asked of an experiment: as the form has it, and as the core has it.

/** @import { Experiment, Request } from "../border.d.ts" */
/** @import { Kept } from "./records.js" */
/** @import { Wish } from "./state.js" */

/** The experiment that searches for settings. */
export const TUNE = "tune";
/** As on the command line. */
const FOLDS = 5;
const BUDGET = 20;

/**
 * What an experiment is usually asked.
 * @param {Experiment} experiment
 * @param {string[]} all models
 * @returns {Wish}
 */
export const usual = ({ models }, all) => ({
  models: models.includes("all") ? all : [...models],
  folds: FOLDS,
  seeds: 1,
  newcomers: true,
  placebos: false,
  points: [],
  budget: BUDGET,
});

/** The page plans with folds alone. @param {Request} request */
export const foldsOf = ({ splitting }) => (typeof splitting === "object" ? splitting.folds : FOLDS);

/** What a kept experiment was asked. @param {Kept} kept @returns {Wish} */
export const wishOf = ({ request }) => ({
  models: request.models,
  folds: foldsOf(request),
  seeds: request.seeds,
  newcomers: request.has_cold_users,
  placebos: request.has_placebos,
  points: request.points,
  budget: request.budget || BUDGET,
});

/**
 * @param {string} experiment
 * @param {Wish} wish
 * @param {number} seed
 * @returns {Request}
 */
export const requestOf = (experiment, wish, seed) => ({
  experiment,
  // None are those that are always there; an empty list would be those of the experiment.
  models: wish.models.length > 0 ? wish.models : ["mean"],
  splitting: { folds: wish.folds },
  seed,
  seeds: wish.seeds,
  has_cold_users: wish.newcomers,
  has_placebos: wish.placebos,
  // A search for settings finds its points by itself.
  points: experiment === TUNE ? [] : wish.points,
  budget: experiment === TUNE ? wish.budget : 0,
});
