//! Times of ratings as numbers that grow, whatever the file writes them as.

use super::number::number;

/// Which of two numbers before the year is the day: `12/09/2021`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DayOrder {
    /// 12 September.
    #[default]
    DayFirst,
    /// 9 December.
    MonthFirst,
}

/// Whether a cell is a date with a year.
pub(super) fn is_date(cell: &str) -> bool {
    let Some([first, second, third]) = parts(cell) else { return false };
    let day = |text: &str| text.len() <= 2 && text.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    let year =
        |text: &str| text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1800..2200).contains(&year));
    (year(first) && day(second) && day(third)) || (day(first) && day(second) && year(third))
}

/// The three numbers that a cell starts with.
fn parts(cell: &str) -> Option<[&str; 3]> {
    let date = cell.split([' ', 'T', ',']).next()?;
    let mark = ['-', '.', '/'].into_iter().find(|&mark| date.contains(mark))?;
    let mut parts = date.split(mark);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.next().is_none() && three.iter().all(digits)).then_some(three)
}

/// The order of day and month in a column of dates: by a number above twelve, else the day first with points and
/// the month first with slashes.
pub(super) fn day_order<'c>(cells: impl Iterator<Item = &'c str>) -> DayOrder {
    let mut slashes = false;
    for cell in cells {
        if let Some([first, second, _]) = parts(cell).filter(|parts| parts[0].len() <= 2) {
            if first.parse::<u32>().is_ok_and(|first| first > 12) {
                return DayOrder::DayFirst;
            }
            if second.parse::<u32>().is_ok_and(|second| second > 12) {
                return DayOrder::MonthFirst;
            }
            slashes |= cell.contains('/');
        }
    }
    if slashes { DayOrder::MonthFirst } else { DayOrder::DayFirst }
}

/// A time as a number that grows: seconds since 1970 for Unix times in seconds or milliseconds and for dates such as
/// 2014-07-01, 2014-07-01T12:30 or 01.07.2014 (zones play no part), any other number as it stands.
pub(super) fn time(cell: &str, order: DayOrder) -> Option<f64> {
    if (1..=15).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        let value = cell.bytes().fold(0_u64, |value, byte| value * 10 + u64::from(byte - b'0')) as f64;
        return Some(if value > 1e11 { value / 1000.0 } else { value });
    }
    if let Some(value) = number(cell) {
        return Some(if value.abs() > 1e11 { value / 1000.0 } else { value })
            .filter(|value| value.is_finite());
    }
    if let Some([first, second, third]) = parts(cell) {
        let (year, month, day) = match order {
            _ if first.len() == 4 => (first, second, third),
            DayOrder::DayFirst => (third, second, first),
            DayOrder::MonthFirst => (third, first, second),
        };
        let rest = cell.get(first.len() + second.len() + third.len() + 2..).unwrap_or("");
        let mut clock: Vec<u32> =
            rest.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).take(3).collect();
        clock.resize(3, 0);
        if year.len() == 4 && month.len() <= 2 && day.len() <= 2 && clock.iter().all(|&part| part < 100) {
            let afternoon =
                u32::from(rest.trim_end().to_ascii_lowercase().ends_with("pm") && clock[0] < 12) * 12;
            let number = |text: &str| text.parse().ok();
            return Some(seconds(
                [number(year)?, number(month)?, number(day)?],
                [clock[0] + afternoon, clock[1], clock[2]],
            ));
        }
    }
    let year = cell.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    if year.is_some() {
        let digits: String = cell.chars().filter(char::is_ascii_digit).take(14).collect();
        let part = |from: usize, to: usize| digits.get(from..to.min(digits.len()))?.parse().ok();
        let or_none = |from| part(from, from + 2).unwrap_or(0);
        return Some(seconds([part(0, 4)?, or_none(4), or_none(6)], [8, 10, 12].map(or_none)));
    }
    in_words(cell)
}

/// How the months begin in English, two letters or more where fewer are not enough.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A date with the English name of its month or a comma before its year: `Fri, 04 Jul 2014 10:00:00 GMT`,
/// `Fri Jul 04 10:00:00 +0000 2014`, `July 4, 2014`, `04-Jul-14`, and `07 4, 2014` with the month first.
fn in_words(cell: &str) -> Option<f64> {
    let (mut numbers, mut clock, mut month) = (Vec::new(), None, None);
    for part in cell.split([' ', ',', '-', '/', '.']).filter(|part| !part.is_empty()) {
        if part.contains(':') {
            clock = clock.or(Some(part));
        } else if part.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers.push(part);
        } else if let Some(start) = part.get(..3) {
            let start = start.to_ascii_lowercase();
            month = month.or(MONTHS.iter().position(|name| *name == start).map(|place| place as u32 + 1));
        }
    }
    // A zone such as +0000 has a sign, and is no number here.
    let (day, month, year) = match (&numbers[..], month) {
        ([day, year], Some(month)) => (day.parse::<u32>().ok()?, month, *year),
        ([month, day, year], None) if cell.contains(',') => (day.parse().ok()?, month.parse().ok()?, *year),
        _ => return None,
    };
    let year = match (year.len(), year.parse::<u32>().ok()?) {
        (4, year) => year,
        // Two digits: of this century up to the middle of it.
        (2, year) => year + if year < 50 { 2000 } else { 1900 },
        _ => return None,
    };
    let mut times =
        clock.into_iter().flat_map(|clock| clock.split(':')).map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || times.next().unwrap_or(0).min(99);
    let (hour, minute, second) = (next(), next(), next());
    let is_date = (1..=31).contains(&day) && (1..=12).contains(&month) && year >= 1800;
    is_date.then(|| seconds([year, month, day], [hour, minute, second]))
}

/// Seconds from the start of 1970 to a date of the Gregorian calendar and a time of that day. A month or a day beyond its
/// last, which a slip can write, leads into the next; 0 is the first.
fn seconds([year, month, day]: [u32; 3], [hour, minute, second]: [u32; 3]) -> f64 {
    // Years from March, so that the day that some have more is their last.
    let months = i64::from(year) * 12 + i64::from(month.max(1)) - 3;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let before_month = (153 * month + 2) / 5;
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + before_month;
    // 1 March of the year 0 lies so many days before 1970.
    let days = days + i64::from(day.max(1)) - 1 - 719_468;
    (days * 86_400) as f64 + f64::from(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::{DayOrder, day_order, is_date, time};

    #[test]
    fn dates_of_all_orders_grow_with_time() {
        let day = |cell| time(cell, DayOrder::DayFirst);
        // Seconds as `date --utc -d 2021-06-03 +%s` gives them.
        assert_eq!(day("2021-06-03"), Some(1_622_678_400.0));
        assert_eq!((day("1970-01-01"), day("1969-12-31")), (Some(0.0), Some(-86_400.0)));
        assert_eq!((day("2000-02-29"), day("2000-03-01")), (Some(951_782_400.0), Some(951_868_800.0)));
        assert_eq!(day("2014-07"), day("2014-07-01"));
        assert_eq!(day("03.06.2021"), day("2021-06-03"));
        assert_eq!(day("3.6.2021 07:05"), Some(1_622_703_900.0));
        assert_eq!(time("6/3/2021 7:05:09 PM", DayOrder::MonthFirst), Some(1_622_747_109.0));
        assert_eq!(day("2014-07-01T12:30"), Some(1_404_217_800.0));
        assert_eq!((day("1400000000"), day("1400000000000")), (Some(1.4e9), Some(1.4e9)));
        assert_eq!((day("x"), day("")), (None, None));
        for cell in [
            "Fri, 04 Jul 2014 10:00:05 GMT",
            "Fri Jul 04 10:00:05 +0000 2014",
            "July 4, 2014 10:00:05",
            "04-Jul-14 10:00:05",
            "07 4, 2014, 10:00:05",
        ] {
            assert_eq!(day(cell), Some(1_404_468_005.0), "{cell}");
        }
        // Without the name of a month it is not known which number is the day.
        assert_eq!((day("04.07.14"), day("May be"), day("Mar 45, 2014")), (None, None, None));
    }

    #[test]
    fn the_column_says_whether_the_day_is_first() {
        assert_eq!(day_order(["01/02/2020", "13/02/2020"].into_iter()), DayOrder::DayFirst);
        assert_eq!(day_order(["01/02/2020", "01/13/2020"].into_iter()), DayOrder::MonthFirst);
        assert_eq!(day_order(["01.02.2020"].into_iter()), DayOrder::DayFirst);
        assert_eq!(day_order(["01/02/2020"].into_iter()), DayOrder::MonthFirst);
        assert!(
            is_date("12.09.2021") && is_date("2021-07-28 10:21:00") && !is_date("4.5") && !is_date("1.2.3")
        );
    }
}
