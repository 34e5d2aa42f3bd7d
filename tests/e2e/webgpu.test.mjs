// Training on WebGPU, on the software adapter of a browser without a GPU: a few steps, because each is slow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { askModels, drawn, planned, ready, stands, table, text } from "./lab.mjs";
import { errors, openFiles, ratingFile, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser({ webgpu: true, whole: true });

/** Counts what the page sends to the device, and keeps the device; `then` is done with it as soon as it is open. */
const watchDevice = (page, then = "") =>
  page.workers()[0].evaluate((then) => {
    globalThis.dispatches = 0;
    const dispatch = GPUComputePassEncoder.prototype.dispatchWorkgroups;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...groups) {
      globalThis.dispatches++;
      return dispatch.apply(this, groups);
    };
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...asked) {
      globalThis.opened = await request.apply(this, asked);
      if (then === "destroy") globalThis.opened.destroy();
      return globalThis.opened;
    };
  }, then);

const dispatches = (page) => page.workers()[0].evaluate(() => globalThis.dispatches);

/** Whether the browser has an adapter, without which the CPU has to do. */
const hasAdapter = (page) =>
  page.workers()[0].evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));

test("WebGPU chosen by name trains on WebGPU; without an adapter the CPU does, and the page says so", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    const isOffered = await hasAdapter(page);
    if (isOffered) await watchDevice(page);
    await page.locator("#device").selectOption("webgpu");
    await page.waitForTimeout(500);
    await waitUntilReady(page);
    const status = await page.locator("#status").textContent();
    if (!isOffered) {
      assert.equal(status, "Training on the CPU: this browser offers no WebGPU adapter that can be used.");
      assert.equal(await page.locator("#device-name").textContent(), "CPU");
      return t.skip("no adapter");
    }
    assert.doesNotMatch(status, /CPU/);
    const before = await dispatches(page);
    const began = performance.now();
    await page.locator("#play").click();
    await waitForState(page, "done");
    const device = await page.locator("#device-name").textContent();
    const during = await dispatches(page) - before;
    t.diagnostic(`trained on ${device} in ${((performance.now() - began) / 1000).toFixed(1)} s, ${during} dispatches`);
    assert.equal(device, "WebGPU");
    assert.ok(during > 0, "the device had something to do");
    assert.equal(await page.locator("#notice:visible").count(), 0, "there is nothing to say");
    const { model } = await errors(page);
    assert.ok(Number.isFinite(model.a) && Number.isFinite(model.b), "the errors are numbers");
    await screenshot(page, "webgpu");
  }, { hash: "#seed=1&model=dml&epochs=1&batch=1024" }));

test("a WebGPU device that is lost before there is a model leaves the CPU, and the page says so", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    if (!await hasAdapter(page)) return t.skip("no adapter");
    await watchDevice(page, "destroy");
    await page.locator("#device").selectOption("webgpu");
    await page.waitForFunction(() => document.querySelector("#status")?.textContent.includes("was lost"), null, { timeout: 60_000 });
    await waitUntilReady(page);
    const said = "Training on the CPU: the WebGPU device was lost; reload the page to use it again.";
    assert.equal(await page.locator("#status").textContent(), said);
    assert.equal(await page.locator("#device-name").textContent(), "CPU");
    await page.locator("#play").click();
    await waitForState(page, "done");
    const { model } = await errors(page);
    assert.ok(Number.isFinite(model.a) && Number.isFinite(model.b), "the errors are numbers");
  }, { hash: "#seed=1&model=dml&epochs=1&batch=1024" }));

test("a WebGPU device that no longer answers counts as lost after a while", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    if (!await hasAdapter(page)) return t.skip("no adapter");
    await page.workers()[0].evaluate(() => {
      // Seconds pass in milliseconds, and nothing is ever read.
      const later = globalThis.setTimeout;
      globalThis.setTimeout = (then, milliseconds, ...rest) => later(then, milliseconds / 200, ...rest);
      GPUBuffer.prototype.mapAsync = () => new Promise(() => {});
    });
    await page.locator("#device").selectOption("webgpu");
    await page.waitForFunction(() => document.querySelector("#status")?.textContent.includes("was lost"), null, { timeout: 60_000 });
    await waitUntilReady(page);
    assert.equal(await page.locator("#device-name").textContent(), "CPU");
  }, { hash: "#seed=1&model=dml&epochs=1&batch=1024" }));

test("the CPU takes over when the WebGPU device is lost, and the page says so", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await watchDevice(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    await page.locator("#device").selectOption("webgpu");
    await page.waitForFunction(() => document.querySelector("#device-name")?.textContent === "WebGPU", null, { timeout: 60_000 });
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.workers()[0].evaluate(() => globalThis.opened.destroy());
    await waitForState(page, "done");
    const notice = await page.locator("#notice-text").textContent();
    t.diagnostic(`the page says: ${notice}`);
    assert.match(notice, /starts over on the CPU/);
    assert.equal(await page.locator("#device-name").textContent(), "CPU");
    const { model } = await errors(page);
    assert.ok(Number.isFinite(model.a) && Number.isFinite(model.b), "the errors are numbers");
  }, { hash: "#seed=1&model=dml&epochs=20&batch=64" }));

/**
 * Does an experiment in a page of its own: two folds of `dml` with all links, none and shuffled ones, and both baselines.
 * @param {"cpu" | "webgpu"} device
 * @param {(worker: import("playwright-core").Worker) => void} [watch] is told of each worker
 */
async function overlap(device, watch = () => {}) {
  /** @type {{ rows: string[][], note: string, sent: { run_job?: number, run_jobs?: number[] }, isOffered: boolean } | null} */
  let found = null;
  await visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    const isOffered = await hasAdapter(page);
    page.on("worker", watch);
    await page.evaluate(() => {
      location.hash = `experiments=overlap&${location.hash.slice(1)}`;
    });
    await ready(page);
    await askModels(page, ["dml"]);
    await page.locator("#lab-points summary").click();
    await page.getByRole("button", { name: "Only the first" }).click();
    await page.locator('#lab-points-list input[value="all"]').check();
    await page.locator('#lab-points-list input[value="0"]').uncheck();
    await page.locator("#lab-newcomers").uncheck();
    await page.locator("#lab-folds").fill("2");
    await page.locator("#lab-folds").blur();
    await planned(page, 2 * (2 + 3));
    await page.locator("#lab-play").click();
    await stands(page, "done");
    await drawn(page);
    const sent = await page.evaluate(() => globalThis.sent);
    found = { rows: await table(page), note: await text(page, "#lab-note"), sent, isOffered };
  }, {
    hash: `#seed=1&model=dml&epochs=2&batch=256&device=${device}`,
    setUp: (page) =>
      page.addInitScript(() => {
        globalThis.sent = {};
        globalThis.Worker = class extends Worker {
          postMessage(message, ...rest) {
            const { run_job = 0, run_jobs = [] } = globalThis.sent;
            if (message?.method === "run_job") globalThis.sent.run_job = run_job + 1;
            if (message?.method === "run_jobs") globalThis.sent.run_jobs = [...run_jobs, message.args.jobs.length];
            super.postMessage(message, ...rest);
          }
        };
      }),
  });
  return /** @type {NonNullable<typeof found>} */ (found);
}

/** The numbers of a table, whose other cells are the same. */
const numbers = (rows) => rows.flat().map((cell) => Number.parseFloat(cell)).filter(Number.isFinite);

test("jobs of an experiment are done side by side on WebGPU and find what the CPU finds", async (t) => {
  const onCpu = await overlap("cpu");
  if (!onCpu.isOffered) return t.skip("no adapter");
  assert.equal(onCpu.sent.run_jobs, undefined, "each by itself");
  const onCard = await overlap("webgpu");
  // One may have been timed before the start, of this plan or of the one before the form was filled in.
  const groups = onCard.sent.run_jobs;
  assert.ok(groups.length <= 3 && groups.at(-1) >= 5, `all of dml in one go, or all but one: ${groups}`);
  assert.ok(onCard.sent.run_job >= 4, "the baselines are the CPU's");
  assert.match(onCard.note, /On WebGPU 16 jobs are done at once/);
  const [here, there] = [numbers(onCpu.rows), numbers(onCard.rows)];
  assert.equal(here.length, there.length);
  const apart = Math.max(...here.map((own, n) => Math.abs(own - there[n])));
  t.diagnostic(`figures differ by ${apart} at most`);
  assert.ok(here.length > 4 && apart < 0.02, `${here} ${there}`);
});

test("a device that is lost under jobs of an experiment leaves them to the CPU", async (t) => {
  const lost = await overlap("webgpu", (worker) => {
    void worker.evaluate(() => {
      if (!globalThis.GPUQueue) return;
      let left = 20;
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...asked) {
        const device = await request.apply(this, asked);
        const submit = device.queue.submit.bind(device.queue);
        device.queue.submit = (...buffers) => {
          submit(...buffers);
          if (left-- === 0) device.destroy();
        };
        return device;
      };
    }).catch(() => {}); // one that has ended by now
  });
  if (!lost.isOffered) return t.skip("no adapter");
  assert.ok(lost.sent.run_jobs.length > 0);
  const own = await overlap("cpu");
  assert.deepEqual(lost.rows, own.rows, "as if there had never been another device");
});
