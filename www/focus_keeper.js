// A button that can do no more, is hidden or has gone would take the focus along with it, and whoever works with keys would
// begin at the top of the page again. The focus then goes to what comes next: the buttons that `data-then` names, or the
// heading of the block; and back as soon as the button can be pressed again.

export function keepFocus() {
  /** What had the focus last. @type {HTMLElement | null} */
  let last = null;
  /** What lost it, and where it was put instead. @type {{ wanted: HTMLElement, placed: HTMLElement } | null} */
  let held = null;
  /** Where it is being put just now, which is no wish of the visitor. @type {HTMLElement | null} */
  let putting = null;

  document.addEventListener("focusin", ({ target }) => {
    if (target !== putting) held = null;
    last = target instanceof HTMLElement ? target : null;
  });
  // Whoever presses beside everything wants no focus.
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Element && !target.closest("button, input, select, a, summary, label, [tabindex]")) [last, held] = [null, null];
  });

  /** @param {HTMLElement} wanted @param {HTMLElement} place */
  const put = (wanted, place) => {
    putting = place;
    place.focus({ preventScroll: true });
    putting = null;
    held = place === wanted ? null : { wanted, placed: place };
  };

  const look = () => {
    const { activeElement } = document;
    if (held && activeElement === held.placed) {
      const { wanted, placed } = held;
      const next = [wanted, ...successors(wanted)].find(canTake);
      if (next && next !== placed) put(wanted, next);
      if (next) return;
    }
    if (!last || (activeElement !== document.body && activeElement !== last) || canTake(last)) return;
    const again = last.id ? document.getElementById(last.id) : null;
    const place = [again, ...successors(last)].find(canTake) ?? headingOf(last);
    if (place) put(last, place);
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ["disabled", "hidden"],
  });
}

/** @param {HTMLElement} element @returns {HTMLElement[]} */
const successors = (element) =>
  (element.dataset.then ?? "").split(" ").flatMap((id) => document.getElementById(id) ?? []);

/** @param {HTMLElement | null} element */
const canTake = (element) => element !== null && element.isConnected && !element.matches(":disabled") && element.checkVisibility();

/** The heading of the block that somebody was at, which can then take the focus. @param {HTMLElement} element */
function headingOf(element) {
  const near = element.isConnected ? element.closest("section, dialog[open]") : null;
  const block = near?.checkVisibility() ? near : (document.querySelector("dialog[open]") ?? document.querySelector("main:not([hidden])"));
  const heading = block?.querySelector("h2, h3");
  if (!(heading instanceof HTMLElement)) return null;
  if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  return heading;
}
