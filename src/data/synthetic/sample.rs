//! A generated world of books and films, and songs if a third domain is asked for, whose truth is known: tastes, the
//! orthogonal maps X* between the tastes of one domain and the next, and the error that no model can go below. The page
//! starts with it, and tests measure against it.

use super::{
    Domain, Rating, Ratings, Scale, ScaleKind, Vocabulary, World,
    rotation::{DIMENSION, Matrix, Vector, dot, normals, rotation},
    stars::Stars,
    table::Table,
    titles::titles,
};
use crate::rng::Generator;

/// Variance of the taste in each dimension; their mean is 1. Unequal, so that tastes have a shape to match.
const VARIANCES: [f64; DIMENSION] = [1.5, 1.3, 1.1, 0.9, 0.7, 0.5];

/// People who rate books, films, and both.
const PEOPLE: [usize; 3] = [900, 800, 450];

/// Most domains of a sample.
pub const MAX_DOMAINS: usize = 3;

/// Share of the others who rate songs too, and people who rate songs alone.
const SONGS: (f32, usize) = (0.5, 150);

/// Items of each domain.
const ITEMS: usize = 300;

/// Stars, on a scale from 1 to 5, by which a typical taste moves a rating.
const TASTE: f64 = 0.9;

/// Stars by which people and items are rated higher or lower in general.
const BIASES: [f64; 2] = [0.3, 0.35];

/// Stars of chance in a rating.
const NOISE: f64 = 0.3;

/// Standard deviation of what a taste in B has besides the mapped taste of A.
const TASTE_NOISE: f64 = 0.1;

/// Share of people with two to four ratings only.
const SPARSE: f32 = 0.05;

const SCALE: Scale = Scale { lo: 1.0, hi: 5.0 };
const STARS: Stars = Stars { lo: 1.0, hi: 5.0, step: 0.5 };
const NAMES: [&str; MAX_DOMAINS] = ["books", "films", "songs"];

const GENRES: [[&str; 8]; MAX_DOMAINS] = [
    ["Crime", "Fantasy", "History", "Romance", "Science", "Travel", "Poetry", "Adventure"],
    ["Thriller", "Comedy", "Drama", "Western", "Documentary", "Musical", "Animation", "War"],
    ["Jazz", "Folk", "Soul", "Opera", "Blues", "Techno", "Rock", "Choral"],
];

/// The generated world and its truth.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Books (domain 0), films (domain 1) and perhaps songs (domain 2), with item and user tables.
    pub world: World,
    /// X* from each domain to the next: the taste there is X* · the taste here plus a little noise. Row-major,
    /// `dimension` × `dimension`, orthogonal with determinant 1.
    pub maps: Vec<Vec<f64>>,
    /// Dimension of the true tastes.
    pub dimension: usize,
    /// RMSE per domain, on the unit scale, of the predictor that knows everything but the chance in each
    /// rating.
    pub floor_rmse: Vec<f64>,
    items: Vec<Table>,
    users: Vec<Table>,
}

/// The sample of a seed with books and films; equal seeds give equal samples.
pub fn sample(seed: u64) -> Sample {
    sample_of(seed, 2)
}

/// The sample of a seed with so many domains, 2 to [`MAX_DOMAINS`] (others count as the nearest of these). The first two
/// are the same in all.
pub fn sample_of(seed: u64, domains: usize) -> Sample {
    let mut chance = Generator::new(seed, "sample");
    let mut maps = vec![rotation(&mut chance)];
    let mut people = people(&maps[0], &mut chance);
    let mut generated: Vec<Generated> =
        [0, 1].map(|domain| generate(domain, &people, &mut chance)).into_iter().collect();
    if domains > 2 {
        let mut chance = Generator::new(seed, "sample, third domain");
        maps.push(rotation(&mut chance));
        like_songs(&mut people, &maps, &mut chance);
        generated.push(generate(2, &people, &mut chance));
    }
    let mut sample = Sample {
        world: World::default(),
        maps: maps.iter().map(|map| map.concat()).collect(),
        dimension: DIMENSION,
        floor_rmse: Vec::new(),
        items: Vec::new(),
        users: Vec::new(),
    };
    let mut worlds = Vec::new();
    for Generated { domain, floor, items, users } in generated {
        worlds.push(domain);
        sample.floor_rmse.push(floor);
        sample.items.push(items);
        sample.users.push(users);
    }
    sample.world = World::new(worlds);
    sample
}

/// The sample as CSV files (name, text): ratings, items and users of books, then of films. Read back they give
/// the same world.
pub fn files(sample: &Sample) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (domain, (items, users)) in sample.world.domains.iter().zip(sample.items.iter().zip(&sample.users)) {
        let mut text = String::from("user_id,item_id,rating\n");
        for Rating { user, item, value } in domain.ratings.iter() {
            text += &format!("{},{},{value}\n", domain.users.id(user), domain.items.id(item));
        }
        files.push((format!("{}.csv", domain.name), text));
        for (table, kind) in [(items, "items"), (users, "users")] {
            let rows = table.rows.iter().flatten().map(|row| row.join(",") + "\n");
            let text = table.names.join(",") + "\n" + &rows.collect::<String>();
            files.push((format!("{}-{kind}.csv", domain.name), text));
        }
    }
    files
}

/// A person's tastes and general mildness; `None` where they rate nothing.
struct Person {
    id: String,
    /// By domain.
    tastes: [Option<Vector>; MAX_DOMAINS],
    /// What their taste in films is or would be: songs go by it.
    in_films: Vector,
    /// What mildness in all domains has in common.
    mild: f64,
    mildness: [f64; MAX_DOMAINS],
    age: f64,
}

fn people(b_from_a: &Matrix, chance: &mut Generator) -> Vec<Person> {
    let [in_a, in_b, in_both] = PEOPLE;
    let mut kinds = vec![[true, true]; in_both];
    kinds.resize(in_a, [true, false]);
    kinds.resize(in_a + in_b - in_both, [false, true]);
    chance.shuffle(&mut kinds);
    let person = |(number, [rates_a, rates_b]): (usize, [bool; 2])| {
        let drawn = normals(chance);
        let a: Vector = std::array::from_fn(|k| drawn[k] * VARIANCES[k].sqrt());
        let own = normals(chance);
        let b: Vector = std::array::from_fn(|k| dot(&b_from_a[k], &a) + TASTE_NOISE * own[k]);
        let mild = f64::from(chance.normal());
        let [in_a, in_b] = [0, 1].map(|_| mildness(mild, chance));
        let age = (42.0 + 9.0 * a[0] + 8.0 * f64::from(chance.normal())).clamp(16.0, 85.0).round();
        let id = format!("person-{:04}", number + 1);
        let tastes = [rates_a.then_some(a), rates_b.then_some(b), None];
        Person { id, tastes, in_films: b, mild, mildness: [in_a, in_b, 0.0], age }
    };
    kinds.into_iter().enumerate().map(person).collect()
}

/// How much higher somebody rates in one domain, of whom `mild` holds in all.
fn mildness(mild: f64, chance: &mut Generator) -> f64 {
    BIASES[0] * (0.8 * mild + 0.6 * f64::from(chance.normal()))
}

/// Lets some of the people rate songs, and adds a few who rate nothing else.
fn like_songs(people: &mut Vec<Person>, maps: &[Matrix], chance: &mut Generator) {
    let known = people.len();
    for number in known..known + SONGS.1 {
        let drawn = normals(chance);
        let a: Vector = std::array::from_fn(|k| drawn[k] * VARIANCES[k].sqrt());
        let in_films = std::array::from_fn(|k| dot(&maps[0][k], &a));
        let age = (42.0 + 9.0 * a[0] + 8.0 * f64::from(chance.normal())).clamp(16.0, 85.0).round();
        let (id, mild) = (format!("person-{:04}", number + 1), f64::from(chance.normal()));
        people.push(Person {
            id,
            tastes: [None; MAX_DOMAINS],
            in_films,
            mild,
            mildness: [0.0; MAX_DOMAINS],
            age,
        });
    }
    for (number, person) in people.iter_mut().enumerate() {
        let own = normals(chance);
        person.mildness[2] = mildness(person.mild, chance);
        if number >= known || chance.unit() < SONGS.0 {
            let taste = |k| dot(&maps[1][k], &person.in_films) + TASTE_NOISE * own[k];
            person.tastes[2] = Some(std::array::from_fn(taste));
        }
    }
}

struct Item {
    id: String,
    title: String,
    factors: Vector,
    bias: f64,
    /// How often it is rated, relative to others.
    popularity: f64,
    genres: Vec<&'static str>,
    decade: usize,
    length: usize,
}

/// Items with factors N(0, I), the same in both domains, so that factorisations of the two learn tastes up to a
/// rotation only.
fn items(domain: usize, directions: &[Vector; 8], chance: &mut Generator) -> Vec<Item> {
    let titles = titles(domain, ITEMS, chance);
    let item = |(number, title): (usize, String)| {
        let factors = normals(chance);
        let affinities = directions.map(|direction| dot(&direction, &factors));
        let most = affinities.iter().copied().fold(f64::MIN, f64::max);
        let genres = GENRES[domain].iter().zip(affinities);
        let genres = genres.filter(|&(_, x)| x > 1.0 || x == most).map(|(&genre, _)| genre).collect();
        let era = 4.0 + 1.2 * factors[1] + f64::from(chance.normal());
        let (middle, spread) = [(320.0, 90.0), (108.0, 16.0), (220.0, 50.0)][domain];
        let size = 0.7 * factors[2] + 0.7 * f64::from(chance.normal());
        Item {
            id: format!("{}-{:03}", ["book", "film", "song"][domain], number + 1),
            title,
            factors,
            bias: BIASES[1] * f64::from(chance.normal()),
            popularity: (0.6 * f64::from(chance.normal())).exp(),
            genres,
            decade: 1950 + 10 * era.clamp(0.0, 7.0) as usize,
            length: (middle + spread * size).max(middle / 3.0).round() as usize,
        }
    };
    titles.into_iter().enumerate().map(item).collect()
}

struct Generated {
    domain: Domain,
    floor: f64,
    items: Table,
    users: Table,
}

fn generate(domain: usize, people: &[Person], chance: &mut Generator) -> Generated {
    let directions: [Vector; 8] = std::array::from_fn(|_| {
        let direction = normals(chance);
        let length = dot(&direction, &direction).sqrt();
        direction.map(|x| x / length)
    });
    let items = items(domain, &directions, chance);
    let (mut user_ids, mut item_ids) = (Vocabulary::default(), Vocabulary::default());
    let (mut rows, mut user_rows) = (Vec::new(), Vec::new());
    let mut squared = 0.0;
    for person in people {
        let Some(taste) = &person.tastes[domain] else { continue };
        let user = user_ids.intern(&person.id);
        for item in choice(&items, chance) {
            let pull = TASTE * dot(taste, &item.factors) / (DIMENSION as f64).sqrt();
            let expected = 3.4 + person.mildness[domain] + item.bias + pull;
            let value = STARS.nearest(expected + NOISE * f64::from(chance.normal()));
            squared += (value - STARS.mean(expected, NOISE)).powi(2);
            rows.push(Rating { user, item: item_ids.intern(&item.id), value: value as f32 });
        }
        user_rows.push(Some(user_row(domain, person, taste, &directions, chance)));
    }
    let by_id: std::collections::HashMap<&str, &Item> = items.iter().map(|item| (&*item.id, item)).collect();
    let item_rows = item_ids.ids().map(|id| by_id.get(id).map(|item| item_row(item))).collect();
    let names = |names: [&str; 5]| names.map(String::from).to_vec();
    let length = ["pages", "minutes", "seconds"][domain];
    let favourite = ["favourite genre", "favourite film genre", "favourite song genre"][domain];
    let often = ["reads", "watches", "listens"][domain];
    let items =
        Table { names: names(["item_id", "title", "genres", "decade", length]), id: 0, rows: item_rows };
    let users = Table { names: names(["user_id", "age", favourite, often, "mood"]), id: 0, rows: user_rows };
    let domain = Domain {
        name: NAMES[domain].into(),
        ratings: Ratings::new(user_ids.len(), item_ids.len(), &rows).into(),
        users: user_ids.into(),
        items: item_ids.into(),
        scale: SCALE,
        scale_kind: ScaleKind::Declared,
        user_features: Some(users.encode().0.into()),
        item_features: Some(items.encode().0.into()),
    };
    let floor = (squared / rows.len() as f64).sqrt() / f64::from(SCALE.hi - SCALE.lo);
    Generated { domain, floor, items, users }
}

/// The items that a person rates: a few for some people, many for a few, popular ones more often.
fn choice<'i>(items: &'i [Item], chance: &mut Generator) -> Vec<&'i Item> {
    let n = if chance.unit() < SPARSE {
        2 + chance.below(3)
    } else {
        (3.9 + 0.5 * f64::from(chance.normal())).exp().clamp(5.0, 0.6 * ITEMS as f64) as usize
    };
    // The smallest of exponential waiting times are a draw without replacement by weight.
    let wait = |item: &Item, chance: &mut Generator| -f64::from(1.0 - chance.unit()).ln() / item.popularity;
    let mut waits: Vec<(f64, &Item)> = items.iter().map(|item| (wait(item, chance), item)).collect();
    waits.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    waits.into_iter().take(n).map(|(_, item)| item).collect()
}

fn item_row(item: &Item) -> Vec<Box<str>> {
    let cells = [
        item.id.clone(),
        item.title.clone(),
        item.genres.join("|"),
        format!("{}s", item.decade),
        item.length.to_string(),
    ];
    cells.map(Box::from).to_vec()
}

fn user_row(
    domain: usize,
    person: &Person,
    taste: &Vector,
    directions: &[Vector; 8],
    chance: &mut Generator,
) -> Vec<Box<str>> {
    let mut best = (f64::MIN, "");
    for (direction, &genre) in directions.iter().zip(&GENRES[domain]) {
        let liking = dot(direction, taste) + 0.3 * f64::from(chance.normal());
        if liking > best.0 {
            best = (liking, genre);
        }
    }
    let often = taste[3] + f64::from(chance.normal());
    let habit = if often > 0.7 {
        "daily"
    } else if often > -0.7 {
        "weekly"
    } else {
        "seldom"
    };
    let mood = 5.0 + 1.5 * taste[4] + f64::from(chance.normal());
    let cells =
        [person.id.clone(), person.age.to_string(), best.1.into(), habit.into(), format!("{mood:.1}")];
    cells.map(Box::from).to_vec()
}
