// Whether kindness and taste cross: what the links of a chain come to, and how hidden pairs go together, each beside the same
// with shuffled links. λ is not among them: it is as high with shuffled links.

import { settled, standsOut } from "./claims.js";
import { nameOf, slotOf } from "./domains.js";
import { el, mark } from "./dom.js";
import { count, fixed } from "./format.js";
import { words } from "./words/words.js";

/** @import { DataState, Figure, TasteReport } from "./border.d.ts" */

/**
 * @typedef {object} TasteRow
 * @property {string} name what may cross
 * @property {string} title
 * @property {Figure | null} carried how much of it is expected on the other side
 * @property {Figure | null} shuffled
 * @property {number | null} pairs correlation over hidden pairs
 * @property {number | null} shuffledPairs
 * @property {boolean} crosses whether the correlation stands out of the noise, and that of tastes of the placebo: biases
 *   need no map, so that shuffled links leave theirs as it is
 */

/**
 * The rows of a link: kindness, and taste twice, as much as is carried and as the correlation that follows.
 * @param {TasteReport} report
 * @param {DataState | null} data
 * @returns {TasteRow[]}
 */
export function tasteRows({ domains: [from, to], linked, shuffled }, data) {
  const said = words.learnt.taste;
  const [a, b] = [nameOf(data, from), nameOf(data, to)];
  /** @type {[string, string, "rho" | "scale" | "correlation", "biases" | "vectors" | null][]} */
  const parts = [
    [said.kindness, said.kindnessTitle(a, b), "rho", "biases"],
    [said.carried, said.carriedTitle(a, b), "scale", null],
    [said.correlation, said.correlationTitle(a, b), "correlation", "vectors"],
  ];
  return parts.map(([name, title, figure, pair]) => {
    const [pairs, shuffledPairs] = [linked, shuffled].map((evidence) => (pair && evidence?.held_out?.[pair]) ?? null);
    return {
      name,
      title,
      carried: linked[figure],
      shuffled: shuffled?.[figure] ?? null,
      pairs,
      shuffledPairs,
      crosses: pairs !== null && standsOut(pairs, linked.held_out?.pairs ?? 0, pair === "vectors" ? shuffledPairs : null),
    };
  });
}

/** R̂ and what the draws are worth, in short. @param {Figure | null} figure */
export const chainText = (figure) =>
  figure?.r_hat ? `${fixed(figure.r_hat, 2)} · ${count(figure.effective_draws)}` : fixed(null, 2);

/** With its standard deviation. @param {Figure | null} figure */
export const withDeviation = (figure) =>
  figure ? `${fixed(figure.mean, 2)} ± ${fixed(figure.deviation, 2)}` : fixed(null, 2);

/**
 * A sentence where chains have not settled; null where they have.
 * @param {TasteReport[]} reports
 */
export function warning(reports) {
  const figures = reports.flatMap(({ linked: { rho, scale, correlation } }) => [rho, scale, correlation].filter((figure) => figure !== null));
  const worst = Math.max(0, ...figures.map(({ r_hat }) => r_hat ?? 0));
  return figures.every(settled)
    ? null
    : words.learnt.taste.notSettled(worst);
}

/**
 * The body of the table in the block: three rows a link, under the signs of the two where there are several.
 * @param {TasteReport[]} reports
 * @param {DataState | null} data
 */
export function tasteBody(reports, data) {
  const cell = (/** @type {string} */ text, look = "", title = "") =>
    el("td", { className: `number ${look}`, textContent: text, title });
  return reports.flatMap((report) => {
    const signs = el("span", { className: "pair" }, ...report.domains.map((n) => mark(slotOf(data, n))));
    return tasteRows(report, data).map(({ name, title, carried, shuffled, pairs, shuffledPairs, crosses }) =>
      el(
        "tr",
        {},
        el("th", { scope: "row", title }, el("span", { className: "cut" }, reports.length > 1 ? signs.cloneNode(true) : null, name)),
        cell(fixed(carried?.mean, 2), "", carried ? withDeviation(carried) : ""),
        cell(fixed(shuffled?.mean, 2), "muted", shuffled ? withDeviation(shuffled) : ""),
        cell(fixed(pairs, 2), crosses ? "strong" : "", crosses ? words.learnt.taste.standsOut : ""),
        cell(fixed(shuffledPairs, 2), "muted"),
        cell(chainText(carried), settled(carried) ? "muted small" : "error small"),
      ),
    );
  });
}
