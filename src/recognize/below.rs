//! Rows with numbers below a table that belong to nothing that was read.
//!
//! In: a stream, the cells below the last row of a chain, and the report made of it. Out: a finding for each such row, so
//! that no number of a worksheet passes without a word. Called by [`super::Recognizer`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::stream::{Stream, StreamCell};
use super::value::parse_cell;
use crate::document::Location;
use crate::finding::Finding;
use crate::report::Report;
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;

/// A finding for each row of the same grid below a table that has a label and numbers, and that nothing was read from.
/// `cells` are the cells behind the last label.
pub(super) fn unread_rows(
    stream: &Stream<'_>,
    cells: Range<usize>,
    report: &Report,
    template: &Template,
) -> Vec<Finding> {
    let Some(last) = cells.start.checked_sub(1).and_then(|before| stream.cells.get(before)) else { return Vec::new() };
    let Some(position) = last.position else { return Vec::new() };
    let below = stream.cells[cells].iter().filter(|cell| cell.part == last.part);
    let below: Vec<&StreamCell<'_>> =
        below.filter(|cell| cell.position.is_some_and(|at| at.row > position.row) && !cell.cell.is_blank()).collect();
    let row_of = |cell: &&StreamCell<'_>| cell.position.map(|at| at.row);
    let rows = below.chunk_by(|one, other| row_of(one) == row_of(other)).filter(|row| is_labeled_row(row, template));
    let mut used: Option<BTreeSet<&Location>> = None;
    rows.filter_map(|row| {
        let used = used.get_or_insert_with(|| locations(report));
        if row.iter().any(|cell| used.contains(&cell.cell.at)) {
            return None;
        }
        let label = row.iter().map(|cell| &cell.cell).find(|cell| !is_number(cell))?;
        let numbers: Vec<&str> =
            row.iter().filter(|cell| is_number(cell.cell)).map(|cell| cell.cell.text.trim()).collect();
        let finding = Finding::new("XG351").with("label", label.text.trim()).with("figures", numbers.join("、"));
        Some(finding.at(label.at.clone()))
    })
    .collect()
}

fn is_number(cell: &crate::document::Cell) -> bool {
    parse_cell(cell, ValueKind::Signed).cell.is_number()
}

/// Whether a row has a label with a number behind it, and is no line of signatures.
fn is_labeled_row(row: &[&StreamCell<'_>], template: &Template) -> bool {
    let is_filing = |text: &str| {
        let folded = fold(text);
        let fields = template.filing().iter();
        fields
            .flat_map(|field| std::iter::once(&field.label).chain(&field.aliases))
            .any(|label| folded.starts_with(&fold(label)))
    };
    let label = row.iter().position(|cell| !is_number(cell.cell));
    label.is_some_and(|label| row[label..].iter().any(|cell| is_number(cell.cell)))
        && !row.iter().any(|cell| is_filing(&cell.cell.text))
}

/// The locations that a report says something about.
fn locations(report: &Report) -> BTreeSet<&Location> {
    let values = report.values.iter().chain(&report.extra).filter_map(|value| value.at.as_ref());
    values.chain(report.findings.iter().filter_map(|finding| finding.at.as_ref())).collect()
}
