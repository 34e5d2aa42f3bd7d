// The measurements, one after the other; within each the engines take turns, so that whatever else the machine does
// meets all of them.

import { browser, program, servePage } from "./hosts.mjs";
import { REPLICAS, TOLERANCE, limits, planOf, request } from "./plan.mjs";
import { spread } from "./statistics.mjs";

/** @typedef {import("./plan.mjs").Engine} Engine */
/** @typedef {import("./hosts.mjs").Host} Host */
/**
 * @typedef {{ quick: boolean, card: boolean, say(text: string): void, seconds(): number, paths: { native: string, python: string,
 *   cuda: string, pages: string, module: string, data: string, tensorflow: string } }} Options
 *   `card`: whether the machine has a graphics card; `cuda`: a Python whose JAX and PyTorch compute on it, or nothing
 */

const GROWTH_BATCH = 256;
const TARGET_BATCH = 256;
const ON_CPU = { JAX_PLATFORMS: "cpu" };
const ONE_THREAD = { ...ON_CPU, XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false", OMP_NUM_THREADS: "1" };

/** Measures everything. */
export async function measure(/** @type {Options} */ options) {
  const hosts = await Hosts.open(options);
  const run = new Run(options, hosts);
  try {
    const losses = await run.part("losses", () => run.losses());
    const speed = await run.part("speed", () => run.speed());
    const memory = await run.memory();
    const target = await run.part("target", () => run.target());
    const replicas = await run.part("replicas", () => run.replicas());
    const growth = await run.part("growth", () => run.growth());
    return { browser: await hosts.browserVersions(), losses, speed, memory, target, replicas, growth,
      left_out: run.leftOut };
  } finally {
    await hosts.close();
  }
}

/** The hosts by name, each started when it is first asked. */
class Hosts {
  /** @type {Map<string, Promise<any>>} */
  #open = new Map();

  /**
   * @param {Options} options
   * @param {{ url: string, close(): void }} server
   */
  constructor(options, server) {
    this.options = options;
    this.server = server;
  }

  static async open(/** @type {Options} */ options) {
    return new Hosts(options, await servePage(options.paths));
  }

  /** @returns {Promise<Host>} */
  of(/** @type {Engine} */ engine) {
    let host = this.#open.get(`${engine.where} ${engine.host}`);
    if (!host) {
      host = this.start(engine);
      this.#open.set(`${engine.where} ${engine.host}`, host);
    }
    return host;
  }

  /** A host that nobody else uses. */
  async start(/** @type {Engine} */ { where, host, gpu = false }) {
    const { card, paths: { native, python, cuda, data } } = this.options;
    if (where === "chromium") return browser(this.server.url, { tensorflow: host.startsWith("tfjs"), gpu, card });
    if (host.startsWith("native")) return program(native, ["--listen"]);
    const net = (/** @type {string} */ name) => [new URL(`../python/${name}_net.py`, import.meta.url).pathname, data];
    if (host === "jax-one-thread") return program("taskset", ["-c", "0", python, ...net("jax")], ONE_THREAD);
    if (host === "jax") return program(python, net("jax"), ON_CPU);
    if (!cuda) throw new Error("BENCH_CUDA_PYTHON names no Python that computes on the card");
    if (host === "torch-cuda") return program(cuda, net("torch"), { TORCH_DEVICE: "cuda" });
    return program(cuda, net("jax"), { JAX_PLATFORMS: "cuda" });
  }

  /** The browser's version and its adapter. */
  async browserVersions() {
    for (const [name, opened] of this.#open) {
      if (!name.startsWith("chromium")) continue;
      const { version, page } = await opened;
      const adapter = await page.evaluate(async () => {
        const adapter = await /** @type {any} */ (navigator).gpu?.requestAdapter();
        const { vendor = "", architecture = "", description = "" } = adapter?.info ?? {};
        return adapter ? description || `${vendor} ${architecture}`.trim() : "none";
      });
      return { chromium: version, webgpu_adapter: adapter };
    }
    return {};
  }

  async close() {
    await Promise.allSettled([...this.#open.values()].map(async (host) => (await host).close()));
    this.server.close();
  }
}

class Run {
  /** What was not measured, and why. @type {string[]} */
  leftOut = [];
  /** Engines that did not start or stopped, with the reason. @type {Map<string, string>} */
  broken = new Map();

  /**
   * @param {Options} options
   * @param {Hosts} hosts
   */
  constructor(options, hosts) {
    this.options = options;
    this.hosts = hosts;
    this.limits = limits(options.quick);
    ({ engines: this.engines, speeds: this.speeds } = planOf(options.card));
    this.deadline = Infinity;
  }

  /**
   * A part of the benchmark, with an end to its time.
   * @template T
   * @param {"losses" | "speed" | "target" | "replicas" | "growth"} name
   * @param {() => Promise<T>} body
   */
  async part(name, body) {
    this.deadline = this.limits.until?.[name] ?? Infinity;
    this.options.say(name);
    const found = await body();
    if (this.late()) this.skip(`${name}: the rest of it, because the time of a quick run was up`);
    return found;
  }

  late() {
    return this.options.seconds() > this.deadline;
  }

  /** Asks an engine; null where it can't, or where the time is up. */
  async ask(/** @type {Engine} */ engine, /** @type {object} */ asked, host = this.hosts.of(engine)) {
    if (this.broken.has(engine.id)) return null;
    if (this.late()) return null;
    try {
      return await (await host).ask(asked);
    } catch (error) {
      const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
      this.options.say(`${engine.id}: ${why}`);
      this.broken.set(engine.id, why);
      this.leftOut.push(`${engine.id}: ${why}`);
      return null;
    }
  }

  skip(/** @type {string} */ what) {
    if (!this.leftOut.includes(what)) this.leftOut.push(what);
  }

  /** Lets Chromium compile an engine's code well; what is measured meanwhile is not kept. */
  async warm(/** @type {Engine} */ engine, rest = {}, host = this.hosts.of(engine)) {
    if (engine.where !== "chromium" || engine.slow) return;
    await this.ask(engine, request(engine, "speed", "ml-1m", { ...rest, seconds: this.limits.warm }), host);
  }

  /** Whether all engines train alike: the losses of the first four steps, and of the last four that both have done. */
  async losses() {
    const { steps, stepsSeconds: seconds } = this.limits;
    /** @type {Map<string, number[]>} */
    const losses = new Map();
    // The reference engine says what a step means, of either rule.
    const references = this.engines.filter((engine) => engine.reference).flatMap((engine) => [
      engine, { ...engine, id: `${engine.id}-lazy`, rule: /** @type {const} */ ("touched") },
    ]);
    for (const engine of [...references, ...this.engines.filter((engine) => !engine.reference)]) {
      const answer = await this.ask(engine, request(engine, "losses", "ml-1m", { steps, seconds }));
      if (answer) losses.set(engine.id, answer.losses);
      if (answer) this.options.say(`${engine.id}: ${answer.losses.length} losses`);
    }
    const engines = this.engines.filter((engine) => !engine.reference).map((engine) => {
      const { id, rule } = engine;
      const reference = losses.get(references[rule === "all" ? 0 : 1].id);
      const own = losses.get(id);
      if (!own || !reference) return { id, agrees: false, error: this.broken.get(id) ?? "it was not asked" };
      const common = Math.min(own.length, reference.length);
      const mean = (/** @type {number[]} */ all) => {
        const last = all.slice(Math.max(0, common - 4), common);
        return last.reduce((a, b) => a + b, 0) / last.length;
      };
      const differences = own.slice(0, 4).map((loss, n) => Math.abs(loss / reference[n] - 1));
      const difference = Math.max(...differences, Math.abs(mean(own) / mean(reference) - 1));
      return { id, steps: common, first: own[0], last: mean(own), difference, agrees: difference < TOLERANCE };
    });
    const agree = engines.every((engine) => engine.agrees || this.broken.has(engine.id));
    return { reference: references[0].id, tolerance: TOLERANCE, agree, engines };
  }

  /** Steps a second of every engine, table size and batch. */
  async speed() {
    const { runs, seconds, cap } = this.limits;
    /** @type {Map<string, { rates: number[], spent: number }>} */
    const found = new Map();
    for (const engine of this.engines) await this.warm(engine);
    for (let round = 0; round < runs; round += 1) {
      for (const [data, batch] of this.speeds) {
        for (const engine of this.engines) {
          if (this.options.quick && engine.slow && (batch > 64 || data !== "ml-1m")) {
            this.skip(`${engine.id}: all but the smallest batch, because it is too slow for a quick run`);
            continue;
          }
          const key = `${engine.id} ${data} ${batch}`;
          const entry = found.get(key) ?? { rates: [], spent: 0 };
          if (entry.spent > cap) continue;
          const answer = await this.ask(engine, request(engine, "speed", data, { batch, seconds }));
          // Without what the first run needs to load and compile.
          entry.spent += answer?.seconds ?? 0;
          if (answer) entry.rates.push(answer.steps / answer.seconds);
          found.set(key, entry);
        }
      }
      this.options.say(`speed, round ${round + 1} of ${runs}`);
    }
    return this.speeds.flatMap(([data, batch]) =>
      this.engines.flatMap(({ id }) => {
        const rates = found.get(`${id} ${data} ${batch}`)?.rates ?? [];
        return rates.length > 0 ? [{ id, data, batch, steps_per_second: spread(rates) }] : [];
      }),
    );
  }

  /** The most memory that each host has had so far: one million ratings, and every batch. */
  async memory() {
    const peaks = [];
    for (const engine of this.engines.filter((one, n) => this.engines.findIndex((other) => sameHost(one, other)) === n)) {
      if (this.broken.has(engine.id)) continue;
      const bytes = await (await this.hosts.of(engine)).peak();
      const ids = this.engines.filter((other) => sameHost(engine, other)).map(({ id }) => id);
      if (bytes) peaks.push({ ids, bytes });
    }
    return peaks;
  }

  /** Training time until the held-out error is within a hundredth of the bias model's. */
  async target() {
    const { targetRuns, targetSeconds: seconds, cap } = this.limits;
    const engines = this.engines.filter(({ ours, id }) =>
      ours || /^jax-(cuda-)?scan|^torch-graph/.test(id) || (cap === Infinity && id.endsWith("burn-flex")));
    /** @type {Map<string, any[]>} */
    const found = new Map(engines.map(({ id }) => [id, []]));
    for (let round = 0; round < targetRuns; round += 1) {
      for (const engine of engines) {
        const asked = request(engine, "target", "ml-1m", { batch: TARGET_BATCH, seconds });
        // What did not get there in time will not do so the next time.
        if (found.get(engine.id)?.some(({ reached }) => !reached)) continue;
        const answer = await this.ask(engine, asked);
        if (answer) found.get(engine.id)?.push(answer);
      }
      this.options.say(`time to the bias model, round ${round + 1} of ${targetRuns}`);
    }
    return [...found].flatMap(([id, answers]) => {
      if (answers.length === 0) return [];
      const { epochs, rmse, bias_rmse, reached } = answers[answers.length - 1];
      return [{ id, batch: TARGET_BATCH, seconds: spread(answers.map((a) => a.seconds)), epochs, rmse, bias_rmse,
        reached }];
    });
  }

  /** Ratings a second of all replicas together. */
  async replicas() {
    const { runs, seconds, cap, step } = this.limits;
    const engines = this.engines.filter(({ ours, rule, id }) => (ours && rule === "touched") || ["jax-scan", "jax-cuda-scan", "torch-graph"].includes(id));
    /** Seconds that a step of one replica takes. @type {Map<string, number>} */
    const alone = new Map();
    /** @type {Map<string, { id: string, replicas: number, rates: number[], spent: number }>} */
    const found = new Map();
    for (let round = 0; round < runs; round += 1) {
      for (const replicas of REPLICAS) {
        for (const engine of engines) {
          const key = `${engine.id} ${replicas}`;
          const entry = found.get(key) ?? { id: engine.id, replicas, rates: [], spent: 0 };
          if (entry.spent > cap) continue;
          found.set(key, entry);
          if (replicas * (alone.get(engine.id) ?? 0) > step) {
            this.skip(`${engine.id}: ${replicas} replicas, because a step of them takes too long`);
            continue;
          }
          const answer = await this.ask(engine, request(engine, "speed", "ml-1m", { batch: 64, replicas, seconds }));
          entry.spent += answer?.seconds ?? 0;
          if (answer) entry.rates.push(answer.samples / answer.seconds);
          if (answer && replicas === 1) alone.set(engine.id, answer.seconds / answer.steps);
        }
      }
      this.options.say(`replicas, round ${round + 1} of ${runs}`);
    }
    return [...found.values()].flatMap(({ id, replicas, rates }) =>
      rates.length > 0 ? [{ id, replicas, samples_per_second: spread(rates) }] : []);
  }

  /** Time an epoch and peak memory for more and more ratings, each in a fresh host. */
  async growth() {
    const { seconds, most, cap, runs } = this.limits;
    const engines = this.engines.filter(({ ours, rule }) => ours && rule === "touched");
    const found = [];
    for (let ratings = 1000; ratings <= most; ratings *= 10) {
      for (const engine of engines) {
        if (this.broken.has(engine.id) || this.late()) continue;
        const host = await this.hosts.start(engine);
        const asked = request(engine, "speed", "ml-1m", { ratings, batch: GROWTH_BATCH, seconds });
        await this.warm(engine, { ratings, batch: GROWTH_BATCH }, Promise.resolve(host));
        const epochs = [], start = performance.now();
        let wasm_bytes = null;
        for (let round = 0; round < runs && (performance.now() - start) / 1000 < cap; round += 1) {
          const answer = await this.ask(engine, asked, Promise.resolve(host));
          if (!answer) break;
          epochs.push((0.9 * ratings * answer.seconds) / answer.samples);
          wasm_bytes = answer.wasm_bytes ?? null;
        }
        const bytes = await host.peak();
        await host.close();
        if (epochs.length > 0) found.push({ id: engine.id, ratings, epoch_seconds: spread(epochs), bytes, wasm_bytes });
      }
      this.options.say(`growth, ${ratings} ratings`);
    }
    return found;
  }
}

const sameHost = (/** @type {Engine} */ one, /** @type {Engine} */ other) =>
  one.where === other.where && one.host === other.host;

