// Which files the page is made of, in the working tree: for the server, for what is published and for the service worker.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The working tree. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));

export const TYPES = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".wasm", "application/wasm"],
  [".webmanifest", "application/manifest+json"],
]);

/** The parts of a file's name that say what it is. @param {string} path */
export const typeOf = (path) => TYPES.get(/\.[a-z]+$/.exec(path)?.[0] ?? "");

/** What lies beside `index.html` and belongs to the page. */
const BESIDE = ["index.html", "manifest.webmanifest", "service_worker.js"];

/** Whether a path of the working tree is part of the page. @param {string} path from the root, without a slash before it */
export function isOfPage(path) {
  const isThere = BESIDE.includes(path) || path.startsWith("www/") || path.startsWith("pkg/");
  return isThere && typeOf(path) !== undefined && !path.endsWith(".d.ts");
}

/** All files of the page, sorted. @param {string} [root] */
export function pageFiles(root = ROOT) {
  const folders = ["www", "pkg"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length).replaceAll("\\", "/")),
  );
  return [...BESIDE, ...folders].filter(isOfPage).sort();
}

/** Hashes of files by path, with when and how large each was. @type {Map<string, { mark: string, hash: string }>} */
const known = new Map();

/** The SHA-256 of a file, taken anew when it has changed. @param {string} file */
export function hashOf(file) {
  const { mtimeMs, size } = statSync(file);
  const mark = `${mtimeMs} ${size}`;
  const before = known.get(file);
  if (before?.mark === mark) return before.hash;
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  known.set(file, { mark, hash });
  return hash;
}

/** The page's own Content-Security-Policy. @param {string} html */
export function policyOf(html) {
  const found = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
  if (!found) throw new Error("index.html has no Content-Security-Policy");
  return found;
}

/**
 * The modules that a module needs before it can run, itself first.
 * @param {string} entry
 * @param {string} [root]
 */
export function modulesOf(entry, root = ROOT) {
  const found = new Set([entry]);
  for (const path of found) {
    const text = readFileSync(join(root, path), "utf8");
    for (const [, to] of text.matchAll(/^(?:import|export)\s(?:[^"';]*?\sfrom\s)?"(\.{1,2}\/[^"]+)";/gm)) {
      found.add(join(path, "..", to).replaceAll("\\", "/"));
    }
  }
  return [...found];
}

/** Loaded by a worker as soon as the page begins. */
const OF_WORKERS = ["www/worker.js", "pkg/dual_metric.js", "www/map/worker.js"];

/**
 * The page's document, which asks at once for all modules that it will need: without that the browser learns of a module only from the one
 * that imports it, a way to the server for each.
 * @param {string} html
 * @param {string} [root]
 */
export function withPreloads(html, root = ROOT) {
  const page = modulesOf("www/main.js", root);
  const modules = [...new Set([...page, ...OF_WORKERS.flatMap((entry) => modulesOf(entry, root))])];
  const links = modules.map((path) => `<link rel="modulepreload" href="${path}">`);
  return html.replace("  </head>", `${links.map((link) => `    ${link}\n`).join("")}  </head>`);
}
