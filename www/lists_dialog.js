// All that is recommended to the person who is looked at: long lists, with what is known of each item, filtered and saved.

import { becauseText } from "./because.js";
import { shownDomains } from "./domains.js";
import { byId, closeButton, el, mark } from "./dom.js";
import { between, chance, rating } from "./format.js";
import { words } from "./words/words.js";

/** @import { Advice, Because, DomainAdvice, RatedItem, Slot, Why } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/** Items a domain. */
const MANY = 100;
/** Items a domain whose reasons are looked for at once; those of the others when they are asked for. */
const EXPLAINED = 10;

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpLists(store, actions) {
  const open = byId("all-advice", HTMLButtonElement);
  const dialog = byId("lists-dialog", HTMLDialogElement);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  /** Draws the lists that are open. */
  let again = () => {};
  store.subscribe(["selection", "train", "data"], ({ selection, train, data }) => {
    open.disabled = !selection || !train.trained || train.state === "running" || !data?.ready;
  });
  open.addEventListener("click", async () => {
    const { selection } = store.state;
    if (!selection) return;
    const advice = await actions.ask.adviceTo(selection, MANY);
    if (!advice || store.state.selection !== selection) return;
    // Reasons take a while; whoever has closed the lists, or has other data, waits for none.
    let isOpen = true;
    dialog.addEventListener("close", () => (isOpen = false), { once: true });
    const isWanted = () => isOpen && store.state.selection === selection;
    /** What was asked already: reasons take a while, and in another language they are the same. @type {Map<string, Promise<Why | null>>} */
    const asked = new Map();
    const why = (/** @type {number[][]} */ items) => {
      const key = JSON.stringify(items);
      const known = asked.get(key) ?? actions.ask.why(selection, items, isWanted);
      asked.set(key, known);
      return known;
    };
    again = () => draw(dialog, store, advice, why, () => void actions.ask.savePerson(selection, MANY));
    again();
    dialog.showModal();
  });
  store.subscribe(["language"], () => dialog.open && again());
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Store} store
 * @param {Advice} advice
 * @param {(items: number[][]) => Promise<Why | null>} why
 * @param {() => void} saveAll
 */
function draw(dialog, store, advice, why, saveAll) {
  const { data, order } = store.state;
  const shown = shownDomains(data);
  const close = closeButton("lists-close", () => dialog.close());
  const all = el("button", { type: "button", className: "quiet", id: "lists-save", textContent: words.recommend.lists.save });
  all.addEventListener("click", saveAll);
  const labels = [...new Set(advice.domains.flatMap(({ next }) => next.flatMap(({ about }) => about)))].toSorted();
  const filter = el("input", { id: "lists-filter", type: "search", placeholder: words.recommend.lists.filter, "aria-label": words.recommend.lists.filterLabel });
  filter.setAttribute("list", "lists-labels");
  const ofDomain = (/** @type {number} */ n, /** @type {number[]} */ items) => shown.map((_, d) => (d === n ? items : []));
  const tables = shown.map(({ slot, name }, n) =>
    tableOf(advice.domains[n], slot, name, async (item) => {
      const said = await why(ofDomain(n, [item]));
      return said && (said.silent ?? said.domains[n]?.[0] ?? null);
    }),
  );
  void why(advice.domains.map(({ next }) => next.slice(0, EXPLAINED).map(({ item }) => item))).then((said) => {
    if (said) tables.forEach(({ explain }, n) => explain(said.domains[n] ?? [], said.silent, "they"));
  });
  filter.addEventListener("input", () => tables.forEach(({ only }) => only(filter.value)));
  dialog.replaceChildren(
    el(
      "header",
      {},
      el("h2", { id: "lists-dialog-title", textContent: words.recommend.lists.nextFor(advice.label) }),
      el("p", { className: "muted", textContent: order === "chance" ? words.recommend.lists.surestFirst : words.recommend.lists.highestFirst }),
      all,
      close,
    ),
    el("div", { className: "lists-filter" }, filter, el("datalist", { id: "lists-labels" }, ...labels.map((value) => el("option", { value })))),
    el("div", { className: "lists" }, ...tables.map(({ block }) => block)),
  );
}

/**
 * A domain's list, a way to show a part of it alone, and one to say why items are on it.
 * @param {DomainAdvice} advice
 * @param {Slot} slot
 * @param {string} name
 * @param {((item: number) => Promise<Because | string | null>) | null} why asks for the reasons of one item; a string says why
 *   there are none
 * @param {string} [prefix] what the ids begin with
 */
export function tableOf({ next, high, via_map }, slot, name, why, prefix = "lists") {
  const known = high !== null;
  const said = words.recommend.lists;
  const heads = [said.number, said.item, said.expected, ...(high !== null ? [said.likely, said.orMore(high)] : [])];
  const rows = next.map((item, n) => ({ item: item.item, ...rowOf(item, n, known), text: [item.title, ...item.about].join("\n").toLowerCase() }));
  const told = el("p", { className: "small muted", "aria-live": "polite" });
  const only = (/** @type {string} */ wanted) => {
    const part = wanted.trim().toLowerCase();
    let left = 0;
    for (const { row, text } of rows) {
      row.hidden = !text.includes(part);
      if (!row.hidden) left++;
    }
    told.textContent = said.items(left, part ? rows.length : null, via_map);
  };
  only("");
  /** @type {(all: Because[], silent: string | null, who: "they" | "you") => void} */
  const explain = (all, silent, who) => {
    if (silent) told.append(" ", silent);
    const byItem = new Map(all.map((because) => [because.item, because]));
    for (const { item, reason } of rows) {
      const because = byItem.get(item);
      if (because) tell(reason, becauseText(because, who));
      else if (why && !silent) reason.replaceChildren(askingButton(item, reason, why));
    }
  };
  const table = el(
    "table",
    { "aria-label": words.recommend.nextIn(name) },
    el("thead", {}, el("tr", {}, ...heads.map((textContent, n) => el("th", { scope: "col", className: n === 1 ? "" : "number", textContent })))),
    el("tbody", {}, ...rows.map(({ row }) => row)),
  );
  const block = el("section", { id: `${prefix}-${slot}` }, el("h3", {}, mark(slot), el("span", { className: "cut", textContent: name, title: name })), told, rows.length > 0 ? table : el("p", { className: "muted", textContent: said.nothingKnown }));
  return { block, only, explain };
}

/**
 * A button that is replaced by the reasons of its item.
 * @param {number} item
 * @param {HTMLElement} place
 * @param {(item: number) => Promise<Because | string | null>} why
 */
function askingButton(item, place, why) {
  const button = el("button", { type: "button", className: "quiet why", textContent: words.recommend.lists.why });
  button.addEventListener("click", async () => {
    button.disabled = true;
    const said = await why(item);
    button.disabled = false;
    if (!said) return;
    // Where the button had the focus, its answer has it.
    place.tabIndex = -1;
    tell(place, typeof said === "string" ? said : becauseText(said, "they"));
    place.focus();
  });
  return button;
}

/** What is longer than its room can be read whole in the title. @param {HTMLElement} place @param {string} text */
function tell(place, text) {
  place.replaceChildren(text);
  place.title = text;
}

/** @param {RatedItem} item @param {number} n @param {boolean} known whether there are chances */
function rowOf({ title, about, rating: expected, likely, chance: sure }, n, known) {
  const range = likely ? between(rating(likely[0], false), rating(likely[1], false)) : "";
  const numbers = [rating(expected, true), ...(known ? [range, sure === null ? "" : chance(sure)] : [])];
  const reason = el("span", { className: "small because" });
  const kind = about.length > 0 ? el("span", { className: "small muted about", textContent: about.join(" · ") }) : null;
  const row = el(
    "tr",
    {},
    el("td", { className: "number muted", textContent: String(n + 1) }),
    el("th", { scope: "row" }, el("span", { textContent: title }), kind, reason),
    ...numbers.map((textContent) => el("td", { className: "number", textContent })),
  );
  return { row, reason };
}
