// What is on paper when the page is printed beside the figures and the map: what was trained, when, and with which settings.
// It is made when somebody prints, and seen only there.

import { byId, el } from "./dom.js";
import { setting } from "./format.js";

/** @import { State, Store } from "./store.js" */

/** @param {Store} store */
export function setUpReport(store) {
  const place = byId("report", HTMLElement);
  addEventListener("beforeprint", () => place.replaceChildren(...contents(store.state)));
}

const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

/** @param {State} state */
function contents(state) {
  const { data, settings, capabilities, prepared, report, train } = state;
  const { config, preset } = settings;
  const domains = (data?.domains ?? []).map(({ name, ratings, users, items, preview }) => {
    const origin = data?.generated ? "generated sample data" : (preview?.file ?? "");
    return `${name}: ${ratings.toLocaleString("en")} ratings, ${users.toLocaleString("en")} people, ${items.toLocaleString("en")} items (${origin})`;
  });
  const seeds = report && report.seeds.length > 1 ? `seeds ${report.seeds.join(", ")}` : `seed ${config.seed ?? 1}`;
  const model = config.model ?? "dml";
  const known = capabilities?.models.find(({ name }) => name === model);
  const how = [prepared?.device === "webgpu" ? "WebGPU" : "CPU", seeds, `recipe “${preset}”`].join(", ");
  const fields = (capabilities?.schema ?? []).filter(({ name }) => name in config && config[name] !== null);
  const base = capabilities?.presets[preset];
  return [
    el("h2", { textContent: "Settings" }),
    el("p", { textContent: `Printed ${moment.format(new Date())}${train.state === "done" ? "" : "; the training is not at its end"}.` }),
    el("p", { textContent: `Model ${known ? `${model}: ${known.description}` : model}. ${how}.` }),
    el("ul", { "aria-label": "Data" }, ...domains.map((textContent) => el("li", { textContent }))),
    el(
      "dl",
      {},
      ...fields.map(({ name, label }) => {
        const value = config[name];
        const changed = base !== undefined && JSON.stringify(value) !== JSON.stringify(base[name]);
        const text = typeof value === "boolean" ? (value ? "yes" : "no") : typeof value === "number" ? String(setting(value)) : Array.isArray(value) ? value.join(", ") : String(value);
        return el("div", { className: changed ? "strong" : "" }, el("dt", { textContent: label }), el("dd", { textContent: text }));
      }),
    ),
  ];
}
