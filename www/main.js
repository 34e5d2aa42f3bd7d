// Wires the page: one store, one set of intents, and each block on its own.

import { firstLanguage } from "./language.js";
import { writePage } from "./page_words.js";
import { answerAnew } from "./number_field.js";
import { say } from "./said.js";
import { speak, words } from "./words/words.js";
import { Actions } from "./actions.js";
import { byId } from "./dom.js";
import { deviceName } from "./format.js";
import { Store } from "./store.js";
import { toggleTheme } from "./theme.js";
import { setUpData } from "./data_panel.js";
import { setUpExperiments } from "./experiments/view.js";
import { keepFocus } from "./focus_keeper.js";
import { setUpHelp } from "./help.js";
import { setUpKept } from "./kept/dialog.js";
import { setUpOffer } from "./kept/offer.js";
import { setUpLanguage } from "./language_switch.js";
import { setUpLearnt } from "./learnt_panel.js";
import { setUpMap } from "./map_view.js";
import { setUpOffline } from "./offline.js";
import { setUpRecommend } from "./recommend_panel.js";
import { setUpRemote } from "./remote/offer.js";
import { setUpReport } from "./report.js";
import { setUpTrain } from "./train_panel.js";
import { setUpViews } from "./views.js";

// Of a language that cannot be loaded the page says nothing and speaks English.
await speak(firstLanguage()).catch(() => undefined);
const store = new Store();
const actions = new Actions(store);

keepFocus();
store.subscribe(["language"], writePage);
store.subscribe(["language"], answerAnew);
setUpLanguage(store, actions);
setUpHelp(store);
setUpData(store, actions);
setUpTrain(store, actions);
setUpMap(store, actions);
setUpLearnt(store, actions);
setUpRecommend(store, actions);
setUpReport(store);
setUpViews(store, actions);
setUpExperiments(store, actions);
setUpOffer(store, actions);
setUpRemote(byId("over", HTMLElement), store, actions);
setUpKept(store, actions);
setUpFrame();
setUpOffline(store);
void actions.start();

/** What belongs to no block: the facts in the head, the notice and the state on the body. */
function setUpFrame() {
  const device = byId("device-name", HTMLElement);
  const seed = byId("seed-shown", HTMLElement);
  const notice = byId("notice", HTMLElement);
  const text = byId("notice-text", HTMLElement);
  byId("theme", HTMLButtonElement).addEventListener("click", toggleTheme);
  byId("skip", HTMLButtonElement).addEventListener("click", () => {
    actions.showView(null);
    const play = byId("play", HTMLButtonElement);
    (play.disabled ? byId("train-title", HTMLElement) : play).focus();
  });
  byId("notice-close", HTMLButtonElement).addEventListener("click", () => actions.closeNotice());
  const silent = byId("silent", HTMLElement);
  byId("worker-again", HTMLButtonElement).addEventListener("click", () => actions.replaceWorker());
  store.subscribe(["silent", "capabilities"], (state) => {
    // The first answer waits for the module to be loaded, which takes as long as the line is slow.
    silent.hidden = !state.silent || !state.capabilities;
  });
  store.subscribe(["train"], ({ train }) => {
    document.body.dataset.state = train.state;
  });
  store.subscribe(["prepared"], ({ prepared }) => {
    document.body.dataset.model = prepared?.model ?? "";
  });
  store.subscribe(["prepared", "settings", "busy", "language"], ({ prepared, settings, busy }) => {
    device.textContent = prepared ? deviceName(prepared.device) : busy ? "…" : words.train.notSetUp;
    seed.textContent = String(settings.config.seed ?? 1);
  });
  store.subscribe(["notice", "language"], (state) => {
    notice.hidden = state.notice === null;
    say(text, state.notice?.() ?? "");
  });
}
