// Pointer, wheel and keys on the map's canvas, as a few plain wishes.

/**
 * @typedef {object} Wishes
 * @property {(x: number, y: number) => void} point
 * @property {() => void} leave
 * @property {(x: number, y: number) => void} choose
 * @property {(dx: number, dy: number) => void} pan
 * @property {(factor: number, x: number, y: number) => void} zoom
 * @property {(dx: number, dy: number) => void} step to the next person in a direction
 * @property {() => void} enter
 * @property {() => void} escape
 * @property {() => void} fit
 * @property {(() => boolean)} [draws] whether the pointer draws a line just now, and pans nothing
 * @property {(outline: { x: number, y: number }[], isWhole: boolean) => void} [line] a line is being drawn, or is whole
 */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Corners of a line that is drawn are at least so far apart. */
const LINE_PIXELS = 3;
/** A press that moves less than this is a click. */
const CLICK_PIXELS = 4;

/**
 * @param {HTMLElement} canvas or what it lies in
 * @param {Wishes} wishes
 */
export function listen(canvas, wishes) {
  /** @type {Map<number, { x: number, y: number }>} */
  const pressed = new Map();
  let travelled = 0;
  /** The line that is being drawn, and by which pointer. @type {{ pointer: number, line: { x: number, y: number }[] } | null} */
  let drawn = null;

  /** @param {MouseEvent} event */
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (wishes.draws?.()) {
      if (drawn || event.button !== 0) return;
      drawn = { pointer: event.pointerId, line: [place(event)] };
      canvas.setPointerCapture(event.pointerId);
      return;
    }
    if (pressed.size === 0) travelled = 0;
    pressed.set(event.pointerId, place(event));
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    if (drawn) {
      const last = drawn.line[drawn.line.length - 1];
      if (event.pointerId !== drawn.pointer || Math.hypot(now.x - last.x, now.y - last.y) < LINE_PIXELS) return;
      drawn.line.push(now);
      wishes.line?.(drawn.line, false);
      return;
    }
    if (wishes.draws?.()) return;
    const before = pressed.get(event.pointerId);
    if (!before) {
      wishes.point(now.x, now.y);
      return;
    }
    if (pressed.size === 1) {
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (travelled > CLICK_PIXELS) wishes.pan(now.x - before.x, now.y - before.y);
    } else if (pressed.size === 2) {
      travelled = Infinity;
      const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const apart = Math.hypot(before.x - other.x, before.y - other.y);
        const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(apart, 1);
        wishes.zoom(factor, (now.x + other.x) / 2, (now.y + other.y) / 2);
      }
    }
    pressed.set(event.pointerId, now);
  });

  canvas.addEventListener("pointerup", (event) => {
    if (drawn) {
      if (event.pointerId !== drawn.pointer) return;
      const { line } = drawn;
      drawn = null;
      wishes.line?.(line, true);
      return;
    }
    const { x, y } = place(event);
    if (pressed.delete(event.pointerId) && pressed.size === 0 && travelled <= CLICK_PIXELS) wishes.choose(x, y);
  });
  canvas.addEventListener("pointercancel", (event) => {
    pressed.delete(event.pointerId);
    if (event.pointerId !== drawn?.pointer) return;
    drawn = null;
    wishes.line?.([], false);
  });
  canvas.addEventListener("pointerleave", () => wishes.leave());

  canvas.addEventListener(
    "wheel",
    (event) => {
      // On a page that scrolls, the wheel over the map scrolls on, unless the map has the focus.
      const scrolls = document.documentElement.scrollHeight > innerHeight + 1;
      if (scrolls && !event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      const { x, y } = place(event);
      wishes.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), x, y);
    },
    { passive: false },
  );

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { clientWidth, clientHeight } = canvas;
    const arrow = ARROWS[event.key];
    if (arrow) wishes.step(...arrow);
    else if (event.key === "Enter" || event.key === " ") wishes.enter();
    else if (event.key === "Escape") wishes.escape();
    else if (event.key === "+" || event.key === "=") wishes.zoom(1.4, clientWidth / 2, clientHeight / 2);
    else if (event.key === "-") wishes.zoom(1 / 1.4, clientWidth / 2, clientHeight / 2);
    else if (event.key === "0") wishes.fit();
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("blur", () => wishes.leave());
}
