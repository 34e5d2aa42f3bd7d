// Block 4: what training has shown, in words first.

import { betterOff, isLess, isMeasured, isMore, lastRung, lowestError } from "./claims.js";
import { nameOf, shownDomains, slotOf } from "./domains.js";
import { byId, el, explainedHeading, helpButton, mark } from "./dom.js";
import { setUpFigures } from "./figures_dialog.js";
import { change, count, error, fixed, interval } from "./format.js";
import { isSampled, modelOf } from "./models.js";
import { tasteBody, warning } from "./taste_table.js";
import { setUpLossChart } from "./loss_chart.js";

/** @import { Change, Comparison, DataState, DomainReport, LinkReport, Report, Slot, Source } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */

/** @typedef {{ slot: Slot, name: string }[]} Shown by domain */

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
/** What the last of them is called for a model without a map. */
const TASTE = "+ taste";

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
  const taste = byId("taste", HTMLElement);
  const pairsTitle = byId("pairs-title", HTMLElement);
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
  store.subscribe(["history", "sweeps", "prepared"], (state) => {
    pairsTitle.hidden = modelOf(state)?.has_map === false || isSampled(state);
    taste.hidden = !isSampled(state);
  });
  store.subscribe(["report", "complete", "data", "prepared"], (state) => {
    const { report, data } = state;
    const hasMap = modelOf(state)?.has_map !== false;
    alignment.hidden = !hasMap;
    taste.replaceChildren(...tasteTable(state));
    const shown = shownDomains(data);
    const measured = isMeasured(state);
    metrics.replaceChildren(metricsTable(report, shown));
    transfer.replaceChildren(transferTable(report, shown, measured));
    ladder.replaceChildren(ladderTable(report, shown, measured, hasMap));
  });
  store.subscribe(["report", "history", "data"], (state) => {
    const many = (state.data?.domains.length ?? 0) > 2;
    alignment.classList.toggle("pair-table", many);
    alignment.replaceChildren(...(many ? [pairsTable(state)] : alignmentRow(state)));
  });
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
  const lines = state.verdict.map((text) => el("p", { textContent: text }));
  const model = modelOf(state);
  if (model && !model.crosses) {
    lines.push(muted(`Nothing crosses in ${model.name}: it knows each domain by itself, so that there is no transfer to measure.`));
  } else if (!isMeasured(state)) {
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
  const head = el("th", { scope: "col", className: "left" }, explainedHeading("h3", title, help));
  return el(
    "table",
    { className: `figures columns-${heads.length}`, "aria-label": name },
    el("thead", {}, el("tr", {}, head, ...heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows),
  );
}

/**
 * @param {Slot | null} slot null where the domain is told above
 * @param {string} label
 * @param {string} title
 * @param {HTMLElement[]} cells
 * @param {string} [of] the domain, for those who hear it, where only its sign says so
 */
const row = (slot, label, title, cells, of = "") =>
  el("tr", {}, el("th", { scope: "row", title }, el("span", { className: "cut" }, slot === null ? null : mark(slot), label, of === "" ? null : el("span", { className: "visually-hidden", textContent: ` in ${of}` }))), ...cells);

/** The head of a domain's rows. @param {Slot} slot @param {string} name */
const nameCell = (slot, name) =>
  el("th", { scope: "rowgroup", colspan: 6 }, el("span", { className: "cut" }, mark(slot), name));

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

/** @param {Report | null} report @param {Shown} shown */
function metricsTable(report, shown) {
  const rows = shown.map(({ slot, name }, n) => {
    const domain = report?.domains[n];
    const lowest = domain ? lowestError(domain) : null;
    const title = domain ? `${domain.test_ratings} test ratings in ${name}` : name;
    const enough = domain?.all.is_enough;
    const look = (/** @type {"model" | "bias" | "mean"} */ key) =>
      lowest === key ? "strong" : key === "model" && enough !== false ? "" : "muted";
    return row(slot, name, title, [
      .../** @type {const} */ (["model", "bias", "mean"]).map((key) => figure(error(domain?.[key].rmse), look(key))),
      ...changeCells(domain?.against_bias, enough, isLess(domain?.against_bias) || isMore(domain?.against_bias)),
    ]);
  });
  const heads = ["model", "bias", "mean", "vs bias", intervalHead()];
  return table("RMSE on unseen ratings", "Test errors", "metrics", heads, rows);
}

/** @param {Report | null} report @param {Shown} shown @param {boolean} measured */
function transferTable(report, shown, measured) {
  const many = shown.length > 2;
  const rows = shown.flatMap(({ slot, name }, n) => {
    const groups = GROUPS.map(([label, key]) => {
      const group = report?.domains[n]?.[key];
      const title = `${label} in ${name}${group ? `: ${group.users} people, ${group.ratings} test ratings` : ""}`;
      return row(many ? null : slot, label, title, transferCells(group, measured), name);
    });
    const block = many ? [el("tr", { className: "block" }, nameCell(slot, name))] : groups.slice(0, 0);
    const all = [...block, ...groups];
    if (n > 0) all[0].classList.add("parted");
    return all;
  });
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

/** @param {Report | null} report @param {Shown} shown @param {boolean} measured @param {boolean} hasMap */
function ladderTable(report, shown, measured, hasMap) {
  const rows = shown.map(({ slot, name }, n) =>
    row(slot, name, `Newcomers of ${name}`, rungCells(slot, report?.domains[n], measured)),
  );
  const heads = RUNGS.map(([text, source]) => (source === "linked" && !hasMap ? TASTE : text));
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

/**
 * Of more domains than two: what every two that share people could give each other, a row a pair.
 * @param {State} state
 */
function pairsTable({ report, data }) {
  const known = data?.pairs.filter(({ overlap_users }) => overlap_users > 0) ?? [];
  const rows = known.map(({ domains, overlap_users }) => {
    const link = report?.links.find((each) => each.domains.join() === domains.join());
    const [a, b] = domains.map((n) => nameOf(data, n));
    const names = el("span", { className: "cut", textContent: `${a}, ${b}` });
    const signs = el("span", { className: "pair" }, ...domains.map((n) => mark(slotOf(data, n))), names);
    const { alignment } = link ?? {};
    const title = alignment ? `${alignment.pairs} hidden pairs of ${a} and ${b}` : `${a} and ${b}`;
    const finds = alignment && alignment.mapped < Math.min(1, alignment.identity, alignment.random);
    return el(
      "tr",
      {},
      el("th", { scope: "row", title }, signs),
      figure(count(overlap_users)),
      figure(fixed(alignment?.mapped, 2), finds ? "strong" : ""),
      detourCell(link, data),
      figure(fixed(alignment?.identity, 2), "muted"),
      figure(fixed(alignment?.random, 2), "muted"),
    );
  });
  return table("How near hidden pairs come", "Hidden pairs", "pairs", ["in both", "turned", "via", "no turn", "random"], rows);
}

/**
 * The best way around by a third domain.
 * @param {LinkReport | undefined} link
 * @param {DataState | null} data
 */
function detourCell(link, data) {
  const [best] = (link?.detours ?? []).toSorted((x, y) => x.mapped - y.mapped);
  if (!best) return figure(fixed(null, 2), "muted");
  const title = (link?.detours ?? []).map(({ by, mapped }) => `${fixed(mapped, 2)} by way of ${nameOf(data, by)}`).join("; ");
  return el("td", { className: "number", title }, mark(slotOf(data, best.by)), ` ${fixed(best.mapped, 2)}`);
}

/** Whether kindness and taste cross, of what is sampled. @param {State} state */
function tasteTable({ report, data }) {
  const reports = report?.taste ?? [];
  const heads = ["carried", "shuffled", "pairs", "shuffled", "R̂ · draws"];
  const rows = reports.length > 0 ? tasteBody(reports, data) : [];
  const told = warning(reports);
  return [
    table("Whether kindness and taste cross, beside shuffled links", "Crosses?", "taste", heads, rows),
    ...(told ? [el("p", { id: "chain-warning", className: "small error", textContent: told })] : []),
  ];
}

/** @param {State} state */
function alignmentRow({ report, history }) {
  const scores = report?.alignment;
  /** @type {[string, number | null][]} */
  const figures = [
    ["this turn", scores?.mapped ?? history.at(-1)?.mapping?.alignment ?? null],
    ["the mean", 1],
    ["no turn", scores?.identity ?? null],
    ["random", scores?.random ?? null],
  ];
  const widest = Math.max(2, ...figures.map(([, value]) => value ?? 0));
  return [
    explainedHeading("h3", "Hidden pairs", "alignment"),
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
