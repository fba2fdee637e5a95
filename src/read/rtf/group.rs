//! What a group of RTF sets: where its text belongs, how it looks, and the field or box that ends with it.
//!
//! Called by [`super::read`]. Source: Rich Text Format Specification 1.9.1, "Destinations", "Fields".

use crate::read::field;

/// Where text belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Destination {
    /// Paragraphs and cells.
    #[default]
    Body,
    /// Nowhere.
    Skipped,
    /// Nowhere, but that of some groups inside does.
    Shape,
    /// The table of fonts.
    Fonts,
    /// The instruction of a field.
    Instruction,
    /// An entry of a drop-down.
    Entry,
}

/// How text looks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub hidden: bool,
    pub struck: bool,
    pub deleted: bool,
    /// Raised or lowered.
    pub raised: bool,
}

/// Text that is apart from the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// A text box.
    Box,
    /// A header or footer.
    Margin,
    /// A footnote, an endnote or a comment.
    Note,
}

/// What ends with a group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Owner {
    #[default]
    Nothing,
    Field,
    Frame(Apart),
}

/// The state that ends with a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub destination: Destination,
    pub look: Look,
    pub font: i32,
    /// How many characters follow each one in Unicode, for programs that cannot read it.
    pub unicode_skip: usize,
    /// The nesting of the table that the paragraph is in.
    pub level: usize,
    /// Whether it holds the properties of a row of a nested table.
    pub is_nested: bool,
    pub owns: Owner,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            destination: Destination::default(),
            look: Look::default(),
            font: 0,
            unicode_skip: 1,
            level: 0,
            is_nested: false,
            owns: Owner::Nothing,
        }
    }
}

/// The longest instruction that is kept.
const INSTRUCTION: usize = 400;

/// The most open fields.
pub(super) const FIELDS: usize = 100;

/// A field.
#[derive(Default)]
pub(super) struct Field {
    instruction: String,
    pub has_result: bool,
    /// The entries of a drop-down, and which of them is chosen. 25 says none.
    pub entries: Vec<String>,
    pub result: Option<i32>,
    pub default: Option<i32>,
}

impl Field {
    /// Adds to the instruction.
    pub(super) fn instruct(&mut self, text: &str) {
        if self.instruction.len() < INSTRUCTION {
            self.instruction.extend(text.chars().take(INSTRUCTION));
        }
    }

    /// The text of a field without a result.
    pub(super) fn close(mut self) -> Option<String> {
        if self.has_result {
            return None;
        }
        let chosen = self.result.filter(|result| *result != 25).or(self.default).unwrap_or(0);
        let chosen = usize::try_from(chosen).ok().filter(|chosen| *chosen < self.entries.len());
        let chosen = chosen.map(|chosen| self.entries.swap_remove(chosen));
        chosen.or_else(|| field::shown(&self.instruction))
    }
}
