// What tests in other browsers than Chromium ask of the page: all that they share with each other is that text can be evaluated in it.

import assert from "node:assert/strict";

/** @typedef {{ evaluate(what: (...values: any[]) => unknown): Promise<any> }} Page of either protocol */

/** A minute, in milliseconds. */
export const MINUTES = 60_000;

/**
 * Until the page says so; asked again and again, as all protocols can.
 * @param {Page} page
 * @param {() => unknown} says
 * @param {string} what
 * @param {number} most milliseconds
 */
export async function until(page, says, what, most) {
  for (const end = Date.now() + most; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    if (await page.evaluate(says)) return;
  }
  const state = await page.evaluate(() =>
    [document.body.dataset.state, ...["#status", "#notice-text"].map((place) => document.querySelector(place).textContent), ...(globalThis.problems ?? [])].join(" "));
  assert.fail(`${what} did not happen; the page is ${state}`);
}

/** How many pixels of the map are blue and red, and a digest of all of them. It can be copied also where a worker draws it. @param {Page} page */
export const colours = (page) =>
  page.evaluate(() => {
    const map = document.querySelector("#map canvas");
    const pen = new OffscreenCanvas(map.clientWidth, map.clientHeight).getContext("2d");
    pen.drawImage(map, 0, 0, map.clientWidth, map.clientHeight);
    const { data } = pen.getImageData(0, 0, map.clientWidth, map.clientHeight);
    let [blue, red, digest] = [0, 0, 0];
    for (let n = 0; n < data.length; n += 4) {
      if (data[n + 2] > data[n] + 40) blue++;
      if (data[n] > data[n + 2] + 40) red++;
      digest = (Math.imul(digest, 31) + data[n] + (data[n + 1] << 8)) | 0;
    }
    return { blue, red, digest };
  });
