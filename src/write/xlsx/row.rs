//! The content and the height of each row of the worksheet.
//!
//! What labels need is measured once for a form ([`FormMeasures`]); a report adds what its own texts need.

use std::borrow::Cow;

use super::grid::{Grid, pixels};
use crate::finding::Finding;
use crate::layout::text::{EastAsianWidth, MM_PER_POINT, text_width};
use crate::layout::{Align, Block, Filling, Form, Layout, LineKind, LineLayout, LinePart, TableLayout};
use crate::template::{Template, TextStyle};

/// The greatest height of a row: 409.5 points. Source: ECMA-376 Part 1, 18.3.1.73, as Excel limits it.
const MAX_ROW_PIXELS: u32 = 546;

/// A text outside the tables: its first column, the text and its alignment.
pub(super) type Text<'a> = (usize, Cow<'a, str>, Align);

/// The content of a row of the worksheet.
pub(super) enum RowContent<'a> {
    /// Texts outside the tables, each of which reaches to the next; whether they are the report's own.
    Texts(Vec<Text<'a>>, TextStyle, bool),
    /// A row of a table: the table's number, the table, the row's number.
    Row(usize, &'a TableLayout, usize),
}

/// A row of the worksheet.
pub(super) struct SheetRow<'a> {
    pub(super) content: RowContent<'a>,
    /// In pixels.
    pub(super) height: u32,
    /// Whether the next row must stand on the same page.
    pub(super) keep_with_next: bool,
}

/// A report as rows of a worksheet.
pub(super) struct SheetLayout<'a> {
    pub(super) layout: &'a Layout,
    pub(super) grid: &'a Grid,
    pub(super) rows: Vec<SheetRow<'a>>,
}

/// What a form alone decides about its worksheet: the columns, and the heights that labels need.
pub(super) struct FormMeasures {
    grid: Grid,
    tables: Vec<TableHeights>,
}

/// The heights of a table's rows that its labels need.
struct TableHeights {
    /// In pixels.
    rows: Vec<f64>,
    merged: Vec<RequiredHeight>,
    /// The cells that reports fill: their rows, and their places in them.
    open: Vec<(usize, usize)>,
}

/// The height that the text of a merged cell needs.
#[derive(Clone, Copy)]
struct RequiredHeight {
    /// Its first row, and its place in it.
    place: (usize, usize),
    rows: usize,
    /// In pixels.
    height: f64,
}

impl FormMeasures {
    pub(super) fn new(form: &Form, template: &Template) -> Self {
        let grid = Grid::new(form, template);
        let tables = form.blocks.iter().filter_map(|block| match block {
            Block::Line(_) => None,
            Block::Table(table) => Some(table),
        });
        let tables = tables.enumerate().map(|(number, table)| table_heights(&grid, number, table)).collect();
        Self { grid, tables }
    }

    /// The content and height of each row; `XG422` for text higher than a row may be.
    pub(super) fn sheet<'a>(&'a self, layout: &'a Layout, findings: &mut Vec<Finding>) -> SheetLayout<'a> {
        let mut rows: Vec<(RowContent<'a>, f64, bool)> = Vec::new();
        let mut tables = 0;
        let mut blocks = layout.form.blocks.as_slice();
        while let [block, rest @ ..] = blocks {
            blocks = rest;
            match block {
                Block::Line(line) if line.kind == LineKind::Title => {
                    // A title in two lines is one cell, so that it is read back as one title.
                    let more = rest.iter().map_while(|block| match block {
                        Block::Line(line) if line.kind == LineKind::Title => Some(line),
                        _ => None,
                    });
                    let lines: Vec<&LineLayout> = std::iter::once(line).chain(more).collect();
                    blocks = &rest[lines.len() - 1..];
                    rows.push(title_row(layout, &self.grid, &lines));
                }
                // A comment on each cell says it.
                Block::Line(line) if line.kind == LineKind::Note => {}
                Block::Line(line) => {
                    if line.kind == LineKind::Filing {
                        // The lines below a table never stand on a page without some of its rows.
                        rows.iter_mut().rev().take(3).for_each(|row| row.2 = true);
                    }
                    rows.push(line_row(layout, &self.grid, line));
                }
                Block::Table(table) => {
                    let heights =
                        self.tables.get(tables).map(|heights| heights.filled(layout, &self.grid, tables, table));
                    let heights = heights.into_iter().flatten();
                    rows.extend(
                        table.rows.iter().zip(heights).enumerate().map(|(at, (row, height))| {
                            (RowContent::Row(tables, table, at), height, row.keep_with_next)
                        }),
                    );
                    tables += 1;
                }
            }
        }
        let limited = |(content, height, keep_with_next): (RowContent<'a>, f64, bool)| {
            let height = height.round() as u32;
            if height > MAX_ROW_PIXELS {
                let text: String = content.text(layout).chars().take(20).collect();
                findings.push(Finding::new("XG422").with("text", text + "…"));
            }
            SheetRow { content, height: height.min(MAX_ROW_PIXELS), keep_with_next }
        };
        SheetLayout { layout, grid: &self.grid, rows: rows.into_iter().map(limited).collect() }
    }
}

fn table_heights(grid: &Grid, number: usize, table: &TableLayout) -> TableHeights {
    let mut heights = TableHeights {
        rows: table.rows.iter().map(|row| pixels(row.min_height)).collect(),
        merged: Vec::new(),
        open: Vec::new(),
    };
    for (at, row) in table.rows.iter().enumerate() {
        for (place, cell) in row.cells.iter().enumerate() {
            let Filling::Fixed(content) = &cell.content else {
                heights.open.push((at, place));
                continue;
            };
            let columns = grid.cell(number, cell);
            let Some(height) = columns.and_then(|columns| grid.cell_height(cell, content, columns)) else { continue };
            match cell.row_span {
                0 | 1 => heights.rows[at] = heights.rows[at].max(height),
                rows => heights.merged.push(RequiredHeight { place: (at, place), rows, height }),
            }
        }
    }
    heights
}

impl TableHeights {
    /// The heights of all rows once a report has filled them, in pixels.
    fn filled(&self, layout: &Layout, grid: &Grid, number: usize, table: &TableLayout) -> Vec<f64> {
        let mut heights = self.rows.clone();
        let mut merged = Vec::new();
        for &place in &self.open {
            let Some(cell) = table.rows.get(place.0).and_then(|row| row.cells.get(place.1)) else { continue };
            let content = layout.content(cell);
            // Only text may need a higher row.
            if content.as_str().is_none() {
                continue;
            }
            let columns = grid.cell(number, cell);
            let Some(height) = columns.and_then(|columns| grid.cell_height(cell, content, columns)) else { continue };
            match cell.row_span {
                0 | 1 => heights[place.0] = heights[place.0].max(height),
                rows => merged.push(RequiredHeight { place, rows, height }),
            }
        }
        merged.extend(&self.merged);
        merged.sort_by_key(|need| need.place);
        // The last row of a merged cell grows by what the text needs beyond its rows.
        for RequiredHeight { place: (at, _), rows, height } in merged {
            let end = at.saturating_add(rows).min(heights.len());
            let room: f64 = heights[at..end].iter().sum();
            heights[end - 1] += (height - room).max(0.0);
        }
        heights
    }
}

impl RowContent<'_> {
    fn text(&self, layout: &Layout) -> String {
        match self {
            Self::Texts(texts, ..) => texts.iter().map(|text| text.1.as_ref()).collect(),
            Self::Row(_, table, row) => {
                table.rows[*row].cells.iter().map(|cell| layout.content(cell).to_text()).collect()
            }
        }
    }
}

/// Whether any content of lines is the report's own.
fn is_own(mut parts: impl Iterator<Item = impl std::borrow::Borrow<LinePart>>) -> bool {
    parts.any(|part| matches!(part.borrow().text, Filling::Slot(_)))
}

fn title_row<'a>(layout: &'a Layout, grid: &Grid, lines: &[&'a LineLayout]) -> (RowContent<'a>, f64, bool) {
    let texts: Vec<String> =
        lines.iter().map(|line| line.parts.iter().map(|part| layout.text(part)).collect()).collect();
    let height = lines.iter().map(|line| line.space_before + line.height).sum();
    let style = lines[0].style;
    let align = lines[0].parts.first().map_or(Align::Center, |part| part.align);
    let own = is_own(lines.iter().flat_map(|line| &line.parts));
    texts_row(grid, vec![(0, texts.join("\n").into(), align)], style, height, own)
}

/// A line whose parts each start in a column of their own, or one cell with the parts separated by spaces.
fn line_row<'a>(layout: &'a Layout, grid: &Grid, line: &'a LineLayout) -> (RowContent<'a>, f64, bool) {
    let parts = line.parts.iter().map(|part| (grid.column_at(part.x), layout.text(part), part.align));
    let parts = parts.filter(|(_, text, _)| !text.is_empty());
    let placed: Vec<Text<'a>> = parts.map(|(column, text, align)| (column, Cow::Borrowed(text), align)).collect();
    let height = line.space_before + line.height;
    let own = is_own(line.parts.iter());
    if placed.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        return texts_row(grid, placed, line.style, height, own);
    }
    let hanzi = line.style.size * MM_PER_POINT;
    let mut joined = String::new();
    for part in &line.parts {
        let gap = (part.x - text_width(&joined, line.style, &EastAsianWidth)) / hanzi;
        let least = if joined.is_empty() { 0.0 } else { 2.0 };
        joined.extend(std::iter::repeat_n('　', gap.max(least).round() as usize));
        joined.push_str(layout.text(part));
    }
    texts_row(grid, vec![(0, joined.into(), Align::Left)], line.style, height, own)
}

/// A row of texts outside tables, with its least height in mm.
fn texts_row<'a>(
    grid: &Grid,
    texts: Vec<Text<'a>>,
    style: TextStyle,
    least_height: f64,
    own: bool,
) -> (RowContent<'a>, f64, bool) {
    let needed = texts.iter().enumerate().map(|(index, (_, text, _))| {
        let columns = text_columns(grid, &texts, index);
        grid.text_height(text, grid.without_lost_line(text, style, columns, 0.0), columns, 0.0)
    });
    let height = needed.fold(pixels(least_height), f64::max);
    (RowContent::Texts(texts, style, own), height, true)
}

/// The columns that a text of a row covers.
pub(super) fn text_columns(grid: &Grid, texts: &[Text<'_>], index: usize) -> (usize, usize) {
    (texts[index].0, texts.get(index + 1).map_or(grid.columns(), |next| next.0))
}
