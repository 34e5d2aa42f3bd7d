// The address of what is shown, for a link to it.

import { OWN, hashOf } from "./share.js";

/** @import { Store } from "./store.js" */

/**
 * Puts what is set into the address.
 * @param {Store} store
 * @param {"replaceState" | "pushState"} [how] whether one can go back to the address before
 */
export function showAddress({ state }, how = "replaceState") {
  if (state.capabilities) globalThis.history[how](OWN, "", hashOf(state));
}
