// The page in German and in English: what index.html says is what words/en says, one language is switched for the other in the
// page without losing what is trained, and in German nothing is left of English but what the core says.

import assert from "node:assert/strict";
import { test } from "node:test";
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
