// Was mehrere Teile der Seite brauchen, und wie Zahlen und Daten geschrieben werden.

/** @import { Words } from "../words.js" */

/** @type {Words["common"]} */
export const common = {
  locale: "de",
  dates: "de",
  other: { language: "en", name: "English" },
  languageTitle: "Shows the page in English",
  documentTitle: "Dual Metric",
  documentTitleOfExperiments: "Experimente – Dual Metric",
  copied: "Kopiert",
  seeAddress: "Siehe Adresse",
  close: "Schließen",
};
