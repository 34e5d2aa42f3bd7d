#![cfg(not(target_arch = "wasm32"))]
//! Thousands of broken model files: none may end the program, and from what is accepted only finite ratings on the
//! domain's scale are recommended.

mod models;
mod worlds;

use dual_metric::data::{UserId, World};
use dual_metric::dml::Dml;
use dual_metric::rng::Generator;
use dual_metric::settings::Network;
use dual_metric::{export, model_file, recommend};
use serde_json::{Map, Value, json};

const ROUNDS: usize = 6000;

/// Numbers and other values that programs trip over.
fn hostile(chance: &mut Generator) -> Value {
    let numbers: [f64; 20] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.0,
        1e-45,
        1e-300,
        999.0,
        -1000.0,
        1e4,
        -1e5,
        1e9,
        -1e9,
        1e19,
        3e38,
        -3e38,
        1e39,
        -1e300,
        f64::MAX,
    ];
    let whole =
        [0, 1, 2, 39, 40, 255, 256, 257, 1 << 31, u64::from(u32::MAX), 1 << 32, 1 << 53, 1 << 63, u64::MAX];
    match chance.below(9) {
        0 => Value::Null,
        1 => json!(chance.below(2) == 0),
        2 => json!(["", "u15", "None", "Biases", "BiasesAndPriors", "\n", "=1+1"][chance.below(7)]),
        3 => [json!([]), json!({}), json!([[]]), json!([null]), json!([0, 0, 3.0])][chance.below(5)].clone(),
        4 => json!(-1_i64 << chance.below(63)),
        5 | 6 => json!(whole[chance.below(whole.len())]),
        _ => json!(numbers[chance.below(numbers.len())]),
    }
}

/// A value at most so many levels under the root.
fn somewhere<'v>(root: &'v mut Value, mut depth: usize, chance: &mut Generator) -> &'v mut Value {
    let mut at = root;
    loop {
        let children = match &*at {
            Value::Array(list) => list.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        };
        if depth == 0 || children == 0 {
            return at;
        }
        depth -= 1;
        let child = chance.below(children);
        at = match at {
            Value::Array(list) => &mut list[child],
            Value::Object(fields) => fields.values_mut().nth(child).unwrap(),
            _ => unreachable!("it has children"),
        };
    }
}

/// One number of a model made another that might pass: the largest that a file may hold, one of the other sign, a
/// small one.
fn nudge(model: &mut Value, chance: &mut Generator) {
    let parts = ["biases", "user_embeddings", "item_embeddings", "recommender", "mix", "interaction"];
    let side = &mut model["domains"][chance.below(2)]["model"];
    let place = somewhere(&mut side[parts[chance.below(parts.len())]], usize::MAX, chance);
    let Some(number) = place.as_f64() else { return };
    *place = match chance.below(7) {
        0 => json!(chance.below(4)),
        1 => json!([1e3, -1e3, 1e5, -1e5][chance.below(4)]),
        n => json!(number * [-1.0, 1e-3, 0.0, 10.0, 1e3][n - 2]),
    };
}

/// One change anywhere that leaves JSON.
fn mutate(model: &mut Value, chance: &mut Generator) {
    let depth = |chance: &mut Generator| chance.below(9);
    let donor = somewhere(model, depth(chance), chance).clone();
    let place = somewhere(model, depth(chance), chance);
    match (chance.below(7), place) {
        (0, Value::Array(list)) if !list.is_empty() => drop(list.remove(chance.below(list.len()))),
        (1, Value::Array(list)) if !list.is_empty() => {
            let copy = list[chance.below(list.len())].clone();
            list.insert(chance.below(list.len() + 1), copy);
        }
        (2, Value::Array(list)) if list.len() > 1 => {
            let (i, j) = (chance.below(list.len()), chance.below(list.len()));
            list.swap(i, j);
        }
        (3, Value::Array(list)) => {
            let value = hostile(chance);
            list.iter_mut().for_each(|each| *each = value.clone());
        }
        (0 | 1, Value::Object(fields)) => drop(drop_field(fields, chance)),
        (4, place) => *place = donor,
        (_, place) => *place = hostile(chance),
    }
}

fn drop_field(fields: &mut Map<String, Value>, chance: &mut Generator) -> Option<Value> {
    let name = fields.keys().nth(chance.below(fields.len().max(1)))?.clone();
    fields.remove(&name)
}

/// One change that may leave anything.
fn scramble(text: &mut Vec<u8>, chance: &mut Generator) {
    let at = chance.below(text.len());
    match chance.below(5) {
        0 => text.truncate(at),
        1 => text[at] = b"0123456789.,-+eE[]{}\"\\ntu"[chance.below(25)],
        2 => text[at] ^= 1 << chance.below(7),
        3 => {
            let end = (at + chance.below(40)).min(text.len());
            drop(text.drain(at..end));
        }
        _ => {
            let end = (at + chance.below(40)).min(text.len());
            let copy = text[at..end].to_vec();
            text.splice(at..at, copy);
        }
    }
}

/// Recommends to everybody in every way that the page and the program have.
fn recommend_from(world: &World, model: &Dml) {
    for (d, domain) in world.domains.iter().enumerate() {
        for (user, id) in (0..domain.users.len() as u32).zip(domain.users.ids()) {
            if user % 7 != 0 {
                continue;
            }
            for advice in [
                recommend::for_user(world, model, d, UserId(user), 5),
                recommend::for_id(world, model, id, 5).unwrap(),
            ] {
                for (there, advice) in world.domains.iter().zip(&advice.domains) {
                    for item in advice.next.iter().chain(&advice.rated) {
                        assert!(there.scale.contains(item.rating), "{item:?} on {:?}", there.scale);
                        assert!(!item.title.contains('\0') && item.item.index() < there.items.len());
                    }
                    assert!(advice.nearest.iter().all(|near| near.distance.is_finite()));
                }
            }
        }
    }
    let table = export::recommendations_csv(world, model).unwrap();
    assert!(!table.contains("NaN") && !table.contains("inf"), "{table}");
    let vectors = export::embeddings_csv(world, model).unwrap();
    assert!(!vectors.contains("NaN") && !vectors.contains("inf"), "{vectors}");
}

#[test]
fn no_broken_file_ends_the_program_or_recommends_what_is_no_rating() {
    // Without burn there is the MLP alone.
    let networks = [Network::Mlp, Network::Rnn, Network::Cnn];
    let networks = if cfg!(feature = "reference") { &networks[..] } else { &networks[..1] };
    let files: Vec<(String, Value)> = (networks.iter())
        .map(|&network| {
            let (world, model) = models::trained(worlds::small_world(), network);
            let good = model_file::write(&world, &model).unwrap();
            let tree = serde_json::from_str(&good).unwrap();
            (good, tree)
        })
        .collect();
    let mut chance = Generator::new(1, "model files");
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let (good, tree) = &files[round / 6 % files.len()];
        let text = if round % 6 == 0 {
            let mut bytes = good.clone().into_bytes();
            (0..=chance.below(3)).for_each(|_| scramble(&mut bytes, &mut chance));
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            let mut model = tree.clone();
            if round % 2 == 0 {
                (0..=chance.below(9)).for_each(|_| nudge(&mut model, &mut chance));
            } else {
                (0..=chance.below(2)).for_each(|_| mutate(&mut model, &mut chance));
            }
            serde_json::to_string(&model).unwrap()
        };
        match model_file::read("model.json", &text) {
            Ok((world, model)) => {
                accepted += 1;
                recommend_from(&world, &model);
                // What was accepted can be written, and then says the same.
                let again = model_file::write(&world, &model).unwrap();
                let (world, model) = model_file::read("model.json", &again).unwrap();
                assert!(model_file::write(&world, &model).unwrap() == again);
            }
            Err(error) => {
                refused += 1;
                let message = error.to_string();
                assert!(message.starts_with("model.json: ") && message.lines().count() == 1, "{message}");
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
    assert!(accepted > ROUNDS / 10 && refused > ROUNDS / 2, "{accepted} accepted, {refused} refused");
}
