// Block 1 and the dialog of a file: places, what was read and how, what is known beside ratings.

import { capital, count, counted, fixed, percent } from "../../format.js";

/** @import { Delimiter, FieldKind, IdForm, Roles } from "../../border.d.ts" */

export const data = {
  /** What places without a file are called. */
  places: ["First file", "Second file", "Third file", "Fourth file", "Fifth file", "Sixth file", "Seventh file", "Eighth file"],
  /** @param {number} most */
  noRoom: (most) => `The page has room for ${most} domains`,
  /** @param {number} n */
  domains: (n) => `${n} domains`,
  domainsOfSample: "Domains of the sample",
  sampleAfresh: "Sample afresh",
  trySample: "Try the sample",
  inBoth: "people in both",
  inSeveral: "people in two or more",
  generated: "generated sample data",
  /** @param {number} n */
  morePairs: (n) => `${n} more pairs`,
  /** @param {string} a @param {string} b */
  tooFewIn: (a, b) => `Too few with 5 ratings in ${a} and in ${b} to compare`,
  /** @param {string} a @param {string} b @param {number} r */
  correlatesIn: (a, b, r) => `The mean ratings of these people in ${a} and in ${b} correlate by ${fixed(r, 2)}`,
  nobody: "nobody",
  twoFiles: "two files, joined by the ids of people",
  tooFew: "too few with 5 ratings in each to compare",
  /** @param {number} r @param {boolean} isGenerated */
  correlates: (r, isGenerated) => `their mean ratings correlate by ${fixed(r, 2)}${isGenerated ? " · generated sample data" : ""}`,
  /** @param {string} what */
  undo: (what) => `Undo: ${what}`,
  /** @param {number} n */
  moreWarnings: (n) => counted(n, "more warning", "more warnings"),
  /** @param {string} file */
  dropped: (file) => `${file} was dropped. Where does it belong?`,
  /** @param {string} domain */
  replaceOne: (domain) => `Replace ${domain}`,
  addIt: "Add it",
  leaveIt: "Leave it",
  open: "Open",
  openFile: "Open a file",
  replace: "Replace",
  details: "Details",
  correct: "Correct how it is read",
  /** @param {string} name */
  detailsOf: (name) => `Details of ${name}`,
  /** @param {string} name */
  removeOf: (name) => `Remove ${name}`,
  thisPlace: "this place",
  /** @param {string} name */
  replaceBy: (name) => `Replace ${name} by another rating file`,
  /** @param {string} name */
  openAs: (name) => `Open a file as ${name}`,
  dropShort: "or drop it here",
  drop: "or drop it here: people, items and ratings,",
  dropFormat: "one rating a line, as CSV or TSV",
  /** @param {number} ratings @param {number} users @param {number} items */
  size: (ratings, users, items) => `${count(ratings)} ratings · ${counted(users, "person", "people")} · ${counted(items, "item", "items")}`,
  /** @param {number} density @param {number} _items for a language that has more room here than beside ratings and people */
  empty: (density, _items) => `${percent(1 - density)} empty`,
  /** @param {number} lo @param {number} hi @param {boolean} isObserved */
  scale: (lo, hi, isObserved) => `scale ${lo}–${hi}${isObserved ? ", their range" : ""}`,
  /** @param {number} rows */
  notRead: (rows) => `${counted(rows, "row", "rows")} not read`,
  /** @param {number} rows */
  repeated: (rows) => `${count(rows)} repeated`,
  withFeatures: "with features",

  seeRows: "See the rows",
  seeColumns: "See the columns",
  seeReading: "See how it is read",
  seeIds: "See the ids",
  /** @param {number} rows */
  wereNotRead: (rows) => `${counted(rows, "row was", "rows were")} not read`,
  /** @param {number} rows */
  firstShown: (rows) => `The first ${count(rows)} are shown.`,
  rowsNotRead: "Rows that were not read",
  line: "Line",
  why: "Why",
  text: "Text",
  saveAll: "Save all as CSV",

  whatElse: "What else is known",
  whatElseText: "Optional: a table with one line a person or item, the id first. Titles are shown, other columns help the model.",
  /** @type {Record<"users" | "items", string>} */
  about: { users: "About people", items: "About items" },
  /** @type {Record<"users" | "items", string>} */
  openTable: { users: "Open a table about people", items: "Open a table about items" },
  /** @type {Record<"users" | "items", string>} */
  replaceTable: { users: "Replace the table about people", items: "Replace the table about items" },
  /** @type {Record<"users" | "items", string>} */
  removeTable: { users: "Remove the table about people", items: "Remove the table about items" },
  remove: "Remove",
  none: "none",
  openATable: "Open a table",
  /** @param {string} file @param {number} rows @param {number} matched @param {string | null} titles @param {string} fields */
  table: (file, rows, matched, titles, fields) =>
    `${file}: ${counted(rows, "row", "rows")}, ${count(matched)} matched${titles ? `, titles from ${titles}` : ""}${fields ? `; ${fields}` : ""}`,
  /** @type {Record<FieldKind, string>} */
  kinds: { numeric: "numeric", "one-hot": "one-hot", "multi-hot": "multi-hot" },

  /** @param {string} file */
  waiting: (file) => `${file}, which was to replace it, could not be read yet.`,
  notReadYet: "not read yet",
  readAsShown: "Read it as shown",
  howToCorrect: "Say what parts the columns and what each holds; every change reads the file again. Until it can be read, what was loaded stays.",
  /** @param {string} density */
  tableIsEmpty: (density) => `${density} of the table is empty`,
  /** @param {number} pairs */
  occurredMore: (pairs) => `${counted(pairs, "pair", "pairs")} occurred more than once`,
  sampleNote:
    "These people and items were made up by a generator with tastes that it knows, so that the page can say how much of what there is to find was found. Open your own files to replace them.",
  firstRows: "First rows of the file",
  /** @param {string} column */
  holds: (column) => `What ${column} holds`,
  /** @type {Record<keyof Roles | "ignore", string>} */
  roles: { user: "Person", item: "Item", rating: "Rating", time: "Time", ignore: "Ignore" },

  /** @type {Record<Delimiter, string>} */
  delimiters: { comma: "Comma ,", tab: "Tab", semicolon: "Semicolon ;", "double-colon": "Double colon ::", pipe: "Bar |", space: "Space" },
  /** Encodings of a text. */
  recognised: "Recognised",
  western: "Western (Windows-1252)",
  centralEuropean: "Central European (Windows-1250)",
  /** @param {string} name */
  cyrillic: (name) => `Cyrillic (${name})`,
  /** @param {string} name */
  chinese: (name) => `Chinese (${name})`,
  /** @param {string} name */
  japanese: (name) => `Japanese (${name})`,
  /** @param {string} name */
  korean: (name) => `Korean (${name})`,
  /** @type {Record<"as-is" | "ranks" | "log", string>} */
  counts: { "as-is": "Ratings", ranks: "Counts: take each person's ranks", log: "Counts: take logarithms" },
  /** @type {Record<IdForm, string>} */
  ids: {
    "utf-8": "read as UTF-8 where they were not: ChloÃ©",
    trim: "without blanks at the ends and characters that are not seen",
    compose: "letters with accents as one character",
    "strip-apostrophe": "without a spreadsheet's apostrophe: '007",
    "strip-.0": "without .0 at the end: 12.0",
    "strip-prefix": "without a word in front: user_12",
    "strip-leading-zeros": "without zeros at the start: 007",
    lower: "in lower case",
    "strip-punctuation": "without blanks and punctuation",
  },
  recogniseAnew: "Recognise anew",
  delimiter: "Columns are parted by",
  header: "First line names the columns",
  encoding: "Encoding of the text",
  /** @param {number} lo @param {number} hi */
  scaleStays: (lo, hi) => `The scale stays ${lo} to ${hi}. Use two numbers, the lowest below the highest.`,
  recognisedValues: "recognised",
  noValues: "none",
  writeValues: "Write values such as -1 or 0, 99; or none; or nothing.",
  lowest: "Lowest rating",
  highest: "Highest rating",
  missing: "Values that mean not rated",
  numbersAre: "The numbers are",
  /** @param {boolean} isChanged */
  idsOfPeople: (isChanged) => `Ids of people: ${isChanged ? "written anew" : "as they are in the file"}`,
  idsText: "Two files may write one person in two ways. People whose ids become the same are one.",
  /** A text of the core as a sentence. @param {string} text */
  sentence: (text) => `${capital(text)}.`,
};
