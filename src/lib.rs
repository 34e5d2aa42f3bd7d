//! Dual Metric: a cross-domain recommender that trains where its data is. Two rating files that share people come in;
//! each domain is learnt, an orthogonal map X joins the two spaces of people, and both recommenders train in a dual
//! loop (Li and Tuzhilin, *Dual Metric Learning for Effective and Efficient Cross-Domain Recommendations*).
//!
//! # Reading order
//!
//! Data flows one way, from floor to floor; a floor uses only what lies below it. Read along with it.
//!
//! 1. [`settings`]: every setting with its words and range, and the two presets. ([`error`] and [`rng`]
//!    lie below everything; [`figure`] draws what others have measured.)
//! 2. [`data`]: files to rows and rejects, to [`data::Domain`]s in compressed rows, to a [`data::World`] of linked
//!    domains; the generated sample.
//! 3. [`split`]: what may be trained on ([`split::Training`]) and what is tested.
//! 4. [`metrics`]: RMSE, MAE, precision and recall.
//! 5. [`engine`]: how a training step is done, on the CPU and on WebGPU.
//! 6. [`recommender`]: what all models have in common.
//! 7. [`baselines`]: the global mean, the bias model, priors from features.
//! 8. [`dml`]: autoencoders (Eq. 2), the mapping X (Eqs. 3 and 4), the dual loop (Algorithm 1), the trained
//!    [`dml::Dml`].
//! 9. [`peers`]: the list of all models.
//! 10. [`lab`]: the [`lab::Study`] of what the other domain gives, the [`lab::contest`] of all models. Events leave from here.
//! 11. [`recommend`], [`projection`], [`model_file`], [`export`]: what is done with a trained model. [`colouring`]: what people
//!     on the map are coloured by.
//!
//! `web` (in the browser) and `src/bin/dual-metric` (natively) drive the same core. It knows neither JavaScript nor
//! canvas, and draws every random number from [`rng`].

// The unit tests are native. `wasm-pack test` builds every test that there is, which with all of this in it takes minutes.
#![cfg(not(all(test, target_arch = "wasm32")))]
// No file, setting or model may end the program; tests end by panics.
#![warn(
    clippy::exit,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unreachable,
    clippy::unwrap_used
)]

pub mod baselines;
pub mod colouring;
pub mod data;
pub mod dml;
pub mod engine;
pub mod error;
pub mod export;
pub mod figure;
pub mod lab;
pub mod metrics;
pub mod model_file;
pub mod peers;
pub mod presentation;
pub mod projection;
pub mod recommend;
pub mod recommender;
pub mod rng;
pub mod settings;
pub mod split;

// Natively for its types alone, which a test writes down for JavaScript.
#[cfg(any(target_arch = "wasm32", test))]
pub mod web;
