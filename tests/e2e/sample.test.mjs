// The way of a visitor who has no files: open, train, look, ask.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import {
  cells, errors, findPerson, picture, restingPicture, saved, verdict, waitForState, waitUntilReady, watchFrames,
} from "./page.mjs";

const visit = useBrowser({ whole: true });

test("the sample: open, train with a pause, read the figures, turn the map, ask for recommendations", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    const untrained = await restingPicture(page);
    assert.ok(untrained.a > 500 && untrained.b > 500, `both clouds are drawn: ${JSON.stringify(untrained)}`);
    await screenshot(page, "sample-untrained");

    const frames = await watchFrames(page);
    await page.evaluate(() => {
      const status = document.querySelector("#status");
      globalThis.told = new Set();
      new MutationObserver(() => globalThis.told.add(status.textContent)).observe(status, { childList: true });
      const [ladder, transfer] = ["#ladder", "#transfer"].map((id) => document.querySelector(id));
      globalThis.early = 0;
      new MutationObserver(() => {
        const measured = !ladder.querySelector("tbody").textContent.includes("–");
        if (!measured) globalThis.early += transfer.querySelectorAll(".strong").length;
      }).observe(transfer, { childList: true });
    });
    const began = performance.now();
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
    await screenshot(page, "sample-running");
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    const still = await page.locator("#progress").evaluate((bar) => bar.value);
    await page.waitForTimeout(700);
    assert.equal(await page.locator("#progress").evaluate((bar) => bar.value), still, "paused is paused");
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    const { frames: drawn, longest } = await frames();
    t.diagnostic(`trained in ${((performance.now() - began) / 1000).toFixed(1)} s, longest time between two frames ${longest.toFixed(0)} ms of ${drawn}`);
    assert.ok(drawn > 20, "the page goes on drawing while it trains");

    const { model, bias, mean } = await errors(page);
    t.diagnostic(`RMSE of model, bias model, mean: ${[model, bias, mean].map(({ a, b }) => `${a} / ${b}`).join(", ")}`);
    for (const slot of ["a", "b"]) {
      assert.ok(model[slot] < bias[slot], `${slot}: the model is better than the bias model`);
      assert.ok(bias[slot] < mean[slot], `${slot}: the bias model is better than the mean`);
    }
    const words = await verdict(page);
    t.diagnostic(`verdict: ${words.join(" ")}`);
    for (const [from, to] of [["films", "books"], ["books", "films"]]) {
      const gain = new RegExp(`^From ${from} to ${to}: less error, by .*\\d % \\(\\d+.* to \\d+.*\\) for newcomers`);
      assert.ok(words.some((line) => gain.test(line.replaceAll("\u00a0", " "))), `${from} give newcomers of ${to} something`);
    }

    const transfer = await cells(page, "#transfer");
    assert.equal(transfer.length, 6);
    for (const newcomers of [transfer[2], transfer[5]]) {
      const [alone, placebo, linked] = newcomers.map(({ text }) => Number(text));
      assert.ok(linked < alone && linked < placebo, "linked is better than alone and than shuffled");
      assert.match(newcomers[2].look, /strong/, "the winner is bold");
      assert.doesNotMatch(newcomers[0].look, /strong/);
      assert.match(newcomers[3].text, /^−\d/);
      assert.match(newcomers[4].text, /^−[\d.]+ to −[\d.]+$/);
    }
    for (const rungs of await cells(page, "#ladder")) {
      const errors = rungs.map(({ text }) => Number(text));
      assert.ok(errors.length === 4 && errors.every((error) => error > 0 && error < 1), `four rungs: ${errors}`);
      assert.ok(errors[3] < errors[2], "the map lowers the error");
      assert.match(rungs[3].look, /strong/, "and is the last rung that holds");
    }
    assert.equal(await page.locator("#ladder .last-rung").count(), 2);

    assert.equal(await page.evaluate(() => globalThis.early), 0, "nothing is bold before every control is trained");
    const told = await page.evaluate(() => [...globalThis.told]);
    assert.ok(told.some((text) => /^Measuring [2-8] of 8: \w+/.test(text)), `it says what it measures: ${told}`);
    assert.match(await page.locator("#status").textContent(), /^Done after \d+ epochs and 300 sweeps\. Kept model: \d+ epochs? on everything, [\d.]+\u202fs$/);

    await page.locator("#all-figures").click();
    const figures = await page.locator("#figures-dialog").innerText();
    const pairs = figures.match(/Distance of (\d+) hidden pairs/)[1];
    assert.match(await page.locator("#show-held").textContent(), new RegExp(`^${pairs} kept for the test`));
    assert.match(figures, /Without any network, how high newcomers rate in the other domain gives 0\.\d{3}/);
    assert.match(figures, /\d+\u202f% of the way from the bias model was found/);
    assert.match(figures, /The kept model was trained on all ratings and all links for \d+ epochs? in/);
    await screenshot(page, "all-figures");
    await page.locator("#figures-close").click();

    const metrics = await saved(page, "#export-metrics");
    assert.match(metrics, /"learning_rate": 0\.002,?\n/, "numbers are written as they were set");
    const { files, sample_seed, report } = JSON.parse(metrics);
    assert.deepEqual({ files, sample_seed }, { files: [], sample_seed: 7 }, "the data can be made again");
    assert.ok(report.kept.epochs > 0 && report.a.cold.change.high < 0);

    const after = await restingPicture(page);
    assert.notEqual(after.digest, untrained.digest, "training changed the map");
    await page.locator("#turn").fill("0");
    const before = await restingPicture(page);
    assert.notEqual(before.digest, after.digest, "the slider turns the map");
    await page.locator("#turn").fill("1000");
    await restingPicture(page);

    for (const both of [true, false]) {
      const label = await findPerson(page, both);
      await page.locator("#person-note", { hasText: both ? /Has rated in both/ : /Never rated in/ }).waitFor();
      for (const slot of ["a", "b"]) {
        const items = page.locator(`#recommend-${slot} li`);
        await items.first().waitFor();
        assert.ok((await items.count()) >= 3, `${label} gets recommendations in ${slot}`);
      }
      assert.equal(await page.getByText("through the map", { exact: true }).count(), both ? 0 : 1);
      const near = await page.locator("#nearest li .cut").allTextContents();
      assert.equal(new Set([...near, label]).size, 6, `five others are nearest to ${label}: ${near.join(", ")}`);
    }

    await screenshot(page, "sample-light-wide");
    await page.emulateMedia({ colorScheme: "dark" });
    await restingPicture(page);
    await screenshot(page, "sample-dark-wide");
    for (const scheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width: 390, height: 844 });
      await restingPicture(page);
      await screenshot(page, `sample-${scheme}-narrow`, { fullPage: true });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a narrow window");
    }
    assert.ok((await picture(page)).a > 100, "the map is drawn in a narrow window");
  }));

test("one epoch, a start from the beginning and another seed", async () => {
  const maps = [];
  const look = async (page) => {
    await waitUntilReady(page);
    maps.push((await restingPicture(page)).digest);
  };
  await visit(async (page) => {
    await look(page);
    await page.locator("#one-epoch").click();
    await page.locator("#status", { hasText: "Paused after 1 epoch" }).waitFor();
    await page.locator("#reset").click();
    await waitForState(page, "idle");
    await waitUntilReady(page);
    await page.locator("#seed").fill("2");
    await page.locator("#seed").press("Enter");
    await page.locator("#seed-shown", { hasText: "2" }).waitFor();
    assert.match(page.url(), /#seed=2$/, "the seed is in the address");
  });
  for (const hash of ["#seed=1", "#seed=2"]) await visit(look, { hash });
  assert.equal(maps[1], maps[0], "the same seed gives the same map");
  assert.notEqual(maps[2], maps[0], "another seed gives another map");
});

test("a number that is typed wrongly stays, is marked and answered, and changes nothing", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const seed = page.locator("#seed");
    await seed.fill("-3");
    await seed.press("Tab");
    await page.locator("#field-message", { hasText: "Seed stays 1. Use a whole number from 0 to 4,294,967,295." }).waitFor();
    await page.locator("#preset-paper").check({ force: true }); // draws the fields again
    await page.locator("#seed-shown", { hasText: "1" }).waitFor();
    assert.equal(await seed.inputValue(), "-3");
    assert.equal(await seed.getAttribute("aria-invalid"), "true");
    assert.doesNotMatch(page.url(), /seed=-3/);
    await seed.fill("2");
    await seed.press("Tab");
    await page.locator("#seed-shown", { hasText: "2" }).waitFor();
    assert.equal(await seed.getAttribute("aria-invalid"), null);
    assert.equal(await page.locator("#field-message").textContent(), "");

    await page.locator("#preset-robust").check({ force: true });
    await page.locator("#settings").click();
    for (const [field, text, refusal] of [
      ["dimension", "300", "Stays 16. Use a whole number from 1 to 256."],
      ["dropout", "a lot", "Stays 0.1. Use a number from 0 to 0.9."],
      ["recommender_hidden", "32, 16.5", "Stays 32, 16. Use 1 to 4 whole numbers from 1 to 1,024."],
      ["patience", "-1", "Stays 3. Use a whole number from 1 up, or nothing for never."],
    ]) {
      await page.locator(`#set-${field}`).fill(text);
      await page.locator(`#set-${field}`).press("Tab");
      assert.equal(await page.locator(`#set-${field}-message`).textContent(), refusal);
    }
    await page.locator("#set-repeats").fill("3"); // draws the dialog again
    await page.locator("#set-repeats").press("Tab");
    await page.locator(".setting.changed").waitFor();
    assert.equal(await page.locator("#set-dropout").inputValue(), "a lot");
    assert.equal(await page.locator("#set-dropout").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator(".setting.changed").count(), 1, "only the number of repeats");
    assert.match(page.url(), /#seed=2&repeats=3$/);
  }));

test("a refused number keeps its message, whatever another field accepts, until it is mended or put back", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const [seed, epochs, message] = ["#seed", "#epochs", "#field-message"].map((id) => page.locator(id));
    const type = async (field, text) => {
      await field.fill(text);
      await field.press("Tab");
    };
    const isWrong = async (field) => (await field.getAttribute("aria-invalid")) === "true";
    await type(epochs, "0");
    await type(seed, "7");
    await page.locator("#seed-shown", { hasText: "7" }).waitFor();
    assert.equal(await epochs.inputValue(), "0");
    assert.ok(await isWrong(epochs));
    assert.match(await message.textContent(), /^Epochs stays? 100\. Use a whole number/, "nothing is said to be right that is not");
    await type(seed, "-1");
    assert.match(await message.textContent(), /^Epochs .* Seed stays 7\./, "of two both are told");
    await type(seed, "8");
    assert.match(await message.textContent(), /^Epochs [^S]*$/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await page.locator("body[data-state=running]").waitFor();
    assert.match(await message.textContent(), /^Epochs stays? 100\./, "while it is trained with 100 too");
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    // Another value from elsewhere takes the place of what was refused.
    await page.locator("#settings").click();
    await type(page.locator("#set-epochs"), "12");
    await page.locator(".setting.changed #set-epochs").waitFor();
    await type(page.locator("#set-dimension"), "0");
    await type(page.locator("#set-patience"), "4");
    await page.locator(".setting.changed #set-patience").waitFor();
    assert.ok(await isWrong(page.locator("#set-dimension")));
    assert.match(await page.locator("#set-dimension-message").textContent(), /^Stays 16\./);
    await page.locator("#settings-default").click();
    await type(page.locator("#set-dimension"), "0"); // with no other setting changed
    await page.locator("#settings-default").click();
    assert.equal(await page.locator("#set-dimension").inputValue(), "16");
    assert.equal(await page.locator("#set-dimension-message").textContent(), "");
    await type(page.locator("#set-epochs"), "12");
    await page.locator("#settings-close").click();
    assert.equal(await epochs.inputValue(), "12");
    assert.ok(!(await isWrong(epochs)));
    assert.equal(await message.textContent(), "");
  }, { hash: "#model=dml" }));

test("the page allows what the core allows, and no more", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const differences = await page.evaluate(async () => {
      const at = (name) => new URL(`www/${name}`, document.baseURI).href;
      const [{ allowedBy, parsed }, { WorkerClient }] = [await import(at("number_field.js")), await import(at("worker_client.js"))];
      const core = new WorkerClient({ events() {}, died() {} });
      const { presets, schema } = await core.request("init", {});
      await core.request("load_sample", { seed: 7, domains: 2 });
      const differences = [];
      for (const field of schema.filter(({ place }) => place === "form")) {
        const { name } = field;
        if (!field.range) {
          if (typeof presets.robust[name] === "number") differences.push(`${name} has no range`);
          continue;
        }
        const allowed = allowedBy(field);
        const { range: [lo, hi], whole, most } = allowed;
        const step = whole ? 1 : 1e-3 * (hi - lo);
        for (const [value, fits] of [[lo, true], [hi, true], [lo - step, false], [hi + step, false]]) {
          // A vast network would be built only to be thrown away.
          if (!Number.isFinite(value) || (fits && value > 300 && most)) continue;
          if ((parsed(String(value), allowed) !== undefined) !== fits) differences.push(`${name} = ${value} on the page`);
          const config = { ...presets.robust, mapping_optimiser: "plain", patience: null, [name]: most ? [value] : value };
          const refusal = await core.request("prepare", { config, device: "cpu", space: null }).then(() => null, (error) => error.message);
          if ((refusal === null) !== fits) differences.push(`${name} = ${value}: ${refusal}`);
        }
      }
      return differences;
    });
    assert.deepEqual(differences, []);
  }));

test("repeats: every repeat is told, and the figures name their seeds", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    const curves = () => page.locator("#loss-chart").getAttribute("aria-label");
    const untilStatus = async (wanted) => {
      const told = await page.waitForFunction((wanted) => {
        const text = document.querySelector("#status").textContent;
        return (new RegExp(wanted).test(text) || document.body.dataset.state !== "running") && text;
      }, wanted, { timeout: 300_000 });
      assert.match(await told.jsonValue(), new RegExp(wanted));
    };
    await untilStatus("^Measuring [2-8] of 8: .*, repeat 1 of 2");
    const first = await curves();
    await untilStatus("^Measuring \\d of 8: .*, repeat 2 of 2");
    await waitForState(page, "done");
    assert.equal(await curves(), first, "the curves are the first run's");
    assert.match(await page.locator("#verdict").textContent(), /Figures are means over 2 seeds/);
    await page.locator("#all-figures").click();
    assert.match(await page.locator("#figures-dialog").innerText(), /seeds 5 to 6.*means over 2 repeats with the seeds 5, 6/s);
  }, { hash: "#seed=5&repeats=2&epochs=3&sweeps=40&burn_in=5" }));
