// Work is not lost: a worker that ends or is stuck, and what is kept for the next visit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { cells, errors, openFiles, ratingFile, verdict, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

const QUICK = "#seed=1&model=dml&epochs=3";

/** A measurement that takes some seconds and samples and loops both. */
const AVERAGED = "#seed=1&model=averaged&epochs=8&sweeps=60&train_on_everything=false";

/** All that the page says of what was learnt, with the lists of the selected person. */
const told = async (page) => ({
  metrics: await cells(page, "#metrics"),
  transfer: await cells(page, "#transfer"),
  verdict: await verdict(page),
  advice: await page.locator("#advice").textContent(),
  status: (await page.locator("#status").textContent()).replace(/,? [\d.,]+ s$/, ""),
});

/** Until a checkpoint is on the disk. */
const untilKept = (page) =>
  page.waitForFunction(async () => {
    const root = await navigator.storage.getDirectory();
    const kept = await root.getDirectoryHandle("kept", { create: true });
    for await (const folder of kept.values()) {
      const names = await Array.fromAsync(folder.keys());
      if (names.includes("checkpoint") && names.includes("record.json")) return true;
    }
    return false;
  }, undefined, { polling: 100, timeout: 5 * 60_000 });

/** Names of all files that are kept. */
const keptNames = (page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const kept = await root.getDirectoryHandle("kept", { create: true });
    const names = [];
    for await (const folder of kept.values()) for await (const name of folder.keys()) names.push(name.replace(/^file-.*/, "file"));
    return names.sort();
  });

/** Until the page keeps these files and no others. */
async function untilNames(page, names) {
  for (let tries = 0; tries < 100; tries++) {
    if (JSON.stringify(await keptNames(page)) === JSON.stringify(names)) return;
    await page.waitForTimeout(100);
  }
  assert.deepEqual(await keptNames(page), names);
}

/** Loads the page again without being asked whether to leave. */
async function reload(page) {
  const onDialog = (dialog) => dialog.accept();
  page.on("dialog", onDialog);
  await page.reload();
  page.off("dialog", onDialog);
}

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
    assert.match(notice, /^The computation stopped \(its worker has ended\)\. The data are read again, and the training (begins again|goes on from its last checkpoint) with the same numbers\.$/);
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
    assert.equal(await page.locator("body").getAttribute("data-state"), "idle", "what was to be paused does not begin by itself");
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

test("what was paused is offered after a reload and comes to the figures of an uninterrupted run, to the last digit shown", (t) => {
  let undisturbed;
  return visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    undisturbed = await told(page);
    assert.match(undisturbed.advice, /likely [\d.]+ to [\d.]+; the chance/);
    // Pause in the midst of it; what the run before left is replaced.
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => { const { value } = document.querySelector("#progress"); return value > 0.3 && value < 0.9; });
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    await page.waitForTimeout(300);
    const before = await page.locator("#data").boundingBox();
    await reload(page);
    await waitUntilReady(page);
    const offer = page.locator("#offer:visible");
    await offer.waitFor();
    const sentence = await page.locator("#offer-text").textContent();
    t.diagnostic(sentence);
    assert.match(sentence, /^You trained books and films here today at \d\d:\d\d, \d\d\u202f% done\.$/);
    assert.deepEqual(await page.locator("#data").boundingBox(), before, "the offer moves nothing");
    await page.locator("#offer-go-on").focus();
    await page.keyboard.press("Enter");
    await waitForState(page, "running");
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY", "the focus is somewhere");
    assert.equal(await page.locator("#offer").isVisible(), false);
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    assert.deepEqual(await told(page), undisturbed);
    // It is done and kept as that.
    await reload(page);
    await page.locator("#offer:visible").waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /all done\.$/);
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    assert.deepEqual(await told(page), undisturbed);
  }, { hash: AVERAGED });
});
