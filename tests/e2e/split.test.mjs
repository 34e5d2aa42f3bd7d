// One file that holds two domains is split by a column, in the dialog about how it is read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { saved, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

/** Sixty people of two shops, with a third that is rare and a row that has none. */
function shops() {
  const lines = ["user_id,shop,item_id,rating"];
  for (let u = 0; u < 60; u++) {
    for (let i = 0; i < 24; i++) {
      const shop = ["Book", "DVD", "Video"][i % 3];
      if ((u * 7 + i * 3) % 4 < 2) lines.push(`p${u},${shop},${shop} ${i},${1 + ((u >> 1) + (i >> 1)) % 5}`);
    }
  }
  lines.push("p1,Music,Song,3", "p2,,Odd,2");
  return { name: "shops.csv", mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

/** Opens the form that splits. */
async function openForm(page, column) {
  await page.locator("#details-a").click();
  await page.locator("#read-split summary").click();
  await page.locator("#split-column").selectOption({ label: column });
}

test("a column's values are told, some go to A and some to B, the others are counted, and it can be undone", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    assert.equal(await page.locator("#details-a").isVisible(), true);
    await page.locator("#details-a").click();
    assert.equal(await page.locator("#read-split").count(), 0, "the sample is no file");
    await page.locator("#data-close").click();

    await page.locator("#file-a").setInputFiles(shops());
    await page.locator("#rename-a", { hasText: "shops" }).waitFor();
    await openForm(page, "shop");
    const values = page.locator("#split-values tbody tr");
    await values.first().waitFor();
    const told = await values.evaluateAll((rows) => rows.map((row) => [row.querySelector("th").textContent, Number(row.querySelector("td").textContent)]));
    assert.deepEqual(told.map(([name]) => name).toSorted(), ["(empty)", "Book", "DVD", "Music", "Video"]);
    assert.equal(told.reduce((sum, [, rows]) => sum + rows, 0), shops().buffer.toString().trim().split("\n").length - 1, "every row is counted");
    assert.ok(await page.locator("#split-file").isDisabled(), "both need a value");
    const choose = async (value, side) => values.filter({ has: page.locator("th", { hasText: value }) }).getByRole("radio", { name: side, exact: true }).check();
    await choose("Book", "A");
    await choose("DVD", "B");
    await choose("Video", "B");
    const rows = Object.fromEntries(told);
    await page.locator("#split-counts", { hasText: `A ${rows.Book} rows, B ${rows.DVD + rows.Video} rows; left out: 2 rows of 2 values` }).waitFor();
    await screenshot(page, "split-1440");
    await page.locator("#split-file").click();
    await page.locator("#rename-b", { hasText: "DVD + Video" }).waitFor();
    assert.match(await page.locator("#read-split summary").textContent(), /A part of the file: shop Book/);
    await page.locator("#data-dialog", { hasText: /of `shop` Book, \d+ rows with others are left out/ }).waitFor();
    await page.locator("#data-close").click();
    await waitUntilReady(page);
    assert.equal(await page.locator("#rename-a").textContent(), "Book");
    assert.equal(await page.locator("#overlap-count").textContent(), "60");
    await page.locator("#play").click();
    await waitForState(page, "done");
    const { report } = JSON.parse(await saved(page, "#export-metrics"));
    assert.deepEqual(report.domains.map(({ name }) => name), ["Book", "DVD + Video"]);

    // Kept for the next visit as it is.
    await page.waitForTimeout(4000); // what is kept is on its way to the disk
    await page.reload();
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await page.locator("#rename-b", { hasText: "DVD + Video" }).waitFor();
    await waitForState(page, "done");
  }, { hash: "#model=dml&epochs=2" }));

test("undo has the whole file again, and the whole file can be read in place of a part", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#file-a").setInputFiles(shops());
    await page.locator("#rename-a", { hasText: "shops" }).waitFor();
    await openForm(page, "user_id");
    await page.locator("#split-values tbody tr").nth(30).waitFor();
    await page.locator("#split-column").selectOption({ label: "shop" });
    for (const [n, side] of [[0, "a"], [1, "b"]]) await page.locator(`#split-${n}-${side}`).check();
    await page.locator("#split-file").click();
    await page.locator("#split-whole").click();
    await page.locator("#rename-a", { hasText: /^shops$/ }).waitFor();
    await page.locator("#data-close").click();
    for (const name of [/^(Book|DVD|Video)$/, /^shops$/]) {
      await page.locator("#undo:enabled").click();
      await page.locator("#rename-a", { hasText: name }).waitFor();
    }
    await page.waitForFunction(() => document.querySelector("#name-b").textContent === "Second file");
  }, { hash: "#model=dml", viewport: { width: 390, height: 844 } }));
