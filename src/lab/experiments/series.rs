//! Two layouts that most experiments have: models as lines along the points, and models beside each other at one point.

use super::drawing::{beside_mean, called, lines, rmse, spread, table, title};
use super::sheet::{Contestant, Sheet, corrected};
use super::{Contrast, Place};
use crate::baselines;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, Role, Series};
use crate::lab::contest::{Form, Point};
use crate::lab::ledger::Group;

/// A figure whose axis has the points of the experiment.
pub(super) struct ByPoint<'l> {
    /// What its files are called; that of newcomers has `-newcomers` behind it.
    pub(super) name: &'l str,
    /// `Error of … by` what.
    pub(super) by: &'l str,
    /// The column of the table that has the place.
    pub(super) column: &'l str,
    /// The axis for these points.
    pub(super) axis: &'l dyn Fn(&[&Point]) -> Axis,
    /// What the models are given of the links.
    pub(super) forms: &'l [Form],
    /// The point with which all others are compared.
    pub(super) reference: &'l str,
}

/// Figures, numbers, and comparisons that are corrected together.
pub(super) type Found = (Vec<Figure>, Vec<Place>, Vec<Contrast>);

/// An axis with the points' names as categories.
pub(super) fn names(label: &str, points: &[&Point]) -> Axis {
    Axis::category(label, points.iter().map(|point| point.name.clone()))
}

impl ByPoint<'_> {
    /// What results show in this layout: a panel a domain, everybody and newcomers apart, and every model's change from the
    /// reference to the other points, on the same rows.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not.
    pub(super) fn of(&self, sheet: &Sheet) -> Result<Found> {
        let models = sheet.models();
        let points = sheet.manifest.points();
        let own = |model| self.forms.iter().map(move |&form| (model, form));
        let contestants: Vec<Contestant> =
            models.iter().copied().flat_map(own).chain(Sheet::baselines()).collect();
        let (mut figures, mut all, mut contrasts) = (Vec::new(), Vec::new(), Vec::new());
        let reference = points.iter().copied().find(|point| point.name == self.reference);
        for (group, who, end) in [(Group::All, "everybody", ""), (Group::Cold, "newcomers", "-newcomers")] {
            let (mut panels, mut places) = (Vec::new(), Vec::new());
            for (d, domain) in sheet.domains().iter().enumerate() {
                let mut own = Vec::new();
                for point in &points {
                    own.extend(sheet.places(d, group, point, &contestants)?);
                }
                if !own.is_empty() {
                    let group = if group == Group::Cold { "cold" } else { "all" };
                    let own: Vec<&Place> = own.iter().collect();
                    panels.push(lines(&title(domain, group), (self.axis)(&points), &own));
                }
                places.extend(own);
                let Some(from) = reference else { continue };
                for &model in &models {
                    for to in points.iter().copied().filter(|point| point.name != from.name) {
                        let side = |point| (point, (model, Form::Linked));
                        contrasts.extend(sheet.contrast(d, group, side(from), side(to)));
                    }
                }
            }
            if !panels.is_empty() {
                let own_table = Some(table(self.column, &places.iter().collect::<Vec<_>>()));
                let heading = format!("Error of {who} by {}", self.by);
                let figure = Figure::new(&format!("{}{end}", self.name), &heading);
                figures.push(Figure { panels, own_table, ..figure });
            }
            all.extend(places);
        }
        Ok((figures, all, corrected(contrasts)))
    }
}

/// Models beside each other at one point: marks for each form, the bias model as a level, one panel a domain and group.
///
/// # Errors
/// When results that should be of the same test rows are not.
pub(super) fn by_model(
    sheet: &Sheet,
    name: &str,
    heading: &str,
    groups: &[Group],
    forms: &[Form],
) -> Result<(Vec<Figure>, Vec<Place>)> {
    let models = sheet.models();
    let own = |model| forms.iter().map(move |&form| (model, form));
    let contestants: Vec<Contestant> =
        models.iter().copied().flat_map(own).chain(Sheet::baselines()).collect();
    let (mut panels, mut places) = (Vec::new(), Vec::new());
    for point in sheet.manifest.points() {
        for (d, domain) in sheet.domains().iter().enumerate() {
            for &group in groups {
                let own = sheet.places(d, group, point, &contestants)?;
                if let Some(first) = own.first() {
                    panels.push(panel(&title(domain, &first.group), &models, forms, &own));
                }
                places.extend(own);
            }
        }
    }
    let own_table = Some(table("Point", &places.iter().collect::<Vec<_>>()));
    let figure = Figure { panels, own_table, ..Figure::new(name, heading) };
    Ok((if places.is_empty() { Vec::new() } else { vec![figure] }, places))
}

fn panel(title: &str, models: &[&str], forms: &[Form], places: &[Place]) -> Panel {
    let of = |model: &str| places.iter().find(|place| place.model == model && place.form == Form::Linked);
    let title = beside_mean(title, of(baselines::MEAN.name).map(|mean| mean.rmse));
    let mut panel = Panel::new(&title, Axis::category("Model", models.iter().copied()), rmse());
    for &form in forms {
        let own: Vec<&Place> = places.iter().filter(|place| place.form == form).collect();
        let role = if form == Form::Linked { Role::Model } else { Role::Control };
        let name = called("with", form).replace("with, ", "");
        let name = if form == Form::Linked { "with links".into() } else { name };
        let x = |place: &Place| {
            models.iter().position(|model| *model == place.model).map_or(f64::NAN, |place| place as f64)
        };
        let series = spread(Series::points(&name, role), &own, x);
        if !series.points.is_empty() {
            panel = panel.with(series);
        }
    }
    match of(baselines::BIAS.name) {
        Some(bias) => panel.with(Series::level("bias", bias.rmse)),
        None => panel,
    }
}
