// All that the page says in English, by its parts. What the core says stands in the core.

import { learnt } from "./en/learnt.js";
import { map } from "./en/map.js";
import { notices } from "./en/notices.js";
import { page } from "./en/page.js";
import { recommend } from "./en/recommend.js";
import { train } from "./en/train.js";
import { common } from "./en/common.js";
import { data } from "./en/data.js";
import { experiments } from "./en/experiments.js";
import { help } from "./en/help.js";
import { layers } from "./en/layers.js";
import { sources } from "./en/sources.js";

/** @import { CoreWords } from "./core_words.js" */

export const en = {
  page,
  common,
  data,
  experiments,
  help,
  learnt,
  map,
  notices,
  recommend,
  train,
  layers,
  sources,
  /** What the core calls its settings, models and experiments; English is the core's own. @type {CoreWords | null} */
  core: null,
};
