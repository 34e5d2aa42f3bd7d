// The view of experiments: run one, pause it, lose the page, go on, take the figures away.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { askModels, drawn, file, jobs, planned, ready, stands, table, text } from "./lab.mjs";
import { openFiles, ratingFile, waitUntilReady, watchFrames } from "./page.mjs";

const visit = useBrowser();
const MINUTES = 60_000;

/** Plans `overlap` with these models at these points, in two folds, nobody cold. */
async function ask(page, models, points) {
  await ready(page);
  await askModels(page, models);
  await page.locator("#lab-points summary").click();
  await page.getByRole("button", { name: "Only the first" }).click();
  for (const point of points) await page.locator(`#lab-points-list input[value="${point}"]`).check();
  await page.locator("#lab-newcomers").uncheck();
  await page.locator("#lab-folds").fill("2");
  await page.locator("#lab-folds").blur();
}

/** Lets the test end the worker that is at a job, as a browser does that has no memory left. */
const killable = (page) =>
  page.addInitScript(() => {
    globalThis.Worker = class extends Worker {
      postMessage(message, ...rest) {
        if (message?.method === "run_job") {
          globalThis.atWork = this;
          if (globalThis.doomed?.(message.args.job)) setTimeout(() => globalThis.kill());
        }
        super.postMessage(message, ...rest);
      }
    };
    globalThis.kill = () => {
      globalThis.atWork.terminate();
      globalThis.atWork.dispatchEvent(new ErrorEvent("error", { message: "ended by the test", cancelable: true }));
    };
  });

test("overlap on the sample: start, pause, lose the page, go on, take away; the same without interruption", (t) =>
  visit(async (page) => {
    await ask(page, ["linked-bias", "dml"], ["8", "all"]);
    // By fold: 0 and 8 people, kept and discarded, four models; all people, two models and three forms of the other two.
    await planned(page, 2 * (2 * 2 * 4 + 2 + 2 * 3));
    await page.locator("#lab-workers").fill("1");
    await page.locator("#lab-workers").blur();
    await page.waitForFunction(() => /about .* with .* \(from the shortest job of/.test(document.querySelector("#lab-status").textContent), null, { timeout: MINUTES });
    t.diagnostic(`before the start: ${await text(page, "#lab-status")}`);
    assert.equal(await page.locator("#lab-empty:visible").count(), 1);
    await screenshot(page, "experiments-planned", { fullPage: true });

    await page.evaluate(() => {
      globalThis.long = [];
      new PerformanceObserver((list) => globalThis.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ["longtask"] });
    });
    const frames = await watchFrames(page);
    const began = performance.now();
    await page.locator("#lab-play").click();
    await stands(page, "running");
    await page.locator(".figure-place svg").first().waitFor({ timeout: 2 * MINUTES });
    assert.equal(await page.locator("#lab-folds:disabled").count(), 1, "what is asked for is locked while it runs");
    await page.waitForTimeout(700);
    const { frames: counted, longest } = await frames();
    const long = await page.evaluate(() => globalThis.long);
    const seconds = (performance.now() - began) / 1000;
    t.diagnostic(`${(counted / seconds).toFixed(0)} frames a second over ${seconds.toFixed(1)} s, longest gap ${longest.toFixed(0)} ms, long tasks: ${long.map((each) => each.toFixed(0)).join(", ") || "none"} ms`);
    assert.ok(counted > 10, "the page goes on drawing while the workers work");
    await screenshot(page, "experiments-running", { fullPage: true });
    await page.locator("#lab-pause").click();
    await stands(page, "paused");
    const [before, all] = await jobs(page);
    assert.ok(before > 0 && before < all, `${before} of ${all}`);
    assert.equal(await text(page, "#lab-play-text"), "Go on");

    await page.reload();
    await stands(page, "paused");
    assert.deepEqual(await jobs(page), [before, all], "what was done is there, and what was asked for");
    await page.locator(".figure-place svg").first().waitFor();
    assert.equal(await page.locator("#lab-kept-list li").count(), 1);
    await page.locator("#lab-play").click();
    await stands(page, "done");
    assert.match(await text(page, "#lab-status"), new RegExp(`^Done: ${all} jobs`));
    await drawn(page);
    t.diagnostic(await text(page, "#lab-finding"));
    assert.match(await text(page, "#lab-claim"), /8 are enough/);

    const rows = await table(page);
    const csv = await file(page, "CSV");
    assert.equal(csv.name, "overlap.csv");
    const lines = csv.bytes.toString().trim().split("\n").filter((line) => !line.startsWith("#"));
    assert.equal(lines.length - 1, rows.length, "the file has the rows of the page");
    const rmse = lines[0].split(",").indexOf("RMSE");
    lines.slice(1).forEach((line, n) => assert.equal(Number(line.split(",")[rmse]).toFixed(4), rows[n][rmse]));
    const svg = await file(page, "SVG");
    assert.ok(svg.name === "overlap.svg" && svg.bytes.toString().startsWith("<svg xmlns"));
    const latex = await file(page, "LaTeX");
    assert.ok(latex.name === "overlap.tex" && latex.bytes.toString().includes("\\begin{tabular}"));
    const png = await file(page, "PNG");
    assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
    const [, points] = /width="([\d.]+)pt"/.exec(svg.bytes.toString());
    assert.ok(Math.abs(png.bytes.readUInt32BE(16) - (2 * Number(points) * 96) / 72) <= 2, "two points a pixel");
    const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("#lab-save-json").click()]);
    const shown = JSON.parse(readFileSync(await saved.path(), "utf8"));
    assert.deepEqual([shown.experiment, shown.done, shown.jobs, shown.figures[0].name], ["overlap", all, all, "overlap"]);
    assert.equal(shown.finding, await text(page, "#lab-finding"));
    await screenshot(page, "experiments-done", { fullPage: true });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 1000, height: 900 });
    await page.waitForTimeout(800);
    await screenshot(page, "experiments-dark", { fullPage: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(800);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is cut at the side");
    await screenshot(page, "experiments-narrow", { fullPage: true });
    await page.setViewportSize({ width: 1440, height: 900 });

    // Anew, without a pause, but with a worker that dies: the same to the last digit.
    await page.getByRole("button", { name: "Delete Overlap, books and films" }).click();
    await stands(page, "idle");
    assert.equal(await page.locator("#lab-kept-list li").count(), 0);
    assert.equal((await jobs(page))[1], all, "what is asked for stays");
    await page.locator("#lab-play:enabled").click();
    await stands(page, "running");
    await page.waitForFunction(() => document.querySelector("#lab-status").textContent.match(/^([5-9]|[12]\d) of/));
    await page.evaluate(() => globalThis.kill());
    await page.waitForFunction(() => /A worker died at .*ended by the test/.test(document.querySelector("#lab-note").textContent));
    await stands(page, "done");
    await drawn(page);
    const again = await file(page, "CSV");
    assert.equal(again.bytes.toString(), csv.bytes.toString());
    assert.equal((await file(page, "SVG")).bytes.toString(), svg.bytes.toString());
  }, { hash: "#experiments=overlap&seed=1&epochs=5", setUp: killable }));

test("a job at which three workers die has failed, the others go on, and it can be tried again", () =>
  visit(async (page) => {
    await ask(page, ["linked-bias"], []);
    await planned(page, 2 * 2 * 3);
    await page.evaluate(() => {
      globalThis.doomed = ({ model, fold, point }) => model === "linked-bias" && fold === 1 && point.name === "kept-0";
    });
    await page.locator("#lab-play").click();
    await stands(page, "done");
    assert.match(await text(page, "#lab-status"), /^11 of 12 jobs done, 1 failed$/);
    assert.match(await text(page, "#lab-note"), /Failed: kept-0\.linked-bias.*3 workers died at it, the last with: ended by the test/);
    await screenshot(page, "experiments-failed", { fullPage: true });
    await page.evaluate(() => {
      globalThis.doomed = null;
    });
    assert.equal(await text(page, "#lab-play-text"), "Try again");
    await page.locator("#lab-play").click();
    await page.waitForFunction(() => document.querySelector("#lab-status").textContent.startsWith("Done: 12 jobs"), null, { timeout: 2 * MINUTES });
  }, { hash: "#experiments=overlap&seed=1&epochs=1", setUp: killable }));

test("a start right after a change of the form does what the form says", () =>
  visit(async (page) => {
    await ask(page, ["linked-bias"], []);
    await planned(page, 2 * 2 * 3);
    await page.locator("#lab-folds").fill("3");
    // The click leaves the field, and comes before anything is planned anew.
    await page.locator("#lab-play").click();
    await stands(page, "done");
    assert.equal(await text(page, "#lab-status"), `Done: ${3 * 2 * 3} jobs`);
    assert.equal(await page.locator("#lab-kept-list li").count(), 1, "the plan before it was not begun");
  }, { hash: "#experiments=overlap&seed=1&epochs=1" }));

test("seeds and placebos are asked for, done, shown and kept", () =>
  visit(async (page) => {
    await ask(page, ["linked-bias"], []);
    await page.locator("#lab-seeds").fill("2");
    await page.locator("#lab-placebos").check();
    // By fold and seed: nobody kept or discarded; a model in three forms and two baselines.
    await planned(page, 2 * 2 * 2 * (3 + 2));
    await page.locator("#lab-play").click();
    await stands(page, "done");
    await drawn(page);
    const rows = await table(page);
    const heads = await page.locator(".figure-place").first().locator("thead th").allTextContents();
    const column = (name) => rows.map((row) => row[heads.indexOf(name)]);
    assert.deepEqual(new Set(column("Runs")), new Set(["4"]), "two folds of two seeds");
    assert.ok(column("Links").includes("shuffled"));
    await page.reload();
    await stands(page, "done");
    assert.equal(await page.locator("#lab-seeds").inputValue(), "2");
    assert.ok(await page.locator("#lab-placebos").isChecked());
    for (const [name, switches, newcomers] of [["identification", 0, 0], ["convergence", 1, 0], ["dimension", 1, 1]]) {
      await page.locator("#experiment").selectOption(name);
      await page.locator("#experiment-shows", { hasText: name === "identification" ? "pairs" : name === "convergence" ? "Losses" : "dimension" }).waitFor();
      assert.equal(await page.locator("#lab-placebos:visible").count(), switches, name);
      assert.equal(await page.locator("#lab-newcomers:visible").count(), newcomers, name);
    }
  }, { hash: "#experiments=overlap&seed=1&epochs=1" }));

test("with the keys alone: start, pause, go on and delete, and the focus is never lost", () =>
  visit(async (page) => {
    const focused = (id) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id, { timeout: 4 * MINUTES });
    await ask(page, ["linked-bias", "dml"], ["8", "all"]);
    await planned(page, 2 * (2 * 2 * 4 + 2 + 2 * 3));
    await page.locator("#lab-workers").fill("1");
    await page.locator("#lab-placebos").focus();
    await page.keyboard.press("Tab");
    await focused("lab-play");
    await page.keyboard.press("Enter");
    await focused("lab-pause");
    assert.equal(await page.locator("#lab-status").getAttribute("aria-live"), "off", "what changes every second is not read aloud");
    await page.waitForFunction(() => /^Progress of .*, fold \d, seed 1$/.test(document.querySelector("#lab-jobs-list progress")?.getAttribute("aria-label")));
    await page.keyboard.press("Enter");
    await stands(page, "paused");
    await focused("lab-play");
    assert.equal(await page.locator("#lab-status").getAttribute("aria-live"), "polite");
    await page.keyboard.press("Enter");
    await stands(page, "done");
    await focused("lab-status");
    assert.match(await text(page, "#lab-status"), /^Done/);
    await page.getByRole("button", { name: "Delete Overlap, books and films" }).focus();
    await page.keyboard.press("Enter");
    await focused("lab-kept-title");
  }, { hash: "#experiments=overlap&seed=1&epochs=5" }));

test("the address and the keyboard lead from view to view, and a wrong address says so", () =>
  visit(async (page) => {
    await page.locator("#notice:visible").waitFor();
    assert.match(await text(page, "#notice-text"), /^There is no experiment “nonsense”; there are peers, overlap, /);
    assert.equal(await page.locator("#experiment").inputValue(), "overlap");
    assert.match(page.url(), /#experiments=overlap&seed=3&epochs=2$/);
    await ready(page);
    await page.locator("#show-train").focus();
    await page.keyboard.press("Enter");
    await page.locator("#map:visible").waitFor();
    assert.equal(await page.locator("#show-train").getAttribute("aria-current"), "page");
    assert.match(page.url(), /#seed=3&epochs=2$/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#experiments-view:visible").waitFor();
    await page.goBack();
    await page.locator("#train-view:visible").waitFor();
    await page.evaluate(() => {
      location.hash = "#experiments=dimension";
    });
    await page.locator("#experiments-view:visible").waitFor();
    assert.equal(await page.locator("#experiment").inputValue(), "dimension");
    assert.match(page.url(), /#experiments=dimension&seed=3&epochs=2$/, "the settings stay in the address");
    assert.match(await text(page, "#lab-source"), /^The paper, Figure 4/);
  }, { hash: "#experiments=nonsense&seed=3&epochs=2" }));

test("a figure is drawn by the page as it is natively, to the last byte", () =>
  visit(async (page) => {
    const golden = (name) => readFileSync(new URL(`../golden/experiment/${name}`, import.meta.url), "utf8");
    const results = JSON.parse(golden("results.json")).map(([name, text]) => ({ name, text }));
    const made = await page.evaluate(async ([manifest, results]) => {
      const { default: start, Session } = await import("/pkg/dual_metric.js");
      await start();
      const session = new Session();
      session.open_board({ manifest });
      const { done, refused } = session.add_results({ results });
      return { done: done.length, refused, svg: session.save_figure({ kind: "svg", figure: 0 }).text };
    }, [golden("manifest.jsonl"), results]);
    assert.deepEqual([made.done, made.refused], [results.length, []]);
    assert.ok(made.svg === golden("identification.svg"), "another drawing: is the module of the same source as the golden one?");
  }));

test("a figure of results that the browser has worked out is the native one too", () =>
  visit(async (page) => {
    const golden = readFileSync(new URL("../golden/experiment/identification.svg", import.meta.url), "utf8");
    const made = await page.evaluate(async () => {
      const { default: start, Session } = await import("/pkg/dual_metric.js");
      await start();
      const session = new Session();
      session.load_sample({ seed: 1, domains: 2 });
      const request = {
        experiment: "identification", models: [], splitting: { folds: 2 }, seed: 1, seeds: 1, has_cold_users: false, has_placebos: false,
        points: [], budget: 0,
      };
      const [data, config] = ["the sample", { preset: "robust", epochs: 1 }];
      const { manifest, jobs } = session.plan_experiment({ request, data, config });
      await session.open_experiment({ experiment: "identification", folds: 2, data, config, device: "cpu", workers: 1 });
      const results = [];
      for (const { name, job } of jobs) results.push({ name, text: (await session.run_job({ job }, () => {})).text });
      session.open_board({ manifest });
      const { done, refused } = session.add_results({ results });
      return { jobs: jobs.length, done: done.length, refused, svg: session.save_figure({ kind: "svg", figure: 0 }).text };
    });
    assert.deepEqual([made.done, made.refused], [made.jobs, []]);
    assert.ok(made.jobs > 10);
    // The settings of today are in the description, and need not be those of the golden file.
    const drawing = (svg) => svg.replace(/<desc>[^<]*<\/desc>/, "");
    assert.ok(drawing(made.svg) === drawing(golden), "another drawing of what was worked out here");
  }));

test("names of files are text in a figure, and no markup of a drawing reaches the page", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const hostile = `<img src=x onerror="document.body.dataset.hit=1">`;
    await openFiles(page, { a: { ...ratingFile(`${hostile}.csv`) }, b: ratingFile("films.csv", { item: "film" }) });
    await waitUntilReady(page);
    await page.locator("#show-experiments").click();
    await ask(page, [], ["all"]);
    await planned(page, 2 * 3 * 2);
    await page.locator("#lab-play").click();
    await stands(page, "done");
    await page.locator(".figure-place svg").first().waitFor();
    assert.ok((await page.locator("#lab-figures svg").first().textContent()).includes("<img src=x"));
    const kept = await page.evaluate(async () => {
      const { drawingOf } = await import("/www/experiments/svg.js");
      const drawing = drawingOf(`<svg xmlns="http://www.w3.org/2000/svg" id="map" class="primary">
        <script>document.body.dataset.hit=1</script><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">p</p></foreignObject>
        <a href="javascript:document.body.dataset.hit=1"><text>a</text></a><image href="https://example.org/a.png"/>
        <rect fill="url(https://example.org/#a)" width="3"/><use href="#a"/><text x="1">kept</text></svg>`);
      document.querySelector("#lab-figures").append(drawing);
      return new XMLSerializer().serializeToString(drawing).replace(/\s+/g, " ");
    });
    assert.equal(kept.replaceAll("> <", "><"), `<svg xmlns="http://www.w3.org/2000/svg"><rect width="3"/><text x="1">kept</text></svg>`);
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => document.body.dataset.hit), undefined);
  }, { hash: "#epochs=1" }));

test("where the browser keeps no files the page says so, and results last as long as the page", () =>
  visit(async (page) => {
    await ask(page, [], ["all"]);
    await planned(page, 2 * 3 * 2);
    assert.match(await text(page, "#lab-kept-note"), /^This browser keeps no files for the page .*lost when the page is closed/);
    await page.locator("#lab-play").click();
    await stands(page, "done");
    await drawn(page);
    assert.equal(await page.locator("#lab-kept-list li").count(), 1);
    await page.locator("#show-train").click();
    await page.locator("#show-experiments").click();
    await drawn(page);
  }, {
    hash: "#experiments=overlap&epochs=1",
    setUp: (page) => page.addInitScript(() => {
      navigator.storage.getDirectory = () => Promise.reject(new Error("it is forbidden"));
      indexedDB.open = () => {
        throw new Error("it is forbidden");
      };
    }),
  }));
