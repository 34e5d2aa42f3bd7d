// All settings, made from the configuration that the core sends: a number, a switch, a choice or a list for each
// field, beside the paper's value.

import { allowedIn, ELSEWHERE, GROUPS } from "./config_fields.js";
import { byId, el, icon } from "./dom.js";
import { setting } from "./format.js";
import { answer, inWords, parsed } from "./number_field.js";

/** @import { Config } from "./protocol.js" */
/** @import { Actions } from "./actions.js" */
/** @import { Field } from "./config_fields.js" */
/** @import { State, Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 * @returns {() => void} opens the dialog
 */
export function setUpSettings(store, actions) {
  const dialog = byId("settings-dialog", HTMLDialogElement);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  let drawn = "";
  /** What was typed wrongly, by field, until the dialog is opened again. @type {Map<string, string>} */
  const wrong = new Map();
  store.subscribe(["settings", "train"], (state) => {
    // Progress comes many times a second; only settings and their lock show here.
    const now = JSON.stringify([state.settings, state.train.state === "running"]);
    if (dialog.open && now !== drawn) draw(dialog, state, actions, wrong);
    drawn = now;
  });
  return () => {
    wrong.clear();
    draw(dialog, store.state, actions, wrong);
    dialog.showModal();
  };
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {State} state
 * @param {Actions} actions
 * @param {Map<string, string>} wrong
 */
function draw(dialog, { settings, capabilities, train }, actions, wrong) {
  if (!capabilities) return;
  const focused = dialog.open ? document.activeElement?.id : null;
  const scrolled = dialog.scrollTop;
  const { config } = settings;
  const base = capabilities.presets[settings.preset];
  const known = new Set([...ELSEWHERE, ...GROUPS.flatMap(([, fields]) => Object.keys(fields))]);
  const others = Object.keys(config).filter((field) => !known.has(field));
  /** @type {[string, Record<string, Field>][]} */
  const groups = [
    ...GROUPS,
    ["Other", Object.fromEntries(others.map((field) => [field, { label: field.replaceAll("_", " "), help: "" }]))],
  ];

  const close = el(
    "button",
    { type: "button", className: "icon quiet", "aria-label": "Close", id: "settings-close" },
    icon("M4 4l8 8M12 4l-8 8"),
  );
  close.addEventListener("click", () => dialog.close());
  const back = el("button", {
    type: "button",
    className: "quiet",
    id: "settings-default",
    textContent: "Back to the preset",
  });
  back.addEventListener("click", () => {
    wrong.clear();
    actions.setPreset(settings.preset);
  });
  const locked = train.state === "running";
  dialog.replaceChildren(
    el(
      "header",
      {},
      el("h2", { id: "settings-dialog-title", textContent: "Settings" }),
      el("p", {
        className: "muted",
        textContent: locked ? "Locked while it trains" : `From the preset “${settings.preset}”; changes are marked`,
      }),
      back,
      close,
    ),
    ...groups.flatMap(([title, fields]) => {
      const rows = Object.entries(fields)
        .filter(([field]) => field in config)
        .map(([field, words]) => row(field, words, config, base, capabilities.presets.paper, locked, actions, wrong));
      return rows.length > 0 ? [el("section", {}, el("h3", { textContent: title }), ...rows)] : [];
    }),
  );
  dialog.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * @param {string} name
 * @param {Field} words
 * @param {Config} config
 * @param {Config} base
 * @param {Config} paper
 * @param {boolean} locked
 * @param {Actions} actions
 * @param {Map<string, string>} wrong
 */
function row(name, words, config, base, paper, locked, actions, wrong) {
  const id = `set-${name}`;
  const value = config[name];
  const changed = JSON.stringify(value) !== JSON.stringify(base[name]);
  const change = (/** @type {unknown} */ next) => actions.setConfig({ [name]: next });
  const message = el("span", { className: "error", id: `${id}-message`, role: "alert" });
  const control = isText(value)
    ? choiceOrSwitch(id, value, words, change)
    : numberField(id, name, value, message, change, wrong);
  control.disabled = locked;
  return el(
    "div",
    { className: changed ? "setting changed" : "setting" },
    el("label", { for: id, textContent: words.label }),
    control,
    el(
      "p",
      { className: "small muted" },
      message,
      words.help,
      words.formula ? el("code", { textContent: words.formula }) : null,
      words.ours
        ? null
        : el("span", {
            className: "paper",
            textContent: `Paper: ${paper[name] === null ? words.none : show(paper[name])}`,
          }),
    ),
  );
}

/** @param {unknown} value @returns {value is boolean | string} */
const isText = (value) => typeof value === "boolean" || typeof value === "string";

/**
 * @param {string} id
 * @param {boolean | string} value
 * @param {Field} words
 * @param {(value: unknown) => void} change
 */
function choiceOrSwitch(id, value, { options }, change) {
  if (typeof value === "boolean") {
    const box = el("input", { id, type: "checkbox", checked: value });
    box.addEventListener("change", () => change(box.checked));
    return box;
  }
  const values = [...new Set([...(options ?? []), value])];
  const list = el("select", { id }, ...values.map((each) => el("option", { value: each, textContent: each })));
  list.value = value;
  list.addEventListener("change", () => change(list.value));
  return list;
}

/**
 * A number, a list of numbers or nothing.
 * @param {string} id
 * @param {string} name
 * @param {unknown} value
 * @param {HTMLElement} message
 * @param {(value: unknown) => void} change
 * @param {Map<string, string>} wrong
 */
function numberField(id, name, value, message, change, wrong) {
  const allowed = Array.isArray(value) ? { most: Infinity, ...allowedIn(name) } : allowedIn(name);
  const shown = value === null ? "" : show(value);
  const input = el("input", {
    id,
    type: "text",
    value: wrong.get(name) ?? shown,
    placeholder: allowed.none ?? "",
    inputMode: "decimal",
  });
  const stays = value === null ? (allowed.none ?? "empty") : shown;
  const refusal = `Stays ${stays}. Use ${inWords(allowed)}.`;
  answer(input, message, wrong.has(name) ? refusal : null);
  input.addEventListener("change", () => {
    const next = parsed(input.value, allowed);
    if (next === undefined) wrong.set(name, input.value);
    else wrong.delete(name);
    answer(input, message, next === undefined ? refusal : null);
    if (next !== undefined && JSON.stringify(next) !== JSON.stringify(value)) change(next);
  });
  return input;
}

/** @param {unknown} value */
function show(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(setting(value));
  return Array.isArray(value) ? value.join(", ") : String(value);
}
