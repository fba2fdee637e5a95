//! What is open while a document is read: tables, the run of text, and the state around a text box.

use crate::read::block::{Block, BlockCell, BlockRow};
use crate::read::body::Lines;
use crate::read::look::Look;

use super::field::Fields;

/// A table that is not complete yet.
#[derive(Default)]
pub(super) struct OpenTable {
    pub rows: Vec<BlockRow>,
    pub row: BlockRow,
    pub deleted: bool,
    pub cell: Option<BlockCell>,
}

/// Properties of the current run of text: its own, and those of its style.
#[derive(Default)]
pub(super) struct Run {
    pub own: Look,
    pub style: Look,
}

impl Run {
    pub(super) fn look(&self) -> Look {
        self.own.or(self.style)
    }
}

/// The state around an open text box.
pub(super) struct Frame {
    pub blocks: Vec<Block>,
    pub tables: Vec<OpenTable>,
    pub lines: Lines,
    pub run: Run,
    pub fields: Fields,
    pub drawing: usize,
}
