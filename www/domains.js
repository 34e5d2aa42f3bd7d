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
 * The domains of whom figures are shown: those that are loaded, or the first two places while fewer are.
 * @param {DataState | null} data
 * @returns {{ slot: Slot, name: string }[]}
 */
export function shownDomains(data) {
  const count = Math.max(2, data?.domains.length ?? 0);
  return Array.from({ length: count }, (_, n) => ({ slot: slotOf(data, n), name: nameOf(data, n) }));
}

export { listOf as listed } from "./format.js";
