//! The methods of the session: what each is asked with and what it answers, so that the compiler holds the bindings to it
//! and the border's types have the same list.

use serde::Serialize;

use super::arguments::{
    Advance, AdviseVisitor, AskCheckpoint, AskFavourites, AskGroup, AskItem, AskLabels, AskRegions,
    AskValues, AskWhy, Clear, ColourBy, Export, FindUsers, Help, Init, Load, LoadSample, ModuleFor,
    OfferItems, Prepare, RecommendTo, Rejects, Remove, Rename, Reread, SaveGroup, SavePerson, ShowMap, Stop,
};
use super::clouds::{ColourView, Favourites, ItemView, MapSnapshot, RegionsView};
use super::experiments::{
    AddResults, JobDone, JobsEnded, OnBoard, OpenBoard, OpenExperiment, OpenedExperiment, PlanExperiment,
    Planned, RunJob, RunJobs, SaveFigure, ShowBoard, Showing,
};
use super::slots::DataState;
use super::views::{
    Advanced, AnswerBytes, Capabilities, CheckpointBytes, ModuleName, Prepared, Renamed, SavedFile,
    TrainState, UserHit,
};
use crate::data::ColumnValues;
use crate::recommend::{Advice, Group, OfferedItem, VisitorAdvice, Why};

/// The arguments of a method.
pub(super) trait Request {
    /// What it answers.
    type Reply: Serialize;
}

/// Whoever writes the methods down.
#[cfg(test)]
pub(super) trait Writer {
    /// One of them.
    fn method<Arguments, Reply>(&mut self, name: &str)
    where
        Arguments: ts_rs::TS + 'static,
        Reply: ts_rs::TS + 'static;
}

macro_rules! requests {
    ($($method:ident: $arguments:ty => $reply:ty,)*) => {
        $(impl Request for $arguments {
            type Reply = $reply;
        })*

        /// All methods in their order.
        #[cfg(test)]
        pub(super) fn write(writer: &mut impl Writer) {
            $(writer.method::<$arguments, $reply>(stringify!($method));)*
        }
    };
}

requests! {
    init: Init => Capabilities,
    load_sample: LoadSample => DataState,
    load: Load => DataState,
    reread: Reread => DataState,
    rejects: Rejects => SavedFile,
    values: AskValues => ColumnValues,
    rename: Rename => Renamed,
    remove: Remove => DataState,
    clear: Clear => DataState,
    module_for: ModuleFor => ModuleName,
    prepare: Prepare => Prepared,
    checkpoint: AskCheckpoint => CheckpointBytes,
    advance: Advance => Advanced,
    stop: Stop => TrainState,
    help: Help => AnswerBytes,
    map: ShowMap => Option<MapSnapshot>,
    regions: AskRegions => RegionsView,
    item: AskItem => Option<ItemView>,
    group: AskGroup => Group,
    save_group: SaveGroup => SavedFile,
    labels: AskLabels => Vec<Vec<String>>,
    colours: ColourBy => ColourView,
    favourites: AskFavourites => Vec<Favourites>,
    find_users: FindUsers => Vec<UserHit>,
    recommend: RecommendTo => Advice,
    why: AskWhy => Option<Why>,
    offer_items: OfferItems => Vec<OfferedItem>,
    advise_visitor: AdviseVisitor => VisitorAdvice,
    save_person: SavePerson => SavedFile,
    export: Export => SavedFile,
    plan_experiment: PlanExperiment => Planned,
    open_experiment: OpenExperiment => OpenedExperiment,
    run_job: RunJob => JobDone,
    run_jobs: RunJobs => JobsEnded,
    open_board: OpenBoard => (),
    add_results: AddResults => OnBoard,
    show_board: ShowBoard => Showing,
    save_figure: SaveFigure => SavedFile,
}
