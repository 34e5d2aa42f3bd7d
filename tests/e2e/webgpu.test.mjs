// Training on WebGPU, on the software adapter of a browser without a GPU: a few steps, because each is slow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { errors, openFiles, ratingFile, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser({ webgpu: true });

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
