// The map as it is seen: all that it is made of, where everybody stands just now, and when it is drawn. It runs in a worker
// where the browser can draw there, else on the page; it knows neither.

import { betweenViews, eased, ellipseOf, fittedView, mixInto, nextPoint, placeCloud, sizeOf, steadied, toPixels } from "./geometry.js";
import { Grid, nearestPlaces } from "./grid.js";
import { enclosed, paintLasso } from "./lasso.js";
import { Layer } from "./layer.js";
import { paintLabels } from "./labels.js";
import { changed, hiddenCanvas, penOf, pointRadius } from "./look.js";
import { paintMarks } from "./marks.js";
import { Pace } from "./pace.js";
import { PixelGround } from "./pixel_ground.js";
import { webglGround } from "./webgl_ground.js";

/** @import { MapSnapshot, Slot } from "../border.d.ts" */
/** @import { View } from "./geometry.js" */
/** @import { Place } from "./grid.js" */
/** @import { Canvas, Mark, Palette, Pen, Scene, Shown, Tints } from "./look.js" */
/** @import { Outline } from "./lasso.js" */
/** @import { GroundName, News, PointedItem, Wish, Zoom } from "./messages.js" */

const TURN_MILLISECONDS = 2000;
const TWEEN_MILLISECONDS = 450;
const REACH_PIXELS = 14;
/** Room for the ring of somebody who is selected, and on the right for the buttons above the map. */
const MARGINS = { left: 20, right: 60, top: 20, bottom: 20 };
const REST_MILLISECONDS = 120;
const MOST_ZOOM = 60;
/** Room for the names of regions, beside what the margins of the clouds leave. */
const NAME_MARGINS = { left: 8, right: 56, top: 8, bottom: 8 };
/** From here on of the turn the clouds lie on each other enough for names of regions, which are all there at its end. */
const NAMED_FROM = 0.9;
/** People that are told as a list. */
const AROUND = 12;

const nextFrame =
  globalThis.requestAnimationFrame ?? ((/** @type {FrameRequestCallback} */ draw) => setTimeout(() => draw(performance.now()), 16));

export class Stage {
  /** @type {Canvas} */
  #canvas;
  #pen;
  #tell;
  #webgl;
  /** @type {PixelGround | null} */
  #pixelGround = null;
  /** @type {MapSnapshot | null} */
  #map = null;
  /** By domain: where the points are going, and where they were when the snapshot changed, in map units. @type {Float32Array[]} */
  #ends = [];
  /** @type {Float32Array[]} */
  #starts = [];
  #snapshot = 0;
  #placement = 0;
  /** By domain and other domain: the same person there, or -1; nothing where no link joins the two. @type {(Int32Array | null)[][]} */
  #partners = [];
  /** By domain and user: whether the person is in another domain too. @type {Uint8Array[]} */
  #shared = [];
  /** @type {View} */
  #viewStart = { x: 0, y: 0, scale: 1 };
  /** @type {View} */
  #viewEnd = { x: 0, y: 0, scale: 1 };
  /** @type {Zoom} */
  #zoom = { factor: 1, x: 0, y: 0 };
  #turn = 0;
  /** When the turn that runs by itself began. @type {number | null} */
  #turningFrom = null;
  #turnAsk = 0;
  /** When the points set out for the present snapshot; 0 when they have arrived. */
  #tweenFrom = 0;
  #frame = 0;
  #restTimer = 0;
  #pace = new Pace();
  /** Whether the clouds are as they were drawn last, so that only the marks need be drawn. */
  #isGroundDrawn = false;
  /** @type {Place | null} */
  #selected = null;
  /** People who stay bright while the others fade. @type {Place[]} */
  #lit = [];
  #visitor = new Layer();
  #you = "";
  #items = new Layer();
  /** @type {{ name: string, centre: [number, number] }[]} */
  #regions = [];
  /** The line that is being drawn. @type {Outline} */
  #lasso = [];
  /** @type {PointedItem | null} */
  #pointedItem = null;
  /** @type {Tints | null} */
  #tints = null;
  /** @type {Place | null} */
  #pointed = null;
  #pointAsk = 0;
  /** Who was told as a list last. */
  #around = "";
  /** @type {{ grid: Grid, of: unknown[] } | null} */
  #grid = null;
  #size = { width: 0, height: 0, ratio: 1 };
  #still = false;
  /** @type {Slot[]} */
  #slots = [];
  /** @type {Shown} */
  #shown = { domains: [], linked: true, held: true, names: true };
  /** @type {Palette | null} */
  #palette = null;

  /**
   * @param {Canvas} canvas
   * @param {GroundName} ground
   * @param {(news: News) => void} tell
   */
  constructor(canvas, ground, tell) {
    this.#canvas = canvas;
    this.#pen = penOf(canvas, { alpha: false });
    this.#tell = tell;
    // A canvas that was lost with the card comes back blank.
    canvas.addEventListener("contextrestored", () => this.#redraw());
    this.#webgl = ground === "pixels" ? null : webglGround(ground === "webgl", () => this.#redraw());
  }

  /** What draws the clouds; while the card is lost, the processor does. */
  get #ground() {
    if (this.#webgl && !this.#webgl.isLost) return this.#webgl;
    this.#pixelGround ??= new PixelGround();
    return this.#pixelGround;
  }

  /** @param {Exclude<Wish, { type: "canvas" }>} wish */
  hear(wish) {
    switch (wish.type) {
      case "size":
        return this.#resize(wish);
      case "palette":
        this.#palette = wish.palette;
        return this.#redraw();
      case "slots":
        this.#slots = wish.slots;
        return this.#redraw();
      case "shown":
        this.#shown = wish.shown;
        return this.#redraw();
      case "still":
        this.#still = wish.still;
        return;
      case "map":
        return this.#show(wish.map, wish.ask ?? 0);
      case "classes":
        this.#tints = wish.classes && { classes: wish.classes, colours: wish.colours };
        return this.#redraw();
      case "selected":
        this.#selected = wish.place;
        return this.#draw();
      case "lit":
        this.#lit = [...wish.places, ...(wish.members ?? []).flatMap((users, domain) => users.map((user) => ({ domain, user })))];
        return this.#draw();
      case "regions":
        this.#regions = wish.regions;
        return this.#draw();
      case "called":
        this.#you = wish.you;
        return this.#draw();
      case "lasso":
        this.#lasso = wish.outline;
        return this.#draw();
      case "enclose":
        return this.#tell({ type: "group", members: this.#enclosed(wish.outline), ask: wish.ask });
      case "nearest":
        return this.#tell({ type: "group", members: this.#nearest(wish.place, wish.most), ask: wish.ask });
      case "turn":
        this.#turnAsk = wish.ask;
        this.#turningFrom = null;
        return this.#setTurn(wish.turn);
      case "replay":
        return this.#replay(wish.ask);
      case "point":
        this.#pointAsk = wish.ask;
        return this.#pointAt(wish.at);
      case "step":
        this.#pointAsk = wish.ask;
        return this.#step(wish.dx, wish.dy);
      case "choose":
        return this.#choose(wish.x, wish.y);
      case "zoom":
        return this.#zoomBy(wish.factor, wish.at);
      case "zoomed":
        this.#setZoom(wish.zoom);
        return this.#redraw();
      case "pan":
        if (this.#zoom.factor === 1) return;
        this.#setZoom({ ...this.#zoom, x: this.#zoom.x + wish.dx, y: this.#zoom.y + wish.dy });
        return this.#redraw();
      case "picture":
        return void this.#takePicture(wish.ratio, wish.ask);
    }
  }

  /** The map as it is now, in other pixels than the screen's. @param {number} ratio @param {number} ask */
  async #takePicture(ratio, ask) {
    const [palette, screen] = [this.#palette, this.#size];
    if (!palette || !this.#map || screen.width === 0) return this.#tell({ type: "picture", picture: null, ask });
    const picture = hiddenCanvas(Math.round(screen.width * ratio), Math.round(screen.height * ratio));
    this.#size = { ...screen, ratio };
    const ground = this.#ground;
    ground.draw(this.#scene(palette, this.#tweenShare(), 1));
    const pen = penOf(picture, { alpha: false });
    pen.drawImage(ground.canvas, 0, 0);
    this.#paintAbove(pen, palette, false);
    this.#size = screen;
    this.#redraw();
    this.#tell({ type: "picture", picture: await createImageBitmap(picture), ask });
  }

  /** @param {MapSnapshot | null} map @param {number} ask */
  #show(map, ask) {
    const before = this.#map;
    this.#snapshot++;
    if (!map) {
      this.#map = null;
      this.#pointed = null;
      this.#around = "";
      this.#visitor.show([], 1);
      this.#items.show([], 1);
      this.#tell({ type: "around", marks: [] });
      return this.#redraw();
    }
    const sizes = map.clouds.map(sizeOf);
    const same =
      before !== null && sizes.length === this.#ends.length && sizes.every((n, d) => this.#ends[d].length === 2 * n);
    const share = same ? this.#tweenShare() : 1;
    if (same) {
      // From where the points are drawn now, which may be half way to the snapshot before.
      for (const [d, start] of this.#starts.entries()) mixInto(start, this.#ends[d], share);
      this.#viewStart = betweenViews(this.#viewStart, this.#viewEnd, share);
      this.#tweenFrom = this.#still ? 0 : performance.now();
      // The cloud that stood still in the last snapshot has the same coordinates after the map, whatever the slider says.
      const { space } = map;
      const old = placeCloud(before.clouds[space], 1, new Float32Array(2 * sizes[space]));
      this.#map = steadied(map, space, old);
    } else {
      this.#map = map;
      [this.#starts, this.#ends] = [0, 1].map(() => sizes.map((n) => new Float32Array(2 * n)));
      this.#tweenFrom = 0;
      this.#setZoom({ factor: 1, x: 0, y: 0 });
    }
    this.#tell({ type: "placed", projections: this.#map.clouds.map(({ projection }) => projection), ask });
    this.#visitor.show(map.visitor.map(({ domain, point }) => ({ domain, points: point })), share);
    this.#items.show(map.items.map(({ points }, domain) => ({ domain, points })), share);
    this.#join(map, sizes);
    this.#refit();
    if (!same) this.#viewStart = this.#viewEnd;
    this.#place(true);
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
    const { width, height } = this.#size;
    if (this.#map && width > 0) this.#viewEnd = fittedView(this.#map, width, height, MARGINS);
  }

  /** Puts the points where the turn says, and draws. @param {boolean} all of clouds that do not turn too */
  #place(all) {
    this.#map?.clouds.forEach((cloud, d) => {
      if (all || cloud.planes.length > 0) placeCloud(cloud, this.#turn, this.#ends[d]);
    });
    for (const layer of [this.#visitor, this.#items]) if (this.#map) layer.place(this.#map, this.#turn);
    this.#placement++;
    this.#redraw();
  }

  /** @param {number} turn */
  #setTurn(turn) {
    this.#turn = turn;
    this.#place(false);
  }

  /** @param {number} ask */
  #replay(ask) {
    if (!this.#map) return;
    this.#turnAsk = ask;
    this.#turningFrom = this.#still ? null : performance.now() + 200;
    this.#setTurn(this.#still ? 1 : 0);
    this.#tell({ type: "turned", turn: this.#turn, ask });
  }

  #tweenShare() {
    if (this.#tweenFrom === 0) return 1;
    return eased(Math.min(1, (performance.now() - this.#tweenFrom) / TWEEN_MILLISECONDS));
  }

  /** The clouds have changed. */
  #redraw() {
    this.#isGroundDrawn = false;
    this.#draw();
  }

  /** Asks for a frame; many wishes in one frame are drawn once. */
  #draw() {
    if (this.#frame === 0) this.#frame = nextFrame(() => this.#drawNow());
  }

  #drawNow() {
    this.#frame = 0;
    const { width, height } = this.#size;
    const palette = this.#palette;
    if (!palette || width === 0 || height === 0) return;
    if (!this.#map) {
      this.#pen.setTransform(1, 0, 0, 1, 0, 0);
      this.#pen.globalAlpha = 1;
      this.#pen.fillStyle = palette.page;
      this.#pen.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
      return;
    }
    const began = performance.now();
    if (this.#turningFrom !== null) {
      const share = Math.min(1, Math.max(0, (began - this.#turningFrom) / TURN_MILLISECONDS));
      if (share === 1) this.#turningFrom = null;
      this.#setTurn(eased(share));
      this.#tell({ type: "turned", turn: this.#turn, ask: this.#turnAsk });
    }
    const share = this.#tweenShare();
    const moving = this.#turningFrom !== null || share < 1;
    if (share < 1) this.#isGroundDrawn = false;
    const ground = this.#ground;
    const stride = moving ? this.#pace.stride : 1;
    if (!this.#isGroundDrawn) ground.draw(this.#scene(palette, share, stride));
    this.#isGroundDrawn = true;
    this.#pen.setTransform(1, 0, 0, 1, 0, 0);
    this.#pen.globalAlpha = 1;
    this.#pen.drawImage(ground.canvas, 0, 0);
    this.#paintAbove(this.#pen, palette, moving);
    if (share === 1 && this.#tweenFrom !== 0) {
      this.#tweenFrom = 0;
      this.#placement++; // the grid was of a place on the way
    }
    this.#tell({ type: "drawn", ground: ground === this.#webgl ? "webgl" : "pixels", stride });
    clearTimeout(this.#restTimer);
    if (moving) {
      this.#pace.moved(began);
      return this.#redraw();
    }
    if (this.#pace.rested()) this.#redraw();
    // Once all rest, they are sorted before anybody points at them.
    this.#restTimer = setTimeout(() => {
      if (!this.#map) return;
      this.#sorted();
      this.#tellAround();
    }, REST_MILLISECONDS);
  }

  /** Tells who stands nearest to whoever is selected, or to the middle: for those who do not see the map. */
  #tellAround() {
    const { width, height } = this.#size;
    const selected = this.#markOf(this.#selected)?.places[0];
    const { x, y } = selected ? this.#placeOf(selected) : this.#under(width / 2, height / 2);
    // A person may stand in two places.
    const near = nearestPlaces(this.#places(), this.#shown.domains, x, y, 2 * AROUND);
    /** @type {Map<string, Mark>} */
    const people = new Map();
    for (const place of near) {
      const mark = this.#markOf(place);
      const who = mark?.places.map(({ domain, user }) => `${domain}-${user}`).toSorted().join();
      if (mark && who && !people.has(who)) people.set(who, mark);
    }
    const marks = [...people.values()].slice(0, AROUND);
    const now = JSON.stringify(marks);
    if (now !== this.#around) this.#tell({ type: "around", marks });
    this.#around = now;
  }

  /** What lies above the clouds. @param {Pen} pen @param {Palette} palette @param {boolean} moving */
  #paintAbove(pen, palette, moving) {
    const { width, height } = this.#size;
    const { left, right, top, bottom } = NAME_MARGINS;
    const frame = { left, right: width - right, top, bottom: height - bottom };
    const strength = this.#shown.names ? (this.#turn - NAMED_FROM) / (1 - NAMED_FROM) : 0;
    const size = Math.round(Math.min(18, Math.max(12, width / 80)));
    paintMarks(pen, this.#marks(palette, moving), () => paintLabels(pen, this.#labels(), frame, palette, { size, strength }));
    paintLasso(pen, this.#lasso, palette);
  }

  /** The names of regions where they are wanted. @returns {import("./labels.js").Label[]} */
  #labels() {
    const map = this.#map;
    if (!map || this.#regions.length === 0) return [];
    const { space, clouds } = map;
    const [a, b, c, d] = clouds[space].projection; // of a cloud that stands still: [2, 2]
    return this.#regions.map(({ name, centre: [x, y] }) => ({ text: name, ...this.#onCanvas({ x: a * x + b * y, y: c * x + d * y }) }));
  }

  /** Who is inside of a line, by domain; nobody of domains that are not seen. @param {Outline} outline */
  #enclosed(outline) {
    const { width, height } = this.#size;
    return this.#places().map((places, d) => {
      if (!this.#shown.domains[d]) return new Uint32Array(0);
      return enclosed(outline, toPixels(places, this.#view(), width, height, new Float32Array(places.length)));
    });
  }

  /** Who stands nearest to somebody who stands in one place or more, by domain. @param {Place} place @param {number} most */
  #nearest(place, most) {
    /** @type {Uint32Array[]} */
    const none = this.#ends.map(() => new Uint32Array(0));
    if (!this.#isHere(place)) return none;
    const { x, y } = this.#placeOf(place);
    const near = nearestPlaces(this.#places(), this.#shown.domains, x, y, most);
    return none.map((_, d) => Uint32Array.from(near.filter(({ domain }) => domain === d), ({ user }) => user));
  }

  /** The view with what the visitor did on top of it. @returns {View} */
  #view() {
    const view = betweenViews(this.#viewStart, this.#viewEnd, this.#tweenShare());
    const scale = view.scale * this.#zoom.factor;
    return { x: view.x - this.#zoom.x / scale, y: view.y - this.#zoom.y / scale, scale };
  }

  /** @param {Palette} palette @param {number} share @param {number} stride @returns {Scene} */
  #scene(palette, share, stride) {
    const { width, height, ratio } = this.#size;
    return {
      width,
      height,
      ratio,
      slots: this.#slots,
      starts: this.#starts,
      ends: this.#ends,
      share,
      snapshot: this.#snapshot,
      placement: this.#placement,
      view: this.#view(),
      shared: this.#shared,
      tints: this.#tintsOfNow,
      links: this.#map?.links ?? [],
      shown: this.#shown,
      radius: this.#radius,
      stride,
      palette,
    };
  }

  /** The colours of people, unless they are of other people than the map. */
  get #tintsOfNow() {
    const [tints, ends] = [this.#tints, this.#ends];
    const fits = tints?.classes.length === ends.length && tints.classes.every(({ length }, d) => 2 * length === ends[d].length);
    return fits ? tints : null;
  }

  /** @param {Palette} palette @param {boolean} moving @returns {import("./marks.js").Marks} */
  #marks(palette, moving) {
    const selected = this.#markOf(this.#selected);
    const { scale } = this.#view();
    const isSelected = (/** @type {Place} */ { domain, user }) =>
      selected?.places.some((place) => place.domain === domain && place.user === user);
    const spreads = (this.#map?.spreads ?? []).filter(isSelected);
    const clouds = this.#map?.clouds ?? [];
    return {
      ratio: this.#size.ratio,
      radius: this.#radius,
      slots: this.#slots,
      domains: this.#shown.domains,
      at: (place) => this.#at(place),
      ellipses: spreads.map(({ domain, user, vectors }) => ({
        domain,
        user,
        ...ellipseOf(clouds[domain], vectors, this.#turn, scale),
      })),
      // While all move nobody fades: the turn is of everybody.
      lit: moving ? [] : this.#lit.filter((place) => this.#isHere(place)),
      selected,
      pointed: this.#markOf(this.#pointed),
      items: this.#items.domains.map((domain, n) => ({ domain, places: this.#items.places(n, this.#tweenShare()) })),
      pointedItem: this.#pointedItem,
      view: this.#view(),
      you: this.#you,
      size: this.#size,
      visitor: this.#visitor.domains.map((domain, n) => {
        const [x, y] = this.#visitor.places(n, this.#tweenShare());
        return { domain, ...this.#onCanvas({ x, y }) };
      }),
      palette,
    };
  }

  get #radius() {
    const users = this.#ends.reduce((sum, { length }) => sum + length / 2, 0);
    return pointRadius(users, this.#zoom.factor, this.#size);
  }

  /** Where somebody stands, in map units. @param {Place} place */
  #placeOf({ domain, user }) {
    const share = this.#tweenShare();
    const between = (/** @type {number} */ n) => this.#starts[domain][n] + share * (this.#ends[domain][n] - this.#starts[domain][n]);
    if (share === 1) return { x: this.#ends[domain][2 * user], y: this.#ends[domain][2 * user + 1] };
    return { x: between(2 * user), y: between(2 * user + 1) };
  }

  /** Where somebody is drawn, in CSS pixels. @param {Place} place */
  #at(place) {
    return this.#onCanvas(this.#placeOf(place));
  }

  /** Of a place in map units, in CSS pixels. @param {{ x: number, y: number }} place */
  #onCanvas({ x, y }) {
    const view = this.#view();
    return { x: (x - view.x) * view.scale + this.#size.width / 2, y: (y - view.y) * view.scale + this.#size.height / 2 };
  }

  /** In map units, what lies there on the canvas. @param {number} x @param {number} y */
  #under(x, y) {
    const view = this.#view();
    return { x: (x - this.#size.width / 2) / view.scale + view.x, y: (y - this.#size.height / 2) / view.scale + view.y };
  }

  /** Where everybody stands just now, in map units. @returns {Float32Array[]} */
  #places() {
    const share = this.#tweenShare();
    if (share === 1) return this.#ends;
    return this.#starts.map((start, d) => {
      const now = start.slice();
      mixInto(now, this.#ends[d], share);
      return now;
    });
  }

  /** @param {number} x @param {number} y @returns {Place | null} */
  #personAt(x, y) {
    if (!this.#map) return null;
    const under = this.#under(x, y);
    return this.#sorted().nearest(under.x, under.y, REACH_PIXELS / this.#view().scale);
  }

  /** The item that is nearest to a place on the canvas, and how far it is. @param {number} x @param {number} y */
  #itemAt(x, y) {
    /** @type {PointedItem | null} */
    let item = null;
    let least = REACH_PIXELS;
    for (const [n, domain] of this.#items.domains.entries()) {
      if (!this.#shown.domains[domain]) continue;
      const places = this.#items.places(n, this.#tweenShare());
      for (let at = 0; at < places.length; at += 2) {
        const place = this.#onCanvas({ x: places[at], y: places[at + 1] });
        const distance = Math.hypot(place.x - x, place.y - y);
        if (distance >= least) continue;
        least = distance;
        item = { domain, item: this.#map?.items[domain].items[at / 2] ?? 0, ...place, radius: this.#radius };
      }
    }
    return { item, distance: least };
  }

  /** An item, where none of the people is nearer. @param {number} x @param {number} y @param {Place | null} person */
  #itemBefore(x, y, person) {
    if (this.#items.domains.length === 0) return null;
    const { item, distance } = this.#itemAt(x, y);
    if (!item || !person) return item;
    const at = this.#at(person);
    return Math.hypot(at.x - x, at.y - y) < distance ? null : item;
  }

  /** @param {{ x: number, y: number } | null} at */
  #pointAt(at) {
    const person = at && this.#personAt(at.x, at.y);
    const before = this.#pointedItem;
    this.#pointedItem = at && this.#itemBefore(at.x, at.y, person);
    if (before?.item !== this.#pointedItem?.item || before?.domain !== this.#pointedItem?.domain) this.#draw();
    if (!this.#pointedItem) return this.#point(person, false);
    this.#pointed = null;
    this.#tell({ type: "pointed_item", item: this.#pointedItem, ask: this.#pointAsk });
  }

  /** @param {number} x @param {number} y */
  #choose(x, y) {
    const place = this.#personAt(x, y);
    const item = this.#itemBefore(x, y, place);
    this.#tell(item ? { type: "chosen_item", item: { domain: item.domain, item: item.item } } : { type: "chosen", place });
  }

  /** Everybody by where they stand just now. */
  #sorted() {
    const now = [this.#placement, this.#shown, this.#tweenShare()];
    if (!this.#grid || changed(this.#grid.of, now)) {
      this.#grid = { grid: new Grid(this.#places(), this.#shown.domains), of: now };
    }
    return this.#grid.grid;
  }

  /** To the next person in a direction. @param {number} dx @param {number} dy */
  #step(dx, dy) {
    const from = this.#pointed ?? this.#markOf(this.#selected)?.places[0] ?? null;
    const { width, height } = this.#size;
    const { x, y } = from ? this.#placeOf(from) : this.#under(width / 2, height / 2);
    const least = 0.5 / this.#view().scale;
    /** @type {Place | null} */
    let best = null;
    let lowest = Infinity;
    for (const [domain, places] of this.#places().entries()) {
      if (!this.#shown.domains[domain]) continue;
      const { index, cost } = nextPoint(places, x, y, dx, dy, least);
      if (index >= 0 && cost < lowest) [best, lowest] = [{ domain, user: index }, cost];
    }
    if (best) this.#point(best, true);
  }

  /** @param {Place | null} place @param {boolean} spoken */
  #point(place, spoken) {
    const before = this.#pointed;
    this.#pointed = place;
    if (place?.domain !== before?.domain || place?.user !== before?.user) this.#draw();
    const mark = this.#markOf(place);
    const pointed = mark && { ...mark, ...this.#at(mark.places[0]), radius: this.#radius };
    this.#tell({ type: "pointed", pointed, spoken, ask: this.#pointAsk });
  }

  /** @param {Place} person */
  #isHere({ domain, user }) {
    return this.#map !== null && user < (this.#shared[domain]?.length ?? 0);
  }

  /** @param {Place | null} person @returns {Mark | null} */
  #markOf(person) {
    if (!person || !this.#isHere(person)) return null;
    const { domain, user } = person;
    const others = this.#partners[domain].map((partners, there) => ({ domain: there, user: partners?.[user] ?? -1 }));
    return { places: [{ domain, user }, ...others.filter((place) => place.user >= 0)] };
  }

  /** @param {number} factor 0 fits everything @param {{ x: number, y: number } | null} at the place that stays */
  #zoomBy(factor, at) {
    const { width, height } = this.#size;
    const next = Math.min(MOST_ZOOM, Math.max(1, this.#zoom.factor * factor));
    const real = next / this.#zoom.factor;
    const [dx, dy] = [(at?.x ?? width / 2) - width / 2, (at?.y ?? height / 2) - height / 2];
    this.#setZoom(
      next === 1
        ? { factor: 1, x: 0, y: 0 }
        : { factor: next, x: dx - (dx - this.#zoom.x) * real, y: dy - (dy - this.#zoom.y) * real },
    );
    this.#redraw();
  }

  /** @param {Zoom} zoom */
  #setZoom(zoom) {
    this.#zoom = zoom;
    this.#tell({ type: "zoomed", zoom });
  }

  /** @param {{ width: number, height: number, ratio: number }} size */
  #resize({ width, height, ratio }) {
    this.#size = { width, height, ratio };
    [this.#canvas.width, this.#canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.#refit();
    this.#viewStart = this.#viewEnd;
    this.#tweenFrom = 0;
    this.#isGroundDrawn = false;
    this.#drawNow(); // at once: a resized canvas is blank
  }
}
