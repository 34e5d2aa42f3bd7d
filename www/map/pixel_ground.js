// The clouds without WebGL: lines by Canvas 2D, points blended into the pixels by ourselves, which a processor does several
// times quicker than it draws as many images, or than it plays a graphics card.

import { mixInto, toPixels } from "./geometry.js";
import { LINES_AT_ONCE, changed, coloursOf, drawnDomains, fitTo, hiddenCanvas, linesOf, penOf, sprite, spriteKey } from "./look.js";
import { REACH } from "../shapes.js";

/** @import { Ground, Lines, Scene } from "./look.js" */

/** Places within a pixel, along each side, that a sprite is drawn for. */
const PHASES = 4;
const SHIFT = 2;

/**
 * A sprite as the pixels that it covers, from the upper left one of its place on.
 * @typedef {object} Stamp
 * @property {Int32Array} x
 * @property {Int32Array} y
 * @property {Int32Array} redBlue already times alpha
 * @property {Int32Array} green
 * @property {Int32Array} rest 256 less alpha
 * @property {number} half of its side
 */

/** @implements {Ground} */
export class PixelGround {
  canvas = hiddenCanvas(1, 1);
  #pen = penOf(this.canvas, { alpha: false, willReadFrequently: true });
  /** @type {Float32Array[]} */
  #pixels = [];
  /** @type {Map<string, Stamp>} */
  #stamps = new Map();
  #stampsOf = "";
  /** @type {Lines[]} */
  #lines = [];
  /** What the lines were chosen of. @type {unknown[]} */
  #linesOf = [];

  /** @param {Scene} scene */
  draw(scene) {
    const { ratio, starts, ends, share, view, shown, stride, snapshot, palette } = scene;
    const [across, down] = fitTo(this.canvas, scene);
    const pen = this.#pen;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 1;
    pen.fillStyle = palette.page;
    pen.fillRect(0, 0, across, down);
    if (across === 0 || down === 0) return;
    if (this.#pixels.length !== ends.length || ends.some((cloud, d) => this.#pixels[d].length !== cloud.length)) {
      this.#pixels = ends.map(({ length }) => new Float32Array(length));
    }
    const zoomed = { ...view, scale: view.scale * ratio };
    for (const [d, pixels] of this.#pixels.entries()) {
      pixels.set(share === 1 ? ends[d] : starts[d]);
      if (share !== 1) mixInto(pixels, ends[d], share);
      toPixels(pixels, zoomed, across, down, pixels);
    }
    const now = [snapshot, shown, stride];
    if (changed(this.#linesOf, now)) [this.#linesOf, this.#lines] = [now, linesOf(scene)];
    this.#strokeLines(scene, across, down);
    this.#stampPoints(scene, across, down);
  }

  /** @param {Scene} scene @param {number} across @param {number} down */
  #strokeLines({ palette, ratio }, across, down) {
    const pen = this.#pen;
    pen.lineWidth = ratio;
    pen.strokeStyle = palette.ink;
    for (const { alpha, dashed, pairs } of this.#lines) {
      pen.globalAlpha = alpha;
      pen.setLineDash(dashed ? [3 * ratio, 3 * ratio] : []);
      for (const { domains, users } of pairs) {
        const [from, to] = [this.#pixels[domains[0]], this.#pixels[domains[1]]];
        let inPath = 0;
        pen.beginPath();
        for (let n = 0; n < users.length; n += 2) {
          const [a, b] = [2 * users[n], 2 * users[n + 1]];
          const [x1, y1, x2, y2] = [from[a], from[a + 1], to[b], to[b + 1]];
          if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0 || Math.min(x1, x2) > across || Math.min(y1, y2) > down) continue;
          pen.moveTo(x1, y1);
          pen.lineTo(x2, y2);
          if (++inPath < LINES_AT_ONCE) continue;
          pen.stroke();
          pen.beginPath();
          inPath = 0;
        }
        pen.stroke();
      }
    }
    pen.setLineDash([]);
  }

  /** @param {Scene} scene @param {number} across @param {number} down */
  #stampPoints(scene, across, down) {
    const key = spriteKey(scene);
    if (key !== this.#stampsOf) this.#stamps.clear();
    this.#stampsOf = key;
    const image = this.#pen.getImageData(0, 0, across, down);
    const canvas = new Int32Array(image.data.buffer);
    const half = Math.ceil(scene.radius * scene.ratio * REACH) + 3;
    for (const both of [false, true]) {
      for (const domain of drawnDomains(scene)) {
        const [pixels, shared] = [this.#pixels[domain], scene.shared[domain]];
        const stamps = this.#stampsOfDomain(scene, domain, both);
        const classes = scene.tints?.classes[domain];
        const last = stamps.length - 1;
        for (let user = 0; user < shared.length; user += scene.stride) {
          if (shared[user] > 0 !== both) continue;
          const [x, y] = [pixels[2 * user], pixels[2 * user + 1]];
          if (!(x > -half && y > -half && x < across + half && y < down + half)) continue;
          const [fineX, fineY] = [Math.floor(x * PHASES), Math.floor(y * PHASES)];
          const phase = (fineX & (PHASES - 1)) + PHASES * (fineY & (PHASES - 1));
          const stamp = stamps[classes ? Math.min(classes[user], last) : 0][phase];
          const [left, top] = [(fineX >> SHIFT) - stamp.half, (fineY >> SHIFT) - stamp.half];
          const isInside = x > half && y > half && x < across - half && y < down - half;
          if (isInside) blend(canvas, stamp, across, left, top);
          else blendInto(canvas, stamp, across, down, left, top);
        }
      }
    }
    this.#pen.putImageData(image, 0, 0);
  }

  /** By colour and phase. @param {Scene} scene @param {number} domain @param {boolean} both */
  #stampsOfDomain(scene, domain, both) {
    const phases = Array.from({ length: PHASES * PHASES }, (_, phase) => phase);
    return coloursOf(scene, domain).map((colour) => phases.map((phase) => this.#stamp(scene, domain, both, colour, phase)));
  }

  /**
   * @param {Scene} scene
   * @param {number} domain
   * @param {boolean} both
   * @param {string} colour
   * @param {number} phase
   * @returns {Stamp}
   */
  #stamp(scene, domain, both, colour, phase) {
    const name = `${domain} ${both} ${colour} ${phase}`;
    const known = this.#stamps.get(name);
    if (known) return known;
    // In the middle of the part of a pixel that it is drawn for.
    const [x, y] = [((phase % PHASES) + 0.5) / PHASES, (Math.floor(phase / PHASES) + 0.5) / PHASES];
    const { data, width } = sprite(scene.slots[domain], both, colour, scene, x, y);
    /** @type {[number, number, number, number, number][]} */
    const covered = [];
    for (let n = 0; n < data.length; n += 4) {
      const alpha = Math.round((data[n + 3] * 256) / 255);
      if (alpha === 0) continue;
      const part = (/** @type {number} */ channel) => Math.round((data[n + channel] * alpha) / 256);
      covered.push([(n / 4) % width, Math.floor(n / 4 / width), part(0) | (part(2) << 16), part(1) << 8, 256 - alpha]);
    }
    const column = (/** @type {number} */ n) => Int32Array.from(covered, (pixel) => pixel[n]);
    const stamp = { x: column(0), y: column(1), redBlue: column(2), green: column(3), rest: column(4), half: width / 2 };
    this.#stamps.set(name, stamp);
    return stamp;
  }
}

const RED_BLUE = 0xff00ff;
const GREEN = 0xff00;
const OPAQUE = 0xff << 24;

/**
 * A pixel of a stamp laid over an opaque one. Red and blue are reckoned with in one number.
 * @param {number} below
 * @param {Stamp} stamp
 * @param {number} n
 */
function over(below, { redBlue, green, rest }, n) {
  const [under, share] = [below & RED_BLUE, rest[n]];
  return OPAQUE | ((((under * share) >>> 8) & RED_BLUE) + redBlue[n]) | (((((below & GREEN) * share) >>> 8) & GREEN) + green[n]);
}

/**
 * Lays a stamp over the pixels, all of it inside.
 * @param {Int32Array} canvas
 * @param {Stamp} stamp
 * @param {number} across
 * @param {number} left
 * @param {number} top
 */
function blend(canvas, stamp, across, left, top) {
  const { x, y } = stamp;
  const corner = top * across + left;
  for (let n = 0; n < x.length; n++) {
    const at = corner + y[n] * across + x[n];
    canvas[at] = over(canvas[at], stamp, n);
  }
}

/**
 * The same where parts may lie outside.
 * @param {Int32Array} canvas
 * @param {Stamp} stamp
 * @param {number} across
 * @param {number} down
 * @param {number} left
 * @param {number} top
 */
function blendInto(canvas, stamp, across, down, left, top) {
  const { x, y } = stamp;
  for (let n = 0; n < x.length; n++) {
    const [column, row] = [left + x[n], top + y[n]];
    if (column < 0 || row < 0 || column >= across || row >= down) continue;
    const at = row * across + column;
    canvas[at] = over(canvas[at], stamp, n);
  }
}
