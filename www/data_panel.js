// Block 1: the two rating files, and the people that they share.

import { choiceButtons, setUpDataDialog } from "./data_dialog.js";
import { byId, el, icon, mark } from "./dom.js";
import { count, counted, fixed, percent } from "./format.js";
import { warningItems } from "./warnings_list.js";

/** @import { DataState, DomainState, Slot } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */
/** @import { Part } from "./warnings_list.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpData(store, actions) {
  const openDialog = setUpDataDialog(store, actions);
  for (const zone of document.querySelectorAll(".zone")) {
    if (zone instanceof HTMLElement)
      setUpZone(zone, /** @type {Slot} */ (zone.dataset.slot), store, actions, openDialog);
  }
  setUpPage(actions);
  setUpAdvice(store, actions, openDialog);
  const sample = byId("load-sample", HTMLButtonElement);
  sample.addEventListener("click", () => void actions.loadSample());

  const both = byId("overlap-count", HTMLElement);
  const note = byId("overlap-note", HTMLElement);
  const message = byId("data-message", HTMLElement);
  store.subscribe(["data", "busy", "data_error", "capabilities"], (state) => {
    const { data, capabilities } = state;
    both.textContent = data?.a && data.b ? count(data.overlap_users) : "–";
    note.textContent = correlationText(state);
    message.textContent = messageText(state);
    message.classList.toggle("error", state.data_error !== null || (data?.unread ?? null) !== null);
    message.hidden = message.textContent === "";
    sample.disabled = state.busy !== null || !capabilities;
    sample.textContent = data?.generated && data.ready ? "Load the sample afresh" : "Try the sample";
  });
}

/**
 * A file that misses a zone must not replace the page, and is not lost.
 * @param {Actions} actions
 */
function setUpPage(actions) {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void actions.place(files);
  });
}

/** Warnings that are shown at once, so that the controls below stay in sight; the others open with a click. */
const MOST_WARNINGS = 1;

/**
 * What is asked, what to know, and how to go back.
 * @param {Store} store
 * @param {Actions} actions
 * @param {(slot: Slot, file: "loaded" | "unread", part?: Part) => void} openDialog
 */
function setUpAdvice(store, actions, openDialog) {
  const choices = byId("data-choices", HTMLElement);
  const list = byId("data-warnings", HTMLElement);
  const row = byId("undo-row", HTMLElement);
  const text = byId("undo-text", HTMLElement);
  const undo = byId("undo", HTMLButtonElement);
  undo.addEventListener("click", () => void actions.undo());
  store.subscribe(["data", "busy", "homeless"], ({ data, busy, homeless }) => {
    const unread = data?.unread ?? null;
    choices.replaceChildren(
      ...(homeless ? homelessButtons(homeless, data, actions) : []),
      ...(unread && !homeless ? choiceButtons(unread, actions, "panel") : []),
    );
    choices.hidden = choices.childElementCount === 0;
    for (const button of choices.querySelectorAll("button")) button.disabled = busy !== null;
  });
  store.subscribe(["data", "busy"], ({ data, busy }) => {
    const isOpen = list.querySelector("details")?.open ?? false;
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : "";
    const items = data
      ? warningItems(data.warnings, data, busy !== null, actions, (slot, part) => openDialog(slot, "loaded", part))
      : [];
    const others = items.splice(MOST_WARNINGS);
    list.replaceChildren(
      el("ul", { className: "warnings" }, ...items),
      ...(others.length > 0 ? [moreWarnings(others, isOpen)] : []),
    );
    list.hidden = items.length === 0;
    if (focused) document.getElementById(focused)?.focus();
  });
  store.subscribe(["undo", "busy"], ({ undo: label, busy }) => {
    row.hidden = label === null;
    text.textContent = label ?? "";
    text.title = label ?? "";
    undo.disabled = busy !== null;
    undo.setAttribute("aria-label", `Undo: ${label ?? ""}`);
  });
}

/**
 * @param {HTMLLIElement[]} items
 * @param {boolean} isOpen
 */
function moreWarnings(items, isOpen) {
  return el(
    "details",
    { open: isOpen },
    el("summary", { className: "small", textContent: `${counted(items.length, "more warning", "more warnings")}` }),
    el("ul", { className: "warnings" }, ...items),
  );
}

/**
 * Where a file belongs that was dropped beside the places, while both have one.
 * @param {File} file
 * @param {DataState | null} data
 * @param {Actions} actions
 */
function homelessButtons(file, data, actions) {
  /** @type {[Slot | null, string][]} */
  const places = [
    ["a", `Replace ${data?.a?.name ?? "the first file"}`],
    ["b", `Replace ${data?.b?.name ?? "the second file"}`],
    [null, "Leave it"],
  ];
  const buttons = places.map(([slot, textContent]) => {
    const button = el("button", { id: `settle-${slot ?? "nowhere"}`, type: "button", className: "small", textContent });
    button.addEventListener("click", () => void actions.settle(slot));
    return button;
  });
  return [el("span", { className: "small", textContent: `${file.name} was dropped. Where does it belong?` }), ...buttons];
}

/**
 * @param {HTMLElement} zone
 * @param {Slot} slot
 * @param {Store} store
 * @param {Actions} actions
 * @param {(slot: Slot, file: "loaded" | "unread", part?: Part) => void} openDialog
 */
function setUpZone(zone, slot, store, actions, openDialog) {
  const name = el("span", { className: "zone-name cut", id: `name-${slot}` });
  const file = el("input", {
    id: `file-${slot}`,
    type: "file",
    className: "visually-hidden",
    accept: ".csv,.tsv,.txt,.dat,.data,.gz,.zip,.zst,.inter,text/*",
  });
  const openText = el("span", { textContent: "Open" });
  const open = el("label", { className: "button quiet", id: `open-${slot}` }, file, openText);
  const details = el("button", { id: `details-${slot}`, type: "button", className: "quiet", textContent: "Details" });
  const remove = el(
    "button",
    { id: `remove-${slot}`, type: "button", className: "quiet icon" },
    icon("M4 4l8 8M12 4l-8 8"),
  );
  const correct = el("button", {
    id: `correct-${slot}`,
    type: "button",
    className: "wide correct",
    textContent: "Correct how it is read",
  });
  const first = el("p", { className: "small" });
  const second = el("p", { className: "small muted" });
  zone.append(
    el("div", { className: "zone-head" }, mark(slot), name, open, details, remove),
    el("div", { className: "zone-facts", id: `facts-${slot}` }, first, second),
    correct,
  );

  file.addEventListener("change", () => {
    if (file.files?.[0]) void actions.openFile(slot, "ratings", file.files[0]);
    file.value = "";
  });
  details.addEventListener("click", () => openDialog(slot, "loaded"));
  correct.addEventListener("click", () => openDialog(slot, "unread"));
  remove.addEventListener("click", () => void actions.remove(slot, "ratings"));

  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && zone.contains(event.relatedTarget))) zone.classList.remove("over");
  });
  zone.addEventListener("drop", async (event) => {
    zone.classList.remove("over");
    const files = [...(event.dataTransfer?.files ?? [])];
    // Two files or more find their places as those do that were dropped beside one.
    if (files.length !== 1) return;
    event.preventDefault();
    event.stopPropagation();
    await actions.openFile(slot, "ratings", files[0]);
  });

  store.subscribe(["data", "busy", "capabilities"], ({ data, busy, capabilities }) => {
    const domain = data?.[slot] ?? null;
    const unread = data?.unread?.slot === slot ? data.unread : null;
    zone.classList.toggle("empty", domain === null);
    name.textContent = domain?.name ?? (slot === "a" ? "First file" : "Second file");
    name.title = domain?.preview?.file ?? "";
    details.hidden = domain === null;
    remove.hidden = domain === null && unread === null;
    correct.hidden = unread === null;
    correct.setAttribute("aria-label", `${correct.textContent}: ${unread?.preview.file ?? ""}`);
    details.setAttribute("aria-label", `Details of ${name.textContent}`);
    remove.setAttribute("aria-label", `Remove ${domain ? name.textContent : (unread?.preview.file ?? "")}`);
    file.setAttribute("aria-label", `Open a rating file as ${name.textContent}`);
    openText.textContent = domain ? "Replace" : "Open a file";
    file.disabled = busy !== null || !capabilities;
    remove.disabled = busy !== null;
    first.textContent = domain ? sizeText(domain) : "or drop it here: people, items and ratings,";
    second.textContent = domain ? densityText(domain) : "one rating a line, as CSV or TSV";
  });
}

/** @param {DomainState} domain */
const sizeText = ({ users, items, ratings }) =>
  `${count(ratings)} ratings · ${counted(users, "person", "people")} · ${counted(items, "item", "items")}`;

/** @param {DomainState} domain */
function densityText({ density, scale, preview, rejected_rows, duplicates, user_features, item_features }) {
  const observed = preview?.scale_kind === "observed";
  const parts = [`${percent(1 - density)} empty`, `scale ${scale.lo}–${scale.hi}${observed ? ", their range" : ""}`];
  if (rejected_rows > 0) parts.push(`${counted(rejected_rows, "row", "rows")} not read`);
  else if (duplicates > 0) parts.push(`${count(duplicates)} repeated`);
  if (user_features || item_features) parts.push("with features");
  return parts.join(" · ");
}

/** @param {State} state */
function correlationText({ data }) {
  if (!data?.a || !data.b) return "two files, joined by the ids of people";
  if (data.mean_correlation === null) return "too few with 5 ratings in each to compare";
  const text = `their mean ratings correlate by ${fixed(data.mean_correlation, 2)}`;
  return data.generated ? `${text} · generated sample data` : text;
}

/** @param {State} state */
function messageText({ data, data_error, busy }) {
  const doing = busy && busy !== "Setting up the model" ? `${busy} …` : "";
  if (data_error) return data_error.text;
  if (data?.unread) return doing || data.unread.error;
  return doing;
}
