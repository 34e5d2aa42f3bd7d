// Who stands where: all points of a placement in a grid of cells, so that the nearest is found without looking at everybody.

/** @typedef {{ domain: number, user: number }} Place a person in one domain */

/** Points that a cell holds on average. */
const IN_A_CELL = 2;

export class Grid {
  #places;
  #left = 0;
  #top = 0;
  #side = 1;
  #columns = 1;
  #rows = 1;
  /** Where the points of a cell begin; one more at the end. @type {Uint32Array<ArrayBuffer>} */
  #starts = new Uint32Array(2);
  /** By cell: the domain and the user of each point. @type {Uint32Array<ArrayBuffer>} */
  #members = new Uint32Array(0);

  /**
   * @param {Float32Array[]} places by domain, x and y of each user
   * @param {boolean[]} shown whose domains count
   */
  constructor(places, shown) {
    this.#places = places;
    const domains = [...places.keys()].filter((domain) => shown[domain]);
    let count = 0;
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const domain of domains) {
      const points = places[domain];
      count += points.length / 2;
      for (let n = 0; n < points.length; n += 2) {
        left = Math.min(left, points[n]);
        right = Math.max(right, points[n]);
        top = Math.min(top, points[n + 1]);
        bottom = Math.max(bottom, points[n + 1]);
      }
    }
    if (count === 0) return;
    const [across, down] = [right - left, bottom - top];
    // Along a line there is no area: then the longer side is parted.
    const parts = Math.max(1, count / IN_A_CELL);
    this.#side = Math.max(Math.sqrt((across * down) / parts), Math.max(across, down) / parts) || 1;
    [this.#left, this.#top] = [left, top];
    this.#columns = Math.floor(across / this.#side) + 1;
    this.#rows = Math.floor(down / this.#side) + 1;
    this.#fill(domains, count);
  }

  /** Sorts the points by their cells. @param {number[]} domains @param {number} count */
  #fill(domains, count) {
    const cells = new Uint32Array(count);
    const starts = new Uint32Array(this.#columns * this.#rows + 1);
    let seen = 0;
    for (const domain of domains) {
      const points = this.#places[domain];
      for (let n = 0; n < points.length; n += 2) {
        const cell = this.#row(points[n + 1]) * this.#columns + this.#column(points[n]);
        cells[seen++] = cell;
        starts[cell + 1]++;
      }
    }
    for (let cell = 1; cell < starts.length; cell++) starts[cell] += starts[cell - 1];
    const next = starts.slice();
    const members = new Uint32Array(2 * count);
    seen = 0;
    for (const domain of domains) {
      for (let user = 0; user < this.#places[domain].length / 2; user++) {
        const at = 2 * next[cells[seen++]]++;
        members[at] = domain;
        members[at + 1] = user;
      }
    }
    [this.#starts, this.#members] = [starts, members];
  }

  /** @param {number} x */
  #column(x) {
    return Math.min(this.#columns - 1, Math.max(0, Math.floor((x - this.#left) / this.#side)));
  }

  /** @param {number} y */
  #row(y) {
    return Math.min(this.#rows - 1, Math.max(0, Math.floor((y - this.#top) / this.#side)));
  }

  /**
   * The point nearest to a place and nearer than `reach`, if there is one; of equally near ones that of the first domain.
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   * @returns {Place | null}
   */
  nearest(x, y, reach) {
    /** @type {Place | null} */
    let found = null;
    let best = reach * reach;
    const [first, last] = [this.#column(x - reach), this.#column(x + reach)];
    for (let row = this.#row(y - reach); row <= this.#row(y + reach); row++) {
      const from = this.#starts[row * this.#columns + first];
      const to = this.#starts[row * this.#columns + last + 1];
      for (let n = 2 * from; n < 2 * to; n += 2) {
        const [domain, user] = [this.#members[n], this.#members[n + 1]];
        const points = this.#places[domain];
        const [dx, dy] = [points[2 * user] - x, points[2 * user + 1] - y];
        const square = dx * dx + dy * dy;
        const isBetter =
          square < best ||
          (found !== null && square === best && (domain < found.domain || (domain === found.domain && user < found.user)));
        if (!isBetter) continue;
        best = square;
        found = { domain, user };
      }
    }
    return found;
  }
}

/**
 * The points nearest to a place, the nearest first.
 * @param {Float32Array[]} places by domain, x and y of each user
 * @param {boolean[]} shown whose domains count
 * @param {number} x
 * @param {number} y
 * @param {number} most as many at most
 * @returns {Place[]}
 */
export function nearestPlaces(places, shown, x, y, most) {
  /** @type {(Place & { square: number })[]} */
  const found = [];
  for (const [domain, points] of places.entries()) {
    if (!shown[domain]) continue;
    for (let user = 0; 2 * user < points.length; user++) {
      const square = (points[2 * user] - x) ** 2 + (points[2 * user + 1] - y) ** 2;
      if (found.length === most && square >= found[most - 1].square) continue;
      let at = found.length;
      while (at > 0 && found[at - 1].square > square) at--;
      found.splice(at, 0, { domain, user, square });
      found.length = Math.min(found.length, most);
    }
  }
  return found.map(({ domain, user }) => ({ domain, user }));
}
