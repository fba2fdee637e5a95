//! A rectangular part of a grid: rows and columns that one table stands in.
//!
//! In: a [`Grid`]. Out: a [`Region`], which finds cells by row and column, merged ranges included. Made by
//! [`super::unfold`] for a [`super::stream::Stream`]; [`super::header`], [`super::columns`] and [`super::grid`] read it.

use std::ops::Range;

use crate::document::{Cell, CellRef, Grid, Location};

/// A rectangular part of a grid.
#[derive(Clone, Debug)]
pub struct Region<'d> {
    grid: &'d Grid,
    /// Its columns.
    pub columns: Range<u32>,
    /// Its rows with cells, in order, with their cells in the grid.
    lines: Vec<(u32, Range<usize>)>,
    merged: Merged,
}

/// The merged ranges of the grid that begin in the region. A form may have hundreds, nearly all of them in one row.
#[derive(Clone, Debug, Default)]
struct Merged {
    /// Those in one row, by row, each with its number in the grid.
    flat: Vec<(usize, Area)>,
    /// Those in several rows.
    tall: Vec<(usize, Area)>,
}

impl Merged {
    fn new(areas: impl Iterator<Item = Area>) -> Self {
        let (mut flat, tall): (Vec<_>, Vec<_>) = areas.enumerate().partition(|(_, area)| area.rows.len() == 1);
        flat.sort_by_key(|(_, area)| area.rows.start);
        Self { flat, tall }
    }

    /// Those that include cells of a row.
    fn in_row(&self, row: u32) -> impl Iterator<Item = &(usize, Area)> {
        let first = self.flat.partition_point(|(_, area)| area.rows.start < row);
        let flat = self.flat[first..].iter().take_while(move |(_, area)| area.rows.start == row);
        flat.chain(self.tall.iter().filter(move |(_, area)| area.rows.contains(&row)))
    }

    /// The one that includes a cell; the first of the grid where several do.
    fn at(&self, at: CellRef) -> Option<&Area> {
        let own = self.in_row(at.row).filter(|(_, area)| area.columns.contains(&at.column));
        own.min_by_key(|(number, _)| *number).map(|(_, area)| area)
    }
}

/// Rows and columns that one cell takes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Rows.
    pub rows: Range<u32>,
    /// Columns.
    pub columns: Range<u32>,
}

impl Area {
    /// Whether some columns are among those of the area.
    pub fn meets(&self, columns: &Range<u32>) -> bool {
        self.columns.start < columns.end && columns.start < self.columns.end
    }
}

impl<'d> Region<'d> {
    /// The whole grid.
    pub fn whole(grid: &'d Grid) -> Self {
        Self::new(grid, 0..u32::MAX, 0..u32::MAX)
    }

    /// Some rows and columns of a grid.
    pub fn new(grid: &'d Grid, rows: Range<u32>, columns: Range<u32>) -> Self {
        let mut lines = Vec::new();
        let mut start = grid.cells.partition_point(|(at, _)| at.row < rows.start);
        for cells in grid.cells[start..].chunk_by(|(one, _), (other, _)| one.row == other.row) {
            let row = cells[0].0.row;
            if row >= rows.end {
                break;
            }
            let first = cells.partition_point(|(at, _)| at.column < columns.start);
            let last = cells.partition_point(|(at, _)| at.column < columns.end);
            if first < last {
                lines.push((row, start + first..start + last));
            }
            start += cells.len();
        }
        let own = grid.merged.iter().filter(|range| rows.contains(&range.first.row));
        let own = own.filter(|range| columns.contains(&range.first.column));
        let merged = own.map(|range| Area {
            rows: range.first.row..range.last.row + 1,
            columns: range.first.column..(range.last.column + 1).min(columns.end),
        });
        Self { grid, lines, merged: Merged::new(merged), columns }
    }

    /// The rows with cells, in order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.lines.iter().map(|(row, _)| *row)
    }

    /// The cells of a row, from the left.
    pub fn row(&self, row: u32) -> &'d [(CellRef, Cell)] {
        match self.lines.binary_search_by_key(&row, |(row, _)| *row) {
            Ok(found) => &self.grid.cells[self.lines[found].1.clone()],
            Err(_) => &[],
        }
    }

    /// The cells of a row that are not blank, from the left.
    pub fn filled(&self, row: u32) -> impl DoubleEndedIterator<Item = &'d (CellRef, Cell)> + Clone + use<'d> {
        self.row(row).iter().filter(|(_, cell)| !cell.is_blank())
    }

    /// The cells of a row that begin in some columns and are not blank, from the left.
    pub fn filled_in(&self, row: u32, columns: &Range<u32>) -> impl Iterator<Item = &'d (CellRef, Cell)> + use<'d> {
        let (cells, end) = (self.row(row), columns.end);
        let first = cells.partition_point(|(at, _)| at.column < columns.start);
        cells[first..].iter().take_while(move |(at, _)| at.column < end).filter(|(_, cell)| !cell.is_blank())
    }

    /// All cells, row by row.
    pub fn cells(&self) -> impl Iterator<Item = &'d (CellRef, Cell)> + '_ {
        self.lines.iter().flat_map(|(_, cells)| &self.grid.cells[cells.clone()])
    }

    /// The rows and columns of the cell at a place: more than one where cells are merged.
    pub fn area(&self, at: CellRef) -> Area {
        self.merged.at(at).cloned().unwrap_or(Area { rows: at.row..at.row + 1, columns: at.column..at.column + 1 })
    }

    /// The cell that takes up a place, and all that it takes up.
    pub fn covering(&self, at: CellRef) -> Option<(&'d Cell, Area)> {
        let area = self.area(at);
        let first = CellRef::new(area.rows.start, area.columns.start);
        let cells = self.row(first.row);
        let found = cells.binary_search_by_key(&first, |(at, _)| *at).ok()?;
        Some((&cells[found].1, area))
    }

    /// Whether a cell of these rows is merged.
    pub fn has_merged(&self, rows: &Range<u32>) -> bool {
        let first = self.merged.flat.partition_point(|(_, area)| area.rows.start < rows.start);
        self.merged.flat.get(first).is_some_and(|(_, area)| area.rows.start < rows.end)
            || self.merged.tall.iter().any(|(_, area)| area.rows.start < rows.end && rows.start < area.rows.end)
    }

    /// The first column behind the last cell of a row, merged cells from the rows above included.
    pub fn row_end(&self, row: u32) -> u32 {
        let own = self.row(row).last().map_or(0, |(at, _)| self.area(*at).columns.end);
        let above = self.merged.in_row(row).map(|(_, area)| area.columns.end);
        above.max().unwrap_or(0).max(own)
    }

    /// Whether a row without some of the last cells is incomplete, since blank cells are kept. A worksheet leaves them
    /// out.
    pub fn keeps_blanks(&self) -> bool {
        !matches!(self.grid.cells.first(), Some((_, Cell { at: Location::Sheet { .. }, .. })))
    }

    /// Whether the source has a row, blank or not.
    pub fn has_row(&self, row: u32) -> bool {
        row < self.grid.rows || !self.row(row).is_empty()
    }

    /// Whether a row without cells is hidden. In web pages and documents, a row that is only blank has cells.
    pub fn is_hidden(&self, row: u32) -> bool {
        let of_page = matches!(
            self.grid.cells.first(),
            Some((_, Cell { at: Location::Table { .. } | Location::PageCell { .. }, .. }))
        );
        self.row(row).is_empty() && (of_page || self.grid.hidden_rows.has(row))
    }

    /// Whether the table is text with separators, which may leave out merged cells.
    pub fn is_text(&self) -> bool {
        matches!(self.grid.cells.first(), Some((_, Cell { at: Location::Text { .. } | Location::PageLine { .. }, .. })))
    }

    /// The location of a blank place.
    pub fn location(&self, at: CellRef) -> Option<Location> {
        let (_, near) = self.row(at.row).first().or_else(|| self.grid.cells.first())?;
        Some(match &near.at {
            Location::Sheet { sheet, .. } => Location::Sheet { sheet: sheet.clone(), cell: at },
            Location::Table { table, .. } => Location::Table { table: *table, row: at.row + 1, cell: at.column + 1 },
            Location::PageCell { page, table, row, area, .. } => {
                Location::PageCell { page: *page, table: *table, row: *row, cell: at.column + 1, area: *area }
            }
            other => other.clone(),
        })
    }
}
