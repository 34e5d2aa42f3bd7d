//! Numbers that tell contents apart: of settings, of data, and the checksum of a checkpoint. They guard against mistakes and
//! damage, not against whoever wants to be mistaken.

use crate::data::{Domain, Features, UserId, World};

/// A running hash of 64-bit words. Every step can be undone, so that two contents of which one word differs have different
/// hashes.
pub(super) struct Hash(u64);

impl Hash {
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(super) fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    /// Bytes and how many they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last));
    }

    pub(super) fn end(self) -> u64 {
        self.0
    }
}

/// The hash of bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> u64 {
    let mut hash = Hash::new();
    hash.bytes(bytes);
    hash.end()
}

/// The hash of all that a training can see of the data: ids, ratings, times, scales and features, not names and titles.
pub(super) fn of_data(world: &World) -> u64 {
    let mut hash = Hash::new();
    hash.word(world.domains.len() as u64);
    world.domains.iter().for_each(|domain| add_domain(&mut hash, domain));
    hash.end()
}

fn add_domain(hash: &mut Hash, domain: &Domain) {
    for ids in [domain.users.len(), domain.items.len(), domain.ratings.len()] {
        hash.word(ids as u64);
    }
    domain.users.ids().for_each(|id| hash.bytes(id.as_bytes()));
    domain.items.ids().for_each(|id| hash.bytes(id.as_bytes()));
    let ends = [domain.scale.lo, domain.scale.hi].map(|end| u64::from(end.to_bits()));
    ends.into_iter().for_each(|end| hash.word(end));
    hash.word(domain.scale_kind as u64);
    for user in UserId::first(domain.users.len()) {
        let (items, values) = domain.ratings.row(user);
        hash.word(items.len() as u64);
        for (item, value) in items.iter().zip(values) {
            hash.word(u64::from(item.0) << 32 | u64::from(value.to_bits()));
        }
        for &step in domain.ratings.time_order(user).into_iter().flatten() {
            hash.word(u64::from(step));
        }
    }
    for features in [&domain.user_features, &domain.item_features] {
        match features {
            // A table of titles alone says nothing that a training can see.
            Some(features) if !features.fields.is_empty() => add_features(hash, features),
            _ => hash.word(u64::MAX),
        }
    }
}

fn add_features(hash: &mut Hash, features: &Features) {
    hash.word(features.fields.len() as u64);
    for field in &features.fields {
        hash.word(field.kind as u64);
        hash.word(field.width as u64);
    }
    for row in 0..features.rows() as u32 {
        let (columns, values) = features.row(row);
        hash.word(columns.len() as u64);
        for (column, value) in columns.iter().zip(values) {
            hash.word(u64::from(*column) << 32 | u64::from(value.to_bits()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::sample;

    #[test]
    fn equal_data_have_equal_hashes_and_one_rating_makes_another() {
        let world = sample(1).world;
        assert_eq!(of_data(&world), of_data(&sample(1).world));
        assert_ne!(of_data(&world), of_data(&sample(2).world));
        let mut other = world.clone();
        let changed = other.domains[1].ratings.with_values(|values| values[0] = 3.25);
        other.domains[1].ratings = changed.into();
        assert_ne!(of_data(&other), of_data(&world));
        let mut renamed = world.clone();
        renamed.domains[0].name = "another name".into();
        assert_eq!(of_data(&renamed), of_data(&world));
        let mut without = world.clone();
        without.domains[0].item_features = None;
        assert_ne!(of_data(&without), of_data(&world));
        let mut titled = without.clone();
        let items = titled.domains[0].items.len();
        let titles = vec![Some("a title".into()); items];
        titled.domains[0].item_features = Some(Features::titles_only(titles, items).into());
        assert_eq!(of_data(&titled), of_data(&without), "titles are a view");
    }

    #[test]
    fn no_bit_of_some_bytes_can_change_unseen() {
        let bytes: Vec<u8> = (0..77).collect();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[place] ^= 1 << bit;
                assert_ne!(of_bytes(&other), of_bytes(&bytes));
            }
        }
        assert_ne!(of_bytes(&[0; 8]), of_bytes(&[0; 9]));
    }
}
