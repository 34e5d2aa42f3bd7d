// Every figure of the report, with the ones that the paper prints under their own name.

import { byId, el, helpButton, icon, mark } from "./dom.js";
import { change, compact, count, error, fixed, percent } from "./format.js";

/** @import { DomainReport, Scores, Slot } from "./protocol.js" */
/** @import { State, Store } from "./store.js" */

/** @type {[string, keyof Scores, string | null][]} */
const COLUMNS = [
  ["RMSE", "rmse", null],
  ["MAE", "mae", null],
  ["Precision@5", "precision_at_5", "precision"],
  ["Recall@5", "recall_at_5", null],
  ["Paper's P@5", "paper_precision_at_5", "paper_precision"],
  ["Paper's R@5", "paper_recall_at_5", null],
];

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

/** The share of what can be found that was found; the sample's generator knows it. @param {DomainReport} domain */
export function found({ bias, model, floor_rmse }) {
  if (floor_rmse === null) return null;
  return (bias.rmse ** 2 - model.rmse ** 2) / (bias.rmse ** 2 - floor_rmse ** 2);
}

/** @param {HTMLDialogElement} dialog @param {State} state */
function draw(dialog, { report, prepared, settings, history, reason }) {
  const close = el(
    "button",
    { type: "button", className: "icon quiet", "aria-label": "Close", id: "figures-close" },
    icon("M4 4l8 8M12 4l-8 8"),
  );
  close.addEventListener("click", () => dialog.close());
  const run = [
    `seed ${settings.config.seed}`,
    prepared?.device === "webgpu" ? "WebGPU" : "CPU",
    `${history.length} epochs`,
    reason,
  ];
  const header = el(
    "header",
    {},
    el("h2", { id: "figures-dialog-title", textContent: "All figures" }),
    el("p", { className: "muted", textContent: run.filter(Boolean).join(" · ") }),
    close,
  );
  if (!report) {
    dialog.replaceChildren(header, el("p", { className: "muted", textContent: "Nothing is measured yet." }));
    return;
  }
  const facts = [
    `The map was learnt from ${count(report.linked_users)} people in both and is a pure turn to within ${compact(report.orthogonality_error)}. Their two places are ${compact(report.mapping_loss)} apart on average (squared distance); the best turn there is, in closed form, gives ${compact(report.closed_form_loss)}.`,
  ];
  if (report.alignment) {
    const { pairs, mapped, identity, random } = report.alignment;
    facts.push(
      `Distance of ${count(pairs)} hidden pairs, 1 for everybody's mean: ${fixed(mapped, 3)} after the turn, ${fixed(identity, 3)} without, ${fixed(random, 3)} after a random one.`,
    );
  }
  dialog.replaceChildren(
    header,
    ...domainTables("a", report.a),
    ...domainTables("b", report.b),
    ...facts.map((text) => el("p", { textContent: text })),
  );
}

/** @param {Slot} slot @param {DomainReport} report */
function domainTables(slot, report) {
  /** @type {[string, Scores][]} */
  const rows = [
    ["this model", report.model],
    ["bias model", report.bias],
    ["global mean", report.mean],
  ];
  /** @type {[string, DomainReport["all"]][]} */
  const groups = [
    ["everybody", report.all],
    ["fewer than five ratings", report.sparse],
    ["newcomers", report.cold],
  ];
  const share = found(report);
  return [
    el(
      "h3",
      { className: "domain" },
      mark(slot),
      report.name,
      el("span", { className: "small muted", textContent: `${count(report.test_ratings)} test ratings` }),
    ),
    table(
      `Errors in ${report.name}`,
      ["", ...COLUMNS.map(([title]) => title)],
      rows.map(([name, scores]) => [name, ...COLUMNS.map(([, key]) => error(scores[key]))]),
      COLUMNS.map(([, , help]) => help),
    ),
    table(
      `What transfer gives in ${report.name}`,
      ["", "people", "ratings", "alone", "with the other", "change", "bias model"],
      groups.map(([name, group]) => [
        name,
        count(group.users),
        count(group.ratings),
        error(group.without_transfer),
        error(group.with_transfer),
        change(group.with_transfer, group.without_transfer),
        error(group.bias),
      ]),
    ),
    share === null
      ? null
      : el(
          "p",
          { className: "small muted" },
          `No model can do better than ${error(report.floor_rmse)} here; ${percent(share)} of the way from the bias model was found. `,
          helpButton("found"),
        ),
  ].filter((part) => part !== null);
}

/**
 * @param {string} name
 * @param {string[]} heads
 * @param {string[][]} rows
 * @param {(string | null)[]} [helps] topics for the heads after the first
 */
function table(name, heads, rows, helps = []) {
  return el(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", "aria-label": name },
    el(
      "table",
      { className: "figures wide" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ...heads.map((text, n) => {
            const topic = n > 0 ? helps[n - 1] : null;
            return el(n > 0 ? "th" : "td", n > 0 ? { scope: "col" } : {}, text, topic ? helpButton(topic) : null);
          }),
        ),
      ),
      el(
        "tbody",
        {},
        ...rows.map(([name, ...cells]) =>
          el(
            "tr",
            {},
            el("th", { scope: "row", textContent: name }),
            ...cells.map((text) => el("td", { className: "number", textContent: text })),
          ),
        ),
      ),
    ),
  );
}
