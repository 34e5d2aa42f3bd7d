// The Bayesian model on the page: a chain that is watched, paused and stopped, a map that turns with it, recommendations that
// say how sure they are, and whether kindness and taste cross.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { cells, errors, findPerson, openFiles, picture, restingPicture, verdict, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

const SHORT = "sweeps=500&burn_in=20&thinning=2";

/** Starts and waits until so many sweeps are told of. */
async function startSampling(page, least = 1) {
  await page.locator("#play").click();
  await page.waitForFunction((wanted) => {
    const told = /sweep (\d+) of/.exec(document.querySelector("#status").textContent);
    return told && Number(told[1]) >= wanted;
  }, least, { timeout: 60_000 });
}

/** What a list shows: the visible text of the figure and the one that is read aloud. */
const figures = (page, slot) =>
  page.locator(`#recommend-${slot} li .number`).evaluateAll((all) =>
    all.map((each) => ({
      shown: each.querySelector("[aria-hidden]")?.textContent ?? each.textContent,
      spoken: each.querySelector(".visually-hidden")?.textContent ?? "",
    })));

/** Domains that say how sure their predictions are, with the chances that they speak of. */
async function chances(page, slot) {
  const all = await figures(page, slot);
  assert.equal(all.length, 4, `four in ${slot}`);
  return all.map(({ shown, spoken }) => {
    assert.match(shown, /^(\d\.\d|[<>]?\d+\s?%), likely \d(\.\d)? to \d(\.\d)?$/u, shown);
    const told = /^(\d\.\d), likely (\d(?:\.\d)?) to (\d(?:\.\d)?); the chance of 4 or more is [<>]?(\d+)\s?%$/u.exec(spoken);
    assert.ok(told, spoken);
    const [rating, low, high, chance] = told.slice(1).map(Number);
    assert.ok(low <= high && low >= 0.5 && high <= 5 && chance >= 0 && chance <= 100, spoken);
    return { rating, chance };
  });
}

/** Whether numbers go down, as far as they are rounded. */
const descends = (numbers, slack) => numbers.every((value, n) => n === 0 || value <= numbers[n - 1] + slack);

test("the Bayesian model: watch it sample, pause, go on, read what crosses, ask and sort by chance", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#model").selectOption("bayes");
    await page.locator("body[data-model=bayes]").waitFor();
    await waitUntilReady(page);
    const untrained = await restingPicture(page);
    assert.ok(untrained.a > 500 && untrained.b > 500, `both clouds are drawn: ${JSON.stringify(untrained)}`);
    assert.match(await page.locator("#loss-chart").getAttribute("aria-label"), /no sweeps yet/);

    await startSampling(page, 5);
    assert.match(await page.locator("#status").textContent(), /^Measuring 1 of 8: the model, sweep \d+ of 500/);
    assert.equal(await page.locator("#turn").inputValue(), "1000", "the clouds are seen as the draw turns them");
    assert.match(await page.locator("#map-caption").textContent(), /^Sampling: points are means over the last draws/);
    const early = await picture(page);
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    const paused = /^Paused after sweep (\d+) of 500$/.exec(await page.locator("#status").textContent());
    assert.ok(paused, await page.locator("#status").textContent());
    assert.equal(await page.locator("#stop:visible:enabled").count(), 1, "it can be stopped early");
    const told = await page.locator("#loss-chart").getAttribute("aria-label");
    assert.match(told, /^After sweep \d+ of 500, what crosses between books and films: ρ −?\d\.\d\d, c \d\.\d\d$/);
    assert.notEqual((await restingPicture(page)).digest, early.digest, "the map has turned meanwhile");
    await screenshot(page, "bayes-paused");
    const still = await page.locator("#progress").evaluate((bar) => bar.value);
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#progress").evaluate((bar) => bar.value), still, "paused is paused");

    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    assert.match(await page.locator("#status").textContent(),
      /^Done after 500 sweeps\. Kept model: 500 sweeps on everything/);
    assert.match(await page.locator("#show-held").textContent(), /^45 kept for the test$/);
    const { model, bias, mean } = await errors(page);
    t.diagnostic(`RMSE of bayes, bias model, mean: ${[model, bias, mean].map(({ a, b }) => `${a} / ${b}`).join(", ")}`);
    for (const slot of ["a", "b"]) assert.ok(model[slot] < bias[slot] && bias[slot] < mean[slot], `${slot} is better`);

    const rows = await cells(page, "#taste");
    t.diagnostic(`kindness and taste: ${rows.map((row) => row.map(({ text }) => text).join(" ")).join("; ")}`);
    assert.equal(rows.length, 3, "one link: kindness, and taste as a part and as a correlation");
    const [kindness, part, taste] = rows.map((row) => row.slice(0, 4).map(({ text }) => Number(text.replace("−", "-"))));
    for (const [carried, shuffled] of [kindness, part, taste]) {
      assert.ok(carried > shuffled, "what crosses in the sample is more than with shuffled links");
    }
    // Of kindness shuffled links leave the correlation as it is: each side has its own ratings.
    const [, , pairs, shuffledPairs] = taste;
    assert.ok(pairs > shuffledPairs, "tastes of hidden pairs go together under the map, and less so under the placebo's");
    assert.match((await verdict(page)).join(" "), /Between books and films (kindness|taste|neither)/);
    assert.doesNotMatch(await page.locator("#learnt").textContent(), /λ/);
    assert.equal(await page.locator("#alignment:visible").count(), 0);
    await page.locator("#all-figures").click();
    assert.match(await page.locator("#figures-dialog").textContent(), /books to films: kindness, ρ\s*−?\d\.\d\d ± \d\.\d\d/);
    await page.locator("#figures-close").click();

    await findPerson(page, true);
    await page.locator("#person-note", { hasText: /Has rated in both/ }).waitFor();
    for (const slot of ["a", "b"]) {
      assert.ok(descends((await chances(page, slot)).map(({ rating }) => rating), 0), "by what is expected");
    }
    const plain = await restingPicture(page);
    await screenshot(page, "bayes-done");
    const byRating = await Promise.all(["a", "b"].map((slot) => chances(page, slot)));
    await page.getByLabel("Sort by the chance of 4 or more").check();
    await page.waitForFunction(() => document.querySelector("#recommend-a li .number").textContent.includes("%"));
    for (const [n, slot] of ["a", "b"].entries()) {
      const sorted = (await chances(page, slot)).map(({ chance }) => chance);
      assert.ok(descends(sorted, 0), `by chance: ${sorted}`);
      const best = Math.max(...byRating[n].map(({ chance }) => chance));
      assert.ok(sorted[0] >= best, "over all items, not only those of the list before");
    }
    await screenshot(page, "bayes-by-chance");
    await findPerson(page, false);
    await page.locator("#person-note", { hasText: /^Never rated in (books|films): predicted through the map/ }).waitFor();
    for (const slot of ["a", "b"]) await chances(page, slot);
    assert.notEqual((await restingPicture(page)).digest, plain.digest, "somebody else's mark and ellipse");

    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(500);
    await screenshot(page, "bayes-dark");
    await page.setViewportSize({ width: 390, height: 844 });
    await restingPicture(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is cut at the side");
    await screenshot(page, "bayes-narrow", { fullPage: true });
  }, { hash: `#seed=1&${SHORT}` }));

test("a chain that is stopped early: the draws so far are the model, and what it is compared with is as long", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    await startSampling(page, 10);
    await page.locator("#stop").click();
    await waitForState(page, "done");
    const status = await page.locator("#status").textContent();
    t.diagnostic(status);
    const stopped = /^Done: stopped after (\d+) of 2000 sweeps; predictions are means over \d+ draws\. Kept model: (\d+) sweeps/.exec(status);
    assert.ok(stopped, status);
    assert.equal(stopped[1], stopped[2], "the kept model is no longer");
    const { model, mean } = await errors(page);
    assert.ok(model.a < mean.a && model.b < mean.b);
  }, { hash: "#seed=1&model=bayes&sweeps=2000" }));

/** Keeps hold of the workers that the session's worker starts beside itself, from now on. */
const holdHelpers = (page) =>
  page.workers()[0].evaluate(() => {
    const Before = globalThis.Worker;
    globalThis.helpers = [];
    globalThis.Worker = class extends Before {
      constructor(...asked) {
        super(...asked);
        globalThis.helpers.push(this);
      }
    };
    return navigator.hardwareConcurrency;
  });

/** All that the page has learnt, as it shows it. */
const learnt = async (page) => JSON.stringify([await errors(page), await cells(page, "#taste"), await verdict(page)]);

test("chains in several workers: watched, paused and gone on with; and where those workers end, the figures are the same", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    const cores = await holdHelpers(page);
    if (cores < 2) return t.skip("there is one core, and no worker beside the first");
    const helpers = () => page.workers()[0].evaluate(() => globalThis.helpers.length);
    assert.equal(await helpers(), 0, "none is started before there is anything to do");
    await startSampling(page, 3);
    assert.equal(await helpers(), Math.min(2, cores - 1));
    const early = await picture(page);
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    const still = await page.locator("#status").textContent();
    assert.match(still, /^Paused after sweep \d+ of 60$/);
    await page.waitForTimeout(300);
    assert.equal(await page.locator("#status").textContent(), still, "paused is paused");
    assert.notEqual((await restingPicture(page)).digest, early.digest, "the first chain is drawn");
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    assert.match(await page.locator("#status").textContent(), /^Done after 60 sweeps/);
    const undisturbed = await learnt(page);

    // The same once more, and the workers beside the first end in the midst of it.
    await startSampling(page, 9);
    await page.workers()[0].evaluate(() => globalThis.helpers.forEach((helper) => helper.terminate()));
    await waitForState(page, "done");
    assert.equal(await learnt(page), undisturbed);
    assert.equal(await page.locator("#notice:visible").count(), 0, "nothing is lost, and nothing is said");
    assert.ok((await helpers()) > Math.min(2, cores - 1), "the next run has workers again");
  }, { hash: "#seed=1&model=bayes&sweeps=60&burn_in=4&thinning=2&chains=3" }));

test("a model that predicts a number alone shows neither ranges nor chances", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    assert.deepEqual((await figures(page, "a")).filter(({ shown }) => !/^\d\.\d$/.test(shown)), []);
    assert.equal(await page.locator("#by-chance-row:visible").count(), 0);
    assert.equal(await page.locator("#taste:visible").count(), 0);
  }, { hash: "#seed=1&model=cmf&epochs=2" }));

/** A rating file of people by number. */
function file(name, item, from, to) {
  const lines = ["user,item,rating"];
  for (let u = from; u < to; u++) {
    for (let i = 0; i < 30; i++) if ((u * 7 + i * 3) % 4 !== 0) lines.push(`u${u},${item} ${i},${1 + ((u + i * i) % 5)}`);
  }
  return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

test("domains that share few people have no map, and the page says why", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: file("a.csv", "book", 0, 60), b: file("b.csv", "song", 40, 100) });
    await waitUntilReady(page);
    assert.match(await page.locator("#map-empty").textContent(), /^No two of the domains share 30 people/);
    await page.locator("#play").click();
    await waitForState(page, "done");
    const [, ...taste] = await cells(page, "#taste");
    assert.equal(taste.length, 2);
    for (const row of taste) assert.deepEqual(row.slice(0, 4).map(({ text }) => text), ["–", "–", "–", "–"], "of taste nothing is told");
  }, { hash: `#seed=1&model=bayes&${SHORT}` }));
