//! The structure of a model file, and from there to the data and the model. Types check what can be said of a number
//! or a list alone (`numbers`); here is checked that they fit together.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::interaction::{InteractionFile, check_outputs};
use super::network::NetworkFile;
use super::numbers::{Bounded, Dimension, Ids, Orthogonal, RowNumber, Share};
use crate::baselines::bias::{Biases, Shrinkage};
use crate::data::{Domain, Features, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, World};
use crate::dml::{DenseFeatures, Dml, DomainModel, LinkModel};
use crate::split::LinkedPair;

/// What is wrong with a file, in plain words.
pub(super) type Checked<T> = Result<T, String>;

/// A whole model.
#[derive(Serialize, Deserialize)]
pub(super) struct ModelFile {
    pub(super) format: String,
    pub(super) version: u32,
    trained_on: TrainedOn,
    dimension: Dimension,
    domains: Vec<DomainFile>,
    /// A chain, as in [`World`]: link j joins the domains j and j + 1.
    links: Vec<LinkFile>,
}

/// What the model has seen, so that nobody takes the model of a measurement for one that knows all there is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct TrainedOn {
    /// Ratings by domain.
    ratings: Vec<u64>,
    /// Pairs by link.
    links: Vec<usize>,
    /// Whether that is all ratings that the file lists.
    all_ratings: bool,
}

impl TrainedOn {
    fn new(world: &World, model: &Dml) -> Self {
        let seen = |domain: &DomainModel| domain.biases.user_counts.iter().map(|&n| u64::from(n)).sum();
        let ratings: Vec<u64> = model.domains.iter().map(seen).collect();
        let all_ratings =
            ratings.iter().zip(&world.domains).all(|(&seen, domain)| seen == domain.ratings.len() as u64);
        let links = model.links.iter().map(|link| link.b_from_a.iter().flatten().count()).collect();
        Self { ratings, links, all_ratings }
    }
}

#[derive(Serialize, Deserialize)]
struct DomainFile {
    name: String,
    scale: Scale,
    users: Ids<UserId>,
    items: Ids<ItemId>,
    /// Titles by item; empty without a feature table.
    titles: Vec<Option<String>>,
    /// (user, item, rating), all that were rated, trained on or not.
    ratings: Vec<(UserId, ItemId, f32)>,
    model: SideFile,
}

/// [`DomainModel`].
#[derive(Serialize, Deserialize)]
struct SideFile {
    scale: Scale,
    biases: BiasesFile,
    user_embeddings: Vec<RowNumber>,
    item_embeddings: Vec<RowNumber>,
    recommender: NetworkFile,
    /// What stands in front of it where it is no MLP; files of version 3 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interaction: Option<InteractionFile>,
    given: DenseFeatures,
    serves_cold_users: bool,
    mix: Share,
}

/// [`Biases`].
#[derive(Serialize, Deserialize)]
struct BiasesFile {
    mean: RowNumber,
    users: Vec<RowNumber>,
    items: Vec<RowNumber>,
    user_priors: Vec<RowNumber>,
    item_priors: Vec<RowNumber>,
    /// Fitted within 0 and 1.5. Files of version 3 from before it had this name say `kindness`.
    #[serde(alias = "kindness")]
    bias_transfer: Bounded<2>,
    others: Vec<RowNumber>,
    user_counts: Vec<u32>,
    item_counts: Vec<u32>,
    shrinkage: ShrinkageFile,
}

/// [`Shrinkage`].
#[derive(Serialize, Deserialize)]
struct ShrinkageFile {
    users: Bounded<1_000>,
    items: Bounded<1_000>,
}

#[derive(Serialize, Deserialize)]
struct LinkFile {
    a: usize,
    b: usize,
    /// X.
    b_from_a: Orthogonal,
    /// Known pairs, (user of a, user of b).
    pairs: Vec<(UserId, UserId)>,
}

impl ModelFile {
    /// The file of a model.
    ///
    /// # Errors
    /// When one of the model's numbers is out of the range that can be read back.
    pub(super) fn new(format: &str, version: u32, world: &World, model: &Dml) -> Checked<Self> {
        check_outputs(model)?;
        let domains = (world.domains.iter().zip(&model.domains)).map(|(domain, model)| {
            DomainFile::new(domain, model).map_err(|what| of_domain(&domain.name, &what))
        });
        Ok(Self {
            format: format.into(),
            version,
            trained_on: TrainedOn::new(world, model),
            dimension: model.dimension.try_into()?,
            domains: domains.collect::<Checked<_>>()?,
            links: model.links.iter().map(LinkFile::new).collect::<Checked<_>>()?,
        })
    }

    /// The data and the model.
    ///
    /// # Errors
    /// When the parts do not fit together.
    pub(super) fn parts(self) -> Checked<(World, Dml)> {
        let k = self.dimension.get();
        let (mut domains, mut models) = (Vec::new(), Vec::new());
        for file in self.domains {
            let name = file.name.clone();
            let (domain, model) = file.parts(k).map_err(|what| of_domain(&name, &what))?;
            domains.push(domain);
            models.push(model);
        }
        if domains.is_empty() {
            return Err("it holds no domain".into());
        }
        let world = World::new(domains);
        let (found, expected) = (self.links.len(), world.links.len());
        if found != expected {
            return Err(format!("it has {found} links for domains of which {expected} pairs share people"));
        }
        let links = (self.links.into_iter().enumerate())
            .map(|(j, link)| link.model(j, k, &world))
            .collect::<Checked<_>>()?;
        let model = Dml { dimension: k, domains: models, links };
        check_outputs(&model)?;
        if TrainedOn::new(&world, &model) != self.trained_on {
            return Err("trained_on contradicts the counts and the links".into());
        }
        Ok((world, model))
    }
}

fn of_domain(name: &str, what: &str) -> String {
    format!("domain {name:?}: {what}")
}

impl DomainFile {
    fn new(domain: &Domain, model: &DomainModel) -> Checked<Self> {
        let titles = domain.item_features.as_ref().map_or(Vec::new(), |features| {
            (0..domain.items.len() as u32).map(|item| features.title(item).map(String::from)).collect()
        });
        Ok(Self {
            name: domain.name.clone(),
            scale: domain.scale,
            users: Ids(domain.users.clone()),
            items: Ids(domain.items.clone()),
            titles,
            ratings: domain.ratings.iter().map(|r| (r.user, r.item, r.value)).collect(),
            model: SideFile::new(model)?,
        })
    }

    fn parts(self, k: usize) -> Checked<(Domain, DomainModel)> {
        let (users, items) = (self.users.0, self.items.0);
        let ratings = ratings(&self.ratings, users.len(), items.len(), self.scale)?;
        let model = self.model.model(k, &ratings)?;
        if !(self.scale.contains(model.scale.lo) && self.scale.contains(model.scale.hi)) {
            return Err("the model's rating scale is not within that of the ratings".into());
        }
        if !(self.titles.is_empty() || self.titles.len() == items.len()) {
            return Err(format!("there are {} titles for {} items", self.titles.len(), items.len()));
        }
        let titles: Vec<_> = self.titles.into_iter().map(|title| title.map(String::into_boxed_str)).collect();
        let has_titles = !titles.is_empty();
        let item_features = has_titles.then(|| Features::titles_only(titles, items.len()).into());
        let domain = Domain {
            name: self.name,
            scale: self.scale,
            scale_kind: ScaleKind::Declared,
            ratings: ratings.into(),
            users,
            items,
            user_features: None,
            item_features,
        };
        Ok((domain, model))
    }
}

/// Ratings on the scale, of users and items that are listed, no pair twice.
fn ratings(rows: &[(UserId, ItemId, f32)], users: usize, items: usize, scale: Scale) -> Checked<Ratings> {
    if u32::try_from(rows.len()).is_err() {
        return Err("there are more than four billion ratings".into());
    }
    let rows: Vec<Rating> = rows.iter().map(|&(user, item, value)| Rating { user, item, value }).collect();
    if let Some(row) = rows.iter().find(|row| row.user.index() >= users || row.item.index() >= items) {
        return Err(format!(
            "a rating is of user {} and item {}, which are not listed",
            row.user.0, row.item.0
        ));
    }
    if let Some(row) = rows.iter().find(|row| !scale.contains(row.value)) {
        return Err(format!("the rating {:?} is off the scale from {} to {}", row.value, scale.lo, scale.hi));
    }
    let ratings = Ratings::new(users, items, &rows);
    if ratings.has_pair_twice() { Err("a user rated an item twice".into()) } else { Ok(ratings) }
}

impl SideFile {
    fn new(model: &DomainModel) -> Checked<Self> {
        Ok(Self {
            scale: model.scale,
            biases: BiasesFile::new(&model.biases)?,
            user_embeddings: list("user_embeddings", &model.user_embeddings)?,
            item_embeddings: list("item_embeddings", &model.item_embeddings)?,
            recommender: NetworkFile::new(&model.recommender)
                .map_err(|what| format!("recommender: {what}"))?,
            interaction: (model.interaction.as_ref().map(InteractionFile::new).transpose())
                .map_err(|what| format!("interaction: {what}"))?,
            given: model.given,
            serves_cold_users: model.serves_cold_users,
            mix: model.mix.try_into()?,
        })
    }

    fn model(self, k: usize, ratings: &Ratings) -> Checked<DomainModel> {
        let (users, items) = (ratings.users(), ratings.items());
        let width = self.interaction.as_ref().map_or(2 * k, |interaction| interaction.width(k));
        Ok(DomainModel {
            scale: self.scale,
            biases: self.biases.biases(ratings)?.into(),
            user_embeddings: sized("user_embeddings", self.user_embeddings, users, k)?,
            item_embeddings: sized("item_embeddings", self.item_embeddings, items, k)?,
            interaction: self.interaction.map(|file| file.interaction(k, ratings)).transpose()?,
            recommender: self.recommender.network(width + self.given.len())?,
            given: self.given,
            serves_cold_users: self.serves_cold_users,
            mix: self.mix.get(),
        })
    }
}

impl BiasesFile {
    fn new(biases: &Biases) -> Checked<Self> {
        let Shrinkage { users, items } = biases.shrinkage;
        Ok(Self {
            mean: f64::from(biases.mean).try_into()?,
            users: list("users' biases", &biases.users)?,
            items: list("items' biases", &biases.items)?,
            user_priors: list("user_priors", &biases.user_priors)?,
            item_priors: list("item_priors", &biases.item_priors)?,
            bias_transfer: f64::from(biases.bias_transfer).try_into()?,
            others: list("others", &biases.others)?,
            user_counts: biases.user_counts.clone(),
            item_counts: biases.item_counts.clone(),
            shrinkage: ShrinkageFile {
                users: f64::from(users).try_into()?,
                items: f64::from(items).try_into()?,
            },
        })
    }

    fn biases(self, ratings: &Ratings) -> Checked<Biases> {
        let (users, items) = (ratings.users(), ratings.items());
        let (by_user, by_item) = rated(ratings);
        check_counts("user_counts", &self.user_counts, &by_user)?;
        check_counts("item_counts", &self.item_counts, &by_item)?;
        let sum = |counts: &[u32]| counts.iter().map(|&n| u64::from(n)).sum::<u64>();
        let (of_users, of_items) = (sum(&self.user_counts), sum(&self.item_counts));
        if of_users != of_items {
            return Err(format!(
                "user_counts and item_counts contradict each other: {of_users} and {of_items} training ratings"
            ));
        }
        Ok(Biases {
            mean: self.mean.get(),
            users: sized("users' biases", self.users, users, 1)?,
            items: sized("items' biases", self.items, items, 1)?,
            user_priors: sized("user_priors", self.user_priors, users, 1)?,
            item_priors: sized("item_priors", self.item_priors, items, 1)?,
            bias_transfer: self.bias_transfer.get(),
            others: sized("others", self.others, users, 1)?,
            user_counts: self.user_counts,
            item_counts: self.item_counts,
            shrinkage: Shrinkage { users: self.shrinkage.users.get(), items: self.shrinkage.items.get() },
        })
    }
}

/// How many ratings each user and each item has.
fn rated(ratings: &Ratings) -> (Vec<u32>, Vec<u32>) {
    let (mut by_user, mut by_item) = (vec![0; ratings.users()], vec![0; ratings.items()]);
    for row in ratings.iter() {
        by_user[row.user.index()] += 1;
        by_item[row.item.index()] += 1;
    }
    (by_user, by_item)
}

/// Nobody was trained on more ratings than there are.
fn check_counts(name: &str, counts: &[u32], rated: &[u32]) -> Checked<()> {
    if counts.len() != rated.len() {
        return Err(format!("{name} has {} numbers instead of {}", counts.len(), rated.len()));
    }
    match counts.iter().zip(rated).position(|(count, rated)| count > rated) {
        Some(at) => Err(format!(
            "{name} contradicts the ratings: {} of number {at}, who has {}",
            counts[at], rated[at]
        )),
        None => Ok(()),
    }
}

impl LinkFile {
    fn new(link: &LinkModel) -> Checked<Self> {
        Ok(Self {
            a: link.a,
            b: link.b,
            b_from_a: link.mapping.clone().try_into()?,
            pairs: UserId::first(link.b_from_a.len())
                .zip(&link.b_from_a)
                .filter_map(|(a, b)| Some((a, (*b)?)))
                .collect(),
        })
    }

    /// Link `number`, between domains that are there.
    fn model(self, number: usize, k: usize, world: &World) -> Checked<LinkModel> {
        let Self { a, b, b_from_a, pairs } = self;
        if a == b {
            return Err(format!("link {number} joins domain {a} with itself"));
        }
        let (expected, domains) = (&world.links[number], &world.domains);
        if (a, b) != (expected.a, expected.b) {
            return Err(format!(
                "link {number} joins the domains {a} and {b} instead of {} and {}",
                expected.a, expected.b
            ));
        }
        let mapping = b_from_a.get();
        if mapping.k() != k {
            return Err(format!("the map X of link {number} is of dimension {} instead of {k}", mapping.k()));
        }
        let (of_a, of_b) = (&domains[a].users, &domains[b].users);
        for &(a, b) in &pairs {
            if a.index() >= of_a.len() || b.index() >= of_b.len() || of_a.id(a) != of_b.id(b) {
                return Err(format!(
                    "link {number} takes the users {} and {} for one person, who have not one id",
                    a.0, b.0
                ));
            }
        }
        let distinct: HashSet<UserId> = pairs.iter().map(|pair| pair.0).collect();
        if distinct.len() != pairs.len() {
            return Err(format!("link {number} lists a person twice"));
        }
        let pairs: Vec<LinkedPair> = pairs.iter().map(|&(a, b)| LinkedPair { a, b, warm: true }).collect();
        Ok(LinkModel::new((a, of_a.len()), (b, of_b.len()), mapping, &pairs))
    }
}

/// A list of numbers that are written; `name` is what a refusal calls it.
fn list<const MAX: u32>(name: &str, numbers: &[f32]) -> Checked<Vec<Bounded<MAX>>> {
    Bounded::list(numbers).map_err(|what| format!("{name}: {what}"))
}

/// The numbers of a list that must be `rows` · `columns` long.
pub(super) fn sized<const MAX: u32>(
    name: &str,
    numbers: Vec<Bounded<MAX>>,
    rows: usize,
    columns: usize,
) -> Checked<Vec<f32>> {
    if rows.checked_mul(columns) == Some(numbers.len()) {
        Ok(Bounded::plain(numbers))
    } else {
        Err(format!("{name} has {} numbers instead of {rows} x {columns}", numbers.len()))
    }
}
