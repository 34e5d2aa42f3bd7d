// A folder in IndexedDB, for browsers in which the page has no file system, or cannot write in it: WebKit, and Safari before 26.
// A file stands under its whole path and is written in one transaction, so that it is there whole or not at all.

/** @import { Folder } from "./folder.js" */

const DATABASE = "dual-metric";
const STORE = "files";
const PROBE = "probe";
/** Behind every character of a path. */
const LAST = "\uffff";

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answerOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database does not say why"));
  });

/** @implements {Folder} */
export class Database {
  #name;
  /** Whether files are kept as Blobs, of which the page has to handle no byte; WebKit takes none in a private window. */
  #isOfBlobs;
  /** The database while it is open; the browser may close it. @type {Promise<IDBDatabase> | null} */
  #open = null;
  why = null;

  /**
   * @param {string} name of the folder among the page's own
   * @param {boolean} isOfBlobs
   */
  constructor(name, isOfBlobs) {
    this.#name = name;
    this.#isOfBlobs = isOfBlobs;
  }

  /** A folder in the first way in which this browser gives back what it was given. @param {string} name @returns {Promise<Database>} */
  static async open(name) {
    const isOfBlobs = await new Database(PROBE, true).#keeps().catch(() => false);
    if (!isOfBlobs && !(await new Database(PROBE, false).#keeps())) throw new Error("its database forgets");
    return new Database(name, isOfBlobs);
  }

  async #keeps() {
    const path = [Math.random().toString(36).slice(2)];
    await this.write(path, PROBE);
    const back = await this.read(path);
    await this.remove(path);
    return back === PROBE;
  }

  /** @param {string[]} path */
  async names(path) {
    const head = `${this.#key(path)}/`;
    const keys = await this.#in("readonly", (store) => answerOf(store.getAllKeys(IDBKeyRange.bound(head, head + LAST))));
    return [...new Set(keys.map((key) => String(key).slice(head.length).split("/")[0]))].sort();
  }

  /** @param {string[]} path */
  async read(path) {
    return (await (await this.file(path))?.text()) ?? null;
  }

  /** @param {string[]} path @returns {Promise<Blob | null>} */
  async file(path) {
    const found = await this.#in("readonly", (store) => answerOf(store.get(this.#key(path))));
    return found === undefined ? null : found instanceof Blob ? found : new Blob([found]);
  }

  /**
   * @param {string[]} path
   * @param {string | Blob} content
   */
  async write(path, content) {
    const blob = new Blob([content]);
    const kept = this.#isOfBlobs ? blob : await blob.arrayBuffer();
    await this.#in("readwrite", (store) => answerOf(store.put(kept, this.#key(path))));
  }

  /** @param {string[]} path */
  async remove(path) {
    const key = this.#key(path);
    await this.#in("readwrite", async (store) => {
      await Promise.all([answerOf(store.delete(key)), answerOf(store.delete(IDBKeyRange.bound(`${key}/`, `${key}/${LAST}`)))]);
    });
  }

  /** @param {string[]} path */
  async size(path) {
    const head = `${this.#key(path)}/`;
    const all = await this.#in("readonly", (store) => answerOf(store.getAll(IDBKeyRange.bound(head, head + LAST))));
    return all.reduce((bytes, content) => bytes + (content instanceof Blob ? content.size : content.byteLength), 0);
  }

  /** @param {string[]} path */
  #key(path) {
    return [this.#name, ...path].join("/");
  }

  /**
   * Does something in a transaction of its own, which has ended well when this has.
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #in(mode, work) {
    const transaction = (await this.#opened()).transaction(STORE, mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error("the database has let go of it"));
    });
    const [result] = await Promise.all([work(transaction.objectStore(STORE)), ended]);
    return result;
  }

  #opened() {
    if (this.#open) return this.#open;
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    this.#open = answerOf(request);
    this.#open.then(
      (database) => {
        database.onclose = () => (this.#open = null);
        database.onversionchange = () => {
          database.close();
          this.#open = null;
        };
      },
      () => (this.#open = null),
    );
    return this.#open;
  }
}
