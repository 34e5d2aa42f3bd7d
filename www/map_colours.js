// What people on the map are coloured by: the choice, what the colours mean, and the classes for the stage.

import { byId, choice, el } from "./dom.js";
import { colours, onTheme } from "./theme.js";
import { words } from "./words/words.js";

/** @import { Classes, Colour } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Send } from "./map_client.js" */
/** @import { Store } from "./store.js" */

/** In the stylesheet. Names get the colours of series, steps a ramp of their own. */
const NAMED = ["a", "b", "c", "d", "e", "f", "g", "h"];
const STEPS = ["step-0", "step-1", "step-2", "step-3", "step-4"];
/** The number of whoever nothing is known of. */
const UNKNOWN = 255;
const BY_DOMAIN = "";
/** What the core calls the rest of many names. */
const OTHERS = "others";
/** How its key of a field of items begins. */
const ITEMS = "items:";

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Send} send
 */
export function setUpMapColours(store, actions, send) {
  const list = choice([], "", { id: "colour-by" });
  const label = el("label", { for: "colour-by", className: "small muted" });
  byId("map-colour", HTMLElement).append(label, list);
  const key = byId("map-key", HTMLElement);
  /** @type {Classes | null} */
  let classes = null;
  /** @type {Colour[]} */
  let choices = [];
  let ask = 0;

  const name = () => {
    const options = [{ key: BY_DOMAIN, name: "" }, ...choices];
    const { value } = list;
    list.replaceChildren(...options.map((option) => el("option", { value: option.key, textContent: nameOf(option) })));
    list.value = value;
  };

  const paint = () => {
    const names = classes?.steps ? STEPS : NAMED;
    const resolved = colours([...names, "unknown"]);
    const used = classes ? [...classes.names.map((_, n) => resolved[names[n]]), resolved.unknown] : [];
    send({ type: "classes", classes: classes?.domains ?? null, colours: used });
    key.hidden = classes === null;
    key.replaceChildren(...(classes ? keyOf(classes, names) : []));
  };

  /** @param {string} wanted */
  const colourBy = async (wanted) => {
    const own = ++ask;
    const reply = await actions.ask.colours(wanted === BY_DOMAIN ? null : wanted).catch(() => null);
    // Somebody has chosen again meanwhile, there are other data, or a worker is gone, whose successor is asked anew.
    if (own !== ask || !reply) return;
    const { chosen } = reply;
    choices = reply.choices;
    name();
    list.value = chosen ? wanted : BY_DOMAIN;
    classes = chosen;
    paint();
  };

  list.addEventListener("change", () => void colourBy(list.value));
  store.subscribe(["labels"], ({ labels }) => {
    byId("map-colour", HTMLElement).hidden = labels === null;
    // Other data may have other fields; the choice stays where they have it too.
    if (labels) void colourBy(list.value);
  });
  store.subscribe(["language"], () => {
    label.textContent = words.map.colouredBy;
    list.title = words.map.colouredByTitle;
    list.setAttribute("aria-label", words.map.colouredByLabel);
    name();
    paint();
  });
  onTheme(paint);
}

/** What people can be coloured by, in words; fields are called as in their table. @param {Colour} colour */
function nameOf({ key, name }) {
  if (key === BY_DOMAIN) return words.map.domain;
  if (key === "mean") return words.map.howHigh;
  if (key === "count") return words.map.howMuch;
  return key.startsWith(ITEMS) ? words.map.mostOf(key.slice(ITEMS.length)) : name;
}

/** @param {Classes} classes @param {string[]} names of colours */
function keyOf({ names: texts, steps, domains }, names) {
  const swatch = (/** @type {string} */ name) => {
    const sign = el("i", { className: "swatch" });
    sign.style.setProperty("--colour", `var(--${name})`);
    return sign;
  };
  const entry = (/** @type {string} */ name, /** @type {string} */ text) => el("li", {}, swatch(name), text);
  // Between the ends of a ramp its colours speak for themselves.
  const entries = steps
    ? [el("li", { title: words.map.inFifths }, words.map.lowestFifth, ...names.map(swatch), words.map.highestFifth)]
    : texts.map((text, n) => entry(names[n], text === OTHERS && n === texts.length - 1 ? words.map.others : text));
  const isUnknown = domains.some((of) => of.includes(UNKNOWN));
  return isUnknown ? [...entries, entry("unknown", words.map.notKnown)] : entries;
}
