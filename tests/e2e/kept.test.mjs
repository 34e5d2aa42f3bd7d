// Work is not lost: a worker that ends or is stuck, and what is kept for the next visit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.mjs";
import { cells, errors, holdWorkers, openFiles, ratingFile, verdict, waitForState, waitUntilReady } from "./page.mjs";

const visit = useBrowser();

const QUICK = "#seed=1&model=dml&epochs=3";

/** A measurement that takes some seconds and samples and loops both. */
const AVERAGED = "#seed=1&model=averaged&epochs=8&sweeps=60&train_on_everything=false";

/** All that the page says of what was learnt, with the lists of the selected person. */
const told = async (page) => ({
  metrics: await cells(page, "#metrics"),
  transfer: await cells(page, "#transfer"),
  verdict: await verdict(page),
  // Reasons come later, one list after the other.
  advice: await page.locator("#advice").evaluate((lists) => {
    const copy = /** @type {Element} */ (lists.cloneNode(true));
    for (const reason of copy.querySelectorAll(".reason")) reason.remove();
    return copy.textContent;
  }),
  status: (await page.locator("#status").textContent()).replace(/,? [\d.,]+ s$/, ""),
});

/** What is kept: of each folder its file names, and the share of the training that its record speaks of. */
const keptFolders = (page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const kept = await root.getDirectoryHandle("kept", { create: true });
    const folders = [];
    for await (const folder of kept.values()) {
      const names = await Array.fromAsync(folder.keys());
      // It is replaced now and then, and may be away for a moment.
      const record = await folder.getFileHandle("record.json").then((handle) => handle.getFile()).then((file) => file.text()).catch(() => "{}");
      folders.push({ names, fraction: JSON.parse(record || "{}").reached?.fraction ?? null });
    }
    return folders;
  });

/** Until a checkpoint is on the disk of a training that is done so far. */
async function untilKept(page, least = 0) {
  for (const end = Date.now() + 5 * 60_000; Date.now() < end; await page.waitForTimeout(100)) {
    const folders = await keptFolders(page);
    if (folders.some(({ names, fraction }) => names.includes("checkpoint") && fraction !== null && fraction >= least)) return;
  }
  assert.fail(`nothing is kept: ${JSON.stringify(await keptFolders(page))}`);
}

/** Names of all files that are kept. */
const keptNames = async (page) =>
  (await keptFolders(page)).flatMap(({ names }) => names.map((name) => name.replace(/^file-.*/, "file"))).sort();

/** Until the page keeps these files and no others. */
async function untilNames(page, names) {
  for (let tries = 0; tries < 100; tries++) {
    if (JSON.stringify(await keptNames(page)) === JSON.stringify(names)) return;
    await page.waitForTimeout(100);
  }
  assert.deepEqual(await keptNames(page), names);
}

/** Loads the page again without being asked whether to leave. */
async function reload(page) {
  const onDialog = (dialog) => dialog.accept();
  page.on("dialog", onDialog);
  await page.reload();
  page.off("dialog", onDialog);
}

test("a worker that is gone in the middle of a training is noticed, replaced, and the figures are those of an undisturbed one", (t) => {
  let undisturbed;
  return visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    undisturbed = await errors(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0);
    const noticed = await page.evaluate(() => {
      const began = performance.now();
      globalThis.workers[0].terminate();
      const notice = document.querySelector("#notice");
      return new Promise((resolve) => {
        const look = () => (notice.hidden ? setTimeout(look, 10) : resolve(performance.now() - began));
        look();
      });
    });
    t.diagnostic(`noticed after ${noticed.toFixed(0)} ms`);
    const notice = await page.locator("#notice-text").textContent();
    assert.match(notice, /^The computation stopped \(its worker has ended\)\. The data are read again, and the training (begins again|goes on from its last checkpoint) with the same numbers\.$/);
    await waitForState(page, "running");
    await waitForState(page, "done");
    assert.deepEqual(await errors(page), undisturbed);
    assert.equal(await page.evaluate(() => globalThis.workers.length), 2);
  }, { hash: QUICK, setUp: holdWorkers });
});

test("a worker that is gone while nothing is trained is replaced, and a pause that waits for it ends", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.evaluate(() => globalThis.workers[0].terminate());
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /its worker has ended.*The data are read again\.$/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.evaluate(() => {
      document.querySelector("#pause").click();
      globalThis.workers[1].terminate();
    });
    await page.waitForFunction(() => !document.querySelector("#status").textContent.startsWith("Pausing"));
    await waitUntilReady(page);
    assert.match(await page.locator("body").getAttribute("data-state"), /idle|paused/, "what was to be paused does not begin by itself");
  }, { hash: QUICK, setUp: holdWorkers }));

test("a worker that is stuck is not killed: the page says so, and the visitor may start another", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    // Whoever computes hears nothing; the worker is stuck when it next takes a turn.
    await page.workers()[0].evaluate(() => void setTimeout(() => { for (;;); }, 0));
    await page.locator("#reset").evaluate((button) => Object.assign(button, { disabled: false }).click());
    await page.locator("#silent:visible").waitFor({ timeout: 60_000 });
    assert.equal(await page.evaluate(() => globalThis.workers.length), 1, "nobody ended it");
    await page.locator("#worker-again").focus();
    await page.keyboard.press("Enter");
    await page.locator("#silent").waitFor({ state: "hidden" });
    assert.match(await page.locator("#notice-text").textContent(), /it did not answer/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
  }, { hash: QUICK, setUp: holdWorkers }));

test("what was paused is offered after a reload and comes to the figures of an uninterrupted run, to the last digit shown", (t) => {
  let undisturbed;
  return visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    undisturbed = await told(page);
    assert.match(undisturbed.advice, /likely [\d.]+ to [\d.]+; the chance/);
    // Pause in the midst of it; what the run before left is replaced.
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => { const { value } = document.querySelector("#progress"); return value > 0.3 && value < 0.9; });
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    await page.waitForTimeout(300);
    const before = await page.locator("#data").boundingBox();
    await reload(page);
    await waitUntilReady(page);
    const offer = page.locator("#offer:visible");
    await offer.waitFor();
    const sentence = await page.locator("#offer-text").textContent();
    t.diagnostic(sentence);
    assert.match(sentence, /^You trained books and films here today at \d\d:\d\d, \d\d\u202f% done\.$/);
    assert.deepEqual(await page.locator("#data").boundingBox(), before, "the offer moves nothing");
    await page.locator("#offer-go-on").focus();
    await page.keyboard.press("Enter");
    await waitForState(page, "running");
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY", "the focus is somewhere");
    assert.equal(await page.locator("#offer").isVisible(), false);
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    assert.deepEqual(await told(page), undisturbed);
    // It is done and kept as that.
    await reload(page);
    await page.locator("#offer:visible").waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /all done\.$/);
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    assert.deepEqual(await told(page), undisturbed);
  }, { hash: AVERAGED });
});

test("a worker that is killed behind a checkpoint goes on from there, to the figures of an undisturbed run", () => {
  let undisturbed;
  return visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    undisturbed = await told(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.waitForFunction(() => Number(document.querySelector("#progress").value) > 0.3);
    await page.locator("#pause").click(); // leaves a checkpoint
    await waitForState(page, "paused");
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.evaluate(() => globalThis.workers[0].terminate());
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /the training goes on from its last checkpoint with the same numbers\.$/);
    await page.waitForFunction(() => document.body.dataset.state === "running" && Number(document.querySelector("#progress").value) > 0.25);
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    assert.deepEqual(await told(page), undisturbed);
  }, { hash: AVERAGED, setUp: holdWorkers });
});

/** A table of titles for the items of a rating file of these tests. */
const titles = () => {
  const lines = ["item,title", ...Array.from({ length: 40 }, (_, i) => `item ${i},Title number ${i}`)];
  return { name: "titles.csv", mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
};

test("own files, how they are read and their tables are brought back; a visitor who unticks keeps none, and deleting leaves nothing", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("books.csv"), b: ratingFile("films.csv", { item: "film" }) });
    await page.locator("#details-a").click();
    await page.locator("#feature-items-a").setInputFiles(titles());
    await page.locator("#feature-remove-items-a:visible").waitFor();
    await page.locator("#data-close").click();
    await waitUntilReady(page);
    await untilNames(page, ["file", "file", "file", "record.json"]);
    await reload(page);
    await page.locator("#offer:visible").waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /^You opened books\.csv and films\.csv here today at \d\d:\d\d\.$/);
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await page.waitForFunction(() => document.querySelector("#name-a").textContent === "books");
    await waitUntilReady(page);
    assert.equal(await page.locator("#name-b").textContent(), "films");
    assert.match(await page.locator("#advice").textContent(), /Title number/);
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await untilKept(page);
    await waitForState(page, "done");
    // Whoever does not want it unticks it, and it is gone at once; what is learnt stays on the page.
    await page.locator("#kept-open").click();
    await page.locator("#kept-dialog[open]").waitFor();
    assert.match(await page.locator("#kept-size").textContent(), /^Kept now: [\d.]+\u202fMB\.$/);
    assert.equal(await page.locator("#keep-files").isChecked(), true);
    await page.locator("#keep-files").click();
    await untilNames(page, []);
    assert.equal(await page.locator("#kept-size").textContent(), "Nothing is kept now.");
    await page.locator("#kept-close").click();
    await waitForState(page, "done");
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    assert.deepEqual(await keptNames(page), []);
    await reload(page);
    await waitUntilReady(page);
    assert.equal(await page.locator("#offer").isVisible(), false);
    await page.locator("#kept-open").click();
    assert.equal(await page.locator("#keep-files").isChecked(), false, "that is remembered");
    // The sample is nobody's file, and is kept all the same, until that is deleted.
    await page.locator("#kept-close").click();
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    await untilKept(page);
    await page.locator("#kept-open").click();
    await page.locator("#kept-delete:enabled").click();
    await page.waitForFunction(() => document.querySelector("#kept-size").textContent.startsWith("Deleted."));
    assert.deepEqual(await keptNames(page), []);
    await page.locator("#kept-close").click();
    await waitForState(page, "done");
  }, { hash: QUICK }));

test("what is kept and broken is left out with a message, and the page works as ever", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await untilKept(page);
    /** Writes over a file that is kept. */
    const spoil = (name, text) =>
      page.evaluate(async ([name, text]) => {
        const root = await navigator.storage.getDirectory();
        for await (const folder of (await root.getDirectoryHandle("kept")).values()) {
          const stream = await (await folder.getFileHandle(name)).createWritable();
          await stream.write(text);
          await stream.close();
        }
      }, [name, text]);
    await spoil("checkpoint", "no checkpoint");
    await reload(page);
    await page.locator("#offer:visible").waitFor();
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await page.locator("#notice:visible").waitFor();
    assert.match(await page.locator("#notice-text").textContent(), /^What was trained cannot be gone on with \(.+\)\. Data and settings are back; press Train to begin anew\.$/);
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running", "done");
    await waitForState(page, "done");
    await untilKept(page);
    await page.locator("#notice-close").click();
    await spoil("record.json", '{ "version": 1, "names": 7 }');
    await reload(page);
    await page.locator("#notice:visible").waitFor();
    assert.equal(await page.locator("#notice-text").textContent(), "What an earlier visit kept here cannot be read and was left out.");
    await waitUntilReady(page);
    assert.equal(await page.locator("#offer").isVisible(), false);
    assert.deepEqual(await keptNames(page), []);
    await page.locator("#play").click();
    await waitForState(page, "done");
  }, { hash: QUICK }));

test("a browser in which the page cannot write files keeps the work in its database", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    const before = await told(page);
    assert.deepEqual(await keptNames(page), [], "nothing is in files");
    const size = async () => {
      await page.locator("#kept-open").click();
      const text = await page.locator("#kept-size").textContent();
      await page.locator("#kept-close").click();
      return text;
    };
    for (let tries = 0; tries < 50 && !/^Kept now/.test(await size()); tries++) await page.waitForTimeout(200);
    assert.match(await size(), /^Kept now: 0\.\d\sMB\.$/);
    await page.waitForTimeout(1000); // the last checkpoint is on its way
    await reload(page);
    await page.locator("#offer:visible").waitFor();
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await waitForState(page, "done");
    assert.deepEqual(await told(page), before);
    await page.locator("#kept-open").click();
    await page.locator("#kept-delete:enabled").click();
    await page.waitForFunction(() => document.querySelector("#kept-size").textContent.startsWith("Deleted."));
    await page.locator("#kept-close").click();
    await reload(page);
    await waitUntilReady(page);
    assert.equal(await page.locator("#offer").isVisible(), false, "what was deleted is not offered");
  }, { hash: QUICK, setUp: (page) => page.addInitScript(() => delete FileSystemFileHandle.prototype.createWritable) }));

test("two tabs keep their work apart, and neither is offered the other's", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await untilNames(page, ["checkpoint", "record.json"]);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await waitUntilReady(other);
    await other.waitForTimeout(1500);
    assert.equal(await other.locator("#offer").isVisible(), false, "it is at work in the first tab");
    await other.locator("#play").click();
    await waitForState(other, "done");
    await untilNames(page, ["checkpoint", "checkpoint", "record.json", "record.json"]);
    // Deleting in one leaves the other's.
    await other.locator("#kept-open").click();
    await other.locator("#kept-delete:enabled").click();
    await other.waitForFunction(() => document.querySelector("#kept-size").textContent.includes("what other tabs are at stays"));
    await untilNames(page, ["checkpoint", "record.json"]);
    await page.close();
    await other.reload();
    await other.locator("#offer:visible").waitFor();
    await other.locator("#offer-afresh").click();
    await untilNames(other, []);
  }, { hash: QUICK }));

test("leaving asks first where a run would be lost, and only there", () =>
  visit(async (page) => {
    const asked = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await waitUntilReady(page);
    await page.reload();
    await waitUntilReady(page);
    assert.deepEqual(asked, [], "nothing was trained");
    await page.locator("#play").click();
    await waitForState(page, "running");
    await page.reload();
    assert.deepEqual(asked, ["beforeunload"], "nothing was kept yet");
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "running");
    await untilKept(page);
    await page.locator("#pause").click();
    await waitForState(page, "paused");
    // Until the state of the pause is on the disk, with whatever else the machine is at.
    await untilKept(page, await page.locator("#progress").evaluate(({ value }) => value));
    await page.waitForTimeout(500);
    await page.reload();
    assert.deepEqual(asked, ["beforeunload"], "it can be gone on with");
    await page.locator("#offer:visible").waitFor();
  }, { hash: "#seed=1&model=averaged&sweeps=300" }));

test("a table of titles leaves what was learnt, one of features asks, and undoing brings back what was learnt with the data", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await openFiles(page, { a: ratingFile("books.csv"), b: ratingFile("films.csv", { item: "film" }) });
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    const learnt = await cells(page, "#metrics");
    /** Opens a table of the items of the first domain. */
    const describe = async (file) => {
      await page.locator("#details-a").click();
      await page.locator("#feature-items-a").setInputFiles(file);
      await page.locator("#data-dialog", { hasText: file.name }).waitFor();
      await page.locator("#data-close").click();
      await waitUntilReady(page);
    };
    await describe(titles());
    await waitForState(page, "done");
    assert.deepEqual(await cells(page, "#metrics"), learnt);
    await page.waitForFunction(() => document.querySelector("#advice").textContent.includes("Title number"));
    // Of features the model knows nothing yet.
    const genres = ["item,title,genre", ...Array.from({ length: 40 }, (_, i) => `item ${i},Title number ${i},${i % 2 ? "crime" : "love"}`)];
    await describe({ name: "genres.csv", mimeType: "text/csv", buffer: Buffer.from(`${genres.join("\n")}\n`) });
    assert.equal(await page.locator("#notice-text").textContent(), "What was learnt did not know genres.csv. Train learns anew with it; Undo goes back to what was learnt.");
    assert.equal(await page.locator("body").getAttribute("data-state"), "idle");
    await page.locator("#undo").click();
    await waitForState(page, "done");
    await waitUntilReady(page);
    assert.deepEqual(await cells(page, "#metrics"), learnt);
    // A file that is removed or replaced comes back with what was learnt from it.
    await page.locator("#remove-b").click();
    await page.waitForFunction(() => document.querySelector("#name-b").textContent !== "films");
    assert.match(await page.locator("#undo-text").textContent(), /films\.csv was removed/);
    await page.locator("#undo").focus();
    await page.keyboard.press("Enter");
    await waitForState(page, "done");
    await waitUntilReady(page);
    assert.deepEqual(await cells(page, "#metrics"), learnt);
    await page.locator("#file-a").setInputFiles(ratingFile("others.csv"));
    await page.waitForFunction(() => document.querySelector("#name-a").textContent === "others");
    await waitUntilReady(page);
    assert.match(await page.locator("#undo-text").textContent(), /others\.csv was opened/);
    await page.locator("#undo").click();
    await waitForState(page, "done");
    await waitUntilReady(page);
    assert.equal(await page.locator("#name-a").textContent(), "books");
    assert.deepEqual(await cells(page, "#metrics"), learnt);
  }, { hash: QUICK }));

test("half of the sample is taken out alone, stays out after a reload, and comes back", () =>
  visit(async (page) => {
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    await page.waitForTimeout(500);
    const learnt = await cells(page, "#metrics");
    await page.locator("#remove-a").click();
    await page.waitForFunction(() => document.querySelector("#name-a").textContent !== "books");
    assert.equal(await page.locator("#name-b").textContent(), "films");
    assert.equal(await page.locator("#undo-text").textContent(), "books was removed");
    await page.locator("#undo").click();
    await waitForState(page, "done");
    await waitUntilReady(page);
    assert.deepEqual(await cells(page, "#metrics"), learnt);
    // Of three two can be trained with.
    await page.locator("#sample-domains").selectOption("3");
    await page.waitForFunction(() => document.querySelectorAll("#zones .zone").length === 3);
    await waitUntilReady(page);
    await page.locator("#remove-b").click();
    await page.waitForFunction(() => document.querySelector("#name-b").textContent !== "films");
    await waitUntilReady(page);
    await page.locator("#play").click();
    await waitForState(page, "done");
    const without = await cells(page, "#metrics");
    await untilKept(page);
    await reload(page);
    await page.locator("#offer:visible").waitFor();
    assert.match(await page.locator("#offer-text").textContent(), /^You trained books and \w+ here/);
    await waitUntilReady(page);
    await page.locator("#offer-go-on").click();
    await waitForState(page, "done");
    await waitUntilReady(page);
    assert.deepEqual(await cells(page, "#metrics"), without);
  }, { hash: QUICK }));
