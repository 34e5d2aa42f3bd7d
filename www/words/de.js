// Alles, was die Seite auf Deutsch sagt, in der Gestalt des Englischen.

import { core } from "./de/core.js";
import { common } from "./de/common.js";
import { help } from "./de/help.js";
import { page } from "./de/page.js";

/** @import { Words } from "./words.js" */

/** @type {Words} */
export const de = {
  page,
  common,
  help,
  core,
};
