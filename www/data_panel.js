// Block 1: the rating files, and the people that they share.

import { choiceButtons, setUpDataDialog } from "./data_dialog.js";
import { domainName } from "./domain_name.js";
import { domainIn, nameOf, placeName, slotOf } from "./domains.js";
import { byId, choice, el, icon, mark } from "./dom.js";
import { count, fixed } from "./format.js";
import { english, plain, say } from "./said.js";
import { SLOTS } from "./shapes.js";
import { SETTING_UP, STARTING } from "./store.js";
import { warningItems } from "./warnings_list.js";
import { words } from "./words/words.js";

/** @import { DataState, DomainState, PairState, Slot } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { State, Store } from "./store.js" */
/** @import { Part } from "./warnings_list.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpData(store, actions) {
  const openDialog = setUpDataDialog(store, actions);
  setUpZones(store, actions, openDialog);
  setUpPage(actions);
  setUpAdvice(store, actions, openDialog);
  setUpSample(store, actions);
  setUpOverlap(store);
  const message = byId("data-message", HTMLElement);
  store.subscribe(["data", "busy", "data_error", "dropped", "language"], (state) => {
    say(message, messageText(state));
    message.classList.toggle("error", state.data_error !== null || (state.data?.unread ?? null) !== null);
    message.hidden = message.textContent === "";
  });
}

/** Of more places each is told in two lines. */
const MOST_ROOMY = 2;

/**
 * A place for each domain, as many as are shown.
 * @param {Store} store
 * @param {Actions} actions
 * @param {(slot: Slot, file: "loaded" | "unread", part?: Part) => void} openDialog
 */
function setUpZones(store, actions, openDialog) {
  const list = byId("zones", HTMLElement);
  const add = byId("add-domain", HTMLButtonElement);
  add.addEventListener("click", () => actions.data.addZone());
  /** @type {Map<Slot, HTMLElement>} */
  const places = new Map();
  store.subscribe(["zones"], ({ zones }) => {
    for (const slot of zones) {
      if (places.has(slot)) continue;
      const zone = el("div", { className: "zone", role: "group", "aria-labelledby": `called-${slot}`, "data-slot": slot });
      places.set(slot, zone);
      setUpZone(zone, slot, store, actions, openDialog);
    }
    const wanted = zones.map((slot) => /** @type {HTMLElement} */ (places.get(slot)));
    for (const zone of list.querySelectorAll(".zone")) {
      if (zone instanceof HTMLElement && !wanted.includes(zone)) zone.remove();
    }
    // Those that stay are not touched, so that none loses the focus.
    wanted.forEach((zone, n) => {
      if (list.children[n] !== zone) list.insertBefore(zone, list.children[n] ?? null);
    });
    list.classList.toggle("dense", zones.length > MOST_ROOMY);
    document.body.classList.toggle("many", zones.length > 2);
  });
  store.subscribe(["zones", "busy", "capabilities", "language"], ({ zones, busy, capabilities }) => {
    add.disabled = zones.length === SLOTS.length || busy !== null || !capabilities;
    add.title = zones.length === SLOTS.length ? words.data.noRoom(SLOTS.length) : "";
  });
}

/**
 * The button that loads the sample, and how many domains it is to have.
 * @param {Store} store
 * @param {Actions} actions
 */
function setUpSample(store, actions) {
  const button = byId("load-sample", HTMLButtonElement);
  const count = choice([["2", ""], ["3", ""]], "2", { id: "sample-domains" });
  button.after(count);
  button.addEventListener("click", () => void actions.data.loadSample());
  count.addEventListener("change", () => void actions.data.setSample(Number(count.value)));
  store.subscribe(["data", "busy", "capabilities", "sample", "language"], ({ data, busy, capabilities, sample }) => {
    button.disabled = count.disabled = busy !== null || !capabilities;
    button.textContent = data?.generated && data.ready ? words.data.sampleAfresh : words.data.trySample;
    for (const option of count.options) option.textContent = words.data.domains(Number(option.value));
    count.setAttribute("aria-label", words.data.domainsOfSample);
    count.value = String(sample);
  });
}

/** Pairs of domains that are listed at once. */
const MOST_PAIRS = 3;

/**
 * How many people are in both of two domains, or of more in every two.
 * @param {Store} store
 */
function setUpOverlap(store) {
  const both = byId("overlap-count", HTMLElement);
  const where = byId("overlap-where", HTMLElement);
  const note = byId("overlap-note", HTMLElement);
  const list = byId("overlap-pairs", HTMLElement);
  store.subscribe(["data", "language"], (state) => {
    const { data } = state;
    const domains = data?.domains.length ?? 0;
    both.textContent = domains > 1 ? count(data?.overlap_users) : "–";
    where.textContent = domains > 2 ? words.data.inSeveral : words.data.inBoth;
    note.textContent = domains > 2 ? (data?.generated ? words.data.generated : "") : correlationText(state);
    const pairs = data && domains > 2 ? data.pairs.toSorted((x, y) => y.overlap_users - x.overlap_users) : [];
    const isOpen = list.querySelector("details")?.open ?? false;
    const rows = pairs.map((pair) => pairRow(pair, /** @type {DataState} */ (data)));
    const others = rows.splice(rows.length > MOST_PAIRS + 1 ? MOST_PAIRS : rows.length);
    list.replaceChildren(el("ul", { className: "pairs" }, ...rows));
    if (others.length > 0) {
      const summary = el("summary", { className: "small", textContent: words.data.morePairs(others.length) });
      list.append(el("details", { open: isOpen }, summary, el("ul", { className: "pairs" }, ...others)));
    }
    list.hidden = pairs.length === 0;
  });
}

/**
 * @param {PairState} pair
 * @param {DataState} data
 */
function pairRow({ domains, overlap_users, mean_correlation }, data) {
  const [a, b] = domains.map((n) => nameOf(data, n));
  const agreement = mean_correlation === null ? words.data.tooFewIn(a, b) : words.data.correlatesIn(a, b, mean_correlation);
  return el(
    "li",
    { className: "small", title: agreement },
    el("span", { className: "signs" }, ...domains.map((n) => mark(slotOf(data, n)))),
    el("span", { className: "cut", textContent: `${a}, ${b}` }),
    el("span", { className: "number", textContent: overlap_users === 0 ? words.data.nobody : count(overlap_users) }),
    el("span", { className: "number muted", textContent: mean_correlation === null ? "" : `r ${fixed(mean_correlation, 2)}` }),
  );
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
    if (files.length > 0) void actions.data.drop(files, null);
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
  undo.addEventListener("click", () => void actions.data.undo());
  store.subscribe(["data", "busy", "homeless", "language"], ({ data, busy, homeless }) => {
    const unread = data?.unread ?? null;
    choices.replaceChildren(
      ...(homeless ? homelessButtons(homeless, data, actions) : []),
      ...(unread && !homeless ? choiceButtons(unread, actions, "panel") : []),
    );
    choices.hidden = choices.childElementCount === 0;
    for (const button of choices.querySelectorAll("button")) button.disabled = busy !== null;
  });
  store.subscribe(["data", "busy", "language"], ({ data, busy }) => {
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
  store.subscribe(["undo", "busy", "language"], ({ undo: saying, busy }) => {
    const label = saying?.() ?? null;
    row.hidden = label === null;
    say(text, label ?? "");
    text.title = plain(label ?? "");
    undo.disabled = busy !== null;
    undo.setAttribute("aria-label", words.data.undo(plain(label ?? "")));
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
    el("summary", { className: "small", textContent: words.data.moreWarnings(items.length) }),
    el("ul", { className: "warnings" }, ...items),
  );
}

/**
 * Where a file belongs that was dropped beside the places, while all have one.
 * @param {File} file
 * @param {DataState | null} data
 * @param {Actions} actions
 */
function homelessButtons(file, data, actions) {
  /** @param {string} id @param {string} textContent @param {() => Promise<void>} settle */
  const button = (id, textContent, settle) => {
    const button = el("button", { id: `settle-${id}`, type: "button", className: "small", textContent });
    button.addEventListener("click", () => void settle());
    return button;
  };
  const domains = data?.domains ?? [];
  const buttons = [
    ...domains.map(({ slot, name }) => button(slot, words.data.replaceOne(name), () => actions.data.settle(slot))),
    ...(domains.length < SLOTS.length ? [button("anew", words.data.addIt, () => actions.data.settleAnew())] : []),
    button("nowhere", words.data.leaveIt, () => actions.data.settle(null)),
  ];
  return [el("span", { className: "small", textContent: words.data.dropped(file.name) }), ...buttons];
}

/**
 * @param {HTMLElement} zone
 * @param {Slot} slot
 * @param {Store} store
 * @param {Actions} actions
 * @param {(slot: Slot, file: "loaded" | "unread", part?: Part) => void} openDialog
 */
function setUpZone(zone, slot, store, actions, openDialog) {
  const name = el("span", { className: "zone-name", id: `name-${slot}` });
  const showName = domainName(name, slot, store, actions);
  const file = el("input", {
    id: `file-${slot}`,
    type: "file",
    className: "visually-hidden",
    accept: ".csv,.tsv,.txt,.dat,.data,.gz,.zip,.zst,.inter,text/*",
  });
  const openText = el("span");
  const open = el("label", { className: "button quiet", id: `open-${slot}` }, file, openText);
  const details = el("button", { id: `details-${slot}`, type: "button", className: "quiet", "aria-haspopup": "dialog" });
  const remove = el(
    "button",
    { id: `remove-${slot}`, type: "button", className: "quiet icon" },
    icon("M4 4l8 8M12 4l-8 8"),
  );
  const correct = el("button", {
    id: `correct-${slot}`,
    type: "button",
    className: "wide correct",
  });
  const first = el("p", { className: "small" });
  const second = el("p", { className: "small muted" });
  zone.append(
    el("div", { className: "zone-head" }, mark(slot), name, open, details, remove),
    el("div", { className: "zone-facts", id: `facts-${slot}` }, first, second),
    correct,
  );

  file.addEventListener("change", () => {
    if (file.files?.[0]) void actions.data.openFile(slot, "ratings", file.files[0]);
    file.value = "";
  });
  details.addEventListener("click", () => openDialog(slot, "loaded"));
  correct.addEventListener("click", () => openDialog(slot, "unread"));
  remove.addEventListener("click", () => void actions.data.removeZone(slot));

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
    await actions.data.drop(files, slot);
  });

  store.subscribe(["data", "busy", "capabilities", "zones", "language"], ({ data, busy, capabilities, zones }) => {
    const said = words.data;
    [details.textContent, correct.textContent] = [said.details, said.correct];
    const domain = domainIn(data, slot);
    const unread = data?.unread?.slot === slot ? data.unread : null;
    zone.classList.toggle("empty", domain === null);
    const called = domain?.name ?? placeName(slot);
    showName(called);
    name.title = domain?.preview?.file ?? "";
    details.hidden = domain === null;
    remove.hidden = domain === null && unread === null && SLOTS.indexOf(slot) < 2;
    correct.hidden = unread === null;
    correct.setAttribute("aria-label", `${correct.textContent}: ${unread?.preview.file ?? ""}`);
    details.setAttribute("aria-label", said.detailsOf(called));
    remove.setAttribute("aria-label", said.removeOf(domain ? called : (unread?.preview.file ?? said.thisPlace)));
    file.setAttribute("aria-label", domain ? said.replaceBy(called) : said.openAs(called));
    openText.textContent = domain ? said.replace : said.openFile;
    file.disabled = busy !== null || !capabilities;
    remove.disabled = busy !== null;
    const invitation = zones.length > MOST_ROOMY ? said.dropShort : said.drop;
    first.textContent = domain ? sizeText(domain) : invitation;
    second.textContent = domain ? densityText(domain) : said.dropFormat;
    first.title = domain ? `${first.textContent} · ${second.textContent}` : "";
  });
}

/** @param {DomainState} domain */
const sizeText = ({ users, items, ratings }) => words.data.size(ratings, users, items);

/** @param {DomainState} domain */
function densityText({ items, density, scale, preview, rejected_rows, duplicates, user_features, item_features }) {
  const observed = preview?.scale_kind === "observed";
  const said = words.data;
  const parts = [said.empty(density, items), said.scale(scale.lo, scale.hi, observed)];
  if (rejected_rows > 0) parts.push(said.notRead(rejected_rows));
  else if (duplicates > 0) parts.push(said.repeated(duplicates));
  if (user_features || item_features) parts.push(said.withFeatures);
  return parts.join(" · ");
}

/** @param {State} state */
function correlationText({ data }) {
  const pair = data?.pairs[0];
  if (!data || !pair) return words.data.twoFiles;
  if (pair.mean_correlation === null) return words.data.tooFew;
  return words.data.correlates(pair.mean_correlation, data.generated);
}

/** @param {State} state */
function messageText({ data, data_error, busy, dropped }) {
  if (dropped.length > 0) return words.notices.waitForStart(dropped);
  // What is done beside the data the status of the training says.
  const doing = busy && busy !== SETTING_UP && busy !== STARTING ? `${busy()} …` : "";
  if (data_error) return data_error.text();
  if (data?.unread) return doing || english(data.unread.error);
  return doing;
}
