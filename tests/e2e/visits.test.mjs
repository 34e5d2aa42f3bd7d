// What is kept for the next visit: the training goes on after a reload and after a worker's death with the same numbers; own files
// are kept, or not; what is broken is left out; what is kept is seen and deleted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { openFiles, ratingFile, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const MINUTES = 60_000;

/** The default model, with fewer sweeps than usual. */
const AVERAGED = "#seed=1&sweeps=60&burn_in=10&epochs=8";
const QUICK = "#seed=1&model=dml&epochs=2";

/** All that the page says was learnt. */
const learnt = (page) =>
  page.evaluate(() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);
    return {
      verdict: texts("#verdict p"), figures: texts("#learnt td, #alignment dd, #taste td"), next: texts("#recommend-a li, #recommend-b li"),
      nearest: texts("#nearest li"),
    };
  });

/** Names and sizes of what is kept. */
const kept = (page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("training", { create: true });
    const files = {};
    for await (const [name, handle] of folder.entries()) if (!name.endsWith(".crswap")) files[name] = (await handle.getFile()).size;
    return files;
  });

/** Until a checkpoint is kept, and what it is of is done to this share. */
const keptAt = (page, share = 0) =>
  page.waitForFunction(async (wanted) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("training", { create: true });
    try {
      const about = await (await folder.getFileHandle("about.json")).getFile();
      return JSON.parse(await about.text()).fraction >= wanted;
    } catch {
      return false;
    }
  }, share, { timeout: 2 * MINUTES, polling: 100 });

/** Puts something else in the place of a file that is kept. */
const overwrite = (page, beginning, text) =>
  page.evaluate(async ([start, content]) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("training");
    for await (const [name, handle] of folder.entries()) {
      if (!name.startsWith(start)) continue;
      const stream = await handle.createWritable();
      await stream.write(content);
      await stream.close();
    }
  }, [beginning, text]);

const offer = (page) => page.locator("#offer:visible");

/** Trains without an interruption; the other runs must come to the same. */
let undisturbed;

test("the sample: watch, pause, reload, go on, recommend with intervals, and the same numbers as without", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#recommend-a li .likely").first().waitFor();
    undisturbed = await learnt(page);
    assert.ok(undisturbed.figures.length > 30 && undisturbed.next.length === 10, JSON.stringify(undisturbed));
    t.diagnostic(`kept: ${JSON.stringify(await kept(page))}`);

    await page.locator("#reset").click();
    await waitUntilReady(page);
    await page.locator("#play").click();
    await page.waitForFunction(() => /sweep \d/.test(document.querySelector("#status").textContent), null, { timeout: MINUTES });
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    const status = await page.locator("#status").textContent();
    const progress = await page.locator("#progress").evaluate(({ value }) => value);
    await keptAt(page, progress);
    await page.reload();
    await offer(page).waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /^You trained books and films here today at \d\d:\d\d, [\d.]+.% done\. A new training takes its place\.$/);
    await waitUntilReady(page);
    await screenshot(page, "kept-offer");
    await page.locator("#offer-go-on").click();
    await waitForState(page, "paused");
    assert.equal(await page.locator("#status").textContent(), status);
    assert.equal(await page.locator("#progress").evaluate(({ value }) => value), progress);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#recommend-a li .likely").first().waitFor();
    assert.deepEqual(await learnt(page), undisturbed);

    // What is over is kept too: after another reload all is there at once.
    await keptAt(page, 1);
    await page.reload();
    await offer(page).waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /today at \d\d:\d\d\. A new/);
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await waitForState(page, "done");
    await page.locator("#recommend-a li .likely").first().waitFor();
    assert.deepEqual(await learnt(page), undisturbed);
  }, { hash: AVERAGED }));

test("a worker that dies goes on from its last checkpoint, and comes to the same numbers", () => {
  const holdWorkers = (page) =>
    page.addInitScript(() => {
      const Before = globalThis.Worker;
      globalThis.workers = [];
      globalThis.Worker = class extends Before {
        constructor(...asked) {
          super(...asked);
          if (asked[1]?.name !== "map") globalThis.workers.push(this);
        }
      };
    });
  return visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await keptAt(page, 0.02);
    await page.evaluate(() => globalThis.workers[0].terminate());
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /the training goes on from [\d.]+.% with the same numbers\.$/);
    await waitForState(page, "done");
    await page.locator("#recommend-a li .likely").first().waitFor();
    assert.deepEqual(await learnt(page), undisturbed);
  }, { hash: AVERAGED, setUp: holdWorkers });
});

test("own files are kept and brought back, and are not once the visitor says so", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("novels.csv"), b: ratingFile("songs.csv", { item: "song" }) });
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await keptAt(page, 1);
    const before = await learnt(page);
    assert.equal(Object.keys(await kept(page)).filter((name) => name.startsWith("file")).length, 2);
    await page.reload();
    await offer(page).waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /^You trained novels and songs here/);
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await waitForState(page, "done");
    await page.locator("#recommend-a li").first().waitFor();
    assert.deepEqual(await learnt(page), before);
    assert.equal(await page.locator("#name-a, #zone-a").first().textContent().then((text) => /novels/.test(text)), true);

    await page.locator("#kept").click();
    await page.locator("#kept-dialog").waitFor();
    assert.match(await page.locator("#kept-clear").textContent(), /^Delete what is kept \([\d.]+.MB\)$/);
    await screenshot(page, "kept-dialog");
    await page.locator("#kept-files").uncheck();
    await page.locator("#kept-clear:disabled").waitFor();
    assert.deepEqual(await kept(page), {});
    await page.keyboard.press("Escape");
    await page.locator("#play").click();
    await waitForState(page, "running");
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    assert.deepEqual(await kept(page), {});
    await page.reload();
    await waitUntilReady(page);
    assert.equal(await offer(page).count(), 0);
  }, { hash: QUICK }));

test("what is left is deleted; what is broken is left out with a message, and nothing else is lost", () =>
  visit(async (page) => {
    const train = async () => {
      await waitUntilReady(page);
      await page.locator("#play").click();
      await waitForState(page, "done");
      await keptAt(page, 1);
      await page.reload();
      await offer(page).waitFor();
      await waitUntilReady(page);
    };
    await train();
    await page.locator("#offer-leave").click();
    await offer(page).waitFor({ state: "hidden" });
    assert.deepEqual(await kept(page), {});

    await train();
    await overwrite(page, "checkpoint", "DMCKPT and no more");
    await page.locator("#offer-go-on").click();
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /^The training cannot go on from where it was \(.*checkpoint.*\)\. Press Train to begin it again\.$/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");

    await keptAt(page, 1);
    await overwrite(page, "about", "{ \"saved\": 1 }");
    await page.reload();
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /^What was kept of the last visit cannot be read \(its description is not whole\); it is left out\.$/);
    await waitUntilReady(page);
    assert.equal(await offer(page).count(), 0);
  }, { hash: QUICK }));

test("of two tabs the first keeps its work, and the second says that it does not", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await waitUntilReady(second);
    await second.locator("#play").click();
    await waitForState(second, "done");
    assert.deepEqual(await kept(second), {});
    await second.locator("#kept").click();
    assert.match(await second.locator("#kept-dialog .warn").textContent(), /^Another tab of this page keeps its work; this one does not\.$/);
    await second.close();
    await page.locator("#play").click();
    await waitForState(page, "done");
    await keptAt(page, 1);
  }, { hash: QUICK }));
