//! Hundreds of broken checkpoints, with the right checksum and without: none may end the program, and what is accepted goes on to
//! its end.

use std::sync::Arc;

use crate::worlds;
use dual_metric::data::World;
use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::rng::Generator;
use dual_metric::settings::{Config, ValidConfig};
use worlds::small_world;

/// Broken checkpoints of each kind of training.
const ROUNDS: usize = 400;
/// Of those that are accepted, so many go on to their end.
const MOST_FINISHED: usize = 12;

fn begin(world: &Arc<World>, config: &ValidConfig) -> Study {
    let new = Study::new(world.clone(), config.clone(), Device::cpu(), TransferStudy::Measured, vec![]);
    pollster::block_on(new).unwrap()
}

fn resume(world: &Arc<World>, config: &ValidConfig, bytes: &[u8]) -> dual_metric::error::Result<Study> {
    let (world, config) = (world.clone(), config.clone());
    let again = Study::resume(world, config, Device::cpu(), TransferStudy::Measured, vec![], bytes);
    pollster::block_on(again).map(|(study, _)| study)
}

/// A checkpoint after so many steps.
fn checkpoint(world: &Arc<World>, config: &ValidConfig, steps: usize) -> Vec<u8> {
    let mut study = begin(world, config);
    let mut last = None;
    for _ in 0..steps {
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
        last = pollster::block_on(study.checkpoint()).unwrap().or(last);
    }
    last.unwrap()
}

/// The checksum that the format asks for (docs/checkpoints.md), worked out anew.
fn close(bytes: &mut [u8]) {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut word = |word: u64| {
        hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    };
    let summed = &bytes[16..];
    word(summed.len() as u64);
    let (words, rest) = summed.as_chunks();
    words.iter().for_each(|chunk| word(u64::from_le_bytes(*chunk)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    word(u64::from_le_bytes(last));
    bytes[8..16].copy_from_slice(&hash.to_le_bytes());
}

/// One change anywhere behind the head, most of them in the table of contents, which is text.
fn mutate(bytes: &mut Vec<u8>, chance: &mut Generator) {
    let near_the_end = (bytes.len() - 32).min(20_000);
    let place = match chance.below(4) {
        0 => 32 + chance.below(bytes.len() - 32),
        _ => bytes.len() - 1 - chance.below(near_the_end),
    };
    match chance.below(7) {
        0 => bytes[place] = chance.bits() as u8,
        1 => bytes[place] ^= 1 << chance.below(8),
        2 => bytes[place] = b"0123456789-[]{},\"eft."[chance.below(21)],
        3 => drop(bytes.remove(place)),
        4 => bytes.insert(place, b'0' + chance.below(10) as u8),
        5 => bytes.truncate(place.max(33)),
        _ => {
            // Numbers that programs trip over, where four bytes make one.
            let number = [f32::NAN, f32::INFINITY, -1e30, 0.0, f32::MIN_POSITIVE, 1e9][chance.below(6)];
            let start = (place / 4 * 4).min(bytes.len() - 4);
            bytes[start..start + 4].copy_from_slice(&number.to_le_bytes());
        }
    }
}

fn hold(model: &str, steps: usize) {
    let config = Config {
        model: model.into(),
        epochs: 2,
        sweeps: 12,
        burn_in: 2,
        thinning: 2,
        repeats: 1,
        ..Config::robust()
    };
    let (world, config) = (Arc::new(small_world()), config.check().unwrap());
    let whole = checkpoint(&world, &config, steps);
    let mut same = whole.clone();
    close(&mut same);
    assert_eq!(same, whole, "the checksum here is that of the format");
    let mut chance = Generator::new(1, &format!("broken checkpoints of {model}"));
    let (mut refused, mut finished) = (0, 0);
    for _ in 0..ROUNDS {
        let mut broken = whole.clone();
        for _ in 0..=chance.below(3) {
            mutate(&mut broken, &mut chance);
        }
        if broken.len() > 32 && chance.below(8) > 0 {
            close(&mut broken);
        }
        match resume(&world, &config, &broken) {
            Err(error) => {
                let told = error.to_string();
                assert!(!told.contains('\n'), "{told}");
                refused += 1;
            }
            Ok(mut study) => {
                if finished < MOST_FINISHED {
                    // It may find that its numbers are none, and must not end the program.
                    let _ = pollster::block_on(study.finish(&mut |_| ()));
                    finished += 1;
                }
            }
        }
    }
    assert!(refused > ROUNDS / 4 && finished > 0, "{refused} refused, {finished} went on");
}

#[test]
fn broken_checkpoints_of_the_recipe_never_end_the_program() {
    hold("dml", 16);
}

#[test]
fn broken_checkpoints_of_the_average_never_end_the_program() {
    hold("averaged", 60);
}

#[test]
fn broken_checkpoints_of_a_peer_never_end_the_program() {
    hold("cmf", 12);
}
