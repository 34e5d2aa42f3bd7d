//! Files in their places, as the page offers them.

use super::*;

/// People who rate four items each, in no file alike.
fn file(name: &str, people: std::ops::Range<usize>) -> (String, String) {
    let mut text = String::from("user,item,rating\n");
    for user in people {
        for item in 0..4 {
            text += &format!("u{user},{name}-{item},{}\n", 1 + (user * 7 + item * 3 + name.len()) % 5);
        }
    }
    (format!("{name}.csv"), text)
}

fn load(slots: &mut Slots, slot: Slot, (name, text): &(String, String)) {
    let options = ReadOptions::default();
    let outcome = slots.load(slot, FileKind::Ratings, name, text.as_bytes(), &options).unwrap();
    assert!(matches!(outcome, Outcome::Read));
}

fn refusal(slots: &Slots) -> String {
    slots.world().map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn domains_are_numbered_in_the_order_of_their_places_whichever_came_first() {
    let mut slots = Slots::default();
    load(&mut slots, Slot::D, &file("songs", 20..50));
    load(&mut slots, Slot::A, &file("books", 0..30));
    let state = slots.state();
    assert_eq!(state.domains.iter().map(|domain| domain.slot).collect::<Vec<_>>(), [Slot::A, Slot::D]);
    assert_eq!((state.pairs[0].domains, state.pairs[0].overlap_users, state.overlap_users), ([0, 1], 10, 10));
    load(&mut slots, Slot::B, &file("films", 10..40));
    let state = slots.state();
    let pairs: Vec<_> = state.pairs.iter().map(|pair| (pair.domains, pair.overlap_users)).collect();
    assert_eq!(pairs, [([0, 1], 20), ([0, 2], 10), ([1, 2], 20)]);
    assert_eq!(state.overlap_users, 30, "people in two or three of them");
    let names: Vec<String> = slots.world().unwrap().domains.into_iter().map(|domain| domain.name).collect();
    assert_eq!(names, ["books", "films", "songs"]);
}

#[test]
fn two_alone_are_ready_whoever_they_share_and_more_only_where_some_share_people() {
    let mut slots = Slots::default();
    load(&mut slots, Slot::A, &file("books", 0..30));
    assert!(!slots.state().ready);
    assert!(refusal(&slots).starts_with("two rating files are needed"));
    load(&mut slots, Slot::B, &file("films", 100..130));
    assert!(slots.state().ready);
    load(&mut slots, Slot::C, &file("songs", 200..230));
    assert!(!slots.state().ready);
    assert!(refusal(&slots).starts_with("no two of the files share anybody"));
    load(&mut slots, Slot::C, &file("songs", 110..140));
    assert!(slots.state().ready);
    load(&mut slots, Slot::B, &file("books", 0..30));
    assert!(!slots.state().ready, "one file twice");
    assert!(refusal(&slots).contains("hold the same ratings"));
}

#[test]
fn nobody_in_common_is_no_matter_where_others_lead_from_one_domain_to_the_other() {
    let mut slots = Slots::default();
    load(&mut slots, Slot::A, &file("books", 0..30));
    load(&mut slots, Slot::B, &file("songs", 200..230));
    let few = |slots: &mut Slots| {
        let warnings = serde_json::to_value(slots.state().warnings).unwrap();
        let list = warnings.as_array().cloned().unwrap_or_default();
        list.iter().filter(|warning| warning["code"] == "few-in-both").count()
    };
    assert_eq!(few(&mut slots), 1);
    // A third that shares people with both.
    let (name, books) = file("films", 0..30);
    let (_, songs) = file("films", 200..230);
    load(&mut slots, Slot::C, &(name, books + songs.split_once('\n').unwrap().1));
    assert_eq!(few(&mut slots), 0);
}

#[test]
fn the_sample_has_as_many_domains_as_are_asked_for_and_makes_way_as_one() {
    let mut slots = Slots::default();
    slots.load_sample(7, 3).unwrap();
    let state = slots.state();
    assert_eq!((state.domains.len(), slots.floors().len(), slots.sample_domains()), (3, 3, Some(3)));
    assert!(state.domains.iter().all(|domain| domain.item_features.is_some()));
    load(&mut slots, Slot::C, &file("songs", 0..30));
    assert_eq!(slots.state().domains.len(), 1);
    assert_eq!(slots.sample_domains(), None);
    slots.clear();
    assert_eq!(slots.state().domains.len(), 0);
}

#[test]
fn a_part_of_the_sample_can_be_taken_out_and_the_rest_is_still_the_sample() {
    let mut slots = Slots::default();
    slots.load_sample(7, 3).unwrap();
    let floors = slots.floors();
    slots.remove(Slot::B, FileKind::Ratings);
    let state = slots.state();
    assert_eq!(state.domains.iter().map(|domain| domain.slot).collect::<Vec<_>>(), [Slot::A, Slot::C]);
    assert!(state.generated);
    assert_eq!(slots.floors(), [floors[0], floors[2]]);
    // Read again in another way it comes from the generator, from its own place.
    let options = ReadOptions::default();
    slots.reread(Slot::C, &options, |_| None).unwrap();
    assert_eq!(slots.state().domains[1].ratings, state.domains[1].ratings);
    slots.remove(Slot::A, FileKind::Ratings);
    slots.remove(Slot::C, FileKind::Ratings);
    assert!(!slots.state().generated && slots.floors().is_empty());
}

#[test]
fn a_domain_is_called_what_somebody_calls_it_until_its_file_is_another() {
    let mut slots = Slots::default();
    load(&mut slots, Slot::A, &file("books", 0..30));
    load(&mut slots, Slot::C, &file("films", 10..40));
    let names = |slots: &mut Slots| {
        slots.state().domains.iter().map(|domain| domain.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(slots.rename(Slot::C, Some(" Cinema ")).unwrap(), Some((1, "Cinema".into())));
    assert_eq!(names(&mut slots), ["books", "Cinema"]);
    for (name, why) in [("", "without a name"), ("BOOKS", "called \"books\" already")] {
        let error = slots.rename(Slot::C, Some(name)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(slots.world().unwrap().domains[1].name, "Cinema", "what is refused changes nothing");
    // Read in another way it keeps its name, which is among the options.
    let (name, text) = file("films", 10..40);
    let options = slots.state().domains[1].options.clone();
    slots
        .reread(Slot::C, &ReadOptions { header: Some(true), ..options }, |_| Some(text.clone().into_bytes()))
        .unwrap();
    assert_eq!(names(&mut slots), ["books", "Cinema"]);
    assert_eq!(slots.rename(Slot::C, None).unwrap(), Some((1, "films".into())));
    slots.rename(Slot::C, Some("Cinema")).unwrap();
    load(&mut slots, Slot::C, &(name, text));
    assert_eq!(names(&mut slots), ["books", "films"]);
    assert_eq!(slots.rename(Slot::H, Some("nobody")).unwrap(), None);
}

#[test]
fn one_file_in_two_places_is_two_domains_by_the_values_of_a_column() {
    let mut text = String::from("user,shop,item,rating\n");
    for user in 0..30 {
        for item in 0..4 {
            let shop = ["books", "films", "songs"][(user + item) % 3];
            text += &format!("u{user},{shop},{shop}-{item},{}\n", 1 + (user * 7 + item * 3) % 5);
        }
    }
    let mut slots = Slots::default();
    load(&mut slots, Slot::A, &("shops.csv".into(), text.clone()));
    let values = slots.values(Slot::A, 1, Some(text.clone().into_bytes())).unwrap();
    assert_eq!(values.values.iter().map(|value| value.rows).collect::<Vec<_>>(), [40, 40, 40]);
    for (slot, values) in [(Slot::A, vec!["books"]), (Slot::B, vec!["films", "songs"])] {
        let values = values.into_iter().map(String::from).collect();
        let options =
            ReadOptions { part: Some(crate::data::Part { column: 1, values }), ..ReadOptions::default() };
        slots.load(slot, FileKind::Ratings, "shops.csv", text.as_bytes(), &options).unwrap();
    }
    let state = slots.state();
    assert!(state.ready);
    let of = |n: usize| (state.domains[n].name.as_str(), state.domains[n].ratings);
    assert_eq!([of(0), of(1)], [("books", 40), ("films + songs", 80)]);
    assert_eq!(slots.world().unwrap().links[0].overlap_users.len(), 30);
}
