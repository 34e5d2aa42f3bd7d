// What the figures were measured with.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

/** Processor, memory and how busy it is. */
export function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memory: totalmem(),
    system: `${type()} ${release()}`,
    load_before: loadavg()[0],
  };
}

/** Versions of everything but the browser, which says its own. */
export function versions(/** @type {string} */ cache) {
  const root = new URL("../../", import.meta.url);
  const lock = readFileSync(new URL("Cargo.lock", root), "utf8");
  const crate = (/** @type {string} */ name) =>
    new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(lock)?.[1] ?? "unknown";
  const said = (/** @type {string} */ command, /** @type {string[]} */ ...args) => {
    try {
      return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      return "unknown";
    }
  };
  const python = "import platform, jax, numpy; print(platform.python_version(), jax.__version__, numpy.__version__)";
  const [python_version, jax, numpy] = said(`${cache}/venv/bin/python`, "-c", python).split(" ");
  const tfjs = `${cache}/tfjs/node_modules/@tensorflow/tfjs/package.json`;
  return {
    commit: said("git", "rev-parse", "--short", "HEAD"),
    rustc: said("rustc", "--version").split(" ")[1],
    burn: crate("burn"),
    wgpu: crate("wgpu"),
    wasm_bindgen: crate("wasm-bindgen"),
    node: process.versions.node,
    python: python_version,
    jax,
    numpy,
    tfjs: JSON.parse(readFileSync(tfjs, "utf8")).version,
  };
}
