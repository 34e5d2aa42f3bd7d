// What an earlier visit left, in one sentence with two buttons; and the question of the browser where leaving would lose work.

import { byId } from "../dom.js";
import { chance, clockOf, dayOf } from "../format.js";
import { words } from "../words/words.js";

/** @import { Actions } from "../actions.js" */
/** @import { State, Store } from "../store.js" */
/** @import { WorkRecord } from "./record.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpOffer(store, actions) {
  const row = byId("offer", HTMLElement);
  const text = byId("offer-text", HTMLElement);
  const goOn = byId("offer-go-on", HTMLButtonElement);
  const afresh = byId("offer-afresh", HTMLButtonElement);
  goOn.addEventListener("click", () => answer(() => actions.goOn()));
  afresh.addEventListener("click", () => answer(() => actions.startAfresh()));
  store.subscribe(["offer", "capabilities", "busy", "language"], ({ offer, capabilities, busy }) => {
    row.hidden = offer === null || !capabilities;
    // A button that is disabled while it has the focus loses it.
    for (const button of [goOn, afresh]) button.setAttribute("aria-disabled", String(busy !== null));
    if (offer) text.textContent = sentence(offer.record, new Date());
  });
  /** @param {() => Promise<void>} work */
  function answer(work) {
    if (store.state.busy !== null) return;
    // The button goes, and whoever pressed it by key goes on from where the training is.
    const hadFocus = row.contains(document.activeElement);
    void work();
    if (hadFocus) byId("train-title", HTMLElement).focus();
  }

  let isAsking = false;
  const ask = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
  store.subscribe(["train", "outlives"], (state) => {
    if (wouldLose(state) === isAsking) return;
    isAsking = !isAsking;
    // Only while it is needed: a page that listens is not kept by the browser for its back button.
    if (isAsking) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  });
}

/** Whether a run is under way that could not be gone on with. @param {State} state */
const wouldLose = ({ train, outlives }) => !outlives && ["running", "paused"].includes(train.state) && (train.state === "running" || train.fraction > 0);

/**
 * @param {WorkRecord} record
 * @param {Date} now
 */
export function sentence({ names, saved, files, reached }, now) {
  const said = words.notices.offer;
  const then = new Date(saved);
  const when = moment(then, now);
  if (!reached) return said.opened(files.filter(({ kind }) => kind === "ratings").map(({ name }) => name), when);
  return said.trained(names, when, reached.fraction >= 1 ? null : chance(Math.min(reached.fraction, 0.99)));
}

/** @param {Date} then @param {Date} now */
function moment(then, now) {
  const { today, yesterday, onDay } = words.notices.offer;
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const isOn = (/** @type {Date} */ date) => then.toDateString() === date.toDateString();
  return (isOn(now) ? today : isOn(before) ? yesterday : onDay)(clockOf(then), dayOf(then));
}
