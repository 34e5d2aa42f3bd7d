// How a rating file was read: what was understood, what to know of it, its first rows with the roles of the columns, the
// rows that could not be read, and the tables of features. Every guess can be changed; the file is then read again. A file
// that could not be read at all has its error and its first rows here, until it can be.

import { domainIn } from "./domains.js";
import { byId, closeButton, el } from "./dom.js";
import { featureTables } from "./feature_tables.js";
import { percent } from "./format.js";
import { previewTable } from "./preview_table.js";
import { readingForm } from "./reading_form.js";
import { rejectList } from "./reject_list.js";
import { splitForm } from "./split_form.js";
import { warningItems } from "./warnings_list.js";
import { words } from "./words/words.js";
import { english, spoken } from "./said.js";

/** @import { DataState, DomainState, ReadOptions, Slot, Unread } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */
/** @import { Saying } from "./words/words.js" */
/** @import { Part } from "./warnings_list.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 * @returns {(slot: Slot, file: "loaded" | "unread", part?: Part) => void} opens the dialog
 */
export function setUpDataDialog(store, actions) {
  const dialog = byId("data-dialog", HTMLDialogElement);
  /** @type {Slot} */
  let slot = "a";
  /** The name of the file that could not be read, while the dialog is about that. @type {string | null} */
  let correcting = null;
  const close = () => dialog.close();
  const draw = (/** @type {State} */ { data, data_error, busy }) => {
    if (!dialog.open) return;
    const domain = domainIn(data, slot);
    const unread = data?.unread?.slot === slot ? data.unread : null;
    if (correcting !== null && !unread) {
      // It can be read now, or it is gone, and then the file beside it is not what the visitor was at.
      if (domain?.preview?.file !== correcting) return close();
      correcting = null;
    }
    const focused = dialog.contains(document.activeElement) ? document.activeElement?.id : "";
    const opened = [...dialog.querySelectorAll("details[open]")].map((each) => each.id);
    const error = data_error?.slot === slot ? data_error.text() : "";
    if (correcting !== null && unread) dialog.replaceChildren(...unreadContents(unread, data, error, busy, actions, close));
    else if (data && domain) dialog.replaceChildren(...contents(slot, domain, data, error, busy, actions, close));
    else return close();
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    if (focused) (document.getElementById(focused) ?? document.getElementById("data-close"))?.focus();
  };
  store.subscribe(["data", "data_error", "busy", "language"], draw);
  // The button that opened the dialog may be gone by now.
  dialog.addEventListener("close", () => {
    const { activeElement } = document;
    const lost = activeElement === document.body || dialog.contains(activeElement);
    if (lost) document.getElementById(`details-${slot}`)?.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return (wanted, file, part) => {
    const { data } = store.state;
    slot = wanted;
    correcting = file === "unread" ? (data?.unread?.preview.file ?? null) : null;
    dialog.showModal();
    draw(store.state);
    if (part === "rejects") document.getElementById("rejects")?.setAttribute("open", "");
    if (part) document.getElementById(part === "rejects" ? "rejects" : "preview")?.scrollIntoView({ block: "start" });
  };
}

/**
 * @param {Slot} slot
 * @param {DomainState} domain
 * @param {DataState} data
 * @param {string} error
 * @param {Saying | null} busy
 * @param {Actions} actions
 * @param {() => void} close
 */
function contents(slot, domain, data, error, busy, actions, close) {
  // Another way of reading would be tried on the file that is to replace this one.
  const waiting = data.unread?.slot === slot ? data.unread.preview.file : null;
  const preview = waiting === null ? domain.preview : null;
  // Of row numbers the summary tells.
  const warnings = data.warnings.filter(({ slots, code }) => slots.length === 1 && slots[0] === slot && code !== "row-numbers");
  const origin = data.generated ? words.data.generated : (domain.preview?.file ?? "");
  /** @param {ReadOptions} options */
  const read = (options) => void actions.data.reread(slot, options);
  return [
    head(domain.name, origin, close),
    el("p", {
      className: error ? "error" : "muted",
      role: "status",
    }, ...spoken(error || (busy ? `${busy()} …` : summary(domain)))),
    data.generated ? sampleNote() : null,
    waiting === null ? null : el("p", { textContent: words.data.waiting(waiting) }),
    warnings.length > 0 && waiting === null
      ? el("ul", { className: "warnings" }, ...warningItems(warnings, data, busy !== null, actions, null))
      : null,
    preview ? readingForm(preview, domain.options, read) : null,
    preview && !data.generated ? splitForm(slot, preview, domain.options, data, read, actions) : null,
    preview ? previewTable(preview, domain.options, read) : null,
    domain.rejected_rows > 0
      ? rejectList("rejects", domain.rejected_rows, domain.rejects, () => void actions.data.saveRejects(slot))
      : null,
    featureTables(slot, domain, actions),
  ].filter((part) => part !== null);
}

/**
 * Of a file that could not be read: why, and all that can be said of it.
 * @param {Unread} unread
 * @param {DataState | null} data
 * @param {string} error
 * @param {Saying | null} busy
 * @param {Actions} actions
 * @param {() => void} close
 */
function unreadContents(unread, data, error, busy, actions, close) {
  const { slot, preview, options, error: reason } = unread;
  /** @param {ReadOptions} options */
  const read = (options) => void actions.data.reread(slot, options);
  // Where all of the guesses are right, there is nothing to change.
  const asShown = el("button", { id: "read-as-shown", type: "button", textContent: words.data.readAsShown });
  const { delimiter, header, roles } = preview;
  asShown.addEventListener("click", () => read({ ...options, delimiter, header, roles }));
  return [
    head(preview.file, words.data.notReadYet, close),
    el("p", {
      className: busy ? "muted" : "error",
      role: "status",
    }, ...spoken(busy ? `${busy()} …` : error || english(reason))),
    el("p", {
      className: "small muted hint",
      textContent: words.data.howToCorrect,
    }),
    preview.choices.length > 0 ? el("p", { className: "cures" }, ...choiceButtons(unread, actions, "dialog")) : null,
    readingForm(preview, options, read),
    data ? splitForm(slot, preview, options, data, read, actions) : null,
    previewTable(preview, options, read),
    asShown,
  ].filter((part) => part !== null);
}

/**
 * What the columns of a file that could not be read could be, a button each.
 * @param {Unread} unread
 * @param {Actions} actions
 * @param {string} where the buttons stand, for their ids
 */
export function choiceButtons({ slot, preview, options }, actions, where) {
  return preview.choices.map((choice, n) => {
    const button = el("button", { id: `choice-${where}-${n}`, type: "button", className: "small", lang: "en", textContent: choice.label });
    button.addEventListener("click", () => void actions.data.reread(slot, { ...options, ...choice.options }));
    return button;
  });
}

/**
 * @param {string} title
 * @param {string} note
 * @param {() => void} close
 */
function head(title, note, close) {
  const done = closeButton("data-close", close);
  return el(
    "header",
    {},
    el("h2", { id: "data-dialog-title", className: "cut", title, textContent: title }),
    el("p", { className: "muted", textContent: note }),
    done,
  );
}

/** @param {DomainState} domain */
function summary({ understood, density, duplicates }) {
  const parts = [english(understood), words.data.tableIsEmpty(percent(1 - density))];
  if (duplicates > 0) parts.push(words.data.occurredMore(duplicates));
  return `${parts.join("; ")}.`;
}

const sampleNote = () =>
  el("p", {
    textContent: words.data.sampleNote,
  });
