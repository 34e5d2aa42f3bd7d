//! A model's predictions as a file, in the ids and on the scale of the rating file, so that another program can score them.

use super::super::{disarmed, finish, refused};
use crate::data::Domain;
use crate::error::Result;
use crate::lab::contest::Predictions;

/// The test rows of a domain with what was predicted: `user, item, truth, prediction`.
///
/// # Errors
/// When the table cannot be written.
pub fn predictions_csv(domain: &Domain, predictions: &Predictions) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["user", "item", "truth", "prediction"]).map_err(refused)?;
    let rows = &predictions.rows;
    for ((&user, &item), &predicted) in rows.users.iter().zip(&rows.items).zip(&predictions.predicted) {
        // The rating as it stands in the file: on the unit scale it would be rounded, or cut off at an end.
        let (items, values) = domain.ratings.row(user);
        let truth = items.iter().position(|&other| other == item).map(|place| values[place]);
        table
            .write_record([
                disarmed(domain.users.id(user)),
                disarmed(domain.items.id(item)),
                truth.map_or(String::new(), |truth| truth.to_string()),
                predictions.scale.from_unit(predicted).to_string(),
            ])
            .map_err(refused)?;
    }
    finish(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, Rating, UserId};
    use crate::split::Rows;

    #[test]
    fn ids_and_ratings_are_those_of_the_file() {
        let rows: Vec<Rating> = [(0, 1, 5.0), (0, 0, 2.0), (1, 1, 3.5)]
            .map(|(user, item, value)| Rating { user: UserId(user), item: ItemId(item), value })
            .into();
        let (users, items) = (["ann", "=bob"].iter().collect(), ["Dune", "Emma, 2"].iter().collect());
        let domain = Domain::of_stars("books", users, items, &rows);
        let rows = Rows {
            users: [0, 1].map(UserId).to_vec(),
            items: [1, 1].map(ItemId).to_vec(),
            targets: vec![1.0, 0.625],
        };
        let predictions = Predictions { rows, predicted: vec![0.75, 0.0], scale: domain.scale };
        let text = predictions_csv(&domain, &predictions).unwrap();
        assert_eq!(text, "user,item,truth,prediction\nann,\"Emma, 2\",5,4\n'=bob,\"Emma, 2\",3.5,1\n");
    }
}
