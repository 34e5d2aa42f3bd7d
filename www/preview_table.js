// The first rows of a rating file under the roles of their columns, which can be changed.

import { choice, el } from "./dom.js";
import { words } from "./words/words.js";

/** @import { Preview, ReadOptions, Roles } from "./border.d.ts" */

/** @returns {[keyof Roles | "ignore", string][]} */
const rolesOf = ({ user, item, rating, time, ignore } = words.data.roles) => [
  ["user", user],
  ["item", item],
  ["rating", rating],
  ["time", time],
  ["ignore", ignore],
];

/**
 * @param {Preview} preview
 * @param {ReadOptions} options what stays as it is when a role is changed
 * @param {(options: ReadOptions) => void} read
 */
export function previewTable(preview, options, read) {
  const { roles, columns, rows } = preview;
  const names = /** @type {(keyof Roles)[]} */ (["user", "item", "rating", "time"]);
  /** @param {number} column */
  const roleOf = (column) => names.find((role) => roles[role] === column) ?? "ignore";
  const selects = columns.map((name, column) => {
    const list = choice(rolesOf(), roleOf(column), { id: `role-${column}`, "aria-label": words.data.holds(name) });
    list.addEventListener("change", () => {
      const wanted = /** @type {keyof Roles | "ignore"} */ (list.value);
      read({ ...options, roles: withRole(roles, column, wanted, roleOf(column)) });
    });
    return el("th", { scope: "col" }, list);
  });
  return el(
    "div",
    { id: "preview", className: "scroll", tabIndex: 0, role: "region", "aria-label": words.data.firstRows },
    el(
      "table",
      { className: "preview", "aria-label": words.data.firstRows },
      el(
        "thead",
        {},
        el("tr", {}, ...selects),
        el("tr", {}, ...columns.map((name) => el("th", { scope: "col", className: "muted", textContent: name }))),
      ),
      el(
        "tbody",
        {},
        ...rows.map((row) =>
          el(
            "tr",
            {},
            ...columns.map((_, column) =>
              el("td", { className: roleOf(column) === "ignore" ? "muted" : "", textContent: row[column] ?? "" }),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * Gives a column a role; whichever column had it gets the role that this one had, so that two clicks are never
 * needed to swap people and items.
 * @param {Roles} roles
 * @param {number} column
 * @param {keyof Roles | "ignore"} wanted
 * @param {keyof Roles | "ignore"} before
 * @returns {Roles}
 */
function withRole(roles, column, wanted, before) {
  const next = { ...roles };
  if (wanted === "ignore") {
    if (before === "time") next.time = null;
    return next; // people, items and ratings there must be
  }
  const displaced = next[wanted];
  next[wanted] = column;
  if (before === "time") next.time = displaced;
  else if (before !== "ignore" && displaced !== null) next[before] = displaced;
  else if (before !== "ignore") return roles;
  return next;
}
