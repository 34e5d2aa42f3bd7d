// Files of another site, named by a link: before the visitor wants them no request leaves, after that exactly those, and the page itself
// cannot reach another origin. The other site is a server of this machine with a certificate of its own.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { after, before, test } from "node:test";
import { screenshot, useBrowser } from "./browser.mjs";
import { ratingFile, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();
const inTree = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const pem = (name) => inTree(`tests/e2e/cert/${name}.pem`); // known to nobody but these tests
const OPEN = { "Access-Control-Allow-Origin": "*", "Content-Type": "text/csv" };

/** What the other site answers, by path; and who asked for what. */
const files = {
  "/data/books%20of%20ours.csv": { headers: OPEN, body: ratingFile("books.csv").buffer },
  "/data/films.csv": { headers: OPEN, body: ratingFile("films.csv", { item: "film" }).buffer },
  "/closed.csv": { headers: { "Content-Type": "text/csv" }, body: "user,item,rating\n" },
  "/page.csv": { headers: OPEN, body: "<!doctype html><html><body>Sign in</body></html>" },
  "/large.csv": { headers: { ...OPEN, "Content-Length": String(600 * 1024 * 1024) }, endless: true },
  "/endless.csv": { headers: { ...OPEN, "Content-Length": "50000000" }, endless: true },
};
let other, site, elsewhere;
let servers = [];
/** Answers that were given up before their end. */
let givenUp = 0;
const asked = [];
before(async () => {
  const listen = async (answer) => {
    const server = createServer({ key: pem("key"), cert: pem("cert") }, answer).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    return [server, `https://localhost:${server.address().port}`];
  };
  let second;
  [second, elsewhere] = await listen((request, response) => {
    asked.push(`elsewhere ${request.url}`);
    response.writeHead(200, OPEN).end("user,item,rating\n");
  });
  [other, site] = await listen(({ url, headers }, response) => {
    asked.push({ url, origin: headers.origin, cookie: headers.cookie, referer: headers.referer });
    const found = files[url];
    if (url === "/moved.csv") return response.writeHead(302, { ...OPEN, Location: `${elsewhere}/there.csv` }).end();
    if (!found) return response.writeHead(404, OPEN).end("nothing");
    response.writeHead(200, found.headers);
    if (found.endless) return response.on("close", () => givenUp++).write("user,item,rating\n");
    response.end(found.body);
  });
  servers = [second, other];
});
after(() => servers.forEach((server) => (server.closeAllConnections(), server.close())));

/** Lets the browser reach the other site, whose certificate nobody has signed. */
const options = (hash, more = {}) => ({
  hash, ignoreHTTPSErrors: true, ...more,
  setUp: async (page) => {
    for (const origin of [site, elsewhere]) await page.route(`${origin}/**`, (route) => route.continue());
    asked.length = 0;
  },
});
const linkTo = (paths, rest = "model=dml&epochs=2") => `#${new URLSearchParams({ ...Object.fromEntries(Object.entries(paths).map(([slot, path]) => [slot, site + path])) })}&${rest}`;
const FILES = { a: "/data/books%20of%20ours.csv", b: "/data/films.csv" };

test("nothing is asked before the visitor wants it, then exactly the two files, and the link keeps them", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const text = page.locator("#remote-text");
    await text.filter({ hasText: /books of ours\.csv from localhost:\d+ as A and films\.csv from localhost:\d+ as B/ }).waitFor();
    assert.equal(await page.locator("#rename-a").textContent(), "books", "the sample is there meanwhile");
    await page.waitForTimeout(1000);
    assert.deepEqual(asked, [], "nothing was asked yet");
    await screenshot(page, "remote");
    await page.locator("#remote-load").focus();
    await page.keyboard.press("Enter");
    await page.locator("#rename-b", { hasText: "films" }).waitFor();
    await page.locator("#rename-a", { hasText: "books of ours" }).waitFor();
    await waitUntilReady(page);
    const nobody = { origin: "null", cookie: undefined, referer: undefined };
    assert.deepEqual(asked, [{ url: FILES.a, ...nobody }, { url: FILES.b, ...nobody }], "those two, and nothing is told of who asks");
    assert.equal(await page.locator("#remote").isVisible(), false);
    assert.equal(await page.locator("iframe").count(), 0, "no frame is left");
    const link = () => new URLSearchParams(new URL(page.url()).hash.slice(1));
    assert.deepEqual([link().get("a"), link().get("b")], [site + FILES.a, site + FILES.b]);
    await page.locator("#rename-a").click();
    await page.locator("#new-name-a").fill("Ours");
    await page.keyboard.press("Enter");
    await page.locator("#rename-a", { hasText: "Ours" }).waitFor();
    assert.equal(link().get("name-a"), "Ours");
    await page.locator("#play").click();
    await waitForState(page, "done");

    await page.locator("#remove-a").click();
    await page.waitForFunction(() => !location.hash.includes("a=https"));
  }, options(linkTo(FILES))));

test("the page itself reaches no other origin, whatever runs in it", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const reached = await page.evaluate(async (address) => {
      const tries = {
        fetch: () => fetch(address, { mode: "no-cors" }),
        beacon: async () => { if (!navigator.sendBeacon(address)) throw new Error("refused"); },
        image: () => new Promise((resolve, reject) => Object.assign(new Image(), { onload: resolve, onerror: reject, src: address })),
        frame: () => new Promise((resolve, reject) => {
          addEventListener("securitypolicyviolation", () => reject(new Error("refused")), { once: true });
          document.body.append(Object.assign(document.createElement("iframe"), { src: address, onload: () => setTimeout(resolve, 300) }));
        }),
      };
      const reached = [];
      for (const [how, work] of Object.entries(tries)) await work().then(() => reached.push(how), () => undefined);
      return reached;
    }, `${site}/data/films.csv?leak`);
    assert.deepEqual(asked, [], `reached by ${reached}`);
    // The browser says what it has refused.
  }, { ...options("#model=dml"), failures: /^/ }));

test("whoever does not want them stays with the sample, and what is stopped is not asked on", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#remote-leave").click();
    assert.equal(await page.locator("#remote").isVisible(), false);
    await page.evaluate((to) => { location.hash = to; }, linkTo({ a: "/endless.csv" }));
    await page.locator("#remote-load").click();
    await page.locator("#remote-text", { hasText: /Loading endless\.csv of localhost:\d+: 0\.0.MB of 50.MB/ }).waitFor();
    await page.locator("#remote-leave", { hasText: "Stop" }).click();
    assert.equal(await page.locator("#remote").isVisible(), false);
    assert.equal(await page.locator("iframe").count(), 0);
    assert.equal(await page.locator("#rename-a").textContent(), "books", "what was loaded is as it was");
    assert.equal(await page.locator("#notice").isVisible(), false);
    for (let n = 0; n < 50 && givenUp === 0; n++) await page.waitForTimeout(100);
    assert.ok(givenUp > 0, "the request was given up");
  }, options(linkTo(FILES))));

test("what cannot be loaded says why and changes nothing", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    for (const [path, why] of [
      ["/nothing.csv", /nothing\.csv: localhost:\d+ answered 404, that there is no such file/],
      ["/closed.csv", /closed\.csv: localhost:\d+ cannot be reached, or does not let other pages read the file \(it would have to answer with Access-Control-Allow-Origin: \*\)/],
      ["/large.csv", /large\.csv: the file is larger than 512 MB/],
      ["/moved.csv", /moved\.csv: localhost:\d+ leads on to another address, which you were not asked about/],
    ]) {
      await page.evaluate((to) => { location.hash = to; }, linkTo({ a: path }));
      await page.locator("#remote-text", { hasText: path.slice(1) }).waitFor();
      await page.locator("#remote-load").click();
      await page.locator("#notice-text").filter({ hasText: why }).waitFor();
      await page.locator("#notice-close").click();
      assert.equal(await page.locator("#rename-a").textContent(), "books");
    }
    assert.ok(!asked.some((each) => String(each).startsWith("elsewhere")), "nobody was asked whom the visitor was not told of");
    await page.evaluate((to) => { location.hash = to; }, linkTo({ a: "/page.csv" }));
    await page.locator("#remote-load").click();
    await page.locator("#data-message", { hasText: "web page" }).waitFor();
    for (const address of ["http://example.org/a.csv", "https://me:secret@example.org/a.csv", "books.csv"]) {
      await page.evaluate((to) => { location.hash = to; }, `#a=${encodeURIComponent(address)}&model=dml`);
      await page.locator("#notice-text", { hasText: "use an address that begins with https://" }).waitFor();
      await page.locator("#notice-close").click();
    }
    assert.equal(await page.locator("#remote").isVisible(), false);
  }, { ...options("#model=dml"), failures: /localhost|remote\/fetch/ }));

test("the frame that fetches has the policy that its script fits, and works for nobody but the page in a sandbox", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    const html = inTree("www/remote/fetch.html");
    const script = /<script>([^]*?)<\/script>/.exec(html)[1];
    const hash = createHash("sha256").update(script).digest("base64");
    assert.match(html, new RegExp(`content="default-src 'none'; script-src 'sha256-${hash.replaceAll("+", "\\+")}'; connect-src https:; base-uri 'none'; form-action 'none'"`));
    // Framed with the page's own origin, as somebody might who found a way to write into the page, it asks for nothing.
    const told = await page.evaluate((address) => new Promise((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { src: "www/remote/fetch.html" });
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      frame.onload = () => {
        frame.contentWindow.postMessage({ address, most: 1e9 }, "*", [port2]);
        setTimeout(() => resolve("nothing"), 1500);
      };
      document.body.append(frame);
    }), `${site}/data/films.csv`);
    assert.equal(told, "nothing");
    assert.deepEqual(asked, []);
  }, options("#model=dml")));
