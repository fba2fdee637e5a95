//! Hidden rows, columns and worksheets: what is hidden never wins over what is visible.
//!
//! In: a document, some of whose cells the user's program hides. Out: documents with fewer of its cells, and which report to
//! use. Called by [`super::Recognizer`].
//!
//! A table is read from its visible cells. If values are missing then, hidden rows and columns may fill them in, each with a
//! finding. The values of visible cells must stay the same, or else the hidden ones are another version of the table.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Cell, CellRef, Document, Grid, LineSet, Location, MergedRange, Part};
use crate::finding::{Finding, Wording};
use crate::report::{CellValue, Report, Value};
use crate::text::fold::fold;

use super::stream::one_line;
use super::value;
use crate::template::ValueKind;

/// Which hidden cells of a document to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    Rows,
    Columns,
    RowsAndColumns,
}

/// Whether a document has hidden rows or columns in visible sheets.
pub(super) fn has_hidden_lines(document: &Document) -> bool {
    visible_grids(document).any(|grid| !grid.hidden_rows.is_empty() || !grid.hidden_columns.is_empty())
}

/// The names of hidden sheets that have cells.
pub(super) fn hidden_sheets(document: &Document) -> Vec<String> {
    let grids = document.parts.iter().filter_map(grid).filter(|grid| grid.hidden && !grid.cells.is_empty());
    grids.filter_map(|grid| grid.name.as_deref().map(str::to_owned)).collect()
}

fn grid(part: &Part) -> Option<&Grid> {
    if let Part::Table(grid) = part { Some(grid) } else { None }
}

fn visible_grids(document: &Document) -> impl Iterator<Item = &Grid> {
    document.parts.iter().filter_map(grid).filter(|grid| !grid.hidden)
}

/// The document without most of its hidden cells. Those of a line beside a visible one with the same label are never kept.
pub(super) fn without_hidden(document: &Document, keep: Keep) -> Document {
    let part = |part: &Part| match part {
        Part::Table(grid) if !grid.hidden => Part::Table(visible_part(grid, keep)),
        other => other.clone(),
    };
    Document {
        source: document.source.clone(),
        folder: document.folder.clone(),
        title: document.title.clone(),
        parts: document.parts.iter().map(part).collect(),
        ..Document::default()
    }
}

fn visible_part(grid: &Grid, keep: Keep) -> Grid {
    let (rows, columns) = match keep {
        Keep::Nothing => (LineSet::default(), LineSet::default()),
        Keep::Rows => (without_twin(grid, Axis::Row), LineSet::default()),
        Keep::Columns => (LineSet::default(), without_twin(grid, Axis::Column)),
        Keep::RowsAndColumns => (without_twin(grid, Axis::Row), without_twin(grid, Axis::Column)),
    };
    let is_shown = |at: CellRef| {
        (!grid.hidden_rows.has(at.row) || rows.has(at.row))
            && (!grid.hidden_columns.has(at.column) || columns.has(at.column))
    };
    // The text of merged cells shows in those that are visible.
    let shows_below = |at: CellRef| {
        let merged = grid.merged.binary_search_by_key(&at, |range| range.first).ok().map(|found| grid.merged[found]);
        merged.is_some_and(|MergedRange { first, last }| {
            (first.row..=last.row).take(MAX_MERGED).any(|row| !grid.hidden_rows.has(row))
                && (first.column..=last.column).take(MAX_MERGED).any(|column| !grid.hidden_columns.has(column))
        })
    };
    let labels = hidden_labels(grid);
    let is_label = |at: CellRef| labels.contains(&at) && (!grid.hidden_rows.has(at.row) || rows.has(at.row));
    let cells = grid.cells.iter().filter(|(at, _)| is_shown(*at) || shows_below(*at) || is_label(*at));
    Grid { cells: cells.cloned().collect(), ..grid.clone() }
}

/// Larger ranges are not merged labels.
const MAX_MERGED: usize = 256;

/// Fewer texts below each other are headers.
const MIN_LABELS: usize = 3;

/// The labels in hidden columns of rows that have no other: a column that is hidden in one table may hold those of the next
/// one on the same worksheet. They are no values, and without them nothing says whose values stand beside them.
fn hidden_labels(grid: &Grid) -> BTreeSet<CellRef> {
    let is_high = |at: CellRef| {
        let merged = grid.merged.binary_search_by_key(&at, |range| range.first).ok().map(|found| grid.merged[found]);
        merged.is_some_and(|range| range.last.row > range.first.row)
    };
    let is_text = |cell: &Cell| !cell.is_blank() && !is_value(cell) && !value::is_unit(&cell.text);
    let mut columns: BTreeMap<u32, Vec<(u32, bool)>> = BTreeMap::new();
    let mut labeled: BTreeSet<u32> = BTreeSet::new();
    for (at, cell) in grid.cells.iter().filter(|(_, cell)| !cell.is_blank()) {
        if grid.hidden_columns.has(at.column) {
            columns.entry(at.column).or_default().push((at.row, is_text(cell)));
        } else if is_text(cell) && !is_high(*at) {
            labeled.insert(at.row);
        }
    }
    let mut labels = BTreeSet::new();
    for (column, cells) in columns {
        for run in cells.chunk_by(|one, next| next.0 == one.0 + 1) {
            let unlabeled = run.iter().filter(|(row, _)| !labeled.contains(row)).count();
            if run.len() >= MIN_LABELS && run.iter().all(|(_, is_text)| *is_text) && unlabeled * 2 > run.len() {
                labels.extend(run.iter().map(|(row, _)| CellRef::new(*row, column)));
            }
        }
    }
    labels
}

#[derive(Clone, Copy)]
enum Axis {
    Row,
    Column,
}

/// The hidden lines of a grid, without those whose nearest visible line on either side has the same label.
fn without_twin(grid: &Grid, axis: Axis) -> LineSet {
    let line = |at: &CellRef| match axis {
        Axis::Row => at.row,
        Axis::Column => at.column,
    };
    let hidden = match axis {
        Axis::Row => &grid.hidden_rows,
        Axis::Column => &grid.hidden_columns,
    };
    let mut labels: BTreeMap<u32, String> = BTreeMap::new();
    for (at, cell) in grid.cells.iter().filter(|(_, cell)| !cell.is_blank()) {
        let label = labels.entry(line(at)).or_default();
        if !is_value(cell) {
            label.push_str(&fold(&cell.text));
        }
    }
    let mut kept = LineSet::default();
    for (number, label) in labels.iter().filter(|(number, _)| hidden.has(**number)) {
        let is_visible = |(other, _): &(&u32, &String)| !hidden.has(**other);
        let above = labels.range(..number).rev().find(is_visible);
        let below = labels.range(number + 1..).find(is_visible);
        let is_twin = above.into_iter().chain(below).any(|(_, other)| other == label);
        if !is_twin {
            kept.add(*number, *number);
        }
    }
    kept
}

fn is_value(cell: &Cell) -> bool {
    value::parse_cell(cell, ValueKind::Signed).is_readable()
}

/// Whether a location is in a hidden row or column of a visible table.
fn is_hidden(document: &Document, at: Option<&Location>) -> bool {
    let Some((own, cell)) = at.and_then(place) else { return false };
    visible_grids(document).any(|grid| table(grid) == Some(own) && grid.hides(cell))
}

/// A table of a document: a worksheet or the number of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TableName<'d> {
    Sheet(&'d str),
    Number(u32),
}

/// The table and the cell of a location. In a table of a page, only rows are hidden, so that the row is enough.
fn place(at: &Location) -> Option<(TableName<'_>, CellRef)> {
    match at {
        Location::Sheet { sheet, cell } => Some((TableName::Sheet(sheet), *cell)),
        Location::Table { table, row, cell } => {
            Some((TableName::Number(*table), CellRef::new(row.saturating_sub(1), cell.saturating_sub(1))))
        }
        _ => None,
    }
}

/// The table that a grid is.
fn table(grid: &Grid) -> Option<TableName<'_>> {
    match (&grid.name, grid.cells.first()) {
        (Some(name), _) => Some(TableName::Sheet(name)),
        (None, Some((_, Cell { at: Location::Table { table, .. }, .. }))) => Some(TableName::Number(*table)),
        _ => None,
    }
}

/// The report among `more`, which were read with hidden cells, that has all visible values of `shown` and more.
pub(super) fn fuller<'r>(shown: &Report, more: &'r [Report], document: &Document) -> Option<&'r Report> {
    more.iter().find(|report| extends(shown, report, document))
}

fn extends(shown: &Report, more: &Report, document: &Document) -> bool {
    let is_hidden = |value: &Value| is_hidden(document, value.at.as_ref());
    let is_known = shown.template.is_some();
    let is_one = |own: &Value, other: &Value| {
        // In a table of no known form, a hidden row may be the heading of a visible one.
        let is_same_row =
            if is_known { own.path == other.path && own.id == other.id } else { own.path.last() == other.path.last() };
        is_same_row && own.column == other.column
    };
    let is_same = |own: &Value, other: &Value| {
        let is_empty = |value: &Value| matches!(value.cell, CellValue::Blank | CellValue::Missing);
        let is_filled_in = is_empty(own) && !is_empty(other) && is_hidden(other);
        own.cell == other.cell && (own.at == other.at || is_empty(own)) || is_filled_in
    };
    // Both in the order of the table; only hidden values may be in between.
    let agree = |own: &[Value], others: &[Value]| {
        let mut own = own.iter().peekable();
        let is_expected = |other: &Value| match own.next_if(|own| is_one(own, other)) {
            Some(own) => is_same(own, other),
            None => is_hidden(other),
        };
        others.iter().all(is_expected) && own.peek().is_none()
    };
    // A hidden column that the form does not have is no part of the table.
    let is_beside = |value: &Value| match &value.at {
        Some(Location::Sheet { sheet, cell }) => visible_grids(document)
            .any(|grid| grid.name.as_ref() == Some(sheet) && grid.hidden_columns.has(cell.column)),
        _ => false,
    };
    // A blank is more than no row.
    let is_new = |value: &Value| !value.cell.is_blank() || !shown.values.iter().any(|own| is_one(own, value));
    let mut added = more.values.iter().chain(&more.extra).filter(|value| is_hidden(value) && is_new(value));
    shown.template == more.template
        && agree(&shown.values, &more.values)
        && agree(&shown.extra, &more.extra)
        && !more.extra.iter().any(is_beside)
        && !more.values.iter().any(|value| is_beside(value) && !shown.columns().contains(&value.column.as_deref()))
        && added.next().is_some()
}

/// A finding for each value that comes from a hidden cell.
pub(super) fn values_from_hidden(report: &Report, document: &Document) -> Vec<Finding> {
    let values = report.values.iter().chain(&report.extra);
    let hidden = values.filter(|value| value.cell != CellValue::Missing && is_hidden(document, value.at.as_ref()));
    let finding = |value: &Value| {
        let label = value.path.last().map(String::as_str).unwrap_or_default();
        let finding = Finding::new("XG363").with("label", label).with("text", value.text().trim());
        Finding { ids: value.id.iter().cloned().collect(), ..finding.at(value.at.clone()) }
    };
    let mut findings: Vec<Finding> = Vec::new();
    for value in hidden {
        findings.push(finding(value));
        findings.extend(other_value(value, document));
    }
    findings
}

/// A finding for another number in a hidden column beside a value from a hidden row: either may be the value.
fn other_value(value: &Value, document: &Document) -> Option<Finding> {
    let (own, at) = place(value.at.as_ref()?)?;
    let grid = visible_grids(document).find(|grid| table(grid) == Some(own) && grid.hidden_rows.has(at.row))?;
    let is_number = |cell: &Cell| value::parse_cell(cell, ValueKind::Signed).cell.is_number();
    let mut others = grid.cells.iter().filter(|(other, cell)| {
        other.row == at.row && *other != at && grid.hidden_columns.has(other.column) && is_number(cell)
    });
    let (other, cell) = others.find(|(_, cell)| cell.text.trim() != value.text().trim())?;
    let finding = Finding::new("XG362").with("count", 1u32).with("lines", format!("{other} {}", one_line(&cell.text)));
    let finding = finding.with("sheet", grid.name.as_deref().unwrap_or_default());
    Some(Finding { ids: value.id.iter().cloned().collect(), ..finding.at(cell.at.clone()) })
}

/// A finding for each sheet with hidden rows or columns that were not read.
pub(super) fn unread(document: &Document, reports: &[Report]) -> Vec<Finding> {
    let values = reports.iter().flat_map(|report| report.values.iter().chain(&report.extra));
    let places: Vec<(TableName<'_>, CellRef)> =
        values.filter(|value| value.cell != CellValue::Missing).filter_map(|value| place(value.at.as_ref()?)).collect();
    visible_grids(document).filter_map(|grid| unread_lines(grid, &places)).collect()
}

fn unread_lines(grid: &Grid, read: &[(TableName<'_>, CellRef)]) -> Option<Finding> {
    let own = table(grid);
    let read: Vec<CellRef> =
        read.iter().filter(|(name, at)| Some(*name) == own && grid.hides(*at)).map(|(_, at)| *at).collect();
    let read_rows: BTreeSet<u32> = read.iter().map(|at| at.row).collect();
    let read_columns: BTreeSet<u32> = read.iter().map(|at| at.column).collect();
    let mut lines: BTreeMap<(bool, u32), &Cell> = BTreeMap::new();
    for (at, cell) in grid.cells.iter().filter(|(at, cell)| grid.hides(*at) && !cell.is_blank()) {
        let is_column = grid.hidden_columns.has(at.column);
        let is_read = if is_column { read_columns.contains(&at.column) } else { read_rows.contains(&at.row) };
        if !is_read {
            lines.entry((!is_column, if is_column { at.column } else { at.row })).or_insert(cell);
        }
    }
    let first = lines.values().next()?;
    let name = |(is_row, number): &(bool, u32)| match is_row {
        true => (number + 1).to_string(),
        false => CellRef::new(0, *number).to_string().trim_end_matches('1').to_owned(),
    };
    let shown: Vec<String> =
        lines.iter().take(MAX_NAMED).map(|(line, cell)| format!("{} {}", name(line), one_line(&cell.text))).collect();
    let mut finding = Finding::new("XG362").with("count", lines.len()).with("lines", shown.join(", "));
    if let Some(TableName::Number(_)) = own {
        finding.wording = Some(Wording::Key("hidden.rows".into()));
    } else {
        finding = finding.with("sheet", grid.name.as_deref().unwrap_or_default());
    }
    Some(finding.at(first.at.clone()))
}

/// A finding names at most this many lines.
const MAX_NAMED: usize = 12;
