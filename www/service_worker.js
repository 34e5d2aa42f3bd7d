// Keeps the page for when there is no network: all files of one version, each checked by its hash, and the second module once it
// was used. It is served as service_worker.js beside index.html, with the list of the files before it (scripts/page_files.mjs).
//
// What is published has its version in the addresses of its files, so that a document only ever gets what belongs to it, and a
// new version waits until the visitor takes it. Of a working tree everything comes from the server as long as there is one.

/**
 * @typedef {{ version: string, isTree: boolean, first: Record<string, string>, full: Record<string, string> }} Release hashes by path;
 *   full: of the second module
 * @typedef {Event & { waitUntil(work: Promise<unknown>): void }} Life
 * @typedef {Life & { request: Request, respondWith(reply: Promise<Response>): void }} Asked
 */
/**
 * What a service worker sees; the library of types that the page is checked with has none.
 * @typedef {object} Scope
 * @property {Release} release
 * @property {{ scope: string }} registration
 * @property {{ claim(): Promise<void> }} clients
 * @property {() => Promise<void>} skipWaiting
 * @property {(kind: "install" | "activate" | "fetch" | "message", heard: (event: never) => void) => void} addEventListener
 */

const worker = /** @type {Scope} */ (/** @type {unknown} */ (self));
const { version, isTree, first, full } = worker.release;
const base = new URL(worker.registration.scope);
/** Other pages of the same origin have caches too. */
const OURS = `dual-metric ${base.pathname} `;
const NAME = OURS + version;
/** Where a cache says what is in it. */
const LIST = addressOf("files.json");

worker.addEventListener("install", (/** @type {Life} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {Life} */ event) => event.waitUntil(activate()));
worker.addEventListener("message", (/** @type {MessageEvent} */ { data }) => {
  if (data === "take over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (/** @type {Asked} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== base.origin || !pathname.startsWith(base.pathname)) return;
  event.respondWith(isTree ? fromServer(event) : fromCache(event));
});

/** @param {string} path */
function addressOf(path) {
  return new URL(path === "index.html" ? "./" : path, base).href;
}

/** @param {string} address */
function pathOf(address) {
  return decodeURIComponent(new URL(address).pathname.slice(base.pathname.length)) || "index.html";
}

/** Gets all files of this version; those that have not changed come from the version before. */
async function install() {
  const cache = await caches.open(NAME);
  const before = await versionsBefore();
  const hadFull = before.some(({ hasFull }) => hasFull);
  const wanted = Object.entries(hadFull ? { ...first, ...full } : first);
  await Promise.all(
    wanted.map(async ([path, hash]) => {
      const address = addressOf(path);
      if (await cache.match(address)) return; // an earlier try has got so far
      for (const { cache: old, paths } of before) {
        const same = paths.get(hash);
        const kept = same && (await old.match(addressOf(same)));
        if (kept) return cache.put(address, kept);
      }
      // Files with a version in their address never change.
      await keep(cache, path, hash, await fetch(address, { cache: path.startsWith("v/") ? "default" : "no-cache" }));
    }),
  );
  await cache.put(LIST, new Response(JSON.stringify({ first, full })));
  if (isTree) await worker.skipWaiting();
}

/** Caches of other versions, and where in them is what. */
async function versionsBefore() {
  const names = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
  return Promise.all(
    names.map(async (name) => {
      const cache = await caches.open(name);
      const list = await cache.match(LIST);
      /** @type {Pick<Release, "first" | "full">} */
      const files = list ? await list.json() : { first: {}, full: {} };
      const held = new Set((await cache.keys()).map(({ url }) => pathOf(url)));
      const there = Object.entries({ ...files.first, ...files.full }).filter(([path]) => held.has(path));
      const hasFull = Object.keys(files.full).some((path) => held.has(path));
      return { cache, paths: new Map(there.map(([path, hash]) => [hash, path])), hasFull };
    }),
  );
}

/**
 * Puts a file by, if it is what the list says: on its way a server may have changed it for another version's.
 * @param {Cache} cache
 * @param {string} path
 * @param {string} hash
 * @param {Response} reply
 */
async function keep(cache, path, hash, reply) {
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  const bytes = await reply.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== hash) throw new Error(`${path} is not of this version`);
  const headers = new Headers(reply.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // the bytes are as they were before
  await cache.put(addressOf(path), new Response(bytes, { headers }));
}

/** One version back stays, for a page of it that is still open. */
async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
  const old = isTree ? names : names.slice(0, -1);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** What is published: from what is kept, and what is not there yet from the server. @param {Asked} event */
async function fromCache(event) {
  const path = pathOf(event.request.url);
  const hash = first[path] ?? full[path];
  const address = addressOf(path);
  const kept = hash ? await (await caches.open(NAME)).match(address) : await caches.match(address);
  if (kept) return kept;
  const reply = await fetch(event.request);
  keepCopy(event, path, reply);
  return reply;
}

/** A working tree: from the server, and from what is kept where there is none. @param {Asked} event */
async function fromServer(event) {
  const path = pathOf(event.request.url);
  try {
    const reply = await fetch(event.request);
    if (path in full) keepCopy(event, path, reply);
    return reply;
  } catch (error) {
    const kept = await (await caches.open(NAME)).match(addressOf(path));
    if (kept) return kept;
    throw error;
  }
}

/** Puts by what was loaded because it was used. @param {Asked} event @param {string} path @param {Response} reply */
function keepCopy(event, path, reply) {
  const hash = first[path] ?? full[path];
  if (!hash || !reply.ok) return;
  const copy = reply.clone();
  const work = caches.open(NAME).then((cache) => keep(cache, path, hash, copy));
  event.waitUntil(work.catch(() => undefined)); // no room, or another version's: it is loaded again the next time
}
