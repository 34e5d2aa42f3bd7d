// docs/benchmarks.md from what was measured, a section a device: plain words first, then how, then the tables.

import { CARD_SPEEDS, ENGINES, SIZES, SPEEDS } from "./plan.mjs";
import { figure, figures, scaled } from "./statistics.mjs";

const WHERE = { native: "natively", chromium: "in Chromium" };
const NAMES = { "ml-1m": "MovieLens-1M's size", "ml-100k": "MovieLens-100K's size" };

/** The engine of an id. */
export const engineOf = (/** @type {string} */ id) =>
  /** @type {import("./plan.mjs").Engine} */ (ENGINES.find((engine) => engine.id === id));

const named = (/** @type {string} */ id) => `${engineOf(id).label}, ${WHERE[engineOf(id).where]}`;
const megabytes = (/** @type {number | null | undefined} */ bytes) => (bytes ? `${figure(bytes / 1e6)}` : "–");

/** A table in Markdown; the first column to the left, the rest to the right. */
function table(/** @type {string[]} */ heads, /** @type {string[][]} */ rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map((_, n) => (n === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Steps a second of an engine at a table size and batch. */
const rate = (/** @type {any} */ result, /** @type {string} */ id, /** @type {string} */ data, batch = 64) =>
  result.speed.find((/** @type {any} */ s) => s.id === id && s.data === data && s.batch === batch)?.steps_per_second;

/** What the figures say, in sentences. */
function summary(/** @type {any} */ result) {
  const at = (/** @type {string} */ id, batch = 64) => rate(result, id, "ml-1m", batch)?.median;
  const best = (/** @type {string[]} */ ids, batch = 64) =>
    ids.filter((id) => at(id, batch)).sort((a, b) => at(b, batch) - at(a, batch))[0];
  const others = (/** @type {string} */ where, /** @type {(id: string) => boolean} */ is) =>
    ENGINES.filter((engine) => engine.where === where && !engine.ours && is(engine.id)).map(({ id }) => id);
  /** @type {string[]} */
  const lines = [];
  const compare = (/** @type {string} */ own, /** @type {string | undefined} */ other, batch = 64) => {
    if (!other || !at(own, batch) || !at(other, batch)) return;
    const [ours, theirs] = [at(own, batch), at(other, batch)];
    const ratio = ours >= theirs ? `${figure(ours / theirs)} times as fast as` : `${figure(theirs / ours)} times slower than`;
    lines.push(`- ${named(own)}, batch ${batch}: ${figure(ours * batch)} ratings a second, ${ratio} ` +
      `${engineOf(other).label} (${figure(theirs * batch)}).`);
  };
  const tensorflow = others("chromium", (id) => id.startsWith("tfjs"));
  for (const batch of [64, 4096]) {
    for (const own of ["cpu-lazy", "cpu", "webgpu"]) compare(own, best(tensorflow, batch), batch);
  }
  compare("cpu", "burn-flex");
  compare("webgpu", "burn-webgpu");
  for (const own of ["native-cpu-lazy", "native-cpu"]) {
    compare(own, best(["jax-scan", "jax-step"]));
    compare(own, best(["jax-scan-1", "jax-step-1"]));
    compare(own, best(["jax-scan", "jax-step"], 4096), 4096);
  }
  for (const own of ["native-webgpu-lazy", "native-webgpu"]) {
    for (const batch of [64, 1024, 4096, 16_384]) {
      for (const other of ["jax-cuda-scan", "torch-graph"]) compare(own, other, batch);
    }
  }
  return lines.join("\n");
}

function speeds(/** @type {any} */ result) {
  return [...SPEEDS, ...CARD_SPEEDS].flatMap(([data, batch]) => {
    const rows = ENGINES.flatMap(({ id, where, label }) => {
      const steps = rate(result, id, data, batch);
      if (!steps) return [];
      const microseconds = { median: 1e6 / steps.median, min: 1e6 / steps.max, max: 1e6 / steps.min, runs: steps.runs };
      return [[label, WHERE[where], figures(steps), figures(microseconds), figures(scaled(steps, batch))]];
    });
    const heads = ["engine", "where", "steps a second", "µs a step", "ratings a second"];
    if (rows.length === 0) return [];
    const { users, items } = SIZES[data];
    return `**Batch ${batch}, ${NAMES[data]}** (${users} people, ${items} items)\n\n${table(heads, rows)}`;
  }).join("\n\n");
}

/** What a run was measured on. */
export const deviceOf = (/** @type {any} */ { machine, versions }) =>
  `${machine.processor}, ${machine.cores} cores, WebGPU on ${versions.webgpu_adapter ?? "nothing"}`;

/** The file of a device's chart, beside the text. */
export const chartOf = (/** @type {any} */ result) =>
  `benchmarks-${deviceOf(result).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}.svg`;

const HEAD = `# Benchmarks

How fast the engines train one small recommender, beside burn, TensorFlow.js and JAX: the same network, ratings, first
weights, order of batches and optimiser everywhere, and the same losses. A section a device; figures of two devices are not
compared.
`;
const begin = (/** @type {string} */ device) => `<!-- measured on ${device} -->`;
const END = "<!-- end -->";

/**
 * The text with the section of a run's device in place of the one that it had, or after the others.
 * @param {string | null} text of before
 * @param {any} result
 */
export function withSection(text, result) {
  const before = text ?? HEAD;
  const own = `${begin(deviceOf(result))}\n\n${section(result)}\n${END}\n`;
  const at = before.indexOf(begin(deviceOf(result)));
  if (at < 0) return `${before.trimEnd()}\n\n${own}`;
  const end = before.indexOf(END, at);
  return before.slice(0, at) + own + (end < 0 ? "" : before.slice(end + END.length).replace(/^\n/, ""));
}

/** The section of a device. */
export function section(/** @type {any} */ result) {
  const { machine, versions, losses } = result;
  const lossRows = losses.engines.map((/** @type {any} */ one) =>
    one.error ? [named(one.id), "–", "–", "–", one.error]
      : [named(one.id), String(one.steps), one.first.toFixed(6), one.last.toFixed(6), one.difference.toExponential(1)]);
  const targetRows = result.target.map((/** @type {any} */ one) => [
    named(one.id), one.reached ? figures(one.seconds) : `not within ${figure(one.seconds.median)}`,
    figure(one.epochs), one.rmse.toFixed(4), one.bias_rmse.toFixed(4),
  ]);
  const memoryRows = result.memory.map((/** @type {any} */ one) => [
    [...new Set(one.ids.map((/** @type {string} */ id) => engineOf(id).host))].join(", "),
    WHERE[engineOf(one.ids[0]).where], megabytes(one.bytes),
  ]);
  const growthRows = result.growth.map((/** @type {any} */ one) => {
    // What a host needs without ratings is taken off.
    const least = result.growth.find((/** @type {any} */ other) => other.id === one.id);
    const each = (/** @type {string} */ key) =>
      one.ratings > 1e4 && one[key] && least[key] ? figure((one[key] - least[key]) / (one.ratings - least.ratings)) : "–";
    return [named(one.id), one.ratings.toLocaleString("en-US"), figures(scaled(one.epoch_seconds, 1e3)),
      megabytes(one.bytes), each("bytes"), megabytes(one.wasm_bytes), each("wasm_bytes")];
  });
  const replicaRows = result.replicas.map((/** @type {any} */ one) =>
    [named(one.id), String(one.replicas), figures(one.samples_per_second)]);
  return `## ${deviceOf(result)}

${result.quick ? "**A quick run, of short measurements.**\n\n" : ""}${summary(result)}

![Ratings a second by engine](${chartOf(result)})

### How it was measured

\`${result.command}\` on ${result.date}, in ${Math.round(result.seconds / 60)} minutes. ${machine.processor}, ${machine.cores} cores, ${Math.round(machine.memory / 2 ** 30)} GiB,
${machine.system}; load ${figure(machine.load_before)} before the start. Commit ${versions.commit}; rustc ${versions.rustc}, burn ${versions.burn}, wgpu ${versions.wgpu}, wasm-bindgen ${versions.wasm_bindgen};
Chromium ${versions.chromium ?? "–"} with the WebGPU adapter *${versions.webgpu_adapter ?? "none"}*; TF.js ${versions.tfjs}; Python ${versions.python}, JAX ${versions.jax}, NumPy ${versions.numpy}${versions.on_card ? `, on the card ${versions.on_card}` : ""}; Node.js ${versions.node}.

* **The network**: two tables of 16 numbers a row, an MLP 32-32-16-1 with ReLU on a row of each, mean squared error, Adam
  (10⁻³, 0.9, 0.999, 10⁻⁸). Unless *lazy* is said, a step moves every row of the tables, as in the frameworks; *lazy*
  moves the rows that the batch names.
* **The ratings**: a million from a seeded generator with planted tastes and biases, a tenth held out.
* **One run**: all engines take turns, each in a process of its own; ${result.quick ? "up to five" : "five"} runs each, as median (least–most).
  An engine warms up first; its own clock is read, after the last step is done.
* **TF.js** is written with variables, \`tf.gather\` and \`optimizer.minimize\`. The wasm back end lacks the kernel
  (\`UnsortedSegmentSum\`) for the gradient of \`tf.gather\`, and on the cpu back end it takes seconds; both are given a
  gradient by \`tf.customGrad\` and \`tf.scatterND\` instead, on which they train alike and much faster.
* **JAX** runs on the CPU, or on the card where that is said, with the ratings on its device. *One thread* pins it to one core.
* The time to write, load or compile anything is not counted.
* To set this beside the largest: NVIDIA's implementation of NeuMF trains, by its own figure, 22.6 million samples a second on an A100, on a network
  with 69 times the arithmetic of this one.

### The same losses

The loss of the first step, the mean of the last four steps, and the largest relative difference from burn flex (of the
first four steps and of that mean); up to ${figure(losses.tolerance)} is let pass. ${losses.agree ? "All agree." : "**They do not agree: the speeds below can't be compared.**"}

${table(["engine", "steps", "first", "last", "difference"], lossRows)}

### Speed

${speeds(result)}

### Time to the bias model's error

Seconds in training, batch 256, until the RMSE on the held-out ratings is within 1 % of that of mean + person + item;
looked at eight times an epoch, and the looking is not counted.

${table(["engine", "seconds", "epochs", "RMSE then", "bias model"], targetRows)}

### Memory

The most memory resident, in MB, over all batches with a million ratings: the program's process; in Chromium the page's
process, with the graphics process where the engine is on WebGPU or WebGL.

${table(["process", "where", "MB"], memoryRows)}

### Growth with the number of ratings

Batch 256, lazy Adam, a fresh process each. Bytes a rating are what comes on top of the smallest case.

${table(["engine", "ratings", "ms an epoch", "MB", "bytes a rating", "wasm memory, MB", "bytes a rating of it"], growthRows)}

### Replicas

Networks of one shape that train side by side, batch 64 each: ratings a second of all together.

${table(["engine", "replicas", "ratings a second"], replicaRows)}
${result.left_out.length > 0 ? `\n### Left out\n\n${result.left_out.map((/** @type {string} */ what) => `* ${what}`).join("\n")}\n` : ""}`;
}
