//! The wrong columns: row numbers, names beside ids, counts, other orders and languages, and tables of other shapes.

use dual_metric::data::WarningCode;

use super::made::{
    ALL, ITEMS, PEOPLE, RATINGS, Row, assert_whole, codes, counts, file, read, refusal, rows, scale, text,
};

#[test]
fn a_clean_file_is_read_whole() {
    let a = read(
        "a.csv",
        file('a', "user,item,rating\n", |row| format!("{},b{},{}", row.user, row.item, row.stars())),
    );
    assert_whole(&a);
    assert_eq!(codes(&a), []);
}

#[test]
fn a_header_one_name_short_means_row_names() {
    let header = "\"user\",\"item\",\"rating\"\n";
    let a = read(
        "a.csv",
        file('a', header, |row| {
            format!("\"{}\",{},{},{}", row.number, row.user, 200 + row.item, row.stars())
        }),
    );
    assert_whole(&a);
    assert_eq!(text(&a, WarningCode::RowNumbers), "column 1 is a row number and is left out");
}

#[test]
fn a_running_count_without_a_header_is_no_user() {
    let a = read(
        "a.csv",
        file('a', "", |row| format!("{},{},b{},{}", row.number - 1, row.user, row.item, row.stars())),
    );
    assert_whole(&a);
    assert_eq!(codes(&a), [WarningCode::RowNumbers]);
}

#[test]
fn the_index_of_a_data_frame_under_a_header_is_no_user() {
    let header = ",User_id,Item_id,Score\n";
    let a = read(
        "a.csv",
        file('a', header, |row| format!("{},{},b{},{}", row.number - 1, row.user, row.item, row.stars())),
    );
    assert_whole(&a);
    assert_eq!(codes(&a), [WarningCode::RowNumbers]);
}

#[test]
fn the_score_among_nine_other_numbers_of_a_list_is_the_rating() {
    let header = "username,anime_id,my_watched_episodes,my_start_date,my_finish_date,my_score,my_status,my_rewatching,\
                  my_rewatching_ep,my_last_updated,my_tags\n";
    let a = file('a', header, |row| {
        let (score, time) = (row.rating(1.0, 10.0, 1.0), row.time());
        format!(
            "p{},{},{},0000-00-00,0000-00-00,{score},{},{},0,{time},",
            row.user,
            row.item,
            row.chance(26),
            1 + row.chance(4),
            usize::from(row.chance(50) == 0)
        )
    });
    let a = read("animelists.csv", a);
    assert_eq!((counts(&a), scale(&a)), (ALL, (1.0, 10.0)));
    assert_eq!((a.report.preview.roles.rating, codes(&a)), (5, vec![]));
}

/// A row for each person, a column for each item, `nothing` where there is no rating.
fn matrix(
    header: &str,
    first: fn(usize, usize) -> String,
    nothing: &str,
    write: fn(&Row) -> String,
) -> String {
    let mut cells = vec![vec![nothing.to_owned(); ITEMS]; PEOPLE];
    for row in rows('a') {
        cells[row.user - 1000][row.item - 1] = write(&row);
    }
    let line = |(user, cells): (usize, Vec<String>)| {
        let rated = cells.iter().filter(|cell| *cell != nothing).count();
        format!("{},{}\n", first(user + 1000, rated), cells.join(","))
    };
    header.to_owned() + &cells.into_iter().enumerate().map(line).collect::<String>()
}

#[test]
fn a_matrix_in_which_99_is_nothing_and_nobody_has_an_id_is_refused_by_its_name() {
    let jokes =
        matrix("", |_, rated| rated.to_string(), "99", |row| format!("{:.2}", row.rating(-10.0, 10.0, 0.01)));
    let message = refusal("a.csv", jokes);
    assert!(message.contains("a matrix of people and items, with one column an item"), "{message}");
    assert!(message.contains("but no column says who the people are"), "{message}");
}

#[test]
fn a_matrix_under_the_titles_of_its_items_is_read_as_its_ratings() {
    let titles: Vec<String> = (1..=ITEMS).map(|item| format!("Title b{item}")).collect();
    let header = format!("user_id,{}\n", titles.join(","));
    let a = read("a.csv", matrix(&header, |user, _| user.to_string(), "", |row| row.stars().to_string()));
    assert_whole(&a);
    assert_eq!(codes(&a), [WarningCode::Shape]);
    let sum: usize = rows('a').iter().map(Row::stars).sum();
    assert_eq!(a.domain.ratings.iter().map(|rating| rating.value).sum::<f32>() as usize, sum);
}

#[test]
fn blocks_under_the_ids_of_their_items_are_read() {
    let blocks = (1..=ITEMS).map(|item| {
        let of_item = rows('a').into_iter().filter(|row| row.item == item);
        let lines = of_item.map(|row| {
            format!("{},{},2005-0{}-1{}\n", row.user, row.stars(), 1 + row.chance(9), row.chance(10))
        });
        format!("{item}:\n{}", lines.collect::<String>())
    });
    let a = read("a.txt", blocks.collect::<String>());
    assert_whole(&a);
    assert_eq!(text(&a, WarningCode::Shape), "60 blocks were read, each under the line of its item");
}

#[test]
fn the_overall_rating_of_a_thing_by_its_id_comes_before_its_aroma_and_its_maker() {
    let header = "brewery_id,brewery_name,review_time,review_overall,review_aroma,review_appearance,review_profilename,\
                  beer_style,review_palate,review_taste,beer_name,beer_abv,beer_beerid\n";
    let a = file('a', header, |row| {
        let part = |of: usize| row.stars() as f64 + (row.chance(of) % 3) as f64 / 2.0 - 0.5;
        let (brewer, id) = (row.item % 15, 5000 + row.item);
        format!(
            "{brewer},Brewer {brewer},{},{}.0,{:.1},{:.1},{},Style {},{:.1},{:.1},Beer {},{}.5,{id}",
            row.time(),
            row.stars(),
            part(7),
            part(11),
            row.user,
            row.item % 6,
            part(13),
            part(17),
            row.item,
            3 + row.item % 7,
        )
    });
    let a = read("a.csv", a);
    assert_whole(&a);
    let roles = a.report.preview.roles;
    assert_eq!((roles.user, roles.rating, roles.time), (6, 3, Some(2)));
    assert!([10, 12].contains(&roles.item), "{roles:?}");
}

/// People, artists of whom a quarter has no id, and plays from 1 to about 9,600.
fn plays(header: &str) -> String {
    file('a', header, |row| {
        let id = if row.number % 4 == 0 { String::new() } else { format!("{:08x}-aaaa", row.item) };
        let plays = 1 + row.chance(9) * row.chance(101) * row.chance(13);
        format!("{:040x}\t{id}\tband no {}\t{plays}", row.user, row.item)
    })
}

#[test]
fn plays_of_artists_of_whom_some_have_no_id_are_told_to_be_counts_or_refused() {
    for header in ["", "user\tartist_id\tartist_name\tplays\n"] {
        match dual_metric::data::read_ratings("a.tsv", plays(header).as_bytes(), &Default::default()) {
            Err(error) => assert!(error.to_string().contains("Say which column holds"), "{error}"),
            Ok(a) => {
                assert!(text(&a, WarningCode::Counts).contains("as counts do (plays, clicks, hours)"));
                // The names are in all rows, the ids are not.
                match a.report.preview.roles.item {
                    2 => assert_eq!(counts(&a), ALL),
                    _ => {
                        assert!(text(&a, WarningCode::RowsLeftOut).starts_with("750 of 3,000 rows left out"));
                    }
                }
            }
        }
    }
}

#[test]
fn user_item_and_time_without_a_rating_are_refused() {
    let a = file('a', "", |row| {
        format!("{}\t{}\t{}", row.user - 999, 100 + row.item, 880_000_000 + row.time() % 9_000_000)
    });
    let message = refusal("a.inter", a);
    assert!(message.contains("ratings"), "{message}");
    let headed = file('a', "user_id\titem_id\ttimestamp\n", |row| {
        format!("{}\t{}\t{}", row.user, row.item, row.time())
    });
    assert!(refusal("a.inter", headed).contains("no column looks like ratings"));
}

#[test]
fn the_key_of_a_database_is_a_row_number_and_the_thing_has_its_own_id() {
    let a = file('a', "id,user_id,created_at,restaurant_id,stars\n", |row| {
        let (month, day) = (1 + row.chance(9), 10 + row.chance(20));
        format!("{},{},2021-0{month}-{day} 10:21:00,{},{}", row.number, row.user, row.item, row.stars())
    });
    let a = read("a.csv", a);
    assert_whole(&a);
    assert_eq!(text(&a, WarningCode::RowNumbers), "`id` is a row number and is left out");
    assert_eq!((a.report.preview.roles.item, a.report.preview.roles.time), (3, Some(2)));
}

#[test]
fn lists_of_items_without_ratings_are_refused() {
    let lists = (0..PEOPLE).map(|person| {
        let items = rows('a')
            .into_iter()
            .filter(|row| row.user == 1000 + person)
            .map(|row| format!(" {}", row.item - 1));
        format!("{person}{}\n", items.collect::<String>())
    });
    let message = refusal("a.txt", lists.collect::<String>());
    assert!(message.contains("a person with all their items, without ratings"), "{message}");
    assert_eq!(RATINGS / PEOPLE, 15);
}

#[test]
fn german_names_say_which_column_is_the_person_although_the_item_is_first() {
    let a =
        file('a', "Film;Nutzer;Bewertung\r\n", |row| format!("{};{};{}\r", row.item, row.user, row.stars()));
    let a = read("a.csv", a);
    assert_whole(&a);
    assert_eq!(codes(&a), []);
}

#[test]
fn ids_of_a_shop_say_which_column_is_the_person_although_the_item_is_first() {
    let person = |row: &Row| format!("A{:013}", row.user);
    let a =
        file('a', "", |row| format!("B00{:07},{},{}.0,{}", row.item, person(row), row.stars(), row.time()));
    let b = file('b', "", |row| {
        format!("{},B00{:07},{}.0,{}", person(row), 100 + row.item, row.stars(), row.time())
    });
    let (a, b) = (read("a.csv", a), read("b.csv", b));
    assert_eq!((counts(&a), counts(&b), scale(&a)), (ALL, ALL, (1.0, 5.0)));
    assert_eq!((a.report.preview.roles.user, b.report.preview.roles.user), (1, 0));
    assert_eq!(super::made::pair(&a, &b).overlap_users, PEOPLE);
    assert_eq!((codes(&a), codes(&b)), (vec![], vec![]));
}

#[test]
fn likes_beside_ratings_are_no_ratings() {
    let header = "user_id:token\titem_id:token\trating:float\ttimestamp:float\tlikes_num:float\n";
    let a = file('a', header, |row| {
        format!("{}\t{}\t{}\t{}\t{}", row.user, row.item, row.stars(), row.time(), row.chance(2500))
    });
    let a = read("a.inter", a);
    assert_whole(&a);
    assert_eq!(codes(&a), []);
}

#[test]
fn a_name_beside_an_id_is_the_same_thing() {
    for thing in ["restaurant", "hotel"] {
        let header = format!("user_id,user_name,{thing}_id,stars\n");
        let a = read(
            "a.csv",
            file('a', &header, |row| format!("{0},p{0},{1},{2}", row.user, row.item, row.stars())),
        );
        assert_whole(&a);
        assert_eq!((a.report.preview.roles.item, codes(&a)), (2, vec![]), "{thing}");
    }
}
