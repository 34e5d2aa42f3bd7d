// What to know of the files that were read: one line each, the costliest first, with buttons that do something about it.

import { domainIn } from "./domains.js";
import { el, mark } from "./dom.js";
import { capital } from "./format.js";
import { english, spoken } from "./said.js";
import { words } from "./words/words.js";

/** @import { DataCure, DataState, DataWarning, DataWarningCode, Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */

/** @typedef {"rejects" | "columns"} Part of the dialog that a button leads to */

/** What is looked at where nothing can be done by reading otherwise. @type {Partial<Record<DataWarningCode, [Part, "seeRows" | "seeColumns" | "seeReading" | "seeIds"]>>} */
const PARTS = {
  "rows-left-out": ["rejects", "seeRows"],
  "one-value": ["columns", "seeColumns"],
  columns: ["columns", "seeColumns"],
  shape: ["columns", "seeReading"],
  preamble: ["columns", "seeReading"],
  "row-numbers": ["columns", "seeColumns"],
  repeats: ["columns", "seeColumns"],
  encoding: ["columns", "seeReading"],
  "rounded-ids": ["columns", "seeIds"],
  "shared-id": ["columns", "seeIds"],
  "ids-differ": ["columns", "seeIds"],
};

/**
 * @param {DataWarning[]} warnings
 * @param {DataState} data
 * @param {boolean} busy
 * @param {Actions} actions
 * @param {((slot: Slot, part: Part) => void) | null} look shows a part of a file's details; null where they are shown
 * @returns {HTMLLIElement[]}
 */
export function warningItems(warnings, data, busy, actions, look) {
  return warnings.map((warning, n) => {
    const { slots, code, text, cures } = warning;
    const slot = slots.length === 1 ? slots[0] : null;
    const buttons = cures.map((cure, place) => {
      const button = el("button", { type: "button", className: "small", lang: "en", textContent: cure.label });
      button.id = `cure-${look ? "panel" : "dialog"}-${n}-${place}`;
      button.disabled = busy || isWaiting(cure, data);
      button.addEventListener("click", () => void actions.data.cure(cure));
      return button;
    });
    const part = look && slot && cures.length === 0 ? PARTS[code] : undefined;
    if (look && slot && part) {
      const button = el("button", { type: "button", className: "small", textContent: words.data[part[1]] });
      button.id = `look-${n}`;
      button.addEventListener("click", () => look(slot, part[0]));
      buttons.push(button);
    }
    const name = slot && look ? `${domainIn(data, slot)?.name ?? ""}: ` : "";
    return el(
      "li",
      { "data-code": code },
      el("p", { className: "small" }, slot && look ? mark(slot) : null, ...spoken(`${name}${english(name ? text : capital(text))}`)),
      buttons.length > 0 ? el("p", { className: "cures" }, ...buttons) : null,
    );
  });
}

/**
 * Whether a file of the change is to be replaced by one that could not be read yet: that one would be read instead.
 * @param {DataCure} cure
 * @param {DataState} data
 */
const isWaiting = ({ changes }, { unread }) => changes.some(({ slot }) => unread?.slot === slot);
