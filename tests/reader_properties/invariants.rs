//! What holds for every file, whatever it holds: nothing panics, and all that is read adds up. The fuzz target checks
//! the same.

use std::collections::HashSet;

use super::data::{
    ItemId, MAX_REJECTS, RatingsFile, ReadOptions, UserId, Vocabulary, WarningCode, overlap_report, preview,
    read_features, read_ratings, rejected_table,
};

/// Reads bytes as ratings and as features, and checks what comes of it. Says whether there were ratings.
pub fn check(bytes: &[u8], options: &ReadOptions) -> bool {
    check_features(bytes);
    let shown = preview("f", bytes, options);
    match read_ratings("f", bytes, options) {
        Ok(read) => {
            assert_eq!(shown.ok().as_ref(), Some(&read.report.preview), "the preview shows what is read");
            check_read(&read, bytes, options);
            true
        }
        Err(error) => {
            check_message(&error.to_string());
            false
        }
    }
}

fn check_read(read: &RatingsFile, bytes: &[u8], options: &ReadOptions) {
    let (domain, report) = (&read.domain, &read.report);
    assert!(!domain.ratings.is_empty());
    assert_eq!(
        domain.ratings.len() + report.duplicates + report.rejected_rows,
        report.rows,
        "each row is a rating, gave way to another, or is a reject"
    );
    if !is_packed(bytes) {
        check_lines(read, bytes);
    }
    assert_eq!(report.rejects.len(), report.rejected_rows.min(MAX_REJECTS));
    assert!(report.rejects.iter().all(|reject| is_one_line(&reject.reason)), "{:?}", report.rejects);
    assert!(report.warnings.iter().all(|warning| is_one_line(&warning.text)), "{:?}", report.warnings);
    let table = rejected_table("f", bytes, options).unwrap();
    assert_eq!(table.lines().count(), 1 + report.rejected_rows, "all rejects as a table");
    assert!(report.warnings.is_sorted_by_key(|warning| warning.code), "the costliest first");

    let scale = domain.scale;
    assert!(scale.lo < scale.hi);
    assert!(domain.ratings.iter().all(|rating| scale.contains(rating.value)));
    let mut pairs = HashSet::new();
    assert!(domain.ratings.iter().all(|rating| pairs.insert((rating.user, rating.item))));
    let users: HashSet<UserId> = pairs.iter().map(|pair| pair.0).collect();
    let items: HashSet<ItemId> = pairs.iter().map(|pair| pair.1).collect();
    assert_eq!(
        (users.len(), items.len()),
        (domain.users.len(), domain.items.len()),
        "nobody without a rating"
    );
    assert!(domain.users.ids().chain(domain.items.ids()).all(|id| !id.is_empty()));

    let preview = &report.preview;
    let roles = preview.roles;
    if options.roles.is_none() && !is_unfolded(read) {
        let columns = [Some(roles.user), Some(roles.item), Some(roles.rating), roles.time];
        let distinct: HashSet<usize> = columns.iter().flatten().copied().collect();
        assert_eq!(distinct.len(), columns.iter().flatten().count(), "{roles:?}");
        assert!(distinct.iter().all(|&column| column < preview.columns.len()), "{roles:?}");
    }
    assert!(options.roles.is_none_or(|declared| declared == roles));
    assert!(is_one_line(&report.understood), "{}", report.understood);
    assert!(options.counts.is_some() || options.scale.is_none_or(|declared| declared == scale));

    let report = overlap_report(domain, domain);
    assert_eq!((report.overlap_users, report.is_one_file), (domain.users.len(), true));
}

/// Rows and rejects against the lines of the file; a matrix has a row for each of its cells.
fn check_lines(read: &RatingsFile, bytes: &[u8]) {
    let report = &read.report;
    let (feeds, returns) = (count(bytes, b'\n'), count(bytes, b'\r'));
    // Line feeds end lines; in a text without one, carriage returns do.
    let lines = 1 + feeds.max(returns) as u64;
    let most = if is_unfolded(read) { bytes.len() } else { 1 + feeds + returns };
    assert!(report.rows <= most, "{} rows of {most}", report.rows);
    assert!(report.rejects.is_sorted_by_key(|reject| reject.line), "in the order of the file");
    assert!(report.rejects.iter().all(|reject| (1..=lines).contains(&reject.line)), "{:?}", report.rejects);
}

/// Whether the file was a matrix or blocks, whose rows are made.
fn is_unfolded(read: &RatingsFile) -> bool {
    read.report.warnings.iter().any(|warning| warning.code == WarningCode::Shape)
}

fn count(bytes: &[u8], byte: u8) -> usize {
    bytes.iter().filter(|&&other| other == byte).count()
}

/// Whether the bytes are an archive, whose lines are not those of its text.
fn is_packed(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 4] = [b"\x1f\x8b", b"PK", b"\x28\xb5\x2f\xfd", b"BZh"];
    marks.iter().any(|mark| bytes.starts_with(mark))
        // A program may stand before an archive.
        || bytes.windows(4).any(|bytes| bytes == b"PK\x05\x06")
}

/// A refusal is one line that names the file and says what to do.
fn check_message(message: &str) {
    assert!(is_one_line(message), "{message:?}");
    assert!(
        message.starts_with("f: ") || message.starts_with("f, line ") || message.starts_with("setting "),
        "{message:?}"
    );
}

fn is_one_line(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_control() && c != '\t')
}

fn check_features(bytes: &[u8]) {
    let ids: Vocabulary<ItemId> = ["1", "2", "3", "a", "u1", ""].into_iter().collect();
    let read = match read_features("f", bytes, &ids) {
        Ok(read) => read,
        Err(error) => return check_message(&error.to_string()),
    };
    let (features, report) = (&read.features, &read.report);
    let width = features.width() as u32;
    assert_eq!(features.rows(), ids.len());
    for row in 0..features.rows() as u32 {
        let (columns, values) = features.row(row);
        assert!(columns.is_sorted_by(|one, next| one < next) && columns.iter().all(|&column| column < width));
        assert!(values.iter().all(|value| value.is_finite() && *value != 0.0));
    }
    assert!((1..=ids.len()).contains(&report.matched));
    assert!(report.matched + report.rejected_rows <= report.rows);
    assert!(report.rejects.is_sorted_by_key(|reject| reject.line));
    assert_eq!(report.fields.iter().map(|field| field.width).sum::<usize>(), width as usize);
}
