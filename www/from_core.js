// What the core calls its settings, models and experiments, in the language that is spoken: in English as it says it, else by
// name from the page's words.

import { capital } from "./format.js";
import { words } from "./words/words.js";

/** @import { Experiment, Field, Model } from "./border.d.ts" */

/** @param {Pick<Field, "name" | "label">} field */
export const labelOf = ({ name, label }) => words.core?.fields[name].label ?? label;

/** @param {Pick<Field, "name" | "help">} field */
export const helpOf = ({ name, help }) => words.core?.fields[name].help ?? help;

/** What an empty field means. @param {Pick<Field, "name" | "none">} field */
export const noneOf = ({ name, none }) => (none === null ? null : (words.core?.fields[name].none ?? none));

/** What a choice of a setting is called. @param {Pick<Field, "name">} field @param {string} option */
export const optionOf = ({ name }, option) => words.core?.fields[name].options?.[option] ?? option;

/** The heading of settings. @param {string} group */
export const groupOf = (group) => words.core?.groups[group] ?? group;

/** What a model is, in a line. @param {Pick<Model, "name" | "description">} model */
export const descriptionOf = ({ name, description }) => words.core?.models[name] ?? description;

/** "few-ratings" as people write it. @param {string} name of an experiment */
export const titleOf = (name) => words.core?.experiments[name]?.title ?? capital(name.replaceAll("-", " "));

/** @param {Experiment} experiment */
export const showsOf = ({ name, shows }) => words.core?.experiments[name]?.shows ?? shows;

/** @param {Experiment} experiment */
export const sourceOf = ({ name, source }) => words.core?.experiments[name]?.source ?? source;

/** @param {Experiment} experiment */
export const claimOf = ({ name, claim }) => words.core?.experiments[name]?.claim ?? claim;
