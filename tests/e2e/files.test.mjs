// The visitor's own files: real ones, broken ones and hostile ones.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { cells, errors, openFiles, ratingFile, relatedFiles, saved, verdict, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const douban = new URL("../../../shared/data/douban/", import.meta.url).pathname;

test("Douban books and music: two epochs", { skip: existsSync(douban) ? false : "the files are not here" }, (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: `${douban}book.tsv`, b: `${douban}music.tsv` });
    await waitUntilReady(page);
    assert.equal(await page.locator("#overlap-count").textContent(), "1,566");
    await page.locator("#epochs").fill("2");
    await page.locator("#epochs").press("Enter");
    await page.waitForTimeout(500);
    await waitUntilReady(page);
    const began = performance.now();
    await page.locator("#play").click();
    await waitForState(page, "done");
    const { model, mean } = await errors(page);
    t.diagnostic(`trained in ${((performance.now() - began) / 1000).toFixed(1)} s; RMSE ${model.a} / ${model.b}, the mean's ${mean.a} / ${mean.b}`);
    for (const slot of ["a", "b"]) {
      assert.ok(Number.isFinite(model[slot]) && model[slot] > 0, `${slot}: a number`);
      assert.ok(model[slot] < mean[slot], `${slot}: better than the mean`);
    }
    assert.equal(await page.locator("#show-held").textContent(), "148 kept for the test, 9 lack ratings");
    await screenshot(page, "douban");
  }, { hash: "#model=dml" }));

const GIFT = /^From .*: less error/;

/** Opens two files and trains on them. */
async function trainOn(page, files) {
  await waitUntilReady(page);
  await openFiles(page, files);
  await waitUntilReady(page);
  await page.locator("#play").click();
  await waitForState(page, "done");
  return verdict(page);
}

test("related files: what crosses is claimed, and the figures say what they were taken on", () =>
  visit(async (page) => {
    const files = relatedFiles();
    const words = await trainOn(page, files);
    assert.equal(words.filter((line) => GIFT.test(line) && line.includes("newcomers")).length, 2, words.join(" "));

    const legend = await page.locator("#show-held").textContent();
    assert.match(legend, /^\d+ kept for the test, \d+ lack ratings$/);
    const [measured, left] = legend.match(/\d+/g).map(Number);
    assert.equal(measured + left, 50, "a tenth of the people in both");
    const metrics = await saved(page, "#export-metrics");
    assert.match(metrics, /"learning_rate": 0\.002,?\n/);
    const { files: named, sample_seed, report } = JSON.parse(metrics);
    assert.equal(measured, report.alignment.pairs, "the legend has the number of the figures");
    assert.equal(sample_seed, null);
    const expected = Object.entries(files).map(([domain, { name, buffer }]) => ({
      domain, kind: "ratings", name, bytes: buffer.length, sha256: createHash("sha256").update(buffer).digest("hex"),
    }));
    assert.deepEqual(named, expected);
  }));

test("the same files with shuffled ids: no gain is claimed, and no figure of a linked training is bold", () =>
  visit(async (page) => {
    const words = await trainOn(page, relatedFiles({ shuffled: true }));
    assert.deepEqual(words.filter((line) => GIFT.test(line)), []);
    assert.ok(words.some((line) => /nothing that stands out of the noise|made .* worse/.test(line)), words.join(" "));
    for (const [, , linked] of await cells(page, "#transfer")) assert.doesNotMatch(linked.look, /strong/);
    assert.equal(await page.locator("#ladder td:last-child .last-rung").count(), 0, "the map is no rung that holds");
    await screenshot(page, "shuffled-ids");
  }));

test("a file that cannot be read is named with its line, and the page goes on", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const broken = { name: "broken.csv", mimeType: "text/csv", buffer: Buffer.from("user,item,rating\nu1,i1,good\nu2,i2,bad\nu3,i3,fair\n") };
    await page.locator("#file-a").setInputFiles(broken);
    const message = page.locator("#data-message.error");
    await message.waitFor();
    assert.match(await message.textContent(), /broken\.csv.*line \d+/);
    await screenshot(page, "broken-file");
    await page.locator("#load-sample").click();
    await waitUntilReady(page);
    await page.locator("#one-epoch").click();
    await waitForState(page, "paused");
  }));

test("single bad rows are counted and listed with their lines", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("first.csv", { line58: "u1,item 2,lots" }), b: ratingFile("second.csv", { item: "song" }) });
    await waitUntilReady(page);
    assert.match(await page.locator("#facts-a").textContent(), /1 row not read/);
    await page.locator("#details-a").click();
    await page.locator("#data-dialog", { hasText: /58.*lots/s }).waitFor();
    await screenshot(page, "rejected-row");
  }));

test("markup in a file is shown as text", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const item = "<img src=x onerror=globalThis.harmed=1>";
    await openFiles(page, { a: ratingFile("<b>a</b>.csv", { item }), b: ratingFile("b.csv", { item: `${item} again` }) });
    await waitUntilReady(page);
    await page.locator("#one-epoch").click();
    await waitForState(page, "paused", "done");
    await page.locator("#rated-a li", { hasText: "<img src=x" }).first().waitFor();
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.harmed), undefined);
  }));

test("the same file twice: nothing is trained, and it is said why and where", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const { a } = relatedFiles();
    await openFiles(page, { a, b: a });
    await page.locator("#status", { hasText: "Can't be trained on as they are: see what is said at the files" }).waitFor();
    await page.locator("#data-warnings", { hasText: "hold the same ratings" }).waitFor();
    assert.ok(await page.locator("#play").isDisabled());
    await screenshot(page, "same-file");
  }));
