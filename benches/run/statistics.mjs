// Median and spread, and how figures are written.

/** @typedef {{ median: number, min: number, max: number, runs: number }} Spread */

/**
 * Median, least and most of at least one number.
 * @param {number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1], runs: sorted.length };
}

/** A spread of the values with a factor; a factor of a kind that turns them around is not meant. */
export const scaled = (/** @type {Spread} */ { median, min, max, runs }, /** @type {number} */ factor) =>
  ({ median: median * factor, min: min * factor, max: max * factor, runs });

/** Three significant digits, thousands apart. */
export function figure(/** @type {number} */ value) {
  if (!Number.isFinite(value)) return "–";
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** `median (least–most)`, and how many runs where there was one only. */
export function figures(/** @type {Spread | null | undefined} */ spread) {
  if (!spread) return "–";
  if (spread.runs === 1) return `${figure(spread.median)} (one run)`;
  return `${figure(spread.median)} (${figure(spread.min)}–${figure(spread.max)})`;
}
