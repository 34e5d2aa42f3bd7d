// All that is recommended to a person: long lists, with what is known of each item, filtered and saved.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { saved, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

test("whole lists begin as the short ones, say of what kind items are, and are filtered and saved", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const open = page.locator("#all-advice");
    assert.ok(await open.isDisabled(), "before training there is nothing to list");
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#all-advice:enabled").waitFor();
    const short = await page.locator("#recommend-a li .cut").allTextContents();
    await open.click();
    const rows = page.locator("#lists-a tbody tr:visible");
    await rows.first().waitFor();
    const titles = () => rows.locator("th span:first-child").allTextContents();
    const all = await titles();
    assert.ok(all.length > 50 && all.length <= 100, `${all.length} items`);
    assert.deepEqual(all.slice(0, 4), short);
    const [about] = await rows.first().locator(".about").allTextContents();
    const [genre] = about.split(" · ");
    await screenshot(page, "whole-lists");
    await page.locator("#lists-filter").fill(genre);
    const some = await rows.locator(".about").allTextContents();
    assert.ok(some.length > 0 && some.length < all.length && some.every((text) => text.includes(genre)), `${genre}: ${some.length}`);
    assert.equal(await page.locator("#lists-a p").textContent(), `${some.length} items of ${all.length}`);
    const lines = (await saved(page, "#lists-save")).trim().split(/\r?\n/);
    const ofBooks = lines.filter((line) => /^[^,]+,books,/.test(line));
    assert.equal(ofBooks.length, all.length, "what is saved is not filtered");
    assert.ok(ofBooks[0].includes(all[0]), ofBooks[0]);
    await page.keyboard.press("Escape");
    await page.locator("#lists-dialog").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "all-advice");
    // Reasons that are still looked for when the data change are dropped, without a word.
    await open.click();
    await page.locator("#lists-dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#remove-b:enabled").click();
    await page.locator("#details-b").waitFor({ state: "hidden" });
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#notice").isVisible(), false, await page.locator("#notice-text").textContent());
  }, { hash: "#seed=1&model=dml&epochs=2" }));
