//! Asks for values and is told them: the design that fills the space first, then the most promising points.

use serde::{Deserialize, Serialize};

use super::effects::{Effect, effects};
use super::expected::most_promising;
use super::marginal::fitted;
use super::process::{Process, Seen};
use super::quasi::Sequence;
use super::space::{Point, Space};
use crate::rng::Generator;

/// Points that are searched around: the best so far.
const AROUND: usize = 3;

/// A point and what it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Try {
    /// Which.
    pub point: Point,
    /// Its value, lower is better; `None` where there was none, as of a training that came to no number.
    pub value: Option<f64>,
}

/// A search for the point of lowest value. It is a function of its seed and of what it was asked and told, so that one that
/// was read back goes on as it would have.
///
/// # Examples
/// ```
/// use dual_metric::lab::tune::{Parameter, Space, Tuner};
///
/// let space = Space::new(vec![Parameter::number("x", -2.0, 2.0, false)])?;
/// let mut tuner = Tuner::new(space, 1);
/// for _ in 0..12 {
///     let point = tuner.ask();
///     let value = (point.0[0] - 0.5).powi(2);
///     tuner.tell(&point, value);
/// }
/// let best = tuner.best().ok_or("no value")?;
/// assert!((best.point.0[0] - 0.5).abs() < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tuner {
    space: Space,
    #[cfg_attr(test, ts(type = "number"))]
    seed: u64,
    /// Points that come before the design.
    first: Vec<Point>,
    /// Points that were asked for, ever.
    asked: usize,
    /// Those of them without a value yet.
    pending: Vec<Point>,
    tries: Vec<Try>,
}

/// Values of mean 0 and variance 1 and the way back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub mean: f64,
    pub deviation: f64,
}

impl Tuner {
    /// A search in a space.
    pub fn new(space: Space, seed: u64) -> Self {
        Self { space, seed, first: Vec::new(), asked: 0, pending: Vec::new(), tries: Vec::new() }
    }

    /// The same with a point that is tried before all others, as the settings that one has.
    #[must_use]
    pub fn starting_at(mut self, point: Point) -> Self {
        self.first.push(point);
        self
    }

    /// A search that begins with the settings that one has, and of which some tries are known.
    pub(super) fn told(space: Space, seed: u64, first: Point, tries: impl Iterator<Item = Try>) -> Self {
        Self::new(space, seed).starting_at(first).beginning_at(tries)
    }

    /// The same search after these tries alone, as they came from its beginning.
    #[must_use]
    pub(super) fn beginning_at(&self, tries: impl Iterator<Item = Try>) -> Self {
        let tries: Vec<Try> = tries.collect();
        Self { asked: tries.len(), pending: Vec::new(), tries, ..self.clone() }
    }

    /// Its space.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// What was told, in its order.
    pub fn tries(&self) -> &[Try] {
        &self.tries
    }

    /// The try of the lowest value.
    pub fn best(&self) -> Option<&Try> {
        let valued = self.tries.iter().filter_map(|own| Some((own.value?, own)));
        valued.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, own)| own)
    }

    /// The lowest value after each try; nothing while there is none.
    pub fn best_so_far(&self) -> Vec<Option<f64>> {
        let lower = |best: &mut Option<f64>, own: &Try| {
            *best = match (*best, own.value) {
                (Some(best), Some(value)) => Some(best.min(value)),
                (best, value) => best.or(value),
            };
            Some(*best)
        };
        self.tries.iter().scan(None, lower).collect()
    }

    /// Points that fill the space before anything is concluded: three more than there are parameters, or all that there are.
    pub(super) fn design(&self) -> usize {
        (self.space.parameters().len() + 3).min(self.space.count().unwrap_or(usize::MAX))
    }

    /// The next point to be tried. It may be asked for several before it is told of one: those without a value are taken for
    /// what the process expects of them (Ginsbourger, Le Riche and Carraro, 2010). A point comes again where the whole space
    /// was tried.
    pub fn ask(&mut self) -> Point {
        let n = self.asked;
        self.asked += 1;
        let mut generator = Generator::new(self.seed, &format!("tune {n}"));
        let point = match self.first.get(n) {
            Some(point) => point.clone(),
            None => self.next(n - self.first.len(), &mut generator),
        };
        self.pending.push(point.clone());
        point
    }

    fn next(&self, n: usize, generator: &mut Generator) -> Point {
        let taken: Vec<Vec<f64>> = self.all().map(|point| self.space.units(point)).collect();
        let is_new = |place: &Vec<f64>| !taken.contains(place);
        if n >= self.design() {
            let promising = self.concluded(generator).and_then(|(process, best, around)| {
                most_promising(&self.space, &process, best, &around, &taken, generator)
            });
            if let Some(place) = promising {
                return self.space.at(&place);
            }
        }
        // The same start whatever `n` is, so that the design is one sequence.
        let sequence =
            Sequence::new(self.space.parameters().len(), &mut Generator::new(self.seed, "tune design"));
        let from = (0..64).map(|more| self.space.snapped(&sequence.point(n + more)));
        let place = from.clone().find(is_new).or_else(|| from.clone().next()).unwrap_or_default();
        self.space.at(&place)
    }

    fn all(&self) -> impl Iterator<Item = &Point> {
        self.tries.iter().map(|own| &own.point).chain(&self.pending)
    }

    /// What was seen, in units of its deviation; what gave no number counts as the worst that there was.
    pub(super) fn seen(&self) -> Option<(Seen, Unit)> {
        let known: Vec<f64> = self.tries.iter().filter_map(|own| own.value).collect();
        let worst = known.iter().copied().reduce(f64::max)?;
        let values: Vec<f64> = self.tries.iter().map(|own| own.value.unwrap_or(worst)).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let deviation =
            libm::sqrt(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n);
        let deviation = if deviation > 0.0 { deviation } else { 1.0 };
        let points = self.tries.iter().map(|own| self.space.units(&own.point)).collect();
        let values = values.iter().map(|value| (value - mean) / deviation).collect();
        Some((Seen { points, values }, Unit { mean, deviation }))
    }

    /// The process given all tries and, as it expects them, the pending ones; the lowest mean at a tried point; the best
    /// points.
    fn concluded(&self, generator: &mut Generator) -> Option<(Process<'_>, f64, Vec<Vec<f64>>)> {
        let (mut seen, _) = self.seen()?;
        let hyper = fitted(&self.space, &seen, generator);
        let mut process = Process::new(&self.space, &hyper, &seen)?;
        if !self.pending.is_empty() {
            for point in &self.pending {
                let place = self.space.units(point);
                seen.values.push(process.mean(&place));
                seen.points.push(place);
            }
            process = Process::new(&self.space, &hyper, &seen)?;
        }
        // Means, because the lowest value may be so by its noise.
        let mut means: Vec<(f64, Vec<f64>)> =
            seen.points.iter().map(|place| (process.mean(place), place.clone())).collect();
        means.sort_by(|one, other| one.0.total_cmp(&other.0));
        let best = means.first()?.0;
        Some((process, best, means.into_iter().take(AROUND).map(|(_, place)| place).collect()))
    }

    /// What a point gave, lower is better; what is not finite counts as the worst. Values are kept to ten digits, which a
    /// file holds exactly.
    pub fn tell(&mut self, point: &Point, value: f64) {
        if let Some(n) = self.pending.iter().position(|other| other == point) {
            self.pending.remove(n);
        }
        let value = value.is_finite().then(|| format!("{value:.9e}").parse().unwrap_or(value));
        self.tries.push(Try { point: point.clone(), value });
    }

    /// What mattered: a curve a parameter, with the share of the variance of the mean that it makes alone. `None` with fewer
    /// than three values.
    pub fn effects(&self) -> Option<Vec<Effect>> {
        if self.tries.iter().filter(|own| own.value.is_some()).count() < 3 {
            return None;
        }
        let (seen, unit) = self.seen()?;
        let mut generator = Generator::new(self.seed, "tune effects");
        let hyper = fitted(&self.space, &seen, &mut generator);
        let process = Process::new(&self.space, &hyper, &seen)?;
        Some(effects(&self.space, &process, unit, &mut generator))
    }
}
