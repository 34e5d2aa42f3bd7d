// How the benchmarks are written down: a section a device, of which a new run replaces its own and leaves the others.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ENGINES, planOf } from "../../benches/run/plan.mjs";
import { chart } from "../../benches/run/chart.mjs";
import { chartOf, deviceOf, section, withSection } from "../../benches/run/report.mjs";

const docs = new URL("../../docs/", import.meta.url);

/** A run on an adapter that found so many steps a second, at each batch, of each engine. */
function run(adapter, rate, card = false) {
  const { engines, speeds } = planOf(card);
  const spread = { median: rate, min: rate, max: rate, runs: 5 };
  return {
    command: "scripts/bench", quick: false, date: "2026-01-01", seconds: 600,
    machine: { processor: "A Processor", cores: 2, memory: 2 ** 34, system: "Linux 6", load_before: 0.5 },
    versions: { commit: "abc", rustc: "1", burn: "1", wgpu: "1", wasm_bindgen: "1", node: "20", python: "3", jax: "1", numpy: "2", tfjs: "4", chromium: "150", webgpu_adapter: adapter },
    losses: { agree: true, tolerance: 0.001, engines: engines.filter(({ reference }) => !reference).map(({ id }) => ({ id, steps: 200, first: 0.07, last: 0.06, difference: 1e-7, agrees: true })) },
    speed: speeds.flatMap(([data, batch]) => engines.map(({ id }) => ({ id, data, batch, steps_per_second: spread }))),
    memory: [{ ids: ["cpu"], bytes: 2e8 }], target: [], growth: [], left_out: [],
    replicas: [{ id: "cpu-lazy", replicas: 8, samples_per_second: spread }],
  };
}

test("a section a device: a new run replaces its own, and others stay as they are", () => {
  const [slow, fast, again] = [run("swiftshader", 10), run("a card", 900, true), run("swiftshader", 20)];
  const first = withSection(null, slow);
  assert.match(first, /^# Benchmarks\n/);
  assert.ok(first.includes(section(slow)));
  const both = withSection(first, fast);
  for (const each of [slow, fast]) assert.ok(both.includes(section(each)), deviceOf(each));
  const renewed = withSection(both, again);
  assert.ok(renewed.includes(section(again)) && renewed.includes(section(fast)) && !renewed.includes(section(slow)));
  assert.equal(renewed, both.replace(section(slow), section(again)), "nothing else has changed");
  assert.equal(withSection(renewed, again), renewed);
  assert.notEqual(chartOf(slow), chartOf(fast));
});

test("what only a card can do is asked of none else, and its larger batches are told", () => {
  const { engines, speeds } = planOf(false);
  assert.deepEqual(ENGINES.filter((engine) => !engines.includes(engine)).map(({ id }) => id), ["native-webgpu-lazy", "native-webgpu", "jax-cuda-scan", "torch-graph", "torch-step"]);
  assert.ok(speeds.every(([, batch]) => batch <= 4096));
  const [without, on] = [section(run("swiftshader", 10)), section(run("a card", 900, true))];
  assert.ok(!without.includes("Batch 16384") && on.includes("**Batch 16384, MovieLens-1M's size**"));
  assert.ok(!without.includes("JAX on the card, scan") && on.includes("| JAX on the card, scan over 256 steps | natively | 900 (900–900) |"));
  assert.ok(chart(run("a card", 900, true)).includes("Batch 16384, natively"));
});

test("every section of the documents has its chart", () => {
  const text = readFileSync(new URL("benchmarks.md", docs), "utf8");
  const devices = [...text.matchAll(/^<!-- measured on (.+) -->$/gm)].map(([, device]) => device);
  assert.ok(devices.length > 0);
  for (const device of devices) assert.ok(text.includes(`\n## ${device}\n`), device);
  const charts = [...text.matchAll(/\]\((benchmarks-[^)]+\.svg)\)/g)].map(([, name]) => name);
  assert.equal(charts.length, devices.length);
  for (const name of charts) assert.ok(existsSync(new URL(name, docs)), name);
});
