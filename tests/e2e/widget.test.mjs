// The widget for notebooks in JupyterLab with a real kernel: two data frames in, the map drawn, figures and recommendations back in
// Python. NOTEBOOK is the folder of JupyterLab's programs, which scripts/test installs (tests/notebook/requirements.txt).

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { ROOT } from "../../scripts/page_files.mjs";
import { assembleWidget } from "../../scripts/widget_package.mjs";
import { relatedFiles } from "./page.mjs";

const programs = process.env.NOTEBOOK ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dual-metric/notebook/bin");
const skip = !existsSync(join(programs, "jupyter-lab")) && "JupyterLab is not here; scripts/test installs it where there is Python 3.11 or newer";
const home = mkdtempSync(join(tmpdir(), "dual-metric-widget-"));
const site = join(home, "site");
const env = { ...process.env, HOME: home, PYTHONPATH: site, JUPYTER_CONFIG_DIR: join(home, "config"), JUPYTER_DATA_DIR: join(home, "data"), JUPYTER_RUNTIME_DIR: join(home, "run"), IPYTHONDIR: join(home, "ipython"), JUPYTERLAB_SETTINGS_DIR: join(home, "settings") };

/** What the cells of the notebook are; each writes what the test wants to see of Python. */
const CELLS = [
  `import json, pandas as pd
from dual_metric_widget import DualMetric
books, films = pd.read_csv("first.csv"), pd.read_csv("second.csv").rename(columns={"user": "viewer"})
widget = DualMetric(books, films, names=("books", "films"), user=("user", "viewer"), settings={"model": "dml", "epochs": 4})
widget.observe(lambda change: open("done.json", "w").write(json.dumps(widget.report)) if change.new.get("state") == "done" else None, "state")
widget`,
  `widget.person = "u17"
def heard(change):
    frame = pd.DataFrame(widget.recommendations)
    open("heard.json", "w").write(json.dumps({"figures": widget.figures, "verdict": widget.verdict, "columns": list(frame.columns), "rows": frame.to_dict("records"), "error": widget.error, "warnings": widget.warnings, "version": __import__("dual_metric_widget").__name__}))
widget.observe(heard, "recommendations")`,
  `widget.person = "nobody"
widget.observe(lambda change: open("error.txt", "w").write(change.new), "error")`,
  `other = DualMetric(books, films, user=("user", "viewer"), settings={"model": "cml"})
other.observe(lambda change: open("refused.txt", "w").write(change.new), "error")
other`,
  `third = DualMetric(books, films, user=("user", "viewer"), settings={"model": "dml", "epochs": 300, "patience": None}, training=False)
third.observe(lambda change: open("paused.json", "w").write(json.dumps(third.state)) if third.state["state"] == "paused" else None, "state")
third`,
  `third.observe(lambda change: open("gone-on.json", "w").write(json.dumps(third.state)) if third.state["fraction"] > json.load(open("paused.json"))["fraction"] else None, "state")
third.training = True`,
];

let lab, browser, url;

/** What Python writes into a file, once it is there as a whole. */
async function written(name, seconds = 180) {
  const path = join(home, "work", name);
  for (let tries = 0; tries < seconds * 10; tries++) {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    try {
      if (text !== "") return name.endsWith(".json") ? JSON.parse(text) : text;
    } catch {
      // it is being written
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail(`Python has not written ${name}`);
}

before(async () => {
  if (skip) return;
  const folder = await assembleWidget(join(home, "package"));
  const pip = ["install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation"];
  execFileSync(join(programs, "pip"), [...pip, "--target", site, folder], { env, stdio: ["ignore", "ignore", "inherit"] });
  const work = join(home, "work");
  mkdirSync(work);
  for (const { name, buffer } of Object.values(relatedFiles())) writeFileSync(join(work, name), buffer);
  const cells = CELLS.map((source, n) => ({ cell_type: "code", id: `cell-${n}`, execution_count: null, metadata: {}, outputs: [], source }));
  const metadata = { kernelspec: { name: "python3", display_name: "Python 3", language: "python" }, language_info: { name: "python" } };
  writeFileSync(join(work, "notebook.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
  const settings = join(home, "settings/@jupyterlab/apputils-extension");
  mkdirSync(settings, { recursive: true });
  writeFileSync(join(settings, "notification.jupyterlab-settings"), JSON.stringify({ fetchNews: "false", checkForUpdates: false }));
  lab = spawn(join(programs, "jupyter-lab"), [
    "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", `--notebook-dir=${work}`, "--IdentityProvider.token=test",
    "--LabApp.expose_app_in_browser=True",
  ], { env, stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  url = await new Promise((resolve, reject) => {
    lab.stderr.on("data", (text) => {
      told += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/lab/.exec(told)?.[0];
      if (found) resolve(found);
    });
    lab.on("exit", (code) => reject(new Error(`JupyterLab has ended with ${code}:\n${told}`)));
  });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
});

after(async () => {
  await browser?.close();
  if (lab && lab.exitCode === null) {
    const ended = new Promise((resolve) => lab.once("exit", resolve));
    lab.kill("SIGTERM");
    await ended;
  }
  rmSync(home, { recursive: true, force: true });
});

/** How many pixels of the widget's map are of the first domain's blue and of the second's orange. */
const coloured = (page) =>
  page.locator(".dual-metric canvas").evaluate((canvas) => {
    const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    let [a, b] = [0, 0];
    for (let n = 0; n < data.length; n += 4) {
      if (data[n + 2] > data[n] + 40) a++;
      if (data[n] > data[n + 2] + 40) b++;
    }
    return { a, b };
  });

const artifacts = join(ROOT, "artifacts");
mkdirSync(artifacts, { recursive: true });

test("two data frames become a map in the notebook, and figures and recommendations in Python", { skip }, async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  page.setDefaultTimeout(180_000); // on a machine that is busy with other things too
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${url}/tree/notebook.ipynb?token=test`);
  const run = (cell) =>
    page.evaluate(async (n) => {
      const { jupyterapp: app } = globalThis;
      await app.restored;
      app.shell.currentWidget.content.activeCellIndex = n;
      await app.commands.execute("notebook:run-cell");
    }, cell);
  await page.locator(".jp-Notebook .jp-Cell").nth(CELLS.length - 1).waitFor();
  await page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").waitFor();
  await run(0);
  await page.locator(".dual-metric .map[data-ground]").waitFor();
  await page.locator(".dual-metric .status", { hasText: "Trained and measured" }).waitFor({ timeout: 300_000 });
  const report = await written("done.json");
  assert.ok(report.is_measured);
  assert.deepEqual(report.domains.map(({ name }) => name), ["books", "films"]);

  await run(1);
  const { figures, verdict, rows, columns, error, warnings } = await written("heard.json");
  for (const { domain, model, bias, mean, high } of figures) assert.ok(model < bias && bias < mean && high < 0, `${domain}: ${model} ${bias} ${mean} ${high}`);
  assert.ok(verdict.some((line) => line.startsWith("Beside the bias model")), verdict.join("\n"));
  assert.deepEqual(columns, ["domain", "rank", "item", "rating", "likely_low", "likely_high", "chance", "via_map"]);
  assert.deepEqual(rows.map(({ domain, rank }) => `${domain} ${rank}`), ["books", "films"].flatMap((name) => [1, 2, 3, 4, 5].map((n) => `${name} ${n}`)));
  for (const { item, rating } of rows) assert.ok(/^(book|film) \d+$/.test(item) && rating >= 1 && rating <= 5, `${item} ${rating}`);
  assert.equal(error, "");
  assert.deepEqual(warnings.map((text) => /^(books|films): .* repeat a pair/.test(text)), [true, true], warnings.join("\n"));

  // The notebook shows the same: the turn comes to rest, the table has the figures, the lists the items.
  await page.waitForTimeout(2500);
  const { a, b } = await coloured(page);
  assert.ok(a > 500 && b > 500, `pixels of the clouds: ${a}, ${b}`);
  const shown = await page.locator(".dual-metric tbody tr").evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent.trim())));
  assert.deepEqual(shown.map((cells) => cells.slice(0, 4)), figures.map(({ domain, model, bias, mean }) => [domain, ...[model, bias, mean].map((rmse) => rmse.toFixed(3))]));
  assert.deepEqual(await page.locator(".dual-metric li .cut").allTextContents(), rows.map(({ item }) => item));
  await page.screenshot({ path: join(artifacts, "widget.png") });
  await page.locator(".dual-metric").screenshot({ path: join(artifacts, "widget-alone.png") });
  await page.evaluate(() => globalThis.jupyterapp.commands.execute("apputils:change-theme", { theme: "JupyterLab Dark" }));
  const ground = () =>
    page.locator(".dual-metric canvas").evaluate((canvas) => {
      const pen = new OffscreenCanvas(1, 1).getContext("2d");
      pen.drawImage(canvas, 2, 2, 1, 1, 0, 0, 1, 1);
      return pen.getImageData(0, 0, 1, 1).data[0];
    });
  let night = 255;
  for (let n = 0; n < 50 && night > 60; n++) {
    await page.waitForTimeout(200);
    night = await ground();
  }
  assert.ok(night < 60, `the map's ground follows the notebook's theme: ${night}`);
  await page.setViewportSize({ width: 800, height: 1000 });
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(artifacts, "widget-dark.png") });
  await page.setViewportSize({ width: 1440, height: 1000 });

  await run(2);
  assert.match(await written("error.txt"), /nobody whose id or title contains "nobody"/);
  await page.locator(".dual-metric .problem", { hasText: "nobody" }).waitFor();

  // A click on the map chooses somebody, who is looked up in Python too.
  const canvas = page.locator(".dual-metric canvas");
  const box = await canvas.boundingBox();
  for (let n = 0; n < 40 && !/^u\d+$/.test(await page.locator(".dual-metric input[type=search]").inputValue()); n++)
    await canvas.click({ position: { x: box.width * (0.3 + 0.4 * ((n * 0.618) % 1)), y: box.height * (0.3 + 0.4 * ((n * 0.382) % 1)) } });
  await page.locator(".dual-metric li .cut").first().waitFor();
  assert.match(await page.locator(".dual-metric input[type=search]").inputValue(), /^u\d+$/);

  // A second widget shares the compiled core with the first, and says what it cannot do.
  await run(3);
  assert.match(await written("refused.txt"), /cml trains with burn for these settings, which the widget is without/);

  // One that was told to wait waits; the button and Python pause it and let it go on.
  await run(4);
  const third = page.locator(".dual-metric").last();
  await third.locator(".status", { hasText: "Ready" }).waitFor();
  await third.locator("button", { hasText: "Train" }).click();
  await third.locator(".status", { hasText: "%" }).waitFor();
  await third.locator("button", { hasText: "Pause" }).click();
  const paused = await written("paused.json");
  assert.ok(paused.fraction > 0 && paused.fraction < 1, JSON.stringify(paused));
  await third.locator("button", { hasText: "Go on" }).waitFor();
  await run(5);
  assert.equal((await written("gone-on.json")).state, "running");
  assert.deepEqual(problems, []);
  await page.close();
});

test("tables whose columns are not there are refused in Python, with what is missing", { skip }, () => {
  const said = (text) => execFileSync(join(programs, "python"), ["-c", `from dual_metric_widget import DualMetric\ntry:\n    ${text}\nexcept Exception as error:\n    print(type(error).__name__, error)`], { env, encoding: "utf8" });
  const table = "dict(user=[1], item=[2], rating=[3])";
  assert.match(said(`DualMetric(${table}, dict(user=[1], item=[2]), names=("books", "films"))`), /^KeyError .*films: there is no column 'rating'; name it with user=, item= or rating=/);
  assert.match(said(`DualMetric(${table}, dict(user=[1, 2], item=[2], rating=[3]))`), /^ValueError second: the columns are not of one length: 'user' has 2, 'item' has 1, 'rating' has 1/);
  assert.match(said(`DualMetric(${table}, ${table}, names=("books",))`), /^ValueError names: there are two tables and 1 names/);
  assert.equal(said(`print(DualMetric(${table}, ${table})._tables[0])`).trim(), String.raw`b'user,item,rating\r\n1,2,3\r\n'`);
});
