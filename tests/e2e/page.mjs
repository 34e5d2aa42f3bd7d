// What the tests do with the page and read from it.

import assert from "node:assert/strict";

const MINUTES = 60_000;

/** Until the body is in one of these states; a failed training ends the wait, with what the page says about it. */
export async function waitForState(page, ...states) {
  const ends = [...states, "failed"];
  await page.waitForFunction((wanted) => wanted.includes(document.body.dataset.state), ends, { timeout: 15 * MINUTES });
  const state = await page.evaluate(() => document.body.dataset.state);
  if (!states.includes(state)) assert.fail(`${state}: ${await page.locator("#status").textContent()}`);
}

/** Until data is there, a model is set up for it and the clouds are drawn. */
export async function waitUntilReady(page) {
  await page.locator("body[data-ready=true]").waitFor({ timeout: 2 * MINUTES });
  await page.locator("#play:enabled").waitFor({ timeout: 2 * MINUTES });
}

/** How many pixels of the map have the colour of A (blue) and of B (vermillion), and a digest of all of them. */
export const picture = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector("#map");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [a, b, digest] = [0, 0, 0];
    for (let n = 0; n < data.length; n += 4) {
      const [red, , blue, alpha] = data.subarray(n, n + 4);
      if (alpha > 40 && blue > red + 40) a++;
      if (alpha > 40 && red > blue + 40) b++;
      digest = (Math.imul(digest, 31) + data[n] + (data[n + 1] << 8) + (blue << 16)) | 0;
    }
    return { a, b, digest };
  });

/** The map once it has come to rest. */
export async function restingPicture(page) {
  for (let last = await picture(page), tries = 0; tries < 50; tries++) {
    await page.waitForTimeout(300);
    const now = await picture(page);
    if (now.digest === last.digest) return now;
    last = now;
  }
  return assert.fail("the map does not come to rest");
}

/** RMSE of this model, the bias model and the global mean, as the table shows them. */
export async function errors(page) {
  const rows = await page.locator("#metrics tbody tr").evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent))));
  const [model, bias, mean] = rows.map(([a, , b]) => ({ a, b }));
  return { model, bias, mean };
}

/** Counts animation frames from now on; `read` gives their number and the longest time between two. */
export async function watchFrames(page) {
  await page.evaluate(() => {
    const seen = { frames: 0, longest: 0 };
    let last = performance.now();
    const next = (now) => {
      seen.frames++;
      seen.longest = Math.max(seen.longest, now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    Object.assign(globalThis, { seen });
  });
  return () => page.evaluate(() => ({ ...globalThis.seen }));
}

/** Picks the first suggestion that passes, over a few queries; `both` is whether the person is in both domains. */
export async function findPerson(page, both) {
  const box = page.locator("#search-user");
  for (const query of ["", ..."0123456789abcdefghij"]) {
    await box.fill(query);
    await page.locator("#search-user-list:visible li").first().waitFor();
    await page.waitForTimeout(300);
    for (const hit of await page.locator("#search-user-list li:has(.marks)").all()) {
      if ((await hit.locator(".marks svg").count() === 2) !== both) continue;
      const label = await hit.locator(".cut").textContent();
      await hit.dispatchEvent("pointerdown");
      return label;
    }
  }
  return assert.fail(`nobody is found who is in ${both ? "both domains" : "only one domain"}`);
}

/** Opens rating files as A and B. @param files paths, or objects of name, mimeType and buffer */
export async function openFiles(page, { a, b }) {
  for (const [slot, file] of Object.entries({ a, b })) {
    await page.locator(`#file-${slot}:enabled`).waitFor({ state: "attached" });
    await page.locator(`#file-${slot}`).setInputFiles(file);
    await page.locator(`#file-${slot}:enabled`).waitFor({ state: "attached", timeout: 2 * MINUTES });
  }
}

/**
 * A rating file of 60 people and 40 items in which taste has two kinds, as Playwright wants files.
 * @param {string} name
 * @param {{ item?: string, line58?: string }} [differently] what items are called, and what stands in line 58
 */
export function ratingFile(name, { item = "item", line58 } = {}) {
  const lines = ["user,item,rating"];
  for (let u = 0; u < 60; u++) {
    for (let i = 0; i < 40; i++) {
      if ((u * 7 + i * 3) % 4 === 0) lines.push(`u${u},${item} ${i},${1 + ((u + i) % 2) * 3 + (i % 2)}`);
    }
  }
  if (line58) lines.splice(57, 0, line58);
  return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}
