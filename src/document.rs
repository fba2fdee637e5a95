//! What was on the page: tables of text cells and the paragraphs around them, each with its place.
//!
//! In: a reader's view of one file. Out: a [`Document`] that knows nothing of disclosure. Made by [`crate::read`],
//! consumed by `recognize`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
pub use crate::location::{CellRef, Location, PageBox};

/// What a cell held before it became text.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.xlsx")?;
/// let document = engine.read(&bytes, &ReadOptions::default())?.into_document().expect("a workbook");
/// use xxgk::document::{CellKind, Part};
///
/// let Part::Table(grid) = &document.parts[0] else { panic!("a worksheet") };
/// assert!(grid.cells.iter().any(|(_, cell)| cell.kind == CellKind::Number));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Text as typed.
    #[default]
    Text,
    /// A number stored as a number.
    Number,
    /// A date or time, which a figure never is.
    Date,
    /// TRUE or FALSE.
    Boolean,
    /// A formula's error such as `#REF!`.
    Error,
}

/// One cell, or one line of plain text: its text, what it was, and where it stands.
///
/// ```
/// use xxgk::document::{Cell, Location};
///
/// let cell = Cell::text(" 19件", Location::Text { line: 3, column: 1 });
/// assert!(!cell.is_blank());
/// assert_eq!(cell.at.to_string(), "line 3");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The text as it stood, white space included; empty for a blank cell.
    pub text: String,
    /// What the cell held.
    pub kind: CellKind,
    /// The place in the user's file.
    pub at: Location,
}

impl Cell {
    /// A cell of text.
    pub fn text(text: impl Into<String>, at: Location) -> Self {
        Self { text: text.into(), kind: CellKind::Text, at }
    }

    /// Whether nothing but white space stands in the cell.
    pub fn is_blank(&self) -> bool {
        match self.text.as_bytes().first() {
            // Most texts begin with a printable character of ASCII or an ideograph, whose first byte is one of these.
            Some(b'!'..=b'~' | 0xe4..=0xe9) => false,
            _ => self.text.chars().all(char::is_whitespace),
        }
    }
}

/// Cells that are one on the page; the text is in the first. Both ends belong to it.
///
/// ```
/// use xxgk::document::{CellRef, MergedRange};
///
/// let title = MergedRange { first: CellRef::new(0, 0), last: CellRef::new(0, 2) };
/// assert_eq!(format!("{}:{}", title.first, title.last), "A1:C1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedRange {
    /// Top left cell.
    pub first: CellRef,
    /// Bottom right cell.
    pub last: CellRef,
}

/// Numbers of rows or columns, from 0.
///
/// ```
/// use xxgk::document::LineSet;
///
/// let mut hidden = LineSet::default();
/// hidden.add(4, 6);
/// assert!(hidden.has(5) && !hidden.has(7));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSet {
    /// The last line of each range by its first. No two ranges touch.
    ranges: BTreeMap<u32, u32>,
}

impl LineSet {
    /// Adds the lines from `first` to `last`.
    pub fn add(&mut self, mut first: u32, mut last: u32) {
        while let Some((start, end)) = self.ranges.range(..=last.saturating_add(1)).next_back()
            && end.saturating_add(1) >= first
        {
            let start = *start;
            first = first.min(start);
            last = last.max(*end);
            self.ranges.remove(&start);
        }
        self.ranges.insert(first, last);
    }

    /// Whether it has a line.
    pub fn has(&self, line: u32) -> bool {
        self.ranges.range(..=line).next_back().is_some_and(|(_, last)| line <= *last)
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

/// One table: cells by row and column, `(0, 0)` being the top left one of the sheet or table.
///
/// Only cells that hold something, or whose place is known to be blank, are kept; they are sorted by row, then column.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.xlsx")?;
/// let document = engine.read(&bytes, &ReadOptions::default())?.into_document().expect("a workbook");
/// use xxgk::document::{CellRef, Part};
///
/// let Part::Table(grid) = &document.parts[0] else { panic!("a worksheet") };
/// assert_eq!(grid.name.as_deref(), Some("统计表"));
/// assert!(grid.cell(CellRef::new(0, 0)).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// The worksheet's name; none for tables of text and documents.
    pub name: Option<Arc<str>>,
    /// Whether the user's program hides the sheet and the user did not ask for it.
    pub hidden: bool,
    /// The cells with their positions, sorted.
    pub cells: Vec<(CellRef, Cell)>,
    /// Merged ranges, sorted by their first cell.
    pub merged: Vec<MergedRange>,
    /// Rows of the source, if it tells: blank ones behind the last cell are counted too.
    pub rows: u32,
    /// The rows that the user's program hides. Their cells are kept.
    pub hidden_rows: LineSet,
    /// The columns that the user's program hides.
    pub hidden_columns: LineSet,
}

impl Grid {
    /// Rows and columns that the cells span, counted from `A1`.
    pub fn size(&self) -> (u32, u32) {
        self.cells.iter().fold((0, 0), |(rows, columns), (at, _)| (rows.max(at.row + 1), columns.max(at.column + 1)))
    }

    /// Whether the row or column of a cell is hidden.
    pub fn hides(&self, at: CellRef) -> bool {
        self.hidden_rows.has(at.row) || self.hidden_columns.has(at.column)
    }

    /// The cell at a position, if it was kept.
    pub fn cell(&self, at: CellRef) -> Option<&Cell> {
        self.cells.binary_search_by_key(&at, |(position, _)| *position).ok().map(|found| &self.cells[found].1)
    }
}

/// One piece of a document, in reading order.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.xlsx")?;
/// let document = engine.read(&bytes, &ReadOptions::default())?.into_document().expect("a workbook");
/// use xxgk::document::Part;
///
/// let tables = document.parts.iter().filter(|part| matches!(part, Part::Table(_)));
/// assert!(tables.count() > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A line of text or a paragraph; blank lines are kept, since in pasted tables they are blank cells.
    Paragraph(Cell),
    /// A table.
    Table(Grid),
}

/// The file a document came from.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.xlsx")?;
/// let document = engine.read(&bytes, &ReadOptions::default())?.into_document().expect("a workbook");
/// assert_eq!((document.source.format.as_str(), &document.source.encoding), ("xlsx", &None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Source {
    /// The file's name without its folder; `-` for standard input.
    pub name: String,
    /// The format the bytes have, such as `xls`.
    pub format: String,
    /// The character encoding, for text formats.
    pub encoding: Option<String>,
}

/// Another reading of some parts: lines of a page that may be the rows of a table without ruling lines.
///
/// ```
/// use xxgk::document::{Alternative, Grid};
///
/// let table = Alternative { parts: 3..9, grid: Grid::default() };
/// assert_eq!(table.parts.len(), 6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The parts.
    pub parts: Range<usize>,
    /// What they are if they are a table.
    pub grid: Grid,
}

impl Alternative {
    /// Whether the parts are lines of a page.
    pub(crate) fn is_of_page(&self) -> bool {
        !matches!(self.grid.cells.first(), Some((_, Cell { at: Location::Text { .. }, .. })))
    }
}

/// Everything one file holds, in reading order.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.xlsx")?;
/// let document = engine.read(&bytes, &ReadOptions::default())?.into_document().expect("a workbook");
/// assert!(!document.parts.is_empty() && document.findings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Where it came from.
    pub source: Source,
    /// The name of the file's folder, if it is known.
    pub folder: Option<String>,
    /// The title of a web page, which is outside its text.
    pub title: Option<String>,
    /// Tables and paragraphs in reading order.
    pub parts: Vec<Part>,
    /// Other readings of some parts, in their order. Recognition decides which one to use.
    pub alternatives: Vec<Alternative>,
    /// What the reader had to guess or leave aside.
    pub findings: Vec<Finding>,
}

impl Document {
    /// The document with the other readings in place of the first ones.
    pub(crate) fn with_alternatives(&self) -> Self {
        let mut parts = Vec::with_capacity(self.parts.len());
        let mut from = 0;
        for other in &self.alternatives {
            parts.extend_from_slice(&self.parts[from..other.parts.start]);
            parts.push(Part::Table(other.grid.clone()));
            from = other.parts.end;
        }
        parts.extend_from_slice(&self.parts[from..]);
        let (source, folder, title) = (self.source.clone(), self.folder.clone(), self.title.clone());
        Self { source, folder, title, parts, findings: self.findings.clone(), alternatives: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_set_has_its_lines() {
        let mut lines = LineSet::default();
        for (first, last) in [(2, 2), (3, 5), (9, 9), (1, 1), (9, 12)] {
            lines.add(first, last);
        }
        let has: Vec<u32> = (0..14).filter(|line| lines.has(*line)).collect();
        assert_eq!(has, [1, 2, 3, 4, 5, 9, 10, 11, 12]);
    }
}
