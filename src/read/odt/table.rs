//! Lines, cells, rows and tables as they end, and text that is apart from the body.

use crate::error::Result;
use crate::read::block::{self, Block, BlockCell, BlockRow, BlockTable, Rows};

use super::frame::{Apart, OpenTable};
use super::walker::OdtWalker;

impl OdtWalker {
    /// Adds a block to the innermost open cell, or else to the body.
    pub(super) fn add(&mut self, block: Block) {
        match self.frame.tables.last_mut() {
            Some(OpenTable { cell: Some(cell), .. }) => cell.blocks.push(block),
            _ => self.frame.blocks.push(block),
        }
    }

    pub(super) fn end_line(&mut self) -> Result<()> {
        let line = self.frame.lines.take();
        if !line.is_empty() {
            self.budget.take_text(line.len())?;
            self.add(Block::Line(line));
        }
        Ok(())
    }

    /// Begins text that is apart from the body.
    pub(super) fn open_frame(&mut self, kind: Apart) {
        self.outer.push((kind, self.depth, std::mem::take(&mut self.frame)));
    }

    /// Ends it.
    pub(super) fn close_frame(&mut self) -> Result<()> {
        self.end_line()?;
        let Some((kind, _, outer)) = self.outer.pop() else { return Ok(()) };
        let inner = std::mem::replace(&mut self.frame, outer);
        let mut text = String::new();
        block::join(&inner.blocks, &mut text);
        match kind {
            Apart::Margin => self.beside.margins.add(&text, None),
            Apart::Note => self.beside.notes.add(&text, None),
            Apart::Hidden => self.beside.hidden.add(&text, None),
            Apart::Box => {
                let in_table = !self.frame.tables.is_empty() || !self.outer.is_empty();
                self.beside.boxes.add(inner.blocks, in_table);
                self.add_boxes();
            }
        }
        Ok(())
    }

    /// Adds the text boxes that were read behind the paragraph or table that has their anchors.
    pub(super) fn add_boxes(&mut self) {
        if self.frame.tables.is_empty() && !self.frame.in_paragraph && self.outer.is_empty() {
            let boxes = self.beside.boxes.take();
            self.frame.blocks.extend(boxes);
        }
    }

    /// Ends the open cell. One that lies under a merged cell is not shown.
    pub(super) fn end_cell(&mut self) -> Result<()> {
        self.end_line()?;
        let Some(table) = self.frame.tables.last_mut() else { return Ok(()) };
        let Some(mut cell) = table.cell.take() else { return Ok(()) };
        let mut text = String::new();
        if table.is_covered || table.repeated > 1 {
            block::join(&cell.blocks, &mut text);
        }
        if table.is_covered {
            self.covered.add(&text, None);
            return Ok(());
        }
        if let Some(formula) = table.formula.take().filter(|_| cell.blocks.is_empty()) {
            cell.blocks.push(Block::Line(format!("{{{formula}}}")));
        }
        table.row.cells.push(cell);
        for _ in 1..table.repeated {
            self.budget.take_text(text.len())?;
            let blocks = text.lines().map(|line| Block::Line(line.to_owned())).collect();
            table.row.cells.push(BlockCell { blocks, ..BlockCell::default() });
        }
        Ok(())
    }

    /// Ends the open row, which may be repeated.
    pub(super) fn end_row(&mut self) -> Result<()> {
        let Some(table) = self.frame.tables.last_mut() else { return Ok(()) };
        let row = std::mem::take(&mut table.row);
        for _ in 1..table.rows_repeated {
            let mut copy = BlockRow::default();
            for cell in &row.cells {
                let mut text = String::new();
                block::join(&cell.blocks, &mut text);
                self.budget.take_text(text.len())?;
                let blocks = text.lines().map(|line| Block::Line(line.to_owned())).collect();
                copy.cells.push(BlockCell { blocks, columns: cell.columns, rows: Rows::Span(1) });
            }
            table.rows.push(copy);
        }
        table.rows.push(row);
        Ok(())
    }

    pub(super) fn end_table(&mut self) -> Result<()> {
        self.end_line()?;
        if let Some(table) = self.frame.tables.pop() {
            self.add(Block::Table(BlockTable::new(table.rows)));
        }
        self.add_boxes();
        Ok(())
    }
}
