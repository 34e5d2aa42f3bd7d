// The language between page and worker, typed in one place. The worker answers each request with one reply
// and sends `events` on its own while it trains. Field names are those of the Rust core (snake_case), because
// the core's structures cross the border as they are.

/**
 * @typedef {"a" | "b" | "c" | "d" | "e" | "f" | "g" | "h"} Slot a place for a domain on the page; it keeps its letter when
 *   others come and go. Once a model is set up, domains are numbered from 0 in the order of their places, as in
 *   `DataState.domains`
 * @typedef {"ratings" | "users" | "items"} FileKind
 * @typedef {"comma" | "tab" | "semicolon" | "double-colon" | "pipe" | "space"} Delimiter
 * @typedef {{ lo: number, hi: number }} Scale
 * @typedef {"declared" | "usual" | "observed"} ScaleKind observed: no usual scale holds the ratings, and their range is it
 * @typedef {{ user: number, item: number, rating: number, time: number | null }} Roles column numbers, from 0
 * @typedef {"utf-8" | "trim" | "compose" | "strip-apostrophe" | "strip-.0" | "strip-prefix" | "strip-leading-zeros" | "lower" | "strip-punctuation"} IdForm
 * @typedef {{ delimiter?: Delimiter | null, header?: boolean | null, roles?: Roles | null, scale?: Scale | null,
 *   missing?: number[] | null, ids?: IdForm[] | null, counts?: "log" | "ranks" | null, member?: string | null, encoding?: string | null,
 *   matrix?: boolean | null }} ReadOptions
 *   null or absent: recognise it, or leave it as it is; missing: values that mean "not rated"; ids: forms that people's ids
 *   are written in; counts: what counts are turned into; member: which file of a zip archive; encoding: by its label;
 *   matrix: whether there is one column an item
 * @typedef {{ label: string, options: ReadOptions }} Choice options: what is to be declared besides what is declared already
 * @typedef {{ label: string, changes: { slot: Slot, options: ReadOptions }[] }} Cure options: all that is to be declared
 * @typedef {{ slots: Slot[], code: string, text: string, cures: Cure[] }} DataWarning slots: the file that it is about, or
 *   the two; cures: nothing where reading otherwise does not help
 *
 * @typedef {object} Preview what was recognised in a rating file
 * @property {string} file
 * @property {Delimiter} delimiter
 * @property {boolean} header
 * @property {string[]} columns names from the header, else "column 1" ...
 * @property {Roles} roles
 * @property {Scale} scale
 * @property {ScaleKind} scale_kind how the scale is known
 * @property {string | null} scale_note what was made of ratings that do not reach a usual scale's ends or are on none
 * @property {string[][]} rows the first rows
 * @property {Choice[]} choices what the columns could be, or which file of an archive is meant, where that is not clear and
 *   the file was not read for it
 *
 * @typedef {{ line: number, reason: string, text: string }} Reject
 * @typedef {{ file: string, rows: number, matched: number, titles: string | null,
 *   fields: { name: string, kind: "numeric" | "one-hot" | "multi-hot", width: number }[],
 *   rejected_rows: number, rejects: Reject[] }} FeatureState
 *
 * @typedef {object} DomainState
 * @property {Slot} slot
 * @property {string} name
 * @property {number} users
 * @property {number} items
 * @property {number} ratings
 * @property {number} density share of the user x item table that is rated, 0..1 (sparsity = 1 - density)
 * @property {Scale} scale
 * @property {Preview | null} preview null for the generated sample
 * @property {string} understood what was recognised, in one line
 * @property {ReadOptions} options what is declared
 * @property {number} duplicates pairs that occurred more than once (the last is kept)
 * @property {number} rejected_rows
 * @property {Reject[]} rejects the first thousand
 * @property {FeatureState | null} user_features
 * @property {FeatureState | null} item_features
 *
 * @typedef {object} DataState
 * @property {DomainState[]} domains those that have ratings, in the order of their places
 * @property {PairState[]} pairs every two of them
 * @property {number} overlap_users people in two domains or more
 * @property {DataWarning[]} warnings what to know of the files, the costliest first
 * @property {boolean} generated whether this is the sample
 * @property {boolean} ready whether training can start
 * @property {Unread | null} unread the rating file that was offered last, if it could not be read
 *
 * @typedef {object} PairState
 * @property {[number, number]} domains by number
 * @property {number} overlap_users people in both
 * @property {number | null} mean_correlation of their mean ratings (people with 5 or more in each)
 *
 * @typedef {object} Unread a rating file that is kept aside until somebody says how to read it
 * @property {Slot} slot the domain it was offered for; what was loaded there before stays
 * @property {ReadOptions} options what was declared when it was last tried
 * @property {Preview} preview how it was tried; what nobody declared and nothing told is a guess
 * @property {string} error why it could not be read
 *
 * @typedef {Record<string, any>} Config the fields of `Config` in src/settings/mod.rs
 *
 * @typedef {object} Field one setting, a `Field` of src/settings/schema.rs
 * @property {string} name in `Config`
 * @property {string} group the heading that it stands under
 * @property {string} label
 * @property {string} help one sentence
 * @property {string | null} formula
 * @property {"whole" | "optional" | "number" | "layers" | "choice" | "truth" | "text"} kind optional: a whole number or
 *   null; layers: a list of whole numbers
 * @property {[lo: number, hi: number | null] | null} range of numbers, as the core checks it; hi: null where there is no end
 * @property {number | null} most of layers: how many there may be
 * @property {string | null} none of an optional number: what null means
 * @property {string[] | null} options of a choice
 * @property {string | null} paper what the paper says; null where it has nothing like it
 * @property {"form" | "panel" | "command-line"} place where it is set: in the form of all settings, in the panel alone, or
 *   not on the page
 *
 * @typedef {object} Capabilities
 * @property {{ available: boolean, fallback: boolean, description: string }} webgpu
 * @property {Record<"robust" | "paper", Config>} presets
 * @property {Field[]} schema every setting, in the order of the form; those of a group stand together
 *
 * @typedef {object} MapSnapshot all clouds in one projection
 * @property {number} space the domain in whose space they are shown; its own cloud stands still
 * @property {Cloud[]} clouds by domain
 * @property {{ domains: [number, number], pairs: Uint32Array, roles: Uint8Array }[]} links who is joined with whom: pairs has
 *   the user of the first domain, then that of the second; roles a number a pair: 0 not linked, 1 linked (trained on), 2 held
 *   out (for the honest figure)
 * @property {number} explained share of the variance that the two axes show, 0..1
 * @property {boolean} trained
 *
 * @typedef {object} Cloud user n stands at projection . R(t) . points[n], where R(t) turns plane [i, j] by angle * t; t = 0
 *   is before, t = 1 after the map
 * @property {number} width coordinates of a user; 2 for a cloud that stands still
 * @property {Float32Array} projection [2, width], row-major
 * @property {{ i: number, j: number, angle: number }[]} planes
 * @property {Float32Array} points [users, width]
 * @property {number[]} way the domains that its map leads through, both ends included; nothing where no link leads there
 *
 * @typedef {{ own: number, cross: number | null, validation_rmse: number | null }} DomainLosses
 * @typedef {{ loss: number, closed_form_loss: number, orthogonality_error: number, alignment: number | null }} MappingState
 *   loss: mean squared distance of the linked pairs; closed_form_loss: the same under orthogonal Procrustes; alignment: of the held-out pairs, 1 = no better than the mean
 *
 * @typedef {"main" | "without_transfer" | "shuffled" | "cold" | "cold_without_transfer" | "cold_biases" |
 *   "cold_shuffled" | "cold_shuffled_again" | "everything"} RunName
 *   the model that is measured, what it is compared with, and the model that is kept, trained on everything
 *
 * @typedef {{ value: number, low: number, high: number }} Change from one RMSE to another as a share of the first, with
 *   a 95 % interval; negative: less error
 *
 * @typedef {object} Scores on the unit scale (rating - lo) / (hi - lo)
 * @property {number} rmse
 * @property {number} mae
 * @property {number} precision_at_5 standard: share of relevant items among the top 5 of a user's test items
 * @property {number} recall_at_5 standard: share of the user's relevant test items that the top 5 holds
 * @property {number} paper_precision_at_5 as behind the paper's tables
 * @property {number} paper_recall_at_5 as behind the paper's tables
 *
 * @typedef {object} Comparison RMSE of a group of people, means over the repeats; null while it is not measured or empty
 * @property {number} users people in the group who have test ratings
 * @property {number} ratings their test ratings
 * @property {number | null} without_transfer trained with nothing that crosses
 * @property {number | null} shuffled the placebo: links that join nobody with themselves
 * @property {number | null} with_transfer
 * @property {number | null} bias the bias model of the domain alone
 * @property {number | null} mean the global mean
 * @property {Change | null} change from without_transfer to with_transfer
 * @property {Change | null} beyond_placebo from shuffled to with_transfer
 * @property {boolean} is_enough whether the group is large enough for a claim
 *
 * @typedef {"mean" | "bias" | "crossed_bias" | "alone" | "biases" | "shuffled" | "shuffled_again" | "linked"} Source who
 *   predicts
 * @typedef {{ source: Source, rmse: number, change: Change | null }} Rung change: from the rung before
 *
 * @typedef {object} DomainReport
 * @property {string} name
 * @property {number} test_ratings in the first repeat
 * @property {number} clipped_ratings beyond a scale that is the range of the training rows; they count as its ends
 * @property {Scores} model
 * @property {Scores} mean the global mean
 * @property {Scores} bias the bias model
 * @property {Change | null} against_bias from the bias model's RMSE to the model's
 * @property {Change | null} against_mean from the global mean's RMSE to the model's
 * @property {Comparison} all
 * @property {Comparison} sparse users with fewer than five training ratings
 * @property {Comparison} cold users who lost all ratings of this domain before training
 * @property {Rung[]} ladder what crosses to newcomers: bias (the item mean), alone, biases, linked, as far as trained
 * @property {number | null} crossed_bias_rmse newcomers with the other domain's bias and no network
 * @property {number | null} floor_rmse the sample only: no model can do better than this
 *
 * @typedef {object} Report
 * @property {DomainReport[]} domains
 * @property {LinkReport[]} links
 * @property {Alignment | null} alignment of the first link
 * @property {number} orthogonality_error |X Xt - I| of the first link
 * @property {number} mapping_loss mean squared distance of the first link's pairs under X
 * @property {number} closed_form_loss the same under the closed form (orthogonal Procrustes)
 * @property {number} linked_users overlap users that the first link's map was learnt from
 * @property {number} same_rows_share share of the ratings that stand in both files; from 0.05 on nothing is claimed of transfer
 * @property {number[]} seeds that the figures are means over
 * @property {{ epochs: number, seconds: number } | null} kept the model that is kept, once it is trained
 * @property {string[]} verdict plain words: what the other domain gives, or that it gives nothing
 *
 * @typedef {{ pairs: number, mapped: number, identity: number, random: number }} Alignment held-out overlap pairs:
 *   sum |X u_A - u_B|^2 / sum |mean u_B - u_B|^2; the mean embedding is 1 by definition
 * @typedef {object} LinkReport
 * @property {[number, number]} domains
 * @property {number} overlap_users people in both
 * @property {number} linked_users those that the map was learnt from
 * @property {Alignment | null} alignment null without held-out pairs
 * @property {{ by: number, mapped: number }[]} detours the same pairs under two maps by way of a third domain
 *
 * @typedef {(
 *   { type: "started", run: RunName, repeat: number, device: string, epochs: number } |
 *   { type: "batch", run: RunName, repeat: number, stage: string, epoch: number, fraction: number } |
 *   { type: "epoch", run: RunName, repeat: number, epoch: number, domains: DomainLosses[], mapping: MappingState,
 *     seconds: number } |
 *   { type: "finished", run: RunName, repeat: number, epochs: number, reason: string, seconds: number } |
 *   { type: "report", report: Report, complete: boolean }
 * )} TrainingEvent
 *   `repeat` counts from 0. `batch.fraction` is the progress of that run, 0..1. `report` comes after "main" (complete:
 *   false) and after each further run.
 *
 * @typedef {{ state: "idle" | "running" | "paused" | "done" | "failed", fraction: number, seconds_left: number | null,
 *   run: RunName | null, runs: [number, number], epoch: number, message: string | null }} TrainState
 *   runs: how many trainings are over, and how many there are in all repeats
 *
 * @typedef {{ domain: Slot, kind: FileKind, name: string, bytes: number, sha256: string | null }} InputFile a file that
 *   the figures come from; sha256: null where the browser works out none
 *
 * @typedef {{ user: number, label: string, distance: number }} Neighbour
 * @typedef {{ domain: number, neighbour: Neighbour }} Companion
 * @typedef {{ item: number, title: string, rating: number }} RatedItem on the original scale
 *
 * @typedef {object} DomainAdvice
 * @property {number | null} user number in this domain, null when the person is not known here
 * @property {boolean} via_map whether the predictions come through the map from another domain
 * @property {number[]} way the domains that the map leads through, both ends included; nothing for people who are known here
 * @property {RatedItem[]} rated what they rated highest
 * @property {RatedItem[]} next top-n unseen items, `rating` is the prediction
 * @property {Neighbour[]} nearest users of this domain nearest to the person in the shared space
 *
 * @typedef {{ label: string, domains: DomainAdvice[], nearest: Companion[] }} Advice
 *   nearest: of all domains, each person once
 * @typedef {"metrics" | "recommendations" | "embeddings" | "model"} ExportKind
 * @typedef {string[][]} Labels what to call each user, by domain and user number
 * @typedef {{ domain: number, user: number, label: string, domains: number[] }} UserHit domains: all that they are in
 */

/**
 * Requests: method name -> [arguments, reply].
 * @typedef {object} Methods
 * @property {[{}, Capabilities]} init
 * @property {[{ seed: number, domains: number }, DataState]} load_sample domains: 2 or 3
 * @property {[{ slot: Slot, kind: FileKind, name: string, bytes: Uint8Array, options: ReadOptions }, DataState]} load
 *   a rating file that cannot be read, but whose columns can be shown, is no error: it becomes `unread`
 * @property {[{ slot: Slot, options: ReadOptions, bytes: Partial<Record<FileKind, Uint8Array>> }, DataState]} reread
 *   reads the unread file of that domain again, else the one that is loaded and its tables. The core keeps no file's text:
 *   `bytes` has that of each; none for the files of the sample
 * @property {[{ slot: Slot, bytes: Uint8Array }, { name: string, mime: string, text: string }]} rejects all rows of the
 *   loaded rating file that were left out, as a table to save; bytes: of that file
 * @property {[{ slot: Slot, kind: FileKind }, DataState]} remove
 * @property {[{}, DataState]} clear takes all files out
 * @property {[{ config: Config, device: "webgpu" | "cpu" | "fastest", space: number | null }, { device: "webgpu" | "cpu", note: string | null, map: MapSnapshot }]} prepare
 *   sets up an untrained model; needed before train, and again after any change of data or settings
 * @property {[{ epochs: number | null }, TrainState]} train runs until done or for that many epochs
 * @property {[{}, TrainState]} pause
 * @property {[{ space: number | null }, MapSnapshot]} map the clouds as they are now; space: null leaves it to the core
 * @property {[{}, Labels]} labels
 * @property {[{ query: string, limit: number }, UserHit[]]} find_users
 * @property {[{ domain: number, user: number, n: number }, Advice]} recommend
 * @property {[{ kind: ExportKind, files?: InputFile[] }, { name: string, mime: string, text: string }]} export
 *   files: for the metrics, what they were taken on
 */

/**
 * @template {keyof Methods} M
 * @typedef {{ id: number, method: M, args: Methods[M][0] }} Request
 */

/**
 * Messages from the worker.
 * @typedef {(
 *   { id: number, result: any } |
 *   { id: number, error: string } |
 *   { events: TrainingEvent[], state: TrainState } |
 *   { fatal: string }
 * )} Reply
 */

export {};
