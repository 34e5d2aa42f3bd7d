// Runs the benchmark and writes what it found. `scripts/bench` calls it when everything is built.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.mjs";
import { machine, versions } from "./machine.mjs";
import { measure } from "./measurements.mjs";
import { report } from "./report.mjs";

const options = { quick: process.argv.includes("--quick"), json: process.argv.includes("--json") };
const cache = process.env.BENCH_CACHE ?? "";
const start = performance.now();
const say = (/** @type {string} */ text) => console.error(`[${seconds().toFixed(0).padStart(4)} s] ${text}`);
const seconds = () => (performance.now() - start) / 1000;

const before = machine();
const found = await measure({
  quick: options.quick,
  say,
  seconds,
  paths: {
    native: process.env.BENCH_NATIVE ?? "",
    python: `${cache}/venv/bin/python`,
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
  versions: { ...versions(cache), ...browser },
  ...figures,
  seconds: Math.round(seconds()),
};

// Only a whole run is worth keeping beside the code.
const folder = options.quick ? cache : new URL("../../docs", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
writeFileSync(`${cache}/results.json`, `${JSON.stringify(result, null, 1)}\n`);
writeFileSync(`${folder}/benchmarks.md`, report(result));
writeFileSync(`${folder}/benchmarks.svg`, chart(result));
if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else process.stdout.write(readFileSync(`${folder}/benchmarks.md`, "utf8"));
say(`wrote ${options.quick ? "benchmarks.md and benchmarks.svg into the cache folder" : "docs/benchmarks.md and .svg"}`);
if (!result.losses.agree) {
  console.error("error: the engines do not train alike, so that their speeds can't be compared:");
  for (const engine of result.losses.engines.filter((one) => !one.agrees)) {
    console.error(`  ${engine.id}: ${engine.error ?? `losses differ by ${engine.difference}`}`);
  }
  process.exit(1);
}
