// How a rating file is read, as a form: what is recognised or declared of it. Every change reads the file again.

import { choice, el, labelled } from "./dom.js";
import { words } from "./words/words.js";
import { answer } from "./number_field.js";

/** @import { Delimiter, IdForm, Preview, ReadOptions } from "./border.d.ts" */

/** @type {Delimiter[]} */
const DELIMITERS = ["comma", "tab", "semicolon", "double-colon", "pipe", "space"];

/** Labels of the WHATWG's Encoding Standard. @returns {[string, string][]} */
const encodingsOf = ({ recognised, western, centralEuropean, cyrillic, chinese, japanese, korean } = words.data) => [
  ["", recognised],
  ["utf-8", "UTF-8"],
  ["utf-16le", "UTF-16"],
  ["windows-1252", western],
  ["windows-1250", centralEuropean],
  ["windows-1251", cyrillic("Windows-1251")],
  ["koi8-r", cyrillic("KOI8-R")],
  ["gb18030", chinese("GB18030, GBK")],
  ["big5", chinese("Big5")],
  ["shift_jis", japanese("Shift JIS")],
  ["euc-jp", japanese("EUC-JP")],
  ["euc-kr", korean("EUC-KR")],
];

/** @type {("as-is" | "ranks" | "log")[]} */
const COUNTS = ["as-is", "ranks", "log"];

/** @type {IdForm[]} */
const FORMS = ["utf-8", "trim", "compose", "strip-apostrophe", "strip-.0", "strip-prefix", "strip-leading-zeros", "lower", "strip-punctuation"];

/**
 * @param {Preview} preview
 * @param {ReadOptions} options what is declared, and stays when something is changed
 * @param {(options: ReadOptions) => void} read
 */
export function readingForm(preview, options, read) {
  const message = el("p", { className: "small error", id: "read-message", role: "alert" });
  const again = el("button", { id: "read-again", type: "button", className: "quiet", textContent: words.data.recogniseAnew });
  again.addEventListener("click", () => read({}));
  return el(
    "div",
    { className: "fields" },
    message,
    ...tableFields(preview, options, read),
    ...ratingFields(preview, options, read, message),
    again,
    preview.scale_note ? el("p", { className: "small muted hint", lang: "en", textContent: words.data.sentence(preview.scale_note) }) : null,
    idFields(options, read),
  );
}

/**
 * @param {Preview} preview
 * @param {ReadOptions} options
 * @param {(options: ReadOptions) => void} read
 */
function tableFields(preview, options, read) {
  const delimiter = choice(DELIMITERS.map((each) => [each, words.data.delimiters[each]]), preview.delimiter, { id: "read-delimiter" });
  // Another delimiter makes other columns, so that their roles must be recognised anew.
  delimiter.addEventListener("change", () =>
    read({ ...options, delimiter: /** @type {Delimiter} */ (delimiter.value), header: null, roles: null }),
  );
  const header = el("input", { id: "read-header", type: "checkbox", checked: preview.header });
  header.addEventListener("change", () => read({ ...options, header: header.checked }));
  const all = encodingsOf();
  const known = all.some(([label]) => label === (options.encoding ?? ""));
  /** @type {[string, string][]} */
  const encodings = known ? all : [...all, [options.encoding ?? "", options.encoding ?? ""]];
  const encoding = choice(encodings, options.encoding ?? "", { id: "read-encoding" });
  encoding.addEventListener("change", () => read({ ...options, encoding: encoding.value || null }));
  return [
    labelled(words.data.delimiter, delimiter),
    labelled(words.data.header, header),
    labelled(words.data.encoding, encoding),
  ];
}

/**
 * @param {Preview} preview
 * @param {ReadOptions} options
 * @param {(options: ReadOptions) => void} read
 * @param {HTMLElement} message
 */
function ratingFields(preview, options, read, message) {
  const lo = el("input", { id: "read-lo", type: "number", step: "any", value: String(preview.scale.lo) });
  const hi = el("input", { id: "read-hi", type: "number", step: "any", value: String(preview.scale.hi) });
  for (const bound of [lo, hi]) {
    bound.addEventListener("change", () => {
      const scale = { lo: lo.valueAsNumber, hi: hi.valueAsNumber };
      const fits = scale.lo < scale.hi;
      const refusal = fits ? null : () => words.data.scaleStays(preview.scale.lo, preview.scale.hi);
      for (const each of fits ? [lo, hi] : [bound]) answer(each, message, refusal);
      if (fits) read({ ...options, scale });
    });
  }
  const missing = el("input", {
    id: "read-missing",
    type: "text",
    inputMode: "text",
    placeholder: words.data.recognisedValues,
    value: options.missing ? options.missing.join(", ") || words.data.noValues : "",
  });
  missing.addEventListener("change", () => {
    const values = numbersIn(missing.value);
    answer(missing, message, values === undefined ? () => words.data.writeValues : null);
    if (values !== undefined) read({ ...options, missing: values });
  });
  const counts = choice(COUNTS.map((each) => [each, words.data.counts[each]]), options.counts ?? "as-is", { id: "read-counts" });
  counts.addEventListener("change", () => {
    const { value } = counts;
    read({ ...options, counts: value === "log" || value === "ranks" ? value : null });
  });
  return [
    labelled(words.data.lowest, lo),
    labelled(words.data.highest, hi),
    labelled(words.data.missing, missing),
    labelled(words.data.numbersAre, counts),
  ];
}

/**
 * The numbers of a list; null where nothing is written, undefined where something else is.
 * @param {string} text
 */
function numbersIn(text) {
  const written = text.trim().toLowerCase();
  if (written === "") return null;
  if (written === "none" || written === words.data.noValues) return [];
  const values = written.split(/[\s,;]+/).map(Number);
  return values.every(Number.isFinite) ? values : undefined;
}

/**
 * @param {ReadOptions} options
 * @param {(options: ReadOptions) => void} read
 */
function idFields(options, read) {
  const declared = options.ids ?? [];
  const boxes = FORMS.map((form) => {
    const box = el("input", { id: `read-ids-${form}`, type: "checkbox", checked: declared.includes(form) });
    box.addEventListener("change", () => {
      read({ ...options, ids: FORMS.filter((each) => (each === form ? box.checked : declared.includes(each))) });
    });
    return el("label", {}, box, el("span", { textContent: words.data.ids[form] }));
  });
  return el(
    "details",
    { id: "read-ids", className: "wide-field" },
    el("summary", { textContent: words.data.idsOfPeople(declared.length > 0) }),
    el("p", {
      className: "small muted",
      textContent: words.data.idsText,
    }),
    el("div", { className: "boxes" }, ...boxes),
  );
}
