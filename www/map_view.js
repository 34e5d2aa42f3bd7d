// The map: a cloud of users for each domain on a canvas, all turned into the space of one of them, from before to after.

import { byId } from "./dom.js";
import {
  betweenViews,
  eased,
  fittedView,
  ellipseOf,
  mixInto,
  nearestPoint,
  nextPoint,
  placeCloud,
  sizeOf,
  steadied,
  toPixels,
} from "./map_geometry.js";
import { listen } from "./map_input.js";
import { describe, setUpMapText } from "./map_text.js";
import { isMapless } from "./models.js";
import { paintMap, pointRadius, usersIn } from "./map_paint.js";
import { slotOf } from "./domains.js";
import { SLOTS } from "./shapes.js";
import { colours, onTheme } from "./theme.js";
import { setUpUserSearch } from "./user_search.js";

/** @import { MapSnapshot } from "./border.d.ts" */
/** @import { Mark, Palette, Place, Scene, Shown } from "./map_paint.js" */
/** @import { View } from "./map_geometry.js" */
/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

const TURN_MILLISECONDS = 2000;
const TWEEN_MILLISECONDS = 450;
const REACH_PIXELS = 14;
const MARGIN_PIXELS = 28;
/** A frame that takes longer to paint than this makes movement jerky. */
const SLOW_MILLISECONDS = 22;
const MOST_STRIDE = 8;
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
  /** By domain: where the points are going, and where they were when the snapshot changed, in map units. @type {Float32Array[]} */
  #ends = [];
  /** @type {Float32Array[]} */
  #starts = [];
  /** @type {Float32Array[]} */
  #pixels = [];
  /** By domain and other domain: the same person there, or -1; nothing where no link joins the two. @type {(Int32Array | null)[][]} */
  #partners = [];
  /** By domain and user: whether the person is in another domain too. @type {Uint8Array[]} */
  #shared = [];
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
  /** @type {Shown} */
  #shown = { domains: [], linked: true, held: true };
  #palette = palette();

  /**
   * @param {Store} store
   * @param {Actions} actions
   */
  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
    this.#pen = this.#canvas.getContext("2d");
    setUpUserSearch(byId("map-search", HTMLElement), "search-map", "Find a person", store, actions, false);
    setUpMapText(store, actions, (shown) => {
      this.#shown = shown;
      this.#draw();
    });
    onTheme(() => {
      this.#palette = palette();
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
    store.subscribe(["prepared"], () => this.#draw());
    store.subscribe(["turns"], ({ turns }) => turns > 0 && this.#startTurn());
    store.subscribe(["selection"], () => this.#draw());
    let sampled = false;
    store.subscribe(["sweeps"], ({ sweeps }) => {
      // While it samples the clouds are seen as each draw turns them.
      if (sweeps.length > 0 && !sampled) this.#setTurn(1);
      sampled = sweeps.length > 0;
    });
    store.subscribe(["history", "sweeps"], ({ history, sweeps }) => {
      if (history.length > 0 || sweeps.length > 0) return;
      this.#turning = null;
      this.#setTurn(0);
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
    const sizes = map.clouds.map(sizeOf);
    const same =
      before !== null && sizes.length === this.#ends.length && sizes.every((n, d) => this.#ends[d].length === 2 * n);
    if (same) {
      // From where the points are drawn now, which may be half way to the snapshot before.
      const share = this.#tweenShare();
      for (const [d, start] of this.#starts.entries()) mixInto(start, this.#ends[d], share);
      this.#viewStart = betweenViews(this.#viewStart, this.#viewEnd, share);
      this.#tweenFrom = stillness.matches ? 0 : performance.now();
      // The cloud that stood still in the last snapshot has the same coordinates after the map, whatever the slider says.
      const { space } = map;
      const old = placeCloud(before.clouds[space], 1, new Float32Array(2 * sizes[space]));
      this.#map = steadied(map, space, old);
    } else {
      this.#map = map;
      [this.#starts, this.#ends, this.#pixels] = [0, 1, 2].map(() => sizes.map((n) => new Float32Array(2 * n)));
      this.#tweenFrom = 0;
      this.#zoom = { factor: 1, x: 0, y: 0 };
    }
    this.#join(map, sizes);
    this.#refit();
    if (!same) this.#viewStart = this.#viewEnd;
    this.#place();
  }

  /** Who is the same person in which domains. @param {MapSnapshot} map @param {number[]} sizes */
  #join(map, sizes) {
    this.#shared = sizes.map((n) => new Uint8Array(n));
    this.#partners = sizes.map(() => sizes.map(() => null));
    for (const { domains, pairs } of map.links) {
      const [a, b] = domains;
      const [ofA, ofB] = [new Int32Array(sizes[a]).fill(-1), new Int32Array(sizes[b]).fill(-1)];
      for (let pair = 0; pair < pairs.length; pair += 2) {
        const [userA, userB] = [pairs[pair], pairs[pair + 1]];
        ofA[userA] = userB;
        ofB[userB] = userA;
        this.#shared[a][userA] = this.#shared[b][userB] = 1;
      }
      this.#partners[a][b] = ofA;
      this.#partners[b][a] = ofB;
    }
  }

  #refit() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (this.#map) this.#viewEnd = fittedView(this.#map, clientWidth, clientHeight, MARGIN_PIXELS);
  }

  /** Puts the points where the slider says, and draws. */
  #place() {
    const t = Number(this.#turn.value) / 1000;
    this.#map?.clouds.forEach((cloud, d) => placeCloud(cloud, t, this.#ends[d]));
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
      // Where a model has no clouds, all is drawn that there is.
      if (isMapless(this.#store.state)) document.body.dataset.ready = "true";
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
    for (const [d, now] of this.#pixels.entries()) {
      if (share === 1) now.set(this.#ends[d]);
      else {
        now.set(this.#starts[d]);
        mixInto(now, this.#ends[d], share);
      }
      toPixels(now, zoomed, width, height, now);
    }
    const map = /** @type {MapSnapshot} */ (this.#map);
    const { data, selection } = this.#store.state;
    const t = Number(this.#turn.value) / 1000;
    const ellipses = map.spreads
      .filter(({ domain, user }) => selection !== null && this.#isSelected(domain, user))
      .map(({ domain, user, vectors }) => ({ domain, user, ...ellipseOf(map.clouds[domain], vectors, t, scale) }));
    return {
      width,
      height,
      stride,
      ratio: this.#canvas.width / Math.max(width, 1),
      slots: map.clouds.map((_, d) => slotOf(data, d)),
      pixels: this.#pixels,
      shared: this.#shared,
      links: map.links,
      shown: this.#shown,
      zoom: this.#zoom.factor,
      selected: this.#markOf(selection),
      ellipses,
      pointed: this.#pointed,
      palette: this.#palette,
    };
  }

  /** Whether this is a place of the person who is looked at. @param {number} domain @param {number} user */
  #isSelected(domain, user) {
    const places = this.#markOf(this.#store.state.selection)?.places ?? [];
    return places.some((place) => place.domain === domain && place.user === user);
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

  /** @param {Place | null} person @returns {Mark | null} */
  #markOf(person) {
    if (!person || person.user >= (this.#shared[person.domain]?.length ?? 0)) return null;
    const { domain, user } = person;
    const others = this.#partners[domain].map((partners, there) => ({ domain: there, user: partners?.[user] ?? -1 }));
    return { places: [{ domain, user }, ...others.filter((place) => place.user >= 0)] };
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
    for (const [domain, pixels] of this.#pixels.entries()) {
      if (!this.#shown.domains[domain]) continue;
      const { index, distance } = nearestPoint(pixels, x, y, reach);
      if (index < 0) continue;
      found = this.#markOf({ domain, user: index });
      reach = distance;
    }
    return found;
  }

  /** @param {number} dx @param {number} dy */
  #step(dx, dy) {
    const from = (this.#pointed ?? this.#markOf(this.#store.state.selection))?.places[0];
    const { clientWidth, clientHeight } = this.#canvas;
    const x = from ? this.#pixels[from.domain][2 * from.user] : clientWidth / 2;
    const y = from ? this.#pixels[from.domain][2 * from.user + 1] : clientHeight / 2;
    /** @type {{ mark: Mark | null, cost: number }} */
    let best = { mark: null, cost: Infinity };
    for (const [domain, pixels] of this.#pixels.entries()) {
      if (!this.#shown.domains[domain]) continue;
      const { index, cost } = nextPoint(pixels, x, y, dx, dy);
      if (index >= 0 && cost < best.cost) best = { mark: this.#markOf({ domain, user: index }), cost };
    }
    if (best.mark) this.#point(best.mark, true);
  }

  /** @param {Mark | null} mark @param {boolean} spoken */
  #point(mark, spoken) {
    const [place, before] = [mark?.places[0], this.#pointed?.places[0]];
    if (place?.domain !== before?.domain || place?.user !== before?.user) {
      this.#pointed = mark;
      this.#draw();
    }
    this.#canvas.classList.toggle("pointing", mark !== null);
    this.#tip.hidden = mark === null;
    if (!mark || !place) return;
    const text = describe(mark, this.#store.state);
    this.#tip.textContent = text;
    const x = this.#pixels[place.domain][2 * place.user];
    const y = this.#pixels[place.domain][2 * place.user + 1];
    const left = Math.min(Math.max(x, 90), this.#canvas.clientWidth - 90);
    const lift = 16 + pointRadius(usersIn(this.#pixels), this.#zoom.factor);
    const top = y < 64 ? y + lift : y - lift;
    this.#tip.style.transform = `translate(${left}px, ${top}px) translate(-50%, ${y < 64 ? "0" : "-100%"})`;
    if (spoken) this.#announce.textContent = text;
  }

  /** @param {Mark | null} mark */
  #select(mark) {
    const { labels } = this.#store.state;
    const place = mark?.places[0];
    const label = place && labels ? labels[place.domain][place.user] : "";
    void this.#actions.select(place ? { ...place, label } : null);
  }
}

/** @returns {Palette} */
const palette = () => colours(["page", "ink", "muted", ...SLOTS]);
