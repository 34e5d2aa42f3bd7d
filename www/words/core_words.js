// The shape of what the page says in another language for the closed lists of the core: settings, models and experiments, each
// by its name. In English the core says them itself.

/** @import { Config } from "../border.d.ts" */

/**
 * @typedef {object} FieldWords
 * @property {string} label
 * @property {string} help
 * @property {string} [none] what an empty field means
 * @property {Record<string, string>} [options] what choices are called whose names are English words
 *
 * @typedef {object} ExperimentWords
 * @property {string} title
 * @property {string} shows
 * @property {string} source where it is in the paper, or why it is here
 * @property {string} claim what the paper claims; empty where nothing
 *
 * @typedef {object} CoreWords
 * @property {Record<keyof Config, FieldWords>} fields
 * @property {Record<string, string>} groups headings of settings, by those of the core
 * @property {Record<string, string>} models what each is, in a line
 * @property {Record<string, ExperimentWords>} experiments
 */

export {};
