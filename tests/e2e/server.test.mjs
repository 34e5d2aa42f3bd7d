// What scripts/serve sends: only the page, compressed, with the headers that keep it what it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { serve } from "../../scripts/server.mjs";
import { screenshot } from "./browser.mjs";

const inTree = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
let server;
before(async () => {
  server = await serve();
});
after(() => server.close());

/** What the server answers, byte by byte as it comes; `fetch` would decompress it. */
const ask = (path, headers = {}, method = "GET") =>
  new Promise((resolve, reject) => {
    const asked = request(server.url, { path, headers, method }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    });
    asked.on("error", reject).end();
  });

test("a browser gets brotli or gzip where it takes them, and always the same bytes", async () => {
  for (const path of ["www/style.css", "pkg/dual_metric.js", "pkg/dual_metric_bg.wasm"]) {
    const file = inTree(path);
    const plain = await ask(`/${path}`);
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.ok(plain.body.equals(file), path);
    for (const [takes, encoding, decode] of [
      ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
      ["gzip, br;q=0", "gzip", gunzipSync],
      ["gzip", "gzip", gunzipSync],
    ]) {
      const { headers, body } = await ask(`/${path}`, { "Accept-Encoding": takes });
      assert.equal(headers["content-encoding"], encoding, takes);
      assert.equal(headers.vary, "Accept-Encoding");
      assert.ok(decode(body).equals(file), `${path} in ${encoding}`);
      assert.ok(body.length < 0.5 * file.length, `${path}: ${body.length} of ${file.length} bytes`);
      assert.equal(Number(headers["content-length"]), body.length);
    }
  }
});

test("a file that has not changed is not sent again, and each encoding has its own tag", async () => {
  const [plain, small] = [await ask("/www/main.js"), await ask("/www/main.js", { "Accept-Encoding": "br" })];
  assert.equal(plain.headers["cache-control"], "no-cache", "the browser asks each time");
  assert.notEqual(plain.headers.etag, small.headers.etag);
  const again = await ask("/www/main.js", { "If-None-Match": `"other", ${plain.headers.etag}` });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  assert.equal((await ask("/www/main.js", { "If-None-Match": small.headers.etag })).status, 200);
});

test("everything has the page's policy, which no frame gets around, and tells nobody where it came from", async () => {
  const own = /Security-Policy" content="([^"]+)"/.exec(inTree("index.html").toString())[1];
  for (const path of ["/", "/www/worker.js", "/pkg/dual_metric_bg.wasm"]) {
    const { headers } = await ask(path);
    assert.equal(headers["content-security-policy"], `${own}; frame-ancestors 'none'`, path);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
  }
  assert.equal((await ask("/pkg/dual_metric_bg.wasm")).headers["content-type"], "application/wasm");
});

test("nothing but the page is served", async () => {
  for (const path of [
    "/Cargo.toml", "/src/lib.rs", "/www/../Cargo.toml", "/www/%2e%2e/Cargo.toml", "/www/..%2fCargo.toml", "/www/..%5cCargo.toml",
    "//etc/passwd", "/pkg/dual_metric.d.ts", "/www/nothing.js", "/www", "/%", "/scripts/server.mjs",
  ]) assert.equal((await ask(path)).status, 404, path);
  assert.equal((await ask("/", {}, "POST")).status, 404);
  const head = await ask("/www/main.js", {}, "HEAD");
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.ok(Number(head.headers["content-length"]) > 100);
});

test("the document asks at once for every module of the page and its workers", async () => {
  const html = (await ask("/")).body.toString();
  const asked = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => path);
  for (const path of ["www/main.js", "www/worker.js?module=first", "www/map/stage.js", "pkg/dual_metric.js"]) {
    assert.ok(asked.includes(path), path);
  }
  assert.ok(asked.some((path) => path.startsWith("pkg/snippets/")), "what the compiler has written imports in another manner");
  assert.equal(new Set(asked).size, asked.length, "each once");
  assert.match(html, /rel="preload" as="fetch" crossorigin fetchpriority="high" href="pkg\/dual_metric_bg\.wasm"/);
  assert.ok(!asked.some((path) => path.includes("full")), "the second module waits until it is needed");
  for (const path of asked) assert.equal((await ask(`/${path}`)).status, 200, path);
});

test("a browser without JavaScript says what the page needs, where it is seen", async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  try {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
      const page = await (await browser.newContext({ viewport, javaScriptEnabled: false })).newPage();
      await page.goto(server.url);
      const box = await page.locator("noscript p").boundingBox();
      assert.ok(box && box.height > 16 && box.y > 0 && box.y + box.height <= viewport.height, JSON.stringify(box));
      await screenshot(page, `no-script-${viewport.width}`);
    }
  } finally {
    await browser.close();
  }
});
