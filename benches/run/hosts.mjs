// The programs that measure: each in a process of its own, which answers one request at a time.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { serve } from "../../scripts/server.mjs";

/**
 * @typedef {{ ask(request: object): Promise<any>, peak(): Promise<number | null>, close(): Promise<void> }} Host
 *   `peak` is the most memory that it has had, in bytes, where the system tells
 */

const BROWSER = [
  "--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--enable-unsafe-webgpu", "--enable-unsafe-swiftshader",
  // A renderer in reserve would be counted as the page's.
  "--disable-features=SpareRendererForSitePerProcess",
];
/** Without a screen Chromium takes the card only when it is told how. */
const CARD = [
  "--ignore-gpu-blocklist", "--disable-gpu-sandbox", "--enable-features=Vulkan", "--use-gl=angle", "--use-angle=gl-egl",
  "--use-vulkan=native", "--disable-vulkan-surface",
];

/**
 * A process that takes a request a line and gives an answer a line.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Host}
 */
export function program(command, args, environment = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  /** @type {{ resolve(answer: object): void, reject(error: Error): void } | null} */
  let waiting = null;
  let ended = "";
  const end = (/** @type {string} */ why) => {
    ended = `${command}: ${why}`;
    waiting?.reject(new Error(ended));
  };
  child.on("error", (error) => end(error.message));
  child.on("exit", (code, signal) => end(`ended with ${code ?? signal}`));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { resolve, reject } = waiting ?? { resolve() {}, reject() {} };
    waiting = null;
    const answer = JSON.parse(line);
    answer.error ? reject(new Error(answer.error)) : resolve(answer);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error(ended));
        waiting = { resolve, reject };
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    peak: async () => peakOf(child.pid),
    close: async () => {
      child.stdin.end();
      if (!ended) await new Promise((resolve) => child.once("exit", resolve));
    },
  };
}

/**
 * Serves the benchmark's page and what it loads.
 * @param {{ pages: string, module: string, data: string, tensorflow: string }} folders
 */
export async function servePage(folders) {
  const roots = Object.entries({
    "page/": folders.pages, "pkg/": folders.module, "data/": folders.data, "tfjs/": folders.tensorflow,
  });
  return serve(0, {
    find: (path) => {
      const root = roots.find(([prefix]) => path.startsWith(prefix));
      return root ? join(root[1], path.slice(root[0].length)) : null;
    },
  });
}

/**
 * A browser of its own with the benchmark's page.
 * @param {string} address of the server
 * @param {{ tensorflow: boolean, gpu: boolean, card: boolean }} options `gpu`: the memory of its graphics process counts too;
 *   `card`: on the machine's graphics card
 * @returns {Promise<Host & { version: string, page: import("playwright-core").Page }>}
 */
export async function browser(address, { tensorflow, gpu, card }) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: card ? [...BROWSER, ...CARD] : BROWSER });
  const page = await browser.newPage();
  await page.goto(`${address}page/index.html${tensorflow ? "#tfjs" : ""}`);
  await page.waitForFunction(() => "ask" in globalThis);
  const session = await browser.newBrowserCDPSession();
  return {
    version: browser.version(),
    page,
    ask: async (request) => {
      const answer = await page.evaluate((asked) => /** @type {any} */ (globalThis).ask(asked), request);
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    peak: async () => {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      const peaks = (/** @type {string} */ type) =>
        processInfo.filter((process) => process.type === type).map((process) => peakOf(process.id) ?? 0);
      const renderer = Math.max(0, ...peaks("renderer"));
      return renderer === 0 ? null : renderer + (gpu ? Math.max(0, ...peaks("GPU")) : 0);
    },
    close: () => browser.close(),
  };
}

/**
 * The most memory that a process has had resident, in bytes; null where the system does not tell.
 * @param {number | undefined} pid
 */
function peakOf(pid) {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes ? 1024 * Number(kilobytes) : null;
  } catch {
    return null;
  }
}
