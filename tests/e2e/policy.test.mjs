// What the page's policy is for: neither the page nor any of its workers can send anything to another origin, or run text
// as code. (A policy in the document alone does not bind a worker that is started from an address.)

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

/** Tries all ways out, outside of what the test itself may do; says which the policy has stopped, and which not. */
const tryWaysOut = () =>
  new Promise((resolve) => {
    const stopped = new Set();
    const open = [];
    globalThis.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => stopped.add(effectiveDirective));
    setTimeout(async () => {
      await fetch("https://example.org/?ratings=1").then(() => open.push("fetch"), () => undefined);
      try {
        new WebSocket("wss://example.org/").onopen = () => open.push("socket");
      } catch {
        // Some browsers refuse at once.
      }
      try {
        new Function("return 1")();
        open.push("text as code");
      } catch {
        // As it should be.
      }
      try {
        if (globalThis.importScripts) globalThis.importScripts("https://example.org/a.js");
      } catch {
        // A module worker has none.
      }
      await import("https://example.org/b.js").then(() => open.push("import"), () => undefined);
      setTimeout(() => resolve({ stopped: [...stopped].sort(), open }), 300);
    });
  });

test("neither the page nor a worker of it reaches another origin or runs text as code", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    const workers = page.workers();
    assert.ok(workers.length >= 2, `${workers.length} workers: the core's and the map's`);
    for (const place of [page, ...workers]) {
      const { stopped, open } = await place.evaluate(tryWaysOut);
      const url = "url" in place ? place.url() : "";
      assert.deepEqual(open, [], url);
      for (const directive of ["connect-src", "script-src"]) {
        assert.ok(stopped.some((name) => name.startsWith(directive)), `${directive} of ${url}: ${stopped}`);
      }
    }
    // That what was tried is told in the console is as it should be.
  }, { hash: "#model=dml&epochs=1", failures: /^/ }));
