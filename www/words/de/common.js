// Was mehrere Teile der Seite brauchen.

/** @import { Words } from "../words.js" */

/** @type {Words["common"]} */
export const common = {
  other: { language: "en", name: "English" },
  languageTitle: "Shows the page in English",
  documentTitle: "Dual Metric",
  documentTitleOfExperiments: "Experimente – Dual Metric",
  copied: "Kopiert",
  seeAddress: "Siehe Adresse",
  close: "Schließen",
  explain: "Erklären",
  whatIs: (title) => `Was ist „${title}“?`,
};
