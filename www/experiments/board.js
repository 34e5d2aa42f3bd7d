// The worker in which results become figures: working them out takes a second or so, and the page goes on drawing meanwhile.
// It needs no data. When it dies another takes its place, with the same results.

import { Line, WorkerGone } from "../worker_client.js";

/** @import { FigureFile, OnBoard, SavedFile, Showing } from "../border.d.ts" */
/** @import { Methods } from "../protocol.js" */
/** @import { ResultText } from "./records.js" */

/** Results that are handed over at a time. */
const PACK = 64;

export class Board {
  /** @type {Line | null} */
  #line = null;
  /** @type {{ manifest: string, again: () => Promise<ResultText[]> } | null} */
  #open = null;
  /** Each request begins when the one before has been answered. @type {Promise<unknown>} */
  #queue = Promise.resolve();

  /**
   * Begins anew with a plan.
   * @param {string} manifest
   * @param {() => Promise<ResultText[]>} again all results that are there, now and for another worker
   * @returns {Promise<OnBoard>}
   */
  open(manifest, again) {
    return this.#inTurn(async () => {
      this.#open = { manifest, again };
      return this.#twice(() => this.#begin());
    });
  }

  /** @param {ResultText[]} results @returns {Promise<OnBoard>} */
  add(results) {
    return this.#inTurn(() => this.#twice(() => this.#ask("add_results", { results })));
  }

  /** @param {number} width @returns {Promise<Showing>} */
  show(width) {
    return this.#inTurn(() => this.#twice(() => this.#ask("show_board", { width })));
  }

  /**
   * @param {FigureFile} kind
   * @param {number} figure
   * @returns {Promise<SavedFile>}
   */
  file(kind, figure) {
    return this.#inTurn(() => this.#twice(() => this.#ask("save_figure", { kind, figure })));
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #inTurn(work) {
    const run = this.#queue.then(work);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** With another worker when the first dies. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async #twice(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WorkerGone)) throw error;
      this.#line = null;
      await this.#begin();
      return work();
    }
  }

  /** @returns {Promise<OnBoard>} */
  async #begin() {
    if (!this.#open) throw new Error("no experiment is open");
    await this.#ask("open_board", { manifest: this.#open.manifest });
    let on = await this.#ask("add_results", { results: [] });
    const results = await this.#open.again();
    /** @type {OnBoard["refused"]} */
    const refused = [];
    for (let n = 0; n < results.length; n += PACK) {
      on = await this.#ask("add_results", { results: results.slice(n, n + PACK) });
      refused.push(...on.refused);
    }
    return { ...on, refused };
  }

  /**
   * @template {keyof Methods} M
   * @param {M} method
   * @param {Methods[M][0]} args
   * @returns {Promise<Methods[M][1]>}
   */
  #ask(method, args) {
    this.#line ??= new Line("first", { events: () => {}, died: () => {} });
    return this.#line.request(method, args);
  }
}
