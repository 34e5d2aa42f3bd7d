//! Dual Metric Learning. In the order of the method: biases and their priors, autoencoders, the layout of a run
//! (`plan`), the mapping X, the dual loop, and the trained model.

mod assembly;
pub mod autoencoder;
pub mod averaged;
pub mod bayes;
mod dual;
pub mod encoders;
mod entry;
pub mod factorisation;
mod fold_in;
mod inputs;
pub mod mapping;
pub mod model;
pub mod network;
pub mod networks;
pub mod picture;
mod plan;
pub mod predictor;
mod rows;
mod saved;
mod sources;
mod subset;
mod trainer;

pub(crate) use dual::gather_pairs;
pub use entry::ENTRY;
pub(crate) use entry::needs_burn;
pub use inputs::DenseFeatures;
pub use model::{ColdStartUser, Dml, DomainModel, LinkModel, Person};
pub use picture::Picture;
pub use predictor::Predictor;
pub use trainer::Trainer;
