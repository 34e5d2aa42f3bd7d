// What the map says of regions, groups, items and the visitor.

import { counted } from "../../format.js";

/** @import { TellingKind } from "../../border.d.ts" */

/**
 * @typedef {object} Told a fact of a region
 * @property {TellingKind} kind
 * @property {string} name of the category or the item
 * @property {string} domain
 * @property {string} here
 * @property {string} everywhere
 */

export const layers = {
  you: "You",
  /** Where the visitor stands. @param {string} domains */
  youIn: (domains) => `You · ${domains}`,
  youStand: "On the map you are the house named You.",

  names: "names",
  namesTitle: "What people in a part of the map have most beyond chance",
  noNames: "no part stands out",
  noNamesTitle: "Nothing that people in one part of the map like or are sets them apart by more than chance",
  /** In the map's numbers. @param {number} n @param {string | null} name */
  region: (n, name) => (name ? `Part ${n}, ${name}` : `Part ${n}, without a name`),
  /** @param {string} people @param {string[]} facts */
  regionText: (people, facts) => [people, ...facts].join("; "),
  /** @param {number} count @param {string} domain */
  peopleIn: (count, domain) => `${counted(count, "person", "people")} in ${domain}`,
  /** @param {Told} told @returns {string} */
  telling: ({ kind, name, domain, here, everywhere }) =>
    ({
      people: `${name}: ${here} of them, ${everywhere} of all (${domain})`,
      often: `${here} of their ratings are of ${name}, ${everywhere} of everybody’s (${domain})`,
      high: `rate ${name} ${here} above what is usual (${domain})`,
      item: `rate ${name} ${here} above what is usual (${domain})`,
    })[kind],

  items: "items",
  itemsTitle: "Books, films and what else is rated: each lies in the direction of the people who like it",
  noItems: "items have no place here",
  noItemsTitle: "This model keeps people and items in spaces of their own",
  /** @param {string} domain @param {number} ratings */
  itemOf: (domain, ratings) => `${domain} · ${counted(ratings, "rating", "ratings")}`,
  itemClick: "A click lights who it suits best",

  group: "A group",
  groupHint: "A group is drawn round, or taken from a part of the map, or from around somebody.",
  draw: "Draw round people",
  drawing: "Draw a line round people. Esc ends it.",
  drawnNobody: "Nobody was inside of the line. Draw again, or press Esc.",
  stopDrawing: "End drawing",
  part: "The people of a part",
  /** @param {number} n @param {string | null} name */
  partName: (n, name) => name ?? `part ${n}, without a name`,
  noParts: "there are no parts yet",
  nearest: "The nearest of the person chosen",
  /** @param {number} n @param {string} label */
  nearestOf: (n, label) => `${n} nearest of ${label}`,
  nobodyChosen: "nobody is chosen",
  take: "Take",
  looking: "Looking …",
  /** @param {number} people @param {string[]} domains */
  groupOf: (people, domains) => `${counted(people, "person", "people")}: ${domains.join(", ")}`,
  /** @param {number} people @param {number} of */
  asked: (people, of) => `means over ${people} of ${of} people, evenly chosen`,
  most: "Expected to rate highest",
  beyond: "More than everybody",
  item: "item",
  groupColumn: "group",
  everybodyColumn: "all",
  columnsTitle: "How much higher than other items they are expected to rate it, on the original scale",
  nothing: "nothing follows here",
  saveGroup: "Save people and items",
  letGo: "Let go",
};
