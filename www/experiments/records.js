// Experiments that are kept: a folder for each data and terms, with what was asked for, the plan, and a file for the result of
// each job. A result is written whole when its job is done, so that a page that is closed loses only what was under way.

import { Memory, openFolder } from "../folder.js";
import { sayingOf } from "../said.js";
import { words } from "../words/words.js";

/** @import { Config, Request } from "../border.d.ts" */
/** @import { Saying } from "../words/words.js" */
/** @import { Folder } from "../folder.js" */
/** @import { Plan } from "./state.js" */

/**
 * A kept experiment.
 * @typedef {object} Kept
 * @property {string} id
 * @property {Request} request
 * @property {Config} config
 * @property {string} data what tells its data from others
 * @property {string[]} domains what its data are called
 * @property {number} jobs of the plan
 * @property {number} done results that are there
 * @property {number} changed when it was begun or gone on with, in milliseconds since 1970
 */

/** @typedef {{ name: string, text: string }} ResultText the name of a job and its result */

const ABOUT = "about.json";
const MANIFEST = "manifest.jsonl";
const RESULTS = "results";
const ENDING = ".json";

export class Records {
  /** @type {Promise<Folder>} */
  #folder = openFolder("experiments");

  /** Why nothing outlives the page; null where it does. @returns {Promise<Saying | null>} */
  async why() {
    return (await this.#folder).why;
  }

  /** Those that are there, the latest first. What cannot be read is left out. @returns {Promise<Kept[]>} */
  async list() {
    const folder = await this.#folder;
    /** @type {Kept[]} */
    const kept = [];
    for (const id of await folder.names([])) {
      const about = parsed(await folder.read([id, ABOUT]));
      if (!about) continue;
      const { request, config, data, domains, jobs, changed } = about;
      const done = Math.min(jobs, (await folder.names([id, RESULTS])).length);
      kept.push({ id, request, config, data, domains, jobs, changed, done });
    }
    return kept.sort((a, b) => b.changed - a.changed);
  }

  /** Keeps a plan, before its first result. @param {Plan} plan */
  async begin({ id, request, config, data, domains, planned }) {
    const about = { request, config, data, domains, jobs: planned.jobs.length, changed: Date.now() };
    await this.#write([id, MANIFEST], planned.manifest);
    await this.#write([id, ABOUT], `${JSON.stringify(about, null, 1)}\n`);
  }

  /**
   * @param {string} id
   * @param {ResultText} result
   */
  async add(id, { name, text }) {
    await this.#write([id, RESULTS, `${name}${ENDING}`], text);
  }

  /** @param {string} id @returns {Promise<string | null>} */
  async manifest(id) {
    return (await this.#folder).read([id, MANIFEST]);
  }

  /**
   * @param {string} id
   * @param {ReadonlySet<string> | null} [wanted] names of jobs; null for all
   * @returns {Promise<ResultText[]>}
   */
  async results(id, wanted = null) {
    const folder = await this.#folder;
    const files = await folder.names([id, RESULTS]);
    const names = files.filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length));
    const found = names.filter((name) => !wanted || wanted.has(name)).map(async (name) => {
      const text = await folder.read([id, RESULTS, `${name}${ENDING}`]);
      return text === null ? [] : [{ name, text }];
    });
    return (await Promise.all(found)).flat();
  }

  /** Takes out the result of a job, which is then done again. @param {string} id @param {string} name */
  async forget(id, name) {
    await (await this.#folder).remove([id, RESULTS, `${name}${ENDING}`]);
  }

  /** @param {string} id */
  async remove(id) {
    await (await this.#folder).remove([id]);
  }

  /**
   * Where nothing can be written any more, all goes on in memory, with what was there.
   * @param {string[]} path
   * @param {string} text
   */
  async #write(path, text) {
    const folder = await this.#folder;
    try {
      await folder.write(path, text);
    } catch (error) {
      const why = error instanceof DOMException && error.name === "QuotaExceededError" ? () => words.notices.unkept.noRoom : sayingOf(error);
      const memory = new Memory(() => words.notices.unkept.newResults(why()));
      await copied(folder, memory, []);
      this.#folder = Promise.resolve(memory);
      await memory.write(path, text);
    }
  }
}

/**
 * @param {Folder} from
 * @param {Folder} to
 * @param {string[]} path
 */
async function copied(from, to, path) {
  for (const name of await from.names(path)) {
    const text = name.includes(".json") ? await from.read([...path, name]) : null;
    if (text === null) await copied(from, to, [...path, name]);
    else await to.write([...path, name], text);
  }
}

/** @param {string | null} text @returns {Omit<Kept, "id" | "done"> | null} */
function parsed(text) {
  try {
    const about = JSON.parse(text ?? "");
    const { request, config, data, domains, jobs, changed } = about;
    const isWhole =
      typeof request?.experiment === "string" && Array.isArray(request.models) && Array.isArray(request.points) &&
      typeof config === "object" && config !== null && typeof data === "string" && Array.isArray(domains) &&
      Number.isFinite(jobs) && Number.isFinite(changed);
    return isWhole ? about : null;
  } catch {
    return null;
  }
}
