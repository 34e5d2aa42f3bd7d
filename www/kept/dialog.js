// What is kept in this browser: how much, whether the visitor's own files too, and a button that deletes it.

import { byId, closeButton, el } from "../dom.js";
import { say } from "../said.js";
import { words } from "../words/words.js";

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */

/** @param {Store} store @param {Actions} actions */
export function setUpKept(store, actions) {
  const dialog = byId("kept-dialog", HTMLDialogElement);
  const amount = el("p", { id: "kept-size", role: "status" });
  const files = el("input", { type: "checkbox", id: "keep-files" });
  const remove = el("button", { type: "button", id: "kept-delete" });
  const title = el("h2", { id: "kept-dialog-title" });
  const text = el("p", {});
  const keepFiles = el("span", {});
  const close = closeButton("kept-close", () => dialog.close());
  dialog.append(
    el("header", {}, title, el("p"), close),
    text,
    el("label", { className: "kept-files" }, files, keepFiles),
    amount,
    remove,
  );
  const draw = async () => {
    const { bytes, why, keepsFiles } = await actions.kept();
    files.checked = keepsFiles;
    files.disabled = why !== null;
    remove.disabled = bytes === 0;
    const said = words.notices.kept;
    say(amount, why !== null ? said.nothingOutlives(why()) : bytes === 0 ? said.nothing : said.now(bytes));
  };
  store.subscribe(["language"], () => {
    const said = words.notices.kept;
    [title.textContent, text.textContent, keepFiles.textContent, remove.textContent] = [said.title, said.text, said.keepFiles, said.remove];
    close.setAttribute("aria-label", words.common.close);
    if (dialog.open) void draw();
  });
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
    amount.textContent = words.notices.kept.deleted(others);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
