// Three domains and more: places that come and go, maps that are walked along links, and all that is said of every two.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import {
  cells, chainedFiles, dropFiles, findPerson, ratingFile, restingPicture, saved, savedModel, waitForState, waitUntilReady,
} from "./page.mjs";

const visit = useBrowser();

const slots = (page) => page.locator(".zone").evaluateAll((zones) => zones.map((zone) => zone.dataset.slot).join(""));

/** Until the files of these places are read and others can be opened. */
async function waitForFiles(page, ...wanted) {
  for (const slot of wanted) await page.locator(`#details-${slot}`).waitFor();
  await page.locator("#load-sample:enabled").waitFor();
}

test("three files in a row: dropped, trained, drawn, and recommended from the first to the third by way of the second", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    assert.equal(await slots(page), "ab", "two places are there from the start");
    await dropFiles(page, "#map", chainedFiles());
    await waitForFiles(page, "a", "b", "c");
    await waitUntilReady(page);
    assert.deepEqual(await page.locator(".zone-name").allTextContents(), ["books", "films", "songs"]);
    assert.equal(await page.locator("#overlap-count").textContent(), "120");
    const pairs = await page.locator("#overlap-pairs li").allTextContents();
    assert.equal(pairs.length, 3);
    assert.match(pairs[0], /books, films60r 0\.\d\d/);
    assert.match(pairs[2], /books, songsnobody/);
    assert.equal(await page.locator("#data-warnings").isVisible(), false, "books and songs are joined by films");
    const untrained = await restingPicture(page);
    assert.ok(Math.min(untrained.a, untrained.b, untrained.c) > 150, `three clouds are drawn: ${JSON.stringify(untrained)}`);
    assert.equal(await page.locator("#legend .toggle").count(), 7, "three clouds, two kinds of lines, names and items");

    const began = performance.now();
    await page.locator("#play").click();
    await waitForState(page, "done");
    t.diagnostic(`trained in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    assert.equal((await cells(page, "#metrics")).length, 3);
    assert.equal(await page.locator("#transfer .block").count(), 3, "one block a domain");
    const links = await cells(page, "#alignment");
    assert.equal(links.length, 2, "one row a pair that shares people");
    for (const link of links) {
      assert.equal(link[0].text, "60");
      for (const { text } of [link[1], link[3], link[4]]) assert.match(text, /^\d+\.\d\d$/);
      assert.equal(link[2].text, "–", "nothing leads around a link of three in a row");
    }

    // The map in the space of the films, which is nearest to both, and of the songs.
    assert.equal(await page.locator("#space option:checked").textContent(), "films");
    const inFilms = await restingPicture(page);
    await page.locator("#space").selectOption({ label: "songs" });
    await page.locator("#map-caption", { hasText: "That of books goes by way of films" }).waitFor();
    assert.notEqual((await restingPicture(page)).digest, inFilms.digest);
    assert.equal(await page.locator("#show-a").getAttribute("title"), "Turned along books → films → songs");
    await page.locator("#show-c").click();
    assert.ok((await restingPicture(page)).c < untrained.c / 10, "a cloud is hidden");
    await page.locator("#show-c").click();

    const label = await findPerson(page, false);
    await page.locator("#person-note", { hasText: "Never rated in films and songs: predicted along the maps from books, to songs by way of films." }).waitFor();
    assert.equal(await page.locator("#recommend-b .way").getAttribute("title"), "through the map: books → films");
    assert.equal(await page.locator("#recommend-c .way").getAttribute("title"), "through the maps: books → films → songs");
    for (const slot of ["a", "b", "c"]) assert.equal(await page.locator(`#recommend-${slot} li`).count(), 4);
    assert.equal(await page.locator("#rated-a li").count(), 5);
    assert.equal(await page.locator("#rated-c").count(), 0, "nothing was rated there");
    await screenshot(page, "three-files");

    await page.locator("#all-figures").click();
    assert.match(await page.locator("#figures-dialog").innerText(), /books to films\s+60\s+54/);
    await page.locator("#figures-close").click();
    const { files, report } = JSON.parse(await saved(page, "#export-metrics"));
    assert.deepEqual(files.map(({ domain, name }) => `${domain} ${name}`), ["a books.csv", "b films.csv", "c songs.csv"]);
    assert.deepEqual(report.domains.map(({ name }) => name), ["books", "films", "songs"]);
    assert.deepEqual(report.links.map(({ domains }) => domains), [[0, 1], [1, 2]]);
    const rows = (await saved(page, "#export-recommendations")).split("\n").filter((row) => row.startsWith(`${label},songs,`));
    assert.equal(rows.length, 10);
    assert.ok(rows.every((row) => row.endsWith(",true")));
    const { texts, tensors } = await savedModel(page);
    assert.deepEqual(JSON.parse(texts.world).map(({ name }) => name), ["books", "films", "songs"]);
    assert.ok("model.map.1" in tensors && "model.2.user_embeddings" in tensors);
  }, { hash: "#seed=1&model=dml&epochs=4" }));

test("a fourth place is added, filled, taken out and brought back", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await dropFiles(page, "#map", chainedFiles());
    await waitForFiles(page, "a", "b", "c");
    await page.locator("#add-domain").click();
    assert.equal(await slots(page), "abcd");
    await page.locator("#remove-d").click();
    assert.equal(await slots(page), "abc", "an empty place goes at once");
    await page.locator("#add-domain").click();
    await dropFiles(page, ".zone[data-slot=d]", [ratingFile("games.csv", { item: "game" })]);
    await waitForFiles(page, "d");
    await waitUntilReady(page);
    assert.equal(await page.locator("#overlap-pairs li").count(), 6);
    // What is added keeps its letter when one before it goes.
    await page.locator("#remove-c").click();
    await page.locator("#details-c").waitFor({ state: "detached" });
    await waitUntilReady(page);
    assert.equal(await slots(page), "abd");
    assert.deepEqual(await page.locator("#legend .toggle .mark").evaluateAll((marks) => marks.map((mark) => mark.className.baseVal)),
      ["mark fill-a", "mark fill-b", "mark fill-d"]);
    await page.locator("#one-epoch").click();
    await waitForState(page, "paused", "done");
    await page.locator("#undo").click();
    await waitForFiles(page, "c", "d");
    assert.equal(await slots(page), "abcd");
    assert.equal(await page.locator("#name-c").textContent(), "songs");
    // A file that is dropped beside the places is added as one more.
    await dropFiles(page, "#head", [ratingFile("places.csv", { item: "place" })]);
    await page.locator("#data-choices", { hasText: "places.csv was dropped. Where does it belong?" }).waitFor();
    await page.locator("#settle-anew").click();
    await waitForFiles(page, "e");
    const lost = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    assert.ok(lost <= 1, `no page below the page: ${lost} pixels`);
    await page.locator("#remove-e").click();
    await page.locator("#details-e").waitFor({ state: "detached" });
    for (let n = 4; n < 8; n++) await page.locator("#add-domain:enabled").click();
    assert.equal(await slots(page), "abcdefgh");
    assert.ok(await page.locator("#add-domain").isDisabled(), "eight is the most");
    await screenshot(page, "eight-places");
  }, { hash: "#seed=1&epochs=1" }));

test("the sample with three domains, also by a link", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    assert.deepEqual(await page.locator(".zone-name").allTextContents(), ["books", "films", "songs"]);
    assert.equal(await page.locator("#overlap-pairs li").count(), 3);
    await page.getByText("generated sample data").first().waitFor();
    for (const [scheme, width] of [["light", 1440], ["dark", 390]]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await restingPicture(page);
      await screenshot(page, `three-domains-${scheme}`, { fullPage: true });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing is wider than ${width} pixels`);
    }
    await page.locator("#sample-domains").selectOption("2");
    await page.locator("#details-c").waitFor({ state: "detached" });
    await waitUntilReady(page);
    assert.equal(await page.locator("#overlap-count").textContent(), "450");
    assert.doesNotMatch(page.url(), /sample=/);
    await page.locator("#sample-domains").selectOption("3");
    await waitForFiles(page, "c");
    assert.match(page.url(), /#seed=1&sample=3$/);
    await page.locator("#undo").click();
    await page.locator("#details-c").waitFor({ state: "detached" });
    // Where the first is taken out, the empty place is told with its own sign and letter, and stays the first.
    await page.locator("#remove-a:enabled").click();
    await page.locator("#details-a").waitFor({ state: "hidden" });
    for (const names of ["#legend button:has(.mark)", "#metrics tbody th", "#ladder tbody th"]) {
      const told = await page.locator(names).evaluateAll((all) => all.map((each) => `${each.querySelector(".mark").classList[1]} ${each.textContent}`));
      assert.deepEqual(told, ["fill-a A", "fill-b films"], names);
    }
  }, { hash: "#seed=1&sample=3" }));
