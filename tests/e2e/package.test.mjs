// The npm package as somebody gets it: packed, installed in a folder of its own, and used there by its name, in Node.js and in a
// browser, without the page.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { assembleNpm } from "../../scripts/npm_package.mjs";
import { ROOT } from "../../scripts/page_files.mjs";
import { published, serve } from "../../scripts/server.mjs";
import { relatedFiles } from "./page.mjs";

const home = mkdtempSync(join(tmpdir(), "dual-metric-package-"));
const installed = join(home, "node_modules/dual-metric");
const DML = { model: "dml", epochs: 4 };

before(() => {
  const folder = assembleNpm(join(home, "package"));
  const npm = (...args) => execFileSync("npm", args, { cwd: home, encoding: "utf8" });
  const [{ filename }] = Object.values(JSON.parse(npm("pack", "--json", folder)));
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm("install", "--offline", "--no-audit", "--no-fund", `./${filename}`);
});
after(() => rmSync(home, { recursive: true, force: true }));

const opened = async (how) => (await import(pathToFileURL(join(installed, "www/library/node.js")).href)).open(how);

/** The example that the package's README shows. */
const example = () => /```js\n(.*?)```/s.exec(readFileSync(join(installed, "README.md"), "utf8"))[1];

/** What the loop over a training is told. */
async function all(events) {
  const told = [];
  for await (const event of events) told.push(event);
  return told;
}

test("the README's example runs in Node.js as it stands: less error than the bias model, and titles to recommend", () => {
  writeFileSync(join(home, "example.js"), example());
  const lines = execFileSync(process.execPath, ["example.js"], { cwd: home, encoding: "utf8" }).trim().split("\n");
  const epochs = lines.filter((line) => /^epoch \d+ \[ '0\.\d{4}', '0\.\d{4}' \]$/.test(line));
  assert.ok(epochs.length >= 3, lines.join("\n"));
  const [books, films] = ["books", "films"].map((name) => lines.find((line) => line.startsWith(`${name} `)));
  for (const line of [books, films]) {
    const [, model, bias] = /(\S+) bias model (\S+)$/.exec(line).map(Number);
    assert.ok(model < 0.7 * bias, `${line}: half the error on the sample, whose map is planted`);
  }
  assert.equal(lines.slice(-2).filter((line) => /^([A-Z].+ \d\.\d(, |$)){3}$/.test(line)).length, 2);
});

test("the example is right by its types, and a wrong one is not", () => {
  const check = (name, text) => {
    writeFileSync(join(home, name), text);
    const flags = ["--strict", "--noEmit", "--skipLibCheck", "false", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom", "--types", ""];
    try {
      execFileSync(join(ROOT, "node_modules/.bin/tsc"), [...flags, name], { cwd: home, encoding: "utf8" });
      return "";
    } catch (error) {
      return error.stdout;
    }
  };
  assert.equal(check("right.ts", example()), "");
  assert.match(check("wrong.ts", example().replace("model.rmse", "model.rsme")), /Property 'rsme' does not exist on type 'Scores'/);
  assert.match(check("wrong.ts", example().replace('model: "dml"', "epochs: true")), /Type 'boolean' is not assignable to type 'number'/);
});

test("own files: columns are understood, people found by name, figures stand beside the bias model", async () => {
  const session = await opened();
  const { a, b } = relatedFiles();
  await session.read("a", a.buffer, { name: a.name });
  const data = await session.read("b", b.buffer.toString(), { name: b.name });
  assert.deepEqual(data.domains.map(({ name, users }) => [name, users]), [["first", 500], ["second", 500]]);
  assert.equal(data.overlap_users, 500);
  assert.equal(data.domains[0].understood.split(" of ")[1], "60 items, 1 to 5");
  const told = await all(session.train({ settings: DML }));
  assert.equal(told[0].type, "started");
  assert.equal(session.state.state, "done");
  assert.equal(told.at(-1).type, "report");
  assert.ok(told.at(-1).complete);
  for (const { model, bias, mean } of session.report.domains) assert.ok(model.rmse < bias.rmse && bias.rmse < mean.rmse);
  assert.ok(session.verdict.some((line) => line.startsWith("Beside the bias model")), session.verdict.join("\n"));
  const advice = await session.recommend("u17", { n: 4 });
  assert.equal(advice.label, "u17");
  assert.deepEqual(advice.domains.map(({ next }) => next.length), [4, 4]);
  assert.deepEqual(await session.recommend({ domain: 1, user: advice.domains[1].user }, { n: 4 }), advice, "by number in the other domain");
  await assert.rejects(session.recommend("u1700"), /there is nobody whose id or title contains "u1700"/);
  await assert.rejects(session.recommend("17"), /a part of several: u17, u117/);
  const map = await session.map();
  assert.deepEqual(map.clouds.map(({ points, width }) => points.length / width), [500, 500]);
  const { name, bytes } = await session.export("model");
  assert.equal(name, "model.safetensors");
  assert.ok(bytes.length > 10_000);
  session.close();
  await assert.rejects(session.map(), /the session is closed/);
});

test("a training rests outside of its loop, and goes on from where it was or from a checkpoint, to the same numbers", async () => {
  const figures = async (interrupt) => {
    let session = await opened();
    const files = relatedFiles();
    const load = async () => {
      for (const slot of ["a", "b"]) await session.read(slot, files[slot].buffer, { name: files[slot].name });
    };
    await load();
    const told = [];
    const setup = { settings: DML };
    if (interrupt) {
      const steps = await all(session.train({ ...setup, steps: 2 }));
      assert.equal(steps.filter(({ type }) => type === "epoch").length, 2, "so many steps and no more");
      for await (const event of session.train()) {
        told.push(event);
        if (event.type === "epoch") break;
      }
      const { fraction } = session.state;
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(session.state.fraction, fraction, "it rests");
      const checkpoint = await session.checkpoint();
      session.close();
      session = await opened();
      await load();
      told.push(...(await all(session.train({ ...setup, checkpoint }))));
    } else {
      told.push(...(await all(session.train(setup))));
    }
    const { report } = session;
    session.close();
    return { rmse: report.domains.map(({ model }) => model.rmse), changes: report.domains.map(({ all: { change } }) => change) };
  };
  assert.deepEqual(await figures(true), await figures(false));
});

test("what cannot be read or trained is refused in words, and nothing is lost by it", async () => {
  const session = await opened();
  await session.sample();
  await assert.rejects(session.read("a", "title;person;thing;other\na;1;2;3\nb;3;4;3\nc;5;6;4\n", { name: "odd.csv" }), (error) => {
    assert.equal(error.name, "UnreadError");
    assert.match(error.message, /odd\.csv/);
    assert.deepEqual(error.unread.preview.columns, ["title", "person", "thing", "other"]);
    return true;
  });
  assert.equal(session.data.domains.length, 2, "the sample is still there");
  await assert.rejects(session.prepare({ preset: "best" }), /there is no "best"; there are robust, paper/);
  await assert.rejects(session.prepare({ seed: 1 }), /^Error: seed: .* belongs into settings/);
  await assert.rejects(session.prepare({ settings: { batch: 0 } }), /^Error: setting batch:/);
  await assert.rejects(session.prepare({ settings: { model: "cml" } }), /open\(\{ module: "full" \}\)/);
  await session.clear();
  await assert.rejects(all(session.train()), /two rating files are needed/);
  session.close();
});

test("the second module trains in Node.js what the first cannot", { skip: !existsSync(join(ROOT, "pkg/full")) && "it was not built" }, async () => {
  const session = await opened({ module: "full" });
  await session.sample();
  for await (const event of session.train({ settings: { model: "cml", epochs: 1, patience: null } })) if (event.type === "report") break;
  for (const { model } of session.report.domains) assert.ok(model.rmse > 0 && model.rmse < 0.5, model.rmse);
  session.close();
});

/** A page of the given lines, which `tell` and end with "closed"; what it has told. */
async function told(lines, flags = []) {
  writeFileSync(join(home, "index.html"), '<!doctype html><title>ten lines</title><pre id="told"></pre><script type="module" src="page.js"></script>');
  const tell = 'function tell(...parts) { document.querySelector("#told").textContent += `${parts.join(" ")}\\n`; }';
  writeFileSync(join(home, "page.js"), `${lines}\ntell("closed");\n${tell}\n`);
  const server = await serve(0, published(home));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage", ...flags] });
  try {
    const page = await browser.newPage();
    const outside = [], problems = [];
    page.on("request", (request) => /^(blob:|http:\/\/localhost:)/.test(request.url()) || outside.push(request.url()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && !message.location().url.endsWith("favicon.ico") && problems.push(message.text()));
    await page.goto(server.url);
    const closed = () => document.querySelector("#told").textContent.includes("closed");
    await page.waitForFunction(closed, undefined, { timeout: 300_000 }).catch((error) => assert.fail(`${error.message} ${problems.join("\n")}`));
    for (let tries = 0; tries < 50 && page.workers().length > 0; tries++) await page.waitForTimeout(100);
    assert.equal(page.workers().length, 0, "closing ends the worker");
    assert.deepEqual([outside, problems], [[], []]);
    return await page.locator("#told").textContent();
  } finally {
    await browser.close();
    server.close();
  }
}

const BY_ADDRESS = 'from "/node_modules/dual-metric/www/library/browser.js"';

test("in a browser the same lines run over a worker, under the page's own policy, and no request leaves the origin", async () => {
  const text = await told(example().replace('from "dual-metric"', BY_ADDRESS).replaceAll("console.log(", "tell("));
  for (const name of ["books", "films"]) {
    const [, model, bias] = new RegExp(`^${name} (\\S+) bias model (\\S+)$`, "m").exec(text).map(Number);
    assert.ok(model < 0.7 * bias, text);
  }
});

test("where there is WebGPU the library trains on it when asked, and a stand-in for a graphics card is not chosen by itself", async () => {
  const lines = `import { open } ${BY_ADDRESS};
    const session = await open();
    await session.sample();
    tell((await session.prepare({ settings: { model: "dml" } })).device);
    for await (const event of session.train({ settings: { model: "dml" }, device: "webgpu", steps: 1 })) if (event.type === "epoch") tell(session.prepared.device, "epoch", event.domains[0].own);
    session.close();`;
  const [first, second] = (await told(lines, ["--enable-unsafe-webgpu"])).split("\n");
  assert.equal(first, "cpu");
  assert.match(second, /^webgpu epoch 0\.0\d+$/);
});
