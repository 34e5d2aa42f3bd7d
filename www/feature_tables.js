// The tables that describe the people and the items of a domain: what they hold, and how to open or remove them.

import { el } from "./dom.js";
import { words } from "./words/words.js";
import { rejectList } from "./reject_list.js";

/** @import { DomainState, FeatureReport, Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */

/**
 * @param {Slot} slot
 * @param {DomainState} domain
 * @param {Actions} actions
 */
export function featureTables(slot, domain, actions) {
  /** @type {["users" | "items", FeatureReport | null][]} */
  const tables = [
    ["users", domain.user_features],
    ["items", domain.item_features],
  ];
  return el(
    "section",
    { className: "features" },
    el("h3", { textContent: words.data.whatElse }),
    el("p", {
      className: "small muted",
      textContent: words.data.whatElseText,
    }),
    ...tables.map(([kind, state]) => {
      const file = el("input", {
        id: `feature-${kind}-${slot}`,
        type: "file",
        className: "visually-hidden",
        "aria-label": state ? words.data.replaceTable[kind] : words.data.openTable[kind],
      });
      file.addEventListener("change", () => {
        if (file.files?.[0]) void actions.data.openFile(slot, kind, file.files[0]);
      });
      const remove = el("button", {
        type: "button",
        className: "quiet",
        textContent: words.data.remove,
        "aria-label": words.data.removeTable[kind],
        hidden: state === null,
        id: `feature-remove-${kind}-${slot}`,
      });
      remove.addEventListener("click", () => void actions.data.remove(slot, kind));
      return el(
        "div",
        { className: "feature" },
        el("span", { textContent: words.data.about[kind] }),
        el("span", { className: "small muted", textContent: state ? featureText(state) : words.data.none }),
        el(
          "label",
          { className: "button quiet" },
          file,
          el("span", { textContent: state ? words.data.replace : words.data.openATable }),
        ),
        remove,
        state && state.rejected_rows > 0 ? rejectList(`rejects-${kind}`, state.rejected_rows, state.rejects) : null,
      );
    }),
  );
}

/** @param {FeatureReport} state */
function featureText({ file, rows, matched, titles, fields }) {
  const named = fields.map(({ name, kind }) => `${name} (${words.data.kinds[kind]})`).join(", ");
  return words.data.table(file, rows, matched, titles, named);
}
