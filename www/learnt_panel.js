// Block 4: what training has shown, in words first.

import { betterOff, isLess, isMeasured, isMore, lastRung, lowestError } from "./claims.js";
import { nameOf, shownDomains, slotOf } from "./domains.js";
import { byId, el, explainedHeading, helpButton, mark } from "./dom.js";
import { setUpFigures } from "./figures_dialog.js";
import { change, count, error, fixed, interval } from "./format.js";
import { isSampled, modelOf } from "./models.js";
import { tasteBody, warning } from "./taste_table.js";
import { setUpLossChart } from "./loss_chart.js";
import { words } from "./words/words.js";

/** @import { Change, Comparison, DataState, DomainReport, LinkReport, Report, Slot, Source } from "./border.d.ts" */
/** @import { Topic } from "./dom.js" */
/** @import { Actions } from "./actions.js" */
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

  store.subscribe(["report", "complete", "train", "data", "language"], (state) => {
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
  store.subscribe(["report", "complete", "data", "prepared", "language"], (state) => {
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
  store.subscribe(["report", "history", "data", "language"], (state) => {
    const many = (state.data?.domains.length ?? 0) > 2;
    alignment.classList.toggle("pair-table", many);
    alignment.replaceChildren(...(many ? [pairsTable(state)] : alignmentRow(state)));
  });
}

/** @param {State} state */
function verdictLines(state) {
  const { report, train } = state;
  const muted = (/** @type {string} */ text) => el("p", { className: "muted", textContent: text });
  const said = words.learnt;
  if (!report) return [muted(train.state === "running" ? said.learning : said.nothingYet)];
  const lines = state.verdict.map((textContent) => el("p", { lang: "en", textContent }));
  const model = modelOf(state);
  if (model && !model.crosses) {
    lines.push(muted(said.nothingCrosses(model.name)));
  } else if (!isMeasured(state)) {
    lines.push(muted(train.state === "running" ? said.measuring : said.notMeasured));
  }
  if (report.seeds.length > 1) lines.push(muted(said.overSeeds(report.seeds.length)));
  return lines;
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
  el("tr", {}, el("th", { scope: "row", title }, el("span", { className: "cut" }, slot === null ? null : mark(slot), label, of === "" ? null : el("span", { className: "visually-hidden", textContent: words.learnt.inDomain(of) }))), ...cells);

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

/** @param {Report | null} report @param {Shown} shown */
function metricsTable(report, shown) {
  const rows = shown.map(({ slot, name }, n) => {
    const domain = report?.domains[n];
    const lowest = domain ? lowestError(domain) : null;
    const title = domain ? words.learnt.testRatings(domain.test_ratings, name) : name;
    const enough = domain?.all.is_enough;
    const look = (/** @type {"model" | "bias" | "mean"} */ key) =>
      lowest === key ? "strong" : key === "model" && enough !== false ? "" : "muted";
    return row(slot, name, title, [
      .../** @type {const} */ (["model", "bias", "mean"]).map((key) => figure(error(domain?.[key].rmse), look(key))),
      ...changeCells(domain?.against_bias, enough, isLess(domain?.against_bias) || isMore(domain?.against_bias)),
    ]);
  });
  const said = words.learnt;
  const heads = [said.model, said.bias, said.mean, said.againstBias, intervalHead()];
  return table(said.rmse, said.testErrors, "metrics", heads, rows);
}

/** @param {Report | null} report @param {Shown} shown @param {boolean} measured */
function transferTable(report, shown, measured) {
  const many = shown.length > 2;
  const rows = shown.flatMap(({ slot, name }, n) => {
    const groups = groupsOf().map(([label, key]) => {
      const group = report?.domains[n]?.[key];
      const title = words.learnt.group(label, name, group);
      return row(many ? null : slot, label, title, transferCells(group, measured), name);
    });
    const block = many ? [el("tr", { className: "block" }, nameCell(slot, name))] : groups.slice(0, 0);
    const all = [...block, ...groups];
    if (n > 0) all[0].classList.add("parted");
    return all;
  });
  const said = words.learnt;
  const heads = [said.alone, said.shuffled, said.linked, said.againstAlone, intervalHead()];
  return table(said.transferCaption, said.transfer, "transfer", heads, rows);
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
    ...changeCells(group?.change, group?.is_enough, better !== null, placebo ? words.learnt.shuffledAsMuch : ""),
  ];
}

/** @param {Report | null} report @param {Shown} shown @param {boolean} measured @param {boolean} hasMap */
function ladderTable(report, shown, measured, hasMap) {
  const rows = shown.map(({ slot, name }, n) =>
    row(slot, name, words.learnt.newcomersOf(name), rungCells(slot, report?.domains[n], measured)),
  );
  const said = words.learnt;
  const heads = [said.itemMean, said.alone, said.andBiases, hasMap ? said.andMap : said.andTaste];
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
function pairsTable({ report, data }) {
  const known = data?.pairs.filter(({ overlap_users }) => overlap_users > 0) ?? [];
  const rows = known.map(({ domains, overlap_users }) => {
    const link = report?.links.find((each) => each.domains.join() === domains.join());
    const [a, b] = domains.map((n) => nameOf(data, n));
    const names = el("span", { className: "cut", textContent: `${a}, ${b}` });
    const signs = el("span", { className: "pair" }, ...domains.map((n) => mark(slotOf(data, n))), names);
    const { alignment } = link ?? {};
    const title = alignment ? words.learnt.hiddenPairsOf(alignment.pairs, a, b) : words.learnt.both(a, b);
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
  const { pairsCaption, hiddenPairs, inBoth, turned, via, noTurn, random } = words.learnt;
  return table(pairsCaption, hiddenPairs, "pairs", [inBoth, turned, via, noTurn, random], rows);
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
function alignmentRow({ report, history }) {
  const scores = report?.alignment;
  /** @type {[string, number | null][]} */
  const figures = [
    [words.learnt.thisTurn, scores?.mapped ?? history.at(-1)?.mapping?.alignment ?? null],
    [words.learnt.theMean, 1],
    [words.learnt.noTurn, scores?.identity ?? null],
    [words.learnt.random, scores?.random ?? null],
  ];
  const widest = Math.max(2, ...figures.map(([, value]) => value ?? 0));
  return [
    explainedHeading("h3", words.learnt.hiddenPairs, "alignment"),
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
