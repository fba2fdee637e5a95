//! A table of ruled cells.

use std::collections::BTreeSet;

use crate::document::PageBox;
use crate::read::page::lines::{cell_text, lines};
use crate::read::page::{Glyph, Page, Rect};

/// A table on a page, or on several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// The places of its columns: one more than there are columns.
    pub(crate) xs: Vec<f64>,
    pub(crate) top: f64,
    /// Whether it has text beyond the edge of the page.
    pub(crate) is_cut: bool,
    /// For each row, where it is.
    pub(crate) rows: Vec<RowPlace>,
    /// Sorted by row, then column.
    pub(crate) cells: Vec<Cell>,
}

/// Where a row is, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowPlace {
    pub(crate) page: u32,
    pub(crate) table: u32,
    pub(crate) row: u32,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) text: String,
    /// Whether the last line of its text fills the cell, so that it may go on.
    pub(crate) is_full: bool,
    /// Its place on the page as displayed.
    pub(crate) area: PageBox,
    /// The pieces of marked content in it.
    pub(crate) marks: Vec<i32>,
}

impl Table {
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(move |cell| cell.row == row)
    }

    pub(crate) fn page(&self) -> u32 {
        self.rows.last().map_or(0, |row| row.page)
    }
}

/// A rectangle of a page in whole points, on the page as displayed.
pub(crate) fn page_box(page: &Page, rect: &Rect) -> PageBox {
    let shown = page.displayed(rect);
    PageBox([shown.x0, shown.y0, shown.x1, shown.y1].map(|value| value.round() as i32))
}

/// The text of a cell, whether its last line is full, and its marks.
pub(super) fn content(glyphs: &[Glyph], rect: &Rect) -> (String, bool, Vec<i32>) {
    let text = cell_text(glyphs, rect.width());
    let last = lines(glyphs).pop();
    let is_full = last.is_some_and(|line| line.rect.x1 > rect.x1 - 1.6 * line.size);
    let marks: BTreeSet<i32> = glyphs.iter().filter(|glyph| !glyph.is_space()).filter_map(|glyph| glyph.mark).collect();
    (text, is_full, marks.into_iter().collect())
}
