// The button in the head that has the page speak its other language; it is named in that one.

import { byId } from "./dom.js";
import { words } from "./words/words.js";

/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpLanguage(store, actions) {
  const button = byId("language", HTMLButtonElement);
  button.addEventListener("click", () => void actions.setLanguage(words.common.other.language));
  store.subscribe(["language"], () => {
    const { other, languageTitle } = words.common;
    button.lang = other.language;
    button.textContent = other.name;
    button.title = languageTitle;
  });
}
