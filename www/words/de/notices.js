// Woran die Seite ist, was misslang und was sich rückgängig machen lässt.

import { listOf, megabytes } from "../../format.js";

/** @import { Words } from "../words.js" */

/** @type {Words["notices"]} */
export const notices = {
  starting: "Startet",
  startingAgain: "Startet neu",
  settingUp: "Modell wird vorbereitet",
  bringingBackKept: "Gespeichertes wird zurückgeholt",
  bringingBack: "Der frühere Stand wird zurückgeholt",
  readingDataAgain: "Daten werden neu gelesen",
  readingAgain: "Wird neu gelesen",
  makingSample: "Beispiel wird erzeugt",
  reading: (file) => `${file} wird gelesen`,
  removing: "Wird entfernt",
  waitForStart: (files) => `Wird geöffnet, sobald die Seite gestartet ist: ${files.join(", ")}`,

  notKept: (why) => `Was hier trainiert wird, kann nicht für den nächsten Besuch gespeichert werden (${why}). Es geht trotzdem weiter.`,
  brokenLeftOut: "Was ein früherer Besuch hier gespeichert hat, lässt sich nicht lesen und wurde weggelassen.",
  unreadable: (why) => `Was ein früherer Besuch hier gespeichert hat, lässt sich nicht lesen (${why}); es bleibt, wie es ist.`,
  openElsewhere: "Das Gespeicherte ist inzwischen in einem anderen Tab offen",
  notBroughtBack: (why) => `Das Gespeicherte konnte nicht zurückgeholt werden: ${why}`,
  mapFailed: (why) =>
    `Die Karte kann hier nicht mehr gezeichnet werden (${why}). Alles andere geht weiter; neu geladen zeigt die Seite auch die Karte wieder.`,
  workerEnded: "der Worker endete",
  learntWithout: (file) => `Das Gelernte kannte ${file} noch nicht. Trainieren lernt damit neu; Rückgängig führt zum Gelernten zurück.`,
  notOpened: (most, files) =>
    `${most} Dateien mit Bewertungen haben Platz; nicht geöffnet: ${files.join(", ")}. Tabellen über Personen oder Objekte werden unter „Details“ geöffnet.`,
  theFile: "Die Datei",
  aFile: "Eine Datei",
  readOtherwise: (name) => `${name} wurde anders gelesen`,
  linkWaits: "Ein Training läuft: Die Einstellungen des Links wurden nicht übernommen. Training anhalten und den Link erneut öffnen.",
  noExperiment: (name, names) => `Ein Experiment „${name}“ gibt es nicht; es gibt ${names.join(", ")}`,
  noData: "Es gibt keine Daten",
  reload: (why) => `${why}. Die Seite neu laden, um es noch einmal zu versuchen.`,
  cannotGoOn: "Es geht nicht weiter; bitte die Seite neu laden",
  notGoneOnWith: (why) => `Das Training lässt sich nicht fortsetzen (${why}). Daten und Einstellungen sind zurück; Trainieren beginnt neu.`,
  stopped({ why, onCpu, goesOn, isKept, wasTraining, outOfMemory }) {
    const numbers = onCpu ? "auf der CPU" : "mit denselben Zahlen";
    let next = onCpu ? ", und die CPU übernimmt" : "";
    if (goesOn) next = isKept ? `, und das Training geht vom letzten Zwischenstand weiter, ${numbers}` : `, und das Training beginnt neu, ${numbers}`;
    else if (isKept) next += "; das Gelernte ist vom letzten Zwischenstand zurück";
    else if (wasTraining) next += `; Trainieren beginnt von vorn, ${numbers}`;
    const remedy = outOfMemory ? " Kleinere Dateien, weniger Ziehungen (Durchläufe, Ausdünnung) oder weniger Dimensionen brauchen weniger." : "";
    return `Die Berechnung brach ab (${why}). Die Daten werden neu gelesen${next}.${remedy}`;
  },
  workers: {
    outOfMemory: "der Speicher reichte nicht",
    ended: "der Worker ist beendet",
    notStarted: "der Worker konnte nicht starten",
    silent: "er antwortete nicht",
    notCompiled: (why) => `Der kompilierte Kern startete nicht: ${why}`,
  },

  sampleLoaded: "Das Beispiel wurde geladen",
  opened: (file) => `${file} wurde geöffnet`,
  removed: (name) => `${name} wurde entfernt`,
  tooLarge: (file) => `${file}: Die Datei ist größer als 512 MB. Bitte eine kleinere daraus machen`,
  nothingToRead: "Es gibt nichts neu zu lesen",
  nothingToUndo: "Es gibt nichts rückgängig zu machen",
  nothingLeftOut: "Es gibt keine Datei mit weggelassenen Zeilen",
  fileUnreadable: (file) =>
    `${file}: Der Browser kann die Datei nicht lesen; vielleicht wurde sie seit dem Öffnen geändert, verschoben oder gelöscht. Bitte neu öffnen`,

  unkept: {
    noFiles: (why) => `Dieser Browser speichert keine Dateien für die Seite (${why})`,
    noLocks: "Dieser Browser hat keine Sperren zwischen Tabs",
    newResults: (why) => `Neue Ergebnisse werden nicht gespeichert (${why})`,
    noRoom: "es ist kein Platz mehr",
    noLock: "er gibt keine Sperre",
    fileGone: (file) => `${file} ist nicht mehr da`,
  },

  kept: {
    title: "Hier gespeichert",
    text: "Damit ein Neuladen, ein Absturz oder ein geschlossener Tab nichts kostet, speichert dieser Browser die eigenen Dateien und wie sie gelesen wurden, die Einstellungen, die Zahlen des Laufs von vorher und alle paar Sekunden den Stand des Trainings. Alles bleibt auf diesem Gerät. Ergebnisse von Experimenten liegen getrennt davon und werden in ihrer Ansicht gelöscht.",
    keepFiles: "Meine Dateien in diesem Browser speichern",
    remove: "Alles Gespeicherte löschen",
    nothingOutlives: (why) => `${why}: Nichts überdauert die Seite.`,
    nothing: "Zurzeit ist nichts gespeichert.",
    now: (bytes) => `Zurzeit gespeichert: ${megabytes(bytes)}.`,
    deleted: (others) => `Gelöscht${others > 0 ? `; woran andere Tabs sind, bleibt (${megabytes(others)})` : ""}. Was als Nächstes trainiert wird, wird wieder gespeichert.`,
  },
  offer: {
    today: (clock) => `heute um ${clock}`,
    yesterday: (clock) => `gestern um ${clock}`,
    onDay: (clock, day) => `am ${day} um ${clock}`,
    opened: (files, when) => `Hier wurde ${when} geöffnet: ${listOf(files)}.`,
    trained: (names, when, share) => `Hier wurde ${when} trainiert: ${listOf(names)}, ${share === null ? "ganz" : share} fertig.`,
  },
};
