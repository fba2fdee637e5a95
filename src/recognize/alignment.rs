//! How the values of a column of text are in line with each other.
//!
//! In: the columns on the screen that values take up. Out: whether another is in line. Used by [`super::spaced_columns`].

use std::ops::Range;

/// How places are measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// Fields are at least this far apart.
    pub gap: usize,
    /// Fields in line with each other may be this far out of it, and their middles twice as far.
    pub slack: usize,
}

/// In columns on the screen: fields have two spaces between them; their middles are between two columns.
pub(super) const TEXT: Scale = Scale { gap: 2, slack: 0 };

/// In tenths of a point.
pub(super) const PAGE: Scale = Scale { gap: 50, slack: 15 };

/// How values are in line with each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alignment {
    Left,
    Right,
    Middle,
}

impl Alignment {
    pub const ALL: [Self; 3] = [Self::Left, Self::Right, Self::Middle];

    pub fn anchor(self, place: &Range<usize>) -> usize {
        match self {
            Self::Left => place.start,
            Self::Right => place.end,
            Self::Middle => place.start + place.end,
        }
    }

    /// The anchor of some places, of which most are in line.
    pub fn usual(self, places: &[&Range<usize>]) -> usize {
        let mut anchors: Vec<usize> = places.iter().map(|place| self.anchor(place)).collect();
        anchors.sort_unstable();
        anchors.get(anchors.len() / 2).copied().unwrap_or(0)
    }

    /// Whether a place is in line with an anchor, up to some slack.
    pub fn is_kept(self, anchor: usize, place: &Range<usize>, slack: usize) -> bool {
        // The middle is twice as far; half a column on the screen is none.
        let tolerance = if matches!(self, Self::Middle) { 2 * slack + 1 } else { slack };
        anchor.abs_diff(self.anchor(place)) <= tolerance
    }
}
