// Rating files whose columns mislead: nothing is lost by opening them, and a person can say how to read them.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { ratingFile, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

/** A file of 60 people and 40 items, 600 lines, with the columns that `columns` makes of a rating from 1 to 5. */
function fileOf(name, header, columns) {
  const lines = header ? [header] : [];
  for (let u = 0; u < 60; u++) {
    for (let i = 0; i < 40; i++) {
      if ((u * 7 + i * 3) % 4 === 0) lines.push(`u${u},item ${i},${columns(1 + ((u * 3 + i) % 5))}`);
    }
  }
  return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

/** Two columns could be the ratings, and neither is called so: they are in `second`, from 1 to 10. */
const twoColumns = (name) => fileOf(name, "person,book,first,second", (value) => `${6 - value},${2 * value}`);

/** No value looks like a rating, although the columns are where they usually are. */
const thousands = (name) => fileOf(name, "", (value) => `${200 * value}`);

const facts = (page, slot) => page.locator(`#facts-${slot}`).textContent();

/** Opens a file and waits until the next one can be opened. */
async function openFile(page, slot, file) {
  const input = page.locator(`#file-${slot}:enabled`);
  await input.waitFor({ state: "attached" });
  await input.setInputFiles(file);
  await page.locator(`#name-${slot}`, { hasText: file.name.replace(".csv", "") }).waitFor();
  await input.waitFor({ state: "attached" });
}

/** Opens a file that cannot be read and waits until the page says so. */
async function openUnreadable(page, slot, file) {
  await page.locator(`#file-${slot}:enabled`).waitFor({ state: "attached" });
  await page.locator(`#file-${slot}`).setInputFiles(file);
  await page.locator("#data-message.error", { hasText: file.name }).waitFor();
  await page.locator(`#correct-${slot}`).waitFor();
}

test("two columns that could both be ratings: the roles are corrected, and the file takes its place", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#one-epoch").click();
    await waitForState(page, "paused");
    const [before, overlap] = [await facts(page, "a"), await page.locator("#overlap-count").textContent()];
    await openUnreadable(page, "a", twoColumns("shelf.csv"));
    assert.match(await page.locator("#data-message").textContent(), /shelf\.csv: `first` and `second` could both be the ratings/);
    assert.equal(await page.locator("#correct-b").isVisible(), false, "only where the file was opened");
    const dialog = page.locator("#data-dialog");
    assert.equal(await dialog.isVisible(), false, "the dialog does not open by itself");
    assert.equal(await facts(page, "a"), before, "the sample is still there");
    assert.equal(await page.locator("#overlap-count").textContent(), overlap);
    await waitForState(page, "paused");
    assert.match(await page.locator("#status").textContent(), /Paused after 1 epoch/, "and what was learnt from it");
    await screenshot(page, "correct-button");

    // What is loaded can be looked at, but how it is read is not what would be changed now.
    await page.locator("#details-a").click();
    await dialog.getByText("shelf.csv, which was to replace it, could not be read yet.").waitFor();
    assert.equal(await page.locator("#role-0").count(), 0);
    await page.locator("#data-close").click();

    await page.locator("#correct-a").click();
    assert.equal(await page.locator("#data-dialog-title").textContent(), "shelf.csv");
    const status = dialog.locator("[role=status]");
    assert.match(await status.textContent(), /could both be the ratings/);
    assert.match(await status.getAttribute("class"), /error/);
    assert.equal(await page.locator("#role-2").inputValue(), "rating");
    await screenshot(page, "correct-dialog-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(300); // colours change gradually
    await screenshot(page, "correct-dialog-dark");
    await page.emulateMedia({ colorScheme: "light" });

    // A correction that is none gives another error and stays in the form.
    await page.locator("#role-1").selectOption("rating");
    await status.filter({ hasText: '"item 0" is not a number' }).waitFor();
    assert.equal(await page.locator("#role-1").inputValue(), "rating");
    assert.equal(await page.locator("#role-2").inputValue(), "item", "roles are swapped, not lost");
    assert.equal(await facts(page, "a"), before);

    await page.locator("#read-again").click();
    await status.filter({ hasText: "could both be the ratings" }).waitFor();
    await page.locator("#role-3").selectOption("rating");
    await dialog.getByText("600 ratings by 60 people of 40 books").waitFor();
    assert.equal(await page.locator("#data-dialog-title").textContent(), "shelf");
    assert.equal(await page.locator("#role-3").inputValue(), "rating");
    await page.locator("#feature-users-a").waitFor({ state: "attached" });
    await page.locator("#data-close").click();
    assert.match(await facts(page, "a"), /600 ratings · 60 people · 40 items.*scale 1–10/);
    assert.equal(await page.locator("#correct-a").isVisible(), false);
    assert.equal(await page.locator("#data-message.error").count(), 0);
    assert.equal(await page.locator("#details-b").isVisible(), false, "the sample has made way");
    await openFile(page, "b", ratingFile("second.csv", { item: "song" }));
    await waitUntilReady(page);
    assert.equal(await page.locator("#overlap-count").textContent(), "60");
  }));

test("right guesses only have to be confirmed", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openUnreadable(page, "b", thousands("points.csv"));
    assert.match(await page.locator("#data-message").textContent(), /no column looks like ratings/);
    await page.locator("#correct-b").click();
    await page.locator("#read-as-shown").press("Enter");
    await page.locator("#data-dialog", { hasText: "600 ratings by 60 people of 40 items" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#details-b:focus").waitFor(); // the button that opened the dialog is gone
    assert.match(await facts(page, "b"), /600 ratings.*scale 200–1000, their range/);

    // A range is nobody's declaration: it stays one when something else is changed.
    await page.locator("#details-b").click();
    const note = page.locator("#data-dialog", { hasText: "No usual scale holds ratings from 200 to 1000" });
    await note.waitFor();
    await page.locator("#role-0").selectOption("item");
    await page.locator("#facts-b", { hasText: /40 people · 60 items.*scale 200–1000, their range/ }).waitFor();
    await note.waitFor();
    await page.locator("#read-hi").fill("1200");
    await page.locator("#read-hi").press("Enter");
    await page.locator("#facts-b", { hasText: /scale 200–1200$/ }).waitFor();
    await note.waitFor({ state: "hidden" });
  }));

test("an unread file gives way to another one, to the sample and to its removal", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openUnreadable(page, "a", twoColumns("shelf.csv"));
    await openFile(page, "b", ratingFile("second.csv", { item: "song" }));
    assert.match(await facts(page, "b"), /600 ratings/);
    assert.ok(await page.locator("#correct-a").isVisible(), "a file of the other domain changes nothing");
    assert.match(await page.locator("#data-message.error").textContent(), /shelf\.csv/);
    await openFile(page, "a", ratingFile("first.csv"));
    await waitUntilReady(page);
    assert.equal(await page.locator("#correct-a").isVisible(), false);

    await openUnreadable(page, "a", twoColumns("shelf.csv"));
    await page.locator("#remove-a").click();
    await page.locator("#correct-a").waitFor({ state: "hidden" });
    await openUnreadable(page, "a", twoColumns("shelf.csv"));
    await page.locator("#remove-a").click(); // there is nothing else to remove
    await page.locator("#correct-a").waitFor({ state: "hidden" });
    assert.match(await facts(page, "b"), /600 ratings/);

    await openUnreadable(page, "a", twoColumns("shelf.csv"));
    await page.locator("#load-sample").click();
    await page.locator("#correct-a").waitFor({ state: "hidden" });
    await waitUntilReady(page);
  }));

test("a new worker reads the corrected file as it was corrected, and is not given the unread one", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openUnreadable(page, "a", twoColumns("shelf.csv"));
    await page.locator("#correct-a").click();
    await page.locator("#role-3").selectOption("rating");
    await page.locator("#data-dialog", { hasText: "600 ratings" }).waitFor();
    await page.locator("#data-close").click();
    await openFile(page, "b", ratingFile("second.csv", { item: "song" }));
    await waitUntilReady(page);
    await openUnreadable(page, "b", twoColumns("other.csv"));
    const [worker] = page.workers();
    await worker.evaluate(() => globalThis.postMessage({ fatal: "a trap" }));
    await page.locator("#notice", { hasText: "a trap" }).waitFor();
    await page.locator("#correct-b").waitFor({ state: "hidden" });
    await waitUntilReady(page);
    assert.match(await facts(page, "a"), /600 ratings.*scale 1–10/);
    assert.match(await facts(page, "b"), /600 ratings.*scale 1–5/);
    assert.equal(await page.locator("#data-message.error").count(), 0);
  }));

test("a file that is gone from the disk is not read again, and what was loaded stays", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    const path = join(tmpdir(), `dual-metric-${process.pid}.csv`);
    t.after(() => rmSync(path, { force: true }));
    writeFileSync(path, ratingFile("any.csv").buffer);
    await page.locator("#file-a").setInputFiles(path);
    await page.locator("#facts-a", { hasText: "600 ratings" }).waitFor();
    await openFile(page, "b", ratingFile("second.csv", { item: "song" }));
    await waitUntilReady(page);
    await page.locator("#details-a:enabled").click();
    const dialog = page.locator("#data-dialog");
    await page.locator("#read-hi").fill("10");
    await page.locator("#read-hi").press("Enter");
    await page.locator("#facts-a", { hasText: "scale 1–10" }).waitFor();
    await waitUntilReady(page);

    rmSync(path);
    await page.locator("#read-hi").fill("9");
    await page.locator("#read-hi").press("Enter");
    await dialog.locator(".error[role=status]", { hasText: "changed, moved or deleted since it was opened. Open it again" }).waitFor();
    assert.match(await facts(page, "a"), /600 ratings.*scale 1–10/);
    assert.equal(await page.locator("#overlap-count").textContent(), "60");
    await page.locator("#data-close").click();
    await page.locator("#one-epoch").click();
    await waitForState(page, "paused");
  }));

test("the tables of a file are read again with it, and those of the sample as well", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const dialog = page.locator("#data-dialog");
    await page.locator("#details-a").click();
    await page.locator("#read-hi").fill("0");
    await page.locator("#read-hi").press("Enter");
    await page.locator("#read-message", { hasText: "The scale stays 1 to 5. Use two numbers, the lowest below the highest." }).waitFor();
    assert.equal(await page.locator("#read-hi").getAttribute("aria-invalid"), "true");
    assert.match(await facts(page, "a"), /scale 1–5/);
    await page.locator("#read-hi").fill("6");
    await page.locator("#read-hi").press("Enter");
    await page.locator("#facts-a", { hasText: /scale 1–6.*with features/ }).waitFor();
    await page.locator("#data-close").click();

    await openFile(page, "a", ratingFile("first.csv"));
    await openFile(page, "b", ratingFile("second.csv", { item: "song" }));
    await waitUntilReady(page);
    await page.locator("#details-a").click();
    const rows = Array.from({ length: 40 }, (_, i) => `item ${i},The title of ${i},${i % 2 ? "odd" : "even"}\n`);
    const table = { name: "about.csv", mimeType: "text/csv", buffer: Buffer.from(`id,title,kind\n${rows.join("")}`) };
    await page.locator("#feature-items-a").setInputFiles(table);
    await dialog.getByText("40 matched, titles from title").waitFor();
    await page.locator("#read-hi:enabled").fill("10");
    await page.locator("#read-hi").press("Enter");
    await page.locator("#facts-a", { hasText: /scale 1–10.*with features/ }).waitFor();
    await dialog.getByText("40 matched, titles from title").waitFor();

    // People and items are swapped: the table knows none of the items any more.
    await page.locator("#role-0").selectOption("item");
    await page.locator("#facts-a", { hasText: /600 ratings · 40 people · 60 items.*scale 1–10$/ }).waitFor();
  }));
