// The view of experiments: its state, its intents and its blocks.

import { Experiments } from "./experiments.js";
import { setUpFigures } from "./figures.js";
import { setUpForm } from "./form.js";
import { setUpFound } from "./found.js";
import { setUpJobs } from "./jobs.js";
import { setUpKept } from "./kept.js";
import { setUpRun } from "./run.js";
import { LabStore } from "./state.js";

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */

/**
 * @param {Store} main
 * @param {Actions} actions
 */
export function setUpExperiments(main, actions) {
  const store = new LabStore();
  const experiments = new Experiments(main, actions, store);
  main.subscribe(["language"], ({ language }) => store.set({ language }));
  setUpForm(main, store, actions, experiments);
  setUpRun(main, store, experiments);
  setUpKept(store, experiments);
  setUpFigures(main, store, experiments);
  setUpFound(main, store, experiments);
  setUpJobs(store);
  void experiments.start();
}
