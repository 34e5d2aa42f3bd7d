// The page's map in a widget: its stage on a canvas, with pointer, keys, the slider and the tip.

import { el } from "../dom.js";
import { Stage } from "../map/stage.js";
import { listen } from "../map_input.js";
import { SLOTS } from "./run.js";

/** @import { Place } from "../map/grid.js" */
/** @import { News, Pointed } from "../map/messages.js" */
/** @import { Palette } from "../map/look.js" */
/** @import { Run } from "./run.js" */

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {HTMLElement} root whose custom properties are the colours
 * @param {(slot: import("../border.d.ts").Slot) => string} nameOf the name of a domain
 * @param {(label: string) => void} choose somebody
 */
export function mapOf(root, nameOf, choose) {
  const canvas = el("canvas", { tabIndex: 0, role: "application", "aria-label": "Map of people. Arrows move between them, Enter chooses" });
  const tip = el("div", { className: "tip", hidden: true, role: "status" });
  const frame = el("div", { className: "frame" }, canvas, tip);
  const slider = el("input", { type: "range", min: "0", max: "1000", value: "0", "aria-label": "The turn of the first cloud onto the second, from before to after" });
  const element = el("div", { className: "map" }, frame, el("label", { className: "turn" }, el("span", { textContent: "before" }), slider, el("span", { textContent: "after" })));
  /** @type {Run | null} */
  let run = null;
  /** @type {Pointed | null} */
  let pointed = null;
  let asked = 0;

  const labelOf = (/** @type {Place} */ { domain, user }) => run?.labels[domain]?.[user] ?? "";
  /** @param {News} news */
  const hear = (news) => {
    if (news.type === "drawn") element.dataset.ground = news.ground;
    else if (news.type === "zoomed") canvas.classList.toggle("zoomed", news.zoom.factor > 1);
    else if (news.type === "chosen") choose(news.place ? labelOf(news.place) : "");
    else if (news.type === "pointed" && news.ask === asked) point(news.pointed);
  };
  const stage = new Stage(canvas, "auto", hear);
  const turn = (/** @type {number} */ share) => {
    slider.style.setProperty("--share", String(share));
    slider.setAttribute("aria-valuetext", `${Math.round(100 * share)} % turned`);
    stage.hear({ type: "turn", turn: share, ask: 0 });
  };
  /** @param {Pointed | null} now */
  const point = (now) => {
    pointed = now;
    tip.hidden = now === null;
    if (!now) return;
    const names = now.places.map(({ domain }) => nameOf(SLOTS[domain])).join(" and ");
    tip.textContent = `${labelOf(now.places[0])}, in ${names}`;
    const below = now.y < 48;
    const left = Math.min(Math.max(now.x, 80), canvas.clientWidth - 80);
    tip.style.transform = `translate(${left}px, ${now.y + (below ? 14 : -14)}px) translate(-50%, ${below ? "0" : "-100%"})`;
  };
  const at = (/** @type {{ x: number, y: number } | null} */ place) => {
    stage.hear({ type: "point", at: place, ask: ++asked });
    if (!place) point(null);
  };
  listen(canvas, {
    point: (x, y) => at({ x, y }),
    leave: () => at(null),
    choose: (x, y) => stage.hear({ type: "choose", x, y }),
    pan: (dx, dy) => stage.hear({ type: "pan", dx, dy }),
    zoom: (factor, x, y) => stage.hear({ type: "zoom", factor, at: { x, y } }),
    step: (dx, dy) => stage.hear({ type: "step", dx, dy, ask: ++asked }),
    enter: () => pointed && choose(labelOf(pointed.places[0])),
    escape: () => choose(""),
    fit: () => stage.hear({ type: "zoom", factor: 0, at: null }),
  });
  slider.addEventListener("input", () => turn(Number(slider.value) / 1000));

  // A notebook takes what is scrolled away out of its document, where it has no colours and no size.
  const paint = () => root.isConnected && stage.hear({ type: "palette", palette: paletteOf(root) });
  const resize = () => stage.hear({ type: "size", width: canvas.clientWidth, height: canvas.clientHeight, ratio: Math.min(devicePixelRatio || 1, 3) });
  // A notebook's theme is an attribute or a class of its body.
  const themes = new MutationObserver(paint);
  themes.observe(document.body, { attributes: true });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", paint);
  const sizes = new ResizeObserver(() => {
    if (canvas.clientWidth === 0) return;
    paint();
    resize();
  });
  sizes.observe(canvas);
  stage.hear({ type: "still", still: stillness.matches });
  stage.hear({ type: "slots", slots: [...SLOTS] });
  stage.hear({ type: "shown", shown: { domains: SLOTS.map(() => true), linked: true, held: true, names: true } });
  turn(0);

  /** What was shown last. @type {Run["map"]} */
  let shown = null;
  return {
    element,
    /** @param {Run} now */
    show(now) {
      run = now;
      // The stage turns what it is given to fit what was before; the run keeps its own for further views.
      if (now.map !== shown) stage.hear({ type: "map", map: now.map });
      shown = now.map;
      const { somebody } = now;
      stage.hear({ type: "selected", place: somebody });
      element.hidden = now.map === null && now.state !== null;
    },
    /** Turns from before to after, as the page does at the end of a training. */
    replay() {
      const began = performance.now();
      const step = () => {
        const share = Math.min(1, (performance.now() - began) / 2000);
        slider.value = String(Math.round(1000 * share));
        turn(share);
        if (share < 1 && element.isConnected) requestAnimationFrame(step);
      };
      if (stillness.matches) {
        slider.value = "1000";
        turn(1);
      } else step();
    },
    end() {
      themes.disconnect();
      sizes.disconnect();
      dark.removeEventListener("change", paint);
    },
  };
}

/** The stylesheet's colours, resolved, for a canvas. @param {HTMLElement} root @returns {Palette} */
function paletteOf(root) {
  const probe = root.appendChild(el("span", { hidden: true }));
  const resolved = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  /** @type {(keyof Palette)[]} */
  const names = ["page", "ink", "muted", ...SLOTS];
  const found = /** @type {Palette} */ (Object.fromEntries(names.map((name) => [name, resolved(name)])));
  probe.remove();
  return found;
}
