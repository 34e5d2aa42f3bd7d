// What lies above the clouds: people who are looked at, and where they may lie.

import { REACH, pathOf } from "../shapes.js";
import { hiddenCanvas, penOf } from "./look.js";

/** @import { Slot } from "../border.d.ts" */
/** @import { Ellipse, View } from "./geometry.js" */
/** @import { Canvas, Mark, Palette, Pen } from "./look.js" */
/** @import { Place } from "./grid.js" */

/**
 * @typedef {object} Marks
 * @property {number} ratio device pixels per CSS pixel
 * @property {number} radius half the width of a point
 * @property {Slot[]} slots the place of each domain on the page
 * @property {boolean[]} domains whether they are seen
 * @property {(place: Place) => { x: number, y: number }} at where somebody stands, in CSS pixels
 * @property {(Place & Ellipse)[]} ellipses where the person who is looked at may lie
 * @property {Place[]} lit people who stay bright while all others fade; nobody fades for nobody
 * @property {Mark | null} selected
 * @property {Mark | null} pointed
 * @property {{ domain: number, places: Float32Array }[]} items by entry, x and y in turns, in map units
 * @property {{ domain: number, x: number, y: number } | null} pointedItem in CSS pixels
 * @property {View} view
 * @property {{ width: number, height: number }} size of the canvas in CSS pixels
 * @property {string} you what the visitor is called
 * @property {{ domain: number, x: number, y: number }[]} visitor where the visitor stands, in CSS pixels
 * @property {Palette} palette
 */

const TURN = 2 * Math.PI;

/**
 * @param {Pen} pen
 * @param {Marks} marks
 * @param {() => void} [names] writes the names of regions, which nobody who is looked at is to be hidden by
 */
export function paintMarks(pen, marks, names) {
  const { ratio, ellipses, domains, selected, pointed } = marks;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.globalAlpha = 1;
  if (marks.lit.length > 0) paintLit(pen, marks);
  paintItems(pen, marks);
  names?.();
  for (const ellipse of ellipses) if (domains[ellipse.domain]) paintEllipse(pen, marks, ellipse);
  if (selected) paintMark(pen, marks, selected, true);
  if (pointed) paintMark(pen, marks, pointed, false);
  paintVisitor(pen, marks);
}

/**
 * The visitor, in a form that nobody else has, with a name beside the first place.
 * @param {Pen} pen
 * @param {Marks} marks
 */
function paintVisitor(pen, { palette, domains, slots, radius, visitor, you }) {
  const places = visitor.filter(({ domain }) => domains[domain]);
  if (places.length === 0) return;
  const size = Math.max(radius * 1.9, 8);
  pen.lineJoin = "round";
  for (const [colour, lineWidth] of /** @type {[string, number][]} */ ([[palette.page, 5], [palette.ink, 1.75]])) {
    pen.strokeStyle = colour;
    pen.lineWidth = lineWidth;
    pen.beginPath();
    places.forEach(({ x, y }, n) => (n === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
    pen.stroke();
  }
  for (const { domain, x, y } of places) {
    pen.save();
    pen.translate(x, y);
    pen.scale(size, size);
    pen.strokeStyle = palette.page;
    pen.lineWidth = 5 / size;
    pen.stroke(pathOf("you"));
    pen.fillStyle = palette.ink;
    pen.fill(pathOf("you"));
    // A dot says in which domain it is.
    pen.fillStyle = palette[slots[domain]];
    pen.beginPath();
    pen.arc(0, 0.35, 0.42, 0, TURN);
    pen.fill();
    pen.restore();
  }
  const [{ x, y }] = places;
  pen.font = `600 ${Math.round(Math.max(13, radius * 4))}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  const isLeft = x + size + 8 + pen.measureText(you).width > pen.canvas.width / pen.getTransform().a;
  pen.textAlign = isLeft ? "right" : "left";
  const at = isLeft ? x - size - 6 : x + size + 6;
  pen.strokeStyle = palette.page;
  pen.lineWidth = 4;
  pen.strokeText(you, at, y);
  pen.fillStyle = palette.ink;
  pen.fillText(you, at, y);
}

/**
 * Items: the outlines of their domain's sign, where people have it full. Each is an image, which is several times quicker than an
 * outline.
 * @param {Pen} pen
 * @param {Marks} marks
 */
function paintItems(pen, { palette, slots, domains, radius, ratio, items, pointedItem, view, size }) {
  const half = Math.max(radius * 1.05, 3.5);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  for (const { domain, places } of items) {
    if (!domains[domain]) continue;
    const image = signImage(slots[domain], palette[slots[domain]], palette.page, half * ratio);
    const reach = image.width / 2;
    const across = (size.width / 2 - view.x * view.scale) * ratio - reach;
    const down = (size.height / 2 - view.y * view.scale) * ratio - reach;
    const scale = view.scale * ratio;
    for (let n = 0; n < places.length; n += 2) {
      pen.drawImage(image, Math.round(places[n] * scale + across), Math.round(places[n + 1] * scale + down));
    }
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (!pointedItem) return;
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(pointedItem.x, pointedItem.y, half + 5, 0, TURN);
  pen.stroke();
}

/** Images that were made, by what they look like. @type {Map<string, Canvas>} */
const images = new Map();
const MOST_IMAGES = 32;

/**
 * A sign as an image.
 * @param {Slot} slot
 * @param {string} colour
 * @param {string | null} page what a hollow one is filled with; null for a full one
 * @param {number} half of the sign's size, in pixels
 */
function signImage(slot, colour, page, half) {
  const key = `${slot} ${colour} ${page} ${half.toFixed(1)}`;
  const known = images.get(key);
  if (known) return known;
  if (images.size >= MOST_IMAGES) images.clear(); // zooming makes one after the other
  const line = Math.max(1.25, half / 3);
  const side = 2 * Math.ceil(half * REACH + line + 1);
  const canvas = hiddenCanvas(side, side);
  const pen = penOf(canvas);
  pen.setTransform(half, 0, 0, half, side / 2, side / 2);
  pen.lineJoin = "round";
  pen.fillStyle = page ?? colour;
  if (page) {
    pen.strokeStyle = page;
    pen.lineWidth = (2.2 * line) / half;
    pen.stroke(pathOf(slot));
  }
  pen.fill(pathOf(slot));
  if (page) {
    pen.strokeStyle = colour;
    pen.lineWidth = line / half;
    pen.stroke(pathOf(slot));
  }
  images.set(key, canvas);
  return canvas;
}

/** Lit people beyond this many are a group. */
const FEW = 60;
/** How much of all others is left. */
const FADED = 0.35;

/**
 * A veil over everybody, and above it those who stay bright.
 * @param {Pen} pen
 * @param {Marks} marks
 */
function paintLit(pen, { palette, at, slots, domains, radius, ratio, lit }) {
  pen.globalAlpha = 1 - FADED;
  pen.fillStyle = palette.page;
  pen.fillRect(0, 0, pen.canvas.width / ratio, pen.canvas.height / ratio);
  pen.globalAlpha = 1;
  // Of a large group they stay as small as all are.
  const half = lit.length > FEW ? radius : Math.max(radius * 1.25, 5);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  for (const place of lit) {
    if (!domains[place.domain]) continue;
    const { x, y } = at(place);
    const image = signImage(slots[place.domain], palette[slots[place.domain]], null, half * ratio);
    pen.drawImage(image, x * ratio - image.width / 2, y * ratio - image.width / 2);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/**
 * Where a person may lie, in the colour of the domain.
 * @param {Pen} pen
 * @param {Marks} marks
 * @param {Place & Ellipse} ellipse
 */
function paintEllipse(pen, { palette, at, slots }, { domain, user, width, height, angle }) {
  const colour = palette[slots[domain]];
  const { x, y } = at({ domain, user });
  pen.beginPath();
  pen.ellipse(x, y, width, height, angle, 0, TURN);
  pen.fillStyle = colour;
  pen.globalAlpha = 0.14;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = palette.page;
  pen.lineWidth = 4;
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.75;
  pen.stroke();
}

/**
 * A person that is selected or pointed at: their marks with a ring, each joined with every other.
 * @param {Pen} pen
 * @param {Marks} marks
 * @param {Mark} mark
 * @param {boolean} strong
 */
function paintMark(pen, { palette, at, slots, domains, radius }, { places }, strong) {
  const ends = places
    .filter(({ domain }, n) => n === 0 || domains[domain])
    .map((place) => ({ slot: slots[place.domain], ...at(place) }));
  pen.lineCap = "round";
  for (const [colour, lineWidth] of /** @type {[string, number][]} */ ([
    [palette.page, 5],
    [palette.ink, strong ? 2 : 1.25],
  ])) {
    pen.strokeStyle = colour;
    pen.lineWidth = lineWidth;
    pen.beginPath();
    ends.forEach((from, n) => {
      for (const to of ends.slice(n + 1)) {
        pen.moveTo(from.x, from.y);
        pen.lineTo(to.x, to.y);
      }
    });
    pen.stroke();
  }
  const size = Math.max(radius * 1.35, strong ? 5.5 : 4.5);
  pen.lineWidth = strong ? 2 : 1.25;
  pen.strokeStyle = palette.ink;
  pen.fillStyle = palette.page;
  for (const { x, y } of ends) {
    pen.beginPath();
    pen.arc(x, y, size + 4.5, 0, TURN);
    pen.fill();
    pen.stroke();
  }
  // After all rings, so that none hides another's mark.
  for (const { slot, x, y } of ends) {
    pen.save();
    pen.translate(x, y);
    pen.scale(size, size);
    pen.fillStyle = palette[slot];
    pen.fill(pathOf(slot));
    pen.restore();
  }
}
