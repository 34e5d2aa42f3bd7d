// Files that the visitor takes away.

/** @import { SavedFile } from "./border.d.ts" */

/**
 * Hands a text or bytes over as a file.
 * @param {SavedFile} file
 */
export function save({ name, mime, text, bytes }) {
  const parts = bytes ? [new Uint8Array(bytes)] : [text ?? ""];
  saveBlob(name, new Blob(parts, { type: mime }));
}

/**
 * @param {string} name
 * @param {Blob} blob
 */
export function saveBlob(name, blob) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
