// Block 5: one person, what they like, and what the model would give them in both domains.

import { byId, el, helpButton, mark } from "./dom.js";
import { fixed, rating } from "./format.js";
import { setUpUserSearch } from "./user_search.js";

/** @import { ExportKind, RatedItem, Scale, Slot } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */

const ROWS = 5;
const SLOTS = /** @type {Slot[]} */ (["a", "b"]);
/** @type {[ExportKind, string][]} */
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
  setUpUserSearch(byId("person-search", HTMLElement), "search-user", "Find a person", actions, true);
  const input = byId("search-user", HTMLInputElement);
  const note = byId("person-note", HTMLElement);
  const lists = {
    rated: { a: byId("rated-a", HTMLElement), b: byId("rated-b", HTMLElement) },
    next: { a: byId("recommend-a", HTMLElement), b: byId("recommend-b", HTMLElement) },
  };
  const nearest = byId("nearest", HTMLElement);
  const buttons = EXPORTS.map(([kind, text]) => {
    const button = el("button", { id: `export-${kind}`, type: "button", className: "quiet", textContent: text });
    button.addEventListener("click", () => void actions.export(kind));
    return button;
  });
  byId("exports", HTMLElement).append("Save", ...buttons);

  store.subscribe(["map", "train"], ({ map, train }) => {
    for (const button of buttons) button.disabled = !map?.trained || train.state === "running";
  });
  store.subscribe(["selection", "advice", "data", "map"], (state) => {
    const { selection, advice, data, map } = state;
    const trained = map?.trained === true;
    if (document.activeElement !== input) input.value = selection?.label ?? "";
    note.textContent = noteText(state);
    for (const slot of SLOTS) {
      const name = data?.[slot]?.name ?? slot.toUpperCase();
      const scale = data?.[slot]?.scale ?? null;
      const here = advice?.[slot];
      fill(
        lists.rated[slot],
        slot,
        `Rated highest in ${name}`,
        null,
        here?.rated ?? [],
        scale,
        false,
        !selection ? "" : !advice ? "" : `nothing in ${name}`,
      );
      fill(
        lists.next[slot],
        slot,
        `Next in ${name}`,
        here?.via_map && trained ? "through the map" : null,
        trained ? (here?.next ?? []) : [],
        scale,
        true,
        selection && !trained ? "after training" : "",
      );
    }
    drawNearest(nearest, state);
  });
}

/**
 * A list that always has the same height.
 * @param {HTMLElement} place
 * @param {Slot} slot
 * @param {string} title
 * @param {string | null} remark
 * @param {RatedItem[]} items
 * @param {Scale | null} scale
 * @param {boolean} predicted
 * @param {string} empty
 */
function fill(place, slot, title, remark, items, scale, predicted, empty) {
  const rows = items.slice(0, ROWS).map((item) => {
    const bar = el("i", { className: "bar" });
    const share = scale ? (item.rating - scale.lo) / (scale.hi - scale.lo) : 0;
    bar.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
    return el(
      "li",
      {},
      el("span", { className: "cut", textContent: item.title, title: item.title }),
      el("span", { className: "number", textContent: rating(item.rating, predicted) }),
      bar,
    );
  });
  place.className = `list list-${slot}`;
  place.replaceChildren(
    el(
      "h3",
      {},
      mark(slot),
      el("span", { className: "cut", textContent: title }),
      remark ? el("span", { className: "small tag cut", textContent: remark, title: remark }) : null,
    ),
    rows.length > 0 ? el("ol", {}, ...rows) : el("p", { className: "small muted", textContent: empty }),
  );
}

/** @param {HTMLElement} place @param {State} state */
function drawNearest(place, { advice, map, data }) {
  const near = advice && map?.trained ? advice.nearest.slice(0, ROWS) : [];
  const rows = near.map(({ slot, label, distance }) =>
    el(
      "li",
      { title: `${label}, in ${data?.[slot]?.name ?? slot}` },
      mark(slot),
      el("span", { className: "cut", textContent: label }),
      el("span", { className: "number muted", textContent: fixed(distance, 2) }),
    ),
  );
  place.replaceChildren(
    el("h3", {}, el("span", { className: "cut", textContent: "Nearest people" }), helpButton("nearest")),
    rows.length > 0
      ? el("ol", {}, ...rows)
      : el("p", { className: "small muted", textContent: advice && !map?.trained ? "after training" : "" }),
  );
}

/** @param {State} state */
function noteText({ selection, advice, data, map }) {
  if (!data?.ready) return "With two files that share people, everybody in them can be looked up here.";
  if (!selection) return "Look somebody up, or click on the map.";
  if (!advice) return "";
  const names = { a: data.a?.name ?? "A", b: data.b?.name ?? "B" };
  const missing = SLOTS.find((slot) => advice[slot].user === null || advice[slot].rated.length === 0);
  if (!missing)
    return `Has rated in both: each list comes from their own ratings there${map?.trained ? "" : ", once it is trained"}.`;
  const known = missing === "a" ? "b" : "a";
  return `Never rated in ${names[missing]}: ${map?.trained ? "predicted" : "to be predicted"} through the map from their ratings in ${names[known]}.`;
}
