// The page's end of the map's stage: in a worker of its own where the browser can draw there, else on the page.

import { startWorker } from "./own_worker.js";

/** @import { GroundName, News, Wish } from "./map/messages.js" */

/**
 * @typedef {(wish: Exclude<Wish, { type: "canvas" }>, transfer?: Transferable[]) => void} Send
 */

/**
 * What is to draw the clouds: `?map=webgl` and `?map=pixels` in the address say so, for whoever has trouble with a driver.
 * @returns {GroundName}
 */
function groundAsked() {
  const asked = new URLSearchParams(location.search).get("map");
  return asked === "webgl" || asked === "pixels" ? asked : "auto";
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(news: News) => void} hear
 * @returns {Send}
 */
export function openStage(canvas, hear) {
  const ground = groundAsked();
  /** Wishes of before anybody could hear them. @type {[Exclude<Wish, { type: "canvas" }>, Transferable[]][] | null} */
  let early = [];
  /** @type {Send} */
  let pass = () => {};
  const begin = (/** @type {Send} */ to) => {
    pass = to;
    for (const [wish, transfer] of early ?? []) to(wish, transfer);
    early = null;
  };
  const here = async () => {
    const { Stage } = await import("./map/stage.js");
    const stage = new Stage(canvas, ground, hear);
    begin((wish) => stage.hear(wish));
  };
  if (typeof canvas.transferControlToOffscreen === "function") {
    const worker = startWorker(new URL("./map/worker.js", import.meta.url), "map");
    worker.onmessage = (/** @type {MessageEvent<News>} */ { data: news }) => {
      if (news.type !== "here") return hear(news);
      const offscreen = canvas.transferControlToOffscreen();
      worker.postMessage(/** @satisfies {Wish} */ ({ type: "canvas", canvas: offscreen, ground }), [offscreen]);
      begin((wish, transfer = []) => worker.postMessage(wish, transfer));
    };
    worker.onerror = (event) => {
      // One that never started has not got the canvas either.
      if (!early) return;
      event.preventDefault();
      worker.terminate();
      void here();
    };
  } else {
    void here();
  }
  return (wish, transfer = []) => {
    if (early) early.push([wish, transfer]);
    else pass(wish, transfer);
  };
}
