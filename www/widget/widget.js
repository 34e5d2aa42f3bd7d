// The widget as a notebook shows it: one run a widget, and a view wherever it is displayed.

import { el, mark } from "../dom.js";
import { change, duration, error as errorText, fixed, interval, percent } from "../format.js";
import { mapOf } from "./map.js";
import { Run, SLOTS } from "./run.js";

/** @import { Slot, TrainState } from "../border.d.ts" */
/** @import { figureRows, recommendationRows } from "./rows.js" */
/** @import { Model } from "./run.js" */

/** @typedef {ReturnType<typeof figureRows>[number]} FigureRow */
/** @typedef {ReturnType<typeof recommendationRows>[number]} RecommendationRow */

/** While it trains the status is read out at most this often. */
const STATUS_MILLISECONDS = 1000;
const WATCHED = ["training", "state", "figures", "verdict", "recommendations", "warnings", "error", "person"];

export default () => {
  /** @type {Run} */
  let run;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      run = new Run(model);
      void run.open();
      return () => run.close();
    },
    /** @param {{ model: Model, el: HTMLElement }} context */
    render: ({ model, el: root }) => viewOf(model, root, run),
  };
};

/**
 * @param {Model} model
 * @param {HTMLElement} host
 * @param {Run} run
 */
function viewOf(model, host, run) {
  const root = el("section", { className: "dual-metric", "aria-label": "Dual metric learning" });
  host.append(root);
  const nameOf = (/** @type {Slot} */ slot) => model.get("names")[SLOTS.indexOf(slot)];
  const choosePerson = (/** @type {string} */ label) => {
    model.set("person", label);
    model.save_changes();
  };
  const button = el("button", { type: "button", className: "primary" });
  const status = el("p", { className: "status", role: "status" });
  const map = mapOf(root, nameOf, choosePerson);
  const legend = el("p", { className: "legend" }, ...SLOTS.map((slot) => el("span", {}, mark(slot), ` ${nameOf(slot)}`)), el("span", { className: "muted", textContent: "a line joins one person in both; dashed: kept for the test" }));
  const notes = el("div", { className: "notes" });
  const figures = el("table", { "aria-label": "RMSE on unseen ratings" });
  const verdict = el("div", { className: "verdict" });
  const person = el("input", { type: "search", placeholder: "id of a person, or a click on the map", "aria-label": "Person to recommend to", spellcheck: false });
  const lists = el("div", { className: "lists" });
  root.append(
    el("div", { className: "left" }, el("div", { className: "bar" }, button, status), legend, map.element, person, lists),
    el("div", { className: "right" }, notes, figures, verdict),
  );

  button.addEventListener("click", () => {
    model.set("training", !model.get("training"));
    model.save_changes();
  });
  person.addEventListener("change", () => choosePerson(person.value.trim()));

  let wasDone = false;
  let said = { at: 0, state: "" };
  const draw = () => {
    /** @type {TrainState} */
    const state = model.get("state");
    const isDone = state.state === "done";
    button.textContent = model.get("training") ? "Pause" : (state.fraction ?? 0) > 0 ? "Go on" : "Train";
    button.hidden = isDone || state.state === "failed" || (run.state === null && model.get("error") !== "");
    if (state.state !== said.state || performance.now() - said.at > STATUS_MILLISECONDS) {
      status.textContent = statusOf(state, run.state !== null, model.get("error") !== "");
      said = { at: performance.now(), state: state.state };
    }
    const problems = [model.get("error"), ...model.get("warnings")].filter((text) => text !== "");
    notes.replaceChildren(...problems.map((text) => el("p", { className: "problem", textContent: text })));
    figures.replaceChildren(...figureTable(model.get("figures")));
    verdict.replaceChildren(...model.get("verdict").map((/** @type {string} */ text) => el("p", { textContent: text })));
    if (document.activeElement !== person) person.value = model.get("person");
    lists.replaceChildren(...listsOf(model.get("recommendations"), model.get("person"), state));
    map.show(run);
    if (isDone && !wasDone && run.map) map.replay();
    wasDone = isDone;
  };
  const changes = WATCHED.map((name) => `change:${name}`).join(" ");
  model.on(changes, draw);
  const leave = run.follow(draw);
  return () => {
    leave();
    model.off(changes, draw);
    map.end();
  };
}

/** @param {TrainState} state @param {boolean} isOpen @param {boolean} isWrong */
function statusOf({ state, fraction, seconds_left, message }, isOpen, isWrong) {
  if (!isOpen) return isWrong ? "" : "Loading the core and the tables …";
  const left = duration(seconds_left);
  if (state === "failed") return message ?? "The training failed";
  if (state === "done") return "Trained and measured";
  if (!(fraction > 0)) return "Ready";
  return `${percent(fraction)}${left ? `, ${left} left` : ""}${message ? `. ${message}` : ""}`;
}

/** @param {FigureRow[]} rows */
function figureTable(rows) {
  if (rows.length === 0) return [];
  const heads = ["RMSE on unseen ratings", "model", "bias model", "mean", "vs bias"];
  const figure = (/** @type {string} */ text, title = "") => el("td", { textContent: text, title });
  return [
    el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col", textContent: text })))),
    el(
      "tbody",
      {},
      ...rows.map(({ domain, test_ratings, model, bias, mean, change: value, low, high }, n) => {
        const against = value === null ? null : { value, low: Number(low), high: Number(high) };
        return el(
          "tr",
          {},
          el("th", { scope: "row", title: `${test_ratings} ratings that were not trained on` }, mark(SLOTS[n]), ` ${domain}`),
          ...[model, bias, mean].map((rmse) => figure(errorText(rmse))),
          figure(change(against), against ? `95 % interval ${interval(against)}` : "once what chance changes is known"),
        );
      }),
    ),
  ];
}

/** @param {RecommendationRow[]} rows @param {string} person @param {TrainState} state */
function listsOf(rows, person, { trained }) {
  if (person === "") return [];
  if (!trained) return [el("p", { className: "muted", textContent: `What ${person} could like is told after the first training.` })];
  const domains = [...new Set(rows.map(({ domain }) => domain))];
  return domains.map((domain, n) => {
    const own = rows.filter((row) => row.domain === domain);
    const items = own.map(({ item, rating }) => el("li", {}, el("span", { className: "cut", textContent: item, title: item }), el("span", { className: "number", textContent: fixed(rating, 1) })));
    const way = own[0].via_map ? " (through the map)" : "";
    return el("div", {}, el("h3", {}, mark(SLOTS[n]), ` Next in ${domain}${way}`), el("ol", {}, ...items));
  });
}
