// Files of kinds that are often read wrongly: the page says what it understood, offers what to do about it, does it with a
// click, trains on the result, and goes back. No file is lost that is dropped beside its place.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { dropFiles, saved, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

/**
 * A file of 60 people who rate a quarter of 40 items each, 600 lines.
 * @param {string} name
 * @param {string} header
 * @param {(user: number, item: number, rating: number, line: number) => string} row rating: from 1 to 5
 */
function fileOf(name, header, row) {
  const lines = header ? [header] : [];
  for (let u = 0; u < 60; u++) {
    for (let i = 0; i < 40; i++) {
      const rating = 1 + ((u % 3) + ((u * 3 + i * 7) % 11) % 3);
      if ((u * 7 + i * 3) % 4 === 0) lines.push(row(u, i, rating, lines.length + 1));
    }
  }
  return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

const HEADER = "user,item,rating";
const films = () => fileOf("films.csv", HEADER, (u, i, r) => `${1000 + u},film ${i},${r}`);

/** Drops a file on each place. */
async function dropBoth(page, a, b) {
  await waitUntilReady(page);
  await dropFiles(page, ".zone[data-slot=a]", [a]);
  await page.locator("#details-b").waitFor({ state: "hidden" }); // the sample has made way
  await page.locator("#file-b:enabled").waitFor({ state: "attached" });
  await dropFiles(page, ".zone[data-slot=b]", [b]);
  await page.locator("#details-b").waitFor();
  await page.locator("#file-b:enabled").waitFor({ state: "attached" });
}

const warning = (page, code) => page.locator(`#data-warnings li[data-code="${code}"]`);
const overlap = (page) => page.locator("#overlap-count").textContent();
const facts = (page, slot) => page.locator(`#facts-${slot}`).textContent();

/** Clicks a cure and waits until the data are read anew. */
async function cure(page, code, label) {
  await warning(page, code).getByRole("button", { name: label }).click();
  await page.locator("#undo-text", { hasText: label }).waitFor();
  await page.locator("#load-sample:enabled").waitFor();
}

async function undo(page, label) {
  assert.match(await page.locator("#undo-text").textContent(), label);
  await page.locator("#undo").click();
  await page.locator("#undo-text", { hasText: label }).waitFor({ state: "hidden" });
  await page.locator("#load-sample:enabled").waitFor();
}

async function trainOneEpoch(page) {
  await page.locator("#one-epoch:enabled").click();
  await waitForState(page, "paused", "done");
}

test("ids with .0: they are written alike with a click, trained on, and undone", () =>
  visit(async (page) => {
    await dropBoth(page, fileOf("books.csv", HEADER, (u, i, r) => `${1000 + u}.0,book ${i},${r}`), films());
    await warning(page, "few-in-both").getByText("Nobody is in both books and films, but 60 would be if .0").waitFor();
    assert.equal(await overlap(page), "0");
    await screenshot(page, "cure-ids");
    await cure(page, "few-in-both", "Write the ids alike");
    assert.equal(await overlap(page), "60");
    assert.equal(await page.locator("#data-warnings").isVisible(), false);
    await page.locator("#details-a").click();
    await page.locator("#data-dialog").getByText("60 ids written anew (strip-.0)").waitFor();
    assert.equal(await page.locator("#read-ids input:checked").count(), 1);
    await page.locator("#data-close").click();
    await trainOneEpoch(page);
    await undo(page, /Write the ids alike/);
    assert.equal(await overlap(page), "0");
    await undo(page, /films\.csv was opened/);
    assert.equal(await page.locator("#details-b").isVisible(), false);
    await undo(page, /books\.csv was opened/);
    await page.getByText("generated sample data").first().waitFor();
    assert.equal(await page.locator("#undo-row").isVisible(), false, "nothing came before the sample");
  }));

test("a value that means not rated: it is left out and told, kept with a click, and left out again", () =>
  visit(async (page) => {
    const books = fileOf("books.csv", HEADER, (u, i, r) => `${1000 + u},book ${i},${(u + i) % 5 === 0 ? -1 : r}`);
    await dropBoth(page, books, films());
    await warning(page, "value-left-out").getByText('books: 120 of 600 rows have the rating -1').waitFor();
    assert.match(await facts(page, "a"), /480 ratings.*scale 1–5.*120 rows not read/);
    await cure(page, "value-left-out", "Keep them as ratings");
    assert.match(await facts(page, "a"), /600 ratings/);
    await page.locator("#details-a").click();
    assert.equal(await page.locator("#read-missing").inputValue(), "none");
    await page.locator("#read-missing").fill("-1, x");
    await page.locator("#read-missing").press("Tab");
    await page.locator("#read-message", { hasText: "Write values such as" }).waitFor();
    await page.locator("#read-missing").fill("-1");
    await page.locator("#read-missing").press("Tab");
    await page.locator("#data-dialog").getByText("480 ratings by 60 people of 40 items, 1 to 5").waitFor();
    await page.locator("#data-close").click();
    await trainOneEpoch(page);
  }));

test("counts of plays: each person's ranks with a click, and trained on", () =>
  visit(async (page) => {
    const plays = fileOf("plays.csv", "user,track,plays", (u, i, r) => `${1000 + u},track ${i},${(u + i) % 9 ? r * r : 900 * r}`);
    await dropBoth(page, plays, films());
    await warning(page, "counts").getByText("as counts do").waitFor();
    await cure(page, "counts", "Take each person's ranks");
    assert.match(await facts(page, "a"), /600 ratings.*scale 0–1/);
    await page.locator("#details-a").click();
    await page.locator("#data-dialog").getByText("of 40 tracks, 1 to 4500 (counts, taken as each person's ranks)").waitFor();
    assert.equal(await page.locator("#read-counts").inputValue(), "ranks");
    await page.locator("#data-close").click();
    await trainOneEpoch(page);
  }));

test("people and items swapped in one file: swapped back with a click, and trained on", () =>
  visit(async (page) => {
    const swapped = fileOf("books.csv", "", (u, i, r) => `${7000 + i},${1000 + u},${r}`);
    await dropBoth(page, swapped, fileOf("films.csv", "", (u, i, r) => `${1000 + u},${8000 + i},${r}`));
    await warning(page, "few-in-both").getByText("60 items of books are users of films").waitFor();
    await cure(page, "few-in-both", "Swap people and items of books");
    assert.equal(await overlap(page), "60");
    await trainOneEpoch(page);
  }));

test("two columns that could be the items: either is taken with a click", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const two = fileOf("books.csv", "", (u, i, r) => `u${u},book ${i},shelf ${(u + i) % 40},${r}`);
    await dropFiles(page, ".zone[data-slot=a]", [two]);
    await page.locator("#data-message", { hasText: "column 2 and column 3 could both be the items" }).waitFor();
    await screenshot(page, "cure-columns");
    await page.locator("#data-choices").getByRole("button", { name: "Take column 2 for the items" }).click();
    await page.locator("#facts-a", { hasText: "600 ratings · 60 people · 40 items" }).waitFor();
    assert.equal(await page.locator("#data-choices").isVisible(), false);
    await page.locator("#file-b:enabled").waitFor({ state: "attached" });
    await dropFiles(page, ".zone[data-slot=b]", [fileOf("films.csv", HEADER, (u, i, r) => `u${u},film ${i},${r}`)]);
    await page.locator("#overlap-count", { hasText: "60" }).waitFor();
    await waitUntilReady(page);
    await trainOneEpoch(page);
  }));

test("rows that were left out are seen with a click and saved whole", () =>
  visit(async (page) => {
    const books = fileOf("books.csv", HEADER, (u, i, r, line) => `${1000 + u},book ${i},${line % 2 ? r : "?"}`);
    await dropBoth(page, books, films());
    await warning(page, "rows-left-out").getByRole("button", { name: "See the rows" }).click();
    await page.locator("#rejects[open]").getByText("The first 200 are shown.").waitFor();
    await page.waitForTimeout(300);
    await screenshot(page, "cure-rows");
    const table = (await saved(page, "#save-rejects")).trim().split("\n");
    assert.equal(table.length, 1 + 300);
    assert.deepEqual(table.slice(0, 2), ["line,reason,row", '2,"the rating ""?"" is not a number","1000,book 0,?"']);
  }));

test("a file that is dropped beside the places is not lost", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const books = fileOf("books.csv", HEADER, (u, i, r) => `${1000 + u},book ${i},${r}`);
    await dropFiles(page, "#map", [books]);
    await page.locator("#facts-a", { hasText: "600 ratings" }).waitFor();
    await page.locator("#file-b:enabled").waitFor({ state: "attached" });
    await dropFiles(page, "#learnt", [films()]);
    await page.locator("#facts-b", { hasText: "600 ratings" }).waitFor();
    await waitUntilReady(page);
    assert.equal(await overlap(page), "60");
    // With both places taken it is asked for which of them.
    await dropFiles(page, "#head", [fileOf("songs.csv", HEADER, (u, i, r) => `${1000 + u},song ${i},${r}`)]);
    await page.locator("#data-choices", { hasText: "songs.csv was dropped. Where does it belong?" }).waitFor();
    await screenshot(page, "dropped-beside");
    await page.locator("#settle-b").click();
    await page.locator("#name-b", { hasText: "songs" }).waitFor();
    assert.equal(await page.locator("#data-choices").isVisible(), false);
    await page.locator("#undo-text", { hasText: "songs.csv was opened" }).waitFor();
    // Two files on one place take both.
    await page.locator("#file-b:enabled").waitFor({ state: "attached" });
    await dropFiles(page, ".zone[data-slot=b]", [films(), books]);
    await page.locator("#name-a", { hasText: "films" }).waitFor();
    await page.locator("#name-b", { hasText: "books" }).waitFor();
  }));

/** A page whose core comes late. @param {number} milliseconds */
const late = (milliseconds) => ({
  setUp: (page) =>
    page.route("**/*.wasm", async (route) => {
      await new Promise((done) => setTimeout(done, milliseconds));
      await route.fallback();
    }),
});

test("files that are dropped before the core is there wait for it and are opened then, without a sample", async () => {
  const books = fileOf("books.csv", HEADER, (u, i, r) => `${1000 + u},book ${i},${r}`);
  await visit(async (page) => {
    await page.locator(".zone[data-slot=a]").waitFor();
    await dropFiles(page, ".zone[data-slot=a]", [books]);
    await page.locator("#data-message", { hasText: "Opened as soon as the page has started: books.csv" }).waitFor();
    await page.locator("#facts-a", { hasText: "600 ratings" }).waitFor();
    assert.equal(await page.locator("#name-a").textContent(), "books");
    assert.equal(await page.locator("#details-b").isVisible(), false, "nothing of a sample is there");
    assert.equal(await page.locator("#data-message").isVisible(), false);
    await page.locator("#file-b:enabled").waitFor({ state: "attached" });
    await dropFiles(page, ".zone[data-slot=b]", [films()]);
    await waitUntilReady(page);
    assert.equal(await overlap(page), "60");
  }, late(3000));
  await visit(async (page) => {
    await page.locator(".zone[data-slot=a]").waitFor();
    await dropFiles(page, "#map", [books, films()]);
    await waitUntilReady(page);
    assert.deepEqual(await page.locator(".zone-name").allTextContents(), ["books", "films"]);
    assert.equal(await overlap(page), "60");
  }, late(3000));
  // Of one that cannot be read at all it is said, and there is the sample to go on with.
  await visit(async (page) => {
    await page.locator(".zone[data-slot=a]").waitFor();
    await dropFiles(page, ".zone[data-slot=a]", [{ name: "titles.csv", mimeType: "text/csv", buffer: Buffer.from("item,title\n1,One\n2,Two\n") }]);
    await waitUntilReady(page);
    assert.equal(await page.locator("#name-b").textContent(), "films");
    assert.match(await page.locator("#data-message").textContent(), /titles\.csv/);
  }, late(3000));
});

test("a training goes on by itself after a file that is refused, and the data stay as they were", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const facts = await page.locator("#facts-a").textContent();
    const table = (name, ...rows) => ({ name, mimeType: "text/csv", buffer: Buffer.from(`${rows.join("\n")}\n`) });
    const aside = table("movies.csv", "movieId,title,genres", ...Array.from({ length: 40 }, (_, n) => `${n},Film ${n},Drama`));
    await page.locator("#play").click();
    await page.locator("#status", { hasText: "epoch" }).waitFor();
    await dropFiles(page, ".zone[data-slot=a]", [aside]);
    await page.locator("#correct-a").waitFor();
    await page.locator("#load-sample:enabled").waitFor();
    await page.locator("body[data-state=running]").waitFor({ timeout: 5000 });
    // Nor does one that cannot even be shown end it.
    await dropFiles(page, ".zone[data-slot=b]", [table("titles.csv", "item,title", "1,One", "2,Two")]);
    await page.locator("#data-message", { hasText: "titles.csv" }).waitFor();
    await page.locator("#load-sample:enabled").waitFor();
    await page.locator("body[data-state=running]").waitFor({ timeout: 5000 });
    assert.equal(await page.locator("#facts-a").textContent(), facts);
    await waitForState(page, "done");
    // A training that was paused stays so.
    await page.locator("#play").click();
    await page.locator("#status", { hasText: "epoch" }).waitFor();
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    await dropFiles(page, ".zone[data-slot=a]", [aside]);
    await page.waitForTimeout(300);
    await page.locator("#load-sample:enabled").waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => document.body.dataset.state), "paused");
  }, { hash: "#seed=1&model=dml&epochs=12" }));
