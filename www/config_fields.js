// What the settings mean, in words; the values and presets themselves come from the core. A field that is not listed
// here is still shown, under "Other".

/**
 * @typedef {object} Field
 * @property {string} label
 * @property {string} help one sentence
 * @property {string} [formula]
 * @property {string[]} [options] of an enumeration
 * @property {string} [none] what it means when it is left empty, where it may be
 */

/** @type {[group: string, fields: Record<string, Field>][]} */
export const GROUPS = [
  [
    "What is measured",
    {
      test_fraction: { label: "Kept for the test", help: "Share of each domain's ratings that training never sees." },
      validation_fraction: {
        label: "Kept to know when to stop",
        help: "Share of the remaining ratings that decides which epoch was best; they are trained on where nothing asks for them.",
      },
      held_out_overlap: {
        label: "Pairs hidden from the map",
        help: "Share of the people in both whose link is hidden, so that the map is measured on pairs it has not seen.",
      },
      cold_fraction: {
        label: "Newcomers",
        help: "Share of the people in both who lose all ratings of one domain in the newcomer measurement.",
      },
      relevance_threshold: {
        label: "Relevant from",
        help: "A rating counts as relevant from here up, for precision and recall.",
        formula: "(r − lo) / (hi − lo) ≥ threshold",
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
      },
      unit_ball: {
        label: "Kept in the unit ball",
        help: "Vectors longer than 1 are shortened to 1.",
        formula: "w ← w / max(1, ‖w‖)",
      },
      autoencoder_hidden: {
        label: "Autoencoder layers",
        help: "Hidden layers of the encoder; the decoder mirrors them.",
      },
      autoencoder_epochs: {
        label: "Autoencoder epochs",
        help: "Passes over the rows for each autoencoder.",
      },
      autoencoder_learning_rate: { label: "Autoencoder step", help: "Step size of the autoencoders' optimiser." },
    },
  ],
  [
    "Prediction",
    {
      recommender_hidden: {
        label: "Network layers",
        help: "Hidden layers of the two recommendation networks.",
        formula: "r̂ = RS(W_u, W_i)",
      },
      dropout: { label: "Dropout", help: "Share of hidden units left out at random in each step." },
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
      tower_l2: { label: "Penalty on that map", help: "Factor of the squared weights in the loss.", formula: "λ ‖T‖²" },
      item_dropout: {
        label: "Items made unknown",
        help: "Share of training rows whose item is treated as new, so that features learn to stand in for it.",
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
      cross_weight: { label: "Its weight", help: "Factor of the cross-domain loss." },
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
      },
      pair_weight: {
        label: "Pull on pairs",
        help: "How strongly the two vectors of one person are drawn together while they are learnt.",
        formula: "λ ‖X u_A − u_B‖²",
      },
      mix: {
        label: "Mix for known people",
        help: "Whether predictions for people with ratings are mixed with those through the map; validation decides how much.",
      },
      overlap_users: {
        label: "People in both used",
        help: "How many people in both the map is learnt from; left empty, all.",
        none: "all",
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
      batch: { label: "Ratings a step", help: "Rows of one step of the optimiser." },
      learning_rate: { label: "Step size", help: "Step size of Adam." },
      updated_rows: {
        label: "Vectors a step moves",
        help: "Those of the people and items in the step, or all, by the momentum they still have. The first takes no longer when there are many of them.",
        options: ["touched", "all"],
      },
      row_l2: {
        label: "Penalty on vectors",
        help: "Shrinks the vectors, less where there are many ratings.",
        formula: "λ (‖u‖²/n_u + ‖v‖²/n_i)",
      },
      weight_decay: { label: "Penalty on networks", help: "Shrinks the weights of the recommendation networks." },
      epochs: { label: "Epochs, at most", help: "Passes over the training ratings." },
      tolerance: {
        label: "Stop below a change of",
        help: "Without patience, training ends when the loss, measured without dropout on fixed ratings, has changed by less than this in each of three epochs.",
      },
      patience: {
        label: "Patience",
        help: "Ends after so many epochs without a better validation error, and returns to the best; left empty, never.",
        none: "never",
      },
    },
  ],
];

/** Fields that have a control of their own in the panel. */
export const ELSEWHERE = ["seed"];
