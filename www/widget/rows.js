// Figures and recommendations as rows, which become data frames as they are.

/** @import { Advice, Report } from "../border.d.ts" */

/**
 * By domain: RMSE on ratings that were not trained on, on the unit scale, and what the model changes of the bias model's, as a
 * share, with a 95 % interval; null until the placebos tell what chance changes.
 * @param {Report} report
 */
export const figureRows = ({ domains }) =>
  domains.map(({ name, test_ratings, model, bias, mean, against_bias }) => ({
    domain: name,
    test_ratings,
    model: model.rmse,
    bias: bias.rmse,
    mean: mean.rmse,
    change: against_bias?.value ?? null,
    low: against_bias?.low ?? null,
    high: against_bias?.high ?? null,
  }));

/**
 * What comes next for a person, by domain and rank. `likely_low` and `likely_high` hold the rating with four chances in five, where
 * the model knows; `via_map`: nothing was rated here, and what is expected comes from the other domain.
 * @param {Advice} advice
 * @param {string[]} names of the domains
 */
export const recommendationRows = ({ domains }, names) =>
  domains.flatMap(({ next, via_map }, n) =>
    next.map(({ title, rating, likely, chance }, rank) => ({
      domain: names[n],
      rank: rank + 1,
      item: title,
      rating,
      likely_low: likely?.[0] ?? null,
      likely_high: likely?.[1] ?? null,
      chance,
      via_map,
    })),
  );
