// Words that several parts of the page need, and how numbers and dates are written.

export const common = {
  /** For Intl. */
  locale: "en",
  /** Of dates: the day before the month, and a clock of 24 hours. */
  dates: "en-GB",
  /** The other language, and how its own speakers call it. */
  other: /** @type {{ language: "en" | "de", name: string }} */ ({ language: "de", name: "Deutsch" }),
  languageTitle: "Zeigt die Seite auf Deutsch",
  documentTitle: "Dual Metric",
  documentTitleOfExperiments: "Experiments – Dual Metric",
  copied: "Copied",
  seeAddress: "See address",
  close: "Close",
};
