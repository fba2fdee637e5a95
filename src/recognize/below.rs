//! Rows with numbers below a table that belong to nothing that was read.
//!
//! In: a stream, the cells below the last row of a chain, and the report made of it. Out: a finding for each such row, so
//! that no number passes without a word. Called by [`super::Recognizer`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::stream::{Stream, StreamCell};
use super::value::{self, parse_cell};
use crate::document::{Cell, Location};
use crate::finding::Finding;
use crate::report::Report;
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;

/// Numbers of a row without a label; one alone may be a page number.
const MIN_UNLABELED: usize = 2;

/// Longer labels are sentences.
const MAX_LABEL_CHARS: usize = 60;

/// A finding for each row below a table that has numbers, and that nothing was read from. `cells` are the cells behind the
/// last label. A row of the same grid has a label and a number, or several numbers; in text, a number follows a unit.
pub(super) fn unread_rows(
    stream: &Stream<'_>,
    cells: Range<usize>,
    report: &Report,
    template: &Template,
) -> Vec<Finding> {
    let Some(last) = cells.start.checked_sub(1).and_then(|before| stream.cells.get(before)) else { return Vec::new() };
    let below = &stream.cells[cells];
    let mut rows: Vec<UnreadRow<'_>> = match last.position {
        Some(position) => {
            let own = below.iter().filter(|cell| cell.part == last.part && !cell.cell.is_blank());
            let own: Vec<&StreamCell<'_>> =
                own.filter(|cell| cell.position.is_some_and(|at| at.row > position.row)).collect();
            let row_of = |cell: &&StreamCell<'_>| cell.position.map(|at| at.row);
            own.chunk_by(|one, other| row_of(one) == row_of(other)).filter_map(row_of_grid).collect()
        }
        None => Vec::new(),
    };
    rows.extend(rows_of_text(below));
    if rows.is_empty() {
        return Vec::new();
    }
    let used = locations(report);
    let is_unread =
        |row: &UnreadRow<'_>| !row.cells.iter().any(|cell| used.contains(&cell.at)) && !is_filing(row, template);
    let finding = |row: UnreadRow<'_>| {
        let finding = Finding::new("XG351").with("label", row.label).with("figures", row.numbers.join("、"));
        finding.at(row.cells.first().map(|cell| cell.at.clone()))
    };
    rows.into_iter().filter(is_unread).map(finding).collect()
}

/// A row that nothing was read from.
struct UnreadRow<'d> {
    label: &'d str,
    numbers: Vec<&'d str>,
    cells: Vec<&'d Cell>,
}

fn is_number(cell: &Cell) -> bool {
    parse_cell(cell, ValueKind::Signed).cell.is_number()
}

/// A row of a grid with a label and a number behind it, or with several numbers.
fn row_of_grid<'d>(row: &[&StreamCell<'d>]) -> Option<UnreadRow<'d>> {
    let cells: Vec<&Cell> = row.iter().map(|cell| cell.cell).collect();
    let label = cells.iter().position(|cell| !is_number(cell));
    let numbers: Vec<&str> = cells.iter().filter(|cell| is_number(cell)).map(|cell| cell.text.trim()).collect();
    let is_row = match label {
        Some(label) => cells[label..].iter().any(|cell| is_number(cell)),
        None => numbers.len() >= MIN_UNLABELED,
    };
    is_row.then(|| UnreadRow { label: label.map_or("", |label| cells[label].text.trim()), numbers, cells })
}

/// The rows of text in which a number follows a unit, in lines of their own or within a line.
fn rows_of_text<'d>(below: &[StreamCell<'d>]) -> Vec<UnreadRow<'d>> {
    let words: Vec<(&'d Cell, &'d str)> = below
        .iter()
        .filter(|cell| cell.position.is_none())
        .flat_map(|cell| cell.cell.text.split_whitespace().map(|word| (cell.cell, word)))
        .collect();
    let is_digits = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(['年', '月', '日']);
    let row = |(at, pair): (usize, &[(&'d Cell, &'d str)])| {
        let [(unit_cell, unit), (cell, number)] = pair else { return None };
        if !value::is_unit(unit) || !is_digits(number) {
            return None;
        }
        let before = at.checked_sub(1).map(|before| words[before]);
        let before = before.filter(|(_, word)| !is_digits(word) && word.chars().count() <= MAX_LABEL_CHARS);
        let label = before.map_or("", |(_, word)| word);
        let cells = before.into_iter().map(|(cell, _)| cell).chain([*unit_cell, *cell]).collect();
        let numbers = words[at + 1..].iter().map(|(_, word)| *word).take_while(|word| is_digits(word)).collect();
        Some(UnreadRow { label, numbers, cells })
    };
    words.windows(2).enumerate().filter_map(row).collect()
}

/// Whether a row is a line of signatures.
fn is_filing(row: &UnreadRow<'_>, template: &Template) -> bool {
    let fields = template.filing().iter();
    let mut labels = fields.flat_map(|field| std::iter::once(&field.label).chain(&field.aliases));
    labels.any(|label| row.cells.iter().any(|cell| fold(&cell.text).starts_with(&fold(label))))
}

/// The locations that a report says something about.
fn locations(report: &Report) -> BTreeSet<&Location> {
    let values = report.values.iter().chain(&report.extra).filter_map(|value| value.at.as_ref());
    values.chain(report.findings.iter().filter_map(|finding| finding.at.as_ref())).collect()
}
