//! What a recommendation network is told of a row besides the two vectors: where the prediction starts and how much
//! is known of the user and the item (recipe R, 3). Training and prediction go through the same function.

use crate::baselines::bias::Biases;
use crate::data::{ItemId, UserId};
use crate::settings::Config;

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
    pub fn all(biases: &Biases, user: UserId, item: ItemId) -> Self {
        let (u, i) = (user.index(), item.index());
        Self {
            user_bias: biases.users[u],
            item_bias: biases.items[i],
            user_count: biases.user_counts[u],
            item_count: biases.item_counts[i],
        }
    }

    /// The same for a person who has never been in this domain: b_u = p_u, n_u = 0.
    pub fn cold_user(self, biases: &Biases, user: UserId) -> Self {
        Self { user_bias: biases.user_priors[user.index()], user_count: 0, ..self }
    }

    /// The same for an item that nobody has rated: b_i = p_i, n_i = 0.
    pub fn cold_item(self, biases: &Biases, item: ItemId) -> Self {
        Self { item_bias: biases.item_priors[item.index()], item_count: 0, ..self }
    }
}

/// Which given inputs a domain's network has: first those of the rating, then the user's, then the item's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DenseFeatures {
    /// None.
    None,
    /// 4b_u, 4b_i; ln(1 + n_u)/4, 4b_other; ln(1 + n_i)/4.
    Biases,
    /// The same with 4p_u after the user's and 4p_i after the item's.
    BiasesAndPriors,
}

impl DenseFeatures {
    /// Those that the settings ask for of a network whose rows have feature tables or not.
    pub fn of(config: &Config, has_features: bool) -> Self {
        match (config.bias_inputs, config.feature_prior && has_features) {
            (false, _) => Self::None,
            (true, false) => Self::Biases,
            (true, true) => Self::BiasesAndPriors,
        }
    }

    /// Their number.
    pub fn len(self) -> usize {
        self.own_len() + self.user_len() + self.item_len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self == Self::None
    }

    /// Number of those of the rating.
    pub fn own_len(self) -> usize {
        if self == Self::None { 0 } else { 2 }
    }

    /// Number of those of the user.
    pub fn user_len(self) -> usize {
        match self {
            Self::None => 0,
            Self::Biases => 2,
            Self::BiasesAndPriors => 3,
        }
    }

    /// Number of those of the item.
    pub fn item_len(self) -> usize {
        match self {
            Self::None => 0,
            Self::Biases => 1,
            Self::BiasesAndPriors => 2,
        }
    }

    /// Appends those of the rating.
    pub fn push_own(self, given: &mut Vec<f32>, known: Known) {
        if self != Self::None {
            given.extend([4.0 * known.user_bias, 4.0 * known.item_bias]);
        }
    }

    /// Appends those of a user with `count` ratings, b_other and p_u.
    pub fn push_user(self, given: &mut Vec<f32>, count: u32, other_bias: f32, prior: f32) {
        let all = [log_count(count), 4.0 * other_bias, 4.0 * prior];
        given.extend(&all[..self.user_len()]);
    }

    /// Appends those of an item with `count` ratings and p_i.
    pub fn push_item(self, given: &mut Vec<f32>, count: u32, prior: f32) {
        let all = [log_count(count), 4.0 * prior];
        given.extend(&all[..self.item_len()]);
    }

    /// Whether one of them says something of the user rather than of the item.
    pub fn is_of_user(self, index: usize) -> bool {
        index == 0 || (self.own_len()..self.own_len() + self.user_len()).contains(&index)
    }

    /// Appends those of a row of the domain's own user and item.
    pub fn push_row(self, given: &mut Vec<f32>, known: Known, biases: &Biases, user: UserId, item: ItemId) {
        let (user, item) = (user.index(), item.index());
        let priors = [biases.user_priors[user], biases.item_priors[item]];
        self.push(given, known, biases.others[user], priors);
    }

    /// Appends them from b_other and \[p_u, p_i\].
    pub fn push(self, given: &mut Vec<f32>, known: Known, other_bias: f32, priors: [f32; 2]) {
        self.push_own(given, known);
        self.push_user(given, known.user_count, other_bias, priors[0]);
        self.push_item(given, known.item_count, priors[1]);
    }
}

fn log_count(n: u32) -> f32 {
    (1.0 + n as f32).ln() / 4.0
}
