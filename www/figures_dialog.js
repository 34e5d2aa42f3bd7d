// Every figure of the report, with the ones that the paper prints under their own name.

import { betterOff, found, isLess, isMeasured, isMore, lastRung, lowestError } from "./claims.js";
import { nameOf, slotOf } from "./domains.js";
import { byId, closeButton, el, helpButton, helpSwitch, mark } from "./dom.js";
import { chartsAsSvg } from "./loss_chart.js";
import { isSampled, modelOf } from "./models.js";
import { save } from "./saving.js";
import { chainText, tasteRows, warning, withDeviation } from "./taste_table.js";
import { change, compact, count, counted, error, fixed, interval, percent } from "./format.js";

/** @import { Change, Comparison, DomainReport, Report, Scores, Slot, Source } from "./border.d.ts" */
/** @import { State, Store } from "./store.js" */

/** @typedef {{ text: string, look?: string }} Cell */
/** @typedef {[text: string, help?: string]} Head */
/** @typedef {[Head, ...Cell[]]} Row */

/** @type {[string, keyof Scores, string | undefined][]} */
const COLUMNS = [
  ["RMSE", "rmse", undefined],
  ["MAE", "mae", undefined],
  ["Precision@5", "precision_at_5", "precision"],
  ["Recall@5", "recall_at_5", undefined],
  ["Paper's P@5", "paper_precision_at_5", "paper_precision"],
  ["Paper's R@5", "paper_recall_at_5", undefined],
];
/** @type {Rungs} */
const RUNGS = {
  bias: "item mean, no person",
  alone: "the network, trained alone",
  biases: "and biases from the other domain",
  linked: "and vectors through the map",
};

/**
 * @param {Store} store
 * @returns {() => void} opens the dialog
 */
export function setUpFigures(store) {
  const dialog = byId("figures-dialog", HTMLDialogElement);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  store.subscribe(["report", "complete"], (state) => {
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
  const close = closeButton("figures-close", () => dialog.close());
  const run = [
    report ? seedsText(report.seeds) : `seed ${settings.config.seed}`,
    prepared && prepared.model !== "dml" ? prepared.model : null,
    prepared?.device === "webgpu" ? "WebGPU" : "CPU",
    isSampled(state) ? counted(state.sweeps.length, "sweep", "sweeps") : counted(history.length, "epoch", "epochs"),
    reason,
  ];
  const charts = el("button", {
    type: "button",
    className: "quiet",
    id: "figures-charts",
    textContent: "Save the charts",
    title: "What it learnt by epoch or by sweep, as SVG",
    disabled: history.length === 0 && state.sweeps.length === 0,
  });
  charts.addEventListener("click", () => save({ name: "charts.svg", mime: "image/svg+xml", text: chartsAsSvg(state), bytes: null }));
  const header = el(
    "header",
    {},
    el("h2", { id: "figures-dialog-title", textContent: "All figures" }),
    el("p", { className: "muted", textContent: run.filter(Boolean).join(" · ") }),
    helpSwitch(),
    charts,
    close,
  );
  if (!report) {
    dialog.replaceChildren(header, el("p", { className: "muted", textContent: "Nothing is measured yet." }));
    return;
  }
  const measured = isMeasured(state);
  const rungs = modelOf(state)?.has_map === false ? { ...RUNGS, linked: "and what it learns of people" } : RUNGS;
  dialog.replaceChildren(
    header,
    ...report.domains.flatMap((domain, n) => domainTables(slotOf(state.data, n), domain, measured, rungs)),
    ...wholeFacts(report, state),
  );
}

/** @param {number[]} seeds */
const seedsText = (seeds) => (seeds.length > 1 ? `seeds ${seeds[0]} to ${seeds.at(-1)}` : `seed ${seeds[0]}`);

/** What belongs to no domain. @param {Report} report @param {State} state */
function wholeFacts(report, state) {
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
    const text = `All errors are means over ${seeds.length} repeats with the seeds ${seeds.join(", ")}; the map's figures are those of the first. `;
    facts.push(el("p", {}, text, helpButton("interval")));
  }
  if (kept) {
    const text = `The kept model was trained on all ratings and all links for ${state.prepared?.samples ? counted(kept.epochs, "sweep", "sweeps") : counted(kept.epochs, "epoch", "epochs")} in ${fixed(kept.seconds, 1)} s. It recommends and is what is saved; the errors above are those of the measured model. `;
    facts.push(el("p", { id: "kept-model" }, text, helpButton("kept")));
  }
  return [el("h3", { textContent: measuresMap ? "The map and the models" : "The models" }), ...facts];
}

/** The map of two domains, in words. @param {Report} report @returns {HTMLElement[]} */
function mapFacts({ linked_users, orthogonality_error, mapping_loss, closed_form_loss, alignment }) {
  const facts = [
    el(
      "p",
      {},
      `The map was learnt from ${counted(linked_users, "person", "people")} in both and is a pure turn to within ${compact(orthogonality_error)}`,
      helpButton("orthogonality"),
      `. Their two places are ${compact(mapping_loss)} apart on average (squared distance); the best turn there is, in closed form, gives ${compact(closed_form_loss)}.`,
    ),
  ];
  if (alignment) {
    const { pairs, mapped, identity, random } = alignment;
    const distances = `${fixed(mapped, 3)} after the turn, ${fixed(identity, 3)} without, ${fixed(random, 3)} after a random one`;
    facts.push(
      el(
        "p",
        {},
        `Distance of ${count(pairs)} hidden pairs, 1 for everybody's mean: ${distances}. `,
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
  /** @type {Row[]} */
  const rows = links.flatMap(({ domains, overlap_users, linked_users, alignment, detours }) => {
    const [a, b] = domains.map((n) => nameOf(data, n));
    const figures = [alignment?.mapped, alignment?.identity, alignment?.random].map((value) => ({ text: fixed(value, 3) }));
    const counts = [overlap_users, linked_users, alignment?.pairs].map((value) => ({ text: count(value) }));
    return [
      /** @type {Row} */ ([[`${a} to ${b}`], ...counts, ...figures]),
      ...detours.map(({ by, mapped }) =>
        /** @type {Row} */ ([
          [`by way of ${nameOf(data, by)}`],
          ...counts.map(() => ({ text: "" })),
          { text: fixed(mapped, 3) },
          { text: "" },
          { text: "" },
        ]),
      ),
    ];
  });
  /** @type {Head[]} */
  const heads = [["in both"], ["linked"], ["hidden pairs"], ["this turn"], ["no turn"], ["random"]];
  return table("How near hidden pairs come", ["Hidden pairs", "pairs"], heads, rows);
}

/**
 * What the links of a chain come to, beside shuffled ones.
 * @param {Report} report
 * @param {State} state
 */
function tasteTable({ taste }, { data }) {
  /** @type {Row[]} */
  const rows = taste.flatMap((report) => {
    const names = report.domains.map((n) => nameOf(data, n)).join(" to ");
    return tasteRows(report, data).map(({ name, carried, shuffled, pairs, shuffledPairs, crosses }) =>
      /** @type {Row} */ ([
        [`${names}: ${name}`],
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
  const heads = [["carried"], ["shuffled", "shuffled"], ["over hidden pairs"], ["shuffled"], ["pairs"], ["R̂ · draws", "r_hat"]];
  return table("Whether kindness and taste cross", ["Does it cross?", "taste"], heads, rows);
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
      el("span", { className: "small muted", textContent: testText(report) }),
    ),
    errorTable(report),
    groupTable(report, measured),
    ladderTable(slot, report, measured, rungs),
    ladderNote(report),
    floorNote(report),
  ].filter((part) => part !== null);
}

/** @param {DomainReport} report */
function testText({ test_ratings, clipped_ratings }) {
  const clipped = `; ${counted(clipped_ratings, "rating is", "ratings are")} beyond the scale and count as its ends`;
  return `${count(test_ratings)} test ratings${clipped_ratings > 0 ? clipped : ""}`;
}

/** @param {DomainReport} report */
function errorTable(report) {
  const lowest = lowestError(report);
  /** @type {[string, "model" | "bias" | "mean", Change | null][]} */
  const rows = [
    ["this model", "model", null],
    ["bias model", "bias", report.against_bias],
    ["global mean", "mean", report.against_mean],
  ];
  /** @type {Head[]} */
  const heads = [...COLUMNS.map(([text, , help]) => /** @type {Head} */ ([text, help])), ["model vs it", "interval"]];
  return table(
    `Errors in ${report.name}`,
    ["Test errors", "metrics"],
    heads,
    rows.map(([name, key, against]) => [
      [name],
      ...COLUMNS.map(([, score]) => ({
        text: error(report[key][score]),
        look: score === "rmse" && lowest === key ? "strong" : "",
      })),
      key === "model" ? { text: "" } : changeCell(against, report.all.is_enough),
    ]),
  );
}

/** @param {DomainReport} report @param {boolean} measured */
function groupTable(report, measured) {
  /** @type {[Head, Comparison][]} */
  const groups = [
    [["everybody"], report.all],
    [["fewer than five ratings"], report.sparse],
    [["newcomers", "newcomers"], report.cold],
  ];
  return table(
    `What transfer gives in ${report.name}`,
    ["RMSE of groups", "transfer"],
    [
      ["people"],
      ["ratings"],
      ["mean"],
      ["bias"],
      ["alone", "alone"],
      ["shuffled", "shuffled"],
      ["linked"],
      ["vs alone", "interval"],
      ["vs shuffled", "shuffled"],
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
          : [changeCell(group.change, false), { text: "too few to tell", look: "muted" }]),
      ];
    }),
  );
}

/** @param {Slot} slot @param {DomainReport} report @param {boolean} measured @param {Rungs} rungs */
function ladderTable(slot, report, measured, rungs) {
  if (report.ladder.length === 0) return null;
  const last = measured ? lastRung(report) : -1;
  return table(
    `What crosses to newcomers of ${report.name}`,
    ["What crosses", "ladder"],
    [["RMSE"], ["from the step before", "interval"], ["does it hold"]],
    report.ladder.map(({ source, rmse, change }, n) => [
      [rungs[source] ?? source],
      { text: error(rmse), look: n === last ? `strong last-rung rung-${slot}` : "" },
      n === 0 ? { text: "" } : changeCell(change, measured && report.cold.is_enough),
      { text: n === last ? "the last step that holds" : "", look: "remark" },
    ]),
    "ladder",
  );
}

/** @param {DomainReport} report */
function ladderNote({ cold, ladder, crossed_bias_rmse }) {
  if (ladder.length === 0 || crossed_bias_rmse === null) return null;
  const few = cold.is_enough ? "" : "Too few newcomers to tell. ";
  const text = `${few}Without any network, how high newcomers rate in the other domain gives ${error(crossed_bias_rmse)}. `;
  return el("p", { className: "small muted" }, text, helpButton("crossed_bias"));
}

/** @param {DomainReport} report */
function floorNote(report) {
  const share = found(report);
  if (share === null) return null;
  const what = share > 0 ? percent(share) : "nothing";
  const text = `No model can do better than ${error(report.floor_rmse)} here; ${what} of the way from the bias model was found. `;
  return el("p", { className: "small muted" }, text, helpButton("found"));
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
