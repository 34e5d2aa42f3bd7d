// What lies above the clouds: people who are looked at, and where they may lie.

import { pathOf } from "../shapes.js";

/** @import { Slot } from "../border.d.ts" */
/** @import { Ellipse } from "./geometry.js" */
/** @import { Mark, Palette, Pen } from "./look.js" */
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
 * @property {Palette} palette
 */

const TURN = 2 * Math.PI;

/** @param {Pen} pen @param {Marks} marks */
export function paintMarks(pen, marks) {
  const { ratio, ellipses, domains, selected, pointed } = marks;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.globalAlpha = 1;
  if (marks.lit.length > 0) paintLit(pen, marks);
  for (const ellipse of ellipses) if (domains[ellipse.domain]) paintEllipse(pen, marks, ellipse);
  if (selected) paintMark(pen, marks, selected, true);
  if (pointed) paintMark(pen, marks, pointed, false);
}

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
  const size = Math.max(radius * 1.25, 5);
  for (const place of lit) {
    if (!domains[place.domain]) continue;
    const { x, y } = at(place);
    pen.save();
    pen.translate(x, y);
    pen.scale(size, size);
    pen.fillStyle = palette[slots[place.domain]];
    pen.fill(pathOf(slots[place.domain]));
    pen.restore();
  }
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
