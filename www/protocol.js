// The language between page and worker. The types of what is asked and answered are those of the compiled core, in
// border.d.ts; here is what the worker adds: each request is answered with one reply, and while it trains it sends `events`
// on its own, and every few seconds a checkpoint; while it does a job of an experiment, `progress`, 0 to 1. At its start it
// says which lock it holds: it is free again when the worker is gone.

/** @import { Export, Methods as CoreMethods, TrainState, TrainingEvent } from "./border.d.ts" */

/**
 * What the worker does of its own: a whole training, which it takes slice by slice, where who would rather do that asks for `advance`;
 * and a file as a Blob, of which the page handles no byte, however large it is.
 * @typedef {object} Own
 * @property {[arguments: { epochs: number | null }, reply: TrainState]} train runs until done or for that many epochs
 * @property {[arguments: {}, reply: TrainState]} pause
 * @property {[arguments: Export, reply: { name: string, content: Blob }]} save
 */

/** @typedef {CoreMethods & Own} Methods method name -> arguments and reply */

/**
 * @template {keyof Methods} [M=keyof Methods]
 * @typedef {{ [K in M]: { id: number, method: K, args: Methods[K][0] } }[M]} Request
 */

/** @typedef {Methods[keyof Methods][1]} Answer */

/**
 * Messages from the worker.
 * @typedef {(
 *   { id: number, result: Answer } |
 *   { id: number, error: string } |
 *   { events: TrainingEvent[], state: TrainState } |
 *   { checkpoint: Blob, fraction: number } |
 *   { progress: number } |
 *   { holds: string } |
 *   { fatal: string }
 * )} Reply
 */

/** The generated sample is the same for everybody; the seed of the page is that of the training. */
export const SAMPLE_SEED = 7;

/** Why a worker is gone, where nobody else says why: its module got no more memory, */
export const OUT_OF_MEMORY = "it ran out of memory";
/** it has ended by itself, */
export const ENDED = "its worker has ended";
/** it never began, */
export const NOT_STARTED = "the worker could not be started";
/** it was given up. */
export const SILENT = "it did not answer";
/** Another took its place, or nobody needs it any more. */
export const REPLACED = "The worker was replaced";
/** Before the reason for which the core did not start. */
export const NOT_COMPILED = "The compiled core did not start: ";
