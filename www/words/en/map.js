// Block 3: the words around the map.

import { count, counted, listOf, percent } from "../../format.js";

export const map = {
  findPerson: "Find a person",
  people: "People",
  nobodyCalledSo: "Nobody of that name",
  colouredByLabel: "People on the map are coloured by",
  colouredByTitle: "Coloured by",
  colouredBy: "coloured by",
  domain: "domain",
  howHigh: "how high they rate",
  howMuch: "how much they rate",
  /** @param {string} field of items */
  mostOf: (field) => `${field} that they rate most`,
  inFifths: "In fifths of each domain's people",
  notKnown: "not known",
  lowestFifth: "lowest fifth",
  highestFifth: "highest fifth",
  others: "others",
  planeShows: "The plane shows so much of how far people spread",
  /** @param {string[]} way */
  turnedAlong: (way) => `Turned along ${way.join(" → ")}`,
  /** @param {number | null} pairs null: not known yet */
  linked: (pairs) => (pairs === null ? "pairs linked" : `${count(pairs)} pairs linked`),
  /** @param {number | null} pairs @param {number} left those that cannot be measured */
  held: (pairs, left) =>
    pairs === null ? "kept for the test" : `${count(pairs)} kept for the test${left > 0 ? `, ${counted(left, "lacks", "lack")} ratings` : ""}`,
  /** @param {number} left */
  leftOut: (left) =>
    `${counted(left, "more pair was", "more pairs were")} hidden, but training has no ratings of theirs in one of the two to compare`,
  /** @param {number} share */
  explained: (share) => `${percent(share)} of spread shown`,
  inSpaceOf: "Show all in the space of",
  turnedOnto: "turned onto",
  everybodyIsAPoint: "Everybody who rated becomes a point. People with alike tastes should come to lie close together.",
  /** @param {string[]} apart */
  apart: (apart) => ` Nothing links ${listOf(apart)} to the others: where ${apart.length > 1 ? "they lie" : "it lies"} says nothing.`,
  /** @param {string} space */
  sampling: (space) =>
    `Sampling: points are means over the last draws, turned onto ${space} as the latest says. The ellipse around the person who is looked at holds 80 % of their draws.`,
  /** @param {string} a @param {string} b */
  learningTwo: (a, b) =>
    `Learning: people move until their place predicts their ratings, while one turn is sought that lays the cloud of ${a} onto that of ${b}.`,
  /** @param {string} a @param {string} b */
  trainedTwo: (a, b) =>
    `Slide from before to after: the cloud of ${a} turns as one piece, and a line shrinks when a person meets themselves in ${b}. Dashed pairs were hidden from the turn: they are its test.`,
  /** @param {string} a @param {string} b */
  beforeTwo: (a, b) =>
    `Every disc is somebody who rated in ${a}, every triangle somebody in ${b}; a line joins the two marks of one person. Nothing is learnt yet.`,
  /** @param {string} space */
  learningMany: (space) =>
    `Learning: people move until their place predicts their ratings, while turns are sought that lay the clouds onto each other. All are shown on that of ${space}.`,
  /** @param {string} space @param {string} detour */
  trainedMany: (space, detour) =>
    `Slide from before to after: each cloud turns as one piece onto that of ${space}, and lines shrink when a person meets themselves. Dashed pairs are the test.${detour}`,
  manyDetours: " Clouds that no link joins to it go by way of others.",
  /** @param {string} domain @param {string[]} by */
  detour: (domain, by) => ` That of ${domain} goes by way of ${listOf(by)}.`,
  beforeMany: "Every mark is somebody who rated, each domain with a sign of its own; lines join the marks of one person. Nothing is learnt yet.",
  soon: "Soon everybody of the sample is drawn here.",
  notStarted: "The page could not start.",
  openFiles: "Open two rating files or more that share people, or try the sample.",
  oneMore: "One file more: its people are joined to these by their ids.",
  nothingToShow: "There is nothing to show yet.",
  /** @param {[string, string][]} numbers */
  mapOfPeople: (numbers) => `Map of people. ${numbers.map(([name, value]) => `${name}: ${value}`).join(". ")}`,
  noneYet: "none yet",
  /** @param {string} domain */
  inDomain: (domain) => `In ${domain}`,
  /** @param {number} n */
  persons: (n) => counted(n, "person", "people"),
  inBoth: "In both",
  /** @param {string[]} domains */
  inBothOf: (domains) => `In both ${listOf(domains)}`,
  shownOn: "Shown on the cloud of",
  spread: "Spread that the plane shows",
  trained: "Trained",
  hiddenMeasured: "Hidden pairs that are measured",
  /** @param {string[]} domains */
  hiddenMeasuredOf: (domains) => `Hidden pairs of ${listOf(domains)} that are measured`,
  distance: "Their distance after the turn, 1 for the mean",
  /** @param {string} domain */
  only: (domain) => `${domain} only`,
  /** @param {string | null} person */
  nearestTo: (person) => (person === null ? "People nearest to the middle of the map" : `People nearest to ${person} on the map`),
  /** @param {number} share */
  turned: (share) => `${Math.round(share * 100)} % turned`,
  /** @param {string} who @param {string[]} lines */
  ratesHighest: (who, lines) => `${who}. Rates highest: ${lines.join(". ")}`,
  noPictureYet: "There is no map yet to take a picture of",
  noPicture: "This browser could not make a picture of the map; make the window smaller and try again",
  noFilm: "This browser could not record the turn",
  noCanvas: "This browser gives no canvas to draw the map on; close other tabs and try again",
};
