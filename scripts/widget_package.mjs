// Lays the notebook's widget out in dist/widget, or the folder that is given: the Python package (www/widget), its front end as one
// file, because a notebook gives no address that modules could be loaded from, and the compiled core. scripts/build has to have built pkg/.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { crateVersion } from "./npm_package.mjs";
import { ROOT } from "./page_files.mjs";

const FROM = join(ROOT, "www/widget");

/**
 * A module with all that it imports, as one.
 * @param {string} entry
 * @param {Record<string, string>} [define] constants that the build puts in
 */
async function bundled(entry, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(FROM, entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    define,
    // The core's own loader would look for the core at its address; it is handed over instead.
    logOverride: { "empty-import-meta": "silent" },
  });
  return outputFiles[0].text;
}

/** The page's colours for the widget. @param {string} css */
function colours(css) {
  const root = /:root \{(.*?)\n\}/s.exec(css)?.[1] ?? "";
  const found = root.match(/^\s*--[a-z0-9-]+: light-dark\(.*\);$/gm);
  if (!found || found.length < 10) throw new Error("www/style.css: its colours are not where they were, at the start of :root");
  return `.dual-metric {\n${found.join("\n")}\n}\n`;
}

/** @param {string} [folder] it is replaced */
export async function assembleWidget(folder = join(ROOT, "dist/widget")) {
  const core = join(ROOT, "pkg/dual_metric_bg.wasm");
  if (!existsSync(core)) throw new Error("pkg/: there is no compiled core; scripts/build makes it");
  rmSync(folder, { recursive: true, force: true });
  const files = join(folder, "dual_metric_widget/static");
  mkdirSync(files, { recursive: true });
  cpSync(join(FROM, "dual_metric_widget/__init__.py"), join(folder, "dual_metric_widget/__init__.py"));
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) cpSync(join(ROOT, name), join(folder, name));
  cpSync(join(FROM, "README.md"), join(folder, "README.md"));
  const project = readFileSync(join(FROM, "pyproject.toml"), "utf8").replace(/^# Put in by.*\nversion = .*$/m, `version = "${crateVersion()}"`);
  writeFileSync(join(folder, "pyproject.toml"), project);
  const worker = await bundled("core_worker.js");
  writeFileSync(join(files, "widget.js"), await bundled("widget.js", { CORE_WORKER: JSON.stringify(worker) }));
  const css = readFileSync(join(ROOT, "www/style.css"), "utf8");
  writeFileSync(join(files, "widget.css"), colours(css) + readFileSync(join(FROM, "widget.css"), "utf8"));
  writeFileSync(join(files, "core.wasm.gz"), gzipSync(readFileSync(core), { level: 9 }));
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await assembleWidget(process.argv[2] && resolve(process.argv[2])));
