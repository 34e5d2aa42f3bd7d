// Measures the map in a browser: how often it is drawn while it turns by itself and by the slider, how long a hover takes, and
// which tasks keep the page's thread for longer than 50 ms. Run by hand: scripts/bench map [--douban] [--long] [size ...]
// A size is people in each of two domains, half of them in both. Chromium alone, on whatever it draws with.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "../../scripts/server.mjs";
import { ratingFiles } from "../rating_files.mjs";
import { moveSlider } from "../slider.mjs";

const options = process.argv.slice(2);
const sizes = options.filter((each) => /^\d+$/.test(each)).map(Number);
const data = process.env.DUAL_METRIC_DATA ?? "../shared/data";
const epochs = 2;

/** Runs in the page before all else: counts drawn frames and long tasks. */
function watch() {
  const seen = { drawn: [], long: [], ground: "", stride: 1 };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map(({ startTime, duration }) => [startTime, duration])))
    .observe({ type: "longtask", buffered: true });
  const { Worker: Real } = globalThis;
  globalThis.Worker = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (data?.type !== "drawn") return;
        seen.drawn.push(performance.now());
        [seen.ground, seen.stride] = [data.ground, Math.max(seen.stride, data.stride)];
      });
    }
  };
  // On a page of before the map had a worker, a frame begins with a clear canvas.
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function clear(...given) {
    if (this.canvas.id === "map") seen.drawn.push(performance.now());
    return clearRect.apply(this, given);
  };
}

const last = (page) => page.evaluate(() => ({ drawn: seen.drawn.length, long: seen.long.length, now: performance.now() }));

/** What was seen since. */
async function since(page, before) {
  const { drawn, long, ground, stride } = await page.evaluate((from) => ({
    drawn: seen.drawn.slice(from.drawn), long: seen.long.slice(from.long).map(([, time]) => time), ground: seen.ground, stride: seen.stride,
  }), before);
  const seconds = (drawn.at(-1) - drawn[0]) / 1000;
  const gaps = drawn.slice(1).map((at, n) => at - drawn[n]);
  return { frames: (drawn.length - 1) / seconds, longest_gap: Math.max(0, ...gaps), long: long.length, longest: Math.max(0, ...long), ground, stride };
}

async function resting(page) {
  for (let before = await last(page); ; ) {
    await page.waitForTimeout(1000);
    const now = await last(page);
    if (now.drawn === before.drawn) return;
    before = now;
  }
}

/** From a movement of the pointer until the tip tells of somebody else, and until the next picture is there. */
async function hover(page) {
  return page.evaluate(async () => {
    const [canvas, tip] = [document.querySelector("#map"), document.querySelector("#map-tip")];
    const box = canvas.getBoundingClientRect();
    const times = { tip: [], drawn: [] };
    for (let n = 0; n < 24 && times.tip.length < 12; n++) {
      const [x, y] = [box.left + box.width * (0.35 + 0.3 * ((n * 0.618) % 1)), box.top + box.height * (0.35 + 0.3 * ((n * 0.414) % 1))];
      const [text, drawn, began] = [tip.textContent, seen.drawn.length, performance.now()];
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y, pointerId: 1, bubbles: true }));
      const until = async (done) => {
        for (const end = began + 12000; performance.now() < end; ) {
          if (done()) return performance.now() - began;
          await new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => resolve(); port2.postMessage(0); });
        }
        return null;
      };
      const toTip = await until(() => tip.textContent !== text);
      if (toTip === null) continue;
      const toDrawn = await until(() => seen.drawn.length > drawn);
      times.tip.push(toTip);
      // Where the page draws, the frame has only begun: it ends when the thread is free again.
      if (toDrawn !== null) times.drawn.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
    return { tip: middle(times.tip), tip_worst: Math.max(...times.tip), drawn: middle(times.drawn), drawn_worst: Math.max(...times.drawn), n: times.tip.length };
  });
}

const rounded = (all) => JSON.stringify(all, (_, value) => (typeof value === "number" ? Math.round(value * 10) / 10 : value));

async function measure(browser, url, name, given) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" })).newPage();
  page.on("pageerror", (error) => console.log(`  ${error.message}`));
  await page.addInitScript(watch);
  await page.goto(`${url}${process.env.MAP ? `?map=${process.env.MAP}` : ""}#seed=1&epochs=${epochs}`);
  const ready = () => page.locator("#play:enabled").waitFor({ timeout: 600_000 });
  await ready();
  for (const [n, file] of given.entries()) {
    await page.locator(`#file-${"ab"[n]}`).setInputFiles(file);
    await page.locator(`#file-${"ab"[n]}:enabled`).waitFor({ state: "attached", timeout: 600_000 });
  }
  await ready();
  await resting(page);
  console.log(name);
  let before = await last(page);
  await page.locator("#replay").click();
  await page.waitForTimeout(2600);
  console.log(`  turn    ${rounded(await since(page, before))}`);
  await resting(page);
  before = await last(page);
  await moveSlider(page);
  console.log(`  slider  ${rounded(await since(page, before))}`);
  await resting(page);
  console.log(`  hover   ${rounded(await hover(page))}`);
  if (options.includes("--long")) {
    before = await last(page);
    const began = performance.now();
    await page.locator("#play").click();
    await page.waitForFunction(() => ["done", "failed"].includes(document.body.dataset.state), null, { timeout: 900_000 });
    await page.waitForTimeout(3000);
    console.log(`  run     ${((performance.now() - began) / 1000).toFixed(0)} s ${rounded(await since(page, before))}`);
  }
  await page.context().close();
}

// Another tree's page, to compare with.
const root = process.env.PAGE_ROOT;
const { url, close } = await serve(0, root ? { find: (path) => join(root, path) } : undefined);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  if (options.includes("--douban")) {
    const read = (name) => ({ name, mimeType: "text/tab-separated-values", buffer: readFileSync(join(data, "douban", name)) });
    await measure(browser, url, "Douban, books and music", [read("book.tsv"), read("music.tsv")]);
  }
  for (const people of sizes) await measure(browser, url, `2 × ${people.toLocaleString("en")} people`, ratingFiles(people));
} finally {
  await browser.close();
  close();
}
