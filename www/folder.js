// Where results and work are kept: in the browser's own file system for this page, in its database where it has no such file
// system or cannot write there, or in memory where it keeps nothing.

import { sayingOf } from "./said.js";
import { words } from "./words/words.js";

/** @import { Saying } from "./words/words.js" */

/**
 * A folder as the records need it: files by path of two parts at most, each written whole or not at all.
 * @typedef {object} Folder
 * @property {Saying | null} why null where it outlives the page, else why not
 * @property {(path: string[]) => Promise<string[]>} names of what is in a folder; none where there is no such folder
 * @property {(path: string[]) => Promise<string | null>} read null where there is none
 * @property {(path: string[]) => Promise<Blob | null>} file the same, not read yet
 * @property {(path: string[], content: string | Blob) => Promise<void>} write
 * @property {(path: string[]) => Promise<void>} remove with all that is in it
 * @property {(path: string[]) => Promise<number>} size bytes of all that is in it
 */

/** @param {string} name of the folder among the page's own @returns {Promise<Folder>} */
export async function openFolder(name) {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(name, { create: true });
    if (!("createWritable" in FileSystemFileHandle.prototype)) throw new Error("it cannot write there");
    return new Disk(folder);
  } catch {
    // The database keeps it as well.
  }
  try {
    const { Database } = await import("./database.js");
    return await Database.open(name);
  } catch (error) {
    const why = sayingOf(error);
    return new Memory(() => words.notices.unkept.noFiles(why()));
  }
}

/** @implements {Folder} */
class Disk {
  #root;
  why = null;

  /** @param {FileSystemDirectoryHandle} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {string[]} path */
  async names(path) {
    const folder = await this.#folder(path);
    /** @type {string[]} */
    const names = [];
    // What is half written has another ending until it is whole.
    if (folder) for await (const name of folder.keys()) if (!name.endsWith(".crswap")) names.push(name);
    return names.sort();
  }

  /** @param {string[]} path */
  async read(path) {
    return (await (await this.file(path))?.text()) ?? null;
  }

  /** @param {string[]} path */
  async file(path) {
    const folder = await this.#folder(path.slice(0, -1));
    try {
      const file = await folder?.getFileHandle(path[path.length - 1]);
      return file ? await file.getFile() : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /**
   * @param {string[]} path
   * @param {string | Blob} content
   */
  async write(path, content) {
    const folder = await this.#folder(path.slice(0, -1), true);
    const file = await folder?.getFileHandle(path[path.length - 1], { create: true });
    // It is written beside what was there, and takes its place when it is closed, as a whole.
    const stream = await file?.createWritable();
    await stream?.write(content);
    await stream?.close();
  }

  /** @param {string[]} path */
  async remove(path) {
    const folder = await this.#folder(path.slice(0, -1));
    try {
      await folder?.removeEntry(path[path.length - 1], { recursive: true });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** @param {string[]} path */
  async size(path) {
    const folder = await this.#folder(path);
    return folder ? sizeOf(folder) : 0;
  }

  /**
   * @param {string[]} path
   * @param {boolean} create
   * @returns {Promise<FileSystemDirectoryHandle | null>}
   */
  async #folder(path, create = false) {
    let folder = this.#root;
    try {
      for (const name of path) folder = await folder.getDirectoryHandle(name, { create });
      return folder;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

/** @param {FileSystemDirectoryHandle} folder @returns {Promise<number>} */
async function sizeOf(folder) {
  let bytes = 0;
  for await (const each of folder.values()) {
    if (each instanceof FileSystemDirectoryHandle) bytes += await sizeOf(each);
    else if (each instanceof FileSystemFileHandle) bytes += (await each.getFile()).size;
  }
  return bytes;
}

/** @param {unknown} error */
const isMissing = (error) => error instanceof DOMException && error.name === "NotFoundError";

/** @implements {Folder} */
export class Memory {
  /** @type {Map<string, Blob>} */
  #files = new Map();

  /** @param {Saying} why */
  constructor(why) {
    this.why = why;
  }

  /** @param {string[]} path */
  async names(path) {
    const head = [...path, ""].join("/");
    const inside = [...this.#files.keys()].filter((name) => name.startsWith(head));
    return [...new Set(inside.map((name) => name.slice(head.length).split("/")[0]))].sort();
  }

  /** @param {string[]} path */
  async read(path) {
    return (await this.#files.get(path.join("/"))?.text()) ?? null;
  }

  /** @param {string[]} path */
  async file(path) {
    return this.#files.get(path.join("/")) ?? null;
  }

  /**
   * @param {string[]} path
   * @param {string | Blob} content
   */
  async write(path, content) {
    this.#files.set(path.join("/"), new Blob([content]));
  }

  /** @param {string[]} path */
  async remove(path) {
    for (const name of this.#inside(path)) this.#files.delete(name);
  }

  /** @param {string[]} path */
  async size(path) {
    return this.#inside(path).reduce((bytes, name) => bytes + (this.#files.get(name)?.size ?? 0), 0);
  }

  /** The names of a file or of all that is in a folder. @param {string[]} path */
  #inside(path) {
    const name = path.join("/");
    return [...this.#files.keys()].filter((each) => each === name || each.startsWith(path.length > 0 ? `${name}/` : ""));
  }
}
