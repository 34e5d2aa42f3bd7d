// What the tests do with the view of experiments and read from it.

import { readFileSync } from "node:fs";

const MINUTES = 60_000;
export const text = (page, selector) => page.locator(selector).textContent();

/** Until the page has data and a plan for them. */
export const ready = (page) => page.locator("#lab-play:enabled").waitFor({ timeout: 2 * MINUTES });

/** Until the run stands like this. */
export const stands = (page, ...states) =>
  page.waitForFunction((wanted) => wanted.includes(document.body.dataset.lab), states, { timeout: 8 * MINUTES });

/** Until what is shown is of all jobs. */
export const drawn = (page) => page.locator("#lab-basis", { hasText: /^From all/ }).waitFor({ timeout: MINUTES });

/** How many jobs are done, and all. */
export async function jobs(page) {
  const cells = await page.locator("#lab-jobs-models td.number:nth-child(3)").allTextContents();
  const pairs = cells.map((cell) => cell.replaceAll(",", "").match(/\d+/g).map(Number));
  return pairs.reduce(([done, all], [own, of]) => [done + own, all + of], [0, 0]);
}

/** Ticks these models and no others. */
export async function askModels(page, models) {
  await page.locator("#lab-models summary").click();
  for (const box of await page.locator("#lab-models-list input:enabled").all()) {
    await box.setChecked(models.includes(await box.inputValue()));
  }
}

/** Waits until the plan has so many jobs. */
export const planned = (page, number) =>
  page.waitForFunction((wanted) => {
    const cells = [...document.querySelectorAll("#lab-jobs-models td.number:nth-child(3)")];
    return cells.reduce((sum, cell) => sum + Number(cell.textContent.replaceAll(",", "").split(" of ")[1]), 0) === wanted;
  }, number, { timeout: MINUTES });

/** The bytes of the file that a button of the first figure saves. */
export async function file(page, kind) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".figure-place").first().getByRole("button", { name: new RegExp(`as ${kind}$`) }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The rows of the table behind the first figure. */
export async function table(page) {
  const details = page.locator(".figure-place details").first();
  if (!(await details.evaluate((each) => each.open))) await details.locator("summary").click();
  // It is filled once it is open.
  await details.locator("tbody tr").first().waitFor();
  return details.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
}
