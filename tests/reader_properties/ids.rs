//! Ids written alike: doing it twice changes nothing, and no rating is lost but to another of the same pair.

use std::collections::HashSet;

use proptest::prelude::*;

use super::data::{IdForm, ReadOptions, read_ratings, rewrite_users};
use super::for_all;
use dual_metric::data::{ItemId, UserId};

/// Ids with what tools do to them.
fn id() -> impl Strategy<Value = String> {
    let marks = ["", "'", "=\"", "\"", "0", "00", " ", "\u{200b}", "\u{2019}"];
    let ends = ["", ".0", ".00", "\"", " ", "\u{a0}", "-", ".5", "\u{301}"];
    let words = [
        "7",
        "10",
        "Ann",
        "ann",
        "ANN  Lee",
        "Chloe\u{301}",
        "Chlo\u{e9}",
        "u-1",
        "u1",
        "İ",
        "ß",
        "用户",
        "---",
    ];
    let made = (
        prop::sample::select(marks.to_vec()),
        prop_oneof![
            prop::sample::select(words.to_vec()).prop_map(String::from),
            (0..40_u32).prop_map(|n| n.to_string())
        ],
        prop::sample::select(ends.to_vec()),
    );
    prop_oneof![4 => made.prop_map(|(start, word, end)| format!("{start}{word}{end}")), 1 => prop::collection::vec(any::<char>(), 1..5).prop_map(|letters| letters.into_iter().collect())]
}

fn forms() -> impl Strategy<Value = Vec<IdForm>> {
    prop::sample::subsequence(IdForm::ALL.to_vec(), 0..=IdForm::ALL.len())
}

#[test]
fn a_form_that_is_taken_twice_is_taken_once() {
    for_all(4000, id(), |id| {
        for form in IdForm::ALL {
            let once = form.of(&id).into_owned();
            let twice = form.of(&once).into_owned();
            // Of several apostrophes each is one that somebody put there.
            if form == IdForm::StripApostrophe {
                assert!(twice.len() <= once.len() && once.len() <= id.len());
            } else {
                assert_eq!(twice, once, "{form:?} of {id:?}");
            }
        }
    });
}

#[test]
fn people_who_become_one_lose_ratings_to_each_other_only() {
    let rows = prop::collection::vec((id(), 0..6_u32, 1..6_u32), 20..60);
    for_all(400, (rows, forms()), |(rows, forms)| {
        // Separated by tabs and without quotes, so that ids stay what they are.
        let rows = rows.iter().filter(|(id, ..)| !id.contains(['"', '\t']));
        let text: String = rows.map(|(id, item, rating)| format!("{id}\tb{item}\t{rating}\n")).collect();
        let text = format!("user\titem\trating\n{text}");
        let Ok(read) = read_ratings("f.tsv", text.as_bytes(), &ReadOptions::default()) else { return };
        let before = read.domain.clone();
        let written = rewrite_users(read.domain, &forms);
        let after = &written.domain;
        assert_eq!(after.ratings.len() + written.replaced, before.ratings.len());
        assert_eq!(after.users.len() + written.merged, before.users.len());
        assert!(written.merged > 0 || written.replaced == 0);
        assert_eq!(after.items.len(), before.items.len());
        let pairs: HashSet<(UserId, ItemId)> =
            after.ratings.iter().map(|rating| (rating.user, rating.item)).collect();
        assert_eq!(pairs.len(), after.ratings.len());
        assert!(after.users.ids().all(|id| !id.is_empty()));
        assert!(!forms.is_empty() || (written.changed, written.merged) == (0, 0));
    });
}
