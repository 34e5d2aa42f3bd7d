// The page in a stock Firefox, by WebDriver BiDi: the way from the sample to somebody's list, trained on the CPU, and a model
// that is kept and gone on with. Without Firefox the test is left out, and says so.

import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import puppeteer from "puppeteer-core";
import { serve } from "../../scripts/server.mjs";
import { MINUTES, colours, until as waitUntil } from "./elsewhere.mjs";

const firefox = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => path && existsSync(path));
const skip = firefox ? false : "there is no Firefox here; FIREFOX says where one is";
const artifacts = new URL("../../artifacts/", import.meta.url).pathname;

/** @type {typeof waitUntil} */
const until = (page, says, what, most = 4 * MINUTES) => waitUntil(page, says, what, most);

test("Firefox: the sample is trained without WebGPU, drawn, asked, and gone on with after a reload", { skip, timeout: 12 * MINUTES }, async (t) => {
  const server = await serve();
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true, args: ["--width=1440", "--height=900"] });
  const problems = [];
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
    const began = Date.now();
    await page.goto(`${server.url}#model=dml`);
    await until(page, () => document.body.dataset.ready === "true" && !document.querySelector("#play").disabled, "the sample");
    t.diagnostic(`${await browser.version()}: the sample is there after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    assert.equal(await page.$eval("#device-name", (name) => name.textContent), "CPU");

    const before = await colours(page);
    assert.ok(before.blue > 500 && before.red > 500, `both clouds are drawn: ${JSON.stringify(before)}`);

    const trained = Date.now();
    await page.click("#play");
    await until(page, () => document.body.dataset.state === "done", "the training", 8 * MINUTES);
    t.diagnostic(`trained in ${((Date.now() - trained) / 1000).toFixed(1)} s`);
    const status = await page.$eval("#status", (line) => line.textContent);
    assert.match(status, /^Done after \d+ epochs/);
    const [model, bias] = await page.$$eval("#metrics tbody tr:first-child td", (cells) => cells.slice(0, 2).map(({ textContent }) => Number(textContent)));
    assert.ok(model > 0 && model < bias, `better than the bias model: ${model}, ${bias}`);
    await until(page, () => document.querySelector("#turn").value === "1000", "the turn");
    assert.notEqual((await colours(page)).digest, before.digest, "the map is another");

    await page.click("#search-user");
    // The box holds who is looked at already.
    await page.$eval("#search-user", (input) => input.select());
    await page.keyboard.type("person-00");
    await until(page, () => document.querySelectorAll("#search-user-list li .marks").length > 1, "the suggestions");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until(page, () => document.querySelectorAll("#recommend-a li").length >= 3 && document.querySelectorAll("#recommend-b li").length >= 3, "somebody's lists");
    await until(page, () => [...document.querySelectorAll("#recommend-a .reason")].every(({ textContent }) => textContent !== ""), "their reasons");
    const listed = await page.$eval("#recommend-a", (list) => list.textContent);
    const person = await page.$eval("#search-user", (input) => input.value);
    const figures = await page.$eval("#metrics", (table) => table.textContent);
    writeFileSync(`${artifacts}firefox.png`, await page.screenshot());

    await until(page, () => document.querySelector("#kept-open") !== null, "the page");
    await new Promise((resolve) => setTimeout(resolve, 3000)); // the last checkpoint is on its way to the disk
    await page.reload();
    await until(page, () => !document.querySelector("#offer").hidden, "the offer to go on");
    await until(page, () => document.querySelector("#offer-go-on").getAttribute("aria-disabled") === "false", "the sample again");
    await page.click("#offer-go-on");
    await until(page, () => document.body.dataset.state === "done", "what was kept");
    assert.equal(await page.$eval("#metrics", (table) => table.textContent), figures, "the same figures, to the last digit");
    await page.click("#search-user");
    await page.$eval("#search-user", (input) => input.select());
    await page.keyboard.type(person);
    await until(page, () => document.querySelectorAll("#search-user-list li .marks").length > 0, "the suggestions");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await page.keyboard.press("Enter");
    await until(page, () => document.querySelectorAll("#recommend-a li").length >= 3, "the lists again");
    for (let n = 0; n < 50 && (await page.$eval("#recommend-a", (list) => list.textContent)) !== listed; n++) await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await page.$eval("#recommend-a", (list) => list.textContent), listed, "the kept model recommends the same");
    assert.deepEqual(problems, [], "errors in the page");
  } finally {
    await browser.close();
    server.close();
  }
});
