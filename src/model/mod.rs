//! Dual Metric Learning. In the order of the method: biases and their priors, autoencoders, the layout of a run
//! (`plan`), the mapping X, the dual loop, and the trained model.

mod assembly;
pub mod autoencoder;
pub mod bias;
mod convergence;
pub mod dml;
mod dual;
mod inputs;
pub mod mapping;
mod plan;
pub mod predictor;
mod prior;
pub mod recommender;
mod rows;
mod sources;
mod subset;
mod trainer;

pub use convergence::Stopping;
pub use dml::{Dml, DomainModel, LinkModel, Person, Visitor};
pub(crate) use dual::gather_pairs;
pub use inputs::GivenInputs;
pub use predictor::Predictor;
pub use trainer::Trainer;
