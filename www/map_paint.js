// Paints the map: lines in few batches, points from sprites that are drawn once.

/** @import { Slot } from "./protocol.js" */

/**
 * @typedef {Record<"page" | "ink" | "muted" | "a" | "b", string>} Palette
 * @typedef {{ slot: Slot, user: number, partner: number }} Mark a person: its user in the domain, and in the other
 *
 * @typedef {object} Scene
 * @property {number} width in CSS pixels
 * @property {number} height
 * @property {number} ratio device pixels per CSS pixel
 * @property {Record<Slot, Float32Array>} pixels x and y of each user
 * @property {Record<Slot, Int32Array>} partners the same person in the other domain, or -1
 * @property {Uint32Array} pairs
 * @property {Uint8Array} roles
 * @property {{ a: boolean, b: boolean, linked: boolean, held: boolean }} shown
 * @property {number} zoom 1 when all is in view
 * @property {number} stride draws every so manyth only, while it moves on a slow machine
 * @property {Mark | null} selected
 * @property {Mark | null} pointed
 * @property {Palette} palette
 */

/** Lines beyond this many say no more. */
const MOST_LINES = 4000;
const NOT_LINKED = 0;
const HELD_OUT = 2;
const TURN = 2 * Math.PI;

/** Half the width of a point. @param {number} users @param {number} zoom */
export function pointRadius(users, zoom) {
  const base = Math.min(4.2, Math.max(1.5, 4.2 * (400 / Math.max(users, 1)) ** 0.22));
  return base * Math.min(2.2, zoom ** 0.3);
}

/** @param {Slot} slot @param {Path2D | CanvasRenderingContext2D} path @param {number} x @param {number} y @param {number} r */
function shape(slot, path, x, y, r) {
  if (slot === "a") {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, TURN);
  } else {
    // A triangle of about the disc's area.
    const side = r * 1.32;
    path.moveTo(x, y - side);
    path.lineTo(x + side * 0.95, y + side * 0.72);
    path.lineTo(x - side * 0.95, y + side * 0.72);
    path.closePath();
  }
}

/** @type {Map<string, HTMLCanvasElement>} */
const sprites = new Map();

/**
 * @param {Slot} slot
 * @param {number} radius
 * @param {boolean} both people in both are full, others pale
 * @param {Scene} scene
 */
function sprite(slot, radius, both, { palette, ratio }) {
  const r = Math.round(radius * ratio * 4) / 4;
  const key = [slot, r, both, palette[slot], palette.page].join();
  const kept = sprites.get(key);
  if (kept) return kept;
  if (sprites.size > 40) sprites.clear();
  const size = 2 * Math.ceil(r * 1.4 + 2);
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.beginPath();
    shape(slot, pen, size / 2, size / 2, r);
    pen.fillStyle = palette[slot];
    pen.globalAlpha = both ? 0.92 : 0.42;
    pen.fill();
    if (both && r > 2.5) {
      pen.globalAlpha = 0.9;
      pen.lineWidth = 0.75;
      pen.strokeStyle = palette.page;
      pen.stroke();
    }
  }
  sprites.set(key, canvas);
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 */
export function paintMap(pen, scene) {
  const { width, height, ratio, pixels, shown } = scene;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  paintPairs(pen, scene);
  const users = (pixels.a.length + pixels.b.length) / 2;
  const radius = pointRadius(users, scene.zoom);
  for (const both of [false, true]) {
    if (shown.b) paintCloud(pen, scene, "b", radius, both);
    if (shown.a) paintCloud(pen, scene, "a", radius, both);
  }
  if (scene.selected) paintMark(pen, scene, scene.selected, radius, true);
  if (scene.pointed) paintMark(pen, scene, scene.pointed, radius, false);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {Slot} slot
 * @param {number} radius
 * @param {boolean} both
 */
function paintCloud(pen, scene, slot, radius, both) {
  const { width, height, ratio } = scene;
  const points = scene.pixels[slot];
  const partners = scene.partners[slot];
  const image = sprite(slot, radius, both, scene);
  const half = image.width / 2 / ratio;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  for (let user = 0; user < partners.length; user += scene.stride) {
    if (partners[user] >= 0 !== both) continue;
    const x = points[2 * user];
    const y = points[2 * user + 1];
    if (x < -half || y < -half || x > width + half || y > height + half) continue;
    pen.drawImage(image, (x - half) * ratio, (y - half) * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 */
function paintPairs(pen, scene) {
  const { roles, shown, palette } = scene;
  if (!shown.a || !shown.b) return;
  const count = roles.length;
  const stride = Math.max(1, Math.ceil(count / MOST_LINES)) * scene.stride;
  const drawn = count / stride;
  const strength = Math.min(0.45, Math.max(0.07, 6.5 / Math.sqrt(drawn + 1)));
  pen.lineWidth = 1;
  pen.strokeStyle = palette.ink;
  if (shown.linked) {
    pen.globalAlpha = strength * 0.3;
    strokePairs(pen, scene, stride, (role) => role === NOT_LINKED);
    pen.globalAlpha = strength * 0.75;
    strokePairs(pen, scene, stride, (role) => role !== NOT_LINKED && role !== HELD_OUT);
  }
  if (shown.held) {
    pen.globalAlpha = Math.min(0.85, strength * 1.9);
    pen.setLineDash([3, 3]);
    strokePairs(pen, scene, 1, (role) => role === HELD_OUT);
    pen.setLineDash([]);
  }
  pen.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {number} stride
 * @param {(role: number) => boolean} wanted
 */
function strokePairs(pen, { pairs, roles, pixels, width, height }, stride, wanted) {
  let inPath = 0;
  let seen = 0;
  pen.beginPath();
  for (let pair = 0; pair < roles.length; pair++) {
    if (!wanted(roles[pair]) || seen++ % stride !== 0) continue;
    const a = 2 * pairs[2 * pair];
    const b = 2 * pairs[2 * pair + 1];
    const [x1, y1, x2, y2] = [pixels.a[a], pixels.a[a + 1], pixels.b[b], pixels.b[b + 1]];
    if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0 || Math.min(x1, x2) > width || Math.min(y1, y2) > height) continue;
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    if (++inPath === 256) {
      pen.stroke();
      pen.beginPath();
      inPath = 0;
    }
  }
  pen.stroke();
}

/**
 * A person that is selected or pointed at: both marks with a ring, joined.
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {Mark} mark
 * @param {number} radius
 * @param {boolean} strong
 */
function paintMark(pen, scene, { slot, user, partner }, radius, strong) {
  const { palette, pixels } = scene;
  const other = slot === "a" ? "b" : "a";
  /** @type {{ slot: Slot, x: number, y: number }[]} */
  const ends = [{ slot, x: pixels[slot][2 * user], y: pixels[slot][2 * user + 1] }];
  if (partner >= 0) ends.push({ slot: other, x: pixels[other][2 * partner], y: pixels[other][2 * partner + 1] });
  if (ends.length === 2) {
    pen.lineCap = "round";
    for (const [colour, lineWidth] of /** @type {[string, number][]} */ ([
      [palette.page, 5],
      [palette.ink, strong ? 2 : 1.25],
    ])) {
      pen.strokeStyle = colour;
      pen.lineWidth = lineWidth;
      pen.beginPath();
      pen.moveTo(ends[0].x, ends[0].y);
      pen.lineTo(ends[1].x, ends[1].y);
      pen.stroke();
    }
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
  // After both rings, so that neither hides the other's mark.
  for (const end of ends) {
    pen.beginPath();
    shape(end.slot, pen, end.x, end.y, size);
    pen.fillStyle = palette[end.slot];
    pen.fill();
  }
}
