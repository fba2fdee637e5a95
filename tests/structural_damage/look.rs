//! How a document is drawn on pages: what damage to glyphs and ruling lines changes.
//!
//! Each mark is on the cell, row or paper that it changes, so that it stays there while the document is made smaller.
//! Lengths are parts of the font's size unless it is said otherwise.

use fastrand::Rng;

/// The ruling line on a side of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Edge {
    #[default]
    Whole,
    Missing,
    /// A piece is missing: from and to, as parts of its length.
    Gap(f64, f64),
}

/// A ruling line through a cell.
#[derive(Clone, Copy, Debug)]
pub struct Stray {
    pub is_horizontal: bool,
    /// Where it is, as a part of the cell's height or width.
    pub at: f64,
}

/// Text over a cell that is none of its own.
#[derive(Clone, Debug)]
pub struct Over {
    pub text: String,
    /// Its size, in parts of the usual one.
    pub size: f64,
    /// Where it begins, as parts of the cell's width and height.
    pub at: (f64, f64),
    /// Whether it is printed in grey.
    pub is_faint: bool,
}

#[derive(Clone, Debug, Default)]
pub struct CellLook {
    /// Moves the text by parts of the cell's width and height.
    pub shift: (f64, f64),
    /// Puts the text so far left of the right edge, or right of the left edge where it is negative.
    pub near_edge: Option<f64>,
    /// Space between its characters.
    pub spread: f64,
    /// Where the text is printed a second time.
    pub again: Option<(f64, f64)>,
    /// The size of the text, in parts of the usual one, where it is another.
    pub size: Option<f64>,
    /// Whether a number goes on in the next line of a cell that is too narrow.
    pub wraps: bool,
    /// A line break behind so many characters.
    pub broken: Option<usize>,
    pub left: Edge,
    pub top: Edge,
    pub through: Option<Stray>,
    pub over: Option<Over>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Break {
    #[default]
    None,
    /// A page ends before the row.
    Before,
    /// A page ends within the row, the values above.
    Above,
    /// A page ends within the row, the values below.
    Below,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct LineLook {
    pub page_break: Break,
}

/// A text beside the tables of the first page: where it begins, as parts of the page.
#[derive(Clone, Debug)]
pub struct Aside {
    pub text: String,
    pub at: (f64, f64),
    pub size: f64,
    pub is_faint: bool,
}

#[derive(Clone, Debug)]
pub struct PaperLook {
    pub has_vertical: bool,
    pub has_horizontal: bool,
    /// Whether ruling lines are drawn for each cell.
    pub is_pieced: bool,
    /// The length of dashes and of the gaps between them, in points.
    pub dashes: Option<(f64, f64)>,
    pub repeats_headers: bool,
    pub scale: f64,
    /// Quarters by which the content is turned.
    pub turns: u8,
    /// Whether the page turns it back.
    pub is_turned_back: bool,
    /// Paints single glyphs in another order, drawn from this seed.
    pub shuffled: Option<u64>,
    pub asides: Vec<Aside>,
    /// How high a page is, in points.
    pub height: f64,
}

impl Default for PaperLook {
    fn default() -> Self {
        Self {
            has_vertical: true,
            has_horizontal: true,
            is_pieced: true,
            dashes: None,
            repeats_headers: true,
            scale: 1.0,
            turns: 0,
            is_turned_back: false,
            shuffled: None,
            asides: Vec::new(),
            height: 842.0,
        }
    }
}

impl PaperLook {
    /// Paper as it may be without damage.
    pub fn any(rng: &mut Rng) -> Self {
        Self {
            is_pieced: rng.bool(),
            repeats_headers: rng.bool(),
            height: if rng.u8(..3) == 0 { 595.0 } else { 842.0 },
            ..Self::default()
        }
    }
}
