// What the page has to load before it can do anything.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const module = readFileSync(new URL("../../pkg/dual_metric_bg.wasm", import.meta.url));

test("the page's module holds nothing of burn and its shader compilers", () => {
  // The places of panics name the files of every crate that is in it, and stay when the names of functions are left out.
  const crates = new Set(module.toString("latin1").match(/(?<=\/)[a-z][a-z0-9_-]*(?=-\d+\.\d+\.\d+\/src\/)/g));
  assert.ok(crates.has("wgpu") && crates.has("nalgebra"), `crates are found by their files: ${[...crates].join(" ")}`);
  const unwanted = [...crates].filter((name) => /^(burn|cubecl|cubek|pliron|naga|wgpu-core|wgpu-hal)\b/.test(name));
  assert.deepEqual(unwanted, []);
});

test("the second module is no larger than it has to be", (t) => {
  const full = readFileSync(new URL("../../pkg/full/dual_metric_bg.wasm", import.meta.url));
  const size = gzipSync(full).length;
  t.diagnostic(`${full.length} bytes, ${size} gzipped`);
  const told = JSON.parse(readFileSync(new URL("../../pkg/sizes.json", import.meta.url), "utf8"));
  assert.deepEqual([told.first.bytes, told.full.bytes], [module.length, full.length], "the page says how large they are");
  // Of these burn, its WebGPU back end and their shader compilers are nearly 4,000,000, what the first module has is the rest.
  assert.ok(size < 6_220_000, `${size} bytes gzipped`);
});

test("the page's module is small", (t) => {
  const size = gzipSync(module).length;
  t.diagnostic(`${module.length} bytes, ${size} gzipped`);
  // Of these the Bayesian sampler, compiled for two dimensions, is about 200,000, the experiments with their figures and the
  // search for settings are about 350,000, checkpoints and the states in them 100,000, names of functions, which are published
  // without, 150,000, folding people in and reasons 65,000, trainings side by side 27,000, the map's groups, parts and items, parts
  // of files, the plan of a card's steps and its autoencoders together 80,000, and the peers that train on the fused engine about 60,000.
  assert.ok(size < 2_190_000, `${size} bytes gzipped`);
});
