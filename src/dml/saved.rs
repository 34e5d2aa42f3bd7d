//! Dual metric learning as it is saved. Single numbers are bounded, and then what they can come to, so that no prediction of
//! what was read is anything but a number on the scale.
//!
//! The two bounds keep every prediction of an MLP finite. At worst it has 519 inputs (two vectors of 256 numbers and 7 given
//! inputs) of 1.6e6 (a vector of 256 numbers of 1e5, turned by X into one direction) and four hidden layers of 1,024 units.
//! With weights of a thousand its output is 1.6e6 · 519e3 · (1,024e3)⁴ < 1e36, and an `f32` holds 3e38. For networks that
//! multiply vectors with one another all numbers are looked at together.

use std::collections::HashSet;

use super::inputs::DenseFeatures;
use super::mapping::Mapping;
use super::model::{Dml, DomainModel, LinkModel};
use super::network::RecommendationNetwork;
use super::networks::{self, Interaction};
use crate::baselines::bias::Biases;
use crate::data::{ItemId, UserId};
use crate::engine::Histories;
use crate::error::Result;
use crate::recommender::saved::{Checked, LARGEST_WEIGHT, Parts, Saved};
use crate::recommender::state::StateWriter;
use crate::settings::{MAX_DIMENSION, Network};
use crate::split::LinkedPair;

/// Largest ‖X Xᵀ − I‖ (Frobenius) that passes for orthogonal; training stays below a thousandth of it.
const ORTHOGONALITY: f64 = 1e-6;

/// Largest output of a network, by the sizes of its numbers: sums on the way there are no larger.
const LARGEST_OUTPUT: f64 = 1e37;

/// What a network is given besides vectors is below this: biases of at most 1e5, times at most 8.
const LARGEST_GIVEN: f64 = 1e6;

impl Dml {
    /// What it consists of.
    pub(super) fn parts(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        saved.say("dimension", self.dimension)?;
        for (d, domain) in self.domains.iter().enumerate() {
            domain.biases.save(d, &mut saved);
            saved.put_rows(format!("{d}.user_embeddings"), self.dimension, domain.user_embeddings.clone());
            saved.put_rows(format!("{d}.item_embeddings"), self.dimension, domain.item_embeddings.clone());
            domain.recommender.save(&format!("{d}.recommender"), &mut saved);
            saved.say(format!("{d}.recommender.dot"), domain.recommender.dot)?;
            saved.say(format!("{d}.given"), domain.given)?;
            saved.say(format!("{d}.serves_cold_users"), domain.serves_cold_users)?;
            saved.put_list(format!("{d}.mix"), vec![domain.mix]);
            if let Some(interaction) = &domain.interaction {
                save_interaction(d, interaction, &mut saved)?;
            }
        }
        for (number, link) in self.links.iter().enumerate() {
            link.mapping.save(&format!("map.{number}"), &mut saved);
            let pairs = UserId::first(link.b_from_a.len()).zip(&link.b_from_a);
            let pairs = pairs.filter_map(|(a, b)| Some([a.0, (*b)?.0])).flatten().collect::<Vec<u32>>();
            saved.put_rows(format!("pairs.{number}"), 2, pairs);
        }
        Ok(saved)
    }

    /// The same for a measurement that goes on.
    pub(super) fn put_whole(&self, state: &mut StateWriter) -> Result<()> {
        state.put_saved(self.parts()?);
        state.say("run.pairs", true)
    }

    /// The model of a file.
    pub(in crate::dml) fn load(parts: &mut Parts) -> Checked<Self> {
        let k = parts.size("dimension", 1, MAX_DIMENSION)?;
        let domains = (0..parts.domains()).map(|d| {
            let name = &parts.world().domains[d].name;
            domain(parts, d, k).map_err(|what| format!("domain {name:?}: {what}"))
        });
        let domains = domains.collect::<Checked<_>>()?;
        // Of a measurement's own: with the shuffled links of a placebo people are joined who have not one id.
        let is_of_run = parts.has_part("run") && parts.scalar("run.pairs")?;
        let links = (0..parts.world().links.len()).map(|number| link(parts, number, k, is_of_run));
        let links = links.collect::<Checked<_>>()?;
        let model = Self { dimension: k, domains, links };
        check_outputs(&model)?;
        Ok(model)
    }
}

fn domain(parts: &mut Parts, d: usize, k: usize) -> Checked<DomainModel> {
    let interaction = match parts.has_part(&format!("{d}.interaction")) {
        true => Some(interaction(parts, d, k)?),
        false => None,
    };
    let width = interaction.as_ref().map_or(2 * k, |interaction| networks::width(interaction.network, k));
    let given: DenseFeatures = parts.scalar(&format!("{d}.given"))?;
    let network = RecommendationNetwork::load(parts, &format!("{d}.recommender"), width + given.len())?;
    let mix = parts.numbers(&format!("{d}.mix"), &[1], 1.0)?[0];
    if mix < 0.0 {
        return Err(format!("{d}.mix: {mix:?} stands where a share from 0 to 1 belongs"));
    }
    Ok(DomainModel {
        scale: parts.scale(d),
        biases: Biases::load(parts, d)?.into(),
        user_embeddings: parts.rows(&format!("{d}.user_embeddings"), &[parts.users(d), k])?,
        item_embeddings: parts.rows(&format!("{d}.item_embeddings"), &[parts.items(d), k])?,
        recommender: RecommendationNetwork { dot: parts.scalar(&format!("{d}.recommender.dot"))?, ..network },
        interaction,
        given,
        serves_cold_users: parts.scalar(&format!("{d}.serves_cold_users"))?,
        mix,
    })
}

/// X of a link of the world, and who the model knows to be one person.
fn link(parts: &mut Parts, number: usize, k: usize, is_of_run: bool) -> Checked<LinkModel> {
    let link = &parts.world().links[number];
    let (of_a, of_b) = (&parts.world().domains[link.a].users, &parts.world().domains[link.b].users);
    let mapping = Mapping::load(parts, &format!("map.{number}"), k, ORTHOGONALITY)?;
    let name = format!("pairs.{number}");
    let count = parts.length(&name, 2, 0, usize::MAX)?;
    let numbers = parts.counts(&name, &[count, 2])?;
    let mut pairs = Vec::with_capacity(count);
    let mut distinct = HashSet::with_capacity(count);
    for pair in numbers.chunks_exact(2) {
        let (a, b) = (UserId(pair[0]), UserId(pair[1]));
        let is_there = a.index() < of_a.len() && b.index() < of_b.len();
        if !is_there || !(is_of_run || of_a.id(a) == of_b.id(b)) {
            return Err(format!(
                "link {number} takes the users {} and {} for one person, who have not one id",
                a.0, b.0
            ));
        }
        if !distinct.insert(a) {
            return Err(format!("link {number} lists a person twice"));
        }
        pairs.push(LinkedPair { a, b, warm: true });
    }
    Ok(LinkModel::new((link.a, of_a.len()), (link.b, of_b.len()), mapping, &pairs))
}

fn save_interaction(d: usize, interaction: &Interaction, saved: &mut Saved) -> Result<()> {
    let name = |part: &str| format!("{d}.interaction.{part}");
    saved.say(name("network"), interaction.network)?;
    let shapes = networks::shapes(interaction.network, interaction.dimension);
    for (n, (shape, parameter)) in shapes.iter().zip(&interaction.parameters).enumerate() {
        saved.put(name(&format!("parameters.{n}")), shape, parameter.clone());
    }
    if networks::has_history(interaction.network) {
        let histories = &interaction.histories;
        let row = |user: usize| {
            let items = histories.get(user);
            items
                .iter()
                .copied()
                .chain(std::iter::repeat_n(Histories::NONE, networks::MOST_KEPT - items.len()))
        };
        let rows = (0..histories.len()).flat_map(row).collect::<Vec<u32>>();
        saved.put_rows(name("histories"), networks::MOST_KEPT, rows);
    }
    Ok(())
}

fn interaction(parts: &mut Parts, d: usize, k: usize) -> Checked<Interaction> {
    let name = |part: &str| format!("{d}.interaction.{part}");
    let network: Network = parts.scalar(&name("network"))?;
    let shapes = networks::shapes(network, k);
    if shapes.is_empty() {
        return Err(format!("{} is one that has nothing in front of its layers", name("network")));
    }
    let parameters = (shapes.iter().enumerate())
        .map(|(n, shape)| parts.numbers(&name(&format!("parameters.{n}")), shape, LARGEST_WEIGHT))
        .collect::<Checked<_>>()?;
    let mut histories = Histories::default();
    if networks::has_history(network) {
        histories = Histories::new(networks::MOST_KEPT);
        let ratings = &parts.world().domains[d].ratings;
        let rows = parts.counts(&name("histories"), &[parts.users(d), networks::MOST_KEPT])?;
        for (user, row) in UserId::first(ratings.users()).zip(rows.chunks_exact(networks::MOST_KEPT)) {
            let filled = row.iter().position(|&item| item == Histories::NONE).unwrap_or(row.len());
            let mut rated: HashSet<u32> = ItemId::numbers(ratings.row(user).0).iter().copied().collect();
            if let Some(item) = row[..filled].iter().find(|&item| !rated.remove(item)) {
                return Err(format!("the history of user {} has item {item} twice or unrated", user.0));
            }
            histories.push(&row[..filled]);
        }
    }
    Ok(Interaction { network, dimension: k, parameters, histories })
}

/// Refuses networks behind an interaction whose output could overflow: the bounds of single numbers do not exclude it there,
/// because convolutions multiply vectors with one another.
fn check_outputs(model: &Dml) -> Checked<()> {
    // A map turns a vector, so that any of its numbers may be as large as the vector is long.
    let longest = |domain: &DomainModel| {
        let vectors = domain.user_embeddings.chunks_exact(model.dimension);
        vectors.map(|v| v.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt()).fold(0.0, f64::max)
    };
    let user = model.domains.iter().map(longest).fold(0.0, f64::max);
    for domain in &model.domains {
        let Some(interaction) = &domain.interaction else { continue };
        let item = domain.item_embeddings.iter().map(|&x| f64::from(x.abs())).fold(0.0, f64::max);
        let mut largest = interaction.largest_input(user, item).max(LARGEST_GIVEN);
        for layer in &domain.recommender.layers {
            let outputs = layer.bias.len();
            let mut sums: Vec<f64> = layer.bias.iter().map(|&b| f64::from(b.abs())).collect();
            for row in layer.weights.chunks_exact(outputs.max(1)) {
                sums.iter_mut().zip(row).for_each(|(sum, &w)| *sum += f64::from(w.abs()) * largest);
            }
            largest = sums.into_iter().fold(0.0, f64::max);
            if largest > LARGEST_OUTPUT {
                return Err("the recommender has numbers so large that a prediction could overflow".into());
            }
        }
    }
    Ok(())
}
