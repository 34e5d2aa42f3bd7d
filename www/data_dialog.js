// How a rating file was read: its first rows with the roles of the columns, the rows that could not be read, and
// the tables of features. Every guess can be changed; the file is then read again. A file that could not be read at
// all has its error and its first rows here, until it can be.

import { byId, choice, el, icon, labelled } from "./dom.js";
import { count, counted, percent } from "./format.js";
import { answer } from "./number_field.js";

/** @import { DataState, Delimiter, DomainState, FeatureState, Preview, ReadOptions, Reject, Roles, Slot, Unread } from "./protocol.js" */
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
 * @returns {(slot: Slot, file: "loaded" | "unread") => void} opens the dialog
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
    const domain = data?.[slot];
    const unread = data?.unread?.slot === slot ? data.unread : null;
    if (correcting !== null && !unread) {
      // It can be read now, or it is gone, and then the file beside it is not what the visitor was at.
      if (domain?.preview?.file !== correcting) return close();
      correcting = null;
    }
    const focused = dialog.contains(document.activeElement) ? document.activeElement?.id : "";
    const opened = [...dialog.querySelectorAll("details[open]")].map((each) => each.id);
    const error = data_error?.slot === slot ? data_error.text : "";
    if (correcting !== null && unread) dialog.replaceChildren(...unreadContents(unread, error, busy, actions, close));
    else if (domain) dialog.replaceChildren(...contents(slot, domain, data, error, busy, actions, close));
    else return close();
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    if (focused) (document.getElementById(focused) ?? document.getElementById("data-close"))?.focus();
  };
  store.subscribe(["data", "data_error", "busy"], draw);
  // The button that opened the dialog may be gone by now.
  dialog.addEventListener("close", () => {
    const { activeElement } = document;
    const lost = activeElement === document.body || dialog.contains(activeElement);
    if (lost) document.getElementById(`details-${slot}`)?.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return (wanted, file) => {
    const { data } = store.state;
    slot = wanted;
    correcting = file === "unread" ? (data?.unread?.preview.file ?? null) : null;
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
  // Another way of reading would be tried on the file that is to replace this one.
  const waiting = data.unread?.slot === slot ? data.unread.preview.file : null;
  const preview = waiting === null ? domain.preview : null;
  const origin = data.generated ? "generated sample data" : (domain.preview?.file ?? "");
  /** @param {ReadOptions} options */
  const read = (options) => void actions.reread(slot, options);
  return [
    head(domain.name, origin, close),
    el("p", {
      className: error ? "error" : "muted",
      role: "status",
      textContent: error || (busy ? `${busy} …` : summary(domain)),
    }),
    data.generated ? sampleNote() : null,
    waiting === null ? null : el("p", { textContent: `${waiting}, which was to replace it, could not be read yet.` }),
    preview ? readingForm(preview, asRead(preview), read) : null,
    preview ? previewTable(preview, asRead(preview), read) : null,
    domain.rejected_rows > 0 ? rejectList("rejects", domain.rejected_rows, domain.rejects) : null,
    features(slot, domain, actions),
  ].filter((part) => part !== null);
}

/**
 * Of a file that could not be read: why, and all that can be said of it.
 * @param {Unread} unread
 * @param {string} error
 * @param {string | null} busy
 * @param {Actions} actions
 * @param {() => void} close
 */
function unreadContents({ slot, preview, options, error: reason }, error, busy, actions, close) {
  /** @param {ReadOptions} options */
  const read = (options) => void actions.reread(slot, options);
  // Where all of the guesses are right, there is nothing to change.
  const asShown = el("button", { id: "read-as-shown", type: "button", textContent: "Read it as shown" });
  asShown.addEventListener("click", () => read({ ...asRead(preview), scale: options.scale }));
  return [
    head(preview.file, "not read yet", close),
    el("p", {
      className: busy ? "muted" : "error",
      role: "status",
      textContent: busy ? `${busy} …` : error || reason,
    }),
    el("p", {
      className: "small muted hint",
      textContent:
        "Say what parts the columns and what each holds; every change reads the file again. Until it can be read, what was loaded stays.",
    }),
    readingForm(preview, options, read),
    previewTable(preview, options, read),
    asShown,
  ];
}

/**
 * @param {string} title
 * @param {string} note
 * @param {() => void} close
 */
function head(title, note, close) {
  const done = el(
    "button",
    { type: "button", className: "icon quiet", "aria-label": "Close", id: "data-close" },
    icon("M4 4l8 8M12 4l-8 8"),
  );
  done.addEventListener("click", close);
  return el(
    "header",
    {},
    el("h2", { id: "data-dialog-title", className: "cut", title, textContent: title }),
    el("p", { className: "muted", textContent: note }),
    done,
  );
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

/**
 * What was recognised becomes what is declared, but for the scale: a range of ratings is no scale that anybody declared.
 * @param {Preview} preview
 * @returns {ReadOptions}
 */
const asRead = ({ delimiter, header, roles, scale, scale_kind }) => ({
  delimiter,
  header,
  roles,
  scale: scale_kind === "declared" ? scale : null,
});

/**
 * @param {Preview} preview
 * @param {ReadOptions} options what stays as it is when one of them is changed
 * @param {(options: ReadOptions) => void} read
 */
function readingForm(preview, options, read) {
  const delimiter = choice(DELIMITERS, preview.delimiter, { id: "read-delimiter" });
  // Another delimiter makes other columns, so that their roles must be recognised anew.
  delimiter.addEventListener("change", () =>
    read({ ...options, delimiter: /** @type {Delimiter} */ (delimiter.value), header: null, roles: null }),
  );
  const header = el("input", { id: "read-header", type: "checkbox", checked: preview.header });
  header.addEventListener("change", () => read({ ...options, header: header.checked }));
  const lo = el("input", { id: "read-lo", type: "number", step: "any", value: String(preview.scale.lo) });
  const hi = el("input", { id: "read-hi", type: "number", step: "any", value: String(preview.scale.hi) });
  const message = el("p", { className: "small error", id: "read-scale-message", role: "alert" });
  for (const bound of [lo, hi]) {
    bound.addEventListener("change", () => {
      const scale = { lo: lo.valueAsNumber, hi: hi.valueAsNumber };
      const fits = scale.lo < scale.hi;
      const stays = `The scale stays ${preview.scale.lo} to ${preview.scale.hi}`;
      answer(bound, message, fits ? null : `${stays}. Use two numbers, the lowest below the highest.`);
      if (fits) read({ ...options, scale });
    });
  }
  const again = el("button", { id: "read-again", type: "button", className: "quiet", textContent: "Recognise anew" });
  again.addEventListener("click", () => read({}));
  return el(
    "div",
    { className: "fields" },
    message,
    labelled("Columns are parted by", delimiter),
    labelled("Lowest rating", lo),
    labelled("Highest rating", hi),
    labelled("First line names the columns", header),
    again,
    preview.scale_note ? el("p", { className: "small muted hint", textContent: sentence(preview.scale_note) }) : null,
  );
}

/** @param {string} text */
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/**
 * @param {Preview} preview
 * @param {ReadOptions} options what stays as it is when a role is changed
 * @param {(options: ReadOptions) => void} read
 */
function previewTable(preview, options, read) {
  const { roles, columns, rows } = preview;
  const names = /** @type {(keyof Roles)[]} */ (["user", "item", "rating", "time"]);
  /** @param {number} column */
  const roleOf = (column) => names.find((role) => roles[role] === column) ?? "ignore";
  const selects = columns.map((name, column) => {
    const list = choice(ROLES, roleOf(column), { id: `role-${column}`, "aria-label": `What ${name} holds` });
    list.addEventListener("change", () => {
      const wanted = /** @type {keyof Roles | "ignore"} */ (list.value);
      read({ ...options, roles: withRole(roles, column, wanted, roleOf(column)) });
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
