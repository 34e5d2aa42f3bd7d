//! What is drawn, read back from the document.

use roxmltree::{Document, Node};

use super::*;
use crate::figure::{Axis, Panel, Role, Series};

/// What stands out of a drawing at its worst: a name that is markup, and one that turns the direction of what follows.
const HOSTILE: &str = "</text><script>alert(\"1\")</script>&amp; ]]> \u{202e}x\u{0}";

/// Six models, two of them with long names, over a logarithmic axis with zero and "all", in so many panels.
fn overlap(panels: usize) -> Figure {
    let places = [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 1566.0];
    let names = ["dml", "averaged", "cmf", "emcdr with a linear map and a long name", "ncf"];
    let mut figure =
        Figure::new("overlap", "Test error by how many people in both are linked, and what is left of it");
    for n in 0..panels {
        let x = Axis::logarithmic("People in both used")
            .tick(0.0, "0")
            .tick(1.0, "1")
            .tick(1024.0, "1,024")
            .tick(1566.0, "all");
        let mut panel =
            Panel::new(&format!("domain {n} of a long name"), x, Axis::linear("RMSE").unit("stars"));
        for (m, name) in names.iter().enumerate() {
            let mut series = Series::line(name, Role::Model);
            for (p, &place) in places.iter().enumerate() {
                let value = 0.9 + 0.01 * m as f64 - 0.002 * ((p * (n + 2)) % 7) as f64;
                series = series.spread(place, value, value - 0.004, value + 0.004);
            }
            panel = panel.with(series);
        }
        let shuffled = Series::line("dml, shuffled", Role::Control)
            .control_of("dml")
            .point(0.0, 0.9)
            .point(1566.0, 0.91);
        figure = figure.with(panel.with(shuffled).with(Series::level("bias model", 0.92)));
    }
    figure.finding(
        "With all 1,566 people in both the error falls by 4.1 % from none, and shuffled links give nothing.",
    )
}

/// Bars of two series over twelve names in two panels.
fn times() -> Figure {
    let names =
        (0..12).map(|n| if n == 5 { "ncf on the joined ratings".into() } else { format!("model {n}") });
    let names: Vec<String> = names.collect();
    let panel = |title: &str| {
        let values = |factor: f64| (0..12).map(move |n| (f64::from(n), factor * f64::from((n * 5) % 7 + 1)));
        let bars = |series: Series, factor| {
            values(factor).fold(series, |series, (x, y)| series.spread(x, y, y * 0.9, y * 1.1))
        };
        Panel::new(title, Axis::category("Model", names.clone()), Axis::linear("Time").unit("s"))
            .with(bars(Series::bars("with", Role::Model), 1.0))
            .with(bars(Series::bars("without", Role::Control).control_of("with"), 0.7))
    };
    Figure::new("times", "What the models take").with(panel("book")).with(panel("music"))
}

/// Curves with bands over a hundred epochs on a logarithmic axis of values.
fn losses() -> Figure {
    let curve = |name: &str, slope: f64| {
        (0..100).fold(Series::curve(name, Role::Model), |series, epoch| {
            let value = 0.02 + libm::exp(-f64::from(epoch) * slope);
            series.spread(f64::from(epoch), value, value * 0.9, value * 1.1)
        })
    };
    let panel = |title: &str| {
        Panel::new(title, Axis::linear("Epoch"), Axis::logarithmic("Loss"))
            .with(curve("own", 0.1))
            .with(curve("map", 0.03))
    };
    Figure::new("losses", "Losses").with(panel("book")).with(panel("music"))
}

fn hostile() -> Figure {
    let panel =
        Panel::new(HOSTILE, Axis::category(HOSTILE, [HOSTILE, "b"]), Axis::linear(HOSTILE).unit(HOSTILE))
            .with(
                Series::points(HOSTILE, Role::Model)
                    .spread(0.0, 1e308, -1e308, f64::INFINITY)
                    .point(7.0, 1.0),
            )
            .with(
                Series::line(&"W".repeat(500), Role::Control)
                    .control_of("nothing")
                    .point(1.0, f64::NAN)
                    .point(1.0, 1e-300),
            );
    let mut odd = Panel::new("", Axis::logarithmic("x"), Axis::logarithmic("y")).with(
        Series::bars("bars", Role::Model).spread(-1.0, -1.0, -2.0, 0.0).spread(1e-300, 1e300, 0.0, 1e301),
    );
    // As from a file, past what builds series.
    odd.series[0].points[0].y = f64::NAN;
    Figure::new("hostile", HOSTILE).with(panel).with(odd).finding(HOSTILE)
}

fn all() -> Vec<Figure> {
    let nothing = Figure::new("nothing", "");
    let empty = nothing.clone().with(Panel::new("book", Axis::logarithmic("x"), Axis::category("y", ["a"])));
    vec![overlap(1), overlap(2), overlap(5), overlap(8), times(), losses(), hostile(), nothing, empty]
}

fn looks() -> [Look; 4] {
    [Look::column(), Look::wide().bare(), Look::page(880.0), Look::page(f64::NAN)]
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("{name} of {node:?}")).parse().unwrap()
}

fn elements<'d>(document: &'d Document<'_>, name: &'static str) -> impl Iterator<Item = Node<'d, 'd>> {
    document.descendants().filter(move |node| node.has_tag_name(("http://www.w3.org/2000/svg", name)))
}

/// A text's left, right, top and bottom as they are reckoned.
fn boxed(node: Node<'_, '_>) -> [f64; 4] {
    let size = number(node, "font-size");
    let bold = if node.attribute("font-weight").is_some() { text::BOLD } else { 1.0 };
    let width = text::width(node.text().unwrap_or_default()) * size * bold;
    let before = match node.attribute("text-anchor") {
        Some("middle") => width / 2.0,
        Some("end") => width,
        _ => 0.0,
    };
    match node.attribute("transform") {
        Some(turned) => {
            let inner = turned.strip_prefix("translate(").unwrap().split(')').next().unwrap();
            let (x, y) = inner.split_once(' ').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            [x - 0.75 * size, x + 0.2 * size, y - width + before, y + before]
        }
        None => {
            let (x, y) = (number(node, "x"), number(node, "y"));
            [x - before, x - before + width, y - 0.75 * size, y + 0.2 * size]
        }
    }
}

#[test]
fn every_drawing_is_well_formed_and_all_of_it_is_in_the_picture() {
    for figure in all() {
        for look in looks() {
            let svg = figure.svg(&look);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{}", figure.name);
            let document = Document::parse(&svg).unwrap();
            let root = document.root_element();
            let size: Vec<f64> =
                root.attribute("viewBox").unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
            let names = ["x", "x1", "x2", "cx", "y", "y1", "y2", "cy"];
            for node in document.descendants() {
                for attribute in node.attributes().filter(|attribute| names.contains(&attribute.name())) {
                    let most = if attribute.name().contains('x') { size[2] } else { size[3] };
                    let value: f64 = attribute.value().parse().unwrap();
                    assert!((0.0..=most).contains(&value), "{}: {attribute:?}", figure.name);
                }
            }
            for node in elements(&document, "text") {
                let [left, right, top, bottom] = boxed(node);
                let inside = left >= -0.1 && right <= size[2] + 0.1 && top >= 0.0 && bottom <= size[3];
                assert!(inside, "{}, {look:?}: {:?} {:?}", figure.name, node.text(), boxed(node));
            }
        }
    }
}

#[test]
fn no_text_lies_on_another() {
    for figure in all() {
        for look in looks() {
            let svg = figure.svg(&look);
            let document = Document::parse(&svg).unwrap();
            let texts: Vec<_> = elements(&document, "text")
                .map(|node| (node.text().unwrap_or_default(), boxed(node)))
                .collect();
            for (n, (text, [left, right, top, bottom])) in texts.iter().enumerate() {
                for (other, [l, r, t, b]) in &texts[..n] {
                    let apart = left >= r || l >= right || top >= b || t >= bottom;
                    assert!(apart, "{}: {text:?} and {other:?} at {look:?}", figure.name);
                }
            }
        }
    }
}

#[test]
fn texts_can_be_read_at_the_width_of_a_column() {
    let svg = overlap(2).svg(&Look::column());
    let document = Document::parse(&svg).unwrap();
    assert!(document.root_element().attribute("width").unwrap().ends_with("pt"));
    assert!((svg_width(&document) - 8.5 / 2.54 * 72.0).abs() < 0.01);
    assert!(elements(&document, "text").all(|node| number(node, "font-size") >= 7.0));
}

fn svg_width(document: &Document<'_>) -> f64 {
    document.root_element().attribute("viewBox").unwrap().split(' ').nth(2).unwrap().parse().unwrap()
}

/// The place of a named value on the axis of values, by the line of the grid at the height of its text.
fn height_of(document: &Document<'_>, text: &str, size: f64) -> f64 {
    let node = elements(document, "text").find(|node| node.text() == Some(text)).unwrap();
    number(node, "y") - 0.36 * size
}

#[test]
fn marks_and_error_bars_stand_where_the_axis_says() {
    let look = Look::column();
    let panel = Panel::new("", Axis::linear("x"), Axis::linear("y"))
        .with(Series::line("m", Role::Model).spread(1.0, 25.0, 10.0, 40.0).point(3.0, 50.0).point(5.0, 0.0));
    let svg = Figure::new("f", "f").with(panel).svg(&look);
    let document = Document::parse(&svg).unwrap();
    let [zero, fifty] = ["0", "50"].map(|text| height_of(&document, text, 7.0));
    let at = |value: f64| zero + (fifty - zero) * value / 50.0;
    let circles: Vec<Node<'_, '_>> = elements(&document, "circle").collect();
    assert_eq!(circles.len(), 3);
    for (circle, value) in circles.iter().zip([25.0, 50.0, 0.0]) {
        assert!((number(*circle, "cy") - at(value)).abs() < 0.02);
    }
    let x: Vec<f64> = circles.iter().map(|circle| number(*circle, "cx")).collect();
    assert!((x[1] - (x[0] + x[2]) / 2.0).abs() < 0.02, "3 lies between 1 and 5");
    // The first group has the error bar and its two caps before the mark.
    let lines: Vec<Node<'_, '_>> =
        circles[0].parent().unwrap().children().filter(|node| node.has_tag_name("line")).collect();
    let ends = [number(lines[0], "y1"), number(lines[0], "y2")];
    assert!((ends[0] - at(10.0)).abs() < 0.02 && (ends[1] - at(40.0)).abs() < 0.02, "{ends:?}");
    assert!(lines[1..].iter().all(|cap| number(*cap, "y1") == number(*cap, "y2")));
    let title = circles[0].parent().unwrap().first_element_child().unwrap();
    assert_eq!(title.text(), Some("m at 1: 25 (10 to 40)"));
}

#[test]
fn bars_stand_on_zero_and_names_that_do_not_fit_stand_down_the_left() {
    let svg = times().svg(&Look::column());
    let document = Document::parse(&svg).unwrap();
    // Bars have an outline, the white behind all has none.
    let bars: Vec<Node<'_, '_>> =
        elements(&document, "rect").filter(|rect| rect.attribute("stroke").is_some()).collect();
    // The legend has two.
    assert_eq!(bars.len(), 2 + 2 * 2 * 12);
    let first = &bars[2..14];
    assert!(first.iter().all(|bar| bar.attribute("x") == first[0].attribute("x")), "from zero to the right");
    // 1, 6, 4, 2 … seconds.
    let long: Vec<f64> = first.iter().map(|bar| number(*bar, "width")).collect();
    for (n, factor) in [(1, 6.0), (2, 4.0), (3, 2.0)] {
        assert!((long[n] / long[0] - factor).abs() < 0.02, "{n}: {}", long[n] / long[0]);
    }
    let names: Vec<&str> = elements(&document, "text")
        .filter_map(|node| node.text())
        .filter(|text| text.starts_with("model "))
        .collect();
    assert_eq!(names.len(), 11, "once for both panels: {names:?}");
    let long: Vec<&str> = elements(&document, "text")
        .filter_map(|node| node.text())
        .filter(|text| "ncf on the joined ratings".contains(text))
        .collect();
    assert_eq!(long.join(" "), "ncf on the joined ratings", "in two lines");
    let few = Panel::new("", Axis::category("", ["a", "b"]), Axis::linear("s"))
        .with(Series::bars("m", Role::Model).point(0.0, 2.0).point(1.0, 4.0));
    let svg = Figure::new("f", "f").with(few).svg(&Look::column());
    let document = Document::parse(&svg).unwrap();
    let bars: Vec<Node<'_, '_>> =
        elements(&document, "rect").filter(|rect| rect.attribute("stroke").is_some()).collect();
    assert!((number(bars[1], "height") / number(bars[0], "height") - 2.0).abs() < 0.02);
}

#[test]
fn hostile_text_stays_text() {
    for look in looks() {
        let svg = hostile().svg(&look);
        let document = Document::parse(&svg).unwrap();
        let known = ["svg", "title", "desc", "g", "text", "line", "polyline", "polygon", "rect", "circle"];
        for node in document.descendants().filter(Node::is_element) {
            assert!(known.contains(&node.tag_name().name()), "{node:?}");
            assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")));
        }
        let title = elements(&document, "title").next().unwrap();
        assert!(title.text().unwrap().starts_with("</text><script>alert(\"1\")</script>&amp; ]]>"));
        assert!(!svg.contains('\u{202e}') && !svg.contains('\u{0}'));
    }
}

#[test]
fn the_page_s_colours_are_its_own_and_nothing_of_a_drawing_reaches_out_of_it() {
    let svg = overlap(2).svg(&Look::page(640.0));
    assert!(svg.contains("fill=\"var(--ink, #16191d)\"") && svg.contains("light-dark(#0072b2, #56b4e9)"));
    assert!(!svg.contains("<rect x=\"0\" y=\"0\" width=\"640\""), "no background of its own");
    for figure in all() {
        for look in looks() {
            let svg = figure.svg(&look);
            let document = Document::parse(&svg).unwrap();
            for node in document.descendants() {
                assert!(
                    ["id", "class", "style", "href"].iter().all(|name| node.attribute(*name).is_none()),
                    "{node:?}"
                );
            }
        }
    }
}

#[test]
fn it_says_what_there_is_to_see() {
    let mut figure = overlap(2);
    figure.provenance = vec!["dual-metric 1; seeds 5".into()];
    let svg = figure.svg(&Look::page(640.0));
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    assert!(root.attribute("aria-label").unwrap().ends_with("shuffled links give nothing."));
    let words: Vec<&str> =
        root.children().filter(Node::is_element).take(2).filter_map(|node| node.text()).collect();
    assert!(words[0].starts_with("Test error by how many"));
    assert!(
        words[1].contains("domain 1 of a long name: RMSE (stars) over People in both used; dml (13 points),"),
        "{}",
        words[1]
    );
    assert!(words[1].contains("bias model at 0.92.") && words[1].ends_with("dual-metric 1; seeds 5"));
    let bare = figure.svg(&Look::page(640.0).bare());
    let document = Document::parse(&bare).unwrap();
    assert!(elements(&document, "text").all(|node| !node.text().unwrap().contains("shuffled links")));
}

#[test]
fn panels_can_have_one_range_and_share_their_words() {
    let panel = |title: &str, high| {
        Panel::new(title, Axis::linear("x"), Axis::linear("RMSE"))
            .with(Series::line("m", Role::Model).point(0.0, 0.0).point(1.0, high))
    };
    let mut figure = Figure::new("f", "f").with(panel("a", 10.0)).with(panel("b", 100.0));
    let own = figure.svg(&Look::wide());
    figure.is_one_range = true;
    let one = figure.svg(&Look::wide());
    let heights = |svg: &str| {
        let document = Document::parse(svg).unwrap();
        elements(&document, "circle").map(|circle| number(circle, "cy")).collect::<Vec<f64>>()
    };
    let (own, one_heights) = (heights(&own), heights(&one));
    assert_eq!(own[1], own[3], "each reaches the upper end of its own");
    assert!(one_heights[1] > one_heights[3] + 10.0);
    let document = Document::parse(&one).unwrap();
    assert_eq!(elements(&document, "text").filter(|node| node.text() == Some("RMSE")).count(), 1);
}

#[test]
fn a_title_that_one_line_does_not_hold_has_two() {
    let title = "music: newcomers with a few ratings (global mean 0.2440)";
    let panel = |title: &str| {
        Panel::new(title, Axis::linear("x"), Axis::linear("RMSE"))
            .with(Series::line("m", Role::Model).point(0.0, 0.0).point(1.0, 1.0))
    };
    let of = |title: &str| {
        (0..4).fold(Figure::new("f", "f"), |figure, _| figure.with(panel(title))).svg(&Look::wide())
    };
    let (long, short) = (of(title), of("music"));
    let document = Document::parse(&long).unwrap();
    let bold = |document: &Document, title: &str| -> Vec<(String, f64)> {
        elements(document, "text")
            .filter(|node| node.text().is_some_and(|text| text.len() > 6 && title.contains(text)))
            .map(|node| (node.text().unwrap().to_owned(), number(node, "y")))
            .collect()
    };
    let lines = bold(&document, title);
    assert_eq!(lines.len(), 8, "{lines:?}");
    for two in lines.chunks(2) {
        let mut two = two.to_vec();
        two.sort_by(|one, other| one.1.total_cmp(&other.1));
        assert_eq!(format!("{} {}", two[0].0, two[1].0), title, "nothing is cut");
        assert!(two[1].1 > two[0].1 + 5.0);
    }
    assert!(!long.contains('…'));
    let height = |svg: &str| {
        let document = Document::parse(svg).unwrap();
        document.root_element().attribute("height").unwrap().trim_end_matches("pt").parse::<f64>().unwrap()
    };
    assert!(height(&long) > height(&short) + 5.0, "and the panels make room for it");
}
