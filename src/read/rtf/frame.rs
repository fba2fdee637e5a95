//! The body of the document, or of a box in it: its lines and tables as far as they are read.

use std::rc::Rc;

use crate::read::block::Block;
use crate::read::body::Lines;

use super::table::{Row, RowDefinition};

/// A table that is not complete yet.
#[derive(Default)]
pub(super) struct OpenTable {
    pub rows: Vec<Row>,
    /// The complete cells of the open row, and the content of the open cell.
    pub cells: Vec<Vec<Block>>,
    pub blocks: Vec<Block>,
}

/// A body of text.
#[derive(Default)]
pub(super) struct Frame {
    pub blocks: Vec<Block>,
    pub lines: Lines,
    pub tables: Vec<OpenTable>,
    /// The definition of the current row of each level.
    pub definitions: Vec<Rc<RowDefinition>>,
    /// Whether a row of the outermost table has begun.
    pub in_row: bool,
}
