// A line drawn round people, and who is inside.

/** @import { Pen, Palette } from "./look.js" */

/** @typedef {{ x: number, y: number }[]} Outline corners in CSS pixels; the last is joined with the first */

/**
 * Whether a place is inside, by how often a ray to the right crosses the outline.
 * @param {Outline} outline
 * @param {number} x
 * @param {number} y
 */
export function isInside(outline, x, y) {
  let inside = false;
  for (let n = 0, before = outline.length - 1; n < outline.length; before = n++) {
    const [from, to] = [outline[before], outline[n]];
    if (from.y > y !== to.y > y && x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)) inside = !inside;
  }
  return inside;
}

/**
 * The points of a cloud that are inside.
 * @param {Outline} outline
 * @param {Float32Array} places x and y in turns, in CSS pixels
 * @returns {Uint32Array}
 */
export function enclosed(outline, places) {
  const xs = outline.map(({ x }) => x);
  const ys = outline.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const found = [];
  for (let n = 0; n < places.length; n += 2) {
    const [x, y] = [places[n], places[n + 1]];
    if (x < left || x > right || y < top || y > bottom) continue;
    if (isInside(outline, x, y)) found.push(n / 2);
  }
  return Uint32Array.from(found);
}

/** @param {Pen} pen in CSS pixels @param {Outline} outline @param {Palette} palette */
export function paintLasso(pen, outline, palette) {
  if (outline.length < 2) return;
  pen.beginPath();
  outline.forEach(({ x, y }, n) => (n === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
  pen.fillStyle = palette.ink;
  pen.globalAlpha = 0.08;
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineJoin = "round";
  for (const [colour, lineWidth, dash] of /** @type {[string, number, number[]][]} */ ([[palette.page, 4, []], [palette.ink, 1.75, [6, 4]]])) {
    pen.strokeStyle = colour;
    pen.lineWidth = lineWidth;
    pen.setLineDash(dash);
    pen.stroke();
  }
  pen.setLineDash([]);
}
