//! Numbers in a table of no known form that no row has.
//!
//! In: a stream and the reports made of its tables. Out: a finding for each row of such numbers. Called by
//! [`super::Recognizer`]: nothing but the table itself says which rows such a table has, so a row that was not recognized
//! must be named.

use std::collections::{BTreeMap, BTreeSet};

use super::region::Region;
use super::stream::{Stream, Token};
use super::tokens::{is_value, without_page_marks};
use super::value;
use crate::document::{Cell, Location};
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

/// What a place is used for: the report, whether something names it, and whether it is that of a value.
#[derive(Clone, Copy)]
struct Use {
    report: usize,
    is_named: bool,
    is_value: bool,
}

/// The places of values and findings.
type Used = BTreeMap<Location, Use>;

/// Adds a finding for each row with numbers that no value of the reports has: to the report whose values precede it.
pub(super) fn name_leftovers(stream: &Stream<'_>, reports: &mut [Report]) {
    if reports.is_empty() {
        return;
    }
    let mut used = Used::new();
    for (number, report) in reports.iter().enumerate() {
        for value in report.values.iter().chain(&report.extra) {
            let is_named = matches!(value.cell, CellValue::Unreadable(_));
            used.extend(value.at.clone().map(|at| (at, Use { report: number, is_named, is_value: true })));
        }
        for at in report.findings.iter().filter_map(|finding| finding.at.clone()) {
            let is_value = used.get(&at).is_some_and(|own| own.is_value);
            used.insert(at, Use { report: number, is_named: true, is_value });
        }
    }
    let mut found = in_text(stream, &used);
    found.extend(stream.tables.values().flat_map(|region| in_grid(region, &used)));
    for (owner, row) in found.into_iter().filter(|(_, row)| !row.numbers.is_empty()) {
        let from = row.label.len().saturating_sub(MAX_LABEL_TEXTS);
        let label: Vec<&str> =
            row.label[from..].iter().copied().filter(|text| text.chars().count() <= MAX_LABEL_CHARS).collect();
        let finding = Finding::new("XG351").with("label", label.join(" ")).with("figures", row.numbers.join("、"));
        reports[owner].findings.push(finding.at(row.at));
    }
}

/// The rows of a grid with numbers in columns of values that no report has.
fn in_grid<'d>(region: &Region<'d>, used: &Used) -> Vec<(usize, LeftoverRow<'d>)> {
    let is_number = |cell: &Cell| value::parse_cell(cell, ValueKind::Signed).cell.is_number();
    let read = || region.cells().filter(|(_, cell)| used.contains_key(&cell.at) && is_number(cell));
    let of_value = |cell: &Cell| used.get(&cell.at).is_some_and(|own| own.is_value);
    let columns: BTreeSet<u32> = read().filter(|(_, cell)| of_value(cell)).map(|(at, _)| at.column).collect();
    // Lines with columns of spaces may be in several grids, some without any value that was read.
    let of_text = region.rows().next().filter(|_| region.is_text());
    let Some(first) = read().next().map(|(at, _)| at.row).or(of_text) else { return Vec::new() };
    let mut found = Vec::new();
    let mut owner = 0;
    for line in region.rows().filter(|line| *line >= first) {
        let cells = || region.filled(line).map(|(at, cell)| (at, cell, used.get(&cell.at)));
        owner = cells().find_map(|(.., used)| used.map(|used| used.report)).unwrap_or(owner);
        // A lost line break puts the next row right of the table.
        let end = columns.last().map_or(0, |last| last + 1);
        if cells().any(|(.., used)| used.is_some()) {
            let beside = || cells().filter(|(at, ..)| at.column >= end).map(|(_, cell, used)| (cell, used));
            // Its label may be named as a remark, which says nothing of the numbers, as may be a number behind a unit.
            let texts = beside().map(|(cell, _)| cell.text.trim());
            let label = texts.filter(|text| !is_value(text, ValueKind::Signed));
            let label: Vec<&'d str> = label.take(MAX_LABEL_TEXTS).collect();
            let is_row = label.iter().any(|text| value::is_unit(text));
            let is_open = |(cell, used): &(&'d Cell, Option<&Use>)| {
                is_number(cell) && used.is_none_or(|used| is_row && !used.is_value)
            };
            let numbers: Vec<&'d Cell> = beside().skip(1).filter(is_open).map(|(cell, _)| cell).collect();
            if !label.is_empty() {
                let at = numbers.first().map(|cell| cell.at.clone());
                let numbers = numbers.iter().map(|cell| cell.text.trim()).collect();
                found.push((owner, LeftoverRow { label, at, numbers }));
            }
            continue;
        }
        // A mark such as / is a value beside words.
        let is_filled = |cell: &Cell| is_value(cell.text.trim(), ValueKind::Signed);
        let has_words = cells().any(|(_, cell, _)| !is_filled(cell));
        let is_value = |cell: &Cell| is_number(cell) || has_words && is_filled(cell);
        let numbers: Vec<&'d Cell> = cells()
            .filter(|(at, cell, _)| (columns.is_empty() || columns.contains(&at.column)) && is_value(cell))
            .map(|own| own.1)
            .collect();
        let label = cells().map(|(_, cell, _)| cell).filter(|cell| !is_value(cell)).map(|cell| cell.text.trim());
        found.push((
            owner,
            LeftoverRow {
                label: label.take(MAX_LABEL_TEXTS).collect(),
                at: numbers.first().map(|cell| cell.at.clone()),
                numbers: numbers.iter().map(|cell| cell.text.trim()).collect(),
            },
        ));
    }
    found
}

/// The rows of text with numbers that no report has.
fn in_text<'d>(stream: &Stream<'d>, used: &Used) -> Vec<(usize, LeftoverRow<'d>)> {
    let is_header = |text: &str| words().label_headers.contains(&fold(text));
    let is_text = |cell: &usize| stream.cells[*cell].position.is_none();
    let first = (0..stream.cells.len()).filter(is_text).find(|cell| {
        let cell = stream.cells[*cell].cell;
        cell.text.split_whitespace().any(is_header) || used.contains_key(&cell.at)
    });
    let mut found: Vec<(usize, LeftoverRow<'d>)> = Vec::new();
    // Lines behind a grid of the same text: a number behind a unit is that of a row.
    let behind_grid = || {
        let own = (0..stream.cells.len()).find(|cell| used.contains_key(&stream.cells[*cell].cell.at))?;
        matches!(stream.cells[own].cell.at, Location::Text { .. }).then_some(own)
    };
    let needs_unit = first.is_none();
    let Some(first) = first.or_else(behind_grid) else { return found };
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
        if let Some(own) = used.get(&at) {
            (owner, is_named) = (own.report, own.is_named);
            row.label.clear();
        } else if !is_named {
            row.at = row.at.or(Some(at));
            row.numbers.push(token.text);
        }
    }
    found.push((owner, row));
    found.retain(|(_, row)| !needs_unit || row.label.last().is_some_and(|last| value::is_unit(last)));
    found
}

/// The words of a cell without page numbers.
fn tokens<'d>(stream: &Stream<'d>, cell: usize) -> Vec<Token<'d>> {
    if stream.cells[cell].cell.text.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    without_page_marks(stream, &BTreeSet::new(), stream.tokens(stream.bytes(cell)))
}
