// The name at the head of a domain's place: a button that becomes a field. Enter takes what is written there, Escape leaves the
// old name; a name that is refused stays in the field with the reason below.

import { domainIn } from "./domains.js";
import { el } from "./dom.js";
import { words } from "./words/words.js";

/** @import { Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/** Where the reason of a refusal is said. */
const MESSAGE = "data-message";

/**
 * Puts a domain's name into the place for it, or what the place is called while it is empty.
 * @param {HTMLElement} place
 * @param {Slot} slot
 * @param {Store} store
 * @param {Actions} actions
 * @returns {(text: string) => void} shows a name
 */
export function domainName(place, slot, store, actions) {
  // The place is named after it, also while it is written anew.
  const text = el("span", { className: "cut", id: `called-${slot}` });
  const button = el("button", { id: `rename-${slot}`, type: "button", className: "rename" });
  const field = el("input", { id: `new-name-${slot}`, type: "text", className: "new-name", maxLength: 60, autocomplete: "off", spellcheck: false });
  let shown = "";
  let isTaking = false;
  /** A field that goes loses the focus, which is no wish to take what is in it. */
  let isClosing = false;
  const isOpen = () => field.isConnected;
  const called = () => domainIn(store.state.data, slot)?.name ?? null;

  const draw = () => {
    const name = called();
    text.textContent = shown;
    text.hidden = isOpen();
    button.title = words.sources.renameTitle;
    button.setAttribute("aria-label", words.sources.rename(shown));
    field.setAttribute("aria-label", words.sources.nameOf(shown));
    if (name !== null && isOpen()) return;
    text.hidden = false;
    // What is there already is not touched, so that it does not lose the focus.
    if (name !== null && text.parentElement !== button) button.append(text);
    const wanted = name === null ? text : button;
    if (place.firstChild !== wanted || place.childNodes.length > 1) place.replaceChildren(wanted);
  };
  const open = () => {
    const name = called();
    if (name === null) return;
    field.value = name;
    text.hidden = true;
    place.replaceChildren(field, text);
    field.focus();
    field.select();
  };
  /** @param {boolean} hadFocus whether whoever works with keys goes on from the name */
  const close = (hadFocus) => {
    mark(false);
    isClosing = true;
    field.remove();
    isClosing = false;
    draw();
    if (hadFocus) button.focus();
  };
  /** @param {boolean} isRefused */
  const mark = (isRefused) => {
    if (!isRefused) actions.data.closeDataError(slot);
    field.setAttribute("aria-invalid", String(isRefused));
    if (isRefused) field.setAttribute("aria-describedby", MESSAGE);
    else field.removeAttribute("aria-describedby");
  };
  const take = async () => {
    if (isTaking) return;
    isTaking = true;
    const hadFocus = document.activeElement === field;
    const isTaken = await actions.data.rename(slot, field.value);
    isTaking = false;
    if (!isOpen()) return;
    if (isTaken) return close(hadFocus);
    mark(true);
    // Whoever has gone on to something else is not held up by a name.
    if (document.activeElement !== field) {
      field.remove();
      draw();
    }
  };

  button.addEventListener("click", open);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") void take();
    else if (event.key === "Escape") close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("input", () => field.getAttribute("aria-invalid") === "true" && mark(false));
  field.addEventListener("blur", () => !isClosing && isOpen() && void take());
  store.subscribe(["language"], draw);
  return (name) => {
    shown = name;
    draw();
  };
}
