// Runs the end-to-end tests, all or the files that are named, one after the other: a browser that draws in software and trains has two
// cores for itself. A test that fails is run again by itself, at most twice, the last time in the whole browser, which is the one that
// people have: on a busy machine a browser may be late. What fails then has failed, what passed only then is told; both with what was
// wrong, at the end and in artifacts/e2e.txt.

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const folder = new URL("../tests/e2e/", import.meta.url).pathname;
const artifacts = new URL("../artifacts/", import.meta.url).pathname;
const all = () => readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => join(folder, name));
/** How often a test may be run. */
const RUNS = 3;

/** A test that failed: its file, its name, and what was wrong and where. @typedef {{ file: string, name: string, said: string }} Failure */

/** What was wrong, in a line or a few, and the lines of tests it came from. @param {any} error @param {string} file */
function saidBy(error, file) {
  const cause = error?.cause ?? error;
  const message = String(cause?.message ?? cause).split("\n").slice(0, 6).join("\n    ").slice(0, 700);
  const places = String(cause?.stack ?? "").match(/[\w.]+\.mjs:\d+/g) ?? [];
  return `${message}\n    at ${places.slice(0, 4).join(", ") || basename(file)}`;
}

/** Runs tests and says which of them failed. @param {string[]} files @param {string[]} [names] of tests; without, all @returns {Promise<Failure[]>} */
async function failuresOf(files, names) {
  /** @type {Failure[]} */
  const failures = [];
  const patterns = names?.map((name) => new RegExp(`^${name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`));
  const tests = run({ files, concurrency: 1, testNamePatterns: patterns });
  tests.on("test:fail", ({ name, file, todo, details }) => {
    if (todo !== undefined) return;
    // A file that ends before its tests do is itself what fails.
    const at = resolve(file ?? name);
    failures.push({ file: at, name, said: saidBy(details.error, at) });
  });
  // The reporter sums up after the last test: what is said next shall stand below that.
  for await (const text of tests.compose(new spec())) process.stdout.write(text);
  return failures;
}

/** Runs again what failed: tests by their names, and whole files that failed by themselves. @param {Failure[]} failures */
async function failuresAgain(failures) {
  /** @type {Failure[]} */
  const again = [];
  for (const file of new Set(failures.map((failure) => failure.file))) {
    const names = failures.filter((failure) => failure.file === file).map(({ name }) => name);
    again.push(...(await failuresOf([file], names.some((name) => resolve(name) === file) ? undefined : names)));
  }
  return again;
}

const told = (/** @type {Failure[]} */ failures) => failures.map(({ file, name, said }) => `  ${basename(file)}: ${name}\n    ${said}\n`).join("");
const same = (/** @type {Failure} */ one) => (/** @type {Failure} */ other) => one.file === other.file && one.name === other.name;

const named = process.argv.slice(2).map((file) => resolve(file));
/** @type {Failure[]} */
const late = [];
let failed = await failuresOf(named.length > 0 ? named : all());
for (let runs = 1; runs < RUNS && failed.length > 0; runs++) {
  console.log(`\nFailed, and run again:\n${told(failed)}`);
  if (runs === RUNS - 1) delete process.env.HEADLESS_SHELL;
  const again = await failuresAgain(failed);
  late.push(...failed.filter((failure) => !again.some(same(failure))));
  failed = again;
}
const end = [
  ...(late.length > 0 ? [`Passed only when run again:\n${told(late)}`] : []),
  ...(failed.length > 0 ? [`Failed ${RUNS} times:\n${told(failed)}`] : []),
].join("\n");
mkdirSync(artifacts, { recursive: true });
writeFileSync(join(artifacts, "e2e.txt"), end);
if (end !== "") console.log(`\n${end}`);
if (failed.length > 0) process.exitCode = 1;
