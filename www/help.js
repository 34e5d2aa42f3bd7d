// What can be explained has a "?" beside it, seen and reached by key only while the page is to explain; each opens the one
// popover beside itself.

import { byId, el } from "./dom.js";
import { words } from "./words/words.js";

/** @import { Explanation } from "./words/en/help.js" */
/** @import { Store } from "./store.js" */

const GAP = 8;

/** @param {Store} store */
export function setUpHelp(store) {
  const popover = byId("help", HTMLElement);
  /** @type {HTMLElement | null} */
  let owner = null;
  let closed = 0;

  const root = document.documentElement;
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-switches-help]")) {
      root.dataset.explains = String(root.dataset.explains !== "true");
      tell(document.body);
      return;
    }
    const button = event.target instanceof Element ? event.target.closest("[data-help]") : null;
    if (!(button instanceof HTMLElement)) return;
    event.preventDefault(); // inside a label it would move the focus to the field
    const entry = explanationOf(button);
    if (!entry) return;
    // The press on the "?" of an open popover has closed it already; the click must not open it again.
    if (owner === button && performance.now() - closed < 400) return;
    owner = button;
    popover.replaceChildren(
      el("strong", { textContent: entry.title }),
      el("p", { textContent: entry.text }),
      ...(entry.formula ? [el("code", { textContent: entry.formula })] : []),
    );
    // A dialog's own button needs the popover inside the dialog, above its backdrop.
    (button.closest("dialog") ?? document.body).append(popover);
    popover.showPopover();
    place(popover, button.getBoundingClientRect());
  });
  popover.addEventListener("beforetoggle", (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === "open";
    if (!open) closed = performance.now();
    owner?.setAttribute("aria-expanded", String(open));
  });
  for (const kind of ["scroll", "resize"])
    addEventListener(kind, () => popover.matches(":popover-open") && popover.hidePopover());
  tell(document.body);
  store.subscribe(["language"], () => {
    if (popover.matches(":popover-open")) popover.hidePopover();
    for (const button of document.querySelectorAll("[data-help]")) button.textContent = "";
    label(document.body);
  });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      label(node);
      tell(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}

/** Whether the page explains now, for the switches of it. @param {Element} among */
function tell(among) {
  const on = document.documentElement.dataset.explains === "true";
  for (const button of among.querySelectorAll("[data-switches-help]")) button.setAttribute("aria-pressed", String(on));
}

/** @param {HTMLElement} button @returns {Explanation | undefined} */
function explanationOf({ dataset: { help = "" } }) {
  /** @type {Record<string, Explanation>} */
  const all = words.help;
  return all[help];
}

/** Gives each "?" its sign and its name. @param {Element} root */
function label(root) {
  const buttons = [...root.querySelectorAll("[data-help]"), ...(root.matches("[data-help]") ? [root] : [])];
  for (const button of buttons) {
    if (!(button instanceof HTMLElement) || button.textContent) continue;
    button.textContent = "?";
    button.setAttribute("aria-label", words.common.whatIs(explanationOf(button)?.title ?? ""));
    button.setAttribute("aria-haspopup", "dialog");
  }
}

/**
 * Below the button, or above where there is no room, and never over the edge.
 * @param {HTMLElement} popover
 * @param {DOMRect} button
 */
function place(popover, button) {
  const { offsetWidth: width, offsetHeight: height } = popover;
  const left = Math.min(Math.max(GAP, button.left + button.width / 2 - width / 2), innerWidth - width - GAP);
  const below = button.bottom + GAP;
  const top = below + height > innerHeight - GAP ? Math.max(GAP, button.top - GAP - height) : below;
  popover.style.left = `${left}px`;
  popover.style.top = `${top}px`;
}
