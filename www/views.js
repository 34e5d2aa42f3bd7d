// The two views of the page: the first, in which a model is trained, and the experiments. The address says which is seen.

import { byId } from "./dom.js";
import { hashFromSettings } from "./share.js";

/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpViews(store, actions) {
  const train = byId("show-train", HTMLAnchorElement);
  const experiments = byId("show-experiments", HTMLAnchorElement);
  let last = "";
  train.addEventListener("click", (event) => follow(event, () => actions.showView(null)));
  experiments.addEventListener("click", (event) => follow(event, () => actions.showView(last || "overlap")));
  addEventListener("hashchange", () => actions.followAddress());
  addEventListener("popstate", () => actions.followAddress());
  store.subscribe(["experiment"], ({ experiment }) => {
    const isFirst = experiment === null;
    if (experiment) last = experiment;
    byId("train-view", HTMLElement).hidden = !isFirst;
    byId("experiments-view", HTMLElement).hidden = isFirst;
    document.body.dataset.view = isFirst ? "train" : "experiments";
    document.title = isFirst ? "Dual Metric" : "Experiments – Dual Metric";
    for (const [link, isShown] of /** @type {[HTMLElement, boolean][]} */ ([[train, isFirst], [experiments, !isFirst]])) {
      if (isShown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  });
  store.subscribe(["experiment", "settings", "capabilities", "data", "sample"], (state) => {
    const { capabilities, settings, data, sample } = state;
    if (!capabilities) return;
    const address = (/** @type {string | null} */ experiment) =>
      hashFromSettings(settings, capabilities.presets, data?.generated ? sample : null, experiment);
    train.href = address(null);
    experiments.href = address(last || "overlap");
  });
}

/** A plain click; with a key a link does what links do. @param {MouseEvent} event @param {() => void} work */
function follow(event, work) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  work();
}
