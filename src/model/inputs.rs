//! What a recommendation network is told of a row besides the two vectors: where the prediction starts and how much
//! is known of the user and the item (recipe R, 3). Training and prediction go through the same function.

use super::bias::Biases;

/// How much of a row is known.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// b_u, or p_u for a person who has never been here.
    pub user_bias: f32,
    /// b_i, or p_i for an item that nobody has rated.
    pub item_bias: f32,
    /// n_u.
    pub user_count: u32,
    /// n_i.
    pub item_count: u32,
}

impl Known {
    /// All that the biases know of a user and an item.
    pub fn all(biases: &Biases, user: u32, item: u32) -> Self {
        let (u, i) = (user as usize, item as usize);
        Self {
            user_bias: biases.users[u],
            item_bias: biases.items[i],
            user_count: biases.user_counts[u],
            item_count: biases.item_counts[i],
        }
    }

    /// The same for a person who has never been in this domain: b_u = p_u, n_u = 0.
    pub fn cold_user(self, biases: &Biases, user: u32) -> Self {
        Self { user_bias: biases.user_priors[user as usize], user_count: 0, ..self }
    }

    /// The same for an item that nobody has rated: b_i = p_i, n_i = 0.
    pub fn cold_item(self, biases: &Biases, item: u32) -> Self {
        Self { item_bias: biases.item_priors[item as usize], item_count: 0, ..self }
    }
}

/// Which given inputs a domain's network has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum GivenInputs {
    /// None.
    None,
    /// 4b_u, 4b_i, ln(1 + n_u)/4, ln(1 + n_i)/4, 4b_other.
    Biases,
    /// The same, and 4p_u, 4p_i.
    BiasesAndPriors,
}

impl GivenInputs {
    /// Their number.
    pub fn len(self) -> usize {
        match self {
            Self::None => 0,
            Self::Biases => 5,
            Self::BiasesAndPriors => 7,
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self == Self::None
    }

    /// Whether one of them says something of the user rather than of the item.
    pub fn is_of_user(self, index: usize) -> bool {
        matches!(index, 0 | 2 | 4 | 5)
    }

    /// Appends those of a row of the domain's own user and item.
    pub fn push_row(self, given: &mut Vec<f32>, known: Known, biases: &Biases, user: u32, item: u32) {
        let (user, item) = (user as usize, item as usize);
        let priors = [biases.user_priors[user], biases.item_priors[item]];
        self.push(given, known, biases.others[user], priors);
    }

    /// Appends them from b_other and \[p_u, p_i\].
    pub fn push(self, given: &mut Vec<f32>, known: Known, other_bias: f32, priors: [f32; 2]) {
        if self == Self::None {
            return;
        }
        let log = |n: u32| (1.0 + n as f32).ln() / 4.0;
        given.extend([
            4.0 * known.user_bias,
            4.0 * known.item_bias,
            log(known.user_count),
            log(known.item_count),
            4.0 * other_bias,
        ]);
        if self == Self::BiasesAndPriors {
            given.extend(priors.map(|p| 4.0 * p));
        }
    }
}
