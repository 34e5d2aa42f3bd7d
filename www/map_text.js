// The words around the map: what is to be seen, the legend with its switches, and the same numbers as a table.

import { listed, nameOf, shownDomains } from "./domains.js";
import { byId, choice, el, helpButton, mark } from "./dom.js";
import { count, counted, fixed, percent } from "./format.js";
import { STARTING } from "./store.js";
import { countOf } from "./map/look.js";
import { layerSwitches, regionRows } from "./map_layers.js";
import { abilities, isMapless, modelOf, noClouds } from "./models.js";

import { words } from "./words/words.js";

/** @import { Mark, Shown } from "./map/look.js" */
/** @import { MapSnapshot, Report, Slot, TrainState } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Send } from "./map_client.js" */
/** @import { State, Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Send} send
 * @param {(shown: Shown) => void} show
 */
export function setUpMapText(store, actions, send, show) {
  const caption = byId("map-caption", HTMLElement);
  const empty = byId("map-empty", HTMLElement);
  const canvas = byId("map", HTMLElement);
  const replay = byId("replay", HTMLButtonElement);
  const turn = byId("turn", HTMLInputElement);
  const rows = byId("map-table", HTMLTableElement).tBodies[0];

  setUpLegend(store, actions, send, show);
  setUpSpace(store, actions);
  const block = byId("map-block", HTMLElement);
  store.subscribe(["data", "map", "train", "prepared"], (state) => {
    caption.textContent = captionOf(state);
    block.classList.toggle("mapless", isMapless(state));
  });
  store.subscribe(["data", "map", "report", "busy", "prepared", "regions", "language"], (state) => {
    empty.hidden = state.map !== null;
    empty.textContent = emptyText(state);
    replay.disabled = turn.disabled = state.map === null;
    const numbers = numbersOf(state);
    canvas.setAttribute(
      "aria-label",
      `Map of people. ${numbers.map(([name, value]) => `${name}: ${value}`).join(". ")}`,
    );
    rows.replaceChildren(
      ...[...numbers, ...regionRows(state)].map(([name, value]) =>
        el("tr", {}, el("th", { scope: "row", textContent: name }), el("td", { textContent: value })),
      ),
    );
  });
}

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Send} send
 * @param {(shown: Shown) => void} show
 */
function setUpLegend(store, actions, send, show) {
  /** What was switched off. @type {Set<Slot | "linked" | "held" | "names">} */
  const hidden = new Set();
  const tell = () => {
    const domains = shownDomains(store.state.data).map(({ slot }) => !hidden.has(slot));
    show({ domains, linked: !hidden.has("linked"), held: !hidden.has("held"), names: !hidden.has("names") });
  };
  const layers = layerSwitches(store, actions, send, (names) => {
    if (names) hidden.delete("names");
    else hidden.add("names");
    tell();
  });
  /** @param {Slot | "linked" | "held"} key @param {Element} sign */
  const toggle = (key, sign) => {
    const text = el("span");
    const button = el(
      "button",
      { id: `show-${key}`, type: "button", className: "toggle", "aria-pressed": String(!hidden.has(key)) },
      sign,
      text,
    );
    button.addEventListener("click", () => {
      if (!hidden.delete(key)) hidden.add(key);
      button.setAttribute("aria-pressed", String(!hidden.has(key)));
      tell();
    });
    return { button, text };
  };
  const linked = toggle("linked", el("i", { className: "stroke" }));
  const held = toggle("held", el("i", { className: "stroke dashed" }));
  const explained = el("span", {
    className: "muted",
    id: "explained",
    title: "The plane shows so much of how far people spread",
  });
  const legend = byId("legend", HTMLElement);
  let drawn = "";
  store.subscribe(["data"], ({ data }) => {
    const domains = shownDomains(data);
    const now = JSON.stringify(domains);
    if (now !== drawn) {
      const buttons = domains.map(({ slot, name }) => {
        const { button, text } = toggle(slot, mark(slot));
        text.textContent = name;
        return button;
      });
      legend.replaceChildren(...buttons, linked.button, held.button, ...layers, explained);
      drawn = now;
    }
    tell();
  });
  store.subscribe(["data", "map"], ({ data, map }) => {
    for (const [n, { slot }] of shownDomains(data).entries()) {
      const way = map?.clouds[n]?.way.map((each) => nameOf(data, each)) ?? [];
      const button = document.getElementById(`show-${slot}`);
      if (button) button.title = way.length > 2 ? `Turned along ${way.join(" → ")}` : "";
    }
  });
  store.subscribe(["map", "report"], ({ map, report }) => {
    const [linkedPairs, heldPairs] = [1, 2].map((role) =>
      (map?.links ?? []).reduce((sum, { roles }) => sum + countOf(roles, role), 0),
    );
    linked.text.textContent = map ? `${count(linkedPairs)} pairs linked` : "pairs linked";
    const measured = report ? measuredPairs(report) : heldPairs;
    const left = heldPairs - measured;
    held.text.textContent = map
      ? `${count(measured)} kept for the test${left > 0 ? `, ${counted(left, "lacks", "lack")} ratings` : ""}`
      : "kept for the test";
    held.text.title = left > 0 ? leftOut(left) : "";
    explained.textContent = map ? `${percent(map.explained)} of spread shown` : "";
  });
}

/** Hidden pairs that have a figure. @param {Report} report */
const measuredPairs = ({ links, taste }) =>
  links.length > 0
    ? links.reduce((sum, { alignment }) => sum + (alignment?.pairs ?? 0), 0)
    : taste.reduce((sum, { linked }) => sum + (linked.held_out?.pairs ?? 0), 0);

/**
 * Whose space the clouds are shown in. Of two domains one picture is the other's turned.
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpSpace(store, actions) {
  const place = byId("map-space", HTMLElement);
  const list = choice([], "", { id: "space", "aria-label": "Show all in the space of" });
  list.addEventListener("change", () => void actions.showIn(Number(list.value)));
  place.append(el("label", { for: "space", className: "small muted", textContent: "turned onto" }), list, helpButton("space"));
  store.subscribe(["data", "map", "space"], ({ data, map, space }) => {
    const domains = data?.domains ?? [];
    place.hidden = domains.length < 3;
    const options = domains.map(({ name }, n) => el("option", { value: String(n), textContent: name }));
    list.replaceChildren(...options);
    list.value = String(space ?? map?.space ?? 0);
    list.disabled = map === null;
  });
}

/** @param {number} pairs that were kept aside and cannot be measured */
const leftOut = (pairs) =>
  `${counted(pairs, "more pair was", "more pairs were")} hidden, but training has no ratings of theirs in one of the two to compare`;

/** @param {State} state */
function captionOf(state) {
  const { data, map, train } = state;
  const model = modelOf(state);
  if (isMapless(state) && model) return state.prepared?.samples ? `${model.description}.` : `${model.description}. ${abilities(model)}`;
  if (!map) return "Everybody who rated becomes a point. People with alike tastes should come to lie close together.";
  const names = map.clouds.map((_, n) => nameOf(data, n));
  const apart = map.clouds.flatMap(({ way }, n) => (way.length === 0 ? [names[n]] : []));
  const alone =
    apart.length > 0 ? ` Nothing links ${listed(apart)} to the others: where ${apart.length > 1 ? "they lie" : "it lies"} says nothing.` : "";
  if (state.prepared?.samples && train.state === "running" && train.runs[0] === 0) {
    return `Sampling: points are means over the last draws, turned onto ${names[map.space]} as the latest says. The ellipse around the person who is looked at holds 80 % of their draws.${alone}`;
  }
  return `${map.clouds.length > 2 ? captionOfMany(names, map, train) : captionOfTwo(names, map, train)}${alone}`;
}

/** @param {string[]} names @param {MapSnapshot} map @param {TrainState} train */
function captionOfTwo([a, b], map, train) {
  if (train.state === "running" && train.runs[0] === 0) {
    return `Learning: people move until their place predicts their ratings, while one turn is sought that lays the cloud of ${a} onto that of ${b}.`;
  }
  if (map.trained) {
    return `Slide from before to after: the cloud of ${a} turns as one piece, and a line shrinks when a person meets themselves in ${b}. Dashed pairs were hidden from the turn: they are its test.`;
  }
  return `Every disc is somebody who rated in ${a}, every triangle somebody in ${b}; a line joins the two marks of one person. Nothing is learnt yet.`;
}

/** @param {string[]} names @param {MapSnapshot} map @param {TrainState} train */
function captionOfMany(names, map, train) {
  const space = names[map.space];
  if (train.state === "running" && train.runs[0] === 0) {
    return `Learning: people move until their place predicts their ratings, while turns are sought that lay the clouds onto each other. All are shown on that of ${space}.`;
  }
  if (map.trained) {
    const far = map.clouds.filter(({ way }) => way.length > 2).map(({ way }) => way.map((n) => names[n]));
    const [first] = far;
    const detour =
      far.length > 1
        ? " Clouds that no link joins to it go by way of others."
        : first
          ? ` That of ${first[0]} goes by way of ${listed(first.slice(1, -1))}.`
          : "";
    return `Slide from before to after: each cloud turns as one piece onto that of ${space}, and lines shrink when a person meets themselves. Dashed pairs are the test.${detour}`;
  }
  return "Every mark is somebody who rated, each domain with a sign of its own; lines join the marks of one person. Nothing is learnt yet.";
}

/** @param {State} state */
function emptyText(state) {
  const { data, busy, capabilities } = state;
  const model = modelOf(state);
  if (isMapless(state) && model) return state.prepared?.samples ? words.train.noMap : noClouds(model);
  if (busy === STARTING) return "Soon everybody of the sample is drawn here.";
  if (busy) return `${busy()} …`;
  if (!capabilities) return "The page could not start.";
  if (!data || data.domains.length === 0) return "Open two rating files or more that share people, or try the sample.";
  if (data.domains.length === 1) return "One file more: its people are joined to these by their ids.";
  return data.warnings[0]?.text ?? "There is nothing to show yet.";
}

/**
 * @param {State} state
 * @returns {[string, string][]}
 */
function numbersOf({ data, map, report }) {
  if (!data || data.domains.length < 2 || !map) return [["People", "none yet"]];
  const isTwo = data.domains.length === 2;
  /** @type {[string, string][]} */
  const rows = data.domains.map(({ name, users }) => [`In ${name}`, counted(users, "person", "people")]);
  for (const { domains, overlap_users } of data.pairs) {
    const both = domains.map((n) => nameOf(data, n)).join(" and ");
    rows.push([isTwo ? "In both" : `In both ${both}`, counted(overlap_users, "person", "people")]);
  }
  if (!isTwo) rows.push(["Shown on the cloud of", nameOf(data, map.space)]);
  rows.push(["Spread that the plane shows", percent(map.explained)], ["Trained", map.trained ? "yes" : "no"]);
  for (const { domains, alignment } of report?.links ?? []) {
    if (!alignment) continue;
    const which = isTwo ? "" : ` of ${domains.map((n) => nameOf(data, n)).join(" and ")}`;
    rows.push(
      [`Hidden pairs${which} that are measured`, count(alignment.pairs)],
      ["Their distance after the turn, 1 for the mean", fixed(alignment.mapped, 2)],
    );
  }
  return rows;
}

/**
 * Who is pointed at.
 * @param {Mark} mark
 * @param {State} state
 */
export function describe({ places }, { labels, data }) {
  const [{ domain, user }] = places;
  const names = places.map((place) => nameOf(data, place.domain));
  return `${labels?.[domain][user] ?? user} · ${names.length > 1 ? listed(names) : `${names[0]} only`}`;
}
