//! In the page's own thread of a real browser, on the CPU.
#![cfg(target_arch = "wasm32")]

mod golden;
mod worlds;

use std::sync::Arc;

use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::settings::Config;
use dual_metric::web::Session;
use js_sys::{JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_seed_gives_the_same_numbers_in_every_build() {
    golden::check_draws();
}

#[wasm_bindgen_test]
async fn a_seed_gives_the_same_losses_on_the_cpu_as_natively() {
    golden::check_losses(&Device::cpu()).await;
}

/// The figures of the whole measurement on the CPU, as text.
async fn report(config: Config) -> String {
    let world = Arc::new(worlds::small_world());
    let config = config.check().expect("valid settings");
    let mut study =
        Study::new(world, config, Device::cpu(), TransferStudy::Measured, vec![]).await.expect("enough data");
    while !study.is_done() {
        study.advance(&mut |_| ()).await.expect("training goes on");
    }
    let mut report = study.report().expect("a finished measurement has figures").clone();
    // How long it took is no figure of the seed.
    report.kept.as_mut().expect("a model that is kept").seconds = 0.0;
    format!("{report:?}")
}

#[wasm_bindgen_test]
async fn both_presets_train_and_a_seed_gives_the_same_figures_twice() {
    for preset in [Config::robust(), Config::paper()] {
        let config = Config { epochs: 2, autoencoder_epochs: 2, ..preset };
        let first = report(config.clone()).await;
        assert!(!first.contains("NaN"), "{first}");
        assert_eq!(first, report(config.clone()).await);
        assert_ne!(first, report(Config { seed: 2, ..config }).await);
    }
}

/// Arguments of a request, with the bytes of a file under a path of names.
fn request(json: &str, path: &[&str], text: &str) -> JsValue {
    let args = JSON::parse(json).expect("JSON");
    let (last, outer) = path.split_last().expect("a path");
    let mut object = args.clone();
    for name in outer {
        let inner = Object::new().into();
        Reflect::set(&object, &(*name).into(), &inner).expect("an object");
        object = inner;
    }
    Reflect::set(&object, &(*last).into(), &Uint8Array::from(text.as_bytes())).expect("an object");
    args
}

/// The state of the data as JSON, or the error's text.
fn answer(reply: Result<JsValue, wasm_bindgen::JsError>) -> String {
    match reply {
        Ok(state) => JSON::stringify(&state).expect("a state").into(),
        Err(error) => String::from(js_sys::Error::from(JsValue::from(error)).message()),
    }
}

#[wasm_bindgen_test]
fn a_file_is_read_again_from_the_bytes_that_the_page_hands_over() {
    // Which column holds the ratings is not clear.
    let text = "person,book,first,second,note\nu1,i1,4,7,x\nu2,i2,2,3,y\n";
    let mut session = Session::new();
    let load = r#"{ "slot": "a", "kind": "ratings", "name": "x.csv", "options": {} }"#;
    let unread = answer(session.load(request(load, &["bytes"], text)));
    assert!(unread.contains(r#""unread":{"slot":"a""#), "{unread}");
    // The unread file, then the one that has taken its place.
    let roles = |rating: usize| format!(r#"{{ "user": 0, "item": 1, "rating": {rating} }}"#);
    let reread = |rating| format!(r#"{{ "slot": "a", "options": {{ "roles": {} }} }}"#, roles(rating));
    for _ in 0..2 {
        let without = answer(session.reread(JSON::parse(&reread(3)).expect("JSON")));
        assert!(without.starts_with("x.csv: ") && without.ends_with("Open it again"), "{without}");
        let read = answer(session.reread(request(&reread(3), &["bytes", "ratings"], text)));
        assert!(read.contains(r#""ratings":2"#) && read.contains(r#""unread":null"#), "{read}");
    }
    let wrong = answer(session.reread(request(&reread(4), &["bytes", "ratings"], text)));
    assert!(wrong.contains("x.csv, line 2"), "{wrong}");
}

#[wasm_bindgen_test]
async fn one_file_as_both_domains_is_not_trained_on() {
    let rows = |keep: fn(u32) -> bool| {
        let pairs =
            (0..20).flat_map(|user| (0..20).map(move |item| (user, item))).filter(|pair| keep(pair.1));
        let value = |(user, item): (u32, u32)| 1 + (user * 31 + item * 17 + user * item * 7) % 5;
        pairs.fold("user,item,rating\n".to_owned(), |text, pair| {
            text + &format!("u{},i{},{}\n", pair.0, pair.1, value(pair))
        })
    };
    let mut session = Session::new();
    let mut load = |slot: &str, name: &str, text: &str| {
        let json = format!(r#"{{ "slot": "{slot}", "kind": "ratings", "name": "{name}", "options": {{}} }}"#);
        answer(session.load(request(&json, &["bytes"], text)))
    };
    load("a", "x.csv", &rows(|_| true));
    let twice = load("b", "y.csv", &rows(|_| true));
    assert!(twice.contains(r#""ready":false"#), "{twice}");
    assert!(twice.contains("x and y hold the same ratings"), "{twice}");
    let part = load("b", "y.csv", &rows(|item| item < 15));
    assert!(part.contains(r#""ready":true"#) && part.contains("300 ratings stand in both x and y"), "{part}");
    load("b", "y.csv", &rows(|_| true));
    let config = serde_json::to_string(&Config::robust()).expect("JSON");
    let prepare = JSON::parse(&format!(r#"{{ "device": "cpu", "config": {config} }}"#)).expect("JSON");
    let refused = answer(session.prepare(prepare).await);
    assert!(refused.starts_with("x.csv and y.csv hold the same ratings"), "{refused}");
}

#[wasm_bindgen_test]
fn the_sample_is_made_anew_to_be_read_again() {
    let mut session = Session::new();
    let sample = answer(session.load_sample(JSON::parse(r#"{ "seed": 7, "domains": 2 }"#).expect("JSON")));
    let reread =
        |options: &str| JSON::parse(&format!(r#"{{ "slot": "b", "options": {options} }}"#)).expect("JSON");
    assert_eq!(answer(session.reread(reread("{}"))), sample);
    let wider = answer(session.reread(reread(r#"{ "scale": { "lo": 1, "hi": 6 } }"#)));
    assert!(wider.contains(r#""hi":6"#) && wider.contains(r#""generated":true"#), "{wider}");
    assert_eq!(wider.matches(r#""item_features":{"#).count(), 2, "{wider}");
}

#[wasm_bindgen_test]
async fn a_model_that_trains_with_burn_is_told_apart_trained_and_asked() {
    let rows = |item: &str| {
        let pairs = (0..24).flat_map(|user| (0..16).map(move |n| (user, n)));
        let pairs = pairs.filter(|(user, n)| (user + n) % 4 != 0);
        let value = |(user, n): (u32, u32)| 1 + (user * 31 + n * 17 + user * n * 7) % 5;
        pairs.fold("user,item,rating\n".to_owned(), |text, pair| {
            text + &format!("u{},{item}{},{}\n", pair.0, pair.1, value(pair))
        })
    };
    let mut session = Session::new();
    for (slot, item) in [("a", "book"), ("b", "film")] {
        let json =
            format!(r#"{{ "slot": "{slot}", "kind": "ratings", "name": "{item}.csv", "options": {{}} }}"#);
        answer(session.load(request(&json, &["bytes"], &rows(item))));
    }
    for (model, module) in [("dml", "first"), ("cmf", "first"), ("cml", "full")] {
        let config = Config { model: model.into(), epochs: 1, ..Config::robust() };
        let config = serde_json::to_string(&config).expect("JSON");
        let asked = |rest: &str| JSON::parse(&format!(r#"{{ "config": {config}{rest} }}"#)).expect("JSON");
        assert_eq!(answer(session.module_for(asked(""))), format!("\"{module}\""), "{model}");
        let prepared = answer(session.prepare(asked(r#", "device": "cpu""#)).await);
        assert!(prepared.contains(&format!(r#""model":"{model}""#)), "{prepared}");
        assert_eq!(prepared.contains(r#""map":null"#), model != "dml", "{model}");
        loop {
            let advance = JSON::parse(r#"{ "milliseconds": 1000 }"#).expect("JSON");
            let advanced = answer(session.advance(advance).await);
            assert!(!advanced.contains(r#""state":"failed""#), "{advanced}");
            if advanced.contains(r#""state":"done""#) {
                break;
            }
        }
        let ask = JSON::parse(r#"{ "domain": 0, "user": 3, "n": 4, "order": "rating" }"#).expect("JSON");
        let advice = answer(session.recommend(ask));
        assert!(advice.starts_with(r#"{"label":"u3""#), "{model}: {advice}");
        assert_eq!(advice.matches(r#""next":[{"item":"#).count(), 2, "{model}: {advice}");
        let export = |kind: &str| JSON::parse(&format!(r#"{{ "kind": "{kind}" }}"#)).expect("JSON");
        let saved = answer(session.export(export("model")));
        let is_a_file = saved.contains(r#""name":"model.safetensors""#) && saved.contains(r#""text":null"#);
        assert!(is_a_file, "{model}: {}", saved.chars().take(200).collect::<String>());
    }
}

#[wasm_bindgen_test]
async fn a_page_that_comes_back_goes_on_from_its_checkpoint_and_is_told_what_was() {
    let json = |text: &str| JSON::parse(text).expect("JSON");
    let sample = || {
        let mut session = Session::new();
        answer(session.load_sample(json(r#"{ "seed": 7, "domains": 2 }"#)));
        session
    };
    let config = Config { model: "dml".into(), epochs: 3, ..Config::robust() };
    let config = serde_json::to_string(&config).expect("JSON");
    let prepare = |bytes: &JsValue| {
        let args = json(&format!(r#"{{ "device": "cpu", "config": {config} }}"#));
        Reflect::set(&args, &"checkpoint".into(), bytes).expect("an object");
        args
    };
    let mut session = sample();
    let prepared = answer(session.prepare(prepare(&JsValue::NULL)).await);
    assert!(prepared.contains(r#""resumed":null"#), "{prepared}");
    let ask = || json("{}");
    assert!(session.checkpoint(ask()).await.expect("an answer").is_null(), "nothing is done yet");
    // The first run to its end, and an epoch of the second, behind which the page has asked once.
    for _ in 0..4 {
        answer(session.advance(json(r#"{ "milliseconds": 1e9, "epochs": 1 }"#)).await);
        session.checkpoint(ask()).await.expect("an answer");
    }
    let bytes = session.checkpoint(ask()).await.expect("an answer");
    assert!(bytes.is_instance_of::<Uint8Array>());
    let mut again = sample();
    let prepared = answer(again.prepare(prepare(&bytes)).await);
    let resumed = prepared.split(r#""resumed":"#).nth(1).expect("it goes on").to_owned();
    assert_eq!(resumed.matches(r#""type":"epoch""#).count(), 3, "{resumed}");
    assert_eq!(resumed.matches(r#""type":"report""#).count(), 1, "{resumed}");
    assert!(resumed.contains(r#""runs":[1,9]"#) && resumed.contains(r#""trained":true"#), "{resumed}");
    // Other settings are refused with what differs, and nothing is set up then.
    let bytes = session.checkpoint(ask()).await.expect("an answer");
    let other = prepare(&bytes);
    let seed = json(&config);
    Reflect::set(&seed, &"seed".into(), &9.into()).expect("an object");
    Reflect::set(&other, &"config".into(), &seed).expect("an object");
    let refused = answer(again.prepare(other).await);
    assert!(refused.starts_with("checkpoint: ") && refused.contains("seed was 1 and is 9"), "{refused}");
}
