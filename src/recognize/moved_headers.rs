//! Headers that are printed again below, elsewhere than above their columns.
//!
//! In: a region, the rows of the form in it and the headers of its columns. Out: the first row of such headers. Called by
//! [`super::columns`]: the values behind it may be below either.

use std::ops::Range;

use super::header::{Header, header_words};
use super::region::Region;

/// The header of a column and its columns in the grid.
pub(super) type Headed<'a> = (Option<&'a str>, &'a [Range<u32>]);

/// All headers with their columns.
pub(super) fn by_text(headers: &[Header]) -> impl Iterator<Item = Headed<'_>> {
    headers.iter().map(|header| (Some(header.text.as_str()), std::slice::from_ref(&header.columns)))
}

/// The first row behind `from` and among those of the form, itself none of them, that has several of the headers, one of them not
/// above its column.
pub(super) fn first<'a>(
    region: &Region<'_>,
    of_form: impl Iterator<Item = Range<u32>>,
    from: u32,
    headers: impl Iterator<Item = Headed<'a>>,
) -> Option<u32> {
    let of_form: Vec<Range<u32>> = of_form.collect();
    let last = of_form.iter().map(|rows| rows.end).max()?;
    let is_of_form = |row: u32| of_form.iter().any(|rows| rows.contains(&row));
    let mut others = region.rows().filter(|row| (from..last).contains(row) && !is_of_form(*row)).peekable();
    others.peek()?;
    let known: Vec<(String, &[Range<u32>])> =
        headers.filter_map(|(header, places)| Some((header_words(header?), places))).collect();
    // Whether a text is above one of the columns that have it for their header; none if no column has.
    let is_above = |column: u32, text: &str| {
        let mut own = known.iter().filter(|(words, _)| words == text).map(|(_, places)| *places).peekable();
        own.peek()?;
        Some(own.flatten().any(|place| place.contains(&column)))
    };
    others.find(|row| {
        let cells = region.filled(*row).map(|(at, cell)| (at.column, header_words(&cell.text)));
        let found: Vec<bool> = cells.filter_map(|(column, text)| is_above(column, &text)).collect();
        found.len() > 1 && found.contains(&false)
    })
}
