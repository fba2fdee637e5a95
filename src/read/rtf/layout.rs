//! Lines, cells, rows and tables as they end, and text that is apart from the body.

use std::rc::Rc;

use crate::error::Result;
use crate::read::block::{self, Block};

use super::frame::OpenTable;
use super::group::{Apart, Destination, Group, Owner};
use super::table::{self, Row, RowDefinition};
use super::walker::RtfWalker;

impl RtfWalker {
    /// The nesting of the table that the current paragraph is in.
    pub(super) fn level(&self) -> usize {
        self.group.level.max(usize::from(self.frame.in_row))
    }

    /// Ends the current line.
    pub(super) fn end_line(&mut self) -> Result<()> {
        let line = self.frame.lines.take();
        if !line.is_empty() {
            self.budget.take_text(line.len())?;
            self.reach(self.level())?;
            self.add(Block::Line(line));
        }
        Ok(())
    }

    /// Ends the current paragraph. One outside tables ends the open table, even if it is empty.
    pub(super) fn end_paragraph(&mut self) -> Result<()> {
        self.end_line()?;
        if self.level() == 0 {
            self.reach(0)?;
        }
        if self.frame.tables.is_empty() && self.outer_frames.is_empty() {
            let boxes = self.beside.boxes.take();
            self.frame.blocks.extend(boxes);
        }
        Ok(())
    }

    /// Adds a block to the innermost open cell, or else to the body.
    fn add(&mut self, block: Block) {
        match self.frame.tables.last_mut() {
            Some(table) => table.blocks.push(block),
            None => self.frame.blocks.push(block),
        }
    }

    /// Opens or ends tables until as many are open.
    pub(super) fn reach(&mut self, level: usize) -> Result<()> {
        if level > block::DEPTH {
            return Err(block::too_deep());
        }
        while self.frame.tables.len() < level {
            self.budget.take(1)?;
            self.frame.tables.push(OpenTable::default());
        }
        while self.frame.tables.len() > level {
            let at = self.frame.tables.len();
            self.end_row(at)?;
            if let Some(open) = self.frame.tables.pop() {
                let table = table::build(open.rows, &mut self.covered);
                self.add(Block::Table(table));
            }
        }
        Ok(())
    }

    /// Ends a cell of the table at a level.
    pub(super) fn end_cell(&mut self, level: usize) -> Result<()> {
        self.reach(level.max(self.level()))?;
        self.end_line()?;
        self.reach(level)?;
        self.budget.take(1)?;
        if let Some(table) = self.frame.tables.last_mut() {
            let blocks = std::mem::take(&mut table.blocks);
            table.cells.push(blocks);
        }
        Ok(())
    }

    /// Ends the open row of the table at a level, if there is one. Text behind its last cell is a cell too.
    pub(super) fn end_row(&mut self, level: usize) -> Result<()> {
        let definition = Rc::clone(self.definition(level));
        let Some(table) = self.frame.tables.get_mut(level.wrapping_sub(1)) else { return Ok(()) };
        if !table.blocks.is_empty() {
            table.cells.push(std::mem::take(&mut table.blocks));
        }
        if !table.cells.is_empty() {
            table.rows.push(Row { definition, cells: std::mem::take(&mut table.cells) });
            self.budget.take(1)?;
        }
        Ok(())
    }

    /// Handles the end of a row in the file.
    pub(super) fn close_row(&mut self, level: usize) -> Result<()> {
        self.end_line()?;
        if self.frame.tables.len() >= level {
            self.reach(level)?;
            self.end_row(level)?;
        }
        if level == 1 {
            self.frame.in_row = false;
        }
        Ok(())
    }

    fn definition(&mut self, level: usize) -> &mut Rc<RowDefinition> {
        let level = level.clamp(1, block::DEPTH + 1);
        if self.frame.definitions.len() < level {
            self.frame.definitions.resize_with(level, Rc::default);
        }
        &mut self.frame.definitions[level - 1]
    }

    /// Begins the definition of a row at a level.
    pub(super) fn begin_row(&mut self, level: usize) {
        *self.definition(level) = Rc::default();
        self.frame.in_row |= level == 1;
    }

    /// Changes the definition of a row.
    pub(super) fn define(&mut self, level: usize, change: impl FnOnce(&mut RowDefinition)) -> Result<()> {
        let definition = self.definition(level);
        // A definition that rows share is copied.
        let copied = if Rc::strong_count(definition) > 1 { definition.cells.len() } else { 0 };
        change(Rc::make_mut(definition));
        self.budget.take(copied)
    }

    /// Begins text that is apart from the body.
    pub(super) fn open_frame(&mut self, kind: Apart) {
        self.outer_frames.push(std::mem::take(&mut self.frame));
        let (font, unicode_skip) = (self.group.font, self.group.unicode_skip);
        self.group = Group { font, unicode_skip, owns: Owner::Frame(kind), ..Group::default() };
    }

    /// Ends it.
    pub(super) fn close_frame(&mut self, kind: Apart) -> Result<()> {
        self.frame.in_row = false;
        self.group.level = 0;
        self.group.destination = Destination::Body;
        self.end_line()?;
        self.reach(0)?;
        let outer = self.outer_frames.pop().unwrap_or_default();
        let inner = std::mem::replace(&mut self.frame, outer);
        let text = || {
            let mut text = String::new();
            block::join(&inner.blocks, &mut text);
            text
        };
        match kind {
            Apart::Margin => self.beside.margins.add(&text(), None),
            Apart::Note => self.beside.notes.add(&text(), None),
            Apart::Box => {
                let in_table = !self.frame.tables.is_empty() || self.frame.in_row || !self.outer_frames.is_empty();
                self.beside.boxes.add(inner.blocks, in_table || self.outer.last().is_some_and(|group| group.level > 0));
            }
        }
        Ok(())
    }
}
