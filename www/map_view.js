// The map: two clouds of users on a canvas, A turned by X from before to after.

import { byId } from "./dom.js";
import {
  betweenViews,
  eased,
  fittedView,
  mixInto,
  nearestPoint,
  nextPoint,
  placeA,
  steadied,
  toPixels,
} from "./map_geometry.js";
import { listen } from "./map_input.js";
import { describe, setUpMapText } from "./map_text.js";
import { paintMap, pointRadius } from "./map_paint.js";
import { colours, onTheme } from "./theme.js";
import { setUpUserSearch } from "./user_search.js";

/** @import { MapSnapshot, Slot } from "./protocol.js" */
/** @import { Mark, Palette, Scene } from "./map_paint.js" */
/** @import { View } from "./map_geometry.js" */
/** @import { Actions } from "./actions.js" */
/** @import { Selection, Store } from "./store.js" */

const TURN_MILLISECONDS = 2000;
const TWEEN_MILLISECONDS = 450;
const REACH_PIXELS = 14;
const MARGIN_PIXELS = 28;
/** A frame that takes longer to paint than this makes movement jerky. */
const SLOW_MILLISECONDS = 22;
const MOST_STRIDE = 8;
const SLOTS = /** @type {Slot[]} */ (["a", "b"]);
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpMap(store, actions) {
  new MapView(store, actions);
}

class MapView {
  #canvas = byId("map", HTMLCanvasElement);
  #turn = byId("turn", HTMLInputElement);
  #tip = byId("map-tip", HTMLElement);
  #announce = byId("map-announce", HTMLElement);
  #pen;
  #store;
  #actions;
  /** @type {MapSnapshot | null} */
  #map = null;
  /** Where the points are going, and where they were when the snapshot changed, in map units. */
  #ends = { a: new Float32Array(), b: new Float32Array() };
  #starts = { a: new Float32Array(), b: new Float32Array() };
  #pixels = { a: new Float32Array(), b: new Float32Array() };
  #partners = { a: new Int32Array(), b: new Int32Array() };
  /** @type {View} */
  #viewStart = { x: 0, y: 0, scale: 1 };
  /** @type {View} */
  #viewEnd = { x: 0, y: 0, scale: 1 };
  /** What the visitor did on top of the fitted view: factor and shift in pixels. */
  #zoom = { factor: 1, x: 0, y: 0 };
  /** When the points set out for the present snapshot; 0 when they have arrived. */
  #tweenFrom = 0;
  /** @type {{ at: number, from: number } | null} the turn that runs by itself */
  #turning = null;
  #frame = 0;
  #stride = 1;
  /** @type {Mark | null} */
  #pointed = null;
  #shown = { a: true, b: true, linked: true, held: true };
  /** @type {Palette} */
  #palette = { page: "", ink: "", muted: "", a: "", b: "" };

  /**
   * @param {Store} store
   * @param {Actions} actions
   */
  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
    this.#pen = this.#canvas.getContext("2d");
    setUpUserSearch(byId("map-search", HTMLElement), "search-map", "Find a person", actions, false);
    setUpMapText(store, (shown) => {
      this.#shown = shown;
      this.#draw();
    });
    onTheme(() => {
      this.#palette = colours(["page", "ink", "muted", "a", "b"]);
      this.#draw();
    });
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    this.#turn.addEventListener("input", () => {
      this.#turning = null;
      this.#place();
    });
    byId("replay", HTMLButtonElement).addEventListener("click", () => actions.replay());
    byId("zoom-in", HTMLButtonElement).addEventListener("click", () => this.#zoomBy(1.5));
    byId("zoom-out", HTMLButtonElement).addEventListener("click", () => this.#zoomBy(1 / 1.5));
    byId("zoom-fit", HTMLButtonElement).addEventListener("click", () => this.#fit());
    this.#listen();
    store.subscribe(["map"], ({ map }) => this.#show(map));
    store.subscribe(["turns"], ({ turns }) => turns > 0 && this.#startTurn());
    store.subscribe(["selection"], () => this.#draw());
    store.subscribe(["history"], ({ history }) => {
      if (history.length === 0) this.#setTurn(0);
    });
  }

  /** @param {MapSnapshot | null} map */
  #show(map) {
    const before = this.#map;
    if (!map) {
      this.#map = null;
      this.#pointed = null;
      this.#draw();
      return;
    }
    const [usersA, usersB] = [map.a.length / map.k1, map.b.length / 2];
    const same = before !== null && this.#ends.a.length === 2 * usersA && this.#ends.b.length === 2 * usersB;
    this.#map = same ? steadied(map, this.#ends.b) : map;
    if (same) {
      // From where the points are drawn now, which may be half way to the snapshot before.
      const share = this.#tweenShare();
      for (const slot of SLOTS) mixInto(this.#starts[slot], this.#ends[slot], share);
      this.#viewStart = betweenViews(this.#viewStart, this.#viewEnd, share);
      this.#tweenFrom = stillness.matches ? 0 : performance.now();
    } else {
      for (const slot of SLOTS) {
        const length = 2 * (slot === "a" ? usersA : usersB);
        this.#starts[slot] = new Float32Array(length);
        this.#ends[slot] = new Float32Array(length);
        this.#pixels[slot] = new Float32Array(length);
      }
      this.#tweenFrom = 0;
      this.#zoom = { factor: 1, x: 0, y: 0 };
    }
    this.#partners = { a: new Int32Array(usersA).fill(-1), b: new Int32Array(usersB).fill(-1) };
    for (let pair = 0; pair < map.pairs.length; pair += 2) {
      this.#partners.a[map.pairs[pair]] = map.pairs[pair + 1];
      this.#partners.b[map.pairs[pair + 1]] = map.pairs[pair];
    }
    this.#refit();
    if (!same) this.#viewStart = this.#viewEnd;
    this.#ends.b.set(this.#map.b);
    this.#place();
  }

  #refit() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (this.#map) this.#viewEnd = fittedView(this.#map, clientWidth, clientHeight, MARGIN_PIXELS);
  }

  /** Puts the points where the slider says, and draws. */
  #place() {
    if (this.#map) placeA(this.#map, Number(this.#turn.value) / 1000, this.#ends.a);
    this.#turn.setAttribute("aria-valuetext", `${Math.round(Number(this.#turn.value) / 10)} % turned`);
    this.#turn.style.setProperty("--share", String(Number(this.#turn.value) / 1000));
    this.#draw();
  }

  /** @param {number} t */
  #setTurn(t) {
    this.#turn.value = String(Math.round(t * 1000));
    this.#place();
  }

  #startTurn() {
    if (!this.#map) return;
    if (stillness.matches) return this.#setTurn(1);
    this.#turning = { at: performance.now() + 200, from: 0 };
    this.#setTurn(0);
  }

  #tweenShare() {
    if (this.#tweenFrom === 0) return 1;
    return eased(Math.min(1, (performance.now() - this.#tweenFrom) / TWEEN_MILLISECONDS));
  }

  /** Asks for a frame; many wishes in one frame are drawn once. */
  #draw() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    this.#frame = 0;
    const pen = this.#pen;
    if (!pen) return;
    if (!this.#map) {
      pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
      return;
    }
    const began = performance.now();
    if (this.#turning) {
      const share = Math.min(1, Math.max(0, (began - this.#turning.at) / TURN_MILLISECONDS));
      if (share === 1) this.#turning = null;
      this.#setTurn(eased(share));
    }
    const moving = this.#turning !== null || this.#tweenFrom !== 0;
    paintMap(pen, this.#scene(moving ? this.#stride : 1));
    if (this.#tweenShare() === 1) this.#tweenFrom = 0;
    if (moving) {
      // A slow machine draws fewer points while they move, and all of them when they rest.
      if (performance.now() - began > SLOW_MILLISECONDS && this.#stride < MOST_STRIDE) this.#stride *= 2;
      this.#draw();
    } else if (this.#stride > 1) {
      this.#stride /= 2; // the next movement may be quicker
    }
    document.body.dataset.ready = "true";
  }

  /**
   * @param {number} stride
   * @returns {Scene}
   */
  #scene(stride) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const share = this.#tweenShare();
    const view = betweenViews(this.#viewStart, this.#viewEnd, share);
    const scale = view.scale * this.#zoom.factor;
    const zoomed = { x: view.x - this.#zoom.x / scale, y: view.y - this.#zoom.y / scale, scale };
    for (const slot of SLOTS) {
      const now = this.#pixels[slot];
      if (share === 1) now.set(this.#ends[slot]);
      else {
        now.set(this.#starts[slot]);
        mixInto(now, this.#ends[slot], share);
      }
      toPixels(now, zoomed, width, height, now);
    }
    const map = /** @type {MapSnapshot} */ (this.#map);
    return {
      width,
      height,
      stride,
      ratio: this.#canvas.width / Math.max(width, 1),
      pixels: this.#pixels,
      partners: this.#partners,
      pairs: map.pairs,
      roles: map.pair_roles,
      shown: this.#shown,
      zoom: this.#zoom.factor,
      selected: this.#markOf(this.#store.state.selection),
      pointed: this.#pointed,
      palette: this.#palette,
    };
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = Math.min(devicePixelRatio || 1, 3);
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    this.#refit();
    this.#viewStart = this.#viewEnd;
    this.#tweenFrom = 0;
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    this.#drawNow(); // at once: a resized canvas is blank
  }

  /** @param {{ slot: Slot, user: number } | Selection | null} person @returns {Mark | null} */
  #markOf(person) {
    if (!person || person.user >= this.#partners[person.slot].length) return null;
    return { slot: person.slot, user: person.user, partner: this.#partners[person.slot][person.user] };
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] the place that stays */
  #zoomBy(factor, x, y) {
    const { clientWidth, clientHeight } = this.#canvas;
    const next = Math.min(60, Math.max(1, this.#zoom.factor * factor));
    const real = next / this.#zoom.factor;
    const [dx, dy] = [(x ?? clientWidth / 2) - clientWidth / 2, (y ?? clientHeight / 2) - clientHeight / 2];
    this.#zoom = { factor: next, x: dx - (dx - this.#zoom.x) * real, y: dy - (dy - this.#zoom.y) * real };
    if (next === 1) this.#zoom = { factor: 1, x: 0, y: 0 };
    this.#canvas.classList.toggle("zoomed", next > 1);
    this.#draw();
  }

  #fit() {
    this.#zoomBy(0);
  }

  #listen() {
    listen(this.#canvas, {
      point: (x, y) => this.#point(this.#personAt(x, y), false),
      leave: () => this.#point(null, false),
      choose: (x, y) => this.#select(this.#personAt(x, y)),
      pan: (dx, dy) => {
        if (this.#zoom.factor === 1) return;
        this.#zoom = { ...this.#zoom, x: this.#zoom.x + dx, y: this.#zoom.y + dy };
        this.#draw();
      },
      zoom: (factor, x, y) => this.#zoomBy(factor, x, y),
      step: (dx, dy) => this.#step(dx, dy),
      enter: () => this.#pointed && this.#select(this.#pointed),
      escape: () => {
        this.#point(null, false);
        this.#select(null);
      },
      fit: () => this.#fit(),
    });
  }

  /** @param {number} x @param {number} y */
  #personAt(x, y) {
    /** @type {Mark | null} */
    let found = null;
    let reach = REACH_PIXELS;
    for (const slot of SLOTS) {
      if (!this.#shown[slot]) continue;
      const { index, distance } = nearestPoint(this.#pixels[slot], x, y, reach);
      if (index < 0) continue;
      found = this.#markOf({ slot, user: index });
      reach = distance;
    }
    return found;
  }

  /** @param {number} dx @param {number} dy */
  #step(dx, dy) {
    const from = this.#pointed ?? this.#markOf(this.#store.state.selection);
    const { clientWidth, clientHeight } = this.#canvas;
    const x = from ? this.#pixels[from.slot][2 * from.user] : clientWidth / 2;
    const y = from ? this.#pixels[from.slot][2 * from.user + 1] : clientHeight / 2;
    /** @type {{ mark: Mark | null, cost: number }} */
    let best = { mark: null, cost: Infinity };
    for (const slot of SLOTS) {
      if (!this.#shown[slot]) continue;
      const { index, cost } = nextPoint(this.#pixels[slot], x, y, dx, dy);
      if (index >= 0 && cost < best.cost) best = { mark: this.#markOf({ slot, user: index }), cost };
    }
    if (best.mark) this.#point(best.mark, true);
  }

  /** @param {Mark | null} mark @param {boolean} spoken */
  #point(mark, spoken) {
    if (mark?.slot !== this.#pointed?.slot || mark?.user !== this.#pointed?.user) {
      this.#pointed = mark;
      this.#draw();
    }
    this.#canvas.classList.toggle("pointing", mark !== null);
    this.#tip.hidden = mark === null;
    if (!mark) return;
    const text = describe(mark, this.#store.state);
    this.#tip.textContent = text;
    const x = this.#pixels[mark.slot][2 * mark.user];
    const y = this.#pixels[mark.slot][2 * mark.user + 1];
    const left = Math.min(Math.max(x, 90), this.#canvas.clientWidth - 90);
    const lift = 16 + pointRadius(this.#pixels.a.length, this.#zoom.factor);
    const top = y < 64 ? y + lift : y - lift;
    this.#tip.style.transform = `translate(${left}px, ${top}px) translate(-50%, ${y < 64 ? "0" : "-100%"})`;
    if (spoken) this.#announce.textContent = text;
  }

  /** @param {Mark | null} mark */
  #select(mark) {
    const { labels } = this.#store.state;
    const label = mark && labels ? labels[mark.slot][mark.user] : "";
    void this.#actions.select(mark ? { slot: mark.slot, user: mark.user, label } : null);
  }
}
