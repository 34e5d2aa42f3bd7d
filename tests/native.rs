//! All tests that run natively and reach the crate from outside, as one program: a program a file would be compiled and
//! linked with all of the crate and burn some thirty times. `tests/memory.rs` counts what a process takes and has its own.
#![cfg(not(target_arch = "wasm32"))]

// What several of them share.
mod advice;
#[cfg(all(feature = "card", feature = "reference"))]
mod crashes;
#[cfg(all(feature = "card", feature = "reference"))]
mod fused;
mod golden;
mod models;
mod real;
mod studies;
#[cfg(feature = "reference")]
mod tables;
mod worlds;

#[cfg(all(feature = "card", feature = "reference"))]
mod card;
mod checkpoint_douban;
mod checkpoint_fuzz;
mod command_line;
mod contest;
mod contract;
mod data_reader;
mod data_sample;
mod douban;
mod dual_loop;
#[cfg(feature = "reference")]
mod engine_gradients;
#[cfg(feature = "reference")]
mod engine_parity;
mod export;
mod floors;
mod lab;
mod matrices;
mod measurement;
mod model_file;
mod model_file_fuzz;
mod observed_scale;
mod paper;
mod placebo;
mod reader_cases;
mod reader_properties;
mod saved_draws;
mod seeds;
mod three_domains;
mod tuned_settings;
mod why;

// `fused` asks whoever runs it for a device.
#[cfg(all(feature = "card", feature = "reference"))]
use card::{has_card, webgpu};
