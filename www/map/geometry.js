// The mathematics of the map, free of any page: where the users of all domains stand while each cloud is turned by its map.
// A user stands at projection . R(t) . point. Per frame M(t) = projection . R(t) is made once a cloud, [2, width]; a point
// then costs 2 width multiplications.

/** @import { Cloud, MapSnapshot } from "../border.d.ts" */

/** @typedef {{ width: number, height: number, angle: number }} Ellipse half its axes in pixels, and how the first is turned */
/** @typedef {{ x: number, y: number, scale: number }} View the centre in map units, and pixels per map unit */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Margins in pixels */

/** How many users a cloud has. @param {Cloud} cloud */
export const sizeOf = ({ points, width }) => points.length / width;

/**
 * M(t) = projection . R(t), row-major [2, width].
 * @param {Cloud} cloud
 * @param {number} t 0 before, 1 after
 * @returns {Float64Array}
 */
export function turnedProjection({ width, projection, planes }, t) {
  const matrix = Float64Array.from(projection);
  for (const { i, j, angle } of planes) {
    const cos = Math.cos(angle * t);
    const sin = Math.sin(angle * t);
    for (const row of [0, width]) {
      const left = matrix[row + i];
      const right = matrix[row + j];
      // R sends e_i to cos e_i + sin e_j, and e_j to cos e_j - sin e_i.
      matrix[row + i] = cos * left + sin * right;
      matrix[row + j] = cos * right - sin * left;
    }
  }
  return matrix;
}

/**
 * Where the users of a cloud stand at t, as x and y in turns.
 * @param {Cloud} cloud
 * @param {number} t
 * @param {Float32Array} into [users, 2]
 */
export function placeCloud(cloud, t, into) {
  const { width, points } = cloud;
  const matrix = turnedProjection(cloud, t);
  for (let n = 0, from = 0; n < into.length; n += 2, from += width) {
    let x = 0;
    let y = 0;
    for (let k = 0; k < width; k++) {
      const value = points[from + k];
      x += matrix[k] * value;
      y += matrix[width + k] * value;
    }
    into[n] = x;
    into[n + 1] = y;
  }
  return into;
}

/** Standard deviations out to the ellipse that holds 80 % of a normal distribution in the plane: √(−2 ln 0.2). */
const HOLDS_80 = 1.7941;

/**
 * The ellipse that holds 80 % of a person's draws at t. The vectors' outer products add up to the covariance in the
 * coordinates of the cloud, so that those of their places add up to the one in the plane.
 * @param {Cloud} cloud
 * @param {Float32Array} vectors [n, width]
 * @param {number} t
 * @param {number} scale pixels per map unit
 * @returns {Ellipse}
 */
export function ellipseOf(cloud, vectors, t, scale) {
  const places = placeCloud({ ...cloud, points: vectors }, t, new Float32Array((2 * vectors.length) / cloud.width));
  let [xx, xy, yy] = [0, 0, 0];
  for (let n = 0; n < places.length; n += 2) {
    xx += places[n] ** 2;
    xy += places[n] * places[n + 1];
    yy += places[n + 1] ** 2;
  }
  // Eigenvalues of the symmetric matrix [[xx, xy], [xy, yy]].
  const [middle, apart] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const half = (/** @type {number} */ variance) => HOLDS_80 * Math.sqrt(Math.max(variance, 0)) * scale;
  return { width: half(middle + apart), height: half(middle - apart), angle: Math.atan2(2 * xy, xx - yy) / 2 };
}

/**
 * The axes of a projection have no meaning of their own, and may turn or flip from one snapshot to the next. This
 * turns or flips a new snapshot so that the points of one domain lie as near as possible to where they were.
 * @param {MapSnapshot} map
 * @param {number} domain
 * @param {Float32Array} old where the users of the domain stood after the map
 * @returns {MapSnapshot}
 */
export function steadied(map, domain, old) {
  const cloud = map.clouds[domain];
  if (!cloud || old.length !== 2 * sizeOf(cloud)) return map;
  const now = placeCloud(cloud, 1, new Float32Array(old.length));
  // H = sum of old . new^T; the best rotation and the best reflection are known in closed form.
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let n = 0; n < old.length; n += 2) {
    xx += old[n] * now[n];
    xy += old[n] * now[n + 1];
    yx += old[n + 1] * now[n];
    yy += old[n + 1] * now[n + 1];
  }
  const rotates = Math.hypot(yx - xy, xx + yy) >= Math.hypot(xy + yx, xx - yy);
  const angle = rotates ? Math.atan2(yx - xy, xx + yy) : Math.atan2(xy + yx, xx - yy);
  const [cos, sin, sign] = [Math.cos(angle), Math.sin(angle), rotates ? 1 : -1];
  // [[cos, -sin], [sin, cos]] or [[cos, sin], [sin, -cos]]
  const across = -sign * sin;
  const down = sign * cos;
  const clouds = map.clouds.map((each) => {
    const projection = new Float32Array(each.projection.length);
    for (let k = 0; k < each.width; k++) {
      const [x, y] = [each.projection[k], each.projection[each.width + k]];
      projection[k] = cos * x + across * y;
      projection[each.width + k] = sin * x + down * y;
    }
    return { ...each, projection };
  });
  return { ...map, clouds };
}

/** When of a turn it is looked at how far the clouds reach. */
const TIMES = [0, 0.25, 0.5, 0.75, 1];

/**
 * The view that holds every point through the whole turn, so that the scale need not change while the clouds turn. The clouds
 * are in the middle of the frame, or as near to it as the margins allow.
 * @param {MapSnapshot} map
 * @param {number} width
 * @param {number} height
 * @param {Margins} margins
 * @returns {View}
 */
export function fittedView(map, width, height, margins) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  const others = [...map.items.map(({ points }, domain) => ({ domain, points })), ...map.visitor.map(({ domain, point }) => ({ domain, points: point }))];
  const all = [...map.clouds, ...others.map(({ domain, points }) => ({ ...map.clouds[domain], points }))];
  for (const cloud of all) {
    const places = new Float32Array(2 * sizeOf(cloud));
    for (const t of cloud.planes.length > 0 ? TIMES : [1]) {
      placeCloud(cloud, t, places);
      for (let n = 0; n < places.length; n += 2) {
        const [x, y] = [places[n], places[n + 1]];
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
  }
  if (!(right >= left && bottom >= top)) [left, right, top, bottom] = [-1, 1, -1, 1];
  // Of a single place there is no extent to fill the frame with.
  const across = right - left || bottom - top || 2;
  const down = bottom - top || across;
  const room = { x: Math.max(1, width - margins.left - margins.right), y: Math.max(1, height - margins.top - margins.bottom) };
  const scale = Math.min(room.x / across, room.y / down);
  const centre = (/** @type {number} */ size, /** @type {number} */ used, /** @type {number} */ before, /** @type {number} */ after) =>
    Math.min(Math.max(size / 2, before + used / 2), size - after - used / 2);
  const x = centre(width, across * scale, margins.left, margins.right);
  const y = centre(height, down * scale, margins.top, margins.bottom);
  return { x: (left + right) / 2 - (x - width / 2) / scale, y: (top + bottom) / 2 - (y - height / 2) / scale, scale };
}

/**
 * Between two views: the scale by its logarithm, so that it seems even.
 * @param {View} from
 * @param {View} to
 * @param {number} share
 * @returns {View}
 */
export function betweenViews(from, to, share) {
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    scale: from.scale * (to.scale / from.scale) ** share,
  };
}

/**
 * Map units to pixels, for a whole cloud.
 * @param {Float32Array} points
 * @param {View} view
 * @param {number} width
 * @param {number} height
 * @param {Float32Array} into
 */
export function toPixels(points, view, width, height, into) {
  const x = width / 2 - view.x * view.scale;
  const y = height / 2 - view.y * view.scale;
  for (let n = 0; n < points.length; n += 2) {
    into[n] = points[n] * view.scale + x;
    into[n + 1] = points[n + 1] * view.scale + y;
  }
  return into;
}

/**
 * The next point in a direction: near, and not too far off the line.
 * @param {Float32Array} points
 * @param {number} x
 * @param {number} y
 * @param {number} dx unit direction
 * @param {number} dy
 * @param {number} least what is nearer than this lies in the same place
 * @returns {{ index: number, cost: number }}
 */
export function nextPoint(points, x, y, dx, dy, least) {
  let index = -1;
  let cost = Infinity;
  for (let n = 0; n < points.length; n += 2) {
    const along = (points[n] - x) * dx + (points[n + 1] - y) * dy;
    const aside = Math.abs((points[n] - x) * dy - (points[n + 1] - y) * dx);
    if (along < least || aside > along) continue;
    const total = along + 2 * aside;
    if (total < cost) {
      cost = total;
      index = n / 2;
    }
  }
  return { index, cost };
}

/**
 * into = into + share (to - into)
 * @param {Float32Array} into
 * @param {Float32Array} to
 * @param {number} share
 */
export function mixInto(into, to, share) {
  for (let n = 0; n < into.length; n++) into[n] += share * (to[n] - into[n]);
}

/** @param {number} share */
export const eased = (share) => (share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2);
