//! Numbers in the text of a table of no known form that no row has.
//!
//! In: a stream and the reports made of its tables. Out: a finding for each row of such numbers. Called by
//! [`super::Recognizer`]: nothing but the text itself says which rows such a table has, so a row that was not recognized
//! must be named.

use std::collections::BTreeMap;

use super::stream::{Stream, Token};
use super::tokens::{is_value, without_page_marks};
use super::value;
use crate::document::Location;
use crate::finding::Finding;
use crate::report::{CellValue, Report};
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::words::words;

/// The texts before a number that its finding has at most: a label and a unit.
const MAX_LABEL_TEXTS: usize = 2;

/// Longer texts are sentences.
const MAX_LABEL_CHARS: usize = 60;

/// Longer lines are no rows of a table.
const MAX_LINE_BYTES: usize = 2000;

/// A row of numbers that no report has.
#[derive(Default)]
struct LeftoverRow<'d> {
    label: Vec<&'d str>,
    numbers: Vec<&'d str>,
    at: Option<Location>,
}

/// Adds a finding for each row of text with numbers that no value of the reports has: to the report whose values precede
/// it.
pub(super) fn name_leftovers(stream: &Stream<'_>, reports: &mut [Report]) {
    let mut used: BTreeMap<Location, (usize, bool)> = BTreeMap::new();
    for (number, report) in reports.iter().enumerate() {
        for value in report.values.iter().chain(&report.extra) {
            let is_named = matches!(value.cell, CellValue::Unreadable(_));
            used.extend(value.at.clone().map(|at| (at, (number, is_named))));
        }
        let named = report.findings.iter().filter_map(|finding| finding.at.clone());
        used.extend(named.map(|at| (at, (number, true))));
    }
    let is_header = |text: &str| words().label_headers.contains(&fold(text));
    let is_text = |cell: &usize| stream.cells[*cell].position.is_none();
    let first = (0..stream.cells.len()).filter(is_text).find(|cell| {
        let cell = stream.cells[*cell].cell;
        cell.text.split_whitespace().any(is_header) || used.contains_key(&cell.at)
    });
    let (Some(first), false) = (first, reports.is_empty()) else { return };
    let mut found: Vec<(usize, LeftoverRow<'_>)> = Vec::new();
    let mut row = LeftoverRow::default();
    let (mut owner, mut is_named) = (0, false);
    let cells = (first..stream.cells.len()).filter(is_text);
    for token in cells.flat_map(|cell| tokens(stream, cell)) {
        if !is_value(token.text, ValueKind::Signed) {
            if !row.numbers.is_empty() {
                found.push((owner, std::mem::take(&mut row)));
            }
            is_named &= value::is_unit(token.text);
            row.label.push(token.text);
            continue;
        }
        let at = stream.token_location(&token);
        if let Some((report, named)) = used.get(&at) {
            (owner, is_named) = (*report, *named);
            row.label.clear();
        } else if !is_named {
            row.at = row.at.or(Some(at));
            row.numbers.push(token.text);
        }
    }
    found.push((owner, row));
    for (owner, row) in found.into_iter().filter(|(_, row)| !row.numbers.is_empty()) {
        let from = row.label.len().saturating_sub(MAX_LABEL_TEXTS);
        let label: Vec<&str> =
            row.label[from..].iter().copied().filter(|text| text.chars().count() <= MAX_LABEL_CHARS).collect();
        let finding = Finding::new("XG351").with("label", label.join(" ")).with("figures", row.numbers.join("、"));
        reports[owner].findings.push(finding.at(row.at));
    }
}

/// The words of a cell without page numbers.
fn tokens<'d>(stream: &Stream<'d>, cell: usize) -> Vec<Token<'d>> {
    if stream.cells[cell].cell.text.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    without_page_marks(stream, &std::collections::BTreeSet::new(), stream.tokens(stream.bytes(cell)))
}
