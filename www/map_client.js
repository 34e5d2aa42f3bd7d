// The page's end of the map's stage: in a worker of its own where the browser can draw there, else on the page. What the stage was
// told is remembered, so that another can take over from one that has ended, with the same picture.

import { el } from "./dom.js";
import { startWorker } from "./own_worker.js";

/** @import { GroundName, News, Wish, Zoom } from "./map/messages.js" */

/** @typedef {Exclude<Wish, { type: "canvas" }>} PageWish */
/** @typedef {(wish: PageWish) => void} Send */

/** Wishes that are over once they are heard, as are all that ask something. */
const MOMENTARY = ["choose", "zoom", "pan"];
/** So many workers may end within so long before the page draws by itself. */
const MOST_ENDS = 3;
const ENDS_MILLISECONDS = 60_000;

/**
 * What is to draw the clouds: `?map=webgl` and `?map=pixels` in the address say so, for whoever has trouble with a driver.
 * @returns {GroundName}
 */
function groundAsked() {
  const asked = new URLSearchParams(location.search).get("map");
  return asked === "webgl" || asked === "pixels" ? asked : "auto";
}

/**
 * @param {HTMLElement} frame what the canvas is put into, first of all
 * @param {(news: News) => void} hear
 * @returns {Send}
 */
export function openStage(frame, hear) {
  const client = new Client(frame, hear);
  return (wish) => client.send(wish);
}

class Client {
  #frame;
  #tell;
  #ground = groundAsked();
  /** The canvas that is drawn on. @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** Another's, which is seen until there is a picture. @type {HTMLCanvasElement | null} */
  #before = null;
  /** Takes wishes to the present stage; null until it hears. @type {Send | null} */
  #pass = null;
  /** @type {Worker | null} */
  #worker = null;
  /** When workers have ended of late. @type {number[]} */
  #ends = [];

  /** The last of each kind of wish that lasts. @type {Map<string, PageWish>} */
  #lasting = new Map();
  /** Counts maps. */
  #maps = 0;
  /** How the stage has placed the clouds of the last map, which follows from all maps before. @type {Float32Array[] | null} */
  #projections = null;
  #turn = 0;
  /** The last wish to turn, whether at once or by itself. @type {Extract<PageWish, { type: "turn" | "replay" }> | null} */
  #turning = null;
  /** @type {Zoom | null} */
  #zoom = null;
  /** Pictures that somebody waits for. @type {Map<number, PageWish>} */
  #pictures = new Map();

  /**
   * @param {HTMLElement} frame
   * @param {(news: News) => void} tell
   */
  constructor(frame, tell) {
    this.#frame = frame;
    this.#tell = tell;
    this.#begin("transferControlToOffscreen" in HTMLCanvasElement.prototype);
  }

  /** @param {PageWish} wish */
  send(wish) {
    if (wish.type === "picture") this.#pictures.set(wish.ask, wish);
    else if (wish.type === "turn" || wish.type === "replay") this.#turning = wish;
    else if (!("ask" in wish) && !MOMENTARY.includes(wish.type)) this.#lasting.set(wish.type, wish);
    if (wish.type === "map") {
      [this.#maps, this.#projections, this.#zoom] = [this.#maps + 1, null, wish.map && this.#zoom];
      this.#pass?.({ ...wish, ask: this.#maps });
    } else this.#pass?.(wish);
  }

  /** @param {boolean} inWorker */
  #begin(inWorker) {
    const canvas = el("canvas", { "aria-hidden": "true" });
    this.#before?.remove();
    [this.#before, this.#canvas, this.#pass] = [this.#canvas, canvas, null];
    this.#frame.prepend(canvas);
    if (inWorker) this.#employ(canvas);
    else void this.#drawHere(canvas);
  }

  /** @param {HTMLCanvasElement} canvas */
  #employ(canvas) {
    const worker = startWorker(new URL("./map/worker.js", import.meta.url), `map ${Math.random().toString(36).slice(2)}`);
    this.#worker = worker;
    let isThere = false;
    worker.onmessage = (/** @type {MessageEvent<News>} */ { data: news }) => {
      if (worker !== this.#worker) return;
      // It holds a lock as long as it lives, whatever ends it.
      if (news.type === "holds") return void navigator.locks.request(news.name, () => this.#replace(worker));
      if (news.type !== "here") return this.#hear(news);
      isThere = true;
      const offscreen = canvas.transferControlToOffscreen();
      worker.postMessage(/** @satisfies {Wish} */ ({ type: "canvas", canvas: offscreen, ground: this.#ground }), [offscreen]);
      this.#take((wish) => worker.postMessage(wish));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      // One that never started never will.
      if (!isThere) this.#ends = Array(MOST_ENDS).fill(performance.now());
      this.#replace(worker);
    };
  }

  /** Puts another stage in the place of one that has ended or does not work. @param {Worker} worker */
  #replace(worker) {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = null;
    const now = performance.now();
    this.#ends = [...this.#ends.filter((at) => now - at < ENDS_MILLISECONDS), now];
    this.#begin(this.#ends.length < MOST_ENDS);
  }

  /** @param {HTMLCanvasElement} canvas */
  async #drawHere(canvas) {
    try {
      const { Stage } = await import("./map/stage.js");
      const stage = new Stage(canvas, this.#ground, (news) => this.#hear(news));
      this.#take((wish) => stage.hear(wish));
    } catch (error) {
      this.#tell({ type: "failed", why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Tells a new stage all that the one before knew. @param {Send} pass */
  #take(pass) {
    this.#pass = pass;
    const [projections, zoom] = [this.#projections, this.#zoom];
    for (const wish of this.#lasting.values()) {
      if (wish.type !== "map") pass(wish);
      else if (!wish.map || !projections) pass({ ...wish, ask: this.#maps });
      else {
        const clouds = wish.map.clouds.map((cloud, n) => ({ ...cloud, projection: projections[n] }));
        pass({ type: "map", map: { ...wish.map, clouds }, ask: this.#maps });
      }
    }
    if (zoom) pass({ type: "zoomed", zoom });
    const turning = this.#turning;
    if (turning?.type === "replay") pass(turning);
    else pass({ type: "turn", turn: this.#turn, ...turning, ask: turning?.ask ?? 0 });
    for (const wish of this.#pictures.values()) pass(wish);
  }

  /** @param {News} news */
  #hear(news) {
    if (news.type === "placed") {
      if (news.ask === this.#maps) this.#projections = news.projections;
      return;
    }
    if (news.type === "drawn") {
      this.#before?.remove();
      this.#before = null;
    } else if (news.type === "turned") {
      this.#turn = news.turn;
      // What turned by itself has arrived.
      if (news.turn === 1 && this.#turning?.type === "replay") this.#turning = { type: "turn", turn: 1, ask: news.ask };
    } else if (news.type === "zoomed") {
      this.#zoom = news.zoom;
    } else if (news.type === "picture") {
      this.#pictures.delete(news.ask);
    }
    this.#tell(news);
  }
}
