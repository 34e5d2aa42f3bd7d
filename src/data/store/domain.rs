//! One domain: who rated what, on which scale, and what is known of its users and items besides.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Features, ItemId, Ratings, UserId, Vocabulary};
use crate::error::{Error, Result, one_line};

/// Ratings and ends of scales beyond this size are taken for slips; it keeps all later arithmetic finite.
pub const MAX_RATING: f32 = 1e9;

/// The rating scale of a domain, for example 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(try_from = "Ends")]
pub struct Scale {
    /// Lowest rating that can be given.
    pub lo: f32,
    /// Highest rating that can be given.
    pub hi: f32,
}

/// How a domain's scale is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum ScaleKind {
    /// Somebody said so.
    Declared,
    /// It is the tightest of the scales that people usually rate on which holds all ratings.
    Usual,
    /// No usual scale holds the ratings; it is their range. The range says something of the ratings that are tested, so
    /// that a [`Split`](crate::split::Split) takes that of the training rows instead.
    Observed,
}

/// Two numbers that are to be a [`Scale`].
#[derive(Deserialize)]
struct Ends {
    lo: f32,
    hi: f32,
}

impl TryFrom<Ends> for Scale {
    type Error = Error;

    fn try_from(Ends { lo, hi }: Ends) -> Result<Self> {
        Self::new(lo, hi)
    }
}

impl Scale {
    /// A scale from `lo` to `hi`.
    ///
    /// # Errors
    /// When `lo` is not below `hi`, or either is beyond [`MAX_RATING`] in size or no number.
    pub fn new(lo: f32, hi: f32) -> Result<Self> {
        let usual_size = |end: f32| end.abs() <= MAX_RATING;
        if usual_size(lo) && usual_size(hi) && lo < hi {
            Ok(Self { lo, hi })
        } else {
            Err(Error::setting(
                "scale",
                format!(
                    "{lo:?} to {hi:?} is no rating scale; the lower end must be below the upper, and both \
                     within a billion"
                ),
            ))
        }
    }

    /// (r − lo) / (hi − lo): a rating as a number in [0, 1].
    pub fn to_unit(self, rating: f32) -> f32 {
        (rating - self.lo) / (self.hi - self.lo)
    }

    /// The rating on the original scale, never off it; inverse of [`Scale::to_unit`] for ratings on the scale.
    pub fn from_unit(self, unit: f32) -> f32 {
        // The sum can round to a little beyond an end.
        (self.lo + unit * (self.hi - self.lo)).max(self.lo).min(self.hi)
    }

    /// Whether a rating lies on the scale.
    pub fn contains(self, rating: f32) -> bool {
        (self.lo..=self.hi).contains(&rating)
    }
}

/// One domain of the data. Its parts are shared: a copy of it takes no room.
#[derive(Clone, Debug)]
pub struct Domain {
    /// Name shown to people, for example the file's.
    pub name: String,
    /// User ids.
    pub users: Arc<Vocabulary<UserId>>,
    /// Item ids.
    pub items: Arc<Vocabulary<ItemId>>,
    /// Ratings on the original scale.
    pub ratings: Arc<Ratings>,
    /// The scale; every rating is on it.
    pub scale: Scale,
    /// How the scale is known.
    pub scale_kind: ScaleKind,
    /// What is known of the users besides their ratings; rows in the order of `users`.
    pub user_features: Option<Arc<Features>>,
    /// What is known of the items besides their ratings; rows in the order of `items`.
    pub item_features: Option<Arc<Features>>,
}

/// Characters of a domain's name at the most: it stands in legends and in heads of tables.
const LONGEST_NAME: usize = 60;

impl Domain {
    /// A name as somebody has written it, in one line and without blanks at its ends.
    ///
    /// # Errors
    /// When nothing is written or too much.
    pub fn checked_name(text: &str) -> Result<String> {
        let name = one_line(text).split_whitespace().collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => Err(Error::data(
                "a domain without a name could not be told from others",
                "Write at least a letter",
            )),
            1..=LONGEST_NAME => Ok(name),
            n => {
                let what = format!("the name has {n} characters; there is room for {LONGEST_NAME}");
                Err(Error::data(what, "Write a shorter one"))
            }
        }
    }

    /// What to call an item: its title where a feature table gives one, its id otherwise.
    pub fn item_title(&self, item: ItemId) -> &str {
        self.item_features.as_ref().and_then(|f| f.title(item.0)).unwrap_or_else(|| self.items.id(item))
    }

    /// What to call a user: the title of a user table where there is one, the id otherwise.
    pub fn user_title(&self, user: UserId) -> &str {
        self.user_features.as_ref().and_then(|f| f.title(user.0)).unwrap_or_else(|| self.users.id(user))
    }
}

#[cfg(test)]
impl Domain {
    /// A domain of ratings from 1 to 5, without features.
    pub(crate) fn of_stars(
        name: &str,
        users: Vocabulary<UserId>,
        items: Vocabulary<ItemId>,
        rows: &[crate::data::Rating],
    ) -> Self {
        Self {
            name: name.into(),
            ratings: Ratings::new(users.len(), items.len(), rows).into(),
            users: users.into(),
            items: items.into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Domain;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(Domain::checked_name(" Books \n and  more ").unwrap(), "Books and more");
        for (text, why) in
            [("", "without a name"), (" \t ", "without a name"), (&"x".repeat(61), "61 characters")]
        {
            let error = Domain::checked_name(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
