// The map as it is taken along: a picture of twice the screen's points with the legend below it, and a short film of the turn.

import { byId } from "./dom.js";
import { Refusal, sayingOf } from "./said.js";
import { saveBlob } from "./saving.js";
import { colours } from "./theme.js";
import { words } from "./words/words.js";

/** @import { Store } from "./store.js" */

/** Points a pixel of the screen, where the screen has no more by itself. */
const SCALE = 2;
const FILM_KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
const FILM_BITS = 8_000_000;
/** The film begins and ends with the map at rest. */
const REST_MILLISECONDS = 800;
/** A turn that is drawn slowly is not waited for longer. */
const MOST_MILLISECONDS = 20_000;
/** Of the legend, in pixels of the screen. */
const MARGIN = 16;
const LINE = 22;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {HTMLElement} map
 * @param {(ratio: number) => Promise<ImageBitmap>} picture
 * @param {() => void} turn lets it turn by itself
 * @param {Store} store
 */
export function setUpTaken(map, picture, turn, store) {
  const take = byId("save-picture", HTMLButtonElement);
  const record = byId("save-film", HTMLButtonElement);
  const kind = filmKind();
  const show = () => {
    record.hidden = kind === null || stillness.matches; // who wants no motion has no turn to record
  };
  stillness.addEventListener("change", show);
  show();
  let recording = false;
  store.subscribe(["map"], (state) => {
    take.disabled = state.map === null;
    record.disabled = state.map === null || recording;
  });
  take.addEventListener("click", () => void told(store, () => savePicture(map, picture)));
  record.addEventListener("click", async () => {
    if (!kind || recording) return;
    recording = record.disabled = true;
    await told(store, () => saveFilm(map, kind, turn));
    recording = false;
    record.disabled = store.state.map === null;
  });
}

/** @param {Store} store @param {() => Promise<void>} work */
async function told(store, work) {
  try {
    await work();
  } catch (error) {
    store.set({ notice: sayingOf(error) });
  }
}

/** What this browser can record, or null. */
function filmKind() {
  const can = typeof MediaRecorder === "function" && "captureStream" in HTMLCanvasElement.prototype;
  return can ? (FILM_KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? null) : null;
}

/** @param {HTMLElement} map @param {(ratio: number) => Promise<ImageBitmap>} picture */
async function savePicture(map, picture) {
  const ratio = Math.max(SCALE, devicePixelRatio || 1);
  const sheet = sheetFor(map, ratio);
  const taken = await picture(ratio);
  sheet.pen.drawImage(taken, 0, 0, map.clientWidth, map.clientHeight);
  taken.close();
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => sheet.canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Refusal(() => words.map.noPicture);
  saveBlob("map.png", blob);
}

/** @param {HTMLElement} map @param {string} kind @param {() => void} turn */
async function saveFilm(map, kind, turn) {
  const sheet = sheetFor(map, Math.min(SCALE, devicePixelRatio || 1));
  const slider = byId("turn", HTMLInputElement);
  const recorder = new MediaRecorder(sheet.canvas.captureStream(), { mimeType: kind, videoBitsPerSecond: FILM_BITS });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = () => reject(new Refusal(() => words.map.noFilm));
  });
  let frame = 0;
  const draw = () => {
    // What of the map is on the page can be copied, wherever it is drawn.
    const canvas = map.querySelector("canvas");
    if (canvas) sheet.pen.drawImage(canvas, 0, 0, map.clientWidth, map.clientHeight);
    frame = requestAnimationFrame(draw);
  };
  slider.value = "0";
  slider.dispatchEvent(new Event("input"));
  draw();
  recorder.start();
  await wait(REST_MILLISECONDS);
  turn();
  for (const end = performance.now() + MOST_MILLISECONDS; performance.now() < end; ) {
    await wait(100);
    if (slider.value === slider.max) break;
  }
  await wait(REST_MILLISECONDS);
  recorder.stop();
  await ended;
  cancelAnimationFrame(frame);
  saveBlob("turn.webm", new Blob(parts, { type: "video/webm" }));
}

/** @param {number} milliseconds */
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A canvas for the map with its legend below, drawn in pixels of the screen.
 * @param {HTMLElement} map
 * @param {number} ratio
 */
function sheetFor(map, ratio) {
  const width = map.clientWidth;
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Refusal(() => words.map.noCanvas);
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  pen.font = font;
  const { entries, lines } = placed(pen, legendEntries(), width);
  const height = map.clientHeight + MARGIN + lines * LINE;
  // An odd side is one that some encoders of films refuse.
  [canvas.width, canvas.height] = [width, height].map((side) => 2 * Math.ceil((side * ratio) / 2));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const { page, ink } = colours(["page", "ink"]);
  pen.fillStyle = page;
  pen.fillRect(0, 0, width + 1, height + 1);
  pen.font = font;
  pen.textBaseline = "middle";
  for (const { parts, x, line } of entries) {
    let at = x;
    const y = map.clientHeight + line * LINE + LINE / 2;
    for (const part of parts) {
      pen.fillStyle = "text" in part ? ink : part.colour;
      if ("text" in part) pen.fillText(part.text, at, y);
      else if (part.sign) {
        pen.save();
        pen.translate(at + 5, y);
        pen.scale(4, 4);
        pen.fill(new Path2D(part.sign));
        pen.restore();
      } else pen.fillRect(at, y - 5, 10, 10);
      at += widthOf(pen, part);
    }
  }
  return { canvas, pen };
}

/** @typedef {{ text: string } | { sign: string | null, colour: string }} Part of an entry: words, a domain's sign, or a colour */

/** With the room to what follows. @param {CanvasRenderingContext2D} pen @param {Part} part */
const widthOf = (pen, part) => ("text" in part ? pen.measureText(part.text).width : 10) + 6;

/**
 * Entries in lines that are no wider than the map.
 * @param {CanvasRenderingContext2D} pen
 * @param {Part[][]} all
 * @param {number} width
 */
function placed(pen, all, width) {
  let [x, line] = [MARGIN, 0];
  const entries = all.map((parts) => {
    const own = parts.reduce((sum, part) => sum + widthOf(pen, part), 0);
    if (x > MARGIN && x + own > width - MARGIN) [x, line] = [MARGIN, line + 1];
    const entry = { parts, x, line };
    x += own + MARGIN;
    return entry;
  });
  return { entries, lines: line + 1 };
}

/** What signs and colours mean, as the page says it just now. @returns {Part[][]} */
function legendEntries() {
  const signs = [...document.querySelectorAll('#legend :is(button[aria-pressed="true"], .sign:not([hidden]))')].flatMap((entry) => {
    const shape = entry.querySelector("svg.mark");
    const sign = shape?.querySelector("path")?.getAttribute("d");
    if (!shape || !sign) return [];
    return [[{ sign, colour: getComputedStyle(shape).fill }, { text: entry.textContent?.trim() ?? "" }]];
  });
  const classes = [...document.querySelectorAll("#map-key:not([hidden]) li")].map((entry) =>
    [...entry.childNodes].map((part) =>
      part instanceof Element ? { sign: null, colour: getComputedStyle(part).backgroundColor } : { text: part.textContent ?? "" },
    ),
  );
  return [...signs, ...classes];
}
