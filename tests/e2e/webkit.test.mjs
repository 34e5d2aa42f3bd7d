// The page in WebKit, as far as it is to be had: the way from the sample to somebody's list, trained on the CPU, and a model that is
// kept and gone on with. WebKitGTK has neither WebGPU nor a file system for the page.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { TREE, serve } from "../../scripts/server.mjs";
import { MINUTES, colours, until as waitUntil } from "./elsewhere.mjs";
import { BrowserEnded, KEYS, missing, openWebKit } from "./webdriver.mjs";

const artifacts = new URL("../../artifacts/", import.meta.url).pathname;
mkdirSync(artifacts, { recursive: true });

/** WebDriver tells nothing of the console: the modules with which the page and its workers begin say what goes wrong in them. */
const EAVESDROPPER = `
{
  const told = new BroadcastChannel("problems");
  const say = (text) => told.postMessage(String(text));
  if (globalThis.document) {
    const all = (globalThis.problems = []);
    new BroadcastChannel("problems").onmessage = ({ data }) => all.push(data);
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => say("policy: " + violatedDirective + " " + blockedURI));
  }
  addEventListener("error", ({ message, target }) => say("error: " + (message ?? target.src ?? target.href)), true);
  addEventListener("unhandledrejection", ({ reason }) => say("rejection: " + reason));
  const before = console.error;
  console.error = (...what) => (say("console: " + what.join(" ")), before.apply(console, what));
}
`;
const OVERHEARD = ["www/theme.js", "www/worker.js", "www/map/worker.js"];
const overheard = {
  ...TREE,
  made: (path, bytes) => (OVERHEARD.includes(path) ? Buffer.concat([bytes, Buffer.from(EAVESDROPPER)]) : TREE.made(path, bytes)),
};

/** @type {typeof waitUntil} */
const until = (page, says, what, most = 2 * MINUTES) => waitUntil(page, says, what, most);

const textOf = (page, selector) => page.evaluate((selector) => document.querySelector(selector).textContent, selector);

/** Looks for people and takes the first suggestion after `steps` down. */
async function choose(page, text, steps) {
  await page.click("#search-user");
  // The box holds who is looked at already.
  await page.evaluate(() => document.querySelector("#search-user").select());
  await page.type("#search-user", text);
  await until(page, () => document.querySelectorAll("#search-user-list li .marks").length > 0, "the suggestions");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await page.type("#search-user", KEYS.DOWN.repeat(steps) + KEYS.ENTER);
}

/** WebKit 2.50.6 ends by itself in some runs, with a trap in its own library, whatever the page is at: then it is tried again. */
const TRIES = 4;

test("WebKit: the sample is trained, drawn, asked, and gone on with after a reload", { timeout: 20 * MINUTES }, async (t) => {
  if (missing) return t.skip(missing);
  for (let left = TRIES - 1; ; left--) {
    try {
      return await visit(t);
    } catch (error) {
      if (!(error instanceof BrowserEnded)) throw error;
      t.diagnostic(`WebKit has ended by itself: ${error.message} ${String(error.stack).match(/webkit\.test\.mjs:\d+/)?.[0] ?? ""}`);
      if (left === 0 && /timeout/.test(error.message)) throw error;
      if (left === 0) return t.skip(`WebKit has ended by itself ${TRIES} times: what the page does in it is not known`);
    }
  }
});

/** All that is looked at. @param {import("node:test").TestContext} t */
async function visit(t) {
  const server = await serve(0, overheard);
  const page = await openWebKit();
  try {
    const began = Date.now();
    await page.goto(`${server.url}#model=dml&seed=1&epochs=6&lang=en`);
    await until(page, () => document.body.dataset.ready === "true" && !document.querySelector("#play").disabled, "the sample");
    t.diagnostic(`${page.version}: the sample is there after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    assert.equal(await textOf(page, "#device-name"), "CPU");
    // What the map's worker has drawn is on the screen a moment later.
    let before = await colours(page);
    const isDrawn = () => before.blue > 500 && before.red > 500;
    for (let n = 0; n < 40 && !isDrawn(); n++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      before = await colours(page);
    }
    assert.ok(isDrawn(), `both clouds are drawn: ${JSON.stringify(before)}`);

    const trained = Date.now();
    await page.click("#play");
    await until(page, () => ["done", "failed"].includes(document.body.dataset.state), "the training", 8 * MINUTES);
    t.diagnostic(`trained in ${((Date.now() - trained) / 1000).toFixed(1)} s`);
    assert.match(await textOf(page, "#status"), /^Done after \d+ epochs/);
    const [model, bias] = await page.evaluate(() => [...document.querySelectorAll("#metrics tbody tr:first-child td")].slice(0, 2).map(({ textContent }) => Number(textContent)));
    assert.ok(model > 0 && model < bias, `better than the bias model: ${model}, ${bias}`);
    await until(page, () => document.querySelector("#turn").value === "1000", "the turn");
    assert.notEqual((await colours(page)).digest, before.digest, "the map is another");

    await choose(page, "person-00", 2);
    await until(page, () => document.querySelectorAll("#recommend-a li").length >= 3 && document.querySelectorAll("#recommend-b li").length >= 3, "somebody's lists");
    await until(page, () => [...document.querySelectorAll("#recommend-a .reason")].every(({ textContent }) => textContent !== ""), "their reasons");
    const listed = await textOf(page, "#recommend-a");
    const person = await page.evaluate(() => document.querySelector("#search-user").value);
    const figures = await textOf(page, "#metrics");
    writeFileSync(`${artifacts}webkit.png`, await page.screenshot());

    await new Promise((resolve) => setTimeout(resolve, 3000)); // the last checkpoint is on its way to the disk
    await page.click("#kept-open");
    await until(page, () => document.querySelector("#kept-dialog").open, "what is kept");
    assert.match(await textOf(page, "#kept-size"), /^Kept now: [\d.]+\sMB/);
    await page.click("#kept-close");
    const problems = await page.evaluate(() => globalThis.problems);
    await page.reload();
    await until(page, () => !document.querySelector("#offer").hidden, "the offer to go on");
    await until(page, () => document.querySelector("#offer-go-on").getAttribute("aria-disabled") === "false", "the sample again");
    await page.click("#offer-go-on");
    await until(page, () => document.body.dataset.state === "done", "what was kept");
    assert.equal(await textOf(page, "#metrics"), figures, "the same figures, to the last digit");
    await choose(page, person, 0);
    await until(page, () => document.querySelectorAll("#recommend-a li").length >= 3, "the lists again");
    for (let n = 0; n < 50 && (await textOf(page, "#recommend-a")) !== listed; n++) await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await textOf(page, "#recommend-a"), listed, "the kept model recommends the same");
    assert.deepEqual([...problems, ...(await page.evaluate(() => globalThis.problems))], [], "errors in the page");
    // What tells of errors hears one.
    await page.evaluate(() => void setTimeout(() => Promise.reject(new Error("on purpose"))));
    await until(page, () => globalThis.problems.some((text) => text.includes("on purpose")), "word of an error", 10_000);
  } finally {
    await page.close().catch(() => undefined);
    server.close();
  }
}
