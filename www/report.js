// What is on paper when the page is printed beside the figures and the map: what was trained, when, and with which settings.
// It is made when somebody prints, and seen only there.

import { byId, el } from "./dom.js";
import { deviceName, moment } from "./format.js";
import { descriptionOf, labelOf } from "./from_core.js";
import { allOf, shownBefore } from "./run_before.js";
import { plain } from "./said.js";
import { show } from "./settings_dialog.js";
import { words } from "./words/words.js";

/** @import { State, Store } from "./store.js" */

/** @param {Store} store */
export function setUpReport(store) {
  const place = byId("report", HTMLElement);
  addEventListener("beforeprint", () => place.replaceChildren(...contents(store.state)));
}

/** @param {State} state */
function contents(state) {
  const { data, settings, capabilities, prepared, report, train } = state;
  const said = words.train.report;
  const { config, preset } = settings;
  const domains = (data?.domains ?? []).map(({ name, ratings, users, items, preview }) => {
    const origin = data?.generated ? said.generated : (preview?.file ?? "");
    return said.domain(name, ratings, users, items, origin);
  });
  const seeds = said.seeds(report && report.seeds.length > 1 ? report.seeds : [config.seed ?? 1]);
  const model = config.model ?? "dml";
  const known = capabilities?.models.find(({ name }) => name === model);
  const how = [deviceName(prepared?.device), seeds, said.recipe(words.train.presets[preset])].join(", ");
  const fields = (capabilities?.schema ?? []).filter(({ name }) => name in config && config[name] !== null);
  const base = capabilities?.presets[preset];
  const before = shownBefore(state);
  return [
    el("h2", { textContent: said.settings }),
    el("p", { textContent: said.printed(moment(new Date()), train.state === "done") }),
    el("p", { textContent: said.model(known ? `${model}: ${descriptionOf(known)}` : model, how) }),
    ...(before ? [el("p", { textContent: plain(words.learnt.before.line(allOf(state, before))) })] : []),
    el("ul", { "aria-label": said.data }, ...domains.map((textContent) => el("li", { textContent }))),
    el(
      "dl",
      {},
      ...fields.map((field) => {
        const value = config[field.name];
        const changed = base !== undefined && JSON.stringify(value) !== JSON.stringify(base[field.name]);
        return el("div", { className: changed ? "strong" : "" }, el("dt", { textContent: labelOf(field) }), el("dd", { textContent: show(value, field) }));
      }),
    ),
  ];
}
