//! The list of all settings. Their order is that of the page's form and of docs/settings.md.
//!
//! A new setting is a field of [`Config`], its value in the presets and an entry here; a field without an entry, or an
//! entry without a field, fails a test. `UPDATE_DOCS=1 cargo test --release --lib settings_table` writes the
//! documentation.

use super::schema::{Field, Kind, Place, Range};
use super::{Config, MAX_DIMENSION, MAX_HIDDEN_LAYERS, MAX_WIDTH};

const MEASURED: &str = "What is measured";
const VECTORS: &str = "Vectors of people and items";
const PREDICTION: &str = "Prediction";
const TRANSFER: &str = "Transfer";
const SAMPLING: &str = "Bayesian model";
const TRAINING: &str = "Training";

/// Step sizes of Adam.
pub(super) const ADAM_STEPS: Range = Range {
    lo: 1e-6,
    hi: 0.1,
    because: Some(
        "Adam moves every weight by about so much in each step, and most weights are smaller than that",
    ),
};

/// Every field of [`Config`], each once. A field without `paper` is one that the paper has nothing like.
pub const FIELDS: &[Field] = &[
    Field::new(MEASURED, "repeats", whole(1, 100, |c| c.repeats as u64)).says(
        "Repeats, each with its own seed",
        "The whole measurement is done so many times, with the seeds that follow the first; figures \
         are means, and intervals then cover seeds as well as people.",
    ),
    Field::new(MEASURED, "train_on_everything", Kind::Truth).says(
        "A last training on everything",
        "After the measurement a model is trained on all ratings and all links, for as many epochs as \
         were best; it is the one that recommends and is saved.",
    ),
    Field::new(MEASURED, "test_fraction", number(0.01, 0.9, |c| c.test_fraction))
        .says("Kept for the test", "Share of each domain's ratings that training never sees.")
        .paper("0.2: five folds (5.3)"),
    Field::new(MEASURED, "validation_fraction", number(0.0, 0.5, |c| c.validation_fraction)).says(
        "Kept to know when to stop",
        "Share of the remaining ratings that decides which epoch was best; they are trained on where \
         nothing asks for them.",
    ),
    Field::new(MEASURED, "held_out_overlap", number(0.0, 0.9, |c| c.held_out_overlap)).says(
        "Pairs hidden from the map",
        "Share of the people in both whose link is hidden, so that the map is measured on pairs it has \
         not seen.",
    ),
    Field::new(MEASURED, "cold_fraction", number(0.01, 0.45, |c| c.cold_fraction)).says(
        "Newcomers",
        "Share of the people in both who lose all ratings of one domain in the newcomer measurement.",
    ),
    Field::new(MEASURED, "relevance_threshold", number(0.0, 1.0, |c| c.relevance_threshold))
        .says("Relevant from", "A rating counts as relevant from here up, for precision and recall.")
        .formula("(r − lo) / (hi − lo) ≥ threshold")
        .paper("0.5: the upper half of the scale (5.3)"),
    Field::new(VECTORS, "dimension", whole(1, MAX_DIMENSION as u64, |c| c.dimension as u64))
        .says("Dimensions k", "How many numbers describe a person or an item.")
        .formula("W_u, W_i ∈ ℝᵏ")
        .paper("16 (5.4)"),
    Field::new(VECTORS, "embeddings", Kind::Choice(&["learnt", "features", "autoencoder"]))
        .says(
            "Where they come from",
            "Learnt end to end; or frozen codes of autoencoders, of the feature tables where there are \
             some (the paper's section 3.1), or on every side, where those without a table are coded by \
             four fifths of their ratings and the networks train on the rest.",
        )
        .paper("codes of the features (3.1), learnt where there are none (6.3)"),
    Field::new(VECTORS, "embedding_deviation", number(0.0, 1.0, |c| c.embedding_deviation))
        .says("Spread at the start", "Standard deviation of learnt vectors before training.")
        .formula("u, v ~ N(0, σ²)")
        .paper("not named"),
    Field::new(VECTORS, "unit_ball", Kind::Truth)
        .says("Kept in the unit ball", "Vectors longer than 1 are shortened to 1.")
        .formula("w ← w / max(1, ‖w‖)")
        .paper("yes (3.1)"),
    Field::new(VECTORS, "encoder", Kind::Choice(&["ae", "vae", "aae", "wae", "hvae"]))
        .says(
            "Autoencoder",
            "Which autoencoder makes codes, where codes are used: plain, variational, adversarial, Wasserstein \
             or hyperspherical. All but the plain one train with burn, on the CPU, for which the page loads its second \
             module; hvae needs two dimensions or more.",
        )
        .formula("‖x − x̂‖ (+ KL, + critic, + MMD)")
        .paper("ae (3.1); the others in section 6.5"),
    Field::new(VECTORS, "autoencoder_hidden", layers(|c| &c.autoencoder_hidden))
        .says("Autoencoder layers", "Hidden layers of the encoder; the decoder mirrors them.")
        .paper("32, and then the 16 of the code (5.4)"),
    Field::new(VECTORS, "autoencoder_epochs", whole(1, 1000, |c| c.autoencoder_epochs as u64))
        .says("Autoencoder epochs", "Passes over the rows for each autoencoder.")
        .paper("not named"),
    Field::new(VECTORS, "autoencoder_learning_rate", adam(|c| c.autoencoder_learning_rate))
        .says("Autoencoder step", "Step size of the autoencoders' optimiser.")
        .paper("not named"),
    Field::new(PREDICTION, "network", Kind::Choice(&["mlp", "cnn", "rnn", "attention", "adversarial"]))
        .says(
            "Recommendation network",
            "What the two recommendation networks are. All but the MLP train with burn, on the CPU, for which the page \
             loads its second module; cnn needs three dimensions or more.",
        )
        .formula("r̂ = RS(W_u, W_i)")
        .paper("mlp (3.4); the others in section 6.4"),
    Field::new(PREDICTION, "recommender_hidden", layers(|c| &c.recommender_hidden))
        .says("Network layers", "Hidden layers of the two recommendation networks.")
        .formula("r̂ = RS(W_u, W_i)")
        .paper("not named"),
    Field::new(PREDICTION, "dropout", number(0.0, 0.9, |c| c.dropout))
        .says("Dropout", "Share of hidden units left out at random in each step.")
        .paper("there is some (3.4), the share is not named"),
    Field::new(PREDICTION, "dot_product", Kind::Truth)
        .says("Add the dot product", "Whether the product of both vectors is added to the network's output.")
        .formula("r̂ = … + ⟨u, v⟩")
        .paper("no"),
    Field::new(PREDICTION, "bias", Kind::Truth)
        .says(
            "Start from biases",
            "Whether predictions start from the mean and from how kindly the person and the item are \
             rated.",
        )
        .formula("r̂ = μ + b_u + b_i + …")
        .paper("no"),
    Field::new(PREDICTION, "leave_one_out", Kind::Truth)
        .says(
            "Biases without the row itself",
            "In training a rating sees biases that were fitted without it.",
        )
        .paper("no"),
    Field::new(PREDICTION, "bias_inputs", Kind::Truth)
        .says("Biases as inputs", "Whether biases and counts of ratings are inputs of the network.")
        .paper("no"),
    Field::new(PREDICTION, "feature_prior", Kind::Truth)
        .says(
            "Biases from features",
            "Where there are feature tables, biases of rarely rated people and items lean on them.",
        )
        .paper("no"),
    Field::new(PREDICTION, "side_tower", Kind::Truth)
        .says(
            "Features added to vectors",
            "Where there are feature tables, a linear map of them is added to the learnt vectors.",
        )
        .formula("u = learnt + features · T_u")
        .paper("no"),
    Field::new(PREDICTION, "tower_l2", number(0.0, 10.0, |c| c.tower_l2))
        .says("Penalty on that map", "Factor of the squared weights in the loss.")
        .formula("λ ‖T‖²")
        .paper("no such map"),
    Field::new(PREDICTION, "item_dropout", number(0.0, 0.9, |c| c.item_dropout))
        .says(
            "Items made unknown",
            "Share of training rows whose item is treated as new, so that features learn to stand in for \
             it.",
        )
        .paper("none"),
    Field::new(TRANSFER, "schedule", Kind::Choice(&["alternating", "joint"]))
        .says("Order of the passes", "One pass after another as in Algorithm 1, or all losses in every step.")
        .paper("alternating (Algorithm 1)"),
    Field::new(TRANSFER, "cross_step", Kind::Choice(&["algorithm1", "equations", "target", "none"]))
        .says(
            "Cross-domain step",
            "Which network learns from the mapped person: the paper's algorithm and its equations differ, \
             and “target” trains what a transfer is for.",
        )
        .formula(
            "algorithm1: r*_A = RS_B(X W_uA, W_iA); \
             equations: RS_A(X W_uA, W_iA); target: r*_B = RS_B(X W_uA, W_iB)",
        )
        .paper("algorithm1 in Algorithm 1, equations in Eqs. 5 and 6"),
    Field::new(TRANSFER, "cross_weight", number(0.0, 100.0, |c| c.cross_weight))
        .says("Its weight", "Factor of the cross-domain loss.")
        .paper("1 (Algorithm 1)"),
    Field::new(TRANSFER, "mapping_update", Kind::Choice(&["procrustes", "gradient"]))
        .says("How X is found", "In closed form once an epoch, or by gradient steps.")
        .formula("Procrustes: X = U Vᵀ of Σ W_uB W_uAᵀ")
        .paper("gradient (Algorithm 1)"),
    Field::new(TRANSFER, "mapping_optimiser", Kind::Choice(&["adam", "plain"]))
        .says(
            "What a gradient step is",
            "Adam, or the plain step of Algorithm 1 on the mean loss of a batch of people in both.",
        )
        .formula("plain: X ← X − α dL/dX")
        .paper("not named"),
    Field::new(TRANSFER, "orthogonalisation", Kind::Choice(&["gram-schmidt", "polar"]))
        .says("How X stays orthogonal", "What follows each gradient step on X.")
        .formula("Xᵀ X = I")
        .paper("gram-schmidt (5.4)"),
    // With vectors in the unit ball the plain step overshoots from 0.5 on; Adam has less (`Config::check`).
    Field::new(TRANSFER, "mapping_learning_rate", number(1e-6, 0.499, |c| c.mapping_learning_rate))
        .says(
            "Step of X",
            "Step size of the gradient steps on X: at most 0.1 with Adam, below 0.5 with plain steps.",
        )
        .paper("not named"),
    Field::new(TRANSFER, "pair_weight", number(0.0, 100.0, |c| c.pair_weight))
        .says(
            "Pull on pairs",
            "How strongly the two vectors of one person are drawn together while they are learnt.",
        )
        .formula("λ ‖X u_A − u_B‖²")
        .paper("none"),
    Field::new(TRANSFER, "mix", Kind::Truth)
        .says(
            "Mix for known people",
            "Whether predictions for people with ratings are mixed with those through the map; validation \
             decides how much.",
        )
        .paper("no"),
    Field::new(
        TRANSFER,
        "overlap_users",
        Kind::Optional { lo: 0, below: "", none: "all", get: |c| c.overlap_users },
    )
    .says("People in both used", "How many people in both the map is learnt from; left empty, all.")
    .paper("all, and from 0 up in figure 3"),
    Field::new(TRANSFER, "discard_unlinked", Kind::Truth)
        .says(
            "Leave the others out",
            "Whether the ratings of the other people in both are left out of training and test, as in the \
             paper's figure 3; else they stay as those of two people.",
        )
        .paper("yes in figure 3 (6.2)"),
    Field::new(SAMPLING, "sweeps", whole(2, 100_000, |c| c.sweeps as u64))
        .says("Sweeps", "How often the Bayesian model draws everything anew; fewer than 200 are too few.")
        .place(Place::CommandLine),
    Field::new(SAMPLING, "chains", whole(1, 16, |c| c.chains as u64))
        .says("Chains", "How many chains are sampled, each from a start of its own; predictions are means over all.")
        .place(Place::CommandLine),
    Field::new(SAMPLING, "burn_in", whole(0, 100_000, |c| c.burn_in as u64))
        .says("Burn-in", "Sweeps at the start that predictions have no part of; at the most half of all.")
        .place(Place::CommandLine),
    Field::new(SAMPLING, "thinning", whole(1, 1000, |c| c.thinning as u64))
        .says("Draws kept: one in", "Every how manieth sweep behind the burn-in predictions are means over.")
        .place(Place::CommandLine),
    Field::new(SAMPLING, "bayes_dimension", whole(1, 16, |c| c.bayes_dimension as u64))
        .says("Dimensions k of the Bayesian model", "How many numbers describe a person or an item: 8 or 16; less counts as 8, what lies between as 16.")
        .place(Place::CommandLine),
    Field::new(TRAINING, "model", Kind::Text("a name that dual-metric models lists"))
        .says("Model", "Which model is trained.")
        .paper("dml")
        .place(Place::Panel),
    Field::new(TRAINING, "seed", Kind::Whole { lo: 0, hi: None, get: |c| c.seed })
        .says("Seed", "Seed of weights, splits, shuffles and dropout.")
        .paper("not named")
        .place(Place::Panel),
    Field::new(TRAINING, "batch", whole(1, 1 << 20, |c| c.batch as u64))
        .says("Ratings a step", "Rows of one step of the optimiser.")
        .paper("64 (5.4)"),
    Field::new(TRAINING, "learning_rate", adam(|c| c.learning_rate))
        .says("Step size", "Step size of Adam.")
        .paper("not named"),
    Field::new(TRAINING, "updated_rows", Kind::Choice(&["touched", "all"])).says(
        "Vectors a step moves",
        "Those of the people and items in the step, or all, by the momentum they still have. The first \
         takes no longer when there are many of them.",
    ),
    Field::new(TRAINING, "row_l2", number(0.0, 1e3, |c| c.row_l2))
        .says("Penalty on vectors", "Shrinks the vectors, less where there are many ratings.")
        .formula("λ (‖u‖²/n_u + ‖v‖²/n_i)")
        .paper("none: the unit ball stands in for it (3.1)"),
    Field::new(TRAINING, "weight_decay", number(0.0, 1.0, |c| c.weight_decay))
        .says("Penalty on networks", "Shrinks the weights of the recommendation networks.")
        .paper("not named"),
    Field::new(TRAINING, "epochs", whole(1, 100_000, |c| c.epochs as u64))
        .says("Epochs, at most", "Passes over the training ratings.")
        .paper("100 (6.8)"),
    Field::new(TRAINING, "tolerance", number(0.0, 1.0, |c| c.tolerance))
        .says(
            "Stop below a change of",
            "Without patience, training ends when the loss, measured without dropout on fixed ratings, has \
             changed by less than this in each of three epochs.",
        )
        .paper("1e-5, of one epoch (6.8)"),
    Field::new(
        TRAINING,
        "patience",
        Kind::Optional {
            lo: 1,
            below: "would end the training after its first epoch",
            none: "never",
            get: |c| c.patience,
        },
    )
    .says(
        "Patience",
        "Ends after so many epochs without a better validation error, and returns to the best; left \
         empty, never.",
    )
    .paper("not named"),
];

const fn whole(lo: u64, hi: u64, get: fn(&Config) -> u64) -> Kind {
    Kind::Whole { lo, hi: Some(hi), get }
}

const fn number(lo: f64, hi: f64, get: fn(&Config) -> f32) -> Kind {
    Kind::Number { range: Range { lo, hi, because: None }, get }
}

/// A step size of Adam.
const fn adam(get: fn(&Config) -> f32) -> Kind {
    Kind::Number { range: ADAM_STEPS, get }
}

const fn layers(get: fn(&Config) -> &[usize]) -> Kind {
    Kind::Layers { most: MAX_HIDDEN_LAYERS, widest: MAX_WIDTH, get }
}

impl Field {
    const fn new(group: &'static str, name: &'static str, kind: Kind) -> Self {
        Self { name, group, label: "", help: "", formula: None, kind, paper: None, place: Place::Form }
    }

    const fn says(self, label: &'static str, help: &'static str) -> Self {
        Self { label, help, ..self }
    }

    const fn formula(self, formula: &'static str) -> Self {
        Self { formula: Some(formula), ..self }
    }

    const fn paper(self, paper: &'static str) -> Self {
        Self { paper: Some(paper), ..self }
    }

    const fn place(self, place: Place) -> Self {
        Self { place, ..self }
    }
}
