//! Which numbers stand beside an axis: round ones, as many as there is room for.

use super::mapping::{Mapping, decades};
use super::number::{grouped, of_decade, power, shown};
use crate::figure::{Axis, Scale, Tick};

/// The most numbers beside an axis.
const MOST: usize = 8;

/// Round numbers within a range, at most so many and at least two where there are: multiples of 1, 2, 2.5 or 5 times a
/// power of ten.
fn round(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let least = (hi - lo) / most.max(1) as f64;
    let exponent = libm::floor(libm::log10(least)) as i32;
    let size = power(exponent);
    let (factor, finer) = [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0)]
        .into_iter()
        .find(|(factor, _)| factor * size >= least * (1.0 - 1e-9))
        .unwrap_or((10.0, -1));
    let step = factor * size;
    let digits = usize::try_from(finer - exponent).unwrap_or(0);
    let first = libm::ceil(lo / step - 1e-9);
    let last = libm::floor(hi / step + 1e-9);
    let count = (last - first) as usize;
    // Long numbers, by their powers of ten.
    let is_long = lo.abs().max(hi.abs()) >= 1e7 || digits > 5;
    let text = |at: f64| if is_long { shown(at) } else { grouped(at, digits) };
    // Beyond 2⁵³ neighbours are the same number, and no step leads on.
    (0..=count.min(most + 1))
        .map(|n| (first + n as f64) * step)
        .map(|at| Tick { at, text: text(at) })
        .collect()
}

/// Every so manieth of some.
fn thinned(ticks: &[Tick], every: usize) -> Vec<Tick> {
    ticks.iter().step_by(every).cloned().collect()
}

/// The first of the candidates that has room, or the last.
fn first_that(fits: &impl Fn(&[Tick]) -> bool, candidates: impl Iterator<Item = Vec<Tick>>) -> Vec<Tick> {
    let mut last = Vec::new();
    for candidate in candidates {
        if fits(&candidate) {
            return candidate;
        }
        last = candidate;
    }
    last
}

/// The numbers beside an axis. `fits` says whether texts have room beside each other; `is_binary` whether all numbers on the
/// axis are powers of two, which it then shows.
pub(super) fn ticks(
    axis: &Axis,
    mapping: &Mapping,
    is_binary: bool,
    fits: impl Fn(&[Tick]) -> bool,
) -> Vec<Tick> {
    if !axis.ticks.is_empty() {
        return without_overlaps(&axis.ticks, fits);
    }
    if let Scale::Category { names } = &axis.scale {
        return names.iter().enumerate().map(|(n, name)| Tick { at: n as f64, text: name.clone() }).collect();
    }
    match *mapping {
        Mapping::Linear { lo, hi } => first_that(&fits, (1..=MOST).rev().map(|most| round(lo, hi, most))),
        Mapping::Logarithmic { lo, hi, has_zero } => {
            let zero = has_zero.then(|| Tick { at: 0.0, text: "0".into() });
            let with_zero = |ticks: Vec<Tick>| zero.iter().cloned().chain(ticks).collect::<Vec<_>>();
            let positive = if is_binary { binary(lo, hi) } else { ratios(lo, hi) };
            first_that(&fits, positive.into_iter().map(with_zero))
        }
        Mapping::Category { .. } => Vec::new(),
    }
}

/// Powers of two: all, every second and so on.
fn binary(lo: f64, hi: f64) -> Vec<Vec<Tick>> {
    let two = libm::log10(2.0);
    let exponents = libm::ceil(lo / two - 1e-9) as i32..=libm::floor(hi / two + 1e-9) as i32;
    let all: Vec<Tick> = exponents
        .map(|exponent| libm::exp2(f64::from(exponent)))
        .map(|at| Tick { at, text: of_decade(at) })
        .collect();
    (1..=all.len().max(1)).map(|every| thinned(&all, every)).collect()
}

/// 1, 2, 5 of each decade where there are few, powers of ten, every second power of ten and so on; round numbers where the
/// range lies within one.
fn ratios(lo: f64, hi: f64) -> Vec<Vec<Tick>> {
    let tick = |at: f64| Tick { at, text: of_decade(at) };
    let tens: Vec<Tick> = decades(lo, hi).map(|(_, at)| tick(at)).collect();
    let inside = |at: &f64| (lo..=hi).contains(&libm::log10(*at));
    let fine: Vec<Tick> = decades(lo - 1.0, hi)
        .flat_map(|(_, at)| [1.0, 2.0, 5.0].map(|factor| at * factor))
        .filter(inside)
        .map(tick)
        .collect();
    let mut candidates = Vec::new();
    if hi - lo <= 2.2 && fine.len() >= 3 {
        candidates.push(fine.clone());
    }
    if tens.len() >= 2 {
        candidates.extend((1..tens.len()).map(|every| thinned(&tens, every)));
        return candidates;
    }
    if fine.len() >= 3 {
        candidates.extend((2..fine.len()).map(|every| thinned(&fine, every)));
        return candidates;
    }
    let (lo, hi) = (libm::pow(10.0, lo), libm::pow(10.0, hi));
    candidates.extend(
        (1..=MOST)
            .rev()
            .map(|most| round(lo, hi, most))
            .filter(|ticks| ticks.iter().all(|tick| tick.at > 0.0)),
    );
    if !fine.is_empty() {
        candidates.extend((1..=fine.len()).map(|every| thinned(&fine, every)));
    }
    candidates
}

/// The marked places; those that would overlap the first, the last or one before lose their text.
fn without_overlaps(ticks: &[Tick], fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let mut order: Vec<usize> = (0..ticks.len()).collect();
    // The last is often "all", which has to be read.
    order.sort_by_key(|&n| {
        if n == 0 {
            0
        } else if n + 1 == ticks.len() {
            1
        } else {
            n + 1
        }
    });
    let mut kept: Vec<usize> = Vec::new();
    for n in order {
        let mut with: Vec<usize> = kept.iter().copied().chain([n]).collect();
        with.sort_by(|&a, &b| ticks[a].at.total_cmp(&ticks[b].at));
        let texts: Vec<Tick> = with.iter().map(|&n| ticks[n].clone()).collect();
        if fits(&texts) {
            kept.push(n);
        }
    }
    let text = |n: usize, tick: &Tick| if kept.contains(&n) { tick.text.clone() } else { String::new() };
    ticks.iter().enumerate().map(|(n, tick)| Tick { at: tick.at, text: text(n, tick) }).collect()
}

/// The small marks between powers of ten: 2 to 9 times each, where there are no more than five of them.
pub(super) fn between(mapping: &Mapping, is_binary: bool) -> Vec<f64> {
    match *mapping {
        Mapping::Logarithmic { lo, hi, .. } if hi - lo <= 5.0 && !is_binary => decades(lo - 1.0, hi)
            .flat_map(|(_, at)| (2..10).map(move |factor| at * f64::from(factor)))
            .filter(|at| (lo..=hi).contains(&libm::log10(*at)))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.text.as_str()).collect()
    }

    #[test]
    fn round_numbers_by_hand() {
        assert_eq!(texts(&round(0.0, 1.0, 5)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(&round(0.871, 0.934, 4)), ["0.88", "0.90", "0.92"]);
        assert_eq!(texts(&round(0.0, 1.0, 4)), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
        assert_eq!(texts(&round(-2.0, 95.0, 2)), ["0", "50"]);
        assert_eq!(texts(&round(-3.1e6, 3.1e6, 3)), ["−2,500,000", "0", "2,500,000"]);
        assert_eq!(texts(&round(0.0, 2e9, 2)), ["0", "10⁹", "2·10⁹"]);
        assert!(round(1e17, 1e17 + 32.0, 8).len() <= 10);
    }

    #[test]
    fn as_many_as_there_is_room_for() {
        let mapping = Mapping::Linear { lo: 0.0, hi: 1.0 };
        let few = ticks(&Axis::linear("x"), &mapping, false, |ticks| ticks.len() <= 3);
        assert_eq!(texts(&few), ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn ratios_by_hand() {
        let axis = Axis::logarithmic("x");
        let all = |_: &[Tick]| true;
        let log = |lo, hi, has_zero| Mapping::Logarithmic { lo, hi, has_zero };
        // 1 to 1000: decades alone; 4 to 256 as dimensions are; 3 to 300 with 1, 2 and 5; 20 to 70 within a decade.
        assert_eq!(texts(&ticks(&axis, &log(-0.1, 3.1, false), false, all)), ["1", "10", "100", "1,000"]);
        assert_eq!(
            texts(&ticks(&axis, &log(0.5, 2.5, false), true, all)),
            ["4", "8", "16", "32", "64", "128", "256"]
        );
        assert_eq!(
            texts(&ticks(&axis, &log(0.48, 2.48, true), false, all)),
            ["0", "5", "10", "20", "50", "100", "200"]
        );
        assert_eq!(texts(&ticks(&axis, &log(1.3, 1.85, false), false, all))[..2], ["20", "30"]);
        assert_eq!(
            texts(&ticks(&axis, &log(2.0, 8.0, false), false, |ticks| ticks.len() < 5)),
            ["100", "10,000", "10⁶", "10⁸"]
        );
        let few = ticks(&axis, &log(2.1, 3.6, false), false, |ticks| ticks.len() < 3);
        assert_eq!(texts(&few), ["200", "1,000"], "200, 500, 1,000 and 2,000 have no room");
        assert_eq!(between(&log(0.0, 1.0, false), false), [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    }

    #[test]
    fn a_marked_place_in_the_way_of_the_last_one_loses_its_text() {
        let axis = Axis::linear("x").tick(0.0, "none").tick(9.0, "nine").tick(10.0, "all");
        let apart = |ticks: &[Tick]| ticks.windows(2).all(|two| two[1].at - two[0].at > 2.0);
        let kept = ticks(&axis, &Mapping::Linear { lo: 0.0, hi: 10.0 }, false, apart);
        assert_eq!(texts(&kept), ["none", "", "all"]);
    }
}
