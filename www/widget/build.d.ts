/** The text of core_worker.js with all that it imports; scripts/widget_package.mjs puts it in. */
declare const CORE_WORKER: string;
