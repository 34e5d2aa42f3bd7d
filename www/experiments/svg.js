// A drawing of the core as elements of the page. It is parsed as a document of its own, and only what a drawing consists of is
// taken over, element by element: no markup of a title can reach the page.

import { Refusal } from "../said.js";
import { words } from "../words/words.js";

const SPACE = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set([
  "svg", "g", "title", "desc", "text", "line", "polyline", "polygon", "circle", "rect",
]);
const ATTRIBUTES = new Set([
  "width", "height", "viewBox", "role", "aria-label", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "points", "transform",
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "font-family", "font-size",
  "font-weight", "text-anchor",
]);

/**
 * @param {string} text
 * @returns {SVGElement}
 */
export function drawingOf(text) {
  const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
  const drawing = taken(root);
  if (!drawing || root.localName !== "svg") throw new Refusal(() => words.experiments.noDrawing);
  return drawing;
}

/** @param {Element} from @returns {SVGElement | null} */
function taken(from) {
  if (from.namespaceURI !== SPACE || !ELEMENTS.has(from.localName)) return null;
  const made = document.createElementNS(SPACE, from.localName);
  for (const { name, value } of from.attributes) {
    // An address in a colour or a fill would be asked for.
    if (ATTRIBUTES.has(name) && !/url\(/i.test(value)) made.setAttribute(name, value);
  }
  for (const child of from.childNodes) {
    if (child instanceof Text) made.append(child.data);
    else if (child instanceof Element) made.append(...[taken(child)].filter((each) => each !== null));
  }
  return made;
}
