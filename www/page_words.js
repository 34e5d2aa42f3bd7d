// Puts the words of the language that is spoken where index.html has those of English.

import { words } from "./words/words.js";

/** @import { InPage } from "./words/en/page.js" */

/** Writes all texts of the document that no block draws. */
export function writePage() {
  for (const [key, texts] of Object.entries(words.page)) {
    const element = document.querySelector(`[data-words="${key}"]`);
    if (element instanceof HTMLElement) write(element, texts);
  }
}

/** @param {HTMLElement} element @param {InPage} texts */
function write(element, { text = [], title, label }) {
  const places = textsOf(element);
  for (const [n, piece] of [text].flat().entries()) {
    const place = places[n];
    // The blanks around it part it from what stands beside it.
    if (place) place.data = place.data.replace(/^(\s*)[^]*?(\s*)$/, (_, before, after) => `${before}${piece}${after}`);
  }
  if (title !== undefined) element.title = title;
  if (label !== undefined) element.setAttribute("aria-label", label);
}

/** The texts that an element has beside its other elements. @param {Element} element */
const textsOf = (element) =>
  [...element.childNodes].filter((node) => node instanceof Text).filter(({ data }) => data.trim() !== "");
