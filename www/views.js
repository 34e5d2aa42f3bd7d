// The two views of the page: the first, in which a model is trained, and the experiments. The address says which is seen.

import { byId } from "./dom.js";
import { OWN, hashOf } from "./share.js";
import { words } from "./words/words.js";

/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/** So long a button says that it has done it. */
const SAID_MILLISECONDS = 2000;

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
  store.subscribe(["experiment", "language"], ({ experiment }) => {
    const isFirst = experiment === null;
    if (experiment) last = experiment;
    byId("train-view", HTMLElement).hidden = !isFirst;
    byId("experiments-view", HTMLElement).hidden = isFirst;
    document.body.dataset.view = isFirst ? "train" : "experiments";
    document.title = isFirst ? words.common.documentTitle : words.common.documentTitleOfExperiments;
    for (const [link, isShown] of /** @type {[HTMLElement, boolean][]} */ ([[train, isFirst], [experiments, !isFirst]])) {
      if (isShown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  });
  store.subscribe(["experiment", "settings", "capabilities", "data", "sample", "addresses", "selection", "turn", "language"], (state) => {
    if (!state.capabilities) return;
    train.href = hashOf(state, null);
    experiments.href = hashOf(state, last || "overlap");
  });
  setUpCopy(store);
}

/** The button that copies a link to what is seen. @param {Store} store */
function setUpCopy(store) {
  const button = byId("copy-link", HTMLButtonElement);
  const said = byId("copy-link-text", HTMLElement);
  let timer = 0;
  const say = (/** @type {string} */ text) => {
    said.textContent = text;
    clearTimeout(timer);
    timer = window.setTimeout(() => (said.textContent = words.page.copyLinkText.text), SAID_MILLISECONDS);
  };
  button.addEventListener("click", async () => {
    const { href } = new URL(hashOf(store.state), location.href);
    try {
      await navigator.clipboard.writeText(href);
      say(words.common.copied);
    } catch {
      // A page of an address without TLS may not write there; what is in the address bar can be copied by hand.
      history.replaceState(OWN, "", href);
      say(words.common.seeAddress);
    }
  });
  store.subscribe(["capabilities"], ({ capabilities }) => {
    button.disabled = !capabilities;
  });
}

/** A plain click; with a key a link does what links do. @param {MouseEvent} event @param {() => void} work */
function follow(event, work) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  work();
}
