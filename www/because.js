// Why something is recommended, in a line: the ratings without which it would be expected to be rated lowest.

import { words } from "./words/words.js";

/** @import { Because } from "./border.d.ts" */

/**
 * @param {Because} because
 * @param {"they" | "you"} who
 */
export const becauseText = ({ reasons, together }, who) =>
  reasons.length === 0 ? words.recommend.because.nothing(who === "you") : words.recommend.because.text(who === "you", reasons, together);
