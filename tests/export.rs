//! The exported tables, read back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::{models, worlds};
use csv::StringRecord;
use dual_metric::data::{Features, ItemId, Rating, Ratings, Scale, UserId, World};
use dual_metric::export;
use dual_metric::recommend::ListOrder;
use dual_metric::recommender::Trained;
use dual_metric::settings::{Config, Network};

/// Beginnings that make a spreadsheet run a cell.
const FORMULAS: [&str; 9] = ["=1+1", "+49", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1"];

/// The small world with ids, titles and names that a spreadsheet would run, B on a scale from −10 to 10.
fn hostile_world() -> World {
    let hostile = |id: &str, n: usize| match FORMULAS.get(n % 20) {
        Some(formula) => format!("{formula}{id}"),
        None => format!("{id}, \"{n}\""),
    };
    let mut domains = worlds::small_world().domains;
    for domain in &mut domains {
        // The same id in both domains becomes the same again.
        let users = domain.users.ids().map(|id| hostile(id, id[1..].parse().unwrap()));
        domain.users = Arc::new(users.collect());
        let items: Vec<String> = domain.items.ids().map(String::from).collect();
        domain.items = Arc::new(items.iter().enumerate().map(|(n, id)| hostile(id, n)).collect());
        let titles = (0..25).map(|n| (n % 2 == 0).then(|| hostile("title", n).into_boxed_str())).collect();
        domain.item_features = Some(Features::titles_only(titles, 25).into());
        domain.name = format!("={}", domain.name);
    }
    let b = &mut domains[1];
    let rows: Vec<Rating> = b.ratings.iter().map(|r| Rating { value: (r.value - 3.0) * 5.0, ..r }).collect();
    b.ratings = Ratings::new(40, 25, &rows).into();
    b.scale = Scale { lo: -10.0, hi: 10.0 };
    World::new(domains)
}

fn hostile_model() -> Trained {
    models::trained(hostile_world(), Network::Mlp)
}

fn rows(table: &str) -> (StringRecord, Vec<StringRecord>) {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    (reader.headers().unwrap().clone(), reader.records().map(|row| row.unwrap()).collect())
}

/// How a text has to stand in a cell.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_string()
    }
}

#[test]
fn every_person_gets_the_ten_highest_of_what_they_have_not_rated_in_both_domains() {
    let trained = hostile_model();
    let (world, model) = (&trained.world, models::dml(&trained));
    let (header, rows) = rows(&export::recommendations_csv(&trained).unwrap());
    assert_eq!(header, vec!["user", "domain", "rank", "item", "title", "predicted", "via_map"]);
    let mut lists: HashMap<[String; 2], Vec<&StringRecord>> = HashMap::new();
    for row in &rows {
        lists.entry([row[0].into(), row[1].into()]).or_default().push(row);
    }
    let people: HashSet<&str> = world.domains.iter().flat_map(|domain| domain.users.ids()).collect();
    assert_eq!((people.len(), lists.len()), (50, 100));
    let mut through_the_map = 0;
    for id in people {
        for (d, domain) in world.domains.iter().enumerate() {
            let list = &lists[&[cell(id), cell(&domain.name)]];
            let here = domain.users.get(id);
            let rated: HashSet<ItemId> =
                here.map_or(HashSet::new(), |user| domain.ratings.row(user).0.iter().copied().collect());
            assert_eq!(list.len(), (25 - rated.len()).min(10), "{id:?}");
            let items: HashMap<String, ItemId> =
                domain.items.ids().map(cell).zip(domain.items.all()).collect();
            // What the model predicts of everything, for the oracle.
            let all: Vec<ItemId> = ItemId::first(25).collect();
            let predictions = match here {
                Some(user) => model.predict_items(d, user, &all),
                None => {
                    let user = world.domains[1 - d].users.get(id).unwrap();
                    model.predict_for_cold_start_user(
                        d,
                        &model.cold_start_user(1 - d, user, d).unwrap(),
                        &all,
                    )
                }
            };
            let mut best: Vec<ItemId> = all.iter().copied().filter(|item| !rated.contains(item)).collect();
            best.sort_by(|&i, &j| predictions[j.index()].total_cmp(&predictions[i.index()]));
            for (n, (row, expected)) in list.iter().zip(best).enumerate() {
                assert_eq!(row[2], (n + 1).to_string(), "{id:?}");
                let item = items[&row[3]];
                assert!(!rated.contains(&item), "{id:?} has rated {:?}", &row[3]);
                assert_eq!(item, expected, "{id:?}, rank {}", n + 1);
                assert_eq!(row[4], cell(domain.item_title(item)));
                let predicted: f32 = row[5].parse().unwrap();
                assert!(domain.scale.contains(predicted));
                let truth = domain.scale.from_unit(predictions[item.index()]);
                assert!((predicted - truth).abs() < 6e-5, "{predicted} {truth}");
                assert_eq!(row[6], here.is_none().to_string(), "{id:?} in {}", domain.name);
            }
            through_the_map += usize::from(here.is_none());
        }
    }
    assert_eq!(through_the_map, 20);
}

#[test]
fn text_is_disarmed_in_every_column_and_numbers_are_not() {
    let trained = hostile_model();
    let (_, recommendations) = rows(&export::recommendations_csv(&trained).unwrap());
    let (_, vectors) = rows(&export::embeddings_csv(&trained).unwrap());
    for formula in FORMULAS {
        let armed = |row: &StringRecord, column: usize| row[column].starts_with(formula);
        let disarmed = |row: &StringRecord, column: usize| row[column].starts_with(&format!("'{formula}"));
        for column in [0, 3, 4] {
            assert!(recommendations.iter().any(|row| disarmed(row, column)), "{formula:?} in {column}");
            assert!(!recommendations.iter().any(|row| armed(row, column)), "{formula:?} in {column}");
        }
        assert!(vectors.iter().any(|row| disarmed(row, 1)) && !vectors.iter().any(|row| armed(row, 1)));
    }
    assert!(recommendations.iter().all(|row| row[1].starts_with("'=")));
    assert!(vectors.iter().all(|row| row[0].starts_with("'=")));
    // B's scale goes below 0, and so do vectors: a minus of a number must stay its first character.
    let negative = |cell: &str| cell.starts_with('-') && cell.parse::<f32>().is_ok();
    assert!(recommendations.iter().any(|row| negative(&row[5])));
    assert!(vectors.iter().any(|row| row.iter().skip(2).any(negative)));
    assert!(!recommendations.iter().any(|row| row[5].starts_with('\'') || row[2].starts_with('\'')));
    assert!(!vectors.iter().any(|row| row.iter().skip(2).any(|cell| cell.starts_with('\''))));
}

#[test]
fn every_vector_is_written_and_beside_it_what_x_makes_of_it() {
    let trained = hostile_model();
    let (world, model) = (&trained.world, models::dml(&trained));
    let (header, rows) = rows(&export::embeddings_csv(&trained).unwrap());
    assert_eq!(header, vec!["domain", "user", "e1", "e2", "e3", "e4", "m1", "m2", "m3", "m4"]);
    assert_eq!(rows.len(), 80);
    let x = model.links[0].mapping.b_from_a();
    for (n, row) in rows.iter().enumerate() {
        let (d, user) = (n / 40, n % 40);
        let domain = &world.domains[d];
        assert_eq!((&row[0], &row[1]), (&*cell(&domain.name), &*cell(domain.users.id(UserId(user as u32)))));
        let numbers = |columns: std::ops::Range<usize>| -> Vec<f64> {
            columns.map(|column| f64::from(row[column].parse::<f32>().unwrap())).collect()
        };
        let e = numbers(2..6);
        let vector = model.user_embedding(d, UserId(user as u32));
        assert!(e.iter().zip(vector).all(|(&e, &w)| e == f64::from(w)), "{e:?} {vector:?}");
        if d == 1 {
            assert!((6..10).all(|column| row[column].is_empty()), "nothing maps B further");
            continue;
        }
        for (i, m) in numbers(6..10).into_iter().enumerate() {
            let mapped: f64 = (0..4).map(|j| x[(i, j)] * e[j]).sum();
            assert!((m - mapped).abs() < 1e-6, "m{} of {:?}: {m} {mapped}", i + 1, &row[1]);
        }
    }
}

#[test]
fn a_model_with_chances_tells_them_in_the_table_and_its_posterior_means_as_vectors() {
    let world = worlds::shared_taste(3);
    let trained = models::of(world, Config { model: "bayes".into(), ..Config::robust() });
    let (header, rows) = rows(&export::recommendations_csv(&trained).unwrap());
    assert_eq!(header.iter().skip(7).collect::<Vec<_>>(), ["likely_low", "likely_high", "high", "chance"]);
    assert_eq!(rows.len(), 2 * 240 * 10);
    let number = |row: &StringRecord, column: usize| row[column].parse::<f32>().unwrap();
    for row in &rows {
        let (low, high) = (number(row, 7), number(row, 8));
        assert!((1.0..=5.0).contains(&low) && low <= high && high <= 5.0, "{row:?}");
        assert!(number(row, 9) == 4.0 && (0.0..=1.0).contains(&number(row, 10)), "{row:?}");
    }
    // The same person's taste is one in both domains: what X makes of the one lies near the other.
    let (header, vectors) = self::rows(&export::embeddings_csv(&trained).unwrap());
    assert_eq!((header.len(), &header[9], &header[10]), (2 + 2 * 8, "e8", "m1"));
    let of = |row: &StringRecord, start: usize| -> Vec<f32> {
        (start..start + 8).map(|c| number(row, c)).collect()
    };
    let (mut product, mut squares) = (0.0, [0.0, 0.0]);
    for (book, film) in vectors.iter().zip(&vectors[240..]) {
        assert_eq!(book[1], film[1], "both files have the same people");
        for (m, e) in of(book, 10).into_iter().zip(of(film, 2)) {
            product += m * e;
            squares[0] += m * m;
            squares[1] += e * e;
        }
    }
    let correlation = product / (squares[0] * squares[1]).sqrt();
    assert!(correlation > 0.8, "{correlation}");
}

#[test]
fn one_person_s_lists_are_the_rows_that_the_table_of_all_has_of_them() {
    let trained = models::of(worlds::small_world(), Config::robust());
    let (header, all) = rows(&export::recommendations_csv(&trained).unwrap());
    let id = trained.world.domains[0].users.id(UserId(2));
    let of_all: Vec<StringRecord> = all.into_iter().filter(|row| &row[0] == id).collect();
    let (own_header, own) = rows(&export::person_csv(&trained, 0, UserId(2), 10, ListOrder::Rating).unwrap());
    assert_eq!((own_header, &own), (header, &of_all));
    assert!(own.len() > 10, "in both domains");
    let (_, one) = rows(&export::person_csv(&trained, 0, UserId(2), 1, ListOrder::Rating).unwrap());
    assert_eq!(one, own.iter().filter(|row| &row[2] == "1").cloned().collect::<Vec<_>>());
}

#[test]
fn a_model_without_vectors_says_so() {
    let trained = models::of(worlds::small_world(), Config { model: "bias".into(), ..Config::robust() });
    let message = export::embeddings_csv(&trained).unwrap_err().to_string();
    assert_eq!(message, "bias has no vectors of people to save. Save its recommendations");
    let (header, rows) = rows(&export::recommendations_csv(&trained).unwrap());
    assert!(header.len() == 7 && rows.iter().all(|row| &row[6] == "false"));
}
