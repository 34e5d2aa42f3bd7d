// Block 4: what training has shown, in words first.

import { byId, el, helpButton, mark } from "./dom.js";
import { change, compact, count, error, fixed, percent } from "./format.js";
import { found, setUpFigures } from "./figures_dialog.js";
import { setUpLossChart } from "./loss_chart.js";

/** @import { Comparison, Report, Scores } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpLearnt(store, actions) {
  const verdict = byId("verdict", HTMLElement);
  const metrics = byId("metrics", HTMLElement);
  const transfer = byId("transfer", HTMLElement);
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
  store.subscribe(["report", "data"], (state) => {
    const names = namesOf(state);
    metrics.replaceChildren(...metricsTable(state.report, names, state.data?.generated === true));
    transfer.replaceChildren(...transferTable(state.report, names));
  });
  store.subscribe(["report", "history"], (state) => alignment.replaceChildren(...alignmentRow(state)));
}

/** @param {State} state */
const namesOf = ({ data }) => ({ a: data?.a?.name ?? "A", b: data?.b?.name ?? "B" });

/** @typedef {{ a: string, b: string }} Names */

/** @param {State} state */
function verdictLines({ report, complete, train }) {
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
        "Nothing is measured yet. After training this says in plain words what one domain gives the other, or that it gives nothing.",
      ),
    ];
  }
  const lines = report.verdict.map((text) => el("p", { textContent: text }));
  if (!complete && train.state === "running") lines.push(muted("Still measuring what the transfer gives …"));
  else if (!complete) lines.push(muted("The comparison without transfer was not finished."));
  return lines;
}

/**
 * @param {Names} names
 * @param {string} label
 * @param {string[]} a heads of A's columns
 * @param {string[]} b
 */
function tableHead(names, label, a, b) {
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      el("td"),
      .../** @type {const} */ (["a", "b"]).map((slot) =>
        el(
          "th",
          { scope: "colgroup", colspan: slot === "a" ? a.length : b.length, className: `head-${slot}` },
          el("span", { className: "cut" }, mark(slot), names[slot]),
        ),
      ),
    ),
    el(
      "tr",
      {},
      label ? el("th", { scope: "col", className: "left", textContent: label }) : el("td"),
      ...a.map((text) => el("th", { scope: "col", textContent: text })),
      ...b.map((text) => el("th", { scope: "col", textContent: text })),
    ),
  );
}

/** @param {Report | null} report @param {Names} names @param {boolean} generated */
function metricsTable(report, names, generated) {
  /** @type {[string, "model" | "bias" | "mean"][]} */
  const rows = [
    ["this model", "model"],
    ["bias model", "bias"],
    ["global mean", "mean"],
  ];
  /** @param {Scores | undefined} scores */
  const cells = (scores) => [error(scores?.rmse), error(scores?.mae)];
  return [
    el(
      "h3",
      {},
      "Errors on unseen ratings ",
      helpButton("metrics"),
      el(
        "span",
        { className: "small muted right" },
        generated ? foundText(report) : testText(report),
        generated ? helpButton("found") : null,
      ),
    ),
    el(
      "table",
      { className: "figures" },
      tableHead(names, "", ["RMSE", "MAE"], ["RMSE", "MAE"]),
      el(
        "tbody",
        {},
        ...rows.map(([label, key]) =>
          el(
            "tr",
            { className: key === "model" ? "strong" : "" },
            el("th", { scope: "row", textContent: label }),
            ...[...cells(report?.a[key]), ...cells(report?.b[key])].map((text) =>
              el("td", { className: "number", textContent: text }),
            ),
          ),
        ),
      ),
    ),
  ];
}

/** @param {Report | null} report */
const foundText = (report) =>
  report ? `found ${percent(found(report.a))} and ${percent(found(report.b))}` : "scale 0 to 1";

/** @param {Report | null} report */
const testText = (report) =>
  report ? `on ${count(report.a.test_ratings)} and ${count(report.b.test_ratings)}` : "scale 0 to 1";

/** @param {Report | null} report @param {Names} names */
function transferTable(report, names) {
  /** @type {[string, "all" | "sparse" | "cold"][]} */
  const rows = [
    ["everybody", "all"],
    ["few ratings", "sparse"],
    ["newcomers", "cold"],
  ];
  /** @param {Comparison | undefined} group */
  const cells = (group) => [
    el("td", { className: "number muted", textContent: error(group?.without_transfer) }),
    el("td", { className: "number", textContent: error(group?.with_transfer) }),
    gain(group),
  ];
  return [
    el("h3", {}, "What each gives the other ", helpButton("transfer")),
    el(
      "table",
      { className: "figures" },
      tableHead(
        { a: `${names.b} → ${names.a}`, b: `${names.a} → ${names.b}` },
        "RMSE",
        ["alone", "with", "change"],
        ["alone", "with", "change"],
      ),
      el(
        "tbody",
        {},
        ...rows.map(([label, key]) =>
          el(
            "tr",
            {},
            el("th", { scope: "row", textContent: label }),
            ...cells(report?.a[key]),
            ...cells(report?.b[key]),
          ),
        ),
      ),
    ),
  ];
}

/** Less than one per cent is noise, and looks it. @param {Comparison | undefined} group */
function gain(group) {
  const now = group?.with_transfer ?? null;
  const before = group?.without_transfer ?? null;
  const clear = now !== null && before !== null && Math.abs(now / before - 1) >= 0.01;
  return el("td", { className: clear ? "number strong" : "number muted", textContent: change(now, before) });
}

/** @param {State} state */
function alignmentRow({ report, history }) {
  const scores = report?.alignment;
  /** @type {[string, number | null][]} */
  const figures = [
    ["this turn", scores?.mapped ?? history.at(-1)?.mapping.alignment ?? null],
    ["the mean", 1],
    ["no turn", scores?.identity ?? null],
    ["random turn", scores?.random ?? null],
  ];
  const exact = report?.orthogonality_error ?? history.at(-1)?.mapping.orthogonality_error ?? null;
  const widest = Math.max(2, ...figures.map(([, value]) => value ?? 0));
  return [
    el(
      "h3",
      {},
      "Do hidden pairs meet? ",
      helpButton("alignment"),
      el("span", { className: "small muted right" }, `turn exact to ${compact(exact)} `, helpButton("orthogonality")),
    ),
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
