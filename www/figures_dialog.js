// Every figure of the report, with the ones that the paper prints under their own name.

import { betterOff, found, isLess, isMeasured, isMore, lastRung, lowestError } from "./claims.js";
import { nameOf, slotOf } from "./domains.js";
import { byId, closeButton, el, helpButton, helpSwitch, mark } from "./dom.js";
import { chartsAsSvg } from "./loss_chart.js";
import { isSampled, modelOf } from "./models.js";
import { save } from "./saving.js";
import { chainText, tasteRows, warning, withDeviation } from "./taste_table.js";
import { change, count, deviceName, error, fixed, interval } from "./format.js";
import { english, spoken } from "./said.js";
import { words } from "./words/words.js";

/** @import { Change, Comparison, DomainReport, Report, Scores, Slot, Source } from "./border.d.ts" */
/** @import { Topic } from "./dom.js" */
/** @import { State, Store } from "./store.js" */

/** @typedef {{ text: string, look?: string }} Cell */
/** @typedef {[text: string, help?: Topic]} Head */
/** @typedef {[Head, ...Cell[]]} Row */

/** @returns {[string, keyof Scores, Topic | undefined][]} */
const columnsOf = () => [
  ["RMSE", "rmse", undefined],
  ["MAE", "mae", undefined],
  ["Precision@5", "precision_at_5", "precision"],
  ["Recall@5", "recall_at_5", undefined],
  [words.learnt.all.paperPrecision, "paper_precision_at_5", "paper_precision"],
  [words.learnt.all.paperRecall, "paper_recall_at_5", undefined],
];

/**
 * @param {Store} store
 * @returns {() => void} opens the dialog
 */
export function setUpFigures(store) {
  const dialog = byId("figures-dialog", HTMLDialogElement);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  store.subscribe(["report", "complete", "language"], (state) => {
    if (dialog.open) draw(dialog, state);
  });
  return () => {
    draw(dialog, store.state);
    dialog.showModal();
  };
}

/** @param {HTMLDialogElement} dialog @param {State} state */
function draw(dialog, state) {
  const { report, prepared, settings, history, reason } = state;
  const said = words.learnt.all;
  const close = closeButton("figures-close", () => dialog.close());
  const run = [
    said.seeds(report ? report.seeds : [Number(settings.config.seed)]),
    prepared && prepared.model !== "dml" ? prepared.model : null,
    deviceName(prepared?.device),
    isSampled(state) ? words.train.sweeps(state.sweeps.length) : words.train.epochs(history.length),
    reason && english(reason),
  ];
  const charts = el("button", {
    type: "button",
    className: "quiet",
    id: "figures-charts",
    textContent: said.saveCharts,
    title: said.chartsTitle,
    disabled: history.length === 0 && state.sweeps.length === 0,
  });
  charts.addEventListener("click", () => save({ name: "charts.svg", mime: "image/svg+xml", text: chartsAsSvg(state), bytes: null }));
  const header = el(
    "header",
    {},
    el("h2", { id: "figures-dialog-title", textContent: said.title }),
    el("p", { className: "muted" }, ...spoken(run.filter(Boolean).join(" · "))),
    helpSwitch(),
    charts,
    close,
  );
  if (!report) {
    dialog.replaceChildren(header, el("p", { className: "muted", textContent: said.nothing }));
    return;
  }
  const measured = isMeasured(state);
  const rungs = modelOf(state)?.has_map === false ? { ...said.rungs, linked: said.taste } : said.rungs;
  dialog.replaceChildren(
    header,
    ...report.domains.flatMap((domain, n) => domainTables(slotOf(state.data, n), domain, measured, rungs)),
    ...wholeFacts(report, state),
  );
}

/** What belongs to no domain. @param {Report} report @param {State} state */
function wholeFacts(report, state) {
  const said = words.learnt.all;
  const { seeds, kept } = report;
  // Only of dual metric learning is a map measured.
  const measuresMap = report.links.length > 0;
  const facts = !measuresMap ? [] : report.domains.length > 2 ? [linkTable(report, state)] : mapFacts(report);
  if (report.taste.length > 0) {
    facts.push(tasteTable(report, state));
    const told = warning(report.taste);
    if (told) facts.push(el("p", { className: "small error", textContent: told }));
  }
  if (seeds.length > 1) {
    facts.push(el("p", {}, said.overSeeds(seeds), helpButton("interval")));
  }
  if (kept) {
    const steps = state.prepared?.samples ? words.train.sweeps(kept.epochs) : words.train.epochs(kept.epochs);
    facts.push(el("p", { id: "kept-model" }, said.kept(steps, kept.seconds), helpButton("kept")));
  }
  return [el("h3", { textContent: measuresMap ? said.mapAndModels : said.models }), ...facts];
}

/** The map of two domains, in words. @param {Report} report @returns {HTMLElement[]} */
function mapFacts({ linked_users, orthogonality_error, mapping_loss, closed_form_loss, alignment }) {
  const facts = [
    el(
      "p",
      {},
      words.learnt.all.map(linked_users, orthogonality_error),
      helpButton("orthogonality"),
      words.learnt.all.places(mapping_loss, closed_form_loss),
    ),
  ];
  if (alignment) {
    const { pairs, mapped, identity, random } = alignment;
    facts.push(
      el(
        "p",
        {},
        words.learnt.all.distances(pairs, mapped, identity, random),
        helpButton("alignment"),
      ),
    );
  }
  return facts;
}

/**
 * The maps of more domains than two: a row a link, and a row a way around it.
 * @param {Report} report
 * @param {State} state
 */
function linkTable({ links }, { data }) {
  const said = words.learnt;
  /** @type {Row[]} */
  const rows = links.flatMap(({ domains, overlap_users, linked_users, alignment, detours }) => {
    const [a, b] = domains.map((n) => nameOf(data, n));
    const figures = [alignment?.mapped, alignment?.identity, alignment?.random].map((value) => ({ text: fixed(value, 3) }));
    const counts = [overlap_users, linked_users, alignment?.pairs].map((value) => ({ text: count(value) }));
    return [
      /** @type {Row} */ ([[words.learnt.all.fromTo(a, b)], ...counts, ...figures]),
      ...detours.map(({ by, mapped }) =>
        /** @type {Row} */ ([
          [words.learnt.all.byWayOf(nameOf(data, by))],
          ...counts.map(() => ({ text: "" })),
          { text: fixed(mapped, 3) },
          { text: "" },
          { text: "" },
        ]),
      ),
    ];
  });
  /** @type {Head[]} */
  const heads = [[said.inBoth], [said.all.linked], [said.all.hiddenPairs], [said.thisTurn], [said.noTurn], [said.random]];
  return table(said.pairsCaption, [said.hiddenPairs, "pairs"], heads, rows);
}

/**
 * What the links of a chain come to, beside shuffled ones.
 * @param {Report} report
 * @param {State} state
 */
function tasteTable({ taste }, { data }) {
  const said = words.learnt;
  /** @type {Row[]} */
  const rows = taste.flatMap((report) => {
    const [a, b] = report.domains.map((n) => nameOf(data, n));
    return tasteRows(report, data).map(({ name, carried, shuffled, pairs, shuffledPairs, crosses }) =>
      /** @type {Row} */ ([
        [`${said.all.fromTo(a, b)}: ${name}`],
        { text: withDeviation(carried) },
        { text: withDeviation(shuffled), look: "muted" },
        { text: fixed(pairs, 2), look: crosses ? "strong" : "" },
        { text: fixed(shuffledPairs, 2), look: "muted" },
        { text: count(report.linked.held_out?.pairs) },
        { text: chainText(carried), look: "muted" },
      ]),
    );
  });
  /** @type {Head[]} */
  const heads = [[said.carried], [said.shuffled, "shuffled"], [said.all.overHiddenPairs], [said.shuffled], [said.pairs], [said.rHatDraws, "r_hat"]];
  return table(said.all.tasteCaption, [said.all.doesItCross, "taste"], heads, rows);
}

/** @typedef {Partial<Record<Source, string>>} Rungs what each step of the ladder is called */

/** @param {Slot} slot @param {DomainReport} report @param {boolean} measured @param {Rungs} rungs */
function domainTables(slot, report, measured, rungs) {
  return [
    el(
      "h3",
      { className: "domain" },
      mark(slot),
      report.name,
      el("span", { className: "small muted", textContent: words.learnt.all.test(report.test_ratings, report.clipped_ratings) }),
    ),
    errorTable(report),
    groupTable(report, measured),
    ladderTable(slot, report, measured, rungs),
    ladderNote(report),
    floorNote(report),
  ].filter((part) => part !== null);
}

/** @param {DomainReport} report */
function errorTable(report) {
  const said = words.learnt.all;
  const columns = columnsOf();
  const lowest = lowestError(report);
  /** @type {[string, "model" | "bias" | "mean", Change | null][]} */
  const rows = [
    [said.thisModel, "model", null],
    [said.biasModel, "bias", report.against_bias],
    [said.globalMean, "mean", report.against_mean],
  ];
  /** @type {Head[]} */
  const heads = [...columns.map(([text, , help]) => /** @type {Head} */ ([text, help])), [said.againstIt, "interval"]];
  return table(
    said.errorsIn(report.name),
    [words.learnt.testErrors, "metrics"],
    heads,
    rows.map(([name, key, against]) => [
      [name],
      ...columns.map(([, score]) => ({
        text: error(report[key][score]),
        look: score === "rmse" && lowest === key ? "strong" : "",
      })),
      key === "model" ? { text: "" } : changeCell(against, report.all.is_enough),
    ]),
  );
}

/** @param {DomainReport} report @param {boolean} measured */
function groupTable(report, measured) {
  const said = words.learnt;
  /** @type {[Head, Comparison][]} */
  const groups = [
    [[said.everybody], report.all],
    [[said.all.fewerThanFive], report.sparse],
    [[said.newcomers, "newcomers"], report.cold],
  ];
  return table(
    said.all.transferIn(report.name),
    [said.all.groups, "transfer"],
    [
      [said.all.people],
      [said.all.ratings],
      [said.mean],
      [said.bias],
      [said.alone, "alone"],
      [said.shuffled, "shuffled"],
      [said.linked],
      [said.againstAlone, "interval"],
      [said.all.againstShuffled, "shuffled"],
    ],
    groups.map(([name, group]) => {
      const better = measured ? betterOff(group) : null;
      return [
        name,
        { text: count(group.users) },
        { text: count(group.ratings) },
        { text: error(group.mean) },
        { text: error(group.bias) },
        { text: error(group.without_transfer), look: better === "without_transfer" ? "strong" : "" },
        { text: error(group.shuffled) },
        { text: error(group.with_transfer), look: better === "with_transfer" ? "strong" : "" },
        ...(group.is_enough || !group.change
          ? [changeCell(group.change, measured), changeCell(group.beyond_placebo, measured)]
          : [changeCell(group.change, false), { text: said.tooFew, look: "muted" }]),
      ];
    }),
  );
}

/** @param {Slot} slot @param {DomainReport} report @param {boolean} measured @param {Rungs} rungs */
function ladderTable(slot, report, measured, rungs) {
  if (report.ladder.length === 0) return null;
  const said = words.learnt.all;
  const last = measured ? lastRung(report) : -1;
  return table(
    said.ladderOf(report.name),
    [words.learnt.whatCrosses, "ladder"],
    [["RMSE"], [said.fromStepBefore, "interval"], [said.doesItHold]],
    report.ladder.map(({ source, rmse, change }, n) => [
      [rungs[source] ?? source],
      { text: error(rmse), look: n === last ? `strong last-rung rung-${slot}` : "" },
      n === 0 ? { text: "" } : changeCell(change, measured && report.cold.is_enough),
      { text: n === last ? said.lastStep : "", look: "remark" },
    ]),
    "ladder",
  );
}

/** @param {DomainReport} report */
function ladderNote({ cold, ladder, crossed_bias_rmse }) {
  if (ladder.length === 0 || crossed_bias_rmse === null) return null;
  return el("p", { className: "small muted" }, words.learnt.all.crossedBias(cold.is_enough, crossed_bias_rmse), helpButton("crossed_bias"));
}

/** @param {DomainReport} report */
function floorNote(report) {
  const share = found(report);
  if (share === null) return null;
  return el("p", { className: "small muted" }, words.learnt.all.found(report.floor_rmse, share), helpButton("found"));
}

/** @param {Change | null} value @param {boolean} sure whether it may be claimed @returns {Cell} */
function changeCell(value, sure) {
  if (!value) return { text: change(value) };
  const look = !sure || !(isLess(value) || isMore(value)) ? "muted" : isMore(value) ? "strong error" : "strong";
  return { text: `${change(value)} (${interval(value)})`, look };
}

/**
 * @param {string} name
 * @param {Head} title
 * @param {Head[]} heads
 * @param {Row[]} rows
 * @param {string} [kind] a class of the table
 */
function table(name, title, heads, rows, kind = "") {
  const head = (/** @type {Head} */ [text, help], className = "", scope = "col") =>
    el("th", { scope, className }, text, help ? helpButton(help) : null);
  return el(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", "aria-label": name },
    el(
      "table",
      { className: `figures wide ${kind}`, "aria-label": name },
      el("thead", {}, el("tr", {}, head(title, "left"), ...heads.map((each) => head(each)))),
      el(
        "tbody",
        {},
        ...rows.map(([name, ...cells]) =>
          el(
            "tr",
            {},
            head(name, "", "row"),
            ...cells.map(({ text, look = "" }) => el("td", { className: `number ${look}`, textContent: text })),
          ),
        ),
      ),
    ),
  );
}
