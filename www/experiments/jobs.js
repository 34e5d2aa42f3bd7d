// How far the jobs are: by model, and what is under way.

import { byId, el } from "../dom.js";
import { words } from "../words/words.js";

/** @import { PlannedJob } from "../border.d.ts" */
/** @import { LabState, LabStore } from "./state.js" */

/** @param {LabStore} store */
export function setUpJobs(store) {
  const block = byId("lab-jobs", HTMLElement);
  const models = byId("lab-jobs-models", HTMLElement);
  const list = byId("lab-jobs-list", HTMLElement);
  store.subscribe(["plan", "done", "failed", "language"], (state) => {
    block.hidden = !state.plan;
    models.replaceChildren(...rowsOf(state));
  });
  store.subscribe(["plan", "under_way", "workers", "language"], ({ plan, under_way, workers }) => {
    const jobs = new Map(plan?.planned.jobs.map((job) => [job.name, job]));
    const now = [...under_way].flatMap(([name, { fraction }]) => {
      const job = jobs.get(name);
      return job ? [lineOf(job, fraction)] : [];
    });
    list.replaceChildren(...now);
    // One line a worker, so that what comes below stays where it is.
    list.style.setProperty("--lines", String(Math.max(1, Math.min(workers, 8))));
  });
}

/** @param {LabState} state */
function rowsOf({ plan, done, failed }) {
  /** @type {Map<string, { all: number, done: number, failed: number }>} */
  const rows = new Map();
  for (const { name, job } of plan?.planned.jobs ?? []) {
    const row = rows.get(job.model) ?? { all: 0, done: 0, failed: 0 };
    row.all++;
    if (done.has(name)) row.done++;
    if (failed.has(name)) row.failed++;
    rows.set(job.model, row);
  }
  return [...rows].map(([model, row]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", className: "cut", textContent: model }),
      el("td", {}, el("progress", { max: row.all, value: row.done, "aria-label": words.experiments.jobsOf(model) })),
      el("td", { className: "number", textContent: words.experiments.doneOf(row.done, row.all) }),
      el("td", { className: "number error", textContent: row.failed > 0 ? words.experiments.nFailed(row.failed) : "" }),
    ),
  );
}

/** @param {PlannedJob} job @param {number} fraction */
function lineOf({ job }, fraction) {
  const { point, form, users } = job;
  const said = words.experiments;
  const parts = [
    job.model,
    point?.name ?? "",
    form === "linked" ? "" : form === "alone" ? said.noLinks : said.shuffledLinks,
    users === "cold" ? said.newcomers : "",
    said.fold(job.fold + 1),
    said.seed(job.seed),
  ];
  const name = parts.filter(Boolean).join(", ");
  return el(
    "li",
    {},
    el("span", { className: "cut", textContent: name, title: name }),
    el("progress", { max: 1, value: fraction, "aria-label": said.progressOf(name) }),
  );
}
