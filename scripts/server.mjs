// Serves the page from this directory tree to this machine only: index.html, www/ and pkg/, nothing else.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const types = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".wasm", "application/wasm"],
]);

/** The address of the file that a request asks for, or null. `URL` has resolved every `..` by then. */
function fileOf(/** @type {string} */ target) {
  const asked = new URL(target, "http://localhost").pathname;
  const path = asked === "/" ? "/index.html" : asked;
  const allowed = path === "/index.html" || path.startsWith("/www/") || path.startsWith("/pkg/");
  // An encoded slash would be taken apart only after the check.
  return allowed && !/%2f|%5c/i.test(path) && types.has(extname(path)) ? new URL(`.${path}`, root) : null;
}

/**
 * Listens on `port`, or on the next free one; 0 takes any. `find` gives the file behind a request's target, or null.
 */
export async function serve(port = 0, find = fileOf) {
  const server = createServer(async (request, response) => {
    try {
      const file = request.method === "GET" || request.method === "HEAD" ? find(request.url ?? "/") : null;
      if (!file) throw new Error("not part of the page");
      const body = await readFile(file);
      response.writeHead(200, {
        "Content-Type": types.get(extname(file.pathname)) ?? "application/octet-stream",
        "Content-Length": body.length,
        "Cache-Control": "no-store",
      });
      response.end(request.method === "HEAD" ? undefined : body);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("Not found\n");
    }
  });
  for (let next = port; ; next += 1) {
    try {
      await new Promise((resolve, reject) => {
        server.once("error", reject).listen(next, "127.0.0.1", () => resolve(server.off("error", reject)));
      });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EADDRINUSE" || next >= port + 100) throw error;
    }
  }
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${address.port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(Number(process.argv[2] ?? 8080));
  console.log(`Dual Metric is at ${url}   (Ctrl+C ends it)`);
}
