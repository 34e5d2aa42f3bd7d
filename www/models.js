// The models that can be chosen, as the core lists them, and what the page has to know of the one that is set up.

/** @import { Model } from "./border.d.ts" */
/** @import { State } from "./store.js" */

/**
 * A model of the core's list.
 * @param {State} state
 * @param {string | undefined} name
 * @returns {Model | null}
 */
export const modelCalled = ({ capabilities }, name) => capabilities?.models.find((model) => model.name === name) ?? null;

/** The model that is set up; before that, the one that is chosen. @param {State} state */
export const modelOf = (state) => modelCalled(state, state.prepared?.model ?? state.settings.config.model);

/** Whether what is set up has no clouds to show. @param {Pick<State, "prepared" | "map">} state */
export const isMapless = ({ prepared, map }) => prepared !== null && map === null;

/** What a model can do, in a sentence. @param {Model} model */
export function abilities({ crosses, cold_users, features }) {
  const reach = !crosses
    ? "Knows each domain by itself: nothing crosses"
    : cold_users
      ? "What people like crosses, to newcomers too"
      : "Something crosses between the domains";
  return `${reach}; ${features ? "uses feature tables" : "uses no feature tables"}.`;
}

/** Whether a chain is drawn, or will be: figures then come by sweep. @param {Pick<State, "prepared" | "sweeps">} state */
export const isSampled = ({ prepared, sweeps }) => prepared?.samples === true || sweeps.length > 0;

/** Why there are no clouds of a model that is sampled: a map has too little to go by. */
export const NO_MAP =
  "No two of the domains share 30 people with ratings in both. From fewer a map cannot be learnt: what crosses is kindness, how high somebody rates, and there are no clouds to turn. Figures and recommendations are as for any model.";

/** Why there are no clouds of a model. @param {Model} model */
export const noClouds = ({ name, has_map }) =>
  has_map
    ? `The map of ${name} works inside it and is not drawn. Its figures and recommendations are as for any model.`
    : `${name} learns no map between the people of the domains, so that there are no clouds to turn. Its figures and recommendations are as for any model.`;
