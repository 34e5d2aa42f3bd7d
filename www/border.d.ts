// What crosses between the page and the compiled core, made of the core's own structures; not to be edited. Numbers of users,
// items and domains count from 0, ratings are on their own scale, errors on the unit scale.
// UPDATE_DOCS=1 cargo test --release --lib border writes it.

/**
 * The browser's WebGPU adapter.
 */
export type Adapter = {
/**
 * Whether there is one.
 */
available: boolean,
/**
 * Whether it is software.
 */
fallback: boolean,
/**
 * Its maker and kind.
 */
description: string, };

/**
 * Puts results on the board.
 */
export type AddResults = { results: Array<ResultText>, };

/**
 * Trains for some milliseconds, or until so many epochs are over.
 */
export type Advance = { milliseconds: number, epochs: number | null, };

/**
 * What a slice of training brought.
 */
export type Advanced = { events: Array<TrainingEvent>, state: TrainState, };

/**
 * Advice to a person in all domains.
 */
export type Advice = {
/**
 * Name of the person.
 */
label: string,
/**
 * By domain.
 */
domains: Array<DomainAdvice>,
/**
 * The nearest people of all domains, each of them once.
 */
nearest: Array<Companion>, };

/**
 * Asks for the lists of somebody who is in no file and has rated a few items.
 */
export type AdviseVisitor = { ratings: Array<GivenRating>,
/**
 * Items a domain.
 */
n: number,
/**
 * What lists with chances go by.
 */
order: ListOrder, };

/**
 * Alignment of held-out overlap pairs, Σ‖X u_A − u_B‖² / Σ‖ū_B − u_B‖²; predicting the mean embedding gives 1.
 */
export type Alignment = {
/**
 * Held-out pairs with training ratings in both domains.
 */
pairs: number,
/**
 * Under X.
 */
mapped: number,
/**
 * Under the identity.
 */
identity: number,
/**
 * Under random orthogonal matrices, the mean of ten.
 */
random: number, };

/**
 * What a worker answers that helps another.
 */
export type AnswerBytes = Uint8Array;

/**
 * Asks for the state of the measurement, between two calls of `advance`.
 */
export type AskCheckpoint = Record<symbol, never>;

/**
 * Asks what somebody rates highest.
 */
export type AskFavourites = { domain: number, user: number, };

/**
 * Asks what a group of people likes.
 */
export type AskGroup = {
/**
 * By domain, the users who are in it.
 */
members: Array<Array<number>>,
/**
 * Items a list.
 */
n: number, };

/**
 * Asks what an item on the map is and who likes it; null where there is none.
 */
export type AskItem = { domain: number, item: number, };

/**
 * Asks what to call each user, by domain and user number.
 */
export type AskLabels = Record<symbol, never>;

/**
 * Asks for the regions of the map as it was shown last.
 */
export type AskRegions = Record<symbol, never>;

/**
 * Asks for the values of a column of a domain's rating file, to split the file by them.
 */
export type AskValues = { slot: Slot, column: number,
/**
 * Of the rating file.
 */
bytes: Uint8Array<ArrayBuffer>, };

/**
 * Asks why items are recommended to somebody.
 */
export type AskWhy = {
/**
 * By number in the world.
 */
domain: number, user: number,
/**
 * By domain, the items.
 */
items: Array<Array<number>>,
/**
 * How long it may take at a time; null: until all is found.
 */
milliseconds: number | null, };

/**
 * Why one item is recommended.
 */
export type Because = {
/**
 * The item's number in its domain.
 */
item: number,
/**
 * The greatest fall first; none where no single rating lowers it noticeably.
 */
reasons: Array<Reason>,
/**
 * By how much it falls without all of these at once, on the original scale; 0 without reasons.
 */
together: number, };

/**
 * What the browser can do, the settings and the presets.
 */
export type Capabilities = { webgpu: Adapter, presets: Presets,
/**
 * Every setting, in the order of the form; those of a group stand together.
 */
schema: Array<Field>,
/**
 * Every model, in the order of the list of all.
 */
models: Array<Model>,
/**
 * Every experiment, those of the paper first.
 */
experiments: Array<Experiment>, };

/**
 * The change from one RMSE to another as a share of the first, with a 95 % interval. Negative: less error.
 */
export type Change = {
/**
 * The change itself.
 */
value: number,
/**
 * Lower end of the interval.
 */
low: number,
/**
 * Upper end of the interval.
 */
high: number, };

/**
 * The state of a measurement; null before there is anything to go on from.
 */
export type CheckpointBytes = Uint8Array | null;

/**
 * The class of everybody.
 */
export type Classes = { names: Array<string>,
/**
 * Whether they are steps from low to high, and not names beside each other.
 */
steps: boolean,
/**
 * By domain and user: the number of the class, 255 where nothing is known.
 */
domains: Array<Uint8Array>, };

/**
 * Takes all files out.
 */
export type Clear = Record<symbol, never>;

/**
 * User n stands at projection · R(t) · points\[n\], where R(t) turns plane \[i, j\] by angle · t; t = 0 is before, t = 1 after
 * the map.
 */
export type Cloud = {
/**
 * Coordinates of a user; 2 for a cloud that stands still.
 */
width: number,
/**
 * \[2, width\], row-major.
 */
projection: Float32Array, planes: Array<Plane>,
/**
 * \[users, width\], row-major.
 */
points: Float32Array,
/**
 * The domains that its map leads through, both ends included; nothing where no link leads there.
 */
way: Array<number>, };

/**
 * One thing that people can be coloured by.
 */
export type Colour = {
/**
 * What [`colouring`] is asked with.
 */
key: string,
/**
 * In words.
 */
name: string, };

/**
 * Asks what people can be coloured by, and for one of it.
 */
export type ColourBy = {
/**
 * The key of what was chosen; null asks for the choices alone.
 */
key: string | null, };

/**
 * What people can be coloured by, and their classes where one was chosen.
 */
export type ColourView = { choices: Array<Colour>,
/**
 * Null where nothing was chosen, or what is not there any more.
 */
chosen: Classes | null, };

/**
 * The values of a column, for whoever splits a file by it.
 */
export type ColumnValues = {
/**
 * The commonest first, [`MOST_VALUES`] at the most.
 */
values: Array<ValueRows>,
/**
 * How many other values there are.
 */
others: number, };

/**
 * A column of a table.
 */
export type ColumnView = { name: string,
/**
 * Whether it has numbers.
 */
is_number: boolean, };

/**
 * A near person in one of several domains.
 */
export type Companion = {
/**
 * The domain that they are near in, the nearest where there are several.
 */
domain: number,
/**
 * Who they are there.
 */
neighbour: Neighbour, };

/**
 * RMSE on the unit scale of one group of people, means over the repeats.
 */
export type Comparison = {
/**
 * People in the group who have test ratings.
 */
users: number,
/**
 * Their test ratings.
 */
ratings: number,
/**
 * With the overlap users linked.
 */
with_transfer: number | null,
/**
 * The same training with nothing that crosses.
 */
without_transfer: number | null,
/**
 * The placebo: the same training with links that join nobody with themselves.
 */
shuffled: number | null,
/**
 * The bias model of the domain alone.
 */
bias: number | null,
/**
 * The global mean.
 */
mean: number | null,
/**
 * From the training without transfer to that with it; as all changes, `None` until the placebos tell what chance
 * changes.
 */
change: Change | null,
/**
 * From the placebo to the training with transfer.
 */
beyond_placebo: Change | null,
/**
 * Whether the group is large enough for a claim: 30 people and 200 ratings.
 */
is_enough: boolean, };

/**
 * All settings. What each may be, what the paper has and what people are told of it stands in [`FIELDS`].
 *
 * # Examples
 * ```
 * use dual_metric::settings::Config;
 *
 * let mut config = Config { seed: 7, ..Config::paper() };
 * config.set("batch", "128")?;
 * // Only checked settings can be trained with.
 * let config = config.check()?;
 * assert_eq!((config.seed, config.batch), (7, 128));
 *
 * let message = Config { batch: 0, ..Config::robust() }.check().unwrap_err().to_string();
 * assert!(message.starts_with("setting batch:"));
 * # Ok::<(), dual_metric::error::Error>(())
 * ```
 */
export type Config = {
/**
 * Which model is trained, by its name in the list of models.
 */
model: string,
/**
 * Seed of weights, splits, shuffles and dropout.
 */
seed: number,
/**
 * Share of each domain's ratings kept for testing.
 */
test_fraction: number,
/**
 * Share of the remaining ratings that decides when to stop and how much to mix; they are trained on where
 * neither `patience` nor `mix` asks for them.
 */
validation_fraction: number,
/**
 * Share of the overlap users whose link is hidden, to measure the map on pairs that it has not seen; 0 for no
 * such measurement.
 */
held_out_overlap: number,
/**
 * Share of the overlap users that lose all ratings of one domain in the cold-start measurement.
 */
cold_fraction: number,
/**
 * Overlap users that are linked; all of them when null.
 */
overlap_users: number | null,
/**
 * Whether the ratings of overlap users beyond those are left out of training and test, in both domains; else they
 * stay, as those of two people.
 */
discard_unlinked: boolean,
/**
 * How often the measurement is repeated, with the seeds that follow `seed`; intervals then cover the seeds too.
 */
repeats: number,
/**
 * Whether a last training on all ratings and all links makes the model that is kept and recommended from.
 */
train_on_everything: boolean,
/**
 * A rating counts as relevant from here up, on the unit scale.
 */
relevance_threshold: number,
/**
 * Embedding dimension k.
 */
dimension: number,
/**
 * Where embeddings come from.
 */
embeddings: Embeddings,
/**
 * Standard deviation of learnt embeddings before training.
 */
embedding_deviation: number,
/**
 * Whether embeddings are kept in the unit ball.
 */
unit_ball: boolean,
/**
 * Which autoencoder makes codes.
 */
encoder: Encoder,
/**
 * Hidden layers of the encoder; the decoder mirrors them.
 */
autoencoder_hidden: Array<number>,
/**
 * Epochs of each autoencoder.
 */
autoencoder_epochs: number,
/**
 * Step size of the autoencoders.
 */
autoencoder_learning_rate: number,
/**
 * What the recommendation networks are.
 */
network: Network,
/**
 * Hidden layers of the recommendation networks.
 */
recommender_hidden: Array<number>,
/**
 * Dropout after each hidden layer of the recommendation networks.
 */
dropout: number,
/**
 * Whether ⟨u, v⟩ is added to the network's output.
 */
dot_product: boolean,
/**
 * Whether predictions start from mean, user bias and item bias.
 */
bias: boolean,
/**
 * Whether a training row sees biases without itself.
 */
leave_one_out: boolean,
/**
 * Whether biases and counts are inputs of the network.
 */
bias_inputs: boolean,
/**
 * Whether biases get a prior from feature tables, where there are some.
 */
feature_prior: boolean,
/**
 * Whether features are added to learnt embeddings through a linear tower, where there are feature tables.
 */
side_tower: boolean,
/**
 * Factor of the towers' squared weights in the loss.
 */
tower_l2: number,
/**
 * Share of training rows whose item is treated as unknown, so that features learn to stand in for it; used
 * with item features only.
 */
item_dropout: number,
/**
 * Order of the passes.
 */
schedule: Schedule,
/**
 * The cross-domain step.
 */
cross_step: CrossStep,
/**
 * Factor of the cross-domain loss.
 */
cross_weight: number,
/**
 * How X is learnt.
 */
mapping_update: MappingUpdate,
/**
 * How X is made orthogonal after a gradient step.
 */
orthogonalisation: Orthogonalisation,
/**
 * What the mapping's gradient steps are made with.
 */
mapping_optimiser: MappingOptimiser,
/**
 * Step size of the mapping's gradient steps.
 */
mapping_learning_rate: number,
/**
 * Factor of the pair loss ‖X u_A − u_B‖² on learnt embeddings; 0 for none.
 */
pair_weight: number,
/**
 * Whether warm users' predictions are mixed with those through the map, by a weight chosen on validation.
 */
mix: boolean,
/**
 * Sweeps of the Bayesian model's chain.
 */
sweeps: number,
/**
 * Chains of it, whose draws are taken together.
 */
chains: number,
/**
 * Sweeps at the start of which no draw is kept.
 */
burn_in: number,
/**
 * Every how manieth sweep behind the burn-in is kept as a draw.
 */
thinning: number,
/**
 * Numbers of a vector in the Bayesian model: 8 or 16; less counts as 8, what lies between as 16.
 */
bayes_dimension: number,
/**
 * Rows a step.
 */
batch: number,
/**
 * Step size of Adam.
 */
learning_rate: number,
/**
 * Which rows of the embedding tables a step of Adam updates.
 */
updated_rows: UpdatedRows,
/**
 * Penalty per row of the embedding tables (see recipe R).
 */
row_l2: number,
/**
 * L2 of the recommendation networks' weights.
 */
weight_decay: number,
/**
 * Most epochs.
 */
epochs: number,
/**
 * Without patience, stop when the training loss has changed by less than this in each of three epochs; it is
 * measured without dropout, on a fixed sample of the training rows.
 */
tolerance: number,
/**
 * Stop after so many epochs without a better validation error, and return to the best; null for never.
 */
patience: number | null, };

/**
 * What counts are turned into.
 */
export type Counts = "log" | "ranks";

/**
 * Which reading of the paper's cross-domain step is trained (docs/method.md). With X from A to B:
 */
export type CrossStep = "algorithm1" | "equations" | "target" | "none";

/**
 * Another way to read a file, offered beside a warning or a refusal.
 */
export type Cure = {
/**
 * What it does, as the label of a button: "Keep them as ratings".
 */
label: string,
/**
 * What is to be declared besides what is declared already ([`ReadOptions::with`]).
 */
options: ReadOptions, };

/**
 * All that is to be declared of a file then.
 */
export type DataChange = { slot: Slot, options: ReadOptions, };

/**
 * What can be done about it.
 */
export type DataCure = { label: string, changes: Array<DataChange>, };

/**
 * What is loaded.
 */
export type DataState = {
/**
 * Those that have ratings, as they are numbered in the world.
 */
domains: Array<DomainState>,
/**
 * Every two of them.
 */
pairs: Array<PairState>,
/**
 * People in two domains or more.
 */
overlap_users: number,
/**
 * The costliest first.
 */
warnings: Array<DataWarning>,
/**
 * Whether this is the sample.
 */
generated: boolean,
/**
 * Whether training can start.
 */
ready: boolean,
/**
 * The rating file that was offered last, if it could not be read.
 */
unread: Unread | null, };

/**
 * Something to know of the files.
 */
export type DataWarning = {
/**
 * The domain, or the two that it is about.
 */
slots: Array<Slot>, code: DataWarningCode, text: string,
/**
 * Nothing where reading otherwise does not help.
 */
cures: Array<DataCure>, };

/**
 * What a warning is about.
 */
export type DataWarningCode = WarningCode | PairCode;

/**
 * What stands between two columns.
 */
export type Delimiter = "comma" | "tab" | "semicolon" | "double-colon" | "pipe" | "space";

/**
 * A way around.
 */
export type Detour = {
/**
 * The domain in between, by number.
 */
by: number,
/**
 * The alignment under the maps there and on.
 */
mapped: number, };

/**
 * What it is to be trained on.
 */
export type DeviceChoice = "webgpu" | "cpu" | "fastest";

/**
 * Where a model is trained.
 */
export type DeviceName = "webgpu" | "cpu";

/**
 * Advice to a person in one domain.
 */
export type DomainAdvice = {
/**
 * User number here; `None` for a person who is not in this domain's file.
 */
user: number | null,
/**
 * Whether predictions come from another domain, through a map where the model has one: nothing was rated here.
 */
via_map: boolean,
/**
 * The domains that lead here from where they are known, both ends included; empty for people who are known here.
 */
way: Array<number>,
/**
 * A high rating here, three quarters up the scale or the next above, that chances are of; `None` without chances.
 */
high: number | null,
/**
 * What they rated highest.
 */
rated: Array<RatedItem>,
/**
 * Top-n unseen items with predictions.
 */
next: Array<RatedItem>,
/**
 * People of this domain who are nearest, without the person asked about.
 */
nearest: Array<Neighbour>, };

/**
 * Losses of one domain in one epoch, on the unit scale.
 */
export type DomainLosses = {
/**
 * Mean squared error of the own-domain pass, with dropout.
 */
own: number,
/**
 * Mean squared error of the cross-domain pass; `None` without one.
 */
cross: number | null,
/**
 * RMSE on the validation rows, without dropout; `None` without such rows.
 */
validation_rmse: number | null, };

/**
 * One domain's figures, all on the unit scale (rating − lo) / (hi − lo), means over the repeats.
 */
export type DomainReport = {
/**
 * Name of the domain.
 */
name: string,
/**
 * Ratings that were tested on in the first repeat.
 */
test_ratings: number,
/**
 * Ratings of any part that lie beyond the scale, where that is the range of the training rows, and count as its ends.
 */
clipped_ratings: number,
/**
 * The model's scores on all test rows.
 */
model: Scores,
/**
 * The global mean's.
 */
mean: Scores,
/**
 * The bias model's.
 */
bias: Scores,
/**
 * From the bias model's RMSE to the model's; `None` until the placebos tell what chance changes.
 */
against_bias: Change | null,
/**
 * From the global mean's RMSE to the model's.
 */
against_mean: Change | null,
/**
 * All people.
 */
all: Comparison,
/**
 * People with fewer than five training ratings.
 */
sparse: Comparison,
/**
 * People who lost all ratings of this domain before training.
 */
cold: Comparison,
/**
 * What crosses to newcomers: item mean, network alone, with biases, with map and vectors.
 */
ladder: Array<Rung>,
/**
 * μ + ρ · (bias in the other domain) + b_i for newcomers, without any network.
 */
crossed_bias_rmse: number | null,
/**
 * The generated sample only: the error of a predictor that knows the truth.
 */
floor_rmse: number | null, };

/**
 * A domain.
 */
export type DomainState = { slot: Slot, name: string, users: number, items: number, ratings: number,
/**
 * Share of the user × item table that is rated, 0 to 1.
 */
density: number, scale: Scale, preview: Preview,
/**
 * What was recognised, in one line.
 */
understood: string,
/**
 * What is declared.
 */
options: ReadOptions,
/**
 * Pairs that occurred more than once; the last is kept.
 */
duplicates: number, rejected_rows: number,
/**
 * The first thousand.
 */
rejects: Array<Reject>, user_features: FeatureReport | null, item_features: FeatureReport | null, };

/**
 * Where the user and item vectors come from.
 */
export type Embeddings = "learnt" | "features" | "autoencoder";

/**
 * Which autoencoder makes codes, where codes are used (paper 6.5).
 */
export type Encoder = "ae" | "vae" | "aae" | "wae" | "hvae";

/**
 * What a training says of a link.
 */
export type Evidence = {
/**
 * ρ, how much of a person's bias is expected on the other side.
 */
rho: Figure,
/**
 * c, how much of their vector; `None` where biases alone cross.
 */
scale: Figure | null,
/**
 * c in units of the lengths of both sides' vectors; `None` where biases alone cross.
 */
correlation: Figure | null,
/**
 * Over pairs whose link was hidden; `None` for fewer than ten.
 */
held_out: Taste | null, };

/**
 * An experiment that can be chosen.
 */
export type Experiment = {
/**
 * Its name in addresses.
 */
name: string,
/**
 * What it shows, in a line.
 */
shows: string,
/**
 * Where it is in the paper; where it is not, why it is here.
 */
source: string,
/**
 * What the paper claims; empty where it claims nothing.
 */
claim: string,
/**
 * The models where nobody names any, `all` for every one; none where none is trained.
 */
models: Array<string>,
/**
 * Whether it can be asked that newcomers are tested too.
 */
has_newcomers: boolean, };

export type Export = { kind: ExportKind,
/**
 * The files that the data came from, for the figures.
 */
files: Array<InputFile>, };

/**
 * What there is to take away.
 */
export type ExportKind = "metrics" | "recommendations" | "embeddings" | "model";

/**
 * What somebody rates highest in a domain.
 */
export type Favourites = { domain: number, titles: Array<string>, };

/**
 * How a feature table was read.
 */
export type FeatureReport = {
/**
 * File name as the person knows it.
 */
file: string,
/**
 * Rows of the table without the header, good and bad.
 */
rows: number,
/**
 * Ids of the domain that the table knows.
 */
matched: number,
/**
 * Name of the column that the titles come from.
 */
titles: string | null,
/**
 * The encoded fields.
 */
fields: Array<FieldReport>,
/**
 * Rows that could not be used.
 */
rejected_rows: number,
/**
 * The first of them.
 */
rejects: Array<Reject>, };

/**
 * A setting as the page and scripts get it; what a kind does not have is null.
 */
export type Field = {
/**
 * Its name in [`Config`].
 */
name: keyof Config,
/**
 * The heading that it stands under.
 */
group: string,
/**
 * What a form calls it.
 */
label: string,
/**
 * What it is or does, in one sentence.
 */
help: string,
/**
 * The formula that it stands in.
 */
formula: string | null, kind: KindName,
/**
 * Of numbers, as the core checks it; the second is null where there is no end.
 */
range: [number, number | null] | null,
/**
 * Of layers: how many there may be.
 */
most: number | null,
/**
 * Of an optional number: what null means.
 */
none: string | null,
/**
 * Of a choice.
 */
options: Array<string> | null,
/**
 * What the paper says; null where it has nothing like it.
 */
paper: string | null,
/**
 * Where it is set.
 */
place: Place, };

/**
 * How a field of a feature table is encoded, and which loss reconstructs it (docs/method.md, 2).
 */
export type FieldKind = "numeric" | "one-hot" | "multi-hot";

/**
 * One encoded field as it is shown.
 */
export type FieldReport = {
/**
 * Name from the header, or `column 3`.
 */
name: string,
/**
 * How it is encoded.
 */
kind: FieldKind,
/**
 * Number of encoded columns.
 */
width: number, };

/**
 * A figure of a chain.
 */
export type Figure = {
/**
 * Posterior mean.
 */
mean: number,
/**
 * Posterior standard deviation.
 */
deviation: number,
/**
 * R̂: near 1 where the halves of all chains agree; above 1.1 they do not. `None` of too few draws.
 */
r_hat: number | null,
/**
 * How many independent draws the draws are worth.
 */
effective_draws: number | null, };

/**
 * What there is to take away of a figure.
 */
export type FigureFile = "csv" | "json" | "latex" | "svg";

/**
 * A figure with the table behind it.
 */
export type FigureView = {
/**
 * What its files are called.
 */
name: string, title: string,
/**
 * The drawing, in the page's colours and without title and finding.
 */
svg: string, columns: Array<ColumnView>,
/**
 * As people read them.
 */
rows: Array<Array<string>>, };

/**
 * What a file of a domain holds.
 */
export type FileKind = "ratings" | "users" | "items";

export type FindUsers = { query: string, limit: number, };

/**
 * What a model is given of the links.
 */
export type Form = "linked" | "alone" | "shuffled";

/**
 * The best settings that a search has found so far.
 */
export type FoundSettings = {
/**
 * The model that they are for.
 */
model: string,
/**
 * The seed of the search.
 */
seed: number,
/**
 * Number of the try, from 1; the first has the settings that one had.
 */
number: number,
/**
 * Tries that are done.
 */
tries: number,
/**
 * Tries that are planned.
 */
budget: number,
/**
 * Its error on validation rows.
 */
value: number,
/**
 * That of the settings that one had.
 */
before: number | null,
/**
 * Its value of every setting that is tuned.
 */
tuned: Record<string, unknown>,
/**
 * All settings, as `--config` takes them; those alone are left out that choose seeds and splits.
 */
settings: Record<string, unknown>, };

/**
 * A rating that a visitor gives.
 */
export type GivenRating = {
/**
 * The domain of the item.
 */
domain: number,
/**
 * Its number there.
 */
item: number,
/**
 * On the domain's original scale.
 */
rating: number, };

/**
 * A group of people.
 */
export type Group = {
/**
 * How many they are, each counted once.
 */
people: number,
/**
 * By domain.
 */
domains: Array<GroupDomain>, };

/**
 * What a group likes in one domain.
 */
export type GroupDomain = {
/**
 * How many of the group the domain's file has.
 */
people: number,
/**
 * How many of the group the means are over: of large groups evenly chosen ones.
 */
asked: number,
/**
 * What the group is expected to rate highest, that first.
 */
most: Array<GroupItem>,
/**
 * What the group is expected to rate highest against everybody, that first.
 */
beyond: Array<GroupItem>, };

/**
 * An item as a group has it.
 */
export type GroupItem = {
/**
 * Its number in the domain.
 */
item: number,
/**
 * Title, or id.
 */
title: string,
/**
 * Its categories.
 */
about: Array<string>,
/**
 * How much higher than other items the group is expected to rate it, in the mean, on the original scale.
 */
group: number,
/**
 * The same of everybody.
 */
everybody: number, };

/**
 * Asks for a part of another worker's work, in the core's own bytes.
 */
export type Help = { bytes: Uint8Array, };

/**
 * A way to write ids alike.
 */
export type IdForm = "utf-8" | "trim" | "compose" | "strip-apostrophe" | "strip-.0" | "strip-prefix" | "strip-leading-zeros" | "lower" | "strip-punctuation";

export type Init = Record<symbol, never>;

/**
 * A file that figures were taken on.
 */
export type InputFile = {
/**
 * Its domain, by the letter of its place.
 */
domain: string,
/**
 * `ratings`, `test`, `users` or `items`.
 */
kind: string,
/**
 * File name, without the folder.
 */
name: string,
/**
 * Size.
 */
bytes: number,
/**
 * SHA-256 in hexadecimal digits; `None` where the browser works out none.
 */
sha256: string | null, };

/**
 * Items in the cloud of a domain, in the direction of people who like them; as far out in all as people are.
 */
export type ItemCloud = {
/**
 * Their numbers: of many those with the most ratings.
 */
items: Uint32Array,
/**
 * As users of the cloud, \[items, width\].
 */
points: Float32Array, };

/**
 * An item that is pointed at.
 */
export type ItemView = { title: string, about: Array<string>,
/**
 * How many have rated it.
 */
ratings: number,
/**
 * By domain, the users whose taste says most for it.
 */
liked_by: Array<Array<number>>, };

/**
 * A job. Its order is that of the manifest: by seed, fold, point, people, model, form.
 */
export type Job = {
/**
 * Seed of the folds, and with the fold of everything else in the job.
 */
seed: number,
/**
 * Which fold is tested, from 0.
 */
fold: number,
/**
 * What it changes of the contest.
 */
point?: Point,
/**
 * Who is tested.
 */
users: Users,
/**
 * Name of the model in the list.
 */
model: string,
/**
 * What it is given of the links.
 */
form: Form, };

/**
 * What came of a job.
 */
export type JobDone = {
/**
 * Its result as it is kept.
 */
text: string,
/**
 * Seconds of its trainings.
 */
seconds: number, };

/**
 * What came of one of several jobs: its result, or why it cannot be done.
 */
export type JobEnded = { done: JobDone | null, failed: string | null, };

/**
 * What came of several jobs.
 */
export type JobsEnded = {
/**
 * In their order.
 */
jobs: Array<JobEnded>,
/**
 * Where others are done from now on: a card that was lost is lost for good.
 */
device: DeviceName, };

/**
 * The model that is kept: trained on all ratings and all links.
 */
export type KeptModel = {
/**
 * Epochs, as validation chose them for the measured model.
 */
epochs: number,
/**
 * Seconds that it took.
 */
seconds: number, };

/**
 * The name of a [`Kind`].
 */
export type KindName = "whole" | "optional" | "number" | "layers" | "choice" | "truth" | "text";

/**
 * A link and its map.
 */
export type LinkReport = {
/**
 * The domain that X maps from, and that which it maps to, by number.
 */
domains: [number, number],
/**
 * People in both.
 */
overlap_users: number,
/**
 * Those that the map was learnt from.
 */
linked_users: number,
/**
 * `None` without held-out pairs.
 */
alignment: Alignment | null,
/**
 * The same pairs under two maps by way of a third domain.
 */
detours: Array<Detour>, };

/**
 * A link of the Bayesian model after a sweep.
 */
export type LinkState = {
/**
 * The domain whose people's vectors the other's are expected from.
 */
from: number,
/**
 * That other domain.
 */
to: number,
/**
 * ρ, how much of a person's bias is expected on the other side.
 */
rho: number,
/**
 * c, how much of their vector; 0 where biases alone cross.
 */
scale: number,
/**
 * c in units of the lengths of both sides' vectors, which ratings do not fix: what the correlation of X u_A with u_B is
 * expected to be, at most about 1.
 */
correlation: number,
/**
 * τ, the precision of biases around that.
 */
tau: number,
/**
 * λ, that of vectors. No evidence of a link: it is as high with shuffled ones.
 */
lambda: number, };

/**
 * How many people in both are linked.
 */
export type Links = "all" | { "kept": number } | { "discarded": number };

/**
 * What a list goes by.
 */
export type ListOrder = "rating" | "chance";

/**
 * A rating file that cannot be read, but whose columns can be shown, is no error: it becomes `unread`.
 */
export type Load = { slot: Slot, kind: FileKind, name: string, bytes: Uint8Array<ArrayBuffer>, options: ReadOptions, };

export type LoadSample = { seed: number,
/**
 * 2 or 3.
 */
domains: number, };

/**
 * Who is joined with whom.
 */
export type MapLink = { domains: [number, number],
/**
 * A user of the first domain, then the same person in the second, and so on.
 */
pairs: Uint32Array,
/**
 * By pair: 0 not linked, 1 linked (trained on), 2 held out (for the honest figure).
 */
roles: Uint8Array, };

/**
 * All clouds in one projection.
 */
export type MapSnapshot = {
/**
 * The domain in whose space they are shown; its own cloud stands still.
 */
space: number,
/**
 * By domain.
 */
clouds: Array<Cloud>, links: Array<MapLink>,
/**
 * How far the person who was asked for may lie from their points, in each of their domains; nothing where the model
 * does not know.
 */
spreads: Array<PersonSpread>,
/**
 * Where a visitor stands, in each domain that they rate in; nowhere where the model cannot fold them in.
 */
visitor: Array<VisitorPlace>,
/**
 * Whether items can be shown, because the model has vectors of them in the space of its people.
 */
has_items: boolean,
/**
 * By domain, where it was asked for.
 */
items: Array<ItemCloud>,
/**
 * Share of the variance that the two axes show, 0 to 1.
 */
explained: number, trained: boolean, };

/**
 * What a gradient step on X is made with.
 */
export type MappingOptimiser = "adam" | "plain";

/**
 * State of the map after an epoch.
 */
export type MappingState = {
/**
 * Mean squared distance ‖X u_A − u_B‖² of the linked pairs.
 */
loss: number,
/**
 * The same under the closed form of Eq. 3, orthogonal Procrustes: no orthogonal X can do better.
 */
closed_form_loss: number,
/**
 * ‖X Xᵀ − I‖ (Frobenius).
 */
orthogonality_error: number,
/**
 * Σ‖X u_A − u_B‖² / Σ‖ū_B − u_B‖² over the held-out pairs; `None` where there are none.
 */
alignment: number | null, };

/**
 * How X is learnt.
 */
export type MappingUpdate = "procrustes" | "gradient";

/**
 * What is trained on.
 */
export type Material = "files" | "without_features" | { "sample": number } | { "generated": number } | { "planted": {
/**
 * Dimensions.
 */
k: number,
/**
 * Standard deviation of the noise of each number, in thousandths of that of the vectors' numbers.
 */
noise: number, } };

/**
 * A model that can be chosen, and what it can do.
 */
export type Model = {
/**
 * Its name in the settings.
 */
name: string,
/**
 * What it is, in a line.
 */
description: string,
/**
 * Where it comes from.
 */
source: string,
/**
 * Whether anything crosses between domains.
 */
crosses: boolean,
/**
 * Whether people who lost all ratings of a domain are told apart there.
 */
cold_users: boolean,
/**
 * Whether feature tables of people or items are used.
 */
features: boolean,
/**
 * Whether it learns a map between the spaces of people.
 */
has_map: boolean,
/**
 * What trains it with the settings that a preset gives it.
 */
module: ModuleName, };

/**
 * Asks which module can train with these settings.
 */
export type ModuleFor = { config: Config, };

/**
 * The compiled modules of the page.
 */
export type ModuleName = "first" | "full";

/**
 * A near person.
 */
export type Neighbour = {
/**
 * User number.
 */
user: number,
/**
 * Title, or id.
 */
label: string,
/**
 * Euclidean distance in the domain's space.
 */
distance: number, };

/**
 * Which recommendation network RS is (paper 6.4).
 */
export type Network = "mlp" | "cnn" | "rnn" | "attention" | "adversarial";

/**
 * Asks for items that somebody who is in no file can rate.
 */
export type OfferItems = { domain: number,
/**
 * A part of the title; of an empty text all items.
 */
text: string, n: number, };

/**
 * An item that can be rated.
 */
export type OfferedItem = {
/**
 * Its number in the domain.
 */
item: number,
/**
 * Title, or id.
 */
title: string,
/**
 * Its categories.
 */
about: Array<string>,
/**
 * How many have rated it.
 */
count: number, };

/**
 * What is on the board.
 */
export type OnBoard = {
/**
 * Jobs whose results are there.
 */
done: Array<string>,
/**
 * Results that were refused, and why; their jobs are to be done again. Results of jobs that are not in the plan are
 * neither here nor there.
 */
refused: Array<Refused>,
/**
 * Seconds of one core for the jobs that are left; null while nothing is done.
 */
seconds_left: number | null,
/**
 * Where a job can wait for others, those that can be done now, as they are to be done; null where all can.
 */
ready: Array<ReadyJob> | null, };

/**
 * Begins a board for a plan.
 */
export type OpenBoard = {
/**
 * Terms and jobs as they are kept.
 */
manifest: string, };

/**
 * Makes a worker ready for jobs of an experiment.
 */
export type OpenExperiment = {
/**
 * Its name.
 */
experiment: string, folds: number,
/**
 * A text that tells these data from others.
 */
data: string,
/**
 * Where trainings are done that it can do.
 */
device: DeviceChoice,
/**
 * Workers that there are.
 */
workers: number, config: Config, };

/**
 * A worker that is ready for jobs.
 */
export type OpenedExperiment = {
/**
 * Where it does the jobs that have company.
 */
device: DeviceName,
/**
 * How many of these it does at once.
 */
at_once: number,
/**
 * What there is to say of the device.
 */
note: string | null, };

/**
 * How a matrix is made orthogonal again after a step ("Orthogonalize X", line 10 of Algorithm 1).
 */
export type Orthogonalisation = "gram-schmidt" | "polar";

/**
 * What a [`PairWarning`] is about.
 */
export type PairCode = "few-in-both" | "ids-differ" | "not-the-same" | "same-rows";

/**
 * Two domains.
 */
export type PairState = {
/**
 * By number.
 */
domains: [number, number],
/**
 * People in both.
 */
overlap_users: number,
/**
 * Of their mean ratings, for people with five or more in each.
 */
mean_correlation: number | null, };

/**
 * The rows of a table that are one domain's: those with one of some values in a column.
 */
export type Part = {
/**
 * The column, from 0.
 */
column: number,
/**
 * The values, as they stand in the cells without the blanks around them.
 */
values: Array<string>, };

/**
 * The uncertainty of a person's point.
 */
export type PersonSpread = { domain: number, user: number,
/**
 * In the coordinates of their cloud, \[n, width\], row-major: what they become in the plane adds up to the covariance
 * of the point there, by their outer products.
 */
vectors: Float32Array, };

/**
 * Where on the page a setting is shown.
 */
export type Place = "form" | "panel" | "command-line";

/**
 * Asks for the jobs of an experiment on the data as they are.
 */
export type PlanExperiment = { request: Request,
/**
 * A text that tells these data from others.
 */
data: string,
/**
 * The settings from which the points differ.
 */
config: Config, };

/**
 * One plane of the turn: at time t coordinates i and j turn by t · `angle`,
 * (xᵢ, xⱼ) ← (cos · xᵢ − sin · xⱼ, sin · xᵢ + cos · xⱼ).
 */
export type Plane = {
/**
 * First coordinate.
 */
i: number,
/**
 * Second coordinate.
 */
j: number,
/**
 * Whole angle in radians, in (0, π].
 */
angle: number, };

/**
 * What is to be done.
 */
export type Planned = {
/**
 * What all jobs have in common, as JSON: results under the same terms count for each other.
 */
terms: string,
/**
 * Terms and jobs as they are kept.
 */
manifest: string,
/**
 * In the order in which they are best given out: the lightest of each model first.
 */
jobs: Array<PlannedJob>,
/**
 * The points that can be chosen.
 */
points: Array<PointChoice>, };

/**
 * A job with what the page has to know of it.
 */
export type PlannedJob = {
/**
 * A name that no other job has and that a file may have.
 */
name: string, job: Job,
/**
 * What trains it.
 */
module: ModuleName,
/**
 * Whether a graphics card does it beside others of its kind.
 */
has_company: boolean, };

/**
 * What is different in a job from the contest itself. Its order is by place on the axis.
 */
export type Point = {
/**
 * Place on the axis: people, ratings, dimensions, or the number of a category.
 */
x: number,
/**
 * Which of several curves of one model it belongs to, in words; empty where there is one.
 */
arm: string,
/**
 * A name that no other point of the experiment has and that a file may have; empty where nothing is changed.
 */
name: string,
/**
 * Changed settings by name, as `--set` has them.
 */
settings: { [key in string]: string },
/**
 * How many people in both are linked.
 */
links: Links,
/**
 * What is trained on.
 */
material: Material,
/**
 * Ratings that a newcomer has in the domain that is tested; `None` for no newcomers of this kind.
 */
history: number | null,
/**
 * Whether losses are kept by epoch.
 */
is_traced: boolean,
/**
 * Which step of a search for settings it is; `None` outside of one.
 */
search: SearchStep | null, };

/**
 * A place on the axis that can be chosen.
 */
export type PointChoice = {
/**
 * What the request calls it.
 */
text: string,
/**
 * What people call it.
 */
label: string, };

/**
 * Sets up an untrained model; needed before training, and again after any change of data or settings.
 */
export type Prepare = { config: Config, device: DeviceChoice,
/**
 * The domain in whose space the map is shown; null leaves that to the core.
 */
space: number | null,
/**
 * What [`checkpoint`](super::session::Session::checkpoint) gave, to go on from; null begins anew.
 */
checkpoint: Uint8Array | null, };

/**
 * What was set up.
 */
export type Prepared = {
/**
 * The name of the model.
 */
model: string, device: DeviceName,
/**
 * What there is to say of the device.
 */
note: string | null,
/**
 * Whether it is sampled: by sweeps alone, not by epochs.
 */
samples: boolean,
/**
 * Null for a model without a map.
 */
map: MapSnapshot | null,
/**
 * What was told before the checkpoint that it goes on from, without mini-batches and earlier reports; null where it begins
 * anew.
 */
resumed: Advanced | null, };

/**
 * The presets by name.
 */
export type Presets = { robust: Config, paper: Config, };

/**
 * What was recognised in (or declared of) a rating file, with its first rows.
 */
export type Preview = {
/**
 * File name as the person knows it.
 */
file: string,
/**
 * What separates the columns.
 */
delimiter: Delimiter,
/**
 * Whether the first row holds names.
 */
header: boolean,
/**
 * Names from the header, else `column 1` and so on.
 */
columns: Array<string>,
/**
 * Which column is what.
 */
roles: Roles,
/**
 * The rating scale.
 */
scale: Scale,
/**
 * How it is known.
 */
scale_kind: ScaleKind,
/**
 * What was made of ratings that do not reach the ends of a usual scale, or are on none.
 */
scale_note: string | null,
/**
 * The first rows without the header, cells cut at 120 characters.
 */
rows: Array<Array<string>>,
/**
 * What `roles` could be where that is not clear and the file was not read for it; the first is the one shown.
 */
choices: Array<Cure>, };

/**
 * An item and a rating of it on the original scale.
 */
export type RatedItem = {
/**
 * Item number.
 */
item: number,
/**
 * Title, or id.
 */
title: string,
/**
 * Given or predicted rating.
 */
rating: number,
/**
 * Where the rating lies with four chances in five; `None` of given ratings, and of models that predict a number alone.
 */
likely: [number, number] | null,
/**
 * The chance of [`DomainAdvice::high`] or more, 0 to 1; `None` in the same cases.
 */
chance: number | null,
/**
 * What the table of items says of it: its categories and tags, in the order of the fields. Nothing where the model was read
 * from a file, which keeps titles alone.
 */
about: Array<string>, };

/**
 * What a person declares of a rating file; what is `None` is recognised, or stays as it is.
 */
export type ReadOptions = {
/**
 * What separates the columns.
 */
delimiter?: Delimiter | null,
/**
 * Whether the first row holds names.
 */
header?: boolean | null,
/**
 * Which column is what.
 */
roles?: Roles | null,
/**
 * The rating scale; ratings off it are rejected. Of counts it is the scale before they are turned.
 */
scale?: Scale | null,
/**
 * Values that mean "not rated", for example -1 or 99; rows with them are rejected. An empty list keeps all values.
 */
missing?: Array<number> | null,
/**
 * Forms that the user ids are written in; people whose ids become the same are one.
 */
ids?: Array<IdForm> | null,
/**
 * What counts are turned into; `None` leaves the numbers as they are.
 */
counts?: Counts | null,
/**
 * Which file of a zip archive is read.
 */
member?: string | null,
/**
 * The encoding of the text.
 */
encoding?: string | null,
/**
 * Whether the table is a matrix of people and items, with one column an item. Of such a table the roles are those
 * of the rows that its cells are read as: what the row stands for, what the column does, the rating.
 */
matrix?: boolean | null,
/**
 * The part of the table that is the domain; without it all of it is.
 */
part?: Part | null,
/**
 * What the domain is called; without it by its part, or by the file.
 */
name?: string | null, };

/**
 * A job whose turn it is.
 */
export type ReadyJob = {
/**
 * Its name in the plan.
 */
name: string,
/**
 * With the settings that are its turn.
 */
job: Job, };

/**
 * A rating, and what the prediction would lose without it.
 */
export type Reason = {
/**
 * The domain of the rated item.
 */
domain: number,
/**
 * The rated item's number.
 */
item: number,
/**
 * Its title, or id.
 */
title: string,
/**
 * How they rated it, on the original scale.
 */
rating: number,
/**
 * By how much the recommended item's rating falls without this one, on that item's original scale; above 0.
 */
lowers: number, };

export type RecommendTo = {
/**
 * By number in the world.
 */
domain: number, user: number, n: number,
/**
 * What lists with chances go by.
 */
order: ListOrder, };

/**
 * A result that was refused.
 */
export type Refused = {
/**
 * Name of the job.
 */
name: string, why: string, };

/**
 * A region of the map.
 */
export type Region = {
/**
 * Null where nothing stands out.
 */
name: string | null,
/**
 * Where its middle is, in the coordinates of the cloud that stands still.
 */
centre: [number, number],
/**
 * By domain, how many people stand there.
 */
people: Array<number>,
/**
 * What stands out, the furthest beyond chance first.
 */
tellings: Array<Telling>, };

/**
 * Regions of the map as it was drawn last.
 */
export type RegionsView = { regions: Array<Region>,
/**
 * By domain and user, the number of their region.
 */
domains: Array<Uint8Array>, };

/**
 * A row that was left out.
 */
export type Reject = {
/**
 * Line number in the file, from 1.
 */
line: number,
/**
 * Why it was left out, in plain words.
 */
reason: string,
/**
 * The row, cut at 120 characters.
 */
text: string, };

/**
 * Asks for the rows of a domain's rating file that were left out.
 */
export type Rejects = { slot: Slot,
/**
 * Of the rating file.
 */
bytes: Uint8Array<ArrayBuffer>, };

export type Remove = { slot: Slot, kind: FileKind, };

/**
 * Calls a domain by another name.
 */
export type Rename = { slot: Slot,
/**
 * Null: what its file calls it.
 */
name: string | null, };

/**
 * What has another name by now.
 */
export type Renamed = { data: DataState,
/**
 * The figures so far; null where there are none.
 */
report: Report | null,
/**
 * What they say in words.
 */
verdict: Array<string>, };

/**
 * All figures of a measurement.
 */
export type Report = {
/**
 * By domain; the page calls the first two a and b.
 */
domains: Array<DomainReport>,
/**
 * By link, of the first repeat; nothing for models without a map.
 */
links: Array<LinkReport>,
/**
 * What the Bayesian model says of the links that it uses, in the first repeat; nothing for models without it.
 */
taste: Array<TasteReport>,
/**
 * Of the first link in the first repeat; `None` without held-out pairs.
 */
alignment: Alignment | null,
/**
 * ‖X Xᵀ − I‖ (Frobenius) of the first link.
 */
orthogonality_error: number,
/**
 * Mean squared distance of the linked pairs under the first link's X.
 */
mapping_loss: number,
/**
 * The same under the closed form (orthogonal Procrustes).
 */
closed_form_loss: number,
/**
 * Overlap users that the first link's map was learnt from.
 */
linked_users: number,
/**
 * Share of the ratings that stand in both domains of a link: same person, same item, same rating.
 */
same_rows_share: number,
/**
 * Seeds that the figures are means over.
 */
seeds: Array<number>,
/**
 * `None` until it is trained.
 */
kept: KeptModel | null,
/**
 * Whether all trainings that tell what crosses are over.
 */
is_measured: boolean, };

/**
 * What somebody asks for.
 */
export type Request = {
/**
 * Name of the experiment.
 */
experiment: string,
/**
 * Names of models, or `all`; empty for those of the experiment.
 */
models: Array<string>,
/**
 * How the ratings are split.
 */
splitting: Splitting,
/**
 * First seed.
 */
seed: number,
/**
 * How many seeds.
 */
seeds: number,
/**
 * Whether newcomers are tested too, where the experiment does that.
 */
has_cold_users: boolean,
/**
 * Whether every point is done without links and with shuffled ones too; else that is done where the experiment cannot
 * do without.
 */
has_placebos: boolean,
/**
 * The points that are wanted, by name or place on the axis; empty for all.
 */
points: Array<string>,
/**
 * Tries that each model gets where settings are searched for; 0 for as many as are usual.
 */
budget: number, };

/**
 * Reads the unread file of a domain again, else the one that is loaded and its tables.
 */
export type Reread = { slot: Slot, options: ReadOptions,
/**
 * Of each file: the core keeps no text. None for the files of the sample.
 */
bytes: Partial<Record<FileKind, Uint8Array<ArrayBuffer>>>, };

/**
 * A result as it is kept.
 */
export type ResultText = {
/**
 * Name of the job.
 */
name: string, text: string, };

/**
 * Column numbers of a rating table, from 0.
 */
export type Roles = {
/**
 * Column of the user ids.
 */
user: number,
/**
 * Column of the item ids.
 */
item: number,
/**
 * Column of the ratings.
 */
rating: number,
/**
 * Column of the times, where there is one; the latest of two ratings of a pair is then kept.
 */
time: number | null, };

/**
 * Which of the measurement's trainings an event belongs to.
 */
export type Run = "main" | "without_transfer" | "shuffled" | "cold" | "cold_without_transfer" | "cold_biases" | "cold_shuffled" | "cold_shuffled_again" | "everything";

/**
 * Does one job.
 */
export type RunJob = { job: Job, };

/**
 * Does jobs side by side.
 */
export type RunJobs = { jobs: Array<Job>, };

/**
 * One step from the item mean to the whole method.
 */
export type Rung = {
/**
 * Who predicts.
 */
source: Source,
/**
 * RMSE for newcomers.
 */
rmse: number,
/**
 * From the rung before.
 */
change: Change | null, };

/**
 * Asks for a file of what is on the board.
 */
export type SaveFigure = { kind: FigureFile,
/**
 * Which figure; of no matter for what holds all.
 */
figure: number, };

/**
 * Asks for a group and what it likes as a file.
 */
export type SaveGroup = {
/**
 * By domain, the users who are in it.
 */
members: Array<Array<number>>,
/**
 * Items a domain.
 */
n: number, };

/**
 * Asks for the lists of one person as a file.
 */
export type SavePerson = { domain: number, user: number,
/**
 * Items a domain.
 */
n: number, order: ListOrder, };

/**
 * A file to take away.
 */
export type SavedFile = { name: string, mime: string,
/**
 * Null where it is no text.
 */
text: string | null,
/**
 * Null of a text.
 */
bytes: Uint8Array | null, };

/**
 * The rating scale of a domain, for example 1 to 5.
 */
export type Scale = {
/**
 * Lowest rating that can be given.
 */
lo: number,
/**
 * Highest rating that can be given.
 */
hi: number, };

/**
 * How a domain's scale is known.
 */
export type ScaleKind = "declared" | "usual" | "observed";

/**
 * How the passes of Algorithm 1 follow one another.
 */
export type Schedule = "alternating" | "joint";

/**
 * All figures of one set of predictions, on the unit scale.
 */
export type Scores = {
/**
 * [`rmse()`].
 */
rmse: number,
/**
 * [`mae()`].
 */
mae: number,
/**
 * [`precision_at_k`](super::precision_at_k) at 5.
 */
precision_at_5: number,
/**
 * [`recall_at_k`](super::recall_at_k) at 5.
 */
recall_at_5: number,
/**
 * [`paper_precision_at_k`](super::paper_precision_at_k) at 5.
 */
paper_precision_at_5: number,
/**
 * [`paper_recall_at_k`](super::paper_recall_at_k) at 5.
 */
paper_recall_at_5: number, };

/**
 * A step of a search for settings.
 */
export type SearchStep = { "try": number } | { "default": {
/**
 * Number of the training, from 1, each with a seed of its own.
 */
training: number, } } | { "best": {
/**
 * Out of so many tries.
 */
of: number,
/**
 * Number of the training, from 1, each with a seed of its own.
 */
training: number, } };

/**
 * Asks for the figures of what is on the board.
 */
export type ShowBoard = {
/**
 * Of a figure, in pixels.
 */
width: number, };

/**
 * Asks for the clouds as they are now; null where the model has no map.
 */
export type ShowMap = {
/**
 * The domain in whose space they are shown; null leaves that to the core.
 */
space: number | null,
/**
 * Whose uncertainty is to be shown.
 */
person: Somebody | null,
/**
 * The ratings of a visitor who is to stand there too; none for nobody.
 */
visitor: Array<GivenRating>,
/**
 * Whether items are to be shown too, where the model has them in the same space.
 */
items: boolean, };

/**
 * What the results say so far.
 */
export type Showing = {
/**
 * Jobs that are done, and all.
 */
done: number, jobs: number, finding: string,
/**
 * What the paper claims; empty where it claims nothing.
 */
claim: string,
/**
 * The best settings of each search.
 */
found: Array<FoundSettings>, figures: Array<FigureView>, };

/**
 * A place for a domain on the page. It keeps its letter, and with it colour and shape, when others come and go; the
 * domains of a world are numbered in the order of these.
 */
export type Slot = "a" | "b" | "c" | "d" | "e" | "f" | "g" | "h";

/**
 * A person in one domain.
 */
export type Somebody = {
/**
 * By number in the world.
 */
domain: number, user: number, };

/**
 * Who predicted.
 */
export type Source = "mean" | "bias" | "crossed_bias" | "alone" | "biases" | "shuffled" | "shuffled_again" | "linked";

/**
 * How ratings are split into those that are trained on and those that are tested.
 */
export type Splitting = { "folds": number } | "given";

/**
 * What a training is doing.
 */
export type Stage = "biases" | "autoencoders" | "training" | "sampling" | "weighing";

/**
 * Where the training stands.
 */
export type Standing = "idle" | "running" | "paused" | "done" | "failed";

/**
 * Ends the first run with what there is, where its model is whole after every step.
 */
export type Stop = Record<symbol, never>;

/**
 * Correlations over pairs of one person's two sides, each as deviations from the pairs' mean.
 */
export type Taste = {
/**
 * Pairs.
 */
pairs: number,
/**
 * Of biases: whether kindness crosses.
 */
biases: number,
/**
 * Of X u_A with u_B, over all numbers of the vectors; `None` where biases alone cross.
 */
vectors: number | null, };

/**
 * A link under the true pairs and under shuffled ones.
 */
export type TasteReport = {
/**
 * The domain that the other's people are expected from, and that other one, by number.
 */
domains: [number, number],
/**
 * With the true links.
 */
linked: Evidence,
/**
 * The placebo; `None` until it is trained.
 */
shuffled: Evidence | null, };

/**
 * A fact that stands out of chance.
 */
export type Telling = {
/**
 * What it is of.
 */
kind: TellingKind,
/**
 * Whose people or items, by number.
 */
domain: number,
/**
 * The category, or the item's title.
 */
name: string,
/**
 * How it is in the region.
 */
here: number,
/**
 * How it is with everybody.
 */
everywhere: number,
/**
 * Standard deviations beyond what chance would give.
 */
z: number, };

/**
 * What a fact is of.
 */
export type TellingKind = "people" | "often" | "high" | "item";

/**
 * How far the training is.
 */
export type TrainState = { state: Standing,
/**
 * Of all runs, 0 to 1.
 */
fraction: number, seconds_left: number | null, run: Run | null,
/**
 * Trainings that are over, and all of them in all repeats.
 */
runs: [number, number], epoch: number,
/**
 * Sweeps of the run that are done and all that it will have; null while nothing is sampled.
 */
sweeps: [number, number] | null,
/**
 * Whether the model that would recommend has learnt anything.
 */
trained: boolean, message: string | null, };

/**
 * What happened in a training.
 */
export type TrainingEvent = { "type": "started", run: Run, repeat: number, device: DeviceName, epochs: number, } | { "type": "batch", run: Run, repeat: number, stage: Stage, epoch: number, fraction: number, } | { "type": "epoch", run: Run, repeat: number, epoch: number, domains: Array<DomainLosses>, mapping: MappingState | null, seconds: number, } | { "type": "sweep", run: Run, repeat: number, sweep: number, sweeps: number, links: Array<LinkState>, fraction: number, seconds: number, } | { "type": "finished", run: Run, repeat: number, epochs: number, reason: string, seconds: number, } | { "type": "report", report: Report, verdict: Array<string>, complete: boolean, };

/**
 * A rating file that is kept aside until somebody says how to read it; what was loaded in its place stays.
 */
export type Unread = {
/**
 * The place that it was offered for.
 */
slot: Slot,
/**
 * What was declared when it was last tried.
 */
options: ReadOptions,
/**
 * How it was tried; what nobody declared and nothing told is a guess.
 */
preview: Preview,
/**
 * Why it could not be read.
 */
error: string, };

/**
 * Which rows of a gathered table (embeddings, and first and last layer of an autoencoder over ratings) a step of Adam
 * updates. Everything else, towers included, is updated whole.
 */
export type UpdatedRows = "touched" | "all";

/**
 * A person who was looked for.
 */
export type UserHit = { domain: number, user: number, label: string,
/**
 * All that they are in.
 */
domains: Array<number>, };

/**
 * Who loses ratings before the training.
 */
export type Users = "all" | "cold";

/**
 * A value of a column.
 */
export type ValueRows = {
/**
 * As it stands in the cells; empty where nothing does.
 */
value: string,
/**
 * Rows that have it.
 */
rows: number, };

/**
 * What a visitor is told.
 */
export type VisitorAdvice = {
/**
 * `None` where the model cannot fold anybody in.
 */
advice: Advice | null,
/**
 * The reasons for all that is recommended.
 */
why: Why, };

/**
 * Where somebody stands who is in no file.
 */
export type VisitorPlace = { domain: number,
/**
 * As a user of the domain's cloud, \[width\].
 */
point: Float32Array, };

/**
 * What kind of thing a [`Warning`] is about, the costliest first: warnings are listed in this order.
 */
export type WarningCode = "one-value" | "counts" | "rows-left-out" | "rounded-ids" | "shared-id" | "ids-differ" | "value-left-out" | "scale" | "columns" | "shape" | "repeats" | "encoding" | "row-numbers" | "preamble";

/**
 * The reasons for a person's recommendations.
 */
export type Why = {
/**
 * By domain and item, in the order in which they were asked about.
 */
domains: Array<Array<Because>>,
/**
 * Why there are none, in a sentence; `None` where they were looked for.
 */
silent: string | null, };

/** Requests: method → arguments and reply. */
export interface Methods {
  init: [arguments: Init, reply: Capabilities];
  load_sample: [arguments: LoadSample, reply: DataState];
  load: [arguments: Load, reply: DataState];
  reread: [arguments: Reread, reply: DataState];
  rejects: [arguments: Rejects, reply: SavedFile];
  values: [arguments: AskValues, reply: ColumnValues];
  rename: [arguments: Rename, reply: Renamed];
  remove: [arguments: Remove, reply: DataState];
  clear: [arguments: Clear, reply: DataState];
  module_for: [arguments: ModuleFor, reply: ModuleName];
  prepare: [arguments: Prepare, reply: Prepared];
  checkpoint: [arguments: AskCheckpoint, reply: CheckpointBytes];
  advance: [arguments: Advance, reply: Advanced];
  stop: [arguments: Stop, reply: TrainState];
  help: [arguments: Help, reply: AnswerBytes];
  map: [arguments: ShowMap, reply: MapSnapshot | null];
  regions: [arguments: AskRegions, reply: RegionsView];
  item: [arguments: AskItem, reply: ItemView | null];
  group: [arguments: AskGroup, reply: Group];
  save_group: [arguments: SaveGroup, reply: SavedFile];
  labels: [arguments: AskLabels, reply: Array<Array<string>>];
  colours: [arguments: ColourBy, reply: ColourView];
  favourites: [arguments: AskFavourites, reply: Array<Favourites>];
  find_users: [arguments: FindUsers, reply: Array<UserHit>];
  recommend: [arguments: RecommendTo, reply: Advice];
  why: [arguments: AskWhy, reply: Why | null];
  offer_items: [arguments: OfferItems, reply: Array<OfferedItem>];
  advise_visitor: [arguments: AdviseVisitor, reply: VisitorAdvice];
  save_person: [arguments: SavePerson, reply: SavedFile];
  export: [arguments: Export, reply: SavedFile];
  plan_experiment: [arguments: PlanExperiment, reply: Planned];
  open_experiment: [arguments: OpenExperiment, reply: OpenedExperiment];
  run_job: [arguments: RunJob, reply: JobDone];
  run_jobs: [arguments: RunJobs, reply: JobsEnded];
  open_board: [arguments: OpenBoard, reply: null];
  add_results: [arguments: AddResults, reply: OnBoard];
  show_board: [arguments: ShowBoard, reply: Showing];
  save_figure: [arguments: SaveFigure, reply: SavedFile];
}
