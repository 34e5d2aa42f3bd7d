// What is taken along beside the tables: the map as a picture, its turn as a film, the charts as a drawing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { restingPicture, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

/** What a button saves: its name and its bytes. */
async function taken(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), page.locator(button).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test("the map is saved as a picture of twice the screen's points, with its legend, and stays as it is", async () => {
  for (const hash of ["?map=webgl", "?map=pixels"]) {
    await visit(async (page) => {
      await waitUntilReady(page);
      const before = await restingPicture(page);
      const { name, bytes } = await taken(page, "#save-picture");
      assert.equal(name, "map.png");
      const box = await page.locator("#map").boundingBox();
      const seen = await page.evaluate(async (text) => {
        const blob = new Blob([Uint8Array.from(atob(text), (each) => each.charCodeAt(0))], { type: "image/png" });
        const bitmap = await createImageBitmap(blob);
        const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        pen.drawImage(bitmap, 0, 0);
        const count = (top, bottom) => {
          const { data } = pen.getImageData(0, top, bitmap.width, bottom - top);
          let [a, b] = [0, 0];
          for (let n = 0; n < data.length; n += 4) {
            if (data[n + 2] > data[n] + 40) a++;
            if (data[n] > data[n + 2] + 40) b++;
          }
          return { a, b };
        };
        const map = 2 * document.querySelector("#map").clientHeight;
        return { width: bitmap.width, height: bitmap.height, map: count(0, map), legend: count(map, bitmap.height) };
      }, bytes.toString("base64"));
      assert.ok(Math.abs(seen.width - 2 * box.width) <= 2, `${seen.width} of ${box.width}`);
      assert.ok(seen.height > 2 * box.height, "with room for the legend");
      for (const slot of ["a", "b"]) {
        const ratio = seen.map[slot] / before[slot];
        assert.ok(ratio > 3 && ratio < 5, `four times the points of ${slot}: ${ratio}`);
        assert.ok(seen.legend[slot] > 50, `the sign of ${slot}: ${JSON.stringify(seen)}`);
      }
      assert.deepEqual(await restingPicture(page), before, "the map on the page is as it was");
    }, { hash });
  }
});

test("the turn is saved as a film that a browser plays and in which the map moves", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    const { name, bytes } = await taken(page, "#save-film");
    assert.equal(name, "turn.webm");
    assert.equal(bytes.readUInt32BE(0), 0x1a45dfa3, "a WebM file");
    const { frames, width, seconds } = await page.evaluate(async (text) => {
      const video = document.createElement("video");
      const context = new OffscreenCanvas(64, 64).getContext("2d", { willReadFrequently: true });
      const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
      const source = new MediaSource();
      video.muted = true;
      video.src = URL.createObjectURL(source);
      await new Promise((resolve, reject) => {
        source.addEventListener("sourceopen", resolve, { once: true });
        video.addEventListener("error", () => reject(new Error(video.error?.message ?? "no film")), { once: true });
      });
      const buffer = source.addSourceBuffer('video/webm; codecs="vp9"');
      buffer.appendBuffer(bytes);
      await new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
      source.endOfStream();
      const seconds = video.buffered.end(0);
      const frames = new Set();
      for (let at = 0.1; at < seconds; at += 0.25) {
        video.currentTime = at;
        await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
        context.drawImage(video, 0, 0, 64, 64);
        frames.add(context.getImageData(0, 0, 64, 64).data.join());
      }
      return { frames: frames.size, width: video.videoWidth, seconds };
    }, bytes.toString("base64"));
    assert.ok(frames >= 4, `${frames} different pictures`);
    assert.ok(seconds > 2.5, `${seconds} s`);
    assert.ok(width > 300);
    // The page's own policy lets no film in.
  }, { hash: "#seed=1&model=dml&epochs=2", bypassCSP: true }));

test("where films cannot be recorded, or nothing is to move, there is no button for one", async () => {
  const without = (page) => page.addInitScript(() => {
    delete globalThis.MediaRecorder;
  });
  for (const options of [{ setUp: without }, { reducedMotion: "reduce" }]) {
    await visit(async (page) => {
      await waitUntilReady(page);
      assert.equal(await page.locator("#save-film").isVisible(), false);
      assert.equal(await page.locator("#save-picture").isEnabled(), true);
    }, options);
  }
});

test("the charts are saved as the drawing that the canvas shows, with names as text", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#all-figures").click();
    const { name, bytes } = await taken(page, "#figures-charts");
    assert.equal(name, "charts.svg");
    const drawn = await page.evaluate((text) => {
      const { documentElement: svg } = new DOMParser().parseFromString(text, "image/svg+xml");
      const lines = [...svg.querySelectorAll("path[fill=none]")].map((line) => [line.getAttribute("d"), line.getAttribute("stroke-dasharray")]);
      return {
        root: svg.localName,
        texts: [...svg.querySelectorAll("text")].map((each) => each.textContent),
        curves: lines.filter(([path]) => path.split("L").length === 3).map(([, dash]) => dash !== null),
        title: svg.querySelector("title").textContent,
        asked: document.querySelector("#loss-chart").getAttribute("aria-label"),
      };
    }, bytes.toString("utf8"));
    assert.equal(drawn.root, "svg");
    assert.deepEqual(drawn.curves.sort(), [false, false, false, true, true], "own and cross of both domains, and pairs apart, of three epochs");
    assert.ok(drawn.texts.includes("books") && drawn.texts.includes("films") && drawn.texts.includes("epoch"), drawn.texts.join());
    assert.equal(drawn.title, drawn.asked, "the same words as the canvas has");
  }, { hash: "#seed=1&model=dml&epochs=3&patience=3" }));
