// The map's worker: a stage on the canvas that the page hands over.

import { Stage } from "./stage.js";

/** @import { News, Wish } from "./messages.js" */

/**
 * What a worker sees of its page; the library of types that the page is checked with has no workers.
 * @typedef {{ postMessage(message: News): void, onmessage: ((message: MessageEvent<Wish>) => void) | null }} Page
 */

const page = /** @type {Page} */ (/** @type {unknown} */ (self));
/** @type {Stage | null} */
let stage = null;

page.onmessage = ({ data: wish }) => {
  if (wish.type === "canvas") stage = new Stage(wish.canvas, wish.ground, (news) => page.postMessage(news));
  else stage?.hear(wish);
};
page.postMessage({ type: "here" });
// The page learns of the worker's end by the lock that is free then.
void navigator.locks?.request(self.name, () => {
  page.postMessage({ type: "holds", name: self.name });
  return new Promise(() => undefined);
});
