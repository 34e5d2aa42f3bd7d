//! Which column is the user, the item, the rating and the time. Names and contents are judged together and for all
//! columns at once: each assignment of columns to roles has points, and the best is taken. Files of the same shop
//! differ in the order of their columns, and swapped or wrong columns are no error that a model would report.

mod assignment;
mod columns;
mod header;
mod refusal;

use serde::{Deserialize, Serialize};

use super::{Cure, Warning, profile::Sample};
use columns::Judge;
pub(super) use header::has_header;

/// Column numbers of a rating table, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Roles {
    /// Column of the user ids.
    pub user: usize,
    /// Column of the item ids.
    pub item: usize,
    /// Column of the ratings.
    pub rating: usize,
    /// Column of the times, where there is one; the latest of two ratings of a pair is then kept.
    #[serde(default)]
    pub time: Option<usize>,
}

/// Points that a name must have for a role to be trusted whatever the contents are.
const NAMED: f64 = 4.0;

/// Rows from which on the distribution of a column says something.
const ENOUGH: usize = 20;

/// Why the roles are not known, with those that they could be.
#[derive(Debug)]
pub(super) struct Doubt {
    pub what: String,
    /// What to do where it is something else than to say which column is what.
    pub remedy: Option<&'static str>,
    /// The likeliest first; none where a column is missing.
    pub choices: Vec<Cure>,
}

impl<T: Into<String>> From<T> for Doubt {
    fn from(what: T) -> Self {
        Self { what: what.into(), remedy: None, choices: Vec::new() }
    }
}

impl Doubt {
    fn with_remedy(what: impl Into<String>, remedy: &'static str) -> Self {
        Self { what: what.into(), remedy: Some(remedy), choices: Vec::new() }
    }
}

/// The roles of the columns of a table (whose rows come without the header) with what should be said of them, or what
/// is missing. `file` is the file's name; the column that `splits` it, if one does, is none of them.
pub(super) fn recognise(
    names: Option<&[String]>,
    sample: &Sample,
    columns: usize,
    file: &str,
    splits: Option<usize>,
) -> Result<(Roles, Vec<Warning>), Doubt> {
    Judge::new(names, sample, columns, file, splits).judge()
}

#[cfg(test)]
mod tests {
    use super::{Roles, Sample, has_header, recognise};

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split(',').map(String::from).collect()).collect()
    }

    /// User, item, rating and time columns of a table with or without a header.
    fn roles(lines: &[&str]) -> Option<[usize; 4]> {
        let mut rows = rows(lines);
        let names = has_header(&rows).then(|| rows.remove(0));
        let columns = rows.first().map_or(0, Vec::len);
        let Roles { user, item, rating, time } =
            recognise(names.as_deref(), &Sample { runs: &[rows] }, columns, "f.csv", None).ok()?.0;
        Some([user, item, rating, time.unwrap_or(99)])
    }

    #[test]
    fn columns_are_found_by_name_or_by_content() {
        let cases: [(&[&str], [usize; 4]); 9] = [
            (&["196,242,3,881250949", "186,302,3,891717742"], [0, 1, 2, 3]),
            (&["1,1630,4", "1,1181,4"], [0, 1, 2, 99]),
            (&["4.5,u1,i1", "3.0,u2,i2"], [1, 2, 0, 99]),
            (&["u1,i1,881250949,4", "u2,i2,891717742,5"], [0, 1, 3, 2]),
            (&["Book-Rating,ISBN,User-ID", "5,034545104X,276725"], [2, 1, 0, 99]),
            (&["review_id,stars,business_id,user_id", "9,5,7,8"], [3, 2, 1, 99]),
            (&["douban_user_id,music_id,my_rating,comment", "1,2,5,x"], [0, 1, 2, 99]),
            (&["who,what,how much", "1,2,5", "1,3,4"], [0, 1, 2, 99]),
            (&["asin,parent_asin,rating,user_id", "B0,B1,5,A"], [3, 1, 2, 99]),
        ];
        for (lines, expected) in cases {
            assert_eq!(roles(lines), Some(expected), "{lines:?}");
        }
        assert_eq!(roles(&["a,b,c", "d,e,f"]), None);
        assert_eq!(roles(&["rating", "5"]), None);
    }
}
