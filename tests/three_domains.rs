//! Three domains at once: links between any two, people who are hidden or cold in all of their links alike, and the map
//! that is composed along a walk beside the direct one (paper 4.3).

use std::sync::Arc;

use crate::advice;
use dual_metric::data::{Domain, UserId, World, sample, sample_of};
use dual_metric::engine::Device;
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::settings::Config;
use dual_metric::split::{PairRole, Split};
use dual_metric::{model_file, recommend};

fn trained(world: World) -> (Arc<World>, Study) {
    let config = Config { train_on_everything: false, ..Config::robust() }.check().unwrap();
    let world = Arc::new(world);
    let mut study =
        pollster::block_on(Study::new(world.clone(), config, Device::cpu(), TransferStudy::LeftOut, vec![]))
            .unwrap();
    pollster::block_on(study.finish(&mut |_| ())).unwrap();
    (world, study)
}

#[test]
fn the_third_domain_leaves_the_first_two_as_they_are() {
    let (two, three) = (sample(1).world, sample_of(1, 3).world);
    let ratings = |domain: &Domain| domain.ratings.iter().map(|row| row.value).collect::<Vec<_>>();
    for (one, other) in two.domains.iter().zip(&three.domains) {
        assert!(one.users.ids().eq(other.users.ids()));
        assert_eq!(ratings(one), ratings(other));
    }
    assert_eq!(three.domains.len(), 3);
    let ends: Vec<(usize, usize)> = three.links.iter().map(|link| (link.a, link.b)).collect();
    assert_eq!(ends, [(0, 1), (0, 2), (1, 2)]);
    assert!(three.links.iter().all(|link| link.overlap_users.len() > 200));
}

#[test]
fn a_role_is_a_persons_and_holds_in_all_of_their_links() {
    let world = sample_of(1, 3).world;
    let config = Config::robust().check().unwrap();
    let split = Split::new(&world, &config).unwrap().with_cold(&world, &config);
    // What becomes of each person: hidden, or cold in this domain.
    let mut hidden = vec![None; world.people.len()];
    let mut cold = vec![None; world.people.len()];
    for (l, link) in world.links.iter().enumerate() {
        for (&(a, _), role) in link.overlap_users.iter().zip(split.roles(l)) {
            let person = world.people.person(link.a, a).0 as usize;
            let is_hidden = *role == PairRole::HeldOut;
            assert_eq!(*hidden[person].get_or_insert(is_hidden), is_hidden);
            let domain = match role {
                PairRole::ColdA => link.a,
                PairRole::ColdB => link.b,
                _ => continue,
            };
            assert_eq!(*cold[person].get_or_insert(domain), domain, "cold in two domains");
        }
    }
    for d in 0..3 {
        let people = cold.iter().filter(|known| **known == Some(d)).count();
        assert!(people > 50, "{people} people are cold in domain {d}");
        assert!(split.cold(&world, d).len() > 500);
    }
    assert!(hidden.iter().filter(|known| **known == Some(true)).count() > 50);
}

#[test]
fn the_composed_map_places_held_out_people_nearly_as_well_as_the_direct_one() {
    let (_, study) = trained(sample_of(1, 3).world);
    let report = study.report().unwrap();
    let of = |link: usize| (report.links[link].domains, report.links[link].alignment.unwrap());
    let (ends, direct) = of(1);
    assert_eq!(ends, [0, 2]);
    let [detour] = report.links[1].detours[..] else { panic!("one way around") };
    println!(
        "books to songs, {} held-out people: direct {:.3}, by way of films {:.3}, identity {:.3}, random {:.3}",
        direct.pairs, direct.mapped, detour.mapped, direct.identity, direct.random
    );
    assert!(direct.pairs > 20 && detour.by == 1);
    assert!(direct.mapped < 0.3 && detour.mapped < 0.3, "{direct:?} {detour:?}");
    assert!(direct.identity > 1.2 && direct.random > 1.2, "{direct:?}");
    // By hand: X from books to songs is X from films to songs times X from books to films.
    let model = study.dml().unwrap();
    let product = model.links[2].mapping.b_from_a() * model.links[0].mapping.b_from_a();
    assert_eq!(model.map_along(&[0, 1, 2]).unwrap().b_from_a(), &product);
    assert_eq!(model.map_along(&[2, 0]).unwrap().b_from_a(), &model.links[1].mapping.a_from_b());
    assert_eq!(report.alignment, Some(of(0).1));
}

#[test]
fn people_walk_along_links_where_no_link_leads_directly() {
    let mut world = sample_of(1, 3).world;
    // Without the people in books and songs: those of songs who also read get a name of their own there.
    let songs = &world.domains[2];
    let renamed =
        songs.users.ids().zip(0..).map(|(id, user)| match world.people.across(2, UserId(user), 0) {
            Some(_) => format!("{id} (listener)"),
            None => id.to_owned(),
        });
    world.domains[2].users = Arc::new(renamed.collect());
    let world = World::new(world.domains);
    let ends: Vec<(usize, usize)> = world.links.iter().map(|link| (link.a, link.b)).collect();
    assert_eq!(ends, [(0, 1), (1, 2)], "a chain");
    let (world, study) = trained(world);
    let model = study.dml().unwrap();
    assert_eq!(model.walk(0, 2), Some(vec![0, 1, 2]));
    assert_eq!(model.walk(2, 1), Some(vec![2, 1]));
    // Somebody who reads and does neither watch nor listen.
    let only_books = |&user: &u32| world.people.domains(world.people.person(0, UserId(user))).eq([0]);
    let reader = (0..world.domains[0].users.len() as u32).find(only_books).unwrap();
    let cold_start_user = model.cold_start_user(0, UserId(reader), 2).unwrap();
    let vector =
        model.links[1].mapping.to_b(&model.links[0].mapping.to_b(model.user_embedding(0, UserId(reader))));
    assert_eq!(cold_start_user.vector, vector);
    let kept = study.kept();
    let advice = recommend::for_user(&kept, 0, UserId(reader), 5).unwrap();
    assert!(advice.domains[2].via_map && advice.domains[2].next.len() == 5);
    assert_eq!(advice.domains[2].way, [0, 1, 2]);
    // The file keeps all of that.
    let read = model_file::read(model_file::NAME, &model_file::write(&kept).unwrap()).unwrap();
    assert_eq!(recommend::for_user(&read, 0, UserId(reader), 5).unwrap(), advice::without_categories(advice));
}
