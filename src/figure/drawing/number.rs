//! Numbers beside an axis, and numbers in the drawing's own text.

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// A power of ten, the nearest number to it on every platform.
pub(super) fn power(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

/// A number with so many digits behind the point, commas between thousands and a true minus: `−1,250.5`.
pub(super) fn grouped(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('−');
    }
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push('.');
        out += rest;
    }
    out
}

/// A number in a sentence or a tooltip, with four digits that count: `0.8813`, `1,566`, `2.5·10⁻⁵`.
pub fn shown(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let (factor, exponent) = scientific(value);
    if !(-4..7).contains(&exponent) {
        return times_ten(factor, exponent);
    }
    let text = grouped(value, usize::try_from(3 - exponent).unwrap_or(0));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

/// A number of a logarithmic axis: whole powers of ten as such where they would be long.
pub(super) fn of_decade(value: f64) -> String {
    if (1e-3..1e5).contains(&value) {
        return shown(value);
    }
    let (factor, exponent) = scientific(value);
    times_ten(factor, exponent)
}

/// A factor from 1 to 10, to three digits behind the point, and the power of ten that it is times.
fn scientific(value: f64) -> (f64, i32) {
    let text = format!("{value:.3e}");
    let (factor, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (factor.parse().unwrap_or(1.0), exponent.parse().unwrap_or(0))
}

fn times_ten(factor: f64, exponent: i32) -> String {
    let mut out = match factor {
        1.0 => String::new(),
        _ => format!("{factor}·").replace('-', "−"),
    };
    out += "10";
    for digit in exponent.to_string().chars() {
        out.push(digit.to_digit(10).map_or('⁻', |digit| SUPERSCRIPTS[digit as usize]));
    }
    out
}

/// A coordinate: hundredths, without zeros at the end.
pub(super) fn coordinate(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_a_paper() {
        assert_eq!(
            [grouped(-1250.5, 1), grouped(1e6, 0), grouped(-0.001, 2), grouped(0.25, 2)],
            ["−1,250.5", "1,000,000", "0.00", "0.25"]
        );
        assert_eq!(
            [shown(0.88128), shown(1566.0), shown(2.5e-5), shown(0.5), shown(-3e20)],
            ["0.8813", "1,566", "2.5·10⁻⁵", "0.5", "−3·10²⁰"]
        );
        assert_eq!(
            [of_decade(1e5), of_decade(0.001), of_decade(1e-6), of_decade(2e6), of_decade(64.0)],
            ["10⁵", "0.001", "10⁻⁶", "2·10⁶", "64"]
        );
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(
            [coordinate(1.0), coordinate(0.125), coordinate(-0.001), coordinate(12.5)],
            ["1", "0.12", "0", "12.5"]
        );
    }
}
