// The domains that are loaded, by their places on the page and by the numbers that the core gives them.

import { SLOTS } from "./shapes.js";
import { words } from "./words/words.js";

/** @import { DataState, DomainState, Slot } from "./border.d.ts" */

/** What a place without a file is called. @param {Slot} slot */
export const placeName = (slot) => words.data.places[SLOTS.indexOf(slot)];

/**
 * The domain in a place.
 * @param {DataState | null} data
 * @param {Slot} slot
 * @returns {DomainState | null}
 */
export const domainIn = (data, slot) => data?.domains.find((domain) => domain.slot === slot) ?? null;

/**
 * The name of a domain by its number; where there is none yet, the letter that its place has.
 * @param {DataState | null} data
 * @param {number} n
 */
export const nameOf = (data, n) => data?.domains[n]?.name ?? slotOf(data, n).toUpperCase();

/**
 * The place of a domain by its number.
 * @param {DataState | null} data
 * @param {number} n
 * @returns {Slot}
 */
export const slotOf = (data, n) => data?.domains[n]?.slot ?? SLOTS[n];

/**
 * The domains of whom figures are shown, in the order of their places: those that are loaded, and while fewer than two are, the first
 * places that are empty. Their order is that of the core's numbers only where two are loaded, and before that it has no figures.
 * @param {DataState | null} data
 * @returns {{ slot: Slot, name: string }[]}
 */
export function shownDomains(data) {
  const loaded = data?.domains ?? [];
  const empty = SLOTS.filter((slot) => domainIn(data, slot) === null).slice(0, Math.max(0, 2 - loaded.length));
  const shown = [...loaded.map(({ slot, name }) => ({ slot, name })), ...empty.map((slot) => ({ slot, name: slot.toUpperCase() }))];
  return empty.length > 0 ? shown.toSorted((a, b) => SLOTS.indexOf(a.slot) - SLOTS.indexOf(b.slot)) : shown;
}

export { listOf as listed } from "./format.js";
