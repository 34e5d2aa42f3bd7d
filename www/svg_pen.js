// A pen with which the page's small charts are drawn as SVG: it takes the calls that they make of a canvas, and no others.

import { OUTLINES, SLOTS, pathOf } from "./shapes.js";

/**
 * @typedef {Pick<CanvasRenderingContext2D, "lineWidth" | "globalAlpha" | "strokeStyle" | "fillStyle" | "textAlign" | "textBaseline" | "lineJoin" |
 *   "beginPath" | "moveTo" | "lineTo" | "stroke" | "fillText" | "setLineDash" | "save" | "restore" | "translate" | "scale"> &
 *   { fill(path: Path2D): void, measureText(text: string): { width: number } }} Pen
 */

const ANCHORS = new Map([["left", "start"], ["center", "middle"], ["right", "end"]]);
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
/** Drawn in hundredths of a pixel. @param {number} value */
const short = (value) => String(Math.round(value * 100) / 100);

/** @implements {Pen} */
export class SvgPen {
  lineWidth = 1;
  /** Of lines. */
  globalAlpha = 1;
  /** @type {string | CanvasGradient | CanvasPattern} */
  strokeStyle = "#000";
  /** @type {string | CanvasGradient | CanvasPattern} */
  fillStyle = "#000";
  /** @type {CanvasTextAlign} */
  textAlign = "left";
  /** @type {CanvasTextBaseline} */
  textBaseline = "alphabetic";
  /** @type {CanvasLineJoin} */
  lineJoin = "miter";
  /** @type {number[]} */
  #dash = [];
  #path = "";
  #at = { x: 0, y: 0, scale: 1 };
  /** @type {{ x: number, y: number, scale: number }[]} */
  #saved = [];
  /** @type {string[]} */
  #drawn = [];

  beginPath() {
    this.#path = "";
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#path += `M${this.#point(x, y)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.#path += `L${this.#point(x, y)}`;
  }

  stroke() {
    if (this.#path === "") return;
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.join(" ")}"` : "";
    const how = `stroke-width="${this.lineWidth * this.#at.scale}" stroke-linejoin="${this.lineJoin}"${this.globalAlpha < 1 ? ` stroke-opacity="${this.globalAlpha}"` : ""}`;
    this.#drawn.push(`<path d="${this.#path}" fill="none" stroke="${escaped(this.strokeStyle)}" ${how}${dash}/>`);
  }

  /** The sign of a domain. @param {Path2D} path */
  fill(path) {
    const slot = SLOTS.find((each) => pathOf(each) === path);
    if (!slot) throw new Error("Only signs of domains are filled");
    const { x, y, scale } = this.#at;
    const place = `translate(${short(x)} ${short(y)}) scale(${short(scale)})`;
    this.#drawn.push(`<path d="${OUTLINES[slot]}" transform="${place}" fill="${escaped(this.fillStyle)}"/>`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const [across, down] = this.#point(x, y).split(" ");
    const middle = this.textBaseline === "middle" ? ' dominant-baseline="central"' : "";
    const anchor = ANCHORS.get(this.textAlign) ?? "start";
    this.#drawn.push(`<text x="${across}" y="${down}" text-anchor="${anchor}"${middle} fill="${escaped(this.fillStyle)}">${escaped(text)}</text>`);
  }

  /** About how wide a text is: which letters a reader will see it in nobody knows here. @param {string} text */
  measureText(text) {
    return { width: 7 * text.length };
  }

  /** @param {Iterable<number>} dash */
  setLineDash(dash) {
    this.#dash = [...dash];
  }

  save() {
    this.#saved.push({ ...this.#at });
  }

  restore() {
    this.#at = this.#saved.pop() ?? this.#at;
  }

  /** @param {number} x @param {number} y */
  translate(x, y) {
    this.#at.x += x * this.#at.scale;
    this.#at.y += y * this.#at.scale;
  }

  /** The same along both sides. @param {number} factor */
  scale(factor) {
    this.#at.scale *= factor;
  }

  /** @param {number} x @param {number} y */
  #point(x, y) {
    return `${short(this.#at.x + x * this.#at.scale)} ${short(this.#at.y + y * this.#at.scale)}`;
  }

  /**
   * What was drawn, as a document.
   * @param {number} width
   * @param {number} height
   * @param {string} title what is to be seen, in words
   * @param {string} ground the colour behind it
   */
  drawing(width, height, title, ground) {
    const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="12" role="img">`;
    const behind = `<rect width="${width}" height="${height}" fill="${escaped(ground)}"/>`;
    return [head, `<title>${escaped(title)}</title>`, behind, ...this.#drawn, "</svg>", ""].join("\n");
  }
}

/** A text of the page's data is text in the drawing too. @param {unknown} text */
const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
