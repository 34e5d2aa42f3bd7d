// Why something is recommended, in a line: the ratings without which it would be expected to be rated lowest.

import { fixed, rating } from "./format.js";

/** @import { Because } from "./border.d.ts" */

/**
 * @param {Because} because
 * @param {"they" | "you"} who
 */
export function becauseText({ reasons, together }, who) {
  if (reasons.length === 0) return `No single rating of ${who === "you" ? "yours" : "theirs"} lowers it noticeably.`;
  const rated = reasons.map(({ title, rating: given }) => `${title} (${rating(given, false)})`).join(" and ");
  const without = reasons.length === 1 ? "that" : "both";
  return `Because ${who} rated ${rated}; ${fixed(together, 2)} lower without ${without}.`;
}
