// The page's words in the language that it speaks. `words` is another object after a change, so that whoever draws reads it
// when drawing. German has the shape of English, which the type checker sees to, and is loaded when it is asked for.

import { setLanguage } from "../language.js";
import { en } from "./en.js";

/** @import { Language } from "../language.js" */

/** @typedef {typeof en} Words */
/** @typedef {() => string} Saying a text in whatever language is spoken when it is read */

/** @type {Words} */
export let words = en;
/** Counts wishes for a language; the last counts. */
let wishes = 0;

/**
 * Has the page speak a language from now on; what is drawn already is drawn anew by whoever drew it.
 * @param {Language} language
 * @returns {Promise<boolean>} false where another was wished for meanwhile
 */
export async function speak(language) {
  const wish = ++wishes;
  const next = language === "de" ? (await import("./de.js")).de : en;
  if (wish !== wishes) return false;
  words = next;
  setLanguage(language);
  return true;
}
