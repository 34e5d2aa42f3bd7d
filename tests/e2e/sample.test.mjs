// The way of a visitor who has no files: open, train, look, ask.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { errors, findPerson, picture, restingPicture, waitForState, waitUntilReady, watchFrames } from "./page.mjs";

const visit = useBrowser();

test("the sample: open, train with a pause, read the figures, turn the map, ask for recommendations", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    const untrained = await restingPicture(page);
    assert.ok(untrained.a > 500 && untrained.b > 500, `both clouds are drawn: ${JSON.stringify(untrained)}`);
    await screenshot(page, "sample-untrained");

    const frames = await watchFrames(page);
    const began = performance.now();
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
    await screenshot(page, "sample-running");
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    const still = await page.locator("#progress").evaluate((bar) => bar.value);
    await page.waitForTimeout(700);
    assert.equal(await page.locator("#progress").evaluate((bar) => bar.value), still, "paused is paused");
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    const { frames: drawn, longest } = await frames();
    t.diagnostic(`trained in ${((performance.now() - began) / 1000).toFixed(1)} s, longest time between two frames ${longest.toFixed(0)} ms of ${drawn}`);
    assert.ok(drawn > 20, "the page goes on drawing while it trains");

    const { model, bias, mean } = await errors(page);
    t.diagnostic(`RMSE of model, bias model, mean: ${[model, bias, mean].map(({ a, b }) => `${a} / ${b}`).join(", ")}`);
    for (const slot of ["a", "b"]) {
      assert.ok(model[slot] < bias[slot], `${slot}: the model is better than the bias model`);
      assert.ok(bias[slot] < mean[slot], `${slot}: the bias model is better than the mean`);
    }
    assert.ok((await page.locator("#verdict p:not(.muted)").count()) > 0, "there is a verdict");
    t.diagnostic(`verdict: ${(await page.locator("#verdict").allInnerTexts()).join(" ")}`);

    const after = await restingPicture(page);
    assert.notEqual(after.digest, untrained.digest, "training changed the map");
    await page.locator("#turn").fill("0");
    const before = await restingPicture(page);
    assert.notEqual(before.digest, after.digest, "the slider turns the map");
    await page.locator("#turn").fill("1000");
    await restingPicture(page);

    for (const both of [true, false]) {
      const label = await findPerson(page, both);
      await page.locator("#person-note", { hasText: both ? /Has rated in both/ : /Never rated in/ }).waitFor();
      for (const slot of ["a", "b"]) {
        const items = page.locator(`#recommend-${slot} li`);
        await items.first().waitFor();
        assert.ok((await items.count()) >= 3, `${label} gets recommendations in ${slot}`);
      }
      assert.equal(await page.getByText("through the map", { exact: true }).count(), both ? 0 : 1);
      const near = await page.locator("#nearest li .cut").allTextContents();
      assert.equal(new Set([...near, label]).size, 6, `five others are nearest to ${label}: ${near.join(", ")}`);
    }

    await screenshot(page, "sample-light-wide");
    await page.emulateMedia({ colorScheme: "dark" });
    await restingPicture(page);
    await screenshot(page, "sample-dark-wide");
    for (const scheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width: 390, height: 844 });
      await restingPicture(page);
      await screenshot(page, `sample-${scheme}-narrow`, { fullPage: true });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a narrow window");
    }
    assert.ok((await picture(page)).a > 100, "the map is drawn in a narrow window");
  }));

test("one epoch, a start from the beginning and another seed", async () => {
  const maps = [];
  const look = async (page) => {
    await waitUntilReady(page);
    maps.push((await restingPicture(page)).digest);
  };
  await visit(async (page) => {
    await look(page);
    await page.locator("#one-epoch").click();
    await page.locator("#status", { hasText: "Paused after 1 epoch" }).waitFor();
    await page.locator("#reset").click();
    await waitForState(page, "idle");
    await waitUntilReady(page);
    await page.locator("#seed").fill("2");
    await page.locator("#seed").press("Enter");
    await page.locator("#seed-shown", { hasText: "2" }).waitFor();
    assert.match(page.url(), /#seed=2$/, "the seed is in the address");
  });
  for (const hash of ["#seed=1", "#seed=2"]) await visit(look, { hash });
  assert.equal(maps[1], maps[0], "the same seed gives the same map");
  assert.notEqual(maps[2], maps[0], "another seed gives another map");
});
