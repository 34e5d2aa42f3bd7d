// Block 5: recommendations to a person, whole lists, reasons, and ratings of the visitor's own.

import { between, counted, fixed, listOf, rating } from "../../format.js";

export const recommend = {
  recommendations: "recommendations",
  vectors: "vectors",
  model: "model",
  /** @param {string} what */
  saveWhat: (what) => `Save ${what}`,
  save: "Save",
  onlyOfFile: "this model knows only people of the file",
  noWay: "no way leads here",
  /** @param {string} domain */
  nothingIn: (domain) => `nothing in ${domain}`,
  /** @param {string} domain */
  ratedIn: (domain) => `Rated in ${domain}`,
  /** @param {string} domain */
  ratedHighestIn: (domain) => `Favourites in ${domain}`,
  /** @param {string} domain */
  nextIn: (domain) => `Next in ${domain}`,
  afterTraining: "after training",
  throughMap: "through the map",
  /** @param {string[]} way */
  throughMaps: (way) => `through the map${way.length > 2 ? "s" : ""}: ${way.join(" → ")}`,
  /** @param {number | null} high null: where domains differ */
  sortByChance: (high) => `Sort by the chance of ${high === null ? "a high rating" : `${rating(high, false)} or more`}`,
  /** @param {[number, number]} ends */
  likely: ([lo, hi]) => `likely ${between(rating(lo, false), rating(hi, false))}`,
  /** @param {number} high @param {string} chance */
  chanceIs: (high, chance) => `the chance of ${rating(high, false)} or more is ${chance}`,
  nearest: "Nearest people",
  /** @param {string} person @param {string} domain */
  personIn: (person, domain) => `${person}, in ${domain}`,
  comparesNobody: "this model compares no people",
  withTwoFiles: "With two files that share people, everybody in them can be looked up here.",
  /** On paper. @param {string} person */
  listsFor: (person) => `For ${person}`,
  lookUp: "Look somebody up.",
  lookUpOrClick: "Look somebody up, or click on the map.",
  /** @param {boolean} many @param {boolean} trained */
  ratedInAll: (many, trained) =>
    `Has rated in ${many ? "all" : "both"}: each list comes from their own ratings there${trained ? "" : ", once it is trained"}.`,
  /** @param {number} n */
  ofTheDomains: (n) => `${n} of the domains`,
  thisModel: "this model",
  /** @param {string} where @param {string} model */
  unknownThere: (where, model) =>
    `Never rated in ${where}, and ${model} knows nothing of people of other domains there: it predicts for those of a file.`,
  /** @param {string} where @param {boolean} trained @param {boolean} byMap @param {string[]} known */
  predictedTwo: (where, trained, byMap, known) =>
    `Never rated in ${where}: ${trained ? "predicted" : "to be predicted"} ${byMap ? "through the map from their ratings in" : "from how high they rate in"} ${listOf(known)}.`,
  /** @param {string} where @param {boolean} trained @param {string[]} known @param {string} along */
  predictedMany: (where, trained, known, along) =>
    `Never rated in ${where}: ${trained ? "predicted" : "to be predicted"} along the maps from ${listOf(known)}${along}.`,
  someByOthers: ", some by way of others, as their lists say",
  /** @param {string} to @param {string[]} by */
  byWayOf: (to, by) => `, to ${to} by way of ${listOf(by)}`,

  lists: {
    save: "Save these lists",
    filter: "Only titles and genres with …",
    filterLabel: "Only items whose title or categories contain",
    /** @param {string} person */
    nextFor: (person) => `Next for ${person}`,
    surestFirst: "The surest to be rated high come first.",
    highestFirst: "What is expected to be rated highest comes first.",
    number: "no.",
    item: "item",
    expected: "expected",
    likely: "likely",
    /** @param {number} high */
    orMore: (high) => `${rating(high, false)} or more`,
    /** @param {number} left @param {number | null} all where some are left out @param {boolean} viaMap */
    items: (left, all, viaMap) => `${counted(left, "item", "items")}${all === null ? "" : ` of ${all}`}${viaMap ? ", through the map" : ""}`,
    nothingKnown: "nothing is known here",
    why: "Why?",
  },
  /** Why something is recommended. */
  because: {
    /** @param {boolean} isYou */
    nothing: (isYou) => `No single rating of ${isYou ? "yours" : "theirs"} lowers it noticeably.`,
    /** @param {boolean} isYou @param {{ title: string, rating: number }[]} reasons @param {number} together */
    text(isYou, reasons, together) {
      const rated = reasons.map(({ title, rating: given }) => `${title} (${rating(given, false)})`).join(" and ");
      return `Because ${isYou ? "you" : "they"} rated ${rated}; ${fixed(together, 2)} lower without ${reasons.length === 1 ? "that" : "both"}.`;
    },
  },
  visitor: {
    title: "Rate ten items yourself",
    text: "Nothing is trained anew, and your ratings are added to nothing: they stay on this page until you take them out.",
    anyTitle: "Any title",
    itemsOf: "Items of",
    contains: "Whose title contains",
    show: "Show my lists",
    clear: "Take all out",
    yours: "Your ratings",
    /** @param {string} title */
    takeOut: (title) => `Take ${title} out`,
    nothingRated: "Nothing is rated yet.",
    /** @param {number} n @param {number} left */
    ratings: (n, left) => `${counted(n, "rating", "ratings")}${left > 0 ? `; ${left} more make a better list.` : ""}`,
    /** @param {string} title */
    ratingOf: (title) => `Your rating of ${title}`,
    notRated: "not rated",
    noTitle: "No title contains that.",
    looking: "Looking …",
    /** @param {number} n */
    below: (n) => `Your lists are below, from ${counted(n, "rating", "ratings")}.`,
  },
};
