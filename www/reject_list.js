// Rows of a file that were not read, with line and reason, to look at and to save.

import { el } from "./dom.js";
import { words } from "./words/words.js";

/** @import { Reject } from "./border.d.ts" */

const MOST_REJECTS = 200;

/**
 * @param {string} id
 * @param {number} total
 * @param {Reject[]} rejects the first of them
 * @param {(() => void) | null} [save] saves all of them
 */
export function rejectList(id, total, rejects, save = null) {
  const shown = rejects.slice(0, MOST_REJECTS);
  return el(
    "details",
    { id },
    el("summary", { textContent: words.data.wereNotRead(total) }),
    el(
      "p",
      { className: "small muted cures" },
      total > shown.length ? words.data.firstShown(shown.length) : null,
      save ? saveButton(id, save) : null,
    ),
    el(
      "div",
      { className: "scroll", tabIndex: 0, role: "region", "aria-label": words.data.rowsNotRead },
      el(
        "table",
        { className: "preview", "aria-label": words.data.rowsNotRead },
        el(
          "thead",
          {},
          el("tr", {}, ...[words.data.line, words.data.why, words.data.text].map((textContent) => el("th", { scope: "col", textContent }))),
        ),
        el(
          "tbody",
          {},
          ...shown.map(({ line, reason, text }) =>
            el(
              "tr",
              {},
              el("td", { className: "number", textContent: String(line) }),
              el("td", { lang: "en", textContent: reason }),
              el("td", { className: "muted", textContent: text }),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {string} id
 * @param {() => void} save
 */
function saveButton(id, save) {
  const button = el("button", { id: `save-${id}`, type: "button", className: "small", textContent: words.data.saveAll });
  button.addEventListener("click", save);
  return button;
}
