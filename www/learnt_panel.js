// Block 4: what training has shown, in words first.

import { betterOff, isLess, isMeasured, isMore, lastRung, lowestError } from "./claims.js";
import { nameOf, shownDomains, slotOf } from "./domains.js";
import { byId, el, explainedHeading, helpButton, mark } from "./dom.js";
import { setUpFigures } from "./figures_dialog.js";
import { change, count, error, fixed, interval } from "./format.js";
import { isSampled, modelOf } from "./models.js";
import { allOf, difference, isSameGroup, lineOf, shownBefore } from "./run_before.js";
import { tasteBody, warning } from "./taste_table.js";
import { setUpLossChart } from "./loss_chart.js";
import { plain, spoken } from "./said.js";
import { setUpVerdict } from "./verdict.js";
import { words } from "./words/words.js";

/** @import { Change, Comparison, DataState, DomainReport, LinkReport, Report, Slot, Source } from "./border.d.ts" */
/** @import { Topic } from "./dom.js" */
/** @import { Actions } from "./actions.js" */
/** @import { DomainBefore, GroupBefore, RunBefore } from "./run_before.js" */
/** @import { State, Store } from "./store.js" */

/** @typedef {{ slot: Slot, name: string }[]} Shown by domain */

/** @returns {[string, "all" | "sparse" | "cold"][]} */
const groupsOf = ({ everybody, fewRatings, newcomers } = words.learnt) => [
  [everybody, "all"],
  [fewRatings, "sparse"],
  [newcomers, "cold"],
];
/** Steps of the ladder. @type {Source[]} */
const RUNGS = ["bias", "alone", "biases", "linked"];

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpLearnt(store, actions) {
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
  setUpVerdict(store);
  setUpLossChart(store);
  setUpBeforeLine(store, actions);

  store.subscribe(["report"], ({ report }) => {
    all.disabled = save.disabled = report === null;
  });
  store.subscribe(["history", "sweeps", "prepared"], (state) => {
    pairsTitle.hidden = modelOf(state)?.has_map === false || isSampled(state);
    taste.hidden = !isSampled(state);
  });
  store.subscribe(["report", "complete", "data", "prepared", "before", "language"], (state) => {
    const { report, data } = state;
    const hasMap = modelOf(state)?.has_map !== false;
    alignment.hidden = !hasMap;
    taste.replaceChildren(...tasteTable(state));
    const shown = shownDomains(data);
    const measured = isMeasured(state);
    const before = shownBefore(state);
    metrics.replaceChildren(metricsTable(report, shown, before));
    transfer.replaceChildren(transferTable(report, shown, measured, before));
    ladder.replaceChildren(ladderTable(report, shown, measured, hasMap, before));
  });
  store.subscribe(["report", "history", "data", "prepared", "before", "language"], (state) => {
    const many = (state.data?.domains.length ?? 0) > 2;
    alignment.classList.toggle("pair-table", many);
    alignment.replaceChildren(...(many ? [pairsTable(state)] : alignmentRow(state)));
  });
}

/** What differed in the run before, and how to be rid of it. @param {Store} store @param {Actions} actions */
function setUpBeforeLine(store, actions) {
  const row = byId("before-row", HTMLElement);
  const line = byId("before-line", HTMLElement);
  const close = byId("before-close", HTMLButtonElement);
  close.addEventListener("click", () => {
    actions.closeBefore();
    byId("learnt-title", HTMLElement).focus();
  });
  store.subscribe(["before", "prepared", "data", "capabilities", "language"], (state) => {
    const before = shownBefore(state);
    row.classList.toggle("away", before === null);
    close.title = words.learnt.before.close;
    close.setAttribute("aria-label", close.title);
    if (!before) return;
    line.replaceChildren(...spoken(lineOf(state, before)));
    line.title = plain(allOf(state, before));
  });
}

/**
 * All tables of the block have one shape: what it is about at the left, then figures.
 * @param {string} name for those who hear it
 * @param {string} title
 * @param {Topic} help
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
  el("tr", {}, el("th", { scope: "row", title }, el("span", { className: "cut" }, slot === null ? null : mark(slot), el("span", { className: "name", textContent: label }), of === "" ? null : el("span", { className: "visually-hidden", textContent: words.learnt.inDomain(of) }))), ...cells);

/** The head of a domain's rows. @param {Slot} slot @param {string} name */
const nameCell = (slot, name) =>
  el("th", { scope: "rowgroup", colspan: 6, title: name }, el("span", { className: "cut" }, mark(slot), el("span", { className: "name", textContent: name })));

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
    const text = words.learnt.tooFew;
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

const intervalHead = () => el("span", {}, words.learnt.interval, helpButton("interval"));

/**
 * A figure of the run before and how much it has changed since, beside the one of now.
 * @param {number | null | undefined} now
 * @param {number | null | undefined} then
 * @param {boolean} isSame whether both are of the same people's ratings
 * @param {(value: number | null | undefined) => string} [text]
 */
function beforeCells(now, then, isSame, text = error) {
  const title = isSame || typeof now !== "number" ? "" : words.learnt.before.otherPeople;
  return [figure(text(then), "muted was"), figure(difference(now, then, text, isSame), "muted was", title)];
}

/** How far hidden pairs are apart. @param {number | null | undefined} value */
const distance = (value) => fixed(value, 2);

const beforeHeads = () => [words.learnt.before.before, el("span", { textContent: words.learnt.before.difference, title: words.learnt.before.noise })];

/** @param {Report | null} report @param {Shown} shown @param {RunBefore | null} before */
function metricsTable(report, shown, before) {
  const rows = shown.map(({ slot, name }, n) => {
    const domain = report?.domains[n];
    const lowest = domain ? lowestError(domain) : null;
    const title = domain ? words.learnt.testRatings(domain.test_ratings, name) : name;
    const enough = domain?.all.is_enough;
    const look = (/** @type {"model" | "bias" | "mean"} */ key) =>
      lowest === key ? "strong" : key === "model" && enough !== false ? "" : "muted";
    const then = before?.report.domains[n];
    /** @type {("model" | "bias" | "mean")[]} */
    const columns = before ? ["model"] : ["model", "bias", "mean"];
    return row(slot, name, title, [
      ...columns.map((key) => figure(error(domain?.[key].rmse), look(key))),
      ...(before ? beforeCells(domain?.model.rmse, then?.model.rmse, domain?.test_ratings === then?.test_ratings) : []),
      ...changeCells(domain?.against_bias, enough, isLess(domain?.against_bias) || isMore(domain?.against_bias)),
    ]);
  });
  const said = words.learnt;
  const heads = [said.model, ...(before ? beforeHeads() : [said.bias, said.mean]), said.againstBias, intervalHead()];
  return table(said.rmse, said.testErrors, "metrics", heads, rows);
}

/** @param {Report | null} report @param {Shown} shown @param {boolean} measured @param {RunBefore | null} before */
function transferTable(report, shown, measured, before) {
  const many = shown.length > 2;
  const rows = shown.flatMap(({ slot, name }, n) => {
    const groups = groupsOf().map(([label, key]) => {
      const group = report?.domains[n]?.[key];
      const title = words.learnt.group(label, name, group);
      return row(many ? null : slot, label, title, transferCells(group, measured, before && { then: before.report.domains[n]?.[key] }), name);
    });
    const block = many ? [el("tr", { className: "block" }, nameCell(slot, name))] : groups.slice(0, 0);
    const all = [...block, ...groups];
    if (n > 0) all[0].classList.add("parted");
    return all;
  });
  const said = words.learnt;
  const heads = [...(before ? [said.linked, ...beforeHeads()] : [said.alone, said.shuffled, said.linked]), said.againstAlone, intervalHead()];
  return table(said.transferCaption, said.transfer, "transfer", heads, rows);
}

/** @param {Comparison | undefined} group @param {boolean} measured @param {{ then: GroupBefore | undefined } | null} before */
function transferCells(group, measured, before) {
  const better = group && measured ? betterOff(group) : null;
  const placebo = group && measured && better === null && group.is_enough && isLess(group.change);
  const look = (/** @type {string} */ key) => (better === key ? "strong" : better || !group?.is_enough ? "muted" : "");
  const linked = figure(error(group?.with_transfer), look("with_transfer"));
  return [
    ...(before
      ? [linked, ...beforeCells(group?.with_transfer, before.then?.with_transfer, isSameGroup(group, before.then))]
      : [figure(error(group?.without_transfer), look("without_transfer")), figure(error(group?.shuffled), "muted"), linked]),
    ...changeCells(group?.change, group?.is_enough, better !== null, placebo ? words.learnt.shuffledAsMuch : ""),
  ];
}

/** @param {Report | null} report @param {Shown} shown @param {boolean} measured @param {boolean} hasMap @param {RunBefore | null} before */
function ladderTable(report, shown, measured, hasMap, before) {
  const highest = (/** @type {DomainBefore | undefined} */ domain) => domain?.ladder.find(({ source }) => source === RUNGS.at(-1))?.rmse;
  const rows = shown.map(({ slot, name }, n) => {
    const [now, then] = [report?.domains[n], before?.report.domains[n]];
    const cells = rungCells(slot, now, measured);
    const beside = before ? [...cells.slice(2), ...beforeCells(highest(now), highest(then), isSameGroup(now?.cold, then?.cold))] : cells;
    return row(slot, name, words.learnt.newcomersOf(name), beside);
  });
  const said = words.learnt;
  const steps = [said.itemMean, said.alone, said.andBiases, hasMap ? said.andMap : said.andTaste];
  const heads = before ? [...steps.slice(2), ...beforeHeads()] : steps;
  return table(said.ladderCaption, said.whatCrosses, "ladder", heads, rows);
}

/** @param {Slot} slot @param {DomainReport | undefined} domain @param {boolean} measured */
function rungCells(slot, domain, measured) {
  const last = domain && measured ? lastRung(domain) : -1;
  return RUNGS.map((source) => {
    const at = domain?.ladder.findIndex((rung) => rung.source === source) ?? -1;
    const rung = domain?.ladder[at];
    if (!domain || !rung) return figure(error(null), "muted");
    const title = rung.change ? words.learnt.fromStepBefore(change(rung.change), interval(rung.change)) : "";
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
function pairsTable(state) {
  const { report, data } = state;
  const before = shownBefore(state);
  const known = data?.pairs.filter(({ overlap_users }) => overlap_users > 0) ?? [];
  const rows = known.map(({ domains, overlap_users }) => {
    const link = report?.links.find((each) => each.domains.join() === domains.join());
    const [a, b] = domains.map((n) => nameOf(data, n));
    const names = el("span", { className: "cut", textContent: `${a}, ${b}` });
    const signs = el("span", { className: "pair" }, ...domains.map((n) => mark(slotOf(data, n))), names);
    const { alignment } = link ?? {};
    const then = before?.report.links.find((each) => each.domains.join() === domains.join())?.alignment;
    const title = alignment ? words.learnt.hiddenPairsOf(alignment.pairs, a, b) : words.learnt.both(a, b);
    const finds = alignment && alignment.mapped < Math.min(1, alignment.identity, alignment.random);
    return el(
      "tr",
      {},
      el("th", { scope: "row", title }, signs),
      ...(before ? [] : [figure(count(overlap_users))]),
      figure(fixed(alignment?.mapped, 2), finds ? "strong" : ""),
      ...(before ? beforeCells(alignment?.mapped, then?.mapped, alignment?.pairs === then?.pairs, distance) : [detourCell(link, data)]),
      figure(fixed(alignment?.identity, 2), "muted"),
      figure(fixed(alignment?.random, 2), "muted"),
    );
  });
  const { pairsCaption, hiddenPairs, inBoth, turned, via, noTurn, random } = words.learnt;
  return table(pairsCaption, hiddenPairs, "pairs", before ? [turned, ...beforeHeads(), noTurn, random] : [inBoth, turned, via, noTurn, random], rows);
}

/**
 * The best way around by a third domain.
 * @param {LinkReport | undefined} link
 * @param {DataState | null} data
 */
function detourCell(link, data) {
  const [best] = (link?.detours ?? []).toSorted((x, y) => x.mapped - y.mapped);
  if (!best) return figure(fixed(null, 2), "muted");
  const title = (link?.detours ?? []).map(({ by, mapped }) => words.learnt.byWayOf(fixed(mapped, 2), nameOf(data, by))).join("; ");
  return el("td", { className: "number", title }, mark(slotOf(data, best.by)), ` ${fixed(best.mapped, 2)}`);
}

/** Whether kindness and taste cross, of what is sampled. @param {State} state */
function tasteTable({ report, data }) {
  const reports = report?.taste ?? [];
  const said = words.learnt;
  const heads = [said.carried, said.shuffled, said.pairs, said.shuffled, said.rHatDraws];
  const rows = reports.length > 0 ? tasteBody(reports, data) : [];
  const told = warning(reports);
  return [
    table(said.tasteCaption, said.crosses, "taste", heads, rows),
    ...(told ? [el("p", { id: "chain-warning", className: "small error", textContent: told })] : []),
  ];
}

/** @param {State} state */
function alignmentRow(state) {
  const { report, history } = state;
  const scores = report?.alignment;
  const before = shownBefore(state);
  const now = scores?.mapped ?? history.at(-1)?.mapping?.alignment ?? null;
  const then = before?.report.alignment?.mapped ?? before?.history.at(-1)?.mapping?.alignment ?? null;
  const isSame = !scores || scores.pairs === before?.report.alignment?.pairs;
  /** @type {[string, number | null, string?][]} */
  const figures = [
    [words.learnt.thisTurn, now],
    ...(before
      ? /** @type {[string, number | null, string?][]} */ ([[words.learnt.before.before, then], [words.learnt.before.difference, null, difference(now, then, distance, isSame)]])
      : /** @type {[string, number | null][]} */ ([[words.learnt.theMean, 1], [words.learnt.noTurn, scores?.identity ?? null]])),
    [words.learnt.random, scores?.random ?? null],
  ];
  const widest = Math.max(2, ...figures.map(([, value]) => value ?? 0));
  return [
    explainedHeading("h3", words.learnt.hiddenPairs, "alignment"),
    el(
      "dl",
      { className: "bars" },
      ...figures.map(([name, value, text], n) => {
        const bar = el("i", { className: n === 0 ? "bar strong" : "bar" });
        bar.style.setProperty("--share", String((value ?? 0) / widest));
        return el(
          "div",
          {},
          el("dt", { textContent: name }),
          el("dd", { className: n === 0 ? "strong" : before && n < 3 ? "muted" : "" }, text ?? fixed(value, 2), text === undefined ? bar : null),
        );
      }),
    ),
  ];
}
