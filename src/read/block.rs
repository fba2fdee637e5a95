//! The text of a Word document as lines and tables in each other, before it is known which tables hold figures.
//!
//! In: blocks from [`super::docx`] or [`super::doc`]. Out: the parts of a document, through [`Body`]. A table that holds
//! another one lays out the page: its inner tables are the tables, its own text is paragraphs. A table of a single cell
//! is a box around text. The same is done with the tables of web pages.

use crate::document::CellKind;
use crate::error::{Error, Result};

use super::body::Body;
use crate::limit;

/// The most tables in each other.
pub(super) const DEPTH: usize = 250;

/// A line of text or a table.
pub(super) enum Block {
    /// A line of a paragraph.
    Line(String),
    /// A table.
    Table(BlockTable),
}

/// A table and whether there are figures in it.
pub(super) struct BlockTable {
    rows: Vec<BlockRow>,
    /// Whether it is to be a table of its own.
    is_data: bool,
    /// Whether it, or one in it, is.
    holds_data: bool,
}

/// A row, with the columns left out before its first cell.
#[derive(Default)]
pub(super) struct BlockRow {
    pub before: u32,
    pub cells: Vec<BlockCell>,
}

/// A cell and what is in it.
pub(super) struct BlockCell {
    pub columns: u32,
    pub rows: Rows,
    pub blocks: Vec<Block>,
}

impl Default for BlockCell {
    fn default() -> Self {
        Self { columns: 1, rows: Rows::Span(1), blocks: Vec::new() }
    }
}

/// How far down a cell reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// So many rows.
    Span(u32),
    /// It is the lower part of the cell above.
    Above,
}

impl BlockTable {
    pub fn new(rows: Vec<BlockRow>) -> Self {
        let cells = || rows.iter().flat_map(|row| &row.cells);
        let holds = |block: &Block| matches!(block, Block::Table(table) if table.holds_data);
        let inner = cells().any(|cell| cell.blocks.iter().any(holds));
        let is_data = !inner && cells().count() > 1;
        Self { rows, is_data, holds_data: is_data || inner }
    }
}

/// Adds blocks to the parts of a document.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge) with too many cells, too much text, or tables in each other beyond [`DEPTH`].
pub(super) fn emit(blocks: Vec<Block>, body: &mut Body, depth: usize) -> Result<()> {
    if depth > DEPTH {
        return Err(too_deep());
    }
    for block in blocks {
        match block {
            Block::Line(text) => body.paragraph(text)?,
            Block::Table(table) if table.is_data => emit_table(table, body)?,
            Block::Table(table) => {
                for cell in table.rows.into_iter().flat_map(|row| row.cells) {
                    emit(cell.blocks, body, depth + 1)?;
                }
            }
        }
    }
    Ok(())
}

/// The error of tables in each other without end.
pub(super) fn too_deep() -> Error {
    limit::too_large("@format.deep", DEPTH)
}

fn emit_table(table: BlockTable, body: &mut Body) -> Result<()> {
    let mut builder = body.begin_table();
    for row in table.rows {
        builder.row();
        builder.skip(row.before);
        for cell in row.cells {
            let mut text = String::new();
            join(&cell.blocks, &mut text);
            let rows = match cell.rows {
                // What stands in the lower part of a merged cell, no program shows.
                Rows::Above if builder.continue_above(cell.columns) => {
                    body.covered.add(&text, Some(builder.next_place()));
                    continue;
                }
                Rows::Above => 1,
                Rows::Span(rows) => rows,
            };
            body.cell(&mut builder, text, CellKind::Text, (cell.columns, rows))?;
        }
    }
    body.end_table(builder)
}

/// The lines of a cell, those of boxes in it included.
pub(super) fn join(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Line(line) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
            }
            Block::Table(table) => {
                table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| join(&cell.blocks, text));
            }
        }
    }
}
