// The few helpers with which the blocks build their elements. Text always goes in as text, never as markup.

import { OUTLINES, REACH, SIGNS } from "./shapes.js";
import { words } from "./words/words.js";

/** @import { Slot } from "./border.d.ts" */
/** @import { Words } from "./words/words.js" */

/** @typedef {keyof Words["help"]} Topic what a "?" explains */

/**
 * The element with this id; the page is broken without it, so that it fails loudly.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} with the id ${id}`);
  return found;
}

/**
 * A new element. Keys of `properties` that are attributes with a dash are set as attributes, all others as properties.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key.includes("-") || key === "role" || key === "for" || key === "scope" || key === "colspan") {
      element.setAttribute(key, String(value));
    } else {
      Reflect.set(element, key, value);
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * The sign of a domain: a blue disc for A, a vermillion triangle for B, and so on; or that of something else on the map.
 * @param {Slot | keyof typeof SIGNS} slot
 */
export function mark(slot) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `mark fill-${slot}`);
  svg.setAttribute("viewBox", `${-REACH} ${-REACH} ${2 * REACH} ${2 * REACH}`);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", ({ ...OUTLINES, ...SIGNS })[slot]);
  svg.append(shape);
  return svg;
}

/**
 * An icon drawn as one line.
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("class", "line");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * A "?" button; help.js fills the popover.
 * @param {Topic} topic
 */
export function helpButton(topic) {
  return el("button", { className: "help", type: "button", "data-help": topic });
}

/** A switch in a dialog for the "?" of the page, which are hidden without. */
export function helpSwitch() {
  return el("button", { className: "quiet", type: "button", "data-switches-help": "", "aria-pressed": "false", textContent: words.common.explain });
}

/**
 * A heading with its "?" beside it.
 * @param {"h2" | "h3"} level
 * @param {string | Node} text
 * @param {Topic} topic
 */
export function explainedHeading(level, text, topic) {
  return el("div", { className: "title-row" }, el(level, {}, text), helpButton(topic));
}

/**
 * The button that closes a dialog.
 * @param {string} id
 * @param {() => void} close
 */
export function closeButton(id, close) {
  const button = el("button", { type: "button", className: "icon quiet", "aria-label": words.common.close, id }, icon("M4 4l8 8M12 4l-8 8"));
  button.addEventListener("click", close);
  return button;
}

/**
 * A switch in the map's legend: a sign, and a text that is set later.
 * @param {string} key of what is shown or not
 * @param {Element} sign
 * @param {boolean} on
 * @param {(on: boolean) => void} told when it is switched
 */
export function legendSwitch(key, sign, on, told) {
  const text = el("span");
  const button = el("button", { id: `show-${key}`, type: "button", className: "toggle", "aria-pressed": String(on) }, sign, text);
  button.addEventListener("click", () => {
    on = !on;
    button.setAttribute("aria-pressed", String(on));
    told(on);
  });
  return { button, text };
}

/**
 * A form control inside its label.
 * @param {string} text
 * @param {HTMLElement} control
 */
export function labelled(text, control) {
  return el("label", {}, el("span", { textContent: text }), control);
}

/**
 * A drop-down list.
 * @param {[value: string, text: string][]} options
 * @param {string} value
 * @param {Record<string, unknown>} [properties]
 */
export function choice(options, value, properties = {}) {
  const list = el(
    "select",
    properties,
    ...options.map(([key, text]) => el("option", { value: key, textContent: text })),
  );
  list.value = value;
  return list;
}
