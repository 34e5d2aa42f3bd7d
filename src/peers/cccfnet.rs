//! CCCFNet: factors and towers over content, with one person in all domains (Lian et al., CCCFNet: A Content-Boosted
//! Collaborative Filtering Neural Network for Cross Domain Recommender Systems, WWW 2017 companion). In domain k
//!
//! r̂ = μ_k + b_u + b_i + ⟨p_u, q_i⟩, p_u = \[u ; f_U(x_u)\], q_i = \[v ; f_I(x_i)\],
//!
//! with f an MLP over features; b_u, u and f_U are a person's in all domains (the user view), the rest is a domain's own.
//! L = Σ (r − r̂)² + λ (‖U‖² + ‖V‖² + ‖b‖²), and the towers' weights decay.
//!
//! The poster has two pages and few settings: towers of 32 and 16 units, their decay, all domains weighing as their ratings
//! do, Adam, and the setting `row_l2` as λ are choices. x_u is what the tables of all domains say of a person. Where a side has no table its half is learnt like a
//! factor, so that the other side's content meets something; without any table this is collective factorisation with biases.
//! Of a person or an item without ratings the content alone counts.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::data::{Features, ItemId, UserId};
use crate::engine::{Device, SparseRows};
use crate::error::Result;
use crate::recommender::autodiff::{
    HostTower, Leaves, Parameters, Rule, Steps, Table, Term, Tower, Weights, begin, dot, shares,
};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Assignment, Fit, Recommender, Work};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, JoinedPeople, Rows, Training};

/// Units of a tower's hidden layer and of its output.
const TOWER: [usize; 2] = [32, 16];
/// Factor of a tower's last first weights: what content says starts near nothing, as factors do.
const OUTPUT: f32 = 0.1;
/// Decay of the towers' weights.
const DECAY: f32 = 1e-4;

/// Sets up an untrained model.
pub(super) fn fit(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    begin(assignment, Cccfnet::new)
}

/// The model of a file.
pub(super) fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
    let views = parts.size("views", 1, parts.domains())?;
    if views != 1 && views != parts.domains() {
        return Err(format!("there are {views} tables of people for {} domains", parts.domains()));
    }
    let count = parts.length("people.0.biases", 1, 0, usize::MAX)?;
    let persons = parts.people(count)?;
    let people = (0..views).map(|view| Vectors::load(parts, &format!("people.{view}"), count));
    let people = people.collect::<Checked<_>>()?;
    let domain = |(d, persons): (usize, Vec<u32>)| {
        let items = Vectors::load(parts, &format!("{d}.items"), parts.items(d))?;
        Ok((parts.number(&format!("{d}.mean"))?, persons, items))
    };
    let domains = persons.into_iter().enumerate().map(domain).collect::<Checked<_>>()?;
    Ok(Arc::new(Network { people, domains }))
}

struct Cccfnet {
    parameters: Parameters,
    people: JoinedPeople,
    /// The one user view of all domains; where nothing may cross, one a domain.
    views: Vec<Side>,
    domains: Vec<Domain>,
    /// λ.
    penalty: f32,
    batch: usize,
}

/// One domain's items and ratings.
struct Domain {
    items: Side,
    rows: Rows,
    /// The person of each row.
    given_by: Vec<u32>,
    mean: f32,
}

/// People or items: factors, biases, and the half from content.
struct Side {
    factors: Weights,
    biases: Weights,
    content: Content,
    /// 1 by the number of ratings, 0 of who has none.
    shares: Vec<f32>,
}

/// Where the second half of a vector comes from.
enum Content {
    /// A tower over features.
    Tower(Tower, SparseRows),
    /// Learnt, where there is no table.
    Learnt(Weights),
}

impl Side {
    fn new(
        parameters: &mut Parameters,
        (name, shares): (&'static str, Vec<f32>),
        features: SparseRows,
        config: &ValidConfig,
        chance: &mut Generator,
    ) -> Self {
        let (k, deviation, count) = (config.dimension, config.embedding_deviation, shares.len());
        let factors = parameters.normal(name, [count, k], deviation, chance);
        let biases = parameters.add(name, 1, vec![0.0; count], 0.0);
        let content = match features.width {
            0 => Content::Learnt(parameters.normal(name, [count, TOWER[1]], deviation, chance)),
            width => {
                let widths = [width, TOWER[0], TOWER[1]];
                Content::Tower(Tower::new(parameters, name, &widths, [OUTPUT, DECAY], chance), features)
            }
        };
        Self { factors, biases, content, shares }
    }

    /// Factors, content and biases of chosen rows, and what of them λ weighs: `[n, k]`, `[n, 16]`, `[n, 1]`, `[n, 1]`.
    fn of(&self, leaves: &Leaves, chosen: &[u32]) -> [Tensor<2>; 4] {
        let factors = leaves.rows(self.factors, chosen);
        let biases = leaves.rows(self.biases, chosen);
        let shares = leaves.given(chosen.iter().map(|&row| self.shares[row as usize]).collect(), 1);
        let squares = factors.clone().square().sum_dim(1) + biases.clone().square();
        match &self.content {
            Content::Learnt(weights) => {
                let content = leaves.rows(*weights, chosen);
                let squares = squares + content.clone().square().sum_dim(1);
                [factors, content, biases, squares * shares]
            }
            Content::Tower(tower, features) => {
                let (weights, bias) = tower.layers[0];
                let first = leaves.bags(weights, features, chosen) + leaves.of(bias);
                [factors, tower.apply_after_first(leaves, first), biases, squares * shares]
            }
        }
    }

    async fn vectors(&self, parameters: &Parameters) -> Result<Vectors> {
        let (factors, biases) = (parameters.table(self.factors).await?, parameters.table(self.biases).await?);
        let content = match &self.content {
            Content::Learnt(weights) => parameters.table(*weights).await?,
            Content::Tower(tower, features) => {
                let tower: HostTower = parameters.host_tower(tower).await?;
                let mut content = Table::zeros(features.len(), TOWER[1]);
                for row in 0..features.len() {
                    let (columns, values) = features.row(row);
                    content.row_mut(row).copy_from_slice(&tower.apply_sparse(columns, values));
                }
                content
            }
        };
        let mut vectors = Vectors { factors, content, biases: biases.values };
        for (row, _) in self.shares.iter().enumerate().filter(|(_, share)| **share == 0.0) {
            vectors.factors.row_mut(row).fill(0.0);
            vectors.biases[row] = 0.0;
            if matches!(self.content, Content::Learnt(_)) {
                vectors.content.row_mut(row).fill(0.0);
            }
        }
        Ok(vectors)
    }
}

impl Cccfnet {
    fn new(training: &Training, config: &ValidConfig, device: &Device) -> Self {
        let mut parameters = Parameters::new(device, Rule::Adam { learning_rate: config.learning_rate });
        let mut chance = Generator::new(config.seed, "content-boosted factors");
        let people = JoinedPeople::new(training);
        let all: Vec<Rows> = (0..training.domains()).map(|d| training.rows(d)).collect();
        let given_by: Vec<Vec<u32>> =
            all.iter().enumerate().map(|(d, rows)| people.of_rows(d, rows)).collect();
        let crosses = training.crossing() == Crossing::All;
        let mut view = |given_by: &[Vec<u32>]| {
            let named = ("people", shares(people.len, given_by.iter().flatten()));
            Side::new(&mut parameters, named, content_of_people(training, &people), config, &mut chance)
        };
        let views = if crosses { vec![view(&given_by)] } else { given_by.chunks(1).map(view).collect() };
        let mut domains = Vec::with_capacity(training.domains());
        for (d, (rows, given_by)) in all.into_iter().zip(given_by).enumerate() {
            let mut content = SparseRows::new(training.item_features(d).map_or(0, Features::width));
            for item in 0..training.items(d) as u32 {
                let (columns, values) = training.item_features(d).map_or((&[][..], &[][..]), |f| f.row(item));
                content.push(columns, values);
            }
            let named = ("items", shares(training.items(d), ItemId::numbers(&rows.items).iter()));
            let items = Side::new(&mut parameters, named, content, config, &mut chance);
            domains.push(Domain { items, mean: rows.mean(), rows, given_by });
        }
        let penalty = config.row_l2;
        Self { parameters, people, views, domains, penalty, batch: config.batch }
    }

    fn take_step(&mut self, d: usize, chosen: &[u32]) -> Tensor<1> {
        let domain = &self.domains[d];
        let of = |column: &[u32]| chosen.iter().map(|&row| column[row as usize]).collect::<Vec<u32>>();
        let (people, items) = (of(&domain.given_by), of(ItemId::numbers(&domain.rows.items)));
        let residuals = chosen.iter().map(|&row| domain.rows.targets[row as usize] - domain.mean).collect();
        let leaves = self.parameters.leaves();
        let [error, penalty] = loss(
            &leaves,
            (&self.views[d.min(self.views.len() - 1)], &people),
            (&domain.items, &items),
            residuals,
        );
        self.parameters.step(&leaves, &(error.clone() + penalty.mul_scalar(self.penalty)));
        error.inner()
    }

    async fn network(&self) -> Result<Arc<dyn Recommender>> {
        let mut people = Vec::with_capacity(self.views.len());
        for view in &self.views {
            people.push(view.vectors(&self.parameters).await?);
        }
        let mut domains = Vec::with_capacity(self.domains.len());
        for (domain, persons) in self.domains.iter().zip(&self.people.of) {
            domains.push((domain.mean, persons.clone(), domain.items.vectors(&self.parameters).await?));
        }
        Ok(Arc::new(Network { people, domains }))
    }
}

impl Steps for Cccfnet {
    fn terms(&self) -> Vec<Term> {
        self.domains.iter().map(|domain| Term { rows: domain.rows.len(), batch: self.batch }).collect()
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>> {
        Box::pin(async move { Ok(self.take_step(term, rows)) })
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.network())
    }
}

/// The mean squared error of ratings less the mean, and what λ weighs, each `[1]`.
fn loss(
    leaves: &Leaves,
    (people, persons): (&Side, &[u32]),
    (items, numbers): (&Side, &[u32]),
    residuals: Vec<f32>,
) -> [Tensor<1>; 2] {
    let [u, f, b_u, squares_u] = people.of(leaves, persons);
    let [v, g, b_i, squares_i] = items.of(leaves, numbers);
    let said = (u * v).sum_dim(1) + (f * g).sum_dim(1) + b_u + b_i;
    let error = (said - leaves.given(residuals, 1)).square().mean();
    [error, (squares_u + squares_i).mean()]
}

/// What the tables of all domains say of each person: a row of all their columns side by side.
fn content_of_people(training: &Training, people: &JoinedPeople) -> SparseRows {
    let mut rows = vec![(Vec::new(), Vec::new()); people.len];
    let mut start = 0;
    for (d, persons) in people.of.iter().enumerate() {
        let Some(features) = training.user_features(d) else { continue };
        for (user, &person) in (0..).zip(persons) {
            let (columns, values) = features.row(user);
            let (own_columns, own_values) = &mut rows[person as usize];
            own_columns.extend(columns.iter().map(|column| start + column));
            own_values.extend_from_slice(values);
        }
        start += features.width() as u32;
    }
    let mut content = SparseRows::new(start as usize);
    rows.iter().for_each(|(columns, values)| content.push(columns, values));
    content
}

/// The trained model.
#[derive(Debug)]
struct Network {
    /// The people of all domains, or of each.
    people: Vec<Vectors>,
    /// Mean, person of each user, and items of each domain.
    domains: Vec<(f32, Vec<u32>, Vectors)>,
}

/// Both halves of the vectors of one side, and its biases.
#[derive(Debug)]
struct Vectors {
    factors: Table,
    content: Table,
    biases: Vec<f32>,
}

impl Vectors {
    fn save(&self, name: &str, saved: &mut Saved) {
        self.factors.save(&format!("{name}.factors"), saved);
        self.content.save(&format!("{name}.content"), saved);
        saved.put_list(format!("{name}.biases"), self.biases.clone());
    }

    fn load(parts: &mut Parts, name: &str, rows: usize) -> Checked<Self> {
        let mut table = |part: &str| {
            let name = format!("{name}.{part}");
            let columns = parts.length(&name, 2, 1, MAX_DIMENSION)?;
            Table::load(parts, &name, rows, columns)
        };
        let (factors, content) = (table("factors")?, table("content")?);
        Ok(Self { factors, content, biases: parts.rows(&format!("{name}.biases"), &[rows])? })
    }
}

impl Recommender for Network {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let (mean, persons, own) = &self.domains[domain];
        let people = &self.people[domain.min(self.people.len() - 1)];
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let (p, i) = (persons[user.index()] as usize, item.index());
            let factors = dot(people.factors.row(p), own.factors.row(i));
            let content = dot(people.content.row(p), own.content.row(i));
            (mean + people.biases[p] + own.biases[i] + factors + content).clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        saved.say("views", self.people.len())?;
        let views = self.people.iter().enumerate();
        views.for_each(|(view, vectors)| vectors.save(&format!("people.{view}"), &mut saved));
        for (d, (mean, persons, items)) in self.domains.iter().enumerate() {
            saved.put_list(format!("{d}.people"), persons.clone());
            saved.put_list(format!("{d}.mean"), vec![*mean]);
            items.save(&format!("{d}.items"), &mut saved);
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::super::with_burn::CCCFNET;
    use super::*;
    use crate::baselines;
    use crate::data::{Field, FieldKind};
    use crate::metrics::rmse;
    use crate::peers::planted::{Planted, stars};
    use crate::recommender::Entry;
    use crate::recommender::autodiff::check::assert_gradients;
    use crate::settings::Config;

    /// A field of so many categories, one of them each row's.
    fn categories(of: impl Fn(u32) -> u32, rows: u32, width: usize) -> Features {
        Features {
            fields: vec![Field {
                name: "kind".into(),
                kind: FieldKind::OneHot,
                start: 0,
                width,
                labels: Vec::new(),
            }],
            row_starts: (0..=rows).collect(),
            columns: (0..rows).map(of).collect(),
            values: vec![1.0; rows as usize],
            titles: Vec::new(),
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let config = Config { dimension: 3, embedding_deviation: 0.5, ..Config::robust() }.check().unwrap();
        let mut parameters = Parameters::new(&Device::cpu(), Rule::Adam { learning_rate: 0.1 });
        let mut chance = Generator::new(1, "gradients");
        let mut content = SparseRows::new(3);
        content.push(&[0, 2], &[1.0, 0.5]);
        content.push(&[1], &[-1.0]);
        let people = Side::new(&mut parameters, ("people", vec![1.0, 0.5]), content, &config, &mut chance);
        let items =
            Side::new(&mut parameters, ("items", vec![1.0; 3]), SparseRows::new(0), &config, &mut chance);
        assert_gradients(&mut parameters, &[], |leaves| {
            let [error, penalty] =
                loss(leaves, (&people, &[0, 1, 1]), (&items, &[2, 0, 1]), vec![0.5, -0.5, 0.25]);
            error + penalty.mul_scalar(0.3)
        });
    }

    #[test]
    fn a_prediction_is_the_one_by_hand() {
        let vectors = |factors: [f32; 2], content: [f32; 2], bias| Vectors {
            factors: Table { values: factors.to_vec(), columns: 2 },
            content: Table { values: content.to_vec(), columns: 2 },
            biases: vec![bias],
        };
        let own = vectors([0.5, 1.0], [1.0, -1.0], 0.05);
        let model = Network {
            people: vec![vectors([0.2, 0.1], [0.3, 0.4], -0.1)],
            domains: vec![(0.5, vec![0], own)],
        };
        // 0.5 − 0.1 + 0.05 + (0.1 + 0.1) + (0.3 − 0.4)
        assert!((model.predict(0, &[UserId(0)], &[ItemId(0)])[0] - 0.55).abs() < 1e-6);
    }

    #[test]
    fn an_item_without_ratings_is_predicted_from_its_content() {
        // People of two kinds like items of their kind; the last ten items of each domain have no rating.
        let value = |user: u32, item: u32| if user % 2 == item % 2 { 5.0 } else { 2.0 };
        let mut world =
            stars(&[(80, 0), (80, 40)], 40, 0.6, |_, user, item| (item < 30).then(|| value(user, item)));
        let domains = [0, 40].iter().zip(&mut world.domains);
        for (first, domain) in domains {
            domain.user_features = Some(categories(|user| (first + user) % 2, 80, 2).into());
            domain.item_features = Some(categories(|item| item % 2, 40, 2).into());
        }
        let config = Config { epochs: 12, batch: 128, learning_rate: 1e-2, ..Config::robust() };
        let (users, items): (Vec<u32>, Vec<u32>) =
            (0..80).flat_map(|user| (30..40).map(move |item| (user, item))).unzip();
        let truth: Vec<f32> =
            users.iter().zip(&items).map(|(&user, &item)| (value(user, item) - 1.0) / 4.0).collect();
        let planted = Planted::of(world, config);
        let error = |entry: &Entry| {
            let model = planted.trained_to_its_end(entry);
            rmse(&model.predict(0, UserId::of_numbers(&users), ItemId::of_numbers(&items)), &truth).unwrap()
        };
        let (own, mean) = (error(&CCCFNET), error(&baselines::MEAN));
        assert!(own < 0.3 * mean, "{own} beside {mean}");
    }
}
