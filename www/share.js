// The settings in the address, so that a link shows the same run to somebody else. Data never goes there.

/** @import { Capabilities, Config } from "./border.d.ts" */
/** @import { Settings } from "./store.js" */

/**
 * The settings that a link asks for; whatever is not understood is left out, and the core checks the values.
 * @param {string} hash
 * @param {Capabilities["presets"]} presets
 * @returns {Settings}
 */
export function settingsFromHash(hash, presets) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const preset = asked.get("preset") === "paper" ? "paper" : "robust";
  const device = asked.get("device");
  const config = { ...presets[preset] };
  // The core checks the values.
  for (const field of fieldsOf(config)) {
    const text = asked.get(field);
    if (text !== null) Object.assign(config, { [field]: valueOf(text) });
  }
  return { device: device === "webgpu" || device === "cpu" ? device : "auto", preset, config };
}

/** @param {Partial<Config>} config */
const fieldsOf = (config) => /** @type {(keyof Config)[]} */ (Object.keys(config));

/** A value as JSON, and what is none as a text. @param {string} text */
function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The experiment that a link asks for: null for none, "" for any. @param {string} hash */
export const experimentFromHash = (hash) => new URLSearchParams(hash.replace(/^#/, "")).get("experiments");

/** How many domains the sample is to have. @param {string} hash */
export const sampleFromHash = (hash) => (new URLSearchParams(hash.replace(/^#/, "")).get("sample") === "3" ? 3 : 2);

/**
 * The shortest hash that gives these settings back; the seed is always in it.
 * @param {Settings} settings
 * @param {Capabilities["presets"]} presets
 * @param {number | null} sample domains of the sample; null where it is not loaded
 * @param {string | null} experiment that is looked at; null for the first view
 */
export function hashFromSettings(settings, presets, sample, experiment) {
  const asked = new URLSearchParams();
  if (experiment !== null) asked.set("experiments", experiment);
  asked.set("seed", String(settings.config.seed));
  if (settings.preset !== "robust") asked.set("preset", settings.preset);
  if (settings.device !== "auto") asked.set("device", settings.device);
  if (sample === 3) asked.set("sample", "3");
  for (const field of changedFields(settings, presets)) {
    const value = settings.config[field];
    asked.set(field, typeof value === "string" ? value : JSON.stringify(value));
  }
  return `#${asked}`;
}

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
