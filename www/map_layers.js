// What the map shows beside people, and the switches of it in the legend: names of regions, items, the visitor.

import { el, legendSwitch, mark } from "./dom.js";
import { nameOf } from "./domains.js";
import { count, fixed, percent } from "./format.js";
import { words } from "./words/words.js";

/** @import { RegionsView, Telling } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Send } from "./map_client.js" */
/** @import { State, Store } from "./store.js" */

/**
 * The switches, for the legend.
 * @param {Store} store
 * @param {Actions} actions
 * @param {Send} send
 * @param {(names: boolean) => void} tell whether names are wanted
 */
export function layerSwitches(store, actions, send, tell) {
  const names = legendSwitch("names", el("i", { className: "letters", textContent: "Aa", "aria-hidden": "true" }), true, tell);
  const items = legendSwitch("items", el("i", { className: "ring", "aria-hidden": "true" }), false, (wanted) => void actions.showItems(wanted));
  const you = el("span", { id: "legend-you", className: "sign", hidden: true });
  store.subscribe(["map", "regions", "language"], ({ map, regions }) => {
    const { layers } = words;
    const named = (regions?.regions ?? []).filter(({ name }) => name !== null);
    const isKnown = regions !== null && named.length === 0;
    sayOf(names, isKnown ? layers.noNames : layers.names, isKnown ? layers.noNamesTitle : layers.namesTitle, named.length > 0);
    const isMissing = map?.trained === true && !map.has_items;
    sayOf(items, isMissing ? layers.noItems : layers.items, isMissing ? layers.noItemsTitle : layers.itemsTitle, map?.has_items === true);
    you.hidden = !map || map.visitor.length === 0;
    you.replaceChildren(mark("you"), layers.you);
    send({ type: "called", you: layers.you });
    send({ type: "regions", regions: labelsOf(regions) });
  });
  return [names.button, items.button, you];
}

/** The largest first: it chooses its place first. @param {RegionsView | null} regions */
const labelsOf = (regions) =>
  (regions?.regions ?? [])
    .map(({ name, centre, people }) => ({ name: name ?? "", centre, size: people.reduce((sum, n) => sum + n, 0) }))
    .filter(({ name }) => name !== "")
    .toSorted((one, other) => other.size - one.size)
    .map(({ name, centre }) => ({ name, centre }));

/**
 * Says what a switch is for, or why there is nothing to switch.
 * @param {ReturnType<typeof legendSwitch>} of
 * @param {string} said
 * @param {string} title
 * @param {boolean} isThere
 */
function sayOf({ button, text }, said, title, isThere) {
  text.textContent = said;
  button.title = title;
  button.disabled = !isThere;
}

/** A fact of a region as a sentence. @param {Telling} telling @param {State} state */
export function told({ kind, name, domain, here, everywhere }, { data }) {
  const share = kind === "people" || kind === "often";
  const [inside, all] = [here, everywhere].map((value) => (share ? percent(value) : fixed(value, 1)));
  return words.layers.telling({ kind, name, domain: nameOf(data, domain), here: inside, everywhere: all });
}

/** How many of a group or a region are in which domains. @param {number[]} people by domain @param {State} state */
export const peopleIn = (people, { data }) =>
  people.flatMap((n, d) => (n > 0 ? [words.layers.peopleIn(n, nameOf(data, d))] : []));

/** Regions for the map's numbers. @param {State} state @returns {[string, string][]} */
export const regionRows = (state) =>
  (state.regions?.regions ?? []).map(({ name, people, tellings }, n) => [
    words.layers.region(n + 1, name),
    words.layers.regionText(peopleIn(people, state).join(", ") || count(0), tellings.map((telling) => told(telling, state))),
  ]);
