// Why something is recommended, and a visitor who rates some items and is recommended to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

test("whole lists say because of which of the person's own ratings", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#all-advice:enabled").click();
    const first = page.locator("#lists-a tbody tr").first().locator(".because");
    const places = () => page.locator("#lists-a tbody tr").evaluateAll((rows) => rows.slice(0, 20).map((row) => row.getBoundingClientRect().top));
    await first.waitFor({ state: "attached" });
    assert.equal(await first.textContent(), "", "the list is there before its reasons");
    const before = await places();
    await first.filter({ hasText: /Because they rated .+ \(\d.*\).*; 0\.\d\d lower without|No single rating/ }).waitFor({ timeout: 120_000 });
    assert.deepEqual(await places(), before, "nothing moves when they come");
    const reasons = await page.locator("#lists-a .because").filter({ hasText: "Because" }).allTextContents();
    assert.ok(reasons.length > 0, "nothing on the list has a reason");
    await screenshot(page, "because");
    const button = page.locator("#lists-b button.why").first();
    const place = button.locator("..");
    const handle = await place.elementHandle();
    await button.focus();
    await page.keyboard.press("Enter");
    for (let n = 0; n < 100 && (await handle.textContent()) === "Why?"; n++) await page.waitForTimeout(100);
    assert.match(await handle.textContent(), /Because they rated|No single rating/);
    assert.ok(await handle.evaluate((it) => it === document.activeElement), "the answer has the focus");
  }, { hash: "#seed=1&model=dml&epochs=4" }));

test("the short lists say it of their first, nothing moves when it comes, and of somebody else it is asked anew", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    /** What is said of whoever is looked at, once all of it is there. */
    const said = async () => {
      await page.waitForFunction(() => {
        const all = [...document.querySelectorAll("#recommend .reason")];
        return all.length >= 4 && all.every(({ textContent }) => textContent !== "");
      });
      return page.locator("#recommend .reason").evaluateAll((all) => all.map(({ title }) => title));
    };
    const places = () => page.locator("#recommend-a li, #recommend-b li").evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top));
    const hit = page.locator("#search-user-list:visible li:has(.marks)");
    const choose = async (/** @type {number} */ n) => {
      await page.locator("#search-user").fill("person-0");
      await hit.nth(n).dispatchEvent("pointerdown");
    };
    await choose(5);
    const third = await said();
    // Whoever is looked at for less than a moment, and whoever comes while it is asked of the one before.
    for (const n of [1, 3, 2]) {
      await choose(n);
      await page.waitForTimeout(n === 3 ? 350 : 50);
    }
    await page.waitForFunction(() => [...document.querySelectorAll("#recommend .reason")].some(({ textContent }) => textContent === ""));
    const before = await places();
    const second = await said();
    assert.deepEqual(await places(), before, "nothing moves when they come");
    assert.notDeepEqual(second, third);
    await choose(5);
    assert.deepEqual(await said(), third, "the same again");
  }, { hash: "#seed=1&model=dml&epochs=4" }));

test("a visitor rates ten items by keyboard and gets lists in both domains, until the ratings are taken out", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    assert.ok(await page.locator("#visitor-open").isDisabled(), "nobody is recommended to before training");
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#visitor-open:enabled").focus();
    await page.keyboard.press("Enter");
    await page.locator("#visitor-offers select").nth(9).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "visitor-search");
    for (let n = 0; n < 10; n++) {
      await page.locator("#visitor-offers select").nth(n).focus();
      await page.keyboard.press(n % 2 === 0 ? "End" : "ArrowDown");
    }
    assert.equal(await page.locator("#visitor-given li").count(), 10);
    const title = await page.locator("#visitor-offers li > span").nth(3).evaluate((it) => it.firstChild?.textContent ?? "");
    await page.locator("#visitor-search").fill(title);
    const found = page.locator("#visitor-offers select").first();
    for (let n = 0; n < 100 && (await page.locator("#visitor-offers select").count()) === 10; n++) await page.waitForTimeout(50);
    assert.notEqual(await found.inputValue(), "", "what was rated is still rated");
    await page.locator("#visitor-show").focus();
    await page.keyboard.press("Enter");
    await page.locator("#visitor-next-b tbody tr").nth(9).waitFor();
    assert.equal(await page.locator("#visitor-next-a tbody tr").count(), 10);
    assert.match(await page.locator("#visitor-next-b p").textContent(), /through the map/);
    assert.ok((await page.locator("#visitor-lists .because").filter({ hasText: "Because you rated" }).count()) > 0);
    await page.locator("#visitor-told").filter({ hasText: "On the map you are the house named You" }).waitFor();
    await screenshot(page, "visitor");
    await page.keyboard.press("Escape");
    await page.locator("#visitor-dialog").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "visitor-open");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#visitor-given li").count(), 10, "ratings stay until they are taken out");
    assert.ok(await page.locator("#legend-you").isVisible(), "and so does the place on the map");
    await page.locator("#map-people li").filter({ hasText: /^You · books$/ }).waitFor({ state: "attached" });
    await page.locator("#visitor-clear").click();
    await page.locator("#legend-you").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#map-people li").filter({ hasText: /^You · / }).count(), 0);
    assert.equal(await page.locator("#visitor-given li").count(), 0);
    assert.ok(await page.locator("#visitor-show").isDisabled());
  }, { hash: "#seed=1&model=dml&epochs=4" }));

test("a visitor's ratings stay over a training on the same data, their lists until then, and both go with the data", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#visitor-open:enabled").click();
    for (const n of [0, 1, 2]) await page.locator("#visitor-offers select").nth(n).selectOption({ index: 5 });
    await page.locator("#visitor-show").click();
    await page.locator("#visitor-told").filter({ hasText: "On the map you are" }).waitFor();
    const list = await page.locator("#visitor-next-b tbody").textContent();
    const told = await page.locator("#visitor-told").textContent();
    const reopen = async () => {
      if (await page.locator("#visitor-dialog").isVisible()) await page.keyboard.press("Escape");
      await page.locator("#visitor-open:enabled").click();
      await page.locator("#visitor-offers select").nth(9).waitFor();
    };
    await reopen();
    assert.equal(await page.locator("#visitor-next-b tbody").textContent(), list, "the lists are there when the dialog is opened again");
    assert.equal(await page.locator("#visitor-told").textContent(), told);
    // In another language they are asked for anew.
    await page.keyboard.press("Escape");
    await page.locator("#language").click();
    await page.locator("#visitor-open", { hasText: "selbst" }).click();
    await page.locator("#visitor-told").filter({ hasText: "Auf der Karte" }).waitFor();
    assert.equal(await page.locator("#visitor-next-b tbody tr").count(), 10);
    await page.keyboard.press("Escape");
    await page.locator("#language").click();

    await page.locator("#play").click(); // from the beginning
    await page.locator("body[data-state=running]").waitFor();
    await waitForState(page, "done");
    await reopen();
    assert.equal(await page.locator("#visitor-given li").count(), 3, "the same data, the same ratings");
    assert.equal(await page.locator("#visitor-lists table").count(), 0, "and no list of another model");
    await page.locator("#visitor-show").click();
    await page.locator("#visitor-next-b tbody tr").nth(9).waitFor();
    await page.keyboard.press("Escape");

    await page.locator("#sample-domains").selectOption("3");
    await page.locator(".zone[data-slot=c]").waitFor();
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await reopen();
    assert.equal(await page.locator("#visitor-given li").count(), 0, "other data have other items");
    assert.equal(await page.locator("#visitor-lists table").count(), 0);
  }, { hash: "#seed=1&model=dml&epochs=2" }));
