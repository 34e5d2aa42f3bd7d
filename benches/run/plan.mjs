// What is measured: the engines, and what each is asked.

/**
 * @typedef {{ id: string, label: string, where: "native" | "chromium", host: string, engine: string,
 *   rule: "all" | "touched", ours?: boolean, gpu?: boolean, reference?: boolean, slow?: boolean, card?: boolean }} Engine
 *   A slow one takes a large part of a second for a step, where there is no graphics card: in a quick run it is asked
 *   for its smallest batch only. One with `card` is asked only where there is a graphics card.
 */

/** @type {Engine[]} */
export const ENGINES = [
  { id: "native-cpu-lazy", label: "Dual Metric, lazy Adam", where: "native", host: "native", engine: "cpu",
    rule: "touched", ours: true },
  { id: "native-cpu", label: "Dual Metric", where: "native", host: "native", engine: "cpu", rule: "all", ours: true },
  { id: "native-burn-flex", label: "burn flex", where: "native", host: "native-burn", engine: "burn-flex", rule: "all",
    reference: true },
  { id: "jax-scan", label: "JAX, scan over 256 steps", where: "native", host: "jax", engine: "jax-scan", rule: "all" },
  { id: "jax-step", label: "JAX, jit a step", where: "native", host: "jax", engine: "jax-step", rule: "all" },
  { id: "jax-scan-1", label: "JAX, scan, one thread", where: "native", host: "jax-one-thread", engine: "jax-scan",
    rule: "all" },
  { id: "jax-step-1", label: "JAX, jit a step, one thread", where: "native", host: "jax-one-thread",
    engine: "jax-step", rule: "all" },
  { id: "native-webgpu-lazy", label: "Dual Metric, WebGPU, lazy Adam", where: "native", host: "native-webgpu",
    engine: "webgpu", rule: "touched", ours: true, gpu: true, card: true },
  { id: "native-webgpu", label: "Dual Metric, WebGPU", where: "native", host: "native-webgpu", engine: "webgpu",
    rule: "all", ours: true, gpu: true, card: true },
  { id: "jax-cuda-scan", label: "JAX on the card, scan over 256 steps", where: "native", host: "jax-cuda",
    engine: "jax-scan", rule: "all", gpu: true, card: true },
  { id: "torch-graph", label: "PyTorch on the card, CUDA graphs", where: "native", host: "torch-cuda", engine: "torch-graph",
    rule: "all", gpu: true, card: true },
  { id: "torch-step", label: "PyTorch on the card", where: "native", host: "torch-cuda", engine: "torch-step", rule: "all",
    gpu: true, card: true },
  { id: "cpu-lazy", label: "Dual Metric, CPU, lazy Adam", where: "chromium", host: "cpu", engine: "cpu",
    rule: "touched", ours: true },
  { id: "cpu", label: "Dual Metric, CPU", where: "chromium", host: "cpu", engine: "cpu", rule: "all", ours: true },
  { id: "webgpu-lazy", label: "Dual Metric, WebGPU, lazy Adam", where: "chromium", host: "webgpu", engine: "webgpu",
    rule: "touched", ours: true, gpu: true },
  { id: "webgpu", label: "Dual Metric, WebGPU", where: "chromium", host: "webgpu", engine: "webgpu", rule: "all",
    ours: true, gpu: true },
  { id: "burn-flex", label: "burn flex", where: "chromium", host: "burn-flex", engine: "burn-flex", rule: "all" },
  { id: "burn-webgpu", label: "burn WebGPU", where: "chromium", host: "burn-webgpu", engine: "burn-webgpu", rule: "all",
    gpu: true, slow: true },
  { id: "tfjs-cpu", label: "TF.js cpu", where: "chromium", host: "tfjs-cpu", engine: "tfjs-cpu-scatter", rule: "all" },
  { id: "tfjs-wasm", label: "TF.js wasm", where: "chromium", host: "tfjs-wasm", engine: "tfjs-wasm-scatter",
    rule: "all" },
  { id: "tfjs-webgl", label: "TF.js webgl", where: "chromium", host: "tfjs-webgl", engine: "tfjs-webgl", rule: "all",
    gpu: true, slow: true },
  { id: "tfjs-webgpu", label: "TF.js webgpu", where: "chromium", host: "tfjs-webgpu", engine: "tfjs-webgpu",
    rule: "all", gpu: true, slow: true },
];

/** Sizes of the tables and the number of ratings; `engine --export` writes the same. */
export const SIZES = {
  "ml-1m": { users: 6040, items: 3952, ratings: 1_000_000 },
  "ml-100k": { users: 943, items: 1682, ratings: 100_000 },
};

/** Table sizes and batches of the comparison. */
export const SPEEDS = /** @type {const} */ ([["ml-1m", 64], ["ml-1m", 256], ["ml-1m", 4096], ["ml-100k", 64]]);

/** What a graphics card is asked besides: there the larger batches are what it is for. */
export const CARD_SPEEDS = /** @type {const} */ ([["ml-1m", 1024], ["ml-1m", 16_384]]);

export const REPLICAS = [1, 8, 64];

/** What is asked on a machine: its engines, and table sizes with batches. @param {boolean} card whether it has a graphics card */
export const planOf = (card) => ({
  engines: ENGINES.filter((engine) => card || !engine.card),
  speeds: card ? [...SPEEDS, ...CARD_SPEEDS] : [...SPEEDS],
});

/** Losses of engines have to agree within this, relatively. */
export const TOLERANCE = 1e-3;

/**
 * How long things may take. Chromium compiles a module quickly at first, and well when it has run for a while; `warm`
 * is how long it is given. An engine that has spent `cap` seconds on one measurement is not asked for more runs of it,
 * no step is tried that is expected to take longer than `step`, and a part of the benchmark ends when the whole has
 * taken as many seconds as `until` says.
 * @param {boolean} quick
 */
export const limits = (quick) =>
  quick
    ? { runs: 5, warm: 2.5, seconds: 0.2, cap: 3, step: 2, steps: 200, stepsSeconds: 5, targetSeconds: 15,
        targetRuns: 1, most: 1e6, until: { losses: 80, speed: 175, target: 210, replicas: 235, growth: 270 } }
    : { runs: 5, warm: 5, seconds: 0.4, cap: 8, step: 5, steps: 200, stepsSeconds: 20, targetSeconds: 5,
        targetRuns: 5, most: 1e7, until: { losses: 120, speed: 580, target: 700, replicas: 800, growth: 900 } };

/**
 * A request, as benches/net/request.rs has it.
 * @param {Engine} engine
 * @param {"speed" | "losses" | "target"} task
 * @param {keyof typeof SIZES} data
 * @param {object} rest
 */
export const request = ({ engine, rule }, task, data, rest) => ({
  task, engine, rule, data, ...SIZES[data], replicas: 1, batch: 64, seconds: 0, steps: 0, ...rest,
});
