// Paints the map: lines in few batches, points from sprites that are drawn once.

import { REACH, pathOf } from "./shapes.js";

/** @import { MapSnapshot, Slot } from "./border.d.ts" */
/** @import { Ellipse } from "./map_geometry.js" */

/**
 * @typedef {Record<"page" | "ink" | "muted" | Slot, string>} Palette
 * @typedef {{ domain: number, user: number }} Place a person in one domain
 * @typedef {{ places: Place[] }} Mark a person: the place that is meant first, then the others that they have
 *
 * @typedef {object} Shown what of the map is to be seen
 * @property {boolean[]} domains by number
 * @property {boolean} linked
 * @property {boolean} held
 *
 * @typedef {object} Scene
 * @property {number} width in CSS pixels
 * @property {number} height
 * @property {number} ratio device pixels per CSS pixel
 * @property {Slot[]} slots the place of each domain on the page
 * @property {Float32Array[]} pixels by domain, x and y of each user
 * @property {Uint8Array[]} shared by domain and user, whether the person is in another domain too
 * @property {MapSnapshot["links"]} links
 * @property {Shown} shown
 * @property {number} zoom 1 when all is in view
 * @property {number} stride draws every so manyth only, while it moves on a slow machine
 * @property {Mark | null} selected
 * @property {(Place & Ellipse)[]} ellipses where the person who is looked at may lie
 * @property {Mark | null} pointed
 * @property {Palette} palette
 */

/** Lines beyond this many say no more. */
const MOST_LINES = 4000;
const NOT_LINKED = 0;
const HELD_OUT = 2;
const TURN = 2 * Math.PI;

/** How many points there are. @param {Float32Array[]} pixels */
export const usersIn = (pixels) => pixels.reduce((sum, { length }) => sum + length / 2, 0);

/** Half the width of a point. @param {number} users @param {number} zoom */
export function pointRadius(users, zoom) {
  const base = Math.min(4.2, Math.max(1.5, 4.2 * (400 / Math.max(users, 1)) ** 0.22));
  return base * Math.min(2.2, zoom ** 0.3);
}

/** @type {Map<string, HTMLCanvasElement>} */
const sprites = new Map();

/**
 * @param {Slot} slot
 * @param {number} radius
 * @param {boolean} both people in several domains are full, others pale
 * @param {Scene} scene
 */
function sprite(slot, radius, both, { palette, ratio }) {
  const r = Math.round(radius * ratio * 4) / 4;
  const key = [slot, r, both, palette[slot], palette.page].join();
  const kept = sprites.get(key);
  if (kept) return kept;
  if (sprites.size > 80) sprites.clear();
  const size = 2 * Math.ceil(r * REACH + 2);
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.setTransform(r, 0, 0, r, size / 2, size / 2);
    pen.fillStyle = palette[slot];
    pen.globalAlpha = both ? 0.92 : 0.42;
    pen.fill(pathOf(slot));
    if (both && r > 2.5) {
      pen.globalAlpha = 0.9;
      pen.lineWidth = 0.75 / r;
      pen.strokeStyle = palette.page;
      pen.stroke(pathOf(slot));
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
  const radius = pointRadius(usersIn(pixels), scene.zoom);
  const domains = [...pixels.keys()].filter((n) => shown.domains[n]).toReversed();
  for (const both of [false, true]) for (const domain of domains) paintCloud(pen, scene, domain, radius, both);
  for (const ellipse of scene.ellipses) if (shown.domains[ellipse.domain]) paintEllipse(pen, scene, ellipse);
  if (scene.selected) paintMark(pen, scene, scene.selected, radius, true);
  if (scene.pointed) paintMark(pen, scene, scene.pointed, radius, false);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {number} domain
 * @param {number} radius
 * @param {boolean} both
 */
function paintCloud(pen, scene, domain, radius, both) {
  const { width, height, ratio } = scene;
  const points = scene.pixels[domain];
  const shared = scene.shared[domain];
  const image = sprite(scene.slots[domain], radius, both, scene);
  const half = image.width / 2 / ratio;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  for (let user = 0; user < shared.length; user += scene.stride) {
    if (shared[user] > 0 !== both) continue;
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
  const { shown, palette } = scene;
  const links = scene.links.filter(({ domains: [a, b] }) => shown.domains[a] && shown.domains[b]);
  const count = links.reduce((sum, { roles }) => sum + roles.length, 0);
  const stride = Math.max(1, Math.ceil(count / MOST_LINES)) * scene.stride;
  const strength = Math.min(0.45, Math.max(0.07, 6.5 / Math.sqrt(count / stride + 1)));
  pen.lineWidth = 1;
  pen.strokeStyle = palette.ink;
  if (shown.linked) {
    pen.globalAlpha = strength * 0.3;
    for (const link of links) strokePairs(pen, scene, link, stride, (role) => role === NOT_LINKED);
    pen.globalAlpha = strength * 0.75;
    for (const link of links) strokePairs(pen, scene, link, stride, (role) => role !== NOT_LINKED && role !== HELD_OUT);
  }
  if (shown.held) {
    pen.globalAlpha = Math.min(0.85, strength * 1.9);
    pen.setLineDash([3, 3]);
    for (const link of links) strokePairs(pen, scene, link, 1, (role) => role === HELD_OUT);
    pen.setLineDash([]);
  }
  pen.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {MapSnapshot["links"][number]} link
 * @param {number} stride
 * @param {(role: number) => boolean} wanted
 */
function strokePairs(pen, { pixels, width, height }, { domains, pairs, roles }, stride, wanted) {
  const [from, to] = [pixels[domains[0]], pixels[domains[1]]];
  let inPath = 0;
  let seen = 0;
  pen.beginPath();
  for (let pair = 0; pair < roles.length; pair++) {
    if (!wanted(roles[pair]) || seen++ % stride !== 0) continue;
    const a = 2 * pairs[2 * pair];
    const b = 2 * pairs[2 * pair + 1];
    const [x1, y1, x2, y2] = [from[a], from[a + 1], to[b], to[b + 1]];
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
 * Where a person may lie, in the colour of the domain.
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {Place & Ellipse} ellipse
 */
function paintEllipse(pen, { palette, pixels, slots }, { domain, user, width, height, angle }) {
  const colour = palette[slots[domain]];
  pen.beginPath();
  pen.ellipse(pixels[domain][2 * user], pixels[domain][2 * user + 1], width, height, angle, 0, TURN);
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
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {Mark} mark
 * @param {number} radius
 * @param {boolean} strong
 */
function paintMark(pen, scene, { places }, radius, strong) {
  const { palette, pixels, slots, shown } = scene;
  const ends = places
    .filter(({ domain }, n) => n === 0 || shown.domains[domain])
    .map(({ domain, user }) => ({ slot: slots[domain], x: pixels[domain][2 * user], y: pixels[domain][2 * user + 1] }));
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
