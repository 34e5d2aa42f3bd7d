// Alles, was die Seite auf Deutsch sagt, in der Gestalt des Englischen.

import { core } from "./de/core.js";
import { common } from "./de/common.js";
import { experiments } from "./de/experiments.js";
import { help } from "./de/help.js";
import { learnt } from "./de/learnt.js";
import { notices } from "./de/notices.js";
import { page } from "./de/page.js";
import { train } from "./de/train.js";

/** @import { Words } from "./words.js" */

/** @type {Words} */
export const de = {
  page,
  common,
  experiments,
  help,
  learnt,
  notices,
  train,
  core,
};
