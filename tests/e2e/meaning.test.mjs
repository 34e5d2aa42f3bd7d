// What the map means: people coloured by what is known of them, what somebody likes under the pointer, and who is near.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { nextPicture, restingPicture, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

for (const ground of ["webgl", "pixels"]) {
  test(`people are coloured by what they rate and by what a table says of them, by ${ground}`, () =>
    visit(async (page) => {
      await waitUntilReady(page);
      const byDomain = await restingPicture(page);
      const choice = page.locator("#colour-by");
      const names = await choice.locator("option").allTextContents();
      assert.deepEqual(names.slice(0, 3), ["domain", "how high they rate", "how much they rate"]);
      assert.ok(names.includes("genres that they rate most"), names.join(", "));
      assert.equal(await page.locator("#map-key:visible").count(), 0);

      await choice.selectOption("mean");
      assert.match(await page.locator("#map-key:visible").textContent(), /lowest fifth.*highest fifth/);
      assert.equal(await page.locator("#map-key .swatch").count(), 5);
      const byMean = await nextPicture(page, byDomain);
      assert.notEqual(byMean.digest, byDomain.digest);
      await page.locator("#show-b").click();
      const discs = await nextPicture(page, byMean);
      assert.ok(discs.b > 500, `whoever rates high is orange in the other domain too: ${JSON.stringify(discs)}`);
      await page.locator("#show-b").click();
      await nextPicture(page, discs);

      await choice.selectOption("items:genres");
      await page.locator("#map-key li").nth(2).waitFor();
      const genres = await nextPicture(page, byMean);
      assert.notEqual(genres.digest, byMean.digest);
      if (ground === "pixels") await screenshot(page, "map-by-genre");

      await choice.selectOption("");
      await page.locator("#map-key").waitFor({ state: "hidden" });
      assert.equal((await nextPicture(page, genres)).digest, byDomain.digest, "as it was");
    }, { hash: `?map=${ground}#seed=1` }));
}

test("the tip says what somebody likes, and of whoever is asked about the nearest stay bright", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    const before = await restingPicture(page);
    await page.locator("#map").focus();
    await page.keyboard.press("ArrowRight");
    const likes = page.locator("#map-tip .cut").first();
    await likes.waitFor();
    const [name, titles] = (await likes.textContent()).split(": ");
    assert.match(await page.locator("#map-announce").textContent(), /Rates highest: /);
    await page.keyboard.press("Enter");
    const rated = page.locator(".list", { hasText: `in ${name}` }).first();
    await page.waitForFunction((wanted) => document.querySelector("#map-tip .who").textContent.startsWith(wanted), await page.locator("#search-user").inputValue());
    await rated.locator("li .cut").nth(2).waitFor();
    const first = await rated.locator("li .cut").evaluateAll((all) => all.slice(0, 3).map(({ textContent }) => textContent).join(", "));
    assert.equal(titles, first, "the same as the list says");
    await page.locator("#nearest li").first().waitFor();
    const lit = await nextPicture(page, before);
    assert.ok(lit.a < 0.7 * before.a && lit.b < 0.7 * before.b, `all others fade: ${JSON.stringify({ before, lit })}`);
    await screenshot(page, "map-neighbours");
    await page.keyboard.press("Escape");
    const after = await nextPicture(page, lit);
    assert.ok(after.a > 0.9 * before.a, "and are back");
  }, { hash: "#seed=1&model=dml&epochs=2" }));
