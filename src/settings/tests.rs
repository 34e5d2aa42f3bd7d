use super::*;

#[test]
fn the_paper_preset_has_the_values_of_the_paper() {
    let paper = Config::paper().check().unwrap();
    // 3.1: codes of features; 6.3: vectors from the id without them; vectors within the unit ball.
    assert_eq!(paper.embeddings, Embeddings::Features);
    assert!(paper.unit_ball);
    // 3.4: an MLP with dropout on the two vectors and on nothing else.
    assert!(paper.dropout > 0.0);
    let beside = [
        paper.dot_product,
        paper.bias,
        paper.leave_one_out,
        paper.bias_inputs,
        paper.feature_prior,
        paper.side_tower,
        paper.mix,
    ];
    assert_eq!(beside, [false; 7]);
    // Algorithm 1: one pass after another, X by gradient, RS_B(X W_uA, W_iA), losses that weigh alike and none
    // besides them.
    assert_eq!(paper.schedule, Schedule::Alternating);
    assert_eq!(paper.mapping_update, MappingUpdate::Gradient);
    assert_eq!(paper.cross_step, CrossStep::Algorithm1);
    assert_eq!(paper.cross_weight, 1.0);
    let others = [paper.pair_weight, paper.row_l2, paper.weight_decay, paper.item_dropout];
    assert_eq!(others, [0.0; 4]);
    // 5.3: five folds; relevant is the upper half of the scale.
    assert_eq!(paper.test_fraction, 0.2);
    assert_eq!(paper.relevance_threshold, 0.5);
    // 5.4: dimension 16, batch 64, encoders of 32 and 16 neurons, Gram–Schmidt.
    assert_eq!((paper.dimension, paper.batch), (16, 64));
    assert_eq!([&paper.autoencoder_hidden[..], &[paper.dimension]].concat(), [32, 16]);
    assert_eq!(paper.orthogonalisation, Orthogonalisation::GramSchmidt);
    // 6.2: all overlap users, where nothing else is asked for.
    assert_eq!((paper.overlap_users, paper.discard_unlinked), (None, false));
    // 6.8: 100 epochs, until the loss changes by less than 1e-5. No validation.
    assert_eq!((paper.epochs, paper.tolerance, paper.patience), (100, 1e-5, None));
    assert!(!paper.uses_validation());
}

#[test]
fn the_default_is_the_robust_preset_by_either_name() {
    assert_eq!(Config::default(), Config { model: "averaged".into(), ..Config::robust() });
    assert_eq!(Config::preset("robust").unwrap(), Config::default());
    assert_eq!(Config::preset("robust").unwrap(), Config::from_json("{}").unwrap());
    assert_ne!(Config::preset("paper").unwrap(), Config::robust());
    assert!(Config::preset("papre").unwrap_err().to_string().contains("robust or paper"));
    let robust = Config::robust().check().unwrap();
    assert!(robust.uses_validation());
}

#[test]
fn a_field_is_set_from_text() {
    let mut config = Config::robust();
    config.set("batch", "64").unwrap();
    config.set("cross_step", "algorithm1").unwrap();
    config.set("recommender_hidden", "[8]").unwrap();
    config.set("patience", "null").unwrap();
    assert_eq!((config.batch, config.cross_step, config.patience), (64, CrossStep::Algorithm1, None));
    assert_eq!(config.recommender_hidden, [8]);
}

#[test]
fn values_out_of_range_are_named() {
    for (field, value) in [
        ("dimension", "0"),
        ("dropout", "1"),
        ("test_fraction", "0"),
        ("learning_rate", "-1"),
        ("learning_rate", "1"),
        ("autoencoder_learning_rate", "0.2"),
        ("mapping_learning_rate", "0.2"),
        ("epochs", "0"),
        ("patience", "0"),
        ("held_out_overlap", "1"),
    ] {
        let mut config = Config::robust();
        config.set(field, value).unwrap();
        let message = config.check().unwrap_err().to_string();
        assert!(message.contains(field), "{message}");
    }
}

#[test]
fn a_refused_rate_or_patience_says_why() {
    let refused = |config: Config| config.check().unwrap_err().to_string();
    let rate = refused(Config { learning_rate: 1.0, ..Config::robust() });
    assert!(
        rate.starts_with("setting learning_rate: 1 is out of range; use 1e-6 to 0.1, because Adam"),
        "{rate}"
    );
    let patience = refused(Config { patience: Some(0), ..Config::robust() });
    assert!(patience.contains("use 1 or more, or null"), "{patience}");
    // The plain step may be larger than Adam's, up to where it overshoots.
    let plain = |mapping_learning_rate| Config {
        mapping_optimiser: MappingOptimiser::Plain,
        mapping_learning_rate,
        ..Config::paper()
    };
    assert!(plain(0.4).check().is_ok());
    assert!(refused(plain(0.5)).contains("mapping_learning_rate"));
}

#[test]
fn json_starts_from_a_preset() {
    let config = Config::from_json(r#"{"preset": "paper", "epochs": 5}"#).unwrap();
    assert_eq!(config, Config { epochs: 5, ..Config::paper() });
    assert!(Config::from_json(r#"{"epoch": 5}"#).is_err());
}

#[test]
fn a_setting_that_is_not_there_is_answered_with_the_nearest_that_is() {
    let refused = |name: &str| Config::robust().set(name, "64").unwrap_err().to_string();
    let there_is_none = "there is no such setting;";
    assert_eq!(
        refused("bach"),
        format!("setting bach: {there_is_none} did you mean batch? All of them: dual-metric settings")
    );
    assert!(refused("Learning-Rate").contains("did you mean learning_rate?"));
    assert!(refused("item_dropuot").contains("did you mean item_dropout?"));
    // Nothing is near: no guess.
    for name in ["x", "", "größe", "wavelength_of_light"] {
        assert_eq!(refused(name), format!("setting {name}: {there_is_none} dual-metric settings lists them"));
    }
    let in_a_file = Config::from_json(r#"{"preset": "paper", "epoch": 5}"#).unwrap_err().to_string();
    assert!(in_a_file.contains("setting epoch: ") && in_a_file.contains("epochs?"), "{in_a_file}");
}

#[test]
fn a_value_that_does_not_fit_is_answered_with_what_does_and_changes_nothing() {
    for (name, value, allowed) in [
        ("batch", "many", "\"many\" does not fit; use a whole number from 1 to 1048576"),
        ("batch", "64.5", "64.5 does not fit; use a whole number from 1 to 1048576"),
        ("seed", "-1", "-1 does not fit; use a whole number from 0 up"),
        ("dropout", "null", "null does not fit; use a number from 0 to 0.9"),
        // Too large for single precision.
        ("dropout", "1e39", "1e39 does not fit; use a number from 0 to 0.9"),
        ("learning_rate", "fast", "\"fast\" does not fit; use a number from 1e-6 to 0.1"),
        ("recommender_hidden", "32", "32 does not fit; use 1 to 4 whole numbers from 1 to 1024, as [32,16]"),
        ("patience", "-1", "-1 does not fit; use a whole number from 1 up, or null for never"),
        ("bias", "perhaps", "\"perhaps\" does not fit; use true or false"),
        ("schedule", "both", "\"both\" does not fit; use alternating, joint"),
        ("model", "5", "5 does not fit; use a name that dual-metric models lists"),
    ] {
        let mut config = Config::robust();
        let message = config.set(name, value).unwrap_err().to_string();
        assert_eq!(message.replace("1e+39", "1e39"), format!("setting {name}: {allowed}"));
        assert_eq!(config, Config::robust());
    }
}

/// The names of an enumeration as serde tells them when it meets another.
fn names_in(message: &str) -> Vec<String> {
    let expected = message.split("expected ").nth(1).unwrap();
    expected.split('`').skip(1).step_by(2).map(String::from).collect()
}

#[test]
fn every_field_of_the_structure_is_in_the_list_once_and_the_other_way_round() {
    let mut listed: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
    listed.sort_unstable();
    let values = Config::robust().values().unwrap();
    let mut there: Vec<&str> = values.keys().map(String::as_str).collect();
    there.sort_unstable();
    assert_eq!(listed, there);
}

#[test]
fn the_kind_of_every_field_is_that_of_its_value() {
    let values = [Config::robust(), Config::paper()].map(|config| config.values().unwrap());
    for field in FIELDS {
        for value in values.iter().map(|values| &values[field.name]) {
            let fits = match field.kind {
                Kind::Whole { .. } => value.is_u64(),
                Kind::Optional { .. } => value.is_null() || value.is_u64(),
                Kind::Number { .. } => value.is_f64(),
                Kind::Layers { .. } => value.is_array(),
                Kind::Choice(names) => names.iter().any(|name| value == name),
                Kind::Truth => value.is_boolean(),
                Kind::Text(_) => value.is_string(),
            };
            assert!(fits, "{}: {value}", field.name);
        }
    }
}

#[test]
fn the_choices_are_the_names_of_the_enumeration_in_its_order() {
    for field in FIELDS {
        let Kind::Choice(names) = field.kind else { continue };
        let mut all = serde_json::to_value(Config::robust()).unwrap();
        all[field.name] = "none of them".into();
        let message = serde_json::from_value::<Config>(all).unwrap_err().to_string();
        assert_eq!(names_in(&message), names, "{}", field.name);
    }
}

/// What a field may be at most and at least, and what is just beyond, as `set` takes them.
fn ends(kind: Kind) -> (Vec<String>, Vec<String>) {
    let texts = |values: &[i64]| values.iter().map(i64::to_string).collect();
    match kind {
        Kind::Whole { lo, hi, .. } => {
            let (lo, hi) = (lo as i64, hi.map(|hi| hi as i64));
            (
                texts(&[Some(lo), hi].into_iter().flatten().collect::<Vec<_>>()),
                texts(&[Some(lo - 1), hi.map(|hi| hi + 1)].into_iter().flatten().collect::<Vec<_>>()),
            )
        }
        Kind::Optional { lo, .. } => {
            ([texts(&[lo as i64]), vec!["null".into()]].concat(), texts(&[lo as i64 - 1]))
        }
        Kind::Number { range, .. } => {
            let (lo, hi) = (range.lo as f32, range.hi as f32);
            (
                vec![range.lo.to_string(), range.hi.to_string()],
                vec![format!("{:e}", lo.next_down()), format!("{:e}", hi.next_up())],
            )
        }
        Kind::Layers { most, widest, .. } => (
            vec!["[1]".into(), format!("[{widest}]"), format!("{:?}", vec![8; most])],
            vec!["[]".into(), "[0]".into(), format!("[{}]", widest + 1), format!("{:?}", vec![8; most + 1])],
        ),
        Kind::Choice(names) => {
            (names.iter().map(|name| (*name).into()).collect(), vec!["none of them".into()])
        }
        Kind::Truth => (vec!["true".into(), "false".into()], vec!["1".into()]),
        Kind::Text(_) => (vec!["dml".into()], vec!["1".into()]),
    }
}

#[test]
fn the_ends_of_every_range_are_allowed_and_a_step_beyond_is_refused_by_name_and_range() {
    // Nothing that another field asks for stands in the way.
    let base = Config { mapping_optimiser: MappingOptimiser::Plain, patience: None, ..Config::robust() };
    let changed = |name: &str, value: &str| {
        let mut config = base.clone();
        config.set(name, value)?;
        config.check()
    };
    for field in FIELDS {
        let (allowed, beyond) = ends(field.kind);
        for value in allowed.iter().filter(|value| (field.name, &value[..]) != ("bias", "false")) {
            changed(field.name, value).unwrap_or_else(|error| panic!("{} = {value}: {error}", field.name));
        }
        for value in beyond {
            let allowed = format!("{} = {value} is allowed", field.name);
            let message = changed(field.name, &value).expect_err(&allowed).to_string();
            assert!(message.starts_with(&format!("setting {}: ", field.name)), "{message}");
            let range = match field.kind {
                Kind::Layers { most, .. } if value == "[]" || value.len() > "[1025]".len() => {
                    format!("1 to {most}")
                }
                Kind::Layers { widest, .. } => format!("1 to {widest}"),
                Kind::Whole { hi: None, .. } => field.allowed(),
                Kind::Optional { lo, none, .. } => {
                    let (use_it, or_none) = (format!("use {lo} or more"), format!("or null for {none}"));
                    assert!(message.contains(&or_none), "{message}");
                    if lo > 0 { use_it } else { field.allowed() }
                }
                _ => field.allowed().replace("a whole number from ", "").replace("a number from ", ""),
            };
            assert!(message.contains(&range), "{message} names no {range}");
        }
    }
}

#[test]
fn a_number_that_is_none_is_in_no_range() {
    let refused = Config { dropout: f32::NAN, ..Config::robust() }.check().unwrap_err().to_string();
    assert_eq!(refused, "setting dropout: NaN is out of range; use 0 to 0.9");
}

#[test]
fn fields_that_need_one_another_are_refused_alone() {
    let refused = |config: Config| config.check().unwrap_err().to_string();
    assert_eq!(
        refused(Config { validation_fraction: 0.0, ..Config::robust() }),
        "setting patience: needs a validation_fraction above 0, or null for none"
    );
    assert_eq!(refused(Config { bias: false, ..Config::robust() }), "setting bias_inputs: needs bias = true");
    // Adam's steps are narrower than the field's own range.
    let adam = refused(Config { mapping_learning_rate: 0.2, ..Config::robust() });
    assert!(adam.starts_with("setting mapping_learning_rate: 0.2 is out of range; use 1e-6 to 0.1, because"));
}

#[test]
fn every_field_has_its_words() {
    for field in FIELDS {
        let Field { name, label, help, formula, .. } = field;
        assert!(!label.is_empty() && !label.ends_with('.'), "{name}: {label}");
        assert!(help.ends_with('.') && help.starts_with(char::is_uppercase), "{name}: {help}");
        // In a table a bar would end the cell.
        assert!(![*help, formula.unwrap_or("")].concat().contains('|'), "{name}");
    }
    // Those of a group stand together, so that every heading comes once.
    let mut groups: Vec<&str> = FIELDS.iter().map(|field| field.group).collect();
    groups.dedup();
    let distinct: std::collections::BTreeSet<&str> = groups.iter().copied().collect();
    assert_eq!(groups.len(), distinct.len());
}

#[test]
fn the_page_gets_ends_of_ranges_as_people_write_them() {
    let field = |name| serde_json::to_value(FIELDS.iter().find(|field| field.name == name).unwrap()).unwrap();
    assert_eq!(field("dropout")["range"].to_string(), "[0.0,0.9]");
    assert_eq!(field("batch")["range"].to_string(), "[1,1048576]");
    assert_eq!(field("patience")["range"].to_string(), "[1,null]");
    assert_eq!(field("patience")["none"], "never");
    assert_eq!((&field("recommender_hidden")["most"], &field("dropout")["most"]), (&4.into(), &Value::Null));
    assert_eq!(field("schedule")["options"].to_string(), r#"["alternating","joint"]"#);
    assert_eq!((&field("seed")["place"], &field("model")["place"]), (&"panel".into(), &"panel".into()));
    assert_eq!(field("repeats")["paper"], Value::Null);
}

/// docs/settings.md as the list gives it.
fn page() -> String {
    let [robust, paper] = [Config::default(), Config::paper()].map(|config| config.values().unwrap());
    let mut page = String::from(
        "# The settings\n\n\
         `--set name=value` changes one, `--config FILE.json` many, `--preset` all; on the page they stand in the form \
         *Settings*\nand, where they were changed, in the address. `dual-metric settings` prints this list, \
         `--json` for scripts. What\nthey do together: [method.md](method.md). The columns *robust* and *paper* are the \
         values of the two presets; *in the\npaper* is what the paper says, with its section. A test writes this page \
         from the list in `src/settings/fields.rs`.\n",
    );
    let mut group = "";
    for field in FIELDS {
        if field.group != group {
            group = field.group;
            page += &format!(
                "\n## {group}\n\n\
                 | name | what it is | range | robust | paper | in the paper |\n|---|---|---|---|---|---|\n"
            );
        }
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
        page += &format!(
            "| `{}` | *{}.* {}{} | {} | `{}` | `{}` | {} |\n",
            field.name,
            field.label,
            field.help,
            field.formula.map(|formula| format!(" `{formula}`")).unwrap_or_default(),
            field.allowed(),
            plain(&robust[field.name]),
            plain(&paper[field.name]),
            field.paper.unwrap_or("nothing like it"),
        );
    }
    page
}

/// `UPDATE_DOCS=1 cargo test --release --lib settings_table` writes it.
#[test]
fn settings_table_in_the_documentation_is_the_list() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, page()).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(written == page(), "docs/settings.md is not what the list says; write it with UPDATE_DOCS=1");
}
