// The page for whoever sees, points or reads in another way: axe in every state, keys alone from the first to the last step,
// the system's own colours, paper, fingers, a large screen and a small one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { nextPicture, openFiles, picture, ratingFile, relatedFiles, restingPicture, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const DML = { hash: "#model=dml" };

/** Holds what is seen now to WCAG 2.2 AA, as far as a program can. @param {import("playwright-core").Page} page @param {string} state */
async function holds(page, state) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const found = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
  });
  assert.deepEqual(violations, [], state);
}

test("axe finds nothing, in any state, light and dark", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const both = async (/** @type {string} */ state) => {
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(100);
        await holds(page, `${state}, ${colorScheme}`);
      }
    };
    const dialog = async (/** @type {string} */ button) => {
      await page.locator(button).click();
      await page.locator("dialog[open]").waitFor();
      await both(`dialog of ${button}`);
      await page.keyboard.press("Escape");
    };
    await both("start");
    await page.locator("#explain").click();
    await both("explaining");
    await page.locator(".help[data-help=map]").click();
    await both("an explanation");
    await page.keyboard.press("Escape");
    await page.locator("#explain").click();
    for (const button of ["#details-a", "#settings", "#kept-open"]) await dialog(button);
    await page.locator("#search-map").focus();
    await page.locator("#search-map-list:visible li").first().waitFor();
    await holds(page, "looking somebody up");
    await page.locator("#play").click();
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
    await holds(page, "training");
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    await both("paused");
    await page.locator("#play").click();
    await waitForState(page, "done");
    await both("trained");
    for (const button of ["#all-figures", "#all-advice"]) await dialog(button);
    await page.setViewportSize({ width: 390, height: 844 });
    await both("trained, on a phone");
    await page.locator("#show-experiments").click();
    await page.locator("#lab-play:enabled").waitFor();
    await both("experiments, on a phone");
    await page.setViewportSize({ width: 1440, height: 900 });
    await both("experiments");
    await page.locator("#show-train").click();
    await openFiles(page, relatedFiles());
    await waitUntilReady(page);
    await both("own data");
    await page.locator("#file-a").setInputFiles({ name: "poem.txt", mimeType: "text/plain", buffer: Buffer.from("no rating\nis in here\n") });
    await page.locator("#correct-a").click();
    await both("a file that cannot be read");
  }, { ...DML, reducedMotion: "reduce" }));

test("with the keys alone: files' details, a setting, training, the map, a person, their lists", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const press = (/** @type {string} */ key) => page.keyboard.press(key);
    const at = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
    /** As many presses of Tab as lead there. */
    const tabTo = async (/** @type {string} */ id) => {
      for (let n = 0; n < 60; n++) {
        if ((await at()) === id) return;
        await press("Tab");
        assert.notEqual(await at(), "BODY", `on the way to ${id}`);
      }
      assert.fail(`Tab does not lead to ${id}`);
    };
    const comesTo = async (/** @type {string} */ id) => {
      for (let tries = 0; tries < 200 && (await at()) !== id; tries++) await page.waitForTimeout(50);
      assert.equal(await at(), id);
    };
    await press("Tab");
    await tabTo("details-a");
    await press("Enter");
    await page.locator("#data-dialog[open]").waitFor();
    await press("Escape");
    await comesTo("details-a");
    await tabTo("settings");
    await press("Enter");
    await tabTo(await page.locator("#settings-dialog input").first().getAttribute("id"));
    await press("Escape");
    await comesTo("settings");
    await tabTo("play");
    await press("Enter");
    await comesTo("pause");
    await waitForState(page, "done");
    await comesTo("play");
    await restingPicture(page);
    await tabTo("map");
    await press("ArrowRight");
    await page.locator("#map-tip:visible").waitFor();
    assert.match(await page.locator("#map-announce").textContent(), /·/);
    const before = await page.locator("#search-user").inputValue();
    await press("Enter");
    await page.waitForFunction((was) => document.querySelector("#search-user").value !== was, before);
    await tabTo("turn");
    const after = await picture(page);
    await press("Home");
    await nextPicture(page, after);
    await tabTo("all-figures");
    await press("Enter");
    await page.locator("#figures-dialog[open]").waitFor();
    await press("Escape");
    await comesTo("all-figures");
    await tabTo("all-advice");
    await press("Enter");
    await page.locator("#lists-dialog[open]").waitFor();
    await press("Escape");
    await comesTo("all-advice");
    await tabTo("search-user");
    await press("ArrowDown");
    await page.locator("#search-user-list:visible li").first().waitFor();
    await press("ArrowDown");
    await press("Enter");
    await page.locator("#recommend-a li").first().waitFor();
  }, DML));

test("the system's colours: the map is drawn in them, and what is chosen is told from what is not", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const plain = await restingPicture(page);
    await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
    const forced = await nextPicture(page, plain);
    assert.ok(forced.a > 500 && forced.b > 500, `both clouds are seen: ${JSON.stringify(forced)}`);
    const look = (/** @type {string} */ selector, /** @type {string} */ property) =>
      page.locator(selector).first().evaluate((element, name) => getComputedStyle(element)[name], property);
    const ground = await page.evaluate(() => {
      const pen = new OffscreenCanvas(1, 1).getContext("2d");
      pen.drawImage(document.querySelector("#map canvas"), 0, 0, 1, 1, 0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).join();
    });
    assert.equal(`rgb(${ground.replaceAll(",", ", ")})`, await look("html", "backgroundColor"), "the map's ground is the page's");
    assert.notEqual(await look("#preset-robust + span", "backgroundColor"), await look("#preset-paper + span", "backgroundColor"));
    assert.notEqual(await look("#show-train", "borderBottomColor"), await look("#show-experiments", "borderBottomColor"));
    await page.locator("#show-a").click();
    assert.notEqual(await look("#show-a", "borderTopWidth"), await look("#show-b", "borderTopWidth"));
    await screenshot(page, "forced-colours");
  }));

test("on paper: figures, map and settings, and nothing that can be pressed", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    for (const selector of ["#map", "#verdict", "#metrics", "#transfer", "#ladder", "#recommend", "#report", "#legend"]) {
      assert.ok(await page.locator(selector).isVisible(), `${selector} is printed`);
    }
    const left = await page.locator("button, input, select, progress").evaluateAll((all) => all.filter((each) => each.checkVisibility() && !each.matches("#legend button, .rename")).map(({ id }) => id));
    assert.deepEqual(left, [], "no controls");
    assert.match(await page.locator("#data").innerText(), /books[^]*films/, "the domains are named");
    assert.equal(await page.locator("#person-printed").innerText(), `For ${await page.locator("#search-user").inputValue()}`, "and so is whom the lists are for");
    const report = await page.locator("#report").innerText();
    assert.match(report, /Model dml: Dual metric learning/);
    assert.match(report, /books: 46,872 ratings, 900 people, 300 items \(generated sample data\)/);
    assert.match(report, /Dimensions k\s+\d+/);
    await screenshot(page, "printed", { fullPage: true });
    await page.emulateMedia({ media: null });
    assert.equal(await page.locator("#report").isVisible(), false, "and on the screen there is no report");
  }, DML));

test("who wants no motion sees no turn: the clouds are where they end", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#replay").click();
    const values = [];
    for (let n = 0; n < 10; n++) {
      values.push(await page.locator("#turn").inputValue());
      await page.waitForTimeout(40);
    }
    assert.ok(values.every((value) => value === "1000" || value === "0") && values.at(-1) === "1000", `from one end to the other: ${values}`);
    const soft = await page.locator("#play").evaluate((button) => getComputedStyle(button).transitionDuration);
    assert.equal(soft, "0s");
  }, { reducedMotion: "reduce" }));

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("with fingers: two of them zoom the map, one moves it, and nothing is smaller than a finger", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const before = await restingPicture(page);
    const box = await page.locator("#map").boundingBox();
    assert.ok(box && box.y < 500, "the map comes first on a phone");
    const session = await page.context().newCDPSession(page);
    const touch = (/** @type {string} */ type, ...touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const fingers = (/** @type {number} */ apart) => [{ x: x - apart, y, id: 1 }, { x: x + apart, y, id: 2 }];
    await touch("touchStart", ...fingers(30));
    for (let apart = 35; apart <= 90; apart += 5) await touch("touchMove", ...fingers(apart));
    await touch("touchEnd");
    await page.locator("#map.zoomed").waitFor();
    const zoomed = await nextPicture(page, before);
    await touch("touchStart", { x, y, id: 1 });
    for (let way = 5; way <= 60; way += 5) await touch("touchMove", { x: x + way, y: y + way, id: 1 });
    await touch("touchEnd");
    await nextPicture(page, zoomed);
    assert.equal(await page.evaluate(() => scrollY), 0, "a finger that moves the map does not scroll the page");

    const small = await page.locator("button, .button, select, input[type=range], #views a").evaluateAll((all) =>
      all.flatMap((each) => {
        const { width, height } = each.getBoundingClientRect();
        return each.checkVisibility() && each.id !== "skip" && (height < 43.5 || width < 43.5) ? [`${each.id || each.textContent} ${Math.round(width)} x ${Math.round(height)}`] : [];
      }));
    assert.deepEqual(small, [], "targets of 44 pixels");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the window");
  }, PHONE));

test("on a phone the page goes to the map for the turn", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").scrollIntoViewIfNeeded();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.locator("#play").evaluate((button) => button.click());
    await page.waitForFunction(() => document.querySelector("#map-caption").textContent.startsWith("Slide"), undefined, { timeout: 120_000 });
    await page.waitForTimeout(1500);
    const { top, bottom } = await page.locator("#map").evaluate((map) => map.getBoundingClientRect().toJSON());
    assert.ok(top >= -10 && bottom <= 854, `the map is in the window: ${top} to ${bottom}`);
  }, { ...PHONE, ...DML }));

test("text grows with the window, and nothing important is below its edge", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const texts = () =>
      page.evaluate(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
          const { parentElement, textContent } = walker.currentNode;
          if (!textContent.trim() || !parentElement.checkVisibility() || parentElement.closest("script, noscript, option, sup")) continue;
          found.push({ text: textContent.trim().slice(0, 30), size: parseFloat(getComputedStyle(parentElement).fontSize) });
        }
        return found;
      });
    for (const [width, height, least] of [[1440, 900, 12], [1920, 1080, 13.5], [2560, 1440, 15], [3840, 2160, 18]]) {
      await page.setViewportSize({ width, height });
      const small = (await texts()).filter(({ size }) => size < least);
      assert.deepEqual(small, [], `at ${width} pixels nothing is smaller than ${least}`);
    }
    for (const [width, height] of [[1366, 768], [1280, 720], [1440, 900]]) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(200);
      for (const selector of ["#play", "#status", "#map", "#turn", "#verdict", "#metrics", "#search-user", "#rated-a li >> nth=2", "#recommend-b", "#nearest", "#exports"]) {
        const box = await page.locator(selector).boundingBox();
        assert.ok(box && box.y + Math.min(box.height, 100) <= height + 1, `${selector} at ${width} × ${height}: ${JSON.stringify(box)}`);
      }
      const tagline = await page.locator(".tagline").evaluate(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => scrollWidth <= clientWidth + 1 && scrollHeight <= clientHeight + 1);
      assert.ok(tagline, "the first sentence is whole");
      const [head, sentence] = await Promise.all(["#head", ".tagline"].map((selector) => page.locator(selector).boundingBox()));
      assert.ok(sentence.y >= head.y + 4 && sentence.y + sentence.height <= head.y + head.height - 4, `and has room at its head: ${JSON.stringify([head, sentence])}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight + 1), `no page below the page at ${width} × ${height}`);
    }
  }));

/** How what was found stands there: whether each sentence that is shown is whole and seen, how many are not shown, and what offers them. */
const found = (page) =>
  page.evaluate(() => {
    const box = (element) => element.getBoundingClientRect();
    const verdict = document.querySelector("#verdict");
    const lines = [...verdict.querySelectorAll("p")];
    const shown = lines.filter((line) => !line.matches(".rest"));
    const more = verdict.querySelector("#verdict-more:not([hidden])");
    const isSeen = (line) => {
      line.scrollIntoView({ block: "nearest" });
      const { left, right, bottom } = box(line);
      return line.contains(document.elementFromPoint(left + 3, bottom - 6)) && (line !== more || more.contains(document.elementFromPoint(right - 3, bottom - 6)));
    };
    const caption = document.querySelector("#map-caption");
    return {
      cut: shown.filter((line) => box(line).bottom > box(verdict).bottom + 1 || line.scrollHeight > line.clientHeight + 1 || !isSeen(line)).map(({ textContent }) => textContent),
      shown: shown.length,
      rest: lines.length - shown.length,
      more: more && more.textContent,
      isMoreSeen: more === null || isSeen(more),
      isFaded: getComputedStyle(verdict).maskImage !== "none",
      isCaptionWhole: box(caption).bottom <= box(document.querySelector("#map-frame")).top + 1 && caption.scrollHeight <= caption.clientHeight + 1,
      scrolls: document.querySelector("#learnt").scrollHeight - document.querySelector("#learnt").clientHeight,
    };
  });

test("what was found is read in whole sentences in every window, and those that there is no room for are one button away", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    for (const [language, other, more, fewer] of [["English", "#language", "more sentences", "fewer sentences"], ["German", null, "weitere Sätze", "weniger Sätze"]]) {
      for (const [width, height, least] of [[1280, 720, 2], [1366, 768, 2], [1440, 900, 2], [1920, 1080, 3], [390, 844, 7]]) {
        const at = `${language} at ${width} × ${height}`;
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(200);
        const { cut, rest, scrolls, ...told } = await found(page);
        assert.deepEqual(cut, [], at);
        assert.ok(told.shown >= least && !told.isFaded && told.isCaptionWhole && told.isMoreSeen, `${at}: ${JSON.stringify(told)}`);
        assert.equal(told.more, rest > 0 ? `${rest} ${more}` : null, at);
        if (width === 1440) assert.ok(scrolls <= 1, `${at} the block is in sight as a whole: ${scrolls}`);
        if (rest === 0) continue;
        await page.locator("#verdict-more").focus();
        await page.keyboard.press("Enter");
        const all = await found(page);
        assert.deepEqual([all.cut, all.rest, all.more], [[], 0, fewer], at);
        assert.equal(await page.evaluate(() => document.activeElement.id), "verdict-more");
        await page.keyboard.press("Enter");
        assert.equal((await found(page)).rest, rest, at);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      if (!other) continue;
      await page.locator(other).click();
      await page.locator("html[lang=de]").waitFor({ state: "attached" });
    }
  }));

test("what it starts is said once, in no colour of errors, and a browser without scripts is told why nothing happens", () =>
  visit(async (page) => {
    const early = await page.evaluate(() => globalThis.early);
    const starting = early.find(({ status }) => status.startsWith("Starting"));
    assert.ok(starting, JSON.stringify(early));
    assert.equal(starting.times, 1, `“Starting” once: ${starting.text}`);
    assert.equal(starting.message, "", "and not as a message of the data");
    await waitUntilReady(page);
    assert.match(await page.locator("#status").textContent(), /Train, and watch the map\.$/);
    const context = await page.context().browser().newContext({ javaScriptEnabled: false });
    const still = await context.newPage();
    await still.goto(page.url());
    const told = await still.locator("noscript .told").boundingBox();
    assert.ok(told && told.height > 20, "the text for browsers without JavaScript is seen");
    await context.close();
  }, {
    setUp: (page) =>
      page.addInitScript(() => {
        globalThis.early = [];
        addEventListener("DOMContentLoaded", () => {
          const look = () => {
            const text = document.body.innerText;
            const status = document.querySelector("#status").textContent;
            globalThis.early.push({ text, status, times: text.match(/starting/gi)?.length ?? 0, message: document.querySelector("#data-message").textContent });
            if (!document.body.dataset.ready) requestAnimationFrame(look);
          };
          look();
        });
      }),
  }));
