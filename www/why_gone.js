// Why a worker is gone, in the language that is spoken.

import { ENDED, NOT_COMPILED, NOT_STARTED, OUT_OF_MEMORY, SILENT } from "./protocol.js";
import { english } from "./said.js";
import { words } from "./words/words.js";

/** @param {string} reason as the worker or the browser gave it */
export function whyGone(reason) {
  const said = words.notices.workers;
  switch (reason) {
    case OUT_OF_MEMORY:
      return said.outOfMemory;
    case ENDED:
      return said.ended;
    case NOT_STARTED:
      return said.notStarted;
    case SILENT:
      return said.silent;
    default:
      return reason.startsWith(NOT_COMPILED) ? said.notCompiled(english(reason.slice(NOT_COMPILED.length))) : english(reason);
  }
}
