// What the results say so far: the finding beside the paper's claim, and each figure with its table and its files.

import { byId, el } from "../dom.js";
import { capital } from "../format.js";
import { claimOf, sourceOf } from "../from_core.js";
import { words } from "../words/words.js";
import { drawingOf } from "./svg.js";

/** @import { FigureFile, FigureView } from "../border.d.ts" */
/** @import { Store } from "../store.js" */
/** @import { Experiments } from "./experiments.js" */
/** @import { LabStore } from "./state.js" */

/** Rows of a table that are shown; files have all. */
const MOST_ROWS = 400;

/**
 * @param {Store} main
 * @param {LabStore} store
 * @param {Experiments} experiments
 */
export function setUpFigures(main, store, experiments) {
  const finding = byId("lab-finding", HTMLElement);
  const basis = byId("lab-basis", HTMLElement);
  const source = byId("lab-source", HTMLElement);
  const claim = byId("lab-claim", HTMLElement);
  main.subscribe(["capabilities", "experiment", "language"], ({ capabilities, experiment }) => {
    const chosen = capabilities?.experiments.find(({ name }) => name === experiment);
    const isBeyond = chosen?.source.startsWith("beyond") ?? false;
    const said = words.experiments;
    source.textContent = !chosen?.claim ? said.whyHere : isBeyond ? said.paper : said.paperAt(sourceOf(chosen));
    const why = chosen && (isBeyond || !chosen.claim) ? capital(`${sourceOf(chosen)}.`) : "";
    claim.textContent = [chosen && claimOf(chosen), why].filter(Boolean).join(" ");
  });
  store.subscribe(["showing", "standing", "language"], ({ showing, standing }) => {
    const isAll = showing !== null && showing.done === showing.jobs;
    const said = words.experiments;
    const nothing = isAll ? said.tooLittleSaid : showing || standing === "running" ? said.tooLittleDone : said.nothingMeasured;
    const text = showing?.finding || nothing;
    if (finding.textContent !== text) finding.replaceChildren(...sentencesOf(text));
    if (showing?.finding) finding.lang = "en";
    else finding.removeAttribute("lang");
    finding.classList.toggle("muted", !showing?.finding);
    basis.textContent = !showing ? "" : showing.done < showing.jobs ? said.fromSome(showing.done, showing.jobs) : said.fromAll(showing.jobs);
  });
  setUpDrawings(store, experiments);
  const json = byId("lab-save-json", HTMLButtonElement);
  json.addEventListener("click", () => void experiments.save("json", 0));
  store.subscribe(["showing"], ({ showing }) => {
    json.disabled = !showing;
  });
}

/**
 * A finding in lines, a sentence and a part of it each; together they are its text.
 * @param {string} text
 */
function sentencesOf(text) {
  return text.split(/(?<=[.:)] )(?=[A-Z(])/).map((sentence) => {
    const parts = sentence.split(/(?<=; )/).map((part) => el("span", { className: "part", textContent: part }));
    return el("span", { className: "sentence" }, ...parts);
  });
}

/** @param {LabStore} store @param {Experiments} experiments */
function setUpDrawings(store, experiments) {
  const list = byId("lab-figures", HTMLElement);
  const empty = byId("lab-empty", HTMLElement);
  const block = byId("lab-result", HTMLElement);
  new ResizeObserver(() => {
    if (list.clientWidth > 0) experiments.setWidth(list.clientWidth);
  }).observe(list);
  /** By name, so that an open table stays open. @type {Map<string, { place: HTMLElement, draw: (figure: FigureView) => void }>} */
  let places = new Map();
  let experiment = "";
  store.subscribe(["showing", "name", "language"], ({ showing, name }) => {
    const figures = showing?.figures ?? [];
    empty.hidden = figures.length > 0;
    if (name !== experiment || figures.length === 0) places = new Map();
    experiment = name;
    const wanted = figures.map((figure, n) => {
      const known = places.get(figure.name) ?? framed(n, experiments);
      places.set(figure.name, known);
      known.draw(figure);
      return known.place;
    });
    if (wanted.length !== list.children.length || wanted.some((place, n) => list.children[n] !== place)) {
      list.replaceChildren(...wanted);
    }
  });
  store.subscribe(["drawing"], ({ drawing }) => block.setAttribute("aria-busy", String(drawing)));
}

/**
 * A figure's place.
 * @param {number} number
 * @param {Experiments} experiments
 */
function framed(number, experiments) {
  const heading = el("h3", { lang: "en" });
  const drawing = el("div", { className: "drawing", lang: "en" });
  const table = el("div", { className: "scroll", tabIndex: 0, role: "region" });
  const summary = el("summary");
  const details = el("details", {}, summary, table);
  const before = el("span");
  /** @type {FigureView | null} */
  let last = null;
  let filled = "";
  // A table of a thousand cells is made when somebody looks.
  const fill = () => {
    if (!details.open || !last) return;
    const now = JSON.stringify([last.columns, last.rows, document.documentElement.lang]);
    if (now !== filled) table.replaceChildren(...tableOf(last));
    filled = now;
  };
  details.addEventListener("toggle", fill);
  /** @param {string} name @param {FigureFile} kind */
  const file = (name, kind) => saving(name, () => experiments.save(kind, number));
  const saves = el(
    "p",
    { className: "saves small" },
    before,
    " ",
    file("SVG", "svg"),
    saving("PNG", () => experiments.savePng(number)),
    file("CSV", "csv"),
    file("LaTeX", "latex"),
  );
  const place = el("section", { className: "figure-place" }, el("header", {}, heading, saves), drawing, details);
  const draw = (/** @type {FigureView} */ figure) => {
    place.dataset.figure = figure.name;
    heading.textContent = figure.title;
    const said = words.experiments;
    [summary.textContent, before.textContent] = [said.numbers, said.save];
    table.setAttribute("aria-label", said.numbersBehind(figure.title));
    for (const button of saves.querySelectorAll("button")) {
      button.setAttribute("aria-label", said.saveAs(figure.title, button.textContent ?? ""));
    }
    if (last?.svg !== figure.svg) drawing.replaceChildren(drawingOf(figure.svg));
    last = figure;
    fill();
  };
  return { place, draw };
}

/** @param {string} name @param {() => Promise<void>} work */
function saving(name, work) {
  const button = el("button", { type: "button", className: "quiet", textContent: name });
  button.addEventListener("click", () => void work());
  return button;
}

/** @param {FigureView} figure */
function tableOf({ title, columns, rows }) {
  const look = (/** @type {number} */ n) => (columns[n]?.is_number ? "number" : "");
  const head = el("tr", {}, ...columns.map(({ name }, n) => el("th", { scope: "col", className: look(n), textContent: name })));
  const body = rows
    .slice(0, MOST_ROWS)
    .map((row) => el("tr", {}, ...row.map((text, n) => el("td", { className: look(n), textContent: text }))));
  const more = rows.length - body.length;
  return [
    el("table", { className: "behind", lang: "en", "aria-label": title }, el("thead", {}, head), el("tbody", {}, ...body)),
    more > 0 ? el("p", { className: "small muted", textContent: words.experiments.moreRows(more) }) : "",
  ].filter((part) => part !== "");
}
