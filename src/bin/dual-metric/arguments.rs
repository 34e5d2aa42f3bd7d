//! What can be asked for, and how a refusal is said.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use dual_metric::engine::Device;
use dual_metric::error::Result;

use crate::output;

/// Trains a cross-domain recommender on two rating files that share users.
#[derive(Parser)]
#[command(name = "dual-metric", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train on two rating files and report errors beside baselines.
    Train(Box<Train>),
    /// Compare models on the same folds, with statistics.
    Lab(Box<crate::lab_arguments::Lab>),
    /// Show how a rating file is read, without training.
    Inspect(Box<Inspect>),
    /// Recommend items to a user with a model that `train --out` wrote.
    Recommend(Recommend),
    /// Write the generated sample as files.
    Sample(Sample),
    /// List the models that can be trained.
    Models(Models),
    /// List the settings: what each is, what it may be, its value in both presets.
    Settings(Settings),
}

/// Options of `train`.
#[derive(clap::Args)]
pub struct Train {
    /// Ratings of domain A.
    #[arg(long, value_name = "FILE")]
    pub a: Option<PathBuf>,
    /// Ratings of domain B.
    #[arg(long, value_name = "FILE")]
    pub b: Option<PathBuf>,
    /// Split the file of --a into A and B by a column (its number from 1 or its name) and the values of each side, in place of
    /// --b; rows with other values are left out: category=Book/DVD,Video. A comma, slash or equals sign in a value has a
    /// backslash before it. What is said of A holds for B where nothing is said of B.
    #[arg(long, value_name = "COLUMN=VALUES_A/VALUES_B", requires = "a", conflicts_with_all = ["b", "domain", "a_part", "b_part"])]
    pub split_by: Option<String>,
    /// Ratings of a domain by a name of yours; two or more of these in place of --a and --b. What is said of such a domain
    /// takes its name: --scale books:1:5.
    #[arg(long, value_name = "NAME=FILE", conflicts_with_all = ["a", "b"])]
    pub domain: Vec<String>,
    #[command(flatten)]
    pub of_domains: OfDomains,
    /// Feature table of A's users, first column the id.
    #[arg(long, value_name = "FILE")]
    pub a_users: Option<PathBuf>,
    /// Feature table of A's items.
    #[arg(long, value_name = "FILE")]
    pub a_items: Option<PathBuf>,
    /// Feature table of B's users.
    #[arg(long, value_name = "FILE")]
    pub b_users: Option<PathBuf>,
    /// Feature table of B's items.
    #[arg(long, value_name = "FILE")]
    pub b_items: Option<PathBuf>,
    /// Rating scale of A, recognised from the file when absent.
    #[arg(long, value_name = "LO:HI", allow_hyphen_values = true)]
    pub a_scale: Option<String>,
    /// Rating scale of B.
    #[arg(long, value_name = "LO:HI", allow_hyphen_values = true)]
    pub b_scale: Option<String>,
    /// Which column of A is what, by number from 1 or by name.
    #[arg(long, value_name = "user=1,item=2,rating=3[,time=4]")]
    pub a_columns: Option<String>,
    /// What separates the columns of A: comma, tab, semicolon, double-colon, pipe or space.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub a_delimiter: Option<String>,
    /// Whether the first row of A holds names.
    #[arg(long, value_name = "yes|no")]
    pub a_header: Option<String>,
    /// Ratings of A that mean "not rated", for example 99 or -1,0; none keeps all of them.
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub a_missing: Option<String>,
    /// Which file of a zip archive holds A, where it holds several.
    #[arg(long, value_name = "NAME")]
    pub a_member: Option<String>,
    /// Encoding of A, for example utf-8, gb18030 or windows-1252; recognised when absent.
    #[arg(long, value_name = "LABEL")]
    pub a_encoding: Option<String>,
    /// Whether A is a matrix of people and items, with one column an item; recognised when absent.
    #[arg(long, value_name = "yes|no")]
    pub a_matrix: Option<String>,
    /// How the user ids of A are rewritten: utf-8, trim, compose, strip-apostrophe, strip-.0, strip-prefix,
    /// strip-leading-zeros, lower, strip-punctuation.
    #[arg(long, value_name = "FORMS")]
    pub a_ids: Option<String>,
    /// What the ratings of A are turned into if they are counts (plays, hours): log or ranks.
    #[arg(long, value_name = "log|ranks")]
    pub a_counts: Option<String>,
    /// The part of its file that A is: rows with one of some values in a column, by its number from 1 or its name.
    #[arg(long, value_name = "COLUMN=VALUES")]
    pub a_part: Option<String>,
    /// Which column of B is what, by number from 1 or by name.
    #[arg(long, value_name = "user=1,item=2,rating=3[,time=4]")]
    pub b_columns: Option<String>,
    /// What separates the columns of B: comma, tab, semicolon, double-colon, pipe or space.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub b_delimiter: Option<String>,
    /// Whether the first row of B holds names.
    #[arg(long, value_name = "yes|no")]
    pub b_header: Option<String>,
    /// Ratings of B that mean "not rated", for example 99 or -1,0; none keeps all of them.
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub b_missing: Option<String>,
    /// Which file of a zip archive holds B, where it holds several.
    #[arg(long, value_name = "NAME")]
    pub b_member: Option<String>,
    /// Encoding of B, for example utf-8, gb18030 or windows-1252; recognised when absent.
    #[arg(long, value_name = "LABEL")]
    pub b_encoding: Option<String>,
    /// Whether B is a matrix of people and items, with one column an item; recognised when absent.
    #[arg(long, value_name = "yes|no")]
    pub b_matrix: Option<String>,
    /// How the user ids of B are rewritten: utf-8, trim, compose, strip-apostrophe, strip-.0, strip-prefix,
    /// strip-leading-zeros, lower, strip-punctuation.
    #[arg(long, value_name = "FORMS")]
    pub b_ids: Option<String>,
    /// What the ratings of B are turned into if they are counts (plays, hours): log or ranks.
    #[arg(long, value_name = "log|ranks")]
    pub b_counts: Option<String>,
    /// The part of its file that B is: rows with one of some values in a column, by its number from 1 or its name.
    #[arg(long, value_name = "COLUMN=VALUES")]
    pub b_part: Option<String>,
    #[command(flatten)]
    pub settings: Chosen,
    /// Which model is trained; `dual-metric models` lists them.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Seed of weights, split, shuffles and dropout.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Most epochs.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Share of the ratings to test on.
    #[arg(long)]
    pub test_fraction: Option<f32>,
    /// Repeat the whole measurement with so many seeds, from --seed on; intervals then cover the seeds too.
    #[arg(long, value_name = "N")]
    pub repeats: Option<usize>,
    /// Where to train.
    #[arg(long, value_enum, default_value_t = DeviceName::Cpu)]
    pub device: DeviceName,
    /// Train the model alone, without the trainings that measure what the other domain gives.
    #[arg(long)]
    pub no_transfer_study: bool,
    /// Print every epoch as a line of JSON on standard error.
    #[arg(long)]
    pub verbose: bool,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub json: bool,
    /// Write the model and the figures into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// The settings of a training or of all models of a contest.
#[derive(clap::Args)]
pub struct Chosen {
    /// Settings as JSON; absent ones keep the preset's values. `dual-metric settings` lists them.
    #[arg(long, value_name = "FILE.json")]
    pub config: Option<PathBuf>,
    /// `robust` (default) or `paper`.
    #[arg(long)]
    pub preset: Option<String>,
    /// One setting, for example --set dimension=32; can be repeated. `dual-metric settings` lists them.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// Devices of the command line.
#[derive(Clone, Copy, ValueEnum)]
pub enum DeviceName {
    /// This machine's processor.
    Cpu,
    /// This machine's graphics card, through Vulkan, Metal or Direct3D 12.
    #[cfg(feature = "card")]
    Webgpu,
}

impl DeviceName {
    /// The device.
    ///
    /// # Errors
    /// When there is none of the kind.
    pub fn open(self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(Device::cpu()),
            #[cfg(feature = "card")]
            Self::Webgpu => pollster::block_on(Device::webgpu()),
        }
    }
}

/// What is said of domains that have names, each with the name in front.
#[derive(clap::Args, Default)]
pub struct OfDomains {
    /// Feature table of a domain's users.
    #[arg(long, value_name = "NAME=FILE", requires = "domain")]
    pub users: Vec<String>,
    /// Feature table of a domain's items.
    #[arg(long, value_name = "NAME=FILE", requires = "domain")]
    pub items: Vec<String>,
    /// As --a-scale.
    #[arg(long, value_name = "NAME:LO:HI", requires = "domain")]
    pub scale: Vec<String>,
    /// As --a-columns.
    #[arg(long, value_name = "NAME:user=1,item=2,rating=3", requires = "domain")]
    pub columns: Vec<String>,
    /// As --a-delimiter.
    #[arg(long, value_name = "NAME:DELIMITER", requires = "domain")]
    pub delimiter: Vec<String>,
    /// As --a-header.
    #[arg(long, value_name = "NAME:yes|no", requires = "domain")]
    pub header: Vec<String>,
    /// As --a-missing.
    #[arg(long, value_name = "NAME:VALUES", requires = "domain")]
    pub missing: Vec<String>,
    /// As --a-member.
    #[arg(long, value_name = "NAME:MEMBER", requires = "domain")]
    pub member: Vec<String>,
    /// As --a-encoding.
    #[arg(long, value_name = "NAME:LABEL", requires = "domain")]
    pub encoding: Vec<String>,
    /// As --a-matrix.
    #[arg(long, value_name = "NAME:yes|no", requires = "domain")]
    pub matrix: Vec<String>,
    /// As --a-ids.
    #[arg(long, value_name = "NAME:FORMS", requires = "domain")]
    pub ids: Vec<String>,
    /// As --a-counts.
    #[arg(long, value_name = "NAME:log|ranks", requires = "domain")]
    pub counts: Vec<String>,
    /// As --a-part: --part books:category=Book,Magazine.
    #[arg(long, value_name = "NAME:COLUMN=VALUES", requires = "domain")]
    pub part: Vec<String>,
}

/// Options of `inspect`.
#[derive(clap::Args)]
pub struct Inspect {
    /// Ratings.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Rating scale, recognised from the file when absent.
    #[arg(long, value_name = "LO:HI", allow_hyphen_values = true)]
    pub scale: Option<String>,
    /// Which column is what, by number from 1 or by name.
    #[arg(long, value_name = "user=1,item=2,rating=3[,time=4]")]
    pub columns: Option<String>,
    /// What separates the columns: comma, tab, semicolon, double-colon, pipe or space.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub delimiter: Option<String>,
    /// Whether the first row holds names.
    #[arg(long, value_name = "yes|no")]
    pub header: Option<String>,
    /// Ratings that mean "not rated", for example 99 or -1,0; none keeps all of them.
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub missing: Option<String>,
    /// Which file of a zip archive is read, where it holds several.
    #[arg(long, value_name = "NAME")]
    pub member: Option<String>,
    /// Encoding of the text, for example utf-8, gb18030 or windows-1252; recognised when absent.
    #[arg(long, value_name = "LABEL")]
    pub encoding: Option<String>,
    /// Whether the table is a matrix of people and items, with one column an item; recognised when absent.
    #[arg(long, value_name = "yes|no")]
    pub matrix: Option<String>,
    /// How the user ids are rewritten: utf-8, trim, compose, strip-apostrophe, strip-.0, strip-prefix,
    /// strip-leading-zeros, lower, strip-punctuation.
    #[arg(long, value_name = "FORMS")]
    pub ids: Option<String>,
    /// What the ratings are turned into if they are counts (plays, hours): log or ranks.
    #[arg(long, value_name = "log|ranks")]
    pub counts: Option<String>,
    /// The part that is read: rows with one of some values in a column, by its number from 1 or its name.
    #[arg(long, value_name = "COLUMN=VALUES")]
    pub part: Option<String>,
    /// Write all rows that are left out to this file: line, reason, row.
    #[arg(long, value_name = "FILE.csv")]
    pub rejects: Option<PathBuf>,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Options of `models`.
#[derive(clap::Args)]
pub struct Models {
    /// Print one JSON list on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Options of `settings`.
#[derive(clap::Args)]
pub struct Settings {
    /// Print one JSON list on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Options of `recommend`.
#[derive(clap::Args)]
pub struct Recommend {
    /// Folder that `train --out` wrote, or the file of a model in it.
    #[arg(long, value_name = "DIR")]
    pub model: PathBuf,
    /// User id as in the files.
    #[arg(long)]
    pub user: String,
    /// Domain to recommend in: its name, or a, b, c … in the order of the files.
    #[arg(long, value_name = "NAME")]
    pub domain: String,
    /// Number of items.
    #[arg(long, default_value_t = 10)]
    pub top: usize,
    /// Say below each item because of which ratings: those without which it would be rated lowest.
    #[arg(long)]
    pub why: bool,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Options of `sample`.
#[derive(clap::Args)]
pub struct Sample {
    /// Folder to write into; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Seed of the generator.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Number of domains: books and films, and songs as a third.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=3))]
    pub domains: u8,
}

/// Runs the program; every refusal is one line on standard error and exit code 2.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version are no refusals.
        Err(message) if !message.use_stderr() => {
            output::show(message);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            let text = message.to_string();
            let first: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
            output::note(format!("{}; see dual-metric --help", first.join(" ")));
            return ExitCode::from(2);
        }
    };
    let done = match arguments.command {
        Command::Train(options) => crate::train::run(&options),
        Command::Lab(options) => crate::lab::run(&options),
        Command::Inspect(options) => crate::inspect::run(&options),
        Command::Recommend(options) => crate::recommend::run(&options),
        Command::Sample(options) => crate::sample::run(&options),
        Command::Settings(options) => crate::settings::run(&options),
        Command::Models(options) => {
            crate::models::run(&options);
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::note(format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}
