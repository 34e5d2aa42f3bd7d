// The page without a network: a service worker keeps it, and a new version is told of and taken when the visitor likes.

import { byId } from "./dom.js";

/** @import { Store } from "./store.js" */

/** How often an open page asks whether there is a new version. */
const ASK_MILLISECONDS = 3_600_000;

/** @param {Store} store */
export function setUpOffline(store) {
  if (!navigator.serviceWorker) return;
  let begun = false;
  store.subscribe(["prepared"], ({ prepared }) => {
    // What the page needs now is loaded before what it may need later.
    if (!prepared || begun) return;
    begun = true;
    void begin();
  });
}

async function begin() {
  const row = byId("update", HTMLElement);
  const take = byId("update-take", HTMLButtonElement);
  let taken = false;
  /** @type {ServiceWorkerRegistration | undefined} */
  let registration;
  try {
    const address = new URL("service_worker.js", document.baseURI);
    registration = await navigator.serviceWorker.register(address, { updateViaCache: "none" });
  } catch {
    return; // forbidden here, or no server that has one: the page is as it is without
  }
  if (!registration) return;
  const { serviceWorker } = navigator;
  const tell = () => {
    // Without one before there is nothing to be replaced.
    if (registration.waiting && serviceWorker.controller) row.hidden = false;
  };
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => next.state === "installed" && tell());
  });
  tell();
  take.addEventListener("click", () => {
    taken = true;
    take.disabled = true;
    // Another tab may have taken it already.
    if (registration.waiting) registration.waiting.postMessage("take over");
    else location.reload();
  });
  byId("update-close", HTMLButtonElement).addEventListener("click", () => {
    row.hidden = true;
  });
  serviceWorker.addEventListener("controllerchange", () => taken && location.reload());
  setInterval(() => registration.update().catch(() => undefined), ASK_MILLISECONDS); // without a network it asks again later
}
