// What is kept in this browser: how much, whether the visitor's own files too, and a button that deletes it.

import { byId, closeButton, el } from "../dom.js";
import { megabytes } from "../format.js";

/** @import { Actions } from "../actions.js" */

/** @param {Actions} actions */
export function setUpKept(actions) {
  const dialog = byId("kept-dialog", HTMLDialogElement);
  const amount = el("p", { id: "kept-size", role: "status" });
  const files = el("input", { type: "checkbox", id: "keep-files" });
  const remove = el("button", { type: "button", id: "kept-delete", textContent: "Delete all that is kept" });
  const close = closeButton("kept-close", () => dialog.close());
  dialog.append(
    el("header", {}, el("h2", { id: "kept-dialog-title", textContent: "Kept here" }), el("p"), close),
    el("p", {
      textContent:
        "So that a reload, a crash or a closed tab loses nothing, this browser keeps your files and how they were read, the settings, and every few seconds the state of the training. It stays on this machine. Results of experiments are kept apart, and deleted in their view.",
    }),
    el("label", { className: "kept-files" }, files, el("span", { textContent: "Keep my files in this browser" })),
    amount,
    remove,
  );
  const draw = async () => {
    const { bytes, why, keepsFiles } = await actions.kept();
    files.checked = keepsFiles;
    files.disabled = why !== null;
    remove.disabled = bytes === 0;
    amount.textContent = why !== null ? `${why}: nothing outlives the page.` : bytes === 0 ? "Nothing is kept now." : `Kept now: ${megabytes(bytes)}.`;
  };
  byId("kept-open", HTMLButtonElement).addEventListener("click", async () => {
    await draw();
    dialog.showModal();
  });
  files.addEventListener("change", async () => {
    await actions.setKeepsFiles(files.checked);
    await draw();
  });
  remove.addEventListener("click", async () => {
    const others = await actions.deleteKept();
    await draw();
    close.focus();
    const left = others > 0 ? `; what other tabs are at stays (${megabytes(others)})` : "";
    amount.textContent = `Deleted${left}. What you train next is kept again.`;
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
