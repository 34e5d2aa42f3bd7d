//! Where things stand in the descriptions that host and shader share, in words of 32 bits. The shader's constants are
//! written from these, so that both sides have them from one place.

/// Declares offsets, and lists them for the shader.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $value:expr;)*) => {
        $($(#[$doc])* #[allow(dead_code, reason = "many are for the shader alone")] pub(super) const $name: u32 = $value;)*
        /// The constants' names and values.
        pub(super) const ALL: &[(&str, u32)] = &[$((stringify!($name), $value)),*];
    };
}

words! {
    /// Nothing there.
    NONE = u32::MAX;
    /// Rows that dropout masks tell apart, in bits.
    ROW_BITS = crate::engine::dropout::ROW_BITS;

    /// Sums that the loss of a term is kept in by region: one for each row vector of the largest tile.
    LANES = 16;

    // Head of `data`.
    /// log2 of the row vectors of a tile.
    SHIFT = 0;
    /// Where a tile's inputs lie in workgroup memory.
    INPUTS_AT = 1;
    /// Where the gradient by the outputs lies.
    DELTA_AT = 2;
    /// Vectors of `params` by replica.
    PARAMS_STRIDE = 3;
    /// Those that are weights: this far from each is its first moment.
    PARAMS_WEIGHTS = 4;
    /// Those, from the first on, that are trained: this far from each first moment is the second.
    PARAMS_TRAINED = 5;
    /// Those of them that are layers and maps: vectors of `partials` by region.
    PARTIALS = 6;
    /// Vectors of `scratch` for a tile's rows of one side.
    VECTORS = 7;
    /// Number of terms.
    TERMS = 8;
    /// Regions of the losses.
    LOSS_REGIONS = 9;
    /// Of dense Adam's idle steps (idle.rs): the sums by step, three each, how many steps they are known for, and β₁ and β₂.
    IDLE_SUMS = 10;
    IDLE_STEPS = 11;
    IDLE_BETA_1 = 12;
    IDLE_BETA_2 = 13;
    /// The powers of β₁ √β₂ᵏ, three each, up to that where they are gone.
    IDLE_POWERS = 14;
    IDLE_MEMORY = 15;
    /// Rows of all tables by replica whose last step is kept on the device.
    LASTS_STRIDE = 16;
    DATA_LENGTH = 17;

    // A term.
    /// 0 for ratings, 1 for pairs.
    TERM_KIND = 0;
    TERM_HEAD = 1;
    TERM_INPUTS = 2;
    TERM_HAS_MAP = 3;
    TERM_LOSS = 4;
    /// Residual and own numbers by rating.
    TERM_RATINGS = 5;
    TERM_OWN_WIDTH = 6;
    TERM_USER_GIVEN = 7;
    TERM_USER_GIVEN_WIDTH = 8;
    TERM_ITEM_GIVEN = 9;
    TERM_ITEM_GIVEN_WIDTH = 10;
    /// The rows of both tables that a row names: two words each.
    TERM_NAMES = 11;
    /// Weights of the row penalty by row of the user table, and of the item table behind it.
    TERM_SHARES = 12;
    /// Two sides follow.
    TERM_SIDES = 14;
    TERM_LENGTH = 14 + 2 * 10;

    // A term that is an autoencoder, from where others have their sides on.
    /// The table of the first layer, its bias and its width.
    CODER_BAG = 14;
    CODER_BAG_BIAS = 15;
    CODER_WIDTH = 16;
    /// The rows: where each one's columns begin, the columns and the values.
    CODER_STARTS = 17;
    CODER_COLUMNS = 18;
    CODER_VALUES = 19;
    /// The last hidden layer: where it lies in workgroup memory, and its width.
    CODER_HIDDEN_AT = 20;
    CODER_HIDDEN_WIDTH = 21;
    /// The last layer: a row of weights a column, and a bias.
    CODER_OUTPUT = 22;
    CODER_OUTPUT_BIAS = 23;
    /// How many columns and how many fields there are; no field where only the columns are compared that are there.
    CODER_COUNT = 24;
    CODER_FIELDS = 25;
    CODER_FIELD_LIST = 26;
    /// Vectors of all columns of a row, each field from a new one on; the first column of each vector and how many it has.
    CODER_VECTORS = 27;
    CODER_IN_VECTOR = 28;
    /// Where each column stands in these vectors.
    CODER_PLACES = 29;
    /// Vectors of `scratch` for the units of a row, first of one layer, then of another with the row's loss.
    CODER_STRIDE = 30;
    /// 1 if no ReLU follows the first layer, which makes the codes because there is no other.
    CODER_IS_LINEAR = 31;

    // A field.
    FIELD_KIND = 0;
    /// Its first vector.
    FIELD_AT = 1;
    FIELD_WIDTH = 2;
    FIELD_LENGTH = 3;
    FIELD_NUMERIC = 0;
    FIELD_ONE_HOT = 1;
    FIELD_MULTI_HOT = 2;

    // A side of a term.
    SIDE_TABLE = 0;
    SIDE_WIDTH = 1;
    /// Rows of the table.
    SIDE_COUNT = 2;
    SIDE_TOWER = 3;
    SIDE_STARTS = 4;
    SIDE_COLUMNS = 5;
    SIDE_VALUES = 6;
    SIDE_MAP = 7;
    SIDE_TRANSPOSED = 8;
    SIDE_TRAINS_MAP = 9;
    SIDE_LENGTH = 10;

    // A head; its layers follow.
    HEAD_LAYERS = 0;
    HEAD_DOT = 1;
    /// Of dropout's 16 bits.
    HEAD_THRESHOLD = 2;
    /// 1 / (1 − rate).
    HEAD_KEEP = 3;
    HEAD_AT = 4;
    HEAD_LENGTH = 5;
    HEAD_FIRST = 6;

    // A layer; weights and bias count from the head's first.
    LAYER_WEIGHTS = 0;
    LAYER_BIAS = 1;
    LAYER_INPUTS = 2;
    LAYER_OUTPUTS = 3;
    LAYER_FROM = 4;
    LAYER_TO = 5;
    /// First slot of its dropout.
    LAYER_SLOT = 6;
    /// 1 if no ReLU follows: an autoencoder's codes.
    LAYER_IS_LINEAR = 7;
    LAYER_LENGTH = 8;

    // Head of `program`.
    /// Vectors of `scratch` by replica.
    CALL_SCRATCH = 0;
    /// Workgroups that work on a step.
    CALL_REGIONS = 1;
    /// Rows of a tile of several workgroups.
    CALL_TILE = 2;
    CALL_LENGTH = 3;

    // A step; its shares and sections follow.
    STEP_NEXT = 0;
    STEP_SHARES = 1;
    STEP_SECTIONS = 2;
    /// Number of tiles, and where each one's share and first row stand; for several workgroups.
    STEP_TILES = 3;
    STEP_TILE_LIST = 4;
    STEP_LENGTH = 5;

    // A share.
    SHARE_TERM = 0;
    SHARE_ROWS = 1;
    /// Three words a row: its number, and the rows of the two tables.
    SHARE_LIST = 2;
    /// 2 · weight / rows.
    SHARE_SCALE = 3;
    SHARE_KEY = 4;
    /// For each side, where the gradients of its vectors go.
    SHARE_SLOTS = 5;
    SHARE_HAS_SLOTS = 7;
    /// Bits for the head and the two maps: nothing of this step was added to their gradients yet.
    SHARE_FRESH = 8;
    SHARE_LENGTH = 9;

    // A share of an autoencoder, where it differs. A row of its list has two words.
    /// Its rows over what its loss is a mean of: their columns that are there, or themselves.
    SHARE_MEAN = 4;
    /// Where the units of the first hidden layer go and the gradients by both, and the units of the last one, row by row.
    SHARE_BAGS = 5;
    SHARE_HIDDEN = 6;
    /// Where what comes out goes.
    SHARE_OUTCOMES = 7;
    CODED_ROW = 0;
    /// The columns that are there of the share's rows before it.
    CODED_FIRST = 1;
    CODED_LENGTH = 2;

    // A section: parameters that a step updates in one way.
    SECTION_KIND = 0;
    SECTION_AT = 1;
    SECTION_COUNT = 2;
    SECTION_BLOCKS = 3;
    SECTION_MORE = 4;
    /// Learning rate / (1 − β₁ᵗ), or 0 in a trial.
    SECTION_RATE = 5;
    /// 1 / (1 − β₂ᵗ).
    SECTION_CORRECTION = 6;
    SECTION_DECAY = 7;
    SECTION_1_BETA_1 = 8;
    SECTION_1_BETA_2 = 9;
    SECTION_EPSILON = 10;
    /// Where the table begins, and where the last step of each of its rows is kept; none where the host keeps it.
    SECTION_TABLE = 11;
    SECTION_LASTS = 12;
    /// The step that its rows have been through afterwards.
    SECTION_NOW = 13;
    SECTION_LENGTH = 14;
    KIND_DENSE = 0;
    KIND_ENTRIES = 1;
    KIND_IDLE = 2;
    /// Rows of which the device finds out what they have missed: a list of them, or all (`SECTION_MORE`).
    KIND_MISSED = 3;
    /// Rows by column of an autoencoder's first layer, of its last one, and of the bias of that.
    KIND_BAG = 4;
    KIND_OUTPUT = 5;
    KIND_OUTPUT_BIAS = 6;

    // An entry: a row that is updated.
    ENTRY_ROW = 0;
    /// Factor of the row itself in its gradient.
    ENTRY_PENALTY = 1;
    ENTRY_FIRST = 2;
    ENTRY_COUNT = 3;
    ENTRY_LENGTH = 4;

    // A column of a row that is there, among those of an entry of an autoencoder.
    /// The row's gradient by the first hidden layer, and the value that it is multiplied with.
    COLUMN_BAG = 0;
    COLUMN_VALUE = 1;
    /// The row's last hidden layer, and what came out, whose gradient it is multiplied with.
    COLUMN_HIDDEN = 2;
    COLUMN_OUTCOME = 3;
    COLUMN_LENGTH = 4;

    // A row whose idle steps are made up for, and where the pieces of them stand (idle.rs).
    IDLE_ROW = 0;
    IDLE_FIRST = 1;
    IDLE_COUNT = 2;
    IDLE_LENGTH = 3;
    PIECE_WEIGHT = 0;
    PIECE_MEAN = 1;
    PIECE_VARIANCE = 2;
    /// Of both moments.
    PIECE_FADES = 3;
    PIECE_LENGTH = 5;

    // Head of `plans`.
    /// The first word of `program` that the device writes: what it writes counts from there.
    PLAN_BASE = 0;
    /// How many steps there are over all replicas, and where their places stand.
    PLAN_UNITS = 1;
    PLAN_LIST = 2;
    /// Where the chunks' rows begin.
    PLAN_ROWS = 3;
    PLAN_LENGTH = 4;

    // A step of a replica; its shares follow, then its groups.
    UNIT_SHARES = 0;
    UNIT_GROUPS = 1;
    /// Tables whose idle rows it reads, and where these are told of.
    UNIT_TABLES = 2;
    UNIT_MISSED = 3;
    UNIT_LENGTH = 4;

    // A share whose rows are listed.
    LISTED_TERM = 0;
    LISTED_ROWS = 1;
    /// Its first row, counted from the first of all.
    LISTED_FIRST = 2;
    LISTED_AT = 3;
    LISTED_LENGTH = 4;

    // A group: all that a step says of the rows of one table. Its parts follow.
    /// The section whose entries they become.
    GROUP_SECTION = 0;
    /// Where the entries go, and behind them the slots.
    GROUP_AT = 1;
    /// How many rows are named, over all parts; of a tower, at most.
    GROUP_NAMED = 2;
    /// Where they are sorted, if they are too many for workgroup memory.
    GROUP_KEYS = 3;
    GROUP_TABLE = 4;
    GROUP_BLOCKS = 5;
    /// Rows of the table: what is beyond them is withheld.
    GROUP_COUNT = 6;
    GROUP_PARTS = 7;
    /// Of a tower: the most features of a row; its rows are named by features, and all of them are updated. 0 of a table.
    GROUP_FEATURES = 8;
    /// Of a tower: factor of each row in its own gradient.
    GROUP_PENALTY = 9;
    GROUP_LENGTH = 10;

    // A part of a group: one side of one share.
    PART_SHARE = 0;
    PART_WHICH = 1;
    PART_SLOTS = 2;
    /// Factor of the row's weight in the row penalty.
    PART_PENALTY = 3;
    PART_LENGTH = 4;

    // Rows of a table that a step reads and the one before did not name.
    /// The section of the step before that makes up for them.
    MISSED_SECTION = 0;
    /// The groups of what is read, and of what the step before names; none if it names nothing.
    MISSED_READS = 1;
    MISSED_NAMED = 2;
    /// Where they go.
    MISSED_AT = 3;
    MISSED_LENGTH = 4;
}
