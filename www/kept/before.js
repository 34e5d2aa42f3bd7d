// The run before as it is kept beside the work: written as it is, and of what is read no more is taken than can stand beside the
// present run.

/** @import { Config, Source } from "../border.d.ts" */
/** @import { Epoch, Sweep } from "../store.js" */
/** @import { FiguresBefore, RunBefore } from "../run_before.js" */

const VERSION = 1;
/** Whose errors newcomers have, rung by rung. @type {Source[]} */
const SOURCES = ["mean", "bias", "crossed_bias", "alone", "biases", "shuffled", "shuffled_again", "linked"];

/** @param {RunBefore} before */
export const written = (before) => `${JSON.stringify({ version: VERSION, ...before })}\n`;

/** @param {string} text @returns {RunBefore | null} null where it is none, or one of another version */
export function parsed(text) {
  try {
    const { version, config, device, samples, history, sweeps, report } = JSON.parse(text);
    if (version !== VERSION) return null;
    return {
      config: configOf(config),
      device: oneOf(["webgpu", "cpu"], device),
      samples: samples === true,
      history: listOf(epochOf, history),
      sweeps: listOf(sweepOf, sweeps),
      report: figuresOf(report),
    };
  } catch {
    return null;
  }
}

/** @param {any} config @returns {Config} */
function configOf(config) {
  if (typeof config !== "object" || config === null) throw new TypeError();
  return config;
}

/** @param {any} epoch @returns {Epoch} */
const epochOf = ({ epoch, domains, mapping }) => ({
  epoch: number(epoch),
  domains: listOf(({ own, cross, validation_rmse }) => ({ own: loss(own), cross: figure(cross), validation_rmse: figure(validation_rmse) }), domains),
  mapping: mapping && {
    loss: loss(mapping.loss),
    closed_form_loss: loss(mapping.closed_form_loss),
    orthogonality_error: loss(mapping.orthogonality_error),
    alignment: figure(mapping.alignment),
  },
});

/** @param {any} sweep @returns {Sweep} */
const sweepOf = ({ sweep, sweeps, links }) => ({
  sweep: number(sweep),
  sweeps: number(sweeps),
  links: listOf(({ from, to, rho, scale, correlation, tau, lambda }) => ({ from: number(from), to: number(to), rho: loss(rho), scale: loss(scale), correlation: loss(correlation), tau: loss(tau), lambda: loss(lambda) }), links),
});

/** @param {any} report @returns {FiguresBefore} */
const figuresOf = ({ domains, links, alignment }) => ({
  domains: listOf(
    ({ test_ratings, model, all, sparse, cold, ladder }) => ({
      test_ratings: number(test_ratings),
      model: { rmse: number(model.rmse) },
      all: groupOf(all),
      sparse: groupOf(sparse),
      cold: groupOf(cold),
      ladder: listOf(({ source, rmse }) => ({ source: oneOf(SOURCES, source), rmse: number(rmse) }), ladder),
    }),
    domains,
  ),
  links: listOf(({ domains: [from, to], alignment }) => ({ domains: [number(from), number(to)], alignment: distanceOf(alignment) }), links),
  alignment: distanceOf(alignment),
});

/** @param {any} group */
const groupOf = ({ users, ratings, with_transfer }) => ({ users: number(users), ratings: number(ratings), with_transfer: figure(with_transfer) });

/** @param {any} alignment */
const distanceOf = (alignment) => alignment && { pairs: number(alignment.pairs), mapped: number(alignment.mapped) };

/** @param {unknown} value */
function number(value) {
  if (typeof value !== "number") throw new TypeError();
  return value;
}

/** @param {unknown} value */
const figure = (value) => (value === null ? null : number(value));

/** A training that ran away has losses that are no numbers, which are written as null. @param {unknown} value */
const loss = (value) => figure(value) ?? Number.NaN;

/** @template T @param {(each: any) => T} of @param {any} values @returns {T[]} */
const listOf = (of, values) => values.map((/** @type {unknown} */ each) => of(each));

/** @template {string} T @param {readonly T[]} values @param {unknown} value */
function oneOf(values, value) {
  const found = values.find((each) => each === value);
  if (found === undefined) throw new TypeError();
  return found;
}
