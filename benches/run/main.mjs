// Runs the benchmark and writes what it found. `scripts/bench` calls it when everything is built.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.mjs";
import { machine, versions } from "./machine.mjs";
import { measure } from "./measurements.mjs";
import { chartOf, section, withSection } from "./report.mjs";

const has = (/** @type {string} */ option) => process.argv.includes(option);
const options = { quick: has("--quick"), card: has("--card"), json: has("--json") };
const cache = process.env.BENCH_CACHE ?? "";
const start = performance.now();
const say = (/** @type {string} */ text) => console.error(`[${seconds().toFixed(0).padStart(4)} s] ${text}`);
const seconds = () => (performance.now() - start) / 1000;

const before = machine();
const found = await measure({
  quick: options.quick,
  card: options.card,
  say,
  seconds,
  paths: {
    native: process.env.BENCH_NATIVE ?? "",
    python: `${cache}/venv/bin/python`,
    cuda: process.env.BENCH_CUDA_PYTHON ?? "",
    pages: new URL("../page", import.meta.url).pathname,
    module: `${cache}/pkg`,
    data: `${cache}/data`,
    tensorflow: `${cache}/tfjs/node_modules/@tensorflow`,
  },
});
const { browser, ...figures } = found;
const result = {
  command: ["scripts/bench", ...process.argv.slice(2)].join(" "),
  quick: options.quick,
  date: new Date().toISOString().slice(0, 10),
  machine: before,
  versions: { ...versions(cache, process.env.BENCH_CUDA_PYTHON ?? ""), ...browser },
  ...figures,
  seconds: Math.round(seconds()),
};

// Only a whole run is worth keeping beside the code, and beside those of other devices.
const folder = options.quick ? cache : new URL("../../docs", import.meta.url).pathname;
const file = `${folder}/benchmarks.md`;
mkdirSync(folder, { recursive: true });
writeFileSync(`${cache}/results.json`, `${JSON.stringify(result, null, 1)}\n`);
writeFileSync(file, withSection(!options.quick && existsSync(file) ? readFileSync(file, "utf8") : null, result));
writeFileSync(`${folder}/${chartOf(result)}`, chart(result));
process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : section(result));
say(`wrote benchmarks.md and ${chartOf(result)} into ${options.quick ? "the cache folder" : "docs"}`);
if (!result.losses.agree) {
  console.error("error: the engines do not train alike, so that their speeds can't be compared:");
  for (const engine of result.losses.engines.filter((one) => !one.agrees)) {
    console.error(`  ${engine.id}: ${engine.error ?? `losses differ by ${engine.difference}`}`);
  }
  process.exit(1);
}
