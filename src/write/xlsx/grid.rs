//! One worksheet for all tables: the columns they share, and how much room text needs in them.

use std::collections::BTreeSet;

use crate::layout::text::{EastAsianWidth, MM_PER_POINT, break_lines, text_width, words};
use crate::layout::{Block, CellLayout, CellRole, Content, Form, TableLayout};
use crate::template::{Page, Template, TextStyle};

/// Workbooks measure in pixels of 1/96 inch.
const MM_PER_PIXEL: f64 = 25.4 / 96.0;

/// One step of an indent: three spaces of the standard font.
pub(super) const INDENT_PIXELS: f64 = 12.0;

/// What programs keep free at the left and right of a cell's text, together.
pub(super) const CELL_PADDING_PIXELS: f64 = 7.0;

/// Programs and printers set text up to this much wider than its font says.
pub(super) const TEXT_STRETCH: f64 = 1.03;

/// A last line narrower than this many hanzi looks lost. Text may be set smaller by this factor, in steps of half a point, to
/// do without it: programs break lines by rules of their own, and a break in the text would be in the data too.
const LOST: f64 = 3.0;
const SMALLEST: f64 = 0.9;

/// Height of a line of text for its size, with room for the fonts that stand in for missing ones.
const LINE_HEIGHT: f64 = 1.45;

/// The same for stacked characters.
const STACKED_HEIGHT: f64 = 1.3;

/// Edges of different tables that stand no farther apart are one, in pixels: a sheet of slivers is hard to edit.
const SAME_EDGE: f64 = 6.5;

/// The columns of a worksheet.
pub(super) struct Grid {
    /// Left edges of the columns and the right edge of the last, in pixels.
    pub(super) edges: Vec<f64>,
    /// The headers of the form, which may be broken: those that a report adds are not, so that they are read back unchanged.
    headers: BTreeSet<String>,
    /// For each table, in order, the edge of the worksheet that each of its own edges is.
    tables: Vec<Vec<usize>>,
}

impl Grid {
    /// The columns of all tables together, in whole pixels so that the sheet is no wider than the type area.
    pub(super) fn new(form: &Form, template: &Template) -> Self {
        let tables: Vec<Vec<f64>> = form.blocks.iter().filter_map(as_table).map(table_edges).collect();
        let edges = tables.iter().enumerate();
        let mut all: Vec<(f64, usize, usize)> = edges
            .flat_map(|(table, edges)| edges.iter().enumerate().map(move |(at, x)| (x.floor(), table, at)))
            .collect();
        all.sort_by(|one, other| one.0.total_cmp(&other.0).then((one.1, one.2).cmp(&(other.1, other.2))));
        let headers =
            template.tables().iter().flat_map(|table| &table.columns).map(|column| column.header.clone()).collect();
        let mut grid =
            Self { edges: Vec::new(), headers, tables: tables.iter().map(|edges| vec![0; edges.len()]).collect() };
        let mut here: Vec<usize> = Vec::new();
        for (x, table, at) in all {
            let last = grid.edges.last().copied();
            let same = last.is_some_and(|last| x - last < SAME_EDGE) && !here.contains(&table);
            if !same {
                grid.edges.push(last.map_or(x, |last| x.max(last + 1.0)));
                here.clear();
            }
            here.push(table);
            grid.tables[table][at] = grid.edges.len() - 1;
        }
        if grid.edges.len() < 2 {
            let Page { width, left, right, .. } = form.page;
            grid.edges = vec![0.0, pixels(width - left - right).floor().max(1.0)];
        }
        grid
    }

    pub(super) fn columns(&self) -> usize {
        self.edges.len() - 1
    }

    /// Width of columns in pixels.
    pub(super) fn width(&self, (first, end): (usize, usize)) -> f64 {
        self.edges[end] - self.edges[first]
    }

    /// The column whose left edge is nearest to a cell in mm.
    pub(super) fn column_at(&self, x: f64) -> usize {
        let distance = |index: &usize| (self.edges[*index] - pixels(x)).abs();
        (0..self.edges.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    }

    /// The columns of a table's cell: the first, and the one behind the last.
    pub(super) fn cell(&self, table: usize, cell: &CellLayout) -> Option<(usize, usize)> {
        let edges = self.tables.get(table)?;
        let last = cell.column.saturating_add(cell.column_span.max(1)).min(edges.len().saturating_sub(1));
        let (first, end) = (*edges.get(cell.column)?, *edges.get(last)?);
        (first < end).then_some((first, end))
    }

    /// Width for text in columns, in mm.
    fn text_room(&self, columns: (usize, usize), indent: f64) -> f64 {
        (self.width(columns) - CELL_PADDING_PIXELS - indent).max(1.0) * MM_PER_PIXEL
    }

    /// The style at the greatest size that leaves no lost last line; unchanged where only a much smaller one does.
    pub(super) fn without_lost_line(
        &self,
        text: &str,
        style: TextStyle,
        columns: (usize, usize),
        indent: f64,
    ) -> TextStyle {
        let room = self.text_room(columns, indent);
        let sizes =
            (0..).map(|step| style.size - f64::from(step) * 0.5).take_while(|size| *size >= style.size * SMALLEST);
        let mut styles = sizes.map(|size| TextStyle { size, ..style });
        let whole = |style: &TextStyle| !is_lost(text, *style, room) && !is_lost(text, *style, room / TEXT_STRETCH);
        styles.find(whole).unwrap_or(style)
    }

    /// Height that a wrapped text needs in columns, in pixels.
    pub(super) fn text_height(&self, text: &str, style: TextStyle, columns: (usize, usize), indent: f64) -> f64 {
        let width = self.text_room(columns, indent) / TEXT_STRETCH;
        if is_one_line(text, style, width) {
            return lines_height(1, style);
        }
        lines_height(break_lines(text, style, width, &EastAsianWidth).len(), style)
    }

    /// A narrow header with its lines broken between words, as clerks break it; programs would break inside them.
    pub(super) fn header(&self, cell: &CellLayout, text: &str, columns: (usize, usize)) -> Option<String> {
        let room = self.text_room(columns, 0.0);
        let lines = (cell.role == CellRole::ColumnHeader && self.headers.contains(text))
            .then(|| words(text, cell.style, room))
            .flatten()?;
        Some(lines.join("\n"))
    }

    /// Height that a cell's text needs, in pixels; none for what is no text.
    pub(super) fn cell_height(&self, cell: &CellLayout, content: &Content, columns: (usize, usize)) -> Option<f64> {
        let text = content.as_str()?;
        if cell.vertical {
            return Some(vertical_height(text, cell.style));
        }
        let indent = indent_steps(cell) * INDENT_PIXELS;
        if let Some(text) = self.header(cell, text, columns) {
            return Some(self.text_height(&text, cell.style, columns, 0.0));
        }
        let style = self.without_lost_line(text, cell.style, columns, indent);
        Some(self.text_height(text, style, columns, indent))
    }
}

/// Height of a text that runs down, in pixels.
pub(super) fn vertical_height(text: &str, style: TextStyle) -> f64 {
    pixels((text.chars().count() as f64 * style.size * STACKED_HEIGHT + 2.0) * MM_PER_POINT)
}

fn lines_height(lines: usize, style: TextStyle) -> f64 {
    pixels((lines as f64 * style.size * LINE_HEIGHT + 2.0) * MM_PER_POINT)
}

/// Steps of a cell's indent.
pub(super) fn indent_steps(cell: &CellLayout) -> f64 {
    (pixels(cell.indent * cell.style.size * MM_PER_POINT) / INDENT_PIXELS).round()
}

pub(super) fn pixels(mm: f64) -> f64 {
    mm / MM_PER_PIXEL
}

fn as_table(block: &Block) -> Option<&TableLayout> {
    match block {
        Block::Line(_) => None,
        Block::Table(table) => Some(table),
    }
}

/// Edges of a table's columns in pixels.
fn table_edges(table: &TableLayout) -> Vec<f64> {
    let right = table.widths.iter().scan(0.0, |x, width| {
        *x += pixels(width.max(0.0));
        Some(*x)
    });
    std::iter::once(0.0).chain(right).collect()
}

/// Whether a text surely is one line, which most are: nothing in it may end a line, and it fits.
fn is_one_line(text: &str, style: TextStyle, width: f64) -> bool {
    let ends_line = |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    text_width(text, style, &EastAsianWidth) <= width && !text.contains(ends_line)
}

/// Whether a program that fills lines to the last character leaves too little for the last of a paragraph.
fn is_lost(text: &str, style: TextStyle, room: f64) -> bool {
    let least = LOST * style.size * MM_PER_POINT;
    let mut buffer = [0; 4];
    room > 2.0 * least
        && text.split('\n').any(|paragraph| {
            let (mut used, mut lines) = (0.0, 1);
            for character in paragraph.chars() {
                let width = text_width(character.encode_utf8(&mut buffer), style, &EastAsianWidth);
                if used + width > room {
                    (used, lines) = (0.0, lines + 1);
                }
                used += width;
            }
            lines > 1 && used < least
        })
}
