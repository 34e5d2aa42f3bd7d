// Has a file of another site fetched, by a frame that may do nothing else (fetch.html). The page's own policy lets no request leave
// its origin, and stays so: docs/security.md.

import { MOST_BYTES } from "../data_source.js";
import { Refusal } from "../said.js";
import { words } from "../words/words.js";

/**
 * @typedef {{ received: number, total: number | null }} Progress in bytes; total: where the server says it
 * @typedef {(Progress & { failed?: undefined, bytes?: undefined }) | { failed: string, about?: string, bytes?: undefined } | { bytes: ArrayBuffer, failed?: undefined }} Told
 */

/** A frame that does not answer has not been loaded. */
const PATIENCE_MILLISECONDS = 15_000;

/** What a file of an address is called. @param {string} address */
export function fileNameOf(address) {
  const last = new URL(address).pathname.split("/").findLast((part) => part !== "") ?? "";
  try {
    return decodeURIComponent(last) || "ratings.csv";
  } catch {
    return last;
  }
}

/**
 * Asks once for what is at an address.
 * @param {string} address that the visitor has consented to
 * @param {(progress: Progress) => void} told
 * @param {AbortSignal} signal stops it
 * @returns {Promise<File>}
 */
export async function fetchFile(address, told, signal) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "";
  // Without an origin of its own it sees nothing of the page, whatever it loads.
  frame.setAttribute("sandbox", "allow-scripts");
  frame.referrerPolicy = "no-referrer";
  const stop = new AbortController();
  const end = AbortSignal.any([signal, stop.signal]);
  try {
    /** @type {ArrayBuffer} */
    const bytes = await new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel();
      const late = setTimeout(() => reject(new Refusal(() => words.sources.noFrame)), PATIENCE_MILLISECONDS);
      const isReady = (/** @type {MessageEvent} */ { source, data }) => {
        if (source !== frame.contentWindow || data !== "ready") return;
        clearTimeout(late);
        // A document in a sandbox has no origin that could be named.
        frame.contentWindow?.postMessage({ address, most: MOST_BYTES }, "*", [port2]);
      };
      addEventListener("message", isReady, { signal: end });
      end.addEventListener("abort", () => {
        clearTimeout(late);
        reject(signal.reason);
      });
      port1.onmessage = (/** @type {MessageEvent<Told>} */ { data }) => {
        if (data.bytes) resolve(data.bytes);
        else if (data.failed !== undefined) reject(refusal(address, data.failed, data.about ?? ""));
        else told(/** @type {Progress} */ (data));
      };
      frame.src = new URL("./fetch.html", import.meta.url).href;
      document.body.append(frame);
    });
    return new File([bytes], fileNameOf(address));
  } finally {
    stop.abort();
    frame.remove(); // and with it a request that is under way
  }
}

/** @param {string} address @param {string} why @param {string} about */
function refusal(address, why, about) {
  const { host } = new URL(address);
  const name = fileNameOf(address);
  if (why === "status") return new Refusal(() => words.sources.answered(name, host, about));
  if (why === "large") return new Refusal(() => words.sources.tooLarge(name));
  if (why === "elsewhere") return new Refusal(() => words.sources.leadsElsewhere(name, host));
  return new Refusal(() => words.sources.notAllowed(name, host));
}
