//! Text and rules with their positions on pages.
//!
//! In: nothing; these are plain types. Out: [`Pages`] and their parts. Made by [`super::pages`], read by `write::pdf`, which
//! also places each report's own text in a [`SlotBox`].

use std::borrow::Cow;

use super::fit;
use crate::document::Location;
use crate::finding::Finding;
use crate::layout::text::{Measure, break_lines, text_width};
use crate::layout::{Align, Block, Layout};
use crate::template::TextStyle;

/// The part of a form that a box shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// A part of a line: `Form::blocks[block]`, `LineLayout::parts[part]`.
    Line {
        /// The line.
        block: usize,
        /// The part.
        part: usize,
    },
    /// A cell, at its first position.
    Cell {
        /// The table.
        block: usize,
        /// The row.
        row: usize,
        /// The index of the cell in its row.
        cell: usize,
    },
    /// A cell that is repeated: in a header row, or merged across a page break.
    Repeated {
        /// The table.
        block: usize,
        /// The row.
        row: usize,
        /// The index of the cell in its row.
        cell: usize,
    },
    /// The page number.
    PageNumber,
}

/// One line of text on a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextLine {
    /// The left end, from the left edge of the page, in mm.
    pub x: f64,
    /// The baseline, from the top edge of the page, in mm.
    pub baseline: f64,
    /// The text.
    pub text: String,
}

/// The text of one part of the form on a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextBox {
    /// The part of the form.
    pub source: Source,
    /// Font and size.
    pub style: TextStyle,
    /// The lines from top to bottom. Empty for a blank.
    pub lines: Vec<TextLine>,
}

/// A slot of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// One of [`Layout::texts`].
    Text(usize),
    /// One of [`Layout::values`].
    Value(usize),
}

/// The position of a slot on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SlotBox {
    /// The part of the form.
    pub source: Source,
    /// The content of the report that goes here.
    pub slot: Slot,
    /// The font, and the size if the text fits.
    pub style: TextStyle,
    pub(super) frame: Frame,
    /// How many lines it has room for.
    pub(super) lines: usize,
    /// How much wider than the frame a number may be, in mm.
    pub(super) slack: f64,
}

impl SlotBox {
    /// The report's text for this slot.
    pub(crate) fn text<'l>(&self, layout: &'l Layout) -> Cow<'l, str> {
        match self.slot {
            Slot::Text(slot) => layout.texts.get(slot).map_or("", String::as_str).into(),
            Slot::Value(slot) => layout.values.get(slot).map_or("".into(), |value| value.content.text()),
        }
    }

    fn is_number(&self, layout: &Layout) -> bool {
        let Slot::Value(slot) = self.slot else { return false };
        layout.values.get(slot).is_some_and(|value| value.content.number().is_some())
    }

    /// Places a report's text on the lines it has, in a smaller size if it is too wide.
    pub(crate) fn place(&self, layout: &Layout, measure: &dyn Measure) -> TextBox {
        let text = self.text(layout);
        if text.is_empty() {
            return TextBox { source: self.source, style: self.style, lines: Vec::new() };
        }
        let slack = if self.is_number(layout) { self.slack } else { 0.0 };
        let (needed, room) = (text_width(&text, self.style, measure), self.frame.width + slack);
        if self.lines > 1 && needed > room {
            return self.place_lines(&text, measure);
        }
        // Slightly smaller, so that rounding cannot make it too wide.
        let part: f64 = if needed > room && room > 0.0 { room / needed * 0.999 } else { 1.0 };
        let part = part.min(self.frame.height / (fit::size_mm(self.style) * fit::LINE_SPACING));
        let style = TextStyle { size: self.style.size * part, ..self.style };
        let baseline = self.frame.top + fit::first_baseline(1, style, self.frame.height);
        let lines = vec![TextLine { x: self.frame.start(needed * part), baseline, text: text.into_owned() }];
        TextBox { source: self.source, style, lines }
    }

    /// Places a text on several lines, in a smaller size if it needs more than there are.
    fn place_lines(&self, text: &str, measure: &dyn Measure) -> TextBox {
        let mut style = self.style;
        let mut ranges = break_lines(text, style, self.frame.width, measure);
        while ranges.len() > self.lines && style.size > 1.0 {
            style.size *= 0.98;
            ranges = break_lines(text, style, self.frame.width, measure);
        }
        let mut baseline = self.frame.top + fit::first_baseline(ranges.len(), style, self.frame.height);
        let mut lines = Vec::with_capacity(ranges.len());
        for range in ranges {
            let text = text[range].to_owned();
            lines.push(TextLine { x: self.frame.start(text_width(&text, style, measure)), baseline, text });
            baseline += fit::size_mm(style) * fit::LINE_SPACING;
        }
        TextBox { source: self.source, style, lines }
    }

    /// A finding if the text is much smaller than its style.
    pub(crate) fn finding(&self, placed: &TextBox, layout: &Layout) -> Option<Finding> {
        let small = placed.style.size < self.style.size * fit::LEAST_TEXT;
        small.then(|| too_small(self.source, placed.style.size, layout))
    }
}

/// A straight rule, in mm from the top left corner of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    /// The left or upper end.
    pub from: (f64, f64),
    /// The right or lower end.
    pub to: (f64, f64),
    /// The thickness, in points.
    pub width: f64,
}

/// A table row on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RowPlace {
    /// The table.
    pub block: usize,
    /// The row.
    pub row: usize,
    /// Whether it is a repeated header row.
    pub repeated: bool,
    /// The upper edge, from the top edge of the page, in mm.
    pub top: f64,
    /// The height, in mm.
    pub height: f64,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page {
    /// All fixed text in reading order, then the page number.
    pub texts: Vec<TextBox>,
    /// The slots in reading order.
    pub slots: Vec<SlotBox>,
    /// The rules of the tables, each drawn once.
    pub rules: Vec<Rule>,
    /// The table rows from top to bottom.
    pub rows: Vec<RowPlace>,
}

/// A form on pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pages {
    /// The pages.
    pub pages: Vec<Page>,
    /// Parts of the form that had to be much smaller than their style, with their size in points.
    pub(super) small: Vec<(Source, f64)>,
}

impl Pages {
    /// One `XG402` for each fixed text that is much smaller than its style, with its location in the user's file.
    pub(crate) fn findings(&self, layout: &Layout) -> Vec<Finding> {
        self.small.iter().map(|(source, size)| too_small(*source, *size, layout)).collect()
    }
}

fn too_small(source: Source, size: f64, layout: &Layout) -> Finding {
    Finding::new("XG402").with("size", format!("{size:.1}")).at(source.at(layout).cloned())
}

impl Source {
    /// The location of a part in the user's file. A label has the location of its row's values.
    pub(crate) fn at(self, layout: &Layout) -> Option<&Location> {
        let (Self::Cell { block, row, cell } | Self::Repeated { block, row, cell }) = self else { return None };
        let Some(Block::Table(table)) = layout.form.blocks.get(block) else { return None };
        let cells = &table.rows.get(row)?.cells;
        layout.at(cells.get(cell)?).or_else(|| cells.iter().find_map(|cell| layout.at(cell)))
    }
}

/// A box for text, in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) align: Align,
}

impl Frame {
    /// The left end of a line of this width.
    pub(super) fn start(&self, width: f64) -> f64 {
        let free = self.width - width;
        match self.align {
            Align::Left => self.left,
            Align::Center => self.left + free / 2.0,
            Align::Right => self.left + free,
        }
    }
}
