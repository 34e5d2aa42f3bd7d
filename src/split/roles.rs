//! What a split makes of the people who are in several domains: linked, held out, cold, or two people; and who their partners
//! are once links are shuffled.

use super::PairRole;
use crate::data::{Link, PersonId, UserId, World};
use crate::rng::Generator;
use crate::settings::ValidConfig;

/// What becomes of a person who is in several domains.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unlinked,
    HeldOut,
    Linked,
    /// Loses all ratings of this domain.
    Cold(usize),
}

/// Roles of the overlap users of each link. They are a person's and hold in all links: first the held-out share, then the
/// linked ones up to the setting, of whom each domain makes a share cold, nobody in two of them.
pub(super) fn roles(world: &World, config: &ValidConfig, cold: bool) -> Vec<Vec<PairRole>> {
    let people = &world.people;
    let is_shared = |person: &PersonId| people.domains(*person).nth(1).is_some();
    let mut order: Vec<PersonId> = people.all().filter(is_shared).collect();
    let n = order.len();
    Generator::new(config.seed, "overlap users").shuffle(&mut order);
    let held_out = (n as f32 * config.held_out_overlap).round() as usize;
    let linked = (n - held_out).min(config.overlap_users.unwrap_or(n));
    let mut fates = vec![Fate::Unlinked; people.len()];
    let (hidden, rest) = order.split_at(held_out);
    hidden.iter().for_each(|person| fates[person.0 as usize] = Fate::HeldOut);
    rest[..linked].iter().for_each(|person| fates[person.0 as usize] = Fate::Linked);
    if cold {
        let share = config.cold_fraction.min(1.0 / world.domains.len() as f32);
        for d in 0..world.domains.len() {
            let here = |person: &&PersonId| people.user(d, **person).is_some();
            let count = (rest[..linked].iter().filter(here).count() as f32 * share).round() as usize;
            let warm =
                rest[..linked].iter().filter(here).filter(|person| fates[person.0 as usize] == Fate::Linked);
            let chosen: Vec<PersonId> = warm.take(count).copied().collect();
            chosen.iter().for_each(|person| fates[person.0 as usize] = Fate::Cold(d));
        }
    }
    let role = |link: &Link, user: UserId| match fates[people.person(link.a, user).0 as usize] {
        Fate::Unlinked => PairRole::Unlinked,
        Fate::HeldOut => PairRole::HeldOut,
        Fate::Cold(d) if d == link.a => PairRole::ColdA,
        Fate::Cold(d) if d == link.b => PairRole::ColdB,
        Fate::Linked | Fate::Cold(_) => PairRole::Linked,
    };
    world.links.iter().map(|link| link.overlap_users.iter().map(|&(a, _)| role(link, a)).collect()).collect()
}

/// By domain and user, who is in both ends of a link without being linked or held out in any.
pub(super) fn discarded(world: &World, roles: &[Vec<PairRole>]) -> Vec<Vec<bool>> {
    let nobody = || world.domains.iter().map(|domain| vec![false; domain.users.len()]).collect::<Vec<_>>();
    let (mut unused, mut used) = (nobody(), nobody());
    for (link, roles) in world.links.iter().zip(roles) {
        for (&(a, b), role) in link.overlap_users.iter().zip(roles) {
            let people = if *role == PairRole::Unlinked { &mut unused } else { &mut used };
            people[link.a][a.index()] = true;
            people[link.b][b.index()] = true;
        }
    }
    for (unused, used) in unused.iter_mut().flatten().zip(used.iter().flatten()) {
        *unused &= !used;
    }
    unused
}

/// The second users of a link's pairs after those of each role have moved on by one place of a random order: a cycle,
/// so that with two or more nobody keeps their own. Held-out pairs are measured, not linked, and stay.
pub(super) fn shuffled_partners(
    pairs: &[(UserId, UserId)],
    roles: &[PairRole],
    rng: &mut Generator,
) -> Vec<UserId> {
    let mut partners: Vec<UserId> = pairs.iter().map(|pair| pair.1).collect();
    for role in [PairRole::Linked, PairRole::ColdA, PairRole::ColdB] {
        let mut order: Vec<usize> = (0..pairs.len()).filter(|&n| roles[n] == role).collect();
        rng.shuffle(&mut order);
        for (n, &here) in order.iter().enumerate() {
            partners[here] = pairs[order[(n + 1) % order.len()]].1;
        }
    }
    partners
}
