//! Options of `lab`.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use dual_metric::lab::contest::PEERS;
use dual_metric::lab::experiments::EXPERIMENTS;
use dual_metric::lab::tune::BUDGET;

use crate::arguments::{Chosen, DeviceName, OfDomains};

/// Options of `lab`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Lab {
    #[command(subcommand)]
    pub command: Option<LabCommand>,
    /// Ratings of a domain by a name of yours; two or more of these.
    #[arg(long, value_name = "NAME=FILE")]
    pub domain: Vec<String>,
    /// Ratings of a domain to test on, as somebody else has split them off: one split in place of folds.
    #[arg(long, value_name = "NAME=FILE", requires = "domain")]
    pub test: Vec<String>,
    #[command(flatten)]
    pub of_domains: OfDomains,
    /// What is compared: all models with one another, or some at the points of a figure. `list` says what each shows.
    #[arg(long, value_name = "NAME", value_parser = experiments(), default_value = PEERS)]
    pub experiment: String,
    /// The models, or `all`; `dual-metric models` lists them. Left out, those of the experiment (all with `peers`). The global
    /// mean and the bias model always take part.
    #[arg(long, value_name = "all|NAME,...", value_delimiter = ',')]
    pub models: Vec<String>,
    /// Do some points of the experiment alone, by name or by place on the axis.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub points: Vec<String>,
    /// Parts of the cross-validation.
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub folds: usize,
    /// First seed of folds, weights and shuffles.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of seeds, from --seed on; all folds are done for each.
    #[arg(long, value_name = "M", default_value_t = 1)]
    pub seeds: usize,
    /// Settings that are tried for each model and fold; the best by validation rows is tested. 1 for no tuning.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub tune: usize,
    /// Tries that each model gets with --experiment tune, the settings that one has among them.
    #[arg(long, value_name = "N", default_value_t = BUDGET)]
    pub budget: usize,
    /// Train every model in which something crosses without links and with shuffled ones too.
    #[arg(long)]
    pub placebo: bool,
    /// Leave out the trainings before which linked people lose all ratings of a domain.
    #[arg(long)]
    pub no_cold_users: bool,
    /// Do one of several parts of the jobs, for example 2/5, on as many machines; `lab merge` puts them together.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Write the predictions for all test rows into this folder.
    #[arg(long, value_name = "DIR")]
    pub predictions: Option<PathBuf>,
    /// Folder of the results and tables. What it has already is not done again.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The same for all models.
    #[command(flatten)]
    pub settings: Chosen,
    /// Where to train models of which a card can do many trainings at once; the others train on the CPU.
    #[arg(long, value_enum, default_value_t = DeviceName::Cpu)]
    pub device: DeviceName,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}

/// What `--experiment` lists all of them by.
pub const LIST: &str = "list";

/// The names that `--experiment` knows.
fn experiments() -> PossibleValuesParser {
    let names = EXPERIMENTS.iter().map(|experiment| experiment.name);
    PossibleValuesParser::new(names.chain([LIST]))
}

/// What is done with results that are there.
#[derive(Subcommand)]
pub enum LabCommand {
    /// Put the shards of one contest together.
    Merge(Merge),
}

/// Options of `lab merge`.
#[derive(clap::Args)]
pub struct Merge {
    /// Folders that shards have written.
    #[arg(value_name = "DIR", required = true)]
    pub folders: Vec<PathBuf>,
    /// Folder of the whole; it can be one of them.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Print one JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}
