//! Model files of versions 3 and 4, one JSON text of dual metric learning: they are read on, and no longer written. What
//! they say is laid out as parts, which are then checked as those of any file.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::world::{DomainFile, check_count};
use crate::data::{Scale, World};
use crate::dml::networks;
use crate::recommender::saved::{Checked, Saved};
use crate::settings::MAX_DIMENSION;

/// A whole model.
#[derive(Deserialize)]
pub(super) struct ModelFile {
    trained_on: TrainedOn,
    dimension: usize,
    domains: Vec<DomainAndSide>,
    /// Link j is link j of the [`World`].
    links: Vec<LinkFile>,
}

/// What the model has seen.
#[derive(Deserialize)]
struct TrainedOn {
    /// Ratings by domain.
    ratings: Vec<usize>,
    /// Pairs by link.
    links: Vec<usize>,
    /// Whether that is all ratings that the file lists.
    all_ratings: bool,
}

#[derive(Deserialize)]
struct DomainAndSide {
    name: String,
    scale: Scale,
    users: Vec<String>,
    items: Vec<String>,
    titles: Vec<Option<String>>,
    /// (user, item, rating), all that were rated, trained on or not.
    ratings: Vec<(u32, u32, f32)>,
    model: SideFile,
}

/// A domain's side of the model.
#[derive(Deserialize)]
struct SideFile {
    scale: Scale,
    biases: BiasesFile,
    user_embeddings: Vec<f32>,
    item_embeddings: Vec<f32>,
    recommender: NetworkFile,
    interaction: Option<InteractionFile>,
    given: Value,
    serves_cold_users: bool,
    mix: f32,
}

#[derive(Deserialize)]
struct BiasesFile {
    mean: f32,
    users: Vec<f32>,
    items: Vec<f32>,
    user_priors: Vec<f32>,
    item_priors: Vec<f32>,
    /// Files of version 3 from before it had this name say `kindness`.
    #[serde(alias = "kindness")]
    bias_transfer: f32,
    others: Vec<f32>,
    user_counts: Vec<u32>,
    item_counts: Vec<u32>,
    shrinkage: ShrinkageFile,
}

#[derive(Deserialize)]
struct ShrinkageFile {
    users: f32,
    items: f32,
}

#[derive(Deserialize)]
struct NetworkFile {
    layers: Vec<LayerFile>,
    dot: bool,
}

#[derive(Deserialize)]
struct LayerFile {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// What stands in front of the layers of a network that is no MLP.
#[derive(Deserialize)]
struct InteractionFile {
    network: Value,
    parameters: Vec<Vec<f32>>,
    histories: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
struct LinkFile {
    a: usize,
    b: usize,
    /// X, row by row.
    b_from_a: Vec<f64>,
    /// Known pairs, (user of a, user of b).
    pairs: Vec<(u32, u32)>,
}

/// What a file comes to: the data, the scales that predictions stand for, ratings that were trained on by domain, and the
/// parts of the model.
pub(super) struct Laid {
    pub(super) world: World,
    pub(super) scales: Vec<Scale>,
    pub(super) ratings: Vec<usize>,
    pub(super) saved: Saved,
}

impl ModelFile {
    /// The data, and the parts of the model.
    ///
    /// # Errors
    /// When they do not fit together.
    pub(super) fn laid(self) -> Checked<Laid> {
        let k = self.dimension;
        if !(1..=MAX_DIMENSION).contains(&k) {
            return Err(format!("{k} stands where a dimension from 1 to {MAX_DIMENSION} belongs"));
        }
        check_count(self.domains.len())?;
        let mut saved = Saved::default();
        let said = |error: crate::error::Error| error.to_string();
        saved.say("dimension", k).map_err(said)?;
        let (mut domains, mut scales) = (Vec::new(), Vec::new());
        for (d, file) in self.domains.into_iter().enumerate() {
            let name = file.name.clone();
            let of_domain = |what: String| format!("domain {name:?}: {what}");
            let (domain, side) = file.parts().map_err(of_domain)?;
            if !(domain.scale.contains(side.scale.lo) && domain.scale.contains(side.scale.hi)) {
                return Err(of_domain("the model's rating scale is not within that of the ratings".into()));
            }
            scales.push(side.scale);
            side.put(d, k, &mut saved).map_err(of_domain)?;
            domains.push(domain);
        }
        let world = World::new(domains);
        let (found, expected) = (self.links.len(), world.links.len());
        if found != expected {
            return Err(format!("it has {found} links for domains of which {expected} pairs share people"));
        }
        let TrainedOn { ratings, links, all_ratings } = self.trained_on;
        let mut pairs = Vec::new();
        for (number, link) in self.links.into_iter().enumerate() {
            pairs.push(link.pairs.len());
            link.put(number, k, &world, &mut saved)?;
        }
        let counted: Vec<usize> = (0..world.domains.len()).map(|d| counted(&saved, d)).collect();
        let all: Vec<usize> = world.domains.iter().map(|domain| domain.ratings.len()).collect();
        if counted != ratings || pairs != links || (counted == all) != all_ratings {
            return Err("trained_on contradicts the counts and the links".into());
        }
        Ok(Laid { world, scales, ratings, saved })
    }
}

/// Training ratings of a domain, by its users.
fn counted(saved: &Saved, d: usize) -> usize {
    use crate::recommender::saved::Numbers;
    match saved.tensors.get(&format!("{d}.user_counts")).map(|tensor| &tensor.numbers) {
        Some(Numbers::U32(counts)) => counts.iter().map(|&count| count as usize).sum(),
        _ => 0,
    }
}

impl DomainAndSide {
    fn parts(self) -> Checked<(crate::data::Domain, SideFile)> {
        let owned = |list: Vec<String>| list.into_iter().map(Cow::Owned).collect();
        let file = DomainFile {
            name: Cow::Owned(self.name),
            scale: self.scale,
            users: owned(self.users),
            items: owned(self.items),
            user_titles: Vec::new(),
            item_titles: self.titles.into_iter().map(|title| title.map(Cow::Owned)).collect(),
        };
        let (mut users, mut items, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (user, item, value) in self.ratings {
            users.push(user);
            items.push(item);
            values.push(value);
        }
        Ok((file.domain((&users, &items, &values))?, self.model))
    }
}

impl SideFile {
    fn put(self, d: usize, k: usize, saved: &mut Saved) -> Checked<()> {
        let name = |part: &str| format!("{d}.{part}");
        let said = |error: crate::error::Error| error.to_string();
        let Self { biases, recommender, .. } = self;
        saved.put_list(name("mean"), vec![biases.mean]);
        saved.put_list(name("user_biases"), biases.users);
        saved.put_list(name("item_biases"), biases.items);
        saved.put_list(name("user_priors"), biases.user_priors);
        saved.put_list(name("item_priors"), biases.item_priors);
        saved.put_list(name("other_biases"), biases.others);
        saved.put_list(name("bias_transfer"), vec![biases.bias_transfer]);
        saved.put_list(name("shrinkage"), vec![biases.shrinkage.users, biases.shrinkage.items]);
        saved.put_list(name("user_counts"), biases.user_counts);
        saved.put_list(name("item_counts"), biases.item_counts);
        put_rows(saved, name("user_embeddings"), k, self.user_embeddings)?;
        put_rows(saved, name("item_embeddings"), k, self.item_embeddings)?;
        for (n, LayerFile { weights, bias }) in recommender.layers.into_iter().enumerate() {
            put_rows(saved, name(&format!("recommender.{n}.weights")), bias.len(), weights)?;
            saved.put_list(name(&format!("recommender.{n}.biases")), bias);
        }
        saved.say(name("recommender.dot"), recommender.dot).map_err(said)?;
        saved.say(name("given"), self.given).map_err(said)?;
        saved.say(name("serves_cold_users"), self.serves_cold_users).map_err(said)?;
        saved.put_list(name("mix"), vec![self.mix]);
        match self.interaction {
            Some(interaction) => interaction.put(d, k, saved),
            None => Ok(()),
        }
    }
}

impl InteractionFile {
    fn put(self, d: usize, k: usize, saved: &mut Saved) -> Checked<()> {
        let name = |part: &str| format!("{d}.interaction.{part}");
        let network = serde_json::from_value(self.network.clone()).map_err(|error| error.to_string())?;
        let shapes = networks::shapes(network, k);
        if shapes.len() != self.parameters.len() {
            let (found, expected) = (self.parameters.len(), shapes.len());
            return Err(format!("the interaction has {found} lists of parameters instead of {expected}"));
        }
        for (n, (list, [rows, columns])) in self.parameters.into_iter().zip(shapes).enumerate() {
            if list.len() != rows * columns {
                let found = list.len();
                return Err(format!(
                    "interaction parameter {n} has {found} numbers instead of {rows} x {columns}"
                ));
            }
            saved.put(name(&format!("parameters.{n}")), &[rows, columns], list);
        }
        saved.say(name("network"), self.network).map_err(|error| error.to_string())?;
        let mut rows = Vec::with_capacity(self.histories.len() * networks::MOST_KEPT);
        for (user, items) in self.histories.into_iter().enumerate() {
            let Some(short) = networks::MOST_KEPT.checked_sub(items.len()) else {
                return Err(format!(
                    "the history of user {user} has more than {} items",
                    networks::MOST_KEPT
                ));
            };
            rows.extend(items);
            rows.extend(std::iter::repeat_n(u32::MAX, short));
        }
        if !rows.is_empty() {
            saved.put_rows(name("histories"), networks::MOST_KEPT, rows);
        }
        Ok(())
    }
}

impl LinkFile {
    fn put(self, number: usize, k: usize, world: &World, saved: &mut Saved) -> Checked<()> {
        let Self { a, b, b_from_a, pairs } = self;
        if a == b {
            return Err(format!("link {number} joins domain {a} with itself"));
        }
        let expected = &world.links[number];
        if (a, b) != (expected.a, expected.b) {
            return Err(format!(
                "link {number} joins the domains {a} and {b} instead of {} and {}",
                expected.a, expected.b
            ));
        }
        if b_from_a.len() != k * k {
            return Err(format!(
                "the map X of link {number} has {} numbers instead of {k} x {k}",
                b_from_a.len()
            ));
        }
        saved.put(format!("map.{number}"), &[k, k], b_from_a);
        saved.put_rows(
            format!("pairs.{number}"),
            2,
            pairs.iter().flat_map(|&(a, b)| [a, b]).collect::<Vec<u32>>(),
        );
        Ok(())
    }
}

/// Adds rows of so many numbers, if the numbers are as many as rows of them have.
fn put_rows(saved: &mut Saved, name: String, columns: usize, values: Vec<f32>) -> Checked<()> {
    match columns > 0 && values.len().is_multiple_of(columns) {
        true => {
            saved.put_rows(name, columns, values);
            Ok(())
        }
        false => Err(format!("{name} has {} numbers, which are no rows of {columns}", values.len())),
    }
}
