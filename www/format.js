// Numbers as text: as many digits as their noise deserves.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A narrow space that does not break. */
const THIN = "\u202f";

/** What stands where there is no number. */
export const NONE = "–";

/** @param {number | null | undefined} value */
export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** @param {number | null | undefined} value */
export const count = (value) => (isNumber(value) ? whole.format(Number(value)) : NONE);

/**
 * "1 person", "2 people".
 * @param {number} n
 * @param {string} one
 * @param {string} many
 */
export const counted = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

/**
 * @param {number | null | undefined} value
 * @param {number} digits after the point
 */
export const fixed = (value, digits) => (isNumber(value) ? minus(Number(value).toFixed(digits)) : NONE);

/** Errors on the unit scale: three digits. @param {number | null | undefined} value */
export const error = (value) => fixed(value, 3);

/** A share as a percentage, with one decimal below ten. @param {number | null | undefined} share */
export function percent(share) {
  if (!isNumber(share)) return NONE;
  const value = Number(share) * 100;
  const digits = Math.abs(value) < 10 ? 1 : Math.abs(value) > 99 && value < 100 ? 2 : 0;
  return `${minus(value.toFixed(digits))}${THIN}%`;
}

/**
 * How much lower an error is than another, as a percentage with its sign.
 * @param {number | null} now
 * @param {number | null} before
 */
export function change(now, before) {
  if (!isNumber(now) || !isNumber(before) || Number(before) === 0) return NONE;
  const value = (Number(now) / Number(before) - 1) * 100;
  const text = Math.abs(value).toFixed(Math.abs(value) < 9.95 ? 1 : 0);
  if (Number(text) === 0) return `0${THIN}%`;
  return `${value > 0 ? "+" : "−"}${text}${THIN}%`;
}

/** Small numbers of very different size. @param {number | null | undefined} value */
export function compact(value) {
  if (!isNumber(value)) return NONE;
  const number = Number(value);
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size < 1e-3) return minus(number.toExponential(1));
  return minus(String(Number(number.toPrecision(size < 1 ? 2 : 3))));
}

/** Time left, roughly, as people say it. @param {number | null} seconds */
export function duration(seconds) {
  if (!isNumber(seconds)) return "";
  const value = Number(seconds);
  if (value < 1) return "1 s";
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 5400) return `${Math.round(value / 60)} min`;
  return `${(value / 3600).toFixed(1)} h`;
}

/**
 * A rating or a predicted rating on its own scale.
 * @param {number} value
 * @param {boolean} predicted
 */
export function rating(value, predicted) {
  if (predicted) return fixed(value, 1);
  return Number.isInteger(value) ? String(value) : fixed(value, 1);
}

/** A setting: single precision leaves 0.30000001192; people wrote 0.3. @param {number} value */
export const setting = (value) => Number(Number(value).toPrecision(6));

/** A real minus sign. @param {string} text */
const minus = (text) => text.replace("-", "−");
