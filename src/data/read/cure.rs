//! What can be done about a warning: the same file read in another way.

use serde::Serialize;

use super::{IdForm, ReadOptions, Roles};

/// Another way to read a file, offered beside a warning or a refusal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Cure {
    /// What it does, as the label of a button: "Keep them as ratings".
    pub label: String,
    /// What is to be declared besides what is declared already ([`ReadOptions::with`]).
    pub options: ReadOptions,
}

impl Cure {
    /// A cure.
    pub fn new(label: impl Into<String>, options: ReadOptions) -> Self {
        Self { label: label.into(), options }
    }
}

/// A change of one or both files that is offered beside a [`super::PairWarning`].
#[derive(Clone, Debug, PartialEq)]
pub struct PairCure {
    /// What it does, as the label of a button: "Write the ids alike".
    pub label: String,
    /// Which of the two domains are read anew, as 0 and 1.
    pub domains: Vec<usize>,
    /// How.
    pub change: PairChange,
}

/// What a [`PairCure`] changes. What it means for a file depends on how that file was read.
#[derive(Clone, Debug, PartialEq)]
pub enum PairChange {
    /// User ids are written in these forms besides those that they are written in.
    Ids(Vec<IdForm>),
    /// The columns of users and items change places.
    SwapUsersAndItems,
}

impl PairChange {
    /// The change as what is to be declared of a file that was read with `options` and had `roles`.
    pub fn declared(&self, options: &ReadOptions, roles: Roles) -> ReadOptions {
        match self {
            Self::Ids(forms) => {
                let mut all = options.ids.clone().unwrap_or_default();
                all.extend(forms);
                all.sort_unstable();
                all.dedup();
                ReadOptions { ids: Some(all), ..ReadOptions::default() }
            }
            Self::SwapUsersAndItems => {
                let swapped = Roles { user: roles.item, item: roles.user, ..roles };
                ReadOptions { roles: Some(swapped), ..ReadOptions::default() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IdForm, PairChange, ReadOptions, Roles};

    const ROLES: Roles = Roles { user: 0, item: 2, rating: 1, time: Some(3) };

    #[test]
    fn forms_of_ids_come_on_top_of_those_that_were_declared() {
        let options = ReadOptions { ids: Some(vec![IdForm::Lower]), ..ReadOptions::default() };
        let change = PairChange::Ids(vec![IdForm::Trim, IdForm::Lower]);
        assert_eq!(change.declared(&options, ROLES).ids, Some(vec![IdForm::Trim, IdForm::Lower]));
    }

    #[test]
    fn users_and_items_change_places_and_the_other_columns_stay() {
        let swapped = PairChange::SwapUsersAndItems.declared(&ReadOptions::default(), ROLES);
        assert_eq!(swapped.roles, Some(Roles { user: 2, item: 0, rating: 1, time: Some(3) }));
        let all = ReadOptions { header: Some(true), ..ReadOptions::default() }.with(&swapped);
        assert_eq!((all.header, all.roles), (Some(true), swapped.roles));
    }
}
