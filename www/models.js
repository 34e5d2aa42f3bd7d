// The models that can be chosen, as the core lists them, and what the page has to know of the one that is set up.

import { words } from "./words/words.js";

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
export const abilities = ({ crosses, cold_users, features }) => words.train.abilities(crosses, cold_users, features);

/** Whether a chain is drawn, or will be: figures then come by sweep. @param {Pick<State, "prepared" | "sweeps">} state */
export const isSampled = ({ prepared, sweeps }) => prepared?.samples === true || sweeps.length > 0;

/** Why there are no clouds of a model. @param {Model} model */
export const noClouds = ({ name, has_map }) => (has_map ? words.train.mapInside(name) : words.train.noClouds(name));
