// The report in sentences, at the head of block 4. Where there is no room for all of them those stand there that are whole, and a
// button behind the last unfolds the others, which are read aloud and printed all the same.

import { isMeasured } from "./claims.js";
import { byId, el } from "./dom.js";
import { modelOf } from "./models.js";
import { words } from "./words/words.js";

/** @import { State, Store } from "./store.js" */

/** @param {Store} store */
export function setUpVerdict(store) {
  const verdict = byId("verdict", HTMLElement);
  const block = byId("learnt", HTMLElement);
  const more = el("button", { type: "button", id: "verdict-more", className: "quiet", hidden: true });
  let isOpen = false;
  let said = "";

  /** Whether there is room for it. @param {Element} element */
  const fits = (element) => element.getBoundingClientRect().bottom <= verdict.getBoundingClientRect().bottom + 1;

  function fold() {
    const at = block.scrollTop;
    const hadFocus = document.activeElement === more;
    more.lang = store.state.language;
    arrange([...verdict.querySelectorAll("p")]);
    // What is away for a moment loses the focus, and a block that is short for a moment is scrolled less far.
    if (hadFocus) more.focus({ preventScroll: true });
    block.scrollTop = at;
  }

  /** @param {HTMLElement[]} lines */
  function arrange(lines) {
    more.hidden = true;
    verdict.classList.remove("open");
    verdict.style.minHeight = "";
    for (const line of lines) line.classList.remove("rest");
    const whole = lines.findIndex((line) => !fits(line));
    if (whole === -1 || verdict.clientHeight === 0) return; // all are, or the block is out of sight
    more.hidden = false;
    verdict.classList.toggle("open", isOpen);
    more.textContent = words.learnt.fewer;
    if (isOpen) return;
    // Behind the last there has to be room for the button; the first stands there in any case.
    for (let shown = Math.max(1, whole); shown > 0; shown--) {
      for (const [n, line] of lines.entries()) line.classList.toggle("rest", n >= shown);
      more.textContent = words.learnt.more(lines.length - shown);
      placeBehind(lines[shown - 1]);
      if (fits(more)) return;
    }
    verdict.style.minHeight = `${more.offsetTop + more.offsetHeight}px`;
  }

  /** Puts the button where a line ends, or below it. @param {HTMLElement} line */
  function placeBehind(line) {
    const range = document.createRange();
    range.selectNodeContents(line);
    const end = [...range.getClientRects()].at(-1) ?? line.getBoundingClientRect();
    const box = verdict.getBoundingClientRect();
    const left = end.right - box.left + more.offsetHeight / 2;
    const isBeside = left + more.offsetWidth <= box.width;
    more.style.left = `${isBeside ? left : 0}px`;
    more.style.top = `${line.getBoundingClientRect().bottom - box.top - (isBeside ? more.offsetHeight : 0)}px`;
  }

  more.addEventListener("click", () => {
    isOpen = !isOpen;
    fold();
  });
  new ResizeObserver(fold).observe(verdict);
  verdict.append(more);
  store.subscribe(["report", "complete", "train", "data", "language"], (state) => {
    const lines = linesOf(state);
    // Read aloud when the words change, not whenever progress is reported.
    const text = lines.map(({ textContent }) => textContent).join("\n");
    if (text === said && more.lang === state.language) return;
    if (text !== said) {
      for (const line of verdict.querySelectorAll("p")) line.remove();
      verdict.prepend(...lines);
    }
    said = text;
    fold();
  });
}

/** @param {State} state */
function linesOf(state) {
  const { report, train } = state;
  const muted = (/** @type {string} */ text) => el("p", { className: "muted", textContent: text });
  const said = words.learnt;
  if (!report) return [muted(train.state === "running" ? said.learning : said.nothingYet)];
  const lines = state.verdict.map((textContent) => el("p", { lang: "en", textContent }));
  const model = modelOf(state);
  if (model && !model.crosses) {
    lines.push(muted(said.nothingCrosses(model.name)));
  } else if (!isMeasured(state)) {
    lines.push(muted(train.state === "running" ? said.measuring : said.notMeasured));
  }
  if (report.seeds.length > 1) lines.push(muted(said.overSeeds(report.seeds.length)));
  return lines;
}
