// Where domains come from and what they are called: the names at the heads of their places, one file split in two, files of
// an address.

import { count } from "../../format.js";

export const sources = {
  rename: (/** @type {string} */ name) => `Rename ${name}`,
  renameTitle: "Rename it",
  nameOf: (/** @type {string} */ name) => `New name of ${name}: Enter takes it, Escape leaves the old one`,
  split: "Two domains in one file",
  isPart: (/** @type {string} */ column, /** @type {string[]} */ values) => `A part of the file: ${column} ${values.join(", ")}`,
  splitHint: "Where a column says which shop, category or app a row belongs to, the file can be both domains: choose the column, and which of its values are A and which are B. Rows with other values are left out.",
  splitColumn: "Split by",
  noColumn: "no column",
  readWhole: "Read the whole file",
  counting: "Counting its values …",
  splitValues: "Values of the column",
  emptyValue: "(empty)",
  neither: "left out",
  sideOf: (/** @type {string} */ value) => `Where ${value} belongs`,
  splitCounts: (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ left, /** @type {number} */ values) =>
    `A ${count(a)} rows, B ${count(b)} rows; left out: ${count(left)} rows of ${count(values)} ${values === 1 ? "value" : "values"}`,
  moreValues: (/** @type {number} */ shown, /** @type {number} */ others) => `The ${shown} commonest values; ${count(others)} others are left out. A column with so many is rarely one of domains.`,
  makesWay: (/** @type {string[]} */ names) => `${names.join(", ")} makes way for it; Undo brings it back.`,
  splitNow: "Split the file",
  splitting: "Splitting the file",
  wasSplit: (/** @type {string} */ file) => `${file} was split`,
  noFile: "There is no file of one's own to split",
  ofLink: "Files of a link",
  fileOf: (/** @type {string} */ name, /** @type {string} */ host, /** @type {string} */ place) => `${name} from ${host} as ${place}`,
  askToLoad: (/** @type {string[]} */ files) =>
    `This link brings ${files.join(" and ")}. Load ${files.length > 1 ? "them" : "it"}? Whoever runs that server learns your network address; nothing of this page is sent.`,
  loadThem: (/** @type {number} */ files) => /** @type {string} */ (files === 1 ? "Load it" : "Load them"),
  leaveThem: "Not now",
  stopLoading: "Stop",
  loading: (/** @type {string} */ name, /** @type {string} */ host, /** @type {string} */ done) => `Loading ${name} of ${host}: ${done}`,
  ofBytes: (/** @type {string} */ received, /** @type {string} */ total) => `${received} of ${total}`,
  notLoaded: (/** @type {string} */ why) => `Nothing was loaded. ${why}`,
  answered: (/** @type {string} */ name, /** @type {string} */ host, /** @type {string} */ status) =>
    `${name}: ${host} answered ${status}${status === "404" ? ", that there is no such file" : status === "401" || status === "403" ? ", that it gives the file to those alone who are signed in" : ""}. Save the file and open it here, or ask for another link.`,
  tooLarge: (/** @type {string} */ name) => `${name}: the file is larger than 512 MB. Cut it into a smaller one.`,
  leadsElsewhere: (/** @type {string} */ name, /** @type {string} */ host) =>
    `${name}: ${host} leads on to another address, which you were not asked about. Save the file and open it here, or use a link to where it lies.`,
  notAllowed: (/** @type {string} */ name, /** @type {string} */ host) =>
    `${name}: ${host} cannot be reached, or does not let other pages read the file (it would have to answer with Access-Control-Allow-Origin: *); browsers do not tell which. Save the file and open it here.`,
  noFrame: "The part of the page that asks other sites could not be loaded. Without a network nothing can be asked.",
  nothingDeclared: "nothing is declared there",
  useHttps: "use an address that begins with https://",
  becauseOf: (/** @type {string[]} */ rated) => `because of ${rated.join(" and ")}`,
  renamed: (/** @type {string} */ before, /** @type {string} */ now) => `${before} is called ${now} now`,
};
