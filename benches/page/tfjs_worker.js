// The benchmark's network in TensorFlow.js, written as its own documentation has it: variables, `tf.gather`,
// `optimizer.minimize`. An engine's name is `tfjs-BACKEND` or `tfjs-BACKEND-scatter`; the second gives the lookup a
// gradient of its own by `tf.scatterND`, because the built-in one (`tf.unsortedSegmentSum`) is missing on wasm and slow
// on the CPU.

/**
 * @typedef {any} Tensor
 * @typedef {{ data: string, engine: string, task: string, batch: number, seconds: number, steps: number }} Asked
 */

const scope = /** @type {any} */ (self);

/** The most steps between two waits, and the share of the time for warming up, as for the other engines. */
const STEPS_BETWEEN_WAITS = 16;
const WARM_UP = 0.25;

// The back ends for the CPU and WebGL are in the first.
const scripts = ["tfjs/dist/tf", "tfjs-backend-wasm/dist/tf-backend-wasm", "tfjs-backend-webgpu/dist/tf-backend-webgpu"];
scope.importScripts(...scripts.map((name) => `/tfjs/${name}.min.js`));
const tf = scope.tf;
tf.wasm.setWasmPaths("/tfjs/tfjs-backend-wasm/dist/");

/** @type {Map<string, Promise<Net>>} */
const nets = new Map();

/**
 * @param {string} folder
 * @param {string} name
 */
async function bytes(folder, name) {
  const response = await fetch(`/data/${folder}/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.arrayBuffer();
}

/**
 * @typedef {{ users: Int32Array, items: Int32Array, residuals: Float32Array, weights: Float32Array,
 *   shapes: [number, number][], adam: number[] }} Net ratings in the order of the batches, and first weights
 * @param {string} folder
 * @returns {Promise<Net>}
 */
async function load(folder) {
  const [order, users, items] = (await Promise.all(["order.u32", "users.u32", "items.u32"].map((name) =>
    bytes(folder, name)))).map((buffer) => new Uint32Array(buffer));
  const residuals = new Float32Array(await bytes(folder, "residuals.f32"));
  const about = JSON.parse(new TextDecoder().decode(await bytes(folder, "net.json")));
  return {
    users: Int32Array.from(order, (row) => users[row]),
    items: Int32Array.from(order, (row) => items[row]),
    residuals: Float32Array.from(order, (row) => residuals[row]),
    weights: new Float32Array(await bytes(folder, "weights.f32")),
    shapes: about.shapes,
    adam: about.adam,
  };
}

/** The lookup of rows in a table, with the gradient that is built in. */
const gathered = (/** @type {Tensor} */ table, /** @type {Tensor} */ rows) => tf.gather(table, rows);

/** The same lookup; its gradient adds the rows up with `tf.scatterND`. */
const scattered = (/** @type {Tensor} */ table, /** @type {Tensor} */ rows) =>
  tf.customGrad((/** @type {Tensor} */ t) => ({
    value: tf.gather(t, rows),
    gradFunc: (/** @type {Tensor} */ dy) => tf.scatterND(tf.expandDims(rows, 1), dy, table.shape),
  }))(table);

class Training {
  /**
   * @param {Net} net
   * @param {Asked} request
   */
  constructor(net, request) {
    this.net = net;
    this.batch = request.batch;
    this.batches = Math.floor(net.users.length / request.batch);
    this.next = 0;
    this.lookup = request.engine.endsWith("-scatter") ? scattered : gathered;
    let start = 0;
    /** @type {Tensor[]} */
    this.variables = net.shapes.map(([rows, columns]) => {
      const values = net.weights.slice(start, start + rows * columns);
      start += values.length;
      return tf.variable(tf.tensor2d(values, [rows, columns]));
    });
    const [rate, beta1, beta2, epsilon] = net.adam;
    this.optimizer = tf.train.adam(rate, beta1, beta2, epsilon);
  }

  /** One step; its loss, still on the device. */
  step() {
    const from = this.next * this.batch;
    const to = from + this.batch;
    this.next = (this.next + 1) % this.batches;
    return tf.tidy(() => {
      const users = tf.tensor1d(this.net.users.subarray(from, to), "int32");
      const items = tf.tensor1d(this.net.items.subarray(from, to), "int32");
      const residuals = tf.tensor2d(this.net.residuals.subarray(from, to), [this.batch, 1]);
      const [userTable, itemTable, ...layers] = this.variables;
      return this.optimizer.minimize(() => {
        let x = tf.concat([this.lookup(userTable, users), this.lookup(itemTable, items)], 1);
        for (let n = 0; n < layers.length; n += 2) {
          x = tf.add(tf.matMul(x, layers[n]), layers[n + 1]);
          if (n + 2 < layers.length) x = tf.relu(x);
        }
        return tf.mean(tf.square(tf.sub(x, residuals)));
      }, true, this.variables);
    });
  }

  /** Takes so many steps and waits for the device; the loss of the last. */
  async run(/** @type {number} */ steps) {
    let loss = this.step();
    for (let n = 1; n < steps; n += 1) {
      loss.dispose();
      loss = this.step();
    }
    const [value] = await loss.data();
    loss.dispose();
    return value;
  }

  /** Goes on for at least so many seconds; the number of steps and the last loss. */
  async runFor(/** @type {number} */ seconds) {
    const start = performance.now();
    let steps = 0;
    for (let calls = 1; ; ) {
      const loss = await this.run(calls);
      steps += calls;
      const elapsed = (performance.now() - start) / 1000;
      if (elapsed >= seconds) return { steps, loss };
      const affordable = ((seconds - elapsed) / elapsed) * steps;
      calls = Math.max(1, Math.min(STEPS_BETWEEN_WAITS, Math.floor(affordable)));
    }
  }

  dispose() {
    this.optimizer.dispose();
    tf.dispose(this.variables);
  }
}

/**
 * @param {Training} training
 * @param {Asked} request
 */
async function speed(training, { seconds, batch }) {
  await training.runFor(seconds * WARM_UP);
  const start = performance.now();
  const { steps, loss } = await training.runFor(seconds);
  return { steps, samples: steps * batch, seconds: (performance.now() - start) / 1000, loss };
}

/**
 * @param {Training} training
 * @param {Asked} request
 */
async function losses(training, { seconds, steps }) {
  const start = performance.now();
  const losses = [];
  while (losses.length < steps && (performance.now() - start) / 1000 < seconds) losses.push(await training.run(1));
  return { losses };
}

scope.onmessage = async (/** @type {MessageEvent<Asked>} */ { data: request }) => {
  try {
    const backend = request.engine.split("-")[1];
    if (tf.getBackend() !== backend && !(await tf.setBackend(backend))) {
      throw new Error(`the back end ${backend} does not start here`);
    }
    const folder = request.data;
    if (!nets.has(folder)) nets.set(folder, load(folder));
    const net = await /** @type {Promise<Net>} */ (nets.get(folder));
    const training = new Training(net, request);
    try {
      if (request.task !== "speed" && request.task !== "losses") throw new Error(`no ${request.task} here`);
      scope.postMessage(await (request.task === "speed" ? speed : losses)(training, request));
    } finally {
      training.dispose();
    }
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
