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

/** What a Python says of its packages that compute on the card, each where it is there. */
const ON_CARD = `
said = []
for name in ("jax", "torch"):
    try:
        said.append(name + " " + __import__(name).__version__)
    except ImportError:
        pass
print(", ".join(said))
`;

/**
 * Versions of everything but the browser, which says its own.
 * @param {string} cache
 * @param {string} cuda a Python that computes on the card, or nothing
 */
export function versions(cache, cuda) {
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
    ...(cuda && { on_card: said(cuda, "-c", ON_CARD) }),
    tfjs: JSON.parse(readFileSync(tfjs, "utf8")).version,
  };
}
