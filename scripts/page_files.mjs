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

/** Where the service worker is written; it is served beside the document, because it sees only what is below it. */
export const SERVICE_WORKER = "service_worker.js";
const WORKER_SOURCE = `www/${SERVICE_WORKER}`;
const BESIDE = ["index.html", "manifest.webmanifest"];
/** Ways to use the core without the page; scripts/package makes packages of them. */
const TAKEN_ALONG = ["www/library/", "www/widget/"];

/** Whether a path of the working tree is part of the page. @param {string} path from the root, without a slash before it */
export function isOfPage(path) {
  const isThere = BESIDE.includes(path) || path.startsWith("www/") || path.startsWith("pkg/");
  const isElsewhere = path === WORKER_SOURCE || TAKEN_ALONG.some((folder) => path.startsWith(folder));
  return isThere && typeOf(path) !== undefined && !path.endsWith(".d.ts") && !isElsewhere;
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

/** @param {Buffer} bytes */
export const hashOfBytes = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Hashes of files by path, with when and how large each was. @type {Map<string, { mark: string, hash: string }>} */
const known = new Map();

/** The SHA-256 of a file, taken anew when it has changed. @param {string} file */
export function hashOf(file) {
  const { mtimeMs, size } = statSync(file);
  const mark = `${mtimeMs} ${size}`;
  const before = known.get(file);
  if (before?.mark === mark) return before.hash;
  const hash = hashOfBytes(readFileSync(file));
  known.set(file, { mark, hash });
  return hash;
}

/** A name of what the page is made of, which changes with every byte of it. @param {string} [root] */
export function versionOf(root = ROOT) {
  const all = [...pageFiles(root), WORKER_SOURCE].map((path) => `${path} ${hashOf(join(root, path))}`);
  return hashOfBytes(Buffer.from(all.join("\n"))).slice(0, 12);
}

/**
 * The service worker, with what it is to keep before it.
 * @param {{ version: string, isTree: boolean, hashes: Record<string, string> }} release
 * @param {string} [root]
 */
export function serviceWorker({ version, isTree, hashes }, root = ROOT) {
  const all = Object.entries(hashes);
  const isFull = (/** @type {[string, string]} */ [path]) => /(^|\/)pkg\/full\//.test(path);
  const first = Object.fromEntries(all.filter((each) => !isFull(each)));
  const full = Object.fromEntries(all.filter(isFull));
  const release = JSON.stringify({ version, isTree, first, full });
  return `self.release = ${release};\n${readFileSync(join(root, WORKER_SOURCE), "utf8")}`;
}

/** The service worker of the working tree as it is now. */
export function serviceWorkerOfTree() {
  const hashes = Object.fromEntries(pageFiles().map((path) => [path, hashOf(join(ROOT, path))]));
  hashes["index.html"] = hashOfBytes(Buffer.from(withPreloads(readFileSync(join(ROOT, "index.html"), "utf8"))));
  return serviceWorker({ version: versionOf(), isTree: true, hashes });
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
    for (const [, to] of text.matchAll(/^(?:import|export)\s(?:[^"';]*?\sfrom\s)?"(\.{1,2}\/[^"]+)";?$/gm)) {
      found.add(join(path, "..", to).replaceAll("\\", "/"));
    }
  }
  return [...found];
}

/** Asked for first, because the worker that computes starts with it. */
const OF_CORE = ["www/first_worker.js", "www/worker.js", "pkg/dual_metric.js"];
/** Loaded by a worker as soon as the page begins. */
const OF_MAP = "www/map/worker.js";
/** A worker is told by its address which module it is to compile, and a browser takes that for another file. */
const ADDRESSES = new Map([["www/worker.js", "www/worker.js?module=first"]]);

/**
 * The page's document, which asks at once for all modules that it will need: without that the browser learns of a module only from the one
 * that imports it, a way to the server for each.
 * @param {string} html
 * @param {string} [root]
 */
export function withPreloads(html, root = ROOT) {
  const all = (/** @type {string[]} */ entries) => entries.flatMap((entry) => modulesOf(entry, root));
  const modules = new Set(all([...OF_CORE, "www/main.js", OF_MAP]));
  const links = [
    `<link rel="preload" as="fetch" crossorigin fetchpriority="high" href="pkg/dual_metric_bg.wasm">`,
    ...[...modules].map((path) => `<link rel="modulepreload" href="${ADDRESSES.get(path) ?? path}">`),
  ];
  return html.replace("  </head>", `${links.map((link) => `    ${link}\n`).join("")}  </head>`);
}
