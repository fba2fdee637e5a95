//! The cells of the worksheet: their places, contents and styles.
//!
//! [`form_cells`] are the form's own cells. [`report_cells`] are those that differ between two reports of a form: the values and
//! the texts outside the tables.

use std::borrow::Cow;
use std::ops::Range;

use rust_decimal::Decimal;

use super::grid::{self, Grid, INDENT_PIXELS};
use super::row::{self, RowContent, SheetLayout, Text};
use super::style::{CellStyle, NumberFormat, Presentation, fits_a_number};
use crate::document::Location;
use crate::layout::{CellLayout, CellRole, Content, Filling};
use crate::template::TextStyle;

/// Smallest size of vertical text whose cell is cut by a page break, in points.
const SMALLEST_VERTICAL: f64 = 5.0;

/// Forms are drawn with styles for numbers of up to this many decimals: 万元 has six.
pub(super) const COMMON_DECIMALS: u32 = 6;

/// What a cell of the worksheet holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CellContent<'a> {
    /// Nothing.
    Blank,
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Number(Decimal),
    /// A number that a workbook cannot hold, written as text.
    NumberAsText(Decimal),
}

/// A cell of the worksheet, or several merged.
#[derive(Clone, Debug)]
pub(super) struct PlacedCell<'a> {
    pub(super) rows: Range<usize>,
    /// The first column, and the one behind the last.
    pub(super) columns: (usize, usize),
    pub(super) style: CellStyle,
    pub(super) content: CellContent<'a>,
    /// Where its content came from.
    pub(super) at: Option<&'a Location>,
    /// Its place among the values of the layout, if it is one.
    pub(super) value: Option<usize>,
}

/// A cell of a form that its reports fill.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) rows: Range<usize>,
    pub(super) columns: (usize, usize),
    /// The style it is drawn in. Each report has its own.
    pub(super) style: CellStyle,
    /// Whether it holds a number as text, which is no error.
    pub(super) number_as_text: bool,
}

impl Slot {
    /// Whether a report's cell may fill it.
    pub(super) fn fits(&self, cell: &PlacedCell<'_>) -> bool {
        (&self.rows, self.columns, self.number_as_text) == (&cell.rows, cell.columns, cell.is_number_as_text())
    }
}

impl PlacedCell<'_> {
    pub(super) fn is_number_as_text(&self) -> bool {
        matches!(self.content, CellContent::NumberAsText(_))
    }
}

/// The slots of a form, from the cells of one of its reports.
///
/// Each style of the report is in one of them. Cells whose style another has already are drawn in styles that other reports
/// may need: those of blank cells and of common numbers.
pub(super) fn slots(cells: &[PlacedCell<'_>]) -> Vec<Slot> {
    let mut styles: Vec<CellStyle> = Vec::new();
    let mut spare = Vec::new();
    let mut slots = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        if styles.contains(&cell.style) {
            spare.push(at);
        } else {
            styles.push(cell.style);
        }
        let (rows, columns, style) = (cell.rows.clone(), cell.columns, cell.style);
        slots.push(Slot { rows, columns, style, number_as_text: cell.is_number_as_text() });
    }
    let in_tables = styles.iter().filter(|style| style.bordered && style.presentation != Presentation::Vertical);
    let in_tables: Vec<CellStyle> = in_tables.copied().collect();
    let decimals = (0..=COMMON_DECIMALS).map(NumberFormat::Decimals);
    let numbers = std::iter::once(NumberFormat::General).chain(decimals).map(Presentation::Number);
    let mut spare = spare.into_iter();
    for presentation in std::iter::once(Presentation::Wrapped).chain(numbers) {
        for style in &in_tables {
            let style = style.with(presentation);
            if styles.contains(&style) {
                continue;
            }
            let Some(at) = spare.next() else { return slots };
            slots[at].style = style;
            styles.push(style);
        }
    }
    slots
}

/// The cells that differ between two reports of a form, row by row from left to right.
pub(super) fn report_cells<'a>(sheet: &'a SheetLayout<'a>) -> Vec<PlacedCell<'a>> {
    let SheetLayout { grid, rows, .. } = sheet;
    let mut placed = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match &row.content {
            RowContent::Texts(texts, style, true) => placed.extend(self::texts(grid, at, texts, *style)),
            RowContent::Texts(..) => {}
            RowContent::Row(number, table, row) => {
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
pub(super) fn form_cells<'a>(sheet: &'a SheetLayout<'a>, breaks: &[usize]) -> Vec<PlacedCell<'a>> {
    let SheetLayout { layout, grid, rows } = sheet;
    let mut placed = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let (number, table, row) = match &row.content {
            RowContent::Row(number, table, row) => (number, table, row),
            RowContent::Texts(texts, style, false) => {
                placed.extend(self::texts(grid, at, texts, *style));
                continue;
            }
            RowContent::Texts(..) => continue,
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

/// Whether this cell holds a value: each report of a form has its own, or all have one that no other form has.
fn is_figure(cell: &CellLayout) -> bool {
    match &cell.content {
        Filling::Slot(_) => true,
        Filling::Fixed(content) => content.number().is_some(),
    }
}

/// The texts of a row outside the tables.
fn texts<'a>(
    grid: &'a Grid,
    row: usize,
    texts: &'a [Text<'a>],
    style: TextStyle,
) -> impl Iterator<Item = PlacedCell<'a>> {
    texts.iter().enumerate().map(move |(index, (_, text, align))| {
        let columns = row::text_columns(grid, texts, index);
        let style = grid.without_lost_line(text, style, columns, 0.0);
        let style =
            CellStyle { text: style, align: *align, bordered: false, indent: 0, presentation: Presentation::Wrapped };
        PlacedCell {
            rows: row..row + 1,
            columns,
            style,
            content: CellContent::Text(Cow::Borrowed(text)),
            at: None,
            value: None,
        }
    })
}

/// A cell of a table.
fn cell<'a>(
    sheet: &'a SheetLayout<'a>,
    cell: &'a CellLayout,
    rows: Range<usize>,
    columns: (usize, usize),
    style: TextStyle,
) -> PlacedCell<'a> {
    let SheetLayout { layout, grid, .. } = sheet;
    let indent = grid::indent_steps(cell);
    let (style, presentation, content) = match (layout.content(cell).number(), layout.content(cell).as_str()) {
        (Some(number), _) if !fits_a_number(number) => {
            (style, Presentation::Number(NumberFormat::General), CellContent::NumberAsText(number))
        }
        (Some(number), _) => {
            let format = NumberFormat::of(number, grid.width(columns), cell.style);
            (style, Presentation::Number(format), CellContent::Number(number))
        }
        (None, Some(text)) if cell.vertical => (style, Presentation::Vertical, CellContent::Text(Cow::Borrowed(text))),
        (None, Some(text)) => {
            let style = grid.without_lost_line(text, style, columns, indent * INDENT_PIXELS);
            let text = grid.header(cell, text, columns).map_or(Cow::Borrowed(text), Cow::Owned);
            (style, Presentation::Wrapped, CellContent::Text(text))
        }
        (None, None) => (style, Presentation::Wrapped, CellContent::Blank),
    };
    let indent = indent.clamp(0.0, 250.0) as u8;
    let style = CellStyle { text: style, align: cell.align, bordered: true, indent, presentation };
    PlacedCell { rows, columns, style, content, at: layout.at(cell), value: cell.value }
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

/// The style in which vertical text fits a height in pixels.
fn vertical_style(content: &Content, cell: &CellLayout, height: f64) -> TextStyle {
    let Some(text) = content.as_str() else { return cell.style };
    let needed = grid::vertical_height(text, cell.style);
    if !cell.vertical || needed <= height {
        return cell.style;
    }
    let size = (cell.style.size * height / needed * 2.0).floor() / 2.0;
    TextStyle { size: size.max(SMALLEST_VERTICAL), ..cell.style }
}

/// Escapes what a reader of cells would take for the code of a character, such as `_x0041_`.
pub(super) fn escape_codes(text: &str) -> Cow<'_, str> {
    let is_code = |text: &str| {
        let code = text.as_bytes().get(..7);
        code.is_some_and(|code| {
            code.starts_with(b"_x") && code[6] == b'_' && code[2..6].iter().all(u8::is_ascii_hexdigit)
        })
    };
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::new();
    for (at, character) in text.char_indices() {
        escaped.push_str(if is_code(&text[at..]) { "_x005F" } else { "" });
        escaped.push(character);
    }
    Cow::Owned(escaped)
}
