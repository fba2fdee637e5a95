//! Where the headers of a table end in lines of text, and which numbers are further right: they are in none of its columns.
//!
//! In: a [`Stream`] and what a header is. Out: a [`HeaderEnd`]. Called by [`super::matrix_text`] and [`super::running`], which
//! read the numbers of a line by their order: one right of the table, as a telephone number, would be the value of a blank
//! column.

use super::fields::{Field, fields};
use super::stream::{Stream, Token};
use crate::document::{Cell, Location};
use crate::text::spacing::{columns, ideograph_width};

/// The most cells above a row to search for its headers.
const MAX_ABOVE: usize = 60;

/// Longer lines are no rows of a table.
const MAX_LINE: usize = 2000;

/// White space of so many columns separates a header from what is right of it.
const GAP: usize = 2;

/// The column in which the last header of a table ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeaderEnd {
    end: usize,
    /// The columns of an ideograph.
    ideograph: usize,
}

impl HeaderEnd {
    /// The end of the headers above a cell: of the lowest lines whose last field is a header. None if there are none, or the
    /// cells are no lines whose columns are made of spaces.
    pub fn above(stream: &Stream<'_>, cell: usize, is_header: impl Fn(&str) -> bool) -> Option<Self> {
        let near = cell.saturating_sub(MAX_ABOVE)..(cell + 1).min(stream.cells.len());
        let lines = || near.clone().rev().filter_map(|cell| spaced_line(stream, cell));
        lines().next()?;
        let ideograph = ideograph_width(lines());
        let last_header = |line: &&str| -> Option<usize> {
            let fields = fields(line, ideograph);
            let last = fields.last().filter(|last| is_header(last.text) && !fields.iter().any(Field::is_value))?;
            // Where an ideograph is one column, it is as wide as two of them all the same.
            Some(last.place.start + last.text.chars().map(|c| columns(c, 2)).sum::<usize>())
        };
        let found = lines().map(|line| last_header(&line));
        let mut headers = found.skip_while(Option::is_none).take_while(Option::is_some).flatten();
        let first = headers.next()?;
        Some(Self { end: headers.fold(first, usize::max), ideograph })
    }

    /// Whether a token is right of all headers.
    pub fn is_left_of(self, stream: &Stream<'_>, token: &Token<'_>) -> bool {
        let Some(line) = spaced_line(stream, token.cell) else { return false };
        let before = &line[..token.text.as_ptr() as usize - line.as_ptr() as usize];
        before.chars().map(|c| columns(c, self.ideograph)).sum::<usize>() >= self.end + GAP
    }
}

/// The text of a cell that is a line whose columns are made of spaces.
fn spaced_line<'d>(stream: &Stream<'d>, cell: usize) -> Option<&'d str> {
    let own = stream.cells.get(cell)?;
    let Cell { text, at: Location::Text { .. }, .. } = own.cell else { return None };
    (own.position.is_none() && text.len() <= MAX_LINE && text.contains("  ")).then_some(text.as_str())
}
