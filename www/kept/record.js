// What is written down of a tab's work beside the bytes of its files and of its checkpoint.

import { SLOTS } from "../shapes.js";

/** @import { FileKind, ReadOptions, Slot } from "../border.d.ts" */
/** @import { Settings } from "../store.js" */

/**
 * @typedef {{ slot: Slot, kind: FileKind, name: string, changed: number, options: ReadOptions, stored: string, address?: string }} KeptFile stored: what
 *   it is called in the folder
 *
 * @typedef {object} Origin what the data were made of
 * @property {number} sample domains of the sample; 0 where own files are loaded
 * @property {Slot[]} removed of the sample
 * @property {{ slot: Slot, options: ReadOptions }[]} readings how the sample's files were read
 *
 * @typedef {{ fraction: number }} Reached how much of the measurement is done, 0 to 1
 *
 * @typedef {object} WorkRecord
 * @property {number} saved in milliseconds since 1970
 * @property {string[]} names of the domains
 * @property {Origin} origin
 * @property {KeptFile[]} files
 * @property {Settings} settings
 * @property {Reached | null} reached null where there is no checkpoint
 */

const VERSION = 1;

/** @param {WorkRecord} record */
export const written = (record) => `${JSON.stringify({ version: VERSION, ...record }, null, 1)}\n`;

/** @param {string} text @returns {WorkRecord | null} null where it is no record */
export function parsed(text) {
  try {
    const record = JSON.parse(text);
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

/** @param {any} record @returns {record is WorkRecord} */
function isRecord(record) {
  const { version, saved, names, origin, files, settings, reached } = record;
  const isFile = (/** @type {any} */ file) =>
    isSlot(file.slot) && ["ratings", "users", "items"].includes(file.kind) && isText(file.name) && isText(file.stored) && isObject(file.options) && (file.address === undefined || isText(file.address)) && Number.isFinite(file.changed);
  const isReading = (/** @type {any} */ { slot, options }) => isSlot(slot) && isObject(options);
  return (
    version === VERSION &&
    Number.isFinite(saved) &&
    names.every(isText) &&
    [0, 2, 3].includes(origin.sample) &&
    origin.removed.every(isSlot) &&
    origin.readings.every(isReading) &&
    files.every(isFile) &&
    ["auto", "webgpu", "cpu"].includes(settings.device) &&
    ["robust", "paper"].includes(settings.preset) &&
    isObject(settings.config) &&
    (reached === null || Number.isFinite(reached.fraction))
  );
}

/** @param {unknown} value */
const isText = (value) => typeof value === "string";
/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null;
/** @param {Slot} value */
const isSlot = (value) => SLOTS.includes(value);
