// What is kept of a training for the next visit: a checkpoint of the core, the files that it is of, and what was set, in a folder
// of the browser's own. One training is kept, the latest.

import { openFolder } from "../folder.js";

/** @import { Opened } from "../data_source.js" */
/** @import { Folder } from "../folder.js" */
/** @import { Selection, Settings } from "../store.js" */

/**
 * @typedef {object} KeptTraining
 * @property {number} saved in milliseconds since 1970
 * @property {string[]} names of the domains
 * @property {number} sample domains of the sample, 0 where there are files
 * @property {(Omit<Opened, "file"> & { at: string, name: string })[]} opened at: under which name it is kept
 * @property {Settings} settings
 * @property {Selection | null} selection
 * @property {number} fraction how much is done, 0 to 1
 * @property {boolean} done
 * @property {string} checkpoint under which name it is kept
 */

/** @typedef {Omit<KeptTraining, "opened" | "checkpoint"> & { opened: Opened[], bytes: Uint8Array<ArrayBuffer> }} Training */

const ABOUT = "about.json";
const LOCK = "dual-metric keeps a training";
/** A page that is being reloaded gives its lock back a moment later. */
const LOCK_MILLISECONDS = 1000;

export class Shelf {
  /** @type {Promise<Folder>} */
  #folder = openFolder("training");
  /** Whether this page may write: one at a time, so that two do not destroy each other's work. */
  #mine = holdLock();
  /** Names of files that are there. @type {WeakMap<File, string>} */
  #written = new WeakMap();
  /** Makes names that were not there before. */
  #count = 0;

  /** Why nothing outlives the page; null where it does. @returns {Promise<string | null>} */
  async why() {
    const { why } = await this.#folder;
    return why ?? ((await this.#mine) ? null : "Another tab of this page keeps its work; this one does not");
  }

  /** What is kept; null where there is nothing. @returns {Promise<KeptTraining | null>} */
  async read() {
    if (await this.why()) return null;
    const text = await (await this.#folder).read([ABOUT]);
    return text === null ? null : parsed(text);
  }

  /** The files of what is kept, as they were opened. @param {KeptTraining} kept @returns {Promise<Opened[]>} */
  async files({ opened }) {
    const folder = await this.#folder;
    return Promise.all(
      opened.map(async ({ slot, kind, options, at, name }) => {
        const blob = await folder.blob([at]);
        if (!blob) throw new Error(`${name} is not kept any more. Open it again`);
        const file = new File([blob], name, { lastModified: blob instanceof File ? blob.lastModified : 0 });
        this.#written.set(file, at);
        return { slot, kind, options, file };
      }),
    );
  }

  /** @param {KeptTraining} kept @returns {Promise<Uint8Array<ArrayBuffer> | null>} */
  async checkpoint({ checkpoint }) {
    const blob = await (await this.#folder).blob([checkpoint]);
    return blob && new Uint8Array(await blob.arrayBuffer());
  }

  /**
   * Keeps a training in the place of what was kept. Whenever the page ends meanwhile, the one or the other is whole.
   * @param {Training} training
   * @returns {Promise<KeptTraining>}
   */
  async write({ opened, bytes, ...rest }) {
    const folder = await this.#folder;
    const files = [];
    for (const { file, ...each } of opened) {
      let at = this.#written.get(file);
      if (!at) {
        at = this.#newName("file");
        await folder.write([at], file);
        this.#written.set(file, at);
      }
      files.push({ ...each, at, name: file.name });
    }
    const checkpoint = this.#newName("checkpoint");
    await folder.write([checkpoint], bytes);
    const kept = { ...rest, opened: files, checkpoint };
    await folder.write([ABOUT], JSON.stringify(kept));
    const used = new Set([ABOUT, checkpoint, ...files.map(({ at }) => at)]);
    for (const name of await folder.names([])) if (!used.has(name)) await folder.remove([name]);
    return kept;
  }

  /** Deletes all that is kept. */
  async clear() {
    const folder = await this.#folder;
    this.#written = new WeakMap();
    for (const name of await folder.names([])) await folder.remove([name]);
  }

  /** How much is kept, in bytes. */
  async size() {
    const folder = await this.#folder;
    const blobs = await Promise.all((await folder.names([])).map((name) => folder.blob([name])));
    return blobs.reduce((sum, blob) => sum + (blob?.size ?? 0), 0);
  }

  /** @param {string} kind */
  #newName(kind) {
    return `${kind}-${Date.now().toString(36)}-${this.#count++}`;
  }
}

/** Whether this page is the one that keeps, as long as it is open. @returns {Promise<boolean>} */
function holdLock() {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => undefined);
    };
    navigator.locks.request(LOCK, { signal: AbortSignal.timeout(LOCK_MILLISECONDS) }, hold).catch(() => resolve(false));
  });
}

/**
 * @param {string} text
 * @returns {KeptTraining}
 */
function parsed(text) {
  const kept = JSON.parse(text);
  const isWhole =
    Number.isFinite(kept?.saved) && Array.isArray(kept.names) && Number.isInteger(kept.sample) && Array.isArray(kept.opened) &&
    typeof kept.settings?.config === "object" && kept.settings.config !== null && typeof kept.checkpoint === "string";
  if (!isWhole) throw new Error("its description is not whole");
  return kept;
}
