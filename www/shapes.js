// The sign of each place for a domain: a shape of its own beside a colour of its own, so that nobody has to tell colours
// apart. The colours are in style.css, as --a to --h.

/** @import { Slot } from "./border.d.ts" */

/** Places for domains on the page. @type {readonly Slot[]} */
export const SLOTS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Half the side of the square that every shape fits into. */
export const REACH = 1.4;

/** Outlines of about the area of the first one, a disc of radius 1. @type {Record<Slot, string>} */
export const OUTLINES = {
  a: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  b: "M0-1.32 1.25.95-1.25.95Z",
  c: "M-.89-.89H.89V.89H-.89Z",
  d: "M0-1.32 1.1 0 0 1.32-1.1 0Z",
  e: "M0 1.32-1.25-.95H1.25Z",
  f: "M-.45-1.25H.45V-.45H1.25V.45H.45V1.25H-.45V.45H-1.25V-.45H-.45Z",
  g: "M0-1.38 .37-.51 1.31-.43 .6.19 .81 1.12 0 .63-.81 1.12-.6.19-1.31-.43-.37-.51Z",
  h: "M-1.15-.55-.55-1.15 0-.6 .55-1.15 1.15-.55 .6 0 1.15.55 .55 1.15 0 .6-.55 1.15-1.15.55-.6 0Z",
};

/** What is no domain's: a house for the visitor. @type {Record<"you", string>} */
export const SIGNS = {
  you: "M0-1.4 1.35-.15H.95V1.15H-.95V-.15H-1.35Z",
};

/** @type {Map<string, Path2D>} */
const paths = new Map();

/** The outline for a canvas, of radius 1 about the origin. @param {Slot | keyof typeof SIGNS} name */
export function pathOf(name) {
  const known = paths.get(name);
  if (known) return known;
  const path = new Path2D({ ...OUTLINES, ...SIGNS }[name]);
  paths.set(name, path);
  return path;
}
