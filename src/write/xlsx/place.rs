//! Which cell of the worksheet holds what, and how it looks: between the rows of the grid and what draws or fills them.
//!
//! [`labels`] are the form's own cells. [`figures`] are those that differ between two reports of a form: the figures and
//! the texts outside the tables.

use std::borrow::Cow;
use std::ops::Range;

use rust_decimal::Decimal;

use super::grid::{self, Grid, INDENT_PIXELS};
use super::look::{Look, NumberFormat, Setting, fits_a_number};
use super::row::{self, Piece, Sheet, Text};
use crate::document::Location;
use crate::layout::{CellLayout, CellRole, Content, Filling};
use crate::template::TextStyle;

/// Text that runs down in a part of its cell on another page is set no smaller, in points.
const SMALLEST_VERTICAL: f64 = 5.0;

/// The most decimals that a figure may have in a style every workbook of the form has: 万元 with all six of its decimals.
pub(super) const COMMON_DECIMALS: u32 = 6;

/// What a cell of the worksheet holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ink<'a> {
    /// Nothing.
    Blank,
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Number(Decimal),
    /// A number that a workbook cannot hold, written as text.
    Digits(Decimal),
}

/// A cell of the worksheet, or several merged.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) rows: Range<usize>,
    /// The first, and the one behind the last.
    pub(super) columns: (usize, usize),
    pub(super) look: Look,
    pub(super) ink: Ink<'a>,
    /// Where its content came from.
    pub(super) at: Option<&'a Location>,
    /// Its place among the layout's figures, where it is one.
    pub(super) figure: Option<usize>,
}

/// A cell as it stands before it is filled.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slot {
    pub(super) rows: Range<usize>,
    pub(super) columns: (usize, usize),
    /// Its look while it is blank.
    pub(super) look: Look,
    /// Whether the styles of common figures stand ready for it.
    pub(super) common: bool,
    /// Whether it holds digits as text, which is no error.
    pub(super) digits: bool,
}

impl Placed<'_> {
    /// The slot that this cell fills: the same for all contents that look the same or are common figures.
    pub(super) fn slot(&self) -> Slot {
        let common = match self.look.setting {
            Setting::Figure(NumberFormat::Decimals(decimals)) => decimals <= COMMON_DECIMALS,
            Setting::Figure(NumberFormat::General) => !matches!(self.ink, Ink::Digits(_)),
            Setting::Wrapped | Setting::Stacked => false,
        };
        Slot {
            rows: self.rows.clone(),
            columns: self.columns,
            look: if common { self.look.with(Setting::Wrapped) } else { self.look },
            common: self.look.bordered && (common || self.look.setting == Setting::Wrapped),
            digits: matches!(self.ink, Ink::Digits(_)),
        }
    }
}

/// The cells that differ between two reports of a form, row by row from left to right.
pub(super) fn figures<'a>(sheet: &'a Sheet<'a>) -> Vec<Placed<'a>> {
    let Sheet { grid, rows, .. } = sheet;
    let mut placed = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match &row.piece {
            Piece::Texts(texts, style, true) => placed.extend(self::texts(grid, at, texts, *style)),
            Piece::Texts(..) => {}
            Piece::Row(number, table, row) => {
                for cell in table.rows[*row].cells.iter().filter(|cell| is_figure(cell)) {
                    let Some(columns) = grid.cell(*number, cell) else { continue };
                    let end = at + cell.row_span.max(1).min(table.rows.len() - row);
                    placed.push(self::cell(sheet, cell, at..end, columns, cell.style));
                }
            }
        }
    }
    placed
}

/// The form's own cells, row by row. A merged label that goes over a page is one cell a page.
pub(super) fn labels<'a>(sheet: &'a Sheet<'a>, breaks: &[usize]) -> Vec<Placed<'a>> {
    let Sheet { layout, grid, rows } = sheet;
    let mut placed = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let (number, table, row) = match &row.piece {
            Piece::Row(number, table, row) => (number, table, row),
            Piece::Texts(texts, style, false) => {
                placed.extend(self::texts(grid, at, texts, *style));
                continue;
            }
            Piece::Texts(..) => continue,
        };
        for cell in table.rows[*row].cells.iter().filter(|cell| !is_figure(cell)) {
            let Some(columns) = grid.cell(*number, cell) else { continue };
            let end = at + cell.row_span.max(1).min(table.rows.len() - row);
            if cell.role != CellRole::RowHeader {
                placed.push(self::cell(sheet, cell, at..end, columns, cell.style));
                continue;
            }
            for part in parts(at..end, breaks) {
                let height = f64::from(rows[part.clone()].iter().map(|row| row.height).sum::<u32>());
                placed.push(self::cell(sheet, cell, part, columns, vertical_style(layout.content(cell), cell, height)));
            }
        }
    }
    placed
}

/// Whether this is a figure: each report of a form has its own here, or all have one that no other form has.
fn is_figure(cell: &CellLayout) -> bool {
    matches!(cell.content, Filling::Slot(_) | Filling::Fixed(Content::Number(_)))
}

/// The texts of a row outside the tables.
fn texts<'a>(grid: &'a Grid, row: usize, texts: &'a [Text<'a>], style: TextStyle) -> impl Iterator<Item = Placed<'a>> {
    texts.iter().enumerate().map(move |(index, (_, text, align))| {
        let columns = row::text_columns(grid, texts, index);
        let style = grid.without_lost_line(text, style, columns, 0.0);
        let look = Look { style, align: *align, bordered: false, indent: 0, setting: Setting::Wrapped };
        Placed { rows: row..row + 1, columns, look, ink: Ink::Text(Cow::Borrowed(text)), at: None, figure: None }
    })
}

/// A cell of a table.
fn cell<'a>(
    sheet: &'a Sheet<'a>,
    cell: &'a CellLayout,
    rows: Range<usize>,
    columns: (usize, usize),
    style: TextStyle,
) -> Placed<'a> {
    let Sheet { layout, grid, .. } = sheet;
    let indent = grid::indent_steps(cell);
    let (style, setting, ink) = match layout.content(cell) {
        Content::Number(number) if !fits_a_number(*number) => {
            (style, Setting::Figure(NumberFormat::General), Ink::Digits(*number))
        }
        Content::Number(number) => {
            let format = NumberFormat::of(*number, grid.width(columns), cell.style);
            (style, Setting::Figure(format), Ink::Number(*number))
        }
        Content::Text(text) if cell.vertical => (style, Setting::Stacked, Ink::Text(Cow::Borrowed(text.as_str()))),
        Content::Text(text) => {
            let style = grid.without_lost_line(text, style, columns, indent * INDENT_PIXELS);
            let text = grid.header(cell, text, columns).map_or(Cow::Borrowed(text.as_str()), Cow::Owned);
            (style, Setting::Wrapped, Ink::Text(text))
        }
        Content::Blank => (style, Setting::Wrapped, Ink::Blank),
    };
    let indent = indent.clamp(0.0, 250.0) as u8;
    let look = Look { style, align: cell.align, bordered: true, indent, setting };
    Placed { rows, columns, look, ink, at: layout.at(cell), figure: cell.figure }
}

/// Rows cut where pages end.
fn parts(rows: Range<usize>, breaks: &[usize]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = rows.start;
    for &end in breaks.iter().filter(|row| (rows.start + 1..rows.end).contains(*row)) {
        parts.push(start..end);
        start = end;
    }
    parts.push(start..rows.end);
    parts
}

/// The style in which text that runs down fits a height in pixels.
fn vertical_style(content: &Content, cell: &CellLayout, height: f64) -> TextStyle {
    let Content::Text(text) = content else { return cell.style };
    let needed = grid::vertical_height(text, cell.style);
    if !cell.vertical || needed <= height {
        return cell.style;
    }
    let size = (cell.style.size * height / needed * 2.0).floor() / 2.0;
    TextStyle { size: size.max(SMALLEST_VERTICAL), ..cell.style }
}
