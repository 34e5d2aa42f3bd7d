// What the settings mean, in words; the values and presets themselves come from the core. A field that is not listed
// here is still shown, under "Other".

/**
 * @typedef {object} Field
 * @property {string} label
 * @property {string} help one sentence
 * @property {string} [formula]
 * @property {string[]} [options] of an enumeration
 * @property {[lo: number, hi: number]} [range] of a number, as the core checks it
 * @property {boolean} [whole] whether only whole numbers may be used
 * @property {number} [most] of a list: how long it may be
 * @property {string} [none] what it means when it is left empty, where it may be
 * @property {boolean} [ours] whether the paper has nothing like it
 */

/** @type {[group: string, fields: Record<string, Field>][]} */
export const GROUPS = [
  [
    "What is measured",
    {
      repeats: {
        label: "Repeats, each with its own seed",
        help: "The whole measurement is done so many times, with the seeds that follow the first; figures are means, and intervals then cover seeds as well as people.",
        range: [1, 100],
        whole: true,
        ours: true,
      },
      train_on_everything: {
        label: "A last training on everything",
        help: "After the measurement a model is trained on all ratings and all links, for as many epochs as were best; it is the one that recommends and is saved.",
        ours: true,
      },
      test_fraction: {
        label: "Kept for the test",
        help: "Share of each domain's ratings that training never sees.",
        range: [0.01, 0.9],
      },
      validation_fraction: {
        label: "Kept to know when to stop",
        help: "Share of the remaining ratings that decides which epoch was best; they are trained on where nothing asks for them.",
        range: [0, 0.5],
        ours: true,
      },
      held_out_overlap: {
        label: "Pairs hidden from the map",
        help: "Share of the people in both whose link is hidden, so that the map is measured on pairs it has not seen.",
        range: [0, 0.9],
        ours: true,
      },
      cold_fraction: {
        label: "Newcomers",
        help: "Share of the people in both who lose all ratings of one domain in the newcomer measurement.",
        range: [0.01, 0.45],
        ours: true,
      },
      relevance_threshold: {
        label: "Relevant from",
        help: "A rating counts as relevant from here up, for precision and recall.",
        formula: "(r − lo) / (hi − lo) ≥ threshold",
        range: [0, 1],
      },
    },
  ],
  [
    "Vectors of people and items",
    {
      dimension: {
        label: "Dimensions k",
        help: "How many numbers describe a person or an item.",
        formula: "W_u, W_i ∈ ℝᵏ",
        range: [1, 256],
        whole: true,
      },
      embeddings: {
        label: "Where they come from",
        help: "Learnt end to end; or frozen codes of autoencoders, of the feature tables where there are some (the paper's section 3.1), or on every side, where those without a table are coded by four fifths of their ratings and the networks train on the rest.",
        options: ["learnt", "features", "autoencoder"],
      },
      embedding_deviation: {
        label: "Spread at the start",
        help: "Standard deviation of learnt vectors before training.",
        formula: "u, v ~ N(0, σ²)",
        range: [0, 1],
      },
      unit_ball: {
        label: "Kept in the unit ball",
        help: "Vectors longer than 1 are shortened to 1.",
        formula: "w ← w / max(1, ‖w‖)",
      },
      autoencoder_hidden: {
        label: "Autoencoder layers",
        help: "Hidden layers of the encoder; the decoder mirrors them.",
        range: [1, 1024],
        whole: true,
        most: 4,
      },
      autoencoder_epochs: {
        label: "Autoencoder epochs",
        help: "Passes over the rows for each autoencoder.",
        range: [1, 1000],
        whole: true,
      },
      autoencoder_learning_rate: {
        label: "Autoencoder step",
        help: "Step size of the autoencoders' optimiser.",
        range: [1e-6, 0.1],
      },
    },
  ],
  [
    "Prediction",
    {
      recommender_hidden: {
        label: "Network layers",
        help: "Hidden layers of the two recommendation networks.",
        formula: "r̂ = RS(W_u, W_i)",
        range: [1, 1024],
        whole: true,
        most: 4,
      },
      dropout: { label: "Dropout", help: "Share of hidden units left out at random in each step.", range: [0, 0.9] },
      dot_product: {
        label: "Add the dot product",
        help: "Whether the product of both vectors is added to the network's output.",
        formula: "r̂ = … + ⟨u, v⟩",
      },
      bias: {
        label: "Start from biases",
        help: "Whether predictions start from the mean and from how kindly the person and the item are rated.",
        formula: "r̂ = μ + b_u + b_i + …",
      },
      leave_one_out: {
        label: "Biases without the row itself",
        help: "In training a rating sees biases that were fitted without it.",
      },
      bias_inputs: {
        label: "Biases as inputs",
        help: "Whether biases and counts of ratings are inputs of the network.",
      },
      feature_prior: {
        label: "Biases from features",
        help: "Where there are feature tables, biases of rarely rated people and items lean on them.",
      },
      side_tower: {
        label: "Features added to vectors",
        help: "Where there are feature tables, a linear map of them is added to the learnt vectors.",
        formula: "u = learnt + features · T_u",
      },
      tower_l2: {
        label: "Penalty on that map",
        help: "Factor of the squared weights in the loss.",
        formula: "λ ‖T‖²",
        range: [0, 10],
      },
      item_dropout: {
        label: "Items made unknown",
        help: "Share of training rows whose item is treated as new, so that features learn to stand in for it.",
        range: [0, 0.9],
      },
    },
  ],
  [
    "Transfer",
    {
      schedule: {
        label: "Order of the passes",
        help: "One pass after another as in Algorithm 1, or all losses in every step.",
        options: ["alternating", "joint"],
      },
      cross_step: {
        label: "Cross-domain step",
        help: "Which network learns from the mapped person: the paper's algorithm and its equations differ, and “target” trains what a transfer is for.",
        formula:
          "algorithm1: r*_A = RS_B(X W_uA, W_iA); equations: RS_A(X W_uA, W_iA); target: r*_B = RS_B(X W_uA, W_iB)",
        options: ["algorithm1", "equations", "target", "none"],
      },
      cross_weight: { label: "Its weight", help: "Factor of the cross-domain loss.", range: [0, 100] },
      mapping_update: {
        label: "How X is found",
        help: "In closed form once an epoch, or by gradient steps.",
        formula: "Procrustes: X = U Vᵀ of Σ W_uB W_uAᵀ",
        options: ["procrustes", "gradient"],
      },
      mapping_optimiser: {
        label: "What a gradient step is",
        help: "Adam, or the plain step of Algorithm 1 on the mean loss of a batch of people in both.",
        formula: "plain: X ← X − α dL/dX",
        options: ["adam", "plain"],
      },
      orthogonalisation: {
        label: "How X stays orthogonal",
        help: "What follows each gradient step on X.",
        formula: "Xᵀ X = I",
        options: ["gram-schmidt", "polar"],
      },
      mapping_learning_rate: {
        label: "Step of X",
        help: "Step size of the gradient steps on X: at most 0.1 with Adam, below 0.5 with plain steps.",
        range: [1e-6, 0.499],
      },
      pair_weight: {
        label: "Pull on pairs",
        help: "How strongly the two vectors of one person are drawn together while they are learnt.",
        formula: "λ ‖X u_A − u_B‖²",
        range: [0, 100],
      },
      mix: {
        label: "Mix for known people",
        help: "Whether predictions for people with ratings are mixed with those through the map; validation decides how much.",
      },
      overlap_users: {
        label: "People in both used",
        help: "How many people in both the map is learnt from; left empty, all.",
        none: "all",
        range: [0, Infinity],
        whole: true,
      },
      discard_unlinked: {
        label: "Leave the others out",
        help: "Whether the ratings of the other people in both are left out of training and test, as in the paper's figure 3; else they stay as those of two strangers.",
      },
    },
  ],
  [
    "Training",
    {
      batch: { label: "Ratings a step", help: "Rows of one step of the optimiser.", range: [1, 1048576], whole: true },
      learning_rate: { label: "Step size", help: "Step size of Adam.", range: [1e-6, 0.1] },
      updated_rows: {
        label: "Vectors a step moves",
        help: "Those of the people and items in the step, or all, by the momentum they still have. The first takes no longer when there are many of them.",
        options: ["touched", "all"],
        ours: true,
      },
      row_l2: {
        label: "Penalty on vectors",
        help: "Shrinks the vectors, less where there are many ratings.",
        formula: "λ (‖u‖²/n_u + ‖v‖²/n_i)",
        range: [0, 1000],
      },
      weight_decay: {
        label: "Penalty on networks",
        help: "Shrinks the weights of the recommendation networks.",
        range: [0, 1],
      },
      epochs: { label: "Epochs, at most", help: "Passes over the training ratings.", range: [1, 100000], whole: true },
      tolerance: {
        label: "Stop below a change of",
        help: "Without patience, training ends when the loss, measured without dropout on fixed ratings, has changed by less than this in each of three epochs.",
        range: [0, 1],
      },
      patience: {
        label: "Patience",
        help: "Ends after so many epochs without a better validation error, and returns to the best; left empty, never.",
        none: "never",
        range: [1, Infinity],
        whole: true,
      },
    },
  ],
];

/** Fields that have a control of their own in the panel. */
export const ELSEWHERE = ["seed"];

/**
 * What may be typed into a field for numbers.
 * @param {string} name
 * @returns {import("./number_field.js").Allowed}
 */
export function allowedIn(name) {
  const field = GROUPS.map(([, fields]) => fields[name]).find(Boolean);
  // The core is asked about whatever this page does not know.
  return { range: [-Infinity, Infinity], ...field };
}
