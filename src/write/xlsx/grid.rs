//! One worksheet for all tables: the columns they share, what stands in each row, how high rows are, where pages end.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::finding::Finding;
use crate::layout::text::{EastAsianWidth, MM_PER_POINT, break_lines, text_width, words};
use crate::layout::{Align, Block, CellLayout, CellRole, Content, Layout, Line, LineKind, RowLayout, TableLayout};
use crate::template::{Page, Template, TextStyle};

/// Workbooks measure in pixels of 1/96 inch.
const MM_PER_PIXEL: f64 = 25.4 / 96.0;

/// One step of an indent: three spaces of the standard font.
pub(super) const INDENT_PIXELS: f64 = 12.0;

/// What programs keep free at the left and right of a cell's text, together.
pub(super) const CELL_PADDING_PIXELS: f64 = 7.0;

/// Programs and printers set text up to this much wider than its font says.
pub(super) const TEXT_STRETCH: f64 = 1.03;

/// A last line narrower than so many hanzi looks lost, and text may be set so much smaller, in steps of half a point, to
/// do without it: programs break lines by rules of their own, and a break in the text would be in the data too.
const LOST: f64 = 3.0;
const SMALLEST: f64 = 0.9;

/// Height of a line of text for its size, with room for the fonts that stand in for missing ones.
const LINE_HEIGHT: f64 = 1.45;

/// The greatest height of a row: 409.5 points. Source: ECMA-376 Part 1, 18.3.1.73, as Excel limits it.
const MAX_ROW_PIXELS: u32 = 546;

/// So much of a page's height stays free, in mm: a program that breaks before a break set here leaves a page of few rows.
const PAGE_RESERVE: f64 = 3.0;

/// The same for stacked characters, and the part of its size in which such text may be set on a page of few rows.
const STACKED_HEIGHT: f64 = 1.3;
const SMALL_VERTICAL: f64 = 0.75;

/// Edges of different tables that stand no farther apart are one, in pixels: a sheet of slivers is hard to edit.
const SAME_EDGE: f64 = 6.5;

/// The columns of a worksheet.
pub(super) struct Grid<'l> {
    pub(super) layout: &'l Layout,
    /// Left edges of the columns and the right edge of the last, in pixels.
    pub(super) edges: Vec<f64>,
    /// The heads of the form, which may be broken: those a report adds are read back as they stand.
    heads: BTreeSet<String>,
    /// For each table, in order, the edge of the worksheet that each of its own edges is.
    tables: Vec<Vec<usize>>,
}

impl<'l> Grid<'l> {
    /// The columns of all tables together, in whole pixels so that the sheet is no wider than the type area.
    pub(super) fn new(layout: &'l Layout, template: &Template) -> Self {
        let tables: Vec<Vec<f64>> = layout.form.blocks.iter().filter_map(as_table).map(table_edges).collect();
        let edges = tables.iter().enumerate();
        let mut all: Vec<(f64, usize, usize)> = edges
            .flat_map(|(table, edges)| edges.iter().enumerate().map(move |(at, x)| (x.floor(), table, at)))
            .collect();
        all.sort_by(|one, other| one.0.total_cmp(&other.0).then((one.1, one.2).cmp(&(other.1, other.2))));
        let heads = template.tables.iter().flat_map(|table| &table.columns).map(|column| column.head.clone()).collect();
        let mut grid = Self {
            layout,
            edges: Vec::new(),
            heads,
            tables: tables.iter().map(|edges| vec![0; edges.len()]).collect(),
        };
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
            let Page { width, left, right, .. } = layout.form.page;
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

    /// The column whose left edge is nearest to a place in mm.
    fn column_at(&self, x: f64) -> usize {
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
    fn text_height(&self, text: &str, style: TextStyle, columns: (usize, usize), indent: f64) -> f64 {
        let width = self.text_room(columns, indent) / TEXT_STRETCH;
        lines_height(break_lines(text, style, width, &EastAsianWidth).len(), style)
    }

    /// A narrow head with its lines broken between words, as clerks break it; programs would break inside them.
    pub(super) fn head(&self, cell: &CellLayout, columns: (usize, usize)) -> Option<String> {
        let Content::Text(text) = self.layout.content(cell) else { return None };
        let room = self.text_room(columns, 0.0);
        let lines = (cell.role == CellRole::ColumnHead && self.heads.contains(text))
            .then(|| words(text, cell.style, room))
            .flatten()?;
        Some(lines.join("\n"))
    }

    /// Height that a cell's text needs, in pixels; none for what is no text.
    fn cell_height(&self, cell: &CellLayout, columns: (usize, usize)) -> Option<f64> {
        let Content::Text(text) = self.layout.content(cell) else { return None };
        if cell.vertical {
            return Some(vertical_height(text, cell.style));
        }
        let indent = indent_steps(cell) * INDENT_PIXELS;
        if let Some(text) = self.head(cell, columns) {
            return Some(self.text_height(&text, cell.style, columns, 0.0));
        }
        let style = self.without_lost_line(text, cell.style, columns, indent);
        Some(self.text_height(text, style, columns, indent))
    }
}

/// A text outside the tables: its first column, what it says and where it stands.
pub(super) type Text = (usize, String, Align);

/// What stands in a row of the worksheet.
pub(super) enum Piece<'a> {
    /// Texts outside the tables; each reaches to the next.
    Texts(Vec<Text>, TextStyle),
    /// A row of a table: the table's number, the table, the row's number.
    Row(usize, &'a TableLayout, usize),
}

/// A row of the worksheet.
pub(super) struct SheetRow<'a> {
    pub(super) piece: Piece<'a>,
    /// In pixels.
    pub(super) height: u32,
    /// Whether the next row must stand on the same page.
    keep_with_next: bool,
}

/// What stands in each row, and how high it is; `XG422` for text higher than a row may be.
pub(super) fn rows<'a>(layout: &'a Layout, grid: &Grid<'_>, findings: &mut Vec<Finding>) -> Vec<SheetRow<'a>> {
    let mut rows: Vec<(Piece<'a>, f64, bool)> = Vec::new();
    let mut tables = 0;
    let mut blocks = layout.form.blocks.as_slice();
    while let [block, rest @ ..] = blocks {
        blocks = rest;
        match block {
            Block::Line(line) if line.kind == LineKind::Title => {
                // A title in two lines is one cell, so that it is read back as one title.
                let title = |block: &&Block| matches!(block, Block::Line(line) if line.kind == LineKind::Title);
                let count = rest.iter().take_while(title).count();
                let more = rest[..count].iter().filter_map(as_line);
                rows.push(title_row(grid, &std::iter::once(line).chain(more).collect::<Vec<_>>()));
                blocks = &rest[count..];
            }
            Block::Line(line) => {
                if line.kind == LineKind::Filing {
                    // The lines below a table never stand on a page without some of its rows.
                    rows.iter_mut().rev().take(3).for_each(|row| row.2 = true);
                }
                rows.push(line_row(grid, line));
            }
            Block::Table(table) => {
                rows.extend(table_rows(grid, tables, table));
                tables += 1;
            }
        }
    }
    let limited = |(piece, height, keep_with_next): (Piece<'a>, f64, bool)| {
        let height = height.round() as u32;
        if height > MAX_ROW_PIXELS {
            let text: String = piece.text(layout).chars().take(20).collect();
            findings.push(Finding::new("XG422").with("text", text + "…"));
        }
        SheetRow { piece, height: height.min(MAX_ROW_PIXELS), keep_with_next }
    };
    rows.into_iter().map(limited).collect()
}

impl Piece<'_> {
    fn text(&self, layout: &Layout) -> String {
        match self {
            Self::Texts(texts, _) => texts.iter().map(|text| text.1.as_str()).collect(),
            Self::Row(_, table, row) => {
                table.rows[*row].cells.iter().map(|cell| layout.content(cell).to_text()).collect()
            }
        }
    }
}

fn title_row<'a>(grid: &Grid<'_>, lines: &[&Line]) -> (Piece<'a>, f64, bool) {
    let texts: Vec<String> =
        lines.iter().map(|line| line.parts.iter().map(|part| grid.layout.text(part)).collect()).collect();
    let height = lines.iter().map(|line| line.space_before + line.height).sum();
    let style = lines[0].style;
    let align = lines[0].parts.first().map_or(Align::Center, |part| part.align);
    texts_row(grid, vec![(0, texts.join("\n"), align)], style, height)
}

/// A line whose pieces each start a column of their own, or one cell with the pieces set apart by spaces.
fn line_row<'a>(grid: &Grid<'_>, line: &Line) -> (Piece<'a>, f64, bool) {
    let parts = line.parts.iter().map(|part| (grid.column_at(part.x), grid.layout.text(part), part.align));
    let parts = parts.filter(|(_, text, _)| !text.is_empty());
    let placed: Vec<Text> = parts.map(|(column, text, align)| (column, text.to_owned(), align)).collect();
    let height = line.space_before + line.height;
    if placed.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        return texts_row(grid, placed, line.style, height);
    }
    let hanzi = line.style.size * MM_PER_POINT;
    let mut joined = String::new();
    for part in &line.parts {
        let gap = (part.x - text_width(&joined, line.style, &EastAsianWidth)) / hanzi;
        let least = if joined.is_empty() { 0.0 } else { 2.0 };
        joined.extend(std::iter::repeat_n('　', gap.max(least).round() as usize));
        joined.push_str(grid.layout.text(part));
    }
    texts_row(grid, vec![(0, joined, Align::Left)], line.style, height)
}

/// A row of texts outside tables, of some least height in mm.
fn texts_row<'a>(grid: &Grid<'_>, texts: Vec<Text>, style: TextStyle, least_height: f64) -> (Piece<'a>, f64, bool) {
    let needed = texts.iter().enumerate().map(|(index, (_, text, _))| {
        let columns = text_columns(grid, &texts, index);
        grid.text_height(text, grid.without_lost_line(text, style, columns, 0.0), columns, 0.0)
    });
    let height = needed.fold(pixels(least_height), f64::max);
    (Piece::Texts(texts, style), height, true)
}

/// The columns that one of a row's texts reaches over.
pub(super) fn text_columns(grid: &Grid<'_>, texts: &[Text], index: usize) -> (usize, usize) {
    (texts[index].0, texts.get(index + 1).map_or(grid.columns(), |next| next.0))
}

fn table_rows<'a>(grid: &Grid<'_>, number: usize, table: &'a TableLayout) -> Vec<(Piece<'a>, f64, bool)> {
    let mut heights: Vec<f64> = table.rows.iter().map(|row| pixels(row.min_height)).collect();
    let needed = |row: &RowLayout| {
        let cells = row.cells.iter();
        let needed = cells.filter_map(|cell| {
            let height = grid.cell_height(cell, grid.cell(number, cell)?)?;
            Some((cell.row_span.max(1), height))
        });
        needed.collect::<Vec<_>>()
    };
    let needed: Vec<Vec<(usize, f64)>> = table.rows.iter().map(needed).collect();
    for (at, needed) in needed.iter().enumerate() {
        let own = needed.iter().filter(|(rows, _)| *rows == 1).map(|(_, height)| *height);
        heights[at] = own.fold(heights[at], f64::max);
    }
    // What a merged cell needs beyond its rows, the last of them gives.
    for (at, needed) in needed.iter().enumerate() {
        for (rows, height) in needed.iter().filter(|(rows, _)| *rows > 1) {
            let end = at.saturating_add(*rows).min(heights.len());
            let room: f64 = heights[at..end].iter().sum();
            heights[end - 1] += (height - room).max(0.0);
        }
    }
    let rows = table.rows.iter().zip(heights).enumerate();
    rows.map(|(at, (row, height))| (Piece::Row(number, table, at), height, row.keep_with_next)).collect()
}

/// Where pages end, and what is repeated at their top.
pub(super) struct Paging {
    /// Rows that open a page, after the first page.
    pub(super) breaks: Vec<usize>,
    /// The first and the last of the rows that are repeated on each page.
    pub(super) repeated: Option<(usize, usize)>,
}

/// A merged label: its rows, and the height that its text needs in pixels.
struct Merged {
    rows: Range<usize>,
    needed: f64,
}

/// The merged labels of all tables. Text that runs down is set smaller where there is little room for it.
fn merged(rows: &[SheetRow<'_>], grid: &Grid) -> Vec<Merged> {
    let cells = rows.iter().enumerate().flat_map(|(at, row)| {
        let Piece::Row(number, table, row) = &row.piece else { return Vec::new() };
        let labels = table.rows[*row].cells.iter().filter(|cell| cell.row_span > 1 && cell.role == CellRole::RowHead);
        let merged = labels.filter_map(|cell| {
            let needed = grid.cell_height(cell, grid.cell(*number, cell)?)?;
            let needed = if cell.vertical { needed * SMALL_VERTICAL } else { needed };
            let end = at.saturating_add(cell.row_span).min(at + table.rows.len() - row);
            Some(Merged { rows: at..end, needed })
        });
        merged.collect()
    });
    cells.collect()
}

/// Pages on which no heading stands alone at the foot and merged labels have room on both sides of a break. Programs that fit a sheet to the width of a page may break by
/// themselves.
///
/// The head rows of a table are repeated where it is the only one, or where every page after them opens inside it.
pub(super) fn paging(rows: &[SheetRow<'_>], grid: &Grid<'_>, page: &Page) -> Paging {
    let merged = merged(rows, grid);
    let room = pixels(page.height - page.top - page.bottom - PAGE_RESERVE) as u32;
    let plain = breaks(rows, &merged, room, None);
    let single = rows.iter().all(|row| matches!(row.piece, Piece::Texts(..) | Piece::Row(0, ..)));
    // The number, the heads' rows and all rows of a table that has heads and a row here.
    let table = |row: usize| match rows.get(row).map(|row| &row.piece) {
        Some(Piece::Row(number, table, at)) if table.head_rows > 0 => {
            let first = row - at;
            let heads = first..first + table.head_rows.min(table.rows.len());
            Some((*number, heads.clone(), heads.end..first + table.rows.len()))
        }
        _ => None,
    };
    let inside = |row: usize| table(row).filter(|(_, _, body)| body.contains(&row));
    let candidate = if single { (0..rows.len()).find_map(table) } else { plain.iter().find_map(|row| inside(*row)) };
    let Some((number, heads, _)) = candidate else { return Paging { breaks: plain, repeated: None } };
    let height = rows[heads.clone()].iter().map(|row| row.height).sum();
    let breaks = breaks(rows, &merged, room, Some((heads.start, height)));
    let fits = |row: &usize| *row <= heads.start || inside(*row).is_some_and(|(other, ..)| other == number);
    if single || breaks.iter().all(fits) {
        return Paging { breaks, repeated: Some((heads.start, heads.end - 1)) };
    }
    Paging { breaks: plain, repeated: None }
}

/// Rows that open a page; `repeated` is a row, and the height of what stands at the top of the pages that open after it.
fn breaks(rows: &[SheetRow<'_>], merged: &[Merged], room: u32, repeated: Option<(usize, u32)>) -> Vec<usize> {
    let total = |range: Range<usize>| rows[range].iter().map(|row| row.height).sum::<u32>();
    let strained = |opened: usize, row: usize| {
        let mut crossing = merged.iter().filter(|merged| merged.rows.start < row && row < merged.rows.end);
        crossing.any(|merged| {
            let (above, below) = (total(merged.rows.start.max(opened)..row), total(row..merged.rows.end));
            f64::from(above.min(below)) < merged.needed
        })
    };
    let mut breaks = Vec::new();
    let (mut opened, mut used) = (0, 0);
    let mut row = 0;
    while let Some(SheetRow { height, .. }) = rows.get(row) {
        if used + height <= room || row == opened {
            used += height;
            row += 1;
            continue;
        }
        // Rows that must stay with this one move with it, unless too little would be left.
        let may_break = |at: &usize| !rows[*at - 1].keep_with_next;
        let filled = |at: &usize| total(opened..*at) * 2 >= room;
        let mut ends = (opened + 1..=row).rev().filter(may_break);
        let kept = ends.clone().next().unwrap_or(row);
        row = ends.by_ref().take_while(filled).find(|at| !strained(opened, *at)).unwrap_or(kept);
        breaks.push(row);
        (opened, used) = (row, repeated.map_or(0, |(from, height)| if row > from { height } else { 0 }));
    }
    breaks
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

fn as_line(block: &Block) -> Option<&Line> {
    match block {
        Block::Line(line) => Some(line),
        Block::Table(_) => None,
    }
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
