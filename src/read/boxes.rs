//! Text boxes of documents: which are read, and which are only named.
//!
//! In: the content of each box, and where it is anchored. Out: blocks behind the paragraph or table of the anchor, and
//! findings. Called by [`super::docx`], [`super::doc`] and [`super::rtf`].
//!
//! A box with a table is read wherever it is anchored. A box of lines is read where no table is around it, since it may
//! cover or amend a cell. A box without a letter is not read: numbers that float over a page belong to nothing.

use super::block::{self, Block};
use super::body::{Body, LeftOut};

/// The text boxes of a document.
#[derive(Default)]
pub(super) struct Boxes {
    read: LeftOut,
    left_out: LeftOut,
    /// What was read of boxes whose anchor has not ended.
    pending: Vec<Block>,
}

impl Boxes {
    /// Adds a text box. `in_table` says that its anchor is in a table.
    pub(super) fn add(&mut self, mut blocks: Vec<Block>, in_table: bool) {
        let mut text = String::new();
        block::join(&blocks, &mut text);
        let holds_table = blocks.iter().any(Block::holds_data);
        if holds_table || (!in_table && text.chars().any(char::is_alphabetic)) {
            self.read.add(&text, None);
            self.pending.append(&mut blocks);
        } else {
            self.left_out.add(&text, None);
        }
    }

    /// Counts text in a drawing that is not read.
    pub(super) fn leave_out(&mut self, text: &str) {
        self.left_out.add(text, None);
    }

    /// What was read since the last call, for the place behind the anchor.
    pub(super) fn take(&mut self) -> Vec<Block> {
        std::mem::take(&mut self.pending)
    }

    /// Adds the findings.
    pub(super) fn finish(self, body: &mut Body) {
        body.findings.extend(self.left_out.finding("XG336"));
        body.findings.extend(self.read.finding("XG396"));
    }
}
