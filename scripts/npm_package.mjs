// Lays the npm package out in dist/npm, or the folder that is given: the library (www/library) with the modules that it needs, in
// their places, the compiled modules as scripts/build has left them, and types made of the JSDoc. `npm pack` makes a file of it.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT, modulesOf, pageFiles } from "./page_files.mjs";

/** What is loaded by address, and not imported. */
const ENTRIES = ["www/library/node.js", "www/library/browser.js", "www/worker.js"];
const TYPED = ["node", "browser", "session"].map((name) => `www/library/${name}.d.ts`);
const LICENSES = ["LICENSE-APACHE", "LICENSE-MIT"];

/** The crate's version, which is that of everything that is made of it. */
export function crateVersion() {
  const found = /^version = "([^"]+)"$/m.exec(readFileSync(join(ROOT, "Cargo.toml"), "utf8"))?.[1];
  if (!found) throw new Error("Cargo.toml: there is no version");
  return found;
}

/** @param {string} [folder] it is replaced */
export function assembleNpm(folder = join(ROOT, "dist/npm")) {
  if (!existsSync(join(ROOT, "pkg/dual_metric_bg.wasm"))) throw new Error("pkg/: there is no compiled core; scripts/build makes it");
  rmSync(folder, { recursive: true, force: true });
  const put = (/** @type {string} */ from, /** @type {string} */ to) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  };
  const modules = new Set(ENTRIES.flatMap((entry) => modulesOf(entry)));
  const compiled = pageFiles().filter((path) => /^pkg\/.*\.(js|wasm)$/.test(path));
  for (const path of [...modules, ...compiled, ...LICENSES, "www/border.d.ts"]) put(join(ROOT, path), path);
  put(join(ROOT, "www/library/README.md"), "README.md");
  const types = mkdtempSync(join(tmpdir(), "dual-metric-types-"));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const emit = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", ROOT, "--outDir", types];
  execFileSync(tsc, ["--project", join(ROOT, "www/library"), ...emit], { stdio: "inherit" });
  for (const path of TYPED) put(join(types, path), path);
  rmSync(types, { recursive: true });
  const told = JSON.parse(readFileSync(join(ROOT, "www/library/package.json"), "utf8"));
  const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server } = process.env;
  // Provenance is of a repository, which the package has to name.
  const origin = repository ? { repository: { type: "git", url: `git+${server}/${repository}.git` } } : {};
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...told, version: crateVersion(), ...origin }, null, 2)}\n`);
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(assembleNpm(process.argv[2] && resolve(process.argv[2])));
