// Measures how long the page takes to start in a browser that has never seen it, behind a line of so many megabits a second,
// and once more with what the browser has kept. Run by hand: scripts/bench start [--published] [--tries n] [megabits ...]
// The line is a proxy between browser and server, so that the requests of workers are slowed down too.

import { createServer, connect } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { published, serve } from "../../scripts/server.mjs";
import { assemble } from "../../scripts/site.mjs";

const options = process.argv.slice(2);
const after = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
const tries = Number(after("--tries") ?? 3);
const lines = options.filter((each, n) => /^\d+$/.test(each) && options[n - 1] !== "--tries").map(Number);
const ONE_WAY_MILLISECONDS = 20;
/** So much is let through at a time. */
const PIECE = 4 * 1024;
/** So far ahead of the line the server may be, so that what is asked for later need not wait for all of it. */
const AHEAD_MILLISECONDS = 60;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A line to a port: every piece waits until those before it are through, and for the way. @param {number} megabits 0: none */
async function slowLine(port, megabits) {
  let free = 0;
  let bytes = 0;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const end of [near, far]) end.on("error", () => {}).on("close", () => (near.destroy(), far.destroy()));
    near.on("data", async (data) => {
      if (megabits) await wait(ONE_WAY_MILLISECONDS);
      far.write(data);
    });
    /** What is on its way, with the time at which it arrives. @type {[number, Buffer][]} */
    const way = [];
    let running = false;
    const deliver = async () => {
      running = true;
      while (way.length > 0) {
        for (let next = way.shift(); next; next = way.shift()) {
          const left = next[0] - performance.now();
          if (left > 0) await wait(left);
          if (!near.destroyed) near.write(next[1]);
        }
        // Other connections may have filled the line meanwhile.
        const ahead = free - performance.now() - AHEAD_MILLISECONDS;
        if (ahead > 0) await wait(ahead);
      }
      running = false;
      far.resume();
    };
    far.on("data", (data) => {
      bytes += data.length;
      if (!megabits) return near.write(data);
      for (let at = 0; at < data.length; at += PIECE) {
        const piece = data.subarray(at, at + PIECE);
        free = Math.max(free, performance.now()) + piece.length / (megabits * 125);
        way.push([free + ONE_WAY_MILLISECONDS, piece]);
      }
      if (free - performance.now() > AHEAD_MILLISECONDS) far.pause();
      if (!running) void deliver();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    bytes: () => bytes,
    close: () => server.close(),
  };
}

/** First paint, the sample on the map, and a page that can be trained, in milliseconds from the request. */
async function open(page, url) {
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.usable, undefined, { timeout: 300_000 });
  return page.evaluate(() => {
    const paints = Object.fromEntries(performance.getEntriesByType("paint").map(({ name, startTime }) => [name, startTime]));
    return { paint: paints["first-paint"], words: paints["first-contentful-paint"], usable: window.usable };
  });
}

/** Notes in the page when it can be used: who asks from outside learns of it a while later. */
function watch() {
  new MutationObserver(() => {
    const play = document.querySelector("#play");
    if (document.body?.dataset.ready === "true" && play && !play.disabled) window.usable ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled", "data-ready"] });
}

const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(2).padStart(7);

async function measure(port, megabits) {
  const [first, again] = [[], []];
  let sent = 0;
  for (let n = 0; n < tries; n++) {
    const line = await slowLine(port, megabits);
    const folder = mkdtempSync(join(tmpdir(), "dual-metric-start-"));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      viewport: { width: 1440, height: 900 },
    });
    try {
      const page = await context.newPage();
      await page.addInitScript(watch);
      await page.goto("about:blank");
      first.push(await open(page, line.url));
      sent = line.bytes();
      await page.waitForTimeout(3000); // what is put by for later comes now
      again.push(await open(page, line.url));
    } finally {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
      line.close();
    }
  }
  const row = (name, all) =>
    console.log(`${name}  ${["paint", "words", "usable"].map((key) => seconds(middle(all.map((each) => each[key])))).join("")}`);
  const name = megabits ? `${megabits} Mbit/s`.padEnd(11) : "no line    ";
  row(`${name} first`, first);
  row(`${name} again`, again);
  console.log(`            ${(sent / 1e6).toFixed(2)} MB the first time`);
}

const site = options.includes("--published") ? published(assemble().folder) : undefined;
const server = await serve(0, site);
try {
  console.log(`seconds, middle of ${tries}      paint  words usable`);
  for (const megabits of lines.length > 0 ? lines : [0, 50, 10]) await measure(new URL(server.url).port, megabits);
} finally {
  server.close();
}
