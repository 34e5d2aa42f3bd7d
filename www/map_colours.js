// What people on the map are coloured by: the choice, what the colours mean, and the classes for the stage.

import { byId, choice, el } from "./dom.js";
import { colours, onTheme } from "./theme.js";

/** @import { Classes } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Send } from "./map_client.js" */
/** @import { Store } from "./store.js" */

/** In the stylesheet. Names get the colours of series, steps a ramp of their own. */
const NAMED = ["a", "b", "c", "d", "e", "f", "g", "h"];
const STEPS = ["step-0", "step-1", "step-2", "step-3", "step-4"];
/** The number of whoever nothing is known of. */
const UNKNOWN = 255;
const BY_DOMAIN = "";

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Send} send
 */
export function setUpMapColours(store, actions, send) {
  const list = choice([], "", { id: "colour-by", "aria-label": "People on the map are coloured by", title: "Coloured by" });
  byId("map-colour", HTMLElement).append(el("label", { for: "colour-by", className: "small muted", textContent: "coloured by" }), list);
  const key = byId("map-key", HTMLElement);
  /** @type {Classes | null} */
  let classes = null;
  let ask = 0;

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
    const reply = await actions.colours(wanted === BY_DOMAIN ? null : wanted).catch(() => null);
    // Somebody has chosen again meanwhile, there are other data, or a worker is gone, whose successor is asked anew.
    if (own !== ask || !reply) return;
    const { choices, chosen } = reply;
    const options = [{ key: BY_DOMAIN, name: "domain" }, ...choices];
    list.replaceChildren(...options.map(({ key, name }) => el("option", { value: key, textContent: name })));
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
  onTheme(paint);
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
    ? [el("li", { title: "In fifths of each domain's people" }, texts[0], ...names.map(swatch), texts[texts.length - 1])]
    : texts.map((text, n) => entry(names[n], text));
  const isUnknown = domains.some((of) => of.includes(UNKNOWN));
  return isUnknown ? [...entries, entry("unknown", "not known")] : entries;
}
