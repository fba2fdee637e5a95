//! Finds tables without row labels by their headers, in whatever order these are.
//!
//! In: a [`Chain`] and the stream. Out: the chain with a match for each such table: its headers, which the values follow.
//! Called by [`super::Recognizer`]. The search for labels finds these headers only in the form's order.

use std::ops::Range;

use super::align::{Chain, Match};
use super::header::{self, Assigned, TableNames};
use super::header_order::{self, HeaderOrder};
use super::region::Region;
use super::stream::Stream;
use super::value;
use crate::template::{Table, Template, ValueKind};
use crate::text::label::Closeness;

/// The least share of the columns whose headers must be found.
const MIN_FOUND: f64 = 0.5;

/// The most bytes between two headers in text, as of white space, bars and a header that the form does not have.
const MAX_GAP_BYTES: usize = 40;

/// The chain with the tables without labels found by their headers.
pub fn complete(stream: &Stream<'_>, chain: &Chain, template: &Template, within: Range<usize>) -> Chain {
    let mut chain = chain.clone();
    let tables = template.tables().iter().enumerate();
    for (number, table) in tables.filter(|(_, table)| table.is_matrix() && table.label.is_none()) {
        let is_own = |found: &Match| found.row.0 == number && !found.is_text;
        let before =
            chain.matches.iter().rposition(|found| found.row < (number, 0) || (found.row.0 == number && found.is_text));
        let behind = chain.matches.iter().position(|found| found.row.0 > number);
        let start = before.map_or(within.start, |at| chain.matches[at].label.end);
        let end = behind.map_or(within.end, |at| chain.matches[at].label.start);
        if start >= end {
            continue;
        }
        let found = in_grid(stream, table, start..end).or_else(|| in_text(stream, table, start..end));
        let Some(label) = found else { continue };
        chain.matches.retain(|found| !is_own(found));
        let at = chain.matches.partition_point(|found| found.label.start < label.start);
        let closeness = Closeness::Exact;
        let found = Match { row: (number, 0), is_text: false, label, closeness, official_ordinal: true };
        chain.matches.insert(at, found);
    }
    chain
}

/// The headers of a table in a grid: the rows, up to three, that name the most columns.
fn in_grid(stream: &Stream<'_>, table: &Table, within: Range<usize>) -> Option<Range<usize>> {
    let (first, last) = (stream.cell_at(within.start), stream.cell_at(within.end - 1));
    let depth = table.columns.iter().map(|column| column.groups.len()).max().unwrap_or(0) as u32 + 1;
    let names = TableNames::new(table);
    let mut best: Option<(usize, usize, Range<u32>)> = None;
    let cells = &stream.cells[first..=last];
    let mut part = None;
    for cell in cells.iter().filter(|cell| cell.position.is_some() && !cell.cell.is_blank()) {
        let row = (cell.part, cell.position?.row);
        if part.replace(row) == Some(row) {
            continue;
        }
        let region = &stream.tables[&cell.part];
        // Without the rows above, 上年行政复议 would not be seen.
        let mut above = row.1.saturating_sub(depth - 1)..row.1;
        if !holds_header(region, row.1, &names) || above.any(|above| holds_other_year(region, above, &names)) {
            continue;
        }
        for rows in (1..=depth).map(|count| row.1..row.1 + count).take_while(|rows| is_words(region, rows.end - 1)) {
            let headers = header::headers(region, &rows);
            let assigned: Assigned = header::assign(&names, &headers);
            let count = assigned.count() * 100 + assigned.groups;
            if best.as_ref().is_none_or(|(most, ..)| count > *most) {
                best = Some((count, cell.part, rows));
            }
        }
    }
    let (count, part, rows) = best?;
    if (count as f64 / 100.0) < table.columns.len() as f64 * MIN_FOUND {
        return None;
    }
    let is_own = |at: &usize| {
        let cell = &stream.cells[*at];
        cell.part == part && !cell.cell.is_blank() && cell.position.is_some_and(|at| rows.contains(&at.row))
    };
    let mut own = (first..=last).filter(is_own);
    let start = own.next()?;
    let end = own.next_back().unwrap_or(start);
    Some(stream.bytes(start).start..stream.bytes(end).end)
}

/// Whether a row has at least two headers of a table. One of them may be of another year: 上年行政复议.
fn holds_header(region: &Region<'_>, row: u32, names: &TableNames) -> bool {
    match region.filled(row).filter(|(_, cell)| names.has(&cell.text)).take(2).count() {
        0 => false,
        1 => holds_other_year(region, row, names),
        _ => true,
    }
}

/// Whether a row has a header of a table with a word for another year.
fn holds_other_year(region: &Region<'_>, row: u32, names: &TableNames) -> bool {
    region.filled(row).any(|(_, cell)| names.has_of_other_year(&cell.text))
}

/// Whether a row has words and no values.
fn is_words(region: &Region<'_>, row: u32) -> bool {
    let mut cells = region.filled(row).peekable();
    cells.peek().is_some() && cells.all(|(_, cell)| !value::parse_cell(cell, ValueKind::Signed).is_filled())
}

/// The headers of a table in running text: the longest run of them, if it has an order.
fn in_text(stream: &Stream<'_>, table: &Table, within: Range<usize>) -> Option<Range<usize>> {
    let text = &stream.folded[within.clone()];
    let found = header_order::found_headers(table, text);
    let is_near = |one: &(usize, String), other: &(usize, String)| {
        let between = &text[one.0 + one.1.len()..other.0];
        between.len() <= MAX_GAP_BYTES && !between.contains(|c: char| c.is_ascii_digit())
    };
    let run = found.chunk_by(is_near).max_by_key(|run| run.len())?;
    let (first, last) = (run.first()?, run.last()?);
    let range = first.0..last.0 + last.1.len();
    let is_ordered =
        !matches!(header_order::order(table, &text[range.clone()]), HeaderOrder::NoHeaders | HeaderOrder::Unclear);
    let is_whole = run.len() as f64 >= table.columns.len() as f64 * MIN_FOUND;
    let position = stream.cells[stream.cell_at(within.start + range.start)].position;
    (is_ordered && is_whole && position.is_none()).then(|| within.start + range.start..within.start + range.end)
}
