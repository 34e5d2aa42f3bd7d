// The words around the map: what is to be seen, the legend with its switches, and the same numbers as a table.

import { byId, el, mark } from "./dom.js";
import { count, counted, fixed, percent } from "./format.js";

/** @import { Mark } from "./map_paint.js" */
/** @import { State, Store } from "./store.js" */

/** @typedef {{ a: boolean, b: boolean, linked: boolean, held: boolean }} Shown */

/**
 * @param {Store} store
 * @param {(shown: Shown) => void} show
 */
export function setUpMapText(store, show) {
  const caption = byId("map-caption", HTMLElement);
  const empty = byId("map-empty", HTMLElement);
  const canvas = byId("map", HTMLCanvasElement);
  const replay = byId("replay", HTMLButtonElement);
  const turn = byId("turn", HTMLInputElement);
  const rows = byId("map-table", HTMLTableElement).tBodies[0];

  setUpLegend(store, show);
  store.subscribe(["data", "map", "train"], (state) => {
    caption.textContent = captionOf(state);
  });
  store.subscribe(["data", "map", "report", "busy"], (state) => {
    empty.hidden = state.map !== null;
    empty.textContent = emptyText(state);
    replay.disabled = turn.disabled = state.map === null;
    const numbers = numbersOf(state);
    canvas.setAttribute(
      "aria-label",
      `Map of people. ${numbers.map(([name, value]) => `${name}: ${value}`).join(". ")}`,
    );
    rows.replaceChildren(
      ...numbers.map(([name, value]) =>
        el("tr", {}, el("th", { scope: "row", textContent: name }), el("td", { textContent: value })),
      ),
    );
  });
}

/**
 * @param {Store} store
 * @param {(shown: Shown) => void} show
 */
function setUpLegend(store, show) {
  /** @type {Shown} */
  const shown = { a: true, b: true, linked: true, held: true };
  const texts = { a: el("span"), b: el("span"), linked: el("span"), held: el("span") };
  const signs = {
    a: mark("a"),
    b: mark("b"),
    linked: el("i", { className: "stroke" }),
    held: el("i", { className: "stroke dashed" }),
  };
  const keys = /** @type {(keyof Shown)[]} */ (["a", "b", "linked", "held"]);
  const buttons = keys.map((key) => {
    const button = el(
      "button",
      { id: `show-${key}`, type: "button", className: "toggle", "aria-pressed": "true" },
      signs[key],
      texts[key],
    );
    button.addEventListener("click", () => {
      shown[key] = !shown[key];
      button.setAttribute("aria-pressed", String(shown[key]));
      show({ ...shown });
    });
    return button;
  });
  const explained = el("span", {
    className: "muted",
    id: "explained",
    title: "The plane shows so much of how far people spread",
  });
  byId("legend", HTMLElement).append(...buttons, explained);
  store.subscribe(["data", "map", "report"], ({ data, map, report }) => {
    const held = map ? map.pair_roles.filter((role) => role === 2).length : 0;
    const linked = map ? map.pair_roles.filter((role) => role === 1).length : 0;
    texts.a.textContent = data?.a?.name ?? "A";
    texts.b.textContent = data?.b?.name ?? "B";
    texts.linked.textContent = map ? `${count(linked)} pairs linked` : "pairs linked";
    const measured = report?.alignment?.pairs ?? held;
    const left = held - measured;
    texts.held.textContent = map
      ? `${count(measured)} kept for the test${left > 0 ? `, ${counted(left, "lacks", "lack")} ratings` : ""}`
      : "kept for the test";
    texts.held.title = left > 0 ? leftOut(left) : "";
    explained.textContent = map ? `${percent(map.explained)} of spread shown` : "";
  });
}

/** @param {number} pairs that were kept aside and cannot be measured */
const leftOut = (pairs) =>
  `${counted(pairs, "more pair was", "more pairs were")} hidden, but training has no ratings of theirs in one of the two to compare`;

/** @param {State} state */
function captionOf({ data, map, train }) {
  const [a, b] = [data?.a?.name ?? "the first file", data?.b?.name ?? "the second file"];
  if (!map) return "Everybody who rated becomes a point. People with alike tastes should come to lie close together.";
  if (train.state === "running" && train.runs[0] === 0) {
    return `Learning: people move until their place predicts their ratings, while one turn is sought that lays the cloud of ${a} onto that of ${b}.`;
  }
  if (map.trained) {
    return `Slide from before to after: the cloud of ${a} turns as one piece, and a line shrinks when a person meets themselves in ${b}. Dashed pairs were hidden from the turn: they are its test.`;
  }
  return `Every disc is somebody who rated in ${a}, every triangle somebody in ${b}; a line joins the two marks of one person. Nothing is learnt yet.`;
}

/** @param {State} state */
function emptyText({ data, busy, capabilities }) {
  if (busy) return `${busy} …`;
  if (!capabilities) return "The page could not start.";
  if (!data?.a && !data?.b) return "Open two rating files that share people, or try the sample.";
  if (!data.a || !data.b) return "One file more: its people are joined to these by their ids.";
  return data.warnings[0]?.text ?? "There is nothing to show yet.";
}

/**
 * @param {State} state
 * @returns {[string, string][]}
 */
function numbersOf({ data, map, report }) {
  if (!data?.a || !data.b || !map) return [["People", "none yet"]];
  /** @type {[string, string][]} */
  const rows = [
    [`In ${data.a.name}`, counted(data.a.users, "person", "people")],
    [`In ${data.b.name}`, counted(data.b.users, "person", "people")],
    ["In both", counted(data.overlap_users, "person", "people")],
    ["Spread that the plane shows", percent(map.explained)],
    ["Trained", map.trained ? "yes" : "no"],
  ];
  if (report?.alignment)
    rows.push(
      ["Hidden pairs that are measured", count(report.alignment.pairs)],
      ["Their distance after the turn, 1 for the mean", fixed(report.alignment.mapped, 2)],
    );
  return rows;
}

/**
 * Who is pointed at.
 * @param {Mark} mark
 * @param {State} state
 */
export function describe({ slot, user, partner }, { labels, data }) {
  const here = data?.[slot]?.name ?? slot.toUpperCase();
  const there = data?.[slot === "a" ? "b" : "a"]?.name ?? "the other";
  return `${labels?.[slot][user] ?? user} · ${partner >= 0 ? `${here} and ${there}` : `${here} only`}`;
}
