//! Dual Metric: a cross-domain recommender that trains where its data is. Two rating files that share people come in;
//! each domain is learnt, an orthogonal map X joins the two spaces of people, and both recommenders train in a dual
//! loop (Li and Tuzhilin, *Dual Metric Learning for Effective and Efficient Cross-Domain Recommendations*).
//!
//! # Reading order
//!
//! Data flows one way; read along with it.
//!
//! 1. [`data`]: files to rows and rejects, to [`data::Domain`]s in compressed rows, to a [`data::World`] of linked
//!    domains; the generated sample.
//! 2. [`eval::Split`] and [`eval::Training`]: what may be trained on.
//! 3. [`config`]: every setting, and the two presets.
//! 4. [`model`]: biases, autoencoders (Eq. 2), the mapping X (Eqs. 3 and 4), the dual loop (Algorithm 1), the trained
//!    [`model::Dml`].
//! 5. [`engine`]: how a training step is done, on the CPU and on WebGPU.
//! 6. [`eval`]: metrics, baselines, and the [`eval::Study`] of what the other domain gives. [`event`]s leave from here.
//! 7. [`recommend`], [`projection`], [`checkpoint`], [`export`]: what is done with a trained model.
//!
//! `web` (in the browser) and `src/bin/dual-metric` (natively) drive the same core. It knows neither JavaScript nor
//! canvas, and draws every random number from [`rng`].

pub mod checkpoint;
pub mod config;
pub mod data;
pub mod engine;
pub mod error;
pub mod eval;
pub mod event;
pub mod export;
pub mod model;
pub mod projection;
pub mod recommend;
pub mod rng;

#[cfg(target_arch = "wasm32")]
pub mod web;
