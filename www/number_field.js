// Fields for numbers. What is typed wrongly stays where it was typed, is marked and answered in one line; the setting
// stays as it was.

/** @import { Field } from "./border.d.ts" */

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
export function allowedBy({ kind, range, most, none }) {
  const [lo, hi] = range ?? [-Infinity, null];
  return { range: [lo, hi ?? Infinity], whole: kind !== "number", most: most ?? undefined, none: none ?? undefined };
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

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
export function inWords({ range: [lo, hi], whole = false, most, none }) {
  const [one, many] = whole ? ["a whole number", "whole numbers"] : ["a number", "numbers"];
  const kind = most === undefined ? one : `1 to ${most} ${many}`;
  const ends =
    hi === Infinity ? ` from ${grouped.format(lo)} up` : ` from ${grouped.format(lo)} to ${grouped.format(hi)}`;
  return `${kind}${ends}${none === undefined ? "" : `, or nothing for ${none}`}`;
}

/**
 * Marks a field as wrong and says why, or as right.
 * @param {HTMLInputElement} field
 * @param {HTMLElement} place where it is said
 * @param {string | null} refusal
 */
export function answer(field, place, refusal) {
  if (refusal === null) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
  // What says more about the field has the place of its message in it.
  if (!field.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", place.id);
  place.textContent = refusal ?? "";
}
