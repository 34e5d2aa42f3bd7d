// A group of people on the map: drawn round, or the people of a part, or those around somebody; how many they are, what they are
// expected to like, and both as a file.

import { shownDomains } from "./domains.js";
import { byId, choice, closeButton, el, mark } from "./dom.js";
import { fixed } from "./format.js";
import { peopleIn, told } from "./map_layers.js";
import { words } from "./words/words.js";

/** @import { Group, GroupItem } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Place } from "./map/grid.js" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {object} Drawing what the map does for a group
 * @property {() => void} begin lets the visitor draw
 * @property {() => void} end no more
 * @property {(place: Place, most: number) => Promise<number[][]>} nearest who stands nearest to somebody, by domain
 * @property {(members: number[][]) => void} light keeps these people bright
 */

/** Items a list, and of those that are saved. */
const SHOWN = 8;
const SAVED = 100;
const NEAREST = [20, 50, 100, 200];

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Drawing} drawing
 * @returns {{ drawn: (members: number[][]) => void, stop: () => boolean }} drawn: takes who was drawn round; stop: ends drawing, or
 *   lets go of the group; false where there was neither
 */
export function setUpGroup(store, actions, drawing) {
  const open = byId("group-open", HTMLButtonElement);
  const dialog = byId("group-dialog", HTMLDialogElement);
  const hint = byId("lasso-hint", HTMLElement);
  let isDrawing = false;
  /** @type {number[][] | null} */
  let members = null;
  let asked = 0;

  /** @param {string | null} said */
  const showHint = (said) => {
    hint.hidden = said === null;
    if (said === null) return hint.replaceChildren();
    const end = el("button", { type: "button", id: "lasso-end", className: "quiet", textContent: words.layers.stopDrawing });
    end.addEventListener("click", () => stopDrawing());
    hint.replaceChildren(el("span", { role: "status", textContent: said }), end);
  };
  const beginDrawing = () => {
    dialog.close();
    isDrawing = true;
    drawing.begin();
    showHint(words.layers.drawing);
    byId("map", HTMLElement).focus();
  };
  const stopDrawing = () => {
    if (!isDrawing) return;
    isDrawing = false;
    drawing.end();
    showHint(null);
  };

  /** What a group is taken from. */
  const chooser = () => {
    const { layers } = words;
    const { regions, selection } = store.state;
    const draw = el("button", { type: "button", id: "group-draw", textContent: layers.draw });
    draw.addEventListener("click", beginDrawing);
    const parts = (regions?.regions ?? []).map(({ name }, n) => /** @type {[string, string]} */ ([String(n), layers.partName(n + 1, name)]));
    const part = choice(parts.length > 0 ? parts : [["", layers.noParts]], parts.length > 0 ? "0" : "", { id: "group-part", disabled: parts.length === 0 });
    const takePart = el("button", { type: "button", id: "group-take-part", textContent: layers.take, disabled: parts.length === 0 });
    takePart.addEventListener("click", () => void take(ofPart(Number(part.value)), Number(part.value)));
    const many = NEAREST.map((n) => /** @type {[string, string]} */ ([String(n), selection ? layers.nearestOf(n, selection.label) : layers.nobodyChosen]));
    const nearest = choice(selection ? many : many.slice(0, 1), String(NEAREST[selection ? 1 : 0]), { id: "group-nearest", disabled: !selection });
    const takeNearest = el("button", { type: "button", id: "group-take-nearest", textContent: layers.take, disabled: !selection });
    takeNearest.addEventListener("click", async () => {
      if (selection) await take(await drawing.nearest(selection, Number(nearest.value)));
    });
    return el(
      "div",
      { className: "group-choice" },
      draw,
      el("label", { for: "group-part" }, layers.part),
      el("span", {}, part, takePart),
      el("label", { for: "group-nearest" }, layers.nearest),
      el("span", {}, nearest, takeNearest),
    );
  };

  /** @param {number} part @returns {number[][]} */
  const ofPart = (part) =>
    (store.state.regions?.domains ?? []).map((of) => [...of.keys()].filter((user) => of[user] === part));

  const result = el("div", { id: "group-result", "aria-live": "polite" });

  function drawDialog() {
    const { layers } = words;
    const close = closeButton("group-close", () => dialog.close());
    const title = el("h2", { id: "group-dialog-title", textContent: layers.group });
    dialog.replaceChildren(el("header", {}, title, el("p", { className: "muted", textContent: layers.groupHint }), close), chooser(), result);
  }

  /** @param {number[][]} wanted @param {number | null} [part] of the map that they are */
  async function take(wanted, part = null) {
    const ticket = ++asked;
    members = wanted;
    drawing.light(wanted);
    result.replaceChildren(el("p", { className: "muted", textContent: words.layers.looking }));
    const group = await actions.ask.group(wanted, SHOWN);
    if (ticket !== asked) return;
    result.replaceChildren(...(group ? resultOf(group, wanted, part) : []));
  }

  /** @param {Group} group @param {number[][]} of @param {number | null} part */
  function resultOf({ people, domains }, of, part) {
    const { layers } = words;
    const save = el("button", { type: "button", id: "group-save", textContent: layers.saveGroup });
    save.addEventListener("click", () => void actions.ask.saveGroup(of, SAVED));
    const letGo = el("button", { type: "button", id: "group-let-go", className: "quiet", textContent: layers.letGo });
    letGo.addEventListener("click", () => {
      release();
      dialog.close();
    });
    const inDomains = peopleIn(domains.map((domain) => domain.people), store.state);
    const lists = shownDomains(store.state.data).map(({ slot, name }, n) => {
      const { most, beyond, asked: few } = domains[n];
      const note = few > 0 && few < people ? el("p", { className: "small muted", textContent: layers.asked(few, people) }) : null;
      const tables = most.length > 0
        ? [tableOf(layers.beyond, beyond, `${name}: ${layers.beyond}`), tableOf(layers.most, most, `${name}: ${layers.most}`)]
        : [el("p", { className: "muted", textContent: layers.nothing })];
      return el("section", { id: `group-${slot}` }, el("h3", {}, mark(slot), el("span", { className: "cut", textContent: name, title: name })), note, ...tables);
    });
    return [
      el("p", { id: "group-count" }, el("strong", { textContent: layers.groupOf(people, inDomains) })),
      ...factsOf(part),
      el("div", { className: "group-end" }, save, letGo),
      el("div", { className: "lists" }, ...lists),
    ];
  }

  /** What stands out in a part of the map. @param {number | null} part */
  function factsOf(part) {
    const facts = (part !== null && store.state.regions?.regions[part]?.tellings) || [];
    return facts.map((fact) => el("p", { className: "small", textContent: told(fact, store.state) }));
  }

  /** Lets go of the group. */
  function release() {
    asked++;
    members = null;
    drawing.light([]);
    result.replaceChildren();
  }

  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.append(el("h2", { id: "group-dialog-title" }));
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") stopDrawing();
  });
  open.addEventListener("click", () => {
    stopDrawing();
    drawDialog();
    dialog.showModal();
  });
  store.subscribe(["map", "train"], ({ map, train }) => {
    open.disabled = !map || !train.trained || (train.state === "running" && train.runs[0] === 0);
    // Of other data, or while people move, a group is none any more.
    if (!open.disabled) return;
    stopDrawing();
    if (members) release();
    if (dialog.open) dialog.close();
  });
  store.subscribe(["language"], () => {
    if (dialog.open) drawDialog();
    if (isDrawing) showHint(words.layers.drawing);
  });
  return {
    drawn: (wanted) => {
      if (!isDrawing) return;
      if (wanted.every(({ length }) => length === 0)) return showHint(words.layers.drawnNobody);
      stopDrawing();
      drawDialog();
      dialog.showModal();
      void take(wanted);
    },
    stop: () => {
      const was = isDrawing || members !== null;
      stopDrawing();
      if (members) release();
      return was;
    },
  };
}

/** @param {string} head @param {GroupItem[]} items @param {string} label */
function tableOf(head, items, label) {
  const { layers } = words;
  const heads = [head, layers.groupColumn, layers.everybodyColumn];
  // What is rounded to nothing has no sign.
  const signed = (/** @type {number} */ value) => (Math.abs(value) < 0.005 ? fixed(0, 2) : `${value > 0 ? "+" : ""}${fixed(value, 2)}`);
  const rows = items.map(({ title, about, group, everybody }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("span", { textContent: title }), about.length > 0 ? el("span", { className: "small muted about", textContent: about.join(" · ") }) : null),
      el("td", { className: "number", textContent: signed(group) }),
      el("td", { className: "number muted", textContent: signed(everybody) }),
    ),
  );
  return el(
    "table",
    { "aria-label": label, title: layers.columnsTitle },
    el("thead", {}, el("tr", {}, ...heads.map((textContent, n) => el("th", { scope: "col", className: n === 0 ? "" : "number", textContent })))),
    el("tbody", {}, ...rows),
  );
}
