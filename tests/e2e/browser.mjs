// The real page in a real Chromium, and what has to hold whatever a test does with it: no request leaves the
// page's own origin, and nothing goes wrong unheard.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "../../scripts/server.mjs";

const ARGS = [
  "--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const artifacts = new URL("../../artifacts/", import.meta.url).pathname;
mkdirSync(artifacts, { recursive: true });

/** A picture for whoever wants to see what the test saw. */
export const screenshot = (page, name, options) => page.screenshot({ path: `${artifacts}${name}.png`, ...options });

/**
 * Starts the server and the browser before the tests of a file and ends them after.
 * @param {{ webgpu?: boolean, whole?: boolean, flags?: string[] }} options webgpu: with the software adapter, which is off in a headless
 *   browser; whole: in the browser that people have, also where its engine is there alone; flags: others of the browser
 */
export function useBrowser({ webgpu = false, whole = false, flags = [] } = {}) {
  let server, browser;
  before(async () => {
    server = await serve();
    browser = await chromium.launch({
      executablePath: (whole ? undefined : process.env.HEADLESS_SHELL) ?? process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [...ARGS, ...(webgpu ? ["--enable-unsafe-webgpu"] : []), ...flags],
    });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /**
   * Opens the page, runs `visit` on it and checks that nothing went wrong meanwhile.
   * @param {(page: import("playwright-core").Page) => Promise<void>} visit
   * @param {{ hash?: string, failures?: RegExp, setUp?: (page: import("playwright-core").Page) => Promise<void> } &
   *   import("playwright-core").BrowserContextOptions} options `failures`: what the page may fail to load in this test; `setUp` is
   *   done before the page is opened
   */
  return async function visitPage(visit, { hash = "", failures, setUp, ...options } = {}) {
    // What the service worker does has tests of its own; here every request is to be seen.
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block", locale: "en-US", ...options });
    const asked = [], outside = [], problems = [];
    await context.route("**", (route) => {
      const { origin } = new URL(route.request().url());
      if (`${origin}/` === server.url) return asked.push(route.request().url()), route.continue();
      outside.push(route.request().url());
      return route.abort();
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (failures?.test(message.location().url)) return;
      if (message.type() === "error") problems.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
    page.on("crash", () => problems.push("the page crashed"));
    try {
      await setUp?.(page);
      await page.goto(server.url + hash);
      await visit(page);
    } catch (error) {
      await screenshot(page, "failed").catch(() => {});
      if (problems.length > 0) error.message += `\nMeanwhile in the page:\n${problems.join("\n")}`;
      throw error;
    } finally {
      await context.close();
    }
    assert.deepEqual(outside, [], "requests off the origin");
    assert.deepEqual(problems, [], "errors in the page");
    // The core is fetched by the worker: having seen that proves that requests of the worker are counted too.
    assert.ok(asked.some((url) => url.endsWith(".wasm")), "the worker's requests went through the count");
  };
}
