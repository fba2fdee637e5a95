//! Fields of lines with their places.

use std::ops::Range;

use crate::read::page::UNREADABLE;
use crate::read::page::lines::Line;
use crate::text::words::words;

/// A gap of this many sizes of the font is within a word that is spaced out, if each of its characters is apart.
const SPACED_OUT: f64 = 4.0;

/// A line of a page. Its places may be moved down, so that pages follow each other.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) line: Line,
    /// How far it is moved down.
    pub(crate) below: f64,
    /// Whether it is the first line of another page than the line before it.
    pub(crate) is_first: bool,
}

/// What may be a table.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Its lines.
    pub(crate) lines: Range<usize>,
    /// Its cells, also blank ones, sorted.
    pub(crate) cells: Vec<DraftCell>,
    /// For each row, the line where it is.
    pub(crate) rows: Vec<usize>,
}

/// A cell of a draft.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DraftCell {
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) text: String,
    /// The line of its first text.
    pub(crate) line: Option<usize>,
}

/// A field of a line.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) x: Range<f64>,
    pub(super) y: Range<f64>,
    pub(super) size: f64,
    pub(super) is_value: bool,
    /// Whether it is in the first line of a page.
    pub(super) is_first: bool,
}

impl Item {
    pub(super) fn middle(&self) -> f64 {
        (self.y.start + self.y.end) / 2.0
    }

    pub(super) fn center(&self) -> f64 {
        (self.x.start + self.x.end) / 2.0
    }

    pub(super) fn meets(&self, x: &Range<f64>) -> bool {
        self.x.start < x.end && x.start < self.x.end
    }
}

/// The fields of a line. A word that is spaced out is one field.
pub(super) fn items(index: usize, placed: &Placed) -> Vec<Item> {
    let line = &placed.line;
    let y = line.rect.y0 + placed.below..line.rect.y1 + placed.below;
    let mut items: Vec<Item> = Vec::new();
    let mut is_spaced = false;
    for (bytes, x) in &line.fields {
        let text = line.text[bytes.clone()].to_owned();
        let is_value = is_value(&text);
        let is_single = text.chars().count() == 1 && !is_value;
        match items.last_mut().filter(|_| is_single && is_spaced) {
            Some(last) if x.start - last.x.end < SPACED_OUT * line.size => {
                last.text.push_str(&text);
                last.x.end = x.end;
            }
            _ => items.push(Item {
                line: index,
                text,
                x: x.clone(),
                y: y.clone(),
                size: line.size,
                is_value,
                is_first: placed.is_first,
            }),
        }
        is_spaced = is_single;
    }
    items
}

/// Whether a text is a number, or a mark that stands for one.
pub(crate) fn is_value(text: &str) -> bool {
    let is_part = |c: char| {
        c.is_numeric() || c.is_whitespace() || matches!(c, '.' | ',' | '%' | '-' | '－' | '—' | '/' | UNREADABLE)
    };
    text.chars().all(is_part) && !text.trim().is_empty() || words().zero.iter().any(|zero| zero == text)
}

/// Whether a text begins with an ordinal.
pub(super) fn starts_anew(text: &str) -> bool {
    crate::read::lattice::starts_anew(text)
}
