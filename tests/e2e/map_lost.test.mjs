// What ends the drawing of the map: its worker ended from outside, an error in it, a graphics card that is lost to it. Another takes
// over and shows the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { holdWorkers, nextPicture, restingPicture, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const QUICK = "#seed=1&model=dml&epochs=3";

/** Remembers what the map is drawn on, before something is done to its worker. */
const remember = (page) => page.evaluate(() => void (globalThis.drawnOn = document.querySelector("#map canvas")));

/** Waits until another has drawn; in milliseconds. @param end what is done to the workers first, in the page */
const takenOver = (page, end = "") =>
  page.evaluate(async (end) => {
    const began = performance.now();
    new Function("maps", end)(globalThis.maps);
    while (document.querySelector("#map canvas") === globalThis.drawnOn || document.querySelectorAll("#map canvas").length !== 1) {
      if (performance.now() - began > 60_000) throw new Error("nobody takes over");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return performance.now() - began;
  }, end);

/** Does something to the map's worker and waits until another has drawn; in milliseconds. */
const replaced = (page, end) => remember(page).then(() => takenOver(page, end));

/** Lets the test reach what the worker draws with. */
const reachWorker = (page) =>
  page.route("**/www/map/worker.js", (route) => {
    const reached = `
const { getContext } = OffscreenCanvas.prototype;
globalThis.pens = [];
OffscreenCanvas.prototype.getContext = function get(...given) {
  const context = getContext.apply(this, given);
  if (given[0] === "webgl2") globalThis.card = context.getExtension("WEBGL_lose_context");
  else globalThis.pens.push(context);
  return context;
};`;
    return route.fulfill({ contentType: "text/javascript", body: readFileSync(new URL("../../www/map/worker.js", import.meta.url), "utf8") + reached });
  });

/** How many pixels of the chart are drawn on. */
const ink = (page) =>
  page.evaluate(() => {
    const chart = document.querySelector("#loss-chart");
    const pen = new OffscreenCanvas(chart.width, chart.height).getContext("2d");
    pen.drawImage(chart, 0, 0);
    return pen.getImageData(0, 0, chart.width, chart.height).data.filter((value, n) => n % 4 === 3 && value > 0).length;
  });

const TERMINATED = "maps.at(-1).terminate()";
/** The worker that draws the map, once there is one. */
const workerOf = async (page) => {
  for (let tries = 0; tries < 100; tries++, await page.waitForTimeout(100)) {
    for (const worker of page.workers().toReversed()) if ((await worker.evaluate(() => self.name).catch(() => "")).startsWith("map ")) return worker;
  }
  return assert.fail("the map has no worker");
};

test("a map whose worker has ended is drawn by another within 3 s: trained, turned half way, zoomed and coloured, to the same pixels", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForFunction(() => document.querySelector("#turn").value === "1000");
    await page.locator("#colour-by").selectOption({ index: 1 });
    await page.locator("#turn").fill("600");
    await page.locator("#zoom-in").click();
    await page.locator("#zoom-in").click();
    const box = await page.locator("#map").boundingBox();
    await page.mouse.move(box.x + 300, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 330, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(2, 2);
    await page.locator("#map").focus();
    const before = await restingPicture(page);
    const after = await replaced(page, TERMINATED);
    t.diagnostic(`another has drawn after ${after.toFixed(0)} ms`);
    assert.ok(after < 3000, `${after} ms`);
    assert.deepEqual(await restingPicture(page), before);
    assert.equal(await page.evaluate(() => globalThis.maps.length), 2);
    assert.equal(await page.evaluate(() => document.activeElement.id), "map", "whoever is there stays there");
    assert.equal(await page.locator("#notice").isVisible(), false);
    // It hears, too.
    await page.locator("#zoom-fit").click();
    await nextPicture(page, before);
    await page.locator("#map").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("#map-tip:visible").waitFor();
  }, { hash: QUICK, setUp: holdWorkers }));

test("a turn that runs by itself when the worker ends is turned to its end, and a training goes on being drawn", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const before = await restingPicture(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await replaced(page, TERMINATED);
    await waitForState(page, "done");
    await page.waitForFunction(() => Number(document.querySelector("#turn").value) > 0);
    await replaced(page, TERMINATED);
    await page.waitForFunction(() => document.querySelector("#turn").value === "1000", undefined, { timeout: 10_000 });
    const after = await restingPicture(page);
    assert.ok(after.a > 0.7 * before.a && after.b > 0.7 * before.b && after.digest !== before.digest, JSON.stringify({ before, after }));
    assert.equal(await page.evaluate(() => globalThis.maps.length), 3);
  }, { hash: QUICK, setUp: holdWorkers }));

test("a map that fails again and again is drawn by the page, and where that fails too it is said", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const before = await restingPicture(page);
    for (let n = 1; n <= 3; n++) {
      const worker = await workerOf(page);
      await remember(page);
      await worker.evaluate(() => void setTimeout(() => { throw new Error("on purpose"); }));
      await takenOver(page);
      assert.deepEqual(await restingPicture(page), before);
    }
    assert.equal(await page.evaluate(() => globalThis.maps.length), 3, "no fourth is started");
    assert.equal(await page.locator("#notice").isVisible(), false);
  }, { setUp: holdWorkers }).then(() =>
    visit(async (page) => {
      await page.locator("#notice:visible").waitFor({ timeout: 60_000 });
      assert.match(await page.locator("#notice-text").textContent(), /^The map cannot be drawn here any more \(The browser gives no canvas.*reload the page\.$/);
      await page.locator("#play:enabled").waitFor({ timeout: 60_000 });
      await page.locator("#play").click();
      await waitForState(page, "done");
    }, {
      hash: QUICK,
      setUp: (page) => page.addInitScript(() => {
        delete HTMLCanvasElement.prototype.transferControlToOffscreen;
        HTMLCanvasElement.prototype.getContext = () => null;
      }),
    })));

test("a graphics card that is lost to the worker leaves the map as it is, and one that comes back draws it again", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#map[data-ground=webgl]").waitFor();
    const before = await restingPicture(page);
    const worker = await workerOf(page);
    await worker.evaluate(() => globalThis.card.loseContext());
    await page.locator("#map[data-ground=pixels]").waitFor({ timeout: 3000 });
    const without = await restingPicture(page);
    assert.ok(without.a > 0.85 * before.a && without.b > 0.85 * before.b, JSON.stringify({ before, without }));
    await worker.evaluate(() => globalThis.card.restoreContext());
    await page.locator("#map[data-ground=webgl]").waitFor();
    assert.deepEqual(await restingPicture(page), before);
  }, {
    hash: "?map=webgl",
    setUp: reachWorker,
  }));

for (const ground of ["webgl", "pixels"]) {
  test(`when the browser's graphics process crashes, the map is drawn again: ${ground}`, () =>
    visit(async (page) => {
      await waitUntilReady(page);
      const before = await restingPicture(page);
      assert.ok(await ink(page) > 100, "there is a chart");
      const worker = await workerOf(page);
      await worker.evaluate(() => {
        globalThis.lost = 0;
        for (const { canvas } of globalThis.pens) canvas.addEventListener("contextlost", () => globalThis.lost++);
      });
      const browser = await page.context().browser().newBrowserCDPSession();
      await browser.send("Browser.crashGpuProcess");
      for (let tries = 0; tries < 30 && (await worker.evaluate(() => globalThis.lost)) === 0; tries++) await page.waitForTimeout(100);
      assert.ok((await worker.evaluate(() => globalThis.lost)) > 0, "the map's canvas was lost");
      await page.locator(`#map[data-ground=${ground}]`).waitFor({ timeout: 3000 });
      const after = await restingPicture(page);
      // Edges of signs are smoothed in another way then.
      for (const slot of ["a", "b"]) assert.ok(Math.abs(after[slot] / before[slot] - 1) < 0.15, JSON.stringify({ before, after }));
      for (let tries = 0; tries < 30 && (await ink(page)) <= 100; tries++) await page.waitForTimeout(100);
      assert.ok(await ink(page) > 100, "the chart is drawn too");
    }, { hash: `?map=${ground}`, setUp: reachWorker }));
}
