//! A page while it is written: text, and the slots in it.

use std::borrow::Cow;

use crate::layout::{Filling, LinePart};
use crate::text::neutral::neutral;

/// What each report has of its own.
pub(super) enum Slot {
    /// The title of the document.
    DocumentTitle,
    /// A text, by its index.
    Text(usize),
    /// A value, by its index.
    Value(usize),
    /// The attributes of the cell of a value with findings.
    Mark(usize),
    /// The list of findings.
    Findings,
}

/// The text of a form while it is written.
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) slots: Vec<(usize, Slot)>,
}

impl Draft {
    pub(super) fn raw(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(&escaped(text));
        self
    }

    pub(super) fn slot(&mut self, slot: Slot) -> &mut Self {
        self.slots.push((self.text.len(), slot));
        self
    }

    /// The text of a part of a line.
    pub(super) fn part(&mut self, part: &LinePart) -> &mut Self {
        match &part.text {
            Filling::Fixed(text) => self.text(text),
            Filling::Slot(slot) => self.slot(Slot::Text(*slot)),
        }
    }
}

/// A text in HTML. Line breaks become elements.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let text = neutral(text);
    if !text.contains(['&', '<', '>', '"', '\n', '\r', '\u{fffe}', '\u{ffff}']) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' => out.push_str("<br>"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}
