// The run before beside the present one: which figures of it can stand beside the new ones, and in what its settings differed.

import { english } from "./said.js";
import { count, deviceName, listOf } from "./format.js";
import { labelOf } from "./from_core.js";
import { show } from "./settings_dialog.js";
import { words } from "./words/words.js";

/** @import { Alignment, Comparison, Config, DeviceName, LinkReport, Rung, Scores } from "./border.d.ts" */
/** @import { Epoch, State, Sweep } from "./store.js" */

/**
 * @typedef {Pick<Comparison, "users" | "ratings" | "with_transfer">} GroupBefore
 * @typedef {Pick<Alignment, "pairs" | "mapped">} PairsBefore
 * @typedef {object} DomainBefore
 * @property {number} test_ratings
 * @property {Pick<Scores, "rmse">} model
 * @property {GroupBefore} all
 * @property {GroupBefore} sparse
 * @property {GroupBefore} cold
 * @property {Pick<Rung, "source" | "rmse">[]} ladder
 *
 * @typedef {object} FiguresBefore of a report what can stand beside another
 * @property {DomainBefore[]} domains
 * @property {(Pick<LinkReport, "domains"> & { alignment: PairsBefore | null })[]} links
 * @property {PairsBefore | null} alignment
 *
 * @typedef {object} RunBefore a run on the same data that was measured, at least in part
 * @property {Config} config
 * @property {DeviceName} device
 * @property {boolean} samples
 * @property {Epoch[]} history
 * @property {Sweep[]} sweeps
 * @property {FiguresBefore} report
 */

/** Settings that say which ratings and people are tested. With others the figures would be of something else. @type {(keyof Config)[]} */
const OF_SPLIT = ["seed", "repeats", "test_fraction", "held_out_overlap", "cold_fraction", "discard_unlinked"];
/** More differences are told as a number. */
const MOST_TOLD = 2;

/** @param {unknown} one @param {unknown} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * What is the run before once `config` is set up: the present one where it was measured and had other settings.
 * @param {State} state
 * @param {Config} config
 * @returns {RunBefore | null}
 */
export function nextBefore({ before, prepared, report, history, sweeps }, config) {
  if (!prepared || !report || same(prepared.config, config)) return before;
  const { config: own, device, samples } = prepared;
  return { config: own, device, samples, history, sweeps, report };
}

/** The run before, where it stands beside the present one. @param {Pick<State, "before" | "prepared">} state */
export function shownBefore({ before, prepared }) {
  if (!before || !prepared) return null;
  return OF_SPLIT.every((name) => same(before.config[name], prepared.config[name])) ? before : null;
}

/**
 * In what the settings differ, as "this, now that".
 * @param {State} state
 * @param {RunBefore} before
 */
function differences({ prepared, capabilities, data }, before) {
  if (!prepared) return [];
  const said = words.learnt.before;
  const { config, device } = prepared;
  const names = /** @type {(keyof Config)[]} */ (Object.keys(config)).filter((name) => !same(before.config[name], config[name]));
  // What people change most is told first.
  const first = (/** @type {keyof Config} */ name) => ["overlap_users", "model", name].indexOf(name);
  const told = names.toSorted((x, y) => first(x) - first(y)).map((name) => {
    if (name === "overlap_users") {
      const [then, now] = [before.config, config].map((each) => each.overlap_users ?? data?.overlap_users ?? 0);
      return said.now(said.people(then), count(now));
    }
    const field = capabilities?.schema.find((each) => each.name === name);
    const [then, now] = [before.config, config].map((each) => (each[name] === null ? said.none : show(each[name], field)));
    return said.now(`${field ? labelOf(field) : english(name)}: ${then}`, now);
  });
  return before.device === device ? told : [...told, said.now(deviceName(before.device), deviceName(device))];
}

/** What differed, in one line. @param {State} state @param {RunBefore} before */
export function lineOf(state, before) {
  const all = differences(state, before);
  const said = words.learnt.before;
  if (all.length === 0) return said.line(said.same);
  const told = all.length > MOST_TOLD + 1 ? [...all.slice(0, MOST_TOLD), said.more(all.length - MOST_TOLD)] : all;
  return said.line(told.join("; "));
}

/** All that differed. @param {State} state @param {RunBefore} before */
export const allOf = (state, before) => listOf(differences(state, before)) || words.learnt.before.same;

/**
 * A figure of now less the one before, with its sign.
 * @param {number | null | undefined} now
 * @param {number | null | undefined} before
 * @param {(value: number | null) => string} text
 * @param {boolean} isSame whether both are of the same people's ratings
 */
export function difference(now, before, text, isSame) {
  if (typeof now !== "number" || typeof before !== "number") return text(null);
  const change = now - before;
  const size = text(Math.abs(change));
  const signed = Number(size.replace(",", ".")) === 0 ? `±${size}` : `${change > 0 ? "+" : "−"}${size}`;
  return isSame ? signed : `(${signed})`;
}

/** Whether two groups are as many people with as many ratings, which under one split are the same. @param {GroupBefore | undefined} now @param {GroupBefore | undefined} then */
export const isSameGroup = (now, then) => now !== undefined && then !== undefined && now.users === then.users && now.ratings === then.ratings;
