//! The fields of a line of text whose columns are made of spaces.
//!
//! In: a line. Out: its [`Field`]s. Called by [`super::text_grid`] and [`super::spaced_columns`].

use std::ops::Range;

use super::value;
use crate::text::spacing;

/// A field of a line: what white space of two columns or more separates.
#[derive(Clone, Debug)]
pub(super) struct Field<'d> {
    pub text: &'d str,
    /// Its columns.
    pub place: Range<usize>,
    /// The number of characters before it.
    pub before: u32,
}

impl Field<'_> {
    pub fn is_value(&self) -> bool {
        value::is_value_or_code(self.text)
    }

    /// Whether it is neither value nor unit.
    pub fn is_words(&self) -> bool {
        !self.is_value() && !value::is_unit(self.text)
    }
}

/// The fields of a line in which an ideograph has `ideograph` columns.
pub(super) fn fields(line: &str, ideograph: usize) -> Vec<Field<'_>> {
    let width = |c: char| spacing::columns(c, ideograph);
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut place = 0;
    // The start of the open field and its end so far, in bytes, columns and characters.
    let mut open: Option<(usize, usize, u32)> = None;
    let (mut end, mut end_place) = (0, 0);
    let mut gap = 0;
    for (before, (at, c)) in line.char_indices().enumerate() {
        if c.is_whitespace() {
            gap += 1;
        } else {
            if gap >= 2
                && let Some((start, from, count)) = open.take()
            {
                fields.push(Field { text: &line[start..end], place: from..end_place, before: count });
            }
            gap = 0;
            open = open.or(Some((at, place, before as u32)));
            (end, end_place) = (at + c.len_utf8(), place + width(c));
        }
        place += width(c);
    }
    if let Some((start, from, count)) = open {
        fields.push(Field { text: &line[start..end], place: from..end_place, before: count });
    }
    fields
}

/// A line, its fields, and the columns of each.
pub(super) type PlacedLine<'d> = (usize, Vec<Field<'d>>, Vec<Range<usize>>);

/// Whether two places are partly the same.
pub(super) fn meets(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
