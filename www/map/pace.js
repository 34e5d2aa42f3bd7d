// How many points are drawn while they move: on a machine that is too slow for all, every second, fourth or eighth.

/** Frames further apart than this make movement jerky. */
const SLOW_MILLISECONDS = 60;
const MOST_STRIDE = 8;

export class Pace {
  #stride = 1;
  /** Slow frames one after the other. */
  #slow = 0;
  /** When it was last drawn while it moved; 0 when it rests. */
  #movedAt = 0;

  /** Every so manyth point is drawn while they move. */
  get stride() {
    return this.#stride;
  }

  /**
   * After a frame in which the points moved.
   * @param {number} now when it was begun
   */
  moved(now) {
    // One slow frame says nothing: something else may have come between.
    const isSlow = this.#movedAt !== 0 && now - this.#movedAt > SLOW_MILLISECONDS;
    this.#slow = isSlow ? this.#slow + 1 : 0;
    this.#movedAt = now;
    if (this.#slow < 3 || this.#stride >= MOST_STRIDE) return;
    this.#stride *= 2;
    this.#slow = 0;
  }

  /** After a frame in which they rested: whether points are missing from the frame before. */
  rested() {
    const isThinned = this.#movedAt !== 0 && this.#stride > 1;
    this.#movedAt = 0;
    this.#slow = 0;
    this.#stride = Math.max(1, this.#stride / 2); // the next movement may be quicker
    return isThinned;
  }
}
