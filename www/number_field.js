// Fields for numbers. What is typed wrongly stays where it was typed, is marked and answered in one line; the setting
// stays as it was.

import { noneOf } from "./from_core.js";
import { words } from "./words/words.js";

/** @import { Field } from "./border.d.ts" */
/** @import { Saying } from "./words/words.js" */

/**
 * @typedef {object} Allowed
 * @property {[lo: number, hi: number]} range both ends may be used
 * @property {boolean} [whole] whether only whole numbers may
 * @property {number} [most] of a list: so many of them, and one at least
 * @property {string} [none] what an empty field means, where it may be empty
 */

/**
 * What may be typed for a setting that is a number, a list of numbers or nothing.
 * @param {Field} field
 * @returns {Allowed}
 */
export function allowedBy(field) {
  const { kind, range, most } = field;
  const [lo, hi] = range ?? [-Infinity, null];
  return { range: [lo, hi ?? Infinity], whole: kind !== "number", most: most ?? undefined, none: noneOf(field) ?? undefined };
}

/**
 * The value of a text, or undefined where it is none that is allowed.
 * @param {string} text
 * @param {Allowed} allowed
 * @returns {number | number[] | null | undefined}
 */
export function parsed(text, { range: [lo, hi], whole = false, most, none }) {
  const trimmed = text.trim();
  if (trimmed === "") return none === undefined ? undefined : null;
  const parts = most === undefined ? [trimmed.replace(",", ".")] : trimmed.split(/[\s,;]+/).filter(Boolean);
  const numbers = parts.map(Number);
  const fits = numbers.every((value) => value >= lo && value <= hi && (!whole || Number.isSafeInteger(value)));
  if (!fits || numbers.length === 0 || numbers.length > (most ?? 1)) return undefined;
  return most === undefined ? numbers[0] : numbers;
}

/**
 * What may be typed, as the end of "Use …".
 * @param {Allowed} allowed
 */
export const inWords = ({ range: [lo, hi], whole = false, most, none }) => words.train.allowed({ lo, hi, whole, most, none });

/**
 * What is said of fields that are wrong, by the place where it is said: several may share one.
 * @type {Map<HTMLElement, Map<HTMLInputElement, Saying>>}
 */
const said = new Map();

/**
 * Marks a field as wrong and says why, or as right.
 * @param {HTMLInputElement} field
 * @param {HTMLElement} place where it is said
 * @param {Saying | null} refusal
 */
export function answer(field, place, refusal) {
  if (refusal === null) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
  // What says more about the field has the place of its message in it.
  if (!field.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", place.id);
  const refusals = said.get(place) ?? new Map();
  refusals.delete(field);
  if (refusal) said.set(place, refusals.set(field, refusal));
  write(place, refusals);
}

/**
 * What is wrong with every field of the place, as long as it is: none may hold what nothing is said of.
 * @param {HTMLElement} place
 * @param {Map<HTMLInputElement, Saying>} refusals
 */
function write(place, refusals) {
  const text = [...new Set([...refusals.values()].map((refusal) => refusal()))].join(" ");
  // An alert that is written again is read again.
  if (place.textContent !== text) place.textContent = text;
  if (refusals.size === 0) said.delete(place);
}

/** Says it in another language. */
export function answerAnew() {
  for (const [place, refusals] of said) {
    if (place.isConnected) write(place, refusals);
    else said.delete(place);
  }
}
