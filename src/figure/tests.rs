//! Figures as values: what is kept, and the table behind them.

use super::{Axis, Cell, Figure, Panel, Role, Series};

fn overlap() -> Figure {
    let panel = |name: &str, shift: f64| {
        Panel::new(
            name,
            Axis::logarithmic("People in both").tick(64.0, "all"),
            Axis::linear("RMSE").unit("stars"),
        )
        .with(Series::line("dml", Role::Model).spread(0.0, 0.5 + shift, 0.25, 0.75).point(64.0, 0.25 + shift))
        .with(Series::line("dml, shuffled", Role::Control).control_of("dml").point(64.0, 0.5))
        .with(Series::level("bias model", 0.5))
    };
    Figure::new("overlap", "Error by people in both")
        .with(panel("books", 0.0))
        .with(panel("music", 1.0))
        .finding("It falls.")
}

#[test]
fn a_figure_is_the_same_after_a_journey_through_json() {
    let figure = overlap();
    let text = serde_json::to_string(&figure).unwrap();
    assert_eq!(serde_json::from_str::<Figure>(&text).unwrap(), figure);
    assert!(text.contains(r#""scale":{"kind":"logarithmic"}"#) && text.contains(r#""mark":"level""#));
    let named = Axis::category("Model", ["dml", "cmf"]);
    let text = serde_json::to_string(&named).unwrap();
    assert!(text.contains(r#"{"kind":"category","names":["dml","cmf"]}"#), "{text}");
    assert_eq!(serde_json::from_str::<Axis>(&text).unwrap(), named);
}

#[test]
fn the_table_has_every_point_once_with_its_panel_and_series() {
    let table = overlap().table();
    let heads: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(heads, ["Panel", "Series", "Role", "People in both", "RMSE (stars)", "Low", "High"]);
    assert_eq!(table.rows.len(), 8);
    let number = Cell::Number;
    assert_eq!(
        table.rows[0],
        ["books".into(), "dml".into(), "model".into(), number(0.0), number(0.5), number(0.25), number(0.75)]
    );
    assert_eq!(
        table.rows[7],
        [
            "music".into(),
            "bias model".into(),
            "baseline".into(),
            Cell::Nothing,
            number(0.5),
            Cell::Nothing,
            Cell::Nothing
        ]
    );
}

#[test]
fn places_on_an_axis_of_names_are_named_in_the_table() {
    let panel = Panel::new("", Axis::category("Model", ["dml", "cmf"]), Axis::linear("RMSE"))
        .with(Series::bars("all", Role::Model).point(1.0, 0.5).point(0.0, f64::NAN).point(2.0, 0.5));
    let rows = Figure::new("peers", "Peers").with(panel).table().rows;
    assert_eq!(rows[0][3], "cmf".into());
    assert_eq!(rows[1][3], Cell::Nothing, "there is no third name");
    assert_eq!(rows.len(), 2, "what is no number is no point");
}
