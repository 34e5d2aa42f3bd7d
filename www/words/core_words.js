// The shape of what the page says in another language for the closed lists of the core: settings, models and experiments, each
// by its name. The core has them in English.

/** @import { Config } from "../border.d.ts" */

/**
 * @typedef {object} FieldWords
 * @property {string} label
 * @property {string} help
 * @property {string} [none] what an empty field means
 *
 * @typedef {object} CoreWords
 * @property {Record<keyof Config, FieldWords>} fields
 * @property {Record<string, string>} groups of settings, by their English headings
 * @property {Record<string, string>} models what each is, in a line
 * @property {Record<string, { title: string, shows: string, claim: string, source: string }>} experiments
 */

export {};
