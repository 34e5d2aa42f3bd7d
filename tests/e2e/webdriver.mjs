// WebKit, driven by its own program over WebDriver: plain HTTP, and the few commands of it that a test needs.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";

const libraries = `/usr/lib/${{ x64: "x86_64", arm64: "aarch64" }[process.arch] ?? process.arch}-linux-gnu`;
const firstOf = (paths) => paths.find((path) => path && existsSync(path));
const driver = firstOf([process.env.WEBKIT_DRIVER, "/usr/bin/WebKitWebDriver"]);
/** The browser that WebKitGTK brings for trying it out. */
const browser = firstOf([process.env.WEBKIT_BROWSER, ...["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].map((name) => `${libraries}/${name}/MiniBrowser`)]);
/** A screen for a browser that must have one. */
const screen = firstOf([process.env.XVFB, "/usr/bin/Xvfb"]);

/** Why a test in WebKit cannot be done here, and how it could; false where it can. */
export const missing =
  driver && browser && (screen || process.env.DISPLAY)
    ? false
    : "no WebKit here; apt-get install webkit2gtk-driver xvfb brings it, or WEBKIT_DRIVER, WEBKIT_BROWSER and XVFB say where it is";

/** What goes wrong in the browser itself or on the way to it, whatever the page is at. */
export class BrowserEnded extends Error {}
/** Its process is gone, or what it was asked in is, or there is no answer for a minute. */
const ENDED = /page crash or hang|invalid session id|no such window|session not created|timeout/;

/** The name of an element in answers, by the standard. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** Keys that are no characters, by the standard. */
export const KEYS = { ENTER: "\uE007", DOWN: "\uE015" };

/** A port that nobody has just now. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts WebKit with one window; what it keeps ends with it. @param {{ width?: number, height?: number }} options of the window */
export async function openWebKit({ width = 1440, height = 900 } = {}) {
  const ended = [];
  const start = (program, args, options) => {
    const child = spawn(program, args, options);
    ended.push(() => child.kill());
    return child;
  };
  const end = () => ended.reverse().forEach((each) => each());
  try {
    let display = process.env.DISPLAY;
    if (screen) {
      const server = start(screen, ["-displayfd", "3", "-screen", "0", "2560x1600x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
      const [number] = await once(server.stdio[3], "data");
      display = `:${String(number).trim()}`;
    }
    const port = await freePort();
    const program = start(driver, [`--port=${port}`], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DISPLAY: display, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" } });
    let told = "";
    for (const stream of [program.stdout, program.stderr]) stream.setEncoding("utf8").on("data", (text) => (told += text));
    const ask = async (method, path, body) => {
      const { ok, value } = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body), headers: { "Content-Type": "application/json" } })
        .then(async (reply) => ({ ok: reply.ok, value: (await reply.json()).value }))
        .catch((error) => {
          throw new BrowserEnded(`WebKit's driver does not answer: ${error.cause ?? error}`);
        });
      if (ok) return value;
      const said = `WebKit: ${value.error}: ${value.message}`;
      throw ENDED.test(said) ? new BrowserEnded(said) : new Error(said);
    };
    for (let tries = 0; ; tries++) {
      if (await ask("GET", "/status").then(({ ready }) => ready, () => false)) break;
      if (tries === 100) throw new Error(`WebKit's driver does not start: ${told}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const opened = await ask("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] } } } });
    const session = `/session/${opened.sessionId}`;
    await ask("POST", `${session}/timeouts`, { script: 60_000, pageLoad: 60_000 });
    await ask("POST", `${session}/window/rect`, { x: 0, y: 0, width, height });
    const find = async (selector) => (await ask("POST", `${session}/element`, { using: "css selector", value: selector }))[ELEMENT];
    return {
      version: `WebKit ${opened.capabilities.browserVersion}`,
      goto: (url) => ask("POST", `${session}/url`, { url }),
      reload: () => ask("POST", `${session}/refresh`, {}),
      /** What a function says in the page. @type {<T>(says: (...args: any[]) => T | Promise<T>, ...args: unknown[]) => Promise<T>} */
      evaluate: (says, ...given) =>
        ask("POST", `${session}/execute/async`, {
          script: `const [done, given] = [arguments[1], arguments[0]]; Promise.resolve().then(() => (${says})(...given)).then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`,
          args: [given],
        }).then(({ value, error }) => {
          if (error !== undefined) throw new Error(error);
          return value;
        }),
      click: async (selector) => ask("POST", `${session}/element/${await find(selector)}/click`, {}),
      type: async (selector, text) => ask("POST", `${session}/element/${await find(selector)}/value`, { text }),
      /** A PNG of the window. */
      screenshot: async () => Buffer.from(await ask("GET", `${session}/screenshot`), "base64"),
      close: async () => {
        await ask("DELETE", session).catch(() => {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
