// A link may name files of other sites. Whose they are and where they lie is said, and nothing is asked for before the visitor
// wants it.

import { el } from "../dom.js";
import { megabytes } from "../format.js";
import { words } from "../words/words.js";
import { fileNameOf } from "./fetching.js";

/** @import { Actions } from "../actions.js" */
/** @import { State, Store } from "../store.js" */

/**
 * @param {HTMLElement} over what lies over the page
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpRemote(over, store, actions) {
  const text = el("p", { id: "remote-text" });
  const yes = el("button", { id: "remote-load", type: "button" });
  const no = el("button", { id: "remote-leave", type: "button" });
  const row = el("div", { id: "remote", className: "told", role: "region", hidden: true }, text, yes, no);
  over.prepend(row);
  yes.addEventListener("click", () => {
    // The button goes; what stops it is what comes next.
    if (document.activeElement === yes) no.focus();
    void actions.loadRemote();
  });
  no.addEventListener("click", () => {
    const hadFocus = document.activeElement === no;
    actions.leaveRemote();
    if (hadFocus) document.getElementById("data-title")?.closest("section")?.querySelector("button")?.focus();
  });
  store.subscribe(["remote", "language", "capabilities"], ({ remote, capabilities }) => {
    const { sources } = words;
    row.hidden = remote === null || !capabilities;
    if (!remote) return;
    row.setAttribute("aria-label", sources.ofLink);
    const { progress } = remote;
    text.setAttribute("aria-live", progress ? "off" : "polite");
    yes.hidden = progress !== null;
    yes.textContent = sources.loadThem(remote.files.length);
    no.textContent = progress ? sources.stopLoading : sources.leaveThem;
    const said = progress ? doing(progress) : question(remote);
    if (text.textContent !== said) text.textContent = said;
    text.title = remote.files.map(({ address }) => address).join("\n");
  });
}

/** @param {NonNullable<State["remote"]>} remote */
function question({ files }) {
  const all = files.map(({ slot, address }) => words.sources.fileOf(fileNameOf(address), new URL(address).host, slot.toUpperCase()));
  return words.sources.askToLoad(all);
}

/** @param {NonNullable<NonNullable<State["remote"]>["progress"]>} progress */
function doing({ address, received, total }) {
  const done = total ? words.sources.ofBytes(megabytes(received), megabytes(total)) : megabytes(received);
  return words.sources.loading(fileNameOf(address), new URL(address).host, done);
}
