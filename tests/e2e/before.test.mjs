// The run before beside the new one: its figures, muted, with the difference, in what the settings differed, where it is not
// shown, and how it outlasts the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as kept from "../../www/kept/before.js";
import { screenshot, useBrowser } from "./browser.mjs";
import { cells, holdWorkers, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const QUICK = "#seed=1&model=dml&epochs=3";

const train = async (page) => {
  await waitUntilReady(page);
  await page.locator("#play").click();
  await waitForState(page, "running", "done");
  await waitForState(page, "done");
};
/** Sets up the model anew, untrained. */
async function startOver(page) {
  await page.locator("#reset").click();
  await page.locator("#before-row:visible").waitFor();
  await waitUntilReady(page);
}
const line = (page) => page.locator("#before-line").textContent();
const heads = (page, table) => page.locator(`${table} thead th`).evaluateAll((all) => all.slice(1).map((each) => each.innerText.trim().replace(/\s*\?$/, "")));
const number = (text) => Number(text.replace(/[()]/g, "").replace("−", "-").replace("±", ""));
const places = (page) =>
  page.evaluate(() => ["#loss-chart", "#metrics", "#transfer", "#ladder", "#alignment", "#learnt", "#recommend"].map((selector) => {
    const { top, height, left, width } = document.querySelector(selector).getBoundingClientRect();
    return [selector, top + scrollY, height, left, width].map((value) => (typeof value === "number" ? Math.round(value) : value)).join(" ");
  }));

for (const viewport of [{ width: 1440, height: 900 }, { width: 1280, height: 720 }, { width: 390, height: 844 }]) {
  test(`fewer people in both, trained again: the figures of before stay, and nothing moves (${viewport.width} × ${viewport.height})`, () =>
    visit(async (page) => {
      await train(page);
      assert.equal(await page.locator("#before-row").isVisible(), false);
      const first = { metrics: await cells(page, "#metrics"), transfer: await cells(page, "#transfer"), ladder: await cells(page, "#ladder"), apart: await page.locator("#alignment dd").first().textContent() };
      // Where the page is longer than the window what is said is as long as it is, whatever stands beside it.
      const isWide = viewport.width >= 1200;
      let stood = await places(page);
      await page.locator("#overlap-users").fill("50");
      assert.equal(await page.locator("#before-row").isVisible(), false, "not before it is trained again, or started over");
      await startOver(page);
      await page.evaluate(() => document.querySelector("#verdict").scrollTo(0, 0));
      assert.equal(await line(page), "Before: 450 people in both, now 50");
      if (isWide) assert.deepEqual(await places(page), stood, "nothing moves");
      // Before it is trained again the figures of before stand alone.
      let [row] = await cells(page, "#metrics");
      assert.deepEqual(row.slice(0, 3).map(({ text }) => text), ["–", first.metrics[0][0].text, "–"]);
      assert.deepEqual(await heads(page, "#metrics"), ["model", "before", "change", "vs bias", "interval"]);
      await screenshot(page, `before-untrained-${viewport.width}`);
      await train(page);
      if (isWide) assert.deepEqual(await places(page), stood, "nothing moves");
      stood = await places(page);
      const now = { metrics: await cells(page, "#metrics"), transfer: await cells(page, "#transfer"), ladder: await cells(page, "#ladder") };
      [row] = now.metrics;
      const then = number(first.metrics[0][0].text);
      assert.equal(number(row[1].text), then);
      assert.ok(Math.abs(number(row[2].text) - (number(row[0].text) - then)) < 0.0011, `${row[2].text} is the difference of ${row[0].text} and ${then}`);
      assert.match(row[2].text, /^[+−±]\d/, "with its sign, of the same ratings");
      assert.ok(row[1].look.includes("muted") && row[2].look.includes("muted"));
      // Everybody, and newcomers: fewer of 50 people in both than of 450, so that others are tested.
      assert.equal(now.transfer[0][1].text, first.transfer[0][2].text);
      assert.equal(now.transfer[2][1].text, first.transfer[2][2].text);
      assert.match(now.transfer[2][2].text, /^\([+−±][\d.]+\)$/);
      assert.equal(now.ladder[0][2].text, first.ladder[0][3].text);
      assert.deepEqual(await page.locator("#alignment dt").allTextContents(), ["this turn", "before", "change", "random"]);
      assert.equal(await page.locator("#alignment dd").nth(1).textContent(), first.apart);
      assert.match(await page.locator("#loss-chart").getAttribute("aria-label"), /; before: After epoch 3/);
      assert.equal(await page.locator("#losses-key .before-key").isVisible(), true);
      await screenshot(page, `before-${viewport.width}`, { fullPage: viewport.width < 1000 });
      await page.emulateMedia({ colorScheme: "dark" });
      await screenshot(page, `before-dark-${viewport.width}`, { fullPage: viewport.width < 1000 });
      await page.emulateMedia({ colorScheme: "light", media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assert.match(await page.locator("#report").textContent(), /Before: 450 people in both, now 50/);
      assert.ok(await page.locator("#before-line").isVisible(), "it is on paper");
      await page.emulateMedia({ media: "screen" });

      await page.locator("#before-close").click();
      assert.equal(await page.locator("#before-row").isVisible(), false);
      assert.deepEqual(await heads(page, "#metrics"), ["model", "bias", "mean", "vs bias", "interval"]);
      assert.deepEqual(await places(page), stood, "nothing moves");
      assert.equal(await page.evaluate(() => document.activeElement.id), "learnt-title");
      assert.doesNotMatch(await page.locator("#loss-chart").getAttribute("aria-label"), /before/);
    }, { hash: QUICK, viewport }));
}

test("another seed tests other ratings, and other data are others: the run before is not shown beside them", () =>
  visit(async (page) => {
    await train(page);
    await page.locator("#epochs").fill("2");
    await page.locator("#epochs").press("Enter");
    await startOver(page);
    assert.match(await line(page), /^Before: Epochs, at most: 3, now 2$/);
    await page.locator("#seed").fill("2");
    await page.locator("#seed").press("Enter");
    await page.locator("#before-row").waitFor({ state: "hidden" });
    await waitUntilReady(page);
    assert.deepEqual(await heads(page, "#metrics"), ["model", "bias", "mean", "vs bias", "interval"]);
    // With the seed of before it is of the same ratings again.
    await page.locator("#seed").fill("1");
    await page.locator("#seed").press("Enter");
    await page.locator("#before-row:visible").waitFor();
    await page.locator("#sample-domains").selectOption("3").catch(() => {});
    await page.locator("#load-sample").click();
    await page.locator("#before-row").waitFor({ state: "hidden" });
    await waitUntilReady(page);
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#before-row").isVisible(), false);
  }, { hash: QUICK }));

test("the same settings trained again leave the run before those as it is; a model that samples is compared by its figures", () =>
  visit(async (page) => {
    await train(page);
    await page.locator("#overlap-users").fill("100");
    await train(page);
    await train(page);
    assert.equal(await line(page), "Before: 450 people in both, now 100");
    await page.locator("#model").selectOption("bayes");
    await page.locator("#reset").click();
    // What is shown now becomes the run before once the new model is set up.
    await page.waitForFunction(() => /^Before: Model: dml.*, now bayes/.test(document.querySelector("#before-line").textContent));
    assert.equal(await page.locator(".before-key:visible").count(), 0, "curves of epochs are none of sweeps");
    const [row] = await cells(page, "#metrics");
    assert.match(row[1].text, /^0\.\d{3}$/);
  }, { hash: QUICK }));

/** All that stands of the run before beside the present one. */
const beside = async (page) => ({
  line: await line(page),
  metrics: await cells(page, "#metrics"),
  transfer: await cells(page, "#transfer"),
  ladder: await cells(page, "#ladder"),
  apart: await page.locator("#alignment dd").allTextContents(),
  chart: await page.locator("#loss-chart").getAttribute("aria-label"),
});

/** Does something with the one file of that name that is kept, and gives what it says; null where there is none. */
const ofKept = (page, name, text = null) =>
  page.evaluate(async ([name, text]) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("kept", { create: true });
    for await (const folder of root.values()) {
      const file = await folder.getFileHandle(name, { create: text !== null }).catch(() => null);
      if (!file) continue;
      if (text !== null) {
        const stream = await file.createWritable();
        await stream.write(text);
        await stream.close();
      }
      return (await file.getFile()).text();
    }
    return null;
  }, [name, text]);

/** Until what is kept is whole, with a run before or with none. */
async function untilKept(page, hasBefore = true) {
  for (let tries = 0; tries < 300; tries++, await page.waitForTimeout(100)) {
    const record = await ofKept(page, "record.json").catch(() => null);
    const before = await ofKept(page, "before.json").catch(() => null);
    if (record && JSON.parse(record).reached?.fraction === 1 && (before !== null && before !== "") === hasBefore) return;
  }
  assert.fail(`kept: ${await ofKept(page, "record.json")} and ${await ofKept(page, "before.json")}`);
}

/** Trains again with so many people in both, until it is done with them. */
async function trainWith(page, people) {
  await page.locator("#overlap-users").fill(String(people));
  await page.locator("#play").click();
  await page.waitForFunction((end) => document.querySelector("#before-line").textContent.endsWith(end), `, now ${people}`);
  await waitForState(page, "done");
}

/** Leaves, comes again and goes on with what was kept. */
async function comeAgain(page) {
  await page.reload();
  await page.locator("#offer:visible").waitFor();
  await waitUntilReady(page);
  await page.locator("#offer-go-on").click();
  await waitForState(page, "done");
  await waitUntilReady(page);
}

test("the run before outlasts the page with the work: after a reload it stands beside with the same figures, and once closed it stays away", () =>
  visit(async (page) => {
    await train(page);
    await trainWith(page, 100);
    await untilKept(page);
    const stood = await beside(page);
    assert.equal(stood.line, "Before: 450 people in both, now 100");
    assert.match(stood.metrics[0][1].text, /^0\.\d{3}$/);
    await comeAgain(page);
    assert.deepEqual(await beside(page), stood);
    // And after a second one, from which nothing was trained.
    await comeAgain(page);
    assert.deepEqual(await beside(page), stood);
    // A worker that ends takes nothing from the page.
    await page.evaluate(() => globalThis.workers[0].terminate());
    await page.locator("#notice:visible").waitFor();
    await waitForState(page, "done");
    await waitUntilReady(page);
    assert.deepEqual(await beside(page), stood);
    const text = await ofKept(page, "before.json");
    await page.locator("#before-close").click();
    await untilKept(page, false);
    await comeAgain(page);
    assert.equal(await page.locator("#before-row").isVisible(), false, "what was closed");
    // Trained again, what was learnt now is the run before; with all that is kept it is deleted.
    await trainWith(page, 200);
    await untilKept(page);
    assert.notEqual(await ofKept(page, "before.json"), text);
    await page.locator("#kept-open").click();
    await page.locator("#kept-delete:enabled").click();
    await page.waitForFunction(() => document.querySelector("#kept-size").textContent.startsWith("Deleted."));
    assert.equal(await ofKept(page, "before.json"), null);
  }, {
    hash: QUICK,
    setUp: holdWorkers,
  }));

test("a run before that is none is left out and the work goes on; one for which there is no room costs nothing else", () =>
  visit(async (page) => {
    await train(page);
    await trainWith(page, 100);
    await untilKept(page);
    const learnt = await cells(page, "#ladder");
    const text = await ofKept(page, "before.json");
    for (const broken of ["no run", "null", text.slice(0, -20), text.replace('"version":1', '"version":2'), text.replaceAll('"ladder"', '"rungs"')]) {
      assert.notEqual(broken, text);
      await ofKept(page, "before.json", broken);
      await comeAgain(page);
      assert.equal(await page.locator("#before-row").isVisible(), false, broken);
      assert.equal(await page.locator("#notice").isVisible(), false, "and nothing is said of it");
      assert.equal(await ofKept(page, "before.json"), null, "it is gone");
    }
    // Work of a version that kept no run before is such work without one. With what is read of it no less stands beside.
    await ofKept(page, "before.json", kept.written(kept.parsed(text)));
    await comeAgain(page);
    assert.equal(await line(page), "Before: 450 people in both, now 100");
    assert.deepEqual((await cells(page, "#ladder")).map((row) => row.at(-2).text), learnt.map((row) => row.at(-2).text));
    await page.evaluate(() => {
      const { createWritable } = FileSystemFileHandle.prototype;
      FileSystemFileHandle.prototype.createWritable = function (...asked) {
        if (this.name === "before.json") return Promise.reject(new DOMException("full", "QuotaExceededError"));
        return createWritable.apply(this, asked);
      };
    });
    await trainWith(page, 200);
    await untilKept(page, false);
    assert.equal(await line(page), "Before: 100 people in both, now 200");
    assert.equal(await page.locator("#notice").isVisible(), false, "what is trained is kept");
    await comeAgain(page);
    assert.equal(await page.locator("#before-row").isVisible(), false);
    assert.match((await cells(page, "#metrics"))[0][0].text, /^0\.\d{3}$/);
  }, { hash: QUICK }));

test("whatever is wrong with a run before that was kept, it is read as none or as one that can be drawn", () => {
  const group = { users: 3, ratings: 9, with_transfer: 0.2 };
  const whole = {
    config: { seed: 1, overlap_users: null, recommender_hidden: [8, 4] },
    device: "cpu",
    samples: false,
    history: [{ epoch: 1, domains: [{ own: 0.1, cross: null, validation_rmse: 0.3 }], mapping: null }],
    sweeps: [{ sweep: 1, sweeps: 9, links: [{ from: 0, to: 1, rho: 0.5, scale: 0.4, correlation: 0.3, tau: 1, lambda: 2 }] }],
    report: {
      domains: [{ test_ratings: 9, model: { rmse: 0.2 }, all: group, sparse: group, cold: { ...group, with_transfer: null }, ladder: [{ source: "linked", rmse: 0.1 }] }],
      links: [{ domains: [0, 1], alignment: null }],
      alignment: { pairs: 4, mapped: 0.3 },
    },
  };
  assert.deepEqual(kept.parsed(kept.written(whole)), whole);
  // A loss that is no number is written as null, and is a gap in the curve.
  const gap = structuredClone(whole);
  gap.history[0].domains[0].own = Number.NaN;
  assert.deepEqual(kept.parsed(kept.written(gap)), gap);
  let [none, some] = [0, 0];
  /** Every value in turn is another, or not there. */
  const damage = (value) => {
    for (const key of Object.keys(value)) {
      const was = value[key];
      for (const other of [undefined, null, 7, "seven", [], {}, [null], { domains: 3 }]) {
        value[key] = other;
        const read = kept.parsed(kept.written(whole));
        if (read === null) none++;
        else some++;
        for (const { ladder, all } of read?.report.domains ?? []) assert.ok(ladder.every(({ rmse }) => typeof rmse === "number") && typeof all.users === "number");
      }
      value[key] = was;
      if (typeof was === "object" && was !== null) damage(was);
    }
  };
  damage(whole);
  assert.ok(none > 100 && some > 20, `${none} were none, ${some} could be drawn`);
});
