// The words around the map: what is to be seen, the legend with its switches, and the same numbers as a table.

import { listed, nameOf, shownDomains } from "./domains.js";
import { byId, choice, el, helpButton, legendSwitch, mark } from "./dom.js";
import { count, fixed, percent } from "./format.js";
import { descriptionOf } from "./from_core.js";
import { STARTING } from "./store.js";
import { english, say } from "./said.js";
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
  store.subscribe(["data", "map", "train", "prepared", "language"], (state) => {
    caption.textContent = captionOf(state);
    block.classList.toggle("mapless", isMapless(state));
  });
  store.subscribe(["data", "map", "report", "busy", "prepared", "regions", "language"], (state) => {
    empty.hidden = state.map !== null;
    say(empty, emptyText(state));
    replay.disabled = turn.disabled = state.map === null;
    const numbers = numbersOf(state);
    canvas.setAttribute("aria-label", words.map.mapOfPeople(numbers));
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
  /** @param {Slot | "linked" | "held" | "names"} key @param {boolean} away */
  const hide = (key, away) => {
    if (away) hidden.add(key);
    else hidden.delete(key);
    tell();
  };
  const layers = layerSwitches(store, actions, send, (names) => hide("names", !names));
  /** @param {Slot | "linked" | "held"} key @param {Element} sign */
  const toggle = (key, sign) => legendSwitch(key, sign, !hidden.has(key), (on) => hide(key, !on));
  const linked = toggle("linked", el("i", { className: "stroke" }));
  const held = toggle("held", el("i", { className: "stroke dashed" }));
  const explained = el("span", { className: "muted", id: "explained" });
  const legend = byId("legend", HTMLElement);
  let drawn = "";
  store.subscribe(["data"], ({ data }) => {
    const domains = shownDomains(data);
    const now = JSON.stringify(domains);
    if (now !== drawn) {
      const buttons = domains.map(({ slot, name }) => {
        const { button, text } = toggle(slot, mark(slot));
        text.className = "cut";
        text.textContent = text.title = name;
        return button;
      });
      legend.replaceChildren(...buttons, linked.button, held.button, ...layers, explained);
      drawn = now;
    }
    tell();
  });
  store.subscribe(["data", "map", "language"], ({ data, map }) => {
    for (const [n, { slot }] of shownDomains(data).entries()) {
      const way = map?.clouds[n]?.way.map((each) => nameOf(data, each)) ?? [];
      const button = document.getElementById(`show-${slot}`);
      if (button) button.title = way.length > 2 ? words.map.turnedAlong(way) : "";
    }
  });
  store.subscribe(["map", "report", "language"], ({ map, report }) => {
    const said = words.map;
    const [linkedPairs, heldPairs] = [1, 2].map((role) =>
      (map?.links ?? []).reduce((sum, { roles }) => sum + countOf(roles, role), 0),
    );
    linked.text.textContent = said.linked(map ? linkedPairs : null);
    const measured = report ? measuredPairs(report) : heldPairs;
    const left = heldPairs - measured;
    held.text.textContent = said.held(map ? measured : null, left);
    held.text.title = left > 0 ? said.leftOut(left) : "";
    explained.textContent = map ? said.explained(map.explained) : "";
    explained.title = said.planeShows;
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
  const list = choice([], "", { id: "space" });
  const label = el("label", { for: "space", className: "small muted" });
  list.addEventListener("change", () => void actions.showIn(Number(list.value)));
  place.append(label, list, helpButton("space"));
  store.subscribe(["language"], () => {
    label.textContent = words.map.turnedOnto;
    list.setAttribute("aria-label", words.map.inSpaceOf);
  });
  store.subscribe(["data", "map", "space"], ({ data, map, space }) => {
    const domains = data?.domains ?? [];
    place.hidden = domains.length < 3;
    const options = domains.map(({ name }, n) => el("option", { value: String(n), textContent: name }));
    list.replaceChildren(...options);
    list.value = String(space ?? map?.space ?? 0);
    list.disabled = map === null;
  });
}

/** @param {State} state */
function captionOf(state) {
  const { data, map, train } = state;
  const model = modelOf(state);
  if (isMapless(state) && model) return state.prepared?.samples ? `${descriptionOf(model)}.` : `${descriptionOf(model)}. ${abilities(model)}`;
  const said = words.map;
  if (!map) return said.everybodyIsAPoint;
  const names = map.clouds.map((_, n) => nameOf(data, n));
  const apart = map.clouds.flatMap(({ way }, n) => (way.length === 0 ? [names[n]] : []));
  const alone = apart.length > 0 ? said.apart(apart) : "";
  if (state.prepared?.samples && train.state === "running" && train.runs[0] === 0) {
    return `${said.sampling(names[map.space])}${alone}`;
  }
  return `${map.clouds.length > 2 ? captionOfMany(names, map, train) : captionOfTwo(names, map, train)}${alone}`;
}

/** @param {string[]} names @param {MapSnapshot} map @param {TrainState} train */
function captionOfTwo([a, b], map, train) {
  if (train.state === "running" && train.runs[0] === 0) {
    return words.map.learningTwo(a, b);
  }
  if (map.trained) {
    return words.map.trainedTwo(a, b);
  }
  return words.map.beforeTwo(a, b);
}

/** @param {string[]} names @param {MapSnapshot} map @param {TrainState} train */
function captionOfMany(names, map, train) {
  const space = names[map.space];
  if (train.state === "running" && train.runs[0] === 0) {
    return words.map.learningMany(space);
  }
  if (map.trained) {
    const far = map.clouds.filter(({ way }) => way.length > 2).map(({ way }) => way.map((n) => names[n]));
    const [first] = far;
    const detour =
      far.length > 1
        ? words.map.manyDetours
        : first
          ? words.map.detour(first[0], first.slice(1, -1))
          : "";
    return words.map.trainedMany(space, detour);
  }
  return words.map.beforeMany;
}

/** @param {State} state */
function emptyText(state) {
  const { data, busy, capabilities } = state;
  const model = modelOf(state);
  if (isMapless(state) && model) return state.prepared?.samples ? words.train.noMap : noClouds(model);
  if (busy === STARTING) return words.map.soon;
  if (busy) return `${busy()} …`;
  if (!capabilities) return words.map.notStarted;
  if (!data || data.domains.length === 0) return words.map.openFiles;
  if (data.domains.length === 1) return words.map.oneMore;
  return data.warnings[0] ? english(data.warnings[0].text) : words.map.nothingToShow;
}

/**
 * @param {State} state
 * @returns {[string, string][]}
 */
function numbersOf({ data, map, report }) {
  if (!data || data.domains.length < 2 || !map) return [[words.map.people, words.map.noneYet]];
  const said = words.map;
  const isTwo = data.domains.length === 2;
  /** @type {[string, string][]} */
  const rows = data.domains.map(({ name, users }) => [said.inDomain(name), said.persons(users)]);
  for (const { domains, overlap_users } of data.pairs) {
    const both = domains.map((n) => nameOf(data, n));
    rows.push([isTwo ? said.inBoth : said.inBothOf(both), said.persons(overlap_users)]);
  }
  if (!isTwo) rows.push([said.shownOn, nameOf(data, map.space)]);
  rows.push([said.spread, percent(map.explained)], [said.trained, map.trained ? words.train.yes : words.train.no]);
  for (const { domains, alignment } of report?.links ?? []) {
    if (!alignment) continue;
    const which = isTwo ? said.hiddenMeasured : said.hiddenMeasuredOf(domains.map((n) => nameOf(data, n)));
    rows.push(
      [which, count(alignment.pairs)],
      [said.distance, fixed(alignment.mapped, 2)],
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
  return `${labels?.[domain][user] ?? user} · ${names.length > 1 ? listed(names) : words.map.only(names[0])}`;
}
