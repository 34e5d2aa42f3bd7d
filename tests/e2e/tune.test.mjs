// The search for settings in the view of experiments: run it, pause it, lose the page, go on, take it away, use what it found.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { askModels, drawn, file, jobs, planned, ready, stands, table, text } from "./lab.mjs";
import { waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const MINUTES = 60_000;
const BUDGET = 9;
/** The tries, three trainings of either setting, and two baselines. */
const JOBS = BUDGET + 2 * 3 + 2;

/** Plans a search for settings of cmf with so many workers. */
async function ask(page, workers) {
  await ready(page);
  await askModels(page, ["cmf"]);
  await page.locator("#lab-budget").fill(String(BUDGET));
  await page.locator("#lab-budget").blur();
  await page.locator("#lab-workers").fill(String(workers));
  await page.locator("#lab-workers").blur();
  await planned(page, JOBS);
}

test("tune on the sample: start, pause, lose the page, go on, take away, use the settings, train with them", (t) =>
  visit(async (page) => {
    await ask(page, 1);
    assert.equal(await page.locator("#lab-points:visible, #lab-switches:visible").count(), 0, "a search has no points and placebos");
    await page.locator("#lab-play:enabled").click();
    await stands(page, "running");
    await page.waitForFunction(() => /^[1-9]\d* of/.test(document.querySelector("#lab-status").textContent), null, { timeout: 2 * MINUTES, polling: 20 });
    await page.locator("#lab-pause").click();
    await stands(page, "paused");
    await page.locator('.figure-place[data-figure="tune"] svg').waitFor({ timeout: MINUTES });
    const [before, all] = await jobs(page);
    assert.ok(before > 0 && before < all, `${before} of ${all}`);

    await page.reload();
    await stands(page, "paused");
    assert.deepEqual(await jobs(page), [before, JOBS]);
    assert.equal(await page.locator("#lab-budget").inputValue(), String(BUDGET));
    await page.locator("#lab-play").click();
    await stands(page, "done");
    await drawn(page);
    t.diagnostic(await text(page, "#lab-finding"));
    assert.match(await text(page, "#lab-finding"), /^cmf: .*on validation/);
    const names = await page.locator(".figure-place").evaluateAll((all) => all.map(({ dataset }) => dataset.figure));
    assert.deepEqual(names, ["tune", "tune-test", "tune-effects-cmf"]);
    const rows = await table(page);
    assert.equal(rows.length, BUDGET, "a row a try");
    const csv = await file(page, "CSV");
    const svg = await file(page, "SVG");
    assert.deepEqual([csv.name, svg.name], ["tune.csv", "tune.svg"]);
    await screenshot(page, "tune-done", { fullPage: true });

    // Anew with three workers and without a pause: the same is tried, to the last digit.
    await page.getByRole("button", { name: /^Delete Tune/ }).click();
    await stands(page, "idle");
    await page.locator("#lab-workers").fill("3");
    await page.locator("#lab-workers").blur();
    await page.locator("#lab-play:enabled").click();
    await stands(page, "done");
    await drawn(page);
    assert.equal((await file(page, "CSV")).bytes.toString(), csv.bytes.toString());
    assert.equal((await file(page, "SVG")).bytes.toString(), svg.bytes.toString());

    const said = await text(page, "#lab-found-list .values");
    assert.match(said, /^Changes .*model to cmf/);
    const changes = said.slice("Changes ".length, -1).split(", ").map((change) => change.split(" to "));
    await page.getByRole("button", { name: "Use these settings of cmf" }).click();
    await page.locator("#train-view:visible").waitFor();
    const notice = await text(page, "#notice-text");
    for (const [name, value] of changes) {
      assert.ok(notice.includes(`${name} to ${value}`), notice);
      assert.ok(page.url().includes(`${name}=${value}`), `${page.url()} has ${name}=${value}`);
    }
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.locator("#show-experiments").click();
    await page.locator("#experiments-view:visible").waitFor();
  }, { hash: "#experiments=tune&seed=1&epochs=30" }));
