// What runs on somebody else's machine with the right to publish: nothing of it may change behind our back, and its parts exist.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { crateVersion } from "../../scripts/npm_package.mjs";
import { ROOT } from "../../scripts/page_files.mjs";

const folder = join(ROOT, ".github/workflows");
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const release = (...args) => execFileSync(join(ROOT, "scripts/release"), args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

test("every action is of one commit, with its version beside it, and the same commit wherever it is used", () => {
  /** @type {Map<string, string>} */
  const known = new Map();
  for (const { name, text } of workflows) {
    for (const [, action, rest] of text.matchAll(/uses: ([^@\s]+)(.*)/g)) {
      assert.match(rest, /^@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${name}: ${action}`);
      assert.equal(known.get(action) ?? rest, rest, `${name}: ${action}`);
      known.set(action, rest);
    }
  }
  assert.ok(known.size >= 7, [...known.keys()].join(" "));
});

test("whoever may only read is given no more: rights are asked for by the job that needs them", () => {
  for (const { name, text } of workflows) assert.match(text, /^permissions:\n {2}contents: read\n\n/m, name);
});

test("the scripts that the workflows call are there", () => {
  const called = workflows.flatMap(({ text }) => [...text.matchAll(/(?:scripts|\.ci)\/[a-z_.]+/g)].map(([path]) => path));
  assert.ok(called.includes("scripts/package") && called.includes("scripts/release"));
  for (const path of called) assert.ok(existsSync(join(ROOT, path)), path);
});

test("a tag that does not fit the crate's version is refused, and so is one of which the changelog says nothing", () => {
  assert.throws(() => release("check", "v99.0.0"), /the tag is v99\.0\.0, and Cargo\.toml has version/);
  const isTold = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8").includes(`\n## ${crateVersion()}`);
  if (isTold) assert.match(release("check", `v${crateVersion()}`), /tells what is new/);
  else assert.throws(() => release("check", `v${crateVersion()}`), /CHANGELOG\.md has nothing under/);
  assert.match(release("notes", "Unreleased"), /### Added/);
});
