// Words that several parts of the page need.

export const common = {
  /** The other language, and how its own speakers call it. */
  other: /** @type {{ language: "en" | "de", name: string }} */ ({ language: "de", name: "Deutsch" }),
  languageTitle: "Zeigt die Seite auf Deutsch",
  documentTitle: "Dual Metric",
  documentTitleOfExperiments: "Experiments – Dual Metric",
  copied: "Copied",
  seeAddress: "See address",
  close: "Close",
  explain: "Explain",
  /** @param {string} title */
  whatIs: (title) => `What is “${title}”?`,
};
