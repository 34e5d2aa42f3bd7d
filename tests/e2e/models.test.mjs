// Every model of the list: those of the first module, and those for which the second is loaded.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import {
  cells, errors, findPerson, openFiles, ratingFile, restingPicture, saved, savedModel, verdict, waitForState, waitUntilReady,
} from "./page.mjs";

const visit = useBrowser();

const FULL = /\/pkg\/full\/.*\.wasm$/;

/** Counts the requests for the second module from now on. */
function watchFull(page) {
  const asked = [];
  page.on("request", (request) => FULL.test(new URL(request.url()).pathname) && asked.push(request.url()));
  return asked;
}

/** Chooses a model and waits until it is set up; what was trained stays until somebody starts over. */
async function choose(page, name) {
  await page.locator("#model").selectOption(name);
  if (await page.evaluate(() => document.body.dataset.state !== "idle")) await page.locator("#reset").click();
  await page.locator(`body[data-model=${name}]`).waitFor({ timeout: 120_000 });
  await waitUntilReady(page);
}

/** Trains to the end and gives the errors of the table. */
async function train(page) {
  await page.locator("#play").click();
  await waitForState(page, "running", "done");
  await waitForState(page, "done");
  const figures = await errors(page);
  for (const { a, b } of Object.values(figures)) assert.ok(a > 0 && a < 1 && b > 0 && b < 1, JSON.stringify(figures));
  return figures;
}

/** Whoever is in both files is recommended to in both, and a person of one is told what the model does not know. */
async function askFor(page, name) {
  for (const both of [true, false]) {
    const label = await findPerson(page, both);
    const wanted = both ? /Has rated in both/ : new RegExp(`^Never rated in \\w+, and ${name} knows nothing of people of other domains`);
    await page.locator("#person-note", { hasText: wanted }).waitFor();
    const lists = await Promise.all(["a", "b"].map((slot) => page.locator(`#recommend-${slot} li`).count()));
    assert.deepEqual(lists.toSorted(), both ? [4, 4] : [0, 4], `${label}: ${lists}`);
  }
  assert.equal(await page.locator("#advice", { hasText: "knows only people of the file" }).count(), 1);
  assert.match(await page.locator("#nearest").textContent(), /compares no people/);
}

test("collective matrix factorisation: chosen in the form, trained, measured, asked, and nothing more is loaded", (t) =>
  visit(async (page) => {
    const full = watchFull(page);
    await waitUntilReady(page);
    const listed = await page.locator("#model option").evaluateAll((options) => options.map(({ value }) => value));
    assert.deepEqual([listed[0], listed.length], ["dml", 21], listed.join(" "));
    const second = page.locator("#model optgroup");
    assert.match(await second.getAttribute("label"), /^With the second module \(\d+\s?MB, [\d.]+\s?MB where the server compresses\)$/u);
    assert.deepEqual(await second.locator("option").evaluateAll((options) => options.map(({ value }) => value)),
      ["cml", "cccfnet", "cdfm", "conet", "ptupcdr", "bitgcf"]);

    await choose(page, "cmf");
    assert.match(page.url(), /[#&]model=cmf/);
    assert.match(await page.locator("#map-caption").textContent(), /one vector a person in all domains\. What people like crosses, to newcomers too; uses no feature tables\.$/);
    assert.match(await page.locator("#map-empty").textContent(), /^cmf learns no map between the people/);
    const { model, bias, mean } = await train(page);
    t.diagnostic(`RMSE of cmf, bias model, mean: ${[model, bias, mean].map(({ a, b }) => `${a} / ${b}`).join(", ")}`);
    for (const slot of ["a", "b"]) assert.ok(model[slot] < mean[slot], `${slot}: better than the mean`);
    assert.equal((await restingPicture(page)).a, 0, "no picture of anything");
    const newcomers = (await cells(page, "#transfer"))[2].map(({ text }) => Number(text));
    assert.ok(newcomers.slice(0, 3).every((error) => error > 0 && error < 1), `newcomers are measured: ${newcomers}`);
    const words = (await verdict(page)).join(" ");
    assert.doesNotMatch(words, /map/, words);
    assert.match(await page.locator("#ladder thead").textContent(), /\+ taste/);
    assert.equal(await page.locator("#alignment:visible").count(), 0);
    await askFor(page, "cmf");
    await screenshot(page, "model-cmf");

    assert.equal(JSON.parse(await saved(page, "#export-metrics")).config.model, "cmf");
    const table = await saved(page, "#export-recommendations");
    assert.ok(table.split("\n").length > 1000 && /^user,domain,rank,item,title,predicted,via_map\n/.test(table));
    const { texts, tensors } = await savedModel(page);
    assert.deepEqual([texts.model, JSON.parse(texts.settings).model, JSON.parse(texts.trained).all_ratings], ["cmf", "cmf", true]);
    assert.equal(tensors["model.vectors"].dtype, "F32");
    assert.deepEqual(full, [], "the second module was not asked for");

    await choose(page, "dml");
    const { a } = await restingPicture(page);
    assert.ok(a > 500, "the clouds are back");
  }));

test("what is fitted in one go: the bias model, from an address, with nothing that crosses", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    assert.equal(await page.locator("#model").inputValue(), "bias");
    const { model, bias } = await train(page);
    assert.deepEqual(model, bias, "it is the bias model that it stands beside");
    assert.match(await page.locator("#status").textContent(), /^Done: it is fitted in one go\. Kept model: 1 epoch on everything/);
    assert.match(await page.locator("#verdict").textContent(), /Nothing crosses in bias/);
    await page.locator("#export-embeddings").click();
    await page.locator("#notice-text", { hasText: "bias has no vectors of people to save" }).waitFor();
  }, { hash: "#model=bias" }));

test("a model of the second module: it is loaded then and once, reads the same files, trains and recommends", (t) =>
  visit(async (page) => {
    const full = watchFull(page);
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    assert.deepEqual(full, []);
    await page.evaluate(() => {
      const status = document.querySelector("#status");
      globalThis.told = new Set();
      new MutationObserver(() => globalThis.told.add(status.textContent)).observe(status, { childList: true });
    });
    const began = performance.now();
    await choose(page, "cml");
    t.diagnostic(`loaded and set up in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const told = await page.evaluate(() => [...globalThis.told]);
    assert.ok(told.some((text) => /^Loading the second module \(\d+\s?MB/u.test(text)), `it says so: ${told}`);
    assert.equal(full.length, 1);
    assert.equal(await page.locator("#zones .zone-name").first().textContent(), "a", "the files are those that were opened");
    await train(page);
    assert.match(await page.locator("#verdict").textContent(), /Nothing crosses in cml/);
    await findPerson(page, true);
    await page.locator("#recommend-a li").first().waitFor();
    await screenshot(page, "model-cml");

    await choose(page, "conet");
    await train(page);
    await choose(page, "dml");
    await train(page);
    assert.ok((await restingPicture(page)).a > 100, "the second module has the map too");
    assert.equal(full.length, 1, "it is loaded once");
  }, { hash: "#seed=1&epochs=2" }));

test("encoders and networks that train with burn are the second module's too", () =>
  visit(async (page) => {
    const full = watchFull(page);
    await waitUntilReady(page);
    assert.equal(full.length, 1, "the address asks for one");
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    await train(page);
    for (const [field, value] of [["network", "attention"], ["network", "mlp"], ["encoder", "hvae"]]) {
      await page.locator("#settings").click();
      await page.locator(`#set-${field}`).selectOption(value);
      await page.locator("#settings-close").click();
      await train(page);
    }
  }, { hash: "#seed=1&model=dml&epochs=1&batch=512&embeddings=autoencoder&autoencoder_epochs=1&encoder=vae&network=rnn" }));

test("a second module that cannot be reached is told, nothing is lost, and dml still trains", () =>
  visit(async (page) => {
    await page.route(FULL, (route) => route.abort());
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("a.csv"), b: ratingFile("b.csv", { item: "song" }) });
    await waitUntilReady(page);
    const before = await train(page);
    await page.locator("#model").selectOption("cml");
    await page.locator("#play").click();
    await page.locator("#notice-text", { hasText: /^The second module, with which cml trains, could not be loaded/ }).waitFor();
    assert.deepEqual(await errors(page), before, "what was learnt is still there");
    assert.equal(await page.locator("#play:enabled").count(), 1);
    await page.locator("#notice-close").click();
    await page.locator("#model").selectOption("dml");
    assert.deepEqual(await train(page), before, "the same model again");

    await page.unroute(FULL);
    await page.locator("#model").selectOption("cml");
    await train(page);
    assert.equal(await page.locator("#zones .zone-name").first().textContent(), "a");
  }, { hash: "#seed=1&model=dml&epochs=2", failures: /pkg\/full\// }));
