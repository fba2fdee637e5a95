//! Row numbers and codes in text: they stand before the labels, behind the last value of the row before, in a line of their
//! own or at the start of the label's line.
//!
//! In: a stream and the [`Chain`] found in it. Out: the cells that begin with row numbers or codes. Called by [`super::running`] and
//! [`super::matrix`], which read the other tokens of a row.

use std::collections::BTreeSet;

use super::align::{Chain, Match};
use super::columns::{HeaderMeaning, header_meaning};
use super::stream::Stream;
use super::value;
use crate::template::{Table, Template};
use crate::text::fold::fold;

/// A column of row numbers precedes at least this share of the labels.
const MIN_SHARE: f64 = 0.8;

/// With this many codes, such as `01`, they are a column; numbers need their header, or this many that count the rows.
const MIN_CODES: usize = 3;
const MIN_COUNTED: usize = 5;

/// In a column of row numbers, at least this share of them are at most this much more than the one before.
const MIN_FOLLOWING: f64 = 0.9;
const MAX_STEP: u64 = 3;

/// Longer lines are no headers.
const MAX_HEADER_BYTES: usize = 2048;

/// The most cells between a header and the first label.
const MAX_HEADERS: usize = 32;

/// The cells of a stream that begin with row numbers or codes, and most often are nothing else. The numbers of one table
/// prove those of the others.
pub fn serials(stream: &Stream<'_>, chain: &Chain, template: &Template) -> BTreeSet<usize> {
    let mut serials = BTreeSet::new();
    let mut all = Vec::new();
    for (number, table) in template.tables().iter().enumerate().filter(|(_, table)| table.label.is_some()) {
        let own: Vec<&Match> = chain.matches.iter().filter(|found| found.row.0 == number).collect();
        let starts = (0..own.len()).filter(|at| !own[*at].is_text).map(|at| row_start(stream, &own, at, table));
        // Rows in a grid have columns of their own.
        let in_text = |start: &usize| stream.cells[stream.cell_at(*start)].position.is_none();
        let starts: Vec<usize> = starts.filter(in_text).collect();
        let Some(first) = starts.first() else { continue };
        if is_column(stream, &starts, has_header(stream, *first, table)) {
            serials.extend(starts.iter().filter_map(|start| serial_before(stream, *start)));
        }
        all.extend(starts);
    }
    if is_column(stream, &all, false) {
        serials.extend(all.iter().filter_map(|start| serial_before(stream, *start)));
    }
    serials
}

/// Where a row begins: at its label, or at the merged label directly before it.
fn row_start(stream: &Stream<'_>, matches: &[&Match], at: usize, table: &Table) -> usize {
    let is_stub = |found: &Match| {
        let words = &stream.folded[found.label.clone()];
        found.is_text && table.rows.iter().flat_map(|row| &row.stubs).any(|stub| fold(stub).ends_with(words))
    };
    let mut first = at;
    while let Some(before) = first.checked_sub(1).map(|before| matches[before]).filter(|before| is_stub(before))
        && stream.cell_at(before.label.end - 1) + 1 >= stream.cell_at(matches[first].label.start)
    {
        first -= 1;
    }
    matches[first].label.start
}

/// Whether the numbers before most rows, which begin at these places, are row numbers or codes.
fn is_column(stream: &Stream<'_>, starts: &[usize], has_header: bool) -> bool {
    let before: Vec<(usize, usize)> =
        starts.iter().filter_map(|start| Some((serial_before(stream, *start)?, *start))).collect();
    if before.is_empty() || (before.len() as f64) < starts.len() as f64 * MIN_SHARE {
        return false;
    }
    let text = |at: usize| stream.cells[at].cell.text.split_whitespace().next().unwrap_or_default();
    let codes = before.iter().filter(|(at, _)| value::is_code(text(*at))).count();
    let numbers: Vec<Option<u64>> = before.iter().map(|(at, _)| value::plain(text(*at))).collect();
    // Each table may count from 1, and a number may be before a label that was not found.
    let follows = |pair: &&[Option<u64>]| matches!(pair, [Some(one), Some(next)] if (one + 1..=one + MAX_STEP).contains(next) || *next == 1);
    let following = numbers.windows(2).filter(follows).count();
    let counts = following as f64 >= numbers.len().saturating_sub(1) as f64 * MIN_FOLLOWING;
    let increases = numbers.windows(2).all(|pair| matches!(pair, [Some(one), Some(next)] if next > one));
    let is_inline = before.iter().all(|(at, start)| *at == stream.cell_at(*start));
    has_header
        || (is_inline && increases && before.len() > 1)
        || (codes >= MIN_CODES && codes as f64 >= before.len() as f64 * MIN_SHARE)
        || (counts && before.len() >= MIN_COUNTED)
}

/// The cell with the number or code before a row: the line before it, or the line of its label, which begins with it.
fn serial_before(stream: &Stream<'_>, start: usize) -> Option<usize> {
    let cell = stream.cell_at(start);
    let is_serial = |text: &str| value::plain(text).is_some() || value::is_code(text);
    let own = match stream.starts_cell(start) {
        true => stream.cells[..cell].iter().rposition(|own| !own.cell.is_blank())?,
        false => cell,
    };
    let text = match own == cell {
        true => stream.text(stream.cell_start(start)..start),
        false => stream.cells[own].cell.text.clone(),
    };
    (stream.cells[own].position.is_none() && is_serial(text.trim())).then_some(own)
}

/// Whether the header of row numbers is directly before that of the labels.
fn has_header(stream: &Stream<'_>, start: usize, table: &Table) -> bool {
    let first = stream.cell_at(start);
    let above = stream.cells[first.saturating_sub(MAX_HEADERS)..first].iter();
    let words = above
        .filter(|cell| cell.cell.text.len() <= MAX_HEADER_BYTES)
        .flat_map(|cell| cell.cell.text.split_whitespace());
    let meanings: Vec<HeaderMeaning> = words.map(|word| header_meaning(word, table)).collect();
    meanings.windows(2).any(|pair| pair == [HeaderMeaning::Serial, HeaderMeaning::Label])
}
