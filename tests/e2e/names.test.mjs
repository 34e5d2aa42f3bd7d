// A domain gets another name at the head of its place, in the midst of a training: everything has it, nothing is trained anew, and it
// can be undone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { openFiles, ratingFile, saved, savedModel, verdict, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const nameOf = (page, slot) => page.locator(`#rename-${slot}`).textContent();

/** Writes a name and presses a key. */
async function write(page, slot, name, key = "Enter") {
  await page.locator(`#rename-${slot}`).click();
  await page.locator(`#new-name-${slot}`).fill(name);
  await page.keyboard.press(key);
}

test("a name is changed by keyboard while the sample is trained, goes through everything and comes back", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.locator("#rename-a").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#new-name-a").inputValue(), "books");
    await page.keyboard.type("Nöwels <b>");
    await page.keyboard.press("Enter");
    await page.locator("#rename-a", { hasText: "Nöwels <b>" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "rename-a", "the focus stays on the name");
    assert.equal(await page.evaluate(() => document.body.dataset.state), "running", "the training goes on");
    await waitForState(page, "done");
    await screenshot(page, "renamed");
    const figures = await page.locator("#metrics").textContent();
    for (const place of ["#legend", "#metrics", "#transfer", "#recommend-a h3", "#rated-a h3", "#map-caption"]) {
      assert.match(await page.locator(place).textContent(), /Nöwels <b>/, place);
    }
    assert.ok((await verdict(page)).some((sentence) => sentence.includes("Nöwels <b>")), "the sentences have it");
    assert.ok(!(await page.locator("main#train-view").textContent()).includes("to books"), "and nothing has the old one");
    const report = JSON.parse(await saved(page, "#export-metrics"));
    assert.deepEqual(report.report.domains.map(({ name }) => name), ["Nöwels <b>", "films"]);
    assert.match(await saved(page, "#export-embeddings"), /^Nöwels <b>,/m);
    const { texts } = await savedModel(page);
    assert.ok(Object.values(texts).some((text) => text.includes("Nöwels <b>")), "the model has it");
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("name-a"), "Nöwels <b>", "and so has the link");

    await page.locator("#undo").click();
    await page.locator("#rename-a", { hasText: /^books$/ }).waitFor();
    assert.equal(await page.evaluate(() => document.body.dataset.state), "done", "what was learnt is learnt still");
    assert.equal((await page.locator("#metrics").textContent()).replaceAll("books", ""), figures.replaceAll("Nöwels <b>", ""), "with the same figures");
    assert.equal(new URL(page.url()).hash.includes("name-a"), false);
  }, { hash: "#seed=1&model=dml&epochs=6" }));

test("a name that is none or another's is refused with the reason, and Escape leaves the old one", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const message = page.locator("#data-message");
    await write(page, "b", "  ");
    await message.filter({ hasText: "without a name" }).waitFor();
    assert.equal(await page.locator("#new-name-b").getAttribute("aria-invalid"), "true");
    await page.keyboard.press("Escape");
    assert.equal(await nameOf(page, "b"), "films");
    assert.equal(await message.isVisible(), false, "with the name the reason goes");
    await write(page, "b", "Books");
    await message.filter({ hasText: "another domain is called \"books\" already" }).waitFor();
    await page.locator("#new-name-b").fill("Cinema");
    assert.equal(await message.isVisible(), false);
    await page.keyboard.press("Enter");
    await page.locator("#rename-b", { hasText: "Cinema" }).waitFor();
    await write(page, "b", "Never", "Escape");
    assert.equal(await nameOf(page, "b"), "Cinema");
    // Whoever goes on to something else has taken the name.
    await page.locator("#rename-b").click();
    await page.locator("#new-name-b").fill("Films seen");
    await page.locator("#map-title").click();
    await page.locator("#rename-b", { hasText: "Films seen" }).waitFor();
    // The longest name there is has no more room than others.
    const longest = "W".repeat(60);
    await write(page, "a", longest);
    await page.locator("#legend", { hasText: longest }).waitFor();
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.querySelector("#legend").scrollWidth - document.querySelector("#legend").clientWidth]);
      assert.ok(Math.max(...wide) <= 0, `too wide at ${width}: ${wide}`);
    }
    for (const name of ["#legend .cut", "#metrics tbody .name", "#rated-a h3 .cut"]) {
      const { told, shape, isCut } = await page.locator(name).first().evaluate((each) => ({
        told: each.closest("[title]")?.title, shape: getComputedStyle(each).textOverflow, isCut: each.scrollWidth > each.clientWidth,
      }));
      assert.ok(told?.includes(longest) && shape === "ellipsis" && isCut, `${name}: ${shape}, ${told}`);
    }
  }, { hash: "#model=dml" }));

test("a link brings the names of the sample, and what is kept brings those of one's own files", async () => {
  await visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#rename-a", { hasText: /^Novels$/ }).waitFor();
    assert.equal(await page.locator("#undo-row").isVisible(), false, "there is nothing to undo yet");
    await openFiles(page, { a: ratingFile("one.csv"), b: ratingFile("two.csv", { item: "film" }) });
    await waitUntilReady(page);
    await write(page, "b", "Own name");
    await page.locator("#rename-b", { hasText: "Own name" }).waitFor();
    assert.equal(new URL(page.url()).hash.includes("Own"), false, "of own files nothing goes into a link");
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForTimeout(4000); // what is kept is on its way to the disk
    await page.reload();
    await page.locator("#offer-text", { hasText: "Own name" }).waitFor();
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await page.locator("#rename-b", { hasText: "Own name" }).waitFor();
    await waitForState(page, "done");
    assert.match(await page.locator("#metrics").textContent(), /Own name/);
  }, { hash: "#model=dml&epochs=2&name-a=Novels" });
});
