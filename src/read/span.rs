//! Places cells with row and column spans on a grid.
//!
//! In: rows and cells in the order of the file, as in web pages and Word documents. Out: a [`Grid`] without a name,
//! whose cells know their table, row and position in the row. Called by [`super::html`], [`super::docx`] and
//! [`super::doc`].
//!
//! A span is cut to what exists: columns in which no cell starts are dropped, row spans end with their section, and no
//! cell covers another. So a span of a million columns costs nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Cell, CellKind, CellRef, Grid, LineSet, Location, MergedRange};
use crate::error::Result;

use crate::limit;

/// The most columns and rows that a cell may span. Source: HTML, "the `colspan` and `rowspan` attributes".
const COLUMNS: u32 = 1000;
const ROWS: u32 = 65_534;

/// The most spans to step over in search of free columns before the table is rejected.
const STEPS: usize = 20_000_000;

/// A cell with its position, before unused columns are dropped.
struct Placed {
    row: u32,
    start: u32,
    end: u32,
    last_row: u32,
    cell: Cell,
}

/// Columns that a cell of an earlier row covers.
#[derive(Clone, Copy)]
struct Cover {
    start: u32,
    end: u32,
    last_row: u32,
}

/// Builds one table.
pub(super) struct TableBuilder {
    table: u32,
    rows: u32,
    cells: Vec<Placed>,
    /// Sorted by column, without overlaps.
    covers: Vec<Cover>,
    /// The index of the first cell in the current section.
    section: usize,
    column: u32,
    order: u32,
    steps: usize,
    hidden_rows: LineSet,
    /// The index of the last cell that starts in each column.
    latest: BTreeMap<u32, usize>,
}

impl TableBuilder {
    /// Starts a table with this number, counted from 1.
    pub(super) fn new(table: u32) -> Self {
        Self {
            table,
            rows: 0,
            cells: Vec::new(),
            covers: Vec::new(),
            section: 0,
            column: 0,
            order: 0,
            steps: STEPS,
            hidden_rows: LineSet::default(),
            latest: BTreeMap::new(),
        }
    }

    /// Starts a section, such as the head or body. Row spans end before it.
    pub(super) fn section(&mut self) {
        self.covers.clear();
        let last = self.rows.saturating_sub(1);
        for placed in &mut self.cells[self.section..] {
            placed.last_row = placed.last_row.min(last);
        }
        self.section = self.cells.len();
    }

    /// Starts a row.
    pub(super) fn row(&mut self) {
        let row = self.rows;
        if self.steps > 0 {
            self.steps = self.steps.saturating_sub(self.covers.len());
            self.covers.retain(|cover| cover.last_row >= row);
        }
        self.rows = self.rows.saturating_add(1);
        self.column = 0;
        self.order = 0;
    }

    /// Marks the row that was started as one that no program shows.
    pub(super) fn hide_row(&mut self) {
        let row = self.rows.saturating_sub(1);
        self.hidden_rows.add(row, row);
    }

    /// The location of the next cell.
    pub(super) fn next_place(&self) -> Location {
        Location::Table { table: self.table, row: self.rows.max(1), cell: self.order + 1 }
    }

    /// Skips columns at the start of a row.
    pub(super) fn skip(&mut self, columns: u32) {
        self.column = self.column.saturating_add(columns.min(COLUMNS));
    }

    /// Adds a cell. A span of 0 rows covers the rest of the section.
    ///
    /// # Errors
    /// [`TooLarge`](crate::ErrorKind::TooLarge) if stacked spans exceed [`STEPS`].
    pub(super) fn cell(&mut self, text: String, kind: CellKind, columns: u32, rows: u32) -> Result<()> {
        if self.rows == 0 {
            self.row();
        }
        let row = self.rows - 1;
        let at = self.next_place();
        self.order += 1;
        let (start, behind) = self.free_column()?;
        let mut end = start.saturating_add(columns.clamp(1, COLUMNS));
        if let Some(next) = self.covers.get(behind) {
            end = end.min(next.start);
        }
        let last_row = if rows == 0 { u32::MAX } else { row.saturating_add(rows.min(ROWS) - 1) };
        if last_row > row {
            self.covers.insert(behind, Cover { start, end, last_row });
            self.steps = self.steps.saturating_sub(self.covers.len() - behind);
        }
        self.column = end;
        self.latest.insert(start, self.cells.len());
        self.cells.push(Placed { row, start, end, last_row, cell: Cell { text, kind, at } });
        Ok(())
    }

    /// Extends the cell above, which ends in the previous row and starts in the same column.
    ///
    /// Returns false if there is no such cell. Then the caller adds the cell as usual.
    pub(super) fn continue_above(&mut self, columns: u32) -> bool {
        let row = self.rows.saturating_sub(1);
        let start = self.column;
        let Some(placed) = self.latest.get(&start).and_then(|index| self.cells.get_mut(*index)) else { return false };
        if placed.last_row.checked_add(1) != Some(row) {
            return false;
        }
        placed.last_row = row;
        self.column = start.saturating_add(columns.clamp(1, COLUMNS));
        true
    }

    /// The first free column, and the index of the next cover.
    fn free_column(&mut self) -> Result<(u32, usize)> {
        let mut column = self.column;
        let mut at = self.covers.partition_point(|cover| cover.end <= column);
        while let Some(cover) = self.covers.get(at).filter(|cover| cover.start <= column) {
            column = cover.end;
            at += 1;
            self.steps = self.steps.saturating_sub(1);
        }
        if self.steps == 0 {
            return Err(limit::too_large("@format.many_merged", limit::MERGED));
        }
        Ok((column, at))
    }

    /// Returns the grid.
    ///
    /// # Errors
    /// [`TooLarge`](crate::ErrorKind::TooLarge) with more than [`limit::MERGED`] merged ranges.
    pub(super) fn end(mut self) -> Result<Grid> {
        self.section();
        // Excel ends a page with a hidden row that only has the widths of the columns.
        let filled = self.cells.iter().filter(|placed| !placed.cell.is_blank());
        let filled: BTreeSet<u32> = filled.map(|placed| placed.row).collect();
        let hidden = std::mem::take(&mut self.hidden_rows);
        self.cells.retain(|placed| !hidden.has(placed.row) || filled.contains(&placed.row));
        let mut hidden_rows = LineSet::default();
        filled.iter().filter(|row| hidden.has(**row)).for_each(|row| hidden_rows.add(*row, *row));
        let mut starts: Vec<u32> = self.cells.iter().map(|placed| placed.start).collect();
        starts.sort_unstable();
        starts.dedup();
        let before = |column: u32| u32::try_from(starts.partition_point(|start| *start < column)).unwrap_or(u32::MAX);
        let mut grid = Grid { hidden_rows, ..Grid::default() };
        for placed in self.cells {
            let first = CellRef::new(placed.row, before(placed.start));
            let last = CellRef::new(placed.last_row, before(placed.end) - 1);
            if first != last {
                grid.merged.push(MergedRange { first, last });
            }
            grid.cells.push((first, placed.cell));
        }
        if grid.merged.len() > limit::MERGED {
            return Err(limit::too_large("@format.many_merged", limit::MERGED));
        }
        Ok(grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&[(&str, u32, u32)]]) -> Grid {
        let mut builder = TableBuilder::new(1);
        for row in rows {
            builder.row();
            for (text, columns, rows) in *row {
                builder.cell((*text).to_owned(), CellKind::Text, *columns, *rows).unwrap();
            }
        }
        builder.end().unwrap()
    }

    fn drawn(grid: &Grid) -> String {
        let cells = grid.cells.iter().map(|(at, cell)| {
            let merged = grid.merged.iter().find(|range| range.first == *at);
            format!("{at}{} {}", merged.map_or_else(String::new, |range| format!(":{}", range.last)), cell.text)
        });
        cells.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn spans_take_their_places_and_end_with_the_table() {
        let matrix = grid(&[
            &[("头", 3, 3), ("申请人情况", 7, 1)],
            &[("自然人", 1, 2), ("法人", 5, 1), ("总计", 1, 2)],
            &[("一", 1, 1), ("二", 1, 1), ("三", 1, 1), ("四", 1, 1), ("五", 1, 1)],
            &[
                ("新收", 3, 1),
                ("1", 1, 1),
                ("2", 1, 1),
                ("3", 1, 1),
                ("4", 1, 1),
                ("5", 1, 1),
                ("6", 1, 1),
                ("7", 1, 1),
            ],
            &[("办理", 1, 2), ("予以", 2, 1), ("8", 1, 9)],
            &[("部分", 1, 1), ("之二", 1, 1)],
        ]);
        assert_eq!(
            drawn(&matrix),
            "A1:C3 头, D1:J1 申请人情况, D2:D3 自然人, E2:I2 法人, J2:J3 总计, E3 一, F3 二, G3 三, H3 四, I3 五, \
             A4:C4 新收, D4 1, E4 2, F4 3, G4 4, H4 5, I4 6, J4 7, A5:A6 办理, B5:C5 予以, D5:D6 8, B6 部分, C6 之二"
        );
        assert_eq!(matrix.cells[2].1.at, Location::Table { table: 1, row: 2, cell: 1 });
    }

    #[test]
    fn columns_in_which_no_cell_begins_are_none() {
        let wild =
            grid(&[&[("标题", 4_000_000_000, 4_000_000_000)], &[("甲", 500, 1), ("乙", 900, 0)], &[("丙", 1, 1)]]);
        assert_eq!(drawn(&wild), "A1:A3 标题, B2 甲, C2:C3 乙, B3 丙");
        assert_eq!(drawn(&grid(&[&[("标题", 20, 1)], &[("甲", 1, 1), ("乙", 1, 1)]])), "A1:B1 标题, A2 甲, B2 乙");
    }

    #[test]
    fn a_cell_that_would_cover_another_ends_before_it() {
        assert_eq!(
            drawn(&grid(&[&[("甲", 1, 1), ("乙", 1, 2), ("丙", 1, 1)], &[("丁", 3, 1), ("戊", 1, 1)]])),
            "A1 甲, B1:B2 乙, C1 丙, A2 丁, C2 戊"
        );
    }

    #[test]
    fn spans_end_with_their_section() {
        let mut builder = TableBuilder::new(1);
        for (section, text) in [(true, "头"), (true, "一"), (false, "二")] {
            if section {
                builder.section();
            }
            builder.row();
            builder.cell(text.to_owned(), CellKind::Text, 1, if text == "二" { 1 } else { 0 }).unwrap();
        }
        // The second row of the body is next to the cell that spans the rest of it.
        assert_eq!(drawn(&builder.end().unwrap()), "A1 头, A2:A3 一, B3 二");
    }

    #[test]
    fn cells_that_continue_the_one_above_are_one_with_it() {
        let mut builder = TableBuilder::new(1);
        builder.row();
        builder.cell("甲".to_owned(), CellKind::Text, 2, 1).unwrap();
        builder.cell("乙".to_owned(), CellKind::Text, 1, 1).unwrap();
        builder.row();
        assert!(builder.continue_above(2));
        builder.cell("丙".to_owned(), CellKind::Text, 1, 1).unwrap();
        builder.row();
        assert!(builder.continue_above(2));
        builder.cell("丁".to_owned(), CellKind::Text, 1, 1).unwrap();
        assert!(!builder.continue_above(1));
        assert_eq!(drawn(&builder.end().unwrap()), "A1:A3 甲, B1 乙, B2 丙, B3 丁");
    }

    #[test]
    fn spans_piled_up_without_end_are_refused() {
        let mut builder = TableBuilder::new(1);
        builder.row();
        for _ in 0..20_000 {
            builder.cell(String::new(), CellKind::Text, 1, 65_534).unwrap();
        }
        let mut tried = 0;
        let outcome = (0..60_000).try_for_each(|_| {
            tried += 1;
            builder.row();
            builder.cell(String::new(), CellKind::Text, 1, 1)
        });
        assert!(outcome.is_err() && tried < 2000, "{tried}");
    }
}
