// Numbers and dates as text, in the language that is spoken: as many digits as their noise deserves.

import { language } from "./language.js";

/** @import { DeviceName } from "./border.d.ts" */
/** @import { Language } from "./language.js" */

/** @template T @param {(language: Language) => T} make @returns {Record<Language, T>} */
const inEach = (make) => ({ en: make("en"), de: make("de") });

const whole = inEach((of) => new Intl.NumberFormat(of, { maximumFractionDigits: 0 }));
const grouped = inEach((of) => new Intl.NumberFormat(of, { maximumFractionDigits: 6 }));
/** What parts the whole from the rest. */
const POINT = inEach((of) => new Intl.NumberFormat(of).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".");
/** Between the ends of a range. @type {Record<Language, string>} */
const TO = { en: "to", de: "bis" };
/** Before the last of a list. @type {Record<Language, string>} */
const AND = { en: "and", de: "und" };
/** Days before months and clocks of 24 hours, in English too. @type {Record<Language, string>} */
const DATES = { en: "en-GB", de: "de" };

/** "a", "a and b", "a, b and c". @param {string[]} parts */
export function listOf(parts) {
  const last = parts[parts.length - 1] ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} ${AND[language]} ${last}`;
}

/** A narrow space that does not break. */
const THIN = "\u202f";

/** What stands where there is no number. */
export const NONE = "–";

/** @param {number | null | undefined} value */
export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** @param {number | null | undefined} value */
export const count = (value) => (isNumber(value) ? whole[language].format(Number(value)) : NONE);

/** With its first letter large. @param {string} text */
export const capital = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

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

/** A chance in whole per cent, as nothing is quite sure. @param {number} share */
export function chance(share) {
  const value = Math.round(share * 100);
  return value < 1 ? `<1${THIN}%` : value > 99 ? `>99${THIN}%` : `${value}${THIN}%`;
}

/** @typedef {import("./border.d.ts").Change} Change */

/** A change as a percentage with its sign. @param {Change | null | undefined} change */
export function change(change) {
  if (!change) return NONE;
  const text = hundredths(Math.abs(change.value));
  if (Number(text) === 0) return `0${THIN}%`;
  return `${change.value > 0 ? "+" : "−"}${minus(text)}${THIN}%`;
}

/** Its 95 % interval, in per cent; −0.0 is still below zero. @param {Change | null | undefined} change */
export function interval(change) {
  if (!change) return NONE;
  const [low, high] = [change.low, change.high].map((end) => `${end > 0 ? "+" : ""}${minus(hundredths(end))}`);
  return between(low, high);
}

/** A range. @param {string} low @param {string} high */
export const between = (low, high) => `${low} ${TO[language]} ${high}`;

/** With one decimal below ten; as the core writes it. @param {number} share */
const hundredths = (share) => (100 * share).toFixed(Math.abs(share) < 0.095 ? 1 : 0);

/** Small numbers of very different size. @param {number | null | undefined} value */
export function compact(value) {
  if (!isNumber(value)) return NONE;
  const number = Number(value);
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size < 1e-3) return minus(number.toExponential(1));
  return minus(String(Number(number.toPrecision(size < 1 ? 2 : 3))));
}

/** A size, as people say it: "16 MB", "3.7 MB". @param {number} bytes */
export const megabytes = (bytes) => `${minus((bytes / 1e6).toFixed(bytes < 9.5e6 ? 1 : 0))}${THIN}MB`;

/** Time left, roughly, as people say it. @param {number | null} seconds */
export function duration(seconds) {
  if (!isNumber(seconds)) return "";
  const value = Number(seconds);
  if (value < 1) return "1 s";
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 5400) return `${Math.round(value / 60)} min`;
  return `${minus((value / 3600).toFixed(1))} h`;
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

/** A number of any size, its thousands parted. @param {number} value */
export const plainNumber = (value) => grouped[language].format(value);

/** A setting: single precision leaves 0.30000001192; people wrote 0.3. A seed has all its digits. @param {number} value */
export const setting = (value) => (Number.isInteger(value) ? value : Number(Number(value).toPrecision(6)));

/** A figure beside a chart: as short as its margin is narrow. @param {number} value */
export const chartNumber = (value) => (value >= 1e-4 ? minus(String(Number(value.toPrecision(3)))) : compact(value)).replace(/^0\./, ".");

/** A setting, as it is shown and typed. @param {number} value */
export const settingText = (value) => String(setting(value)).replace(".", POINT[language]);

/** A real minus sign, and the language's point. @param {string} text */
const minus = (text) => text.replace("-", "−").replace(".", POINT[language]);

/** @param {number | Date} when */
export const moment = (when) => new Intl.DateTimeFormat(DATES[language], { dateStyle: "long", timeStyle: "short" }).format(when);

/** "27 November". @param {number | Date} when */
export const dayOf = (when) => new Intl.DateTimeFormat(DATES[language], { day: "numeric", month: "long" }).format(when);

/** "22:59". @param {number | Date} when */
export const clockOf = (when) => new Intl.DateTimeFormat(DATES[language], { hour: "2-digit", minute: "2-digit" }).format(when);

/** "Nov 27, 22:59". @param {number | Date} when */
export const shortMoment = (when) =>
  new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false }).format(when);

/** What an error says. @param {unknown} error */
export const textOf = (error) => (error instanceof Error ? error.message : String(error));

/** What a device is called; where none is set up, the one that everybody has. @param {DeviceName | undefined} device */
export const deviceName = (device) => (device === "webgpu" ? "WebGPU" : "CPU");
