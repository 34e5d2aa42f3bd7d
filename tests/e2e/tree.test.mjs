// How the page is read aloud, state by state, beside what it was when somebody last looked (tests/golden/tree, figures left
// out; `UPDATE_GOLDEN=1` writes it anew), and what holds in every state: nothing without a name, no heading that is called
// like its buttons.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { findPerson, openFiles, relatedFiles, restingPicture, waitForState, waitUntilReady } from "./page.mjs";
import { treeOf } from "./tree.mjs";

const visit = useBrowser();
const golden = new URL("../golden/tree/", import.meta.url);
const NAMED = ["button", "link", "combobox", "slider", "spinbutton", "checkbox", "switch", "radio", "textbox", "searchbox", "table", "region", "dialog", "heading", "image", "application", "progressbar", "group", "list"];
/** Lists that are of other people and items wherever a number is rounded in another way, or of what happens to be under way. */
const VARYING = /^ *list “(Next in|Nearest people|People nearest|Under way)/;

/** What stays the same from run to run. @param {string} tree @param {boolean} options whether those of lists belong to it */
function steady(tree, options) {
  const lines = [];
  let within = -1;
  for (const line of tree.split("\n")) {
    const depth = line.search(/\S/);
    if (depth <= within) within = -1;
    if (within >= 0) continue;
    if (!options && /^ *(option|group “With the second)/.test(line)) continue;
    const text = line
      .replace(/(Measuring|Training the model)[^“”]*(?=”)/, "$1 …")
      // Before a start jobs are planned, counted and timed, each when the machine comes to it.
      .replace(/“(Planning|[\d,]+ jobs)[^“”]*”/, "“… jobs”")
      .replace(/, about [^“”]* left/, "")
      .replace(/[−+-]?\d[\d,.]*( %)?/g, "#")
      .replace(/# (to|and|of) #/g, "# $1 #");
    lines.push(text);
    if (VARYING.test(line)) {
      lines.push(`${" ".repeat(depth + 2)}…`);
      within = depth;
    }
  }
  return lines.join("\n");
}

/** The part of a tree that begins with a line, and all below it. @param {string} tree @param {RegExp} head */
function part(tree, head) {
  const lines = tree.split("\n");
  const from = lines.findIndex((line) => head.test(line));
  assert.ok(from >= 0, `nothing is ${head}`);
  const depth = lines[from].search(/\S/);
  const length = lines.slice(from + 1).findIndex((line) => line.search(/\S/) <= depth);
  return `${lines.slice(from, from + 1 + length).map((line) => line.slice(depth)).join("\n")}\n`;
}

/**
 * Looks at the page and holds it to what was seen before.
 * @param {import("playwright-core").Page} page
 * @param {string} name of the state
 * @param {{ of?: RegExp, options?: boolean }} [how] of: the part that is new in this state
 */
async function look(page, name, { of, options = false } = {}) {
  const { text, nodes } = await treeOf(page);
  for (const { role, name: called } of nodes) {
    if (!NAMED.includes(role.value)) continue;
    const words = (called?.value ?? "").trim();
    // What is drawn beside its name is none by itself.
    if (role.value === "list" || role.value === "group" || role.value === "image") continue;
    assert.notEqual(words, "", `${name}: a ${role.value} without a name`);
    if (["heading", "region"].includes(role.value)) assert.doesNotMatch(words, /What is “|Settings\b.+|Save|All figures./, `${name}: ${role.value} “${words}” is called like its buttons`);
  }
  const seen = steady(of ? part(text, of) : text, options);
  const file = new URL(`${name}.txt`, golden);
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, seen);
  }
  assert.ok(existsSync(file), `tests/golden/tree/${name}.txt is missing; UPDATE_GOLDEN=1 writes it`);
  assert.equal(seen, readFileSync(file, "utf8"), `${name} is read aloud in another way than before; UPDATE_GOLDEN=1 takes it`);
}

/** The lines that say because of which ratings something is recommended are there. */
async function reasonsCome(page) {
  const isThere = () => [...document.querySelectorAll(".reason")].every(({ textContent }) => textContent !== "");
  for (let n = 0; n < 1200 && !(await page.evaluate(isThere)); n++) await page.waitForTimeout(100);
}

test("the sample: at the start, while it trains, trained, with somebody chosen, and every dialog", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await restingPicture(page);
    await page.locator("#map-people li").first().waitFor({ state: "attached" });
    await look(page, "start", { options: true });

    await page.locator("#explain").click();
    await look(page, "explaining");
    await page.locator("#explain").click();

    await page.locator("#details-a").click();
    await look(page, "dialog-data", { of: /^ *dialog/, options: true });
    await page.keyboard.press("Escape");
    await page.locator("#settings").click();
    await look(page, "dialog-settings", { of: /^ *dialog/, options: true });
    await page.keyboard.press("Escape");
    await page.locator("#kept-open").click();
    await page.locator("#kept-dialog[open]").waitFor();
    await look(page, "dialog-kept", { of: /^ *dialog/ });
    await page.keyboard.press("Escape");

    await page.locator("#play").click();
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
    await look(page, "training", { of: /^ *region “2 Train/ });
    await look(page, "training-map", { of: /^ *region “3 Map/ });
    await waitForState(page, "done");
    await restingPicture(page);
    await page.waitForTimeout(500); // the list behind the map follows when all rest
    await reasonsCome(page);
    await look(page, "trained", { of: /^main/ });

    await findPerson(page, false);
    await page.locator("#person-note", { hasText: "Never rated in" }).waitFor();
    await reasonsCome(page);
    await look(page, "person", { of: /^ *region “5 Recommend/ });

    await page.locator("#all-figures").click();
    await look(page, "dialog-figures", { of: /^ *dialog/ });
    await page.keyboard.press("Escape");
    await page.locator("#all-advice").click();
    await page.locator("#lists-dialog[open]").waitFor();
    const { text } = await treeOf(page);
    assert.match(text, /dialog “Next for .+”/);
    assert.equal(text.match(/table “Next in (books|films)”/g)?.length, 2);
    await page.keyboard.press("Escape");
  }, { hash: "#model=dml" }));

test("own data, a file that cannot be read, and the view of experiments", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const { a, b } = relatedFiles();
    const buffer = Buffer.concat([a.buffer, Buffer.from("u1,book 3,many\n")]);
    await openFiles(page, { a: { ...a, buffer }, b });
    await waitUntilReady(page);
    await look(page, "own-data", { of: /^ *region “1 Data/ });
    await page.locator("#details-a").click();
    await look(page, "dialog-own-data", { of: /^ *dialog/, options: true });
    await page.keyboard.press("Escape");
    await page.locator("#file-a").setInputFiles({ name: "poem.txt", mimeType: "text/plain", buffer: Buffer.from("no rating\nis in here\n") });
    await page.locator("#correct-a").waitFor();
    await look(page, "unread", { of: /^ *region “1 Data/ });
    await page.locator("#correct-a").click();
    await look(page, "dialog-unread", { of: /^ *dialog/ });
    await page.keyboard.press("Escape");
    await page.locator("#show-experiments").click();
    await page.locator("#lab-play:enabled").waitFor();
    await look(page, "experiments", { of: /^main/ });
  }, { hash: "#model=dml" }));

test("the list behind the map is of people, and choosing one of them looks at them", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const people = page.locator("#map-people button");
    for (let tries = 0; tries < 50 && (await people.count()) < 12; tries++) await page.waitForTimeout(100);
    const names = await people.allTextContents();
    assert.equal(new Set(names).size, 12, `twelve people, each once: ${names.join("; ")}`);
    const chosen = await page.locator("#search-user").inputValue();
    assert.ok(names[0].startsWith(`${chosen} · `), "the nearest to somebody are they themselves");
    const [next] = names[1].split(" · ");
    await people.nth(1).dispatchEvent("click");
    await page.waitForFunction((name) => document.querySelector("#search-user").value === name, next);
  }));

test("a button that can do no more hands the focus on, and the page never forgets where somebody is", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
    const lands = async (/** @type {string} */ id) => {
      for (let tries = 0; tries < 100 && (await focused()) !== id; tries++) await page.waitForTimeout(50);
      assert.equal(await focused(), id);
    };
    await page.evaluate(() => {
      globalThis.falls = [];
      const look = () => {
        // The browser takes the focus from what is disabled after the next frame.
        if (document.activeElement === document.body && globalThis.watching) globalThis.falls.push(document.body.dataset.state);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.locator("#play").focus();
    await page.evaluate(() => (globalThis.watching = true));
    await page.keyboard.press("Enter");
    await waitForState(page, "running");
    await lands("pause");
    await page.keyboard.press("Enter");
    await waitForState(page, "paused");
    await lands("play");
    // Start over, which can then do no more; and the data, of which a half goes and comes back.
    await page.locator("#reset").focus();
    await page.keyboard.press("Enter");
    await waitForState(page, "idle");
    await waitUntilReady(page);
    await lands("play");
    await page.locator("#remove-b").focus();
    await page.keyboard.press("Enter");
    await page.locator("#undo-row:visible").waitFor();
    await lands("data-title");
    await page.locator("#undo").focus();
    await page.keyboard.press("Enter");
    await page.locator("#name-b", { hasText: "films" }).waitFor();
    await waitUntilReady(page);
    await page.waitForTimeout(200);
    assert.notEqual(await focused(), "BODY");
    assert.deepEqual(await page.evaluate(() => globalThis.falls), [], "not for a single frame is it nowhere");
  }, { hash: "#model=dml" }));

/** What Tab stops at, from the top of the page to its end. */
async function tabStops(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    getSelection()?.removeAllRanges();
  });
  const stops = [];
  for (let n = 0; n < 100; n++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => document.activeElement.id || (document.activeElement.dataset.help && "?") || document.activeElement.tagName);
    if (at === "BODY") break;
    stops.push(at);
  }
  return stops;
}

test("no question mark is a stop on the way, unless the page is to explain", (t) =>
  visit(async (page) => {
    await waitUntilReady(page);
    const plain = await tabStops(page);
    t.diagnostic(`Tab stops: ${plain.length}, to Train ${plain.indexOf("play") + 1}: ${plain.join(" ")}`);
    assert.equal(plain[0], "skip");
    assert.ok(plain.indexOf("play") < 21, plain.join(" "));
    assert.ok(!plain.includes("?") && plain.includes("search-user"), "to the last block, without a question mark");
    assert.equal(await page.locator(".help:visible").count(), 0);

    await page.keyboard.press("Tab");
    await page.locator("#skip:focus").waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "play", "two keys lead to Train");

    await page.locator("#explain").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#explain").getAttribute("aria-pressed"), "true");
    assert.ok((await page.locator(".help:visible").count()) > 15);
    // Whatever has a name of its own in a block is explained.
    for (const topic of ["data", "overlap", "train", "model", "preset", "device", "overlap_users", "map", "turn", "losses", "metrics", "transfer", "interval", "ladder", "alignment", "recommend", "nearest"]) {
      assert.ok((await page.locator(`.help[data-help=${topic}]:visible`).count()) > 0, topic);
    }
    const explaining = await tabStops(page);
    assert.ok(explaining.filter((stop) => stop === "?").length > 15);
    await page.locator(".help[data-help=model]").focus();
    await page.keyboard.press("Enter");
    await page.locator("#help:popover-open", { hasText: "Model" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#help:popover-open").count(), 0);
    await page.locator("#explain").click();
    assert.equal(await page.locator(".help:visible").count(), 0);
  }));
