// Which experiment, and what is asked of it.

import { byId, el } from "../dom.js";
import { capital } from "../format.js";
import { showsOf, titleOf } from "../from_core.js";
import { words } from "../words/words.js";
import { answer, inWords, parsed } from "../number_field.js";
import { TUNE } from "./wishes.js";

/** @import { Actions } from "../actions.js" */
/** @import { Model } from "../border.d.ts" */
/** @import { Store } from "../store.js" */
/** @import { Experiments } from "./experiments.js" */
/** @import { LabState, LabStore } from "./state.js" */

/** Always among the models. */
const ALWAYS = ["mean", "bias"];

/**
 * @param {Store} main
 * @param {LabStore} store
 * @param {Actions} actions
 * @param {Experiments} experiments
 */
export function setUpForm(main, store, actions, experiments) {
  setUpChoice(main, store, actions);
  setUpModels(main, store, experiments);
  setUpPoints(store, experiments);
  setUpNumber(store, "lab-folds", [2, 100], ({ wish }) => wish?.folds, (folds) => experiments.setWish({ folds }));
  setUpNumber(store, "lab-seeds", [1, 100], ({ wish }) => wish?.seeds, (seeds) => experiments.setWish({ seeds }));
  setUpNumber(store, "lab-budget", [2, 500], ({ wish }) => wish?.budget, (budget) => experiments.setWish({ budget }));
  setUpNumber(store, "lab-workers", [1, 256], ({ workers }) => workers, (workers) => experiments.setWorkers(workers), false);
  setUpSwitch(store, "lab-newcomers", ({ wish }) => wish?.newcomers === true, (newcomers) => experiments.setWish({ newcomers }));
  setUpSwitch(store, "lab-placebos", ({ wish }) => wish?.placebos === true, (placebos) => experiments.setWish({ placebos }));
  const [budget, switches] = [byId("lab-budget-field", HTMLElement), byId("lab-switches", HTMLElement)];
  const newcomers = byId("lab-newcomers-field", HTMLElement);
  store.subscribe(["name"], ({ name }) => {
    const chosen = main.state.capabilities?.experiments.find((each) => each.name === name);
    budget.hidden = name !== TUNE;
    // What would change nothing is not asked.
    switches.hidden = name === TUNE || chosen?.models.length === 0;
    newcomers.hidden = chosen?.has_newcomers === false;
  });
  const base = byId("lab-base", HTMLElement);
  store.subscribe(["config", "language"], ({ config }) => {
    base.textContent = config ? words.experiments.withKeptSettings : words.experiments.withSettings;
  });
}

/** Whether the form can be changed. @param {LabState} state */
const isLocked = ({ standing, wish }) => !wish || standing === "running" || standing === "pausing";

/**
 * @param {Store} main
 * @param {LabStore} store
 * @param {Actions} actions
 */
function setUpChoice(main, store, actions) {
  const list = byId("experiment", HTMLSelectElement);
  const shows = byId("experiment-shows", HTMLElement);
  let drawn = "";
  list.addEventListener("change", () => actions.showView(list.value));
  main.subscribe(["capabilities", "experiment", "language"], ({ capabilities, experiment }) => {
    const all = capabilities?.experiments ?? [];
    const now = all.map(({ name }) => titleOf(name)).join();
    if (now !== drawn) list.replaceChildren(...all.map(({ name }) => el("option", { value: name, textContent: titleOf(name) })));
    drawn = now;
    const chosen = all.find(({ name }) => name === experiment);
    if (!chosen) return;
    list.value = chosen.name;
    shows.textContent = `${capital(showsOf(chosen))}.`;
  });
  store.subscribe(["standing", "wish"], (state) => {
    list.disabled = isLocked(state);
  });
}

/**
 * @param {Store} main
 * @param {LabStore} store
 * @param {Experiments} experiments
 */
function setUpModels(main, store, experiments) {
  const block = byId("lab-models", HTMLDetailsElement);
  const list = byId("lab-models-list", HTMLElement);
  const shown = byId("lab-models-shown", HTMLElement);
  /** @type {Map<string, HTMLInputElement>} */
  const boxes = new Map();
  const draw = () => {
    const { capabilities, full, experiment } = main.state;
    const { wish } = store.state;
    const models = capabilities?.models ?? [];
    if (boxes.size !== models.length) {
      boxes.clear();
      list.replaceChildren(...models.map((model) => tick(model, boxes, () => experiments.setWish({ models: ticked(boxes) }))));
    }
    const trains = (capabilities?.experiments.find(({ name }) => name === experiment)?.models.length ?? 0) > 0;
    block.hidden = !trains;
    for (const { name, module } of models) {
      const box = boxes.get(name);
      if (!box) continue;
      const isAlways = ALWAYS.includes(name);
      const isMissing = module === "full" && full === null;
      box.checked = isAlways || (wish?.models.includes(name) ?? false);
      box.disabled = isAlways || isLocked(store.state) || (isMissing && !box.checked);
      box.parentElement?.setAttribute(
        "title",
        isAlways ? words.experiments.always : isMissing ? words.experiments.needsSecondModule : module === "full" ? words.experiments.loadsSecondModule : "",
      );
    }
    const own = (wish?.models ?? []).filter((name) => !ALWAYS.includes(name));
    shown.textContent = own.length > 4 ? words.experiments.models(own.length) : own.join(", ") || words.experiments.noModels;
  };
  main.subscribe(["capabilities", "full", "experiment", "language"], draw);
  store.subscribe(["wish", "standing"], draw);
}

/**
 * @param {Model} model
 * @param {Map<string, HTMLInputElement>} boxes
 * @param {() => void} changed
 */
function tick({ name, module }, boxes, changed) {
  const box = el("input", { type: "checkbox", value: name });
  box.addEventListener("change", changed);
  boxes.set(name, box);
  return el("label", {}, box, el("span", { className: "cut", textContent: name }), module === "full" ? el("sup", { textContent: "2" }) : null);
}

/** @param {Map<string, HTMLInputElement>} boxes */
const ticked = (boxes) =>
  [...boxes].filter(([name, box]) => box.checked && !ALWAYS.includes(name)).map(([name]) => name);

/**
 * The points that can be chosen: all, until some are left out.
 * @param {LabStore} store
 * @param {Experiments} experiments
 */
function setUpPoints(store, experiments) {
  const block = byId("lab-points", HTMLDetailsElement);
  const list = byId("lab-points-list", HTMLElement);
  const shown = byId("lab-points-shown", HTMLElement);
  /** @type {HTMLInputElement[]} */
  let boxes = [];
  let drawn = "";
  const changed = () => {
    const points = boxes.filter((box) => box.checked).map((box) => box.value);
    // None cannot be asked for; that is what all are written as.
    experiments.setWish({ points: points.length === boxes.length ? [] : points });
  };
  const set = (/** @type {boolean} */ isAll) => {
    boxes.forEach((box, n) => {
      box.checked = isAll || n === 0;
    });
    changed();
  };
  const [all, none] = [1, 2].map(() => el("button", { type: "button", className: "quiet" }));
  all.addEventListener("click", () => set(true));
  none.addEventListener("click", () => set(false));
  store.subscribe(["plan", "wish", "standing", "language"], (state) => {
    const { plan, wish } = state;
    [all.textContent, none.textContent] = [words.experiments.allPoints, words.experiments.firstPoint];
    // While it is planned anew the last ones stay, so that nothing jumps.
    const points = plan?.planned.points ?? null;
    const now = JSON.stringify([plan?.request.experiment, points]);
    if (points && now !== drawn) {
      drawn = now;
      boxes = points.map(({ text }) => el("input", { type: "checkbox", value: text }));
      for (const box of boxes) box.addEventListener("change", changed);
      const labels = points.map(({ label }, n) => el("label", {}, boxes[n], el("span", { lang: "en", textContent: label })));
      list.replaceChildren(...labels, el("p", {}, all, none));
      block.hidden = points.length < 2;
    }
    const wanted = wish?.points ?? [];
    for (const box of boxes) {
      box.checked = wanted.length === 0 || wanted.includes(box.value);
      box.disabled = isLocked(state);
    }
    [all.disabled, none.disabled] = [isLocked(state), isLocked(state)];
    shown.textContent = wanted.length === 0 ? words.experiments.ofPoints(boxes.length) : words.experiments.somePoints(wanted.length, boxes.length);
  });
}

/**
 * @param {LabStore} store
 * @param {string} id
 * @param {[number, number]} range
 * @param {(state: LabState) => number | undefined} value
 * @param {(value: number) => void} change
 * @param {boolean} [locks] whether it cannot be changed while jobs are done
 */
function setUpNumber(store, id, range, value, change, locks = true) {
  const field = byId(id, HTMLInputElement);
  const message = byId("lab-field-message", HTMLElement);
  const allowed = { range, whole: true };
  field.addEventListener("change", () => {
    const next = parsed(field.value, allowed);
    const stays = value(store.state);
    if (typeof next !== "number") return answer(field, message, () => words.train.stays(String(stays), inWords(allowed)));
    answer(field, message, null);
    if (next !== stays) change(next);
  });
  store.subscribe(["wish", "workers", "standing"], (state) => {
    if (field.getAttribute("aria-invalid") !== "true" && document.activeElement !== field) field.value = String(value(state) ?? "");
    field.disabled = locks && isLocked(state);
  });
}

/**
 * @param {LabStore} store
 * @param {string} id
 * @param {(state: LabState) => boolean} value
 * @param {(value: boolean) => void} change
 */
function setUpSwitch(store, id, value, change) {
  const box = byId(id, HTMLInputElement);
  box.addEventListener("change", () => change(box.checked));
  store.subscribe(["wish", "standing"], (state) => {
    box.checked = value(state);
    box.disabled = isLocked(state);
  });
}

