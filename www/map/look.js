// How the map looks, whoever draws it: how large points are, their sprites, and which lines are seen how strongly.

import { REACH, pathOf } from "../shapes.js";

/** @import { MapSnapshot, Slot } from "../border.d.ts" */
/** @import { View } from "./geometry.js" */
/** @import { Place } from "./grid.js" */

/**
 * @typedef {Record<"page" | "ink" | "muted" | Slot, string>} Palette
 * @typedef {{ places: Place[] }} Mark a person: the place that is meant first, then the others that they have
 * @typedef {OffscreenCanvas | HTMLCanvasElement} Canvas
 * @typedef {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} Pen
 *
 * @typedef {object} Shown what of the map is to be seen
 * @property {boolean[]} domains by number
 * @property {boolean} linked
 * @property {boolean} held
 * @property {boolean} names of regions
 *
 * @typedef {object} Tints
 * @property {Uint8Array[]} classes by domain and user, the number of a colour, or one beyond them for the last
 * @property {string[]} colours
 *
 * @typedef {object} Scene the clouds and the lines between them; marks lie above
 * @property {number} width in CSS pixels
 * @property {number} height
 * @property {number} ratio device pixels per CSS pixel
 * @property {Slot[]} slots the place of each domain on the page
 * @property {Float32Array[]} starts by domain, x and y of each user in map units: where they come from
 * @property {Float32Array[]} ends where they go
 * @property {number} share how far on the way they are, 0 to 1
 * @property {number} snapshot changes with `starts`, `shared` and `links`
 * @property {number} placement changes with `ends`
 * @property {View} view
 * @property {Uint8Array[]} shared by domain and user, whether the person is in another domain too
 * @property {Tints | null} tints colours of people; null: those of their domains
 * @property {MapSnapshot["links"]} links
 * @property {Shown} shown
 * @property {number} radius half the width of a point, in CSS pixels
 * @property {number} stride draws every so manyth only, while it moves on a slow machine
 * @property {Palette} palette
 *
 * @typedef {object} Ground what draws the clouds and the lines between them onto a canvas of its own
 * @property {Canvas} canvas
 * @property {(scene: Scene) => void} draw
 */

/** A canvas that is not seen. @param {number} width @param {number} height @returns {Canvas} */
export function hiddenCanvas(width, height) {
  if (typeof OffscreenCanvas === "function") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

/**
 * Makes a canvas as large as the scene, which leaves it blank.
 * @param {Canvas} canvas
 * @param {Scene} scene
 * @returns {[number, number]} its size in its own pixels
 */
export function fitTo(canvas, { width, height, ratio }) {
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  return [across, down];
}

/**
 * Whether any of what something was made of is another now.
 * @param {unknown[]} before
 * @param {unknown[]} now
 */
export const changed = (before, now) => now.some((each, n) => each !== before[n]);

/** A side of a canvas, as a square, on which points are as large as they are said to be; on a larger one they grow with it. */
const USUAL_SIDE = 600;
const MOST_GROWTH = 2.5;

/**
 * Half the width of a point where there are so many users.
 * @param {number} users
 * @param {number} zoom 1 when all is in view
 * @param {{ width: number, height: number }} canvas in CSS pixels
 */
export function pointRadius(users, zoom, { width, height }) {
  const base = Math.min(4.2, Math.max(1.5, 4.2 * (400 / Math.max(users, 1)) ** 0.22));
  const growth = Math.min(MOST_GROWTH, Math.max(1, Math.sqrt(width * height) / USUAL_SIDE));
  return base * growth * Math.min(2.2, zoom ** 0.3);
}

/** The domains that are seen, in the order in which they are drawn. @param {Scene} scene */
export const drawnDomains = ({ ends, shown }) => [...ends.keys()].filter((n) => shown.domains[n]).toReversed();

/**
 * A point as it is drawn everywhere, on a canvas just large enough.
 * @param {Slot} slot
 * @param {boolean} both people in several domains are full, others pale
 * @param {string} colour
 * @param {Scene} scene
 * @param {number} [x] a part of a pixel by which it stands to the right
 * @param {number} [y] or lower
 * @returns {ImageData}
 */
export function sprite(slot, both, colour, { radius, palette, ratio }, x = 0, y = 0) {
  const r = quarters(radius, ratio) / 4;
  const size = 2 * Math.ceil(r * REACH + 1);
  const pen = penOf(hiddenCanvas(size, size), { willReadFrequently: true });
  pen.setTransform(r, 0, 0, r, size / 2 + x, size / 2 + y);
  pen.fillStyle = colour;
  pen.globalAlpha = both ? 0.92 : 0.42;
  pen.fill(pathOf(slot));
  if (both && r > 2.5) {
    pen.globalAlpha = 0.9;
    pen.lineWidth = 0.75 / r;
    pen.strokeStyle = palette.page;
    pen.stroke(pathOf(slot));
  }
  return pen.getImageData(0, 0, size, size);
}

/** Half the width of a sprite in quarters of a device pixel. @param {number} radius @param {number} ratio */
const quarters = (radius, ratio) => Math.round(radius * ratio * 4);

/** What a sprite looks like depends on this alone. @param {Scene} scene */
export const spriteKey = ({ slots, radius, palette, ratio, tints }) =>
  JSON.stringify([slots, quarters(radius, ratio), palette, ratio, tints?.colours]);

/** The colours that people of a domain have. @param {Scene} scene @param {number} domain */
export const coloursOf = ({ tints, palette, slots }, domain) => tints?.colours ?? [palette[slots[domain]]];

/**
 * @param {Canvas} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {Pen}
 */
export function penOf(canvas, settings) {
  const pen = /** @type {Pen | null} */ (canvas.getContext("2d", settings));
  if (!pen) throw new Error("The browser gives no canvas to draw the map on; close other tabs or windows and reload the page");
  return pen;
}

/** Lines beyond this many say no more. */
const MOST_LINES = 4000;
/** Lines that are drawn as one: where they cross, nothing gets darker. */
export const LINES_AT_ONCE = 256;
const NOT_LINKED = 0;
const HELD_OUT = 2;

/**
 * @typedef {object} Lines of one strength
 * @property {number} alpha
 * @property {boolean} dashed
 * @property {{ domains: number[], users: Uint32Array }[]} pairs a user in each of the two domains, and so on
 */

/**
 * The pairs that are seen as lines.
 * @param {Pick<Scene, "links" | "shown" | "stride">} scene
 * @returns {Lines[]}
 */
export function linesOf({ links: all, shown, stride: moving }) {
  const links = all.filter(({ domains: [a, b] }) => shown.domains[a] && shown.domains[b]);
  const count = links.reduce((sum, { roles }) => sum + roles.length, 0);
  const stride = Math.max(1, Math.ceil(count / MOST_LINES)) * moving;
  const strength = Math.min(0.45, Math.max(0.07, 6.5 / Math.sqrt(count / stride + 1)));
  /** @param {number} every @param {(role: number) => boolean} wanted */
  const pairs = (every, wanted) => links.map((link) => ({ domains: link.domains, users: thinned(link, every, wanted) }));
  /** @type {Lines[]} */
  const lines = [];
  if (shown.linked) {
    lines.push({ alpha: strength * 0.3, dashed: false, pairs: pairs(stride, (role) => role === NOT_LINKED) });
    const isLinked = (/** @type {number} */ role) => role !== NOT_LINKED && role !== HELD_OUT;
    lines.push({ alpha: strength * 0.75, dashed: false, pairs: pairs(stride, isLinked) });
  }
  if (shown.held) {
    const held = Math.max(1, Math.ceil(links.reduce((sum, { roles }) => sum + countOf(roles, HELD_OUT), 0) / MOST_LINES));
    lines.push({ alpha: Math.min(0.85, strength * 1.9), dashed: true, pairs: pairs(held * moving, (role) => role === HELD_OUT) });
  }
  return lines;
}

/** How often a number occurs: pairs of a role, or users by whether they are shared. @param {Uint8Array} numbers @param {number} number */
export function countOf(numbers, number) {
  let count = 0;
  for (const each of numbers) if (each === number) count++;
  return count;
}

/**
 * Every so manyth of the wanted pairs.
 * @param {MapSnapshot["links"][number]} link
 * @param {number} stride
 * @param {(role: number) => boolean} wanted
 */
function thinned({ pairs, roles }, stride, wanted) {
  const users = [];
  let seen = 0;
  for (let pair = 0; pair < roles.length; pair++) {
    if (wanted(roles[pair]) && seen++ % stride === 0) users.push(pairs[2 * pair], pairs[2 * pair + 1]);
  }
  return Uint32Array.from(users);
}
