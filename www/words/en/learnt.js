// Block 4: what was learnt, in the block, in the dialog of all figures and in charts.

import { compact, count, counted, error, fixed, percent } from "../../format.js";

export const learnt = {
  everybody: "everybody",
  fewRatings: "few ratings",
  newcomers: "newcomers",
  /** Steps of the ladder. */
  itemMean: "item mean",
  alone: "alone",
  andBiases: "+ biases",
  andMap: "+ map",
  andTaste: "+ taste",
  learning:
    "Learning. When the first run is through, its errors on ratings that were kept aside stand here beside those of two simple models.",
  nothingYet:
    "Nothing is measured yet. After training this says in plain words what one domain gives the other, or that it gives nothing, or that it does harm.",
  /** @param {string} model */
  nothingCrosses: (model) => `Nothing crosses in ${model}: it knows each domain by itself, so that there is no transfer to measure.`,
  measuring: "Still measuring what crosses …",
  notMeasured: "What crosses was not measured to the end.",
  /** @param {number} seeds */
  overSeeds: (seeds) => `Figures are means over ${seeds} seeds.`,
  /** Sentences that there is no room for. @param {number} sentences */
  more: (sentences) => counted(sentences, "more sentence", "more sentences"),
  fewer: "fewer sentences",
  /** Said of a row, for those who hear it. @param {string} domain */
  inDomain: (domain) => ` in ${domain}`,
  tooFew: "too few to tell",
  interval: "interval",
  /** @param {number} ratings @param {string} domain */
  testRatings: (ratings, domain) => `${ratings} test ratings in ${domain}`,
  model: "model",
  bias: "bias",
  mean: "mean",
  againstBias: "vs bias",
  rmse: "RMSE on unseen ratings",
  testErrors: "Test errors",
  /** @param {string} group @param {string} domain @param {{ users: number, ratings: number } | null | undefined} of */
  group: (group, domain, of) => `${group} in ${domain}${of ? `: ${of.users} people, ${of.ratings} test ratings` : ""}`,
  shuffled: "shuffled",
  linked: "linked",
  againstAlone: "vs alone",
  transferCaption: "RMSE alone, with shuffled links and linked",
  transfer: "Transfer",
  shuffledAsMuch: "Shuffled links do as much",
  /** @param {string} domain */
  newcomersOf: (domain) => `Newcomers of ${domain}`,
  ladderCaption: "RMSE for newcomers, step by step",
  whatCrosses: "What crosses",
  /** @param {string} change @param {string} interval */
  fromStepBefore: (change, interval) => `${change} (${interval}) from the step before`,
  /** @param {number} pairs @param {string} a @param {string} b */
  hiddenPairsOf: (pairs, a, b) => `${pairs} hidden pairs of ${a} and ${b}`,
  /** @param {string} a @param {string} b */
  both: (a, b) => `${a} and ${b}`,
  pairsCaption: "How near hidden pairs come",
  hiddenPairs: "Hidden pairs",
  inBoth: "in both",
  turned: "turned",
  via: "via",
  noTurn: "no turn",
  random: "random",
  /** @param {string} distance @param {string} domain */
  byWayOf: (distance, domain) => `${distance} by way of ${domain}`,
  carried: "carried",
  pairs: "pairs",
  rHatDraws: "R̂ · draws",
  tasteCaption: "Whether kindness and taste cross, beside shuffled links",
  crosses: "Crosses?",
  thisTurn: "this turn",
  theMean: "the mean",

  /** The run before, beside the present one. */
  before: {
    /** Over the column of its figures, and in the key of the charts. */
    before: "before",
    difference: "change",
    /** @param {string} differences */
    line: (differences) => `Before: ${differences}`,
    /** @param {string} then @param {string} now */
    now: (then, now) => `${then}, now ${now}`,
    /** @param {number} people */
    people: (people) => `${counted(people, "person", "people")} in both`,
    none: "none",
    same: "the same settings",
    /** @param {number} settings */
    more: (settings) => `${settings} more`,
    close: "Close the run before",
    /** @param {string} figure */
    was: (figure) => `Before: ${figure}`,
    noise: "From the run before, without an interval: a small change may be chance",
    otherPeople: "In brackets, because other people are tested now than before",
    /** In the key of the charts as a file. */
    pale: "pale: the run before",
    /** @param {string} text of the chart */
    chart: (text) => `${text}; before: `,
  },

  /** Whether kindness and taste cross. */
  taste: {
    kindness: "kindness, ρ",
    /** @param {string} from @param {string} to */
    kindnessTitle: (from, to) => `How much of how high people rate is expected from ${from} to ${to}`,
    carried: "taste, c",
    /** @param {string} from @param {string} to */
    carriedTitle: (from, to) => `How much of what people like is expected from ${from} to ${to}`,
    correlation: "taste, r",
    /** @param {string} from @param {string} to */
    correlationTitle: (from, to) =>
      `How far what people like is expected to go together from ${from} to ${to}: c in units of both sides' lengths`,
    standsOut: "stands out of the noise",
    /** @param {number} worst */
    notSettled: (worst) => `Not settled: R̂ ${fixed(worst, 2)} is above ${fixed(1.1, 1)}; let more sweeps run.`,
  },

  /** The dialog of all figures. */
  all: {
    title: "All figures",
    /** Columns that are not called the same everywhere. */
    paperPrecision: "Paper's P@5",
    paperRecall: "Paper's R@5",
    rungs: {
      bias: "item mean, no person",
      alone: "the network, trained alone",
      biases: "and biases from the other domain",
      linked: "and vectors through the map",
    },
    taste: "and what it learns of people",
    /** @param {number[]} seeds */
    seeds: (seeds) => (seeds.length > 1 ? `seeds ${seeds[0]} to ${seeds.at(-1)}` : `seed ${seeds[0]}`),
    saveCharts: "Save the charts",
    chartsTitle: "What it learnt by epoch or by sweep, as SVG",
    nothing: "Nothing is measured yet.",
    /** @param {number[]} seeds */
    overSeeds: (seeds) =>
      `All errors are means over ${seeds.length} repeats with the seeds ${seeds.join(", ")}; the map's figures are those of the first. `,
    /** @param {string} steps @param {number} seconds */
    kept: (steps, seconds) => `The kept model was trained on all ratings and all links for ${steps} in ${fixed(seconds, 1)} s. It recommends and is what is saved; the errors above are those of the measured model. `,
    mapAndModels: "The map and the models",
    models: "The models",
    /** @param {number} people @param {number | null} error */
    map: (people, error) =>
      `The map was learnt from ${counted(people, "person", "people")} in both and is a pure turn to within ${compact(error)}`,
    /** @param {number | null} apart @param {number | null} best */
    places: (apart, best) =>
      `. Their two places are ${compact(apart)} apart on average (squared distance); the best turn there is, in closed form, gives ${compact(best)}.`,
    /** @param {number} pairs @param {number} mapped @param {number} identity @param {number} random */
    distances: (pairs, mapped, identity, random) =>
      `Distance of ${count(pairs)} hidden pairs, 1 for everybody's mean: ${fixed(mapped, 3)} after the turn, ${fixed(identity, 3)} without, ${fixed(random, 3)} after a random one. `,
    /** @param {string} a @param {string} b */
    fromTo: (a, b) => `${a} to ${b}`,
    /** @param {string} domain */
    byWayOf: (domain) => `by way of ${domain}`,
    linked: "linked",
    hiddenPairs: "hidden pairs",
    overHiddenPairs: "over hidden pairs",
    tasteCaption: "Whether kindness and taste cross",
    doesItCross: "Does it cross?",
    /** @param {number} ratings @param {number} clipped */
    test: (ratings, clipped) =>
      `${count(ratings)} test ratings${clipped > 0 ? `; ${counted(clipped, "rating is", "ratings are")} beyond the scale and count as its ends` : ""}`,
    thisModel: "this model",
    biasModel: "bias model",
    globalMean: "global mean",
    againstIt: "model vs it",
    /** @param {string} domain */
    errorsIn: (domain) => `Errors in ${domain}`,
    fewerThanFive: "fewer than five ratings",
    /** @param {string} domain */
    transferIn: (domain) => `What transfer gives in ${domain}`,
    groups: "RMSE of groups",
    people: "people",
    ratings: "ratings",
    againstShuffled: "vs shuffled",
    /** @param {string} domain */
    ladderOf: (domain) => `What crosses to newcomers of ${domain}`,
    fromStepBefore: "from the step before",
    doesItHold: "does it hold",
    lastStep: "the last step that holds",
    /** @param {boolean} isEnough @param {number} rmse */
    crossedBias: (isEnough, rmse) =>
      `${isEnough ? "" : "Too few newcomers to tell. "}Without any network, how high newcomers rate in the other domain gives ${error(rmse)}. `,
    /** @param {number | null} floor @param {number} share */
    found: (floor, share) =>
      `No model can do better than ${error(floor)} here; ${share > 0 ? percent(share) : "nothing"} of the way from the bias model was found. `,
  },

  /** Charts. */
  chart: {
    epoch: "epoch",
    sweep: "sweep",
    chainKey: "ρ, kindness: whole line; c, taste: dashed",
    /** @param {boolean} hasMap */
    errorsKey: (hasMap) => `mean squared error, own: whole line; cross: dashed${hasMap ? "; right: pairs apart" : ""}`,
    /** @param {string} a @param {string} b @param {number} rho @param {number} scale */
    link: (a, b, rho, scale) => `${a} and ${b}: ρ ${fixed(rho, 2)}${scale > 0 ? `, c ${fixed(scale, 2)}` : ", no vectors"}`,
    /** @param {number} sweep @param {number} sweeps @param {string[]} links */
    afterSweep: (sweep, sweeps, links) => `After sweep ${sweep} of ${sweeps}, what crosses between ${links.join("; ")}`,
    noSweeps: "What crosses, by sweep: no sweeps yet",
    noEpochs: "Errors while it learns: no epochs yet",
    /** @param {string} domain @param {number} own @param {number | null} cross */
    domain: (domain, own, cross) => `${domain}: own ${compact(own)}${cross === null ? "" : `, cross ${compact(cross)}`}`,
    /** @param {number | null | undefined} apart */
    apart: (apart) => `; pairs apart ${compact(apart)}`,
    /** @param {number} epoch @param {string[]} domains @param {string} apart */
    afterEpoch: (epoch, domains, apart) => `After epoch ${epoch}: mean squared error in ${domains.join("; ")}${apart}`,
  },
};
