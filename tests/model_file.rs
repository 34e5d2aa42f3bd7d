//! Model files of versions 3 and 4 (JSON) as a program of before wrote them: they are read, and what is wrong with one is
//! refused by the program: exit code 2 and one line that names the file and says what.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dual_metric::model_file;
use serde_json::{Value, json};

/// A model of two domains of 40 people each, 30 of them shared, and 25 items: four dimensions, a hidden layer of five.
const GOOD: &str = include_str!("golden/model_3.json");
/// The same data and sizes, with other networks.
const RECURRENT: &str = include_str!("golden/model_4_rnn.json");
const CONVOLUTIONAL: &str = include_str!("golden/model_4_cnn.json");

/// Writes a model file into a folder of its own and recommends from it.
fn recommend(test: &str, bytes: &[u8], domain: &str) -> Output {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("model_file").join(test);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("model.json"), bytes).unwrap();
    Command::new(env!("CARGO_BIN_EXE_dual-metric"))
        .args(["recommend", "--user", "u15", "--domain", domain, "--model"])
        .arg(folder)
        .output()
        .unwrap()
}

/// The program refuses the bytes in one line with the file's name and all of `words`.
fn refused(test: &str, bytes: &[u8], words: &[&str]) {
    for domain in ["a", "b"] {
        let output = recommend(test, bytes, domain);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{test}: {message}");
        assert!(output.stdout.is_empty(), "{test}: something was recommended");
        assert_eq!(message.trim_end().lines().count(), 1, "{test}: {message}");
        assert!(message.len() < 1000, "{test}: {message}");
        for word in words.iter().chain(&["model.json", "dual-metric train --out"]) {
            assert!(message.contains(word), "{test}: {word:?} is not in {message}");
        }
    }
}

/// The good model after a change, as bytes.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut model: Value = serde_json::from_str(GOOD).unwrap();
    change(&mut model);
    serde_json::to_vec(&model).unwrap()
}

/// [`refused`] after one value was replaced; `place` is a JSON pointer to it.
fn refused_with(test: &str, place: &str, value: Value, words: &[&str]) {
    let bytes = changed(|model| *model.pointer_mut(place).unwrap() = value);
    refused(test, &bytes, words);
}

/// The first two of a list as the program that wrote the files gave them, on the original scale.
type Expected = [(&'static str, f32); 2];

#[test]
fn models_of_before_recommend_what_they_did() {
    // By file, of u5, who is known in the first domain alone: there, and through the map.
    let expected: [(&str, Expected, Expected); 3] = [
        (GOOD, [("a-13", 2.274_198_8), ("a-14", 2.136_974_8)], [("b-13", 3.449_155), ("b-20", 3.309_451_8)]),
        (
            RECURRENT,
            [("a-13", 2.352_572_4), ("a-14", 2.291_501_5)],
            [("b-13", 2.960_589), ("b-20", 2.836_735_7)],
        ),
        (
            CONVOLUTIONAL,
            [("a-13", 2.395_257_5), ("a-14", 2.317_252)],
            [("b-13", 3.119_691), ("b-20", 2.983_928_2)],
        ),
    ];
    for (text, here, there) in expected {
        let trained = model_file::read("model.json", text.as_bytes()).unwrap();
        let advice = dual_metric::recommend::for_id(&trained, "u5", 2).unwrap().unwrap();
        for (advice, expected) in advice.domains.iter().zip([here, there]) {
            let next: Vec<(&str, f32)> = advice.next.iter().map(|item| (&*item.title, item.rating)).collect();
            assert!(
                next.iter().zip(expected).all(|(x, y)| x.0 == y.0 && (x.1 - y.1).abs() < 1e-6),
                "{next:?}"
            );
        }
        assert_eq!((advice.domains[1].via_map, &advice.domains[1].way[..]), (true, &[0, 1][..]));
        assert!(!trained.knows_all() && trained.ratings == [385, 376]);
        // What was read is written in the format of now, and then says the same.
        let now = model_file::read(model_file::NAME, &model_file::write(&trained).unwrap()).unwrap();
        assert_eq!(dual_metric::recommend::for_id(&now, "u5", 2).unwrap().unwrap(), advice);
    }
}

#[test]
fn what_does_not_fit_the_network_or_the_ratings_is_refused() {
    let refused = |place: &str, value: Value, what: &str| {
        let mut tree: Value = serde_json::from_str(RECURRENT).unwrap();
        *tree.pointer_mut(&format!("/domains/0/model/interaction/{place}")).unwrap() = value;
        let message =
            model_file::read("model.json", tree.to_string().as_bytes()).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(what) && message.lines().count() == 1, "{what:?} is not in {message}");
    };
    refused("network", json!("oracle"), "unknown variant");
    refused("network", json!("mlp"), "3 lists of parameters instead of 0");
    refused("network", json!("attention"), "3 lists of parameters instead of 4");
    refused("parameters/1", json!([0.5]), "interaction parameter 1 has 1 numbers instead of 4 x 12");
    refused("parameters/2/0", json!(1001.0), "1001.0");
    refused("histories", json!([]), "it has no tensor 0.interaction.histories");
    refused("histories/0", json!([3, 3]), "twice or unrated");
    refused("histories/0", json!([700]), "twice or unrated");
    refused("histories/0", json!((0..12).collect::<Vec<u32>>()), "more than 11");
}

#[test]
fn convolutions_whose_output_could_overflow_are_refused() {
    let mut tree: Value = serde_json::from_str(CONVOLUTIONAL).unwrap();
    let huge = |tree: &mut Value, place: &str, number: f64| {
        let list = tree.pointer_mut(place).unwrap().as_array_mut().unwrap();
        list.iter_mut().for_each(|x| *x = json!(number));
    };
    huge(&mut tree, "/domains/0/model/user_embeddings", 1e5);
    huge(&mut tree, "/domains/0/model/item_embeddings", 1e5);
    for n in 0..4 {
        huge(&mut tree, &format!("/domains/0/model/interaction/parameters/{n}"), 1e3);
    }
    for n in 0..2 {
        huge(&mut tree, &format!("/domains/0/model/recommender/layers/{n}/weights"), 1e3);
    }
    // 2e5 · 1e5 · 9e3 · 36e3 · 15e3 · 5e3 < 1e37 is accepted, and gives ratings.
    let extreme = model_file::read("model.json", tree.to_string().as_bytes()).unwrap();
    let (users, items) = ([0, 1].map(dual_metric::data::UserId), [0, 1].map(dual_metric::data::ItemId));
    assert!(extreme.model.predict(0, &users, &items).iter().all(|r| (0.0..=1.0).contains(r)));
    // Three layers of 1,024 units more are too much.
    let inputs =
        tree.pointer("/domains/0/model/recommender/layers/0/weights").unwrap().as_array().unwrap().len() / 5;
    let layer = |inputs: usize, outputs: usize| json!({ "weights": vec![1e3; inputs * outputs], "bias": vec![0.0; outputs] });
    let layers =
        json!([layer(inputs, 1024), layer(1024, 1024), layer(1024, 1024), layer(1024, 1024), layer(1024, 1)]);
    *tree.pointer_mut("/domains/0/model/recommender/layers").unwrap() = layers;
    let message =
        model_file::read("model.json", tree.to_string().as_bytes()).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("could overflow"), "{message}");
}

#[test]
fn the_model_as_it_was_written_recommends_in_both_domains() {
    for domain in ["a", "b"] {
        let output = recommend("good", GOOD.as_bytes(), domain);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 10);
    }
}

#[test]
fn an_id_that_is_listed_twice_is_refused() {
    refused_with("user_twice", "/domains/0/users/3", json!("u7"), &["\"u7\" is listed twice"]);
    refused_with("item_twice", "/domains/1/items/24", json!("b-0"), &["\"b-0\" is listed twice"]);
    refused_with("no_id", "/domains/1/users/2", json!(""), &["id 3 of a list is empty"]);
}

#[test]
fn a_dimension_that_no_memory_holds_is_refused() {
    let words = ["9223372036854775808 stands where a dimension from 1 to 256 belongs"];
    refused_with("dimension_2_63", "/dimension", json!(1_u64 << 63), &words);
    refused_with("dimension_0", "/dimension", json!(0), &["a dimension from 1 to 256"]);
    refused_with(
        "dimension_5",
        "/dimension",
        json!(5),
        &["the map X of link 0 has 16 numbers instead of 5 x 5"],
    );
}

#[test]
fn what_a_model_was_trained_on_cannot_contradict_what_it_holds() {
    let words = ["trained_on contradicts the counts"];
    refused_with("trained_on_all", "/trained_on/all_ratings", json!(true), &words);
    refused_with("trained_on_links", "/trained_on/links", json!([1]), &words);
}

#[test]
fn of_a_model_of_one_domain_nothing_is_recommended_in_the_second() {
    let bytes = changed(|model| {
        model["domains"].as_array_mut().unwrap().truncate(1);
        model["links"] = json!([]);
        model["trained_on"]["links"] = json!([]);
        model["trained_on"]["ratings"].as_array_mut().unwrap().truncate(1);
    });
    let output = recommend("one_domain", &bytes, "b");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), message.trim_end().lines().count()), (Some(2), 1), "{message}");
    for word in ["model.json", "domain \"b\"", "whose domains are a"] {
        assert!(message.contains(word), "{message}");
    }
    assert!(recommend("one_domain", &bytes, "a").status.success());
}

#[test]
fn a_domain_without_its_links_is_refused() {
    let bytes = changed(|model| drop(model["domains"].as_array_mut().unwrap().pop()));
    refused("one_domain_and_a_link", &bytes, &["1 links for domains of which 0 pairs"]);
    refused_with("no_link", "/links", json!([]), &["0 links for domains of which 1 pairs"]);
    let bytes = changed(|model| (model["domains"], model["links"]) = (json!([]), json!([])));
    refused("no_domain", &bytes, &["holds no domain"]);
}

#[test]
fn vectors_that_overflow_are_refused() {
    let vector = "/domains/0/model/user_embeddings/17";
    refused_with("vector_1e39", vector, json!(1e39), &["inf stands where a number from -100000 to 100000"]);
    // Finite, but their product is not.
    refused_with("vector_3e38", vector, json!(-3e38), &["-3e38 stands where"]);
    refused_with("item_vector", "/domains/1/model/item_embeddings/0", json!(1e30), &["1e30 stands where"]);
    refused_with("bias", "/domains/1/model/biases/items/0", json!(1e39), &["inf stands where"]);
    refused_with(
        "transfer",
        "/domains/1/model/biases/bias_transfer",
        json!(1e10),
        &["a number from -2 to 2"],
    );
    let bytes =
        changed(|model| drop(model["domains"][1]["model"]["item_embeddings"].as_array_mut().unwrap().pop()));
    refused(
        "vector_short",
        &bytes,
        &["domain \"b\"", "item_embeddings has 99 numbers, which are no rows of 4"],
    );
}

#[test]
fn a_scale_of_infinite_width_is_refused() {
    let wide = json!({ "lo": -3e38, "hi": 3e38 });
    for place in ["/domains/0/scale", "/domains/0/model/scale"] {
        refused_with("scale_wide", place, wide.clone(), &["-3e38 to 3e38 is no rating scale"]);
    }
}

#[test]
fn a_scale_that_is_upside_down_is_refused() {
    let upside_down = json!({ "lo": 5, "hi": 1 });
    for place in ["/domains/1/scale", "/domains/1/model/scale"] {
        refused_with("scale_5_1", place, upside_down.clone(), &["5.0 to 1.0 is no rating scale"]);
    }
    refused_with("scale_other", "/domains/1/model/scale/hi", json!(9), &["not within that of the ratings"]);
}

#[test]
fn a_layer_that_is_not_finite_is_refused() {
    // A ReLU makes 0 of NaN, so that such a network would give ratings that look right.
    let weight = "/domains/0/model/recommender/layers/0/weights/3";
    refused_with("layer_1e39", weight, json!(1e39), &["inf stands where a number from -1000 to 1000"]);
    refused_with("layer_null", weight, Value::Null, &["null"]);
    refused_with("layer_text", weight, json!("NaN"), &["NaN"]);
    refused_with("layer_bias", "/domains/1/model/recommender/layers/1/bias/0", json!(-1e39), &["-inf"]);
    refused_with("mix", "/domains/1/model/mix", json!(1.5), &["a number from -1 to 1"]);
    let bytes = changed(|model| *model.pointer_mut(weight).unwrap() = json!(0.123_456_7));
    let text = String::from_utf8(bytes).unwrap();
    refused("layer_1e400", text.replace("0.1234567", "1e400").as_bytes(), &["number out of range"]);
    refused("layer_nan", text.replace("0.1234567", "NaN").as_bytes(), &["line 1"]);
}

#[test]
fn a_network_whose_layers_do_not_fit_is_refused() {
    let layers = "/domains/0/model/recommender/layers";
    refused_with("no_layer", layers, json!([]), &["recommender has no layer"]);
    let bytes = changed(|model| drop(model.pointer_mut(layers).unwrap().as_array_mut().unwrap().pop()));
    refused("no_last_layer", &bytes, &["5 outputs instead of one"]);
    refused_with("no_unit", &format!("{layers}/0/bias"), json!([]), &["which are no rows of 0"]);
    refused_with(
        "given",
        "/domains/0/model/given",
        json!("None"),
        &["0.recommender.0.weights is", "instead of [8, 5]"],
    );
}

#[test]
fn a_map_that_is_not_orthogonal_is_refused() {
    let entry = "/links/0/b_from_a/5";
    refused_with("map_off", entry, json!(0.9), &["map.0 is not orthogonal"]);
    refused_with("map_large", entry, json!(1e308), &["map.0 is not orthogonal"]);
    refused_with("map_null", entry, Value::Null, &["null"]);
    refused_with("map_short", "/links/0/b_from_a", json!([1, 0, 0]), &["has 3 numbers instead of 4 x 4"]);
    refused_with("map_small", "/links/0/b_from_a", json!([0, 1, 1, 0]), &["has 4 numbers instead of 4 x 4"]);
}

#[test]
fn a_link_of_a_domain_with_itself_is_refused() {
    refused_with("link_self", "/links/0/b", json!(0), &["link 0 joins domain 0 with itself"]);
    refused_with("link_far", "/links/0/b", json!(7), &["link 0 joins the domains 0 and 7"]);
    let bytes = changed(|model| (model["links"][0]["a"], model["links"][0]["b"]) = (json!(1), json!(0)));
    refused("link_back", &bytes, &["link 0 joins the domains 1 and 0"]);
}

#[test]
fn a_link_of_two_people_is_refused() {
    let pairs = "/links/0/pairs/0";
    for (test, pair) in [("pair_differs", json!([20, 3])), ("pair_far", json!([20, 1_000_000]))] {
        refused_with(test, pairs, pair, &["for one person, who have not one id"]);
    }
    let bytes = changed(|model| model["links"][0]["pairs"][1] = model["links"][0]["pairs"][0].clone());
    refused("pair_twice", &bytes, &["lists a person twice"]);
}

#[test]
fn counts_that_contradict_the_ratings_are_refused() {
    let counts = "/domains/0/model/biases/user_counts";
    refused_with("count_large", &format!("{counts}/4"), json!(26), &["contradicts"]);
    refused_with("count_huge", "/domains/0/model/biases/item_counts/0", json!(u32::MAX), &["contradicts"]);
    refused_with("count_less", &format!("{counts}/4"), json!(0), &["contradicts"]);
    refused_with("counts_short", counts, json!([1, 2]), &["trained_on contradicts"]);
    refused_with("count_negative", &format!("{counts}/4"), json!(-1), &["-1"]);
}

#[test]
fn ratings_that_nobody_can_have_given_are_refused() {
    let rating = "/domains/1/ratings/0";
    refused_with(
        "rating_of_nobody",
        rating,
        json!([40, 0, 3]),
        &["user 40 and item 0, which are not listed"],
    );
    refused_with(
        "rating_of_nothing",
        rating,
        json!([0, 25, 3]),
        &["user 0 and item 25, which are not listed"],
    );
    refused_with("rating_off", &format!("{rating}/2"), json!(5.5), &["5.5 is off the scale from 1 to 5"]);
    refused_with("rating_large", &format!("{rating}/2"), json!(1e39), &["off the scale"]);
    let bytes =
        changed(|model| model["domains"][1]["ratings"][0] = model["domains"][1]["ratings"][1].clone());
    refused("rating_twice", &bytes, &["rated an item twice"]);
}

#[test]
fn titles_of_other_items_are_refused() {
    refused_with("titles", "/domains/1/titles", json!([null, "x"]), &["2 titles for 25 items"]);
}

#[test]
fn another_file_is_refused() {
    refused("empty", b"", &["line 1"]);
    refused("cut", &GOOD.as_bytes()[..5000], &["line 1"]);
    refused("other", br#"{"a": {"rmse": 0.1}}"#, &["no model of dual-metric"]);
    refused("not_text", b"{\"format\": \"\xff\"}", &["utf-8"]);
    refused_with(
        "version",
        "/version",
        json!(1),
        &["version 1, and versions 3 to 4 (JSON) and 5 are read here"],
    );
    let bytes = changed(|model| drop(model.as_object_mut().unwrap().remove("domains")));
    refused("no_domains", &bytes, &["missing field `domains`"]);
}
