//! The rectangle between a panel's axes: from shares along its axes to places in the drawing.

/// Where a panel's marks are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// The left end.
    pub x: f64,
    /// The upper end.
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// Whether the axis of places stands down the left, from above, and values grow to the right.
    pub is_turned: bool,
}

impl Frame {
    /// The place of a share along the axis of places and one along that of values.
    pub fn at(&self, along: f64, up: f64) -> (f64, f64) {
        if self.is_turned {
            (self.x + up * self.width, self.y + along * self.height)
        } else {
            (self.x + along * self.width, self.y + (1.0 - up) * self.height)
        }
    }

    /// The same, so far further along the axis of places.
    pub fn beside(&self, along: f64, up: f64, by: f64) -> (f64, f64) {
        let (x, y) = self.at(along, up);
        if self.is_turned { (x, y + by) } else { (x + by, y) }
    }

    /// The length of the axis of places.
    pub fn length(&self) -> f64 {
        if self.is_turned { self.height } else { self.width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_grow_upwards_and_in_a_turned_frame_to_the_right() {
        let frame = Frame { x: 10.0, y: 20.0, width: 100.0, height: 50.0, is_turned: false };
        assert_eq!((frame.at(0.0, 0.0), frame.at(1.0, 1.0)), ((10.0, 70.0), (110.0, 20.0)));
        let turned = Frame { is_turned: true, ..frame };
        assert_eq!((turned.at(0.0, 0.0), turned.at(1.0, 0.5)), ((10.0, 20.0), (60.0, 70.0)));
        assert_eq!((frame.beside(0.0, 0.0, 2.0), turned.beside(0.0, 0.0, 2.0)), ((12.0, 70.0), (10.0, 22.0)));
        assert_eq!((frame.length(), turned.length()), (100.0, 50.0));
    }
}
