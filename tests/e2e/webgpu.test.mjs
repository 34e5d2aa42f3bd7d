// Training on WebGPU, on the software adapter of a browser without a GPU: a few steps, because each is slow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { errors, openFiles, ratingFile, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser({ webgpu: true });

test("WebGPU chosen by name trains, or the page says that the CPU took over", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv") });
    await waitUntilReady(page);
    await page.locator("#device").selectOption("webgpu");
    await page.waitForTimeout(500);
    await waitUntilReady(page);
    const began = performance.now();
    await page.locator("#play").click();
    await waitForState(page, "done");
    const device = await page.locator("#device-name").textContent();
    const notice = await page.locator("#notice:visible, #status").allTextContents();
    t.diagnostic(`trained on ${device} in ${((performance.now() - began) / 1000).toFixed(1)} s; the page says: ${notice.join(" | ")}`);
    if (device !== "WebGPU") assert.match(notice.join(" "), /CPU/);
    const { model } = await errors(page);
    assert.ok(Number.isFinite(model.a) && Number.isFinite(model.b), "the errors are numbers");
    await screenshot(page, "webgpu");
  }, { hash: "#seed=1&epochs=1&batch=1024" }));

test("the CPU takes over when the WebGPU device is lost, and the page says so", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.workers()[0].evaluate(() => {
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...asked) {
        globalThis.opened = await request.apply(this, asked);
        return globalThis.opened;
      };
    });
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv") });
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
  }, { hash: "#seed=1&epochs=20&batch=64" }));
