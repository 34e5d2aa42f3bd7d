// Finds what keeps the page's thread for longer than 50 ms in a whole run with many people: reading, turning, pointing, choosing,
// lists, training, saving. Run by hand: scripts/bench long [people], 100,000 by themselves, half of them in each of two domains.
// Tasks are taken from the browser's own trace: how long each lasted, and how much of that the processor worked on it, which other
// programs change little. What it was busy with is named by the functions and steps that took longest.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "../../scripts/server.mjs";
import { ratingFiles } from "../rating_files.mjs";
import { moveSlider } from "../slider.mjs";

const people = Number(process.argv[2] ?? 100_000);
const LONG_MILLISECONDS = 50;
const CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing", "v8"];
const TASKS = ["RunTask", "ThreadControllerImpl::RunTask"];
/** Steps that say nothing of what is done in them. */
const WRAPPERS = /^(RunTask|ThreadControllerImpl::RunTask|SimpleWatcher::|Receive|SequenceManager|LocalFrameView::Run|.*::Run$|.*mojom.*|.*Dispatch$|WebFrameWidgetImpl.*|EventDispatch|PageAnimator.*|ThreadProxy::.*|.*BeginMainFrame.*|V8\.RunMicrotasks|RunMicrotasks|v8\.callFunction|V8\.Execute)$/;

/** What a task was busy with, the longest first. @param {any[]} within its events */
function busyWith(within) {
  /** @type {Map<string, number>} */
  const names = new Map();
  for (const { name, tdur = 0, args } of within) {
    if (WRAPPERS.test(name) || tdur < 5000) continue;
    const call = args?.data?.functionName !== undefined ? `${args.data.functionName || "?"} ${String(args.data.url ?? "").split("/").pop()}:${args.data.lineNumber}` : name;
    names.set(call, (names.get(call) ?? 0) + tdur / 1000);
  }
  return [...names].sort((x, y) => y[1] - x[1]).slice(0, 4).map(([name, time]) => `${name} ${time.toFixed(0)}`);
}

/** @param {any[]} events of a trace */
function longTasks(events) {
  const { pid, tid } = events.find(({ name, cat }) => name === "bench" && cat.includes("user_timing")) ?? {};
  const here = events.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X");
  const tasks = here.filter(({ name, dur }) => TASKS.includes(name) && dur > LONG_MILLISECONDS * 1000);
  // A task may be told of by both names.
  const outer = tasks.filter((task) => !tasks.some((other) => other !== task && other.ts <= task.ts && other.ts + other.dur >= task.ts + task.dur && (other.dur > task.dur || TASKS.indexOf(other.name) < TASKS.indexOf(task.name))));
  return outer.map(({ ts, dur, tdur = 0 }) => ({
    wall: dur / 1000,
    processor: tdur / 1000,
    busy: busyWith(here.filter((event) => event.ts >= ts && event.ts + event.dur <= ts + dur)),
  }));
}

const folder = mkdtempSync(join(tmpdir(), "dual-metric-long-"));
const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block", acceptDownloads: true });
const page = await context.newPage();
page.on("pageerror", (error) => console.log(`  ${error.message}`));

console.log(`${people.toLocaleString("en")} people, load ${loadavg()[0].toFixed(1)} at the beginning`);
console.log("| step | tasks over 50 ms of work | longest, ms of work | over 50 ms on the clock | longest, ms |\n| --- | ---: | ---: | ---: | ---: |");
const details = [];

/** @param {string} name @param {() => Promise<unknown>} work */
async function step(name, work) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.evaluate(() => performance.mark("bench"));
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const tasks = longTasks(traceEvents);
  const worked = tasks.filter(({ processor }) => processor > LONG_MILLISECONDS);
  const most = (/** @type {number[]} */ all) => (all.length > 0 ? Math.max(...all).toFixed(0) : "–");
  console.log(`| ${name} | ${worked.length} | ${most(worked.map(({ processor }) => processor))} | ${tasks.length} | ${most(tasks.map(({ wall }) => wall))} |`);
  for (const task of worked.sort((x, y) => y.processor - x.processor).slice(0, 5)) details.push(`${name}: ${task.processor.toFixed(0)} ms: ${task.busy.join("; ")}`);
}

const ready = () => page.locator("#play:enabled").waitFor({ timeout: 600_000 });
const still = (milliseconds = 1500) => page.waitForTimeout(milliseconds);
const save = async (selector) => {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 300_000 }), page.locator(selector).click()]);
  await download.path();
};

try {
  await page.goto(`${server.url}#seed=1&epochs=2&sweeps=12&burn_in=4&thinning=2`);
  await ready();
  // From the disk, as a visitor's: handed over by the tool that drives the browser they would keep the page's thread.
  const files = ratingFiles(people / 2).map(({ name, buffer }) => {
    writeFileSync(join(folder, name), buffer);
    return join(folder, name);
  });
  await step("reading", async () => {
    for (const [n, file] of files.entries()) {
      await page.locator(`#file-${"ab"[n]}`).setInputFiles(file);
      await page.locator(`#file-${"ab"[n]}:enabled`).waitFor({ state: "attached", timeout: 600_000 });
    }
    await ready();
    await still(4000);
  });
  await step("turning", async () => {
    await page.locator("#replay").click();
    await still(4000);
  });
  await step("the slider", async () => {
    await moveSlider(page);
    await still();
  });
  const box = await page.locator("#map").boundingBox();
  const at = (n) => [box.x + box.width * (0.35 + 0.3 * ((n * 0.618) % 1)), box.y + box.height * (0.35 + 0.3 * ((n * 0.414) % 1))];
  await step("pointing", async () => {
    for (let n = 0; n < 12; n++) {
      await page.mouse.move(...at(n));
      await still(300);
    }
  });
  await step("choosing on the map", async () => {
    for (let n = 0; n < 4; n++) {
      await page.mouse.click(...at(n));
      await still(500);
    }
  });
  await step("searching", async () => {
    await page.locator("#search-user").fill("u12");
    await page.locator("#search-user-list li").first().waitFor();
    await page.locator("#search-user").press("ArrowDown");
    await page.locator("#search-user").press("Enter");
    await still();
  });
  await step("colours", async () => {
    for (const index of [1, 2, 0]) {
      await page.locator("#colour-by").selectOption({ index });
      await still();
    }
  });
  await step("training", async () => {
    await page.locator("#play").click();
    await page.waitForFunction(() => ["done", "failed"].includes(document.body.dataset.state), undefined, { timeout: 1_800_000, polling: 500 });
    await still(4000);
  });
  await step("choosing when trained", async () => {
    for (let n = 4; n < 8; n++) {
      await page.mouse.click(...at(n));
      await still(1500);
    }
  });
  await step("whole lists", async () => {
    await page.locator("#all-advice").click();
    await still(4000);
    await page.keyboard.press("Escape");
  });
  await step("all figures", async () => {
    await page.locator("#all-figures").click();
    await still();
    await page.keyboard.press("Escape");
  });
  await step("a picture of the map", () => save("#save-picture"));
  await step("saving figures", () => save("#export-metrics"));
  await step("saving recommendations", () => save("#export-recommendations"));
  await step("saving vectors", () => save("#export-embeddings"));
  await step("saving the model", () => save("#export-model"));
  await step("after a reload", async () => {
    page.once("dialog", (dialog) => dialog.accept());
    await page.reload();
    await page.evaluate(() => performance.mark("bench"));
    await page.locator("#offer-go-on[aria-disabled=false]").waitFor({ timeout: 300_000 });
    await page.locator("#offer-go-on").click();
    await page.waitForFunction(() => document.body.dataset.state === "done", undefined, { timeout: 900_000, polling: 500 });
    await still(4000);
  });
  console.log(`\nload ${loadavg()[0].toFixed(1)} at the end\n\n${details.join("\n")}`);
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true });
}
