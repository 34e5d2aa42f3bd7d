// A link shows somebody else the same: settings, person and turn; one that is followed while the page is open is obeyed, and
// of one that is wrong it is said what was left out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { openFiles, ratingFile, restingPicture, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const notice = (page) => page.locator("#notice-text").textContent();
const hashOf = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const follow = (page, hash) => page.evaluate((to) => { location.hash = to; }, hash);

/** Copies the link of the page and gives what was copied. */
async function copied(page) {
  await page.locator("#copy-link").click();
  await page.locator("#copy-link-text", { hasText: "Copied" }).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

test("a copied link shows another visitor the same settings, person and turn of the map", async () => {
  let link, shown, name;
  await visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#epochs").fill("12");
    await page.locator("#epochs").blur();
    await page.waitForTimeout(500); // it is set up anew when the settings have rested
    await waitUntilReady(page);
    await page.locator("#search-map").fill("1");
    await page.locator("#search-map-list li").nth(3).dispatchEvent("pointerdown");
    await page.locator("#turn").fill("400");
    link = await copied(page);
    assert.equal(link, page.url(), "the address is the link");
    name = await page.locator("#search-user").inputValue();
    shown = await restingPicture(page);
    await screenshot(page, "link");
  }, { hash: "#seed=7", permissions: ["clipboard-read", "clipboard-write"] });
  const asked = new URLSearchParams(new URL(link).hash.slice(1));
  assert.equal(asked.get("seed"), "7");
  assert.equal(asked.get("epochs"), "12");
  assert.equal(asked.get("turn"), "0.4");
  assert.match(asked.get("person"), /^[ab]-\d+$/);
  await visit(async (page) => {
    await waitUntilReady(page);
    await page.waitForFunction((wanted) => document.querySelector("#search-user").value === wanted, name);
    assert.equal(await page.locator("#seed").inputValue(), "7");
    assert.equal(await page.locator("#epochs").inputValue(), "12");
    assert.equal(await page.locator("#turn").inputValue(), "400");
    assert.deepEqual(await restingPicture(page), shown, "the same map, to the pixel");
  }, { hash: new URL(link).hash });
});

test("a link that is followed while the page is open is obeyed, and going back to a view changes no settings", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await follow(page, "#seed=3&epochs=2&model=dml&person=b-5&turn=1");
    await page.waitForFunction(() => document.querySelector("#seed").value === "3");
    await waitUntilReady(page);
    assert.equal(await page.locator("#epochs").inputValue(), "2");
    assert.equal(await page.locator("#model").inputValue(), "dml");
    assert.equal(await page.locator("#turn").inputValue(), "1000");
    assert.equal(hashOf(page).get("person"), "b-5");
    await follow(page, "#seed=3&epochs=2&model=dml&sample=3");
    await page.locator("#zones").getByText("songs", { exact: false }).first().waitFor();
    await waitUntilReady(page);
    assert.equal(hashOf(page).get("sample"), "3");
    await page.locator("#show-experiments").click();
    await page.locator("#experiments-view").waitFor();
    await page.locator("#show-train").click();
    await page.locator("#seed").fill("4");
    await page.locator("#seed").blur();
    await page.goBack();
    await page.locator("#experiments-view").waitFor();
    assert.equal(await page.locator("#seed").inputValue(), "4");
    assert.equal(hashOf(page).get("seed"), "4");
  }));

test("a link that asks for other settings in the midst of a training leaves it alone and says so", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await follow(page, "#seed=9");
    await page.locator("#notice", { hasText: "A training is under way" }).waitFor();
    assert.equal(await page.locator("#seed").inputValue(), "1");
    assert.equal(hashOf(page).get("seed"), "1");
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    await follow(page, "#seed=9");
    await page.waitForFunction(() => document.querySelector("#seed").value === "9");
  }, { hash: "#seed=1&model=dml&epochs=400&tolerance=0&patience=400" }));

test("of a bad link it is said what was left out and why, and the rest is shown", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const text = await notice(page);
    for (const part of [
      "dimension=many (Dimensions k: use a whole number from 1 to 256)",
      "encoder=bee (Autoencoder: use ae, vae, aae, wae, hvae)",
      "bias=yes (Start from biases: use true or false)",
      "recommender_hidden=[1,2,x] (Network layers: use 1 to",
      "model=oracle (there is no such model)",
      "preset=best (use robust or paper)",
      "sample=9 (use 2 or 3)",
      "colour=red (nothing is called that)",
      "turn=2 (use a number from 0 to 1)",
      "person=a-99999 (these data have nobody there)",
    ]) assert.ok(text.includes(part), `${part}\nin ${text}`);
    assert.doesNotMatch(text, /invalid type|undefined|null/);
    assert.equal(await page.locator("#seed").inputValue(), "2");
    assert.equal(await page.locator("#epochs").inputValue(), "3");
    await screenshot(page, "link-bad");
  }, { hash: "#seed=2&dimension=many&encoder=bee&bias=yes&recommender_hidden=[1,2,x]&model=oracle&preset=best&sample=9&colour=red&turn=2&person=a-99999&epochs=3" }));

test("every setting that is changed comes back from its link", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const differ = await page.evaluate(async () => {
      const { readLink, hashOf } = await import(new URL("www/share.js", document.baseURI).href);
      const { Line } = await import(new URL("www/worker_client.js", document.baseURI).href);
      const line = new Line("first", { events: () => {}, died: () => {} });
      const capabilities = await line.request("init", {});
      line.end("done");
      const { schema, presets, models } = capabilities;
      const config = { ...presets.robust };
      for (const { name, kind, options, range, most, none } of schema) {
        const now = config[name];
        if (name === "model") config.model = models.find((model) => model.name !== now).name;
        else if (kind === "truth") config[name] = !now;
        else if (options) config[name] = options.find((option) => option !== now);
        else if (most !== null) config[name] = [7, 5];
        else if (none !== null) config[name] = now === null ? 4 : null;
        else config[name] = kind === "number" ? range[0] + 0.25 * ((range[1] ?? 8) - range[0]) : range[0] + 1;
      }
      const state = {
        capabilities, settings: { device: "cpu", preset: "robust", config }, data: null, sample: 2, selection: null,
        turn: null, experiment: null, language: "en",
      };
      const link = readLink(hashOf(state), capabilities);
      const other = Object.keys(config).filter((name) => JSON.stringify(link.settings.config[name]) !== JSON.stringify(config[name]));
      return { other, ignored: link.ignored, changed: Object.keys(config).length, device: link.settings.device };
    });
    assert.deepEqual([differ.other, differ.ignored, differ.device], [[], [], "cpu"]);
    assert.ok(differ.changed > 40, "all of them were tried");
  }));

test("the link of a visitor's own files has their settings and nothing of what is in them", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("secret-books.csv", { item: "diary" }), b: ratingFile("secret-films.csv") });
    await waitUntilReady(page);
    await page.locator("#search-map").fill("u4");
    await page.locator("#search-map-list li").first().dispatchEvent("pointerdown");
    const link = await copied(page);
    assert.match(link, /person=[ab]-\d+/);
    assert.doesNotMatch(link, /secret|diary|u4/);
  }, { permissions: ["clipboard-read", "clipboard-write"] }));
