// Which figure may be called better. A difference counts where the 95 % interval of its change leaves out zero and the
// group is large enough; less and more have the same right.

/** @import { Change, Comparison, DomainReport, Figure } from "./border.d.ts" */
/** @import { State } from "./store.js" */

/**
 * Whether every control is trained. Before that nobody knows what chance changes, and intervals are too narrow for a
 * claim of what crosses.
 * @param {State} state
 */
export const isMeasured = ({ complete, train }) => complete || train.run === "everything";

/** @param {Change | null | undefined} change */
export const isLess = (change) => (change?.high ?? 0) < 0;

/** @param {Change | null | undefined} change */
export const isMore = (change) => (change?.low ?? 0) > 0;

/**
 * Whose errors on unseen ratings are lower than those of the other two.
 * @param {DomainReport} domain
 * @returns {"model" | "bias" | "mean" | null} null: that stands not out of the noise
 */
export function lowestError({ all, against_bias, against_mean, bias, mean }) {
  if (!all.is_enough) return null;
  if (isLess(against_bias) && isLess(against_mean)) return "model";
  if (isMore(against_bias) && bias.rmse <= mean.rmse) return "bias";
  return isMore(against_mean) && mean.rmse < bias.rmse ? "mean" : null;
}

/**
 * Whether linking the domains pays for a group: with the true links there is less error than alone and than with
 * shuffled ones. Where there is more error than alone, it costs.
 * @param {Comparison} group
 * @returns {"with_transfer" | "without_transfer" | null} null: neither stands out of the noise
 */
export function betterOff({ is_enough, change, beyond_placebo }) {
  if (!is_enough) return null;
  if (isMore(change)) return "without_transfer";
  return isLess(change) && isLess(beyond_placebo) ? "with_transfer" : null;
}

/**
 * The last rung of the ladder that is lower than the one before.
 * @param {DomainReport} domain
 */
export function lastRung({ ladder, cold }) {
  return cold.is_enough ? ladder.findLastIndex(({ change }) => isLess(change)) : -1;
}

/**
 * The share of what can be found that was found; the sample's generator knows it.
 * @param {DomainReport} domain
 * @returns {number | null} null: nobody knows; negative where the model loses to the bias model
 */
export function found({ bias, model, floor_rmse }) {
  if (floor_rmse === null) return null;
  return (bias.rmse ** 2 - model.rmse ** 2) / (bias.rmse ** 2 - floor_rmse ** 2);
}

/**
 * Whether a correlation over n pairs stands out of the noise, by Fisher's 95 % interval, and of what shuffled links give.
 * @param {number} correlation
 * @param {number} n
 * @param {number | null} placebo null: not known yet
 */
export function standsOut(correlation, n, placebo) {
  const middle = Math.atanh(Math.min(0.9999, Math.max(-0.9999, correlation)));
  return Math.tanh(middle - 1.96 / Math.sqrt(Math.max(n, 4) - 3)) > Math.max(0, placebo ?? 0);
}

/** Above this R̂ chains do not agree. */
const MOST_R_HAT = 1.1;

/** Whether the halves of all chains agree on a figure; of too few draws nothing is said. @param {Figure | null} figure */
export const settled = (figure) => (figure?.r_hat ?? 1) <= MOST_R_HAT;
