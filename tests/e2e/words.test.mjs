// The page in German and in English: what index.html says is what words/en says, one language is switched for the other in the
// page without losing what is trained, and in German nothing is left of English but what the core says.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { textsOf } from "../texts.mjs";
import { useBrowser } from "./browser.mjs";
import { waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const DML = "#model=dml";
/** Of index.html, what a block draws before anybody can read it or what is the same in every language. */
const DRAWN = ["Dual Metric", "Deutsch", "WebGPU", "CPU", "This page trains its model in the browser and needs JavaScript.", "…", "–", "1", "2", "3", "4", "5", "all", "·", "people in both", "Try the sample", "Settings", "Train", "Starting …", "Starting", "Start", "Sort by the chance of a high rating", "The paper"];
/** Elements whose attributes are drawn by their blocks. */
const OF_BLOCKS = ["one-epoch", "map-people", "loss-chart"];

test("what index.html says in English is what words/en has, and the other way round", () =>
  visit(async (page) => {
    const found = await page.evaluate(async ({ drawn, blocks }) => {
      const { en } = await import("/www/words/en.js");
      const sheet = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
      const texts = (element) => [...element.childNodes].filter((node) => node instanceof Text && node.data.trim() !== "");
      const problems = [];
      const known = new Set();
      for (const [key, { text = [], title, label }] of Object.entries(en.page)) {
        const elements = sheet.querySelectorAll(`[data-words="${key}"]`);
        if (elements.length !== 1) problems.push(`${elements.length} elements have the words ${key}`);
        const [element] = elements;
        if (!element) continue;
        const places = texts(element);
        const said = places.map(({ data }) => data.trim().replace(/\s+/g, " "));
        if (String(said) !== String([text].flat()) && [text].flat().length > 0) problems.push(`${key}: “${said}” in index.html, “${text}” in words`);
        if ([text].flat().length > 0) for (const place of places) known.add(place);
        for (const [attribute, wanted] of [["title", title], ["aria-label", label]]) {
          if ((element.getAttribute(attribute) ?? undefined) !== wanted) problems.push(`${key}: ${attribute} is ${element.getAttribute(attribute)} and not ${wanted}`);
        }
      }
      for (const element of sheet.body.querySelectorAll("*")) {
        const key = element.dataset?.words;
        if (key && !(key in en.page)) problems.push(`words/en has nothing for ${key}`);
        for (const attribute of ["title", "aria-label", "placeholder", "alt"]) {
          if (element.hasAttribute(attribute) && !key && !blocks.includes(element.id)) problems.push(`${attribute} of #${element.id} is nobody's: ${element.getAttribute(attribute)}`);
        }
        for (const node of texts(element)) {
          const said = node.data.trim().replace(/\s+/g, " ");
          if (!known.has(node) && !drawn.includes(said)) problems.push(`“${said}” is nobody's`);
        }
      }
      return problems;
    }, { drawn: DRAWN, blocks: OF_BLOCKS });
    assert.deepEqual(found, []);
    await waitUntilReady(page);
  }));

const www = new URL("../../www/", import.meta.url);
/** Parts for developers, and the words themselves. */
const ELSEWHERE = /^(words|widget|library)\//;
/** After these a text is none that is read: classes, selectors, addresses, what a browser is asked. */
const NO_TEXT = /(className: |querySelector(All)?\(|closest\(|matches\(|matchMedia\(|from |import\(|new Map|classList|\.key === |font = )[^,)]*$/;
/** What else is no text of the page, with the reason. @type {[RegExp, RegExp, string][]} */
const STAYS = [
  [/^(service_worker|svg_pen|own_worker|map\/webgl_ground|map\/look|map\/pixel_ground)\.js$/, /./, "draws, keeps files or starts workers: what it throws is for whoever reads a console, or is shown as English"],
  [/^(database|folder)\.js$/, /./, "what a browser's storage refuses is shown as English, like what the browser itself says"],
  [/^protocol\.js$/, /./, "codes of why a worker is gone; why_gone.js says them"],
  [/./, /^(dual-metric|WebGPU$|QuotaExceededError$|Precision@5$|Recall@5$|ArrowUp$|ArrowDown$|Enter$|Escape$|take over$|Windows-1251$|GB18030, GBK$|Big5$|Shift JIS$)/, "names that are the same in every language"],
  [/./, /^(mark fill-…|(strong|muted|error)( (error|small|was|last-rung rung-…))+|translate\(.*|(open|delete) …|… min|map …|import …;)$/, "classes, styles, marks of elements, units"],
  [/^(dom|train_panel|experiments\/board)\.js$/, /^(The page has no … with the id …|the core has no setting …|no experiment is open)$/, "cannot happen to a visitor"],
];

test("no text of the page stands in its sources, but in words/", () => {
  const found = [];
  for (const file of readdirSync(www, { recursive: true }).map(String).filter((path) => path.endsWith(".js") && !ELSEWHERE.test(path)).sort()) {
    for (const { text, before, line } of textsOf(readFileSync(new URL(file, www), "utf8"))) {
      const isText = /\p{L}{2,}[^\p{L}]* \p{L}|… \p{L}{2,}|\p{L}{2,} …/u.test(text) || /^[A-Z][a-z]{2,}/.test(text);
      if (!isText || NO_TEXT.test(before) || STAYS.some(([of, which]) => of.test(file) && which.test(text))) continue;
      found.push(`${file}:${line}: ${text}`);
    }
  }
  assert.deepEqual(found, []);
});

test("a scan of sources finds texts, wherever they stand, and takes no comment for one", () => {
  const source = 'const a = "A text"; // "no text"\n/* `nor this` */ const b = `Of ${n > 1 ? "several parts" : x} and /*more*/`; const c = /"[^"]/.test("and here");';
  assert.deepEqual(textsOf(source).map(({ text }) => text), ["A text", "several parts", "Of … and /*more*/", "and here"]);
});

test("German has all settings, models and experiments that the core has", () =>
  visit(async (page) => {
    const { missing, left } = await page.evaluate(async () => {
      const { Line } = await import("/www/worker_client.js");
      const { core } = await import("/www/words/de/core.js");
      const line = new Line("first", { events: () => {}, died: () => {} });
      const { schema, models, experiments } = await line.request("init", {});
      line.end("done");
      const known = { fields: schema.map(({ name }) => name), groups: [...new Set(schema.map(({ group }) => group))], models: models.map(({ name }) => name), experiments: experiments.map(({ name }) => name) };
      const missing = Object.entries(known).flatMap(([list, names]) => names.filter((name) => !(name in core[list])));
      const left = Object.entries(known).flatMap(([list, names]) => Object.keys(core[list]).filter((name) => !names.includes(name)));
      for (const { name, none, options } of schema) {
        if (none !== null && !core.fields[name].none) missing.push(`${name}: what nothing means`);
        for (const option of Object.keys(core.fields[name].options ?? {})) if (!options?.includes(option)) left.push(`${name}: ${option}`);
      }
      return { missing, left };
    });
    assert.deepEqual([missing, left], [[], []]);
    await waitUntilReady(page);
  }));

/** Where names of people, items, files and fields stand, which no language changes. */
const NAMES = "#advice ol, #lists-dialog tbody th, #visitor-dialog li, #map-people, datalist, .suggestions, #preview, code, #model option, .ticks label, #lab-jobs, svg, noscript, [id^=read-ids] code";
/** What is the same in both: names, terms, and words that both languages have. */
const SAME = new Set([
  "Dual Metric", "WebGPU", "CPU", "Training", "Details", "Experiment", "Name", "Text", "books", "films", "Transfer", "Bias", "bias", "RMSE", "MAE", "Precision@", "Recall@",
  "Dropout", "Autoencoder", "person", "SVG", "PNG", "CSV", "LaTeX", "JSON", "Placebo", "Person", "Dimension", "Adam", "Gram-Schmidt", "polar", "Workers", "Worker", "Robust", "robust", "R̂", "ρ", "UTF-", "vs",
  // Fields and files of the sample, and the paper.
  "favourite film genre", "favourite genre", "reads", "watches", "decade", "genres", "books-users", "books-items", "films-users", "films-items", "age", "mood", "pages", "minutes", "csv",
  // Its values, by which parts of the map are called: which, depends on when a training is paused.
  "Crime", "Fantasy", "History", "Romance", "Science", "Travel", "Poetry", "Adventure", "Thriller", "Comedy", "Drama", "Western", "Documentary", "Musical", "Animation", "War",
  "daily", "weekly", "seldom",
  "Aa", "In books", "In films", "in books", "in films", "Li and Tuzhilin", "Dual Metric Learning for Effective and Efficient Cross-Domain Recommendations",
  // Names of encodings, encoders and networks.
  "Windows-", "KOI-R", "GB", "GBK", "Big", "Shift JIS", "EUC-JP", "EUC-KR", "ae", "vae", "aae", "wae", "hvae", "mlp", "cnn", "rnn",
]);

/** All that is read on the page now, without what is marked as English, names and figures. @param {import("playwright-core").Page} page */
const readNow = (page) =>
  page.evaluate((names) => {
    const seen = new Set();
    const take = (text, element) => {
      if (element.closest("[lang=en]:not(html)") || element.closest(names)) return;
      for (const part of text.split(/[·:;,.()“”„]|\s[–→]\s/)) {
        const plain = part.replace(/[−+<>]?\d[\d.,\u202f]*\s?%?/g, "").replace(/\s+/g, " ").trim();
        if (/\p{L}{2,}/u.test(plain)) seen.add(plain);
      }
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { parentElement } = node;
      const seenAt = parentElement?.closest("select") ?? parentElement;
      if (parentElement && seenAt?.checkVisibility()) take(node.data, parentElement);
    }
    for (const attribute of ["title", "aria-label", "placeholder"]) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) if (element.checkVisibility()) take(element.getAttribute(attribute), element);
    }
    return [...seen];
  }, NAMES);

/** The page in its main states. @param {import("playwright-core").Page} page @param {(state: string) => Promise<void>} look */
async function throughStates(page, look) {
  await waitUntilReady(page);
  await look("start");
  await page.locator("#explain").click();
  await look("explaining");
  await page.locator(".help[data-help=map]").click();
  await look("an explanation");
  await page.keyboard.press("Escape");
  await page.locator("#explain").click();
  for (const button of ["details-a", "settings", "kept-open"]) {
    await page.locator(`#${button}`).click();
    await page.locator("dialog[open] h2").waitFor({ timeout: 240_000 });
    await look(button);
    await page.keyboard.press("Escape");
  }
  await page.locator("#play").click();
  await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
  await page.locator("#pause").click();
  await waitForState(page, "paused", "done");
  await look("paused");
  if ((await page.evaluate(() => document.body.dataset.state)) !== "done") await page.locator("#play").click();
  await waitForState(page, "done");
  await look("trained");
  for (const button of ["all-figures", "all-advice", "visitor-open"]) {
    await page.locator(`#${button}`).click();
    await page.locator("dialog[open] h2").waitFor({ timeout: 240_000 });
    await look(button);
    await page.keyboard.press("Escape");
  }
  await page.locator("#show-experiments").click();
  await page.locator("#lab-play:enabled").waitFor({ timeout: 240_000 });
  await look("experiments");
}

/** Has the page speak a language by its address, which works in a dialog too. @param {import("playwright-core").Page} page @param {string} lang */
async function speak(page, lang) {
  await page.evaluate((wanted) => (location.hash = `#lang=${wanted}`), lang);
  await page.locator(`html[lang=${lang}]`).waitFor();
  await page.waitForTimeout(1200); // a status changes once a second
}

test("in German nothing is read that is read in English, but names and what the core says, which is marked as English; what is open is said anew", () =>
  visit(async (page) => {
    /** @type {Set<string>} */
    const english = new Set();
    /** @type {[string, string][]} */
    const german = [];
    await throughStates(page, async (state) => {
      for (const text of await readNow(page)) english.add(text);
      await speak(page, "de");
      for (const text of await readNow(page)) german.push([state, text]);
      await speak(page, "en");
    });
    assert.ok(english.size > 300, `${english.size} texts were read`);
    const left = german.filter(([, text]) => english.has(text) && !SAME.has(text));
    assert.deepEqual([...new Map(left.map(([state, text]) => [text, state]))].map(([text, state]) => `${state}: ${text}`), []);
  }, { hash: DML }));

/** The figures of block 4, with a point. @param {import("playwright-core").Page} page */
const figures = (page) =>
  page.locator("#metrics td, #transfer td, #ladder td").evaluateAll((cells) => cells.map(({ textContent }) => textContent.replaceAll(",", ".").replace(/ (bis|to) /, " … ")).filter((text) => /\d/.test(text)));

test("a change of language in the midst of a training keeps it, with the same numbers", async () => {
  /** @type {string[]} */
  let plain = [];
  await visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    plain = await figures(page);
  }, { hash: DML });
  await visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await page.waitForFunction(() => document.querySelector("#loss-chart").getAttribute("aria-label").startsWith("After epoch"));
    await page.locator("#language").click();
    await page.locator("html[lang=de]").waitFor();
    await page.waitForFunction(() => document.querySelector("#loss-chart").getAttribute("aria-label").startsWith("Nach Epoche"));
    assert.match(await page.locator("#status").textContent(), /^Misst \d von \d/);
    assert.equal(await page.evaluate(() => document.body.dataset.state), "running", "it goes on");
    await waitForState(page, "done");
    assert.match(await page.locator("#status").textContent(), /^Fertig: /);
    assert.deepEqual(await figures(page), plain);
    await page.locator("#language").click();
    await page.locator("html[lang=en]").waitFor();
    assert.match(await page.locator("#status").textContent(), /^Done after /);
    assert.deepEqual(await figures(page), plain, "and back");
  }, { hash: DML });
});

test("the language is that of the address, else the one that was chosen, else the browser's", async () => {
  const spoken = (page) => page.evaluate(() => document.documentElement.lang);
  const hash = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
  await visit(async (page) => {
    await waitUntilReady(page);
    assert.equal(await spoken(page), "de");
    assert.equal(await page.locator("#play-text").textContent(), "Trainieren");
    assert.equal(await page.locator("#language").textContent(), "English");
    assert.equal(await page.locator("#language").getAttribute("lang"), "en");
    // By key, which leaves the focus where it is.
    await page.locator("#language").focus();
    await page.keyboard.press("Enter");
    await page.locator("html[lang=en]").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "language");
    assert.equal(await page.locator("#play-text").textContent(), "Train");
    assert.equal(hash(page).get("lang"), "en", "a link says what is not the browser's own");
    await page.goto(page.url().replace(/#.*/, ""));
    await page.reload();
    await waitUntilReady(page);
    assert.equal(await spoken(page), "en", "what was chosen is kept");
    await page.evaluate(() => (location.hash = "#lang=de"));
    await page.locator("html[lang=de]").waitFor();
    assert.equal(await page.locator("#play-text").textContent(), "Trainieren");
    assert.equal(hash(page).has("lang"), false, "of the browser's own nothing is said");
  }, { locale: "de-CH" });
  await visit(async (page) => {
    await waitUntilReady(page);
    assert.equal(await spoken(page), "en", "nobody's French is spoken here");
  }, { locale: "fr-FR" });
  await visit(async (page) => {
    await waitUntilReady(page);
    assert.equal(await spoken(page), "en");
    assert.match(await page.locator("#notice-text").textContent(), /lang=it \(use en or de\)/);
    await page.locator("#language").click();
    await page.locator("html[lang=de]").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /lang=it \(möglich: en oder de\)/, "what was said is said in German");
  }, { hash: "#lang=it" });
});

const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

test("axe finds nothing in German, and nothing is wider than the window at any width", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const holds = async (state) => {
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const found = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
      });
      assert.deepEqual(violations, [], state);
    };
    const fits = async (state) => {
      for (const [width, height] of [[320, 640], [360, 740], [390, 844], [768, 1024], [1280, 720], [1440, 900]]) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(150);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${state}: ${wide} pixels too wide at ${width}`);
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll("button, .button, h2, h3, #status, summary, #views a")]
            .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden, dialog, #skip") && element.id !== "skip" && !element.querySelector(".cut") && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && getComputedStyle(element).display !== "inline")
            .map((element) => `${element.id || element.className}: ${element.textContent.trim()}`),
        );
        assert.deepEqual(cut, [], `${state} at ${width}`);
        const over = await page.evaluate(() => [...document.querySelectorAll("#learnt :is(th, td), .bars dt")].filter((cell) => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1).map(({ textContent }) => textContent));
        assert.deepEqual(over, [], `${state}: figures over others at ${width}`);
      }
    };
    await holds("start");
    await fits("start");
    await page.locator("#play").click();
    await waitForState(page, "done");
    await holds("trained");
    await fits("trained");
    for (const button of ["settings", "all-figures"]) {
      await page.locator(`#${button}`).click();
      await page.locator("dialog[open] h2").waitFor({ timeout: 240_000 });
      await holds(button);
      if (button === "settings") {
        await page.locator("#settings-dialog input[type=checkbox]").first().click();
        assert.match(await page.locator(".setting.changed label").first().evaluate((label) => getComputedStyle(label, "::after").content), /geändert/);
      }
      await page.keyboard.press("Escape");
    }
    await page.locator("#show-experiments").click();
    await page.locator("#lab-play:enabled").waitFor({ timeout: 240_000 });
    await holds("experiments");
    await fits("experiments");
  }, { hash: `${DML}&lang=de`, reducedMotion: "reduce" }));
