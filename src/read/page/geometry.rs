//! What is on a page: glyphs, ruling lines and images with their places.

/// A character that stands for one that cannot be read. No value that contains it is a number.
pub(crate) const UNREADABLE: char = '\u{fffd}';

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x0: f64,
    pub(crate) y0: f64,
    pub(crate) x1: f64,
    pub(crate) y1: f64,
}

impl Rect {
    /// The smallest rectangle around some points.
    pub(crate) fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let mut points = points.into_iter();
        let (x, y) = points.next()?;
        let mut rect = Self { x0: x, y0: y, x1: x, y1: y };
        for (x, y) in points {
            rect = Self { x0: rect.x0.min(x), y0: rect.y0.min(y), x1: rect.x1.max(x), y1: rect.y1.max(y) };
        }
        [rect.x0, rect.y0, rect.x1, rect.y1].iter().all(|value| value.is_finite()).then_some(rect)
    }

    pub(crate) fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub(crate) fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    pub(crate) fn area(&self) -> f64 {
        self.width().max(0.0) * self.height().max(0.0)
    }

    pub(crate) fn center(&self) -> (f64, f64) {
        ((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }

    pub(crate) fn contains(&self, (x, y): (f64, f64)) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

impl Page {
    /// The paper.
    pub(crate) fn paper(&self) -> Rect {
        Rect { x0: 0.0, y0: 0.0, x1: self.width, y1: self.height }
    }
}

/// The direction in which a line of text runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    #[default]
    Right,
    Down,
    Left,
    Up,
}

impl Direction {
    /// The direction of a line along a vector; none if it is oblique, as in a watermark.
    pub(crate) fn of((x, y): (f64, f64)) -> Option<Self> {
        const STEEPEST: f64 = 0.2;
        match (x.abs(), y.abs()) {
            (along, across) if across <= along * STEEPEST && along > 0.0 => {
                Some(if x > 0.0 { Self::Right } else { Self::Left })
            }
            (across, along) if across <= along * STEEPEST && along > 0.0 => {
                Some(if y > 0.0 { Self::Down } else { Self::Up })
            }
            _ => None,
        }
    }
}

/// A character with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    pub(crate) c: char,
    /// From its origin to that of the next one, and from the descent to the ascent of the font.
    pub(crate) rect: Rect,
    /// The size of the font.
    pub(crate) size: f64,
    pub(crate) direction: Direction,
    /// Whether it does not show: drawn without ink, in the color of the paper, beyond a clip, or below something else.
    pub(crate) is_hidden: bool,
    /// The piece of marked content that it belongs to, by which a structure tree names it.
    pub(crate) mark: Option<i32>,
}

impl Glyph {
    pub(crate) fn is_space(&self) -> bool {
        self.c.is_whitespace()
    }
}

/// A straight line across or down the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ruling {
    pub(crate) is_horizontal: bool,
    /// Its distance from the top, or from the left if it is vertical.
    pub(crate) at: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// In the order in which they are painted.
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) rulings: Vec<Ruling>,
    pub(crate) images: Vec<Rect>,
    /// Around small drawings that are neither ruling lines nor filled rectangles.
    pub(crate) drawings: Vec<Rect>,
    /// The direction, on the page as displayed, of what now runs to the right.
    pub(crate) turned: Direction,
}
