// The settings in the address, with the person who is looked at and how far the map is turned, so that a link shows the same
// to somebody else. Data never goes there: a person is a place in the list of a domain, not an id.

import { LANGUAGE_KEY, languageCalled, LANGUAGES, ownLanguage } from "./language.js";
import { allowedBy, inWords, parsed } from "./number_field.js";
import { SLOTS } from "./shapes.js";
import { labelOf } from "./from_core.js";
import { words } from "./words/words.js";
import { slotOf } from "./domains.js";

/** @import { Saying } from "./words/words.js" */
/** @import { Capabilities, Config, Field, ReadOptions, Slot } from "./border.d.ts" */
/** @import { Linked, PresetName, Settings, State } from "./store.js" */

/**
 * @typedef {object} Link
 * @property {Settings} settings
 * @property {number} sample how many domains the sample is to have
 * @property {{ slot: Slot, user: number } | null} person
 * @property {number | null} turn 0 before, 1 after; null where the page turns by itself
 * @property {[Slot, string][]} names what domains of the sample are called
 * @property {Linked[]} files of other sites
 * @property {Saying[]} ignored what of it is of no use, each with the reason
 */

/** The name of the domain in a place, where somebody gave it one. */
const NAME = /^name-([a-h])$/;
/** How the file of a place is read, where somebody has declared something of it. */
const READING = /^read-([a-h])$/;
const DEVICES = ["auto", "webgpu", "cpu"];
const PRESETS = ["robust", "paper"];
/** The state of an entry of the browser's history that the page has written; a link that was followed has none. */
export const OWN = "own";
/** So much of a value is said again. */
const LONGEST = 40;

/**
 * What a link asks for; of what is not understood it is said why.
 * @param {string} hash
 * @param {Capabilities} capabilities
 * @returns {Link}
 */
export function readLink(hash, { presets, schema, models }) {
  const asked = askedIn(hash);
  /** @type {Saying[]} */
  const ignored = [];
  const known = models.map(({ name }) => name);
  /** @type {(key: string, use: string[], fallback: string) => string} */
  const oneOf = (key, use, fallback) => {
    const value = asked.get(key);
    if (value !== null && !use.includes(value)) ignored.push(refusal(key, value, () => words.train.useOneOf(use)));
    return value !== null && use.includes(value) ? value : fallback;
  };
  const preset = /** @type {PresetName} */ (oneOf("preset", PRESETS, "robust"));
  const device = /** @type {Settings["device"]} */ (oneOf("device", DEVICES, "auto"));
  const sample = Number(oneOf("sample", ["2", "3"], "2"));
  const config = { ...presets[preset] };
  /** @type {Link["person"]} */
  let person = null;
  /** @type {Link["turn"]} */
  let turn = null;
  /** @type {Link["names"]} */
  const names = [];
  /** @type {Link["files"]} */
  const files = [];
  for (const [key, value] of asked) {
    const field = schema.find(({ name }) => name === key);
    if (field) {
      const found = valueOf(value, field, known);
      if ("refused" in found) ignored.push(refusal(key, value, found.refused));
      else Object.assign(config, { [key]: found.value });
    } else if (key === "person") {
      person = personOf(value);
      if (!person) ignored.push(refusal(key, value, () => words.train.usePerson));
    } else if (key === "turn") {
      const share = parsed(value, { range: [0, 1] });
      if (typeof share === "number") turn = share;
      else ignored.push(refusal(key, value, () => words.train.useShare));
    } else if (isSlot(key)) {
      if (isAddress(value)) files.push({ slot: key, address: new URL(value).href, options: readingOf(asked.get(`read-${key}`)) });
      else ignored.push(refusal(key, value, () => words.sources.useHttps));
    } else if (READING.test(key)) {
      if (Object.keys(readingOf(value)).length === 0) ignored.push(refusal(key, value, () => words.sources.nothingDeclared));
    } else if (NAME.test(key)) {
      names.push([/** @type {Slot} */ (key.slice(-1)), value]);
    } else if (key === LANGUAGE_KEY) {
      if (!languageCalled(value)) ignored.push(refusal(key, value, () => words.train.useOneOf(LANGUAGES)));
    } else if (!["experiments", "preset", "device", "sample"].includes(key)) {
      ignored.push(refusal(key, value, () => words.train.unknownKey));
    }
  }
  return { settings: { device, preset, config }, sample, person, turn, names, files, ignored };
}

/** @param {string} hash */
const askedIn = (hash) => new URLSearchParams(hash.replace(/^#/, ""));

/**
 * A part of a link and why it is left out.
 * @param {string} key
 * @param {string} value
 * @param {Saying} why
 * @returns {Saying}
 */
export function refusal(key, value, why) {
  const shown = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return () => `${key}=${shown} (${why()})`;
}

/**
 * The parts of a link that are left out, in one line.
 * @param {Saying[]} ignored
 * @returns {Saying | null}
 */
export const inOneLine = (ignored) => (ignored.length > 0 ? () => words.train.leftOut(ignored.map((each) => each())) : null);

/**
 * The value of a setting, or what may stand there.
 * @param {string} text
 * @param {Field} field
 * @param {string[]} models
 * @returns {{ value: Config[keyof Config] } | { refused: Saying }}
 */
function valueOf(text, field, models) {
  const { kind, options } = field;
  if (kind === "truth") {
    return ["true", "false"].includes(text) ? { value: text === "true" } : { refused: () => words.train.useTruth(labelOf(field)) };
  }
  const choices = field.name === "model" ? models : options;
  if (choices) {
    const use = () => (field.name === "model" ? words.train.noSuchModel : words.train.useOption(labelOf(field), choices));
    return choices.includes(text) ? { value: text } : { refused: use };
  }
  const allowed = allowedBy(field);
  // A list stands there in brackets, and "nothing" by its name.
  const value = parsed(text === "null" ? "" : text.replace(/^\[(.*)\]$/, "$1"), allowed);
  return value === undefined ? { refused: () => words.train.useAllowed(labelOf(field), inWords(allowedBy(field))) } : { value };
}

/** @param {string} key @returns {key is Slot} */
const isSlot = (key) => SLOTS.some((slot) => slot === key);

/** Whether a file can be fetched there: without a password on the way, and by a line that nobody else reads. @param {string} text */
function isAddress(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}

/** What is declared of a file; the core refuses what it does not know. @param {string | null} text @returns {ReadOptions} */
function readingOf(text) {
  try {
    const found = JSON.parse(text ?? "{}");
    return typeof found === "object" && found !== null && !Array.isArray(found) ? found : {};
  } catch {
    return {};
  }
}

/** @param {string} text @returns {Link["person"]} */
function personOf(text) {
  const [, slot, user] = /^([a-z])-(\d{1,9})$/.exec(text) ?? [];
  const found = SLOTS.find((each) => each === slot);
  return found ? { slot: found, user: Number(user) } : null;
}

/** Whether a link asks for a view alone, so that all else stays as it is. @param {string} hash */
export const isOfView = (hash) => [...askedIn(hash).keys()].every((key) => key === "experiments" || key === LANGUAGE_KEY);

/** The experiment that a link asks for: null for none, "" for any. @param {string} hash */
export const experimentFromHash = (hash) => askedIn(hash).get("experiments");

/**
 * The shortest hash that shows the same; the seed is always in it.
 * @param {State} state
 * @param {string | null} [experiment] that is looked at; null for the first view
 */
export function hashOf({ settings, capabilities, data, sample, selection, turn, language, addresses, experiment: shown }, experiment = shown) {
  const asked = new URLSearchParams();
  if (!capabilities) return location.hash;
  if (experiment !== null) asked.set("experiments", experiment);
  // Of the browser's own language nothing need be said: whoever gets the link may have another.
  if (language !== ownLanguage()) asked.set(LANGUAGE_KEY, language);
  asked.set("seed", String(settings.config.seed));
  if (settings.preset !== "robust") asked.set("preset", settings.preset);
  if (settings.device !== "auto") asked.set("device", settings.device);
  if (data?.generated && sample === 3) asked.set("sample", "3");
  for (const { slot, options: { name, ...reading } } of data?.domains ?? []) {
    const address = addresses[slot];
    if (address) asked.set(slot, address);
    if (address && Object.keys(reading).length > 0) asked.set(`read-${slot}`, JSON.stringify(reading));
    // Of own files nothing goes there, and what somebody calls them neither.
    if (name && (address || data?.generated)) asked.set(`name-${slot}`, name);
  }
  for (const field of changedFields(settings, capabilities.presets)) {
    const value = settings.config[field];
    asked.set(field, typeof value === "string" ? value : JSON.stringify(value));
  }
  if (selection?.asked) asked.set("person", `${slotOf(data, selection.domain)}-${selection.user}`);
  if (turn !== null) asked.set("turn", String(turn));
  return `#${asked}`;
}

/** @param {Partial<Config>} config */
const fieldsOf = (config) => /** @type {(keyof Config)[]} */ (Object.keys(config));

/**
 * The fields that were changed by hand since the preset was chosen, without the seed.
 * @param {Settings} settings
 * @param {Capabilities["presets"]} presets
 */
export function changedFields(settings, presets) {
  const base = presets[settings.preset];
  return fieldsOf(settings.config).filter(
    (field) => field !== "seed" && JSON.stringify(settings.config[field]) !== JSON.stringify(base[field]),
  );
}
