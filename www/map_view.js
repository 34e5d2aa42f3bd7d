// The map's part of the page: its stage is told what is to be seen, and the slider, the tip and the words follow what it tells.

import { byId, el } from "./dom.js";
import { listed, nameOf, slotOf } from "./domains.js";
import { openStage } from "./map_client.js";
import { setUpMapColours } from "./map_colours.js";
import { setUpGroup } from "./map_group.js";
import { listen } from "./map_input.js";
import { describe, setUpMapText } from "./map_text.js";
import { setUpTaken } from "./map_taken.js";
import { isMapless } from "./models.js";
import { Refusal, english } from "./said.js";
import { SLOTS } from "./shapes.js";
import { colours, onTheme } from "./theme.js";
import { setUpUserSearch } from "./user_search.js";
import { words } from "./words/words.js";

/** @import { MapSnapshot } from "./border.d.ts" */
/** @import { Place } from "./map/grid.js" */
/** @import { Mark } from "./map/look.js" */
/** @import { News, Pointed, PointedItem } from "./map/messages.js" */
/** @import { Actions } from "./actions.js" */
/** @import { Store } from "./store.js" */

/** The pointer rests for so long before it is told what somebody likes. */
const FAVOURITES_MILLISECONDS = 150;
/** The same for an item: its name is all that there is to see. */
const ITEM_MILLISECONDS = 60;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpMap(store, actions) {
  new MapView(store, actions);
}

class MapView {
  /** What takes the pointer and the keys; the canvas in it may be replaced. */
  #canvas = byId("map", HTMLElement);
  #turn = byId("turn", HTMLInputElement);
  #tip = byId("map-tip", HTMLElement);
  #people = byId("map-people", HTMLElement);
  #announce = byId("map-announce", HTMLElement);
  #store;
  #actions;
  #send;
  /** Counts wishes to turn and to point; an answer to an earlier one is dropped. */
  #turnAsk = 0;
  #pointAsk = 0;
  #pictureAsk = 0;
  /** @type {Place | null} */
  #pointed = null;
  #tipTimer = 0;
  /** People who were told as a list last. @type {Mark[]} */
  #marks = [];
  /** Whether the pointer draws a line round people. */
  #draws = false;
  #groupAsk = 0;
  /** Who waits for who stands near somebody. @type {Map<number, (members: number[][]) => void>} */
  #groups = new Map();
  #group;
  /** Who waits for pictures. @type {Map<number, (picture: ImageBitmap | null) => void>} */
  #pictures = new Map();

  /**
   * @param {Store} store
   * @param {Actions} actions
   */
  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
    const send = openStage(this.#canvas, (news) => this.#hear(news));
    this.#send = send;
    setUpUserSearch(byId("map-search", HTMLElement), "search-map", store, actions, false);
    setUpMapColours(store, actions, send);
    setUpMapText(store, actions, send, (shown) => send({ type: "shown", shown }));
    onTheme(() => send({ type: "palette", palette: colours(["page", "ink", "muted", ...SLOTS]) }));
    stillness.addEventListener("change", () => send({ type: "still", still: stillness.matches }));
    send({ type: "still", still: stillness.matches });
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    this.#turn.addEventListener("input", () => this.#setTurn(Number(this.#turn.value) / 1000));
    this.#turn.addEventListener("change", () => actions.setTurn(Number(this.#turn.value) / 1000));
    byId("replay", HTMLButtonElement).addEventListener("click", () => actions.replay());
    byId("zoom-in", HTMLButtonElement).addEventListener("click", () => send({ type: "zoom", factor: 1.5, at: null }));
    byId("zoom-out", HTMLButtonElement).addEventListener("click", () => send({ type: "zoom", factor: 1 / 1.5, at: null }));
    byId("zoom-fit", HTMLButtonElement).addEventListener("click", () => send({ type: "zoom", factor: 0, at: null }));
    this.#group = setUpGroup(store, actions, {
      begin: () => this.#setDraws(true),
      end: () => this.#setDraws(false),
      nearest: (place, most) => this.#askGroup((ask) => send({ type: "nearest", place: { domain: place.domain, user: place.user }, most, ask })),
      light: (members) => send({ type: "lit", places: [], members }),
    });
    setUpTaken(this.#canvas, (ratio) => this.#picture(ratio), () => actions.replay(), store);
    this.#listen();
    this.#follow();
  }

  /** The map in so many points a pixel. @param {number} ratio @returns {Promise<ImageBitmap>} */
  async #picture(ratio) {
    const ask = ++this.#pictureAsk;
    /** @type {ImageBitmap | null} */
    const picture = await new Promise((resolve) => {
      this.#pictures.set(ask, resolve);
      this.#send({ type: "picture", ratio, ask });
    });
    if (!picture) throw new Refusal(() => words.map.noPictureYet);
    return picture;
  }

  /** Whether the pointer draws. @param {boolean} draws */
  #setDraws(draws) {
    this.#draws = draws;
    this.#canvas.classList.toggle("drawing", draws);
    this.#send({ type: "lasso", outline: [] });
  }

  /** Users by domain, as the stage finds them. @param {(ask: number) => void} wish @returns {Promise<number[][]>} */
  #askGroup(wish) {
    const ask = ++this.#groupAsk;
    return new Promise((resolve) => {
      this.#groups.set(ask, resolve);
      wish(ask);
    });
  }

  /** Tells the stage what the store says. */
  #follow() {
    const [store, send] = [this.#store, this.#send];
    store.subscribe(["data"], ({ data }) => send({ type: "slots", slots: SLOTS.map((_, n) => slotOf(data, n)) }));
    store.subscribe(["selection"], ({ selection }) => {
      send({ type: "selected", place: selection && { domain: selection.domain, user: selection.user } });
    });
    let lit = "[]";
    store.subscribe(["selection", "advice", "train"], ({ selection, advice, train }) => {
      // Whoever the page has chosen by itself is no question about neighbours, and while all move nobody stands out.
      const asked = selection?.asked && train.trained && train.state !== "running";
      const near = (asked && advice?.domains) || [];
      const places = near.flatMap(({ nearest }, domain) => nearest.map(({ user }) => ({ domain, user })));
      const now = JSON.stringify(places);
      if (now !== lit) send({ type: "lit", places });
      lit = now;
    });
    store.subscribe(["map"], ({ map }) => {
      this.#show(map);
      this.#list(this.#marks);
    });
    store.subscribe(["language"], () => {
      this.#showTurn(Number(this.#turn.value) / 1000);
      this.#list(this.#marks);
    });
    store.subscribe(["prepared"], (state) => {
      // Where a model has no clouds, all is drawn that there is.
      if (isMapless(state)) document.body.dataset.ready = "true";
    });
    store.subscribe(["turns"], ({ turns }) => {
      if (turns === 0) return;
      this.#bringIntoSight();
      send({ type: "replay", ask: ++this.#turnAsk });
    });
    let sampled = false;
    store.subscribe(["sweeps"], ({ sweeps }) => {
      // While it samples the clouds are seen as each draw turns them.
      if (sweeps.length > 0 && !sampled) this.#setTurn(1);
      sampled = sweeps.length > 0;
    });
    store.subscribe(["history", "sweeps"], ({ history, sweeps }) => {
      if (history.length === 0 && sweeps.length === 0) this.#setTurn(store.state.turn ?? 0);
    });
    store.subscribe(["turn"], ({ turn }) => {
      if (turn !== null && turn !== Number(this.#turn.value) / 1000) this.#setTurn(turn);
    });
  }

  /**
   * Hands a snapshot on.
   * @param {MapSnapshot | null} map
   */
  #show(map) {
    if (!map) this.#point(null, false);
    this.#send({ type: "map", map });
  }

  /** Where the page is longer than the window, nobody is to miss the turn. */
  #bringIntoSight() {
    const { top, bottom, height } = this.#canvas.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (height === 0 || seen > 0.8 * Math.min(height, innerHeight)) return;
    byId("map-block", HTMLElement).scrollIntoView({ block: height > innerHeight ? "start" : "center", behavior: stillness.matches ? "instant" : "smooth" });
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#send({ type: "size", width, height, ratio: Math.min(devicePixelRatio || 1, 3) });
  }

  /** @param {number} turn 0 before, 1 after */
  #setTurn(turn) {
    this.#showTurn(turn);
    this.#send({ type: "turn", turn, ask: ++this.#turnAsk });
  }

  /** @param {number} turn */
  #showTurn(turn) {
    this.#turn.value = String(Math.round(turn * 1000));
    this.#turn.setAttribute("aria-valuetext", words.map.turned(turn));
    this.#turn.style.setProperty("--share", String(turn));
  }

  /** @param {News} news */
  #hear(news) {
    switch (news.type) {
      case "drawn":
        this.#canvas.dataset.ground = news.ground;
        document.body.dataset.ready = "true";
        return;
      case "turned":
        if (news.ask === this.#turnAsk) this.#showTurn(news.turn);
        return;
      case "pointed":
        if (news.ask === this.#pointAsk) this.#point(news.pointed, news.spoken);
        return;
      case "pointed_item":
        if (news.ask === this.#pointAsk) this.#pointItem(news.item);
        return;
      case "chosen":
        return this.#select(news.place);
      case "chosen_item":
        return void this.#lightFans(news.item);
      case "group":
        this.#groups.get(news.ask)?.(news.members.map((users) => [...users]));
        this.#groups.delete(news.ask);
        return;
      case "around":
        return this.#list(news.marks);
      case "zoomed":
        this.#canvas.classList.toggle("zoomed", news.zoom.factor > 1);
        return;
      case "failed":
        return this.#store.set({ notice: () => words.notices.mapFailed(english(news.why)) });
      case "picture":
        this.#pictures.get(news.ask)?.(news.picture);
        this.#pictures.delete(news.ask);
    }
  }

  /**
   * People who stand around whoever is looked at, as a list behind the picture.
   * @param {Mark[]} marks
   */
  #list(marks) {
    this.#marks = marks;
    const { selection } = this.#store.state;
    const isChosen = (/** @type {Mark} */ { places }) =>
      places.some(({ domain, user }) => domain === selection?.domain && user === selection.user);
    const rows = marks.map((mark) => {
      // Nothing of the list is seen, so that no key leads there; whoever reads the page aloud can press all the same.
      const button = el("button", { type: "button", tabIndex: -1, textContent: describe(mark, this.#store.state) });
      if (isChosen(mark)) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => this.#select(mark.places[0]));
      return el("li", {}, button);
    });
    const { map, data } = this.#store.state;
    const own = (map?.visitor ?? []).map(({ domain }) => nameOf(data, domain));
    if (own.length > 0) rows.unshift(el("li", { textContent: words.layers.youIn(listed(own)) }));
    this.#people.setAttribute("aria-label", words.map.nearestTo(selection?.label ?? null));
    this.#people.replaceChildren(...rows);
  }

  #listen() {
    const send = this.#send;
    const point = (/** @type {{ x: number, y: number } | null} */ at) => {
      send({ type: "point", at, ask: ++this.#pointAsk });
      if (!at) this.#point(null, false);
    };
    listen(this.#canvas, {
      point: (x, y) => point({ x, y }),
      leave: () => point(null),
      choose: (x, y) => send({ type: "choose", x, y }),
      pan: (dx, dy) => send({ type: "pan", dx, dy }),
      zoom: (factor, x, y) => send({ type: "zoom", factor, at: { x, y } }),
      step: (dx, dy) => send({ type: "step", dx, dy, ask: ++this.#pointAsk }),
      enter: () => this.#pointed && this.#select(this.#pointed),
      escape: () => {
        point(null);
        if (this.#group.stop()) return;
        send({ type: "lit", places: [] }); // whoever likes an item
        this.#select(null);
      },
      draws: () => this.#draws,
      line: (outline, isWhole) => void this.#drawn(outline, isWhole),
      fit: () => send({ type: "zoom", factor: 0, at: null }),
    });
  }

  /** @param {Pointed | null} pointed @param {boolean} spoken */
  #point(pointed, spoken) {
    this.#pointed = pointed?.places[0] ?? null;
    this.#canvas.classList.toggle("pointing", pointed !== null);
    if (!pointed) {
      this.#tip.hidden = true;
      return clearTimeout(this.#tipTimer);
    }
    const text = describe(pointed, this.#store.state);
    this.#showTip(pointed, text, []);
    clearTimeout(this.#tipTimer);
    this.#tipTimer = window.setTimeout(() => void this.#tell(pointed, text, spoken), FAVOURITES_MILLISECONDS);
    if (spoken) this.#announce.textContent = text;
  }

  /**
   * Adds to the tip what somebody rates highest, once the pointer rests.
   * @param {Pointed} pointed
   * @param {string} text
   * @param {boolean} spoken
   */
  async #tell({ places: [place] }, text, spoken) {
    const found = await this.#actions.ask.favourites(place).catch(() => []);
    if (this.#pointed !== place || found.length === 0) return;
    const { data } = this.#store.state;
    const lines = found.map(({ domain, titles }) => `${nameOf(data, domain)}: ${titles.join(", ")}`);
    this.#tip.append(...lines.map((line) => el("div", { className: "cut", textContent: line })));
    if (spoken) this.#announce.textContent = words.map.ratesHighest(text, lines);
  }

  /** A line that is drawn round people. @param {{ x: number, y: number }[]} outline @param {boolean} isWhole */
  async #drawn(outline, isWhole) {
    this.#send({ type: "lasso", outline: isWhole ? [] : outline });
    if (!isWhole) return;
    const members = outline.length < 3 ? [] : await this.#askGroup((ask) => this.#send({ type: "enclose", outline, ask }));
    this.#group.drawn(members);
  }

  /** The tip of an item. @param {PointedItem} item */
  #pointItem(item) {
    this.#point(null, false);
    this.#canvas.classList.add("pointing");
    clearTimeout(this.#tipTimer);
    const ask = this.#pointAsk;
    this.#tipTimer = window.setTimeout(async () => {
      const found = await this.#actions.ask.item(item);
      if (!found || ask !== this.#pointAsk) return;
      const about = found.about.length > 0 ? [found.about.join(" · ")] : [];
      const lines = [words.layers.itemOf(nameOf(this.#store.state.data, item.domain), found.ratings), ...about, words.layers.itemClick];
      this.#showTip(item, found.title, lines);
    }, ITEM_MILLISECONDS);
  }

  /** Lights whom an item suits best. @param {{ domain: number, item: number }} item */
  async #lightFans(item) {
    const found = await this.#actions.ask.item(item);
    if (found) this.#send({ type: "lit", places: [], members: found.liked_by });
  }

  /** @param {{ x: number, y: number, radius: number }} at @param {string} head @param {string[]} lines */
  #showTip({ x, y, radius }, head, lines) {
    this.#tip.hidden = false;
    this.#tip.replaceChildren(el("div", { className: "who", textContent: head }), ...lines.map((line) => el("div", { className: "cut", textContent: line })));
    const left = Math.min(Math.max(x, 90), this.#canvas.clientWidth - 90);
    const lift = 16 + radius;
    const top = y < 64 ? y + lift : y - lift;
    this.#tip.style.transform = `translate(${left}px, ${top}px) translate(-50%, ${y < 64 ? "0" : "-100%"})`;
  }

  /** @param {Place | null} place */
  #select(place) {
    const { labels } = this.#store.state;
    const label = place && labels ? labels[place.domain][place.user] : "";
    void this.#actions.select(place ? { ...place, label } : null);
  }
}
