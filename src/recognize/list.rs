//! Reads the rows of a list in a grid: each row has a label, a unit, and a value for each value column.
//!
//! In: a stream and the [`Chain`] found in it. Out: a [`Reading`]; none if most rows are in no grid. Called by
//! [`super::Recognizer`].

use std::ops::Range;

use super::align::Chain;
use super::column_names::Names;
use super::grid::{GridRow, is_number_for_unit};
use super::grid_extras;
use super::header::is_of_other_year;
use super::lines::Tables;
use super::list_headers::split_headers;
use super::reading::{CellReading, Reading, RowReading};
use super::stream::{Stream, one_line};
use super::value::{self, ParsedValue};
use crate::document::CellRef;
use crate::finding::Finding;
use crate::report::CellValue;
use crate::template::{Template, ValueKind, local};
use crate::text::fold::fold;

/// At least this share of the rows with values must be in a grid; otherwise all of them are read as running text.
const MIN_IN_GRID: f64 = 0.8;

/// A text of at least so many characters beside a unit is none.
const MIN_WORDS: usize = 3;

/// Reads the rows of a chain, and the rows between them.
pub fn read(stream: &Stream<'_>, chain: &Chain, template: &Template) -> Option<Reading> {
    let has_values = |index: &usize| {
        let (table, row) = chain.matches[*index].row;
        template.tables()[table].rows[row].kind != ValueKind::Heading
    };
    let rows: Vec<usize> = (0..chain.matches.len()).filter(has_values).collect();
    let tables = Tables::new(stream, chain, template);
    let in_grid = rows.iter().filter(|index| tables.lines[**index].is_some()).count();
    if rows.is_empty() || (in_grid as f64) < rows.len() as f64 * MIN_IN_GRID || tables.columns.is_empty() {
        return None;
    }
    let table = &template.tables()[0];
    let names = Names::new(&tables);
    let room = Vec::with_capacity(chain.matches.len());
    let mut reading = Reading { columns: names.all.clone(), rows: room, ..Reading::default() };
    for index in 0..chain.matches.len() {
        reading.rows.push(row(&tables, index, &names));
    }
    grid_extras::of_list(&tables, &names, &mut reading);
    reading.findings.extend(without_header(&tables));
    let is_local = template.id().starts_with(local::ID);
    let is_other_year = |name: &Option<String>| name.as_ref().is_some_and(|name| is_of_other_year(&fold(name)));
    let is_last_year = !is_local && names.all.iter().all(is_other_year);
    if tables.columns.values().all(|columns| columns.values.is_empty()) || is_last_year {
        let mut finding = Finding::new("XG348").with("columns", &table.columns[0].header).with("table", "");
        finding.ids = rows.iter().map(|index| tables.row(*index).id.as_str().into()).collect();
        reading.findings.push(finding.at(reading.rows.first().and_then(|row| row.at.clone())));
    }
    Some(reading)
}

/// A finding for each value column without a header, where there are several columns.
fn without_header(tables: &Tables<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((_, part), columns) in &tables.columns {
        let is_named = columns.values.len() == 1 && columns.header_rows.is_none();
        for (number, value) in
            columns.values.iter().enumerate().filter(|(_, value)| value.header.is_none() && !is_named)
        {
            let rows = (0..tables.lines.len()).filter(|index| {
                let line = tables.lines[*index].as_ref();
                line.is_some_and(|line| line.part == *part) && tables.row(*index).kind != ValueKind::Heading
            });
            let mut finding = Finding::new("XG350").with("column", number + 1);
            finding.ids = rows.map(|index| tables.row(index).id.as_str().into()).collect();
            let at = tables.lines.iter().flatten().find(|line| line.part == *part).map(|line| line.rows.start);
            let at = at.and_then(|row| tables.region(*part).location(CellRef::new(row, value.places[0].start)));
            findings.push(finding.at(at));
        }
    }
    findings
}

/// The value of a row in one of the value columns.
fn own_value(grid: &GridRow<'_, '_>, at: usize, kind: ValueKind) -> CellReading {
    let column = &grid.columns.values[at];
    let mut value = grid.value(column, kind);
    // Below a header that runs together with the same one, the values do as well.
    let is_double = |header: &str| split_headers(header).windows(2).any(|pair| pair[0] == pair[1]);
    if column.header.as_deref().is_some_and(is_double) {
        value.parsed = ParsedValue::UNREADABLE;
    }
    value
}

fn row(tables: &Tables<'_, '_>, index: usize, names: &Names) -> RowReading {
    let (found, stream) = (&tables.chain.matches[index], tables.stream);
    let (first, last) = (stream.cell_at(found.label.start), stream.cell_at(found.label.end - 1));
    let cells = &stream.cells[first..=last];
    let label = match cells {
        [only] => one_line(&only.cell.text),
        _ => cells.iter().map(|cell| one_line(&cell.cell.text)).collect(),
    };
    let mut row = RowReading { label, at: Some(cells[0].cell.at.clone()), ..RowReading::default() };
    let kind = tables.row(index).kind;
    let unknown = || CellReading { text: String::new(), parsed: ParsedValue::UNREADABLE, at: row.at.clone() };
    let Some(grid) = GridRow::new(tables, index) else {
        row.values = names.all.iter().map(|_| unknown()).collect();
        return row;
    };
    let missing = || {
        let parsed = ParsedValue { cell: CellValue::Missing, ..ParsedValue::default() };
        CellReading { text: String::new(), parsed, at: row.at.clone() }
    };
    let own_value = |at: usize| own_value(&grid, at, kind);
    let mut values = names.values((found.row.0, grid.line.part), own_value, missing);
    row.unit = grid.unit();
    let is_filled = values.iter().any(|value| value.parsed.is_filled());
    // In text, a header over two columns is one that is repeated, not merged.
    let width = |place: &Range<u32>| if grid.region.is_text() { place.len() } else { 1 };
    let places = grid.columns.values.iter().flat_map(|value| &value.places).map(width).sum::<usize>();
    let is_short = places > 1 && is_filled && grid.is_short();
    let has_mark = !is_filled && kind != ValueKind::Heading && row.unit.as_deref().is_some_and(is_mark);
    let has_moved = kind != ValueKind::Heading && row.unit.as_deref().is_some_and(holds_digit);
    let unit_is_value = has_mark || (has_moved && !is_filled) || is_number_for_unit(row.unit.as_deref());
    // In a row that follows another in the same row of the grid, only the whole pattern proves which cells are its own.
    let is_unproven =
        grid.line.is_joined && kind != ValueKind::Heading && row.unit.is_none() && grid.columns.unit.is_some();
    // A lost line break leaves the next label in the cell of the unit.
    if let Some((unit, rest)) = row.unit.as_deref().and_then(|unit| unit.split_once(char::is_whitespace))
        && rest.chars().filter(|c| !c.is_ascii()).count() >= MIN_WORDS
    {
        row.remarks.push((rest.trim().to_owned(), row.at.clone()));
        row.unit = Some(unit.to_owned());
    }
    let is_of_other = is_filled && grid.has_unit_before_values();
    let is_in_doubt = kind != ValueKind::Heading && grid.may_have_moved();
    if is_short || is_in_doubt || grid.is_below_moved_headers() || unit_is_value || is_unproven || is_of_other {
        values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        if let Some(first) = values.first_mut().filter(|_| unit_is_value) {
            first.text = format!("{} {}", row.unit.take().unwrap_or_default(), first.text).trim().to_owned();
        }
    }
    for value in values.iter_mut().filter(|value| has_moved && value.parsed.cell == CellValue::Blank) {
        value.parsed = ParsedValue::UNREADABLE;
    }
    row.values = values;
    if kind != ValueKind::Heading {
        grid.add_remarks(&mut row);
    }
    doubt_joined_rows(&grid, &mut row);
    doubt_beside_unit(&mut row);
    row
}

/// Makes blank values unreadable beside a unit with a number, which stands in a column that is not known as that of
/// units: the number may be the value.
fn doubt_beside_unit(row: &mut RowReading) {
    let has_number = |text: &str| value::split_unit(text).is_some_and(|(_, rest)| value::plain(rest.trim()).is_some());
    if row.remarks.iter().any(|(text, _)| has_number(text)) {
        let blank = row.values.iter_mut().filter(|value| value.parsed.cell == CellValue::Blank);
        blank.for_each(|value| value.parsed = ParsedValue::UNREADABLE);
    }
}

/// Leaves out the values of a row into which the next has run: 便民服务窗口公开 1784 | 万人次 | 213.
fn doubt_joined_rows(grid: &GridRow<'_, '_>, row: &mut RowReading) {
    if holds_another_row(grid, row) {
        row.values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
    }
}

/// Whether the label of a row ends with a number, apart from its words, and another number is beside the row's cells.
fn holds_another_row(grid: &GridRow<'_, '_>, row: &RowReading) -> bool {
    let mut remarks = row.remarks.iter().map(|(text, _)| text.as_str());
    let ends_with_number = |text: &str| {
        let last = text.trim_end().rsplit_once(char::is_whitespace).map(|(_, last)| last);
        last.is_some_and(|last| value::plain(last).is_some())
    };
    let label = || grid.region.row(grid.line.rows.start).iter().filter(|(at, _)| grid.line.label.contains(&at.column));
    remarks.any(|text| value::plain(text).is_some()) && label().any(|(_, cell)| ends_with_number(&cell.text))
}

/// Whether a unit is a mark such as `/`, which may be that of a row with a value.
fn is_mark(unit: &str) -> bool {
    value::parse(unit, ValueKind::Count).cell == CellValue::NotApplicable
}

/// Whether a value may have moved into the column of units.
fn holds_digit(unit: &str) -> bool {
    unit.contains(|c: char| matches!(c, '0'..='9' | '\u{fffd}')) && !value::is_unit(unit)
}
