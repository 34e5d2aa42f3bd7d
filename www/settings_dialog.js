// All settings, made from the configuration that the core sends: a number, a switch, a choice or a list for each
// field, beside the paper's value.

import { ELSEWHERE, GROUPS } from "./config_fields.js";
import { byId, el, icon } from "./dom.js";
import { setting } from "./format.js";

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
  store.subscribe(["settings", "train"], (state) => {
    // Progress comes many times a second; only settings and their lock show here.
    const now = JSON.stringify([state.settings, state.train.state === "running"]);
    if (dialog.open && now !== drawn) draw(dialog, state, actions);
    drawn = now;
  });
  return () => {
    draw(dialog, store.state, actions);
    dialog.showModal();
  };
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {State} state
 * @param {Actions} actions
 */
function draw(dialog, { settings, capabilities, train }, actions) {
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
  back.addEventListener("click", () => actions.setPreset(settings.preset));
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
        .map(([field, words]) => row(field, words, config, base, capabilities.presets.paper, locked, actions));
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
 */
function row(name, words, config, base, paper, locked, actions) {
  const id = `set-${name}`;
  const value = config[name];
  const changed = JSON.stringify(value) !== JSON.stringify(base[name]);
  const control = controlOf(id, value, words, (next) => actions.setConfig({ [name]: next }));
  control.disabled = locked;
  return el(
    "div",
    { className: changed ? "setting changed" : "setting" },
    el("label", { for: id, textContent: words.label }),
    control,
    el(
      "p",
      { className: "small muted" },
      words.help,
      words.formula ? el("code", { textContent: words.formula }) : null,
      el("span", {
        className: "paper",
        textContent: `Paper: ${paper[name] === null ? words.none : show(paper[name])}`,
      }),
    ),
  );
}

/**
 * @param {string} id
 * @param {unknown} value
 * @param {Field} words
 * @param {(value: unknown) => void} change
 */
function controlOf(id, value, { options, none }, change) {
  if (typeof value === "boolean") {
    const box = el("input", { id, type: "checkbox", checked: value });
    box.addEventListener("change", () => change(box.checked));
    return box;
  }
  if (typeof value === "string") {
    const values = [...new Set([...(options ?? []), value])];
    const list = el("select", { id }, ...values.map((each) => el("option", { value: each, textContent: each })));
    list.value = value;
    list.addEventListener("change", () => change(list.value));
    return list;
  }
  const input = el("input", {
    id,
    type: "text",
    value: value === null ? "" : show(value),
    placeholder: none ?? "",
    inputMode: "decimal",
  });
  input.addEventListener("change", () => {
    const next = parsed(input.value, value, none !== undefined);
    if (next === undefined) input.value = value === null ? "" : show(value);
    else change(next);
  });
  return input;
}

/**
 * What was typed as a value of the kind that was there, or undefined.
 * @param {string} text
 * @param {unknown} before
 * @param {boolean} optional
 */
function parsed(text, before, optional) {
  const trimmed = text.trim();
  if (trimmed === "") return optional ? null : undefined;
  if (Array.isArray(before)) {
    const numbers = trimmed.split(/[\s,;]+/).map(Number);
    return numbers.every(Number.isFinite) ? numbers : undefined;
  }
  const number = Number(trimmed.replace(",", "."));
  return Number.isFinite(number) ? number : undefined;
}

/** @param {unknown} value */
function show(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(setting(value));
  return Array.isArray(value) ? value.join(", ") : String(value);
}
