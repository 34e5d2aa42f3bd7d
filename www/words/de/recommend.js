// Block 5: Empfehlungen für eine Person, ganze Listen, Gründe, und eigene Bewertungen.

import { between, counted, fixed, listOf, rating } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["recommend"]} */
export const recommend = {
  recommendations: "Empfehlungen",
  vectors: "Vektoren",
  model: "Modell",
  saveWhat: (what) => `${what} speichern`,
  save: "Sichern",
  onlyOfFile: "dieses Modell kennt nur Personen der Datei",
  noWay: "kein Weg führt hierher",
  nothingIn: (domain) => `nichts in ${domain}`,
  ratedIn: (domain) => `Bewertet: ${domain}`,
  ratedHighestIn: (domain) => `Favoriten: ${domain}`,
  nextIn: (domain) => `Empfohlen: ${domain}`,
  afterTraining: "nach dem Training",
  throughMap: "durch die Abbildung",
  throughMaps: (way) => `durch die Abbildung${way.length > 2 ? "en" : ""}: ${way.join(" → ")}`,
  sortByChance: (high) => `Nach der Chance auf ${high === null ? "eine hohe Bewertung" : `${rating(high, false)} oder mehr`} ordnen`,
  likely: ([lo, hi]) => `wohl ${between(rating(lo, false), rating(hi, false))}`,
  chanceIs: (high, chance) => `die Chance auf ${rating(high, false)} oder mehr ist ${chance}`,
  nearest: "Nächste Personen",
  personIn: (person, domain) => `${person}, in ${domain}`,
  comparesNobody: "dieses Modell vergleicht keine Personen",
  withTwoFiles: "Mit zwei Dateien, die Personen gemeinsam haben, lässt sich hier jede von ihnen nachschlagen.",
  listsFor: (person) => `Für ${person}`,
  lookUp: "Hier lässt sich jemand nachschlagen.",
  lookUpOrClick: "Jemanden nachschlagen oder auf die Karte klicken.",
  ratedInAll: (many, trained) =>
    `Hat in ${many ? "allen" : "beiden"} bewertet: Jede Liste kommt aus den eigenen Bewertungen dort${trained ? "" : ", sobald trainiert ist"}.`,
  ofTheDomains: (n) => `${n} der Bereiche`,
  thisModel: "dieses Modell",
  unknownThere: (where, model) =>
    `Hat in ${where} nie bewertet, und ${model} weiß dort nichts von Personen anderer Bereiche: Es sagt nur für die einer Datei vorher.`,
  predictedTwo: (where, trained, byMap, known) =>
    `Nie in ${where} bewertet: ${trained ? "vorhergesagt" : "wird vorhergesagt"} ${byMap ? "durch die Abbildung aus" : "aus der Höhe der Bewertungen in"} ${listOf(known)}.`,
  predictedMany: (where, trained, known, along) =>
    `Hat in ${where} nie bewertet: ${trained ? "vorhergesagt" : "wird vorhergesagt"} über die Abbildungen von ${listOf(known)}${along}.`,
  someByOthers: ", zum Teil über andere, wie die Listen sagen",
  byWayOf: (to, by) => `, nach ${to} über ${listOf(by)}`,

  lists: {
    save: "Diese Listen speichern",
    filter: "Nur Titel und Genres mit …",
    filterLabel: "Nur Objekte, deren Titel oder Kategorien dies enthalten",
    nextFor: (person) => `Empfohlen für ${person}`,
    surestFirst: "Zuerst kommt, was am sichersten hoch bewertet wird.",
    highestFirst: "Zuerst kommt, was voraussichtlich am höchsten bewertet wird.",
    number: "Nr.",
    item: "Titel",
    expected: "erwartet",
    likely: "wohl",
    orMore: (high) => `${rating(high, false)} oder mehr`,
    items: (left, all, viaMap) => `${counted(left, "Titel", "Titel")}${all === null ? "" : ` von ${all}`}${viaMap ? ", durch die Abbildung" : ""}`,
    nothingKnown: "hier ist nichts bekannt",
    why: "Warum?",
  },
  because: {
    nothing: (isYou) => `Keine einzelne ${isYou ? "eigene " : ""}Bewertung macht einen merklichen Unterschied.`,
    text(isYou, reasons, together) {
      const rated = reasons.map(({ title, rating: given }) => `${title} (${rating(given, false)})`).join(" und ");
      return `Wegen der ${isYou ? "eigenen " : ""}${reasons.length === 1 ? "Bewertung" : "Bewertungen"} von ${rated}; ohne ${reasons.length === 1 ? "sie" : "beide"} ${fixed(together, 2)} niedriger.`;
    },
  },
  visitor: {
    title: "Selbst zehn Titel bewerten",
    text: "Nichts wird neu trainiert, und die eigenen Bewertungen kommen nirgends hinzu: Sie bleiben auf dieser Seite, bis sie herausgenommen werden.",
    anyTitle: "Beliebiger Titel",
    itemsOf: "Titel aus",
    contains: "Titel enthält",
    show: "Meine Listen zeigen",
    clear: "Alle herausnehmen",
    yours: "Eigene Bewertungen",
    takeOut: (title) => `${title} herausnehmen`,
    nothingRated: "Noch ist nichts bewertet.",
    ratings: (n, left) => `${counted(n, "Bewertung", "Bewertungen")}${left > 0 ? `; ${left} weitere machen eine bessere Liste.` : ""}`,
    ratingOf: (title) => `Eigene Bewertung von ${title}`,
    notRated: "nicht bewertet",
    noTitle: "Kein Titel enthält das.",
    looking: "Sucht …",
    below: (n) => `Die Listen stehen unten, aus ${counted(n, "Bewertung", "Bewertungen")}.`,
  },
};
