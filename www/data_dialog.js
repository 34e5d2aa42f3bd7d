// How a rating file was read: its first rows with the roles of the columns, the rows that could not be read, and
// the tables of features. Every guess can be changed; the file is then read again.

import { byId, choice, el, icon, labelled } from "./dom.js";
import { count, counted, percent } from "./format.js";

/** @import { DataState, Delimiter, DomainState, FeatureState, Preview, ReadOptions, Reject, Roles, Slot } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */

/** @type {[Delimiter, string][]} */
const DELIMITERS = [
  ["comma", "Comma ,"],
  ["tab", "Tab"],
  ["semicolon", "Semicolon ;"],
  ["double-colon", "Double colon ::"],
  ["pipe", "Bar |"],
  ["space", "Space"],
];
/** @type {[keyof Roles | "ignore", string][]} */
const ROLES = [
  ["user", "Person"],
  ["item", "Item"],
  ["rating", "Rating"],
  ["time", "Time"],
  ["ignore", "Ignore"],
];
const MOST_REJECTS = 200;

/**
 * @param {Store} store
 * @param {Actions} actions
 * @returns {(slot: Slot) => void} opens the dialog
 */
export function setUpDataDialog(store, actions) {
  const dialog = byId("data-dialog", HTMLDialogElement);
  /** @type {Slot} */
  let slot = "a";
  const draw = (/** @type {State} */ { data, data_error, busy }) => {
    if (!dialog.open) return;
    const domain = data?.[slot];
    if (!domain) return dialog.close();
    const focused = document.activeElement?.id;
    const opened = [...dialog.querySelectorAll("details[open]")].map((each) => each.id);
    const error = data_error?.slot === slot ? data_error.text : "";
    dialog.replaceChildren(...contents(slot, domain, data, error, busy, actions, () => dialog.close()));
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus();
  };
  store.subscribe(["data", "data_error", "busy"], draw);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return (wanted) => {
    slot = wanted;
    dialog.showModal();
    draw(store.state);
  };
}

/**
 * @param {Slot} slot
 * @param {DomainState} domain
 * @param {DataState} data
 * @param {string} error
 * @param {string | null} busy
 * @param {Actions} actions
 * @param {() => void} close
 */
function contents(slot, domain, data, error, busy, actions, close) {
  const done = el(
    "button",
    { type: "button", className: "icon quiet", "aria-label": "Close", id: "data-close" },
    icon("M4 4l8 8M12 4l-8 8"),
  );
  done.addEventListener("click", close);
  const { preview } = domain;
  return [
    el(
      "header",
      {},
      el("h2", { id: "data-dialog-title", textContent: domain.name }),
      el("p", { className: "muted", textContent: data.generated ? "generated sample data" : (preview?.file ?? "") }),
      done,
    ),
    el("p", {
      className: error ? "error" : "muted",
      role: "status",
      textContent: error || (busy ? `${busy} …` : summary(domain)),
    }),
    data.generated ? sampleNote() : null,
    preview ? readingForm(slot, preview, actions) : null,
    preview ? previewTable(slot, preview, actions) : null,
    domain.rejected_rows > 0 ? rejectList("rejects", domain.rejected_rows, domain.rejects) : null,
    features(slot, domain, actions),
  ].filter((part) => part !== null);
}

/** @param {DomainState} domain */
function summary({ users, items, ratings, density, duplicates }) {
  const parts = [
    `${count(ratings)} ratings by ${counted(users, "person", "people")} of ${counted(items, "item", "items")}`,
  ];
  parts.push(`${percent(1 - density)} of the table is empty`);
  if (duplicates > 0) parts.push(`${counted(duplicates, "pair", "pairs")} occurred more than once; the last was kept`);
  return `${parts.join("; ")}.`;
}

const sampleNote = () =>
  el("p", {
    textContent:
      "These people and items were made up by a generator with tastes that it knows, so that the page can say how much of what there is to find was found. Open your own files to replace them.",
  });

/** @param {Preview} preview @returns {ReadOptions} */
const asRead = ({ delimiter, header, roles, scale }) => ({ delimiter, header, roles, scale });

/**
 * @param {Slot} slot
 * @param {Preview} preview
 * @param {Actions} actions
 */
function readingForm(slot, preview, actions) {
  const delimiter = choice(DELIMITERS, preview.delimiter, { id: "read-delimiter" });
  // Another delimiter makes other columns, so that their roles must be recognised anew.
  delimiter.addEventListener(
    "change",
    () =>
      void actions.reread(slot, {
        delimiter: /** @type {Delimiter} */ (delimiter.value),
        header: null,
        roles: null,
        scale: preview.scale,
      }),
  );
  const header = el("input", { id: "read-header", type: "checkbox", checked: preview.header });
  header.addEventListener("change", () => void actions.reread(slot, { ...asRead(preview), header: header.checked }));
  const lo = el("input", { id: "read-lo", type: "number", step: "any", value: String(preview.scale.lo) });
  const hi = el("input", { id: "read-hi", type: "number", step: "any", value: String(preview.scale.hi) });
  for (const bound of [lo, hi]) {
    bound.addEventListener("change", () => {
      const scale = { lo: Number(lo.value), hi: Number(hi.value) };
      if (scale.lo < scale.hi) void actions.reread(slot, { ...asRead(preview), scale });
    });
  }
  const again = el("button", { id: "read-again", type: "button", className: "quiet", textContent: "Recognise anew" });
  again.addEventListener("click", () => void actions.reread(slot, {}));
  return el(
    "div",
    { className: "fields" },
    labelled("Columns are parted by", delimiter),
    labelled("Lowest rating", lo),
    labelled("Highest rating", hi),
    labelled("First line names the columns", header),
    again,
  );
}

/**
 * @param {Slot} slot
 * @param {Preview} preview
 * @param {Actions} actions
 */
function previewTable(slot, preview, actions) {
  const { roles, columns, rows } = preview;
  const names = /** @type {(keyof Roles)[]} */ (["user", "item", "rating", "time"]);
  /** @param {number} column */
  const roleOf = (column) => names.find((role) => roles[role] === column) ?? "ignore";
  const selects = columns.map((name, column) => {
    const list = choice(ROLES, roleOf(column), { id: `role-${column}`, "aria-label": `What ${name} holds` });
    list.addEventListener("change", () => {
      const wanted = /** @type {keyof Roles | "ignore"} */ (list.value);
      void actions.reread(slot, { ...asRead(preview), roles: withRole(roles, column, wanted, roleOf(column)) });
    });
    return el("th", { scope: "col" }, list);
  });
  return el(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", "aria-label": "First rows of the file" },
    el(
      "table",
      { className: "preview" },
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

/**
 * @param {string} id
 * @param {number} total
 * @param {Reject[]} rejects
 */
function rejectList(id, total, rejects) {
  const shown = rejects.slice(0, MOST_REJECTS);
  return el(
    "details",
    { id },
    el("summary", { textContent: `${counted(total, "row was", "rows were")} not read` }),
    el(
      "div",
      { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Rows that were not read" },
      el(
        "table",
        { className: "preview" },
        el(
          "thead",
          {},
          el("tr", {}, ...["Line", "Why", "Text"].map((textContent) => el("th", { scope: "col", textContent }))),
        ),
        el(
          "tbody",
          {},
          ...shown.map(({ line, reason, text }) =>
            el(
              "tr",
              {},
              el("td", { className: "number", textContent: String(line) }),
              el("td", { textContent: reason }),
              el("td", { className: "muted", textContent: text }),
            ),
          ),
        ),
      ),
    ),
    total > shown.length
      ? el("p", { className: "small muted", textContent: `The first ${count(shown.length)} are shown.` })
      : null,
  );
}

/**
 * @param {Slot} slot
 * @param {DomainState} domain
 * @param {Actions} actions
 */
function features(slot, domain, actions) {
  /** @type {["users" | "items", string, FeatureState | null][]} */
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
        "aria-label": `Open a table: ${title}`,
      });
      file.addEventListener("change", () => {
        if (file.files?.[0]) void actions.openFile(slot, kind, file.files[0]);
      });
      const remove = el("button", {
        type: "button",
        className: "quiet",
        textContent: "Remove",
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

/** @param {FeatureState} state */
function featureText({ file, rows, matched, titles, fields }) {
  const named = fields.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  return `${file}: ${counted(rows, "row", "rows")}, ${count(matched)} matched${titles ? `, titles from ${titles}` : ""}${named ? `; ${named}` : ""}`;
}
