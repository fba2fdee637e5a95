//! Fits text into cells.
//!
//! In: a table and the widths of characters. Out: a [`FittedTable`]: the lines of each cell and the height of each row.
//! Called by [`super::pages`].

use std::ops::Range;

use crate::layout::text::{MM_PER_POINT, Measure, break_lines, stays_with_previous, text_width, words};
use crate::layout::{Align, CellLayout, CellRole, Content, Filling, Form, TableLayout};
use crate::template::TextStyle;
use crate::text::label::ordinal_length;

/// Differences up to this many mm are rounding errors.
pub(super) const TOLERANCE: f64 = 1e-6;

/// The distance between baselines in a cell, relative to the font size.
pub(super) const LINE_SPACING: f64 = 1.2;

/// The top of a hanzi's square above the baseline, relative to the font size.
const ASCENT: f64 = 0.88;

/// The space above the first and below the last line of a cell, in mm.
const SPACE: f64 = 0.7;

/// Text smaller than this part of its size is reported.
pub(super) const LEAST_TEXT: f64 = 0.6;

/// Numbers and marks of values in doubt shrink down to this part of their size before they break into lines.
pub(crate) const LEAST_NUMBER: f64 = 0.5;

/// The minimum space left and right of a number, in mm.
const LEAST_PADDING: f64 = 0.7;

/// Header rows repeat only if they take at most this part of a page.
const MOST_HEADS: f64 = 0.5;

/// The number of header rows, in a table that may have fewer rows.
pub(super) fn header_rows(table: &TableLayout) -> usize {
    table.header_rows.min(table.rows.len())
}

/// The height of a cell with one line, in mm.
fn line_height(style: TextStyle) -> f64 {
    size_mm(style) * LINE_SPACING + 2.0 * SPACE
}

/// A cell's text in lines.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub(super) style: TextStyle,
    pub(super) lines: Vec<String>,
    /// Whether the text runs from top to bottom. Closing punctuation then hangs beside its character.
    pub(super) vertical: bool,
}

impl Fitted {
    /// The part of a line that is centered.
    pub(super) fn body<'l>(&self, line: &'l str) -> &'l str {
        if self.vertical && line.chars().count() > 1 { line.trim_end_matches(stays_with_previous) } else { line }
    }

    /// The height with the space above and below, in mm.
    pub(super) fn height(&self) -> f64 {
        if self.lines.is_empty() {
            return 0.0;
        }
        self.lines.len() as f64 * size_mm(self.style) * LINE_SPACING + 2.0 * SPACE
    }
}

/// A cell that spans rows.
#[derive(Clone, Debug)]
pub(super) struct Merged {
    /// Its rows.
    pub(super) rows: Range<usize>,
    /// Its row and its index in the row.
    pub(super) cell: (usize, usize),
    /// The height its text needs, in mm.
    pub(super) height: f64,
}

/// A table with its text in lines.
#[derive(Clone, Debug)]
pub(super) struct FittedTable {
    /// The left edges of the columns and the right edge of the last one, from the table's left edge, in mm.
    pub(super) edges: Vec<f64>,
    /// Row heights in mm.
    pub(super) heights: Vec<f64>,
    /// The text by row and cell.
    pub(super) cells: Vec<Vec<Fitted>>,
    /// The cells that span rows, by first row.
    pub(super) merged: Vec<Merged>,
    /// How many header rows repeat.
    pub(super) repeated_heads: usize,
}

impl FittedTable {
    /// The height of the repeated header rows, in mm.
    pub(super) fn heads_height(&self) -> f64 {
        self.heights[..self.repeated_heads].iter().sum()
    }

    /// The merged cells that include a row.
    pub(super) fn merged_over(&self, row: usize) -> impl Iterator<Item = &Merged> {
        self.merged.iter().take_while(move |merged| merged.rows.start <= row).filter(move |m| m.rows.contains(&row))
    }

    /// The left edge and width of a cell, in mm.
    pub(super) fn extent(&self, cell: &CellLayout) -> (f64, f64) {
        let last = self.edges.len() - 1;
        let from = self.edges[cell.column.min(last)];
        (from, self.edges[cell.column.saturating_add(cell.column_span.max(1)).min(last)] - from)
    }
}

/// The size of a style, in mm.
pub(super) fn size_mm(style: TextStyle) -> f64 {
    style.size.max(0.1) * MM_PER_POINT
}

/// The first baseline of lines that are centered in a box, from the top of the box, in mm.
pub(super) fn first_baseline(lines: usize, style: TextStyle, height: f64) -> f64 {
    let size = size_mm(style);
    let text = (lines.saturating_sub(1) as f64 * LINE_SPACING + 1.0) * size;
    (height - text) / 2.0 + ASCENT * size
}

/// Breaks the text of all cells into lines and computes the height of the rows. A slot takes one line.
///
/// Calls `small(row, cell, size in points)` for text that had to be much smaller than its style.
pub(super) fn table(
    table: &TableLayout,
    form: &Form,
    capacity: f64,
    measure: &dyn Measure,
    mut small: impl FnMut(usize, usize, f64),
) -> FittedTable {
    let mut edges = vec![0.0];
    for width in &table.widths {
        edges.push(edges[edges.len() - 1] + width.max(0.0));
    }
    let count = table.rows.len();
    let mut fitted = FittedTable {
        edges,
        heights: table.rows.iter().map(|row| row.min_height.max(0.1).min(capacity)).collect(),
        cells: Vec::with_capacity(count),
        merged: Vec::new(),
        repeated_heads: 0,
    };
    let headers = header_rows(table);
    for (at, row) in table.rows.iter().enumerate() {
        if at == headers {
            let height: f64 = fitted.heights[..headers].iter().sum();
            fitted.repeated_heads = if height <= capacity * MOST_HEADS { headers } else { 0 };
        }
        let room = capacity - fitted.heads_height();
        let mut cells = Vec::with_capacity(row.cells.len());
        for (number, cell) in row.cells.iter().enumerate() {
            let (_, width) = fitted.extent(cell);
            let text = match &cell.content {
                Filling::Fixed(content) => fit_cell(cell, content, width, form.page.padding, room, measure),
                Filling::Slot(_) => Fitted { style: cell.style, lines: Vec::new(), vertical: false },
            };
            if text.style.size < cell.style.size * LEAST_TEXT {
                small(at, number, text.style.size);
            }
            let height = match &cell.content {
                Filling::Fixed(_) => text.height(),
                Filling::Slot(_) => line_height(cell.style).min(room),
            };
            let rows = at..at.saturating_add(cell.row_span.max(1)).min(count);
            if rows.len() > 1 {
                fitted.merged.push(Merged { rows, cell: (at, number), height });
            } else {
                fitted.heights[at] = fitted.heights[at].max(height);
            }
            cells.push(text);
        }
        fitted.cells.push(cells);
    }
    for merged in &fitted.merged {
        let height: f64 = fitted.heights[merged.rows.clone()].iter().sum();
        if height < merged.height {
            fitted.heights[merged.rows.end - 1] += merged.height - height;
        }
    }
    fitted
}

/// Breaks a cell's text into lines that fit its width, in a size that fits its height.
fn fit_cell(
    cell: &CellLayout,
    content: &Content,
    width: f64,
    padding: f64,
    room: f64,
    measure: &dyn Measure,
) -> Fitted {
    let text = content.to_text();
    let mut style = cell.style;
    if text.is_empty() {
        return Fitted { style, lines: Vec::new(), vertical: false };
    }
    let width = (width - 2.0 * padding - cell.indent.max(0.0) * size_mm(style)).max(size_mm(style));
    if content.keeps_one_line() {
        let needed = text_width(&text, style, measure);
        let width = width + number_slack(padding);
        if needed > width && needed * LEAST_NUMBER <= width {
            style.size *= width / needed * 0.999;
        }
        if needed * style.size / cell.style.size <= width {
            return Fitted { style, lines: vec![text], vertical: false };
        }
    }
    shrink(cell, &text, style, width, room, measure)
}

/// How much wider a number's room is than a text's, in mm: it may come closer to the borders.
pub(super) fn number_slack(padding: f64) -> f64 {
    2.0 * (padding - LEAST_PADDING).max(0.0)
}

/// The lines of a cell's text in this width and style.
fn lines(cell: &CellLayout, text: &str, style: TextStyle, width: f64, measure: &dyn Measure) -> Vec<String> {
    if cell.vertical {
        return vertical_lines(text, style, width, measure);
    }
    if let Some(lines) = label_lines(cell, text, style, width, measure) {
        return lines;
    }
    break_lines(text, style, width, measure).into_iter().map(|range| text[range].to_owned()).collect()
}

/// The lines of a label that breaks elsewhere than other text.
pub(crate) fn label_lines(
    cell: &CellLayout,
    text: &str,
    style: TextStyle,
    width: f64,
    measure: &dyn Measure,
) -> Option<Vec<String>> {
    match cell.role {
        CellRole::ColumnHeader => words(text, style, width),
        CellRole::RowHeader if cell.align == Align::Center => {
            // （三） above 不予公开 is better than breaking a word.
            let (ordinal, rest) = text.split_at(ordinal_length(text));
            let fits = |part: &str| !part.is_empty() && text_width(part, style, measure) <= width + TOLERANCE;
            (!fits(text) && fits(ordinal) && fits(rest)).then(|| vec![ordinal.to_owned(), rest.to_owned()])
        }
        _ => None,
    }
}

/// One character on each line. A run of digits or letters that fits stays together, and closing punctuation stays
/// beside its character.
fn vertical_lines(text: &str, style: TextStyle, width: f64, measure: &dyn Measure) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for character in text.chars().filter(|character| !character.is_whitespace()) {
        if let Some(last) = lines.last_mut() {
            let run = character.is_ascii_alphanumeric() && last.chars().all(|c| c.is_ascii_alphanumeric());
            let joined = text_width(&format!("{last}{character}"), style, measure) <= width + TOLERANCE;
            if stays_with_previous(character) || (run && joined) {
                last.push(character);
                continue;
            }
        }
        lines.push(character.to_string());
    }
    lines
}

/// Breaks a cell's text into lines that fit a box, in a smaller size if necessary.
pub(super) fn shrink(
    cell: &CellLayout,
    text: &str,
    style: TextStyle,
    width: f64,
    height: f64,
    measure: &dyn Measure,
) -> Fitted {
    let mut style = style;
    loop {
        let lines = lines(cell, text, style, width, measure);
        let fitted = Fitted { style, lines, vertical: cell.vertical };
        if fitted.height() <= height + TOLERANCE || style.size < 0.05 {
            return fitted;
        }
        // A smaller size reduces both the height and the number of lines.
        style.size *= (height / fitted.height()).sqrt().clamp(0.1, 0.98);
    }
}

/// A style small enough for the text to fit on one line.
pub(super) fn one_line(text: &str, style: TextStyle, width: f64, measure: &dyn Measure) -> TextStyle {
    let needed = text_width(text, style, measure);
    let size = if needed > width && width > 0.0 { style.size * width / needed } else { style.size };
    TextStyle { size, ..style }
}
