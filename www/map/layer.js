// Points beside the people of the files, which stand in the clouds of domains and turn with them: the visitor, and items.

import { placeCloud } from "./geometry.js";

/** @import { MapSnapshot } from "../border.d.ts" */

/** @typedef {{ domain: number, points: Float32Array }} Guests in the coordinates of a domain's cloud, [n, width] */

export class Layer {
  /** @type {Guests[]} */
  #guests = [];
  /** Where they come from and where they go, in map units, x and y in turns. @type {Float32Array[]} */
  #starts = [];
  /** @type {Float32Array[]} */
  #ends = [];

  /** Of each that stands there, the domain in whose cloud it does. */
  get domains() {
    return this.#guests.map(({ domain }) => domain);
  }

  /**
   * @param {Guests[]} guests
   * @param {number} share how far the former ones have come on their way
   */
  show(guests, share) {
    const before = this.#ends;
    const areSame = guests.length === this.#guests.length && guests.every(({ domain, points }, n) => domain === this.#guests[n].domain && points.length === this.#guests[n].points.length);
    // Others do not come from anywhere.
    const starts = areSame ? before.map((_, n) => this.places(n, share)) : null;
    this.#guests = guests;
    this.#starts = starts ?? [];
    this.#ends = [];
  }

  /** Puts them where the turn says. @param {MapSnapshot} map @param {number} turn */
  place(map, turn) {
    this.#ends = this.#guests.map(({ domain, points }, n) => {
      const cloud = map.clouds[domain];
      const into = this.#ends[n] ?? new Float32Array((2 * points.length) / cloud.width);
      return placeCloud({ ...cloud, points }, turn, into);
    });
    if (this.#starts.length !== this.#ends.length) this.#starts = this.#ends.map((end) => end.slice());
  }

  /** Where those of an entry stand, in map units. @param {number} n @param {number} share how far they have come on their way */
  places(n, share) {
    const [start, end] = [this.#starts[n], this.#ends[n]];
    return share === 1 ? end : end.map((to, at) => start[at] + share * (to - start[at]));
  }
}
