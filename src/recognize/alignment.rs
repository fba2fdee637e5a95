//! How the values of a column of text are in line with each other.
//!
//! In: the columns on the screen that values take up. Out: whether another is in line. Used by [`super::spaced_columns`].

use std::ops::Range;

/// Fewer spaces than these are between no two fields.
pub(super) const GAP: usize = 2;

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

    /// Whether a place is in line with an anchor.
    pub fn is_kept(self, anchor: usize, place: &Range<usize>) -> bool {
        // The middle is twice as far; half a column on the screen is none.
        let tolerance = usize::from(matches!(self, Self::Middle));
        anchor.abs_diff(self.anchor(place)) <= tolerance
    }
}
