// Lays the page out as it is published, in site/ or the folder that is given: all files under v/<version>/, where the version is
// the hash of their contents, and beside them the document, the manifest and the service worker, whose names stay. A browser may
// keep the former for ever, and never gets files of two versions. scripts/build has to have built pkg/.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT, hashOf, hashOfBytes, pageFiles, serviceWorker, versionOf, withPreloads } from "./page_files.mjs";

/**
 * @param {string} [folder]
 * @param {string} [root] of the tree that it is made of, with a slash at its end
 */
export function assemble(folder = join(ROOT, "site"), root = ROOT) {
  const paths = pageFiles(root);
  const version = versionOf(root);
  const moved = (/** @type {string} */ path) => `v/${version}/${path}`;
  rmSync(folder, { recursive: true, force: true });
  /** @type {Record<string, string>} */
  const hashes = {};
  for (const path of paths.filter((each) => each.includes("/"))) {
    const to = join(folder, moved(path));
    mkdirSync(dirname(to), { recursive: true });
    for (const ending of ["", ".br", ".gz"]) if (existsSync(join(root, path + ending))) copyFileSync(join(root, path + ending), to + ending);
    hashes[moved(path)] = hashOf(join(root, path));
  }
  // An installed page's icons stay where they were when it was installed.
  cpSync(join(root, "www/icons"), join(folder, "www/icons"), { recursive: true });
  const put = (/** @type {string} */ path, /** @type {string} */ text) => {
    writeFileSync(join(folder, path), text);
    hashes[path] = hashOfBytes(Buffer.from(text));
  };
  const html = withPreloads(readFileSync(join(root, "index.html"), "utf8"), root);
  put("index.html", html.replace(/(href|src)="(www|pkg)\//g, `$1="${moved("$2/")}`));
  put("manifest.webmanifest", readFileSync(join(root, "manifest.webmanifest"), "utf8"));
  writeFileSync(join(folder, "service_worker.js"), serviceWorker({ version, isTree: false, hashes }, root));
  return { folder, version };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, version } = assemble(process.argv[2] && resolve(process.argv[2]));
  console.log(`${folder}: version ${version}`);
}
