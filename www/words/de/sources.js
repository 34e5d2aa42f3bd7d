// Woher Bereiche kommen und wie sie heißen: die Namen über ihren Plätzen, eine Datei für zwei Bereiche, Dateien einer Adresse.

import { count } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["sources"]} */
export const sources = {
  rename: (name) => `${name} umbenennen`,
  renameTitle: "Umbenennen",
  nameOf: (name) => `Neuer Name von ${name}: Enter übernimmt ihn, Escape lässt den alten`,
  split: "Zwei Bereiche in einer Datei",
  isPart: (column, values) => `Ein Teil der Datei: ${column} ${values.join(", ")}`,
  splitHint: "Wo eine Spalte sagt, zu welchem Laden, welcher Sparte oder App eine Zeile gehört, kann die Datei beide Bereiche sein: Wählen Sie die Spalte, und welche ihrer Werte A und welche B sind. Zeilen mit anderen Werten werden weggelassen.",
  splitColumn: "Geteilt nach",
  noColumn: "keiner Spalte",
  readWhole: "Die ganze Datei lesen",
  counting: "Ihre Werte werden gezählt …",
  splitValues: "Werte der Spalte",
  emptyValue: "(leer)",
  neither: "ohne",
  sideOf: (value) => `Wohin ${value} gehört`,
  splitCounts: (a, b, left, values) =>
    `A ${count(a)} Zeilen, B ${count(b)} Zeilen; weggelassen: ${count(left)} Zeilen mit ${count(values)} ${values === 1 ? "Wert" : "Werten"}`,
  moreValues: (shown, others) => `Die ${shown} häufigsten Werte; ${count(others)} andere werden weggelassen. Eine Spalte mit so vielen ist selten eine von Bereichen.`,
  makesWay: (names) => `${names.join(", ")} macht ihr Platz; Rückgängig bringt es zurück.`,
  splitNow: "Datei teilen",
  splitting: "Die Datei wird geteilt",
  wasSplit: (file) => `${file} wurde geteilt`,
  noFile: "Es gibt keine eigene Datei, die zu teilen wäre",
  ofLink: "Dateien eines Links",
  fileOf: (name, host, place) => `${name} von ${host} als ${place}`,
  askToLoad: (files) =>
    `Dieser Link bringt ${files.join(" und ")}. Laden? Wer diesen Server betreibt, erfährt Ihre Netzadresse; von dieser Seite wird nichts gesendet.`,
  loadThem: () => "Laden",
  leaveThem: "Nicht jetzt",
  stopLoading: "Anhalten",
  loading: (name, host, done) => `${name} von ${host} wird geladen: ${done}`,
  ofBytes: (received, total) => `${received} von ${total}`,
  notLoaded: (why) => `Es wurde nichts geladen. ${why}`,
  answered: (name, host, status) =>
    `${name}: ${host} antwortet mit ${status}${status === "404" ? ", dass es die Datei nicht gibt" : status === "401" || status === "403" ? ", dass nur angemeldete Leute sie bekommen" : ""}. Speichern Sie die Datei und öffnen Sie sie hier, oder bitten Sie um einen anderen Link.`,
  tooLarge: (name) => `${name}: Die Datei ist größer als 512 MB. Schneiden Sie sie kleiner.`,
  leadsElsewhere: (name, host) =>
    `${name}: ${host} leitet auf eine andere Adresse weiter, nach der Sie nicht gefragt wurden. Speichern Sie die Datei und öffnen Sie sie hier, oder nehmen Sie einen Link dorthin, wo sie liegt.`,
  notAllowed: (name, host) =>
    `${name}: ${host} ist nicht zu erreichen oder lässt andere Seiten die Datei nicht lesen (es müsste mit Access-Control-Allow-Origin: * antworten); was davon, sagen Browser nicht. Speichern Sie die Datei und öffnen Sie sie hier.`,
  noFrame: "Der Teil der Seite, der andere fragt, konnte nicht geladen werden. Ohne Netz kann nichts gefragt werden.",
  nothingDeclared: "dort ist nichts erklärt",
  useHttps: "mit einer Adresse, die mit https:// beginnt",
  becauseOf: (rated) => `wegen ${rated.join(" und ")}`,
  renamed: (before, now) => `${before} heißt jetzt ${now}`,
};
