// The report in sentences, at the head of block 4. Where there is no room for all of them those stand there that are whole, and a
// button behind the last unfolds the others.

import { isMeasured } from "./claims.js";
import { byId, el } from "./dom.js";
import { modelOf } from "./models.js";
import { words } from "./words/words.js";

/** @import { State, Store } from "./store.js" */

/** @param {Store} store */
export function setUpVerdict(store) {
  const verdict = byId("verdict", HTMLElement);
  const block = byId("learnt", HTMLElement);
  const more = el("button", { type: "button", id: "verdict-more", className: "quiet" });
  let isOpen = false;
  let said = "";

  /** Whether a line ends in the room that there is. @param {Element} line */
  const fits = (line) => line.getBoundingClientRect().bottom <= verdict.getBoundingClientRect().bottom + 1;

  function fold(hadFocus = document.activeElement === more) {
    const at = block.scrollTop;
    more.lang = store.state.language;
    arrange([...verdict.querySelectorAll("p")]);
    // A button that is moved, or away for a moment, loses the focus, and a block that is short for a moment is scrolled less far.
    if (hadFocus) more.focus({ preventScroll: true });
    block.scrollTop = at;
  }

  /** @param {HTMLElement[]} lines */
  function arrange(lines) {
    more.hidden = true;
    verdict.classList.remove("open");
    verdict.style.minHeight = "";
    for (const line of lines) line.classList.remove("rest");
    let shown = lines.findIndex((line) => !fits(line));
    if (shown === -1 || verdict.clientHeight === 0) return; // all are whole, or the block is out of sight
    if (isOpen) {
      verdict.classList.add("open");
      end(lines[lines.length - 1], words.learnt.fewer);
      return;
    }
    // Behind the last there has to be room for the button; the first stands there in any case.
    for (shown = Math.max(1, shown); ; shown--) {
      for (const [n, line] of lines.entries()) line.classList.toggle("rest", n >= shown);
      end(lines[shown - 1], words.learnt.more(lines.length - shown));
      if (shown === 1 || fits(lines[shown - 1])) break;
    }
    if (!fits(lines[0])) verdict.style.minHeight = `${lines[0].getBoundingClientRect().height}px`;
  }

  /** Puts the button behind a line. @param {HTMLElement} line @param {string} text */
  function end(line, text) {
    more.hidden = false;
    more.setAttribute("aria-expanded", String(isOpen));
    if (more.textContent !== text) more.textContent = text;
    if (more.parentElement !== line) line.append(more);
  }

  more.addEventListener("click", () => {
    isOpen = !isOpen;
    fold();
  });
  new ResizeObserver(() => fold()).observe(verdict);
  store.subscribe(["report", "complete", "train", "data", "language"], (state) => {
    const lines = linesOf(state);
    // Read aloud when the words change, not whenever progress is reported.
    const text = lines.map(({ textContent }) => textContent).join("\n");
    if (text === said && more.lang === state.language) return;
    const hadFocus = document.activeElement === more;
    if (text !== said) verdict.replaceChildren(...lines);
    fold(hadFocus);
    said = text;
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
