// The page without a network, and a new version of it: as it is published, and as the working tree is served.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { ROOT, pageFiles } from "../../scripts/page_files.mjs";
import { published, serve } from "../../scripts/server.mjs";
import { assemble } from "../../scripts/site.mjs";
import { screenshot } from "./browser.mjs";
import { waitForState, waitUntilReady } from "./page.mjs";

let browser, folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "dual-metric-site-"));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Published into a folder of its own, once more with a style sheet that tells one version from the other. */
function publish(name, mark = "") {
  const tree = `${join(folder, "tree")}/`;
  for (const part of ["index.html", "manifest.webmanifest", "www", "pkg"]) cpSync(join(ROOT, part), join(tree, part), { recursive: true });
  writeFileSync(join(tree, "www/style.css"), `${readFileSync(join(ROOT, "www/style.css"), "utf8")}\n:root { --mark: "${mark}"; }\n`);
  // A script that says the same, so that a mix of versions would show.
  writeFileSync(join(tree, "www/main.js"), `${readFileSync(join(ROOT, "www/main.js"), "utf8")}\ndocument.body.dataset.mark = "${mark}";\n`);
  return assemble(join(folder, name), tree);
}

/** A browser that has never been here, with a page in it, and what went wrong there. */
async function visitor() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  const problems = [];
  const open = async (url) => {
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(url);
    return page;
  };
  return { context, open, problems };
}

const marks = (page) => page.evaluate(() => [document.body.dataset.mark, getComputedStyle(document.documentElement).getPropertyValue("--mark").replaceAll('"', "")]);
const isKept = (page) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated", null, { timeout: 60_000 });
/** All paths that are kept, by cache. */
const kept = (page) =>
  page.evaluate(async () => {
    const found = {};
    for (const name of await caches.keys()) {
      found[name] = (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
    }
    return found;
  });

async function trains(page) {
  await page.locator("#play").click();
  await waitForState(page, "done");
  assert.match(await page.locator("#metrics tbody tr").first().textContent(), /\.\d{3}/);
}

test("after one visit the published page opens and trains the sample without a network", async () => {
  const { folder: site, version } = publish("first", "one");
  const server = await serve(0, published(site));
  const { context, open, problems } = await visitor();
  try {
    const hash = "#seed=1&model=dml&epochs=2";
    let page = await open(server.url + hash);
    await waitUntilReady(page);
    await isKept(page);
    const names = Object.keys(await kept(page));
    assert.equal(names.length, 1);
    assert.ok(names[0].endsWith(version));
    server.close();
    await assert.rejects(fetch(server.url), "there is no server any more");
    await page.close();
    page = await open(server.url + hash);
    await waitUntilReady(page);
    await trains(page);
    // The other view, its pool of workers and a link with another path come from the same.
    await page.locator("#show-experiments").click();
    await page.locator("#lab-play:enabled").waitFor();
    assert.deepEqual(await marks(page), ["one", "one"]);
    await page.goto(`${server.url}?map=pixels${hash}`);
    await waitUntilReady(page);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    server.close();
  }
});

test("the second module is kept once it was used, and an update brings its own along", async () => {
  const { folder: site } = publish("second", "one");
  const server = await serve(0, published(site));
  const { context, open, problems } = await visitor();
  try {
    let page = await open(server.url);
    await waitUntilReady(page);
    await isKept(page);
    const fulls = async () => Object.values(await kept(page)).flat().filter((path) => path.endsWith("/pkg/full/dual_metric_bg.wasm"));
    assert.deepEqual(await fulls(), [], "nobody has asked for it");
    const model = await page.locator("#model optgroup option").first().getAttribute("value");
    await page.locator("#model").selectOption(model);
    await page.waitForFunction(() => /[?&#]model=/.test(location.hash));
    for (let tries = 0; (await fulls()).length === 0; tries++) {
      assert.ok(tries < 120, "it is kept");
      await page.waitForTimeout(500);
    }
    await waitUntilReady(page);
    publish("second", "two");
    await page.reload();
    await page.locator("#update:visible").waitFor({ timeout: 60_000 });
    assert.equal((await fulls()).length, 2, "of either version");
    const address = page.url();
    server.close();
    await page.close();
    page = await open(address);
    await waitUntilReady(page);
    assert.equal(await page.locator("body").getAttribute("data-model"), model);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    server.close();
  }
});

test("a new version is told of, waits until it is taken, and no page ever has files of two", async () => {
  publish("site", "one");
  const site = join(folder, "site");
  const sent = [];
  const server = await serve(0, { ...published(site), made: (path, bytes) => (sent.push(path), bytes) });
  const { context, open, problems } = await visitor();
  try {
    const page = await open(server.url);
    await waitUntilReady(page);
    await isKept(page);
    const other = await open(server.url);
    await waitUntilReady(other);
    const wasm = async () => Object.values(await kept(page)).flat().filter((path) => path.endsWith("/pkg/dual_metric_bg.wasm"));
    assert.equal((await wasm()).length, 1);

    publish("site", "two");
    sent.length = 0;
    await page.reload();
    await waitUntilReady(page);
    assert.deepEqual(await marks(page), ["one", "one"], "what was there goes on to be shown");
    await page.locator("#update:visible").waitFor({ timeout: 60_000 });
    await screenshot(page, "update");
    await page.reload();
    assert.deepEqual(await marks(page), ["one", "one"], "it waits");
    await page.locator("#update:visible").waitFor({ timeout: 60_000 });
    assert.equal((await wasm()).length, 2);
    const modules = sent.filter((path) => /^v\/.*\.(js|css|wasm)$/.test(path)).map((path) => path.replace(/^v\/[^/]*\//, ""));
    assert.deepEqual(modules.sort(), ["www/main.js", "www/style.css"], "what has not changed is not loaded again");

    await Promise.all([page.waitForEvent("load"), page.locator("#update-take").click()]);
    await waitUntilReady(page);
    assert.deepEqual(await marks(page), ["two", "two"]);
    assert.equal(await page.locator("#update").isVisible(), false);
    // The other tab is still of the version before, all of it; it has what it needs until it is loaded again.
    assert.deepEqual(await marks(other), ["one", "one"]);
    const late = await other.evaluate(async () => {
      const path = document.querySelector("link[rel=stylesheet]").getAttribute("href").replace("style.css", "map/stage.js");
      const { Stage } = await import(new URL(path, document.baseURI).href);
      return typeof Stage;
    });
    assert.equal(late, "function");
    await other.reload();
    await waitUntilReady(other);
    assert.deepEqual(await marks(other), ["two", "two"]);
    server.close();
    await page.reload();
    await waitUntilReady(page);
    assert.deepEqual(await marks(page), ["two", "two"]);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    server.close();
  }
});

test("a file that is changed on its way is not kept, and the page goes on without", async () => {
  const { folder: site, version } = publish("broken", "one");
  const source = published(site);
  const server = await serve(0, {
    ...source,
    made: (path, bytes) => (path === `v/${version}/www/blocks.css` ? Buffer.concat([bytes, Buffer.from("/* another's */")]) : bytes),
  });
  const { context, open } = await visitor();
  try {
    const page = await open(server.url);
    await waitUntilReady(page);
    const state = await page.evaluate(async () => {
      for (let tries = 0; tries < 100; tries++) {
        const registration = await navigator.serviceWorker.getRegistration();
        if (registration?.active) return "active";
        if (tries > 20 && !registration?.installing) return "none";
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return "still at it";
    });
    assert.equal(state, "none");
    assert.equal(Object.values(await kept(page)).flat().some((path) => path.endsWith("blocks.css")), false);
  } finally {
    await context.close();
    server.close();
  }
});

test("a working tree is seen as it is now, and is there too when its server is not", async () => {
  const server = await serve();
  const { context, open, problems } = await visitor();
  try {
    let page = await open(server.url);
    await waitUntilReady(page);
    await isKept(page);
    assert.equal(await page.evaluate(async () => (await fetch("www/main.js")).headers.get("cache-control")), "no-cache");
    assert.equal(await page.locator("#update").isVisible(), false);
    server.close();
    await page.close();
    page = await open(server.url);
    await waitUntilReady(page);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    server.close();
  }
});

test("the page can be installed: the manifest's addresses are there, and its icons have the sizes that it says", async () => {
  const { folder: site } = publish("installed");
  const server = await serve(0, published(site));
  const { context, open } = await visitor();
  try {
    const page = await open(server.url);
    await waitUntilReady(page);
    await isKept(page);
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
    for (const { src, sizes, type } of JSON.parse(data).icons) {
      const bytes = Buffer.from(await (await fetch(server.url + src)).arrayBuffer());
      if (type === "image/png") assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
    }
  } finally {
    await context.close();
    server.close();
  }
});

test("what is published is all of the page, under its version", () => {
  const { folder: site, version } = publish("whole");
  const files = pageFiles();
  for (const path of files.filter((each) => each.includes("/"))) {
    if (["www/style.css", "www/main.js"].includes(path)) continue; // marked by this test
    assert.ok(readFileSync(join(site, "v", version, path)).equals(readFileSync(join(ROOT, path))), path);
  }
  const html = readFileSync(join(site, "index.html"), "utf8");
  assert.doesNotMatch(html, /(href|src)="(www|pkg)\//, "no address without a version");
  assert.equal(publish("whole").version, version, "the same files, the same version");
  assert.notEqual(publish("whole", "other").version, version);
});
