// Runs the end-to-end tests, all or the files that are named, one after the other: a browser that draws in software and trains has two
// cores for itself. What fails is run once more: on a busy machine a browser may be late. What fails then has failed; what passed only
// then is told at the end.

import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const folder = new URL("../tests/e2e/", import.meta.url).pathname;
const all = () => readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => join(folder, name));

/** Runs tests and says which of them failed, by their files. @param {string[]} files @returns {Promise<Map<string, string[]>>} */
async function failuresOf(files) {
  /** @type {Map<string, string[]>} */
  const failures = new Map();
  const tests = run({ files, concurrency: 1 });
  tests.on("test:fail", ({ name, file, todo }) => {
    // A file that ends before its tests do is itself what fails.
    const at = resolve(file ?? name);
    if (todo === undefined) failures.set(at, [...(failures.get(at) ?? []), name]);
  });
  tests.compose(new spec()).pipe(process.stdout);
  await new Promise((ended) => tests.on("end", ended));
  return failures;
}

const named = process.argv.slice(2).map((file) => resolve(file));
const failed = await failuresOf(named.length > 0 ? named : all());
const told = (/** @type {Map<string, string[]>} */ failures) =>
  [...failures].flatMap(([file, names]) => names.map((name) => `  ${basename(file)}: ${name}`)).join("\n");
if (failed.size > 0) {
  console.log(`\nFailed, and run once more:\n${told(failed)}\n`);
  const again = await failuresOf([...failed.keys()]);
  for (const file of again.keys()) failed.delete(file);
  if (failed.size > 0) console.log(`\nPassed only when run once more:\n${told(failed)}`);
  if (again.size > 0) {
    console.log(`\nFailed twice:\n${told(again)}`);
    process.exitCode = 1;
  }
}
