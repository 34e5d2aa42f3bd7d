// Was die Karte von Gegenden, Gruppen, Titeln und den Besuchenden sagt.

import { counted } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["layers"]} */
export const layers = {
  you: "Sie",
  youIn: (domains) => `Sie · ${domains}`,
  youStand: "Auf der Karte sind Sie das Haus mit dem Namen Sie.",

  names: "Namen",
  namesTitle: "Was Personen in einem Teil der Karte am meisten über den Zufall hinaus haben",
  noNames: "kein Teil sticht hervor",
  noNamesTitle: "Nichts, was Personen in einem Teil der Karte mögen oder sind, hebt sie um mehr als Zufall ab",
  region: (n, name) => (name ? `Teil ${n}, ${name}` : `Teil ${n}, ohne Namen`),
  regionText: (people, facts) => [people, ...facts].join("; "),
  peopleIn: (count, domain) => `${counted(count, "Person", "Personen")} in ${domain}`,
  telling: ({ kind, name, domain, here, everywhere }) =>
    ({
      people: `${name}: ${here} von ihnen, ${everywhere} von allen (${domain})`,
      often: `${here} ihrer Bewertungen gelten ${name}, ${everywhere} von denen aller (${domain})`,
      high: `bewerten ${name} um ${here} höher als üblich (${domain})`,
      item: `bewerten ${name} um ${here} höher als üblich (${domain})`,
    })[kind],

  items: "Titel",
  itemsTitle: "Bücher, Filme und was sonst bewertet wird: jeder Titel liegt in Richtung der Personen, die ihn mögen",
  noItems: "Titel haben hier keinen Ort",
  noItemsTitle: "Dieses Modell hat für Personen und Titel getrennte Räume",
  itemOf: (domain, ratings) => `${domain} · ${counted(ratings, "Bewertung", "Bewertungen")}`,
  itemClick: "Ein Klick hebt hervor, zu wem er am besten passt",

  group: "Eine Gruppe",
  groupHint: "Eine Gruppe wird umfahren, oder sie ist ein Teil der Karte, oder wer um jemanden steht.",
  draw: "Personen umfahren",
  drawing: "Eine Linie um Personen ziehen. Esc beendet es.",
  drawnNobody: "In der Linie stand niemand. Noch einmal ziehen, oder Esc.",
  stopDrawing: "Zeichnen beenden",
  part: "Die Personen eines Teils",
  partName: (n, name) => name ?? `Teil ${n}, ohne Namen`,
  noParts: "noch gibt es keine Teile",
  nearest: "Wer der gewählten Person am nächsten steht",
  nearestOf: (n, label) => `die ${n} nächsten bei ${label}`,
  nobodyChosen: "niemand ist gewählt",
  take: "Nehmen",
  looking: "Wird nachgesehen …",
  groupOf: (people, domains) => `${counted(people, "Person", "Personen")}: ${domains.join(", ")}`,
  asked: (people, of) => `Mittel über ${people} von ${of} Personen, gleichmäßig gewählt`,
  most: "Wird wohl am höchsten bewertet",
  beyond: "Mehr als von allen",
  item: "Titel",
  groupColumn: "Gruppe",
  everybodyColumn: "alle",
  columnsTitle: "Um wie viel höher als andere Titel sie ihn wohl bewerten, auf der eigenen Skala",
  nothing: "hier folgt nichts",
  saveGroup: "Personen und Titel speichern",
  letGo: "Loslassen",
};
