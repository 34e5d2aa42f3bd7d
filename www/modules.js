// The compiled modules. The page begins with the first, which has no automatic differentiation; the second has all of it and
// burn, and is loaded when a model, an encoder or a network is chosen that trains with burn. Its worker starts beside the
// present one, reads the same files and then takes its place, so that nothing is lost where it cannot be loaded.

import { megabytes } from "./format.js";
import { REPLACED } from "./protocol.js";
import { Refusal, sayingOf } from "./said.js";
import { words } from "./words/words.js";

/** @import { Config } from "./border.d.ts" */
/** @import { DataSource } from "./data_source.js" */
/** @import { Store } from "./store.js" */
/** @import { WorkerClient } from "./worker_client.js" */

/** @typedef {{ bytes: number, gzipped: number }} ModuleSize */
/** @typedef {{ first: ModuleSize, full: ModuleSize | null }} Sizes full: null where it was not built */

/** The second module could not be loaded; all is as it was. */
export class ModuleMissing extends Refusal {}

const SIZES = new URL("../pkg/sizes.json", import.meta.url);

export class Modules {
  #store;
  #worker;
  #source;
  /** The second module on its way. @type {Promise<void> | null} */
  #loading = null;

  /**
   * @param {Store} store
   * @param {WorkerClient} worker
   * @param {DataSource} source
   */
  constructor(store, worker, source) {
    this.#store = store;
    this.#worker = worker;
    this.#source = source;
  }

  /** Asks how large the second module is, so that it can be said before it is loaded. */
  async askForSize() {
    try {
      const reply = await fetch(SIZES);
      const { full } = /** @type {Sizes} */ (await reply.json());
      this.#store.set({ full });
    } catch {
      // Whoever loads it hears that there is no way to it.
    }
  }

  /**
   * Sees to it that the worker can train with these settings. Once it is there, the second module stays.
   * @param {Config} config
   */
  async ensure(config) {
    if (this.#worker.module === "full") return;
    if ((await this.#worker.request("module_for", { config })) === "first") return;
    this.#loading ??= this.#load(config).finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /** @param {Config} config */
  async #load(config) {
    this.#store.set({ busy: () => words.train.loadingSecondModule(sizeText(this.#store.state.full)) });
    const line = this.#worker.open("full");
    try {
      await line.request("init", {});
      const { data } = this.#store.state;
      if (data) await this.#source.handOver(line, data);
    } catch (error) {
      line.end(REPLACED);
      const why = sayingOf(error);
      throw new ModuleMissing(() => words.train.secondModuleMissing(whatNeedsIt(config), why()));
    }
    this.#worker.adopt(line);
  }
}

/** How much there is to load, in words after a name. @param {ModuleSize | null} size */
export const sizeText = (size) =>
  size ? words.train.size(megabytes(size.bytes), megabytes(size.gzipped)) : "";

/** @param {Config} config */
function whatNeedsIt({ model, network, encoder }) {
  if (model !== "dml") return model;
  return network !== "mlp" ? words.train.theNetwork(network) : words.train.theEncoder(encoder);
}
