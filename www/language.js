// Which language the page speaks: the one that the address names, else the one that the visitor chose before, else the first of
// the browser's own that the page knows.

/** @typedef {(typeof LANGUAGES)[number]} Language */

export const LANGUAGES = /** @type {const} */ (["en", "de"]);
const KEY = "dual-metric-language";
/** What a link calls it. */
export const LANGUAGE_KEY = "lang";

/** The one that is spoken now. @type {Language} */
export let language = "en";

/** @param {string | null | undefined} name @returns {Language | null} */
export const languageCalled = (name) => LANGUAGES.find((each) => each === name) ?? null;

/** The first of the browser's languages that the page knows. @returns {Language} */
export const ownLanguage = () =>
  navigator.languages.map((tag) => languageCalled(tag.slice(0, 2).toLowerCase())).find((each) => each !== null) ?? "en";

/** The one that a link asks for. @param {string} hash */
export const languageOf = (hash) => languageCalled(new URLSearchParams(hash.replace(/^#/, "")).get(LANGUAGE_KEY));

/** @returns {Language | null} */
function kept() {
  try {
    return languageCalled(localStorage.getItem(KEY));
  } catch {
    return null; // storage is forbidden: the browser's own holds
  }
}

/** The one to begin with. @returns {Language} */
export const firstLanguage = () => languageOf(location.hash) ?? kept() ?? ownLanguage();

/** @param {Language} next */
export function setLanguage(next) {
  language = next;
  document.documentElement.lang = next;
}

/** Remembers what the visitor has chosen. @param {Language} chosen */
export function keepLanguage(chosen) {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // storage is forbidden: the choice lasts as long as the page
  }
}
