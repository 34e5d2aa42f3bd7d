// The experiments that are kept on this machine: to open, to go on with, to delete.

import { byId, el } from "../dom.js";
import { shortMoment } from "../format.js";
import { titleOf } from "../from_core.js";
import { say } from "../said.js";
import { words } from "../words/words.js";

/** @import { Experiments } from "./experiments.js" */
/** @import { Kept } from "./records.js" */
/** @import { LabStore } from "./state.js" */

/**
 * @param {LabStore} store
 * @param {Experiments} experiments
 */
export function setUpKept(store, experiments) {
  const list = byId("lab-kept-list", HTMLElement);
  const note = byId("lab-kept-note", HTMLElement);
  const heading = byId("lab-kept-title", HTMLElement);
  store.subscribe(["kept", "plan", "looked_at", "standing", "done", "language"], ({ kept, plan, looked_at, standing, done }) => {
    const isLocked = standing === "running" || standing === "pausing";
    const open = plan?.id ?? looked_at?.id;
    const items = kept.map((each) => item(each, each.id === open, isLocked, each.id === open ? done.size : each.done, experiments));
    const focused = document.activeElement instanceof HTMLElement && list.contains(document.activeElement) ? document.activeElement : null;
    const place = [...list.children].findIndex((line) => line.contains(focused));
    list.replaceChildren(...items);
    if (!focused) return;
    const same = [...list.querySelectorAll("button")].find((button) => button.dataset.of === focused.dataset.of);
    // Of one that was deleted the focus goes to the next, or to the heading above where there is none.
    const next = /** @type {HTMLElement | null | undefined} */ (items[Math.min(place, items.length - 1)]?.querySelector("[data-of^=delete]"));
    (same ?? next ?? heading).focus();
  });
  store.subscribe(["kept", "unkept", "language"], ({ kept, unkept }) => {
    say(note, unkept ? words.experiments.lost(unkept()) : kept.length === 0 ? words.experiments.nothingKept : "");
    note.hidden = note.textContent === "";
  });
}

/**
 * @param {Kept} kept
 * @param {boolean} isOpen
 * @param {boolean} isLocked
 * @param {number} done
 * @param {Experiments} experiments
 */
function item(kept, isOpen, isLocked, done, experiments) {
  const name = words.experiments.kept(titleOf(kept.request.experiment), kept.domains);
  const open = el("button", { type: "button", className: "quiet", textContent: name, disabled: isLocked, "data-of": `open ${kept.id}` });
  if (isOpen) open.setAttribute("aria-current", "true");
  open.addEventListener("click", () => void experiments.open(kept));
  const remove = el("button", {
    type: "button",
    className: "quiet",
    textContent: words.experiments.remove,
    disabled: isOpen && isLocked,
    "aria-label": words.experiments.removeOf(name),
    "data-of": `delete ${kept.id}`,
  });
  remove.addEventListener("click", () => void experiments.remove(kept));
  const facts = words.experiments.facts(done, kept.jobs, shortMoment(kept.changed));
  return el("li", {}, open, remove, el("span", { className: "small muted", textContent: facts }));
}
