// Serves the page to this machine only: the working tree's index.html, www/ and pkg/, nothing else; or a folder that
// scripts/site.mjs has made. Compressed, with the headers that a page like this should have.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { ROOT, SERVICE_WORKER, isOfPage, policyOf, serviceWorkerOfTree, typeOf, withPreloads } from "./page_files.mjs";

/**
 * @typedef {object} Source what is served
 * @property {(path: string) => string | null} find the file behind the path of a request, or null
 * @property {boolean} [isPage] whether the headers of the page go with it
 * @property {(path: string, bytes: Buffer) => Buffer} [made] what is sent in place of a file's bytes
 */

/** The page as it lies in the working tree. @type {Source} */
export const TREE = {
  find: (path) => (isOfPage(path) ? join(ROOT, path) : path === SERVICE_WORKER ? join(ROOT, "www", path) : null),
  isPage: true,
  made: (path, bytes) => {
    if (path === "index.html") return Buffer.from(withPreloads(bytes.toString()));
    return path === SERVICE_WORKER ? Buffer.from(serviceWorkerOfTree()) : bytes;
  },
};

/** What was published into a folder. @param {string} folder @returns {Source} */
export const published = (folder) => ({
  find: (path) => {
    const file = normalize(join(folder, path));
    return file.startsWith(folder + sep) && typeOf(file) ? file : null;
  },
  isPage: true,
});

const coders = {
  br: {
    ending: ".br",
    encode: (/** @type {Buffer} */ bytes) =>
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  },
  gzip: { ending: ".gz", encode: promisify(gzip) },
};
/** What is not worth it, or compressed as it is. */
const LEAST_BYTES = 512;
const isCompressible = (/** @type {string} */ path, /** @type {number} */ bytes) => bytes >= LEAST_BYTES && !path.endsWith(".png");

/** The best encoding that a browser takes. @param {string | undefined} accepted @returns {"br" | "gzip" | null} */
function encodingFor(accepted = "") {
  const takes = (/** @type {string} */ name) => new RegExp(`(^|,)\\s*${name}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))[^,]*)?\\s*(,|$)`).test(accepted);
  return takes("br") ? "br" : takes("gzip") ? "gzip" : null;
}

/** Compressed files by name and what they were made of. @type {Map<string, { tag: string, bytes: Buffer }>} */
const compressed = new Map();

/**
 * A file in an encoding: as the build has left it beside the file, or made now.
 * @param {string} file
 * @param {Buffer} bytes
 * @param {string} tag of the bytes
 * @param {"br" | "gzip"} encoding
 */
async function encoded(file, bytes, tag, encoding) {
  const { ending, encode } = coders[encoding];
  const key = file + ending;
  const before = compressed.get(key);
  if (before?.tag === tag) return before.bytes;
  let made = await beside(file, ending, bytes);
  made ??= await encode(bytes);
  compressed.set(key, { tag, bytes: made });
  return made;
}

/** What the build has compressed, unless the file is younger. @param {string} file @param {string} ending @param {Buffer} bytes */
async function beside(file, ending, bytes) {
  try {
    const [now, then] = await Promise.all([stat(file), stat(file + ending)]);
    return now.size === bytes.length && then.mtimeMs >= now.mtimeMs ? await readFile(file + ending) : null;
  } catch {
    return null; // it was not built with the page
  }
}

/**
 * What is sent with everything of the page; a frame of another page could be laid over its buttons. The document that fetches files of
 * other sites has a policy of its own, and only the page may frame it.
 * @param {string} path
 * @param {Buffer} bytes
 */
function pageHeaders(path, bytes) {
  const isFrame = path.endsWith("www/remote/fetch.html");
  const policy = policyOf(isFrame ? bytes.toString() : readFileSync(join(ROOT, "index.html"), "utf8"));
  return {
    "Content-Security-Policy": `${policy}; frame-ancestors ${isFrame ? "'self'" : "'none'"}`,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}

/**
 * What answers a request.
 * @param {Source} source
 * @param {import("node:http").IncomingMessage} request
 */
async function answer({ find, isPage, made }, { method, url, headers }) {
  if (method !== "GET" && method !== "HEAD") return null;
  const { pathname } = new URL(url ?? "/", "http://localhost");
  // An encoded slash would be taken apart only after the check; `URL` has resolved every `..` by then.
  if (/%2f|%5c/i.test(pathname)) return null;
  const path = decodeURIComponent(pathname === "/" ? "index.html" : pathname.slice(1));
  const file = find(path);
  if (!file) return null;
  const onDisk = await readFile(file);
  const bytes = made?.(path, onDisk) ?? onDisk;
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  const encoding = isPage && isCompressible(path, bytes.length) ? encodingFor(headers["accept-encoding"]) : null;
  const tag = `"${hash}${encoding ? `-${encoding}` : ""}"`;
  const isVersioned = /^v\/[0-9a-f]{12}\//.test(path);
  const told = {
    "Content-Type": typeOf(path) ?? "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": isVersioned ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: tag,
    ...(isPage ? { Vary: "Accept-Encoding", ...pageHeaders(path, bytes) } : {}),
  };
  const isKnown = (headers["if-none-match"] ?? "").split(",").some((each) => each.trim().replace(/^W\//, "") === tag);
  if (isKnown) return { status: 304, told, body: undefined };
  const body = encoding ? await encoded(file, bytes, hash, encoding) : bytes;
  return {
    status: 200,
    told: { ...told, ...(encoding ? { "Content-Encoding": encoding } : {}), "Content-Length": body.length },
    body: method === "HEAD" ? undefined : body,
  };
}

/**
 * Listens on `port`, or on the next free one; 0 takes any.
 * @param {number} [port]
 * @param {Source} [source]
 */
export async function serve(port = 0, source = TREE) {
  const server = createServer(async (request, response) => {
    try {
      const found = await answer(source, request);
      if (!found) throw new Error("not part of the page");
      response.writeHead(found.status, found.told).end(found.body);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" });
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
  const isPublished = process.argv[2] === "--published";
  const port = Number(process.argv[isPublished ? 3 : 2] ?? 8080);
  const { url } = await serve(port, isPublished ? published(join(ROOT, "site")) : undefined);
  console.log(`Dual Metric is at ${url}   (Ctrl+C ends it)`);
}
