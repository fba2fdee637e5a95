//! Nested lines and tables of a Word document, before it is known which tables hold data.
//!
//! In: blocks from [`super::docx`], [`super::doc`], [`super::rtf`] or [`super::odt`]. Out: the parts of a document, through [`Body`].
//!
//! A table that contains data tables only lays out the page: its inner tables become tables, and its other text becomes
//! paragraphs. A table with a single cell is a box around text. [`super::html`] does the same with the tables of web
//! pages.

use crate::document::CellKind;
use crate::error::{Error, Result};

use super::body::Body;
use crate::limit;

/// The deepest nesting of tables.
pub(super) const DEPTH: usize = 250;

/// A line of text or a table.
pub(super) enum Block {
    /// A paragraph, or its first line.
    Line(String),
    /// A further line of a paragraph.
    Continued(String),
    /// A table.
    Table(BlockTable),
}

/// A table, and whether it holds data.
pub(super) struct BlockTable {
    rows: Vec<BlockRow>,
    /// Whether it becomes a table of the document.
    is_data: bool,
    /// Whether it, or a table inside it, becomes a table of the document.
    holds_data: bool,
}

/// A row, and the number of columns to skip before its first cell.
#[derive(Default)]
pub(super) struct BlockRow {
    pub before: u32,
    pub cells: Vec<BlockCell>,
    /// Whether no program shows it.
    pub is_hidden: bool,
}

/// A cell and its content.
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

/// How many rows a cell covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// This number of rows.
    Span(u32),
    /// It continues the cell above.
    Above,
}

impl Block {
    /// Whether it is a table that becomes one of the document, or has one inside.
    pub(super) fn holds_data(&self) -> bool {
        matches!(self, Self::Table(table) if table.holds_data)
    }
}

impl BlockTable {
    pub(super) fn new(rows: Vec<BlockRow>) -> Self {
        let cells = || rows.iter().flat_map(|row| &row.cells);
        let inner = cells().any(|cell| cell.blocks.iter().any(Block::holds_data));
        let is_data = !inner && cells().count() > 1;
        Self { rows, is_data, holds_data: is_data || inner }
    }
}

/// Adds blocks to the parts of a document.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge) with too many cells, too much text, or tables nested deeper than [`DEPTH`].
pub(super) fn emit(blocks: Vec<Block>, body: &mut Body, depth: usize) -> Result<()> {
    if depth > DEPTH {
        return Err(too_deep());
    }
    for block in blocks {
        match block {
            Block::Line(text) => body.paragraph(text)?,
            Block::Continued(text) => body.continued(text)?,
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

/// The error for tables that are nested too deeply.
pub(super) fn too_deep() -> Error {
    limit::too_large("@format.deep", DEPTH)
}

fn emit_table(table: BlockTable, body: &mut Body) -> Result<()> {
    let mut builder = body.begin_table();
    for row in table.rows {
        builder.row();
        if row.is_hidden {
            builder.hide_row();
        }
        builder.skip(row.before);
        for cell in row.cells {
            let mut text = String::new();
            join(&cell.blocks, &mut text);
            let rows = match cell.rows {
                // No program shows text in the lower part of a merged cell.
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

/// Joins the lines of a cell, including those of boxes in it.
pub(super) fn join(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Line(line) | Block::Continued(line) => {
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
