//! Dual Metric: a cross-domain recommender that trains where its data is.

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
