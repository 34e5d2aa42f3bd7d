// One file that holds two domains: a column says which rows are whose. In the dialog of a file one chooses the column, and which of
// its values are A and which are B; the file is then read once for each.

import { choice, el, labelled, mark } from "./dom.js";
import { count } from "./format.js";
import { words } from "./words/words.js";

/** @import { ColumnValues, DataState, Preview, ReadOptions, Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */

/** @typedef {"a" | "b" | "neither"} Side */
/** @typedef {{ file: string, column: number | null, values: ColumnValues | null, sides: Map<string, Side> }} Wish what is chosen so far */

/** @type {Side[]} */
const SIDES = ["a", "b", "neither"];

/** Outlives that the dialog is drawn anew. @type {Wish} */
let wish = { file: "", column: null, values: null, sides: new Map() };

/**
 * @param {Slot} slot
 * @param {Preview} preview
 * @param {ReadOptions} options
 * @param {DataState} data
 * @param {(options: ReadOptions) => void} read
 * @param {Actions} actions
 */
export function splitForm(slot, preview, options, data, read, actions) {
  if (wish.file !== preview.file) wish = { file: preview.file, column: null, values: null, sides: new Map() };
  const { part } = options;
  const { sources: said } = words;
  const summary = part ? said.isPart(columnName(preview, part.column), part.values) : said.split;
  const columns = preview.columns.map((name, column) => /** @type {[string, string]} */ ([String(column), name]));
  const list = choice([["", said.noColumn], ...columns], wish.column === null ? "" : String(wish.column), { id: "split-column" });
  const place = el("div", { id: "split-values" });
  const fill = () => place.replaceChildren(...valueTable(slot, data, actions));
  list.addEventListener("change", async () => {
    const column = list.value === "" ? null : Number(list.value);
    Object.assign(wish, { column, values: null, sides: new Map() });
    fill();
    if (column === null) return;
    const values = await actions.data.columnValues(slot, column);
    if (!values || wish.column !== column || wish.file !== preview.file) return;
    wish.values = values;
    // Where there are two there is one way.
    if (values.values.length === 2) values.values.forEach(({ value }, n) => wish.sides.set(value, SIDES[n]));
    fill();
  });
  fill();
  const whole = el("button", { id: "split-whole", type: "button", className: "quiet", textContent: said.readWhole });
  whole.addEventListener("click", () => read({ ...options, part: null }));
  return el(
    "details",
    { id: "read-split", className: "wide-field" },
    el("summary", { textContent: summary }),
    el("p", { className: "small muted", textContent: said.splitHint }),
    part ? whole : null,
    labelled(said.splitColumn, list),
    place,
  );
}

/** @param {Preview} preview @param {number} column */
const columnName = ({ columns }, column) => columns[column] ?? String(column + 1);

/**
 * The values with a choice of sides for each, and the button that splits.
 * @param {Slot} slot
 * @param {DataState} data
 * @param {Actions} actions
 */
function valueTable(slot, data, actions) {
  const { column, values, sides } = wish;
  const { sources: said } = words;
  if (column === null) return [];
  if (!values) return [el("p", { className: "small muted", role: "status", textContent: said.counting })];
  const sideOf = (/** @type {string} */ value) => sides.get(value) ?? "neither";
  const counts = el("p", { id: "split-counts", className: "small muted", role: "status" });
  const split = el("button", { id: "split-file", type: "button", textContent: said.splitNow });
  const of = (/** @type {Side} */ side) => values.values.filter(({ value }) => sideOf(value) === side);
  const sum = () => {
    const rows = (/** @type {Side} */ side) => of(side).reduce((all, { rows }) => all + rows, 0);
    counts.textContent = said.splitCounts(rows("a"), rows("b"), rows("neither"), of("neither").length + values.others);
    split.disabled = of("a").length === 0 || of("b").length === 0;
  };
  split.addEventListener("click", () => void actions.data.split(slot, column, [of("a"), of("b")].map((side) => side.map(({ value }) => value))));
  const rows = values.values.map(({ value, rows }, n) => {
    const name = value === "" ? said.emptyValue : value;
    const boxes = SIDES.map((side) => {
      const box = el("input", { id: `split-${n}-${side}`, type: "radio", name: `split-${n}`, checked: sideOf(value) === side });
      box.addEventListener("change", () => {
        sides.set(value, side);
        sum();
      });
      const sign = side === "neither" ? el("span", { textContent: said.neither }) : el("span", {}, mark(side), side.toUpperCase());
      return el("label", {}, box, sign);
    });
    return el(
      "tr",
      {},
      el("th", { scope: "row", className: "cut", title: name, textContent: name }),
      el("td", { className: "number muted", textContent: count(rows) }),
      el("td", {}, el("span", { role: "radiogroup", "aria-label": said.sideOf(name), className: "sides" }, ...boxes)),
    );
  });
  const replaced = data.domains.filter((domain) => !data.generated && domain.slot !== slot && (domain.slot === "a" || domain.slot === "b"));
  sum();
  return [
    el("div", { className: "scroll split-list", tabIndex: 0, role: "region", "aria-label": said.splitValues }, el("table", { "aria-label": said.splitValues }, el("tbody", {}, ...rows))),
    values.others > 0 ? el("p", { className: "small muted", textContent: said.moreValues(values.values.length, values.others) }) : null,
    counts,
    replaced.length > 0 ? el("p", { className: "small muted", textContent: said.makesWay(replaced.map(({ name }) => name)) }) : null,
    split,
  ].filter((part) => part !== null);
}
