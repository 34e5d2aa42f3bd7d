// Block 4: what training has shown, in words first.

import { betterOff, isLess, isMeasured, isMore, lastRung, lowestError } from "./claims.js";
import { byId, el, helpButton, mark } from "./dom.js";
import { setUpFigures } from "./figures_dialog.js";
import { change, error, fixed, interval } from "./format.js";
import { setUpLossChart } from "./loss_chart.js";

/** @import { Change, Comparison, DomainReport, Report, Slot, Source } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */

/** @typedef {{ a: string, b: string }} Names */

const SLOTS = /** @type {Slot[]} */ (["a", "b"]);
/** @type {[string, "all" | "sparse" | "cold"][]} */
const GROUPS = [
  ["everybody", "all"],
  ["few ratings", "sparse"],
  ["newcomers", "cold"],
];
/** @type {[string, Source][]} */
const RUNGS = [
  ["item mean", "bias"],
  ["alone", "alone"],
  ["+ biases", "biases"],
  ["+ map", "linked"],
];

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpLearnt(store, actions) {
  const verdict = byId("verdict", HTMLElement);
  const metrics = byId("metrics", HTMLElement);
  const transfer = byId("transfer", HTMLElement);
  const ladder = byId("ladder", HTMLElement);
  const alignment = byId("alignment", HTMLElement);
  const all = byId("all-figures", HTMLButtonElement);
  const save = byId("export-metrics", HTMLButtonElement);
  all.addEventListener("click", setUpFigures(store));
  save.addEventListener("click", () => void actions.export("metrics"));
  setUpLossChart(store);

  store.subscribe(["report", "complete", "train", "data"], (state) => {
    all.disabled = save.disabled = state.report === null;
    const lines = verdictLines(state);
    // Read aloud when the words change, not whenever progress is reported.
    if (verdict.textContent === lines.map((line) => line.textContent).join("")) return;
    verdict.replaceChildren(...lines);
    // What scrolls must look like it, and be reachable by keyboard.
    const more = verdict.scrollHeight > verdict.clientHeight + 1;
    verdict.classList.toggle("more", more);
    if (more) verdict.tabIndex = 0;
    else verdict.removeAttribute("tabindex");
  });
  store.subscribe(["report", "complete", "data"], (state) => {
    const { report, data } = state;
    const names = { a: data?.a?.name ?? "A", b: data?.b?.name ?? "B" };
    const measured = isMeasured(state);
    metrics.replaceChildren(metricsTable(report, names));
    transfer.replaceChildren(transferTable(report, names, measured));
    ladder.replaceChildren(ladderTable(report, names, measured));
  });
  store.subscribe(["report", "history"], (state) => alignment.replaceChildren(...alignmentRow(state)));
}

/** @param {State} state */
function verdictLines(state) {
  const { report, train } = state;
  const muted = (/** @type {string} */ text) => el("p", { className: "muted", textContent: text });
  if (!report) {
    if (train.state === "running")
      return [
        muted(
          "Learning. When the first run is through, its errors on ratings that were kept aside stand here beside those of two simple models.",
        ),
      ];
    return [
      muted(
        "Nothing is measured yet. After training this says in plain words what one domain gives the other, or that it gives nothing, or that it does harm.",
      ),
    ];
  }
  const lines = report.verdict.map((text) => el("p", { textContent: text }));
  if (!isMeasured(state)) {
    const going =
      train.state === "running" ? "Still measuring what crosses …" : "What crosses was not measured to the end.";
    lines.push(muted(going));
  }
  if (report.seeds.length > 1) lines.push(muted(`Figures are means over ${report.seeds.length} seeds.`));
  return lines;
}

/**
 * All tables of the block have one shape: what it is about at the left, then figures.
 * @param {string} name for those who hear it
 * @param {string} title
 * @param {string} help
 * @param {(string | Node)[]} heads
 * @param {HTMLElement[]} rows
 */
function table(name, title, help, heads, rows) {
  const head = el("th", { scope: "col", className: "left" }, el("h3", {}, title, helpButton(help)));
  return el(
    "table",
    { className: `figures columns-${heads.length}`, "aria-label": name },
    el("thead", {}, el("tr", {}, head, ...heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows),
  );
}

/**
 * @param {Slot} slot
 * @param {string} label
 * @param {string} title
 * @param {HTMLElement[]} cells
 */
const row = (slot, label, title, cells) =>
  el("tr", {}, el("th", { scope: "row", title }, el("span", { className: "cut" }, mark(slot), label)), ...cells);

/** @param {string} text @param {string} [look] @param {string} [title] */
const figure = (text, look = "", title = "") => el("td", { className: `number ${look}`, textContent: text, title });

/**
 * A change and its interval, or that nothing can be said.
 * @param {Change | null | undefined} value
 * @param {boolean | undefined} enough
 * @param {boolean} claimed
 * @param {string} [why] nothing is claimed
 */
function changeCells(value, enough, claimed, why = "") {
  if (value && !enough) {
    const text = "too few to tell";
    return [
      el("td", {
        className: "number muted",
        colspan: 2,
        textContent: text,
        title: `${change(value)} (${interval(value)})`,
      }),
    ];
  }
  const look = !claimed ? "muted" : isMore(value) ? "strong error" : "strong";
  return [figure(change(value), look, why), figure(interval(value), claimed ? "" : "muted", why)];
}

const intervalHead = () => el("span", {}, "interval", helpButton("interval"));

/** @param {Report | null} report @param {Names} names */
function metricsTable(report, names) {
  const rows = SLOTS.map((slot) => {
    const domain = report?.[slot];
    const lowest = domain ? lowestError(domain) : null;
    const title = domain ? `${domain.test_ratings} test ratings in ${names[slot]}` : names[slot];
    const enough = domain?.all.is_enough;
    const look = (/** @type {"model" | "bias" | "mean"} */ key) =>
      lowest === key ? "strong" : key === "model" && enough !== false ? "" : "muted";
    return row(slot, names[slot], title, [
      .../** @type {const} */ (["model", "bias", "mean"]).map((key) => figure(error(domain?.[key].rmse), look(key))),
      ...changeCells(domain?.against_bias, enough, isLess(domain?.against_bias) || isMore(domain?.against_bias)),
    ]);
  });
  const heads = ["model", "bias", "mean", "vs bias", intervalHead()];
  return table("RMSE on unseen ratings", "Test errors", "metrics", heads, rows);
}

/** @param {Report | null} report @param {Names} names @param {boolean} measured */
function transferTable(report, names, measured) {
  const rows = SLOTS.flatMap((slot) =>
    GROUPS.map(([label, key]) => {
      const group = report?.[slot][key];
      const title = `${label} in ${names[slot]}${group ? `: ${group.users} people, ${group.ratings} test ratings` : ""}`;
      return row(slot, label, title, transferCells(group, measured));
    }),
  );
  rows[GROUPS.length].classList.add("parted");
  const heads = ["alone", "shuffled", "linked", "vs alone", intervalHead()];
  return table("RMSE alone, with shuffled links and linked", "Transfer", "transfer", heads, rows);
}

/** @param {Comparison | undefined} group @param {boolean} measured */
function transferCells(group, measured) {
  const better = group && measured ? betterOff(group) : null;
  const placebo = group && measured && better === null && group.is_enough && isLess(group.change);
  const look = (/** @type {string} */ key) => (better === key ? "strong" : better || !group?.is_enough ? "muted" : "");
  return [
    figure(error(group?.without_transfer), look("without_transfer")),
    figure(error(group?.shuffled), "muted"),
    figure(error(group?.with_transfer), look("with_transfer")),
    ...changeCells(group?.change, group?.is_enough, better !== null, placebo ? "Shuffled links do as much" : ""),
  ];
}

/** @param {Report | null} report @param {Names} names @param {boolean} measured */
function ladderTable(report, names, measured) {
  const rows = SLOTS.map((slot) =>
    row(slot, names[slot], `Newcomers of ${names[slot]}`, rungCells(slot, report?.[slot], measured)),
  );
  const heads = RUNGS.map(([text]) => text);
  return table("RMSE for newcomers, step by step", "What crosses", "ladder", heads, rows);
}

/** @param {Slot} slot @param {DomainReport | undefined} domain @param {boolean} measured */
function rungCells(slot, domain, measured) {
  const last = domain && measured ? lastRung(domain) : -1;
  return RUNGS.map(([, source]) => {
    const at = domain?.ladder.findIndex((rung) => rung.source === source) ?? -1;
    const rung = domain?.ladder[at];
    if (!domain || !rung) return figure(error(null), "muted");
    const title = rung.change ? `${change(rung.change)} (${interval(rung.change)}) from the step before` : "";
    const sure = measured && domain.cold.is_enough;
    const plain = at === 0 || (sure && isLess(rung.change)) ? "" : "muted";
    const look = at === last ? "strong" : sure && isMore(rung.change) ? "error" : plain;
    const text = el("span", { className: at === last ? `last-rung rung-${slot}` : "", textContent: error(rung.rmse) });
    return el("td", { className: `number ${look}`, title }, text);
  });
}

/** @param {State} state */
function alignmentRow({ report, history }) {
  const scores = report?.alignment;
  /** @type {[string, number | null][]} */
  const figures = [
    ["this turn", scores?.mapped ?? history.at(-1)?.mapping.alignment ?? null],
    ["the mean", 1],
    ["no turn", scores?.identity ?? null],
    ["random", scores?.random ?? null],
  ];
  const widest = Math.max(2, ...figures.map(([, value]) => value ?? 0));
  return [
    el("h3", {}, "Hidden pairs", helpButton("alignment")),
    el(
      "dl",
      { className: "bars" },
      ...figures.map(([name, value], n) => {
        const bar = el("i", { className: n === 0 ? "bar strong" : "bar" });
        bar.style.setProperty("--share", String((value ?? 0) / widest));
        return el(
          "div",
          {},
          el("dt", { textContent: name }),
          el("dd", { className: n === 0 ? "strong" : "" }, fixed(value, 2), bar),
        );
      }),
    ),
  ];
}
