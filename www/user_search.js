// A search box for people, with suggestions from the core. Used beside the map and in the recommendations.

import { slotOf } from "./domains.js";
import { el, mark } from "./dom.js";
import { words } from "./words/words.js";

/** @import { UserHit } from "./border.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {HTMLElement} place
 * @param {string} id of the input
 * @param {Store} store
 * @param {Actions} actions
 * @param {boolean} keeps whether the box goes on to show who was chosen
 */
export function setUpUserSearch(place, id, store, actions, keeps) {
  const input = el("input", {
    id,
    type: "search",
    autocomplete: "off",
    spellcheck: false,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-autocomplete": "list",
  });
  const list = el("ul", {
    id: `${id}-list`,
    role: "listbox",
    // It scrolls, and what scrolls is a stop of its own for Tab, which would end in a list that has just been closed.
    tabIndex: -1,
    hidden: true,
    className: "suggestions",
  });
  place.classList.add("search");
  place.append(input, list);
  store.subscribe(["language"], () => {
    input.placeholder = words.map.findPerson;
    input.setAttribute("aria-label", words.map.findPerson);
    list.setAttribute("aria-label", words.map.people);
  });
  /** @type {UserHit[]} */
  let hits = [];
  let at = -1;
  let asked = 0;

  const close = () => {
    asked++;
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  /** @param {UserHit | undefined} hit */
  const choose = (hit) => {
    if (!hit) return;
    input.value = keeps ? hit.label : "";
    close();
    void actions.select({ domain: hit.domain, user: hit.user, label: hit.label });
  };

  /** @param {number} next */
  const move = (next) => {
    if (hits.length === 0) return;
    at = (next + hits.length) % hits.length;
    [...list.children].forEach((child, n) => child.setAttribute("aria-selected", String(n === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    const ticket = ++asked;
    const query = input.value.trim();
    /** @type {UserHit[]} */
    const found = await actions.findUsers(query).catch(() => []);
    if (ticket !== asked || document.activeElement !== input) return;
    hits = found;
    at = -1;
    const rows = hits.map((hit, n) => {
      const row = el(
        "li",
        { id: `${id}-${n}`, role: "option", "aria-selected": "false" },
        el("span", { className: "marks" }, ...hit.domains.map((n) => mark(slotOf(store.state.data, n)))),
        el("span", { className: "cut", textContent: hit.label }),
      );
      // pointerdown, because the box loses its focus before a click arrives.
      row.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(hit);
      });
      return row;
    });
    const none = el("li", {
      className: "muted",
      role: "option",
      "aria-disabled": "true",
      textContent: words.map.nobodyCalledSo,
    });
    list.replaceChildren(...(rows.length > 0 ? rows : [none]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", () => void ask());
  input.addEventListener("focus", () => {
    input.select();
    void ask();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) void ask();
      else move(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(hits[at] ?? hits[0]);
    } else if (event.key === "Escape") {
      close();
    }
  });
}
