// Block 2 und die Einstellungen: das Training, was sich einstellen lässt, und Links darauf.

import { count, counted, duration, fixed, plainNumber } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["train"]} */
export const train = {
  train: "Trainieren",
  goOn: "Fortsetzen",
  again: "Neu trainieren",
  oneEpoch: "Eine Epoche",
  oneSweep: "Ein Durchlauf",
  settings: "Einstellungen",
  settingsChanged: (changed) => `Einstellungen (${changed})`,
  changed: "geändert",
  withSecondModule: (size) => `Mit dem zweiten Modul${size}`,
  size: (bytes, compressed) => ` (${bytes}, ${compressed}, wenn der Server komprimiert)`,
  noWebgpu: "WebGPU (hier nicht)",
  allOf: (all) => `alle ${count(all)}`,
  someOf: (some, all) => `${count(some)} von ${count(all)}`,
  notSetUp: "nicht bereit",
  runs: {
    main: "das Modell",
    without_transfer: "allein",
    shuffled: "vertauschte Verknüpfungen",
    cold: "Neulinge",
    cold_without_transfer: "Neulinge allein",
    cold_biases: "Neulinge, nur Bias-Terme",
    cold_shuffled: "Neulinge, vertauschte Verknüpfungen",
    cold_shuffled_again: "Neulinge, nochmals vertauscht",
    everything: "",
  },
  epochs: (n) => counted(n, "Epoche", "Epochen"),
  sweeps: (n) => counted(n, "Durchlauf", "Durchläufe"),

  failed: "Das Training ist gescheitert.",
  pausing: "Hält nach diesem Schritt an …",
  left: (seconds) => `, noch etwa ${duration(seconds)}`,
  waiting: "Wartet auf mindestens zwei Dateien mit gemeinsamen Personen",
  unfit: "So nicht zu trainieren: siehe, was bei den Dateien steht",
  stale: "Einstellungen geändert: Trainieren beginnt mit ihnen von vorn",
  paused: "Angehalten",
  pausedAt: (at) => `Angehalten. ${at}`,
  pausedAfterSweep: (sweep, sweeps) => `Angehalten nach Durchlauf ${sweep} von ${sweeps}`,
  pausedAfterEpochs: (epochs) => `Angehalten nach ${counted(epochs, "Epoche", "Epochen")}`,
  after: (done) => done.join(" und "),
  doneAfter: (done) => `Fertig: ${done}`,
  done: (why) => `Fertig: ${why}`,
  ready: "Bereit.",
  readyOnCpu: (fallback) => `Bereit, auf der CPU: kein ${fallback ? "echtes " : ""}WebGPU hier.`,
  watch: "Trainieren und die Karte beobachten.",
  webgpuRefused: (why) => `Bereit, auf der CPU: WebGPU startete nicht (${why})`,
  repeat: (repeat, repeats) => `, Wiederholung ${repeat} von ${repeats}`,
  atSweep: (sweep, sweeps) => `, Durchlauf ${sweep} von ${sweeps}`,
  atEpoch: (epoch) => `, Epoche ${epoch}`,
  trainingKept: (step) => `Trainiert das Modell, das behalten wird, auf allen Bewertungen${step}`,
  measuring: (run, runs, what, rest) => `Misst ${run} von ${runs}: ${what}${rest}`,
  kept: (steps, seconds) => `Behaltenes Modell: ${steps} auf allem, ${seconds < 10 ? fixed(seconds, 1) : count(seconds)}\u202fs`,

  abilities(crosses, toNewcomers, features) {
    const reach = !crosses
      ? "Kennt jeden Bereich für sich: Nichts überträgt sich"
      : toNewcomers
        ? "Der Geschmack überträgt sich, auch auf Neulinge"
        : "Etwas überträgt sich zwischen den Bereichen";
    return `${reach}; ${features ? "nutzt Merkmalstabellen" : "nutzt keine Merkmalstabellen"}.`;
  },
  noMap:
    "Keine zwei der Bereiche haben 30 gemeinsame Personen mit Bewertungen in beiden. Aus weniger lässt sich keine Abbildung lernen: Was sich überträgt, ist Milde, wie hoch jemand bewertet, und es gibt keine Wolken zu drehen. Zahlen und Empfehlungen gibt es wie bei jedem Modell.",
  mapInside: (name) => `Die Abbildung von ${name} wirkt in seinem Inneren und wird nicht gezeichnet. Zahlen und Empfehlungen gibt es wie bei jedem Modell.`,
  noClouds: (name) =>
    `${name} lernt keine Abbildung zwischen den Personen der Bereiche, deshalb gibt es keine Wolken zu drehen. Zahlen und Empfehlungen gibt es wie bei jedem Modell.`,

  loadingSecondModule: (size) => `Zweites Modul wird geladen${size}`,
  theNetwork: (network) => `das Netz ${network}`,
  theEncoder: (encoder) => `der Encoder ${encoder}`,
  secondModuleMissing: (what, why) =>
    `Das zweite Modul, mit dem ${what} trainiert, konnte nicht geladen werden (${why}). Dateien, Einstellungen und Gelerntes sind, wie sie waren: Verbindung herstellen und erneut trainieren, oder etwas anderes wählen.`,

  backToPreset: "Zurück zum Rezept",
  locked: "Während des Trainings gesperrt",
  presets: { robust: "Robust", paper: "Original" },
  fromPreset: (preset) => `Nach dem Rezept „${preset}“; Änderungen sind markiert`,
  inPaper: (value) => `Artikel: ${value}`,
  yes: "ja",
  no: "nein",
  empty: "leer",
  stays: (value, allowed) => `Bleibt ${value}. Möglich: ${allowed}.`,
  fieldStays: (field, value, allowed) => `${field} bleibt ${value}. Möglich: ${allowed}.`,
  allowed({ lo, hi, whole, most, none }) {
    const [one, many] = whole ? ["eine ganze Zahl", "ganze Zahlen"] : ["eine Zahl", "Zahlen"];
    const kind = most === undefined ? one : `1 bis ${most} ${many}`;
    const ends = hi === Infinity ? ` ab ${plainNumber(lo)}` : ` von ${plainNumber(lo)} bis ${plainNumber(hi)}`;
    return `${kind}${ends}${none === undefined ? "" : `, oder leer für ${none}`}`;
  },

  leftOut: (parts) => `Aus dem Link wurde weggelassen: ${parts.join("; ")}. Der Rest wird gezeigt.`,
  useOneOf: (values) => `möglich: ${values.join(" oder ")}`,
  usePerson: "möglich: der Buchstabe eines Bereichs und eine Zahl, etwa a-12",
  useShare: "möglich: eine Zahl von 0 bis 1",
  unknownKey: "nichts heißt so",
  noSuchModel: "ein solches Modell gibt es nicht",
  useTruth: (label) => `${label}: möglich sind true und false`,
  useOption: (label, options) => `${label}: möglich sind ${options.join(", ")}`,
  useAllowed: (label, allowed) => `${label}: möglich ist ${allowed}`,
  nobodyThere: "in diesen Daten ist dort niemand",

  report: {
    generated: "erzeugte Beispieldaten",
    domain: (name, ratings, people, items, origin) =>
      `${name}: ${count(ratings)} Bewertungen, ${count(people)} Personen, ${count(items)} Objekte (${origin})`,
    seeds: (seeds) => (seeds.length > 1 ? `Startwerte ${seeds.join(", ")}` : `Startwert ${seeds[0]}`),
    recipe: (preset) => `Rezept „${preset}“`,
    settings: "Einstellungen",
    data: "Daten",
    printed: (when, isDone) => `Gedruckt am ${when}${isDone ? "" : "; das Training ist noch nicht zu Ende"}.`,
    model: (model, how) => `Modell ${model}. ${how}.`,
  },
};
