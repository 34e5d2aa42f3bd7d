// The run before beside the new one: its figures, muted, with the difference, in what the settings differed, and where it is not
// shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { cells, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const QUICK = "#seed=1&model=dml&epochs=3";

const train = async (page) => {
  await waitUntilReady(page);
  await page.locator("#play").click();
  await waitForState(page, "running", "done");
  await waitForState(page, "done");
};
/** Sets up the model anew, untrained. */
async function startOver(page) {
  await page.locator("#reset").click();
  await page.locator("#before-row:visible").waitFor();
  await waitUntilReady(page);
}
const line = (page) => page.locator("#before-line").textContent();
const heads = (page, table) => page.locator(`${table} thead th`).evaluateAll((all) => all.slice(1).map((each) => each.innerText.trim().replace(/\s*\?$/, "")));
const number = (text) => Number(text.replace(/[()]/g, "").replace("−", "-").replace("±", ""));
const places = (page) =>
  page.evaluate(() => ["#loss-chart", "#metrics", "#transfer", "#ladder", "#alignment", "#learnt", "#recommend"].map((selector) => {
    const { top, height, left, width } = document.querySelector(selector).getBoundingClientRect();
    return [selector, top + scrollY, height, left, width].map((value) => (typeof value === "number" ? Math.round(value) : value)).join(" ");
  }));

for (const viewport of [{ width: 1440, height: 900 }, { width: 1280, height: 720 }, { width: 390, height: 844 }]) {
  test(`fewer people in both, trained again: the figures of before stay, and nothing moves (${viewport.width} × ${viewport.height})`, () =>
    visit(async (page) => {
      await train(page);
      assert.equal(await page.locator("#before-row").isVisible(), false);
      const first = { metrics: await cells(page, "#metrics"), transfer: await cells(page, "#transfer"), ladder: await cells(page, "#ladder"), apart: await page.locator("#alignment dd").first().textContent() };
      // Where the page is longer than the window what is said is as long as it is, whatever stands beside it.
      const isWide = viewport.width >= 1200;
      let stood = await places(page);
      await page.locator("#overlap-users").fill("50");
      assert.equal(await page.locator("#before-row").isVisible(), false, "not before it is trained again, or started over");
      await startOver(page);
      await page.evaluate(() => document.querySelector("#verdict").scrollTo(0, 0));
      assert.equal(await line(page), "Before: 450 people in both, now 50");
      if (isWide) assert.deepEqual(await places(page), stood, "nothing moves");
      // Before it is trained again the figures of before stand alone.
      let [row] = await cells(page, "#metrics");
      assert.deepEqual(row.slice(0, 3).map(({ text }) => text), ["–", first.metrics[0][0].text, "–"]);
      assert.deepEqual(await heads(page, "#metrics"), ["model", "before", "change", "vs bias", "interval"]);
      await screenshot(page, `before-untrained-${viewport.width}`);
      await train(page);
      if (isWide) assert.deepEqual(await places(page), stood, "nothing moves");
      stood = await places(page);
      const now = { metrics: await cells(page, "#metrics"), transfer: await cells(page, "#transfer"), ladder: await cells(page, "#ladder") };
      [row] = now.metrics;
      const then = number(first.metrics[0][0].text);
      assert.equal(number(row[1].text), then);
      assert.ok(Math.abs(number(row[2].text) - (number(row[0].text) - then)) < 0.0011, `${row[2].text} is the difference of ${row[0].text} and ${then}`);
      assert.match(row[2].text, /^[+−±]\d/, "with its sign, of the same ratings");
      assert.ok(row[1].look.includes("muted") && row[2].look.includes("muted"));
      // Everybody, and newcomers: fewer of 50 people in both than of 450, so that others are tested.
      assert.equal(now.transfer[0][1].text, first.transfer[0][2].text);
      assert.equal(now.transfer[2][1].text, first.transfer[2][2].text);
      assert.match(now.transfer[2][2].text, /^\([+−±][\d.]+\)$/);
      assert.equal(now.ladder[0][2].text, first.ladder[0][3].text);
      assert.deepEqual(await page.locator("#alignment dt").allTextContents(), ["this turn", "before", "change", "random"]);
      assert.equal(await page.locator("#alignment dd").nth(1).textContent(), first.apart);
      assert.match(await page.locator("#loss-chart").getAttribute("aria-label"), /; before: After epoch 3/);
      assert.equal(await page.locator("#losses-key .before-key").isVisible(), true);
      await screenshot(page, `before-${viewport.width}`, { fullPage: viewport.width < 1000 });
      await page.emulateMedia({ colorScheme: "dark" });
      await screenshot(page, `before-dark-${viewport.width}`, { fullPage: viewport.width < 1000 });
      await page.emulateMedia({ colorScheme: "light", media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assert.match(await page.locator("#report").textContent(), /Before: 450 people in both, now 50/);
      assert.ok(await page.locator("#before-line").isVisible(), "it is on paper");
      await page.emulateMedia({ media: "screen" });

      await page.locator("#before-close").click();
      assert.equal(await page.locator("#before-row").isVisible(), false);
      assert.deepEqual(await heads(page, "#metrics"), ["model", "bias", "mean", "vs bias", "interval"]);
      assert.deepEqual(await places(page), stood, "nothing moves");
      assert.equal(await page.evaluate(() => document.activeElement.id), "learnt-title");
      assert.doesNotMatch(await page.locator("#loss-chart").getAttribute("aria-label"), /before/);
    }, { hash: QUICK, viewport }));
}

test("another seed tests other ratings, and other data are others: the run before is not shown beside them", () =>
  visit(async (page) => {
    await train(page);
    await page.locator("#epochs").fill("2");
    await page.locator("#epochs").press("Enter");
    await startOver(page);
    assert.match(await line(page), /^Before: Epochs, at most: 3, now 2$/);
    await page.locator("#seed").fill("2");
    await page.locator("#seed").press("Enter");
    await page.locator("#before-row").waitFor({ state: "hidden" });
    await waitUntilReady(page);
    assert.deepEqual(await heads(page, "#metrics"), ["model", "bias", "mean", "vs bias", "interval"]);
    // With the seed of before it is of the same ratings again.
    await page.locator("#seed").fill("1");
    await page.locator("#seed").press("Enter");
    await page.locator("#before-row:visible").waitFor();
    await page.locator("#sample-domains").selectOption("3").catch(() => {});
    await page.locator("#load-sample").click();
    await page.locator("#before-row").waitFor({ state: "hidden" });
    await waitUntilReady(page);
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#before-row").isVisible(), false);
  }, { hash: QUICK }));

test("the same settings trained again leave the run before those as it is; a model that samples is compared by its figures", () =>
  visit(async (page) => {
    await train(page);
    await page.locator("#overlap-users").fill("100");
    await train(page);
    await train(page);
    assert.equal(await line(page), "Before: 450 people in both, now 100");
    await page.locator("#model").selectOption("bayes");
    await page.locator("#reset").click();
    // What is shown now becomes the run before once the new model is set up.
    await page.waitForFunction(() => /^Before: Model: dml.*, now bayes/.test(document.querySelector("#before-line").textContent));
    assert.equal(await page.locator(".before-key:visible").count(), 0, "curves of epochs are none of sweeps");
    const [row] = await cells(page, "#metrics");
    assert.match(row[1].text, /^0\.\d{3}$/);
  }, { hash: QUICK }));
