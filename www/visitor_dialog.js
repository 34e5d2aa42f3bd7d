// A visitor becomes a person: they rate some items and are told what would be recommended to them, in every domain and with
// reasons, and stand on the map. Nothing is trained, and the ratings are kept nowhere but here, until they are taken out or the data
// become others. The lists are those of the model that made them, and go with it.

import { shownDomains } from "./domains.js";
import { byId, closeButton, el, labelled, mark } from "./dom.js";
import { rating } from "./format.js";
import { tableOf } from "./lists_dialog.js";
import { english, spoken } from "./said.js";
import { words } from "./words/words.js";

/** @import { DataState, GivenRating, Scale } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/** Items that are offered at once, and ratings that make a list worth reading. */
const TEN = 10;
/** Most steps of a scale that are offered. */
const STEPS = 11;

/** @typedef {GivenRating & { title: string }} Own */

/**
 * The ratings that can be given: the whole numbers of the scale and its ends, or steps as wide as each other.
 * @param {Scale} scale
 */
function stepsOf({ lo, hi }) {
  const whole = Array.from({ length: Math.max(0, Math.floor(hi) - Math.ceil(lo) + 1) }, (_, n) => Math.ceil(lo) + n);
  const all = [...new Set([lo, ...whole, hi])];
  if (whole.length > 0 && all.length <= STEPS + 1) return all;
  return Array.from({ length: STEPS }, (_, n) => lo + (n * (hi - lo)) / (STEPS - 1));
}

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpVisitor(store, actions) {
  const open = byId("visitor-open", HTMLButtonElement);
  const dialog = byId("visitor-dialog", HTMLDialogElement);
  /** @type {Own[]} */
  let own = [];
  /** What tells the data that they are of from others; null of none. @type {Promise<string> | null} */
  let ratedOn = null;
  /** Until it is known whether the data are still the same. */
  let compared = Promise.resolve();
  /** How the lists call domains and in which language. */
  let called = "";
  let asked = 0;
  const close = closeButton("visitor-close", () => dialog.close());
  const domain = el("select", { id: "visitor-domain" });
  const search = el("input", { id: "visitor-search", type: "search" });
  const offers = el("ul", { id: "visitor-offers", className: "visitor-items" });
  const given = el("ul", { id: "visitor-given", className: "visitor-items" });
  const told = el("p", { id: "visitor-told", className: "small", role: "status" });
  const show = el("button", { id: "visitor-show", type: "button" });
  const clear = el("button", { id: "visitor-clear", type: "button", className: "quiet" });
  const lists = el("div", { id: "visitor-lists", className: "lists" });
  const title = el("h2", { id: "visitor-dialog-title" });
  const about = el("p", { className: "muted" });
  const [ofDomain, ofTitle] = [labelled("", domain), labelled("", search)];
  const yours = el("h3");
  dialog.append(
    el("header", {}, title, about, close),
    el("div", { className: "visitor-choice" }, ofDomain, ofTitle),
    offers,
    yours,
    given,
    el("div", { className: "visitor-end" }, show, clear, told),
    lists,
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  const callings = () => JSON.stringify([store.state.language, shownDomains(store.state.data).map(({ name }) => name)]);
  const scale = (/** @type {number} */ d) => store.state.data?.domains[d]?.scale ?? { lo: 0, hi: 1 };

  function drawGiven() {
    const rows = own.map((one, n) => {
      const remove = el("button", { type: "button", className: "quiet", textContent: "✕", "aria-label": words.recommend.visitor.takeOut(one.title) });
      remove.addEventListener("click", () => {
        own = own.filter((other) => other !== one);
        edited();
        const next = given.querySelectorAll("button")[Math.min(n, own.length - 1)];
        (next instanceof HTMLElement ? next : search).focus();
        void offer();
      });
      const { slot } = shownDomains(store.state.data)[one.domain];
      return el("li", {}, el("span", {}, mark(slot), ` ${one.title}: ${rating(one.rating, false)}`), remove);
    });
    given.replaceChildren(...rows);
    show.disabled = clear.disabled = own.length === 0;
  }

  /** Lists of other ratings are none any more. */
  function changed() {
    lists.replaceChildren();
    drawGiven();
    const said = words.recommend.visitor;
    told.textContent = own.length === 0 ? said.nothingRated : said.ratings(own.length, TEN - own.length);
  }

  /** Nor is a place on the map. */
  function edited() {
    if (own.length === 0) ratedOn = null;
    void actions.placeVisitor([]);
    changed();
  }

  async function offer() {
    const [d, ticket] = [Number(domain.value), ++asked];
    const found = await actions.ask.offerItems(d, search.value, TEN);
    if (!found || ticket !== asked) return;
    const steps = stepsOf(scale(d));
    const rows = found.map(({ item, title, about }) => {
      const before = own.find((one) => one.domain === d && one.item === item);
      const choice = el("select", { "aria-label": words.recommend.visitor.ratingOf(title) }, el("option", { value: "", textContent: words.recommend.visitor.notRated }));
      for (const step of steps) choice.append(el("option", { value: String(step), textContent: rating(step, false) }));
      choice.value = before ? String(before.rating) : "";
      choice.addEventListener("change", () => {
        own = own.filter((one) => one.domain !== d || one.item !== item);
        const { data } = store.state;
        if (data && !ratedOn) (ratedOn = actions.markData(data)).catch(() => undefined); // heard of where it is compared
        if (choice.value !== "") own.push({ domain: d, item, rating: Number(choice.value), title });
        edited();
      });
      const kind = about.length > 0 ? el("span", { className: "small muted about", textContent: about.join(" · ") }) : null;
      return el("li", {}, el("span", {}, title, kind), choice);
    });
    offers.replaceChildren(...(rows.length > 0 ? rows : [el("li", { className: "muted", textContent: words.recommend.visitor.noTitle })]));
  }

  async function advise() {
    const ratings = own.map(({ domain: d, item, rating: value }) => ({ domain: d, item, rating: value }));
    const of = own;
    show.disabled = true;
    told.textContent = words.recommend.visitor.looking;
    const said = await actions.ask.adviseVisitor(ratings, TEN);
    show.disabled = own.length === 0;
    if (!said || of !== own) return;
    const { advice, why } = said;
    if (!advice) {
      told.replaceChildren(...spoken(english(why.silent ?? "")));
      return;
    }
    const tables = shownDomains(store.state.data).map(({ slot, name }, n) => {
      const table = tableOf(advice.domains[n], slot, name, null, "visitor-next");
      table.explain(why.domains[n] ?? [], why.silent, "you");
      return table.block;
    });
    lists.replaceChildren(...tables);
    called = callings();
    told.textContent = words.recommend.visitor.below(own.length);
    lists.scrollIntoView({ block: "start" });
    await actions.placeVisitor(ratings);
    const { map } = store.state;
    if (of === own && map && map.visitor.length > 0) told.textContent += ` ${words.layers.youStand}`;
  }

  domain.addEventListener("change", () => void offer());
  search.addEventListener("input", () => void offer());
  show.addEventListener("click", () => void advise());
  clear.addEventListener("click", () => {
    own = [];
    edited();
    search.focus();
    void offer();
  });
  open.addEventListener("click", async () => {
    await compared; // numbers of items are those of their data
    const shown = shownDomains(store.state.data);
    const before = domain.value;
    domain.replaceChildren(...shown.map(({ name }, n) => el("option", { value: String(n), textContent: name })));
    if (before !== "" && shown[Number(before)]) domain.value = before;
    const hasLists = lists.childElementCount > 0;
    if (hasLists) drawGiven();
    else changed();
    dialog.showModal();
    search.focus();
    if (hasLists && called !== callings()) void advise();
    await offer();
  });
  store.subscribe(["train", "data"], ({ train, data }) => {
    open.disabled = !train.trained || train.state === "running" || !data?.ready;
  });
  store.subscribe(["language"], () => {
    const said = words.recommend.visitor;
    [title.textContent, about.textContent, yours.textContent] = [said.title, said.text, said.yours];
    [show.textContent, clear.textContent, search.placeholder] = [said.show, said.clear, said.anyTitle];
    for (const [label, text] of /** @type {[HTMLElement, string][]} */ ([[ofDomain, said.itemsOf], [ofTitle, said.contains]])) {
      const place = label.querySelector("span");
      if (place) place.textContent = text;
    }
    close.setAttribute("aria-label", words.common.close);
    if (!dialog.open) return;
    const hadLists = lists.childElementCount > 0;
    changed();
    void offer();
    if (hadLists) void advise();
  });
  // What another model would say of the ratings nobody knows yet.
  store.subscribe(["visitor"], ({ visitor }) => {
    if (visitor.length === 0) lists.replaceChildren();
  });
  store.subscribe(["labels"], () => {
    if (dialog.open) dialog.close();
  });
  // Numbers of items are those of these files; the same files read again have the same.
  store.subscribe(["data"], ({ data }) => {
    const of = ratedOn;
    if (!of) return;
    compared = isSame(data, of).then((same) => {
      if (!same && of === ratedOn) [own, ratedOn] = [[], null];
    });
  });

  /** @param {DataState | null} data @param {Promise<string>} mark */
  async function isSame(data, mark) {
    try {
      return data !== null && (await actions.markData(data)) === (await mark);
    } catch {
      return false; // a file that is gone
    }
  }
}
