//! The lines and rows of a form as a sequence to break into pages.
//!
//! In: a form and its fitted tables. Out: [`Item`]s. Called by [`super::pages`]; `breaks` chooses where pages end.

use std::ops::Range;

use super::fit::{FittedTable, TOLERANCE, header_rows};
use crate::layout::{Block, Form, LineKind, RowLayout, TableLayout};

/// How much deeper a row counts for each merged label that continues from the row above, in characters of indent.
const MERGED_DEPTH: f64 = 4.0;

/// A line or row of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockPart {
    Line(usize),
    Row(usize, usize),
}

/// An item that is not split: a line or a table row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) piece: BlockPart,
    pub(super) space_before: f64,
    pub(super) height: f64,
    /// The height of the header rows above it if it comes first on a page.
    pub(super) headers: f64,
    pub(super) keep_with_next: bool,
    /// How deep it is inside its section, in characters of indent. `None` if a break before it costs nothing.
    pub(super) depth: Option<f64>,
}

/// All items in order. Lines before a table stay with its first row, filing lines with its last.
pub(super) fn flow(form: &Form, tables: &[Option<FittedTable>]) -> Vec<Item> {
    let mut items = Vec::new();
    for (block, content) in form.blocks.iter().enumerate() {
        match (content, &tables[block]) {
            (Block::Line(line), _) => items.push(Item {
                piece: BlockPart::Line(block),
                space_before: line.space_before.max(0.0),
                height: line.height.max(0.0),
                headers: 0.0,
                keep_with_next: block + 1 < form.blocks.len() && !is_text(line.kind),
                depth: None,
            }),
            (Block::Table(table), Some(fitted)) => {
                items.extend(table.rows.iter().enumerate().map(|(row, content)| Item {
                    piece: BlockPart::Row(block, row),
                    space_before: 0.0,
                    height: fitted.heights[row],
                    headers: if row < fitted.repeated_heads { 0.0 } else { fitted.heads_height() },
                    keep_with_next: stays_with_next(form, block, row),
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

/// Whether a line is of running text, which may end a page anywhere.
fn is_text(kind: LineKind) -> bool {
    matches!(kind, LineKind::Paragraph | LineKind::Continued)
}

/// Whether a row of a table must be on one page with what follows: a header, what opens a section, the last row above
/// filing lines.
pub(crate) fn stays_with_next(form: &Form, block: usize, row: usize) -> bool {
    let Some(Block::Table(table)) = form.blocks.get(block) else { return false };
    let Some(content) = table.rows.get(row) else { return false };
    let next = form.blocks.get(block + 1);
    let line_follows =
        matches!(next, Some(Block::Line(line)) if matches!(line.kind, LineKind::Filing | LineKind::Note));
    let last = table.rows.len() - 1;
    content.keep_with_next || row < header_rows(table) || opens_section(table, row) || (row == last && line_follows)
}

/// How deep a row is inside its section: its indent, plus the merged labels that continue from the row above.
fn depth(fitted: &FittedTable, row: usize, content: &RowLayout) -> f64 {
    let indent = content.cells.first().map_or(0.0, |cell| cell.indent.clamp(0.0, 8.0));
    let goes_on = fitted.merged_over(row).filter(|merged| merged.rows.start < row).count();
    indent + MERGED_DEPTH * goes_on as f64
}

/// Whether a row starts a section with rows below it, even if it has values itself.
fn opens_section(table: &TableLayout, row: usize) -> bool {
    let opens = |row: usize| table.rows.get(row).map(|row| row.outline.is_some());
    opens(row) == Some(true) && opens(row + 1) == Some(false)
}

/// How many merged cells have too little space for their text on a page with these items.
pub(super) fn strain(tables: &[Option<FittedTable>], flow: &[Item], range: Range<usize>) -> u32 {
    let items = &flow[range];
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return 0 };
    let mut crossing = 0;
    for (end, items) in [(first.piece, items), (last.piece, items)] {
        let BlockPart::Row(block, row) = end else { continue };
        let Some(table) = &tables[block] else { continue };
        for merged in table.merged_over(row) {
            let room: f64 = items
                .iter()
                .filter(|item| matches!(item.piece, BlockPart::Row(b, r) if b == block && merged.rows.contains(&r)))
                .map(|item| item.height)
                .sum();
            if room + TOLERANCE < merged.height {
                crossing += 1;
            }
        }
    }
    crossing
}
