//! Reasons and visitors: what is said of a rating is what comes out without it.

use std::sync::Arc;

use dual_metric::data::{ItemId, UserId, World, sample};
use dual_metric::engine::Device;
use dual_metric::peers::find;
use dual_metric::recommend::{
    GivenRating, ListOrder, MOST_REASONS, Search, for_user, for_visitor, offered, profile, profile_of, why,
};
use dual_metric::recommender::{Assignment, FoldedIn, Profile, Stopping, Trained};
use dual_metric::settings::Config;
use dual_metric::split::{Split, Training};

/// A model on all ratings of the sample, after a short training.
fn trained(name: &str) -> Trained {
    let world = Arc::new(sample(1).world);
    let config = Config { model: name.into(), epochs: 12, sweeps: 80, burn_in: 20, ..Config::robust() };
    let config = config.check().unwrap();
    let training = Training::new(world.clone(), Arc::new(Split::everything(&world)));
    let (watched, device) = (vec![Vec::new(); world.links.len()], Device::cpu());
    let given =
        Assignment { training, config: config.clone(), device, watched, stopping: Stopping::Epochs(12) };
    let entry = find(name).unwrap();
    let fit = pollster::block_on(entry.train(given, &mut |_, _| ())).unwrap();
    Trained {
        scales: world.domains.iter().map(|domain| domain.scale).collect(),
        ratings: world.domains.iter().map(|domain| domain.ratings.len()).collect(),
        world,
        name: entry.name,
        settings: Some(config),
        model: fit.model(),
    }
}

/// Somebody in both domains.
fn somebody(world: &World) -> [UserId; 2] {
    let (a, b) = world.links[0].overlap_users[3];
    [a, b]
}

fn folded<'m>(trained: &'m Trained, profile: &'m Profile) -> Box<dyn FoldedIn + 'm> {
    trained.model.fold_in(profile, trained.settings.as_ref()).unwrap()
}

/// Root of the mean square of the differences.
fn distance(x: &[f32], y: &[f32]) -> f32 {
    let square: f32 = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
    (square / x.len() as f32).sqrt()
}

#[test]
fn a_rating_taken_out_is_a_person_folded_in_without_it() {
    for name in ["linked-bias", "bayes", "dml", "averaged"] {
        let trained = trained(name);
        let [a, _] = somebody(&trained.world);
        let known = profile_of(&trained, 0, a);
        // As a visitor, of whom nothing but the ratings is known: then it makes no difference when one was taken out.
        let all = Profile { users: vec![None; 2], ..known };
        let person = folded(&trained, &all);
        for place in [0, all.ratings.len() / 2, all.ratings.len() - 1] {
            let mut left = all.clone();
            left.ratings.remove(place);
            let anew = folded(&trained, &left);
            for d in 0..2 {
                let items: Vec<ItemId> = trained.world.domains[d].items.all().collect();
                let claimed = person.outlook(&[place], d, &items).unwrap().ratings;
                let found = anew.outlook(&[], d, &items).unwrap().ratings;
                let off = claimed.iter().zip(&found).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
                assert!(off < 2e-4, "{name}, rating {place}, domain {d}: {off}");
            }
        }
    }
}

#[test]
fn the_reasons_are_the_greatest_falls_of_all_ratings() {
    for name in ["bayes", "dml", "averaged"] {
        let trained = trained(name);
        // Of somebody with a good many ratings, of which each is tried; with several hundred no single one counts for much.
        let of = |user: &UserId| profile_of(&trained, 0, *user).ratings.len();
        let tried = trained.world.domains[0].users.all().filter(|user| of(user) <= 60);
        let user = tried.max_by_key(of).unwrap();
        assert!(of(&user) > 40, "{}", of(&user));
        let advice = for_user(&trained, 0, user, 5).unwrap();
        let items: Vec<Vec<ItemId>> =
            advice.domains.iter().map(|advice| advice.next.iter().map(|item| item.item).collect()).collect();
        let said = why(&trained, 0, user, &items);
        assert_eq!(said.silent, None);
        // Found a rating at a time they are the same.
        let mut search = Search::new(trained.clone(), 0, user, items.clone());
        let (mut steps, mut found) = (0, None);
        while found.is_none() {
            found = search.go_on(&mut || true);
            steps += 1;
        }
        assert_eq!((found, steps > 40), (Some(said.clone()), true), "{name}: {steps}");
        let all = profile_of(&trained, 0, user);
        let person = folded(&trained, &all);
        let (mut told, mut estimated, mut asked) = (0, 0, 0);
        for (d, items) in items.iter().enumerate() {
            let width = trained.scales[d].hi - trained.scales[d].lo;
            let ratings = |without: &[usize]| person.outlook(without, d, items).unwrap().ratings;
            let whole = ratings(&[]);
            let without: Vec<Vec<f32>> = (0..all.ratings.len()).map(|place| ratings(&[place])).collect();
            for (n, because) in said.domains[d].iter().enumerate() {
                let mut falls: Vec<(f32, usize)> =
                    without.iter().enumerate().map(|(place, left)| (whole[n] - left[n], place)).collect();
                falls.sort_by(|x, y| y.0.total_cmp(&x.0));
                assert!(because.reasons.len() <= MOST_REASONS);
                for (reason, (fall, place)) in because.reasons.iter().zip(&falls) {
                    let rated = &all.ratings[*place];
                    assert!((reason.lowers - fall * width).abs() < 1e-3 * width, "{name} {reason:?} {fall}");
                    assert_eq!((reason.domain, reason.item), (rated.domain, rated.item), "{name}");
                }
                assert!(because.reasons.is_sorted_by(|x, y| x.lowers >= y.lowers));
                if let [_, _] = because.reasons[..] {
                    let both = [falls[0].1, falls[1].1];
                    let fall = whole[n] - ratings(&both)[n];
                    assert!((because.together - fall * width).abs() < 1e-3 * width);
                }
                told += because.reasons.len();
                // What would be tried of somebody with more.
                let first = person.first_order(d, items).unwrap();
                let at = |place: usize| first[place * items.len() + n];
                let before = (0..all.ratings.len()).filter(|&place| at(place) < at(falls[0].1)).count();
                estimated += usize::from(before < 16);
                asked += 1;
            }
        }
        assert!(told > 0, "{name}: {told}");
        println!("{name}: the greatest fall is among the estimated ones for {estimated} of {asked} items");
        assert!(4 * estimated >= 3 * asked, "{name}: {estimated} of {asked}");
    }
}

#[test]
fn where_no_rating_counts_there_is_no_reason() {
    // What everybody is told alike, and a domain that nothing crosses into.
    let mean = trained("item-mean");
    let [a, _] = somebody(&mean.world);
    let items = vec![(0..5).map(ItemId).collect(), (0..5).map(ItemId).collect()];
    let said = why(&mean, 0, a, &items);
    assert_eq!(said.silent, None);
    assert!(
        said.domains.iter().flatten().all(|because| because.reasons.is_empty() && because.together == 0.0)
    );
    let alone = why(&trained("bias"), 0, a, &items);
    for (d, because) in alone.domains.iter().enumerate() {
        assert!(because.iter().flat_map(|because| &because.reasons).all(|reason| reason.domain == d));
    }
    // And a model that does not say says so.
    let silent = why(&trained("cmf"), 0, a, &items);
    assert!(silent.silent.unwrap().contains("does not say which ratings"));
    assert!(silent.domains.iter().all(Vec::is_empty));
}

#[test]
fn somebody_folded_in_is_told_nearly_what_the_model_says_of_them() {
    for (name, as_known, as_visitor) in
        [("linked-bias", 1e-5, 0.02), ("dml", 1e-5, 0.05), ("bayes", 0.04, 0.05), ("averaged", 0.03, 0.05)]
    {
        let trained = trained(name);
        let (mut known, mut visiting, mut n) = ([0.0_f32; 2], [0.0_f32; 2], 0.0_f32);
        for &(a, b) in trained.world.links[0].overlap_users.iter().take(20) {
            let profile = profile_of(&trained, 0, a);
            let visitor = Profile { users: vec![None; 2], ..profile.clone() };
            for (d, user) in [a, b].into_iter().enumerate() {
                let items: Vec<ItemId> = trained.world.domains[d].items.all().collect();
                let said = trained.model.predict(d, &vec![user; items.len()], &items);
                let of =
                    |profile: &Profile| folded(&trained, profile).outlook(&[], d, &items).unwrap().ratings;
                known[d] += distance(&said, &of(&profile)).powi(2);
                visiting[d] += distance(&said, &of(&visitor)).powi(2);
            }
            n += 1.0;
        }
        for d in 0..2 {
            let (known, visiting) = ((known[d] / n).sqrt(), (visiting[d] / n).sqrt());
            println!("{name}, domain {d}: as who they are {known:.4}, as a visitor {visiting:.4}");
            assert!(known < as_known && visiting < as_visitor, "{name}: {known} {visiting}");
        }
    }
}

#[test]
fn a_visitor_is_told_what_their_ratings_say_in_both_domains() {
    for name in ["dml", "averaged"] {
        let trained = trained(name);
        let domain = &trained.world.domains[0];
        let offers = offered(domain, "", 10);
        assert_eq!(offers.len(), 10);
        let title = offers[0].title.to_lowercase();
        assert!(offered(domain, &title, 3).iter().any(|offer| offer.item == offers[0].item));
        let given: Vec<GivenRating> = offers
            .iter()
            .enumerate()
            .map(|(n, offer)| GivenRating {
                domain: 0,
                item: offer.item.0,
                rating: if n % 2 == 0 { 5.0 } else { 1.0 },
            })
            .collect();
        let told = for_visitor(&trained, &given, 5, ListOrder::Rating).unwrap();
        let advice = told.advice.unwrap();
        assert!(!advice.domains[0].via_map && advice.domains[1].via_map);
        assert_eq!(advice.domains[0].rated.len(), 10);
        for (advice, why) in advice.domains.iter().zip(&told.why.domains) {
            assert_eq!(advice.next.len(), 5);
            assert!(advice.next.iter().zip(why).all(|(item, because)| item.item == because.item));
        }
        assert!(advice.domains[0].next.iter().all(|item| offers.iter().all(|offer| offer.item != item.item)));
        // The opposite ratings ask for other things.
        let turned: Vec<GivenRating> =
            given.iter().map(|given| GivenRating { rating: 6.0 - given.rating, ..*given }).collect();
        let other = for_visitor(&trained, &turned, 5, ListOrder::Rating).unwrap().advice.unwrap();
        assert_ne!(other.domains[0].next, advice.domains[0].next);
        let twice = [given[0], given[0]];
        assert!(profile(&trained, &twice).unwrap_err().to_string().contains("rated twice"));
        let beyond = [GivenRating { rating: 9.0, ..given[0] }];
        assert!(profile(&trained, &beyond).unwrap_err().to_string().contains("no rating"));
    }
    let told = for_visitor(&trained("cmf"), &[], 5, ListOrder::Rating).unwrap();
    assert!(told.advice.is_none() && told.why.silent.unwrap().contains("cannot take in"));
}
