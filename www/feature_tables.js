// The tables that describe the people and the items of a domain: what they hold, and how to open or remove them.

import { el } from "./dom.js";
import { count, counted } from "./format.js";
import { rejectList } from "./reject_list.js";

/** @import { DomainState, FeatureReport, Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */

/**
 * @param {Slot} slot
 * @param {DomainState} domain
 * @param {Actions} actions
 */
export function featureTables(slot, domain, actions) {
  /** @type {["users" | "items", string, FeatureReport | null][]} */
  const tables = [
    ["users", "About people", domain.user_features],
    ["items", "About items", domain.item_features],
  ];
  return el(
    "section",
    { className: "features" },
    el("h3", { textContent: "What else is known" }),
    el("p", {
      className: "small muted",
      textContent:
        "Optional: a table with one line a person or item, the id first. Titles are shown, other columns help the model.",
    }),
    ...tables.map(([kind, title, state]) => {
      const file = el("input", {
        id: `feature-${kind}-${slot}`,
        type: "file",
        className: "visually-hidden",
        "aria-label": `${state ? "Replace the" : "Open a"} table ${title.toLowerCase()}`,
      });
      file.addEventListener("change", () => {
        if (file.files?.[0]) void actions.openFile(slot, kind, file.files[0]);
      });
      const remove = el("button", {
        type: "button",
        className: "quiet",
        textContent: "Remove",
        "aria-label": `Remove the table ${title.toLowerCase()}`,
        hidden: state === null,
        id: `feature-remove-${kind}-${slot}`,
      });
      remove.addEventListener("click", () => void actions.remove(slot, kind));
      return el(
        "div",
        { className: "feature" },
        el("span", { textContent: title }),
        el("span", { className: "small muted", textContent: state ? featureText(state) : "none" }),
        el(
          "label",
          { className: "button quiet" },
          file,
          el("span", { textContent: state ? "Replace" : "Open a table" }),
        ),
        remove,
        state && state.rejected_rows > 0 ? rejectList(`rejects-${kind}`, state.rejected_rows, state.rejects) : null,
      );
    }),
  );
}

/** @param {FeatureReport} state */
function featureText({ file, rows, matched, titles, fields }) {
  const named = fields.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  return `${file}: ${counted(rows, "row", "rows")}, ${count(matched)} matched${titles ? `, titles from ${titles}` : ""}${named ? `; ${named}` : ""}`;
}
