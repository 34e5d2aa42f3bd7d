// The language between the page and the stage of the map, which is in a worker where the browser allows it.

/** @import { MapSnapshot, Slot } from "../border.d.ts" */
/** @import { Place } from "./grid.js" */
/** @import { Outline } from "./lasso.js" */
/** @import { Mark, Palette, Shown } from "./look.js" */

/** What draws the clouds: the graphics card where there is one, or what was asked for. @typedef {"auto" | "webgl" | "pixels"} GroundName */

/** What the visitor did on top of the fitted view: factor, and shift in pixels. @typedef {{ factor: number, x: number, y: number }} Zoom */

/**
 * Wishes of the page. `ask` counts them, so that an answer that is out of date is known by it; places are in CSS pixels of
 * the canvas. `classes` says by domain and user which of the colours somebody has, the last one where it is none of the others;
 * `lit` are people who stay bright while all others fade, `members` of a group by domain; `regions` are named where the clouds lie on
 * each other, in the coordinates of the cloud that stands still; `called` says what the visitor is called there; `lasso` is a line
 * that is being drawn round people, `enclose` asks who is inside of it and `nearest` who stands nearest to somebody.
 * @typedef {(
 *   { type: "canvas", canvas: OffscreenCanvas, ground: GroundName } |
 *   { type: "size", width: number, height: number, ratio: number } |
 *   { type: "palette", palette: Palette } |
 *   { type: "slots", slots: Slot[] } |
 *   { type: "shown", shown: Shown } |
 *   { type: "still", still: boolean } |
 *   { type: "map", map: MapSnapshot | null, ask?: number } |
 *   { type: "classes", classes: Uint8Array[] | null, colours: string[] } |
 *   { type: "selected", place: Place | null } |
 *   { type: "lit", places: Place[], members?: number[][] } |
 *   { type: "regions", regions: { name: string, centre: [number, number] }[] } |
 *   { type: "called", you: string } |
 *   { type: "lasso", outline: Outline } |
 *   { type: "enclose", outline: Outline, ask: number } |
 *   { type: "nearest", place: Place, most: number, ask: number } |
 *   { type: "turn", turn: number, ask: number } |
 *   { type: "replay", ask: number } |
 *   { type: "point", at: { x: number, y: number } | null, ask: number } |
 *   { type: "step", dx: number, dy: number, ask: number } |
 *   { type: "choose", x: number, y: number } |
 *   { type: "zoom", factor: number, at: { x: number, y: number } | null } |
 *   { type: "zoomed", zoom: Zoom } |
 *   { type: "pan", dx: number, dy: number } |
 *   { type: "picture", ratio: number, ask: number }
 * )} Wish
 */

/**
 * Somebody on the map, and where the mark that is meant is drawn.
 * @typedef {Mark & { x: number, y: number, radius: number }} Pointed
 */

/** An item on the map, and where it is drawn. @typedef {{ domain: number, item: number, x: number, y: number, radius: number }} PointedItem */

/**
 * What the stage tells. `placed` are the projections of a map's clouds once it is turned to fit the one before, which is how another
 * stage draws the same picture; `holds` is a lock that is free when the worker has ended. `group` are users by domain. `around` are
 * people who stand nearest to whoever is selected, or to the middle, once all rest.
 * @typedef {(
 *   { type: "here" } |
 *   { type: "holds", name: string } |
 *   { type: "failed", why: string } |
 *   { type: "placed", projections: Float32Array[], ask: number } |
 *   { type: "drawn", ground: "webgl" | "pixels", stride: number } |
 *   { type: "turned", turn: number, ask: number } |
 *   { type: "pointed", pointed: Pointed | null, spoken: boolean, ask: number } |
 *   { type: "pointed_item", item: PointedItem, ask: number } |
 *   { type: "chosen", place: Place | null } |
 *   { type: "chosen_item", item: { domain: number, item: number } } |
 *   { type: "group", members: Uint32Array[], ask: number } |
 *   { type: "zoomed", zoom: Zoom } |
 *   { type: "around", marks: Mark[] } |
 *   { type: "picture", picture: ImageBitmap | null, ask: number }
 * )} News
 */

export {};
