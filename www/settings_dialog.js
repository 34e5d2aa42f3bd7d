// All settings, made from the schema that the core sends: a number, a switch, a choice or a list for each field, beside
// the paper's value.

import { byId, closeButton, el } from "./dom.js";
import { settingText } from "./format.js";
import { groupOf, helpOf, labelOf, noneOf, optionOf } from "./from_core.js";
import { allowedBy, answer, inWords, parsed } from "./number_field.js";
import { words } from "./words/words.js";

/** @import { Config, Field } from "./border.d.ts" */
/** @typedef {Config[keyof Config]} Value of a setting */

/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

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
  store.subscribe(["settings", "train", "language"], (state) => {
    // Progress comes many times a second; only settings and their lock show here.
    const now = JSON.stringify([state.settings, state.train.state === "running", state.language]);
    if (dialog.open && now !== drawn) draw(dialog, store, actions, wrong);
    drawn = now;
  });
  return () => {
    wrong.clear();
    draw(dialog, store, actions, wrong);
    dialog.showModal();
  };
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Store} store
 * @param {Actions} actions
 * @param {Map<string, string>} wrong
 */
function draw(dialog, store, actions, wrong) {
  const { settings, capabilities, train } = store.state;
  if (!capabilities) return;
  const focused = dialog.open ? document.activeElement?.id : null;
  const scrolled = dialog.scrollTop;
  const { config } = settings;
  const { presets, schema } = capabilities;
  const base = presets[settings.preset];
  const fields = schema.filter(({ place }) => place === "form");
  const groups = [...new Set(fields.map(({ group }) => group))];

  const close = closeButton("settings-close", () => dialog.close());
  const back = el("button", {
    type: "button",
    className: "quiet",
    id: "settings-default",
    textContent: words.train.backToPreset,
  });
  back.addEventListener("click", () => {
    wrong.clear();
    actions.setPreset(settings.preset);
    // Where no setting is another nothing else would put back what was typed wrongly.
    draw(dialog, store, actions, wrong);
  });
  const locked = train.state === "running";
  dialog.replaceChildren(
    el(
      "header",
      {},
      el("h2", { id: "settings-dialog-title", textContent: words.train.settings }),
      el("p", {
        className: "muted",
        textContent: locked ? words.train.locked : words.train.fromPreset(words.train.presets[settings.preset]),
      }),
      back,
      close,
    ),
    ...groups.map((title) => {
      const rows = fields
        .filter(({ group }) => group === title)
        .map((field) => row(field, config, base, presets.paper, locked, actions, wrong));
      return el("section", {}, el("h3", { textContent: groupOf(title) }), ...rows);
    }),
  );
  dialog.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * @param {Field} field
 * @param {Partial<Config>} config
 * @param {Config} base
 * @param {Config} paper
 * @param {boolean} locked
 * @param {Actions} actions
 * @param {Map<string, string>} wrong
 */
function row(field, config, base, paper, locked, actions, wrong) {
  const { name } = field;
  const id = `set-${name}`;
  const value = config[name];
  const changed = JSON.stringify(value) !== JSON.stringify(base[name]);
  const change = (/** @type {Value} */ next) => actions.setConfig(/** @type {Partial<Config>} */ ({ [name]: next }));
  const message = el("span", { className: "error", id: `${id}-message`, role: "alert" });
  const control =
    field.kind === "truth"
      ? switchFor(id, value, change)
      : field.options
        ? choice(id, field, value, field.options, change)
        : numberField(id, field, value, message, change, wrong);
  control.disabled = locked;
  control.setAttribute("aria-describedby", `${id}-about`);
  return el(
    "div",
    { className: changed ? "setting changed" : "setting" },
    el("label", { for: id, textContent: labelOf(field), "data-changed": changed ? words.train.changed : null }),
    control,
    el(
      "p",
      { className: "small muted", id: `${id}-about` },
      message,
      helpOf(field),
      field.formula ? el("code", { textContent: field.formula }) : null,
      field.paper === null
        ? null
        : el("span", {
            className: "paper",
            textContent: words.train.inPaper(paper[name] === null ? (noneOf(field) ?? "") : show(paper[name], field)),
          }),
    ),
  );
}

/**
 * @param {string} id
 * @param {Value | undefined} value
 * @param {(value: Value) => void} change
 */
function switchFor(id, value, change) {
  const box = el("input", { id, type: "checkbox", checked: value === true });
  box.addEventListener("change", () => change(box.checked));
  return box;
}

/**
 * @param {string} id
 * @param {Field} field
 * @param {Value | undefined} value
 * @param {string[]} options
 * @param {(value: Value) => void} change
 */
function choice(id, field, value, options, change) {
  // An address may ask for what is no option; the core says so.
  const values = [...new Set([...options, String(value)])];
  const list = el("select", { id }, ...values.map((each) => el("option", { value: each, textContent: optionOf(field, each) })));
  list.value = String(value);
  list.addEventListener("change", () => change(list.value));
  return list;
}

/**
 * A number, a list of numbers or nothing.
 * @param {string} id
 * @param {Field} field
 * @param {Value | undefined} value
 * @param {HTMLElement} message
 * @param {(value: Value) => void} change
 * @param {Map<string, string>} wrong
 */
function numberField(id, field, value, message, change, wrong) {
  const { name } = field;
  const allowed = allowedBy(field);
  const shown = value === null ? "" : show(value);
  const input = el("input", {
    id,
    type: "text",
    value: wrong.get(name) ?? shown,
    placeholder: allowed.none ?? "",
    inputMode: "decimal",
  });
  const refusal = () => words.train.stays(value === null ? (noneOf(field) ?? words.train.empty) : shown, inWords(allowedBy(field)));
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

/** @param {Value | undefined} value @param {Field} [field] whose choice it may be */
export function show(value, field) {
  if (typeof value === "boolean") return value ? words.train.yes : words.train.no;
  if (typeof value === "number") return settingText(value);
  if (Array.isArray(value)) return value.join(", ");
  return field ? optionOf(field, String(value)) : String(value);
}
