// How a rating file is read, as a form: what is recognised or declared of it. Every change reads the file again.

import { choice, el, labelled } from "./dom.js";
import { capital } from "./format.js";
import { answer } from "./number_field.js";

/** @import { Delimiter, IdForm, Preview, ReadOptions } from "./border.d.ts" */

/** @type {[Delimiter, string][]} */
const DELIMITERS = [
  ["comma", "Comma ,"],
  ["tab", "Tab"],
  ["semicolon", "Semicolon ;"],
  ["double-colon", "Double colon ::"],
  ["pipe", "Bar |"],
  ["space", "Space"],
];

/** Labels of the WHATWG's Encoding Standard. @type {[string, string][]} */
const ENCODINGS = [
  ["", "Recognised"],
  ["utf-8", "UTF-8"],
  ["utf-16le", "UTF-16"],
  ["windows-1252", "Western (Windows-1252)"],
  ["windows-1250", "Central European (Windows-1250)"],
  ["windows-1251", "Cyrillic (Windows-1251)"],
  ["koi8-r", "Cyrillic (KOI8-R)"],
  ["gb18030", "Chinese (GB18030, GBK)"],
  ["big5", "Chinese (Big5)"],
  ["shift_jis", "Japanese (Shift JIS)"],
  ["euc-jp", "Japanese (EUC-JP)"],
  ["euc-kr", "Korean (EUC-KR)"],
];

/** @type {["as-is" | "ranks" | "log", string][]} */
const COUNTS = [
  ["as-is", "Ratings"],
  ["ranks", "Counts: take each person's ranks"],
  ["log", "Counts: take logarithms"],
];

/** @type {[IdForm, string][]} */
const FORMS = [
  ["utf-8", "read as UTF-8 where they were not: ChloÃ©"],
  ["trim", "without blanks at the ends and characters that are not seen"],
  ["compose", "letters with accents as one character"],
  ["strip-apostrophe", "without a spreadsheet's apostrophe: '007"],
  ["strip-.0", "without .0 at the end: 12.0"],
  ["strip-prefix", "without a word in front: user_12"],
  ["strip-leading-zeros", "without zeros at the start: 007"],
  ["lower", "in lower case"],
  ["strip-punctuation", "without blanks and punctuation"],
];

/**
 * @param {Preview} preview
 * @param {ReadOptions} options what is declared, and stays when something is changed
 * @param {(options: ReadOptions) => void} read
 */
export function readingForm(preview, options, read) {
  const message = el("p", { className: "small error", id: "read-message", role: "alert" });
  const again = el("button", { id: "read-again", type: "button", className: "quiet", textContent: "Recognise anew" });
  again.addEventListener("click", () => read({}));
  return el(
    "div",
    { className: "fields" },
    message,
    ...tableFields(preview, options, read),
    ...ratingFields(preview, options, read, message),
    again,
    preview.scale_note ? el("p", { className: "small muted hint", textContent: `${capital(preview.scale_note)}.` }) : null,
    idFields(options, read),
  );
}

/**
 * @param {Preview} preview
 * @param {ReadOptions} options
 * @param {(options: ReadOptions) => void} read
 */
function tableFields(preview, options, read) {
  const delimiter = choice(DELIMITERS, preview.delimiter, { id: "read-delimiter" });
  // Another delimiter makes other columns, so that their roles must be recognised anew.
  delimiter.addEventListener("change", () =>
    read({ ...options, delimiter: /** @type {Delimiter} */ (delimiter.value), header: null, roles: null }),
  );
  const header = el("input", { id: "read-header", type: "checkbox", checked: preview.header });
  header.addEventListener("change", () => read({ ...options, header: header.checked }));
  const known = ENCODINGS.some(([label]) => label === (options.encoding ?? ""));
  /** @type {[string, string][]} */
  const encodings = known ? ENCODINGS : [...ENCODINGS, [options.encoding ?? "", options.encoding ?? ""]];
  const encoding = choice(encodings, options.encoding ?? "", { id: "read-encoding" });
  encoding.addEventListener("change", () => read({ ...options, encoding: encoding.value || null }));
  return [
    labelled("Columns are parted by", delimiter),
    labelled("First line names the columns", header),
    labelled("Encoding of the text", encoding),
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
      const stays = `The scale stays ${preview.scale.lo} to ${preview.scale.hi}`;
      answer(bound, message, fits ? null : () => `${stays}. Use two numbers, the lowest below the highest.`);
      if (fits) read({ ...options, scale });
    });
  }
  const missing = el("input", {
    id: "read-missing",
    type: "text",
    inputMode: "text",
    placeholder: "recognised",
    value: options.missing ? options.missing.join(", ") || "none" : "",
  });
  missing.addEventListener("change", () => {
    const values = numbersIn(missing.value);
    answer(missing, message, values === undefined ? () => "Write values such as -1 or 0, 99; or none; or nothing." : null);
    if (values !== undefined) read({ ...options, missing: values });
  });
  const counts = choice(COUNTS, options.counts ?? "as-is", { id: "read-counts" });
  counts.addEventListener("change", () => {
    const { value } = counts;
    read({ ...options, counts: value === "log" || value === "ranks" ? value : null });
  });
  return [
    labelled("Lowest rating", lo),
    labelled("Highest rating", hi),
    labelled("Values that mean not rated", missing),
    labelled("The numbers are", counts),
  ];
}

/**
 * The numbers of a list; null where nothing is written, undefined where something else is.
 * @param {string} text
 */
function numbersIn(text) {
  const written = text.trim().toLowerCase();
  if (written === "") return null;
  if (written === "none") return [];
  const values = written.split(/[\s,;]+/).map(Number);
  return values.every(Number.isFinite) ? values : undefined;
}

/**
 * @param {ReadOptions} options
 * @param {(options: ReadOptions) => void} read
 */
function idFields(options, read) {
  const declared = options.ids ?? [];
  const boxes = FORMS.map(([form, text]) => {
    const box = el("input", { id: `read-ids-${form}`, type: "checkbox", checked: declared.includes(form) });
    box.addEventListener("change", () => {
      const forms = FORMS.map(([each]) => each);
      read({ ...options, ids: forms.filter((each) => (each === form ? box.checked : declared.includes(each))) });
    });
    return el("label", {}, box, el("span", { textContent: text }));
  });
  return el(
    "details",
    { id: "read-ids", className: "wide-field" },
    el("summary", { textContent: `Ids of people: ${declared.length > 0 ? "written anew" : "as they are in the file"}` }),
    el("p", {
      className: "small muted",
      textContent: "Two files may write one person in two ways. People whose ids become the same are one.",
    }),
    el("div", { className: "boxes" }, ...boxes),
  );
}
