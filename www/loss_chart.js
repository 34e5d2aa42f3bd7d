// Small charts on one canvas: the errors on training ratings and how far apart the pairs lie, by epoch; of what is sampled
// how much crosses, by sweep.

import { nameOf, shownDomains } from "./domains.js";
import { byId, el } from "./dom.js";
import { chartNumber } from "./format.js";
import { words } from "./words/words.js";
import { isSampled, modelOf } from "./models.js";
import { shownBefore } from "./run_before.js";
import { SLOTS, pathOf } from "./shapes.js";
import { SvgPen } from "./svg_pen.js";
import { colours, onTheme } from "./theme.js";

/** @import { Slot } from "./border.d.ts" */
/** @import { Epoch, State, Store, Sweep } from "./store.js" */
/** @import { Pen } from "./svg_pen.js" */

/**
 * @typedef {{ values: (number | null)[], colour: string, dashed: boolean, end: Slot | null, isBefore?: boolean }} Series end: the sign
 *   that stands at the last value; isBefore: whether it is of the run before, and pale
 * @typedef {{ first: number, last: number, word: string }} Steps along the chart, one value each
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Box
 */

const LEAST_EPOCHS = 5;
/** Between two figures at the side, in pixels. */
const LEAST_LINE = 13;

/** At the left, for figures. */
const MARGIN = 38;

/** Of the charts as a file: a line above them says what is what. */
const FILE = { width: 720, height: 240, head: 28 };

/** The charts as a drawing. @param {State} state */
export function chartsAsSvg(state) {
  const pen = new SvgPen();
  const palette = paletteOf();
  const { width, height, head } = FILE;
  let x = 12;
  for (const { slot, name } of shownDomains(state.data)) {
    pen.save();
    pen.translate(x + 4, 14);
    pen.scale(4);
    pen.fillStyle = palette[slot];
    pen.fill(pathOf(slot));
    pen.restore();
    pen.fillStyle = palette.ink;
    pen.fillText(name, x + 14, 18);
    x += 34 + 7 * name.length;
  }
  const hasMap = modelOf(state)?.has_map !== false;
  const key = [
    isSampled(state) ? words.learnt.chart.chainKey : words.learnt.chart.errorsKey(hasMap),
    ...(chartedBefore(state) ? [words.learnt.before.pale] : []),
  ].join("; ");
  pen.fillStyle = palette.muted;
  pen.textAlign = "right";
  pen.fillText(key, width - 8, 18);
  pen.translate(0, head);
  paintCharts(pen, width, height - head, state, palette);
  return pen.drawing(width, height, inWords(state), palette.page);
}

/** @param {Store} store */
export function setUpLossChart(store) {
  const canvas = byId("loss-chart", HTMLCanvasElement);
  const pen = canvas.getContext("2d");
  let palette = paletteOf();
  const keys = ["losses-key", "chain-key"].map((id) => {
    const text = el("span");
    const key = el("span", { className: "before-key", hidden: true }, el("i", { className: "stroke" }), text);
    byId(id, HTMLElement).append(key);
    return { key, text };
  });
  const draw = () => {
    if (!pen) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = Math.min(devicePixelRatio || 1, 3);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    // It grows with the text of the page.
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    pen.setTransform(ratio * unit, 0, 0, ratio * unit, 0, 0);
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const sampled = isSampled(store.state);
    for (const [id, hidden] of /** @type {[string, boolean][]} */ ([["losses", sampled], ["chain", !sampled]]))
      for (const part of ["title", "key"]) byId(`${id}-${part}`, HTMLElement).hidden = hidden;
    paintCharts(pen, width / unit, height / unit, store.state, palette);
    canvas.setAttribute("aria-label", inWords(store.state));
    const before = chartedBefore(store.state);
    for (const { key, text } of keys) {
      key.hidden = before === null;
      text.textContent = words.learnt.before.before;
    }
  };
  onTheme(() => {
    palette = paletteOf();
    draw();
  });
  new ResizeObserver(draw).observe(canvas);
  canvas.addEventListener("contextrestored", draw); // after the graphics process has crashed it is blank
  store.subscribe(["history", "sweeps", "data", "prepared", "before", "language"], draw);
}

/** @typedef {Record<"page" | "ink" | "muted" | "hairline" | Slot, string>} Palette */

/**
 * What is seen by epoch, or by sweep, on whatever draws.
 * @param {Pen} pen
 * @param {number} width
 * @param {number} height
 * @param {State} state
 * @param {Palette} palette
 */
function paintCharts(pen, width, height, state, palette) {
  const { history, data, sweeps } = state;
  const before = chartedBefore(state);
  const slots = shownDomains(data).map(({ slot }) => slot);
  const bottom = height - 18;
  if (isSampled(state)) {
    const box = { left: MARGIN, right: width - 10, top: 6, bottom };
    const last = Math.max(sweeps[0]?.sweeps ?? LEAST_EPOCHS, before?.sweeps[0]?.sweeps ?? 0);
    const lines = [...asBefore(chainSeries(before?.sweeps ?? [], slots, palette)), ...chainSeries(sweeps, slots, palette)];
    chart(pen, box, lines, palette, { first: 1, last, word: words.learnt.chart.sweep });
    return;
  }
  const then = before?.history ?? [];
  const steps = { first: history[0]?.epoch ?? 1, last: Math.max(LEAST_EPOCHS, history.at(-1)?.epoch ?? 0, then.at(-1)?.epoch ?? 0), word: words.learnt.chart.epoch };
  const hasMap = modelOf(state)?.has_map !== false;
  const split = hasMap ? Math.round(width * 0.6) : width;
  chart(pen, { left: MARGIN, right: split - 8, top: 6, bottom }, [...asBefore(ratingSeries(then, slots, palette)), ...ratingSeries(history, slots, palette)], palette, steps);
  if (hasMap) chart(pen, { left: split + MARGIN, right: width - 4, top: 6, bottom }, [...asBefore(pairSeries(then, palette)), ...pairSeries(history, palette)], palette, steps);
}

/** The run before, where its curves are of the same kind. @param {State} state */
function chartedBefore(state) {
  const before = shownBefore(state);
  return before && (before.samples || before.sweeps.length > 0) === isSampled(state) ? before : null;
}

/** @param {Series[]} series @returns {Series[]} */
const asBefore = (series) => series.map((each) => ({ ...each, end: null, isBefore: true }));

/** @returns {Palette} */
const paletteOf = () => colours(["page", "ink", "muted", "hairline", ...SLOTS]);

/** @param {Epoch[]} history @param {Slot[]} slots by domain @param {Palette} palette @returns {Series[]} */
function ratingSeries(history, slots, palette) {
  return slots.flatMap((slot, domain) => {
    const colour = palette[slot];
    return [
      { values: history.map((epoch) => epoch.domains[domain]?.cross ?? null), colour, dashed: true, end: null },
      { values: history.map((epoch) => epoch.domains[domain]?.own ?? null), colour, dashed: false, end: slot },
    ];
  });
}

/** @param {Epoch[]} history @param {Palette} palette @returns {Series[]} */
function pairSeries(history, palette) {
  return [{ values: history.map((epoch) => epoch.mapping?.loss ?? null), colour: palette.ink, dashed: false, end: "a" }];
}

/**
 * ρ and c of each link; of more than one in the colour of the domain that it leads to.
 * @param {Sweep[]} sweeps
 * @param {Slot[]} slots by domain
 * @param {Palette} palette
 * @returns {Series[]}
 */
function chainSeries(sweeps, slots, palette) {
  const links = sweeps[0]?.links ?? [];
  return links.flatMap(({ to }, n) => {
    const one = links.length === 1;
    const colour = one ? palette.ink : palette[slots[to]];
    const scales = sweeps.map(({ links }) => (links[n].scale > 0 ? links[n].scale : null));
    return [
      { values: scales, colour, dashed: true, end: null },
      { values: sweeps.map(({ links }) => links[n].rho), colour, dashed: false, end: one ? null : slots[to] },
    ];
  });
}

/**
 * @param {Pen} pen
 * @param {Box} within
 * @param {Series[]} series
 * @param {Palette} palette
 * @param {Steps} steps
 */
function chart(pen, within, series, palette, { first, last, word }) {
  const values = series.flatMap((each) => each.values.filter((value) => value !== null && Number.isFinite(value)));
  const [lo, hi] = range(/** @type {number[]} */ (values));
  const shown = values.length > 0 ? ticks(lo, hi, within.bottom - within.top > 90 ? 3 : 2) : [lo, (lo + hi) / 2, hi];
  // Figures that are longer than most move the chart, so that none is cut.
  const margin = values.length > 0 ? Math.max(...shown.map((tick) => pen.measureText(chartNumber(tick)).width)) + 7 : 0;
  const box = { ...within, left: within.left + Math.max(0, margin - MARGIN) };
  /** @param {number} n of a value */
  const x = (n) => box.left + (n / Math.max(1, last - first)) * (box.right - box.left);
  /** @param {number} value */
  const y = (value) => box.bottom - ((value - lo) / (hi - lo)) * (box.bottom - box.top);

  pen.lineWidth = 1;
  pen.strokeStyle = palette.hairline;
  pen.fillStyle = palette.muted;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  const lines = shown.length > 1 ? Math.abs(y(shown[0]) - y(shown[1])) : LEAST_LINE;
  for (const [n, tick] of shown.entries()) {
    const at = Math.round(y(tick)) + 0.5;
    pen.beginPath();
    pen.moveTo(box.left, at);
    pen.lineTo(box.right, at);
    pen.stroke();
    // Where lines are close every second is named.
    if (values.length > 0 && (lines >= LEAST_LINE || n % 2 === 0)) pen.fillText(chartNumber(tick), box.left - 6, at);
  }
  pen.textBaseline = "alphabetic";
  if (values.length > 0) {
    pen.textAlign = "left";
    pen.fillText(String(first), box.left, box.bottom + 15);
    pen.textAlign = "right";
    pen.fillText(String(last), box.right, box.bottom + 15);
  }
  pen.textAlign = "center";
  pen.fillText(word, (box.left + box.right) / 2, box.bottom + 15);

  for (const { values: line, colour, dashed, end, isBefore = false } of series) {
    pen.strokeStyle = pen.fillStyle = colour;
    pen.globalAlpha = isBefore ? 0.4 : 1;
    pen.lineWidth = isBefore ? 1.25 : 1.75;
    pen.lineJoin = "round";
    pen.setLineDash(dashed ? [4, 3] : []);
    pen.beginPath();
    let drawn = false;
    line.forEach((value, n) => {
      if (value === null || !Number.isFinite(value)) return;
      if (drawn) pen.lineTo(x(n), y(value));
      else pen.moveTo(x(n), y(value));
      drawn = true;
    });
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    const newest = line.at(-1);
    if (end === null || newest === null || newest === undefined) continue;
    pen.save();
    pen.translate(x(line.length - 1), y(newest));
    pen.scale(3, 3);
    pen.fill(pathOf(end));
    pen.restore();
  }
}

/** Some room around the values. @param {number[]} values @returns {[number, number]} */
function range(values) {
  if (values.length === 0) return [0, 1];
  const [lo, hi] = [Math.min(...values), Math.max(...values)];
  const room = hi > lo ? (hi - lo) * 0.08 : Math.abs(hi) * 0.1 || 1;
  return [Math.max(lo - room, lo >= 0 ? 0 : -Infinity), hi + room];
}

/**
 * Round numbers in a range, as few as will do.
 * @param {number} lo
 * @param {number} hi
 * @param {number} least
 */
function ticks(lo, hi, least) {
  const size = 10 ** Math.floor(Math.log10(hi - lo));
  for (const step of [5, 2, 1, 0.5, 0.2, 0.1, 0.05].map((each) => each * size)) {
    const first = Math.ceil(lo / step);
    const found = Math.floor(hi / step) - first + 1;
    if (found >= least) return Array.from({ length: found }, (_, n) => Number(((first + n) * step).toPrecision(10)));
  }
  return [lo, hi];
}

/** @param {State} state */
function inWords(state) {
  const before = chartedBefore(state);
  const now = runInWords(state, state);
  return before ? `${words.learnt.before.chart(now)}${runInWords(state, before)}` : now;
}

/** @param {State} state @param {Pick<State, "history" | "sweeps">} run */
function runInWords(state, { history, sweeps }) {
  const { data } = state;
  const said = words.learnt.chart;
  const latest = sweeps.at(-1);
  if (latest) {
    const links = latest.links.map(({ from, to, rho, scale }) => said.link(nameOf(data, from), nameOf(data, to), rho, scale));
    return said.afterSweep(latest.sweep, latest.sweeps, links);
  }
  if (isSampled(state)) return said.noSweeps;
  const last = history.at(-1);
  if (!last) return said.noEpochs;
  const own = last.domains.map((domain, n) => said.domain(nameOf(data, n), domain.own, domain.cross));
  return said.afterEpoch(last.epoch, own, modelOf(state)?.has_map === false ? "" : said.apart(last.mapping?.loss));
}
