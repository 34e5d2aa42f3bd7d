// The chart of a device in docs: ratings a second of every engine, on a scale of powers of ten, for each batch. Readable on a
// light and on a dark page.

import { ENGINES } from "./plan.mjs";
import { figure } from "./statistics.mjs";

const LEFT = 232;
const RIGHT = 700;
const WIDTH = 800;
const ROW = 20;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .head { font-weight: 600 } .axis { fill: #57606a; font-size: 11px }
  .grid { stroke: #d0d7de } .spread { stroke: #24292f; stroke-width: 1.5 }
  .ours { fill: #1f6feb } .other { fill: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .axis { fill: #9198a1 } .grid { stroke: #30363d } .spread { stroke: #e6edf3 }
    .ours { fill: #4493f8 } .other { fill: #59626d }
  }`;

const escaped = (/** @type {string} */ text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** The picture. */
export function chart(/** @type {any} */ result) {
  const entries = result.speed.filter((/** @type {any} */ one) => one.data === "ml-1m");
  const rates = entries.map((/** @type {any} */ one) => one.steps_per_second.median * one.batch);
  const low = Math.floor(Math.log10(Math.min(...rates)));
  const high = Math.ceil(Math.log10(Math.max(...rates)));
  const x = (/** @type {number} */ rate) =>
    LEFT + ((RIGHT - LEFT) * (Math.log10(Math.max(rate, 10 ** low)) - low)) / Math.max(1, high - low);
  /** @type {string[]} */
  const parts = [];
  let y = 24;
  const batches = new Set(entries.map((/** @type {any} */ one) => one.batch));
  for (const batch of [...batches].sort((a, b) => a - b)) {
    for (const [where, place] of [["native", "natively"], ["chromium", "in Chromium"]]) {
      const rows = ENGINES.filter((engine) => engine.where === where).flatMap((engine) => {
        const found = entries.find((/** @type {any} */ one) => one.id === engine.id && one.batch === batch);
        return found ? [{ engine, steps: found.steps_per_second }] : [];
      });
      if (rows.length === 0) continue;
      parts.push(`<text class="head" x="8" y="${y}">Batch ${batch}, ${place}</text>`);
      const top = y + 8;
      const bottom = top + ROW * rows.length;
      for (let power = low; power <= high; power += 1) {
        const at = x(10 ** power).toFixed(1);
        parts.push(`<path class="grid" d="M${at} ${top}V${bottom}"/>`);
        parts.push(`<text class="axis" x="${at}" y="${bottom + 13}" text-anchor="middle">${label(power)}</text>`);
      }
      rows.forEach(({ engine, steps }, n) => {
        const middle = top + ROW * n + ROW / 2;
        const [median, min, max] = [steps.median, steps.min, steps.max].map((rate) => x(rate * batch));
        parts.push(
          `<text x="${LEFT - 8}" y="${middle + 4}" text-anchor="end">${escaped(engine.label)}</text>`,
          `<rect class="${engine.ours ? "ours" : "other"}" x="${LEFT}" y="${middle - 7}" width="${
            Math.max(1, median - LEFT).toFixed(1)}" height="14" rx="2"/>`,
          `<path class="spread" d="M${min.toFixed(1)} ${middle}H${max.toFixed(1)}"/>`,
          `<text x="${(Math.max(median, max) + 6).toFixed(1)}" y="${middle + 4}">${
            figure(steps.median * batch)}</text>`,
        );
      });
      y = bottom + 40;
    }
  }
  const height = y - 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>Ratings a second by engine and batch, MovieLens-1M's size; the line is the spread of the runs</title>
<style>${STYLE}
</style>
${parts.join("\n")}
<text class="axis" x="8" y="${height - 6}">Ratings a second, powers of ten; bars are medians, lines go from the least to the most of the runs.</text>
</svg>
`;
}

const label = (/** @type {number} */ power) =>
  power >= 6 ? `${10 ** (power - 6)} M` : power >= 3 ? `${10 ** (power - 3)} k` : String(10 ** power);
