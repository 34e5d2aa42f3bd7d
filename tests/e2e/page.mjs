// What the tests do with the page and read from it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const MINUTES = 60_000;

/** Until the body is in one of these states; a failed training ends the wait, with what the page says about it. */
export async function waitForState(page, ...states) {
  const ends = [...states, "failed"];
  // The state that ended the wait: a moment later it may be another.
  const reached = await page.waitForFunction((wanted) => wanted.find((state) => state === document.body.dataset.state), ends, { timeout: 15 * MINUTES });
  const state = await reached.jsonValue();
  if (!states.includes(state)) assert.fail(`${state}: ${await page.locator("#status").textContent()}`);
}

/** Keeps hold of every worker that the page starts: those that compute, its own first, and those that draw the map. */
export const holdWorkers = (page) =>
  page.addInitScript(() => {
    const Before = globalThis.Worker;
    [globalThis.workers, globalThis.maps] = [[], []];
    globalThis.Worker = class extends Before {
      constructor(...asked) {
        super(...asked);
        (asked[1]?.name.startsWith("map ") ? globalThis.maps : globalThis.workers).push(this);
      }
    };
  });

/** Until data is there, a model is set up for it and the clouds are drawn. */
export async function waitUntilReady(page) {
  await page.locator("body[data-ready=true]").waitFor({ timeout: 2 * MINUTES });
  await page.locator("#play:enabled").waitFor({ timeout: 2 * MINUTES });
}

/** How many pixels of the map have the colour of A (blue), B (vermillion) and C (green), and a digest of all of them. */
export const picture = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector("#map canvas");
    // The map is drawn in a worker; what of it has come onto the page can be copied.
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
    const pen = new OffscreenCanvas(width, height).getContext("2d");
    pen.drawImage(canvas, 0, 0, width, height);
    const { data } = pen.getImageData(0, 0, width, height);
    let [a, b, c, digest] = [0, 0, 0, 0];
    for (let n = 0; n < data.length; n += 4) {
      const [red, green, blue, alpha] = data.subarray(n, n + 4);
      if (alpha > 40 && green > red + 40 && green > blue + 15) c++;
      else if (alpha > 40 && blue > red + 40) a++;
      if (alpha > 40 && red > blue + 40) b++;
      digest = (Math.imul(digest, 31) + data[n] + (data[n + 1] << 8) + (blue << 16)) | 0;
    }
    return { a, b, c, digest };
  });

/** The map once it has become another than it was, and come to rest. */
export async function nextPicture(page, before) {
  for (let tries = 0; tries < 100 && (await picture(page)).digest === before.digest; tries++) await page.waitForTimeout(200);
  return restingPicture(page);
}

/** The map once it has come to rest: three pictures of it are the same. A busy machine may need many of a turn. */
export async function restingPicture(page) {
  for (let last = await picture(page), same = 0, tries = 0; tries < 200; tries++) {
    await page.waitForTimeout(200);
    const now = await picture(page);
    same = now.digest === last.digest ? same + 1 : 0;
    if (same === 2) return now;
    last = now;
  }
  return assert.fail("the map does not come to rest");
}

/** The cells of the rows of a table of block 4. */
export const cells = (page, table) =>
  page.locator(`${table} tbody tr`).evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll("td")].map((cell) => ({ text: cell.textContent, look: cell.className }))));

/** RMSE of this model, the bias model and the global mean, as the table shows them where no run of before stands in it. */
export async function errors(page) {
  const close = page.locator("#before-close");
  if (await close.isVisible()) await close.click();
  const [a, b] = await cells(page, "#metrics");
  const of = (column) => ({ a: Number(a[column].text), b: Number(b[column].text) });
  return { model: of(0), bias: of(1), mean: of(2) };
}

/** What the page says in words of what was found. */
export const verdict = (page) => page.locator("#verdict p:not(.muted)").allTextContents();

/** The text of the file that a button saves. */
export async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(button).click()]);
  return readFileSync(await download.path(), "utf8");
}

/** What a button that saves the model offers: the texts of the file, and its tensors by name with kind and shape. */
export async function savedModel(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#export-model").click()]);
  assert.equal(download.suggestedFilename(), "model.safetensors");
  const bytes = readFileSync(await download.path());
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: texts, ...tensors } = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const ends = Object.values(tensors).map(({ data_offsets }) => data_offsets[1]);
  assert.equal(8 + length + Math.max(...ends), bytes.length, "the file ends with the last tensor");
  return { texts, tensors };
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

/** Drops files on an element, as a hand does. @param files objects of name, mimeType and buffer */
export async function dropFiles(page, selector, files) {
  const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, text: buffer.toString() }));
  const transfer = await page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, mimeType, text } of all) data.items.add(new File([text], name, { type: mimeType }));
    return data;
  }, plain);
  for (const kind of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent(selector, kind, { dataTransfer: transfer });
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
      if ((u * 7 + i * 3) % 4 === 0) lines.push(`u${u},${item} ${i},${1 + (((u >> 1) + (i >> 1)) % 2) * 3 + (i % 2)}`);
    }
  }
  if (line58) lines.splice(57, 0, line58);
  return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

/** A generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Three rating files in a row: books and films share 60 people, films and songs 60 others, books and songs nobody. What is
 * liked in one is liked in the next.
 */
export function chainedFiles() {
  const random = generator(2);
  const taste = Array.from({ length: 240 }, () => ({ level: 2 * random() - 1, kind: random() < 0.5 ? 1 : -1 }));
  return ["book", "film", "song"].map((thing, n) => {
    const lines = ["user,item,rating"];
    for (let u = 60 * n; u < 60 * n + 120; u++) {
      for (let i = 0; i < 40; i++) {
        if (random() < 0.6) continue;
        const rating = 3 + taste[u].level + 0.8 * taste[u].kind * (i % 2 ? 1 : -1) + 0.4 * (random() - 0.5);
        lines.push(`u${u},${thing} ${i},${Math.min(5, Math.max(1, Math.round(2 * rating) / 2))}`);
      }
    }
    return { name: `${thing}s.csv`, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
  });
}

/**
 * Two rating files of the same 500 people. Everybody is generous or not and likes one of two kinds, in both files alike;
 * every third has a single rating in the second. With `shuffled` the second file's people have each other's ids.
 */
export function relatedFiles({ shuffled = false } = {}) {
  const people = 500;
  const random = generator(1);
  const taste = Array.from({ length: people }, () => ({ level: 2 * random() - 1, kind: random() < 0.5 ? 1 : -1 }));
  const order = Array.from({ length: people }, (_, n) => n);
  for (let n = people - 1; n > 0 && shuffled; n--) {
    const other = Math.floor(random() * (n + 1));
    [order[n], order[other]] = [order[other], order[n]];
  }
  const file = (name, thing, id, count) => {
    const lines = ["user,item,rating"];
    for (let u = 0; u < people; u++) {
      for (let n = 0; n < count(u); n++) {
        const item = Math.floor(random() * 60);
        const rating = 3 + taste[u].level + 0.7 * taste[u].kind * (item % 2 ? 1 : -1) + 0.8 * (random() - 0.5);
        lines.push(`u${id(u)},${thing} ${item},${Math.min(5, Math.max(1, Math.round(2 * rating) / 2))}`);
      }
    }
    return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
  };
  return {
    a: file("first.csv", "book", (u) => u, () => 25),
    b: file("second.csv", "film", (u) => order[u], (u) => (u % 3 === 0 ? 1 : 25)),
  };
}
