// What the page is at, what went wrong and what can be undone: texts that are told of the page as a whole.

import { listOf, megabytes } from "../../format.js";

export const notices = {
  starting: "Starting",
  startingAgain: "Starting again",
  settingUp: "Setting up the model",
  bringingBackKept: "Bringing back what was kept",
  bringingBack: "Bringing back what there was",
  readingDataAgain: "Reading the data again",
  readingAgain: "Reading again",
  makingSample: "Making the sample",
  /** @param {string} file */
  reading: (file) => `Reading ${file}`,
  removing: "Removing",
  /** @param {string[]} files */
  waitForStart: (files) => `Opened as soon as the page has started: ${files.join(", ")}`,

  /** @param {string} why */
  notKept: (why) => `What is trained here cannot be kept for the next visit (${why}). It goes on all the same.`,
  brokenLeftOut: "What an earlier visit kept here cannot be read and was left out.",
  /** @param {string} why */
  unreadable: (why) => `What an earlier visit kept here cannot be read (${why}); it is left alone.`,
  openElsewhere: "What was kept is open in another tab by now",
  /** @param {string} why */
  notBroughtBack: (why) => `What was kept could not be brought back: ${why}`,
  /** @param {string} why */
  mapFailed: (why) => `The map cannot be drawn here any more (${why}). Everything else works on; to see the map again, reload the page.`,
  workerEnded: "the worker ended",
  /** @param {string} file */
  learntWithout: (file) => `What was learnt did not know ${file}. Train learns anew with it; Undo goes back to what was learnt.`,
  /** @param {number} most @param {string[]} files */
  notOpened: (most, files) =>
    `${most} rating files fit; not opened: ${files.join(", ")}. Tables about people or items are opened under Details.`,
  theFile: "The file",
  aFile: "A file",
  /** @param {string} name */
  readOtherwise: (name) => `${name} was read in another way`,
  linkWaits: "A training is under way: the link’s settings were not taken. Pause it and open the link again.",
  /** @param {string} name @param {string[]} names */
  noExperiment: (name, names) => `There is no experiment “${name}”; there are ${names.join(", ")}`,
  noData: "There is no data",
  /** @param {string} why */
  reload: (why) => `${why}. Reload the page to try again.`,
  cannotGoOn: "It cannot go on; reload the page",
  /** @param {string} why */
  notGoneOnWith: (why) => `What was trained cannot be gone on with (${why}). Data and settings are back; press Train to begin anew.`,
  /**
   * Why a worker was replaced, and what of a training.
   * @param {{ why: string, onCpu: boolean, goesOn: boolean, isKept: boolean, wasTraining: boolean, outOfMemory: boolean }} told
   */
  stopped({ why, onCpu, goesOn, isKept, wasTraining, outOfMemory }) {
    const numbers = onCpu ? "on the CPU" : "with the same numbers";
    let next = onCpu ? " and the CPU takes over" : "";
    if (goesOn) next = isKept ? `, and the training goes on from its last checkpoint ${numbers}` : `, and the training begins again ${numbers}`;
    else if (isKept) next += "; what was learnt is back from its last checkpoint";
    else if (wasTraining) next += `; press Train to start over ${numbers}`;
    const remedy = outOfMemory ? " Smaller files, fewer draws (Sweeps, Thinning) or fewer dimensions need less." : "";
    return `The computation stopped (${why}). The data are read again${next}.${remedy}`;
  },
  /** Why a worker is gone. */
  workers: {
    outOfMemory: "it ran out of memory",
    ended: "its worker has ended",
    notStarted: "the worker could not be started",
    silent: "it did not answer",
    /** @param {string} why */
    notCompiled: (why) => `The compiled core did not start: ${why}`,
  },

  sampleLoaded: "The sample was loaded",
  /** @param {string} file */
  opened: (file) => `${file} was opened`,
  /** @param {string} name */
  removed: (name) => `${name} was removed`,
  /** @param {string} file */
  tooLarge: (file) => `${file}: the file is larger than 512 MB. Cut it into a smaller one`,
  nothingToRead: "There is nothing to read again",
  nothingToUndo: "There is nothing to undo",
  nothingLeftOut: "There is no file of which rows were left out",
  /** @param {string} file */
  fileUnreadable: (file) =>
    `${file}: the browser cannot read the file; it may have been changed, moved or deleted since it was opened. Open it again`,

  /** Why nothing outlives the page. */
  unkept: {
    /** @param {string} why */
    noFiles: (why) => `This browser keeps no files for the page (${why})`,
    noLocks: "This browser has no locks between tabs",
    /** @param {string} why */
    newResults: (why) => `New results are not kept (${why})`,
    noRoom: "there is no room left",
    noLock: "it gives no lock",
    /** @param {string} file */
    fileGone: (file) => `${file} is not there any more`,
  },

  kept: {
    title: "Kept here",
    text: "So that a reload, a crash or a closed tab loses nothing, this browser keeps your files and how they were read, the settings, the figures of the run before, and every few seconds the state of the training. It stays on this machine. Results of experiments are kept apart, and deleted in their view.",
    keepFiles: "Keep my files in this browser",
    remove: "Delete all that is kept",
    /** @param {string} why */
    nothingOutlives: (why) => `${why}: nothing outlives the page.`,
    nothing: "Nothing is kept now.",
    /** @param {number} bytes */
    now: (bytes) => `Kept now: ${megabytes(bytes)}.`,
    /** @param {number} others bytes that other tabs have */
    deleted: (others) => `Deleted${others > 0 ? `; what other tabs are at stays (${megabytes(others)})` : ""}. What you train next is kept again.`,
  },
  offer: {
    /** @param {string} clock */
    today: (clock) => `here today at ${clock}`,
    /** @param {string} clock */
    yesterday: (clock) => `here yesterday at ${clock}`,
    /** @param {string} clock @param {string} day */
    onDay: (clock, day) => `here on ${day} at ${clock}`,
    /** @param {string[]} files @param {string} when */
    opened: (files, when) => `You opened ${listOf(files)} ${when}.`,
    /** @param {string[]} names @param {string} when @param {string | null} share null: all */
    trained: (names, when, share) => `You trained ${listOf(names)} ${when}, ${share === null ? "all" : share} done.`,
  },
};
