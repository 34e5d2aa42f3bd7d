// What the visitor sees of what is kept: the offer to go on with the last training, and a dialog about what is kept and how it is
// deleted.

import { listed } from "../domains.js";
import { byId, el, icon } from "../dom.js";
import { megabytes, percent } from "../format.js";

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */
/** @import { KeptTraining } from "./shelf.js" */

/**
 * @param {Store} store
 * @param {Actions} actions
 */
export function setUpKept(store, actions) {
  const bar = byId("offer", HTMLElement);
  const text = byId("offer-text", HTMLElement);
  store.subscribe(["offer", "capabilities", "experiment"], ({ offer, capabilities, experiment }) => {
    bar.hidden = !offer || !capabilities || experiment !== null;
    text.textContent = offer ? offered(offer, new Date()) : "";
  });
  byId("offer-go-on", HTMLButtonElement).addEventListener("click", () => void actions.goOn());
  byId("offer-leave", HTMLButtonElement).addEventListener("click", () => void actions.startAfresh());
  setUpDialog(actions);
}

/**
 * @param {KeptTraining} kept
 * @param {Date} now
 */
export function offered({ names, saved, fraction, done }, now) {
  const then = new Date(saved);
  const time = then.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
  const day = then.toDateString() === now.toDateString() ? "today" : then.toLocaleDateString("en", { day: "numeric", month: "long" });
  return `You trained ${listed(names)} here ${day} at ${time}${done ? "" : `, ${percent(fraction)} done`}. A new training takes its place.`;
}

/** @param {Actions} actions */
function setUpDialog({ keeper }) {
  const dialog = byId("kept-dialog", HTMLDialogElement);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  const open = async () => {
    const [why, size] = [await keeper.why(), await keeper.size().catch(() => 0)];
    const close = el("button", { type: "button", className: "icon quiet", "aria-label": "Close" }, icon("M4 4l8 8M12 4l-8 8"));
    close.addEventListener("click", () => dialog.close());
    const wish = el("input", { id: "kept-files", type: "checkbox", role: "switch", checked: keeper.keepsFiles, disabled: why !== null });
    wish.addEventListener("change", async () => {
      await keeper.setKeepsFiles(wish.checked);
      await open();
      byId("kept-files", HTMLInputElement).focus();
    });
    const clear = el("button", { id: "kept-clear", type: "button", textContent: `Delete what is kept${size > 0 ? ` (${megabytes(size)})` : ""}`, disabled: size === 0 });
    clear.addEventListener("click", async () => {
      await keeper.clear();
      await open();
    });
    dialog.replaceChildren(
      el("header", {}, el("h2", { id: "kept-dialog-title", textContent: "Kept in this browser" }), el("p"), close),
      el("p", {
        textContent:
          "While you train, the page keeps in this browser, on this machine, what it needs to go on after a reload or a crash: the files, the settings, and the training as far as it is. The latest training is kept, and nothing of it leaves the browser.",
      }),
      ...(why ? [el("p", { className: "warn", textContent: `${why}.` })] : []),
      el("label", { className: "kept-wish" }, wish, "Keep my own files. Without them a training on them ends with the page."),
      el("p", {}, clear),
    );
    if (!dialog.open) dialog.showModal();
  };
  byId("kept", HTMLButtonElement).addEventListener("click", () => void open());
}
