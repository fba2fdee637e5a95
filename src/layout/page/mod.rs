//! A layout on sheets of paper: every line of text and every rule with its place in mm.
//!
//! In: a [`Layout`] and the widths of characters. Out: [`Pages`], which `write::pdf` draws. Head rows and merged cells
//! that go over a page are repeated at its top; each box says which piece of the layout it shows, so that a document's
//! structure can be told apart from what is repeated.

mod breaks;
mod fit;
mod place;

use crate::finding::Finding;
use crate::layout::text::Measure;
use crate::layout::{Block, Layout, LineKind, RowLayout, TableLayout};
use crate::template::TextStyle;

/// Which piece of the layout a box shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A piece of a line: `Layout::blocks[block]`, `Line::parts[part]`.
    Line {
        /// The line.
        block: usize,
        /// The piece.
        part: usize,
    },
    /// A cell, where it first stands.
    Cell {
        /// The table.
        block: usize,
        /// The row.
        row: usize,
        /// The cell in its row.
        cell: usize,
    },
    /// A cell again: of a repeated head row, or merged over the end of a page.
    Repeated {
        /// The table.
        block: usize,
        /// The row.
        row: usize,
        /// The cell in its row.
        cell: usize,
    },
    /// The page number.
    PageNumber,
}

/// One line of text on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLine {
    /// Left end, in mm from the sheet's left edge.
    pub x: f64,
    /// Base line, in mm from the sheet's top edge.
    pub baseline: f64,
    /// The text.
    pub text: String,
}

/// The text of one piece of the layout on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBox {
    /// Which piece.
    pub source: Source,
    /// Font and size.
    pub style: TextStyle,
    /// Its lines from top to bottom; none for a blank.
    pub lines: Vec<TextLine>,
}

/// A straight rule, in mm from the sheet's top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Left or upper end.
    pub from: (f64, f64),
    /// Right or lower end.
    pub to: (f64, f64),
    /// Thickness in points.
    pub width: f64,
}

/// A table row on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowPlace {
    /// The table.
    pub block: usize,
    /// The row.
    pub row: usize,
    /// Whether it is a head row repeated.
    pub repeated: bool,
    /// Upper edge, in mm from the sheet's top edge.
    pub top: f64,
    /// Height in mm.
    pub height: f64,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// All text, in reading order; the page number last.
    pub texts: Vec<TextBox>,
    /// The rules of its tables, each drawn once.
    pub rules: Vec<Rule>,
    /// The table rows on it, from top to bottom.
    pub rows: Vec<RowPlace>,
}

/// A layout on pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pages {
    /// The pages.
    pub pages: Vec<Page>,
    /// Text that had to be set smaller than its style: `XG402`.
    pub findings: Vec<Finding>,
}

/// Breaks a layout into pages.
///
/// No row is split; a row that heads others is not the last of a page; of the ways with the fewest pages the one that
/// fills all but the last and leaves the last well filled is taken, breaking before a section where that costs little.
pub fn pages(layout: &Layout, measure: &dyn Measure) -> Pages {
    let height = type_area(layout);
    let mut findings = Vec::new();
    let tables: Vec<Option<fit::FittedTable>> = layout
        .blocks
        .iter()
        .map(|block| match block {
            Block::Table(table) => Some(fit::table(table, layout, height, measure, &mut findings)),
            Block::Line(_) => None,
        })
        .collect();
    let flow = flow(layout, &tables);
    let ranges = breaks::pages(&flow, height, &|range| strain(&tables, &flow, range));
    let pages = ranges
        .into_iter()
        .enumerate()
        .map(|(number, range)| place::page(layout, &tables, &flow[range], number, measure))
        .collect();
    Pages { pages, findings }
}

/// How much deeper than a merged label the rows behind it stand, in characters of indent.
const MERGED_DEPTH: f64 = 4.0;

/// Height of the type area in mm.
fn type_area(layout: &Layout) -> f64 {
    (layout.page.height - layout.page.top - layout.page.bottom).max(1.0)
}

/// What one piece of the flow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Line(usize),
    Row(usize, usize),
}

/// One piece that stays whole.
#[derive(Clone, Copy, Debug)]
struct Item {
    piece: Piece,
    space_before: f64,
    height: f64,
    /// Height of the head rows that stand above it when it is the first of a page.
    heads: f64,
    keep_with_next: bool,
    /// How deep it stands below the head of its section, in characters of indent; none where a break before it is as
    /// good as any.
    depth: Option<f64>,
}

/// All pieces in their order. Lines before a table stay with its first row, filing lines after it with its last.
fn flow(layout: &Layout, tables: &[Option<fit::FittedTable>]) -> Vec<Item> {
    let mut items = Vec::new();
    for (block, content) in layout.blocks.iter().enumerate() {
        match (content, &tables[block]) {
            (Block::Line(line), _) => items.push(Item {
                piece: Piece::Line(block),
                space_before: line.space_before.max(0.0),
                height: line.height.max(0.0),
                heads: 0.0,
                keep_with_next: block + 1 < layout.blocks.len(),
                depth: None,
            }),
            (Block::Table(table), Some(fitted)) => {
                let next = layout.blocks.get(block + 1);
                let line_follows = matches!(next, Some(Block::Line(line)) if line.kind == LineKind::Filing);
                let last = table.rows.len().saturating_sub(1);
                items.extend(table.rows.iter().enumerate().map(|(row, content)| Item {
                    piece: Piece::Row(block, row),
                    space_before: 0.0,
                    height: fitted.heights[row],
                    heads: if row < fitted.repeated_heads { 0.0 } else { fitted.heads_height() },
                    keep_with_next: content.keep_with_next
                        || row < head_rows(table)
                        || opens_section(table, row)
                        || (row == last && line_follows),
                    depth: match &content.outline {
                        Some(_) => None,
                        None => Some(depth(fitted, row, content)),
                    },
                }));
            }
            (Block::Table(_), None) => {}
        }
    }
    items
}

/// How deep a row stands in its section: by its indent, and by the merged labels that go on from the row above.
fn depth(fitted: &fit::FittedTable, row: usize, content: &RowLayout) -> f64 {
    let indent = content.cells.first().map_or(0.0, |cell| cell.indent.clamp(0.0, 8.0));
    let goes_on = fitted.merged_over(row).filter(|merged| merged.rows.start < row).count();
    indent + MERGED_DEPTH * goes_on as f64
}

/// Whether a row heads the rows below it as a section, even where it holds a figure of its own.
fn opens_section(table: &TableLayout, row: usize) -> bool {
    let opens = |row: usize| table.rows.get(row).map(|row| row.outline.is_some());
    opens(row) == Some(true) && opens(row + 1) == Some(false)
}

fn head_rows(table: &TableLayout) -> usize {
    table.head_rows.min(table.rows.len())
}

/// How many merged cells have too little room for their text on a page that holds these pieces.
fn strain(tables: &[Option<fit::FittedTable>], flow: &[Item], range: std::ops::Range<usize>) -> u32 {
    let items = &flow[range];
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return 0 };
    let mut crossing = 0;
    for (end, items) in [(first.piece, items), (last.piece, items)] {
        let Piece::Row(block, row) = end else { continue };
        let Some(table) = &tables[block] else { continue };
        for merged in table.merged_over(row) {
            let room: f64 = items
                .iter()
                .filter(|item| matches!(item.piece, Piece::Row(b, r) if b == block && merged.rows.contains(&r)))
                .map(|item| item.height)
                .sum();
            if room + fit::TOLERANCE < merged.height {
                crossing += 1;
            }
        }
    }
    crossing
}

#[cfg(test)]
mod tests;
