//! The body of the document, or of a text box, a note or a header: its lines and tables as far as they are read.

use crate::read::block::{Block, BlockCell, BlockRow};
use crate::read::body::Lines;
use crate::read::look::Look;

/// Text that is apart from the body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// A text box, or a shape with text.
    Box,
    /// A header or footer.
    Margin,
    /// A footnote, an endnote or a comment.
    Note,
    /// Text of a section or a field that is hidden.
    Hidden,
}

/// A table that is not complete yet.
#[derive(Default)]
pub(super) struct OpenTable {
    pub rows: Vec<BlockRow>,
    pub row: BlockRow,
    pub cell: Option<BlockCell>,
    /// Whether the open cell lies under a merged one, how often it is repeated, and its formula.
    pub is_covered: bool,
    pub repeated: u32,
    pub rows_repeated: u32,
    pub formula: Option<String>,
}

/// A body of text.
#[derive(Default)]
pub(super) struct Frame {
    pub blocks: Vec<Block>,
    pub tables: Vec<OpenTable>,
    pub lines: Lines,
    /// Whether a paragraph is open, and the looks of its open spans.
    pub in_paragraph: bool,
    pub looks: Vec<Look>,
}
