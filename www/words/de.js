// Alles, was die Seite auf Deutsch sagt, in der Gestalt des Englischen.

import { core } from "./de/core.js";
import { common } from "./de/common.js";
import { data } from "./de/data.js";
import { experiments } from "./de/experiments.js";
import { help } from "./de/help.js";
import { learnt } from "./de/learnt.js";
import { map } from "./de/map.js";
import { notices } from "./de/notices.js";
import { layers } from "./de/layers.js";
import { sources } from "./de/sources.js";
import { page } from "./de/page.js";
import { recommend } from "./de/recommend.js";
import { train } from "./de/train.js";

/** @import { Words } from "./words.js" */

/** @type {Words} */
export const de = {
  page,
  common,
  data,
  experiments,
  help,
  learnt,
  map,
  notices,
  recommend,
  sources,
  train,
  core,
  layers,
};
