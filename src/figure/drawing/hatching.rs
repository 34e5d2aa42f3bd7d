//! The lines that fill a bar, each cut off at its edges: patterns of SVG would need ids, which two drawings in one page
//! could share.

/// Slanted lines across a rectangle, `gap` apart: from the lower left to the upper right, or from the upper left to the
/// lower right.
pub(super) fn lines(
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    gap: f64,
    is_rising: bool,
) -> Vec<[(f64, f64); 2]> {
    let mut lines = Vec::new();
    let mut offset = gap / 2.0;
    // The line that is `offset` right of the corner where it begins, along the edge: all its points have the same sum of
    // the ways from both edges.
    while offset < width + height {
        let (from, to) = ((offset - height).max(0.0), offset.min(width));
        let down = |along: f64| if is_rising { y + offset - along } else { y + height - (offset - along) };
        if to > from {
            lines.push([(x + from, down(from)), (x + to, down(to))]);
        }
        offset += gap;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_slanted_by_half_a_right_angle_and_end_at_the_edges() {
        for is_rising in [true, false] {
            let all = lines(10.0, 20.0, 8.0, 30.0, 4.0, is_rising);
            assert_eq!(all.len(), 9);
            for [(x1, y1), (x2, y2)] in all {
                let slant = (y2 - y1) / (x2 - x1);
                assert!((slant - if is_rising { -1.0 } else { 1.0 }).abs() < 1e-9);
                for (x, y) in [(x1, y1), (x2, y2)] {
                    assert!((10.0..=18.0).contains(&x) && (20.0..=50.0).contains(&y), "{x} {y}");
                    let is_edge =
                        x == 10.0 || x == 18.0 || (y - 20.0).abs() < 1e-9 || (y - 50.0).abs() < 1e-9;
                    assert!(is_edge, "{x} {y}");
                }
            }
        }
    }
}
