// What can be asked of a model that has learnt: lists, the reasons for them, groups, what a visitor would like. Nothing of it changes
// what the page holds, but for what went wrong.

import { guarded } from "./guard.js";
import { save } from "./saving.js";

/** @import { GivenRating } from "./border.d.ts" */
/** @import { Selection, Store } from "./store.js" */
/** @import { WorkerClient } from "./worker_client.js" */

/** So long the worker looks for reasons at a time. */
const REASONS_MILLISECONDS = 48;

export class Questions {
  /** @type {Store} */
  #store;
  /** @type {WorkerClient} */
  #worker;

  /**
   * @param {Store} store
   * @param {WorkerClient} worker
   */
  constructor(store, worker) {
    this.#store = store;
    this.#worker = worker;
  }

  /** What people can be coloured by, and their classes by one of it. @param {string | null} key */
  colours(key) {
    return this.#worker.request("colours", { key });
  }

  /** What is recommended to somebody, so many items a domain. @param {Selection} person @param {number} n */
  adviceTo({ domain, user }, n) {
    const { order } = this.#store.state;
    return guarded(this.#store, null, () => this.#worker.request("recommend", { domain, user, n, order }));
  }

  /**
   * Because of which ratings items, by domain, are recommended to somebody. What goes wrong is said only while somebody wants to know:
   * of data that are being changed there are no reasons, and nobody waits for them.
   * @param {Selection} person
   * @param {number[][]} items
   * @param {() => boolean} isWanted null where it is no more
   */
  why({ domain, user }, items, isWanted) {
    return guarded(this.#store, null, () =>
      this.#reasons({ domain, user, items }, isWanted).catch((error) => {
        if (isWanted() && this.#store.state.busy === null) throw error;
        return null;
      }),
    );
  }

  /**
   * The same for the page by itself: where the data change meanwhile, nobody has to hear of it.
   * @param {Selection} person
   * @param {number[][]} items
   * @param {() => boolean} isWanted null where it is no more
   */
  reasonsOf({ domain, user }, items, isWanted) {
    return this.#reasons({ domain, user, items }, isWanted).catch(() => null);
  }

  /**
   * Reasons are looked for a little at a time, so that whatever else is asked for comes in between.
   * @param {{ domain: number, user: number, items: number[][] }} asked
   * @param {() => boolean} isWanted
   */
  async #reasons(asked, isWanted) {
    while (isWanted()) {
      const said = await this.#worker.request("why", { ...asked, milliseconds: REASONS_MILLISECONDS });
      if (said) return said;
    }
    return null;
  }

  /** Items that a visitor can rate. @param {number} domain @param {string} text @param {number} n */
  offerItems(domain, text, n) {
    return guarded(this.#store, null, () => this.#worker.request("offer_items", { domain, text, n }));
  }

  /** Lists for a visitor who rated some. @param {GivenRating[]} ratings @param {number} n */
  adviseVisitor(ratings, n) {
    const { order } = this.#store.state;
    return guarded(this.#store, null, () => this.#worker.request("advise_visitor", { ratings, n, order }));
  }

  /** An item on the map, and who likes it. @param {{ domain: number, item: number }} item */
  item({ domain, item }) {
    return guarded(this.#store, null, () => this.#worker.request("item", { domain, item }));
  }

  /** What a group of people likes, so many items a list. @param {number[][]} members users by domain @param {number} n */
  group(members, n) {
    return guarded(this.#store, null, () => this.#worker.request("group", { members, n }));
  }

  /** Saves a group and what it likes. @param {number[][]} members users by domain @param {number} n items a domain */
  async saveGroup(members, n) {
    await guarded(this.#store, null, async () => save(await this.#worker.request("save_group", { members, n })));
  }

  /** Saves the same. @param {Selection} person @param {number} n */
  async savePerson({ domain, user }, n) {
    const { order } = this.#store.state;
    await guarded(this.#store, null, async () => save(await this.#worker.request("save_person", { domain, user, n, order })));
  }

  /** What somebody rates highest. @param {{ domain: number, user: number }} person */
  async favourites({ domain, user }) {
    return this.#store.state.prepared ? this.#worker.request("favourites", { domain, user }) : [];
  }
}
