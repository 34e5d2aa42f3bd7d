// Pictures of the page for whoever wants to look at it: every width, light and dark, before, during and after a training, with
// own data, with errors, and in the ways in which some people see it. Into artifacts/look, a folder that is no part of the
// repository: `npm run look`, or `npm run look -- 390 1440` for some of the widths.

import { mkdirSync, rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { openFiles, ratingFile, relatedFiles, restingPicture, waitForState, waitUntilReady } from "../tests/e2e/page.mjs";
import { serve } from "./server.mjs";

/** Widths of windows, and the heights that go with them. */
const WINDOWS = [[360, 740], [390, 844], [768, 1024], [1280, 720], [1366, 768], [1440, 900], [1920, 1080], [2560, 1440]];
const folder = new URL("../artifacts/look/", import.meta.url).pathname;

const wanted = process.argv.slice(2).map(Number);
const windows = WINDOWS.filter(([width]) => wanted.length === 0 || wanted.includes(width));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

/** @param {import("playwright-core").BrowserContextOptions} options @param {(page: import("playwright-core").Page) => Promise<void>} visit */
async function open(options, visit, hash = "#model=dml") {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block", locale: "en-US", ...options });
  const page = await context.newPage();
  try {
    await page.goto(server.url + hash);
    // The view of experiments has no map to wait for.
    if (hash.startsWith("#model")) await waitUntilReady(page);
    await visit(page);
  } finally {
    await context.close();
  }
}

/** In every width, light and dark: what is in the window, and where the page is longer the whole of it. */
async function inAll(page, name) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [width, height] of windows) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${folder}${name}-${width}-${scheme}.png`, fullPage: width < 760 });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

const shot = (page, name, options) => page.screenshot({ path: `${folder}${name}.png`, ...options });

await open({}, async (page) => {
  await restingPicture(page);
  await inAll(page, "1-before");
  await page.locator("#play").click();
  await page.waitForFunction(() => document.querySelector("#loss-chart").getAttribute("aria-label").startsWith("After epoch"));
  await page.locator("#pause").click();
  await waitForState(page, "paused");
  await inAll(page, "2-paused");
  await page.locator("#play").click();
  await page.waitForTimeout(700);
  await shot(page, "2-running-1440-light");
  await waitForState(page, "done");
  await restingPicture(page);
  await inAll(page, "3-after");
  await page.locator("#explain").click();
  await shot(page, "4-explains-1440");
  await page.locator(".help[data-help=transfer]").click();
  await shot(page, "4-explains-open-1440");
  await page.keyboard.press("Escape");
  await page.locator("#explain").click();
  for (const [id, name] of [["settings", "settings"], ["all-figures", "figures"], ["all-advice", "lists"], ["details-a", "data"], ["kept-open", "kept"]]) {
    await page.locator(`#${id}`).click();
    await page.locator("dialog[open]").waitFor();
    await shot(page, `5-dialog-${name}-1440`);
    await page.setViewportSize({ width: 390, height: 844 });
    await shot(page, `5-dialog-${name}-390`);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press("Escape");
  }
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ forcedColors: "active", colorScheme });
    await restingPicture(page);
    await shot(page, `6-forced-${colorScheme}-1440`);
  }
  await page.emulateMedia({ forcedColors: "none", colorScheme: "light" });
  await page.pdf({ path: `${folder}7-printed.pdf`, format: "A4", printBackground: true });
});

await open({}, async (page) => {
  const { a, b } = relatedFiles();
  await openFiles(page, { a, b });
  await waitUntilReady(page);
  await inAll(page, "8-own-data");
  await page.locator("#file-a").setInputFiles({ name: "poem.txt", mimeType: "text/plain", buffer: Buffer.from("no rating\nis in here\n") });
  await page.locator("#correct-a").waitFor();
  await inAll(page, "9-error");
  await openFiles(page, { a: ratingFile("books.csv"), b: ratingFile("films.csv") });
  await inAll(page, "9-warning");
});

await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page) => {
  await shot(page, "6-touch-390", { fullPage: true });
});
await open({}, async (page) => {
  await page.locator("#lab-play:enabled").waitFor({ state: "visible" });
  await inAll(page, "10-experiments");
}, "#experiments=overlap");

await browser.close();
server.close();
console.log(`Pictures in ${folder}`);
