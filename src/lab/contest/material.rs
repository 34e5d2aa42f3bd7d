//! The world that a job trains on: the files, less of them, or a generated one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Job, Material};
use crate::data::{Domain, Rating, Ratings, Vocabulary, World, sized};
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::split::Split;

/// The world of a job. Samples and generated worlds come from the job's seed alone, alike for all models and folds.
///
/// # Errors
/// When the files have fewer ratings than are asked for.
pub(super) fn world(files: &Arc<World>, job: &Job) -> Result<Arc<World>> {
    let domains: Vec<Domain> = match job.point.material {
        // No rating is trained on beside vectors.
        Material::Files | Material::Planted { .. } => return Ok(files.clone()),
        Material::WithoutFeatures => files.domains.iter().map(without_features).collect(),
        Material::Sample(ratings) => {
            let all: usize = files.domains.iter().map(|domain| domain.ratings.len()).sum();
            if ratings > all {
                return Err(Error::data(
                    format!("the files have {all} ratings, fewer than {ratings}"),
                    "Use larger files or fewer ratings",
                ));
            }
            let mut rng = Generator::new(job.seed, "sample of ratings");
            let of = |domain: &Domain| {
                let part = (ratings as f64 * domain.ratings.len() as f64 / all as f64).round() as usize;
                sampled(domain, part, &mut rng)
            };
            files.domains.iter().map(of).collect()
        }
        Material::Generated(ratings) => sized(job.seed, files.domains.len(), ratings),
    };
    Ok(Arc::new(World::new(domains)))
}

/// The domains without the ratings that a split tests; people, items and features stay.
pub(super) fn without_tests(world: &World, split: &Split) -> World {
    let domains = world.domains.iter().enumerate().map(|(d, domain)| {
        let tested = split.test(world, d);
        let tested: BTreeSet<_> = tested.users.into_iter().zip(tested.items).collect();
        let rows: Vec<Rating> =
            domain.ratings.iter().filter(|row| !tested.contains(&(row.user, row.item))).collect();
        Domain {
            ratings: Ratings::new(domain.users.len(), domain.items.len(), &rows).into(),
            ..domain.clone()
        }
    });
    World::new(domains.collect())
}

fn without_features(domain: &Domain) -> Domain {
    Domain { user_features: None, item_features: None, ..domain.clone() }
}

/// A domain of so many of its ratings, and of the people and items that have one; without feature tables, so that what a
/// training takes grows with the ratings alone. A larger sample of one generator holds the smaller.
fn sampled(domain: &Domain, ratings: usize, rng: &mut Generator) -> Domain {
    let mut order: Vec<u32> = (0..domain.ratings.len() as u32).collect();
    rng.shuffle(&mut order);
    order.truncate(ratings);
    order.sort_unstable();
    let (mut users, mut items) = (Vocabulary::default(), Vocabulary::default());
    let row = |position: u32| {
        let Rating { user, item, value } = domain.ratings.at(position);
        Rating { user: users.intern(domain.users.id(user)), item: items.intern(domain.items.id(item)), value }
    };
    let rows: Vec<Rating> = order.into_iter().map(row).collect();
    let ratings = Ratings::new(users.len(), items.len(), &rows).into();
    Domain { ratings, users: users.into(), items: items.into(), ..without_features(domain) }
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::super::result::tests::job;
    use super::*;
    use crate::data::sample;

    fn of(material: Material) -> Result<Arc<World>> {
        let files = Arc::new(sample(1).world);
        world(&files, &Job { point: Point { material, ..Point::at("p", 1) }, ..job("mean", 0) })
    }

    #[test]
    fn a_sample_has_so_many_ratings_each_domain_its_part_and_nobody_without_one() {
        let files = sample(1).world;
        let all: usize = files.domains.iter().map(|domain| domain.ratings.len()).sum();
        let (few, more) = (of(Material::Sample(300)).unwrap(), of(Material::Sample(600)).unwrap());
        let ids = |world: &World| -> BTreeSet<(usize, String, String)> {
            let of = |(d, domain): (usize, &Domain)| {
                let name = |row: Rating| {
                    (d, domain.users.id(row.user).to_owned(), domain.items.id(row.item).to_owned())
                };
                domain.ratings.iter().map(name).collect::<Vec<_>>()
            };
            world.domains.iter().enumerate().flat_map(of).collect()
        };
        assert!(ids(&few).len() == 300 && ids(&more).len() == 600);
        assert!(ids(&few).is_subset(&ids(&more)) && ids(&more).is_subset(&ids(&files)));
        for (domain, whole) in few.domains.iter().zip(&files.domains) {
            let part = 300.0 * whole.ratings.len() as f64 / all as f64;
            assert!((domain.ratings.len() as f64 - part).abs() <= 0.5);
            assert!(domain.users.all().all(|user| !domain.ratings.of_user(user).is_empty()));
        }
        assert!(of(Material::Sample(1 << 30)).is_err());
    }

    #[test]
    fn without_features_nothing_else_is_changed() {
        let (whole, without) = (sample(1).world, of(Material::WithoutFeatures).unwrap());
        for (own, other) in whole.domains.iter().zip(&without.domains) {
            assert!(own.item_features.is_some() && other.item_features.is_none());
            assert!(other.user_features.is_none() && own.ratings.iter().eq(other.ratings.iter()));
        }
    }
}
