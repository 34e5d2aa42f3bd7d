//! A trained model and the data that recommendations need, as one JSON text: what `train --out` writes, the page
//! exports and `recommend` reads.

use serde::{Deserialize, Serialize};

use crate::data::{Domain, Features, Rating, Ratings, Scale, Vocabulary, World};
use crate::error::{Error, Result};
use crate::eval::LinkedPair;
use crate::model::mapping::Mapping;
use crate::model::{Dml, DomainModel, LinkModel};

const FORMAT: &str = "dual-metric model";
/// 2: the given inputs of the networks lie in another order than in 1.
const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
struct ModelFile {
    format: String,
    version: u32,
    dimension: usize,
    domains: Vec<DomainFile>,
    links: Vec<LinkFile>,
}

#[derive(Serialize, Deserialize)]
struct DomainFile {
    name: String,
    scale: Scale,
    users: Vec<String>,
    items: Vec<String>,
    /// Titles by item; empty without a feature table.
    titles: Vec<Option<String>>,
    ratings: Vec<(u32, u32, f32)>,
    model: DomainModel,
}

#[derive(Serialize, Deserialize)]
struct LinkFile {
    a: usize,
    b: usize,
    /// X, `[k, k]` row-major.
    b_from_a: Vec<f64>,
    /// Known pairs, (user of a, user of b).
    pairs: Vec<(u32, u32)>,
}

/// The text of a model.
///
/// # Errors
/// When a number is not finite, which JSON cannot hold.
pub fn write(world: &World, model: &Dml) -> Result<String> {
    let domains = (world.domains.iter().zip(&model.domains))
        .map(|(domain, model)| DomainFile {
            name: domain.name.clone(),
            scale: domain.scale,
            users: domain.users.ids().map(String::from).collect(),
            items: domain.items.ids().map(String::from).collect(),
            titles: domain.item_features.as_ref().map_or(Vec::new(), |f| {
                (0..domain.items.len() as u32).map(|item| f.title(item).map(String::from)).collect()
            }),
            ratings: domain.ratings.iter().map(|r| (r.user, r.item, r.value)).collect(),
            model: model.clone(),
        })
        .collect();
    let links = (model.links.iter())
        .map(|link| LinkFile {
            a: link.a,
            b: link.b,
            b_from_a: link.mapping.b_from_a().transpose().as_slice().to_vec(),
            pairs: (0_u32..).zip(&link.b_from_a).filter_map(|(a, b)| Some((a, (*b)?))).collect(),
        })
        .collect();
    let file =
        ModelFile { format: FORMAT.into(), version: VERSION, dimension: model.dimension, domains, links };
    serde_json::to_string(&file).map_err(|error| Error::file("model", error.to_string(), "Train again"))
}

/// Reads what [`write`] wrote. Every number and every index is checked, because the file may come from anywhere.
///
/// # Errors
/// When the text is no such file or does not fit together.
pub fn read(name: &str, text: &str) -> Result<(World, Dml)> {
    let remedy = "Write the model again with dual-metric train --out";
    let file: ModelFile = serde_json::from_str(text)
        .map_err(|error| Error::line(name, error.line() as u64, error.to_string(), remedy))?;
    let broken = |what: &str| Error::file(name, what, remedy);
    if file.format != FORMAT || file.version != VERSION {
        return Err(broken("is not a model of this version"));
    }
    let k = file.dimension;
    let (mut domains, mut models) = (Vec::new(), Vec::new());
    for domain in file.domains {
        let (users, items) = (domain.users.len(), domain.items.len());
        if !fits(&domain.model, k, users, items) {
            return Err(broken("has weights that do not fit its users, items or dimension"));
        }
        if domain.ratings.iter().any(|r| r.0 as usize >= users || r.1 as usize >= items) {
            return Err(broken("has ratings of users or items that it does not list"));
        }
        let rows: Vec<Rating> =
            domain.ratings.iter().map(|&(user, item, value)| Rating { user, item, value }).collect();
        let titles = domain.titles.into_iter().map(|title| title.map(String::into_boxed_str)).collect();
        domains.push(Domain {
            name: domain.name,
            scale: Scale::new(domain.scale.lo, domain.scale.hi)?,
            ratings: Ratings::new(users, items, &rows).into(),
            users: domain.users.into_iter().collect::<Vocabulary>().into(),
            items: domain.items.into_iter().collect::<Vocabulary>().into(),
            user_features: None,
            item_features: Some(Features::titles_only(titles, items).into()),
        });
        models.push(domain.model);
    }
    let mut links = Vec::new();
    for link in file.links {
        let (Some(a), Some(b)) = (domains.get(link.a), domains.get(link.b)) else {
            return Err(broken("links a domain that it does not hold"));
        };
        let (users_a, users_b) = (a.users.len(), b.users.len());
        if link.pairs.iter().any(|p| p.0 as usize >= users_a || p.1 as usize >= users_b) {
            return Err(broken("links users that it does not list"));
        }
        let mapping = Mapping::from_rows(k, &link.b_from_a)?;
        let pairs: Vec<LinkedPair> =
            link.pairs.iter().map(|&(a, b)| LinkedPair { a, b, warm: true }).collect();
        links.push(LinkModel::new((link.a, users_a), (link.b, users_b), mapping, &pairs));
    }
    Ok((World::new(domains), Dml { dimension: k, domains: models, links }))
}

/// Whether every array of a domain's model has the length that its users, items and inputs ask for.
fn fits(model: &DomainModel, k: usize, users: usize, items: usize) -> bool {
    let biases = &model.biases;
    let by_user = [&biases.users, &biases.user_priors, &biases.others].iter().all(|v| v.len() == users);
    let by_item = [&biases.items, &biases.item_priors].iter().all(|v| v.len() == items);
    let counts = biases.user_counts.len() == users && biases.item_counts.len() == items;
    let vectors = model.user_embeddings.len() == users * k && model.item_embeddings.len() == items * k;
    let mut inputs = 2 * k + model.given.len();
    let network = model.recommender.layers.iter().all(|layer| {
        let outputs = layer.bias.len();
        let fits = outputs > 0 && layer.weights.len() == inputs * outputs;
        inputs = outputs;
        fits
    });
    k > 0 && by_user && by_item && counts && vectors && network && inputs == 1
}
