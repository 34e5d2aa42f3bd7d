// Names on the map: where each is written, so that none covers another or leaves the frame.

/** @import { Pen, Palette } from "./look.js" */

/**
 * @typedef {{ text: string, x: number, y: number }} Label where its middle is wanted, in CSS pixels
 * @typedef {{ text: string, x: number, y: number, width: number, height: number }} Box a label and the place that it got, from its
 *   upper left corner on
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Frame what labels stay inside of
 */

/** Room around a text, within what is its own. */
const PADDING = 6;
/** Places beside the wanted one, in heights of a label: up and down first, since texts are wide. */
const TRIED = [[0, 0], [0, -1.1], [0, 1.1], [0, -2.2], [0, 2.2], [0.5, -3.3], [0.5, 3.3], [-0.5, -4.4], [-0.5, 4.4]];

/**
 * The places of labels; those that come first choose first, and one for which there is no room has none.
 * @param {Label[]} labels
 * @param {(text: string) => number} widthOf a text in CSS pixels
 * @param {number} height of a line
 * @param {Frame} frame
 * @returns {Box[]}
 */
export function placedLabels(labels, widthOf, height, frame) {
  /** @type {Box[]} */
  const placed = [];
  for (const { text, x, y } of labels) {
    const width = widthOf(text) + 2 * PADDING;
    if (width > frame.right - frame.left) continue;
    // What lies outside of the view is not named at its edge.
    if (x < frame.left - width / 2 || x > frame.right + width / 2 || y < frame.top - height || y > frame.bottom + height) continue;
    for (const [across, down] of TRIED) {
      const box = {
        text,
        x: Math.min(Math.max(x - width / 2 + across * height, frame.left), frame.right - width),
        y: Math.min(Math.max(y - height / 2 + down * height, frame.top), frame.bottom - height),
        width,
        height,
      };
      if (placed.some((other) => overlap(box, other))) continue;
      placed.push(box);
      break;
    }
  }
  return placed;
}

/** @param {Box} one @param {Box} other */
const overlap = (one, other) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

/**
 * @param {Pen} pen in CSS pixels
 * @param {Label[]} labels
 * @param {Frame} frame
 * @param {Palette} palette
 * @param {{ size: number, strength: number }} look size of the text in CSS pixels; strength: 1 for all of it, 0 for nothing
 */
export function paintLabels(pen, labels, frame, palette, { size, strength }) {
  if (strength <= 0 || labels.length === 0) return;
  pen.font = `600 ${size}px system-ui, sans-serif`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  const height = Math.round(size * 1.6);
  for (const { text, x, y, width } of placedLabels(labels, (text) => pen.measureText(text).width, height, frame)) {
    pen.globalAlpha = 0.82 * strength;
    pen.fillStyle = palette.page;
    pen.beginPath();
    pen.roundRect(x, y, width, height, height / 2);
    pen.fill();
    pen.globalAlpha = strength;
    pen.fillStyle = palette.ink;
    pen.fillText(text, x + PADDING, y + height / 2);
  }
  pen.globalAlpha = 1;
}
