// A state, and who draws which of its fields.

/**
 * @template {object} S
 */
export class Watched {
  #state;
  /** @type {{ keys: (keyof S)[], draw: (state: S) => void }[]} */
  #subscribers = [];
  /** @type {Set<keyof S>} */
  #changed = new Set();

  /** @param {S} state to begin with */
  constructor(state) {
    this.#state = state;
  }

  get state() {
    return this.#state;
  }

  /**
   * Changes some fields; whoever drew one of them draws again, once, after the current task.
   * @param {Partial<S>} patch
   */
  set(patch) {
    const first = this.#changed.size === 0;
    for (const key of /** @type {(keyof S)[]} */ (Object.keys(patch))) {
      if (this.#state[key] !== patch[key]) this.#changed.add(key);
    }
    this.#state = { ...this.#state, ...patch };
    if (first && this.#changed.size > 0) queueMicrotask(() => this.#publish());
  }

  /**
   * @param {(keyof S)[]} keys
   * @param {(state: S) => void} draw called now and after each change of one of the keys
   */
  subscribe(keys, draw) {
    this.#subscribers.push({ keys, draw });
    draw(this.#state);
  }

  #publish() {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const { keys, draw } of this.#subscribers) {
      if (keys.some((key) => changed.has(key))) draw(this.#state);
    }
  }
}
