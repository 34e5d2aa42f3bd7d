// The best settings of a search, and the button that puts them into the view Train.

import { byId, el } from "../dom.js";
import { fixed, settingText } from "../format.js";
import { words } from "../words/words.js";

/** @import { FoundSettings } from "../border.d.ts" */
/** @import { Store } from "../store.js" */
/** @import { Experiments } from "./experiments.js" */
/** @import { LabStore } from "./state.js" */

/** Decimals of an error. */
const DIGITS = 4;

/**
 * @param {Store} main
 * @param {LabStore} store
 * @param {Experiments} experiments
 */
export function setUpFound(main, store, experiments) {
  const block = byId("lab-found", HTMLElement);
  const list = byId("lab-found-list", HTMLElement);
  let drawn = "";
  const draw = () => {
    const found = store.state.showing?.found ?? [];
    const lines = found.map((own) => ({ own, changes: experiments.changesOf(own) }));
    const now = JSON.stringify([lines, store.state.language]);
    block.hidden = found.length === 0;
    // A button that has the focus keeps it while nothing is new.
    if (now === drawn) return;
    drawn = now;
    const focused = document.activeElement?.closest("#lab-found-list li")?.getAttribute("data-key");
    list.replaceChildren(...lines.map(({ own, changes }) => lineOf(own, changes, experiments)));
    const again = [...list.children].find((line) => line.getAttribute("data-key") === focused);
    if (focused) again?.querySelector("button")?.focus();
  };
  store.subscribe(["showing", "language"], draw);
  main.subscribe(["settings"], draw);
}

/**
 * @param {FoundSettings} own
 * @param {[string, unknown][]} changes what differs from the settings of the view Train
 * @param {Experiments} experiments
 */
function lineOf(own, changes, experiments) {
  const { model, number, tries, budget, value, before } = own;
  const use = el("button", { type: "button", textContent: words.experiments.use, disabled: changes.length === 0 });
  use.setAttribute("aria-label", words.experiments.useOf(model));
  use.addEventListener("click", () => experiments.use(own));
  const from = before === null || number === 1 ? null : fixed(before, DIGITS);
  const told = words.experiments.found({ model, number, tries, budget, value: fixed(value, DIGITS), before: from });
  const values = changes.length === 0 ? words.experiments.sameSettings : words.experiments.changes(inWords(changes));
  return el(
    "li",
    { "data-key": `${model} ${own.seed}` },
    el("span", { textContent: told }),
    use,
    el("span", { className: "values small muted", textContent: values }),
  );
}

/** @param {[string, unknown][]} changes */
export const inWords = (changes) => changes.map(([name, value]) => words.experiments.change(name, typeof value === "number" ? settingText(value) : String(value))).join(", ");
