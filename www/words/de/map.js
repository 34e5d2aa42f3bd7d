// Block 3: die Worte um die Karte.

import { count, counted, listOf, percent } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["map"]} */
export const map = {
  findPerson: "Person suchen",
  people: "Personen",
  nobodyCalledSo: "Niemand heißt so",
  colouredByLabel: "Wonach die Personen auf der Karte gefärbt sind",
  colouredByTitle: "Farbe nach",
  colouredBy: "Farbe nach",
  domain: "Bereich",
  howHigh: "Höhe der Bewertungen",
  howMuch: "Zahl der Bewertungen",
  mostOf: (field) => `${field}, am meisten bewertet`,
  inFifths: "In Fünfteln der Personen jedes Bereichs",
  notKnown: "unbekannt",
  lowestFifth: "unterstes Fünftel",
  highestFifth: "oberstes Fünftel",
  others: "andere",
  planeShows: "So viel davon, wie weit die Personen streuen, zeigt die Ebene",
  turnedAlong: (way) => `Gedreht über ${way.join(" → ")}`,
  linked: (pairs) => (pairs === null ? "verknüpfte Paare" : counted(pairs, "Paar verknüpft", "Paare verknüpft")),
  held: (pairs, left) =>
    pairs === null ? "für den Test" : `${count(pairs)} für den Test${left > 0 ? `, ${counted(left, "weiteren", "weiteren")} fehlen Bewertungen` : ""}`,
  leftOut: (left) =>
    `${counted(left, "weiteres Paar war", "weitere Paare waren")} verborgen, aber im Training fehlen Bewertungen in einem der beiden Bereiche für einen Vergleich`,
  explained: (share) => `${percent(share)} der Streuung`,
  inSpaceOf: "Alle zeigen im Raum von",
  turnedOnto: "gedreht auf",
  everybodyIsAPoint: "Wer bewertet hat, wird ein Punkt. Personen mit ähnlichem Geschmack sollten nah beieinander zu liegen kommen.",
  apart: (apart) => ` Nichts verknüpft ${listOf(apart)} mit den anderen: Die Lage dort sagt nichts.`,
  sampling: (space) =>
    `Zieht: Punkte sind Mittel über die letzten Ziehungen, auf ${space} gedreht, wie die neueste es sagt. In der Ellipse um die ausgewählte Person liegen 80 % ihrer Ziehungen.`,
  learningTwo: (a, b) =>
    `Lernt: Personen wandern, bis ihr Ort ihre Bewertungen vorhersagt; dabei wird eine Drehung gesucht, die die Wolke von ${a} auf die von ${b} legt.`,
  trainedTwo: (a, b) =>
    `Von vorher nach nachher schieben: Die Wolke von ${a} dreht sich als Ganzes, und eine Linie wird kürzer, wenn jemand sich in ${b} selbst trifft. Gestrichelte Paare waren vor der Drehung verborgen: Sie sind der Test.`,
  beforeTwo: (a, b) =>
    `Jede Scheibe ist jemand mit Bewertungen in ${a}, jedes Dreieck jemand in ${b}; eine Linie verbindet die beiden Zeichen einer Person. Noch ist nichts gelernt.`,
  learningMany: (space) =>
    `Lernt: Personen wandern, bis ihr Ort ihre Bewertungen vorhersagt; dabei werden Drehungen gesucht, die die Wolken aufeinanderlegen. Alle sind auf der von ${space} zu sehen.`,
  trainedMany: (space, detour) =>
    `Von vorher nach nachher schieben: Jede Wolke dreht sich als Ganzes auf die von ${space}, und Linien werden kürzer, wenn jemand sich selbst trifft. Gestrichelte Paare sind der Test.${detour}`,
  manyDetours: " Wolken ohne Verknüpfung mit ihr gehen über andere.",
  detour: (domain, by) => ` Die von ${domain} geht über ${listOf(by)}.`,
  beforeMany: "Jedes Zeichen ist jemand mit Bewertungen, jeder Bereich hat ein eigenes; Linien verbinden die Zeichen einer Person. Noch ist nichts gelernt.",
  soon: "Gleich sind hier alle Personen des Beispiels zu sehen.",
  notStarted: "Die Seite konnte nicht starten.",
  openFiles: "Mindestens zwei Dateien mit gemeinsamen Personen öffnen, oder das Beispiel laden.",
  oneMore: "Noch eine Datei: Ihre Personen werden an ihren Kennungen wiedererkannt.",
  nothingToShow: "Noch gibt es nichts zu zeigen.",
  mapOfPeople: (numbers) => `Karte der Personen. ${numbers.map(([name, value]) => `${name}: ${value}`).join(". ")}`,
  noneYet: "noch keine",
  inDomain: (domain) => `In ${domain}`,
  persons: (n) => counted(n, "Person", "Personen"),
  inBoth: "In beiden",
  inBothOf: (domains) => `In ${listOf(domains)}`,
  shownOn: "Gezeigt auf der Wolke von",
  spread: "Streuung, die die Ebene zeigt",
  trained: "Trainiert",
  hiddenMeasured: "Gemessene verborgene Paare",
  hiddenMeasuredOf: (domains) => `Gemessene verborgene Paare von ${listOf(domains)}`,
  distance: "Ihr Abstand nach der Drehung, 1 für das Mittel",
  only: (domain) => `nur ${domain}`,
  nearestTo: (person) => (person === null ? "Personen, die der Mitte der Karte am nächsten sind" : `Personen, die ${person} auf der Karte am nächsten sind`),
  turned: (share) => `${Math.round(share * 100)} % gedreht`,
  ratesHighest: (who, lines) => `${who}. Am höchsten bewertet: ${lines.join(". ")}`,
  noPictureYet: "Es gibt noch keine Karte für ein Bild",
  noPicture: "Dieser Browser konnte kein Bild der Karte machen; das Fenster verkleinern und noch einmal versuchen",
  noFilm: "Dieser Browser konnte die Drehung nicht aufnehmen",
  noCanvas: "Dieser Browser gibt keine Zeichenfläche für die Karte; andere Tabs schließen und noch einmal versuchen",
};
