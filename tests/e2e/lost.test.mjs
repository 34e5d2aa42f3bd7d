// What ends a training that nobody meant to end: no memory, numbers that are none. (A lost graphics card is in webgpu.test.mjs,
// a lost worker in kept.test.mjs.)

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { waitForState, waitUntilReady } from "./page.mjs";

/** So much memory, in pages of 64 KiB, that the sample can be trained with, but not with every draw kept. */
const visit = useBrowser({ flags: ["--js-flags=--wasm-max-mem-pages=1600"] });

/** Nothing that the page shows as a figure is no number. */
async function hasOnlyNumbers(page) {
  const text = await page.locator("#learnt, #advice").allTextContents();
  assert.doesNotMatch(text.join(" "), /NaN|Infinity/);
}

test("a training that fills the memory is told of, is not begun again by itself, and a smaller one trains", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await page.locator("#notice:visible").waitFor({ timeout: 10 * 60_000 });
    const notice = await page.locator("#notice-text").textContent();
    t.diagnostic(notice);
    assert.match(notice, /^The computation stopped \(it ran out of memory\)\. The data are read again.*Smaller files, fewer draws \(Sweeps, Thinning\) or fewer dimensions need less\.$/);
    await waitUntilReady(page);
    assert.notEqual(await page.locator("body").getAttribute("data-state"), "running");
    await hasOnlyNumbers(page);
    await page.locator("#model").selectOption("dml");
    await page.locator("#epochs").fill("2");
    await page.locator("#epochs").press("Enter");
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await hasOnlyNumbers(page);
  }, { hash: "#seed=1&model=bayes&sweeps=20000&burn_in=1&thinning=1" }));

test("a learning rate with which no number stays finite is refused by name, and no figure is made", () =>
  visit(async (page) => {
    await page.locator("#notice:visible").waitFor({ timeout: 120_000 });
    assert.match(await page.locator("#notice-text").textContent(), /learning_rate.*1e9/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await hasOnlyNumbers(page);
    assert.deepEqual(await page.locator("#metrics td.number").allTextContents().then((all) => all.filter((text) => text.includes("NaN"))), []);
  }, { hash: "#seed=1&model=dml&epochs=1&learning_rate=1e9" }));
