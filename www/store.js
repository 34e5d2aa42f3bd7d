// The one state of the page. Blocks subscribe to the fields that they draw; only main.js and actions.js write, with what actions.js
// is made of. (What is seen of experiments has a state of its own, in experiments/state.js.)

import { language } from "./language.js";
import { Watched } from "./watched.js";
import { words } from "./words/words.js";

/** @import { Saying } from "./words/words.js" */
/** @import { Language } from "./language.js" */
/** @import { Progress } from "./remote/fetching.js" */
/** @import { Link } from "./share.js" */
/** @import { Offer } from "./kept/work.js" */
/** @import { RunBefore } from "./run_before.js" */
/** @import { ModuleSize } from "./modules.js" */
/** @import { Advice, Capabilities, Config, DataState, DomainLosses, GivenRating, LinkState, ListOrder, MapSnapshot, MappingState, ReadOptions, RegionsView, Report, Slot, TrainState, Prepared } from "./border.d.ts" */

/**
 * @typedef {{ domain: number, user: number, label: string, asked?: boolean }} Selection the person that is looked at, in one of
 *   their domains; asked: whether the visitor asked for them, and not the page by itself
 * @typedef {{ epoch: number, domains: DomainLosses[], mapping: MappingState | null }} Epoch
 * @typedef {{ sweep: number, sweeps: number, links: LinkState[] }} Sweep
 * @typedef {"auto" | "webgpu" | "cpu"} DeviceChoice
 * @typedef {"robust" | "paper"} PresetName
 * @typedef {{ device: DeviceChoice, preset: PresetName, config: Partial<Config> }} Settings preset: where
 *   config started from; config: nothing before the core has told of its presets
 *
 * @typedef {{ slot: Slot, address: string, options: ReadOptions }} Linked a rating file of another site
 * @typedef {{ files: Linked[], link: Link, progress: ({ address: string } & Progress) | null }} Remote link: what else it asks for
 *
 * @typedef {object} State
 * @property {Capabilities | null} capabilities null until the worker answers
 * @property {ModuleSize | null} full how much the second module is to load; null where nobody has said
 * @property {Language} language that is spoken: whoever draws words draws them anew when it changes
 * @property {string | null} experiment the experiment that is looked at; null for the first view
 * @property {Saying | null} busy what the worker is at that takes a moment, in words
 * @property {Saying | null} notice a failure that the whole page should hear of
 * @property {boolean} silent whether nothing has been heard of the worker for a while, though somebody waits for it
 * @property {Offer | null} offer what an earlier visit left, while nobody has said whether to go on with it
 * @property {boolean} outlives whether what is trained could be gone on with if the page were closed now
 * @property {{ slot: Slot | null, text: Saying } | null} data_error
 * @property {DataState | null} data
 * @property {Slot[]} zones the places that are shown: the first two, those that have a file and those that were added
 * @property {number} sample how many domains the sample is to have
 * @property {Saying | null} undo what the last change of the data was, if it can be undone
 * @property {string[]} dropped names of files that were dropped while the page starts and wait until it has
 * @property {File | null} homeless a file that was dropped beside the places, while nobody has said where it belongs
 * @property {Partial<Record<Slot, string>>} addresses where rating files were fetched from
 * @property {Remote | null} remote files of a link, while they are asked about or loaded
 * @property {string[][] | null} labels
 * @property {Settings} settings
 * @property {boolean} stale whether data or settings changed since the model was set up
 * @property {(Omit<Prepared, "map" | "resumed"> & { refused?: Saying, config: Config }) | null} prepared refused: why WebGPU did not
 *   start, where the CPU took over; config: the settings with which it was set up
 * @property {RunBefore | null} before the last run on these data that had other settings and was measured
 * @property {TrainState} train
 * @property {Saying | null} failure why a training failed, where the page says it and not the core
 * @property {boolean} pausing whether a pause was asked for; the core ends the step that it is at
 * @property {string | null} reason why the first main run ended
 * @property {Epoch[]} history of the first main run
 * @property {Sweep[]} sweeps of the first main run, where it is sampled
 * @property {Report | null} report
 * @property {string[]} verdict what the report says, in sentences
 * @property {boolean} complete whether every comparison is in the report
 * @property {MapSnapshot | null} map
 * @property {RegionsView | null} regions of the map; null while nothing is said of them
 * @property {boolean} items whether the map is to show items too
 * @property {number | null} space the domain in whose space the map is to be shown; null: the core chooses
 * @property {number} turns how often the map was asked to turn by itself
 * @property {number | null} turn where the visitor left the map, 0 before and 1 after; null: where the page turned it
 * @property {Selection | null} selection
 * @property {Advice | null} advice of the selected person
 * @property {GivenRating[]} visitor the ratings of a visitor who has lists and stands on the map; none of nobody
 * @property {ListOrder} order what the lists of what is next go by
 */

/** @type {TrainState} */
export const IDLE = {
  state: "idle",
  fraction: 0,
  seconds_left: null,
  run: null,
  runs: [0, 0],
  epoch: 0,
  sweeps: null,
  trained: false,
  message: null,
};

/**
 * Before anything is learnt.
 * @type {Pick<State, "train" | "reason" | "history" | "sweeps" | "report" | "verdict" | "complete" | "advice" | "visitor" | "regions">}
 */
export const NOTHING_LEARNT = {
  train: IDLE,
  reason: null,
  history: [],
  sweeps: [],
  report: null,
  verdict: [],
  complete: false,
  advice: null,
  visitor: [],
  regions: null,
};

/** What the page does at first. @type {Saying} */
export const STARTING = () => words.notices.starting;
/** What comes before a training. @type {Saying} */
export const SETTING_UP = () => words.notices.settingUp;

/** Before anything is known. @type {State} */
const START = {
  capabilities: null,
  full: null,
  language: "en",
  experiment: null,
  busy: STARTING,
  notice: null,
  silent: false,
  offer: null,
  outlives: false,
  data_error: null,
  data: null,
  zones: ["a", "b"],
  sample: 2,
  undo: null,
  dropped: [],
  homeless: null,
  addresses: {},
  remote: null,
  labels: null,
  settings: { device: "auto", preset: "robust", config: {} },
  stale: false,
  prepared: null,
  before: null,
  ...NOTHING_LEARNT,
  failure: null,
  pausing: false,
  map: null,
  items: false,
  space: null,
  turns: 0,
  turn: null,
  selection: null,
  order: "rating",
};

/** @extends {Watched<State>} */
export class Store extends Watched {
  constructor() {
    super({ ...START, language });
  }
}
