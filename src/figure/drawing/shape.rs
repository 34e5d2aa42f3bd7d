//! The shapes of marks, as polygons of about the same area, so that each can be filled or hollow.

/// A mark's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Triangle,
    Square,
    Diamond,
    Falling,
    Star,
    Cross,
    HourGlass,
}

impl Shape {
    /// In the order in which series take them; neighbours differ most.
    pub(super) const ALL: [Self; 8] = [
        Self::Circle,
        Self::Triangle,
        Self::Square,
        Self::Falling,
        Self::Diamond,
        Self::Cross,
        Self::Star,
        Self::HourGlass,
    ];

    /// Its corners around (0, 0), where a circle has radius 1; y grows downwards. A circle has none.
    pub(super) fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Self::Circle => &[],
            Self::Triangle => &[(0.0, -1.3), (1.17, 0.8), (-1.17, 0.8)],
            Self::Falling => &[(0.0, 1.3), (-1.17, -0.8), (1.17, -0.8)],
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::Diamond => &[(0.0, -1.3), (1.15, 0.0), (0.0, 1.3), (-1.15, 0.0)],
            Self::Star => &[
                (0.0, -1.45),
                (0.38, -0.53),
                (1.38, -0.45),
                (0.62, 0.2),
                (0.85, 1.17),
                (0.0, 0.65),
                (-0.85, 1.17),
                (-0.62, 0.2),
                (-1.38, -0.45),
                (-0.38, -0.53),
            ],
            Self::Cross => &[
                (-1.2, -0.7),
                (-0.7, -1.2),
                (0.0, -0.5),
                (0.7, -1.2),
                (1.2, -0.7),
                (0.5, 0.0),
                (1.2, 0.7),
                (0.7, 1.2),
                (0.0, 0.5),
                (-0.7, 1.2),
                (-1.2, 0.7),
                (-0.5, 0.0),
            ],
            Self::HourGlass => {
                &[(-1.1, -1.2), (1.1, -1.2), (0.25, 0.0), (1.1, 1.2), (-1.1, 1.2), (-0.25, 0.0)]
            }
        }
    }
}
