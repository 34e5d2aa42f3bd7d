//! All that a chain looks at of a training, apart from it: so that it can be written down and sampled by another worker, which
//! has read no file.

use serde::{Deserialize, Serialize};

use crate::data::{Features, Field, FieldKind, ItemId, UserId};
use crate::error::Result;
use crate::recommender::saved::{Checked, LARGEST, Parts};
use crate::recommender::state::StateWriter;
use crate::split::{Crossing, JoinedPeople, Rows, Training};

/// A part of the model that is left out, to see what it gives (docs/bayes.md, "Why each part is there").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LeftOut {
    /// The steps of ratings: they are numbers.
    Steps,
    /// The noise by person: γ = 1.
    Noise,
    /// The turning of the map: X = I.
    Turn,
}

/// What is given of one domain.
pub(super) struct GivenDomain {
    pub(super) users: usize,
    pub(super) items: usize,
    /// The ratings that are seen, by part.
    pub(super) rows: Vec<Rows>,
    pub(super) user_features: Option<Features>,
    pub(super) item_features: Option<Features>,
}

/// What chains are begun with.
pub(super) struct Given {
    pub(super) domains: Vec<GivenDomain>,
    /// Person of each user, by domain: linked ones are one.
    pub(super) people: Vec<Vec<u32>>,
    /// Number of people.
    pub(super) persons: usize,
    /// The links as (first domain, second domain).
    pub(super) links: Vec<(usize, usize)>,
    /// Whether vectors cross, or biases alone.
    pub(super) vectors: bool,
    pub(super) left_out: Option<LeftOut>,
}

impl Given {
    /// What a training shows; `rows` are the ratings that are seen, by domain and part.
    pub(super) fn of(training: &Training, rows: Vec<Vec<Rows>>, left_out: Option<LeftOut>) -> Self {
        let JoinedPeople { of: people, len: persons, domains: _ } = JoinedPeople::linked(training);
        let domain = |(d, rows)| GivenDomain {
            users: training.users(d),
            items: training.items(d),
            rows,
            user_features: training.user_features(d).cloned(),
            item_features: training.item_features(d).cloned(),
        };
        Self {
            domains: rows.into_iter().enumerate().map(domain).collect(),
            people,
            persons,
            links: training.links(),
            vectors: training.crossing() == Crossing::All,
            left_out,
        }
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When a number cannot be written as JSON, which does not happen.
    pub(super) fn write(&self, state: &mut StateWriter) -> Result<()> {
        state.say("domains", self.domains.len())?;
        state.say("persons", self.persons)?;
        state.say("links", &self.links)?;
        state.say("vectors", self.vectors)?;
        state.say("left_out", self.left_out)?;
        for (d, (domain, people)) in self.domains.iter().zip(&self.people).enumerate() {
            state.part(&d.to_string(), |state| {
                state.whole("people", people);
                domain.write(state)
            })?;
        }
        Ok(())
    }

    /// What was written.
    ///
    /// # Errors
    /// When it is not that.
    pub(super) fn read(parts: &mut Parts) -> Checked<Self> {
        let count: usize = parts.scalar("domains")?;
        let persons = parts.scalar("persons")?;
        let links: Vec<(usize, usize)> = parts.scalar("links")?;
        if let Some(link) = links.iter().find(|link| link.0.max(link.1) >= count) {
            return Err(format!("{link:?} is no link"));
        }
        let (mut domains, mut people) = (Vec::new(), Vec::new());
        for d in 0..count {
            let mut own = parts.part(&d.to_string());
            let domain = GivenDomain::read(&mut own)?;
            people.push(own.indices("people", &[domain.users], persons)?);
            domains.push(domain);
            own.end()?;
        }
        let (vectors, left_out) = (parts.scalar("vectors")?, parts.scalar("left_out")?);
        Ok(Self { domains, people, persons, links, vectors, left_out })
    }
}

impl GivenDomain {
    fn write(&self, state: &mut StateWriter) -> Result<()> {
        state.say("users", self.users)?;
        state.say("items", self.items)?;
        state.say("parts", self.rows.len())?;
        for (n, rows) in self.rows.iter().enumerate() {
            state.whole(&format!("{n}.users"), UserId::numbers(&rows.users));
            state.whole(&format!("{n}.items"), ItemId::numbers(&rows.items));
            state.floats(&format!("{n}.targets"), &[rows.len()], [&rows.targets[..]]);
        }
        for (name, features) in
            [("user_features", &self.user_features), ("item_features", &self.item_features)]
        {
            if let Some(Features { row_starts, columns, values, .. }) = features {
                state.say(&format!("{name}.width"), features.as_ref().map_or(0, Features::width))?;
                state.whole(&format!("{name}.starts"), row_starts);
                state.whole(&format!("{name}.columns"), columns);
                state.floats(&format!("{name}.values"), &[values.len()], [&values[..]]);
            }
        }
        Ok(())
    }

    fn read(parts: &mut Parts) -> Checked<Self> {
        let (users, items) = (parts.scalar("users")?, parts.scalar("items")?);
        let count: usize = parts.scalar("parts")?;
        let mut rows = Vec::new();
        for n in 0..count {
            let mut own = parts.part(&n.to_string());
            let length = own.length("targets", 1, 0, usize::MAX)?;
            rows.push(Rows {
                users: UserId::of_numbers(&own.indices("users", &[length], users)?).to_vec(),
                items: ItemId::of_numbers(&own.indices("items", &[length], items)?).to_vec(),
                targets: own.numbers("targets", &[length], 1.0)?,
            });
            own.end()?;
        }
        Ok(Self {
            users,
            items,
            rows,
            user_features: features(parts, "user_features")?,
            item_features: features(parts, "item_features")?,
        })
    }
}

/// The features of a part of this name; `None` where there is none.
fn features(parts: &mut Parts, name: &str) -> Checked<Option<Features>> {
    if !parts.has_part(name) {
        return Ok(None);
    }
    let mut own = parts.part(name);
    let width: usize = own.scalar("width")?;
    let rows = own.length("starts", 1, 0, usize::MAX)?;
    let entries = own.length("values", 1, 0, usize::MAX)?;
    let starts = own.indices("starts", &[rows], entries + 1)?;
    if !starts.is_sorted() {
        return Err(format!("the rows of {name} do not follow each other"));
    }
    let features = Features {
        // A chain asks for the columns, not for what they mean.
        fields: vec![Field {
            name: String::new(),
            kind: FieldKind::Numeric,
            start: 0,
            width,
            labels: Vec::new(),
        }],
        row_starts: starts,
        columns: own.indices("columns", &[entries], width)?,
        values: own.numbers("values", &[entries], LARGEST)?,
        titles: Vec::new(),
    };
    own.end()?;
    Ok(Some(features))
}
