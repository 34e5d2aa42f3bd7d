// Die Ansicht der Experimente.

import { count, counted, listOf } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["experiments"]} */
export const experiments = {
  start: "Starten",
  goOn: "Fortsetzen",
  tryAgain: "Noch einmal",
  jobs: (n) => counted(n, "Auftrag", "Aufträge"),
  workers: (n) => counted(n, "Worker", "Workern"),
  loadFirst: "Zuerst unter „Training“ zwei Dateien mit Bewertungen laden",
  planning: "Wird geplant",
  ofOtherData: (done, jobs, names) => `${done} von ${counted(jobs, "Auftrag", "Aufträgen")}, aus anderen Daten (${listOf(names)}). Unter „Training“ geladen, geht es damit weiter.`,
  running: (done, jobs, left) => `${count(done)} von ${counted(jobs, "Auftrag", "Aufträgen")}${left ? `, noch etwa ${left}` : ""}`,
  pausing: (done, jobs, underWay) =>
    `Hält an bei ${count(done)} von ${counted(jobs, "Auftrag", "Aufträgen")}: ${counted(underWay, "laufender Auftrag endet", "laufende Aufträge enden")} zuerst`,
  paused: (done, jobs, left, workers) => `${count(done)} von ${counted(jobs, "Auftrag", "Aufträgen")} fertig${left ? `; noch etwa ${left} mit ${workers}` : ""}`,
  doneBut: (done, jobs, failed) => `${count(done)} von ${counted(jobs, "Auftrag", "Aufträgen")} fertig, ${count(failed)} gescheitert`,
  done: (jobs) => `Fertig: ${counted(jobs, "Auftrag", "Aufträge")}`,
  timing: (known, models) => `; der kürzeste Auftrag jedes Modells wird gemessen, ${known} von ${models}`,
  estimate(left, workers, known, models) {
    const from = known < models ? `von ${known} von ${models} Modellen` : models === 1 ? "des Modells" : `von ${counted(models, "Modell", "Modellen")}`;
    return `, etwa ${left} mit ${workers} (nach dem kürzesten Auftrag ${from})`;
  },
  failed: (job, others, why) => `Gescheitert: ${job}${others > 0 ? ` (und ${others} weitere)` : ""}: ${why}`,

  withKeptSettings: "Mit den Einstellungen, mit denen es begonnen wurde.",
  withSettings: "Mit den Einstellungen der Ansicht Training.",
  always: "Immer dabei, zum Vergleich",
  needsSecondModule: "Braucht das zweite Modul, das diese Seite nicht hat",
  loadsSecondModule: "Die Worker laden das zweite Modul",
  models: (n) => counted(n, "Modell", "Modelle"),
  noModels: "keine außer Mittelwert und Bias",
  allPoints: "Alle",
  firstPoint: "Nur der erste",
  ofPoints: (all) => `alle ${all}`,
  somePoints: (some, all) => `${some} von ${all}`,

  whyHere: "Warum es hier ist",
  paper: "Der Artikel",
  paperAt: (source) => `Der Artikel, ${source}`,
  tooLittleSaid: "Diese Punkte sagen zu wenig für einen Satz: siehe die Abbildung, oder mehr Punkte wählen.",
  tooLittleDone: "Es ist noch zu wenig fertig, um etwas zu sagen.",
  nothingMeasured: "Noch wurde nichts gemessen.",
  fromSome: (done, jobs) => `Bisher aus ${count(done)} von ${counted(jobs, "Auftrag", "Aufträgen")}`,
  fromAll: (jobs) => `Aus ${jobs === 1 ? "dem einen Auftrag" : `allen ${count(jobs)} Aufträgen`}`,
  numbers: "Die Zahlen dazu",
  numbersBehind: (title) => `Die Zahlen zu „${title}“`,
  save: "Speichern:",
  saveAs: (title, kind) => `„${title}“ als ${kind} speichern`,
  moreRows: (rows) => `und ${rows} weitere Zeilen, die in der CSV stehen`,

  use: "Diese Einstellungen nehmen",
  useOf: (model) => `Diese Einstellungen von ${model} nehmen`,
  found({ model, number, tries, budget, value, before }) {
    const of = tries < budget ? `bisher ${tries} von ${counted(budget, "Versuch", "Versuchen")}` : counted(budget, "Versuch", "Versuchen");
    return `${model}: Nummer ${number} von ${of}, Validierungsfehler ${value}${before === null ? "" : `, mit den bisherigen Einstellungen ${before}`}`;
  },
  sameSettings: "Das sind die Einstellungen der Ansicht Training.",
  changes: (changes) => `Ändert ${changes}.`,
  change: (name, value) => `${name} auf ${value}`,

  jobsOf: (model) => `Aufträge von ${model}`,
  doneOf: (done, all) => `${count(done)} von ${count(all)}`,
  nFailed: (n) => `${count(n)} gescheitert`,
  noLinks: "ohne Verknüpfungen",
  shuffledLinks: "vertauschte Verknüpfungen",
  newcomers: "Neulinge",
  fold: (n) => `Teil ${n}`,
  seed: (n) => `Startwert ${n}`,
  progressOf: (job) => `Fortschritt von ${job}`,

  lost: (why) => `${why}: Ergebnisse gehen verloren, wenn die Seite geschlossen wird. Bitte speichern, was gebraucht wird.`,
  nothingKept: "Noch nichts. Was begonnen wird, bleibt in diesem Browser, Ergebnis für Ergebnis, und lässt sich nach einem Neuladen fortsetzen.",
  kept: (title, domains) => `${title}, ${listOf(domains)}`,
  remove: "Löschen",
  removeOf: (name) => `${name} löschen`,
  facts: (done, jobs, when) => `${count(done)} von ${count(jobs)} Aufträgen, ${when}`,

  runsFirst: "Das Experiment läuft: erst anhalten oder beenden, dann Einstellungen ändern",
  trainsFirst: "Ein Training läuft: erst anhalten oder beenden, dann Einstellungen ändern",
  settingsChanged: (changes) => `Einstellungen der Ansicht Training geändert: ${changes}`,
  isRunning: (name, other) => `${name} läuft: erst anhalten oder beenden, dann ${other} wählen`,
  dataChanged: "Daten oder Einstellungen wurden geändert: Das Experiment wurde beendet. Was fertig ist, bleibt gespeichert.",
  dataNotReady: "Die Daten sind noch nicht brauchbar: siehe Daten unter „Training“",
  planGone: "Der Plan ist nicht mehr da; bitte löschen",
  unreadable: (results, why) =>
    `${results === 1 ? "Ein Ergebnis konnte" : `${results} Ergebnisse konnten`} nicht gelesen werden (${why}) und ${results === 1 ? "wird" : "werden"} neu berechnet`,
  missingModule: (models) => `${models.join(", ")}: Das braucht das zweite Modul, das diese Seite nicht hat. Bitte weglassen`,
  atOnce: (jobs) => `Auf WebGPU laufen ${jobs} Aufträge gleichzeitig.`,
  again: (job, why) => `Ein Worker brach bei ${job} ab (${why}). Ein anderer beginnt den Auftrag neu.`,
  otherTab: "Dieses Experiment läuft in einem anderen Tab dieses Browsers. Bitte zuerst dort anhalten",
  deaths: (deaths, why) => `${deaths} Worker brachen daran ab, der letzte mit: ${why}`,
  noResult: "er endete ohne Ergebnis",
  noPicture: "Dieser Browser konnte aus der Zeichnung kein Bild machen; bitte das SVG speichern",
  noDrawing: "Die Zeichnung konnte nicht gelesen werden",
};
