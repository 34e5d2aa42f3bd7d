// Block 5: one person, what they like, and what the model would give them in every domain.

import { listed, nameOf, shownDomains, slotOf } from "./domains.js";
import { byId, el, explainedHeading, helpButton, mark } from "./dom.js";
import { chance as chanceText, fixed, isNumber, rating } from "./format.js";
import { isMapless, modelOf } from "./models.js";
import { becauseText } from "./because.js";
import { REASONED, Reasons } from "./reasons.js";
import { setUpLists } from "./lists_dialog.js";
import { setUpUserSearch } from "./user_search.js";
import { setUpVisitor } from "./visitor_dialog.js";
import { words } from "./words/words.js";

/** @import { Because, DataState, DomainAdvice, ExportKind, ListOrder, RatedItem, Scale, Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */

const ROWS = 5;
/** Of what is next: the first of them take half a row more, for their reasons, so that all lists are of one height. */
const NEXT_ROWS = ROWS - REASONED / 2;
/** @type {[ExportKind, "recommendations" | "vectors" | "model"][]} */
const EXPORTS = [
  ["recommendations", "recommendations"],
  ["embeddings", "vectors"],
  ["model", "model"],
];

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpRecommend(store, actions) {
  setUpUserSearch(byId("person-search", HTMLElement), "search-user", store, actions, true);
  const input = byId("search-user", HTMLInputElement);
  const note = byId("person-note", HTMLElement);
  // On paper there is no field to read the person from.
  const printed = el("p", { id: "person-printed", className: "strong" });
  note.before(printed);
  const lists = byId("advice", HTMLElement);
  const nearest = el("div", { id: "nearest", className: "list" });
  const buttons = EXPORTS.map(([kind]) => {
    const button = el("button", { id: `export-${kind}`, type: "button", className: "quiet" });
    button.addEventListener("click", () => void actions.export(kind));
    return button;
  });
  const saved = el("span", { "aria-hidden": "true" });
  byId("exports", HTMLElement).append(saved, ...buttons);
  store.subscribe(["language"], () => {
    saved.textContent = words.recommend.save;
    for (const [n, [, what]] of EXPORTS.entries()) {
      buttons[n].textContent = words.recommend[what];
      buttons[n].setAttribute("aria-label", words.recommend.saveWhat(words.recommend[what]));
    }
  });

  setUpOrder(store, actions);
  setUpLists(store, actions);
  setUpVisitor(store, actions);
  store.subscribe(["train"], ({ train }) => {
    for (const button of buttons) button.disabled = !train.trained || train.state === "running";
  });
  const reasons = new Reasons(store, actions, () => draw(store.state));
  store.subscribe(["advice", "selection", "train"], () => reasons.follow());
  let wasTrained = false;
  store.subscribe(["train"], ({ train }) => {
    if (train.trained !== wasTrained) draw(store.state);
    wasTrained = train.trained;
  });
  store.subscribe(["selection", "advice", "data", "prepared", "language"], draw);
  /** @param {State} state */
  function draw(state) {
    const { selection, advice, data, train } = state;
    const { trained } = train;
    const said = words.recommend;
    const nothing = isMapless(state) && !crossesOver(state) ? said.onlyOfFile : said.noWay;
    if (document.activeElement !== input) input.value = selection?.label ?? "";
    note.textContent = noteText(state);
    printed.textContent = selection ? said.listsFor(selection.label) : "";
    const shown = shownDomains(data);
    const many = shown.length > 2;
    const unsure = !many && trained && (advice?.domains.some(({ high }) => high !== null) ?? false);
    const rated = shown.map(({ slot, name }, n) => {
      const items = advice?.domains[n]?.rated ?? [];
      const empty = selection && advice ? said.nothingIn(name) : "";
      const list = listOf(`rated-${slot}`, slot, many || unsure ? said.ratedIn(name) : said.ratedHighestIn(name), null, items.slice(0, ROWS), scaleOf(data, n), RATED, empty);
      // Of many domains only those are told in which there is something.
      return many && items.length === 0 ? null : list;
    });
    const next = shown.map(({ slot, name }, n) => {
      const here = advice?.domains[n];
      const items = trained ? (here?.next ?? []) : [];
      const empty = !selection ? "" : !trained ? said.afterTraining : here && items.length === 0 ? nothing : "";
      const remark = here?.via_map && trained ? wayRemark(here, data) : null;
      const look = { predicted: true, high: here?.high ?? null, order: state.order };
      const why = items.slice(0, REASONED).map(({ item }) => reasonLine(reasons.of(n, item)));
      return listOf(`recommend-${slot}`, slot, said.nextIn(name), remark, items.slice(0, NEXT_ROWS), scaleOf(data, n), look, empty, why);
    });
    drawNearest(nearest, state);
    const all = [...rated, ...next, nearest].filter((list) => list !== null);
    lists.replaceChildren(...all);
    lists.style.setProperty("--lists", String(all.length));
    // Lists that say how sure they are have more to say.
    lists.classList.toggle("unsure", unsure);
  }
}

/** @param {DataState | null} data @param {number} n */
const scaleOf = (data, n) => data?.domains[n]?.scale ?? null;

/**
 * That a list comes through the map, and of more domains than two along which way.
 * @param {DomainAdvice} advice
 * @param {DataState | null} data
 */
function wayRemark({ way }, data) {
  if ((data?.domains.length ?? 0) < 3 || way.length === 0)
    return el("span", { className: "small tag cut", textContent: words.recommend.throughMap, title: words.recommend.throughMap });
  const names = way.map((n) => nameOf(data, n));
  // Of a long way the ends.
  const shown = way.length > 4 ? [way[0], way[1], null, way[way.length - 1]] : way;
  const signs = shown.flatMap((n, place) => [place === 0 ? "" : "›", n === null ? "…" : mark(slotOf(data, n))]);
  const text = words.recommend.throughMaps(names);
  return el("span", { className: "small tag way", title: text, role: "img", "aria-label": text }, ...signs);
}

/**
 * The switch by which lists go by the chance of a high rating instead of by what is expected.
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpOrder(store, actions) {
  const row = byId("by-chance-row", HTMLElement);
  const input = byId("by-chance", HTMLInputElement);
  row.append(helpButton("likely"));
  input.addEventListener("change", () => void actions.sortBy(input.checked ? "chance" : "rating"));
  store.subscribe(["advice", "train", "order", "language"], ({ advice, train, order }) => {
    const highs = [...new Set(advice?.domains.flatMap(({ high }) => (high === null ? [] : [high])) ?? [])];
    const known = train.trained && highs.length > 0;
    // While somebody else is asked about, nothing jumps.
    if (advice) row.hidden = !known;
    row.closest(".person")?.classList.toggle("ordered", !row.hidden);
    byId("by-chance-text", HTMLElement).textContent = words.recommend.sortByChance(known && highs.length === 1 ? highs[0] : null);
    input.checked = order === "chance";
  });
}

/** Whether somebody who is not in a domain's file is predicted for there. @param {State} state */
const crossesOver = ({ advice }) => advice?.domains.some(({ via_map }) => via_map) === true;

/**
 * @typedef {{ predicted: boolean, high: number | null, order: ListOrder }} Look high: what counts as high, where chances of
 *   it are known
 */
/** @type {Look} */
const RATED = { predicted: false, high: null, order: "rating" };

/**
 * The figure of an item: what it is rated, how sure that is, and the chance of a high rating where lists go by it. Read aloud
 * it is a sentence.
 * @param {RatedItem} item
 * @param {Look} look
 */
function figureOf({ rating: value, likely, chance }, { predicted, high, order }) {
  const expected = rating(value, predicted);
  if (!likely) return el("span", { className: "number", textContent: expected });
  const range = words.recommend.likely([likely[0], likely[1]]);
  const hope = isNumber(chance) && high !== null ? words.recommend.chanceIs(high, chanceText(Number(chance))) : "";
  const first = order === "chance" && isNumber(chance) ? chanceText(Number(chance)) : expected;
  const spoken = [`${expected}, ${range}`, hope].filter(Boolean).join("; ");
  return el(
    "span",
    { className: "number", title: spoken },
    el("span", { "aria-hidden": "true" }, first, el("span", { className: "likely muted", textContent: `, ${range}` })),
    el("span", { className: "visually-hidden", textContent: spoken }),
  );
}

/**
 * A list that always has the same height.
 * @param {string} id
 * @param {Slot} slot
 * @param {string} title
 * @param {HTMLElement | null} remark
 * @param {RatedItem[]} items
 * @param {Scale | null} scale
 * @param {Look} look
 * @param {string} empty
 * @param {HTMLElement[]} [why] lines for the first of them
 */
function listOf(id, slot, title, remark, items, scale, look, empty, why = []) {
  const rows = items.map((item, n) => {
    const bar = el("i", { className: "bar" });
    const byChance = look.order === "chance" && item.chance !== null;
    const share = byChance ? Number(item.chance) : scale ? (item.rating - scale.lo) / (scale.hi - scale.lo) : 0;
    bar.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
    return el(
      "li",
      { className: why[n] ? "reasoned" : "" },
      el("span", { className: "cut", textContent: item.title, title: [item.title, ...item.about].join(" · ") }),
      figureOf(item, look),
      bar,
      why[n] ?? null,
    );
  });
  return el(
    "div",
    { id, className: `list list-${slot}` },
    el("h3", {}, mark(slot), el("span", { className: "cut", textContent: title, title }), remark),
    rows.length > 0 ? el("ol", { "aria-label": title }, ...rows) : el("p", { className: "small muted", textContent: empty }),
  );
}

/**
 * The room for the reasons of an item, with what is known of them. What is too long for it can be read whole in the title, and in
 * the lists of all.
 * @param {Because | string | null} known
 */
function reasonLine(known) {
  const whole = known === null ? "" : typeof known === "string" ? known : becauseText(known, "they");
  const short = known !== null && typeof known !== "string" && known.reasons.length > 0 ? words.sources.becauseOf(known.reasons.map(({ title, rating: given }) => `${title} (${rating(given, false)})`)) : whole;
  return el("span", { className: "small muted reason", textContent: short, title: whole });
}

/** @param {HTMLElement} place @param {State} state */
function drawNearest(place, state) {
  const { advice, train, data } = state;
  const near = advice && train.trained ? advice.nearest.slice(0, ROWS) : [];
  const rows = near.map(({ domain, neighbour: { label, distance } }) =>
    el(
      "li",
      { title: words.recommend.personIn(label, nameOf(data, domain)) },
      mark(slotOf(data, domain)),
      el("span", { className: "cut", textContent: label }),
      el("span", { className: "number muted", textContent: fixed(distance, 2) }),
    ),
  );
  const comparesNobody = isMapless(state) || state.prepared?.samples;
  const empty = !advice ? "" : comparesNobody || train.trained ? words.recommend.comparesNobody : words.recommend.afterTraining;
  place.replaceChildren(
    explainedHeading("h3", el("span", { className: "cut", textContent: words.recommend.nearest }), "nearest"),
    rows.length > 0
      ? el("ol", { "aria-label": words.recommend.nearest }, ...rows)
      : el("p", { className: "small muted", textContent: empty }),
  );
}

/** @param {State} state */
function noteText(state) {
  const { selection, advice, data, train } = state;
  const said = words.recommend;
  if (!data?.ready) return said.withTwoFiles;
  if (!selection) return isMapless(state) ? said.lookUp : said.lookUpOrClick;
  if (!advice) return "";
  const { trained } = train;
  const missing = advice.domains.flatMap(({ user, rated }, n) => (user === null || rated.length === 0 ? [n] : []));
  const known = data.domains.flatMap(({ name }, n) => (missing.includes(n) ? [] : [name]));
  if (missing.length === 0) return said.ratedInAll(data.domains.length > 2, trained);
  const where = missing.length > 2 ? said.ofTheDomains(missing.length) : listed(missing.map((n) => nameOf(data, n)));
  if (isMapless(state) && !crossesOver(state)) {
    return said.unknownThere(where, modelOf(state)?.name ?? said.thisModel);
  }
  if (data.domains.length === 2) return said.predictedTwo(where, trained, !isMapless(state), known);
  return said.predictedMany(where, trained, known, alongWhich(advice.domains, data));
}

/**
 * Whether one map or several lead to a domain that somebody is not in; each list says along which.
 * @param {DomainAdvice[]} domains
 * @param {DataState} data
 */
function alongWhich(domains, data) {
  const far = domains.map(({ way }) => way).filter((way) => way.length > 2);
  if (far.length === 0) return "";
  if (far.length > 1) return words.recommend.someByOthers;
  const [way] = far;
  return words.recommend.byWayOf(nameOf(data, way[way.length - 1]), way.slice(1, -1).map((n) => nameOf(data, n)));
}
