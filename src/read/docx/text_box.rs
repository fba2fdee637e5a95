//! Text boxes: a body of text within another.
//!
//! Source: ECMA-376 Part 4, 14.9.1.1 `txbxContent`; of `mc:Choice` and `mc:Fallback`, which hold the same box, only the first
//! is read.

use crate::error::Result;

use super::frame::Frame;
use super::walker::DocxWalker;

impl DocxWalker {
    /// Begins a text box.
    pub(super) fn open_frame(&mut self) {
        self.outer.push(Frame {
            blocks: std::mem::take(&mut self.blocks),
            tables: std::mem::take(&mut self.tables),
            lines: std::mem::take(&mut self.lines),
            run: std::mem::take(&mut self.run),
            fields: std::mem::take(&mut self.fields),
            drawing: std::mem::take(&mut self.drawing),
        });
        self.in_text = false;
    }

    /// Ends it.
    pub(super) fn close_frame(&mut self) -> Result<()> {
        self.end_line()?;
        let Some(outer) = self.outer.pop() else { return Ok(()) };
        let blocks = std::mem::replace(&mut self.blocks, outer.blocks);
        self.tables = outer.tables;
        self.lines = outer.lines;
        self.run = outer.run;
        self.fields = outer.fields;
        self.drawing = outer.drawing;
        self.in_text = false;
        let in_table = !self.tables.is_empty() || !self.outer.is_empty();
        self.beside.boxes.add(blocks, in_table);
        Ok(())
    }

    /// Adds the text boxes that were read behind the paragraph or table that has their anchors.
    pub(super) fn add_boxes(&mut self) {
        if self.tables.is_empty() && self.outer.is_empty() {
            let boxes = self.beside.boxes.take();
            self.blocks.extend(boxes);
        }
    }
}
