//! What was understood of a rating file, in one line for people: "3,000 ratings by 200 people of 60 books, 1 to 5 stars;
//! `id` is a row number and is left out".

use super::{
    Counts, Domain, IdForm, Preview, ScaleKind, Warning, WarningCode, names::says, warning::grouped,
};

/// Things that are rated and how several of them are called; others are items.
const THINGS: [(&str, &str); 24] = [
    ("album", "albums"),
    ("anime", "anime"),
    ("app", "apps"),
    ("artist", "artists"),
    ("beer", "beers"),
    ("book", "books"),
    ("business", "businesses"),
    ("course", "courses"),
    ("dish", "dishes"),
    ("film", "films"),
    ("game", "games"),
    ("hotel", "hotels"),
    ("isbn", "books"),
    ("joke", "jokes"),
    ("movie", "movies"),
    ("music", "pieces of music"),
    ("place", "places"),
    ("product", "products"),
    ("recipe", "recipes"),
    ("restaurant", "restaurants"),
    ("show", "shows"),
    ("song", "songs"),
    ("track", "tracks"),
    ("wine", "wines"),
];

/// The line; `rewritten` has the forms of the ids, how many of them changed, and how many people became one with
/// another.
pub(super) fn line(
    domain: &Domain,
    preview: &Preview,
    warnings: &[Warning],
    rewritten: Option<(&[IdForm], usize, usize)>,
    counts: Option<Counts>,
) -> String {
    let scale = preview.scale;
    let kind = match (counts, preview.scale_kind) {
        (Some(Counts::Log), _) => " (counts, taken as logarithms)",
        (Some(Counts::Ranks), _) => " (counts, taken as each person's ranks)",
        (None, ScaleKind::Observed) => ", their range",
        (None, _) if named(preview, preview.roles.rating).is_some_and(is_star) => " stars",
        (None, _) => "",
    };
    let mut line = format!(
        "{} by {} of {}, {} to {}{kind}",
        counted(domain.ratings.len(), "rating", "ratings"),
        counted(domain.users.len(), "person", "people"),
        items(domain.items.len(), preview),
        scale.lo,
        scale.hi,
    );
    if let Some((forms, changed, merged)) = rewritten {
        let forms: Vec<&str> = forms.iter().map(|form| form.name()).collect();
        line.push_str(&format!("; {} written anew ({})", counted(changed, "id", "ids"), forms.join(", ")));
        if merged > 0 {
            line.push_str(&format!(
                ", by which {} became one with another",
                counted(merged, "person", "people")
            ));
        }
    }
    for warning in warnings.iter().filter(|warning| warning.code == WarningCode::RowNumbers) {
        line.push_str("; ");
        line.push_str(&warning.text);
    }
    line
}

/// The header's name of a column.
fn named(preview: &Preview, column: usize) -> Option<&str> {
    preview.columns.get(column).filter(|_| preview.header).map(String::as_str)
}

fn is_star(name: &str) -> bool {
    name.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| word == "star" || word == "stars")
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// How many items, called as the header calls one of them.
fn items(n: usize, preview: &Preview) -> String {
    let thing = named(preview, preview.roles.item).map(|name| says(name, &preview.file).thing);
    let known = thing.and_then(|thing| THINGS.into_iter().find(|(one, _)| thing == *one));
    match known {
        Some((_, many)) if n != 1 => format!("{} {many}", grouped(n)),
        _ => counted(n, "item", "items"),
    }
}

#[cfg(test)]
mod tests {
    use crate::data::read::{Counts, IdForm, ReadOptions, read_ratings};

    fn understood(text: &str, options: &ReadOptions) -> String {
        read_ratings("f.csv", text.as_bytes(), options).unwrap().report.understood
    }

    #[test]
    fn the_line_says_how_many_rated_what_on_which_scale() {
        let as_is = ReadOptions::default();
        assert_eq!(
            understood("user_id,book_id,stars\nu,b,1\nu,c,5\nv,b,4\n", &as_is),
            "3 ratings by 2 people of 2 books, 1 to 5 stars"
        );
        assert_eq!(understood("u,i,4\n", &as_is), "1 rating by 1 person of 1 item, 1 to 5");
        assert_eq!(
            understood("u,i,4\nu,j,400\n", &as_is),
            "2 ratings by 1 person of 2 items, 4 to 400, their range"
        );
        let counts = ReadOptions { counts: Some(Counts::Ranks), ..ReadOptions::default() };
        assert_eq!(
            understood("user,track,plays\nu,i,4\nu,j,400\n", &counts),
            "2 ratings by 1 person of 2 tracks, 4 to 400 (counts, taken as each person's ranks)"
        );
        let ids = ReadOptions { ids: Some(vec![IdForm::Lower]), ..ReadOptions::default() };
        assert_eq!(
            understood("Ann,i,4\nann,j,5\nBob,i,3\n", &ids),
            "3 ratings by 2 people of 2 items, 1 to 5; 2 ids written anew (lower), by which 1 person became one with another"
        );
    }

    #[test]
    fn a_row_number_that_is_left_out_is_told() {
        let mut text = String::from("id,user,item,rating\n");
        for row in 0..40 {
            text.push_str(&format!("{row},u{},i{},{}\n", row % 8, row % 5, 1 + row % 5));
        }
        let line = understood(&text, &ReadOptions::default());
        assert!(line.ends_with("1 to 5; `id` is a row number and is left out"), "{line}");
    }
}
