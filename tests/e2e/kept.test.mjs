// Work is not lost: a worker that ends or is stuck, and what is kept for the next visit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { errors, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

const QUICK = "#seed=1&model=dml&epochs=3";

/** Keeps hold of every worker that the page starts to compute, its own first; the map's does not count. */
const holdWorkers = (page) =>
  page.addInitScript(() => {
    const Before = globalThis.Worker;
    globalThis.workers = [];
    globalThis.Worker = class extends Before {
      constructor(...asked) {
        super(...asked);
        if (asked[1]?.name !== "map") globalThis.workers.push(this);
      }
    };
  });

test("a worker that is gone in the middle of a training is noticed, replaced, and the figures are those of an undisturbed one", (t) => {
  let undisturbed;
  return visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    undisturbed = await errors(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
    const noticed = await page.evaluate(() => {
      const began = performance.now();
      globalThis.workers[0].terminate();
      const notice = document.querySelector("#notice");
      return new Promise((resolve) => {
        const look = () => (notice.hidden ? setTimeout(look, 10) : resolve(performance.now() - began));
        look();
      });
    });
    t.diagnostic(`noticed after ${noticed.toFixed(0)} ms`);
    const notice = await page.locator("#notice-text").textContent();
    // A slow machine has reached the first checkpoint by then.
    assert.match(notice, /^The computation stopped \(its worker has ended\)\. The data are read again, and the training (begins again|goes on from [\d.]+.%) with the same numbers\.$/);
    await waitForState(page, "running");
    await waitForState(page, "done");
    assert.deepEqual(await errors(page), undisturbed);
    assert.equal(await page.evaluate(() => globalThis.workers.length), 2);
  }, { hash: QUICK, setUp: holdWorkers });
});

test("a worker that is gone while nothing is trained is replaced, and a pause that waits for it ends", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.evaluate(() => globalThis.workers[0].terminate());
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /its worker has ended.*The data are read again\.$/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.evaluate(() => {
      document.querySelector("#pause").click();
      globalThis.workers[1].terminate();
    });
    await page.waitForFunction(() => !document.querySelector("#status").textContent.startsWith("Pausing"));
    await waitUntilReady(page);
    assert.match(await page.locator("body").getAttribute("data-state"), /idle|paused/, "what was to be paused does not begin by itself");
  }, { hash: QUICK, setUp: holdWorkers }));

test("a worker that is stuck is not killed: the page says so, and the visitor may start another", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    // Whoever computes hears nothing; the worker is stuck when it next takes a turn.
    await page.workers()[0].evaluate(() => void setTimeout(() => { for (;;); }, 0));
    await page.locator("#reset").evaluate((button) => Object.assign(button, { disabled: false }).click());
    await page.locator("#silent:visible").waitFor({ timeout: 60_000 });
    assert.equal(await page.evaluate(() => globalThis.workers.length), 1, "nobody ended it");
    await page.locator("#worker-again").focus();
    await page.keyboard.press("Enter");
    await page.locator("#silent").waitFor({ state: "hidden" });
    assert.match(await page.locator("#notice-text").textContent(), /it did not answer/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
  }, { hash: QUICK, setUp: holdWorkers }));
