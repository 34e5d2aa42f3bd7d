// Sentences that are said in another language than the core's. What the core says in English is marked within them, so that it
// is shown as English and a screen reader speaks it right.

import { language } from "./language.js";
import { el } from "./dom.js";
import { textOf } from "./format.js";

/** @import { Saying } from "./words/words.js" */

/** Marks that are not seen: Unicode's isolates. */
const [OPEN, CLOSE] = ["\u2068", "\u2069"];

/** An English text as a part of a sentence. @param {string} text */
export const english = (text) => (language === "en" ? text : `${OPEN}${text}${CLOSE}`);

/** An error of the page that says itself in the language that is spoken. */
export class Refusal extends Error {
  /** @param {Saying} say */
  constructor(say) {
    super(say());
    this.say = say;
  }
}

/** What an error says: in the page's words where it is one of the page, else in the core's or the browser's. @param {unknown} error @returns {Saying} */
export const sayingOf = (error) => (error instanceof Refusal ? error.say : () => english(textOf(error)));

/** A sentence as nodes, its English parts as such. @param {string} sentence @returns {(Node | string)[]} */
export function spoken(sentence) {
  return sentence.split(OPEN).flatMap((piece, n) => {
    if (n === 0) return piece === "" ? [] : [piece];
    const [inner, after = ""] = piece.split(CLOSE);
    return [el("span", { lang: "en", textContent: inner }), ...(after === "" ? [] : [after])];
  });
}

/** Writes a sentence into an element, unless it is there already. @param {Element} element @param {string} sentence */
export function say(element, sentence) {
  if (element.textContent === plain(sentence) && element.childElementCount === 0 && !sentence.includes(OPEN)) return;
  element.replaceChildren(...spoken(sentence));
}

/** A sentence without marks, where there is no place for elements. @param {string} sentence */
export const plain = (sentence) => sentence.replaceAll(OPEN, "").replaceAll(CLOSE, "");
