// Because of which of their ratings the first recommendations of whoever is looked at are there, beside the lists of block 5. It is
// asked for when somebody has been looked at for a moment and nothing is trained, a domain at a time, so that nobody waits long
// behind it; for somebody else nothing more is asked.

import { shownDomains } from "./domains.js";

/** @import { Because } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Selection, Store } from "./store.js" */

/** Of a list so many have room for their reasons. */
export const REASONED = 2;
/** So long somebody is looked at before it is asked. */
const MOMENT_MILLISECONDS = 300;

export class Reasons {
  /** @type {Store} */
  #store;
  /** @type {Actions} */
  #actions;
  /** @type {() => void} */
  #come;
  /** Whose they are. @type {Selection | null} */
  #person = null;
  /** By domain and item; a sentence says why there are none. @type {Map<string, Because | string>} */
  #known = new Map();
  /** Whether somebody asks. */
  #isAsking = false;
  #timer = 0;

  /**
   * @param {Store} store
   * @param {Actions} actions
   * @param {() => void} come some more are there
   */
  constructor(store, actions, come) {
    this.#store = store;
    this.#actions = actions;
    this.#come = come;
  }

  /** Why an item is recommended; null where nobody knows yet. @param {number} domain @param {number} item */
  of(domain, item) {
    return this.#known.get(`${domain} ${item}`) ?? null;
  }

  /** Whoever is looked at, and what is recommended to them, may have changed. */
  follow() {
    const { selection, train, advice } = this.#store.state;
    // Of another person or a model that learns on, what was said holds no more.
    if (selection !== this.#person || !train.trained || train.state === "running") this.#known = new Map();
    this.#person = selection;
    clearTimeout(this.#timer);
    if (advice && this.#wanted().some((items) => items.length > 0)) this.#timer = window.setTimeout(() => void this.#ask(), MOMENT_MILLISECONDS);
  }

  /** By domain, the items of which nothing is known yet. @returns {number[][]} */
  #wanted() {
    const { advice, train, data } = this.#store.state;
    const isReady = advice && train.trained && train.state !== "running";
    return shownDomains(data).map((_, d) =>
      isReady ? (advice.domains[d]?.next ?? []).slice(0, REASONED).flatMap(({ item }) => (this.of(d, item) === null ? [item] : [])) : [],
    );
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (;;) {
        const person = this.#store.state.selection;
        const wanted = this.#wanted();
        const domain = wanted.findIndex((items) => items.length > 0);
        if (!person || domain < 0) return;
        const known = this.#known;
        const said = await this.#actions.ask.reasonsOf(person, wanted.map((items, d) => (d === domain ? items : [])), () => known === this.#known);
        // Somebody else is looked at, or the model has learnt on.
        if (known !== this.#known) continue;
        if (!said) return;
        const all = said.domains[domain] ?? [];
        for (const item of wanted[domain]) known.set(`${domain} ${item}`, said.silent ?? all.find((because) => because.item === item) ?? "");
        this.#come();
      }
    } finally {
      this.#isAsking = false;
    }
  }
}
