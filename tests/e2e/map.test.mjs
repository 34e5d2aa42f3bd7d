// The map: drawn in a worker, by WebGL2 or into pixels, on the page where there is neither; who is found under the pointer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { openFiles, picture, restingPicture, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const ground = (page) => page.locator("#map").getAttribute("data-ground");

test("WebGL2, pixels and a page without canvases for workers draw the same clouds", async () => {
  const seen = {};
  const look = (name, wanted) => async (page) => {
    await waitUntilReady(page);
    seen[name] = await restingPicture(page);
    assert.equal(await ground(page), wanted);
  };
  const noOffscreen = (page) => page.addInitScript(() => {
    delete HTMLCanvasElement.prototype.transferControlToOffscreen;
  });
  await visit(look("webgl", "webgl"), { hash: "?map=webgl" });
  await visit(look("pixels", "pixels"), { hash: "?map=pixels" });
  await visit(look("here", "pixels"), { hash: "?map=pixels", setUp: noOffscreen });
  assert.ok(seen.pixels.a > 500 && seen.pixels.b > 500, JSON.stringify(seen));
  assert.deepEqual(seen.here, seen.pixels, "the same pixels, wherever they are written");
  for (const slot of ["a", "b"]) {
    const ratio = seen.webgl[slot] / seen.pixels[slot];
    assert.ok(ratio > 0.85 && ratio < 1.15, `as much of ${slot} by either: ${JSON.stringify(seen)}`);
  }
});

test("a lost graphics card leaves the map as it is, and one that comes back draws it again", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const before = await restingPicture(page);
    assert.equal(await ground(page), "webgl");
    await page.evaluate(() => globalThis.card.loseContext());
    await page.locator("#map[data-ground=pixels]").waitFor();
    const without = await restingPicture(page);
    assert.ok(without.a > 0.85 * before.a && without.b > 0.85 * before.b, JSON.stringify({ before, without }));
    await page.evaluate(() => globalThis.card.restoreContext());
    await page.locator("#map[data-ground=webgl]").waitFor();
    assert.deepEqual(await restingPicture(page), before);
  }, {
    hash: "?map=webgl",
    setUp: (page) => page.addInitScript(() => {
      delete HTMLCanvasElement.prototype.transferControlToOffscreen; // so that the test can reach the context
      const { getContext } = OffscreenCanvas.prototype;
      OffscreenCanvas.prototype.getContext = function get(...given) {
        const context = getContext.apply(this, given);
        if (given[0] === "webgl2") globalThis.card = context.getExtension("WEBGL_lose_context");
        return context;
      };
    }),
  }));

test("the grid finds whom a look at everybody finds, at 2 x 50,000 people and where all stand in one place or a line", () =>
  visit(async (page) => {
    const different = await page.evaluate(async () => {
      const { Grid } = await import(new URL("www/map/grid.js", document.baseURI).href);
      let state = 1;
      const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
      const cloud = (n, place) => Float32Array.from({ length: 2 * n }, (_, k) => place(k % 2));
      const normal = () => random() + random() + random() - 1.5;
      const cases = {
        people: [[cloud(50_000, normal), cloud(50_000, normal)], [true, true], 0.02],
        "one domain hidden": [[cloud(500, normal), cloud(500, normal)], [false, true], 0.3],
        "one place": [[cloud(100, () => 2)], [true], 3],
        "a line": [[cloud(1000, (axis) => (axis ? 1 : normal()))], [true], 0.5],
        nobody: [[new Float32Array(0)], [true], 1],
      };
      const wrong = [];
      for (const [name, [places, shown, reach]] of Object.entries(cases)) {
        const grid = new Grid(places, shown);
        for (let ask = 0; ask < 200; ask++) {
          const [x, y] = [1.2 * normal(), 1.2 * normal()];
          let [best, found] = [reach * reach, null];
          places.forEach((points, domain) => {
            for (let user = 0; shown[domain] && user < points.length / 2; user++) {
              const square = (points[2 * user] - x) ** 2 + (points[2 * user + 1] - y) ** 2;
              if (square < best) [best, found] = [square, { domain, user }];
            }
          });
          if (JSON.stringify(grid.nearest(x, y, reach)) !== JSON.stringify(found)) wrong.push(`${name} at ${x}, ${y}`);
        }
      }
      return wrong;
    });
    assert.deepEqual(different, []);
  }));

test("every point is inside the frame and none is under the buttons, through the whole turn", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const outside = await page.evaluate(async () => {
      const { fittedView, placeCloud, sizeOf, toPixels } = await import(new URL("www/map/geometry.js", document.baseURI).href);
      let state = 1;
      const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
      const points = Float32Array.from({ length: 3000 }, () => (random() - 0.5) * (random() < 0.01 ? 9 : 1));
      const clouds = [
        { width: 3, projection: Float32Array.of(1, 0, 0, 0, 1, 0), planes: [{ i: 0, j: 2, angle: 2.5 }], points, way: [0, 1] },
        { width: 2, projection: Float32Array.of(1, 0, 0, 1), planes: [], points: points.slice(0, 500), way: [1] },
      ];
      const margins = { left: 20, right: 60, top: 20, bottom: 20 };
      const wrong = [];
      for (const [width, height] of [[700, 500], [360, 380], [400, 900]]) {
        const view = fittedView({ clouds, items: [], visitor: [] }, width, height, margins);
        for (const cloud of clouds) {
          for (let t = 0; t <= 1; t += 0.05) {
            const at = placeCloud(cloud, t, new Float32Array(2 * sizeOf(cloud)));
            toPixels(at, view, width, height, at);
            // Between the moments that are looked at a point may swing out by a little of its margin.
            for (let n = 0; n < at.length; n += 2) {
              if (at[n] < 8 || at[n] > width - 48 || at[n + 1] < 8 || at[n + 1] > height - 8) wrong.push([width, height, t, at[n], at[n + 1]]);
            }
          }
        }
      }
      return wrong.slice(0, 5);
    });
    assert.deepEqual(outside, []);
  }));

test("the pointer finds the person whom the keys have found, at 2 x 50,000 people", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const file = (name, first) => {
      const lines = ["user,item,rating"];
      for (let n = first; n < first + 50_000; n++) for (let k = 0; k < 3; k++) lines.push(`u${n},i${(n * 7 + k * 31) % 90},${1 + ((n + k) % 5)}`);
      return { name, mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) };
    };
    await openFiles(page, { a: file("a.csv", 0), b: file("b.csv", 25_000) });
    await page.locator("#play:enabled").waitFor({ timeout: 120_000 });
    await restingPicture(page);
    const box = await page.locator("#map").boundingBox();
    const [tip, who] = ["#map-tip", "#map-tip .who"].map((each) => page.locator(each));
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
      await page.locator("#map").focus();
      const before = await tip.textContent();
      await page.keyboard.press(key);
      await page.waitForFunction((text) => document.querySelector("#map-tip").textContent !== text, before);
    }
    const text = await who.textContent();
    assert.match(text, /^u\d+ · a|^u\d+ · b/);
    assert.ok((await page.locator("#map-announce").textContent()).startsWith(text), "it is spoken too");
    await page.keyboard.press("Enter");
    await page.locator("#person-note:not(:empty)").waitFor();
    // The tip stands above the mark by 16 pixels and half the width of a point, which is 1.5 of so many.
    const [x, y] = await tip.evaluate((element) => element.style.transform.match(/-?[\d.]+(?=px)/g).map(Number));
    const at = { x: box.x + x, y: box.y + y + 17.5 };
    await page.mouse.move(box.x + 3, box.y + 3); // where nobody is
    await tip.waitFor({ state: "hidden" });
    await page.mouse.move(at.x, at.y);
    await tip.waitFor();
    assert.equal(await who.textContent(), text);
  }));

test("a person who is chosen gets a ring, and Escape takes it away", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const marked = await restingPicture(page);
    await page.locator("#map").focus();
    await page.keyboard.press("Escape");
    await page.waitForTimeout(300);
    assert.notEqual((await picture(page)).digest, marked.digest);
  }));
