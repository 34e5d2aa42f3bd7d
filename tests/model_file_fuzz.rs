//! Thousands of broken model files: none may end the program, and from what is accepted only finite ratings on the
//! domain's scale are recommended.

use crate::{models, worlds};
use dual_metric::peers::{MODELS, trains_here};
use dual_metric::recommender::Trained;
use dual_metric::rng::Generator;
use dual_metric::settings::Config;
use dual_metric::{export, model_file, recommend};
use serde_json::{Map, Value, json};

/// Broken files of versions 3 and 4, and of every model of now.
const ROUNDS: usize = 6000;
const ROUNDS_A_MODEL: usize = 300;

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

/// Recommends to many in every way that the page and the program have.
fn recommend_from(trained: &Trained) {
    let world = &trained.world;
    for (d, domain) in world.domains.iter().enumerate() {
        for (user, id) in domain.users.all().zip(domain.users.ids()).step_by(7) {
            for advice in [
                recommend::for_user(trained, d, user, 5).unwrap(),
                recommend::for_id(trained, id, 5).unwrap().unwrap(),
            ] {
                for ((there, scale), advice) in world.domains.iter().zip(&trained.scales).zip(&advice.domains)
                {
                    for item in advice.next.iter().chain(&advice.rated) {
                        assert!(there.scale.contains(item.rating), "{item:?} on {:?}", there.scale);
                        assert!(!item.title.contains('\0') && item.item.index() < there.items.len());
                        let ends = item.likely.into_iter().flatten();
                        assert!(ends.into_iter().all(|end| scale.contains(end)), "{item:?}");
                        assert!(item.chance.is_none_or(|chance| (0.0..=1.001).contains(&chance)), "{item:?}");
                    }
                    assert!(advice.nearest.iter().all(|near| near.distance.is_finite()));
                }
            }
        }
    }
    let table = export::recommendations_csv(trained).unwrap();
    assert!(!table.contains("NaN") && !table.contains("inf"), "{table}");
    if let Ok(vectors) = export::embeddings_csv(trained) {
        assert!(!vectors.contains("NaN") && !vectors.contains("inf"), "{vectors}");
    }
}

/// Reads a file that may be broken: a refusal is one line, and what is accepted gives ratings, can be written, and then says
/// the same. Whether it was accepted.
fn tried(name: &str, bytes: &[u8]) -> bool {
    match model_file::read(name, bytes) {
        Ok(trained) => {
            recommend_from(&trained);
            let again = model_file::write(&trained).unwrap();
            let read = model_file::read(model_file::NAME, &again).unwrap();
            assert!(model_file::write(&read).unwrap() == again);
            true
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with(&format!("{name}: ")) && message.lines().count() == 1, "{message}");
            assert!(message.len() < 1000, "{message}");
            false
        }
    }
}

#[test]
fn no_broken_file_of_before_ends_the_program_or_recommends_what_is_no_rating() {
    let files: Vec<(&str, Value)> = [
        include_str!("golden/model_3.json"),
        include_str!("golden/model_4_rnn.json"),
        include_str!("golden/model_4_cnn.json"),
    ]
    .map(|text| (text, serde_json::from_str(text).unwrap()))
    .into();
    let mut chance = Generator::new(1, "model files");
    let mut accepted = 0;
    for round in 0..ROUNDS {
        let (good, tree) = &files[round / 6 % files.len()];
        let bytes = if round % 6 == 0 {
            let mut bytes = good.as_bytes().to_vec();
            (0..=chance.below(3)).for_each(|_| scramble(&mut bytes, &mut chance));
            bytes
        } else {
            let mut model = tree.clone();
            if round % 2 == 0 {
                (0..=chance.below(9)).for_each(|_| nudge(&mut model, &mut chance));
            } else {
                (0..=chance.below(2)).for_each(|_| mutate(&mut model, &mut chance));
            }
            serde_json::to_vec(&model).unwrap()
        };
        accepted += usize::from(tried("model.json", &bytes));
    }
    println!("{accepted} of {ROUNDS} accepted");
    assert!(accepted > ROUNDS / 10 && accepted < ROUNDS / 2, "{accepted} of {ROUNDS} accepted");
}

/// The header of a container and the bytes behind it.
fn taken_apart(bytes: &[u8]) -> (Value, Vec<u8>) {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    (serde_json::from_slice(&bytes[8..8 + length]).unwrap(), bytes[8 + length..].to_vec())
}

fn put_together(header: &Value, data: &[u8]) -> Vec<u8> {
    let header = serde_json::to_vec(header).unwrap();
    [&(header.len() as u64).to_le_bytes(), &header[..], data].concat()
}

/// A text of the header, itself JSON, after a change.
fn mutate_text(header: &mut Value, chance: &mut Generator) {
    let texts = header["__metadata__"].as_object_mut().unwrap();
    let name = texts.keys().nth(chance.below(texts.len())).unwrap().clone();
    let text = texts[&name].as_str().unwrap();
    let changed = match serde_json::from_str::<Value>(text) {
        Ok(mut tree) if tree.is_object() || tree.is_array() => {
            mutate(&mut tree, chance);
            tree.to_string()
        }
        _ => hostile(chance).to_string(),
    };
    texts[&name] = json!(changed);
}

/// Bytes of some tensor made those of numbers that programs trip over.
fn poison(header: &Value, data: &mut [u8], chance: &mut Generator) {
    let tensors: Vec<(&String, &Value)> =
        header.as_object().unwrap().iter().filter(|(name, _)| *name != "__metadata__").collect();
    let (_, tensor) = tensors[chance.below(tensors.len())];
    let [start, end] = [0, 1].map(|n| tensor["data_offsets"][n].as_u64().unwrap() as usize);
    let whole = [0_u32, 1, 7, 41, 1 << 31, u32::MAX];
    let numbers = [f32::NAN, f32::INFINITY, 1e5, -1e5, 1e9, 3e38, 0.0, -0.0, 1e-40, -3.0, 0.5, 1e3];
    let single = numbers[chance.below(numbers.len())];
    let new: Vec<u8> = match tensor["dtype"].as_str().unwrap() {
        "F64" => f64::from(single).to_le_bytes().into(),
        "F32" => single.to_le_bytes().into(),
        // Not a number, infinite, the largest, the smallest, −1, and zero.
        "F16" => [0x7e00_u16, 0x7c00, 0x7bff, 0x0001, 0xbc00, 0][chance.below(6)].to_le_bytes().into(),
        "U32" => whole[chance.below(whole.len())].to_le_bytes().into(),
        _ => vec![[0, 1, 2, 3, 4, 255][chance.below(6)]],
    };
    let places = (end - start) / new.len();
    let mut put = |place: usize| data[start + place * new.len()..][..new.len()].copy_from_slice(&new);
    match (places, chance.below(4)) {
        (0, _) => (),
        (_, 0) => (0..places).for_each(put),
        _ => put(chance.below(places)),
    }
}

/// One change of the shape, kind or place of a tensor, or of its name.
fn disorder(header: &mut Value, chance: &mut Generator) {
    let fields = header.as_object_mut().unwrap();
    let name = fields.keys().nth(chance.below(fields.len())).unwrap().clone();
    match chance.below(5) {
        0 => drop(fields.remove(&name)),
        1 => {
            let (value, other) =
                (fields[&name].clone(), fields.keys().nth(chance.below(fields.len())).unwrap().clone());
            fields.insert(other, value);
        }
        2 => {
            let value = fields.remove(&name).unwrap();
            fields.insert(format!("{name}x"), value);
        }
        3 => {
            let huge = [
                json!([1_u64 << 40, 1_u64 << 40]),
                json!([u64::MAX]),
                json!([0]),
                json!([1, 1, 1, 1]),
                json!([-1]),
            ];
            fields[&name]["shape"] = huge[chance.below(huge.len())].clone();
        }
        _ => mutate(fields.get_mut(&name).unwrap(), chance),
    }
}

#[test]
fn no_broken_file_of_any_model_ends_the_program_or_recommends_what_is_no_rating() {
    let mut chance = Generator::new(2, "model files");
    for entry in MODELS.iter().filter(|entry| trains_here(entry)) {
        let config = Config { model: entry.name.into(), ..Config::robust() };
        let good = model_file::write(&models::of(worlds::small_world(), config)).unwrap();
        let (header, data) = taken_apart(&good);
        assert!(tried(model_file::NAME, &good), "{}", entry.name);
        let mut accepted = 0;
        for round in 0..ROUNDS_A_MODEL {
            let (mut header, mut data) = (header.clone(), data.clone());
            let bytes = match round % 6 {
                0 => {
                    let mut bytes = good.clone();
                    (0..=chance.below(3)).for_each(|_| scramble(&mut bytes, &mut chance));
                    bytes
                }
                1 => {
                    mutate_text(&mut header, &mut chance);
                    put_together(&header, &data)
                }
                2 => {
                    disorder(&mut header, &mut chance);
                    put_together(&header, &data)
                }
                _ => {
                    (0..=chance.below(4)).for_each(|_| poison(&header, &mut data, &mut chance));
                    put_together(&header, &data)
                }
            };
            accepted += usize::from(tried(model_file::NAME, &bytes));
        }
        println!("{}: {accepted} of {ROUNDS_A_MODEL} accepted", entry.name);
        assert!(
            accepted > ROUNDS_A_MODEL / 30 && accepted < 9 * ROUNDS_A_MODEL / 10,
            "{}: {accepted}",
            entry.name
        );
    }
}
