//! The main part while it is written: XML, and the slots in it.
//!
//! Called by `document` and `table`.

use super::xml::{Xml, push_run};
use crate::layout::text::{EastAsianWidth, text_width};
use crate::layout::{Align, Content};
use crate::template::TextStyle;

/// The smallest size of a number in a narrow cell, relative to that of the others.
const LEAST_NUMBER: f64 = 0.5;

/// What each report has of its own.
pub(super) enum Slot {
    /// A text, by its index.
    Text(usize),
    /// A value, by its index, with the width for its text in mm and its style.
    Value { value: usize, width: f64, style: TextStyle },
    /// The break behind the first line of a title, by the index of its text, with the width for it in mm and its style.
    TitleBreak { text: usize, width: f64, style: TextStyle },
}

/// The main part while it is written.
pub(super) struct Draft {
    pub(super) xml: Xml,
    pub(super) slots: Vec<(usize, Slot)>,
}

impl Draft {
    pub(super) fn slot(&mut self, slot: Slot) {
        self.slots.push((self.xml.length(), slot));
    }

    /// A run of text that is the same in all reports.
    pub(super) fn run(&mut self, text: &str, size: Option<u32>) {
        if !text.is_empty() {
            let mut run = String::new();
            push_run(&mut run, text, size);
            self.xml.raw(&run);
        }
    }
}

pub(super) fn alignment(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}

/// The size in half points of a number or mark that is too wide for its cell; none if it fits.
pub(super) fn small_size(content: &Content, text: &str, width: f64, style: TextStyle) -> Option<u32> {
    let needed = text_width(text, style, &EastAsianWidth);
    let is_small = content.keeps_one_line() && needed > width && needed * LEAST_NUMBER <= width;
    is_small.then(|| (style.size * 2.0 * width / needed).floor() as u32)
}
